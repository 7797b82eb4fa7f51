#!/usr/bin/python3
"""The face blurring components of AI-SPRINT Studio's example applications, unchanged, cut in two: the segments in a row,
each a process of its own, give the whole's pictures byte for byte. So does the whole application in both deployments."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from studio_design import COMPONENT, prepare  # noqa: E402  (beside this file)
from studio_run import LAST  # noqa: E402

PYTHON = '/usr/bin/python3' if Path('/usr/bin/python3').exists() else sys.executable
OPTIONS = [[], ['-t', '0.2'], ['--threshold=0.9999']]


def run_part(app, part, given, output, options):
    """One design as its own program, as any platform runs it."""
    folder = app / 'aisprint/designs' / COMPONENT / part
    subprocess.run([PYTHON, 'main.py', '-i', str(given), '-o', str(output)] + options, cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, env=dict(os.environ, PYTHONPATH=os.environ['AISPRINT_BUILD'] + '/python'))
    return output.read_bytes()


def pictures(app, sample, scratch):
    """[was it right?] for the component by itself."""
    found = []
    for options in OPTIONS:
        whole = run_part(app, 'base', sample, scratch / 'whole.ppm', options)
        run_part(app, 'partition1_1', sample, scratch / 'between', options)
        parts = run_part(app, 'partition1_2', scratch / 'between', scratch / 'parts.ppm', options)
        found.append(whole == parts and whole.startswith(b'P6'))
        print('%s %s %s' % ('ok' if found[-1] else 'not ok', app.name, ' '.join(options)))
    return found


def deployments(app, sample, scratch):
    results = {}
    for deployment in ('base', 'deployment1'):
        for mode in ([], ['--cold']):
            out = scratch / (deployment + ''.join(mode))
            subprocess.run(['aisprint', 'run', '--quiet', '--app', str(app), '--deployment', deployment, '--input', str(sample),
                            '--output', str(out)] + mode, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            results[deployment + ''.join(mode)] = (out / LAST[app.name][0] / sample.name).read_bytes()
    same = len(set(results.values())) == 1
    print('%s %s run as base and in segments' % ('ok' if same else 'not ok', app.name))
    return [same]


def main():
    if 'AISPRINT_TEST_DATA' not in os.environ:
        print('AISPRINT_TEST_DATA is not set')
        return 77
    data = Path(os.environ['AISPRINT_TEST_DATA']) / 'studio'
    sample, found = data / 'sample/face_320x240.npy', []
    for name in LAST:
        with tempfile.TemporaryDirectory() as folder:
            app = prepare(data, name, folder)
            subprocess.run(['aisprint', 'design', '--quiet', '--app', str(app)], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            found += pictures(app, sample, Path(folder)) + deployments(app, sample, Path(folder))
    print('%d passed, %d failed' % (found.count(True), found.count(False)))
    return 1 if False in found else 0


if __name__ == '__main__':
    sys.exit(main())
