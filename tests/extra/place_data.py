"""The published instances of SPACE4AI: the proven optimum of each, under the semantics of both public codes.

Every solution is judged again in Python; the best costs are those of optimal.csv, which a mixed-integer program found.
Run: AISPRINT_TEST_DATA=... /usr/bin/python3 place_data.py
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'support'))
import placement_oracle as oracle  # noqa: E402

RATE, RATES = 1.8, {'RunningExample_1': 1.8, 'RunningExample_2': 7.5, 'RunningExample_3': 18}
PYTHON = {'RunningExample_1': 3.474419, 'RunningExample_2': 5.221200}  # elsewhere delays decide nothing


def run(*words):
    return subprocess.run(['aisprint', *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def wrong(path, semantics, rate, optimum, scratch):
    """What is wrong with the answer; None when it is right."""
    solution = Path(scratch) / ('%s-%s.json' % (path.stem, semantics))
    done = run('place', path, '--lambda', rate, '--semantics', semantics, '--json', '-o', solution)
    if done.returncode != 0:
        return 'exit status %d: %s' % (done.returncode, done.stderr.decode()[:300])
    answer = json.loads(done.stdout)
    if answer['status'] != 'optimal' or abs(answer['cost'] - optimum) > 1e-6:
        return '%s with %r; the optimum is %r' % (answer['status'], answer['cost'], optimum)
    if answer['bound'] > answer['cost'] * (1 + 1e-9) or answer['gap'] != 0:
        return 'bound %r, gap %r' % (answer['bound'], answer['gap'])
    system = json.loads(path.read_text())
    output = json.loads(solution.read_text())
    if output != answer['solution']:
        return 'the file is another than the answer'
    verdict = oracle.Judge(system, semantics, rate).judge(oracle.read_output(system, output))
    if not verdict.feasible or abs(verdict.cost - answer['cost']) > 1e-9 * verdict.cost:
        return 'the judge: %s, cost %r' % (verdict.violations, verdict.cost)
    evaluated = json.loads(run('evaluate', path, solution, '--lambda', rate, '--semantics', semantics,
                               '--json').stdout)
    told = {entry['name']: entry['response_time_s'] for entry in evaluated['components'] + evaluated['paths']}
    for name, time in list(verdict.components.items()) + list(verdict.paths.items()):
        if abs(told[name] - time) > 1e-9 * max(1, time):
            return 'evaluate: %s is %r, the judge says %r' % (name, told[name], time)
    if not evaluated['feasible'] or abs(evaluated['cost'] - verdict.cost) > 1e-9 * verdict.cost:
        return 'evaluate: feasible %s, cost %r' % (evaluated['feasible'], evaluated['cost'])
    return None


def main():
    data = os.environ.get('AISPRINT_TEST_DATA')
    if not data:
        print('skipped: AISPRINT_TEST_DATA is not set')
        sys.exit(77)
    folder = Path(data) / 'space4ai'
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix='aisprint-place-') as scratch, open(folder / 'optimal.csv') as table:
        for row in csv.DictReader(table):
            name = row['instance']
            rate = RATES.get(name, RATE)
            for semantics in ('cpp', 'python'):
                optimum = float(row['optimal_cost']) if semantics == 'cpp' else PYTHON.get(
                    name, float(row['optimal_cost']))
                text = wrong(folder / (name + '.json'), semantics, rate, optimum, scratch)
                passed, failed = passed + (not text), failed + bool(text)
                if text:
                    print('%s, %s: %s' % (name, semantics, text))
    print('%d passed, %d failed' % (passed, failed))
    sys.exit(failed > 0 or not passed)


main()
