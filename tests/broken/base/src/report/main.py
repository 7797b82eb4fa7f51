import aisprint.annotations as ai


def sure(scores):
    return max(scores[0]) > 0.9


@ai.component_name(name='report')
@ai.exec_time(global_time_thr=4, prev_components=['detect', 'classify'])
@ai.early_exits_model(onnx_file='report.onnx', condition_function='sure',
                      transition_probabilities=[0.4])
def main(args):
    from aisprint.onnx_inference import load_and_inference
    load_and_inference(args['onnx_file'], {})
