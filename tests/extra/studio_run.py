#!/usr/bin/python3
"""The example applications of AI-SPRINT Studio run end to end, unchanged, and give the sample results.

From source to result by the real commands, warm and cold: the faces found (score to 1e-4), the figures of the
last component.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from studio_design import prepare  # noqa: E402  (beside this file)

LAST = {'mask_detection_1_partitionable_local_constraints': ('mask-detector', 'mask-detector.json'),
        'mask_detection_2_partitionable_global_constraint': ('mask-detector-onnx', 'mask-detector.json'),
        'mask_detection_3_components_4CL': ('third_component', 'third_component.json')}


def near(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(near(x, y) for x, y in zip(a, b))
    if isinstance(a, float) or isinstance(b, float):
        return abs(a - b) <= 1e-4
    return a == b


def run_app(data, name, mode, scratch):
    app = prepare(data, name, scratch)
    out = Path(scratch) / 'out'
    subprocess.run(['aisprint', 'design', '--quiet', '--app', str(app)], check=True)
    done = subprocess.run(['aisprint', 'run', '--json', '--app', str(app), '--input',
                           str(data / 'sample/face_320x240.npy'), '--output', str(out)] + mode,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    report = json.loads(done.stdout)
    component, sample = LAST[name]
    got = json.loads((out / component / 'face_320x240.npy').read_text())
    wanted = json.loads((data / 'sample' / sample).read_text())
    return done.returncode == 0 and report['ok'] == 1 and near(got, wanted)


def main():
    if 'AISPRINT_TEST_DATA' not in os.environ:
        print('AISPRINT_TEST_DATA is not set')
        return 77
    data = Path(os.environ['AISPRINT_TEST_DATA']) / 'studio'
    results = []
    for name in LAST:
        for mode in ([], ['--cold']):
            with tempfile.TemporaryDirectory() as scratch:
                results.append(run_app(data, name, mode, scratch))
            print('%s %s %s' % ('ok' if results[-1] else 'not ok', name, ' '.join(mode)))
    print('%d passed, %d failed' % (results.count(True), results.count(False)))
    return 1 if False in results else 0


if __name__ == '__main__':
    sys.exit(main())
