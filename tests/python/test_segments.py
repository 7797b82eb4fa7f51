"""Components in Python that are split: segments in a row give what the whole gives, or the source is
refused at the right place. Each case is a source; <<rule>> stands where a fault of that rule must be
reported."""
import os
import re
import subprocess
import sys
import textwrap
import unittest

import numpy as np

from support import FLOAT, TemporaryFolder, model, need_onnxruntime

from aisprint._component import Component, Item

MARK = re.compile(r'<<([a-z0-9-]+)>>')
X = np.array([[1, -2], [0.5, 3]], np.float32)


def setUpModule():
    need_onnxruntime()


def value(name):
    return (name, FLOAT, ('N', 2))


# y = exp(abs(-x)); on the way: h = -x, g = abs(h). Early exits: e1 = tanh(h), e2 = floor(g).
MODELS = {
    'net': ([('Neg', ['x'], ['h']), ('Abs', ['h'], ['g']), ('Exp', ['g'], ['y'])], 'x', 'y'),
    'exits': ([('Neg', ['x'], ['h']), ('Tanh', ['h'], ['e1']), ('Abs', ['h'], ['g']),
               ('Floor', ['g'], ['e2']), ('Exp', ['g'], ['y'])], 'x', 'e1 e2 y'),
    's2.1': ([('Neg', ['x'], ['h'])], 'x', 'h'),
    's2.2': ([('Abs', ['h'], ['g']), ('Exp', ['g'], ['y'])], 'h', 'y'),
    's3.1': ([('Neg', ['x'], ['h'])], 'x', 'h'),
    's3.2': ([('Abs', ['h'], ['g'])], 'h', 'g'),
    's3.3': ([('Exp', ['g'], ['y'])], 'g', 'y'),
    'e2.1': ([('Neg', ['x'], ['h']), ('Tanh', ['h'], ['e1'])], 'x', 'h e1'),
    'e2.2': ([('Abs', ['h'], ['g']), ('Exp', ['g'], ['y'])], 'h', 'y'),
    'e3.1': ([('Neg', ['x'], ['h']), ('Tanh', ['h'], ['e1'])], 'x', 'h e1'),
    'e3.2': ([('Abs', ['h'], ['g']), ('Floor', ['g'], ['e2'])], 'h', 'g e2'),
    'e3.3': ([('Exp', ['g'], ['y'])], 'g', 'y'),
}

GUARD = '''

if __name__ == '__main__':
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    parser.add_argument('-f', '--factor', type=float, default=2.5)
    main(vars(parser.parse_args()))
'''

IMPORT = 'import numpy as np\nfrom aisprint.onnx_inference import load_and_inference\n\n\n'


class Cases(TemporaryFolder):
    def split(self, source, segments, condition='-'):
        """The faults as "line:column rule", or None and the segments' texts are written."""
        program = os.path.join(os.environ['AISPRINT_BUILD'], 'tests/unit/code_split')
        done = subprocess.run([program, self.write('main.py', source), self.folder, 'main', 'net.onnx',
                               condition, *segments], stdout=subprocess.PIPE, text=True, check=False)
        self.said = done.stdout
        if done.returncode == 0:
            self.assertEqual(done.stdout, '')
            return None
        self.assertEqual(done.returncode, 1)
        return sorted('%s:%s %s' % tuple(np.array(line.split())[[0, 1, 3]])
                      for line in done.stdout.splitlines())

    def component(self, name, source, net):
        folder = self.path(name)
        os.makedirs(os.path.join(folder, 'onnx'))
        nodes, inputs, outputs = MODELS[net]
        data = model(nodes, list(map(value, inputs.split())), list(map(value, outputs.split())))
        file = 'net.onnx' if name == 'whole' else name + '.onnx'
        with open(os.path.join(folder, 'onnx', file), 'wb') as out:
            out.write(data)
        with open(os.path.join(folder, 'main.py'), 'w', newline='') as out:
            out.write(source)

    def run_item(self, name, given):
        """Give the file `given` to a component, as a warm worker does; the names that it wrote."""
        output = os.path.join(self.path(name), 'out')
        os.makedirs(output, exist_ok=True)
        before = list(sys.path), os.getcwd()
        try:
            component = Component(os.path.join(self.path(name), 'main.py'))
            files = sorted(os.listdir(os.path.join(self.path(name), 'onnx')))
            component.run(Item(given, os.path.join(output, os.path.basename(given)),
                               os.path.join('onnx', files[0])))
        finally:
            sys.path[:] = before[0]
            os.chdir(before[1])
        return sorted(os.listdir(output))

    def read(self, name, file):
        with open(os.path.join(self.path(name), 'out', file), 'rb') as data:
            return data.read()

    def check(self, source, segments=2, x=X):
        """The chain of segments gives what the whole gives, or the marked faults are reported."""
        source = textwrap.dedent(source)
        expected, plain = [], ''
        for i, part in enumerate(MARK.split(source)):
            if i % 2 == 0:
                plain += part
            else:
                line = plain.count('\n') + 1
                expected.append('%d:%d %s' % (line, len(plain) - plain.rfind('\n'), part))
        names = ['part%d' % i for i in range(1, segments + 1)]
        got = self.split(plain, names)
        self.assertEqual(got or [], sorted(expected), '%s\n%s' % (plain, self.said))
        if expected:
            return
        texts = []
        for name in names:
            with open(self.path(name), newline='') as file:
                texts.append(file.read())
            os.remove(self.path(name))
        self.component('whole', plain, 'net')
        for number, (name, text) in enumerate(zip(names, texts), 1):
            compile(text, name, 'exec')
            self.component(name, text, 's%d.%d' % (segments, number))
        given = self.path('item.npy')
        np.save(given, x)
        written = self.run_item('whole', given)
        self.assertTrue(written, 'the whole writes nothing')
        for name, text in zip(names, texts):
            self.assertEqual(self.run_item(name, given), written, text)
            given = os.path.join(self.path(name), 'out', 'item.npy')
        self.assertEqual(self.read(names[-1], 'item.npy'), self.read('whole', 'item.npy'), texts[-1])
        self.texts = texts


