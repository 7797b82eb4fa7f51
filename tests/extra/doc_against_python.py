"""Our YAML and JSON against PyYAML and Python's json, both ways.

Run: /usr/bin/python3 doc_against_python.py [DRIVER [ROUNDS]]
DRIVER is the program built from doc_driver.c; by default that of the folder $AISPRINT_BUILD. The seed is
$AISPRINT_SEED, or by chance. Needs python3-yaml; exits 77 without it.
Every difference is printed; the exit status is 1 when there was one.
"""
import json
import math
import os
import random
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("python3-yaml is not installed: nothing was compared")
    sys.exit(77)


class Loader(yaml.SafeLoader):
    """The safe loader, but dates stay strings, as they do with us."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in rows
            if not tag.endswith((":timestamp", ":value"))]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}


class Driver:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request, text):
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        self.process.stdin.write(b"%s %d\n" % (request.encode(), len(data)) + data)
        self.process.stdin.flush()
        status, length = self.process.stdout.readline().split()
        return status == b"o", self.process.stdout.read(int(length)).decode("utf-8")


def tag(value):
    """The tagged tree of doc_driver.c."""
    if value is None:
        return ["null", ""]
    if isinstance(value, bool):
        return ["bool", "true" if value else "false"]
    if isinstance(value, int):
        if -2**63 <= value < 2**63:
            return ["int", str(value)]
        return tag(float(value) if abs(value) < 2**1024 else math.copysign(math.inf, value))
    if isinstance(value, float):
        return ["float", value.hex()]
    if isinstance(value, str):
        return ["string", value]
    if isinstance(value, list):
        return ["list", [tag(item) for item in value]]
    return ["map", [[tag(key), tag(item)] for key, item in value.items()]]


def normal(tagged):
    """Tagged trees in a form that compares equal when the values are."""
    kind, content = tagged
    if kind == "float":
        number = float.fromhex(content)
        return ["float", "nan" if math.isnan(number) else number.hex()]
    if kind == "list":
        return [kind, [normal(item) for item in content]]
    if kind == "map":
        return [kind, [[normal(key), normal(item)] for key, item in content]]
    return [kind, content]


class Comparison:
    def __init__(self, driver):
        self.driver, self.done, self.faults = driver, 0, 0

    def check(self, what, text, ours, theirs):
        self.done += 1
        if ours != theirs:
            self.faults += 1
            if self.faults <= 20:
                print(f"{what}: {text!r:.400}\n  ours:   {ours!r:.400}\n  theirs: {theirs!r:.400}")

    def read(self, what, request, text, load, excused=()):
        """`excused`: texts that hold one of these may be read by us and refused by Python. What both
        read must be equal in any case; libyaml and PyYAML's own scanner differ on some garbage."""
        good, answer = self.driver.ask(request, text)
        if not good and (what == "random YAML" or "found unexpected ':'" in answer):
            return  # [a:] and [?] : libyaml refuses them, PyYAML's own scanner does not
        try:
            theirs = normal(tag(load(text)))
        except Exception as error:  # PyYAML lets ValueError and others through
            theirs = f"error {type(error).__name__}"
        if good:
            ours = normal(json.loads(answer))
            if isinstance(theirs, str) and any(word in text for word in excused):
                return
            self.check(what, text, ours, theirs)
        elif "\x85" in text and "stands here again" in answer:
            return  # PyYAML wrote two keys that it reads as one: U+0085 comes back as a blank
        else:
            self.check(what, text, answer, answer if isinstance(theirs, str) else theirs)

    def write(self, what, request, value, dump, load):
        good, answer = self.driver.ask(request, json.dumps(tag(value)))
        # PyYAML writes U+0085 as it is and reads it back as a blank; we write it as an escape
        if request != "y" or "\x85" not in str(tag(value)).replace("\\x85", "\x85"):
            self.check(what, value, answer, dump(value))
        if good:
            self.check(what + ", read back", answer, normal(tag(load(answer))), normal(tag(value)))


def load_yaml(text):
    return yaml.load(text, Loader)


def dump_yaml(value):
    return yaml.dump(value, default_flow_style=False, sort_keys=False, allow_unicode=True)


