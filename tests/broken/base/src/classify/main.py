from aisprint.annotations import annotation
from aisprint.onnx_inference import load_and_inference


@annotation({'component_name': {'name': 'classify'},
             'exec_time': {'local_time_thr': 2, 'global_time_thr': 5,
                           'prev_components': ['camera', 'detect']},
             'partitionable_model': {'onnx_file': 'classify.onnx', 'num_partitions': 2},
             'device_constraints': {'ram': 1, 'vram': 4, 'use_gpu_for': ['dnn']},
             'model_performance': {'metric': 'average_f1', 'metric_thr': 0.8},
             'security': {'trustedExecution': True, 'networkShield': True}})
def main(args):
    load_and_inference(args['onnx_file'], {})
