#!/usr/bin/python3
"""`design` killed at any moment leaves the application as before or as after, for whoever looks next.

AISPRINT_ROUNDS sets the number of kills (default 25; the soak takes more). Between two versions of an
application, with other components, deployments and files each, all that design writes must be, after a kill and
any one command, byte for byte that of the one version or that of the other.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = int(os.environ.get('AISPRINT_ROUNDS', '25'))
SEED = int(os.environ.get('AISPRINT_SEED', '0') or 0) or random.randrange(1 << 30)
NAMES = ['c%d' % i for i in range(4)]


def snapshot(app):
    """Everything in the application but its sources and the cache of compiled components."""
    found = {}
    for path in sorted(app.rglob('*')):
        relative = path.relative_to(app)
        if relative.parts[0] == 'src' or relative.parts[:2] == ('aisprint', 'cache'):
            continue
        if relative.parts[0] == 'common_config' and relative.name in INPUTS:
            continue
        found[str(relative)] = os.readlink(path) if path.is_symlink() else path.is_dir() or path.read_bytes()
    return found


INPUTS = ('application_dag.yaml', 'candidate_deployments.yaml', 'candidate_resources.yaml', 'security.yaml')


def write_version(app, number):
    """Version 1: three layers for each component; version 2: two, other limits, other data, one metric watched."""
    config = app / 'common_config/candidate_deployments.yaml'
    layers = '[1, 2, 3]' if number == 1 else '[2, 1]'
    config.write_text('Components:\n' + ''.join(
        '  component%d: {name: %s, candidateExecutionLayers: %s, Containers: {container1: {memorySize: 64, '
        'computingUnits: 1, candidateExecutionResources: [R]}}}\n' % (i + 1, name, layers)
        for i, name in enumerate(NAMES)))
    for name in NAMES:
        path = app / 'src' / name
        drift = ("@detect_metric_drift(metric='m', field='f', statistical_test='chi-squared', test_threshold=0.05, "
                 "detection_interval=1, monitoring_period=1, data_collection_period=1)\n"
                 if number == 2 and name == 'c1' else '')
        (path / 'main.py').write_text(
            'from aisprint.annotations import component_name, detect_metric_drift, exec_time\n\n\n'
            "@component_name(name='%s')\n@exec_time(local_time_thr=%d)\n%sdef main(args):\n    pass\n"
            % (name, number, drift))
        for i in range(5):
            (path / ('data%d.bin' % i)).write_bytes(bytes([number]) * 20000)


def make(app):
    subprocess.run(['aisprint', 'new', '--quiet', '--components', ','.join(NAMES), str(app)], check=True)
    (app / 'common_config/candidate_resources.yaml').write_text(
        'System:\n  name: r\n  NetworkDomains:\n    ND1:\n      AccessDelay: 0.001\n      Bandwidth: 100\n'
        '      ComputationalLayers:\n' + ''.join(
            '        computationalLayer%d: {number: %d, type: Virtual, Resources: {r: {name: R, totalNodes: 1, '
            'cost: 1, memorySize: 1024, processors: {p: {architecture: amd64, computingUnits: 4}}}}}\n' % (i, i)
            for i in (1, 2, 3)))


def design(app):
    return subprocess.Popen(['aisprint', 'design', '--quiet', '--app', str(app)])


def look(app, chance):
    """Any command that reads the application; check looks at nothing that design writes, and settles all the same."""
    command = chance.choice([['check', '--quiet'], ['design', '--dry-run', '--quiet', '--json']])
    subprocess.run(['aisprint'] + command + ['--app', str(app)], stdout=subprocess.DEVNULL, check=True)


def differences(found, wanted):
    return sorted(k for k in set(found) | set(wanted) if found.get(k) != wanted.get(k))[:5]


def main():
    print('AISPRINT_SEED=%d' % SEED)
    chance = random.Random(SEED)
    # in memory where that can be: how long a disk takes to sync is not what is tried here
    memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as scratch:
        app = Path(scratch) / 'app'
        make(app)
        wanted, took = {}, 60
        for number in (2, 1, 2, 1):  # twice, so that both follow the other
            write_version(app, number)
            start = time.monotonic()
            assert design(app).wait() == 0
            took = min(took, time.monotonic() - start)  # what others write at the same time can slow one down
            found = snapshot(app)
            assert number not in wanted or wanted[number] == found, differences(found, wanted[number])
            wanted[number] = found
        counts = {'killed': 0, 'before': 0, 'after': 0, 'cut off': 0}
        old = 1
        for i in range(ROUNDS):
            new = 3 - old
            write_version(app, new)
            child = design(app)
            # half of the kills while parts take their places, which is over in a moment
            if i % 2:
                time.sleep(chance.uniform(0, took * 1.1))
            else:
                while child.poll() is None and not (app / 'aisprint/.commit').exists():
                    pass
                time.sleep(chance.uniform(0, took * 0.1))
            child.send_signal(signal.SIGKILL)
            counts['killed'] += child.wait() == -signal.SIGKILL
            counts['cut off'] += (app / 'aisprint/.commit').exists()
            look(app, chance)
            found = snapshot(app)
            if found == wanted[old]:
                counts['before'] += 1
                assert design(app).wait() == 0
            elif found == wanted[new]:
                counts['after'] += 1
            else:
                print('round %d: neither as before (%s...) nor as after (%s...)'
                      % (i, differences(found, wanted[old]), differences(found, wanted[new])))
                return 1
            if snapshot(app) != wanted[new]:
                print('round %d: the next design did not mend %s' % (i, differences(snapshot(app), wanted[new])))
                return 1
            old = new
        print('%d rounds: %s' % (ROUNDS, ', '.join('%d %s' % (n, what) for what, n in counts.items())))
    return 0


if __name__ == '__main__':
    sys.exit(main())
