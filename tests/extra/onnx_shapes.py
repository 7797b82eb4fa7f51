#!/usr/bin/python3
"""Compares what onnx/ infers with onnx 1.12 (python3-onnx) and with the outputs that test models really have.

    onnx_shapes.py [-v] [PROGRAM]

PROGRAM is onnx_facts, by default that of the folder $AISPRINT_BUILD. Models: those of $AISPRINT_TEST_DATA, and
Debian's libonnx-testdata, each as it is, without declared shapes (bare), with small inputs as constants (fed), with
names for the first sizes (open_batch), and without the others (open_rest).
1. --rule studio knows what infer_shapes() knows: the same values in the same order with the same sizes.
2. We never contradict infer_shapes(data_prop=True), nor the real outputs (test_data_set_*/output_N.pb); how many
   are known exactly, in part, or not at all is printed.
3. FLOPs of RFB-640, computed apart from shapes that python3-onnx finds.
"""
import collections
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import onnx
    from onnx import numpy_helper, shape_inference
except ImportError:
    print('skipped: python3-onnx is not installed')
    sys.exit(77)

TESTDATA = '/usr/share/libonnx-testdata/data'
KINDS = {'tensor_type': 'tensor', 'sparse_tensor_type': 'sparse', 'sequence_type': 'sequence', 'map_type': 'map',
         'optional_type': 'optional', None: 'unknown'}
VERBOSE = '-v' in sys.argv
COUNT = [0]  # comparisons
# Known not to be the same, by a part of the model's name, and why.
STUDIO_EXCEPTIONS = {'test_mvn/': 'names of open sizes: onnx 1.12 spends some on the inside of this function'}
PROPAGATION_EXCEPTIONS = {'test_stft': 'onnx 1.12 takes onesided for 0 where it is left out; 1 is right'}


def program():
    rest = [a for a in sys.argv[1:] if a != '-v']
    return rest[0] if rest else os.path.join(os.environ['AISPRINT_BUILD'], 'tests/unit/onnx_facts')


def facts_of(paths, *options):
    """What we infer, by path."""
    found = {}
    for start in range(0, len(paths), 200):
        part = paths[start:start + 200]
        done = subprocess.run([program(), *options, *part], stdout=subprocess.PIPE, check=True)
        for line in done.stdout.decode().splitlines():
            document = json.loads(line)
            found[document['file']] = document
    return found


def describe(type_proto):
    """kind, element type, shape of a TypeProto; of sequences and optionals those of their elements."""
    kind = KINDS[type_proto.WhichOneof('value')]
    inner = type_proto
    while inner.WhichOneof('value') in ('sequence_type', 'optional_type'):
        inner = getattr(inner, inner.WhichOneof('value')).elem_type
    which = inner.WhichOneof('value')
    if which not in ('tensor_type', 'sparse_tensor_type'):
        return kind, 0, None
    tensor = getattr(inner, which)
    if not tensor.HasField('shape'):
        return kind, tensor.elem_type, None
    return kind, tensor.elem_type, [size_of(d) for d in tensor.shape.dim]


def size_of(dim):
    which = dim.WhichOneof('value')
    return getattr(dim, which) if which else None


def ours(document):
    return {v['name']: (v['kind'], v['type'], v['shape']) for v in document['values']}


def is_size(size):
    return isinstance(size, int)


# ---- 1: the rule of AI-SPRINT Studio ----

def studio_infos(model, document):
    """value_info as infer_shapes() would leave it."""
    values = ours(document)
    made = [v['name'] for v in document['values'] if v['made']]
    outputs = {o.name for o in model.graph.output}
    declared = [v.name for v in model.graph.value_info]
    names = declared + [n for n in made if n not in outputs and n not in declared and values[n][0] != 'unknown']
    return [(n, *values[n]) for n in names if n in values]


def check_studio(path, document):
    """None when equal, else what is not."""
    model = onnx.load(path, load_external_data=False)
    try:
        inferred = shape_inference.infer_shapes(model)
    except Exception as fault:
        return None if 'error' in document else 'infer_shapes fails and we do not: %s' % str(fault)[:200]
    if 'error' in document:
        return 'we fail: ' + document['error']
    there = {v['name'] for v in document['values']}
    theirs = [(v.name, *describe(v.type)) for v in inferred.graph.value_info if v.name in there]
    mine = studio_infos(model, document)
    if mine != theirs:
        extra = [m for m in mine if m not in theirs]
        missing = [t for t in theirs if t not in mine]
        return 'value_info differs: ours only %s, theirs only %s' % (extra[:4], missing[:4])
    values = ours(document)
    for output in inferred.graph.output:
        if values[output.name] != describe(output.type):
            return 'output %s: ours %s, theirs %s' % (output.name, values[output.name], describe(output.type))
    return None


