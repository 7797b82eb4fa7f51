#!/usr/bin/python3
"""What a cut costs in inference time: the parts of a model, run one after the other, beside the whole.

    bench_segments.py [BUILD]

The models of examples/reading (when installed) and version-RFB-640 of AISPRINT_TEST_DATA. Each is cut at the
first two of `aisprint onnx cuts`; both outputs are found equal before they are timed. Whole and
parts take turns, in this process, by its processor time: one thread runs. Row: model, cut, parts, whole, median
of the ratios of the rounds (least and greatest), rounds.
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
if len(sys.argv) > 1:
    sys.path.insert(0, os.path.join(os.path.abspath(sys.argv[1]), 'python'))
    os.environ['PATH'] = os.path.abspath(sys.argv[1]) + ':' + os.environ['PATH']

import numpy as np

from aisprint.onnx_inference import load_and_inference

ROUNDS, ROUND_S, CUTS = 9, 0.4, 2
OCR = ROOT / 'deps/ocr-models/assets'
DATA = Path(os.environ.get('AISPRINT_TEST_DATA', '/nowhere')) / 'studio/onnx'
# File, name of the input, its shape, sizes that the model leaves open.
MODELS = (
    (OCR / 'ch_PP-OCRv4_det_infer.onnx', 'x', (1, 3, 480, 640),
     {'p2o.DynamicDimension.0': 1, 'p2o.DynamicDimension.1': 480, 'p2o.DynamicDimension.2': 640}),
    (OCR / 'ch_PP-OCRv4_rec_infer.onnx', 'x', (1, 3, 48, 320),
     {'p2o.DynamicDimension.0': 1, 'p2o.DynamicDimension.1': 320}),
    (DATA / 'version-RFB-640.onnx', 'input', (1, 3, 480, 640), {}),
)


def aisprint(*words):
    return subprocess.run(['aisprint', *map(str, words)], stdout=subprocess.PIPE, check=True).stdout


def seconds(run):
    """Processor time of one run."""
    count, start, end = 0, time.process_time(), time.monotonic() + ROUND_S
    while count < 3 or time.monotonic() < end:
        run()
        count += 1
    return (time.process_time() - start) / count


def measure(whole, parts, feed):
    """Times of the whole and of the parts in sum, a pair a round."""
    feeds = [feed]
    for part in parts:
        feeds.append(load_and_inference(str(part), feeds[-1])[0])
    expected = load_and_inference(str(whole), feed)[0]
    for name, value in expected.items():
        if not np.allclose(feeds[-1][name], value, rtol=1e-4, atol=1e-5):
            sys.exit('bench_segments: %s: the parts give another %s than the whole' % (whole.name, name))
    pairs = []
    for i in range(ROUNDS):
        def run_parts():
            return sum(seconds(lambda: load_and_inference(str(part), given))
                       for part, given in zip(parts, feeds))
        if i % 2:
            together = run_parts()
            pairs.append((together, seconds(lambda: load_and_inference(str(whole), feed))))
        else:
            alone = seconds(lambda: load_and_inference(str(whole), feed))
            pairs.append((run_parts(), alone))
    return pairs


def row(model, tensors, pairs):
    ratios = [ours / peer for ours, peer in pairs]
    print('%-26s cut at %-44s parts %6.2f ms  whole %6.2f ms  ratio %.3f (%.2f-%.2f)  goal 1.05  n=%d'
          % (model.stem, ', '.join(tensors), 1e3 * statistics.median(p[0] for p in pairs),
             1e3 * statistics.median(p[1] for p in pairs), statistics.median(ratios), min(ratios),
             max(ratios), len(pairs)), flush=True)


def main():
    for model, name, shape, sizes in MODELS:
        if not model.exists():
            print('skipped    %s is not there' % model.name)
            continue
        feed = {name: np.random.default_rng(1).random(shape, np.float32)}
        dims = [word for size in sizes.items() for word in ('--dim', '%s=%d' % size)]
        cuts = json.loads(aisprint('onnx', 'cuts', model, '--json', '--top', CUTS, *dims))['cuts']
        with tempfile.TemporaryDirectory() as scratch:
            for number, cut in enumerate(cuts):
                out = Path(scratch) / str(number)
                aisprint('onnx', 'cut', model, '--at', ','.join(cut['tensors']), '--out', out)
                row(model, cut['tensors'], measure(model, sorted(out.glob('*.onnx')), feed))


if __name__ == '__main__':
    main()
