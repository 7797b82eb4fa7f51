#!/usr/bin/python3
"""Time of `aisprint design` on an application whose model of 242 nodes is cut three ways.

The peer is the time that AI-SPRINT Studio took for the first of the cuts alone, as it was measured once (onnx 1.12, two
cores): it tries one tensor after the other, and is not run here.
"""
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

FOLDERS = 'ams im oscar oscarp pycompss space4ai-d space4ai-r'.split()
REPEATS, PEER_S, GOAL_MS = 11, 651, 300


def prepare(data, scratch):
    app = Path(scratch) / 'app'
    shutil.copytree(data / 'mask_detection_1_partitionable_local_constraints', app)
    for folder in FOLDERS:
        (app / folder).mkdir(exist_ok=True)
    source = app / 'src/blurry-faces-onnx'
    (source / 'onnx').mkdir()
    shutil.copy(data / 'onnx/version-RFB-640.onnx', source / 'onnx')
    text = (source / 'main.py').read_text()
    changed = re.sub(r"'num_partitions': \d+", "'num_partitions': 3", text)
    if changed == text:
        changed = text.replace("'onnx_file':", "'num_partitions': 3, 'onnx_file':", 1)
    (source / 'main.py').write_text(changed)
    return app


def time_ms(command, before=None):
    """Median, least and greatest wall time, and the median of the processor time."""
    wall, cpu = [], []
    for _ in range(REPEATS):
        if before:
            before()
        start = time.monotonic()
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, fd, '/dev/null', os.O_WRONLY, 0) for fd in (1, 2)])
        _, status, usage = os.wait4(pid, 0)
        if status != 0:
            sys.exit('bench: %s failed' % ' '.join(command))
        wall.append(1000 * (time.monotonic() - start))
        cpu.append(1000 * (usage.ru_utime + usage.ru_stime))
    return statistics.median(wall), min(wall), max(wall), statistics.median(cpu)


def row(name, ours, text):
    print('%-48s %7.1f ms (%.1f-%.1f, CPU %.1f)  %s  n=%d' % (name, *ours, text, REPEATS))


def main():
    if 'AISPRINT_TEST_DATA' not in os.environ:
        print('skipped    design of RFB-640: AISPRINT_TEST_DATA is not set')
        return
    data = Path(os.environ['AISPRINT_TEST_DATA']) / 'studio'
    with tempfile.TemporaryDirectory() as scratch:
        app = prepare(data, scratch)
        made = app / 'aisprint'
        design = ['aisprint', 'design', '--app', str(app)]
        anew = lambda: shutil.rmtree(made, ignore_errors=True)
        fresh = time_ms(design + ['--no-verify'], anew)
        if len(list(made.glob('designs/blurry-faces-onnx/partition*_2'))) != 3:
            sys.exit('bench: there are no three cuts')
        row('design RFB-640, 3 cuts, --no-verify, all new', fresh, 'peer %d s, for one cut (recorded)  ratio %.5f  goal <= %d ms' % (
            PEER_S, fresh[0] / 1000 / PEER_S, GOAL_MS))
        row('design RFB-640, 3 cuts, --no-verify, again', time_ms(design + ['--no-verify']), 'the peer refuses')
        row('design RFB-640, 3 cuts, all verified, all new', time_ms(design, anew), 'the peer verifies nothing')
        row('design RFB-640, 3 cuts, all verified, again', time_ms(design), 'remembered')


if __name__ == '__main__':
    main()
