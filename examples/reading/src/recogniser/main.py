"""Read the word on a small picture.

Run as: python main.py -i INPUT -o OUTPUT [-y ONNX]
INPUT is a picture of one word, such as the detector cuts out. OUTPUT is a JSON text: the word, how
sure the model is, and what the picture's comment says of where it is from. Nothing is written where
nothing can be read.
"""
import argparse
import json
import os

import numpy as np

from aisprint.annotations import (component_name, detect_metric_drift, device_constraints,
                                  exec_time, partitionable_model, security)
from aisprint.onnx_inference import load_and_inference

import pictures

HEIGHT = 48       # the network's own
NARROWEST = 48
WIDEST = 2400     # some 100 letters
DICTIONARY = 'ppocr_keys_v1.txt'
letters = []      # read with the first word and kept


def prepare(picture):
    """float32 [1,3,48,W] as the network wants it: blue first, -1 to 1."""
    height, width = picture.shape[:2]
    width = min(WIDEST, max(1, round(width * HEIGHT / height)))
    word = pictures.resize(picture, HEIGHT, width)[:, :, ::-1] / np.float32(127.5) - 1
    x = np.zeros((1, 3, HEIGHT, max(NARROWEST, width)), np.float32)
    x[0, :, :, :width] = word.transpose(2, 0, 1)
    return x


def read_letters():
    """What the model's outputs stand for: nothing, each line of the dictionary, the blank."""
    if not letters:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), DICTIONARY)
        with open(path, encoding='utf-8') as file:
            letters.extend(['', *file.read().split('\n'), ' '])
        if letters[-2] == '':
            del letters[-2]
    return letters


def spell(probabilities):
    """The best letter at each step; what repeats without a break is one. [steps,letters]
    Source: Graves et al., Connectionist Temporal Classification (2006), best path decoding."""
    names = read_letters()
    if probabilities.shape[1] != len(names):
        raise ValueError('the model knows %d letters, %s %d'
                         % (probabilities.shape[1], DICTIONARY, len(names)))
    best = probabilities.argmax(axis=1)
    kept = (best != 0) & (best != np.concatenate([[-1], best[:-1]]))
    sure = float(probabilities.max(axis=1)[kept].mean()) if kept.any() else 0.0
    return ''.join(names[i] for i in best[kept]).strip(), sure


@component_name(name='recogniser')
@exec_time(local_time_thr=0.5, global_time_thr=2, prev_components=['detector'])
@partitionable_model(onnx_file='recogniser.onnx', num_partitions=2)
@device_constraints(ram=1)
@detect_metric_drift(metric='confidence', field='value', statistical_test='kolmogorov-smirnov',
                     test_threshold=0.05, detection_interval=0.5, monitoring_period=1,
                     data_collection_period=2)
@security(networkShield=True)
def main(args):
    # What the part after the model needs travels in the dictionary: it may run on another machine.
    input_dict = {'x': prepare(pictures.read(args['input'])),
                  'about': json.loads(pictures.comment(args['input']) or '{}')}

    return_dict, result = load_and_inference(args['onnx_file'], input_dict)

    word, sure = spell(result[0][0])
    if not word:  # what the detector took for one was none: dropped
        return
    answer = {'label': word, 'confidence': round(sure, 6), **return_dict['about']}
    with open(args['output'], 'w', encoding='utf-8') as file:
        json.dump(answer, file, ensure_ascii=False)
        file.write('\n')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Read the word on a small picture.')
    parser.add_argument('-i', '--input', required=True, help='picture of a word')
    parser.add_argument('-o', '--output', required=True, help='JSON text to write')
    parser.add_argument('-y', '--onnx_file', default='onnx/recogniser.onnx', help='model file')
    args = vars(parser.parse_args())

    main(args)
