#!/usr/bin/python3
"""aisprint doctor: every check has a name, a verdict and, when it fails, a remedy; the status tells the truth."""
import json
import os
import subprocess
from pathlib import Path

PROGRAM = Path(os.environ['AISPRINT_BUILD']) / 'aisprint'


def doctor(*words, **extra):
    done = subprocess.run([PROGRAM, 'doctor', *words], env=dict(os.environ, **extra), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode()


status, text = doctor('--json')
rows = json.loads(text)['checks']
assert {'aisprint', 'ONNX Runtime', 'Python', 'numpy', 'C compiler'} <= {row['name'] for row in rows}, rows
assert status == int(any(row['required'] and not row['ok'] for row in rows)), (status, rows)
assert all(row['hint'] for row in rows if not row['ok']), rows

status, text = doctor('--json', AISPRINT_ONNXRUNTIME='/nowhere/libonnxruntime.so')
row = next(row for row in json.loads(text)['checks'] if row['name'] == 'ONNX Runtime')
assert status == 1 and not row['ok'] and 'make setup' in row['hint'], row

status, text = doctor(AISPRINT_PYTHON='/bin/false')
assert status == 1 and 'MISSING  Python ' in text and 'mend: ' in text, text

status, text = doctor('--json', CC='no-such-compiler')
row = next(row for row in json.loads(text)['checks'] if row['name'] == 'C compiler')
assert not row['ok'] and not row['required'] and 'apt-get install gcc' in row['hint'], row
