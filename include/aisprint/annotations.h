/* aisprint/annotations.h - what a component written in C says about itself.
 *
 * Annotations stand at file scope, above the component's entry function (see component.h):
 *
 *     AIS_COMPONENT_NAME(name = "classifier");
 *     AIS_EXEC_TIME(local_time_thr = 0.5, global_time_thr = 2, prev_components = ("filter"));
 *     int classify(const ais_component_call *call, ais_error **err) { ... }
 *
 * They are read from the source by `aisprint check` and `aisprint design`; for the compiler each is
 * a static assertion that always holds, so they cost nothing and their arguments are not evaluated.
 * Arguments are given by name or in order; values are numbers, strings, true, false, NULL, lists in
 * parentheses such as ("a", "b"), constants of the same file (#define, enum, static const), and
 * arithmetic on numbers. A time, size or rate may also be a string with a unit: "20ms", "512 MB".
 * docs/annotations.md tells the range and the meaning of every argument. */
#ifndef AISPRINT_ANNOTATIONS_H
#define AISPRINT_ANNOTATIONS_H

#if defined(__cplusplus)
#define AIS_SAYS(text) static_assert(true, text)
#else
#define AIS_SAYS(text) _Static_assert(1, text)
#endif

/* (name): the component of application_dag.yaml. */
#define AIS_COMPONENT_NAME(...) AIS_SAYS("component_name")

/* (local_time_thr, global_time_thr, prev_components): seconds; the path that the global limit is
 * for. */
#define AIS_EXEC_TIME(...) AIS_SAYS("exec_time")

/* (rate): items a second. */
#define AIS_EXPECTED_THROUGHPUT(...) AIS_SAYS("expected_throughput")

/* (onnx_file, num_partitions): a model that may be cut. */
#define AIS_PARTITIONABLE_MODEL(...) AIS_SAYS("partitionable_model")

/* (ram, vram, use_gpu_for): GB; of "dnn", "pre", "post". */
#define AIS_DEVICE_CONSTRAINTS(...) AIS_SAYS("device_constraints")

/* (onnx_file, condition_function, transition_probabilities): a model with early exits. */
#define AIS_EARLY_EXITS_MODEL(...) AIS_SAYS("early_exits_model")

/* (metric, metric_thr, filtered_class): how good the answers must be. */
#define AIS_MODEL_PERFORMANCE(...) AIS_SAYS("model_performance")

/* (metric, field, statistical_test, test_threshold, detection_interval, monitoring_period,
 * data_collection_period, notification_endpoint): hours. */
#define AIS_DETECT_METRIC_DRIFT(...) AIS_SAYS("detect_metric_drift")

/* (trustedExecution, networkShield, filesystemShield, confProc, integrityProc, confRest): true or
 * false. */
#define AIS_SECURITY(...) AIS_SAYS("security")

#endif
