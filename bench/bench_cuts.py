#!/usr/bin/python3
"""Finding cuts beside the original's method: extraction by onnx 1.12 and its checker for one candidate after the
other, in the order of its rule, until the first cut is found. Rows: what, ours, peer, ratio.

The whole method runs on the small models. On RFB-640 it takes more than ten minutes, so a few candidates are tried,
and the 95 that it needs are extrapolated from them; the row says so. What both find is compared first.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get('AISPRINT_BUILD', ROOT / 'build'))
DATA = Path(os.environ.get('AISPRINT_TEST_DATA', '/nowhere')) / 'studio/onnx'
TRIALS_OF_RFB = 95  # failures up to its first cut, and that
TRIED = 3


def ours(path):
    lines = subprocess.run([str(BUILD / 'bench/bench_cuts'), str(path)], stdout=subprocess.PIPE, check=True).stdout
    rows = {}
    for line in lines.decode().splitlines():
        name, total, *times = line.split()
        rows[name] = int(total), [float(t) for t in times]
    return rows


def row(what, times, peer, note):
    print('%-58s %9.6f s (%.6f-%.6f)  peer %s  n=31%s' % (
        what, times[0], times[1], times[2],
        '%9.3f s  ratio %.6f' % (peer, times[0] / peer) if peer else 'none', note))


def candidates_of(onnx, model):
    inferred = onnx.shape_inference.infer_shapes(model)
    makers = {o: n.op_type for n in model.graph.node for o in n.output}
    ends = [o.name for o in model.graph.output]
    sized = []
    for value in inferred.graph.value_info:
        dims = value.type.tensor_type.shape.dim
        if value.name not in ends and dims and 'elu' not in makers[value.name]:
            size = 1
            for dim in dims:
                size *= max(dim.dim_value, 1)
            sized.append((size, value.name))
    return [name for _, name in sorted(sized, key=lambda item: item[0])], ends


def extracts(onnx, path, name, ends):
    with tempfile.NamedTemporaryFile(suffix='.onnx') as file:
        try:
            onnx.utils.extract_model(str(path), file.name, [name], ends)
        except Exception:  # of several kinds: the original tries the next
            return False
        return True


def bench(onnx, path, trials):
    rows, what = ours(path), path.stem.replace('version-', '')
    start = time.monotonic()
    candidates, ends = candidates_of(onnx, onnx.load(str(path)))
    listing = subprocess.run([str(BUILD / 'aisprint'), 'onnx', 'cuts', str(path), '--rule', 'studio', '--json', '--top',
                              '1'], stdout=subprocess.PIPE, check=True).stdout
    first, note = json.loads(listing.decode())['cuts'][0]['tensors'][0], ''
    if trials is None:
        found = next(name for name in candidates if extracts(onnx, path, name, ends))
        peer = time.monotonic() - start
    else:
        times, found = [], candidates[trials - 1]
        for name in candidates[:TRIED - 1] + [found]:
            start = time.monotonic()
            last = extracts(onnx, path, name, ends)
            times.append(time.monotonic() - start)
        peer = statistics.mean(times) * trials
        note = ' (peer: %d of %d trials, extrapolated)' % (TRIED, trials)
        found = found if last else None
    if found != first:
        sys.exit('bench: %s: %s is not %s' % (path, first, found))
    row('%s, cuts by rule studio (%d)' % (what, rows['studio'][0]), rows['studio'][1], peer, note)
    row('%s, cuts with one tensor (%d)' % (what, rows['one'][0]), rows['one'][1], None, '')
    row('%s, cuts with up to four tensors (%d)' % (what, rows['four'][0]), rows['four'][1], None, '')
    row('%s, chains of four parts, front and 100 more' % what, rows['chains'][1], None, '')


def main():
    try:
        import onnx
        import onnx.shape_inference
        import onnx.utils
    except ImportError:
        print('skipped    cuts: python3-onnx is not installed')
        return
    bench(onnx, ROOT / 'examples/garments/src/classifier/onnx/classifier.onnx', None)
    for name, trials in (('classifier_tiny', None), ('version-RFB-640', TRIALS_OF_RFB)):
        if (DATA / (name + '.onnx')).exists():
            bench(onnx, DATA / (name + '.onnx'), trials)


main()
