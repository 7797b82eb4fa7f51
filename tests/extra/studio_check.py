#!/usr/bin/python3
"""The example applications of AI-SPRINT Studio pass `aisprint check` once their gaps are filled, as they
are; before, the one fault is the missing model.

usage: studio_check.py [AISPRINT]. Needs AISPRINT_TEST_DATA, the folder that holds studio/.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Both are the applications' own: entries for segments of a component that is not partitionable.
WARNINGS = {
    'mask_detection_1_partitionable_local_constraints': [],
    'mask_detection_2_partitionable_global_constraint': [('unused-partition', 62, 3), ('unused-partition', 77, 3)],
    'mask_detection_3_components_4CL': [('unused-partition', 62, 3), ('unused-partition', 77, 3)],
}


def check(program, app):
    done = subprocess.run([program, 'check', '--app', str(app), '--json'], stdout=subprocess.PIPE, timeout=60)
    answer = json.loads(done.stdout)
    faults = [[(e['code'], e['line'], e['column']) for e in answer[key]] for key in ('errors', 'warnings')]
    return done.returncode, faults[0], faults[1]


def try_application(program, data, name, scratch):
    app = Path(scratch) / name
    shutil.copytree(data / name, app, copy_function=shutil.copyfile)
    for folder in [app, *app.rglob('*')]:
        if folder.is_dir():
            folder.chmod(0o755)
    status, errors, warnings = check(program, app)
    if status != 1 or [code for code, _, _ in errors] != ['no-model']:
        return f'without its model: status {status}, {errors}'
    model = app / 'src/blurry-faces-onnx/onnx'
    model.mkdir()
    shutil.copyfile(data / 'onnx/version-RFB-640.onnx', model / 'version-RFB-640.onnx')
    status, errors, warnings = check(program, app)
    if status != 0 or errors or warnings != WARNINGS[name]:
        return f'with its model: status {status}, {errors}, {warnings}'
    return None


def main():
    data = os.environ.get('AISPRINT_TEST_DATA')
    if not data:
        print('SKIPPED studio_check: AISPRINT_TEST_DATA is not set')
        return 0
    build = os.environ.get('AISPRINT_BUILD', 'build')
    program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(build, 'aisprint'))
    failed = 0
    with tempfile.TemporaryDirectory(prefix='aisprint-studio-') as scratch:
        for name in WARNINGS:
            problem = try_application(program, Path(data) / 'studio', name, scratch)
            print(f'not ok - {name}\n    {problem}' if problem else f'ok - {name}')
            failed += problem is not None
    print(f'{len(WARNINGS) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
