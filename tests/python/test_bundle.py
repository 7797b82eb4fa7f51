"""Bundles: what is written is read, without copies, and nothing else is taken for one."""
import json
import os
import struct
import unittest

import numpy as np

from support import TemporaryFolder

from aisprint import bundle


class Bundles(TemporaryFolder):
    def round(self, values):
        path = self.path('b')
        bundle.write(path, values)
        return bundle.read(path)

    def test_arrays_of_every_type_come_back(self):
        for dtype in ('bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32',
                      'uint64', 'float16', 'float32', 'float64'):
            for shape in ((), (3,), (2, 3), (0, 4), (1, 1, 1, 5)):
                with self.subTest(dtype=dtype, shape=shape):
                    given = (np.arange(np.prod(shape, dtype=int)) % 2).reshape(shape).astype(dtype)
                    got = self.round({'a': given})['a']
                    self.assertEqual((got.dtype, got.shape), (given.dtype, shape))
                    self.assertTrue((got == given).all())

    def test_values_come_back(self):
        values = {'t': 'text é\n', 'i': 3, 'f': 0.1, 'n': None, 'b': True, 'empty': '',
                  'l': [1, [2, 'x']], 'd': {'k': {'k': []}}, 'nul': 'a\0b', 'quote"': '"\\'}
        self.assertEqual(self.round(values), values)
        self.assertEqual(self.round({}), {})
        self.assertEqual(self.round({'t': (1, 2)}), {'t': [1, 2]})

    def test_arrays_and_values_together(self):
        got = self.round({'image': np.ones((4, 4, 3), np.uint8), 'threshold': 0.7, 'k': np.float32(2)})
        self.assertEqual(got['threshold'], 0.7)
        self.assertEqual(got['image'].shape, (4, 4, 3))
        self.assertEqual((got['k'].shape, float(got['k'])), ((), 2.0))

    def test_arrays_of_any_layout_are_written(self):
        whole = np.arange(12, dtype=np.float32).reshape(3, 4)
        got = self.round({'t': whole.T, 's': whole[::2, ::-1], 'b': whole.astype('>f4'),
                          'f': np.asfortranarray(whole)})
        self.assertTrue((got['t'] == whole.T).all())
        self.assertTrue((got['s'] == whole[::2, ::-1]).all())
        self.assertTrue((got['b'] == whole).all() and got['b'].dtype == np.float32)
        self.assertTrue((got['f'] == whole).all())

    def test_arrays_are_read_only_views_of_the_file(self):
        got = self.round({'a': np.arange(1000, dtype=np.float64), 'b': np.ones(3, np.uint8)})
        self.assertFalse(got['a'].flags.writeable)
        self.assertTrue(got['a'].flags.aligned)
        self.assertFalse(got['a'].flags.owndata)
        with open('/proc/self/maps') as file:
            ranges = [[int(end, 16) for end in line.split()[0].split('-')]
                      for line in file if line.rstrip().endswith(self.path('b'))]
        self.assertTrue(any(low <= got['a'].ctypes.data < high for low, high in ranges))

    def test_views_outlive_the_file(self):
        got = self.round({'a': np.arange(100000, dtype=np.int64)})['a']
        os.remove(self.path('b'))
        self.assertEqual(int(got.sum()), 4999950000)

    def test_the_format_is_safetensors(self):
        self.round({'x': np.array([1, 2], np.float32), 'n': 3})
        with open(self.path('b'), 'rb') as file:
            data = file.read()
        length, = struct.unpack('<Q', data[:8])
        header = json.loads(data[8:8 + length])
        self.assertEqual(header['__metadata__'], {'n': '3'})
        self.assertEqual((header['x']['dtype'], header['x']['shape']), ('F32', [2]))
        begin, end = header['x']['data_offsets']
        self.assertEqual(data[8 + length + begin:8 + length + end], struct.pack('<2f', 1, 2))

    def test_files_of_other_programs_are_read(self):
        header = json.dumps({'__metadata__': {'format': 'pt', 'n': '3'},
                             'w': {'dtype': 'I16', 'shape': [2], 'data_offsets': [0, 4]}}).encode()
        path = self.write('other', struct.pack('<Q', len(header)) + header + struct.pack('<2h', 5, -6))
        got = bundle.read(path)
        self.assertEqual((got['format'], got['n'], list(got['w'])), ('pt', 3, [5, -6]))

    def test_what_a_bundle_cannot_hold_is_refused_and_the_old_file_stays(self):
        self.round({'a': 1})
        for name, value, text in (('o', object(), "'o' can be no part"), ('n', float('nan'), "'n' can"),
                                  ('c', np.ones(2, complex), "'c' is an array of complex128"),
                                  ('s', np.array(['x']), 'array of <U1'), ('b', b'bytes', "'b' can"),
                                  ('l', np.ones(2, np.longdouble), "'l' is an"),
                                  ('t', np.array(['2020'], 'M8[D]'), "'t' is an array"),
                                  (3, 1, 'the name 3'), ('a\0', 1, 'the name')):
            with self.subTest(text):
                with self.assertRaises(TypeError) as caught:
                    bundle.write(self.path('b'), {name: value})
                self.assertIn(text, str(caught.exception))
                self.assertEqual(bundle.read(self.path('b')), {'a': 1})
        with self.assertRaises(ValueError):
            bundle.write(self.path('b'), {'__metadata__': np.ones(1)})
        self.assertEqual(os.listdir(self.folder), ['b'])

    def test_what_is_no_bundle_is_refused(self):
        for name, data in (('empty', b''), ('short', b'\x08\0\0'), ('text', b'hello, world, and more'),
                           ('huge', struct.pack('<Q', 1 << 60) + b'{}'),
                           ('pickle', b'\x80\x04\x95' + b'\0' * 40),
                           ('lie', struct.pack('<Q', 62) + json.dumps({'w': {
                               'dtype': 'F32', 'shape': [99], 'data_offsets': [0, 396]}}).encode())):
            with self.subTest(name):
                with self.assertRaises(ValueError) as caught:
                    bundle.read(self.write(name, data))
                self.assertIn(name, str(caught.exception))

    def test_files_that_cannot_be_opened_are_told_apart(self):
        with self.assertRaises(FileNotFoundError):
            bundle.read(self.path('missing'))
        with self.assertRaises(OSError):
            bundle.read(self.folder)
        with self.assertRaises(OSError):
            bundle.write(self.path('no/such/folder/b'), {'a': 1})

    def test_a_name_of_any_bytes_will_do(self):
        path = self.path(os.fsdecode(b'\xff b'))
        bundle.write(os.fsencode(path), {'a': np.ones(2)})
        self.assertEqual(bundle.read(path)['a'].sum(), 2)


if __name__ == '__main__':
    unittest.main()
