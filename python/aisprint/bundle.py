"""Named arrays and values in one file: what goes from one segment of a cut model to the next.

The file is a safetensors file (https://huggingface.co/docs/safetensors): arrays as they lie in
memory, other values as JSON texts. Nothing is pickled, so reading a file runs nothing that is in it.
"""
from __future__ import annotations

import json
import os
from typing import Any, Dict, Mapping, Union

import numpy as np

from aisprint import _native

__all__ = ['read', 'write']

Path = Union[str, bytes, 'os.PathLike[Any]']

_KINDS = 'biuf'  # truth values, integers, floats


def write(path: Path, values: Mapping[str, Any]) -> None:
    """Write arrays and JSON values under their names; a failure leaves the old file whole.

    Arrays may hold truth values, integers and floats of up to 8 bytes; numpy's scalars are kept as
    arrays without dimensions. Other values must be what JSON knows; tuples become lists.
    """
    tensors: Dict[str, np.ndarray] = {}
    texts: Dict[str, str] = {}
    for name, value in values.items():
        if not isinstance(name, str) or '\0' in name:
            raise TypeError('the name %r is no text' % (name,))
        if isinstance(value, (np.ndarray, np.generic)):
            tensors[name] = _plain_array(name, np.asanyarray(value))
        else:
            texts[name] = _to_json(name, value)
    _native.write_bundle(path, tensors, texts)


def read(path: Path) -> Dict[str, Any]:
    """Read what `write` wrote. Arrays are read-only views of the file, mapped while they live."""
    try:
        tensors, texts = _native.read_bundle(path)
    except OSError as error:
        os.stat(path)  # FileNotFoundError and its like say more than OSError
        raise error
    values: Dict[str, Any] = {}
    for name, tensor in tensors.items():
        dtype = 'uint16' if tensor.dtype == 'bfloat16' else tensor.dtype
        values[name] = np.ndarray(tensor.shape, dtype, tensor)
    for name, text in texts.items():
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text  # a file of another program: its texts are just texts
    return values


def _plain_array(name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in _KINDS or array.dtype.itemsize > 8:
        raise TypeError('%r is an array of %s (possible are truth values, integers and floats of '
                        'up to 8 bytes)' % (name, array.dtype))
    native = array.dtype.newbyteorder('=')
    return np.require(array, dtype=native, requirements=['C', 'A'])


def _to_json(name: str, value: Any) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError('%r can be no part of a bundle: %s (arrays, and what JSON knows, can)'
                        % (name, error)) from None