# ---- 2: no contradictions ----

def contradicts(mine, truth):
    """mine and truth are (kind, type, shape) of one value."""
    if mine[0] != 'unknown' and truth[0] != 'unknown' and mine[0] != truth[0]:
        return True
    if mine[1] and truth[1] and mine[1] != truth[1]:
        return True
    if mine[2] is None or truth[2] is None:
        return False
    return len(mine[2]) != len(truth[2]) or any(
        is_size(a) and is_size(b) and a != b for a, b in zip(mine[2], truth[2]))


def how_well(mine):
    if mine[0] == 'unknown' or mine[2] is None:
        return 'unknown'
    return 'exact' if all(is_size(d) for d in mine[2]) else 'partial'


def real_outputs(path):
    """Types of the arrays that a test model made, in the order of its outputs."""
    for folder in sorted(glob.glob(os.path.join(os.path.dirname(path), 'test_data_set_*')))[:1]:
        found = []
        for i in range(len(glob.glob(folder + '/output_*.pb'))):
            tensor = onnx.TensorProto()
            try:
                tensor.ParseFromString(open('%s/output_%d.pb' % (folder, i), 'rb').read())
                numpy_helper.to_array(tensor)
                # numpy has no bfloat16, so the files hold uint16 for it
                found.append(('tensor', 0 if tensor.data_type == 4 else tensor.data_type, list(tensor.dims)))
            except Exception:
                found.append(None)  # a sequence or an optional
        return found
    return []


def check_real(path, document, counts):
    if 'error' in document:
        return 'we fail: ' + document['error']
    values = ours(document)
    model = onnx.load(path, load_external_data=False)
    for output, real in zip(model.graph.output, real_outputs(document.get('origin', path))):
        if real is None:
            continue
        counts[how_well(values[output.name])] += 1
        if VERBOSE and how_well(values[output.name]) == 'unknown':
            print('   unknown: %s %s' % (document.get('origin', path), output.name))
        if contradicts(values[output.name], real):
            return '%s: ours %s, really %s' % (output.name, values[output.name], real)
    return None


def check_propagated(path, document, counts):
    model = onnx.load(path, load_external_data=False)
    try:
        inferred = shape_inference.infer_shapes(model, data_prop=True)
    except Exception:
        return None
    if 'error' in document:
        return 'we fail: ' + document['error']
    values = ours(document)
    for info in list(inferred.graph.value_info) + list(inferred.graph.output):
        if info.name not in values:
            continue
        mine, theirs = values[info.name], describe(info.type)
        if contradicts(mine, theirs):
            return '%s: ours %s, theirs %s' % (info.name, mine, theirs)
        known = sum(is_size(d) for d in mine[2] or [])
        counts['less' if mine[2] is None and theirs[2] is not None or
               known < sum(is_size(d) for d in theirs[2] or []) else
               'more' if theirs[2] is None and mine[2] is not None or
               known > sum(is_size(d) for d in theirs[2] or []) else 'as much'] += 1
        if VERBOSE and (known < sum(is_size(d) for d in theirs[2] or []) or
                        mine[2] is None and theirs[2] is not None):
            print('   less: %s %s: ours %s, theirs %s' % (path, info.name, mine, theirs))
    return None


# ---- 3: FLOPs of RFB-640 ----

def rfb_flops(path):
    """The table of docs/onnx.md, written once more. onnx 1.12 does not know the shapes at the end of the model:
    centres and sizes of 17640 boxes, two numbers each."""
    model = onnx.load(path)
    shapes = {v.name: describe(v.type)[2] for v in shape_inference.infer_shapes(model, data_prop=True).graph.value_info}
    for value in list(model.graph.input) + list(model.graph.output):
        shapes[value.name] = describe(value.type)[2]
    total = 0
    for node in model.graph.node:
        made = 17640 * 2 if shapes.get(node.output[0]) is None else 1
        for size in shapes.get(node.output[0]) or []:
            made *= size
        weights = shapes.get(node.input[1]) if len(node.input) > 1 else None
        if node.op_type == 'Conv':
            taps = 1
            for size in weights[1:]:
                taps *= size
            total += 2 * made * taps + (made if len(node.input) > 2 else 0)
        total += made * {'BatchNormalization': 2, 'Relu': 1, 'Add': 1, 'Mul': 1, 'Sub': 1, 'Div': 1, 'Exp': 1,
                         'Softmax': 5}.get(node.op_type, 0)
    return total


def check_rfb(data):
    path = data + '/studio/onnx/version-RFB-640.onnx'
    mine = facts_of([path])[path]
    theirs = rfb_flops(path)
    if sum(mine['flops']) != theirs:
        return 'RFB-640 has %d FLOPs, ours are %d' % (theirs, sum(mine['flops']))
    print('RFB-640: %.0f FLOPs, as computed apart' % theirs)
    return None


