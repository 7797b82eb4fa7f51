"""What the segments of a component that was cut in two or more hand to each other.

`aisprint design` writes calls of these functions into the segments that it makes from a component.
What travels is one bundle (see `aisprint.bundle`): the dictionary that `load_and_inference` returned,
and the variables that are made before it and read behind it. Arrays, numbers, texts, None, and lists,
tuples and dictionaries of them come back as what they were; arrays may be written to. Anything else
raises TypeError and says where it enters. Nothing is pickled.
"""
from __future__ import annotations

import json
import os
import sys
from math import isfinite
from typing import Any, Dict, Iterable, List, Mapping, TypeVar, Union

import numpy as np

from aisprint import _native, bundle

__all__ = ['output', 'pass_on', 'read', 'write']

Path = Union[str, 'os.PathLike[str]']
AnyPath = TypeVar('AnyPath', str, 'os.PathLike[str]')

GOES_ON = '_NO_EARLYEXIT'  # ends the names of items that did not leave at an early exit
_VARIABLE = 'local:'       # begins the names of variables in the file
_PART = 'part:'            # of arrays inside of lists, tuples and dictionaries
_TAG = '__aisprint__'      # of a JSON object that stands for what JSON does not know
_DEEPEST = 50


def write(path: Path, return_dict: Mapping[str, Any], /, **variables: Any) -> None:
    """Write what the next segment needs: `return_dict` and the variables."""
    writer = _Writer(return_dict)
    try:
        writer.add_all(variables)
    except _Refused as refused:
        from aisprint import _origin  # only now: it reads and parses the source
        frame = sys._getframe(1)
        if frame.f_globals is globals():
            frame = sys._getframe(2)
        where = _origin.find(frame, refused.key, refused.key in return_dict)
        raise TypeError('%s%s' % (where, refused)) from None
    bundle.write(path, writer.values)


def pass_on(path: Path, return_dict: Mapping[str, Any], /, **variables: Any) -> None:
    """As `write`, of an item that does not leave at this exit: the file's name says that it goes on."""
    write(os.fspath(path) + GOES_ON, return_dict, **variables)


def read(path: Path, *variables: str) -> Any:
    """Read what the segment before wrote: the dictionary, or `(dictionary, variable, ...)`."""
    try:
        values = _decode_all(*_native.read_bundle(path, True))
    except OSError as error:
        os.stat(path)  # FileNotFoundError and its like say more than OSError
        raise error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError('%s: this is not what the segment before writes (%s)'
                         % (os.fspath(path), error)) from None
    if not variables:
        return values
    missing = [name for name in variables if _VARIABLE + name not in values]
    if missing:
        raise ValueError('%s: the segment before did not write %s (were both made by the same '
                         '`aisprint design`?)' % (os.fspath(path), ', '.join(map(repr, missing))))
    found = [values.pop(_VARIABLE + name) for name in variables]
    return (values, *found)


def output(path: AnyPath) -> AnyPath:
    """The path without what the segments with early exits append to the name of an item."""
    text = os.fspath(path)
    return type(path)(text[:-len(GOES_ON)]) if text.endswith(GOES_ON) else path


# ---- writing ----

class _Refused(Exception):
    def __init__(self, key: str, what: str) -> None:
        super().__init__('%r %s, which no other segment can get (arrays, numbers, texts, None, and '
                         'lists, tuples and dicts of them can)' % (key, what))
        self.key = key


