"""load_and_inference: its contract, its cache, its errors, and that nothing is copied."""
import gc
import os
import subprocess
import sys
import threading
import unittest

import numpy as np

from support import (BOOL, DOUBLE, FLOAT, FLOAT16, INT64, UINT8, TemporaryFolder, model,
                     need_onnxruntime, unary)

from aisprint import _native, onnx_inference
from aisprint.onnx_inference import load_and_inference


def setUpModule():
    need_onnxruntime()


# a sanitizer keeps freed memory for a while, on purpose
grows = unittest.skipIf('asan' in os.environ.get('LD_PRELOAD', ''),
                        'resident memory says nothing under a sanitizer')


def resident_bytes():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


class Models(TemporaryFolder):
    def two(self):
        """sum = a + b, difference = a - b."""
        return self.write('two.onnx', model(
            [('Sub', ['a', 'b'], ['difference']), ('Add', ['a', 'b'], ['sum'])],
            [('a', FLOAT, ('N',)), ('b', FLOAT, ('N',))],
            [('sum', FLOAT, ('N',)), ('difference', FLOAT, ('N',))]))


class Contract(Models):
    A, B = np.array([1, 2], np.float32), np.array([3, 5], np.float32)

    def test_results_are_in_the_models_order_and_by_name(self):
        named, result = load_and_inference(self.two(), {'b': self.B, 'a': self.A})
        self.assertIsInstance(result, list)
        self.assertEqual([list(array) for array in result], [[4, 7], [-2, -3]])
        self.assertEqual(set(named), {'sum', 'difference'})
        self.assertIs(named['sum'], result[0])
        self.assertIs(named['difference'], result[1])
        self.assertEqual(result[0].dtype, np.float32)

    def test_the_result_holds_the_outputs_that_are_asked_for(self):
        named, result = load_and_inference(self.two(), {'b': self.B, 'a': self.A},
                                           outputs=['difference'])
        self.assertEqual([list(array) for array in result], [[-2, -3]])
        self.assertEqual(set(named), {'sum'})
        with self.assertRaisesRegex(TypeError, r"outputs is the text 'sum' \(must be a list"):
            load_and_inference(self.two(), {'a': self.A, 'b': self.B}, outputs='sum')
        with self.assertRaisesRegex(KeyError, r"no output 'x'; its outputs are 'sum', 'difference'"):
            load_and_inference(self.two(), {'b': self.B, 'a': self.A}, outputs=['sum', 'x'])

    def test_entries_that_are_no_inputs_are_forwarded_as_they_are(self):
        image, threshold = object(), 0.5
        given = {'a': self.A, 'b': self.B, 'image': image, 'threshold': threshold}
        named, _ = load_and_inference(self.two(), given)
        self.assertEqual(set(named), {'sum', 'difference', 'image', 'threshold'})
        self.assertIs(named['image'], image)
        self.assertEqual(set(given), {'a', 'b', 'image', 'threshold'})

    def test_keep_returns_the_inputs_too(self):
        for keep in (True, 1, 'yes'):
            named, _ = load_and_inference(self.two(), {'a': self.A, 'b': self.B, 'keep': keep})
            self.assertEqual(set(named), {'sum', 'difference', 'a', 'b', 'keep'})
            self.assertIs(named['a'], self.A)
        for keep in (False, None, 0):
            named, _ = load_and_inference(self.two(), {'a': self.A, 'b': self.B, 'keep': keep})
            self.assertEqual(set(named), {'sum', 'difference', 'keep'})

    def test_an_output_wins_over_an_entry_of_its_name(self):
        named, result = load_and_inference(self.two(), {'a': self.A, 'b': self.B, 'sum': 'mine'})
        self.assertIs(named['sum'], result[0])

    def test_an_output_may_be_named_like_an_input_of_the_next_segment(self):
        one, two = self.write('1.onnx', unary('Neg')), self.write('2.onnx', model(
            [('Abs', ['y'], ['z'])], [('y', FLOAT, ('N', 2))], [('z', FLOAT, ('N', 2))]))
        between, _ = load_and_inference(one, {'x': np.ones((3, 2), np.float32), 'note': 'kept'})
        named, result = load_and_inference(two, between)
        self.assertEqual(set(named), {'z', 'note'})
        self.assertTrue((result[0] == 1).all())

    def test_every_element_type_goes_in_and_comes_out(self):
        for kind, dtype in ((FLOAT, 'float32'), (DOUBLE, 'float64'), (FLOAT16, 'float16'),
                            (INT64, 'int64'), (UINT8, 'uint8'), (BOOL, 'bool')):
            with self.subTest(dtype):
                path = self.write(dtype, unary('Identity', kind))
                given = np.array([[0, 1], [1, 0]]).astype(dtype)
                _, (got,) = load_and_inference(path, {'x': given})
                self.assertEqual(got.dtype, given.dtype)
                self.assertTrue((got == given).all())

    def test_scalars_and_empty_arrays(self):
        path = self.write('scalar', unary('Neg', FLOAT, ()))
        _, (got,) = load_and_inference(path, {'x': np.array(3, np.float32)})
        self.assertEqual((got.shape, float(got)), ((), -3))
        self.assertEqual(float(load_and_inference(path, {'x': np.float32(4)})[1][0]), -4)
        _, (got,) = load_and_inference(self.write('m', unary()), {'x': np.zeros((0, 2), np.float32)})
        self.assertEqual((got.shape, got.dtype), ((0, 2), np.float32))

    def test_arrays_of_any_layout_are_taken(self):
        path = self.write('m', unary())
        whole = np.arange(24, dtype=np.float32).reshape(6, 4)
        misaligned = np.frombuffer(b'\0' + whole[:, :2].tobytes(), np.float32, 12, 1).reshape(6, 2)
        readonly = np.ascontiguousarray(whole[:, :2])
        readonly.flags.writeable = False
        for name, array in (('sliced', whole[::2, ::2]), ('reversed', whole[::-1, 2:]),
                            ('transposed', np.arange(6, dtype=np.float32).reshape(2, 3).T),
                            ('fortran', np.asfortranarray(whole[:, :2])),
                            ('misaligned', misaligned), ('readonly', readonly),
                            ('broadcast', np.broadcast_to(np.float32(3), (4, 2)))):
            with self.subTest(name):
                _, (got,) = load_and_inference(path, {'x': array})
                self.assertTrue((got == -array).all())

    def test_the_path_may_be_text_bytes_or_a_path(self):
        import pathlib
        path = self.write('m.onnx', unary())
        x = {'x': np.ones((1, 2), np.float32)}
        for name in (path, os.fsencode(path), pathlib.Path(path)):
            self.assertEqual(load_and_inference(name, x)[1][0][0, 0], -1)
        odd = self.write(os.fsdecode(b'\xff model.onnx'), unary())
        self.assertEqual(load_and_inference(odd, x)[1][0][0, 0], -1)


