/* onnx/canonical - a message in the bytes that protobuf's own library writes: fields by number, lists packed
 * as the schema of onnx 1.12 says, what it does not know behind them.
 *
 * Layer: inside onnx/. Source: onnx-ml.proto (proto2) of ONNX 1.12. */
#ifndef AIS_ONNX_CANONICAL_H
#define AIS_ONNX_CANONICAL_H
#include "onnx/rope.h"

typedef enum ais__onnx_schema {
    AIS__ONNX_ATTRIBUTE,
    AIS__ONNX_VALUE_INFO,
    AIS__ONNX_NODE,
    AIS__ONNX_ENTRY, /* StringStringEntryProto */
    AIS__ONNX_ANNOTATION,
    AIS__ONNX_GRAPH,
    AIS__ONNX_TENSOR,
    AIS__ONNX_SPARSE_TENSOR,
    AIS__ONNX_SHAPE,
    AIS__ONNX_DIMENSION,
    AIS__ONNX_TYPE,
    AIS__ONNX_TENSOR_TYPE,   /* and that of sparse tensors */
    AIS__ONNX_SEQUENCE_TYPE, /* and optional */
    AIS__ONNX_MAP_TYPE,
    AIS__ONNX_OPAQUE_TYPE,
    AIS__ONNX_OPSET,
    AIS__ONNX_FUNCTION,
    AIS__ONNX_SCHEMA_COUNT
} ais__onnx_schema;

/* Append the fields of the message. Bytes that are so already stay pieces of the file.
 * Errors: AIS_E_INPUT with the byte; AIS_E_LIMIT when nested too deeply. */
AIS_NODISCARD int ais__onnx_add_canonical(const ais_onnx_source *source, ais__onnx_schema schema,
                                          ais_onnx_span message, ais__onnx_rope *out,
                                          ais_error **err);
#endif
