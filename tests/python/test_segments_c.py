"""Components in C that are split: segments in a row give what the whole gives, or the source is refused
at the right place. Each case is the body of an entry function; <<rule>> stands where a fault of that rule
must be reported."""
import os
import re
import subprocess
import unittest

import numpy as np

from support import TemporaryFolder, Worker, model, need_onnxruntime
from test_segments import MODELS, value

from aisprint import bundle

MARK = re.compile(r'<<([a-z0-9-]+)>>')
BUILD = os.environ['AISPRINT_BUILD']
ROOT = os.environ.get('AISPRINT_SOURCE', os.path.join(os.path.dirname(__file__), '../..'))
X = np.array([[1, -2], [0.5, 3]], np.float32)


def setUpModule():
    need_onnxruntime()


HEAD = '''/* A component. */
#include <aisprint/annotations.h>
#include <aisprint/component.h>
#include <aisprint/inference.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct image {
    float values[4];
} image;

/* Read a bundle's x; the item of these tests is one. */
static int load(const char *path, image *out, ais_error **err)
{
    ais_bundle *file = NULL;
    if (ais_bundle_read(path, &file, err) < 0)
        return -1;
    const ais_tensor *x = ais_bundle_find(file, "x");
    if (x == NULL)
        return ais_error_set(err, AIS_E_INPUT, "%s: no image", path);
    memcpy(out->values, x->data, sizeof out->values);
    ais_bundle_free(file);
    return 0;
}

static int fill(ais_bundle *input, image *in, const char *note, ais_error **err)
{
    const ais_tensor x = {.name = "x", .type = AIS_FLOAT32, .rank = 2, .shape = {2, 2},
                          .data = in->values, .bytes = sizeof in->values};
    ais_tensor copy = x;
    copy.name = "image";
    return ais_bundle_add(input, &x, err) < 0 || ais_bundle_add(input, &copy, err) < 0
               ? -1
               : ais_bundle_add_text(input, "note", note, err);
}

static int save(const char *path, const ais_tensor *y, const ais_bundle *returned)
{
    FILE *file = fopen(path, "w");
    const ais_tensor *in = ais_bundle_find(returned, "image");
    for (size_t i = 0; i < y->bytes / sizeof(float); i++)
        fprintf(file, "%.6g %.6g\\n", ((const float *)y->data)[i], ((const float *)in->data)[i]);
    fprintf(file, "%s\\n", ais_bundle_find_text(returned, "note"));
    return fclose(file) == 0 ? 0 : -1;
}

static bool is_sure(const ais_run *result)
{
    return *(const float *)ais_run_get_output(result, 0)->data > 0;
}

static int counter;
static const int constant = 3;

AIS_COMPONENT_NAME(name = "case");
AIS_EARLY_EXITS_MODEL(onnx_file = "net.onnx", condition_function = "is_sure",
                      transition_probabilities = (0.5));
int entry(const ais_component_call *call, ais_error **err)
{
'''

SIMPLE = '''    image in;
    ais_bundle *input = ais_bundle_new(), *returned = NULL;
    ais_run *result = NULL;
    int status = load(call->input, &in, err);
    if (status == 0)
        status = fill(input, &in, "\\"a note\\"", err);
    if (status == 0)
        status = ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);
    if (status == 0)
        status = save(call->output, ais_run_get_output(result, 0), returned);
    ais_bundle_free(returned);
    ais_run_free(result);
    ais_bundle_free(input);
    return status;
}
'''

FREE = '''    ais_bundle_free(returned);
    ais_run_free(result);
    ais_bundle_free(input);
    return status;
}
'''

EARLY_RETURNS = '''    image in;
    ais_bundle *input = ais_bundle_new();
    if (load(call->input, &in, err) < 0 || fill(input, &in, "1", err) < 0) {
        ais_bundle_free(input);
        return -1;
    }
    ais_bundle *returned = NULL;
    ais_run *result = NULL;
    if (ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err) < 0) {
        ais_bundle_free(input);
        return ais_error_wrap(err, "running the model");
    }
    const int status = save(call->output, ais_run_get_output(result, 0), returned);
''' + FREE

