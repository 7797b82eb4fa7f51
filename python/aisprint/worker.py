"""The process that runs a component written in Python, item after item, without starting anew.

    python -m aisprint.worker main.py        (in the component's folder; not for people)

`aisprint run` starts it and talks to it over the socket whose number is in AISPRINT_WORKER_FD. A
frame is a u32 little-endian length and that many bytes: NUL-terminated texts, alternately key and
value. The worker says `ready` or `error`, once; then each item is answered by `ok` and
`function_s`, or by `error`, `function_s` and `traceback`. The end of the stream ends the worker.

How an item gets to the component's `main` is in `aisprint._component`.
"""
from __future__ import annotations

import faulthandler
import gc
import os
import sys
import traceback
from typing import Dict, List, Optional

from aisprint._component import Component, Item, describe_error

_FRAME_MAX = 1024 * 1024
_MESSAGE_MAX = 4096
_TRACEBACK_MAX = 64 * 1024

# what the environment tells a component of its item, by key of the request
_VARIABLES = (('session_id', 'UUID'), ('component_name', 'COMPONENT_NAME'),
              ('resource_id', 'RESOURCE_ID'), ('event', 'EVENT'))


class Stream:
    """Frames on a descriptor. A broken stream is like its end: the other side is gone."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._rest = b''

    def receive(self) -> Optional[Dict[str, str]]:
        data = self._rest
        while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], 'little'):
            if len(data) >= 4 and int.from_bytes(data[:4], 'little') > _FRAME_MAX:
                raise ValueError('a frame is longer than %d bytes' % _FRAME_MAX)
            try:
                more = os.read(self._fd, 65536)
            except ConnectionError:
                more = b''
            if not more:
                return None
            data += more
        end = 4 + int.from_bytes(data[:4], 'little')
        self._rest = data[end:]
        texts = os.fsdecode(data[4:end]).split('\0')
        return dict(zip(texts[0:-1:2], texts[1:-1:2]))

    def send(self, pairs: Dict[str, str]) -> None:
        payload = b''.join([_bytes(text) + b'\0' for pair in pairs.items() for text in pair])
        data = len(payload).to_bytes(4, 'little') + payload
        try:
            while data:
                data = data[os.write(self._fd, data):]
        except ConnectionError:
            pass  # the next receive() says that it is over


def _bytes(text: str) -> bytes:
    """Messages are UTF-8 for certain, whatever bytes a file's name in them has."""
    return text.replace('\0', '\\0').encode('utf-8', 'backslashreplace')


class Environment:
    """The variables that change from item to item; what was inherited comes back without them."""

    def __init__(self) -> None:
        self._inherited = {name: os.environ.get(name) for _, name in _VARIABLES}

    def set(self, request: Dict[str, str]) -> None:
        for key, name in _VARIABLES:
            value = request.get(key, self._inherited[name])
            if value == os.environ.get(name):
                continue
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        os.environ['TMP_OUTPUT_DIR'] = os.path.dirname(request['output'])


def _failure(error: BaseException, folder: str, function_s: Optional[float]) -> Dict[str, str]:
    message, trace = describe_error(error, folder)
    reply = {'error': message[:_MESSAGE_MAX]}
    if function_s is not None:
        reply['function_s'] = repr(function_s)
    reply['traceback'] = trace[-_TRACEBACK_MAX:]
    return reply


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads it any more, or the component closed it


def _run_item(component: Component, request: Dict[str, str]) -> Dict[str, str]:
    item = Item(request['input'], request['output'], request.get('onnx_file') or None)
    try:
        return {'ok': '1', 'function_s': repr(component.run(item))}
    except BaseException as error:
        if isinstance(error, SystemExit) and error.code in (None, 0, False):
            return {'ok': '1', 'function_s': repr(component.last_s or 0.0)}
        return _failure(error, component.folder, component.last_s)


def _serve(stream: Stream, path: str) -> int:
    owner = os.getpid()
    try:
        component = Component(path)
    except BaseException as error:
        stream.send(_failure(error, os.path.dirname(os.path.abspath(path)), None))
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    _flush()
    environment = Environment()
    gc.collect()
    gc.freeze()  # what is loaded by now stays, so the collector need not look at it again
    stream.send({'ready': '1'})
    while True:
        request = stream.receive()
        if request is None:
            return 0
        environment.set(request)
        reply = _run_item(component, request)
        _flush()
        if os.getpid() != owner:
            # a process that the component forked came back here; it must not answer
            os._exit(0 if 'ok' in reply else 1)
        stream.send(reply)


def main(arguments: List[str]) -> int:
    fd_text = os.environ.pop('AISPRINT_WORKER_FD', '')
    if len(arguments) != 1 or not fd_text.isdigit():
        print('usage: AISPRINT_WORKER_FD=N python -m aisprint.worker main.py\n'
              '(started by `aisprint run`; by hand: python main.py -i IN -o OUT)',
              file=sys.stderr)
        return 2
    fd = int(fd_text)
    try:
        os.set_inheritable(fd, False)  # programs that the component starts do not get it
    except OSError as error:
        print('aisprint.worker: AISPRINT_WORKER_FD=%d: %s' % (fd, error.strerror), file=sys.stderr)
        return 2
    if sys.stderr is not None:
        faulthandler.enable()  # a crash in native code shows in the log where it was called from
    sys.dont_write_bytecode = True  # a run leaves no __pycache__ in the designs
    try:
        return _serve(Stream(fd), arguments[0])
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print('the connection to aisprint, descriptor %d, was closed by the component or is broken: %s'
              % (fd, error.strerror), file=sys.stderr)
        return 1
    except Exception:  # of the worker itself: the parent sees the stream's end, the log says why
        traceback.print_exc()
        return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
