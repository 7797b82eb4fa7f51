import numpy as np
from aisprint.onnx_inference import load_and_inference


def save(args, array):
    with open(args['output'], 'w') as file:
        file.write(repr(array if isinstance(array, list) else np.asarray(array).tolist()))


def main(args):
    x = np.load(args['input'])
    input_dict = {'x': x, 'n': args.get('factor', 3)}
    return_dict, result = load_and_inference(args['onnx_file'], input_dict)
    save(args, return_dict['y'] * return_dict['n'])


def options():
    import argparse
    parser = argparse.ArgumentParser()
    for name in ('input', 'output'):
        parser.add_argument('--' + name, '-' + name[0])
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    return vars(parser.parse_args())


if __name__ == '__main__':
    args = options()
    args['factor'] = 2
    main(args)
