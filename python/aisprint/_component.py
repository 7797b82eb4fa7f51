"""A component's module, imported once, and how each item gets to its `main`.

A component is written to be run as `python main.py -i IN -o OUT [-y ONNX]`: the block under
`if __name__ == '__main__':` makes the arguments of `main`, often with options of its own. That
block is not run for each item, because argparse takes longer than many functions do:

- First item: the block runs with that item's command line, and the arguments which it gives to
  `main` are kept as a template, in which the item's paths are known by their text.
- Second item (another file): the block runs again. When it gives what the template predicts, it is
  not run any more: from then on each item gets a fresh copy of the template with its own paths.
- The block runs for every item (imported once all the same) where a template could be wrong: when
  `main(...)` is not its last statement, when it does more than make arguments, when functions use
  what it makes as a global, when one value is made from a path, or when a value cannot be copied,
  such as an open file.
- A module without such a block gets a dictionary with `input`, `output` and, where there is a
  model, `onnx_file`.
"""
from __future__ import annotations

import argparse
import ast
import importlib.util
import os
import sys
import time
import traceback
from pathlib import PurePath
from types import CodeType, ModuleType, TracebackType
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from aisprint._guard import RECORDER, Guard

_SIMPLE = (str, bytes, int, float, complex, bool, type(None))


class Item(NamedTuple):
    input: str
    output: str
    onnx_file: Optional[str]


Maker = Callable[[Item], Any]


class _NotCopyable(Exception):
    pass


class Component:
    """One imported main.py. `run` may be called again and again, by one thread."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.folder = os.path.dirname(self.path)
        self.last_s: Optional[float] = None  # inside main in the last run, also when it raised
        self._name = os.path.basename(path)
        self._home = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        self._templates: Dict[Optional[str], _Template] = {}  # by model
        with open(self.path, 'rb') as file:
            source = file.read()
        tree = ast.parse(source, self.path)
        code = compile(tree, self.path, 'exec', dont_inherit=True)
        self._guard = Guard.find(tree, code, self.path)
        self._module = self._import(code)
        if self._guard is not None:
            self._guard.check_names(self._module.__dict__)
        self._main = self._module.__dict__.get('main')
        if not callable(self._main) and self._guard is None:
            raise AttributeError('%s has no function main' % self._name)

    def _import(self, code: CodeType) -> ModuleType:
        """Run the module's code under the name 'main', so that the guarded block does not run."""
        sys.argv = [self._name]
        if sys.path[0] != self.folder:
            sys.path.insert(0, self.folder)
        spec = importlib.util.spec_from_file_location('main', self.path)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules['main'] = module
        exec(code, module.__dict__)
        return module

    def run(self, item: Item) -> float:
        """Give one item to `main`; returns the seconds spent inside. Raises what it raises."""
        self.last_s = None
        sys.argv = [self._name] + _options(item)
        os.fchdir(self._home)  # each item finds the folder that a fresh process would
        if self._guard is None:
            return self._call([_plain_arguments(item)], {})
        template = self._templates.get(item.onnx_file)
        if template is None:
            template = self._templates[item.onnx_file] = _Template()
        if template.state == _Template.TRUSTED:
            return self._call(*template.make(item))
        if template.state == _Template.NEVER or self._guard.recording is None:
            return self._run_guard(item, template)
        args, kwargs = self._record(item, template)
        template.learn([args, kwargs], item)
        return self._call(args, kwargs)

    def _call(self, args: List[Any], kwargs: Dict[str, Any]) -> float:
        start = time.perf_counter()
        try:
            self._main(*args, **kwargs)  # type: ignore[misc]
        finally:
            self.last_s = time.perf_counter() - start
        return self.last_s

    def _record(self, item: Item, template: '_Template') -> List[Any]:
        """Run the block with a recorder in the place of its last `main`."""
        calls: List[List[Any]] = []
        names = self._module.__dict__
        names[RECORDER] = lambda *args, **kwargs: calls.append([list(args), kwargs])
        try:
            self._execute(self._guard.recording, item, template)  # type: ignore[union-attr]
        finally:
            del names[RECORDER]
        return calls[0]

    def _run_guard(self, item: Item, template: '_Template') -> float:
        start = time.perf_counter()
        try:
            self._execute(self._guard.code, item, template)  # type: ignore[union-attr]
        finally:
            self.last_s = time.perf_counter() - start
        return self.last_s

    def _execute(self, code: CodeType, item: Item, template: '_Template') -> None:
        """Run the block. Whether its parser knows -y is found out by trying."""
        names = self._module.__dict__
        if item.onnx_file is not None and template.takes_model is None:
            try:
                with _QuietUsageErrors():
                    exec(code, names)
                template.takes_model = True
                return
            except (_UsageError, argparse.ArgumentError):
                template.takes_model = False
            except BaseException:
                template.takes_model = True  # the parser was content
                raise
        if item.onnx_file is not None and not template.takes_model:
            sys.argv = [self._name] + _options(item._replace(onnx_file=None))
        exec(code, names)


