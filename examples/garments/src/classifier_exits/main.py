"""Name the garment on one image, with a network that is left as soon as it is certain.

Run as: python main.py -i INPUT -o OUTPUT [-y ONNX]
INPUT and OUTPUT are those of the classifier, whose alternative this is: smaller, cheaper, and a
little less often right.
"""
import argparse
import os

import numpy as np

from aisprint.annotations import (component_name, detect_metric_drift, device_constraints,
                                  early_exits_model, exec_time, security)
from aisprint.onnx_inference import load_and_inference

import garments

CERTAIN = 0.5  # nats; nine garments equally probable have 2.2


def is_certain(result):
    """May the item leave at this exit? `result` begins with the probabilities of the exit's head.
    Certain is low entropy: what is left to be learnt from the layers that follow."""
    probabilities = result[0][0]
    entropy = -(probabilities * np.log(np.maximum(probabilities, 1e-12))).sum()
    return bool(entropy < CERTAIN)


@component_name(name='classifier_exits')
@exec_time(local_time_thr=0.1, global_time_thr=0.5, prev_components=['filter'])
@early_exits_model(onnx_file='classifier_exits.onnx', condition_function='is_certain',
                   transition_probabilities=[0.2283, 0.7336])
@device_constraints(ram=0.5)
@detect_metric_drift(metric='confidence', field='value', statistical_test='kolmogorov-smirnov',
                     test_threshold=0.05, detection_interval=0.5, monitoring_period=1,
                     data_collection_period=2)
@security(networkShield=True)
def main(args):
    # What the part after the model needs travels in the dictionary: it may run on another machine.
    input_dict = {'image': garments.read_pgm(args['input']),
                  'item': os.path.basename(args['input'])}

    return_dict, result = load_and_inference(args['onnx_file'], input_dict)

    # The whole network has run: its first certain head decides, as it does where the network is
    # split at its exits and `result` is one head only.
    head = next((head for head in result if is_certain([head])), result[-1])
    garments.write_answer(args['output'], return_dict['item'], head[0])


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Name the garment on one image.')
    parser.add_argument('-i', '--input', required=True, help='image to read')
    parser.add_argument('-o', '--output', required=True, help='JSON text to write')
    parser.add_argument('-y', '--onnx_file', default='onnx/classifier_exits.onnx',
                        help='model file')
    args = vars(parser.parse_args())

    main(args)
