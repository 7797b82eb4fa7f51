import argparse

from aisprint.annotations import component_name, exec_time, expected_throughput


@component_name(name='camera')
@exec_time(local_time_thr=1)
@expected_throughput(rate=2)
def main(args):
    with open(args['input'], 'rb') as source, open(args['output'], 'wb') as target:
        target.write(source.read())


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    main(vars(parser.parse_args()))
