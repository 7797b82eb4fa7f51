/* What a model declares of its values, as facts: types of sequences and optionals are read whole, symbols
 * get the sizes that the user gave for them. */
#include <string.h>

#include "infer_priv.h"
#include "onnx/message.h"

enum { MAX_TYPE_DEPTH = 8, ATTRIBUTE_TYPE_PROTO = 14 };

static const int64_t *given_size(const ais__onnx_inference *inference, const char *symbol)
{
    const ais_onnx_facts_options *options = inference->options;
    for (size_t i = 0; symbol != NULL && i < options->size_count; i++)
        if (ais_str_equal(options->sizes[i].symbol, symbol))
            return &options->sizes[i].size;
    return NULL;
}

/* The shape with given sizes in place of their symbols. */
static ais_onnx_shape with_sizes(const ais__onnx_inference *inference, ais_onnx_shape shape)
{
    if (inference->options->size_count == 0 || !shape.known || shape.rank == 0)
        return shape;
    ais_onnx_dim *dims = ais__onnx_new_dims(inference->arena, shape.rank);
    for (size_t i = 0; i < shape.rank; i++) {
        const int64_t *size =
            shape.dims[i].size < 0 ? given_size(inference, shape.dims[i].symbol) : NULL;
        dims[i] = size != NULL ? ais__onnx_dim(*size) : shape.dims[i];
    }
    shape.dims = dims;
    return shape;
}

/* ---- TypeProto; what does not make sense in it is "not known" ---- */

static bool next(ais_onnx_span *in, ais_onnx_field *out)
{
    static const ais_onnx_source source = {.path = ""};
    *out = (ais_onnx_field){.number = 0};
    return in->at < in->end && ais_onnx_next_field(&source, in, out, NULL) == 0;
}

static ais_onnx_dim read_dim(const ais__onnx_inference *inference, ais_onnx_span span)
{
    ais_onnx_dim dim = AIS__ONNX_OPEN;
    for (ais_onnx_field f; next(&span, &f);) {
        if (f.number == AIS_ONNX_DIM_VALUE && f.type == AIS_ONNX_WIRE_VARINT)
            dim = ais__onnx_dim((int64_t)f.value);
        if (f.number == AIS_ONNX_DIM_PARAM && f.type == AIS_ONNX_WIRE_BYTES &&
            ais_onnx_span_length(f.bytes) > 0)
            dim = (ais_onnx_dim){.size = -1,
                                 .symbol =
                                     ais_arena_strndup(inference->arena, (const char *)f.bytes.at,
                                                       ais_onnx_span_length(f.bytes))};
    }
    return dim;
}

static ais_onnx_shape read_shape(const ais__onnx_inference *inference, ais_onnx_span span)
{
    size_t rank = 0;
    ais_onnx_span again = span;
    for (ais_onnx_field f; next(&again, &f);)
        rank += f.number == AIS_ONNX_SHAPE_DIM && f.type == AIS_ONNX_WIRE_BYTES;
    if (rank > AIS__ONNX_MAX_INFERRED_RANK)
        return (ais_onnx_shape){.known = false};
    ais_onnx_dim *dims = ais__onnx_new_dims(inference->arena, rank);
    size_t i = 0;
    for (ais_onnx_field f; next(&span, &f);)
        if (f.number == AIS_ONNX_SHAPE_DIM && f.type == AIS_ONNX_WIRE_BYTES)
            dims[i++] = read_dim(inference, f.bytes);
    return with_sizes(inference, (ais_onnx_shape){.known = true, .rank = rank, .dims = dims});
}

static ais_onnx_kind kind_of(uint32_t field)
{
    static const struct {
        uint32_t field;
        ais_onnx_kind kind;
    } kinds[] = {
        {.field = AIS_ONNX_TYPE_TENSOR, .kind = AIS_ONNX_KIND_TENSOR},
        {.field = AIS_ONNX_TYPE_SEQUENCE, .kind = AIS_ONNX_KIND_SEQUENCE},
        {.field = AIS_ONNX_TYPE_MAP, .kind = AIS_ONNX_KIND_MAP},
        {.field = AIS_ONNX_TYPE_SPARSE, .kind = AIS_ONNX_KIND_SPARSE},
        {.field = AIS_ONNX_TYPE_OPTIONAL, .kind = AIS_ONNX_KIND_OPTIONAL},
    };
    for (size_t i = 0; i < AIS_COUNT(kinds); i++)
        if (kinds[i].field == field)
            return kinds[i].kind;
    return AIS_ONNX_KIND_UNKNOWN;
}

