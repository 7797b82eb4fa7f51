import numpy as np
from aisprint.onnx_inference import load_and_inference


def main(args):
    """What it does.

  Lines less deep.
    """
    return_dict, result = load_and_inference(args['onnx_file'], {'x': np.load(args['input'])})
    text = """
 less deep, and
	a tab
"""
    with open(args['output'], 'w') as file:
        file.write(text + repr(result[0].tolist()))


if __name__ == '__main__':
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    parser.add_argument('-f', '--factor', type=float, default=2.5)
    main(vars(parser.parse_args()))
