"""Name the garment on one image.

Run as: python main.py -i INPUT -o OUTPUT [-y ONNX]
INPUT is a binary PGM image of 28x28 pixels. OUTPUT is a JSON text: the item's name, the label, its
number in Fashion-MNIST, how sure the model is, and the probability of every garment.
"""
import argparse
import os

from aisprint.annotations import (component_name, detect_metric_drift, device_constraints,
                                  exec_time, model_performance, partitionable_model, security)
from aisprint.onnx_inference import load_and_inference

import garments


@component_name(name='classifier')
@exec_time(local_time_thr=0.1, global_time_thr=0.5, prev_components=['filter'])
@partitionable_model(onnx_file='classifier.onnx', num_partitions=2)
@device_constraints(ram=0.5)
@model_performance(metric='average_f1', metric_thr=0.85)
@detect_metric_drift(metric='confidence', field='value', statistical_test='kolmogorov-smirnov',
                     test_threshold=0.05, detection_interval=0.5, monitoring_period=1,
                     data_collection_period=2)
@security(networkShield=True)
def main(args):
    # What the part after the model needs travels in the dictionary: it may run on another machine.
    input_dict = {'image': garments.read_pgm(args['input']),
                  'item': os.path.basename(args['input'])}

    return_dict, result = load_and_inference(args['onnx_file'], input_dict)

    garments.write_answer(args['output'], return_dict['item'], result[0][0])


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Name the garment on one image.')
    parser.add_argument('-i', '--input', required=True, help='image to read')
    parser.add_argument('-o', '--output', required=True, help='JSON text to write')
    parser.add_argument('-y', '--onnx_file', default='onnx/classifier.onnx', help='model file')
    args = vars(parser.parse_args())

    main(args)
