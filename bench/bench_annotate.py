#!/usr/bin/python3
"""The peer of bench_annotate: CPython's ast, which is what the original's parser stands on."""
import ast
import statistics
import sys
import time


def main():
    for path in sys.argv[1:]:
        times = []
        for _ in range(200):
            start = time.perf_counter()
            with open(path) as f:
                ast.parse(f.read())
            times.append(1000 * (time.perf_counter() - start))
        print('  peer: CPython %d.%d ast.parse                %7.3f ms (%.3f-%.3f)  n=%d'
              % (*sys.version_info[:2], statistics.median(times), min(times), max(times), len(times)))


if __name__ == '__main__':
    main()
