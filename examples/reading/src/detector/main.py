"""Find the words on a picture and cut each out.

Run as: python main.py -i INPUT -o OUTPUT [-y ONNX]
INPUT is a PNG, PPM or PGM picture. Beside OUTPUT a PPM picture a word is written, in reading order:
of sign.png sign-001.ppm, sign-002.ppm ... Its comment is a JSON text: the picture that it is from,
the corners of its box there, and how sure the detector is. A picture without words gives nothing.
"""
import argparse
import json
import os

import numpy as np

from aisprint.annotations import (component_name, device_constraints, exec_time,
                                  expected_throughput, partitionable_model, security)
from aisprint.onnx_inference import load_and_inference

import boxes
import pictures

GRAIN = 32         # the network wants multiples of it
LONGEST = 960      # larger pictures are shrunk to it
# Of ImageNet, which the network was first trained on; blue first, as it was trained.
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)


def prepare(picture):
    """float32 [1,3,H,W] as the network wants it, and the factor by which the picture was shrunk."""
    factor = max(1.0, max(picture.shape[:2]) / LONGEST)
    small = picture.astype(np.float32)
    if factor > 1:
        small = pictures.resize(picture, *(max(1, round(side / factor)) for side in small.shape[:2]))
    height, width = small.shape[:2]
    small = np.pad(small, ((0, -height % GRAIN), (0, -width % GRAIN), (0, 0)), mode='edge')
    small = (small[:, :, ::-1] / np.float32(255) - MEAN) / SPREAD
    return np.ascontiguousarray(small.transpose(2, 0, 1)[None]), factor


@component_name(name='detector')
@exec_time(local_time_thr=1.5)
@expected_throughput(rate=1)
@partitionable_model(onnx_file='detector.onnx', num_partitions=2)
@device_constraints(ram=0.5)
@security(networkShield=True)
def main(args):
    picture = pictures.read(args['input'])
    x, factor = prepare(picture)
    # What the part after the model needs travels in the dictionary: it may run on another machine.
    input_dict = {'x': x, 'picture': picture, 'factor': factor,
                  'name': os.path.basename(args['input'])}

    return_dict, result = load_and_inference(args['onnx_file'], input_dict)

    picture, name = return_dict['picture'], return_dict['name']
    height, width = (round(side / return_dict['factor']) for side in picture.shape[:2])
    stem = os.path.join(os.path.dirname(args['output']), os.path.splitext(name)[0])
    found = boxes.find(result[0][0, 0, :height, :width])
    for number, (box, sure) in enumerate(found, 1):
        box = box * return_dict['factor']
        about = {'picture': name, 'box': box.round(1).tolist(), 'sure': round(sure, 4)}
        pictures.write_ppm('%s-%03d.ppm' % (stem, number), boxes.cut_out(picture, box),
                           json.dumps(about))


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Find the words on a picture and cut each out.')
    parser.add_argument('-i', '--input', required=True, help='picture to read')
    parser.add_argument('-o', '--output', required=True, help='the words are written beside it')
    parser.add_argument('-y', '--onnx_file', default='onnx/detector.onnx', help='model file')
    args = vars(parser.parse_args())

    main(args)
