import numpy as np
from aisprint.onnx_inference import load_and_inference


def save(args, array):
    with open(args['output'], 'w') as file:
        file.write(repr(array if isinstance(array, list) else np.asarray(array).tolist()))


def main(args):
    x = np.load(args['input'])
    input_dict = {'x': x, 'n': args.get('factor', 3)}
    save(args, load_and_inference(args['onnx_file'], input_dict)[1][0].sum(axis=0))


if __name__ == '__main__':
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    parser.add_argument('-f', '--factor', type=float, default=2.5)
    main(vars(parser.parse_args()))
