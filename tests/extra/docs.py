#!/usr/bin/python3
"""Runs the examples of the guides as they are written.

A fenced block that begins with ```console run holds lines "$ COMMAND" and what they print (both streams).
The blocks of one document share one scratch folder. "..." at the start of a line stands for any lines,
inside a line for any text.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(os.environ.get('AISPRINT_SOURCE', Path(__file__).resolve().parents[2]))


def read_steps(text):
    """[(line number, command, expected output)]"""
    steps, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith('```'):
            inside = line.startswith('```console run')
        elif inside and line.startswith('$ '):
            steps.append([number, line[2:], ''])
        elif inside and steps:
            steps[-1][2] += line + '\n'
    return steps


def matches(expected, got):
    pattern = ''
    for line in expected.splitlines():
        if line.strip() == '...':
            pattern += r'(?:.*\n)*'
        else:
            pattern += '[^\n]*'.join(re.escape(part) for part in line.split('...')) + '\n'
    return re.fullmatch(pattern, got) is not None


def run_document(path):
    passed = failed = 0
    steps = read_steps(path.read_text())
    with tempfile.TemporaryDirectory(prefix='aisprint-docs-') as scratch:
        (Path(scratch) / 'examples').symlink_to(ROOT / 'examples')
        for number, command, expected in steps:
            done = subprocess.run(['bash', '-c', command], cwd=scratch, stdin=subprocess.DEVNULL, timeout=120,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            got = done.stdout.decode('utf-8', 'replace')
            name = '%s:%d: %s' % (path.relative_to(ROOT), number, command)
            if matches(expected, got):
                passed += 1
                print('ok ' + name)
            else:
                failed += 1
                print('not ok %s\n--- expected\n%s--- got\n%s' % (name, expected, got))
    return passed, failed


def main():
    counts = [run_document(p) for p in sorted((ROOT / 'docs').glob('*.md')) + [ROOT / 'README.md']]
    passed, failed = sum(c[0] for c in counts), sum(c[1] for c in counts)
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
