"""Compares the values that annotate/ reads with those of Python itself.

    python3 annotate_against_python.py PROGRAM [ROUNDS [SEED]]

PROGRAM is annotate_print, by default that of the folder $AISPRINT_BUILD. Random expressions are evaluated by both: literals of every kind, nested
lists, tuples and dicts, signs, arithmetic, joined strings, escapes. What Python cannot compute must
be a fault for us; what it can must be the same value, of the same type (tuples are lists), or a
refusal that is known: bytes, sets, complex numbers, what does not fit 64 bits, surrogates.
"""
import json
import os
import math
import random
import subprocess
import sys
import warnings

KNOWN_REFUSALS = ('does not fit 64 bits', 'is no finite number', 'is a complex number', 'as bytes',
                  'is no character', 'too large for it', 'is there twice', 'names a character')


def random_int(rng):
    value = rng.choice([rng.randrange(10), rng.randrange(1000), rng.randrange(2 ** 31),
                        rng.randrange(2 ** 62), 2 ** 63 - 1])
    text = rng.choice([str, hex, oct, bin, '{:_}'.format, '0X{:X}'.format, '0b_{:b}'.format])(value)
    return text


def random_float(rng):
    return rng.choice(['{}.', '.{}', '{}e3', '{}E-2', '{}.5e+1', '1_0.{}', '{}e-30', '0.{}1']).format(
        rng.randrange(1, 9999))


def random_string(rng):
    prefix = rng.choice(['', '', '', 'r', 'u', 'R', 'f', 'rf', 'F', 'b'] if rng.random() < .3 else [''])
    quote = rng.choice(["'", '"', "'''", '"""'])
    pieces = ['a', 'B', ' ', 'ä', '€', '😀', '\\n', '\\t', '\\\\', '\\x41', '\\u00e4', '\\101', '\\0',
              '\\U0001F600', '\\q', '\\ud800', '/', '-', '_', '%', '\t', '\\7', '\\x7f', '\\N{DASH}',
              '\\a\\b\\f\\v\\r', '#', '""' if quote[0] == "'" else "''", '\\' + quote[0]]
    if prefix.lower().strip('r') == 'f':
        pieces += ['{{', '}}', '{{x}}']
    elif 'b' not in prefix:
        pieces += ['{', '}', '{x}']
    body = ''.join(rng.choice(pieces) for _ in range(rng.randrange(6)))
    if 'b' in prefix:
        body = body.encode('ascii', 'ignore').decode()
    if 'r' in prefix.lower() and body.endswith('\\'):
        body += 'x'
    if 'r' in prefix.lower():
        body = body.replace('\\', '/')
    return prefix + quote + body + quote


def random_number(rng, depth):
    kind = rng.random()
    if depth > 3 or kind < .3:
        return random_int(rng)
    if kind < .5:
        return random_float(rng)
    if kind < .65:
        return rng.choice('+-') + random_number(rng, depth + 1)
    if kind < .75:
        return '(' + random_number(rng, depth + 1) + ')'
    sign = rng.choice(['+', '-', '*', '/', '//', '%', '**'])
    right = str(rng.randrange(-4, 9)) if sign == '**' else random_number(rng, depth + 1)
    return random_number(rng, depth + 1) + rng.choice(['', ' ']) + sign + rng.choice(['', ' ']) + right


def random_value(rng, depth=0):
    kind = rng.random()
    if kind < .3 or depth > 3:
        return random_number(rng, 0)
    if kind < .5:
        return ' '.join(random_string(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))
    if kind < .55:
        return random_string(rng) + ' + ' + random_string(rng)
    if kind < .65:
        return rng.choice(['None', 'True', 'False'])
    items = [random_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind < .8:
        return '[' + ', '.join(items) + rng.choice(['', ',' if items else '']) + ']'
    if kind < .9:
        return '(' + ', '.join(items) + (',' if len(items) == 1 or items and rng.random() < .3 else '') + ')'
    keys = [rng.choice([random_string(rng), random_int(rng), 'None']) for _ in items]  # True is 1
    return '{' + ', '.join(k + ': ' + v for k, v in zip(keys, items)) + '}'


def as_json(value):
    """The value as our JSON shows it; ValueError for what we refuse."""
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key_text(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (bytes, complex, set)) or value is Ellipsis:
        raise ValueError('kind')
    return value


def key_text(key):
    if isinstance(key, str):
        return key
    return {None: 'null', True: 'true', False: 'false'}.get(key, str(key)) if not isinstance(key, int) \
        or isinstance(key, bool) else str(key)


def same(ours, theirs):
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict):
        return list(ours) == list(theirs) and all(same(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, float):
        return ours == theirs and math.copysign(1, ours) == math.copysign(1, theirs)
    return ours == theirs


def compare(expression, answer):
    """None when both agree, else what is wrong; counts refusals by the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            theirs = as_json(eval(expression, {'__builtins__': {}}))
    except Exception as error:
        return None if 'faults' in answer else 'Python says %r' % error
    if 'value' in answer:
        return None if same(answer['value'], theirs) else 'Python has %r' % (theirs,)
    messages = [fault['message'] for fault in answer['faults']]
    if messages and any(known in message for message in messages for known in KNOWN_REFUSALS):
        return 'refused'
    return 'Python has %r' % (theirs,)


def main():
    build = os.environ.get('AISPRINT_BUILD', 'build')
    program = sys.argv[1] if len(sys.argv) > 1 else os.path.join(build, 'tests/unit/annotate_print')
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int(os.environ.get('AISPRINT_SEED') or 1)
    rng = random.Random(seed)
    expressions = [random_value(rng).replace('\n', ' ') for _ in range(rounds)]
    output = subprocess.run([program, '--values'], input=''.join(e + '\n' for e in expressions),
                            stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout
    answers = [json.loads(line) for line in output.splitlines()]
    if len(answers) != rounds:
        sys.exit('%d answers to %d expressions' % (len(answers), rounds))
    wrong = refused = 0
    for expression, answer in zip(expressions, answers):
        verdict = compare(expression, answer)
        refused += verdict == 'refused'
        if verdict not in (None, 'refused'):
            wrong += 1
            if wrong <= 20:
                print('%s\n  ours: %s\n  %s' % (expression, json.dumps(answer), verdict))
    values = sum('value' in answer for answer in answers)
    print('%d expressions, seed %d: %d values, %d refused, %d wrong' %
          (rounds, seed, values, refused, wrong))
    sys.exit(wrong > 0 or values < rounds // 4)


main()
