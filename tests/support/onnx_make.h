/* Tiny ONNX models for tests, written byte by byte, so that wrong ones can be made too.
 *
 * A graph is a growing string of its fields; onnx_finish() wraps it into a model.
 *     AIS_SCOPED(ais_str) graph = {0}, model = {0};
 *     onnx_input(&graph, "x", ONNX_FLOAT, "N,2");
 *     onnx_node(&graph, "Identity", "x", "y");
 *     onnx_output(&graph, "y", ONNX_FLOAT, "N,2");
 *     onnx_finish(&graph, 8, &model);
 * Lists are separated by commas; a dimension is a number or a name. */
#ifndef AIS_TESTS_ONNX_MAKE_H
#define AIS_TESTS_ONNX_MAKE_H
#include "base/str.h"

/* onnx.proto3, TensorProto.DataType */
enum {
    ONNX_FLOAT = 1,
    ONNX_UINT8 = 2,
    ONNX_INT64 = 7,
    ONNX_STRING = 8,
    ONNX_BOOL = 9,
    ONNX_FLOAT16 = 10,
    ONNX_DOUBLE = 11,
    ONNX_COMPLEX64 = 14
};

/* Protobuf fields. */
void pb_number(ais_str *out, unsigned field, uint64_t value);
void pb_bytes(ais_str *out, unsigned field, const void *bytes, size_t length);
void pb_text(ais_str *out, unsigned field, const char *text);
void pb_message(ais_str *out, unsigned field, const ais_str *message);

/* `shape` NULL: no shape at all; "": a scalar. */
void onnx_input(ais_str *graph, const char *name, int type, const char *shape);
void onnx_output(ais_str *graph, const char *name, int type, const char *shape);
void onnx_sequence_output(ais_str *graph, const char *name, int type);
void onnx_node(ais_str *graph, const char *op, const char *inputs, const char *outputs);
/* The fields of a node without what is around them, so that others can be added: pb_message(graph, 1, &node). */
void onnx_node_fields(ais_str *node, const char *op, const char *inputs, const char *outputs);
/* A graph as an attribute of such a node. */
void onnx_graph_attribute(ais_str *node, const char *name, const ais_str *graph);
/* What a model declares of a value inside. */
void onnx_value(ais_str *graph, const char *name, int type, const char *shape);
/* A tensor's type, sizes and name; its data is to follow: pb_message(graph, 5, &tensor). */
void onnx_tensor_fields(ais_str *tensor, const char *name, int type, const char *shape);
void onnx_floats(ais_str *graph, const char *name, const char *shape, const float *values,
                 size_t count);
/* Weights in another file; bytes 0 = no length given. */
void onnx_external(ais_str *graph, const char *name, const char *shape, const char *location,
                   unsigned offset, unsigned bytes);
void onnx_finish(const ais_str *graph, int ir_version, ais_str *model);
#endif
