#!/usr/bin/env python3
"""docs/check.md lists every code that `aisprint check` can give, and no other; every code of src/app is
in a case of cases/. Prints what is missing."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Calls that take a code as a string, in each room.
CALL = re.compile(r'\b(?:ais__app_error|ais__app_warn|ais__fault|ais__code_fault|ais__warn|ais_diags_add|add_error|fail|wrong)'
                  r'\(\s*[^"]{0,120}?"([a-z0-9-]+)"')
ROW = re.compile(r'\.rule = "([a-z0-9-]+)"|\b(?:syntax|yaml_syntax|\w*rule)\[\] = "([a-z-]+)"')
# Codes that stand in for the name of an error: ais_diags_take_error(..., NULL, ...).
NAMES = {'io', 'limit', 'too-many'}
# Not worth an application of its own: the limits of src/app are in tests/unit/test_app_faults.c.
UNTRIED = set()


def codes_in(room):
    found = set()
    for path in (ROOT / 'src' / room).glob('*.c'):
        text = path.read_text()
        found |= set(CALL.findall(text))
        found |= {a or b for a, b in ROW.findall(text)}
    return found


def main():
    documented = set()
    for line in (ROOT / 'docs/check.md').read_text().splitlines():
        if line.startswith('| `'):
            documented |= set(re.findall(r'`([a-z0-9-]+)`', line.split('|')[1]))
    rooms = {room: codes_in(room) for room in ('app', 'doc', 'annotate')}
    # of src/design only what check calls
    rooms['design'] = {code for code in codes_in('design') if code.startswith('performance-')}
    given = NAMES.union(*rooms.values())
    cases = ''.join(path.read_text() for path in (ROOT / 'tests/broken/cases').glob('*.toml'))
    tried = set(re.findall(r'<<(?:warning:)?([a-z0-9-]+)>>', cases)) | set(re.findall(r'code = "([a-z0-9-]+)"', cases))
    problems = {'not in docs/check.md': given - documented,
                'only in docs/check.md': documented - given,
                'of src/app, in no case': rooms['app'] - tried - UNTRIED,
                'in a case, but given by nothing': tried - given}
    for what, codes in problems.items():
        print(f'{"not ok" if codes else "ok"} - {what}: {", ".join(sorted(codes)) or "nothing"}')
    failed = sum(bool(codes) for codes in problems.values())
    print(f'{len(problems) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
