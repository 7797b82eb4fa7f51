#!/usr/bin/python3
"""The example applications of AI-SPRINT Studio give the base design that the original wrote for them."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

FOLDERS = 'ams im oscar oscarp pycompss space4ai-d space4ai-r'.split()


def prepare(data, name, scratch):
    app = Path(scratch) / name
    shutil.copytree(data / name, app)
    for folder in FOLDERS:
        (app / folder).mkdir(exist_ok=True)
    model = app / 'src/blurry-faces-onnx/onnx'
    model.mkdir()
    shutil.copy(data / 'onnx/version-RFB-640.onnx', model)
    return app


def base_of(document):
    """The part of the expectations that is about base designs and the base deployment."""
    if 'components' in document:
        return {'components': {name: {'partitions': ['base']} for name in document['components']}}
    if 'Deployments' in document.get('System', {}):
        return {'System': {'Deployments': {'base': document['System']['Deployments']['base']}}}
    return document


def compare(data, name, scratch):
    app = prepare(data, name, scratch)
    subprocess.run(['aisprint', 'design', '--app', name], cwd=scratch, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    places = {'annotations.yaml': 'common_config', 'component_partitions.yaml': 'aisprint/designs'}
    failed = 0
    for path in sorted((data / name / 'expected').rglob('*.yaml')):
        relative = path.relative_to(data / name / 'expected')
        if relative.parts[0].startswith('deployment'):
            continue
        got = app / places.get(str(relative), 'aisprint/deployments') / relative
        same = got.exists() and yaml.safe_load(got.read_text()) == base_of(yaml.safe_load(path.read_text()))
        failed += not same
        print('%s %s/%s' % ('ok' if same else 'not ok', name, relative))
    return failed


def main():
    if 'AISPRINT_TEST_DATA' not in os.environ:
        print('AISPRINT_TEST_DATA is not set')
        return 77
    data = Path(os.environ['AISPRINT_TEST_DATA']) / 'studio'
    failed = total = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in sorted(p.name for p in data.glob('mask_detection_*')):
            failed += compare(data, name, scratch)
            total += len([p for p in (data / name / 'expected').rglob('*.yaml')
                          if not p.relative_to(data / name / 'expected').parts[0].startswith('deployment')])
    print('%d passed, %d failed' % (total - failed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
