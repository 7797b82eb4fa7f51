"""The values that AI-SPRINT Studio published for a filter and a classifier, to the last digit.

By the formulas alone, and to the four digits of the file that design writes for an application of them.
Run: AISPRINT_TEST_DATA=... /usr/bin/python3 studio_performance.py
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PUBLISHED = {'average_precision': .52931849, 'average_recall': .54577054, 'average_f1': .53685158}
# TN, FP and FN, TP of the filter; the share that passes
TN, FN, TP, FP, PASSES = .2625, .1011, .4989, .1375, .6364


def design(folder, metric, rule):
    """(metric_value, probability of the edge) of a filter and a classifier with these matrices."""
    with tempfile.TemporaryDirectory() as scratch:
        app = Path(scratch) / 'app'
        subprocess.run(['aisprint', 'new', app, '--components', 'filter,classifier', '--quiet'], check=True)
        for name, model, arguments in (('filter', 'filter_cnn', "filtered_class='object'"),
                                       ('classifier', 'classifier_tiny', "metric='%s'" % metric)):
            main = app / 'src' / name / 'main.py'
            text = main.read_text().replace('import component_name', 'import model_performance, component_name')
            main.write_text(text.replace('\ndef main', '\n@model_performance(%s)\ndef main' % arguments))
            shutil.copytree(folder / model, main.parent / 'classification_performance')
        subprocess.run(['aisprint', 'design', '--app', app, '--rule', rule, '--quiet'], check=True,
                       stderr=subprocess.DEVNULL)
        text = (app / 'space4ai-r/deployments_performance.yaml').read_text()
        return (float(re.search('metric_value: (.*)', text)[1]),
                float(re.search('- - filter\n +- classifier\n +- (.*)', text)[1]))


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
    for name, value in PUBLISHED.items():
        for rule in ('studio', 'pareto'):
            metric, edge = design(folder, name, rule)
            pairs += [(metric, round(value, 4)), (edge, PASSES)]
    for ours, theirs in pairs:
        same = abs(ours - theirs) < 5e-9
        failed += not same
        print('%s %.8f is published as %.8f' % ('ok' if same else 'not ok', ours, theirs))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
