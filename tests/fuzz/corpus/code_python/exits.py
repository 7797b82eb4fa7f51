import numpy as np
from aisprint.onnx_inference import load_and_inference


def is_sure(result):
    return result[0][0, 0] > 0


def main(args):
    x = np.load(args['input'])
    return_dict, result = load_and_inference(args['onnx_file'], {'x': x, 'n': 3})
    with open(args['output'], 'w') as file:
        file.write(repr([[array.tolist() for array in result], x.tolist(), return_dict['n']]))