# ---- all ----

def bare(model, path):
    """Without what it declares of outputs and inner values."""
    del model.graph.value_info[:]
    for output in model.graph.output:
        if output.type.WhichOneof('value') == 'tensor_type':
            output.type.tensor_type.ClearField('shape')


def fed(model, path):
    """Bare, with the small inputs of its first test as constants: sizes, axes, scales."""
    bare(model, path)
    folder = os.path.join(os.path.dirname(path), 'test_data_set_0')
    for i, value in reversed(list(enumerate(model.graph.input))):
        tensor = onnx.TensorProto()
        try:
            tensor.ParseFromString(open('%s/input_%d.pb' % (folder, i), 'rb').read())
            array = numpy_helper.to_array(tensor)
        except Exception:
            continue
        if value.type.WhichOneof('value') != 'tensor_type' or array.size > (8 if array.dtype.kind == 'f' else 64) or \
                array.dtype.kind not in 'fiub' or tensor.data_type != value.type.tensor_type.elem_type:
            continue
        constant = numpy_helper.from_array(array, value.name)
        model.graph.initializer.append(constant)
        if model.ir_version >= 4:
            del model.graph.input[i]


def open_batch(model, path):
    """Fed, with a name for the first size of each input that is left."""
    fed(model, path)
    constants = {t.name for t in model.graph.initializer}
    for value in model.graph.input:
        if value.type.WhichOneof('value') == 'tensor_type' and value.name not in constants and \
                value.type.tensor_type.shape.dim:
            dim = value.type.tensor_type.shape.dim[0]
            dim.dim_param = 'N%d' % dim.dim_value


def open_rest(model, path):
    """Fed, with the other sizes unknown."""
    fed(model, path)
    constants = {t.name for t in model.graph.initializer}
    for value in model.graph.input:
        if value.type.WhichOneof('value') == 'tensor_type' and value.name not in constants:
            for dim in value.type.tensor_type.shape.dim[1:]:
                dim.Clear()


def copies_of(paths, change, folder):
    """Changed models, by path; the originals' paths in the values."""
    copies = {}
    for i, path in enumerate(paths):
        model = onnx.load(path, load_external_data=False)
        change(model, path)
        copy = '%s/%s-%d.onnx' % (folder, change.__name__, i)
        onnx.save(model, copy)
        copies[copy] = path
    return copies


def compare(title, check, documents, *rest, exceptions=()):
    """Returns the number of faults."""
    faults, excepted = [], 0
    COUNT[0] += len(documents)
    for path, document in documents.items():
        fault = check(path, document, *rest)
        if fault is None:
            continue
        name = document.get('origin', path).replace(TESTDATA + '/', '')
        if any(part in name for part in exceptions):
            excepted += 1
        else:
            faults.append('%s: %s' % (name, fault))
    print('%s: %d models, %d differ%s%s' % (
        title, len(documents), len(faults), ' (%d known exceptions)' % excepted if excepted else '',
        ''.join('; %s: %d' % item for c in rest for item in sorted(c.items()))))
    for fault in faults if VERBOSE else faults[:20]:
        print('  ' + fault)
    return len(faults)


def main():
    paths = sorted(glob.glob(TESTDATA + '/*/*/model.onnx'))
    if not paths:
        print('skipped: libonnx-testdata is not installed')
        return 77
    data = os.environ.get('AISPRINT_TEST_DATA')
    bad = 0
    if data:
        models = sorted(glob.glob(data + '/studio/**/*.onnx', recursive=True))
        bad += compare('studio: models of the original', check_studio, facts_of(models, '--studio'))
        fault = check_rfb(data)
        bad += fault is not None
        print(fault or '', end='\n' if fault else '')
    with tempfile.TemporaryDirectory() as folder:
        for change in (None, bare, fed, open_batch, open_rest):
            copies = copies_of(paths, change, folder) if change else {p: p for p in paths}
            name = change.__name__ if change else 'as they are'
            for title, check, options, rest, exceptions in (
                    ('studio', check_studio, ['--studio'], [], STUDIO_EXCEPTIONS),
                    ('real outputs', check_real, [], [collections.Counter()], ()),
                    ('data_prop', check_propagated, [], [collections.Counter()], PROPAGATION_EXCEPTIONS)):
                documents = facts_of(list(copies), *options)
                for path, document in documents.items():
                    document['origin'] = copies[path]
                bad += compare('%s: %s' % (title, name), check, documents, *rest, exceptions=exceptions)
    if not data:
        print('skipped: the models of the original: AISPRINT_TEST_DATA is not set')
    print('%d passed, %d failed' % (COUNT[0] - bad, bad))
    return 1 if bad else 0


sys.exit(main())
