#!/usr/bin/python3
"""Writes a small ONNX model from lines; nothing but Python is needed.

    make_onnx.py FILE LINE ...

    in NAME SHAPE [TYPE]        an input; SHAPE as "N,3,8,8"; TYPE is float when not given
    out NAME SHAPE [TYPE]       an output
    w NAME SHAPE                float weights, made up but always the same for a name
    i NAME SHAPE V,V,...        int64 values
    OP IN,IN -> OUT [a=1 ...]   a node; attributes are integers or lists of them: kernel_shape=3,3
    opset N    ir N             13 and 8 when not given
"""
import struct
import sys
import zlib

TYPES = {'float': 1, 'uint8': 2, 'int64': 7, 'string': 8, 'bool': 9}


def varint(n):
    n &= (1 << 64) - 1
    out = b''
    while n >= 0x80:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def data(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def sizes_of(shape):
    return [s for s in shape.split(',') if s]


def value(name, shape, kind='float'):
    dims = b''.join(data(1, number(1, int(s)) if s.isdigit() else data(2, s)) for s in sizes_of(shape))
    tensor = number(1, TYPES[kind]) + data(2, dims)
    return data(1, name) + data(2, data(1, tensor))


def tensor(name, shape, kind, raw):
    dims = b''.join(number(1, int(s)) for s in sizes_of(shape))
    return dims + number(2, TYPES[kind]) + data(8, name) + data(9, raw)


def weights(name, shape):
    count = 1
    for size in sizes_of(shape):
        count *= int(size)
    seed = zlib.crc32(name.encode())
    return struct.pack('<%df' % count, *(((seed + i * 7919) % 1000) / 1000 - 0.5 for i in range(count)))


def attribute(word):
    name, _, text = word.partition('=')
    if ',' in text:
        body = b''.join(number(8, int(n)) for n in text.split(',') if n) + number(20, 7)
    else:
        body = number(3, int(text)) + number(20, 2)
    return data(5, data(1, name) + body)


def node(op, inputs, outputs, attributes):
    return (b''.join(data(1, n) for n in inputs.split(',') if inputs) + b''.join(data(2, n) for n in outputs.split(',')) +
            data(4, op) + b''.join(attribute(a) for a in attributes))


def model(lines):
    graph = data(2, 'g')
    opset, ir = 13, 8
    for line in lines:
        words = line.split()
        if not words:
            continue
        if words[0] == 'in':
            graph += data(11, value(*words[1:]))
        elif words[0] == 'out':
            graph += data(12, value(*words[1:]))
        elif words[0] == 'w':
            graph += data(5, tensor(words[1], words[2], 'float', weights(words[1], words[2])))
        elif words[0] == 'i':
            values = [int(n) for n in words[3].split(',')]
            graph += data(5, tensor(words[1], words[2], 'int64', struct.pack('<%dq' % len(values), *values)))
        elif words[0] == 'opset':
            opset = int(words[1])
        elif words[0] == 'ir':
            ir = int(words[1])
        else:
            at = words.index('->')
            graph += data(1, node(words[0], words[1] if at == 2 else '', words[at + 1], words[at + 2:]))
    return number(1, ir) + data(7, graph) + data(8, number(2, opset))


def write(path, lines):
    with open(path, 'wb') as file:
        file.write(model(lines))


if __name__ == '__main__':
    write(sys.argv[1], sys.argv[2:])