SCALARS = """
~ null Null NULL nULL none None yes Yes YES yEs no No NO y n Y N true True TRUE tRUE false on On ON off
OFF 0 -0 +0 00 01 07 08 09 0o17 0O17 -017 0b101 0b 0b_ 0b1_0 -0b11 0B1 0x1F 0xfg 0x 0x_ 0X1F -0xff 1_000 _1
1__0 1_ +1_0 1,000 12345678901234567890 -9223372036854775808 9223372036854775807 9223372036854775808
0x7fffffffffffffff 0x8000000000000000 0b1111111111111111111111111111111111111111111111111111111111111111
0777777777777777777777 01777777777777777777777 -0x8000000000000000 99999999999999999999999999999999
1e3 1E3 1e-3 1.0e3 1.0e+3 1.0E-3 1.e+3 1.e3 .5 -.5 +.5 .5e-3 ._5 .5_ 5. 5._ -5.5 +5.5 5.5.5 1_0.5_0 . .. ...
.inf .Inf .INF .iNF -.inf +.inf .nan .NaN .NAN .Nan -.nan inf nan Infinity NaN 1:30 1:60 1:5 1:05 -1:30:07
01:30 1:30.5 0:30.5 0:30 1:30.5_5 1:99.5 190:20:30 190:20:30.15 1:2:3:4:5 1:30: :30 1_0:30 +1:30 1:305
2020-01-01 2020-1-1 2020-01-01T10:00:00Z 2020-01-01t10:00:00.5+01:00 0001-01-01 20-01-01 2020-13-45x
<< = => - -a --- ---a -- ? ?a : :a a: a:b a#b a%b %a @a `a !a &a *a |a >a [a ]a {a }a ,a a,b a]b 'a "a a'b a"b
0.1 1e400 1.0e+400 -1.0e+400 5.0e-324 1.0e-400 123456789012345678901234567890.0 0.30000000000000004
""".split()
TEXTS = SCALARS + [
    "", " ", "  ", "a b", " a", "a ", "a  b", "a: b", "a :b", "a #b", "a\tb", "\ta", "a\t", "a\nb", "a\n", "\na",
    "\n", "\n\n", "a\n\nb", "a\n b", "a \nb", "a\n\n", "a\r\nb", "a\rb", "it's", 'say "x"', "back\\slash",
    "\u00e9", "\u00a0", "a\u00a0b", "\u2028", "a\u2028b", "\u0085", "a\u0085b", "\ufeff", "a\ufeffb", "\ufffd",
    "\U0001f600", "a\U0001f600 b", "\U0010ffff", "\u0000", "a\u0001b", "\u001b[0m", "\u007f", "\u0080",
    "yes\n", "1\n", "- a", "-\ta", "? a", ": a", "key: value", "a,b: c", "# comment", "--- a", "...a", "... a",
    "word " * 40, "word  " * 40, "x" * 200, "x" * 121, "x" * 122, "x" * 123, "x" * 127, "x" * 128,
    "x" * 79 + " y", "x" * 80 + " y", "x" * 81 + " y z", "it's " * 40, "caf\u00e9 " * 40, "tab\t" * 40,
    "a\tb " * 40, " lead" * 40, "line\n" * 10, "line \n" * 10, "a" * 100 + "\n" + "b " * 100, "\u2028 " * 50,
    "\U0001f600 " * 40, "2020-01-01 10:00:00", "2020-01-01 10:00:00 +1", "2020-1-1 1:00:00.5 Z", "null ", "~ ",
]
DOCUMENTS = [
    "", " ", "\n", "# nothing\n", "---\n", "---\n...\n", "a: 1\n", "a:\n  b: 1\n  c: [1, 2]\n", "- 1\n- - 2\n  - 3\n",
    "{a: 1, b: [x, y], c: {}}", "[]", "[a, b,]", "{a, b: 1}", "[a: 1, b]", "? a\n: b\n", "? a\n", "a: |\n  x\n  y\n",
    "a: >\n  x\n  y\n\n  z\n", "a: |-\n  x\n", "a: |+\n  x\n\n", "a: |2\n    x\n", "'a': 'b''c'", '"a\\tb": "\\u00e9"',
    "&a a: &b 1\nc: *b\n", "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n  r: 4\n", "a: !!str 1", "a: !!int '1'",
    "a: !!float 1", "a: !!float '1e5'", "a: !!bool 'yes'", "a: !!null ''", "a: !!seq [1]", "a: !!map {b: 1}",
    "a: ! 12", "a: !!int x", "a: !foo 1", "a: !!python/object:os.system 1", "a: !!set {b}",
    "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  d: 5\n",
    "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  d: 5\n  <<: *x\n  <<: *y\n  a: 7\n",
    "x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y, c: 3}\n", "a: {<<: {b: 1}, b: 2}", "'<<': {a: 1}", "<<: 1",
    "<<: [1]", "a: *b", "a: [1, 2", "a: {b: 1", "a: 'x", 'a: "x', "a: b: c", "a\nb: c", "- a\nb: c", "a: 1\n b: 2",
    "a:\n\tb: 1\n", "\ta: 1", "a: @x", "a: `x", "a: %x", "%YAML 1.1\n---\na: 1\n", "%YAML 2.0\n---\na: 1\n",
    "a: 1\n---\nb: 2\n", "a: 1\n...\n", "a: 1\n...\nb: 2\n", "[[1, [2]], {a: [b]}]", "a: [\n1,\n2\n]\n",
    "? [a]\n: b\n", "{{a}}: b", "a: {{ b }}", "1: a\n1.5: b\n~: d\n2020-01-01: e\n", "a : 1", "a:1", "a:  1  ",
    "a: 1 # c", "a: 1# c", "a: # c\n  1", "\ufeffa: 1\n", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "a: x\n  y\n\n  z\n",
    "- [a, b]: c", "a: - b", "a: -", "- - - 1", "-", "- ", "a:", "a: ''", "a: \"\\x41\\U0001F600\"", 'a: "\\q"',
    "a: \"x\\\n  y\"", "a: &x\nb: *x\n", "a: &1 x\nb: *1\n", "key with spaces: value with spaces", "a: [b: c]",
    "&x [1, *x]", "&x {a: *x}", "a: !!binary aGVsbG8=", "!!str a: b", "a: !!timestamp 2020-01-01",
    "a: |\n\tx\n", "a:\n  - b\n - c\n", "a:\n- b\n- c\n", "'a", "a: 'it''s'\n", "a: 0x_\n", "?", "? ", ": a",
]
JSON_DOCUMENTS = [
    "{}", "[]", "1", "-1", "0", "-0", "1.5", "1e5", "1E+5", "1e-5", "1.5e300", '"x"', "null", "true", "false", "[1,2]",
    '{"a": 1}', '{"a": {"b": [1, {"c": null}]}}', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\n\\t\\"\\\\\\/\\b\\f\\r"',
    "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{a:1}",
    "{'a':1}", "01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "tru", "nul", "truex", "[1 2]", '"', '"a', '"\\x"',
    '"\\u12"', '"\\u12g4"', '"a\nb"', '"a\tb"', "[1] 2", "1 2", "// x\n1", "[1] // x", " [ 1 , 2 ] ", "\t{\r\n}\n",
    "12345678901234567890", "-12345678901234567890", "9223372036854775807", "9223372036854775808", '"\u00e9\U0001f600"',
    "1.7976931348623157e308", "5e-324", "1e-400", '{"":0}', '{"a":{"":[]}}', "[[[[[[]]]]]]", '"\u007f"', "1.0", "-0.0",
]