/* TypeProto. Of its messages field 1 is the element type (of a map: the keys'), field 2 the shape (of a map:
 * the values' type); of a sequence and an optional, field 1 is a TypeProto. */
static ais__onnx_fact read_type(const ais__onnx_inference *inference, ais_onnx_span span, int depth)
{
    ais__onnx_fact fact = {.kind = AIS_ONNX_KIND_UNKNOWN};
    for (ais_onnx_field f; depth < MAX_TYPE_DEPTH && next(&span, &f);) {
        if (f.type != AIS_ONNX_WIRE_BYTES || kind_of(f.number) == AIS_ONNX_KIND_UNKNOWN)
            continue;
        fact = (ais__onnx_fact){.kind = kind_of(f.number)};
        const bool tensor = fact.kind == AIS_ONNX_KIND_TENSOR || fact.kind == AIS_ONNX_KIND_SPARSE;
        for (ais_onnx_field part; next(&f.bytes, &part);) {
            if (part.number == 1 && part.type == AIS_ONNX_WIRE_VARINT &&
                part.value < AIS_ONNX_TYPE_COUNT)
                fact.type = (ais_onnx_type)part.value;
            if (part.type != AIS_ONNX_WIRE_BYTES || part.number > 2)
                continue;
            if (tensor) {
                fact.shape = read_shape(inference, part.bytes);
                continue;
            }
            ais__onnx_fact *element = ais_arena_alloc(inference->arena, sizeof *element);
            *element = read_type(inference, part.bytes, depth + 1);
            fact.element = element;
        }
    }
    return fact;
}

ais__onnx_fact ais__onnx_declared(const ais__onnx_inference *inference, const ais_onnx_value *value)
{
    ais__onnx_fact fact = {
        .kind = value->kind,
        .type = value->type,
        .shape = with_sizes(inference, value->shape),
        .tensor = value->initializer,
    };
    if (value->kind <= AIS_ONNX_KIND_SPARSE || value->info.length == 0)
        return fact;
    static const ais_onnx_source source = {.path = ""};
    const ais_onnx_span info = {.at = value->info.data,
                                .end = value->info.data + value->info.length};
    ais_onnx_span type = {.at = NULL};
    if (ais_onnx_find_bytes(&source, info, AIS_ONNX_VALUE_TYPE, &type, NULL) < 0)
        return fact;
    return read_type(inference, type, 0);
}

int ais__onnx_read_type_attribute(ais__onnx_call *call, ais_onnx_kind kind)
{
    const ais_onnx_bytes bytes = call->node->span;
    ais_onnx_span node = {.at = bytes.data, .end = bytes.data + bytes.length};
    for (ais_onnx_field f; next(&node, &f);) {
        if (f.number != AIS_ONNX_NODE_ATTRIBUTE || f.type != AIS_ONNX_WIRE_BYTES)
            continue;
        ais__onnx_fact *element = NULL;
        bool named = false;
        for (ais_onnx_field part; next(&f.bytes, &part);) {
            named =
                named || (part.number == AIS_ONNX_ATTRIBUTE_NAME &&
                          part.type == AIS_ONNX_WIRE_BYTES && ais_onnx_span_is(part.bytes, "type"));
            if (part.number != ATTRIBUTE_TYPE_PROTO || part.type != AIS_ONNX_WIRE_BYTES)
                continue;
            element = ais_arena_alloc(call->arena, sizeof *element);
            *element = read_type(call->inference, part.bytes, 0);
        }
        if (named && element != NULL) {
            call->outputs[0] = (ais__onnx_fact){.kind = kind, .element = element};
            return 0;
        }
    }
    return -1;
}
