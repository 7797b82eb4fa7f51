#!/usr/bin/python3
"""What the Python package costs: a warm load_and_inference, a report, an item in the warm worker.

The peer of the first row is the public C API, called through ctypes in this process on the same
session (the price of a ctypes call itself is measured and taken off). Medians; least and greatest of the
rounds in brackets.
"""
import ctypes
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / 'tests/python'))

import numpy as np

from aisprint import annotations
from aisprint.onnx_inference import load_and_inference
from support import Worker, unary

ROUNDS, CALLS = 15, 2000

COMPONENT = '''
import argparse
from aisprint.annotations import component_name, exec_time
@component_name(name='noop')
@exec_time()
def main(args):
    pass
if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('-i', '--input', required=True)
    parser.add_argument('-o', '--output', required=True)
    parser.add_argument('-t', '--threshold', type=float, default=0.7)
    main(vars(parser.parse_args()))
'''


def microseconds(call, calls=CALLS):
    """Median, least and greatest over the rounds, of the mean time of a call."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        times.append(1e6 * (time.perf_counter() - start) / calls)
    return statistics.median(times), min(times), max(times)


def row(name, ours, peer=None, goal=''):
    text = '%-52s %8.2f us (%.2f-%.2f)' % (name, *ours)
    if peer:
        text += '  peer %8.2f us  ours - peer %8.2f us  ratio %7.4f' % (
            peer[0], ours[0] - peer[0], ours[0] / peer[0])
    print(text + ('  goal ' + goal if goal else '') + '  n=%dx%d' % (ROUNDS, CALLS))


class Tensor(ctypes.Structure):
    _fields_ = [('name', ctypes.c_char_p), ('type', ctypes.c_int), ('rank', ctypes.c_size_t),
                ('shape', ctypes.c_int64 * 16), ('data', ctypes.c_void_p), ('bytes', ctypes.c_size_t)]


def c_api(path, array):
    """A call of ais_session_run and ais_run_free on `array`, and a call that does next to nothing."""
    library = ctypes.CDLL(os.environ['AISPRINT_BUILD'] + '/src/libaisprint.so.0')
    session, run = ctypes.c_void_p(), ctypes.c_void_p()
    if library.ais_session_open(os.fsencode(path), None, ctypes.byref(session), None) < 0:
        sys.exit('bench_python: %s cannot be opened' % path)
    tensor = Tensor(None, 0, array.ndim, array.shape, array.ctypes.data, array.nbytes)
    run_it, free, count = library.ais_session_run, library.ais_run_free, library.ais_session_count_inputs
    free.restype = None
    arguments = (session, ctypes.byref(tensor), ctypes.c_size_t(1), ctypes.byref(run), None)

    def call():
        run_it(*arguments)
        free(run)

    def nothing():
        count(session)
        count(session)
    return call, nothing


def bench_inference(folder):
    for shape in ((1, 2), (1, 150528)):
        path = os.path.join(folder, 'm%d.onnx' % shape[1])
        with open(path, 'wb') as file:
            file.write(unary('Neg', 1, ('N', shape[1])))
        given = {'x': np.ones(shape, np.float32), 'threshold': 0.7}
        call, nothing = c_api(path, given['x'])
        if load_and_inference(path, given)[1][0][0, 0] != -1:
            sys.exit('bench_python: a wrong result')
        peer, ctypes_only = microseconds(call), microseconds(nothing)
        peer = tuple(value - ctypes_only[0] for value in peer)
        row('load_and_inference, warm, %d floats (peer: C API)' % shape[1],
            microseconds(lambda: load_and_inference(path, given)), peer, '<= 100 us above')


def bench_exec_time():
    def plain():
        pass
    timed = annotations.exec_time(local_time_thr=1)(plain)
    os.environ.pop('MONIT_HOST', None)
    row('exec_time, no collector (peer: the bare function)', microseconds(timed), microseconds(plain))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(('127.0.0.1', 0))
        os.environ.update(MONIT_HOST='127.0.0.1', MONIT_PORT=str(server.getsockname()[1]), UUID='u-1',
                          COMPONENT_NAME='c', KCI='k', RESOURCE_ID='r')
        row('exec_time, reporting over UDP', microseconds(timed), goal='<= 20 us')
        os.environ['EVENT'] = '{"Records": [{"eventTime": "2023-05-02T10:40:31.250Z"}]}'
        row('exec_time, reporting, job start from the event', microseconds(timed), goal='<= 20 us')
    for name in ('MONIT_HOST', 'MONIT_PORT', 'EVENT'):
        del os.environ[name]


def bench_worker(folder):
    with open(os.path.join(folder, 'main.py'), 'w') as file:
        file.write(COMPONENT)
    from aisprint.worker import Environment, _run_item
    from aisprint._component import Component
    component, environment = Component(os.path.join(folder, 'main.py')), Environment()
    number = [0]

    def item():
        number[0] += 1
        request = {'input': '/in/%d' % number[0], 'output': '/out/%d' % number[0],
                   'session_id': 's-%d' % number[0], 'component_name': 'noop', 'resource_id': 'r'}
        environment.set(request)
        return _run_item(component, request)
    for _ in range(3):
        item()
    row('an item inside the worker, main does nothing', microseconds(item), goal='<= 60 us')

    worker = Worker(folder)

    def round_trip():
        number[0] += 1
        reply = worker.run('/in/%d' % number[0], '/out/%d' % number[0], session_id='s-%d' % number[0],
                           component_name='noop', resource_id='r')
        if 'ok' not in reply:
            sys.exit('bench_python: %s' % reply)
    for _ in range(3):
        round_trip()
    ours = microseconds(round_trip)
    worker.end()
    cold = [sys.executable, 'main.py', '-i', '/i', '-o', '/o']
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(cold, cwd=folder, check=True)
        times.append(1e6 * (time.perf_counter() - start))
    row('an item there and back (peer: a fresh process)', ours,
        (statistics.median(times), min(times), max(times)))


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            bench_inference(folder)
        except ImportError as error:
            print('skipped  load_and_inference: %s' % error)
        bench_exec_time()
        bench_worker(folder)


if __name__ == '__main__':
    main()