def random_text(rng):
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(TEXTS)
    if kind < 0.6:
        alphabet = "ab :#-?,[]{}&*!|>'\"%@`\\\n\t .019_e+~=<yn\u00e9\u2028\u0085\U0001f600"
        return "".join(rng.choice(alphabet) for _ in range(rng.randrange(12)))
    if kind < 0.7:
        return " ".join("".join(rng.choice("abc'\":#\t\u00e9") for _ in range(rng.randrange(1, 12)))
                        for _ in range(rng.randrange(1, 40)))
    return "".join(rng.choice("0123456789._:eE+-xbo") for _ in range(rng.randrange(1, 9)))


def random_float(rng):
    kind = rng.random()
    if kind < 0.3:
        return rng.choice([0.0, -0.0, math.inf, -math.inf, math.nan, 1e16, 1e15, 1e17, 1e-4, 1e-5, 1e22, 5e-324,
                           1.7976931348623157e308, 2.2250738585072014e-308, 0.1, 1e100, 123456.789])
    if kind < 0.6:
        return rng.uniform(-1, 1) * 10 ** rng.randrange(-320, 308)
    if kind < 0.8:
        return math.ldexp(1.0, rng.randrange(-1074, 1024))
    return round(rng.uniform(-1000, 1000), rng.randrange(6))


