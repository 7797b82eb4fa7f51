#!/usr/bin/env python3
"""Broken applications: each case changes the good one in base/ and says which faults `aisprint check`
must then find, all of them at once and nothing else.

usage: run.py [AISPRINT] [CASE...]
AISPRINT is the program (default: $AISPRINT_BUILD/aisprint, else build/aisprint). CASE: names of files in
cases/, without ".toml"; all when none is given. AISPRINT_BROKEN_LIMIT_S: time for one run (default 10).

A case is a TOML file:
  what              one line: what was done to the application
  [[edit]]          file, find (must be there exactly once), replace
  [[file]]          path, and one of: text; hex; link = TARGET; kind = "remove" | "folder" | "pipe" |
                    "unreadable"; sparse = BYTES; repeat = [TEXT, COUNT, TEXT AFTER]
  [[expect]]        file, line, column, code, and warning = true for warnings
  needs_user        true: not as root
In `replace` and `text`, "<<code>>" right before a place says that the fault `code` stands there
("<<warning:code>>": a warning); the mark itself is taken out. Faults elsewhere get an [[expect]]; there
`at` may stand for line and column: a text that is in the file exactly once, after all edits.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

NOBODY = 65534
HERE = pathlib.Path(__file__).resolve().parent
MARK = re.compile(r'<<(warning:)?([a-z0-9-]+)>>')


def take_marks(text):
    """The text without its marks, and (offset, severity, code) of each."""
    marks, plain, at = [], [], 0
    length = 0
    for mark in MARK.finditer(text):
        plain.append(text[at:mark.start()])
        length += mark.start() - at
        marks.append((length, 'warning' if mark[1] else 'error', mark[2]))
        at = mark.end()
    plain.append(text[at:])
    return ''.join(plain), marks


def line_and_column(text, offset):
    before = text[:offset]
    return before.count('\n') + 1, offset - (before.rfind('\n') + 1) + 1


class Application:
    """A copy of base/ with the changes of one case, and the faults they must give."""

    def __init__(self, folder):
        self.folder = folder
        self.marked = {}  # path -> text with marks still in it
        self.expected = []

    def edit(self, file, find, replace):
        text = self.marked.get(file)
        if text is None:
            text = (self.folder / file).read_text(encoding='utf-8')
        if text.count(find) != 1:
            raise ValueError(f'{file}: {find!r} is there {text.count(find)} times')
        self.marked[file] = text.replace(find, replace)

    def make(self, path, text=None, hex=None, link=None, kind=None, sparse=None, repeat=None):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        elif target.exists() or target.is_symlink():
            target.unlink() if kind != 'unreadable' else None
        if text is not None:
            self.marked[path] = text
        elif hex is not None:
            target.write_bytes(bytes.fromhex(hex))
        elif link is not None:
            target.symlink_to(link)
        elif sparse is not None:
            with open(target, 'wb') as file:
                file.truncate(sparse)
        elif repeat is not None:
            target.write_text(repeat[0] * repeat[1] + repeat[2], encoding='utf-8')
        else:
            {'remove': lambda: None, 'folder': target.mkdir, 'pipe': lambda: os.mkfifo(target),
             'unreadable': lambda: target.chmod(0)}[kind]()

    def expect(self, file, code, line=None, column=None, at=None, warning=False):
        if at is not None:
            text = (self.folder / file).read_text(encoding='utf-8')
            if text.count(at) != 1:
                raise ValueError(f'{file}: {at!r} is there {text.count(at)} times')
            line, column = line_and_column(text, text.index(at))
        self.expected.append(('warning' if warning else 'error', file, line or 0, column or 0, code))

    def finish(self):
        for file, text in self.marked.items():
            plain, marks = take_marks(text)
            (self.folder / file).write_text(plain, encoding='utf-8')
            for offset, severity, code in marks:
                self.expected.append((severity, file, *line_and_column(plain, offset), code))


def run_check(program, folder, limit, user):
    """Exit status and faults as (severity, file, line, column, code), sorted."""
    done = subprocess.run([program, 'check', '--app', str(folder), '--json'], capture_output=True,
                          text=True, timeout=limit, stdin=subprocess.DEVNULL, user=user)
    answer = json.loads(done.stdout)
    if list(answer) != ['errors', 'warnings']:
        raise ValueError(f'the keys are {list(answer)}')
    found = []
    for severity in ('error', 'warning'):
        for entry in answer[severity + 's']:
            if list(entry) != ['file', 'line', 'column', 'code', 'message', 'hint']:
                raise ValueError(f'an entry has the keys {list(entry)}')
            if not entry['message'] or (entry['hint'] is not None and not entry['hint']):
                raise ValueError(f'an entry has no text: {entry}')
            file = os.path.relpath(entry['file'], folder)
            found.append((severity, file, entry['line'], entry['column'], entry['code'],
                          entry['message'] + (f' ({entry["hint"]})' if entry['hint'] else '')))
    return done.returncode, sorted(found)


def compare(status, found, expected):
    """What is wrong, as lines."""
    lines = []
    wanted = sorted(expected)
    for entry in found:
        if entry[:5] in wanted:
            wanted.remove(entry[:5])
        else:
            lines.append('found, not expected: %s %s:%d:%d %s: %s' % entry)
    lines += ['expected, not found: %s %s:%d:%d %s' % entry for entry in wanted]
    should = 1 if any(entry[0] == 'error' for entry in expected) else 0
    if status != should:
        lines.append(f'exit status {status}, expected {should}')
    return lines


def run_case(program, path, limit, verbose):
    case = tomllib.loads(path.read_text(encoding='utf-8')) if path is not None else {}
    unknown = set(case) - {'what', 'edit', 'file', 'expect', 'needs_user'}
    if unknown:
        raise ValueError(f'unknown keys {unknown}')
    # Root may read everything, so such a case runs as somebody else.
    user = NOBODY if case.get('needs_user') and os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix='aisprint-broken-') as temporary:
        os.chmod(temporary, 0o755)
        folder = pathlib.Path(temporary) / 'app'
        shutil.copytree(HERE / 'base', folder)
        application = Application(folder)
        for edit in case.get('edit', []):
            application.edit(**edit)
        for file in case.get('file', []):
            application.make(**file)
        application.finish()
        for expect in case.get('expect', []):
            application.expect(**expect)
        if user is not None:
            # the checkout may lie where somebody else may not go
            program = shutil.copy(program, temporary)
        status, found = run_check(program, folder, limit, user)
        if verbose:
            for entry in found:
                print('  # %s %s:%d:%d %s: %s' % entry)
        return compare(status, found, application.expected)


def main():
    arguments = sys.argv[1:]
    verbose = '-v' in arguments
    arguments = [a for a in arguments if a != '-v']
    build = os.environ.get('AISPRINT_BUILD', 'build')
    program = os.path.abspath(arguments[0] if arguments else os.path.join(build, 'aisprint'))
    limit = float(os.environ.get('AISPRINT_BROKEN_LIMIT_S', '10'))
    names = arguments[1:]
    paths = [HERE / 'cases' / f'{name}.toml' for name in names] or \
        [None] + sorted((HERE / 'cases').glob('*.toml'))
    passed = failed = 0
    for path in paths:
        name = path.stem if path is not None else 'the good application'
        try:
            problems = run_case(program, path, limit, verbose)
        except (ValueError, KeyError, TypeError, OSError, subprocess.SubprocessError) as error:
            problems = [f'{type(error).__name__}: {error}']
        print(f'{"not ok" if problems else "ok"} - {name}')
        for problem in problems:
            print(f'    {problem}')
        passed, failed = passed + (not problems), failed + bool(problems)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
