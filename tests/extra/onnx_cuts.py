#!/usr/bin/python3
"""Holds `aisprint onnx cuts` against the figures of AI-SPRINT Studio, and against its method.

    onnx_cuts.py [-v]

1. With $AISPRINT_TEST_DATA: candidates, number, and order of the cuts by rule studio of its models; every cut of
   RFB-640 with one tensor by our rule is one by theirs or has an activation behind it.
2. With python3-onnx 1.12: the original's method, trial extraction and the checker, on models of Debian's
   libonnx-testdata and on made ones, lists the same cuts in the same order.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import onnx
    from onnx import TensorProto, checker, helper, shape_inference
    from onnx.utils import Extractor
except ImportError:
    onnx = None

BUILD = os.environ['AISPRINT_BUILD']
VERBOSE = '-v' in sys.argv
RFB = ('266 267 269 270 272 273 275 276 278 279 281 282 313 254 255 257 258 260 261 263 264 245 246 248 249 251 '
       '252').split()
FIRST = {'filter_cnn.onnx': (6, 6, 'model/global_average_pooling2d/Mean:0'),
         'classifier_tiny.onnx': (14, 11, 'Resize__109:0'),
         'version-RFB-640.onnx': (140, 27, '266')}
LARGEST = 60  # nodes; a trial costs the original seconds on large models
failures, passed = [], []


def fail(text):
    failures.append(text)
    print('FAIL ' + text)


def cuts(path, *options):
    done = subprocess.run([os.path.join(BUILD, 'aisprint'), 'onnx', 'cuts', path, '--json', '--top', '0', *options],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode())


def check_figures(folder):
    for name, (candidates, count, first) in FIRST.items():
        found = cuts(os.path.join(folder, name), '--rule', 'studio')
        tensors = [cut['tensors'] for cut in found['cuts']]
        if (found['candidates'], found['total'], len(tensors)) != (candidates, count, count):
            fail('%s: %d of %d candidates are cuts' % (name, found['total'], found['candidates']))
        if tensors[0] != [first]:
            fail('%s: %s comes first' % (name, tensors[0]))
        if first == '266' and [t for t, in tensors] != RFB:
            fail('RFB-640: another order: %s' % tensors)
    ours = cuts(os.path.join(folder, 'version-RFB-640.onnx'), '--max-tensors', '1')
    names = {cut['tensors'][0] for cut in ours['cuts']}
    makers = {o: n.op_type for n in onnx.load(os.path.join(folder, 'version-RFB-640.onnx')).graph.node
              for o in n.output} if onnx else {}
    if not set(RFB) <= names or any(makers.get(n, 'Relu') != 'Relu' for n in names - set(RFB)):
        fail('RFB-640: by our rule: %s' % sorted(names))
    passed.append('figures of %d models' % len(FIRST))


def original(model):
    """Its candidates in its order, and those that it can cut at."""
    inferred = shape_inference.infer_shapes(model)
    outputs = [o.name for o in model.graph.output]
    makers = {o: n.op_type for n in model.graph.node for o in n.output}
    sized = []
    for value in inferred.graph.value_info:
        dims = value.type.tensor_type.shape.dim
        if value.name in outputs or 'elu' in makers.get(value.name, '') or not dims or \
                value.type.WhichOneof('value') != 'tensor_type':
            continue
        size = 1
        for dim in dims:
            size *= dim.dim_value if dim.dim_value > 0 else 1
        sized.append((size, value.name))
    candidates = [name for _, name in sorted(sized, key=lambda item: item[0])]
    valid = []
    for name in candidates:
        try:
            extracted = Extractor(model).extract_model([name], outputs)
            with tempfile.NamedTemporaryFile(suffix='.onnx') as file:
                onnx.save(extracted, file.name)
                checker.check_model(file.name)
            valid.append(name)
        except Exception:  # of several kinds: it tries the next
            pass
    return candidates, valid


def made_models():
    """Small ones with what is odd: captures, IR version 3, declared values, weights that are listed as inputs."""
    node, tensor = helper.make_node, helper.make_tensor_value_info
    x, y = tensor('x', TensorProto.FLOAT, [1, 4]), tensor('y', TensorProto.FLOAT, None)
    weight = helper.make_tensor('w', TensorProto.FLOAT, [4], [1, 2, 3, 4])
    branch = lambda op, reads: helper.make_graph(  # noqa: E731
        [node(op, reads, ['t'])], 'branch', [], [tensor('t', TensorProto.FLOAT, None)])
    choice = lambda *reads: node(  # noqa: E731
        'If', ['p'], ['i'], then_branch=branch('Sum', reads), else_branch=branch('Max', reads))
    p = helper.make_tensor('p', TensorProto.BOOL, [], [True])
    chain = [node('Abs', ['x'], ['a']), node('Neg', ['a'], ['b']), node('Add', ['b', 'w'], ['c']),
             node('Abs', ['c'], ['d']), node('Relu', ['d'], ['e']), node('Neg', ['e'], ['y'])]
    tail = [node('Abs', ['i'], ['j']), node('Neg', ['j'], ['y'])]
    rows = {
        'chain': (chain, [weight], [x], 8, []),
        'ir3': (chain, [weight], [x, tensor('w', TensorProto.FLOAT, [4])], 3, []),
        'declared': (chain, [weight], [x], 8, [tensor('d', TensorProto.FLOAT, [1, 4]),
                                               tensor('b', TensorProto.FLOAT, [1, 4])]),
        'reads_a': (chain[:2] + [choice('a', 'b')] + tail, [p], [x], 8, []),
        'reads_b': (chain[:2] + [choice('b')] + tail, [p], [x], 8, []),
        'reads_w': (chain[:2] + [choice('b', 'w')] + tail, [p, weight], [x], 8, []),
        'reads_x': (chain[:2] + [choice('x', 'b')] + tail, [p], [x], 8, []),
    }
    for name, (nodes, weights, inputs, version, values) in rows.items():
        graph = helper.make_graph(nodes, name, inputs, [y], weights, value_info=values)
        yield name, helper.make_model(graph, ir_version=version, opset_imports=[helper.make_opsetid('', 13)])


def compare(name, path):
    model = onnx.load(path)
    candidates, valid = original(model)
    found = cuts(path, '--rule', 'studio')
    ours = [cut['tensors'] for cut in found['cuts']]
    if found['candidates'] != len(candidates) or ours != [[v] for v in valid]:
        fail('%s: %s of %d, the original %s of %d' % (name, ours, found['candidates'], valid, len(candidates)))
        return 0, 0
    passed.append(name)
    if VERBOSE:
        print('%s: %d of %d' % (name, len(valid), len(candidates)))
    return len(candidates), len(valid)


def check_method():
    totals = []
    with tempfile.TemporaryDirectory() as folder:
        for name, model in made_models():
            path = os.path.join(folder, name + '.onnx')
            onnx.save(model, path)
            totals.append(compare(name, path))
    for path in sorted(glob.glob('/usr/share/libonnx-testdata/data/*/*/model.onnx')):
        if 2 <= len(onnx.load(path).graph.node) <= LARGEST:
            totals.append(compare(path, path))
    print('trial extraction on %d models: %d of %d candidates are cuts' % (
        len(totals), sum(t[1] for t in totals), sum(t[0] for t in totals)))


if 'AISPRINT_TEST_DATA' in os.environ:
    check_figures(os.path.join(os.environ['AISPRINT_TEST_DATA'], 'studio/onnx'))
else:
    print('skipped: the figures of the original: AISPRINT_TEST_DATA is not set')
if onnx is not None and onnx.__version__.startswith('1.12'):
    check_method()
else:
    print('skipped: the method of the original: python3-onnx 1.12 is not installed')
print('%d passed, %d failed' % (len(passed), len(failures)))
sys.exit(1 if failures else 0)
