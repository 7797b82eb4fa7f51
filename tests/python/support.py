"""What the tests of the Python package share: tiny ONNX models made by hand, a worker to talk to."""
import os
import socket
import subprocess
import sys
import tempfile
import unittest

FLOAT, UINT8, INT64, BOOL, FLOAT16, DOUBLE = 1, 2, 7, 9, 10, 11


def _varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, data):
    data = data.encode() if isinstance(data, str) else data
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _value(name, kind, shape):
    sizes = b''.join(_bytes(1, _bytes(2, size) if isinstance(size, str) else _number(1, size))
                     for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sizes)))


def model(nodes, inputs, outputs):
    """A model as bytes: nodes are (operator, [inputs], [outputs]), values are (name, type, shape)."""
    graph = b''.join(
        _bytes(1, b''.join(_bytes(1, name) for name in ins) + b''.join(_bytes(2, name) for name in outs)
               + _bytes(4, operator)) for operator, ins, outs in nodes)
    graph += _bytes(2, 'g')
    graph += b''.join(_bytes(11, _value(*value)) for value in inputs)
    graph += b''.join(_bytes(12, _value(*value)) for value in outputs)
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _bytes(1, '') + _number(2, 13))


def unary(operator='Neg', kind=FLOAT, shape=('N', 2)):
    return model([(operator, ['x'], ['y'])], [('x', kind, shape)], [('y', kind, shape)])


class TemporaryFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='aisprint-python-')
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        path = self.path(name)
        with open(path, 'wb') as file:
            file.write(data.encode() if isinstance(data, str) else data)
        return path


def need_onnxruntime():
    """Skip, with the library's own words, where models cannot be run."""
    from aisprint import _native
    with tempfile.NamedTemporaryFile(suffix='.onnx') as file:
        file.write(unary())
        file.flush()
        try:
            _native.open_session(file.name)
        except ImportError as error:
            raise unittest.SkipTest(str(error))


class Worker:
    """A warm worker of the component in `folder`."""

    COMMAND = [sys.executable, '-m', 'aisprint.worker']

    def __init__(self, folder, *words, **environment):
        self.rest = b''
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(60)
        env = dict(os.environ, AISPRINT_WORKER_FD=str(theirs.fileno()), **environment)
        self.process = subprocess.Popen(self.COMMAND + list(words or ['main.py']), cwd=folder,
                                        env=env, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        theirs.close()
        self.first = self.receive()

    def receive(self):
        data = self.rest
        while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], 'little'):
            more = self.socket.recv(65536)
            if not more:
                return None
            data += more
        end = 4 + int.from_bytes(data[:4], 'little')
        data, self.rest = data[:end], data[end:]
        texts = data[4:].split(b'\0')
        return {key.decode(): value.decode() for key, value in zip(texts[0:-1:2], texts[1:-1:2])}

    def send_raw(self, data):
        self.socket.sendall(data)

    def send(self, **request):
        payload = b''.join(os.fsencode(text) + b'\0' for pair in request.items() for text in pair)
        self.send_raw(len(payload).to_bytes(4, 'little') + payload)

    def run(self, input, output, **request):
        self.send(input=input, output=output, **request)
        return self.receive()

    def end(self):
        """Close the stream; returns exit status, standard output and standard error."""
        self.socket.close()
        output, error = self.process.communicate(timeout=60)
        return self.process.returncode, output.decode(), error.decode()
