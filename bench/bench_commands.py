#!/usr/bin/python3
"""CPU time of whole commands on the garments example, beside the least that a Python tool must do.

The peer reads the same YAML files with PyYAML and the same Python source with ast, and does nothing else.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / 'examples/garments'
REPEATS = 21

PEER = '''
import ast, sys, pathlib, yaml
app = pathlib.Path(sys.argv[1])
for path in app.glob('common_config/*.yaml'):
    yaml.safe_load(path.read_text())
for path in app.glob('src/*/main.py'):
    ast.parse(path.read_text())
'''


def cpu_ms(command, before=None):
    """Median, minimum and maximum of user + system time of the command and its children."""
    times = []
    for _ in range(REPEATS):
        if before:
            before()
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        if status != 0:
            sys.exit('bench: %s failed' % ' '.join(command))
        times.append(1000 * (usage.ru_utime + usage.ru_stime))
    return statistics.median(times), min(times), max(times)


def row(name, ours, peer, limit):
    print('%-44s %7.1f ms (%.1f-%.1f)  peer %7.1f ms  ratio %5.2f  goal <= %g ms  n=%d'
          % (name, *ours, peer[0], ours[0] / peer[0], limit, REPEATS))


def main():
    with tempfile.TemporaryDirectory() as scratch:
        app = Path(scratch) / 'garments'
        shutil.copytree(APP, app, ignore=shutil.ignore_patterns('aisprint'))
        peer = cpu_ms(['/usr/bin/python3', '-c', PEER, str(app)])
        row('check garments, CPU (peer: PyYAML + ast)', cpu_ms(['aisprint', 'check', '--app', str(app)]), peer, 30)
        design = ['aisprint', 'design', '--app', str(app)]
        subprocess.run(design, check=True, stdout=subprocess.DEVNULL)
        row('design garments, CPU (C component cached)', cpu_ms(design), peer, 30)
        fresh = cpu_ms(design, lambda: shutil.rmtree(app / 'aisprint'))
        print('%-44s %7.1f ms (%.1f-%.1f)  the C compiler included' % ('design garments, first time, CPU', *fresh))


if __name__ == '__main__':
    main()
