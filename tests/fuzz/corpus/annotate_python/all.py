import aisprint as ai
from aisprint.annotations import exec_time as et, annotation
from other import wrap

LIMIT: float = 60 * 2.5
PREV = ('a', "b" 'c')


def sure(y):
    return True


@wrap(1, *x)
@et(LIMIT / 100, '2 min', prev_components=PREV)
@ai.device_constraints(ram='512 MB', vram=0x10, use_gpu_for=['dnn'])
@ai.annotations.expected_throughput(rate=-1 + 2 ** 3 // 2 % 5)
@annotation({'component_name': {'name': 'c'}, 'early_exits_model': {
    'onnx_file': 'a.onnx', 'condition_function': 'sure', 'transition_probabilities': [.5, 1e-1]}})
@detect_metric_drift(['m'], [['f', r'g']], 'chi-squared', [[0.1, 0.2]], '30min', 1, 2, None)
@security(True, confRest=False)
def main(args):
    global LIMIT_2
    print('x')