def forms(cls):
    """A test for each source in `cls.SOURCES`."""
    for name, source in cls.SOURCES.items():
        def test(self, source=source):
            self.check(source)
        setattr(cls, 'test_' + name, test)
    return cls


def body(call, post="    save(args, return_dict['y'] * return_dict['n'])\n", pre='', head=IMPORT,
         guard=GUARD):
    return (head + '''def save(args, array):
    with open(args['output'], 'w') as file:
        file.write(repr(array if isinstance(array, list) else np.asarray(array).tolist()))


def main(args):
    x = np.load(args['input'])
    input_dict = {'x': x, 'n': args.get('factor', 3)}
''' + pre + call + post + guard)


CALL = "    return_dict, result = load_and_inference(args['onnx_file'], input_dict)\n"
RESULT = "    save(args, result[0])\n"


@forms
class CallForms(Cases):
    SOURCES = {
        'plain': body(CALL),
        'module': body("    return_dict, result = onnx_inference.load_and_inference(args['onnx_file'], input_dict)\n",
                       head='import numpy as np\nfrom aisprint import onnx_inference\n\n\n'),
        'module_alias': body("    return_dict, result = oi.load_and_inference(args['onnx_file'], input_dict)\n",
                             head='import numpy as np\nimport aisprint.onnx_inference as oi\n\n\n'),
        'dotted': body("    return_dict, result = aisprint.onnx_inference.load_and_inference(args['onnx_file'], input_dict)\n",
                       head='import numpy as np\nimport aisprint.onnx_inference\n\n\n'),
        'alias': body("    return_dict, result = run(args['onnx_file'], input_dict)\n",
                      head='import numpy as np\nfrom aisprint.onnx_inference import load_and_inference as run\n\n\n'),
        'star': body(CALL, head='import numpy as np\nfrom aisprint.onnx_inference import *\n\n\n'),
        'import_inside': body("    from aisprint.onnx_inference import load_and_inference\n" + CALL,
                              head='import numpy as np\n\n\n'),
        'import_inside_with_others': body(
            "    from aisprint.onnx_inference import load_and_inference as run\n    import math as m\n"
            "    return_dict, result = run(args['onnx_file'], input_dict)\n",
            post='    save(args, result[0] * m.pi)\n', head='import numpy as np\n\n\n'),
        'keywords': body("    return_dict, result = load_and_inference(input_dict=input_dict, onnx_file=args['onnx_file'])\n"),
        'line_breaks': body("    return_dict, result = load_and_inference(\n        args['onnx_file'],  # the model\n"
                            "        input_dict,\n    )  # load_and_inference(here, too)\n"),
        'backslash': body("    return_dict, result = \\\n        load_and_inference(args['onnx_file'], input_dict)\n"),
        'tuple_target': body("    (return_dict, result) = load_and_inference(args['onnx_file'], input_dict)\n"),
        'list_target': body("    [return_dict, result] = load_and_inference(args['onnx_file'], input_dict)\n"),
        'one_target': body("    both = load_and_inference(args['onnx_file'], input_dict)\n",
                           "    save(args, both[1][0] * both[0]['n'])\n"),
        'index': body("    result = load_and_inference(args['onnx_file'], input_dict)[1]\n", RESULT),
        'underscore': body("    _, result = load_and_inference(args['onnx_file'], input_dict)\n", RESULT),
        'underscore_behind': body("    return_dict, _ = load_and_inference(args['onnx_file'], input_dict)\n"),
        'nested_target': body("    return_dict, (y,) = load_and_inference(args['onnx_file'], input_dict)\n",
                              "    save(args, y * return_dict['n'])\n"),
        'starred_target': body("    return_dict, *rest = load_and_inference(args['onnx_file'], input_dict)\n",
                               "    save(args, rest[0][0])\n"),
        'chained': body("    both = return_dict, result = load_and_inference(args['onnx_file'], input_dict)\n",
                        "    save(args, both[1][0])\n"),
        'in_expression': body("    save(args, load_and_inference(args['onnx_file'], input_dict)[1][0].sum(axis=0))\n", ''),
        'returned': body("    return save(args, load_and_inference(args['onnx_file'], input_dict)[1][0])\n", ''),
        'names_taken': body("    return_dict, segment = load_and_inference(args['onnx_file'], input_dict)\n",
                            "    save(args, segment[0])\n"),
        'names_taken_too': body(
            "    save(args, load_and_inference(args['onnx_file'], input_dict)[1][0] + result * return_dict)\n", '',
            pre='    result, return_dict = 2, 3\n'),
        'inline_dictionary': body("    return_dict, result = load_and_inference(args['onnx_file'], {'x': x, 'n': 4})\n"),
        'outputs': body("    return_dict, result = load_and_inference(args['onnx_file'], input_dict, outputs=['y'])\n", RESULT),
        'keep': body(CALL, "    save(args, return_dict['y'] + return_dict['x'])\n", pre="    input_dict['keep'] = True\n"),
        'in_with': body("    with np.errstate(all='ignore'):\n        x = x + 0\n        input_dict['x'] = x\n    " + CALL +
                        "        n = return_dict['n']\n", "    save(args, result[0] * n)\n"),
        'in_two_withs': body("    with np.errstate(all='ignore'):\n        a = 2\n        with np.errstate(all='raise'):\n"
                             "            b = 3\n        " + CALL + "            c = a * b\n        d = c + a\n",
                             "    save(args, result[0] * d)\n"),
        'comments': body(CALL + '    # behind: load_and_inference(1, 2)\n',
                         pre='    # return_dict, result = load_and_inference(a, b)\n'
                             '    """load_and_inference(args)"""\n'),
        'docstring': IMPORT + '''def main(args):
    """What it does.

  Lines less deep.
    """
    return_dict, result = load_and_inference(args['onnx_file'], {'x': np.load(args['input'])})
    text = """
 less deep, and
\ta tab
"""
    with open(args['output'], 'w') as file:
        file.write(text + repr(result[0].tolist()))
''' + GUARD,
        'helpers_behind': body(CALL, "    finish(args, result, Scale(2))\n", guard='''

class Scale:
    def __init__(self, by):
        self.by = by


def finish(args, result, scale):
    save(args, result[0] * scale.by)
''' + GUARD),
        'last_statement': body("    save(args, load_and_inference(args['onnx_file'], input_dict)[1][0])  # last", '\n'),
        'no_newline_at_end': body("    save(args, load_and_inference(args['onnx_file'], input_dict)[1][0])", '', guard=''),
        'another_name': re.sub(r'\bargs\b', 'arguments', body(CALL, RESULT)),
        'future': '"""Doc."""\nfrom __future__ import annotations\n' + body(CALL),
        'shebang': '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n' + body(CALL),
        'umlauts': body(CALL, RESULT, pre="    größe = 'ä€😀'\n    print(größe)\n"),
        'tabs': re.sub('(?m)^( {4})+', lambda m: '\t' * (len(m[0]) // 4), body(CALL)),
        'two_blanks': re.sub('(?m)^( {4})+', lambda m: '  ' * (len(m[0]) // 4), body(CALL)),
        'carriage_returns': body(CALL).replace('\n', '\r\n'),
        'decorated': body(CALL, head=IMPORT + '''from aisprint.annotations import annotation, exec_time


''').replace('def main(', "@exec_time(local_time_thr=5)\n@annotation({'partitionable_model': {'onnx_file': 'net.onnx'}})\ndef main("),
        'unused_helper': body(CALL, guard='\n\ndef unused(args):\n    return load_and_inference(args, {})\n' + GUARD),
        'early_return': body(CALL, pre='    if x.size == 0:\n        return\n'),
    }


@forms
class Guards(Cases):
    SOURCES = {
        'double_quotes': body(CALL, guard=GUARD.replace("'__main__'", '"__main__"')),
        'reversed': body(CALL, guard=GUARD.replace("__name__ == '__main__'", "'__main__' == __name__")),
        'none': body(CALL, guard=''),
        'hyphen': body(CALL, guard=GUARD.replace('--onnx_file', '--onnx-file')),
        'dest': body(CALL, guard=GUARD.replace("'--onnx_file'", "'--model', dest='onnx_file'")),
        'required': body(CALL, guard=GUARD.replace("default='onnx/net.onnx'", 'required=True')),
        'constant': 'MODEL = "onnx/net.onnx"\n' + body(CALL, guard=GUARD.replace("'onnx/net.onnx'", 'MODEL')),
        'joined': body(CALL, guard=GUARD.replace("'onnx/net.onnx'", "os.path.join('onnx', 'net.onnx')")
                       .replace('import argparse', 'import argparse, os')),
        'in_function': body(CALL, guard='''

def options():
    import argparse
    parser = argparse.ArgumentParser()
    for name in ('input', 'output'):
        parser.add_argument('--' + name, '-' + name[0])
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    return vars(parser.parse_args())


if __name__ == '__main__':
    args = options()
    args['factor'] = 2
    main(args)
'''),
        'namespace': body(CALL, RESULT, guard=GUARD.replace('vars(parser.parse_args())', 'parser.parse_args()'))
        .replace("args.get('factor', 3)", 'args.factor')
        .replace("args['input']", 'args.input').replace("args['output']", 'args.output')
        .replace("args['onnx_file']", 'args.onnx_file'),
        'several_parameters': IMPORT + '''def main(source, target, net='onnx/net.onnx', factor=1):
    return_dict, result = load_and_inference(net, {'x': np.load(source)})
    with open(target, 'w') as file:
        file.write(repr((result[0] * factor).tolist()))
''' + GUARD.replace('main(vars(parser.parse_args()))',
                    "args = parser.parse_args()\n    main(args.input, args.output, net=args.onnx_file, factor=args.factor)"),
        'model_in_variable': body("    return_dict, result = load_and_inference(net, input_dict)\n",
                                  pre="    net = args['onnx_file']\n"),
        'fixed_model': body("    return_dict, result = load_and_inference('onnx/net.onnx', input_dict)\n"),
        'fixed_model_without_option': body(
            "    return_dict, result = load_and_inference('onnx/net.onnx', input_dict)\n", guard=''),
        'async': body(CALL).replace('def main', '<<code-entry>>async def main'),
        'generator': body(CALL, post=RESULT + '    <<code-entry>>yield 1\n'),
        'packed': body(CALL, RESULT).replace('def main(args)', 'def main(<<code-entry>>*args)'),
        'unknown_parameters': body(CALL, RESULT, guard='').replace('def main(args)', 'def <<code-entry>><<code-entry>>main(args, path)')
        .replace('<<code-entry>><<code-entry>>', '<<code-entry>>'),
    }


@forms
class Variables(Cases):
    SOURCES = {
        'array': body(CALL, "    save(args, result[0] + x)\n"),
        'several': body(CALL, "    save(args, result[0] * a + len(b) + c[1] + d['k'][0] + e)\n",
                        pre="    a, b = 3, 'text'\n    c = (1, 2)\n    d = {'k': [1.5, None]}\n    e = np.float32(0.1)\n"),
        'nested_arrays': body(CALL, "    save(args, result[0] + parts[0]['x'] + parts[1][0])\n",
                              pre="    parts = [{'x': x}, (x * 2, None)]\n"),
        'shape': body(CALL, "    assert shape == (2, 2) and isinstance(shape, tuple)\n    height, width = shape\n"
                            "    save(args, result[0] * height)\n", pre='    shape = x.shape\n'),
        'written_to': body(CALL, "    x[0, 0] = 99\n    save(args, x + result[0] + return_dict['same'])\n",
                           pre="    input_dict['same'] = x\n"),
        'entry_written_to': body(CALL, "    image = return_dict['image']\n    image += 1\n    save(args, image)\n",
                                 pre="    input_dict['image'] = x * 3\n"),
        'dictionary_read_later': body(CALL, "    save(args, result[0] + input_dict['x'] * input_dict['n'])\n"),
        'given_anew': body(CALL, "    k = 4\n    save(args, result[0] * k)\n", pre='    k = open(args["input"])\n'),
        'given_in_both_branches': body(CALL, "    if len(result) > 3:\n        f = 2\n    else:\n        f = 5\n"
                                             "    save(args, result[0] * f)\n", pre='    f = {1}\n'),
        'branches_before': body(CALL, "    save(args, result[0] * k)\n",
                                pre="    if x.size > 3:\n        k = 1\n    elif x.size > 2:\n        k = 2\n    else:\n"
                                    "        raise ValueError('small')\n"),
        'try_before': body(CALL, "    save(args, result[0] * k)\n",
                           pre="    try:\n        k = int('3')\n    except ValueError:\n        k = 0\n"),
        'loop_before': body(CALL, "    save(args, result[0] * total)\n",
                            pre="    total = 0\n    for i in range(4):\n        total += i\n"),
        'not_forwarded': body(CALL, "    file = None\n    save(args, [f(v) for v in result[0].ravel() for f in [abs]])\n",
                              pre="    file = open(args['input'], 'rb')\n    f = lambda v: v\n    file.close()\n"),
        'comprehension_has_its_own': body(CALL, "    save(args, [x for x in result[0].ravel()])\n",
                                          pre="    x = {1, 2}\n    input_dict = {'x': np.load(args['input'])}\n"),
        'closure_reads': body(CALL, "    def scaled(v):\n        return v * k\n    save(args, scaled(result[0]))\n",
                              pre='    k = 6\n'),
        'lambda_reads': body(CALL, "    scaled = lambda v, by=k: v * by\n    save(args, scaled(result[0]))\n",
                             pre='    k = 6\n'),
        'deleted': body(CALL, "    save(args, result[0])\n    del k\n", pre='    k = 6\n'),
        'walrus': body(CALL, "    save(args, result[0] * k)\n", pre='    if (k := 3) > 2:\n        pass\n'),
        'augmented': body(CALL, "    k += 1\n    save(args, result[0] * k)\n", pre='    k = 6\n'),
        'in_formatted_string': body(CALL, "    text = f'{result[0].tolist()!r:>{width}}{x.shape}'\n"
                                          "    with open(args['output'], 'w') as file:\n        file.write(text)\n",
                                    pre='    width = 90\n'),
        'name_of_the_input': body(CALL, "    import os\n    save(args, [os.path.basename(args['input']), result[0].tolist()])\n"),
        'keywords_are_no_reads': body(CALL, "    save(args, np.sum(result[0], axis=0))\n", pre='    axis = {1}\n'),
        'attributes_are_no_reads': body(CALL, "    save(args, result[0].shape)\n", pre='    shape = {1}\n'),
        'infinite': body(CALL, "    save(args, np.minimum(result[0], limit))\n", pre="    limit = float('inf')\n"),
        'not_a_text': body(CALL, "    save(args, [result[0].tolist(), ascii(name)])\n", pre="    name = 'a\\udc80b'\n"),
        'decorated_behind_a_return': body(CALL, '''    def times(n):
        return lambda f: lambda: f() * n
    @times(k)
    def made():
        return 2
    save(args, [made()])
''', pre='    k = 5\n'),
        'named_in_the_call': body("    return_dict, result = load_and_inference(args['onnx_file'], (d := input_dict))\n",
                                  "    save(args, d['x'] + result[0])\n"),
        'underscore_travels': body("    save(args, [load_and_inference(args['onnx_file'], input_dict)[1][0].tolist(), _])\n", '',
                                   pre='    _ = 9\n'),
        'name_of_the_output': body(CALL, "    save(args, [name, result[0].tolist()])\n",
                                   pre="    import os\n    name = os.path.basename(os.path.splitext(args['output'])[0])\n"),
        'output_not_read_behind': body(CALL, RESULT, pre="    out = args['output']\n    print(out)\n"),
        # what cannot travel
        'output_path': body(CALL, "    save({'output': out}, result[0])\n", pre="    out = <<code-output>>args['output']\n"),
        'made_of_the_output_path': body(CALL, "    save({'output': text + '.txt'}, result[0])\n",
                                        pre="    import os\n    stem, _ = os.path.splitext(args['output'])\n"
                                            "    text = <<code-output>>stem + '.x'\n"),
        'all_arguments': body(CALL, "    save(a, result[0])\n", pre="    a = <<code-output>>args\n"),
        'copied_arguments': body(CALL, "    save(a, result[0])\n", pre="    a = dict(<<code-output>>args)\n"),
        'input_by_keyword': body(CALL, "    save(args, np.load(file=<<code-input>>args['input']))\n"),
        'input_as_text': body(CALL, "    save(args, np.load(str(<<code-input>>args['input'])))\n"),
        'input_put_together': body(CALL, "    save(args, np.load(<<code-input>>args['input'] + ''))\n"),
        'input_renamed': body(CALL, "    p = <<code-input>>args['input']\n    save(args, np.load(p))\n"),
        'model_named': body("    return_dict, result = load_and_inference(<<code-call-form>>m := args['onnx_file'], input_dict)\n"),
        'open_file': body(CALL, "    save(args, file.read())\n", pre="    file = <<code-forward>>open(args['input'])\n"),
        'opened_by_with': body(CALL, "    save(args, file.name)\n",
                               pre="    with <<code-forward>>open(args['input']) as file:\n        pass\n"),
        'lambda': body(CALL, "    save(args, f(result[0]))\n", pre="    f = <<code-forward>>lambda v: v\n"),
        'set': body(CALL, "    save(args, len(s))\n", pre="    s = <<code-forward>>{1, 2}\n"),
        'set_call': body(CALL, "    save(args, len(s))\n", pre="    s = <<code-forward>>set(x.ravel())\n"),
        'generator': body(CALL, "    save(args, list(g))\n", pre="    g = <<code-forward>>(v for v in x)\n"),
        'inner_function': body(CALL, "    save(args, f(1))\n", pre="    def <<code-forward>>f(v):\n        return v\n"),
        'inner_class': body(CALL, "    save(args, K.a)\n", pre="    class <<code-forward>>K:\n        a = 1\n"),
        'bytes': body(CALL, "    save(args, list(b))\n", pre="    b = <<code-forward>>b'abc'\n"),
        'import_under_condition': body(CALL, "    save(args, m.pi)\n",
                                       pre="    if x.size:\n        import math as <<code-forward>>m\n    else:\n        m = None\n")
        .replace('    else:\n        m = None\n', ''),
        'perhaps_unbound': body(CALL, "    if x.size:\n        save(args, k)\n",
                                pre="    if x.size > 2:\n        <<code-forward>>k = 3\n"),
        'bound_in_loop_only': body(CALL, "    save(args, k)\n", pre="    for <<code-forward>>k in range(3):\n        pass\n"),
        'global': body(CALL, "    save(args, TOTAL)\n", pre="    global TOTAL\n    <<code-global>>TOTAL = 3\n"),
        'lambda_entry': body(CALL, pre="    input_dict['f'] = <<code-forward>>lambda v: v\n"),
        'entry_of_literal': body("    return_dict, result = load_and_inference(args['onnx_file'], {'x': x, 's': <<code-forward>>{1}})\n", RESULT),
        'entry_through_variable': body(CALL, RESULT, pre="    seen = set()\n    input_dict['seen'] = <<code-forward>>seen\n"),
        'entry_is_function': body(CALL, RESULT, pre="    input_dict['how'] = <<code-forward>>save\n"),
        'entry_by_update': body(CALL, RESULT, pre="    input_dict.update(a=1, b=<<code-forward>>open('x'))\n"),
        'entry_by_dict': body(CALL, RESULT, pre="    input_dict = dict(x=x, b=<<code-forward>>{i for i in 'ab'})\n"),
        'arguments_changed': body(CALL, "    save(args, result[0] * args['factor'])\n",
                                  pre="    <<code-forward>>args['factor'] = 7\n"),
        'arguments_rebound': body(CALL, "    save(args, result[0] * args['factor'])\n",
                                  pre="    <<code-forward>>args = dict(args)\n"),
        'other_argument_changed': body(CALL, "    save({'output': args['output']}, result[0])\n", pre="    args['k'] = 7\n"),
        'input_read_again': body(CALL, "    save(args, result[0] + np.load(<<code-input>>args['input']))\n"),
    }


@forms
class Refusals(Cases):
    SOURCES = {
        'no_call': body('', "    save(args, 1)\n").replace('def main', 'def <<code-no-call>>main'),
        'not_ours': body("    return_dict, result = <<code-no-call>>mine.load_and_inference(args['onnx_file'], input_dict)\n",
                         head='import numpy as np\nimport mine\n\n\n'),
        'as_value': body("    run = <<code-no-call>>load_and_inference\n    return_dict, result = run(args['onnx_file'], input_dict)\n"),
        'twice': body(CALL + '    return_dict, result = <<code-calls>>load_and_inference(args["onnx_file"], return_dict)\n'),
        'also_in_helper': body(CALL, '    other(args)\n', guard='\n\ndef other(args):\n    return <<code-calls>>load_and_inference(args, {})\n' + GUARD),
        'in_helper': body('    result = infer(args, input_dict)\n', RESULT,
                          guard='\n\ndef infer(args, d):\n    return <<code-nested>>load_and_inference(args["onnx_file"], d)[1]\n' + GUARD),
        'in_inner_function': body('    def infer():\n        return <<code-nested>>load_and_inference(args["onnx_file"], input_dict)[1]\n'
                                  '    result = infer()\n', RESULT),
        'in_if': body("    if x.size:\n        return_dict, result = <<code-nested>>load_and_inference(args['onnx_file'], input_dict)\n"),
        'in_for': body("    for i in range(2):\n        return_dict, result = <<code-nested>>load_and_inference(args['onnx_file'], input_dict)\n"),
        'in_while': body("    while True:\n        return_dict, result = <<code-nested>>load_and_inference(args['onnx_file'], input_dict)\n        break\n"),
        'in_try': body("    try:\n        return_dict, result = <<code-nested>>load_and_inference(args['onnx_file'], input_dict)\n"
                       "    except ValueError:\n        return\n"),
        'in_with_as': body("    with open(args['input']) as f:\n        return_dict, result = <<code-nested>>load_and_inference(args['onnx_file'], input_dict)\n"),
        'in_with_head': body("    with <<code-nested>>load_and_inference(args['onnx_file'], input_dict)[2]:\n        pass\n", RESULT),
        'in_ternary': body("    result = <<code-nested>>load_and_inference(args['onnx_file'], input_dict)[1] if x.size else []\n", RESULT),
        'in_and': body("    result = x.size and <<code-nested>>load_and_inference(args['onnx_file'], input_dict)[1]\n", RESULT),
        'in_lambda': body("    run = lambda: <<code-nested>>load_and_inference(args['onnx_file'], input_dict)\n    result = run()[1]\n", RESULT),
        'in_comprehension': body("    result = [<<code-nested>>load_and_inference(args['onnx_file'], input_dict) for i in 'a'][0][1]\n", RESULT),
        'in_if_head': body("    if <<code-nested>>load_and_inference(args['onnx_file'], input_dict)[1]:\n        pass\n", RESULT),
        'walrus': body("    save(args, (both := <<code-call-form>>load_and_inference(args['onnx_file'], input_dict))[1][0])\n", ''),
        'with_needs_variable': body("    with np.errstate(all=<<code-nested>>mode):\n" '    ' + CALL, pre="    mode = 'ignore'\n"),
        'two_on_a_line': body("    y = 1; <<code-call-form>>return_dict, result = load_and_inference(args['onnx_file'], input_dict)\n"),
        'more_behind_it': body("    <<code-call-form>>return_dict, result = load_and_inference(args['onnx_file'], input_dict); y = 1\n"),
        'unpacked': body("    return_dict, result = load_and_inference(<<code-call-form>>*[args['onnx_file'], input_dict])\n"),
        'unpacked_names': body("    return_dict, result = load_and_inference(args['onnx_file'], <<code-call-form>>**{'input_dict': input_dict})\n"),
        'unknown_argument': body("    return_dict, result = load_and_inference(args['onnx_file'], <<code-call-form>>inputs=input_dict)\n"),
        'too_few': body("    return_dict, result = <<code-call-form>>load_and_inference(args['onnx_file'])\n"),
        'syntax': body(CALL, '    <<python-syntax>>save(args, (]\n'),
    }


class Chains(Cases):
    def test_three_segments_give_what_the_whole_gives(self):
        self.check(body(CALL, "    save(args, result[0] * k + x + return_dict['n'])\n", pre='    k = 6\n'), 3)
        self.assertIn('segment.write', self.texts[1])
        self.assertNotIn('def unused', self.texts[1])

    def test_seven_forms_in_three_segments(self):
        for name in ('import_inside_with_others', 'in_two_withs', 'in_expression', 'docstring', 'keywords',
                     'module_alias', 'tabs'):
            with self.subTest(name):
                self.setUp()
                self.check(CallForms.SOURCES[name], 3)

    def test_segments_are_the_same_each_time(self):
        self.check(body(CALL))
        first = self.texts
        self.setUp()
        self.check(body(CALL))
        self.assertEqual([text.splitlines()[1:] for text in self.texts],
                         [text.splitlines()[1:] for text in first])

    def test_what_cannot_travel_is_named_with_its_place_in_the_original(self):
        source = body(CALL, "    save(args, result[0] * len(k))\n", pre='    k = make()\n',
                      head=IMPORT + 'def make():\n    return {3}\n\n\n')
        self.assertIsNone(self.split(source, ['part1', 'part2']))
        with open(self.path('part1')) as file:
            text = file.read()
        os.remove(self.path('part1'))
        self.component('part1', text, 's2.1')
        np.save(self.path('item.npy'), X)
        with self.assertRaises(TypeError) as caught:
            self.run_item('part1', self.path('item.npy'))
        line = source[:source.index('make()\n    return_dict')].count('\n') + 1
        self.assertIn("/main.py:%d:9: 'k' is a set, which no other segment can get" % line,
                      str(caught.exception))

    def test_an_entry_that_cannot_travel_is_named_with_its_place(self):
        source = body(CALL, pre="    input_dict['who'] = make()\n", head=IMPORT + 'def make():\n    return object()\n\n\n')
        self.assertIsNone(self.split(source, ['part1', 'part2']))
        with open(self.path('part1')) as file:
            text = file.read()
        os.remove(self.path('part1'))
        self.component('part1', text, 's2.1')
        np.save(self.path('item.npy'), X)
        with self.assertRaises(TypeError) as caught:
            self.run_item('part1', self.path('item.npy'))
        line = source[:source.index("input_dict['who']")].count('\n') + 1
        self.assertIn("/main.py:%d:25: 'who' is an object" % line, str(caught.exception))

    def test_a_file_that_is_no_bundle_is_refused(self):
        self.check(body(CALL))
        with self.assertRaisesRegex(ValueError, 'item.npy: this is not what the segment before writes'):
            self.run_item('part2', self.path('item.npy'))


EXITS = '''import numpy as np
from aisprint.onnx_inference import load_and_inference


def is_sure(result):
    return result[0][0, 0] > 0


def main(args):
    x = np.load(args['input'])
    return_dict, result = load_and_inference(args['onnx_file'], {'x': x, 'n': 3})
    with open(args['output'], 'w') as file:
        file.write(repr([[array.tolist() for array in result], x.tolist(), return_dict['n']]))
'''


class Exits(Cases):
    def make(self, source, count):
        names = ['part%d:e%d' % (i, i) if i < count else 'part%d' % i for i in range(1, count + 1)]
        self.assertIsNone(self.split(source, names, 'is_sure'), self.said)
        self.texts = []
        for i in range(1, count + 1):
            name = 'part%d' % i
            with open(self.path(name)) as file:
                self.texts.append(file.read())
            os.remove(self.path(name))
            self.component(name, self.texts[-1], 'e%d.%d' % (count, i))

    def walk(self, x):
        """Where the item leaves, and with what."""
        given = self.path('item.npy')
        np.save(given, x)
        for number in range(1, len(self.texts) + 1):
            name = 'part%d' % number
            written = self.run_item(name, given)
            if written == ['item.npy']:
                return number, self.read(name, 'item.npy').decode()
            self.assertEqual(written, ['item.npy_NO_EARLYEXIT'])
            given = os.path.join(self.path(name), 'out', written[0])
        return self.fail('it never leaves')

    def expect(self, x, output):
        x = np.array(x, np.float32)
        h, g = -x, np.abs(x)
        y = {'e1': np.tanh(h), 'e2': np.floor(g), 'y': np.exp(g)}[output]
        return repr([[y.tolist()], x.tolist(), 3])

    def test_an_item_leaves_where_the_condition_holds(self):
        for source in (EXITS,
                       EXITS.replace('return_dict, result =', 'both =').replace('in result', 'in both[1]')
                       .replace("return_dict['n']", "both[0]['n']"),
                       EXITS.replace("'n': 3})", "'n': 3}, outputs=None)"),
                       EXITS.replace("args['onnx_file'], {'x': x, 'n': 3}", "input_dict={'x': x, 'n': 3},\n"
                                     "        onnx_file=args['onnx_file'],\n    ")):
            for x, leaves, output in (([[-1, 2]], 1, 'e1'), ([[1, 2]], 2, 'y')):
                with self.subTest(x=x, source=source):
                    self.setUp()
                    self.make(source, 2)
                    number, text = self.walk(np.array(x, np.float32))
                    self.assertEqual(number, leaves)
                    got, wanted = eval(text), eval(self.expect(x, output))
                    np.testing.assert_allclose(np.array(got[0]), np.array(wanted[0]), rtol=1e-6)
                    self.assertEqual(got[1:], wanted[1:])

    def test_two_exits(self):
        for x, leaves in (([[-1, 2]], 1), ([[1, 2]], 2), ([[0.5, 2]], 3)):
            with self.subTest(x=x):
                self.setUp()
                self.make(EXITS, 3)
                number, text = self.walk(np.array(x, np.float32))
                self.assertEqual(number, leaves)
                wanted = eval(self.expect(x, ('e1', 'e2', 'y')[leaves - 1]))
                np.testing.assert_allclose(np.array(eval(text)[0]), np.array(wanted[0]), rtol=1e-6)
                self.assertEqual(eval(text)[1:], wanted[1:])

    def test_conditions_are_checked(self):
        annotated = EXITS.replace('def main', "@early_exits_model(onnx_file='net.onnx', condition_function='is_sure',\n"
                                  "                   transition_probabilities=[0.5])\ndef main")
        annotated = annotated.replace('import numpy', 'from aisprint.annotations import early_exits_model\nimport numpy', 1)
        line = annotated[:annotated.index("'is_sure'")].count('\n') + 1
        place = '%d:%d code-condition' % (line, annotated.splitlines()[line - 1].index("'is_sure'") + 1)
        names = ['part1:e1', 'part2']
        self.assertIsNone(self.split(annotated, names, 'is_sure'))
        for good in ('result, strict=True', '*results', 'result, *, strict=False', 'result=None', 'result: list', 'result, /'):
            self.assertIsNone(self.split(annotated.replace('is_sure(result)', 'is_sure(%s)' % good), names, 'is_sure'),
                              good)
        for bad in ('', 'result, threshold', '*, result', 'a, b, c=1', '**result'):
            self.assertEqual(self.split(annotated.replace('is_sure(result)', 'is_sure(%s)' % bad), names, 'is_sure'),
                             [place], bad)
        self.assertEqual(self.split(annotated.replace('def is_sure', 'async def is_sure'), names, 'is_sure'), [place])
        self.assertEqual(self.split(annotated.replace('def is_sure', 'def is_secure'), names, 'is_sure'), [place])


if __name__ == '__main__':
    unittest.main()
