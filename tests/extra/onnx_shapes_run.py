#!/usr/bin/python3
"""Every value of real models has the shape that onnx/ inferred: all of them are made outputs, and run.

Models: garments, the OCR models of deps/ (where the set-up put them), and those of $AISPRINT_TEST_DATA.
"""
import json
import os
import subprocess
import sys
import tempfile

try:
    import onnx
except ImportError:
    print('skipped: python3-onnx is not installed')
    sys.exit(77)

SOURCE = os.environ.get('AISPRINT_SOURCE', '.')
BUILD = os.environ['AISPRINT_BUILD']
DATA = os.environ.get('AISPRINT_TEST_DATA', '')
MODELS = [
    (SOURCE + '/examples/garments/src/classifier/onnx/classifier.onnx', ['N=3']),
    (SOURCE + '/examples/garments/src/classifier_exits/onnx/classifier_exits.onnx', ['N=2']),
    (SOURCE + '/examples/garments/src/filter/onnx/filter.onnx', ['N=1']),
    (SOURCE + '/deps/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx',
     ['p2o.DynamicDimension.0=1', 'p2o.DynamicDimension.1=64', 'p2o.DynamicDimension.2=96']),
    (SOURCE + '/deps/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
     ['p2o.DynamicDimension.0=2', 'p2o.DynamicDimension.1=80']),
    (DATA + '/studio/onnx/version-RFB-640.onnx', []),
    (DATA + '/studio/onnx/classifier_tiny.onnx', ['unk__126=3']),
    (DATA + '/studio/onnx/filter_cnn.onnx', ['unk__45=2']),
]


def really(path, sizes, folder):
    """Shapes of all values, by name; None where there is no inference library."""
    model = onnx.load(path)
    outputs = {o.name for o in model.graph.output}
    for node in model.graph.node:
        for name in node.output:
            if name and name not in outputs:
                model.graph.output.add().name = name
    onnx.save(model, folder + '/all.onnx')
    done = subprocess.run([BUILD + '/aisprint', 'onnx', 'run', folder + '/all.onnx', '--json',
                           *(word for size in sizes for word in ('--dim', size))],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if b'ONNX Runtime, which runs models' in done.stderr:
        return None
    if done.returncode:
        sys.exit('%s: %s' % (path, done.stderr.decode()))
    return {o['name']: o['shape'] for o in json.loads(done.stdout)['outputs']}


def main():
    good = bad = 0
    for path, sizes in MODELS:
        if not os.path.exists(path):
            print('skipped: %s is not there' % os.path.basename(path))
            continue
        with tempfile.TemporaryDirectory() as folder:
            real = really(path, sizes, folder)
        if real is None:
            print('skipped: there is no inference library')
            return 77
        done = subprocess.run([BUILD + '/tests/unit/onnx_facts', *sizes, path], stdout=subprocess.PIPE, check=True)
        ours = {v['name']: v['shape'] for v in json.loads(done.stdout)['values']}
        wrong = [name for name in real if ours[name] != real[name]]
        print('%s: %d values, %d of another shape' % (os.path.basename(path), len(real), len(wrong)))
        for name in wrong[:10]:
            print('  %s: inferred %s, really %s' % (name, ours[name], real[name]))
        good += len(real) - len(wrong)
        bad += len(wrong)
    print('%d passed, %d failed' % (good, bad))
    return 1 if bad else 0


sys.exit(main())
