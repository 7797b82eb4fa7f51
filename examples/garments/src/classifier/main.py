"""Name the garment on one image.

Run as: python main.py -i INPUT -o OUTPUT [-y ONNX]
INPUT is a binary PGM image of 28x28 pixels. OUTPUT is a JSON text: the item's name, the label, its
number in Fashion-MNIST, how sure the model is, and the probability of every garment.
"""
import argparse
import json
import os
import re

import numpy as np

from aisprint.annotations import (component_name, detect_metric_drift, device_constraints,
                                  exec_time, model_performance, partitionable_model, security)
from aisprint.onnx_inference import load_and_inference

SIDE = 28
BLANK = rb'(?:\s|#[^\n]*\n)+'  # comments may stand between the numbers
HEADER = re.compile(rb'P5' + 3 * (BLANK + rb'(\d{1,5})') + rb'\s')
# Number in Fashion-MNIST and label, in the order of the model's outputs. Number 8, Bag, is missing:
# bags are what the filter drops.
GARMENTS = ((0, 'T-shirt/top'), (1, 'Trouser'), (2, 'Pullover'), (3, 'Dress'), (4, 'Coat'),
            (5, 'Sandal'), (6, 'Shirt'), (7, 'Sneaker'), (9, 'Ankle boot'))


def read_pgm(path):
    """The image as float32 [1,1,28,28], 0 = black, 1 = white."""
    with open(path, 'rb') as file:
        data = file.read()
    header = HEADER.match(data)
    if not header:
        raise ValueError('%s: not a binary PGM image' % path)
    width, height, white = (int(number) for number in header.groups())
    if (width, height) != (SIDE, SIDE) or not 0 < white < 256:
        raise ValueError('%s: image of %dx%d pixels up to %d (must be %dx%d up to 1..255)'
                         % (path, width, height, white, SIDE, SIDE))
    if len(data) < header.end() + SIDE * SIDE:
        raise ValueError('%s: image ends early' % path)
    pixels = np.frombuffer(data, np.uint8, SIDE * SIDE, header.end())
    return pixels.reshape(1, 1, SIDE, SIDE) / np.float32(white)


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
    input_dict = {'image': read_pgm(args['input']), 'item': os.path.basename(args['input'])}

    return_dict, result = load_and_inference(args['onnx_file'], input_dict)

    probabilities = result[0][0]
    best = int(probabilities.argmax())
    number, label = GARMENTS[best]
    each = {name: round(float(p), 6) for (_, name), p in zip(GARMENTS, probabilities)}
    answer = {'item': return_dict['item'], 'label': label, 'class': number,
              'confidence': each[label], 'probabilities': each}
    with open(args['output'], 'w', encoding='utf-8') as file:
        json.dump(answer, file)
        file.write('\n')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Name the garment on one image.')
    parser.add_argument('-i', '--input', required=True, help='image to read')
    parser.add_argument('-o', '--output', required=True, help='JSON text to write')
    parser.add_argument('-y', '--onnx_file', default='onnx/classifier.onnx', help='model file')
    args = vars(parser.parse_args())

    main(args)
