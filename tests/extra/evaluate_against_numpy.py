"""aisprint evaluate-model against counts and metrics of numpy: answers in a table, results in a folder, a model.

Run: /usr/bin/python3 evaluate_against_numpy.py. The part with a model needs ONNX Runtime; without it, it is
skipped and said so.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print('numpy is not installed: nothing was compared')
    sys.exit(77)

ROOT = Path(os.environ.get('AISPRINT_SOURCE', Path(__file__).resolve().parent.parent.parent))
NAMES = ['plain', 'two words', 'comma, quote " and\nline', 'äöü', '10', '9']
failures = []


def check(what, good):
    print('%s %s' % ('ok' if good else 'not ok', what))
    if not good:
        failures.append(what)


def evaluate(*words):
    done = subprocess.run(['aisprint', 'evaluate-model', '--json', *map(str, words)], stdout=subprocess.PIPE,
                          text=True)
    return done.returncode, json.loads(done.stdout)


def write_table(path, rows):
    with open(path, 'w', newline='', encoding='utf-8') as file:
        csv.writer(file).writerows(rows)


def counts_of(labels, answers, names):
    matrix = np.zeros((len(names), len(names)), int)
    for label, answer in zip(labels, answers):
        matrix[names.index(label), names.index(answer)] += 1
    return matrix


def is_as_counted(got, matrix, names):
    with np.errstate(divide='ignore', invalid='ignore'):
        right, share, given = matrix.diagonal() / 1.0, matrix.sum(1), matrix.sum(0)
        precision, recall = np.nan_to_num(right / given), np.nan_to_num(right / share)
        f1 = np.nan_to_num(2 * precision * recall / (precision + recall))
    wanted = {'average_f1': f1.mean(), 'average_precision': precision.mean(), 'average_recall': recall.mean(),
              'average_accuracy': (right / matrix.sum()).mean(), 'accuracy': right.sum() / matrix.sum()}
    each = [[c['precision'], c['recall'], c['f1']] for c in got['classes']]
    return (got['items'] == matrix.sum() and got['right'] == right.sum() and got['confusion'] == matrix.tolist()
            and [c['name'] for c in got['classes']] == names
            and [c['items'] for c in got['classes']] == share.tolist()
            and [c['answered'] for c in got['classes']] == given.tolist()
            and np.allclose(each, np.array([precision, recall, f1]).T, rtol=1e-12, atol=0)
            and set(got['metrics']) == set(wanted)
            and all(abs(got['metrics'][name] - wanted[name]) < 1e-12 for name in wanted))


def is_written(folder, matrix, names):
    stored = np.load(folder / 'confusion_matrix.npy', allow_pickle=False)
    with open(folder / 'class_names_dictionary.csv', newline='', encoding='utf-8') as file:
        rows = list(csv.reader(file))
    return (stored.dtype == np.float64 and np.allclose(stored, matrix / matrix.sum(), rtol=1e-15)
            and rows == [['', 'class', 'index']] + [[str(i), name, str(i)] for i, name in enumerate(names)])


def answers(scratch, rng):
    count, order = 500, ['9', '10'] + sorted(NAMES[:4], key=lambda name: name.encode())
    items = ['item %d' % i for i in range(count)]
    labels = [NAMES[i] for i in rng.integers(0, len(NAMES), count)]
    given = [label if rng.random() < 0.7 else NAMES[rng.integers(0, 5)] for label in labels]
    write_table(scratch / 'labels.csv', [('more', 'label', 'item')] + list(zip(items, labels, items)))
    shuffled = rng.permutation(count)
    write_table(scratch / 'given.csv', [('item', 'label')] + [(items[i], given[i]) for i in shuffled])
    matrix = counts_of(labels, given, order)
    status, got = evaluate('--labels', scratch / 'labels.csv', '--predictions', scratch / 'given.csv',
                           '--out', scratch / 'out')
    check('a table of answers', status == 0 and is_as_counted(got, matrix, order))
    check('what is written of it', is_written(scratch / 'out', matrix, order))
    status, again = evaluate('--labels', scratch / 'labels.csv', '--predictions', scratch / 'given.csv',
                             '--classes', scratch / 'out/class_names_dictionary.csv')
    check('classes that are given', status == 0 and again['confusion'] == got['confusion'])
    many = [('item', 'label')] + [(i, 'class %d' % i) for i in range(2049)]
    write_table(scratch / 'many.csv', many)
    status, got = evaluate('--labels', scratch / 'many.csv', '--predictions', scratch / 'many.csv')
    check('refused: more classes than the limit', status == 1 and [f['code'] for f in got['errors']] == ['limit'])
    results(scratch, items, labels, given, order)


def results(scratch, items, labels, given, order):
    """One text or JSON file an item; those that are answered 'plain' are dropped."""
    (scratch / 'results/failed').mkdir(parents=True)
    for item, answer in zip(items, given):
        if answer != 'plain':
            text = json.dumps({'label': answer}) if '\n' in answer or len(item) % 2 else answer + '\n'
            (scratch / 'results' / item).write_text(text, encoding='utf-8')
    status, got = evaluate('--labels', scratch / 'labels.csv', '--predictions', scratch / 'results',
                           '--drop-label', 'plain')
    check('a folder of results', status == 0 and is_as_counted(got, counts_of(labels, given, order), order))


def has_runtime():
    done = subprocess.run(['aisprint', 'doctor', '--json'], stdout=subprocess.PIPE, text=True)
    return any(row.get('name') == 'ONNX Runtime' and row.get('ok') for row in json.loads(done.stdout)['checks'])


def given_in_python(path, data):
    """A process of its own, since a sanitized build needs an interpreter of its own."""
    code = """
