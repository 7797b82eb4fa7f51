import numpy as np
from aisprint.onnx_inference import load_and_inference


def save(args, array):
    with open(args['output'], 'w') as file:
        file.write(repr(array if isinstance(array, list) else np.asarray(array).tolist()))


def main(args):
    x = np.load(args['input'])
    input_dict = {'x': x, 'n': args.get('factor', 3)}
    parts = [{'x': x}, (x * 2, None)]
    return_dict, result = load_and_inference(args['onnx_file'], inpgt_dict)
    save(args, result[0] + paue)
    parser.add_argument('-y', '--onnx_file', default='onnx/net.onnx')
    parser.add_argument('-f', '--factor', type=float, default=2.5)
    main(vars(parser.parse_args()))
