#!/usr/bin/python3
"""`design` killed at any moment leaves every part whole, and the next design mends what is left.

AISPRINT_ROUNDS sets the number of kills (default 20). Between two versions of an application, each design
folder and each file must be all old or all new after a kill, never half of either.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = int(os.environ.get('AISPRINT_ROUNDS', '20'))
SEED = int(os.environ.get('AISPRINT_SEED', '0') or 0) or random.randrange(1 << 30)
PARTS = ['designs/first/base', 'designs/second/base', 'designs/component_partitions.yaml', 'deployments/base',
         'deployments/multi_cluster_qos_constraints.yaml',
         'deployments/optimal_deployment/production_deployment.yaml']


def snapshot(path):
    if path.is_file():
        return path.read_bytes()
    return {str(p.relative_to(path)): os.readlink(p) if p.is_symlink() else p.read_bytes()
            for p in sorted(path.rglob('*')) if p.is_symlink() or p.is_file()}


def write_version(app, number):
    for name in ('first', 'second'):
        path = app / 'src' / name
        (path / 'main.py').write_text(re_threshold((path / 'main.py').read_text(), number))
        for i in range(5):
            (path / ('data%d.bin' % i)).write_bytes(bytes([number]) * 50000)


def re_threshold(text, number):
    head, _, tail = text.partition('local_time_thr=')
    return head + 'local_time_thr=%d' % number + tail[tail.index(')'):]


def design(app):
    return subprocess.Popen(['aisprint', 'design', '--quiet', '--app', str(app)])


def main():
    print('AISPRINT_SEED=%d' % SEED)
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        app = Path(scratch) / 'app'
        subprocess.run(['aisprint', 'new', '--quiet', str(app)], check=True)
        wanted = {}
        for number in (2, 1):
            write_version(app, number)
            start = time.monotonic()
            assert design(app).wait() == 0
            took = time.monotonic() - start
            wanted[number] = {part: snapshot(app / 'aisprint' / part) for part in PARTS}
        killed = 0
        for i in range(ROUNDS):
            number = 2 if i % 2 == 0 else 1
            write_version(app, number)
            child = design(app)
            time.sleep(chance.uniform(0, took * 1.2))
            child.send_signal(signal.SIGKILL)
            killed += child.wait() == -signal.SIGKILL
            for part in PARTS:
                found = snapshot(app / 'aisprint' / part)
                if found not in (wanted[1][part], wanted[2][part]):
                    print('round %d: %s is neither old nor new' % (i, part))
                    return 1
            assert design(app).wait() == 0
            for part in PARTS:
                if snapshot(app / 'aisprint' / part) != wanted[number][part]:
                    print('round %d: the next design did not mend %s' % (i, part))
                    return 1
            left = [p.name for p in (app / 'aisprint').iterdir() if p.name.startswith('.staging')]
            if left:
                print('round %d: left behind: %s' % (i, left))
                return 1
        print('%d rounds, %d killed on the way, nothing half-written' % (ROUNDS, killed))
    return 0


if __name__ == '__main__':
    sys.exit(main())
