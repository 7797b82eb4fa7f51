"""Write ONNX files with nothing but the standard library: as much of protobuf as a model needs.

Field numbers: onnx/onnx.proto of ONNX 1.12; wire format: protobuf.dev, "Encoding". Only float32
weights and the attribute kinds that Conv, MaxPool, Flatten, Gemm and Softmax have.
"""
import struct

IR_VERSION = 7
OPSET = 13
FLOAT = 1
ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_INTS = 1, 2, 7


def _varint(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    out.append(value)
    return bytes(out)


def _int(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    if isinstance(value, str):
        value = value.encode()
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _attribute(name, value):
    if isinstance(value, float):
        body = _varint(2 << 3 | 5) + struct.pack("<f", value) + _int(20, ATTRIBUTE_FLOAT)
    elif isinstance(value, int):
        body = _int(3, value) + _int(20, ATTRIBUTE_INT)
    else:
        body = b"".join(_int(8, item) for item in value) + _int(20, ATTRIBUTE_INTS)
    return _bytes(1, name) + body


def _value_info(name, shape):
    """A float tensor; a string in the shape names a size that is left open."""
    dims = b"".join(_bytes(1, _bytes(2, size) if isinstance(size, str) else _int(1, size))
                    for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _int(1, FLOAT) + _bytes(2, dims)))


class Graph:
    """A model in the making. Nodes in the order of execution."""

    def __init__(self, name):
        self.name, self.nodes, self.weights, self.inputs, self.outputs = name, [], [], [], []

    def input(self, name, shape):
        self.inputs.append(_value_info(name, shape))
        return name

    def output(self, name, shape):
        self.outputs.append(_value_info(name, shape))

    def weight(self, name, array):
        dims = b"".join(_int(1, size) for size in array.shape)
        raw = array.astype("<f4").tobytes()
        self.weights.append(dims + _int(2, FLOAT) + _bytes(8, name) + _bytes(9, raw))
        return name

    def node(self, kind, inputs, output, **attributes):
        """One node; its name is that of its output. Returns the output's name."""
        self.nodes.append(b"".join(_bytes(1, name) for name in inputs) + _bytes(2, output) +
                          _bytes(3, output) + _bytes(4, kind) +
                          b"".join(_bytes(5, _attribute(*item)) for item in attributes.items()))
        return output

    def to_bytes(self):
        graph = (b"".join(_bytes(1, node) for node in self.nodes) + _bytes(2, self.name) +
                 b"".join(_bytes(5, weight) for weight in self.weights) +
                 b"".join(_bytes(11, value) for value in self.inputs) +
                 b"".join(_bytes(12, value) for value in self.outputs))
        return (_int(1, IR_VERSION) + _bytes(2, "aisprint garments") + _bytes(7, graph) +
                _bytes(8, _bytes(1, "") + _int(2, OPSET)))