import sys
import numpy as np
from aisprint.onnx_inference import load_and_inference
for item in np.load(sys.argv[2]):
    print(int(load_and_inference(sys.argv[1], {'image': item[None]})[1][0][0].argmax()))
"""
    done = subprocess.run([os.environ.get('AISPRINT_PYTHON', sys.executable), '-c', code, path, data], check=True,
                          env=dict(os.environ, PYTHONPATH=str(Path(os.environ['AISPRINT_BUILD']) / 'python')),
                          stdout=subprocess.PIPE, text=True)
    return [int(line) for line in done.stdout.split()]


def model(scratch, rng):
    """The classifier of the example, one item a run, against the same model in Python."""
    path, count = ROOT / 'examples/garments/src/classifier/onnx/classifier.onnx', 77
    data = rng.random((count, 1, 28, 28), np.float32)
    np.save(scratch / 'data.npy', data)
    given = given_in_python(path, scratch / 'data.npy')
    labels = [g if rng.random() < 0.5 else int(rng.integers(0, 9)) for g in given]
    names = [str(i) for i in range(9)]
    matrix = counts_of(list(map(str, labels)), list(map(str, given)), names)
    np.save(scratch / 'wide.npy', data.astype('>f8'))
    np.save(scratch / 'labels.npy', np.array(labels, np.uint8).reshape(count, 1))
    for words in (['--data', scratch / 'data.npy'], ['--data', scratch / 'wide.npy']):
        status, got = evaluate('--model', path, '--labels', scratch / 'labels.npy', *words)
        check('a model over %s' % words[1].name, status == 0 and is_as_counted(got, matrix, names))
    classes = ['class %s' % name for name in names]
    write_table(scratch / 'classes.csv', [('index', 'class')] + [(i, c) for i, c in enumerate(classes)][::-1])
    write_table(scratch / 'names.csv', [('label',)] + [(classes[label],) for label in labels])
    status, got = evaluate('--model', path, '--data', scratch / 'data.npy', '--labels', scratch / 'names.csv',
                           '--classes', scratch / 'classes.csv', '--out', scratch / 'model')
    check('a model with named classes', status == 0 and is_as_counted(got, matrix, classes))
    check('what is written of a model', is_written(scratch / 'model', matrix, classes))


def refused(what, scratch, code, message, data, labels, *words, model_file=None):
    """One fault of this code, which says this."""
    path = model_file or ROOT / 'examples/garments/src/classifier/onnx/classifier.onnx'
    np.save(scratch / 'bad.npy', data)
    if isinstance(labels, np.ndarray):
        np.save(scratch / 'bad_labels.npy', labels)
        labels = scratch / 'bad_labels.npy'
    status, got = evaluate('--model', path, '--data', scratch / 'bad.npy', '--labels', labels, *words)
    faults = [(fault['code'], fault['message']) for fault in got['errors']]
    good = status == 1 and len(faults) == 1 and faults[0][0] == code and message in faults[0][1]
    check('refused: ' + what, good)
    if not good:
        print('    %d %s' % (status, faults))


def faults(scratch):
    data, labels = np.zeros((3, 1, 28, 28), 'f4'), np.array([0, 1, 2])
    (scratch / 'three.csv').write_text('class,index\na,0\nb,1\nc,2\n')
    (scratch / 'words.csv').write_text('label\n0\n1\ncat\n')
    (scratch / 'few.csv').write_text('label\n0\n')
    refused('another shape', scratch, 'evaluate-data', 'the data are [3,28,28] float32, but the input',
            data[:, 0], labels)
    refused('another type', scratch, 'evaluate-data', 'the data are [3,1,28,28] uint8, but the input',
            data.astype('u1'), labels)
    refused('no items', scratch, 'evaluate-data', 'there are no items', data[:0], labels[:0])
    refused('fewer labels', scratch, 'evaluate-data', 'there are 2 labels for 3 items', data, labels[:2])
    refused('fewer labels in a table', scratch, 'evaluate-data', 'there are 1 labels for 3 items', data,
            scratch / 'few.csv')
    refused('labels of two dimensions', scratch, 'evaluate-data', 'the labels have 2 dimensions', data,
            np.zeros((3, 9), int))
    refused('a label that is no class', scratch, 'evaluate-data',
            'at byte 136: the label of item 1 is 9 (must be a class from 0 to 8)', data, np.array([0, 9, 2]))
    refused('a label that is no number of a class', scratch, 'evaluate-data', 'the label of item 2 is 0.5', data,
            np.array([0, 1, .5]))
    refused('a word that is no class', scratch, 'evaluate-class', "the label 'cat' is none of the classes", data,
            scratch / 'words.csv')
    refused('fewer classes', scratch, 'evaluate-data', 'there are 3 classes, but the model answers with 9 numbers',
            data, labels, '--classes', scratch / 'three.csv')
    refused('no such output', scratch, 'evaluate-data', "the model has no output 'nothing'", data, labels,
            '--output', 'nothing')
    refused('no numbers', scratch, 'evaluate-data', 'the model answers item 0 with NaN', data * np.nan, labels)
    refused('no model', scratch, 'io', '', data, labels, model_file=scratch / 'nothing.onnx')
    refused('no array', scratch, 'evaluate-data', 'at byte 0: this is no .npy file', data,
            (scratch / 'no.npy').write_text('x') and scratch / 'no.npy')


def main():
    rng = np.random.default_rng(int(os.environ.get('AISPRINT_SEED', '1')))
    with tempfile.TemporaryDirectory() as folder:
        answers(Path(folder), rng)
        runtime = has_runtime()
        if runtime:
            model(Path(folder), rng)
            faults(Path(folder))
    if failures:
        return 1
    if not runtime:
        print('there is no ONNX Runtime: no model was evaluated')
        return 77
    print('ok: everything is as numpy counts it')
    return 0


if __name__ == '__main__':
    sys.exit(main())
