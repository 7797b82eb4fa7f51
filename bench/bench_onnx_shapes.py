#!/usr/bin/python3
"""Shape inference beside that of python3-onnx 1.12, on the same models; the results are compared first.

The peer is the C++ of the package, called as infer_shapes() calls it: from the bytes of a model to the bytes of the
model with shapes. Ours is from the file to the facts, by the same rule (studio), and by our own, which knows more.
"""
import glob
import json
import os
import statistics
import subprocess
import sys
import time

try:
    import onnx
    from onnx.onnx_cpp2py_export import shape_inference
except ImportError:
    print('onnx shapes  skipped: python3-onnx is not installed')
    sys.exit(0)

PROGRAM = os.environ['AISPRINT_BUILD'] + '/tests/unit/onnx_facts'


def facts(path, *options):
    done = subprocess.run([PROGRAM, '--time', *options, path], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def same(document, inferred):
    """Both know the same shapes."""
    ours = {v['name']: v['shape'] for v in document['values']}
    for info in onnx.load_model_from_string(inferred).graph.value_info:
        tensor = info.type.tensor_type
        theirs = [d.dim_value if d.HasField('dim_value') else d.dim_param for d in tensor.shape.dim]
        if ours[info.name] != (theirs if tensor.HasField('shape') else None):
            return False
    return True


def row(text, times, peer):
    print('  %-44s %9.1f us (%.1f-%.1f)  ratio %.4f  n=%d' % (
        text, statistics.median(times), times[0], times[len(times) * 9 // 10],
        statistics.median(times) / statistics.median(peer), len(times)))


def main():
    data = os.environ.get('AISPRINT_TEST_DATA')
    paths = sorted(glob.glob('examples/garments/src/classifier/onnx/*.onnx'))
    paths += sorted(glob.glob(data + '/studio/onnx/*.onnx')) if data else []
    for path in paths:
        content = open(path, 'rb').read()
        peer = []
        for _ in range(100):
            start = time.perf_counter()
            inferred = shape_inference.infer_shapes(content, False, False, False)
            peer.append(1e6 * (time.perf_counter() - start))
        studio, own = facts(path, '--studio'), facts(path)
        if not same(studio, inferred):
            sys.exit('%s: the shapes are not the same' % path)
        print('onnx shapes  %s: %d values, the same shapes' % (os.path.basename(path), len(studio['values'])))
        row('read and infer, studio', studio['read_us'], peer)
        row('read and infer', own['read_us'], peer)
        row('infer alone', own['infer_us'], peer)
        print('  %-44s %9.1f us (%.1f-%.1f)  n=%d' % (
            'peer: onnx 1.12 infer_shapes, parse and write', statistics.median(peer), min(peer), max(peer), len(peer)))


if __name__ == '__main__':
    main()
