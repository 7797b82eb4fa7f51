#!/usr/bin/python3
"""The example applications of AI-SPRINT Studio give, by its rule, the designs, deployments and constraints that the
original wrote for them, and its very model files."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

FOLDERS = 'ams im oscar oscarp pycompss space4ai-d space4ai-r'.split()
# Where a file of expected/ is, below the application; all others are in aisprint/deployments.
PLACES = {'annotations.yaml': 'common_config', 'component_partitions.yaml': 'aisprint/designs'}
COMPONENT = 'blurry-faces-onnx'


def prepare(data, name, scratch):
    app = Path(scratch) / name
    shutil.copytree(data / name, app)
    for folder in FOLDERS:
        (app / folder).mkdir(exist_ok=True)
    model = app / 'src' / COMPONENT / 'onnx'
    model.mkdir()
    shutil.copy(data / 'onnx/version-RFB-640.onnx', model)
    return app


def say(same, what):
    print('%s %s' % ('ok' if same else 'not ok', what))
    return bool(same)


def compare(data, name, scratch):
    """[was it right?] for each thing that is compared."""
    app = prepare(data, name, scratch)
    subprocess.run(['aisprint', 'design', '--app', name, '--rule', 'studio', '--no-verify'], cwd=scratch, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = []
    for path in sorted((data / name / 'expected').rglob('*.yaml')):
        relative = path.relative_to(data / name / 'expected')
        got = app / PLACES.get(str(relative), 'aisprint/deployments') / relative
        same = got.exists() and yaml.safe_load(got.read_text()) == yaml.safe_load(path.read_text())
        found.append(say(same, '%s/%s' % (name, relative)))
    for k in (1, 2):
        golden = data / 'golden-partitions/266' / ('partition1_%d.onnx' % k)
        got = app / 'aisprint/designs' / COMPONENT / ('partition1_%d/onnx/partition1_%d.onnx' % (k, k))
        if got.exists():
            found.append(say(got.read_bytes() == golden.read_bytes(), '%s: partition1_%d.onnx, byte for byte' % (name, k)))
    return found


def main():
    if 'AISPRINT_TEST_DATA' not in os.environ:
        print('AISPRINT_TEST_DATA is not set')
        return 77
    data = Path(os.environ['AISPRINT_TEST_DATA']) / 'studio'
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in sorted(p.name for p in data.glob('mask_detection_*')):
            found += compare(data, name, scratch)
    print('%d passed, %d failed' % (sum(found), len(found) - sum(found)))
    return 0 if found and all(found) else 1


if __name__ == '__main__':
    sys.exit(main())
