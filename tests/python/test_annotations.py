"""Decorators at run time."""
import importlib
import inspect
import subprocess
import sys
import unittest

import aisprint
from aisprint import annotations as a

GOOD = {
    'component_name': dict(name='x'),
    'exec_time': dict(local_time_thr=1, global_time_thr=2, prev_components=['y']),
    'expected_throughput': dict(rate=1),
    'partitionable_model': dict(onnx_file='m.onnx', num_partitions=2),
    'device_constraints': dict(ram=1, vram=1, use_gpu_for=['dnn']),
    'early_exits_model': dict(onnx_file='m.onnx', condition_function='f',
                              transition_probabilities=[0.5]),
    'model_performance': dict(metric='accuracy', metric_thr=0.5, filtered_class='c'),
    'detect_metric_drift': dict(metric='m', field='f', statistical_test='kolmogorov-smirnov',
                                test_threshold=0.05, detection_interval=1, monitoring_period=2,
                                data_collection_period=3, notification_endpoint='http://x'),
    'security': dict(trustedExecution=True, networkShield=True, filesystemShield=True,
                     confProc=True, integrityProc=True, confRest=True),
}


def double(value, times=2):
    """Twice."""
    return value * times


class Decorators(unittest.TestCase):
    def check(self, decorator):
        decorated = decorator(double)
        self.assertEqual(decorated(4), 8)
        self.assertEqual(decorated(value=4, times=3), 12)
        self.assertEqual(decorated.__name__, 'double')
        self.assertEqual(decorated.__doc__, 'Twice.')
        self.assertEqual(str(inspect.signature(decorated)), '(value, times=2)')

    def test_each_takes_its_arguments_by_keyword(self):
        for name, arguments in GOOD.items():
            with self.subTest(name):
                self.check(getattr(a, name)(**arguments))

    def test_each_takes_its_arguments_by_position(self):
        for name, arguments in GOOD.items():
            with self.subTest(name):
                self.check(getattr(a, name)(*arguments.values()))

    def test_each_takes_every_subset_that_has_what_is_required(self):
        self.check(a.exec_time())
        self.check(a.partitionable_model('m.onnx'))
        self.check(a.device_constraints(vram=2))
        self.check(a.model_performance(filtered_class='bag'))
        self.check(a.security())
        drift = dict(GOOD['detect_metric_drift'])
        del drift['notification_endpoint']
        self.check(a.detect_metric_drift(**drift))

    def test_all_in_one_takes_them_all(self):
        self.check(a.annotation(GOOD))
        self.check(a.annotation({'exec_time': {}}))
        self.check(a.annotation({'component_name': {'name': 'x'}}))

    def test_they_are_found_by_every_name_that_sources_use(self):
        self.assertIs(aisprint.exec_time, a.exec_time)
        self.assertIs(aisprint.annotations.exec_time, a.exec_time)
        self.assertIs(aisprint.annotation, a.annotation)
        for name in GOOD:
            self.assertIs(getattr(aisprint, name), getattr(a, name))
        self.assertIs(importlib.import_module('aisprint.annotations'), a)

    def test_they_stack_in_any_order(self):
        self.check(lambda f: a.component_name('x')(a.exec_time(1)(a.security()(f))))
        self.check(lambda f: a.exec_time(1)(a.component_name('x')(f)))

    def test_what_the_function_raises_goes_through(self):
        @a.exec_time(local_time_thr=1)
        def fails():
            raise ZeroDivisionError('mine')
        with self.assertRaisesRegex(ZeroDivisionError, 'mine'):
            fails()

    def test_importing_the_package_does_not_import_numpy(self):
        code = 'import sys, aisprint, aisprint.monitoring; sys.exit("numpy" in sys.modules)'
        self.assertEqual(subprocess.run([sys.executable, '-c', code]).returncode, 0)


class Mistakes(unittest.TestCase):
    def refuse(self, text, function, *args, **kwargs):
        with self.assertRaises(TypeError) as caught:
            function(*args, **kwargs)
        self.assertIn(text, str(caught.exception))

    def test_an_unknown_argument_is_refused(self):
        self.refuse("unexpected keyword argument 'local_thr'", a.exec_time, local_thr=1)

    def test_a_missing_argument_is_refused(self):
        self.refuse("missing 1 required positional argument: 'name'", a.component_name)
        self.refuse("'transition_probabilities'", a.early_exits_model, 'm', 'f')

    def test_missing_parentheses_are_named(self):
        for name in list(GOOD) + ['annotation']:
            if name in ('early_exits_model', 'detect_metric_drift'):
                continue  # too few arguments, which python says itself
            with self.subTest(name):
                self.refuse('@%s needs parentheses' % name, getattr(a, name), double)

    def test_something_else_than_a_function_is_refused(self):
        self.refuse('stands above a function, not above int', a.exec_time(1), 3)
        self.refuse('stands above a function, not above str', a.component_name('x'), 'y')

    def test_all_in_one_names_what_is_wrong(self):
        self.refuse('dictionary of annotations', a.annotation, 'exec_time')
        self.refuse("no annotation 'exec_tme' (did you mean 'exec_time'?)", a.annotation,
                    {'exec_tme': {}})
        self.refuse('no annotation 3', a.annotation, {3: {}})
        self.refuse("exec_time has no argument 'local_thr'", a.annotation,
                    {'exec_time': {'local_thr': 1}})
        self.refuse("component_name: missing a required argument: 'name'", a.annotation,
                    {'component_name': {}})
        self.refuse("'exec_time' takes a dictionary of arguments", a.annotation, {'exec_time': None})

    def test_values_are_left_to_check(self):
        a.exec_time(local_time_thr=-1)
        a.exec_time(local_time_thr='20ms')
        a.expected_throughput(rate=0)
        a.security(confRest=None)
