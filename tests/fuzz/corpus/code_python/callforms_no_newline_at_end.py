import numpy as np
from aisprint.onnx_inference import load_and_inference


def save(args, array):
    with open(args['output'], 'w') as file:
        file.write(repr(array if isinstance(array, list) else np.asarray(array).tolist()))


def main(args):
    x = np.load(args['input'])
    input_dict = {'x': x, 'n': args.get('factor', 3)}
    save(args, load_and_inference(args['onnx_file'], input_dict)[1][0])