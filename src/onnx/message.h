/* onnx/message - which messages of onnx.proto3 hold which, and a walk over all of them.
 *
 * Layer: above wire.h. Threads: no shared state.
 * Source: onnx.proto3 of ONNX 1.17 (field numbers never change). */
#ifndef AIS_ONNX_MESSAGE_H
#define AIS_ONNX_MESSAGE_H
#include "onnx/wire.h"

/* Messages that may hold a tensor or a graph somewhere inside. */
typedef enum ais_onnx_message {
    AIS_ONNX_MESSAGE_OTHER, /* not descended into */
    AIS_ONNX_MESSAGE_MODEL,
    AIS_ONNX_MESSAGE_GRAPH,
    AIS_ONNX_MESSAGE_NODE,
    AIS_ONNX_MESSAGE_ATTRIBUTE,
    AIS_ONNX_MESSAGE_TENSOR,
    AIS_ONNX_MESSAGE_SPARSE_TENSOR,
    AIS_ONNX_MESSAGE_FUNCTION,
    AIS_ONNX_MESSAGE_TRAINING,
    AIS_ONNX_MESSAGE_COUNT
} ais_onnx_message;

/* Field numbers. */
enum {
    AIS_ONNX_MODEL_IR_VERSION = 1,
    AIS_ONNX_MODEL_PRODUCER = 2,
    AIS_ONNX_MODEL_PRODUCER_VERSION = 3,
    AIS_ONNX_MODEL_GRAPH = 7,
    AIS_ONNX_MODEL_OPSET = 8,
    AIS_ONNX_MODEL_TRAINING = 20,
    AIS_ONNX_MODEL_FUNCTION = 25,
    AIS_ONNX_OPSET_DOMAIN = 1,
    AIS_ONNX_OPSET_VERSION = 2,
    AIS_ONNX_GRAPH_NODE = 1,
    AIS_ONNX_GRAPH_NAME = 2,
    AIS_ONNX_GRAPH_INITIALIZER = 5,
    AIS_ONNX_GRAPH_INPUT = 11,
    AIS_ONNX_GRAPH_OUTPUT = 12,
    AIS_ONNX_GRAPH_VALUE_INFO = 13,
    AIS_ONNX_GRAPH_QUANTIZATION = 14,
    AIS_ONNX_GRAPH_SPARSE_INITIALIZER = 15,
    AIS_ONNX_NODE_INPUT = 1,
    AIS_ONNX_NODE_OUTPUT = 2,
    AIS_ONNX_NODE_NAME = 3,
    AIS_ONNX_NODE_OP_TYPE = 4,
    AIS_ONNX_NODE_ATTRIBUTE = 5,
    AIS_ONNX_NODE_DOMAIN = 7,
    AIS_ONNX_ATTRIBUTE_NAME = 1,
    AIS_ONNX_ATTRIBUTE_F = 2,
    AIS_ONNX_ATTRIBUTE_I = 3,
    AIS_ONNX_ATTRIBUTE_S = 4,
    AIS_ONNX_ATTRIBUTE_T = 5,
    AIS_ONNX_ATTRIBUTE_G = 6,
    AIS_ONNX_ATTRIBUTE_FLOAT_LIST = 7,
    AIS_ONNX_ATTRIBUTE_INT_LIST = 8,
    AIS_ONNX_ATTRIBUTE_STRING_LIST = 9,
    AIS_ONNX_ATTRIBUTE_TENSOR_LIST = 10,
    AIS_ONNX_ATTRIBUTE_GRAPH_LIST = 11,
    AIS_ONNX_ATTRIBUTE_TYPE = 20,
    AIS_ONNX_ATTRIBUTE_SPARSE = 22,
    AIS_ONNX_ATTRIBUTE_SPARSE_LIST = 23,
    AIS_ONNX_TENSOR_DIMS = 1,
    AIS_ONNX_TENSOR_TYPE = 2,
    AIS_ONNX_TENSOR_SEGMENT = 3,
    AIS_ONNX_TENSOR_FLOATS = 4,
    AIS_ONNX_TENSOR_INT32S = 5,
    AIS_ONNX_TENSOR_STRINGS = 6,
    AIS_ONNX_TENSOR_INT64S = 7,
    AIS_ONNX_TENSOR_NAME = 8,
    AIS_ONNX_TENSOR_RAW = 9,
    AIS_ONNX_TENSOR_DOUBLES = 10,
    AIS_ONNX_TENSOR_UINT64S = 11,
    AIS_ONNX_TENSOR_EXTERNAL = 13,
    AIS_ONNX_TENSOR_LOCATION = 14,
    AIS_ONNX_ENTRY_KEY = 1,
    AIS_ONNX_ENTRY_VALUE = 2,
    AIS_ONNX_SPARSE_VALUES = 1,
    AIS_ONNX_SPARSE_INDICES = 2,
    AIS_ONNX_SPARSE_DIMS = 3,
    AIS_ONNX_VALUE_NAME = 1,
    AIS_ONNX_VALUE_TYPE = 2,
    AIS_ONNX_TYPE_TENSOR = 1,
    AIS_ONNX_TYPE_SEQUENCE = 4,
    AIS_ONNX_TYPE_MAP = 5,
    AIS_ONNX_TYPE_SPARSE = 8,
    AIS_ONNX_TYPE_OPTIONAL = 9,
    AIS_ONNX_TENSOR_TYPE_ELEMENT = 1,
    AIS_ONNX_TENSOR_TYPE_SHAPE = 2,
    AIS_ONNX_SHAPE_DIM = 1,
    AIS_ONNX_DIM_VALUE = 1,
    AIS_ONNX_DIM_PARAM = 2,
    AIS_ONNX_QUANTIZATION_TENSOR = 1,
    AIS_ONNX_QUANTIZATION_PARAMETER = 2
};

/* The message in field `number` of a message. */
ais_onnx_message ais_onnx_child_message(ais_onnx_message message, uint32_t number);

/* Looks at each message of a walk, before what is in it. What is inside of a tensor is left to it. */
typedef struct ais_onnx_visitor {
    const ais_onnx_source *source;
    void *context;
    /* depth 0 is the message that the walk began with */
    int (*visit)(void *context, ais_onnx_message message, ais_onnx_span span, int depth,
                 ais_error **err);
} ais_onnx_visitor;

/* Errors: what `visit` says; AIS_E_INPUT with the byte; AIS_E_LIMIT when nested deeper than
 * AIS_ONNX_MAX_DEPTH. */
AIS_NODISCARD int ais_onnx_walk(const ais_onnx_visitor *visitor, ais_onnx_message message,
                                ais_onnx_span span, ais_error **err);
#endif
