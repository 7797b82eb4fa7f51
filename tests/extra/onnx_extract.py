#!/usr/bin/python3
"""Models that are copied are the same bytes; parts by the rule studio are the bytes that onnx itself writes;
parts by the rule pareto pass its checker. On every model of Debian's libonnx-testdata, and on the golden
partitions when AISPRINT_TEST_DATA is set.
"""
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

TESTDATA = 'libonnx-testdata'
TENSORS = 3  # cuts tried a model


def skip(what):
    print('SKIPPED: ' + what)
    return 77


def models():
    listed = subprocess.run(['dpkg', '-L', TESTDATA], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    found = [Path(line) for line in listed.stdout.decode().splitlines() if line.endswith('.onnx')]
    data = os.environ.get('AISPRINT_TEST_DATA')
    return found + (sorted(Path(data, 'studio/onnx').glob('*.onnx')) if data else [])


class Counts:
    def __init__(self):
        self.passed = self.failed = 0
        self.notes = {}

    def check(self, good, what):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print('not ok - ' + what)

    def note(self, what):
        self.notes[what] = self.notes.get(what, 0) + 1


class Driver:
    def __init__(self, scratch):
        self.program = Path(os.environ['AISPRINT_BUILD']) / 'tests/unit/onnx_driver'
        self.out = Path(scratch) / 'out.onnx'

    def run(self, *words):
        self.out.unlink(missing_ok=True)
        done = subprocess.run([str(self.program), *[str(w) for w in words]], stderr=subprocess.PIPE)
        return None if done.returncode else self.out.read_bytes(), done.stderr.decode().strip()

    def part(self, model, rule, inputs, outputs):
        return self.run('part', model, rule, self.out, '\n'.join(inputs), '\n'.join(outputs))

    def copy(self, model):
        return self.run('copy', model, self.out)


def check_copy(counts, driver, path):
    written, said = driver.copy(path)
    counts.check(written == path.read_bytes(), '%s is copied: %s' % (path, said))


def needs_captures(onnx, graph):
    """onnx 1.12 does not follow what sub-graphs read from outside."""
    return any(a.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS)
               for n in graph.node for a in n.attribute)


def check_part(onnx, counts, driver, path, extractor, inputs, outputs):
    part = extractor.extract_model(inputs, outputs)
    try:
        onnx.checker.check_model(part)
    except onnx.checker.ValidationError:
        counts.note('parts that onnx itself finds wrong')
        return
    name = '%s from %s to %s' % (path, ' '.join(inputs), ' '.join(outputs))
    written, said = driver.part(path, 'studio', inputs, outputs)
    counts.check(written == part.SerializeToString(), 'studio: %s: %s' % (name, said))
    written, said = driver.part(path, 'pareto', inputs, outputs)
    if written is None and 'is not known, so a part cannot begin or end there' in said:
        counts.note('parts that end at a value without a type')
        return
    try:
        onnx.checker.check_model(onnx.load_from_string(written or b''))
        counts.check(True, name)
    except Exception as wrong:  # pylint: disable=broad-except
        counts.check(False, 'pareto: %s: %s %s' % (name, said, wrong))


def check_parts(onnx, counts, driver, path, chance):
    try:
        extractor = onnx.utils.Extractor(onnx.load(str(path)))
    except Exception:  # pylint: disable=broad-except
        counts.note('models that onnx cannot infer shapes of')
        return
    graph = extractor.graph
    if needs_captures(onnx, graph):
        counts.note('models with sub-graphs')
        return
    weights = {t.name for t in graph.initializer}
    inputs = [i.name for i in graph.input if i.name not in weights]
    outputs = [o.name for o in graph.output]
    tensors = sorted(set(extractor.vimap) - set(outputs) - set(inputs))
    for tensor in chance.sample(tensors, min(TENSORS, len(tensors))):
        if extractor.vimap[tensor].type.HasField('tensor_type'):
            check_part(onnx, counts, driver, path, extractor, inputs, [tensor])
            check_part(onnx, counts, driver, path, extractor, [tensor], outputs)


def check_golden(onnx, counts, driver, data):
    """The older of these files list all weights as inputs of the first part."""
    model = data / 'onnx/version-RFB-640.onnx'
    whole = onnx.load(str(model)).graph
    weights = {t.name for t in whole.initializer}
    for folder in sorted((data / 'golden-partitions').iterdir()):
        for number, golden in enumerate(sorted(folder.iterdir()), 1):
            listed = [i.name for i in onnx.load(str(golden)).graph.input]
            inputs = [folder.name] if number == 2 else \
                [i.name for i in whole.input if i.name not in weights or i.name in listed]
            outputs = [folder.name] if number == 1 else [o.name for o in whole.output]
            written, said = driver.part(model, 'studio', inputs, outputs)
            counts.check(written == golden.read_bytes(), 'golden %s/%s %s' % (folder.name, golden.name, said))


def main():
    try:
        import onnx
        import onnx.utils
    except ImportError:
        return skip('onnx_extract: python3-onnx is not installed')
    if not models():
        return skip('onnx_extract: %s is not installed' % TESTDATA)
    chance = random.Random(int(os.environ.get('AISPRINT_SEED', '1')))
    counts = Counts()
    with tempfile.TemporaryDirectory(prefix='aisprint-onnx-') as scratch:
        driver = Driver(scratch)
        for path in models():
            check_copy(counts, driver, path)
            check_parts(onnx, counts, driver, path, chance)
        if os.environ.get('AISPRINT_TEST_DATA'):
            check_golden(onnx, counts, driver, Path(os.environ['AISPRINT_TEST_DATA'], 'studio'))
        else:
            print('SKIPPED: golden partitions: AISPRINT_TEST_DATA is not set')
    print('%d models' % len(models()))
    for what, count in sorted(counts.notes.items()):
        print('left out: %d %s' % (count, what))
    print('%d passed, %d failed' % (counts.passed, counts.failed))
    return 1 if counts.failed or not counts.passed else 0


if __name__ == '__main__':
    sys.exit(main())
