#!/usr/bin/python3
"""The parts of a cut model, run in a row, give what the whole gives: on every model of the data folder, of the examples
and of Debian's libonnx-testdata that ONNX Runtime runs and that has a cut. Counts them."""
import collections
import concurrent.futures
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BATCH, LIMIT_S = 40, 600
MODELS = Path('/usr/share/libonnx-testdata/data')


def run(driver, models):
    """Lines of the driver; the model at which it died gets one that says so, and the rest is run anew."""
    lines = []
    while models:
        done = subprocess.run([driver] + models, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
        got = [l.split('\t') for l in done.stdout.decode('utf-8', 'replace').splitlines()]
        lines += got
        models = models[len(got):]
        if models and done.returncode != 0:
            lines.append([models[0], 'died', '0', '0', '0', 'status %d: %s' % (
                done.returncode, done.stderr.decode('utf-8', 'replace')[-300:])])
            models = models[1:]
    return lines


def main():
    driver = Path(os.environ['AISPRINT_BUILD']) / 'tests/unit/onnx_chain'
    probe = subprocess.run(['aisprint', 'doctor'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if b'no inference library' in probe.stdout:
        print('there is no inference library')
        return 77
    models = []
    if 'AISPRINT_TEST_DATA' in os.environ:
        models += sorted((Path(os.environ['AISPRINT_TEST_DATA']) / 'studio/onnx').glob('*.onnx'))
    else:
        print('skip AISPRINT_TEST_DATA is not set: without its models')
    models += sorted((ROOT / 'examples').glob('*/src/*/onnx/*.onnx')) + sorted((ROOT / 'deps/ocr-models/assets').glob('*.onnx'))
    if MODELS.is_dir():
        models += sorted(MODELS.rglob('*.onnx'))
    else:
        print('skip libonnx-testdata is not installed: without its models')
    if not models:
        print('there are no models')
        return 77
    models = [str(m) for m in models]
    batches = [models[i:i + BATCH] for i in range(0, len(models), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        lines = [line for part in pool.map(lambda b: run(str(driver), b), batches) for line in part]
    counts = collections.Counter(line[1] for line in lines)
    bad = [line for line in lines if line[1] in ('differs', 'broken', 'died')]
    for line in bad:
        print('not ok %s: %s: %s' % (line[0], line[1], line[5]))
    chains = sum(int(line[2]) for line in lines)
    exits = sum(int(line[3]) > 0 for line in lines)
    largest = max(float(line[4]) for line in lines)
    print('%d models: %d run; of these %d have no cut, %d have random operators, %d are equal in %d chains of parts '
          '(%d of them also at early exits), largest difference %.3g' % (
              len(lines), len(lines) - counts['norun'], counts['nocut'], counts['random'], counts['equal'], chains, exits,
              largest))
    print('%d passed, %d failed' % (counts['equal'], len(bad)))
    return 1 if bad or not counts['equal'] else 0


if __name__ == '__main__':
    sys.exit(main())
