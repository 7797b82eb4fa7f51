import numpy as np
from aisprint.onnx_inference import load_and_inference


def save(args, array):
    with open(args['output'], 'w') as file:
        file.write(repr(array if isinstance(array, list) else np.asarray(array).tolist()))


def main(args):
    x = np.load(args['input'])
    input_dict = {'x': x, 'n': args.get('factor', 3)}
    with np.errstate(all='ignore'):
        a = 2
        with np.errstate(all='raise'):
            b = 3
            return_dict, result = load_and_inference(args['onnx_file'], input_dict)
            c = a * b
        d = c + a
    save(args, result[0] * d)


if __name__ == '__main__':
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    parser.add_argument('-f', '--factor', type=float, default=2.5)
    main(vars(parser.parse_args()))
