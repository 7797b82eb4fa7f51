"""The components of AI-SPRINT Studio's example applications, unchanged, in warm workers.

Needs the folder that AISPRINT_TEST_DATA names; skipped without.
"""
import json
import os
import unittest

from support import TemporaryFolder, Worker, need_onnxruntime

DATA = os.path.join(os.environ.get('AISPRINT_TEST_DATA') or '/nonexistent', 'studio')
APPLICATIONS = {
    'mask_detection_1_partitionable_local_constraints': ['blurry-faces-onnx', 'mask-detector'],
    'mask_detection_2_partitionable_global_constraint': ['blurry-faces-onnx', 'mask-detector-onnx'],
    'mask_detection_3_components_4CL': ['blurry-faces-onnx', 'mask-detector-onnx', 'third_component'],
}
EXPECTED = {'mask-detector': 'mask-detector.json', 'mask-detector-onnx': 'mask-detector.json',
            'third_component': 'third_component.json'}


def setUpModule():
    if not os.environ.get('AISPRINT_TEST_DATA'):
        raise unittest.SkipTest('AISPRINT_TEST_DATA is not set: no example applications to run')
    need_onnxruntime()


class Applications(TemporaryFolder):
    def nearly(self, got, wanted, where):
        if isinstance(wanted, dict):
            self.assertEqual(set(got), set(wanted), where)
            for key in wanted:
                self.nearly(got[key], wanted[key], where + '.' + key)
        elif isinstance(wanted, list):
            self.assertEqual(len(got), len(wanted), where)
            for i, value in enumerate(wanted):
                self.nearly(got[i], value, '%s[%d]' % (where, i))
        elif isinstance(wanted, float):
            self.assertAlmostEqual(got, wanted, delta=1e-4, msg=where)
        else:
            self.assertEqual(got, wanted, where)

    def start(self, application, component):
        worker = Worker(os.path.join(DATA, application, 'src', component))
        self.addCleanup(worker.end)
        self.assertEqual(worker.first, {'ready': '1'}, worker.first)
        return worker

    def check(self, application):
        workers = [(name, self.start(application, name)) for name in APPLICATIONS[application]]
        for i in range(4):  # by the third item main is called without the parser
            item = os.path.join(DATA, 'sample', 'face_320x240.npy')
            if i:
                os.symlink(item, self.path('item%d' % i))
                item = self.path('item%d' % i)
            for name, worker in workers:
                output = self.path('%s-%d' % (name, i))
                model = {'onnx_file': os.path.join(DATA, 'onnx', 'version-RFB-640.onnx')}
                reply = worker.run(item, output, **(model if name == 'blurry-faces-onnx' else {}))
                self.assertEqual(reply.get('ok'), '1', reply)
                if name in EXPECTED:
                    with open(os.path.join(DATA, 'sample', EXPECTED[name])) as file:
                        wanted = json.load(file)
                    with open(output) as file:
                        self.nearly(json.load(file), wanted, name)
                item = output

    def test_local_constraints(self):
        self.check('mask_detection_1_partitionable_local_constraints')

    def test_global_constraint(self):
        self.check('mask_detection_2_partitionable_global_constraint')

    def test_three_components(self):
        self.check('mask_detection_3_components_4CL')


if __name__ == '__main__':
    unittest.main()
