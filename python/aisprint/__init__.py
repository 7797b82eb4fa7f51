"""aisprint: what a component written in Python imports.

    from aisprint.annotations import component_name, exec_time
    from aisprint.onnx_inference import load_and_inference

Decorators say what a component is and needs (`aisprint check` reads them from the source); models
run through `onnx_inference`, tensors go from segment to segment through `bundle`, times are
reported through `monitoring`. Only `onnx_inference` and `bundle` need numpy.
"""
from aisprint import annotations
from aisprint.annotations import (annotation, component_name, detect_metric_drift,
                                  device_constraints, early_exits_model, exec_time,
                                  expected_throughput, model_performance, partitionable_model,
                                  security)

__all__ = ['annotation', 'annotations', 'component_name', 'detect_metric_drift',
           'device_constraints', 'early_exits_model', 'exec_time', 'expected_throughput',
           'model_performance', 'partitionable_model', 'security']