def random_scalar(rng, plain_json):
    kind = rng.randrange(7)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.choice([0, 1, -1, rng.randrange(-2**63, 2**63), rng.randrange(-1000, 1000)])
    if kind == 2:
        value = random_float(rng)
        return 1.5 if plain_json and not math.isfinite(value) else value
    return random_text(rng)


def random_tree(rng, depth, plain_json):
    kind = rng.random()
    if depth == 0 or kind < 0.4:
        return random_scalar(rng, plain_json)
    count = rng.randrange(5)
    if kind < 0.65:
        return [random_tree(rng, depth - 1, plain_json) for _ in range(count)]
    keys = [random_text(rng) if plain_json or rng.random() < 0.9 else random_scalar(rng, plain_json)
            for _ in range(count)]
    return {key: random_tree(rng, depth - 1, plain_json) for key in keys if key == key}


def main():
    build = os.environ.get("AISPRINT_BUILD", "build")
    driver = sys.argv[1] if len(sys.argv) > 1 else os.path.join(build, "tests/unit/doc_driver")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = int(os.environ.get("AISPRINT_SEED") or random.randrange(2**32))
    rng = random.Random(seed)
    c = Comparison(Driver(driver))
    dumps = lambda value: json.dumps(value, indent=4, ensure_ascii=False)
    one_line = lambda value: json.dumps(value, ensure_ascii=False)

    # What PyYAML takes for a number or a merge and then cannot convert is a string for us.
    excused = ("0b_", "0x_", "<<", "!!timestamp")
    for text in SCALARS:
        c.read("scalar", "Y", "[" + text + "]" if text[0] not in "[]{},&*!|>'\"%@`#-?:" else text, load_yaml, excused)
        c.read("scalar", "Y", "a: " + text, load_yaml, excused)
    for text in DOCUMENTS:
        c.read("YAML document", "Y", text, load_yaml, excused)
    for text in JSON_DOCUMENTS:
        c.read("JSON document", "J", text, json.loads)
    for text in TEXTS:
        for value in (text, [text], {"k": text}, {text: 1}, {"a": {"b": [text]}}, [[text, text]], {text: [text]}):
            c.write("YAML text", "y", value, dump_yaml, yaml.safe_load)
            c.write("JSON text", "j", value, dumps, json.loads)
    for exponent in range(-1074, 1024):
        for value in (math.ldexp(1.0, exponent), math.ldexp(rng.random(), exponent)):
            c.write("float", "y", [value], dump_yaml, yaml.safe_load)
            c.write("float", "l", [value], one_line, json.loads)
    for _ in range(rounds):
        tree = random_tree(rng, 4, False)
        c.write("YAML tree", "y", tree, dump_yaml, yaml.safe_load)
        c.read("PyYAML's output", "Y", dump_yaml(tree), load_yaml)
        flow = yaml.dump(tree, default_flow_style=True, allow_unicode=rng.random() < 0.5, width=rng.choice([20, 80]))
        c.read("PyYAML's flow style", "Y", flow, load_yaml)
        text = random_text(rng)
        if "!" not in text:
            c.read("random YAML", "Y", text, load_yaml, ("",))
        tree = random_tree(rng, 4, True)
        c.write("JSON tree", "j", tree, dumps, json.loads)
        c.read("Python's JSON", "J", one_line(tree), json.loads)
        c.read("Python's JSON in ASCII", "J", json.dumps(tree), json.loads)
    print(f"{c.done} comparisons, {c.faults} differences (seed {seed})")
    return 1 if c.faults else 0


if __name__ == "__main__":
    sys.exit(main())
