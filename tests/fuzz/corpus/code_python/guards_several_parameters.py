import numpy as np
from aisprint.onnx_inference import load_and_inference


def main(source, target, net='onnx/net.onnx', factor=1):
    return_dict, result = load_and_inference(net, {'x': np.load(source)})
    with open(target, 'w') as file:
        file.write(repr((result[0] * factor).tolist()))


if __name__ == '__main__':
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    parser.add_argument('-f', '--factor', type=float, default=2.5)
    args = parser.parse_args()
    main(args.input, args.output, net=args.onnx_file, factor=args.factor)
