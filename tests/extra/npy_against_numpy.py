"""Our .npy files against numpy's, both ways: every type, byte order, memory order, version and rank.

Run: /usr/bin/python3 npy_against_numpy.py. The driver is built from npy_driver.c in $AISPRINT_BUILD.
"""
import io
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print('numpy is not installed: nothing was compared')
    sys.exit(77)

DRIVER = Path(os.environ['AISPRINT_BUILD']) / 'tests/unit/npy_driver'
TYPES = 'f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1'.split()
SHAPES = [(), (0,), (1,), (5,), (2, 3), (3, 1, 2), (2, 0, 4), (2, 3, 4, 2), (1,) * 16]


def random_array(rng, code, shape):
    dtype = np.dtype(code)
    if dtype.kind == 'f':
        values = rng.normal(0, 100, shape)
        special = rng.random(shape)
        values = np.where(special < 0.05, np.inf, np.where(special < 0.1, 1e-7, values))
        return np.asarray(values).astype(dtype)
    if dtype.kind == 'b':
        return np.asarray(rng.integers(0, 2, shape)).astype(dtype)
    limits = np.iinfo(dtype)
    return np.asarray(rng.integers(limits.min, limits.max, shape, dtype=dtype.newbyteorder('='),
                                   endpoint=True)).astype(dtype)


def file_of(array, version):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version)
    return buffer.getvalue()


def ask(scratch, data):
    (scratch / 'in.npy').write_bytes(data)
    done = subprocess.run([DRIVER, scratch / 'in.npy', scratch / 'out.npy'], stdout=subprocess.PIPE, text=True)
    return done.returncode, done.stdout.splitlines()


def compare(scratch, array, version):
    data = file_of(array, version)
    status, lines = ask(scratch, data)
    if status != 0:
        return 'refused: %s' % lines
    plain = np.ascontiguousarray(array).reshape(array.shape).astype(array.dtype.newbyteorder('='))
    if lines[0] != ' '.join([array.dtype.name] + [str(size) for size in array.shape]):
        return 'header %s' % lines[0]
    for line, value in zip(lines[1:], plain.ravel().tolist()):
        number, byte = line.split()
        if not (float(number) == float(value) or value != value and 'nan' in number):
            return '%s is read as %s' % (value, number)
        stored = data[int(byte):int(byte) + array.dtype.itemsize]
        if np.frombuffer(stored, array.dtype)[0] != value:
            return 'byte %s does not hold %s' % (byte, value)
    if len(lines) - 1 != array.size:
        return '%d elements' % (len(lines) - 1)
    written = (scratch / 'out.npy').read_bytes()
    back = np.load(io.BytesIO(written), allow_pickle=False)
    if back.dtype != plain.dtype or back.shape != plain.shape or back.tobytes() != plain.tobytes():
        return 'numpy reads another array back'
    if written != file_of(plain, (1, 0)):
        return 'the bytes are not those of numpy'
    return None


def main():
    rng, count, failed = np.random.default_rng(int(os.environ.get('AISPRINT_SEED', '1'))), 0, 0
    orders, versions = ('<', '>'), ((1, 0), (2, 0), (3, 0))
    with tempfile.TemporaryDirectory() as folder:
        for code, shape, order, fortran in itertools.product(TYPES, SHAPES, orders, (False, True)):
            array = random_array(rng, order + code, shape)
            array = np.asfortranarray(array) if fortran else array
            fault = compare(Path(folder), array, versions[count % 3])
            count += 1
            if fault:
                failed += 1
                print('not ok %s%s %s %s: %s' % (order, code, shape, 'F' if fortran else 'C', fault))
        for dtype in ('O', 'c8', 'S3', 'U3', 'M8[s]', [('a', 'i4')], 'f16'):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.zeros(2, dtype))
            count += 1
            if ask(Path(folder), buffer.getvalue())[0] != 1:
                failed += 1
                print('not ok: %s is not refused' % (dtype,))
    print('%s: %d arrays, %d differ' % ('not ok' if failed else 'ok', count, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
