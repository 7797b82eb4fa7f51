#!/usr/bin/python3
"""The checkers of tools/ find what they are there to find, and nothing in a good tree."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(os.environ.get('AISPRINT_SOURCE', Path(__file__).resolve().parents[2]))
FAILURES = []


def run(tool, scratch):
    done = subprocess.run([sys.executable, str(Path(scratch) / 'tools' / tool)] +
                          ([scratch] if tool == 'check-layers' else []), stdout=subprocess.PIPE)
    return done.returncode, done.stdout.decode()


def expect(claim, tool, files, status, text):
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / 'tools').mkdir()
        for name in ('check-layers', 'check-sizes', 'layers.txt'):
            shutil.copy(ROOT / 'tools' / name, Path(scratch) / 'tools')
        for name, content in files.items():
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        got_status, got = run(tool, scratch)
        good = got_status == status and text in got
        print('%s %s' % ('ok' if good else 'not ok', claim))
        if not good:
            print('status %d (expected %d), expected %r in:\n%s' % (got_status, status, text, got))
            FAILURES.append(claim)


def main():
    tests = [
        ('an include downwards is fine', 'check-layers',
         {'src/doc/a.c': '#include "base/error.h"\n#include "doc/doc.h"\n'}, 0, 'layers: ok'),
        ('an include upwards is refused with its line', 'check-layers',
         {'src/base/a.c': '\n#include "doc/doc.h"\n'}, 1, 'src/base/a.c:2: error: base/ may not include doc/'),
        ('an include sideways is refused', 'check-layers',
         {'src/infer/a.c': '#include "annotate/annotate.h"\n'}, 1, 'infer/ may not include annotate/'),
        ('a private name of another room is refused', 'check-layers',
         {'src/app/a.c': 'int x = ais__doc_y;\n'}, 1, 'ais__doc_ is private to doc/'),
        ('a room without a row is refused', 'check-layers',
         {'src/attic/a.c': '\n'}, 1, 'room attic/ has no row'),
        ('a function of 60 lines is fine', 'check-sizes',
         {'src/base/a.c': 'int f(void)\n{\n' + '    x();\n' * 60 + '}\n'}, 0, 'sizes: ok'),
        ('a function of 61 lines is refused', 'check-sizes',
         {'src/base/a.c': 'int f(void)\n{\n' + '    x();\n' * 61 + '}\n'}, 1, 'a function of 61 lines'),
        ('a file of 501 lines is pointed out', 'check-sizes',
         {'src/base/a.c': '\n' * 501}, 0, '501 lines'),
    ]
    for test in tests:
        expect(*test)
    print('%d passed, %d failed' % (len(tests) - len(FAILURES), len(FAILURES)))
    return 1 if FAILURES else 0


if __name__ == '__main__':
    sys.exit(main())
