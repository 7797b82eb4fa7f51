"""Optima of systems too large to enumerate, by a mixed-integer program (HiGHS of python3-scipy).

Systems of `place --generate`, all semantics; skipped without python3-scipy. Ours must be accepted by the judge and not
be dearer: HiGHS 1.2 has called a placement optimal that was 10 % dearer than one its own rows allow (7 components,
seed 1023, python), so that a dearer one of HiGHS is told, not a failure.
Run: /usr/bin/python3 place_highs.py [SYSTEMS]
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'support'))
import placement_oracle as oracle  # noqa: E402


def place(path, *words):
    done = subprocess.run(['aisprint', 'place', path, '--json', *map(str, words)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main():
    try:
        import placement_milp
    except ImportError as error:
        print('skipped: %s (Debian: python3-scipy)' % error)
        sys.exit(77)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 18
    seed = int(os.environ.get('AISPRINT_SEED') or 1)
    failed = 0
    with tempfile.TemporaryDirectory(prefix='aisprint-highs-') as scratch:
        path = Path(scratch) / 'system.json'
        for i in range(count):
            semantics = sorted(oracle.SEMANTICS)[i % 3]
            subprocess.run(['aisprint', 'place', '--generate', str(2 + i % 4), '--seed', str(1000 * seed + i),
                            '-o', path], stdout=subprocess.DEVNULL, check=True)
            system = json.loads(path.read_text())
            judge = oracle.Judge(system, semantics)
            answer = place(path, '--semantics', semantics)
            cost, _ = placement_milp.solve(judge)
            verdict = judge.judge(oracle.read_output(system, answer['solution']))
            if verdict.feasible and answer['cost'] < cost * (1 - 1e-6):
                print('seed %d, %s: %r, HiGHS says %r' % (1000 * seed + i, semantics, answer['cost'], cost))
            if answer['status'] != 'optimal' or answer['cost'] > cost * (1 + 1e-6) or not verdict.feasible:
                failed += 1
                print('seed %d, %s: %s %r, HiGHS %r, the judge %s' % (1000 * seed + i, semantics, answer['status'],
                                                                     answer['cost'], cost, verdict.violations))
    print('%d passed, %d failed' % (count - failed, failed))
    sys.exit(failed > 0)


main()
