"""aisprint.segment: what is written comes back as what it was; what cannot travel, and what is no such file."""
import os
import unittest

import numpy as np

from support import TemporaryFolder

from aisprint import bundle, segment


class Travel(TemporaryFolder):
    def travel(self, return_dict, /, **variables):
        """Through two files, as past a segment that only passes it on."""
        segment.write(self.path('1'), return_dict, **variables)
        segment.write(self.path('2'), segment.read(self.path('1')))
        return segment.read(self.path('2'), *variables)

    def test_values_are_what_they_were(self):
        array = np.arange(6, dtype=np.uint8).reshape(2, 3)
        values = {
            'array': array, 'empty': np.zeros((0, 3)), 'turned': array.T, 'half': np.float16(1.5), 'bool': np.bool_(True),
            'none': None, 'true': True, 'int': -3, 'big': 10 ** 30, 'float': 0.1, 'infinite': float('-inf'), 'text': 'ä€\0😀',
            'not_utf8': 'a\udc80', 'tuple': (1, (2.5, 'x'), []), 'list': [1, [array, None]], 'dict': {'a': {'b': array}},
            'keys': {1: 'x', (2, 3): None, None: 'y'}, 'tag': {'__aisprint__': 'tuple', 'is': [1]}, 'part:0': array,
            'empty_dict': {}, '': 'nameless', 'local:mine': 5}
        got, again = self.travel(values, again=values)
        self.assertEqual(list(got.keys() ^ values.keys()), [])
        for found in (got, again):
            for name, value in values.items():
                with self.subTest(name):
                    np.testing.assert_equal(found[name], value)
                    self.assertIs(type(found[name]), type(value))
                    self.assertEqual(getattr(found[name], 'dtype', None), getattr(value, 'dtype', None))

    def test_nan_comes_back(self):
        segment.write(self.path('1'), {'nan': float('nan'), 'in': [float('nan')]})
        got = segment.read(self.path('1'))
        self.assertTrue(np.isnan(got['nan']) and np.isnan(got['in'][0]))

    def test_one_array_under_two_names_stays_one(self):
        array, parts = np.ones(3), [np.zeros(2)]
        got, same, inside, other = self.travel({'a': array, 'parts': parts}, same=array, inside=[array, parts], other=parts)
        self.assertIs(same, got['a'])
        self.assertIs(inside[0], got['a'])
        self.assertIs(inside[1], got['parts'])
        self.assertIs(other, got['parts'])
        same[0] = 7
        self.assertEqual(got['a'].tolist(), [7, 1, 1])

    def test_arrays_may_be_written_to_and_the_file_stays(self):
        segment.write(self.path('1'), {'a': np.ones(3)})
        segment.read(self.path('1'))['a'][:] = 5
        self.assertEqual(segment.read(self.path('1'))['a'].tolist(), [1, 1, 1])

    def test_names_of_variables_are_free(self):
        got, *rest = self.travel({}, path=1, return_dict=2, values=3, writer=4)
        self.assertEqual((got, rest), ({}, [1, 2, 3, 4]))

    def test_what_goes_on_is_named_so(self):
        segment.pass_on(self.path('item'), {'a': 1}, b=2)
        self.assertEqual(os.listdir(self.folder), ['item_NO_EARLYEXIT'])
        self.assertEqual(segment.read(self.path('item_NO_EARLYEXIT'), 'b'), ({'a': 1}, 2))
        self.assertEqual(segment.output('x/item_NO_EARLYEXIT'), 'x/item')
        self.assertEqual(segment.output('x/item'), 'x/item')

    def test_what_cannot_travel_is_described(self):
        deep = []
        for _ in range(60):
            deep = [deep]
        for value, text in (({1}, 'is a set'), (b'x', 'is a bytes'), (1j, 'is a complex'), (len, 'is the function len'),
                            (np, 'is the module numpy'), (self.travel, 'is the method '), (int, 'is the class int'),
                            (np.ma.array([1]), 'is a numpy.ma'), (np.array(['a']), 'is an array of <U1'),
                            (np.array([1j]), 'is an array of complex128'), ([[{1}]], 'holds a set'), (deep, 'is nested more'),
                            ({'a': object()}, 'holds an object')):
            with self.subTest(text):
                with self.assertRaisesRegex(TypeError, "'v' " + text):
                    segment.write(self.path('1'), {'v': value})
                with self.assertRaisesRegex(TypeError, "'v' " + text):
                    segment.pass_on(self.path('1'), {}, v=value)
        with open(self.write('f', '')) as file:
            with self.assertRaisesRegex(TypeError, "'v' is an open file"):
                segment.write(self.path('1'), {'v': file})
        with self.assertRaisesRegex(TypeError, 'is a name that is no text'):
            segment.write(self.path('1'), {3: 1})
        self.assertEqual(os.listdir(self.folder), ['f'])

    def test_other_files_are_refused(self):
        with self.assertRaises(FileNotFoundError):
            segment.read(self.path('none'))
        for data in ('no bundle', b'\x02\0\0\0\0\0\0\0{}'):
            path = self.write('1', data)
            if data == 'no bundle':
                with self.assertRaisesRegex(ValueError, '1: this is not what the segment before writes'):
                    segment.read(path)
            else:
                self.assertEqual(segment.read(path), {})
        for value in ({'__aisprint__': 'same', 'as': 'x'}, {'__aisprint__': 'array', 'is': 'x'}, {'__aisprint__': 'tuple'},
                      {'__aisprint__': 'tuple', 'is': 3}, {'__aisprint__': 'text', 'is': 'zz'}, {'__aisprint__': 'float', 'is': 'x'},
                      {'__aisprint__': 'dict', 'is': [[[], 1]]}, {'__aisprint__': 'dict', 'is': [1]}):
            with self.subTest(value=value):
                bundle.write(self.path('1'), {'v': value})
                with self.assertRaisesRegex(ValueError, 'not what the segment before writes'):
                    segment.read(self.path('1'))

    def test_a_missing_variable_is_named(self):
        segment.write(self.path('1'), {}, a=1)
        with self.assertRaisesRegex(ValueError, "1: the segment before did not write 'b'"):
            segment.read(self.path('1'), 'a', 'b')


if __name__ == '__main__':
    unittest.main()