def _options(item: Item) -> List[str]:
    options = ['-i', item.input, '-o', item.output]
    return options if item.onnx_file is None else options + ['-y', item.onnx_file]


def _plain_arguments(item: Item) -> Dict[str, str]:
    arguments = {'input': item.input, 'output': item.output}
    if item.onnx_file is not None:
        arguments['onnx_file'] = item.onnx_file
    return arguments


class _UsageError(SystemExit):
    pass


class _QuietUsageErrors:
    """argparse raises _UsageError and prints nothing."""

    def __enter__(self) -> None:
        def error(parser: argparse.ArgumentParser, message: str) -> None:
            raise _UsageError(2)
        self._error = argparse.ArgumentParser.error
        argparse.ArgumentParser.error = error  # type: ignore[assignment,method-assign]

    def __exit__(self, *_: Any) -> None:
        argparse.ArgumentParser.error = self._error  # type: ignore[method-assign]


class _Template:
    """The arguments of `main` with holes for an item's paths, and whether they can be trusted."""

    NEW, LEARNING, TRUSTED, NEVER = range(4)

    def __init__(self) -> None:
        self.state = _Template.NEW
        self.takes_model: Optional[bool] = None
        self.make: Maker = lambda item: None
        self.input = ''  # that it was made from

    def learn(self, call: List[Any], item: Item) -> None:
        """See what the block made of an item, before `main` can change it."""
        try:
            maker = _maker(call, item)
        except _NotCopyable:
            self.state = _Template.NEVER
            return
        if self.state == _Template.NEW:
            self.make = maker
            self.input = item.input
            self.state = _Template.LEARNING
        elif item.input != self.input:  # the same file again would prove nothing
            self.state = _Template.TRUSTED if self.make(item) == call else _Template.NEVER


def _maker(value: Any, item: Item) -> Maker:
    """A function that makes a fresh `value` with another item's paths in it."""
    kind = type(value)
    if kind is list:
        parts = [_maker(part, item) for part in value]
        return lambda item: [part(item) for part in parts]
    if kind is tuple:
        parts = [_maker(part, item) for part in value]
        return lambda item: tuple([part(item) for part in parts])
    if kind is dict:
        if not all(type(key) in _SIMPLE for key in value):
            raise _NotCopyable
        pairs = [(key, _maker(part, item)) for key, part in value.items()]
        return lambda item: {key: part(item) for key, part in pairs}
    if kind is argparse.Namespace:
        attributes = _maker(vars(value), item)
        return lambda item: argparse.Namespace(**attributes(item))
    if kind in _SIMPLE or isinstance(value, PurePath):
        return _leaf_maker(value, item)
    raise _NotCopyable


def _leaf_maker(value: Any, item: Item) -> Maker:
    if not isinstance(value, (str, bytes, PurePath)):
        return lambda item: value
    kind = type(value)
    text = os.fsdecode(value) if isinstance(value, (bytes, PurePath)) else value
    if text == item.input and kind is not bytes:
        return (lambda item: item.input) if kind is str else (lambda item: kind(item.input))
    if text == item.output and kind is not bytes:
        return (lambda item: item.output) if kind is str else (lambda item: kind(item.output))
    for path in (item.input, item.output):
        folder, name = os.path.split(path)
        if (name and name in text) or (len(folder) > 1 and folder in text):
            raise _NotCopyable  # made from a path: another item's would be another
    return lambda item: value


def describe_error(error: BaseException, folder: str) -> Tuple[str, str]:
    """One line with the place in the component, and the traceback without our own frames."""
    frames = error.__traceback__
    while frames is not None and _is_ours(frames.tb_frame.f_code):
        frames = frames.tb_next
    trace = ''.join(traceback.format_exception(type(error), error, frames))
    return _error_text(error) + _place(error, frames, folder), trace


def _is_ours(code: CodeType) -> bool:
    return os.path.dirname(code.co_filename) == os.path.dirname(__file__)


def _error_text(error: BaseException) -> str:
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        return 'the component ended itself with status %d' % error.code
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        text = ''
    return type(error).__name__ + (': ' + text if text else '')


def _place(error: BaseException, frames: Optional[TracebackType], folder: str) -> str:
    place = None
    while frames is not None:
        path = frames.tb_frame.f_code.co_filename
        if path.startswith(folder + os.sep):
            place = (path, frames.tb_lineno)
        frames = frames.tb_next
    if isinstance(error, SyntaxError) and (error.filename or '').startswith(folder + os.sep):
        place = (error.filename, error.lineno or 0)
    return ' (%s:%d)' % (os.path.relpath(place[0], folder), place[1]) if place else ''
