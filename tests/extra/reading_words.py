#!/usr/bin/python3
"""The example `reading` reads its words: check, design, run, whole and cut.

The three pictures of samples/ and some that are rendered for the test; every deployment is held against the
base one: the same words. Exit 0 all hold, 1 one does not, 77 skipped (models, font or ONNX Runtime missing).
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ.get('AISPRINT_SOURCE', Path(__file__).resolve().parents[2]))
EXAMPLE = ROOT / 'examples/reading'
sys.path.insert(0, str(EXAMPLE))
import score  # noqa: E402

LEAST = 0.95
SKIPPED = 77
outcomes = []


def expect(holds, claim):
    outcomes.append(bool(holds))
    print('%s %s' % ('ok' if holds else 'not ok', claim))


def skip(why):
    print('SKIPPED, the example reading is not run: %s' % why)
    sys.exit(SKIPPED)


def aisprint(*words):
    return subprocess.run(['aisprint', *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def make_app(scratch):
    """A copy of the example with its models, beside a deps/ as it stands in the repository."""
    app = scratch / 'examples/reading'
    shutil.copytree(EXAMPLE, app, symlinks=True,
                    ignore=shutil.ignore_patterns('aisprint', 'onnx', 'ppocr_keys_v1.txt', '__pycache__'))
    (scratch / 'deps').symlink_to(ROOT / 'deps')
    subprocess.run([app / 'get_models.sh'], check=True)
    return app


def read_words(app, items, out, deployment):
    done = aisprint('run', '--json', '--app', app, '--input', items / 'pictures', '--output', out,
                    '--deployment', deployment)
    if done.returncode:
        print(done.stderr.decode())
        return {}
    folder = out / 'recogniser'
    if not folder.exists():  # of a cut recogniser: that of its last part
        folder = next(out.glob('recogniser*'))
    return {path.name: json.loads(path.read_text())['label'] for path in folder.iterdir()}


def compare_deployments(app, scratch):
    """One deployment for each way in which the components are cut, whatever the layers."""
    base, seen = read_words(app, EXAMPLE / 'samples', scratch / 'base', 'base'), set()
    for folder in sorted((app / 'aisprint/deployments').glob('deployment*[0-9]')):
        parts = frozenset(path.name for path in (folder / 'src').iterdir())
        if parts in seen or not any('partition' in part for part in parts):
            continue
        seen.add(parts)
        words = read_words(app, EXAMPLE / 'samples', scratch / folder.name, folder.name)
        expect(words and words == base, '%s (%s) reads the same words' % (folder.name, ' '.join(sorted(parts))))
    print('%d cut deployments run' % len(seen))


def main():
    if not (ROOT / 'deps/ocr-models/assets').is_dir():
        skip('deps/ocr-models is not there (make setup)')
    missing = {check['name']: check['hint'] for check in json.loads(aisprint('doctor', '--json').stdout)['checks']
               if not check['ok']}
    if 'ONNX Runtime' in missing:
        skip('no ONNX Runtime; ' + missing['ONNX Runtime'])
    with tempfile.TemporaryDirectory(prefix='aisprint-reading-') as name:
        scratch = Path(name)
        app = make_app(scratch)
        check = aisprint('check', '--app', app)
        expect(check.returncode == 0, 'check finds no errors')
        design = aisprint('design', '--app', app)
        expect(design.returncode == 0, 'design')
        items = scratch / 'items'
        rendered = subprocess.run(['/usr/bin/python3', EXAMPLE / 'make_items.py', items, '--count', '10',
                                   '--seed', '3'], stdout=subprocess.DEVNULL)
        for what, folder in (('samples', EXAMPLE / 'samples'), ('rendered', items)):
            if rendered.returncode and folder == items:
                print('SKIPPED, rendered pictures: no fonts-dejavu-core')
                continue
            read_words(app, folder, scratch / what, 'base')
            right, total, wrong = score.score(scratch / what / 'recogniser', folder / 'words.csv')
            expect(right >= LEAST * total, '%s: %d of %d words are right' % (what, right, total))
            print('\n'.join(wrong), end='\n' if wrong else '')
        compare_deployments(app, scratch)
    print('%d passed, %d failed' % (outcomes.count(True), outcomes.count(False)))
    sys.exit(0 if all(outcomes) else 1)


if __name__ == '__main__':
    main()