GOTO = '''    int status = -1;
    ais_bundle *returned = NULL, *input = ais_bundle_new();
    ais_run *result = NULL;
    image *in = malloc(sizeof *in);
    if (load(call->input, in, err) < 0)
        goto out;
    if (fill(input, in, "[1, 2]", err) < 0)
        goto out;
    if (ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err) != 0)
        goto out;
    status = save(call->output, ais_run_get_output(result, 0), returned);
out:
    free(in);
''' + FREE

SOURCES = {
    'plain': SIMPLE,
    'early_returns': EARLY_RETURNS,
    'in_or': '''    image in;
    ais_bundle *returned = NULL, *input = ais_bundle_new();
    ais_run *result = NULL;
    if (load(call->input, &in, err) < 0 || fill(input, &in, "2", err) < 0 ||
        ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err) < 0 ||
        save(call->output, ais_run_get_output(result, 0), returned) < 0) {
        ais_bundle_free(input);
        ais_bundle_free(returned);
        ais_run_free(result);
        return -1;
    }
    const int status = 0;
''' + FREE,
    'in_and': '''    image in;
    ais_bundle *returned = NULL, *input = ais_bundle_new();
    ais_run *result = NULL;
    const bool fine = load(call->input, &in, err) == 0 && fill(input, &in, "2", err) == 0 &&
                      ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err) == 0 &&
                      save(call->output, ais_run_get_output(result, 0), returned) == 0;
    const int status = fine ? 0 : -1;
''' + FREE,
    'in_block': '''    ais_bundle *returned = NULL, *input = ais_bundle_new();
    ais_run *result = NULL;
    int status = 0;
    {
        image in;
        status = load(call->input, &in, err);
        if (status == 0) {
            status = fill(input, &in, "2", err);
            if (status == 0) {
                const char *model = call->onnx_file;
                status = ais_load_and_inference(model, input, NULL, &returned, &result, err);
            } else {
                counter++;
            }
        }
    }
    if (status == 0)
        status = save(call->output, ais_run_get_output(result, 0), returned);
''' + FREE,
    'in_choice': '''    image in;
    ais_bundle *returned = NULL, *input = ais_bundle_new();
    ais_run *result = NULL;
    int status = load(call->input, &in, err);
    status = status < 0 || fill(input, &in, "2", err) < 0
                 ? -1
                 : ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);
    if (status == 0)
        status = save(call->output, ais_run_get_output(result, 0), returned);
''' + FREE,
    'in_else': '''    image in;
    ais_bundle *returned = NULL, *input = ais_bundle_new();
    ais_run *result = NULL;
    int status = -1;
    if (load(call->input, &in, err) < 0)
        ;
    else if (fill(input, &in, "2", err) < 0)
        counter = 3;
    else
        status = ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);
    if (status == 0)
        status = save(call->output, ais_run_get_output(result, 0), returned);
''' + FREE,
    'freed_behind': GOTO,
    'constants': SIMPLE.replace('    image in;', '''    image in;
    enum { TWICE = 2 };
    const int times = TWICE * constant;
    const char *target = call->output;
    float sum[times];''').replace('save(call->output', 'sizeof sum != 24 ? -times : save(target'),
    'declared_in_call': '''    image in;
    ais_bundle *returned = NULL, *input = ais_bundle_new();
    ais_run *result = NULL;
    if (load(call->input, &in, err) < 0 || fill(input, &in, "true", err) < 0)
        return -1;
    int status = ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);
    if (status == 0)
        status = save(call->output, ais_run_get_output(result, 0), returned);
''' + FREE,
    'outputs_asked_for': SIMPLE.replace('input, NULL, &returned', 'input, (const char *const[]){"y", NULL}, &returned')
    .replace('returned);\n    ais_bundle_free', 'returned);\n    ais_bundle_free', 1),
    'carriage_returns': SIMPLE.replace('\n', '\r\n'),
    'helper_behind': SIMPLE.replace('save(call->output', 'later(call->output')
    + '\nint later(const char *path, const ais_tensor *y, const ais_bundle *returned)\n{\n    return save(path, y, returned);\n}\n',
    'comments': SIMPLE.replace('    if (status == 0)\n', '    /* ais_load_and_inference(call) */\n    if (status == 0) // then\n'),
    # refused
    'no_call': '''    return 0;
}
''',
    'twice': SIMPLE.replace('    ais_bundle_free(returned);', '''    if (status == 0)
        status = <<code-calls>>ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);
    ais_bundle_free(returned);'''),
    'in_loop': SIMPLE.replace('    if (status == 0)\n        status = ais_load',
                              '    for (int i = 0; i < 2; i++)\n        status = <<code-nested>>ais_load'),
    'in_switch': SIMPLE.replace('    if (status == 0)\n        status = ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);',
                                '    switch (status) {\n    case 0:\n        status = <<code-nested>>ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);\n    }'),
    'under_if': SIMPLE.replace('    if (status == 0)\n        status = ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);',
                               '#ifdef MODEL\n        status = <<code-nested>>ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);\n#endif'),
    'no_returned': SIMPLE.replace('&returned,', '<<code-call-form>>NULL,').replace('result, 0), returned)', 'result, 0), input)')
    .replace('result, 0), input)', 'result, 0), NULL)'),
    'own_error': SIMPLE.replace('&result, err)', '&result, <<code-call-form>>&mine)').replace('    image in;', '    image in;\n    ais_error *mine = NULL;'),
    'few_arguments': SIMPLE.replace('ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err)',
                                    '<<code-call-form>>ais_load_and_inference(call->onnx_file, input)'),
    'read_behind': SIMPLE.replace('image in;', 'image <<code-forward>>in;').replace(
        'save(call->output, ais', 'in.values[0] > 99 ? -1 : save(call->output, ais'),
    'computed_before': SIMPLE.replace('    if (status == 0)\n        status = fill', '    int <<code-forward>>width = atoi("3");\n    if (status == 0)\n        status = fill')
    .replace('save(call->output, ais', 'width > 99 ? -1 : save(call->output, ais'),
    'changed_before': SIMPLE.replace('    if (status == 0)\n        status = fill', '    int <<code-forward>>width = 1;\n    width += 3;\n    if (status == 0)\n        status = fill')
    .replace('save(call->output, ais', 'width > 99 ? -1 : save(call->output, ais'),
    'through_pointer': SIMPLE.replace('image in;', 'image in;\n    image *<<code-forward>>p = &in;').replace(
        'save(call->output, ais', 'p->values[0] > 99 ? -1 : save(call->output, ais'),
    'status_read_first': SIMPLE.replace('int status = load', 'int <<code-forward>>first = load').replace(
        '    if (status == 0)\n        status = fill', '    int status = first;\n    if (status == 0)\n        status = fill').replace(
        'save(call->output, ais', 'first < 0 ? -1 : save(call->output, ais'),
    'file_variable': SIMPLE.replace('    if (status == 0)\n        status = fill', '    <<code-global>>counter = 4;\n    if (status == 0)\n        status = fill').replace(
        'save(call->output, ais', 'counter > 99 ? -1 : save(call->output, ais'),
    'input_read_behind': SIMPLE.replace('result, 0), returned)', 'result, 0), <<code-input>>input)'),
    'label_before': SIMPLE.replace('    if (status == 0)\n        status = fill', '<<code-nested>>again:\n    if (status == 0)\n        status = fill'),
    'not_a_variable': SIMPLE.replace('call->onnx_file, input,', 'call->onnx_file, <<code-call-form>>*(&input),'),
}