class Errors(Models):
    def refuse(self, kind, text, path, given):
        with self.assertRaises(kind) as caught:
            load_and_inference(path, given)
        self.assertIn(text, str(caught.exception))

    def test_a_missing_input_names_what_the_model_wants(self):
        self.refuse(KeyError, "lacks 'b'; the model wants 'a' (float32 [?]), 'b' (float32 [?]); "
                    "there are 'a', 'c'", self.two(), {'a': Contract.A, 'c': 1})
        self.refuse(KeyError, "lacks 'a', 'b'", self.two(), {})

    def test_a_wrong_type_names_the_wanted_one(self):
        path = self.write('m', unary())
        text = "input 'x' is float64 (the model wants float32 [?,2]; convert with .astype(np.float32))"
        self.refuse(ValueError, text, path, {'x': np.ones((1, 2))})
        self.refuse(ValueError, "input 'x' is int64", path, {'x': [[1, 2]]})
        self.refuse(ValueError, "input 'x' is >f4", path, {'x': np.ones((1, 2), '>f4')})
        self.refuse(ValueError, "input 'x' is object", path, {'x': None})
        self.refuse(ValueError, "input 'x' is <U1", path, {'x': np.array([['a', 'b']])})

    def test_a_wrong_shape_names_the_wanted_one(self):
        path = self.write('m', unary())
        for shape in ((2,), (1, 3), (1, 2, 1), ()):
            self.refuse(ValueError, "input 'x' has shape", path, {'x': np.ones(shape, np.float32)})

    def test_a_file_that_is_no_model_is_refused(self):
        self.refuse(ValueError, 'text.onnx', self.write('text.onnx', 'not a model'), {})
        self.refuse(ValueError, 'empty.onnx', self.write('empty.onnx', b''), {})
        self.refuse(ValueError, 'cut.onnx', self.write('cut.onnx', unary()[:40]), {})

    def test_a_file_that_cannot_be_read_is_told_apart(self):
        self.refuse(FileNotFoundError, 'missing.onnx', self.path('missing.onnx'), {})
        self.refuse(OSError, os.path.basename(self.folder), self.folder, {})
        self.refuse(ValueError, 'null byte', 'a\0b', {})

    def test_a_model_still_runs_after_an_error(self):
        path = self.write('m', unary())
        self.refuse(KeyError, 'lacks', path, {})
        self.assertEqual(load_and_inference(path, {'x': np.ones((1, 2), np.float32)})[1][0][0, 0], -1)

    def test_the_extension_refuses_what_python_code_would_never_give_it(self):
        session = _native.open_session(self.write('m', unary()))
        for bad in (None, (), [None], [1], [[1]], [np.ones((1, 2), complex)], [np.ones((1,) * 20)],
                    [np.ones((4, 4), np.float32)[::2, ::2]], [b'bytes'], [], [np.ones((1, 2))] * 2):
            with self.subTest(repr(bad)[:40]):
                with self.assertRaises((TypeError, ValueError, BufferError, SystemError)):
                    session.run(bad)
        for kind in (_native.Session, _native.Tensor):
            with self.assertRaises(TypeError):
                kind()
        with self.assertRaises(ValueError):
            _native.open_session(self.path('m'), -1)


