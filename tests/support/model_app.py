#!/usr/bin/python3
"""Makes an application of two components, look and net; net runs a small model that may be cut or left early.

    model_app.py DIR [cuts=N] [segments=K] [exits=E] [heads=H] [no-csv] [c] [model=LINE;LINE;...]

cuts=N      @partitionable_model(num_partitions=N); without exits=E this is what is made (N = 1)
segments=K  entries component2_partitionX_1 ... _K in candidate_deployments.yaml (default: as many as needed)
exits=E     @early_exits_model with E exits, each of H tensors (default 1), going on with 0.5, 0.25, ...
no-csv      no onnx/early_exits.csv: the exits are to be guessed
c           net is in C (with cuts only)
model=...   another model than the default one, as make_onnx.py takes it
Needs aisprint on PATH.
"""
import subprocess
import sys
from pathlib import Path

import make_onnx

WIDTHS = [8, 16, 4, 12, 6, 3]

ENTRY = '''  %s:
    name: %s
    candidateExecutionLayers: [1]
    Containers:
      container1:
        image: null
        memorySize: 512
        computingUnits: 0.9
        trustedExecution: false
        networkProtection: false
        fileSystemProtection: false
        GPURequirement: false
        candidateExecutionResources: [edge-node]
'''

SOURCE = '''"""Reads eight numbers (look writes more behind them), runs them through net.onnx, writes what comes out."""
import argparse

import numpy as np
from aisprint.annotations import component_name, %(import)s
from aisprint.onnx_inference import load_and_inference


def is_sure(result):
    return bool(result[0][0, 1] < -0.15)


@component_name(name='net')
@%(annotation)s
def main(args):
    with open(args['input']) as f:
        x = np.array(f.read().split()[:8], np.float32).reshape(1, 8)
    returned, result = load_and_inference(args['onnx_file'], {'x': x})
    np.savetxt(args['output'], result[0], fmt='%%.4f')


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    main(vars(parser.parse_args()))
'''

C_SOURCE = '''/* Reads eight numbers, runs them through net.onnx, writes what comes out. */
#include <stdio.h>

#include "aisprint/annotations.h"
#include "aisprint/component.h"
#include "aisprint/inference.h"

static int read_numbers(const char *path, float *numbers, ais_error **err)
{
    FILE *file = fopen(path, "r");
    int count = 0;
    if (file == NULL)
        return ais_error_set(err, AIS_E_IO, "'%%s' cannot be opened", path);
    while (count < 8 && fscanf(file, "%%f", &numbers[count]) == 1)
        count++;
    fclose(file);
    return count == 8 ? 0 : ais_error_set(err, AIS_E_INPUT, "there are %%d numbers", count);
}

static int write_numbers(const char *path, const ais_run *result, ais_error **err)
{
    const ais_tensor *tensor = ais_run_get_output(result, 0);
    const float *numbers = tensor->data;
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return ais_error_set(err, AIS_E_IO, "'%%s' cannot be made", path);
    for (size_t i = 0; i < tensor->bytes / sizeof *numbers; i++)
        fprintf(file, "%%.4f\\n", numbers[i]);
    return fclose(file) == 0 ? 0 : ais_error_set(err, AIS_E_IO, "'%%s' cannot be written", path);
}

AIS_COMPONENT_NAME(name = "net");
AIS_PARTITIONABLE_MODEL(onnx_file = "net.onnx", num_partitions = %s);
int process(const ais_component_call *call, ais_error **err)
{
    float x[8];
    if (read_numbers(call->input, x, err) < 0)
        return -1;
    const ais_tensor tensor = {
        .name = "x", .type = AIS_FLOAT32, .rank = 2, .shape = {1, 8}, .data = x, .bytes = sizeof x};
    ais_bundle *input = ais_bundle_new(), *returned = NULL;
    ais_run *result = NULL;
    int status = ais_bundle_add(input, &tensor, err);
    if (status == 0)
        status = ais_load_and_inference(call->onnx_file, input, NULL, &returned, &result, err);
    if (status == 0)
        status = write_numbers(call->output, result, err);
    ais_run_free(result);
    ais_bundle_free(returned);
    ais_bundle_free(input);
    return status;
}
'''


def chain(exits=0, heads=1):
    """x -> layer -> layer -> ... -> y, with an exit of some heads behind each of the first layers."""
    lines, outputs, name = ['in x 1,8'], [], 'x'
    for i in range(len(WIDTHS) - 1):
        lines += ['w w%d %d,%d' % (i, WIDTHS[i], WIDTHS[i + 1]), 'MatMul %s,w%d -> m%d' % (name, i, i)]
        last = i == len(WIDTHS) - 2
        name = 'y' if last else 'r%d' % i
        lines.append('%s m%d -> %s' % ('Softmax' if last else 'Relu', i, name))
        for h in range(heads if i < exits else 0):
            lines += ['w e%d_%d %d,3' % (i, h, WIDTHS[i + 1]), 'MatMul %s,e%d_%d -> exit%d_%d' % (name, i, h, i + 1, h)]
            outputs.append('exit%d_%d' % (i + 1, h))
    return lines + ['out %s 1,3' % n for n in outputs + ['y']]


def table(exits, heads):
    rows = ['exits,input_nodes,output_nodes']
    for i in range(exits):
        names = ', '.join("'exit%d_%d'" % (i + 1, h) for h in range(heads))
        rows.append('exit%d,[\'r%d\'],%s' % (i + 1, i, '"[%s]"' % names if heads > 1 else '[%s]' % names))
    return '\n'.join(rows) + '\n'


def write_python(net, annotation):
    (net / 'main.py').write_text(SOURCE % {'import': annotation.split('(')[0], 'annotation': annotation})


def main(folder, words):
    given = dict(w.split('=', 1) if '=' in w else (w, '') for w in words)
    app = Path(folder)
    exits, heads = int(given.get('exits', 0)), int(given.get('heads', 1))
    language = ['--lang', 'c'] if 'c' in given else []
    subprocess.run(['aisprint', 'new', str(app), '--components', 'look,net', '--quiet'] + language, check=True)
    net = app / 'src/net'
    (net / 'onnx').mkdir()
    lines = given['model'].split(';') if 'model' in given else chain(exits, heads)
    make_onnx.write(net / 'onnx/net.onnx', lines)
    (net / 'labels.txt').write_text('one\ntwo\nthree\n')
    if 'exits' in given:
        annotation = "early_exits_model(onnx_file='net.onnx', condition_function='is_sure', transition_probabilities=%s)" % (
            [0.5 ** (i + 1) for i in range(exits)])
        if 'no-csv' not in given:
            (net / 'onnx/early_exits.csv').write_text(table(exits, heads))
    else:
        annotation = "partitionable_model(onnx_file='net.onnx', num_partitions=%s)" % given.get('cuts', 1)
    if 'c' in given:
        (net / 'net.c').write_text(C_SOURCE % given.get('cuts', 1))
    else:
        write_python(net, annotation)
    segments = int(given.get('segments', exits + 1 if 'exits' in given else 2))
    with open(app / 'common_config/candidate_deployments.yaml', 'a', encoding='utf-8') as f:
        for k in range(segments):
            f.write(ENTRY % ('component2_partitionX_%d' % (k + 1), 'net_partitionX_%d' % (k + 1)))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