class CWorker(Worker):
    COMMAND = [os.path.join(BUILD, 'aisprint-worker')]

    def __init__(self, component):
        super().__init__(None, component, 'entry')


class Components(TemporaryFolder):
    def split(self, source, segments, condition='-'):
        program = os.path.join(BUILD, 'tests/unit/code_split')
        done = subprocess.run([program, self.write('case.c', source), self.folder, 'entry', 'net.onnx',
                               condition, *segments], stdout=subprocess.PIPE, text=True, check=False)
        self.said = done.stdout
        self.assertIn(done.returncode, (0, 1), done.stdout)
        if done.returncode == 0:
            return []
        return sorted('%s:%s %s' % tuple(np.array(line.split())[[0, 1, 3]])
                      for line in done.stdout.splitlines())

    def component(self, name, source, net):
        folder = self.path(name + '.d')
        os.makedirs(os.path.join(folder, 'onnx'))
        nodes, inputs, outputs = MODELS[net]
        file = 'net.onnx' if name == 'whole' else name + '.onnx'
        with open(os.path.join(folder, 'onnx', file), 'wb') as out:
            out.write(model(nodes, list(map(value, inputs.split())), list(map(value, outputs.split()))))
        path = os.path.join(folder, name + '.c')
        with open(path, 'w', newline='') as out:
            out.write(source)
        done = subprocess.run(['cc', '-std=gnu17', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-O1',
                               '-I' + os.path.join(ROOT, 'include'), '-o', os.path.join(folder, 'component.so'),
                               path], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr + source)
        return os.path.join(folder, 'onnx', file)

    def run_item(self, name, given, onnx_file):
        folder = self.path(name + '.d')
        out = os.path.join(folder, 'out')
        os.makedirs(out, exist_ok=True)
        done = subprocess.run([os.path.join(BUILD, 'aisprint-worker'), os.path.join(folder, 'component.so'), 'entry',
                               '-i', given, '-o', os.path.join(out, 'item'), '-y', onnx_file],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        return sorted(os.listdir(out))

    def read(self, name):
        with open(os.path.join(self.path(name + '.d'), 'out', 'item'), 'rb') as file:
            return file.read()

    def check(self, body, segments=2):
        source, expected, plain = HEAD + body, [], ''
        if 'later(' in body:
            source = source.replace('static int counter;', 'int later(const char *, const ais_tensor *, const ais_bundle *);\nstatic int counter;')
        if body.startswith('    return 0'):
            source = source.replace('int entry(', 'int <<code-no-call>>entry(')
        for i, part in enumerate(MARK.split(source)):
            if i % 2 == 0:
                plain += part
            else:
                expected.append('%d:%d %s' % (plain.count('\n') + 1, len(plain) - plain.rfind('\n'), part))
        names = ['part%d' % i for i in range(1, segments + 1)]
        self.assertEqual(self.split(plain, names), sorted(expected), self.said)
        if expected:
            return
        plain = plain.replace('static int counter;', 'static int counter __attribute__((unused));').replace(
            'static const int constant', 'static const int constant __attribute__((unused))').replace(
            'static bool is_sure', 'static bool __attribute__((unused)) is_sure')
        given = self.path('item')
        bundle.write(given, {'x': X})
        self.assertEqual(self.run_item('whole', given, self.component('whole', plain, 'net')), ['item'])
        for number, name in enumerate(names, 1):
            with open(self.path(name), newline='') as file:
                text = file.read()
            onnx_file = self.component(name, text, 's%d.%d' % (segments, number))
            self.assertEqual(self.run_item(name, given, onnx_file), ['item'], text)
            given = os.path.join(self.path(name + '.d'), 'out', 'item')
        self.assertEqual(self.read(names[-1]), self.read('whole'), text)

    def test_three_segments(self):
        for name in ('plain', 'early_returns', 'freed_behind'):
            with self.subTest(name):
                self.setUp()
                self.check(SOURCES[name], 3)

    def test_exits(self):
        for body in (SIMPLE, EARLY_RETURNS, GOTO):
            for x, leaves in (([[-1, 2], [3, 4]], 1), ([[0.5, 2], [3, 4]], 3), ([[1, 2], [3, 4]], 2)):
                with self.subTest(x=x):
                    self.setUp()
                    self.assertEqual(self.split(HEAD + body, ['part1:e1', 'part2:e2', 'part3'], 'is_sure'), [], self.said)
                    given = self.path('item')
                    bundle.write(given, {'x': np.array(x, np.float32)})
                    for number in (1, 2, 3):
                        name = 'part%d' % number
                        with open(self.path(name)) as file:
                            onnx_file = self.component(name, file.read(), 'e3.%d' % number)
                        written = self.run_item(name, given, onnx_file)
                        if written == ['item']:
                            break
                        self.assertEqual(written, ['item_NO_EARLYEXIT'])
                        given = os.path.join(self.path(name + '.d'), 'out', written[0])
                    self.assertEqual(number, leaves)
                    y = {1: np.tanh(-np.array(x)), 2: np.floor(np.abs(x)), 3: np.exp(np.abs(x))}[number]
                    lines = self.read(name).decode().splitlines()
                    np.testing.assert_allclose([float(line.split()[0]) for line in lines[:4]], y.ravel(), rtol=1e-5)
                    self.assertEqual([float(line.split()[1]) for line in lines[:4]], np.array(x).ravel().tolist())

    def test_a_warm_worker_takes_the_end_of_a_segment_for_success(self):
        self.assertEqual(self.split(HEAD + SIMPLE, ['part1:e1', 'part2'], 'is_sure'), [])
        with open(self.path('part1')) as file:
            onnx_file = self.component('part1', file.read(), 'e2.1')
        given = self.path('item')
        output = os.path.join(self.path('part1.d'), 'item')
        worker = CWorker(os.path.join(self.path('part1.d'), 'component.so'))
        self.assertEqual(worker.first, {'ready': '1'})
        for x, name in (([[1, 2], [3, 4]], 'item_NO_EARLYEXIT'), ([[-1, 2], [3, 4]], 'item')):
            bundle.write(given, {'x': np.array(x, np.float32)})
            self.assertEqual(worker.run(given, output, onnx_file=onnx_file).get('ok'), '1')
            os.remove(os.path.join(self.path('part1.d'), name))
        bundle.write(given, {'y': X})
        self.assertIn('no image', worker.run(given, output, onnx_file=onnx_file)['error'])
        self.assertEqual(worker.end()[0], 0)

    def test_conditions_are_checked(self):
        source = HEAD + SIMPLE
        line = source[:source.index('"is_sure"')].count('\n') + 1
        place = '%d:%d code-condition' % (line, source.splitlines()[line - 1].index('"is_sure"') + 1)
        names = ['part1:e1', 'part2']
        for old, new in (('bool is_sure(const ais_run *result)', 'bool is_sure(const ais_run *result, float limit)'),
                         ('bool is_sure(const ais_run *result)', 'bool is_sure(void)'),
                         ('bool is_sure(const ais_run *result)', 'float is_sure(const ais_run *result)'),
                         ('bool is_sure(', 'bool is_secure(')):
            self.assertEqual(self.split(source.replace(old, new), names, 'is_sure'), [place], new)
        start, end = source.index('static bool is_sure'), source.index('static int counter')
        moved = source[:start] + source[end:] + source[start:end]
        moved_line = moved[:moved.index('"is_sure"')].count('\n') + 1
        self.assertEqual(self.split(moved, names, 'is_sure'),
                         ['%d:%s' % (moved_line, place.split(':', 1)[1])])
        self.assertEqual(self.split(source.replace('&result, err)', 'NULL, err)'), names, 'is_sure')[0].split()[1],
                         'code-call-form')


for case, text in SOURCES.items():
    def run_case(self, text=text):
        self.check(text)
    setattr(Components, 'test_' + case, run_case)


if __name__ == '__main__':
    unittest.main()