class Settings(Models):
    """Variables of the environment, each in a process of its own."""

    def run_in(self, **environment):
        path = self.write('m', unary())
        code = ('import numpy as np; from aisprint.onnx_inference import load_and_inference\n'
                'print(load_and_inference(%r, {"x": np.ones((1, 2), np.float32)})[1][0].sum())' % path)
        done = subprocess.run([sys.executable, '-c', code], env=dict(os.environ, **environment),
                              capture_output=True, text=True)
        return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

    def test_threads(self):
        self.assertEqual(self.run_in(AISPRINT_THREADS='2'), '-2.0')
        self.assertEqual(self.run_in(AISPRINT_THREADS='many'), '-2.0')
        self.assertIn('ValueError: 99999 threads', self.run_in(AISPRINT_THREADS='99999'))

    def test_a_missing_runtime_says_how_to_mend_it(self):
        said = self.run_in(AISPRINT_ONNXRUNTIME=self.path('none.so'))
        self.assertTrue(said.startswith('ImportError: '), said)
        self.assertIn('none.so', said)


class Cache(Models):
    X = {'x': np.ones((1, 2), np.float32)}

    def test_a_model_is_loaded_once(self):
        path = self.write('m', unary())
        load_and_inference(path, self.X)
        model_of_first = onnx_inference._models[path]
        load_and_inference(path, self.X)
        self.assertIs(onnx_inference._models[path], model_of_first)

    def test_a_replaced_file_is_loaded_anew(self):
        path = self.write('m', unary('Neg'))
        self.assertEqual(load_and_inference(path, self.X)[1][0][0, 0], -1)
        os.replace(self.write('new', unary('Abs')), path)
        self.assertEqual(load_and_inference(path, self.X)[1][0][0, 0], 1)
        self.write('m', unary('Neg'))  # written over, in place
        self.assertEqual(load_and_inference(path, self.X)[1][0][0, 0], -1)

    def test_a_file_that_is_gone_is_not_run_from_memory(self):
        path = self.write('m', unary())
        load_and_inference(path, self.X)
        os.remove(path)
        with self.assertRaises(FileNotFoundError):
            load_and_inference(path, self.X)

    def test_a_relative_path_follows_the_working_directory(self):
        for name, operator in (('one', 'Neg'), ('two', 'Abs')):
            os.mkdir(self.path(name))
            self.write(name + '/m.onnx', unary(operator))
        self.addCleanup(os.chdir, os.getcwd())
        for _ in range(2):
            os.chdir(self.path('one'))
            self.assertEqual(load_and_inference('m.onnx', self.X)[1][0][0, 0], -1)
            os.chdir(self.path('two'))
            self.assertEqual(load_and_inference('m.onnx', self.X)[1][0][0, 0], 1)

    def test_many_models_do_not_stay_for_ever(self):
        for i in range(3 * onnx_inference._MODELS_KEPT):
            load_and_inference(self.write('m%d' % i, unary()), self.X)
        self.assertLessEqual(len(onnx_inference._models), onnx_inference._MODELS_KEPT)


