/* Which messages hold which; see message.h. */
#include "onnx/message.h"

enum { MAX_FIELD = 25 };

/* [message][field number] = message in that field */
static const unsigned char children[AIS_ONNX_MESSAGE_COUNT][MAX_FIELD + 1] = {
    [AIS_ONNX_MESSAGE_MODEL] = {[AIS_ONNX_MODEL_GRAPH] = AIS_ONNX_MESSAGE_GRAPH,
                                [AIS_ONNX_MODEL_TRAINING] = AIS_ONNX_MESSAGE_TRAINING,
                                [AIS_ONNX_MODEL_FUNCTION] = AIS_ONNX_MESSAGE_FUNCTION},
    [AIS_ONNX_MESSAGE_GRAPH] = {[AIS_ONNX_GRAPH_NODE] = AIS_ONNX_MESSAGE_NODE,
                                [AIS_ONNX_GRAPH_INITIALIZER] = AIS_ONNX_MESSAGE_TENSOR,
                                [AIS_ONNX_GRAPH_SPARSE_INITIALIZER] =
                                    AIS_ONNX_MESSAGE_SPARSE_TENSOR},
    [AIS_ONNX_MESSAGE_NODE] = {[AIS_ONNX_NODE_ATTRIBUTE] = AIS_ONNX_MESSAGE_ATTRIBUTE},
    [AIS_ONNX_MESSAGE_ATTRIBUTE] = {[AIS_ONNX_ATTRIBUTE_T] = AIS_ONNX_MESSAGE_TENSOR,
                                    [AIS_ONNX_ATTRIBUTE_G] = AIS_ONNX_MESSAGE_GRAPH,
                                    [AIS_ONNX_ATTRIBUTE_TENSOR_LIST] = AIS_ONNX_MESSAGE_TENSOR,
                                    [AIS_ONNX_ATTRIBUTE_GRAPH_LIST] = AIS_ONNX_MESSAGE_GRAPH,
                                    [AIS_ONNX_ATTRIBUTE_SPARSE] = AIS_ONNX_MESSAGE_SPARSE_TENSOR,
                                    [AIS_ONNX_ATTRIBUTE_SPARSE_LIST] =
                                        AIS_ONNX_MESSAGE_SPARSE_TENSOR},
    [AIS_ONNX_MESSAGE_SPARSE_TENSOR] = {[AIS_ONNX_SPARSE_VALUES] = AIS_ONNX_MESSAGE_TENSOR,
                                        [AIS_ONNX_SPARSE_INDICES] = AIS_ONNX_MESSAGE_TENSOR},
    [AIS_ONNX_MESSAGE_FUNCTION] = {[7] = AIS_ONNX_MESSAGE_NODE, [11] = AIS_ONNX_MESSAGE_ATTRIBUTE},
    [AIS_ONNX_MESSAGE_TRAINING] = {[1] = AIS_ONNX_MESSAGE_GRAPH, [2] = AIS_ONNX_MESSAGE_GRAPH},
};

ais_onnx_message ais_onnx_child_message(ais_onnx_message message, uint32_t number)
{
    return number <= MAX_FIELD ? (ais_onnx_message)children[message][number]
                               : AIS_ONNX_MESSAGE_OTHER;
}

static int walk(const ais_onnx_visitor *v, ais_onnx_message message, ais_onnx_span span, int depth,
                ais_error **err)
{
    if (depth > AIS_ONNX_MAX_DEPTH)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = v->source->path},
                                "at byte %zu the model is nested deeper than %d messages",
                                (size_t)(span.at - v->source->data), AIS_ONNX_MAX_DEPTH);
    if (v->visit(v->context, message, span, depth, err) < 0)
        return -1;
    while (message != AIS_ONNX_MESSAGE_TENSOR && span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(v->source, &span, &f, err) < 0)
            return -1;
        const ais_onnx_message child = ais_onnx_child_message(message, f.number);
        if (f.type == AIS_ONNX_WIRE_BYTES && child != AIS_ONNX_MESSAGE_OTHER &&
            walk(v, child, f.bytes, depth + 1, err) < 0)
            return -1;
    }
    return 0;
}

int ais_onnx_walk(const ais_onnx_visitor *visitor, ais_onnx_message message, ais_onnx_span span,
                  ais_error **err)
{
    return walk(visitor, message, span, 0, err);
}
