"""The values that AI-SPRINT Studio published for a filter and a classifier, to the last digit.

Run: AISPRINT_TEST_DATA=... /usr/bin/python3 studio_cascade.py
"""
import json
import os
import subprocess
import sys
from pathlib import Path

PUBLISHED = {'average_precision': .52931849, 'average_recall': .54577054, 'average_f1': .53685158}
# TN, FP and FN, TP of the filter; the share that passes
TN, FN, TP, FP, PASSES = .2625, .1011, .4989, .1375, .6364


def main():
    data = os.environ.get('AISPRINT_TEST_DATA')
    if not data:
        print('AISPRINT_TEST_DATA is not set: no published values were compared')
        return 77
    folder = Path(data) / 'studio/classification_performance'
    driver = Path(os.environ['AISPRINT_BUILD']) / 'tests/unit/cascade_driver'
    done = subprocess.run([driver, 'object', folder / 'filter_cnn', folder / 'classifier_tiny'],
                          stdout=subprocess.PIPE, text=True, check=True)
    got, failed = json.loads(done.stdout), 0
    count = len(got['classes'])
    joint = [got['joint'][i * count:(i + 1) * count] for i in range(count)]
    pairs = [(got[rule][name], value) for rule in ('studio', 'ours') for name, value in PUBLISHED.items()]
    pairs += [(got['passes'][0], PASSES), (joint[0][0], TN), (sum(joint[0][1:]), FP),
              (sum(row[0] for row in joint[1:]), FN), (sum(sum(row[1:]) for row in joint[1:]), TP)]
    for ours, theirs in pairs:
        same = abs(ours - theirs) < 5e-9
        failed += not same
        print('%s %.8f is published as %.8f' % ('ok' if same else 'not ok', ours, theirs))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
