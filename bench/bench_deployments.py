#!/usr/bin/python3
"""Time of `aisprint design` on an application with 4^10 deployments, of which the first 1000 are written.

The peer does in Python what AI-SPRINT Studio does for each of them, and nothing else: the list of the whole
product, then a folder with the seven tool folders, links to designs, the graph and the constraints by PyYAML. Both
run in the same folder; what they say of graph and constraints must be equal.
"""
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

REPEATS, WRITTEN, GOAL_MS = 5, 1000, 2000
FOLDERS = 'ams im oscar oscarp pycompss space4ai-d space4ai-r'.split()
NAMES = ['c%d' % i for i in range(10)]
LAYERS = [1, 2, 3, 4]


def prepare(scratch):
    app = Path(scratch) / 'app'
    subprocess.run(['aisprint', 'new', '--quiet', '--components', ','.join(NAMES), str(app)], check=True)
    entries = {'component%d' % (i + 1): {
        'name': name, 'candidateExecutionLayers': LAYERS, 'Containers': {'container1': {
            'memorySize': 64, 'computingUnits': 1, 'candidateExecutionResources': ['R']}}}
        for i, name in enumerate(NAMES)}
    layers = {'computationalLayer%d' % n: {'number': n, 'type': 'Virtual', 'Resources': {'r': {
        'name': 'R', 'totalNodes': 1, 'cost': 1, 'memorySize': 1024,
        'processors': {'p': {'architecture': 'amd64', 'computingUnits': 4}}}}} for n in LAYERS}
    config = app / 'common_config'
    (config / 'candidate_deployments.yaml').write_text(yaml.safe_dump({'Components': entries}))
    (config / 'candidate_resources.yaml').write_text(yaml.safe_dump({'System': {'name': 'r', 'NetworkDomains': {
        'ND1': {'AccessDelay': 0.001, 'Bandwidth': 100, 'ComputationalLayers': layers}}}}))
    return app


def constraints(chosen, layer=None):
    mine = [n for n, l in zip(NAMES, chosen) if layer in (None, l)]
    system = {'name': 'app', 'local_constraints': {'local_constraint_%d' % (i + 1): {
        'component_name': n, 'threshold': 1} for i, n in enumerate(mine)}, 'global_constraints': {}}
    if layer is not None:
        system['throughput_component'] = {}
    return {'system': system}


def peer(app, out):
    graph = {'System': {'name': 'app', 'components': NAMES,
                        'dependencies': [[a, b, 1] for a, b in zip(NAMES, NAMES[1:])]}}
    everything = list(itertools.product(*[LAYERS] * len(NAMES)))
    for number, chosen in enumerate(everything[:WRITTEN]):
        folder = out / ('deployment%d' % number if number else 'base')
        folder.mkdir(parents=True)
        (folder / 'application_dag.yaml').write_text(yaml.dump(graph, sort_keys=False))
        for tool in FOLDERS:
            shutil.copytree(app / tool, folder / tool)
        (folder / 'src').mkdir()
        for name in NAMES:
            os.symlink('../../../designs/%s/base' % name, folder / 'src' / (name + ('_base' if number else '')))
        for layer in sorted(set(chosen)):
            (folder / 'ams' / ('qos_constraints_L%d.yaml' % layer)).write_text(
                yaml.dump(constraints(chosen, layer), sort_keys=False))
        (folder / 'space4ai-d/qos_constraints.yaml').write_text(yaml.dump(constraints(chosen), sort_keys=False))
    return len(everything)


def check_equal(app, out):
    for number in (1, 2, 77, 999):
        for path in (out / ('deployment%d' % number)).rglob('*.yaml'):
            ours = app / 'aisprint/deployments' / path.relative_to(out)
            if yaml.safe_load(ours.read_text()) != yaml.safe_load(path.read_text()):
                sys.exit('bench: %s differs' % ours)


def timed(work):
    start, cpu = time.monotonic(), sum(os.times()[:4])
    work()
    return 1000 * (time.monotonic() - start), 1000 * (sum(os.times()[:4]) - cpu)


def main():
    # in memory where that can be: what a disk takes is told apart
    memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as scratch:
        app = prepare(scratch)
        design = lambda *more: subprocess.run(['aisprint', 'design', '--quiet', '--app', str(app), *more], check=True,
                                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ours, again, theirs, cpu = [], [], [], []
        for _ in range(REPEATS):
            shutil.rmtree(app / 'aisprint', ignore_errors=True)
            wall, used = timed(design)
            ours.append(wall)
            cpu.append(used)
            again.append(timed(design)[0])
            out = Path(scratch) / 'peer'
            theirs.append(timed(lambda: peer(app, out))[0])
            check_equal(app, out)
            shutil.rmtree(out)
        median = statistics.median
        print('1,048,576 deployments, 1000 written, all new     %7.0f ms (%.0f-%.0f, CPU %.0f)  peer %.0f ms  ratio %.3f'
              '  goal <= %d ms  n=%d' % (median(ours), min(ours), max(ours), median(cpu), median(theirs),
                                         median(ours) / median(theirs), GOAL_MS, REPEATS))
        print('1,048,576 deployments, 1000 written, again       %7.0f ms (%.0f-%.0f)  n=%d'
              % (median(again), min(again), max(again), REPEATS))
    if memory:
        with tempfile.TemporaryDirectory(dir='.') as scratch:
            app = prepare(scratch)
            wall, used = timed(lambda: subprocess.run(['aisprint', 'design', '--quiet', '--app', str(app)], check=True,
                                                      stderr=subprocess.DEVNULL))
            print('1,048,576 deployments, 1000 written, on this disk %6.0f ms (CPU %.0f)  n=1' % (wall, used))


if __name__ == '__main__':
    main()