class _Writer:
    def __init__(self, return_dict: Mapping[str, Any]) -> None:
        self.values: Dict[str, Any] = {}
        self._entries = return_dict
        self._names: Dict[int, str] = {}  # of arrays and containers, by identity
        self._parts = 0
        self._key = ''  # of the value that is being encoded

    def add_all(self, variables: Mapping[str, Any]) -> None:
        for key, value in self._entries.items():
            self._key = key if isinstance(key, str) else repr(key)
            if not isinstance(key, str) or '\0' in key:
                raise _Refused(self._key, 'is a name that is no text')
            self._add(key, value)
        for key, value in variables.items():
            self._key = key
            self._add(_VARIABLE + key, value)

    def _add(self, name: str, value: Any) -> None:
        if isinstance(value, (np.ndarray, np.generic)) and id(value) not in self._names:
            self.values[name] = self._check(value)
        else:
            self.values[name] = self._encode(value, 0)
        if isinstance(value, (np.ndarray, list, dict)):
            self._names.setdefault(id(value), name)

    def _encode(self, value: Any, depth: int) -> Any:
        if value is None or type(value) in (bool, int):
            return value
        if type(value) is str:
            return self._encode_text(value)
        if type(value) is float:
            return value if isfinite(value) else {_TAG: 'float', 'is': repr(value)}
        if id(value) in self._names:
            return {_TAG: 'same', 'as': self._names[id(value)]}
        if isinstance(value, (np.ndarray, np.generic)):
            return {_TAG: 'array', 'is': self._add_part(value)}
        if depth == _DEEPEST:
            raise _Refused(self._key, 'is nested more than %d deep' % _DEEPEST)
        if type(value) is list:
            return [self._encode(item, depth + 1) for item in value]
        if type(value) is tuple:
            return {_TAG: 'tuple', 'is': [self._encode(item, depth + 1) for item in value]}
        if type(value) is dict:
            return self._encode_dict(value, depth)
        raise _Refused(self._key, '%s %s' % ('is' if depth == 0 else 'holds', _describe(value)))

    @staticmethod
    def _encode_text(text: str) -> Any:
        try:
            text.encode()
        except UnicodeEncodeError:  # the name of a file may have any bytes
            return {_TAG: 'text', 'is': text.encode('utf-8', 'surrogatepass').hex()}
        return text

    def _encode_dict(self, value: Dict[Any, Any], depth: int) -> Any:
        if all(type(key) is str for key in value) and _TAG not in value:
            return {key: self._encode(item, depth + 1) for key, item in value.items()}
        return {_TAG: 'dict', 'is': [[self._encode(key, depth + 1), self._encode(item, depth + 1)]
                                     for key, item in value.items()]}

    def _add_part(self, value: Any) -> str:
        array = self._check(value)
        name = '%s%d' % (_PART, self._parts)
        while name in self._entries or name in self.values:
            self._parts += 1
            name = '%s%d' % (_PART, self._parts)
        self._parts += 1
        self.values[name] = array
        return name

    def _check(self, value: Any) -> np.ndarray:
        if isinstance(value, np.ndarray) and type(value) not in (np.ndarray, np.memmap):
            raise _Refused(self._key, 'is %s' % _describe(value))
        array = np.asarray(value)
        if array.dtype.kind not in 'biuf' or array.dtype.itemsize > 8:
            raise _Refused(self._key, 'is an array of %s' % array.dtype)
        return array


def _describe(value: Any) -> str:
    kind = type(value)
    if kind.__module__ == '_io':
        return 'an open file'
    named = {'function': 'function', 'builtin_function_or_method': 'function', 'method': 'method',
             'type': 'class', 'module': 'module'}.get(kind.__name__)
    if named is not None:
        return 'the %s %s' % (named, getattr(value, '__qualname__', getattr(value, '__name__', '')))
    name = kind.__name__ if kind.__module__ == 'builtins' else '%s.%s' % (kind.__module__,
                                                                          kind.__qualname__)
    return '%s %s' % ('an' if name[0] in 'aeiouAEIOU' else 'a', name)


# ---- reading ----

def _decode_all(tensors: Mapping[str, Any], texts: Mapping[str, str]) -> Dict[str, Any]:
    arrays: Dict[str, Any] = {}
    for name, tensor in tensors.items():
        dtype = 'uint16' if tensor.dtype == 'bfloat16' else tensor.dtype
        array = np.ndarray(tensor.shape, dtype, tensor)
        arrays[name] = array if array.ndim > 0 else array[()]  # numpy's scalars lie so
    encoded = {name: json.loads(text) for name, text in texts.items()}
    values = {name: array for name, array in arrays.items() if not name.startswith(_PART)}
    parts: List[str] = []
    for name, value in encoded.items():
        # what is named `same` was written before it
        values[name] = _decode(value, arrays, values, parts)
    for name in arrays.keys() - values.keys() - set(parts):
        values[name] = arrays[name]  # an entry of the component's own that begins like a part
    return values


def _decode(value: Any, arrays: Mapping[str, Any], values: Mapping[str, Any],
            parts: List[str]) -> Any:
    def all_of(items: Iterable[Any]) -> List[Any]:
        return [_decode(item, arrays, values, parts) for item in items]

    if type(value) is list:
        return all_of(value)
    if type(value) is not dict:
        return value
    kind = value.get(_TAG)
    if kind is None:
        return {key: _decode(item, arrays, values, parts) for key, item in value.items()}
    if kind == 'same':
        return values[value['as']]
    what = value['is']
    if kind == 'array':
        parts.append(what)
        return arrays[what]
    if kind == 'tuple':
        return tuple(all_of(what))
    if kind == 'dict':
        return {key: item for key, item in map(all_of, what)}
    if kind == 'text':
        return bytes.fromhex(what).decode('utf-8', 'surrogatepass')
    return float(what)
