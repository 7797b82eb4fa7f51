#!/usr/bin/python3
"""PyYAML reads every file that `new` and `design` write, and names that look like other things stay names."""
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

NAMES = ['yes', 'null', '1e3', '0x10', '12', 'on', '1_000', '2001-01-01', '0.5', '1.0',
         'NaN', 'True', 'n']


def scalars(node):
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from scalars(value)
    elif isinstance(node, list):
        for value in node:
            yield from scalars(value)
    else:
        yield node


def main():
    failed = []

    def expect(claim, good):
        print('%s %s' % ('ok' if good else 'not ok', claim))
        if not good:
            failed.append(claim)

    with tempfile.TemporaryDirectory() as scratch:
        app = Path(scratch) / 'app'
        subprocess.run(['aisprint', 'new', '--quiet', str(app), '--components', ','.join(NAMES)], check=True)
        subprocess.run(['aisprint', 'design', '--quiet', '--app', str(app)], check=True)
        trees = {str(p.relative_to(app)): yaml.safe_load(p.read_text()) for p in sorted(app.rglob('*.yaml'))}
        base = 'aisprint/deployments/base/'
        dag = trees['common_config/application_dag.yaml']['System']
        expect('the graph names every component', dag['components'] == NAMES)
        expect('the edges tie them in a row',
               dag['dependencies'] == [[a, b, 1] for a, b in zip(NAMES, NAMES[1:])])
        expect('the annotations name every component',
               sorted(v['component_name']['name'] for v in trees['common_config/annotations.yaml'].values())
               == sorted(NAMES))
        expect('component_partitions.yaml has a key a component, sorted',
               list(trees['aisprint/designs/component_partitions.yaml']['components']) == sorted(NAMES))
        qos = trees[base + 'ams/qos_constraints_L1.yaml']['system']
        expect('the constraints are theirs, in order',
               [c['component_name'] for c in qos['local_constraints'].values()] == NAMES)
        multi = trees['aisprint/deployments/multi_cluster_qos_constraints.yaml']['System']['Deployments']
        expect('layers are numbers', list(multi['base']['ExecutionLayers']) == [1])
        production = trees['aisprint/deployments/optimal_deployment/production_deployment.yaml']['System']
        expect('the production deployment names them all',
               [c['name'] for c in production['Components'].values()] == NAMES)
        expect('no name became a date, a number or a truth value',
               all(isinstance(s, (str, int, float, bool, type(None))) for t in trees.values() for s in scalars(t)))
    print('%d passed, %d failed' % (8 - len(failed), len(failed)))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
