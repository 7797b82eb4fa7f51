#!/usr/bin/python3
"""The example application of AI-SPRINT Studio that has all files of SPACE4AI-D: the system file made of it equals
the one that is beside it, and its production deployments are as PyYAML reads those of the example.

Its performance models are pickles, which are never read: in a copy demands take their place, in ours and in the
example's file. Needs AISPRINT_TEST_DATA, the folder that holds studio/. The driver is built from
place_app_driver.c.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

DRIVER = Path(os.environ.get('AISPRINT_BUILD', 'build')).resolve() / 'tests/unit/place_app_driver'
NAME = 'mask_detection_3_components_4CL'
PARTITIONS = ['base', 'partition1_2', 'partition1_1']


def without_pickles(models):
    for resource, model in list(models.items()):
        if 'regressor_file' in model:
            del model['regressor_file']
            model.update({'model': 'PACSLTK'} if 'demandWarm' in model else {'model': 'QTedge', 'demand': 0.125})
        else:
            without_pickles(model)
    return models


def make(data, folder):
    app = Path(folder) / NAME
    shutil.copytree(data / NAME, app, copy_function=shutil.copyfile)
    for path in [app, *app.rglob('*')]:
        if path.is_dir():
            path.chmod(0o755)
    (app / 'src/blurry-faces-onnx/onnx').mkdir()
    (app / 'src/blurry-faces-onnx/onnx/version-RFB-640.onnx').write_bytes(b'\x08\x07')
    (app / 'aisprint/designs').mkdir(parents=True)
    (app / 'aisprint/designs/component_partitions.yaml').write_text(yaml.safe_dump({'components': {
        'blurry-faces-onnx': {'partitions': PARTITIONS}, 'mask-detector-onnx': {'partitions': PARTITIONS},
        'third_component': {'partitions': ['base']}}}))
    shutil.copyfile(app / 'expected/base/space4ai-d/qos_constraints.yaml', app / 'space4ai-d/qos_constraints.yaml')
    return app


def drive(app, *words):
    done = subprocess.run([DRIVER, str(app), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_pickles_are_told_and_not_read(app, data):
    status, _, faults = drive(app)
    errors = [line for line in faults.splitlines() if ': error: ' in line]
    assert status == 1 and len(errors) == 8, faults
    assert all('performance_models.json:' in e and 'pickle' in e for e in errors), faults
    path = app / 'oscarp/performance_models.json'
    path.write_text(json.dumps(without_pickles(json.loads(path.read_text()))))


def test_the_system_file_is_the_one_of_the_example(app, data):
    status, text, faults = drive(app)
    assert status == 0, faults
    made = json.loads(text)
    expected = json.loads((data / NAME / 'space4ai-d/SystemFile.json').read_text())
    without_pickles(expected['Performance'])
    assert made.pop('Lambda') == 1, 'what the annotation expects'  # the example's is always 0.25
    del expected['Lambda']
    assert made == expected, 'the files differ'


def test_the_input_file_is_the_one_of_the_example(app, data):
    status, _, faults = drive(app, 'lambda=0.1', 'write=0')
    assert status == 0, faults
    made = json.loads((app / 'space4ai-d/Input.json').read_text())
    assert made == json.loads((data / NAME / 'space4ai-d/Input.json').read_text()), made


def one_machine_each(node):
    """A resource in use has the machines of the placement."""
    if isinstance(node, dict):
        return {k: 1 if k == 'totalNodes' else one_machine_each(v) for k, v in node.items()}
    return node


def test_production_is_that_of_the_base_deployment(app, data):
    path = 'optimal_deployment/production_deployment.yaml'
    made = yaml.safe_load((app / 'aisprint/deployments' / path).read_text())
    expected = yaml.safe_load((data / NAME / 'expected' / path).read_text())
    assert made == one_machine_each(expected), made
    assert list(made['System']) == list(expected['System'])


def test_the_other_production_file_has_the_form_of_the_example(app, data):
    made = yaml.safe_load((app / 'space4ai-d/production_deployment.yaml').read_text())['System']
    optimal = yaml.safe_load(
        (app / 'aisprint/deployments/optimal_deployment/production_deployment.yaml').read_text())['System']
    example = yaml.safe_load((data / NAME / 'space4ai-d/production_deployment.yaml').read_text())['System']
    assert list(made) == list(example) and made['Feasible'] is True
    assert list(made['Resources']) == list(example['Resources'])
    assert made['Components'] == optimal['Components']
    assert made['Resources']['NetworkDomains'] == optimal['NetworkDomains']
    assert list(made['Components']['component1']) == list(example['Components']['component1'])
    assert list(made['Components']['component1']['Containers']['container1']) == \
        list(example['Components']['component1']['Containers']['container1'])


def test_segments_are_the_entries_of_any_cut(app, data):
    status, _, faults = drive(app, 'lambda=0.01', 'write=1')
    assert status == 0, faults
    output = json.loads((app / 'space4ai-d/Output.json').read_text())
    made = yaml.safe_load((app / 'space4ai-d/production_deployment.yaml').read_text())['System']['Components']
    assert output['feasible'] is True
    assert list(made) == ['component1_partitionX_1', 'component1_partitionX_2', 'component2_partitionX_1',
                          'component2_partitionX_2', 'component3']
    assert [c['executionLayer'] for c in made.values()] == [1, 2, 3, 4, 4]


def main():
    data = os.environ.get('AISPRINT_TEST_DATA')
    if not data:
        print('SKIPPED place_app: AISPRINT_TEST_DATA is not set')
        return 77
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix='aisprint-place-') as folder:
        studio = Path(data) / 'studio'
        app = make(studio, folder)
        for name, test in list(globals().items()):  # in this order: each builds on those before it
            if not name.startswith('test_'):
                continue
            try:
                test(app, studio)
                passed += 1
                print('ok -', name)
            except AssertionError as error:
                failed += 1
                print('not ok - %s: %s' % (name, error))
    print('%d passed, %d failed' % (passed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