class Memory(Models):
    def test_inputs_reach_the_runtime_where_they_lie(self):
        path = self.write('m', unary())
        given = np.ones((5, 2), np.float32)
        model_of_path = onnx_inference._Model(path)
        self.assertIs(model_of_path.feed({'x': given})[0], given)

    def test_outputs_are_views_of_the_runtimes_memory(self):
        path = self.write('m', unary())
        named, (got,) = load_and_inference(path, {'x': np.ones((5, 2), np.float32)})
        self.assertIsInstance(got.base, _native.Tensor)
        view = np.frombuffer(got.base, np.float32)
        self.assertEqual(view.ctypes.data, got.ctypes.data)
        self.assertTrue(got.flags.writeable and got.flags.c_contiguous and got.flags.aligned)
        got[0, 0] = 7  # what the component changes, it finds changed
        self.assertEqual(named['y'][0, 0], 7)
        self.assertEqual(view[0], 7)

    def test_an_output_outlives_the_run_the_session_and_its_sisters(self):
        path = self.write('m', model(
            [('Neg', ['x'], ['y']), ('Abs', ['x'], ['z'])], [('x', FLOAT, ('N', 2))],
            [('y', FLOAT, ('N', 2)), ('z', FLOAT, ('N', 2))]))
        _, (got, other) = load_and_inference(path, {'x': np.full((50000, 2), 3, np.float32)})
        del other
        onnx_inference._models.clear()
        gc.collect()
        [np.ones(100000, np.float32) for _ in range(20)]
        self.assertTrue((got == -3).all())

    @grows
    def test_ten_thousand_calls_leak_nothing(self):
        path = self.write('m', unary())
        given = {'x': np.ones((256, 2), np.float32), 'extra': 1}
        for _ in range(2000):
            load_and_inference(path, given)
        before = resident_bytes()
        for _ in range(10000):
            load_and_inference(path, given)
        # 10,000 outputs are 20 MB; the allocator's own swing is far below a tenth of it
        self.assertLess(resident_bytes() - before, 2_000_000)

    @grows
    def test_errors_leak_nothing(self):
        path, missing = self.write('m', unary()), self.path('missing')
        bad = {'x': np.ones((256, 3), np.float32)}

        def fail():
            for name, given in ((path, bad), (missing, bad), (path, {})):
                try:
                    load_and_inference(name, given)
                except (ValueError, OSError, KeyError):
                    pass
        for _ in range(500):
            fail()
        before = resident_bytes()
        for _ in range(5000):
            fail()
        self.assertLess(resident_bytes() - before, 2_000_000)

    def test_threads_run_one_model_at_once(self):
        path = self.write('m', unary())
        wrong = []

        def work(number):
            given = np.full((100, 2), number, np.float32)
            for _ in range(200):
                if not (load_and_inference(path, {'x': given})[1][0] == -number).all():
                    wrong.append(number)
        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


if __name__ == '__main__':
    unittest.main()
