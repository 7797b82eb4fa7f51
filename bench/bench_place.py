#!/usr/bin/python3
"""The cheapest placement: how long until it is proven, beside a mixed-integer program and the public C++ program.

Instances are those of AISPRINT_TEST_DATA; systems of 50 and more components are made by `place --generate`. Times of
ours are those of the search (time_s) on one thread; of the whole process where it says so.
"""
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RATES = {'RunningExample_1': 1.8, 'RunningExample_2': 7.5, 'RunningExample_3': 18}
# Seconds of others, mean and slowest of a class, on two cores of the same kind: HiGHS 1 thread (scipy 1.10) with the
# program of the test suite's third opinion, 2 to 10 instances a class; the C++ program at its shipped budget (2600
# greedy, 950 local, 5 kept) and at 50000/5000/30. Its costs are columns of optimal.csv.
MILP = {'RunningExample': (.45, .61), 'Light_5c': (.01, .03), 'Strict_5c': (.01, .03), 'Light_7c': (.07, .24),
        'Strict_7c': (.09, .22), 'Light_10c': (.30, 1.02), 'Strict_10c': (1.19, 9.70), 'Light_15c': (.82, 1.75),
        'Strict_15c': (1.71, 5.78)}
PEER = {'5c': (.08, 2.0), '7c': (.1, None), '10c': (.16, 3.8), '15c': (.33, 7.4), 'RunningExample': (.14, None)}
HEURISTICS = ('start', 'random-greedy', 'local-search', 'tabu', 'annealing', 'genetic')
RUNTIME_GOAL_MS = 2


def place(*words):
    """(answer, seconds of the process, MB at its peak)"""
    start = time.monotonic()
    child = subprocess.Popen(['aisprint', 'place', *map(str, words), '--threads', '1', '--json'],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output = child.stdout.read()
    child.stdout.close()
    error = child.stderr.read()
    child.stderr.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if not output:
        sys.exit('bench: %s' % error.decode())
    return json.loads(output), time.monotonic() - start, usage.ru_maxrss / 1024


def rate_of(name):
    return RATES.get(name, 1.8)


def classes(rows):
    found = {}
    for row in rows:
        found.setdefault(row['instance'].rsplit('_', 1)[0], []).append(row)
    return found


def gaps(rows, column):
    values = [100 * (float(row[column]) / float(row['optimal_cost']) - 1) for row in rows]
    return '%5.1f /%5.1f' % (statistics.mean(values), max(values))


def exact(folder, rows):
    print('proven optima, ms, 1 thread; gaps in % over the same instances')
    print('%-14s  n | %8s %8s | %8s %8s | %7s %8s | %6s %6s | %12s %5s | %12s %6s' % (
        '', 'cpp', 'slowest', 'python', 'slowest', 'process', 'RSS MB', 'HiGHS', 'max', 'C++: mean/max', 'ms', 'big: mean/max',
        'ms'))
    for name, members in classes(rows).items():
        times, walls, memory = {'cpp': [], 'python': []}, [], []
        for row in members:
            for semantics in times:
                answers = [place(folder / (row['instance'] + '.json'), '--lambda', rate_of(row['instance']),
                                 '--semantics', semantics) for _ in range(3)]
                if answers[0][0]['status'] != 'optimal':
                    sys.exit('bench: %s, %s: %s' % (row['instance'], semantics, answers[0][0]['status']))
                times[semantics].append(1000 * statistics.median(a['time_s'] for a, _, _ in answers))
                walls += [1000 * wall for _, wall, _ in answers]
                memory += [peak for _, _, peak in answers]
        default, big = PEER[name.split('_')[-1]]
        cells = [cell for semantics in times for cell in (statistics.median(times[semantics]), max(times[semantics]))]
        print('%-14s %2d | %8.2f %8.2f | %8.2f %8.2f | %7.1f %8.1f | %6.0f %6.0f | %13s %5.0f | %13s %6s' % (
            name, len(members), *cells, statistics.median(walls), max(memory), *(1000 * s for s in MILP[name]),
            gaps(members, 'peer_default_cost'), 1000 * default, gaps(members, 'peer_big_cost'),
            '' if big is None else '%.0f' % (1000 * big)))


def heuristics(folder, rows):
    print('\nheuristics, gap to the optimum % mean / max, ms median')
    for method in HEURISTICS:
        cells = []
        for size in ('7c', '10c', '15c'):
            members = [row for row in rows if row['instance'].split('_')[1] == size]
            done = subprocess.run([os.environ['AISPRINT_BUILD'] + '/bench/bench_place', '1.8', method]
                                  + [str(folder / (row['instance'] + '.json')) for row in members],
                                  stdout=subprocess.PIPE, check=True)
            lines = [line.split() for line in done.stdout.decode().splitlines()]
            gap = [100 * (float(cost) / float(row['optimal_cost']) - 1)
                   for (_, _, cost, _), row in zip(lines, members)]
            cells.append('%s %6.2f / %5.2f %8.2f ms' % (size, statistics.mean(gap), max(gap), 1000 * statistics.median(
                float(seconds) for *_, seconds in lines)))
        print('%-14s %s' % (method, '   '.join(cells)))


# Components, seconds, seeds.
GENERATED = ((15, 10, 3), (50, 10, 3), (100, 20, 2), (200, 60, 2))


def generated(scratch):
    print('\ngenerated systems, 1 thread; goals: 50 components gap <= 3 % in 10 s, 200 (30 layers) any in 60 s')
    for components, seconds, seeds in GENERATED:
        for seed in range(1, seeds + 1):
            path = Path(scratch) / 'generated.json'
            subprocess.run(['aisprint', 'place', '--generate', str(components), '--seed', str(seed), '-o', str(path)],
                           check=True, stdout=subprocess.DEVNULL)
            answer, _, memory = place(path, '--time-limit', seconds)
            print('%4d components, seed %d   %-9s cost %.4f  at least %.4f  gap %s %%  %8.3f s  %6.1f MB' % (
                components, seed, answer['status'], answer['cost'], answer['bound'],
                '-' if answer['gap'] is None else '%.2f' % (100 * answer['gap']), answer['time_s'], memory), flush=True)


def runtime(folder, scratch):
    """The loads of the published reconfiguration study, from the placement at 7.5 requests a second."""
    path, current = folder / 'RunningExample_2.json', Path(scratch) / 'current.json'
    place(path, '--lambda', 7.5, '--semantics', 'cpp', '-o', current)
    cells, process = [], []
    for rate in (7.0, 6.0, 5.0, 4.0, 6.0, 7.5):
        answers = [place(path, '--lambda', rate, '--semantics', 'cpp', '--current', current) for _ in range(5)]
        cells.append('%.1f: %.4f %.2f ms' % (rate, answers[0][0]['cost'],
                                            1000 * statistics.median(a['time_s'] for a, _, _ in answers)))
        process += [1000 * wall for _, wall, _ in answers]
    print('\nat run time, RunningExample_2 from 7.5 req/s      %s  process %.1f ms  goal <= %d ms; HiGHS 10-40 ms,'
          ' C++ 210-250 ms' % ('  '.join(cells), statistics.median(process), RUNTIME_GOAL_MS))


def main():
    data = os.environ.get('AISPRINT_TEST_DATA')
    with tempfile.TemporaryDirectory() as scratch:
        if data:
            folder = Path(data) / 'space4ai'
            with open(folder / 'optimal.csv') as table:
                rows = list(csv.DictReader(table))
            exact(folder, rows)
            runtime(folder, scratch)
            heuristics(folder, rows)
        generated(scratch)


if __name__ == '__main__':
    main()
