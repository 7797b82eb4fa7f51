#!/usr/bin/python3
"""Reading and cutting model files beside onnx's own tools and beside cp. Rows: what, ours, peer, ratio.

Peak memory is that of the whole process. The large models are made here, in a scratch folder (TMPDIR), which must
have 7 GB to spare; BENCH_ONNX_GB=0 leaves the largest out.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get('AISPRINT_BUILD', ROOT / 'build'))
DATA = Path(os.environ.get('AISPRINT_TEST_DATA', '/nowhere')) / 'studio/onnx'
LAYERS, WIDTH = 25, 1000  # 100 MB of weights
ROUNDS = 5

EXTRACT = '''
import onnx, onnx.utils, sys
onnx.utils.extract_model(sys.argv[1], sys.argv[2], ['h0'], [sys.argv[4]])
onnx.utils.extract_model(sys.argv[1], sys.argv[3], [sys.argv[4]], [sys.argv[5]])
'''


def make_model(onnx, path, layers, width, data=None):
    """MatMul and Relu, so often; the weights in the model, or in the file `data` beside it."""
    helper, nodes, weights, offset = onnx.helper, [], [], 0
    block = os.urandom(1 << 20)
    for i in range(layers):
        nodes += [helper.make_node('MatMul', ['h%d' % i, 'w%d' % i], ['m%d' % i]),
                  helper.make_node('Relu', ['m%d' % i], ['h%d' % (i + 1)])]
        tensor = onnx.TensorProto(name='w%d' % i, data_type=1, dims=[width, width])
        size = width * width * 4
        raw = (block * (size // len(block) + 1))[:size]
        if data is None:
            tensor.raw_data = raw
        else:
            for key, value in (('location', data.name), ('offset', offset), ('length', size)):
                tensor.external_data.add(key=key, value=str(value))
            tensor.data_location = 1
            with data.open('ab') as out:
                out.write(raw)
            offset += size
        weights.append(tensor)
    ends = [helper.make_tensor_value_info(name, 1, ['N', width]) for name in ('h0', 'h%d' % layers)]
    graph = helper.make_graph(nodes, 'layers', ends[:1], ends[1:], weights)
    path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)]).SerializeToString())


def run(*words):
    """Seconds and peak memory of a process. GNU time is asked, since a child's own record begins with what its
    parent had."""
    start = time.monotonic()
    done = subprocess.run(['/usr/bin/time', '-f', '%M', *map(str, words)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit('bench: %s: %s' % (' '.join(map(str, words)), done.stderr.decode()))
    return time.monotonic() - start, int(done.stderr.split()[-1]) * 1024


def row(what, ours, peer, unit, note):
    median, other = statistics.median(ours), statistics.median(peer)
    print('%-44s %9.3f %s (%.3f-%.3f)  peer %9.3f %s  ratio %.3f  n=%d%s' % (
        what, median, unit, min(ours), max(ours), other, unit, median / other, len(ours), note))


def bench_reading(onnx, path):
    line = subprocess.run([str(BUILD / 'bench/bench_onnx'), str(path)], stdout=subprocess.PIPE, check=True).stdout
    ours = [float(word) * 1000 for word in line.split()]
    peer = []
    for _ in range(31):
        start = time.monotonic()
        model = onnx.ModelProto()
        model.ParseFromString(path.read_bytes())
        peer.append((time.monotonic() - start) * 1000)
    row('read ' + path.name, ours, peer, 'ms', ' (peer: protobuf in C++ by onnx)')


def cut(model, tensor, folder):
    shutil.rmtree(folder, ignore_errors=True)
    return run('aisprint', 'onnx', 'cut', model, '--at', tensor, '--out', folder)


def bench_cut(onnx, scratch):
    model, parts = scratch / 'b100.onnx', scratch / 'parts'
    make_model(onnx, model, LAYERS, WIDTH)
    middle, last = 'h%d' % (LAYERS // 2), 'h%d' % LAYERS
    ours = [cut(model, middle, parts) for _ in range(ROUNDS)]
    peer = [run('/usr/bin/python3', '-c', EXTRACT, model, scratch / 'p1', scratch / 'p2', middle, last)
            for _ in range(3)]
    for mine, theirs in (('partition1_1.onnx', 'p1'), ('partition1_2.onnx', 'p2')):
        weights = [onnx.load(str(p)).graph.initializer for p in (parts / mine, scratch / theirs)]
        if [t.raw_data for t in weights[0]] != [t.raw_data for t in weights[1]]:
            sys.exit('bench: the parts differ')
    row('cut a model of 100 MB', [t for t, _ in ours], [t for t, _ in peer], 's', ' (goal: 1 s)')
    size = model.stat().st_size
    row('  peak memory / size of the file', [m / size for _, m in ours], [m / size for _, m in peer], ' ', ' (goal: 1.3)')
    copies = [run('cp', model, scratch / 'copy') for _ in range(ROUNDS)]
    row('  beside cp of the file', [t for t, _ in ours], [t for t, _ in copies], 's', '')


def bench_external(onnx, scratch, gigabytes):
    model, data, parts = scratch / 'b2g.onnx', scratch / 'b2g.bin', scratch / 'parts'
    layers, width = 10 * gigabytes, 5120
    make_model(onnx, model, layers, width, data)
    ours, peer = [], []
    for _ in range(3):
        os.sync()
        ours.append(cut(model, 'h%d' % (layers // 2), parts))
        shutil.rmtree(parts)
        os.sync()
        start = time.monotonic()
        run('cp', data, scratch / 'copy')
        run('sync', scratch / 'copy')
        peer.append(time.monotonic() - start)
        (scratch / 'copy').unlink()
    row('cut a model with %d GB of external data' % gigabytes, [t for t, _ in ours], peer, 's',
        ' (peer: cp and sync of the data)')
    print('%-44s %9.1f MB' % ('  peak memory', max(m for _, m in ours) / 1e6))


def main():
    try:
        import onnx
        import onnx.utils
    except ImportError:
        print('skipped    model files: python3-onnx is not installed')
        return
    with tempfile.TemporaryDirectory(prefix='aisprint-bench-') as scratch:
        for path in sorted(DATA.glob('version-RFB-640.onnx')) or [ROOT / 'examples/garments/src/classifier/onnx/classifier.onnx']:
            bench_reading(onnx, path)
        bench_cut(onnx, Path(scratch))
        gigabytes = int(os.environ.get('BENCH_ONNX_GB', '2'))
        if gigabytes:
            bench_external(onnx, Path(scratch), gigabytes)


if __name__ == '__main__':
    main()
