from aisprint.annotations import component_name, exec_time


@component_name(name='classify_small')
@exec_time(global_time_thr=5, prev_components=['camera', 'detect'])
def main(args):
    pass
