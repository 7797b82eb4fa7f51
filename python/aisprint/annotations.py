"""The nine annotations and `annotation`, which takes several at once.

`aisprint check` and `design` read them from the source, where each value is checked. At run time
they call the function and return its value; `exec_time` also reports how long it took (see
`aisprint.monitoring`), whether it returns or raises. Arguments that an annotation does not have, or
lacks, are a TypeError when the component is imported; values are left to `aisprint check`.

Units: seconds, GB of memory, hours, items a second.
"""
from __future__ import annotations

import functools
import inspect
import logging
import os
import time
from typing import Any, Callable, Dict, List, Optional, TypeVar, Union

from aisprint import monitoring

__all__ = ['annotation', 'component_name', 'detect_metric_drift', 'device_constraints',
           'early_exits_model', 'exec_time', 'expected_throughput', 'model_performance',
           'partitionable_model', 'security']

Function = TypeVar('Function', bound=Callable[..., Any])
Decorator = Callable[[Function], Function]
# one value, one a metric, or one a field of a metric
Names = Union[str, List[Union[str, List[str]]]]
Numbers = Union[float, List[Union[float, List[float]]]]


def component_name(name: str) -> Decorator:
    """Say which component of application_dag.yaml this is."""
    return _plain('component_name', name)


def exec_time(local_time_thr: Optional[float] = None, global_time_thr: Optional[float] = None,
              prev_components: Optional[List[str]] = None) -> Decorator:
    """Report the execution time; limit it, here and on the path `prev_components` + this one."""
    return _timed('exec_time', local_time_thr)


def expected_throughput(rate: float) -> Decorator:
    """Say how many items arrive in a second."""
    return _plain('expected_throughput', rate)


def partitionable_model(onnx_file: str, num_partitions: int = 1) -> Decorator:
    """Let `design` cut the model onnx/`onnx_file` in two, in up to `num_partitions` ways."""
    return _plain('partitionable_model', onnx_file)


def device_constraints(ram: Optional[float] = None, vram: Optional[float] = None,
                       use_gpu_for: Optional[List[str]] = None) -> Decorator:
    """Say what a device must have; `vram` above 0 means a GPU, used for 'dnn', 'pre', 'post'."""
    return _plain('device_constraints', ram)


def early_exits_model(onnx_file: str, condition_function: str,
                      transition_probabilities: List[float]) -> Decorator:
    """Let the model answer before its end where `condition_function` says so.

    `transition_probabilities` are those of going on, one for each exit.
    """
    return _plain('early_exits_model', onnx_file)


def model_performance(metric: Optional[str] = None, metric_thr: Optional[float] = None,
                      filtered_class: Union[str, int, None] = None) -> Decorator:
    """Say how alternatives are ranked, at the filter and at the classifier."""
    return _plain('model_performance', metric)


def detect_metric_drift(metric: Names, field: Names, statistical_test: Names,
                        test_threshold: Numbers, detection_interval: float,
                        monitoring_period: Numbers, data_collection_period: float,
                        notification_endpoint: Optional[str] = None) -> Decorator:
    """Notice when a metric is no longer distributed as it was; periods are hours."""
    return _plain('detect_metric_drift', metric)


def security(trustedExecution: bool = False, networkShield: bool = False,
             filesystemShield: bool = False, confProc: bool = False, integrityProc: bool = False,
             confRest: bool = False) -> Decorator:
    """Ask for protections where the component runs."""
    return _plain('security', trustedExecution)


_ANNOTATIONS: Dict[str, Callable[..., Decorator]] = {
    function.__name__: function
    for function in (component_name, exec_time, expected_throughput, partitionable_model,
                     device_constraints, early_exits_model, model_performance,
                     detect_metric_drift, security)}


def annotation(annotation_dict: Dict[str, Dict[str, Any]]) -> Decorator:
    """All annotations of a component at once: {'exec_time': {'local_time_thr': 5}, ...}."""
    _refuse_bare('annotation', annotation_dict)
    if not isinstance(annotation_dict, dict):
        raise TypeError('annotation() takes a dictionary of annotations, such as '
                        "{'component_name': {'name': 'x'}}, not %s"
                        % type(annotation_dict).__name__)
    for name, arguments in annotation_dict.items():
        _check_entry(name, arguments)
    if 'exec_time' in annotation_dict:
        return _timed('annotation', None)
    return _plain('annotation', None)


def _check_entry(name: Any, arguments: Any) -> None:
    make = _ANNOTATIONS.get(name) if isinstance(name, str) else None
    if make is None:
        raise TypeError('annotation(): there is no annotation %r%s; they are %s'
                        % (name, _nearest(name, _ANNOTATIONS), ', '.join(_ANNOTATIONS)))
    if not isinstance(arguments, dict) or not all(isinstance(key, str) for key in arguments):
        raise TypeError("annotation(): %r takes a dictionary of arguments ({} when it has none), "
                        'not %r' % (name, arguments))
    signature = inspect.signature(make)
    for key in arguments:
        if key not in signature.parameters:
            raise TypeError('annotation(): %s has no argument %r%s; they are %s'
                            % (name, key, _nearest(key, signature.parameters),
                               ', '.join(signature.parameters)))
    try:
        signature.bind(**arguments)
    except TypeError as error:
        raise TypeError('annotation(): %s: %s' % (name, error)) from None


def _nearest(name: Any, names: Any) -> str:
    import difflib  # only where something is wrong
    near = difflib.get_close_matches(str(name), names, 1)
    return ' (did you mean %r?)' % near[0] if near else ''


def _refuse_bare(name: str, first: Any) -> None:
    """@exec_time without parentheses hands the function itself over as the first argument."""
    if inspect.isroutine(first) or inspect.isclass(first):
        raise TypeError('@%s needs parentheses: @%s(...)' % (name, name))


def _need_function(name: str, function: Any) -> None:
    if not callable(function):
        raise TypeError('@%s(...) stands above a function, not above %s'
                        % (name, type(function).__name__))


def _plain(name: str, first: Any) -> Decorator:
    """What it says concerns design only, so the function is handed back as it is."""
    _refuse_bare(name, first)

    def decorate(function: Function) -> Function:
        _need_function(name, function)
        return function
    return decorate


def _timed(name: str, first: Any) -> Decorator:
    _refuse_bare(name, first)

    def decorate(function: Function) -> Function:
        _need_function(name, function)

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.time()
            try:
                return function(*args, **kwargs)
            finally:
                _report(start, time.time())
        return timed  # type: ignore[return-value]
    return decorate


def _report(start: float, end: float) -> None:
    get = os.environ.get
    if not get('MONIT_HOST'):
        return
    try:
        monitoring.report_execution_time(
            get('UUID', ''), get('KCI', ''), get('RESOURCE_ID', ''), get('COMPONENT_NAME', ''),
            monitoring.job_start_of(get('EVENT'), start), start, end)
    except Exception:  # a measurement that is lost must not cost the item that it measures
        logging.getLogger('aisprint.monitoring').debug('no report', exc_info=True)
