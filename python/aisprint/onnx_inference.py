"""Run ONNX models, as AI-SPRINT components do: `load_and_inference(onnx_file, input_dict)`.

A model is loaded once and kept; a file that was replaced is loaded anew. Arrays go in and come out
without being copied. One run uses one thread (AISPRINT_THREADS asks for more); other threads of the
program go on meanwhile.
"""
from __future__ import annotations

import os
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from aisprint import _native

__all__ = ['load_and_inference']

Path = Union[str, bytes, 'os.PathLike[Any]']

_MODELS_KEPT = 8  # the library keeps a few that nobody uses, too


class _Input:
    def __init__(self, name: str, dtype: str, shape: Any) -> None:
        self.name = name
        # numpy has no bfloat16: its bits travel as uint16
        self.dtype = np.dtype('uint16' if dtype == 'bfloat16' else dtype)
        sizes = '' if shape is None else ' [%s]' % ','.join(
            '?' if size is None else str(size) for size in shape)
        self.wanted = dtype + sizes


class _Model:
    def __init__(self, path: Path) -> None:
        threads = os.environ.get('AISPRINT_THREADS', '')
        self.session = _native.open_session(path, int(threads) if threads.isdigit() else 0)
        self.inputs = [_Input(*info) for info in self.session.inputs]
        self.names = {info.name for info in self.inputs}
        self.outputs = [(name, np.dtype('uint16' if dtype == 'bfloat16' else dtype))
                        for name, dtype, _ in self.session.outputs]

    def feed(self, input_dict: Mapping[str, Any]) -> List[np.ndarray]:
        arrays = []
        for info in self.inputs:
            try:
                value = input_dict[info.name]
            except KeyError:
                raise self._missing(input_dict) from None
            array = value if type(value) is np.ndarray else np.asarray(value)
            if array.dtype is not info.dtype and array.dtype != info.dtype:
                raise ValueError(
                    "input '%s' is %s (the model wants %s; convert with .astype(np.%s))"
                    % (info.name, array.dtype, info.wanted, info.dtype))
            flags = array.flags
            if not (flags.c_contiguous and flags.aligned):
                array = np.require(array, requirements=['C', 'A'])
            arrays.append(array)
        return arrays

    def find_outputs(self, wanted: Sequence[str]) -> List[int]:
        if isinstance(wanted, str):
            raise TypeError('outputs is the text %r (must be a list of names)' % wanted)
        names = [name for name, _ in self.outputs]
        missing = [name for name in wanted if name not in names]
        if missing:
            raise KeyError('the model has no output %s; its outputs are %s' % (
                ', '.join(map(repr, missing)), ', '.join(map(repr, names))))
        return [names.index(name) for name in wanted]

    def _missing(self, input_dict: Mapping[str, Any]) -> KeyError:
        missing = [info.name for info in self.inputs if info.name not in input_dict]
        return KeyError('input_dict lacks %s; the model wants %s; there are %s' % (
            ', '.join(map(repr, missing)),
            ', '.join('%r (%s)' % (info.name, info.wanted) for info in self.inputs),
            ', '.join(map(repr, input_dict)) or 'no entries'))


_models: Dict[Path, _Model] = {}


def load_and_inference(
        onnx_file: Path, input_dict: Mapping[str, Any],
        outputs: Optional[Sequence[str]] = None) -> Tuple[Dict[str, Any], List[np.ndarray]]:
    """Run the model `onnx_file` on the entries of `input_dict` named like its inputs.

    Returns `(return_dict, result)`: `result` lists the outputs in the model's order; `return_dict`
    holds them by name, together with every entry of `input_dict` that is no input of the model (so
    that what comes later gets it), and the inputs too if `input_dict['keep']` is true.
    `outputs`, a list of names, chooses: `result` lists these in this order, `return_dict` holds all
    others.

    Raises KeyError when an input is missing or the model has no such output, ValueError when an
    input has the wrong type or shape or the model is broken, OSError when it cannot be read,
    ImportError when no inference library is installed.
    """
    model = _find(onnx_file)
    chosen = None if outputs is None else model.find_outputs(outputs)
    tensors = model.session.run(model.feed(input_dict))
    result = [np.ndarray(tensor.shape, dtype, tensor)
              for tensor, (_, dtype) in zip(tensors, model.outputs)]
    if input_dict.get('keep', False):
        return_dict = dict(input_dict)
    else:
        names = model.names
        return_dict = {key: value for key, value in input_dict.items() if key not in names}
    for (name, _), array in zip(model.outputs, result):
        return_dict[name] = array
    if chosen is not None:
        for i in chosen:
            return_dict.pop(model.outputs[i][0], None)
        result = [result[i] for i in chosen]
    return return_dict, result


def _find(path: Path) -> _Model:
    model = _models.get(path)
    try:
        if model is not None and model.session.is_current():
            return model
        model = _Model(path)
    except OSError as error:
        os.stat(path)  # FileNotFoundError and its like say more than OSError
        raise error
    _models.pop(path, None)
    while len(_models) >= _MODELS_KEPT:
        _models.pop(next(iter(_models)), None)
    _models[path] = model
    return model
