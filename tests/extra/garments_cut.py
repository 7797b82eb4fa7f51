#!/usr/bin/python3
"""Cut and split, the example `garments` answers as it does whole.

Every deployment of it that consists of other parts than those before runs on 200 test images; the same items must be
dropped, and the others get the same label with the same confidence (to 1e-4), as from the whole components. Where a
network is left early, each of its parts answers some items. Exit 0, 1, or 77 (dataset or ONNX Runtime missing).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(os.environ.get('AISPRINT_SOURCE', Path(__file__).resolve().parents[2]))
EXAMPLE = ROOT / 'examples/garments'
COUNT = 200
outcomes = []


def expect(holds, claim):
    outcomes.append(bool(holds))
    print('%s %s' % ('ok' if holds else 'not ok', claim))


def skip(why):
    print('SKIPPED, the example garments is not cut: %s' % ' '.join(why.split()))
    sys.exit(77)


def run(app, items, out, deployment):
    """Answers by item, and how many each component gave; None when the run failed."""
    done = subprocess.run(['aisprint', 'run', '--quiet', '--app', app, '--input', items, '--output', out,
                           '--deployment', deployment], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode:
        print(done.stderr.decode())
        return None, {}
    answers, counts = {}, {}
    for path in out.glob('*/*.pgm'):
        answers.setdefault(path.name, []).append(json.loads(path.read_text()))
        counts[path.parent.name] = counts.get(path.parent.name, 0) + 1
    return answers, counts


def same(answers, whole):
    return answers is not None and answers.keys() == whole.keys() and all(
        len(answers[item]) == 1 and answers[item][0]['label'] == whole[item][0]['label'] and
        abs(answers[item][0]['confidence'] - whole[item][0]['confidence']) <= 1e-4 for item in whole)


def find_choice(parts):
    """The components of which a deployment consists: filter_partition1_2 is a part of filter."""
    return frozenset(re.sub('_(base|partition[0-9]+_[0-9]+)$', '', part) for part in parts)


def compare(app, items, scratch):
    wholes, seen = {}, set()
    deployments = app / 'aisprint/deployments'
    folders = [deployments / 'base', *sorted(deployments.glob('deployment*[0-9]'), key=lambda f: int(f.name[10:]))]
    parts_of = {folder: frozenset(path.name for path in (folder / 'src').iterdir()) for folder in folders}
    for folder in sorted(folders, key=lambda f: any('partition' in part for part in parts_of[f])):
        parts = parts_of[folder]
        if parts in seen:
            continue
        seen.add(parts)
        answers, counts = run(app, items, scratch / folder.name, folder.name)
        if not any('partition' in part for part in parts):
            expect(answers, '%s runs: %s' % (folder.name, ', '.join(sorted(parts))))
            wholes.setdefault(find_choice(parts), answers)
            continue
        expect(same(answers, wholes[find_choice(parts)]),
               '%s answers as the whole: %s' % (folder.name, ', '.join(sorted(parts))))
        leaving = [part for part in parts if part.startswith('classifier_exits_partition')]
        if leaving:
            expect(all(counts.get(part, 0) > 0 for part in leaving), '%s: answers by part: %s' % (
                folder.name, ', '.join('%s %d' % each for each in sorted(counts.items()))))


def main():
    missing = {check['name']: check['hint'] for check in json.loads(subprocess.run(
        ['aisprint', 'doctor', '--json'], stdout=subprocess.PIPE).stdout)['checks'] if not check['ok']}
    if 'ONNX Runtime' in missing:
        skip(missing['ONNX Runtime'])
    with tempfile.TemporaryDirectory(prefix='aisprint-garments-') as name:
        scratch = Path(name)
        made = subprocess.run(['/usr/bin/python3', EXAMPLE / 'make_items.py', scratch / 'items', '--count',
                               str(COUNT)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if made.returncode:
            skip(made.stderr.decode())
        app = scratch / 'garments'
        shutil.copytree(EXAMPLE, app, symlinks=True, ignore=shutil.ignore_patterns('aisprint', '__pycache__'))
        design = subprocess.run(['aisprint', 'design', '--app', app], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        expect(design.returncode == 0, 'design: ' + design.stdout.decode().strip())
        if design.returncode == 0:
            compare(app, scratch / 'items/images', scratch)
    print('%d passed, %d failed' % (outcomes.count(True), outcomes.count(False)))
    sys.exit(0 if all(outcomes) else 1)


if __name__ == '__main__':
    main()
