/* ValueInfoProto and TypeProto: what a model declares of its values. */
#include "onnx/onnx_priv.h"

static int read_dim(const ais__onnx_reader *reader, ais_onnx_span span, ais_onnx_dim *out,
                    ais_error **err)
{
    *out = (ais_onnx_dim){.size = -1};
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_VARINT && f.number == AIS_ONNX_DIM_VALUE)
            *out = (ais_onnx_dim){.size = (int64_t)f.value < 0 ? -1 : (int64_t)f.value};
        if (f.type == AIS_ONNX_WIRE_BYTES && f.number == AIS_ONNX_DIM_PARAM) {
            *out = (ais_onnx_dim){.size = -1};
            if (f.bytes.at < f.bytes.end &&
                ais__onnx_read_text(reader, f.bytes, &out->symbol, err) < 0)
                return -1;
        }
    }
    return 0;
}

static int read_shape(ais__onnx_reader *reader, ais_onnx_span span, const char *name,
                      ais_onnx_shape *out, ais_error **err)
{
    ais_onnx_dim dims[AIS__ONNX_MAX_RANK];
    size_t rank = 0;
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0)
            return -1;
        if (f.type != AIS_ONNX_WIRE_BYTES || f.number != AIS_ONNX_SHAPE_DIM)
            continue;
        if (rank == AIS__ONNX_MAX_RANK)
            return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = reader->source.path},
                                    "value '%s' has more than %d dimensions", name,
                                    AIS__ONNX_MAX_RANK);
        if (ais__onnx_count(reader, &reader->items, 1, AIS__ONNX_MAX_ITEMS, "numbers in lists",
                            err) < 0 ||
            read_dim(reader, f.bytes, &dims[rank++], err) < 0)
            return -1;
    }
    *out = (ais_onnx_shape){
        .known = true, .rank = rank, .dims = ais__onnx_keep(reader, dims, rank, sizeof *dims)};
    return 0;
}

/* TypeProto.Tensor and TypeProto.SparseTensor */
static int read_tensor_type(ais__onnx_reader *reader, ais_onnx_span span, ais_onnx_value *value,
                            ais_error **err)
{
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_VARINT && f.number == AIS_ONNX_TENSOR_TYPE_ELEMENT) {
            if (f.value >= AIS_ONNX_TYPE_COUNT)
                return ais__onnx_refuse(
                    reader, err, "value '%s' has element type %llu (must be 1 to %d)", value->name,
                    (unsigned long long)f.value, AIS_ONNX_TYPE_COUNT - 1);
            value->type = (ais_onnx_type)f.value;
        }
        if (f.type == AIS_ONNX_WIRE_BYTES && f.number == AIS_ONNX_TENSOR_TYPE_SHAPE &&
            read_shape(reader, f.bytes, value->name, &value->shape, err) < 0)
            return -1;
    }
    return 0;
}

static int read_type(ais__onnx_reader *reader, ais_onnx_span span, ais_onnx_value *value,
                     ais_error **err)
{
    static const unsigned char kinds[AIS_ONNX_TYPE_OPTIONAL + 1] = {
        [AIS_ONNX_TYPE_TENSOR] = AIS_ONNX_KIND_TENSOR,
        [AIS_ONNX_TYPE_SEQUENCE] = AIS_ONNX_KIND_SEQUENCE,
        [AIS_ONNX_TYPE_MAP] = AIS_ONNX_KIND_MAP,
        [AIS_ONNX_TYPE_SPARSE] = AIS_ONNX_KIND_SPARSE,
        [AIS_ONNX_TYPE_OPTIONAL] = AIS_ONNX_KIND_OPTIONAL};
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0)
            return -1;
        if (f.type != AIS_ONNX_WIRE_BYTES || f.number > AIS_ONNX_TYPE_OPTIONAL ||
            kinds[f.number] == AIS_ONNX_KIND_UNKNOWN)
            continue;
        value->kind = (ais_onnx_kind)kinds[f.number];
        const bool has_shape = f.number == AIS_ONNX_TYPE_TENSOR || f.number == AIS_ONNX_TYPE_SPARSE;
        if (has_shape && read_tensor_type(reader, f.bytes, value, err) < 0)
            return -1;
    }
    return 0;
}

int ais__onnx_read_value(ais__onnx_reader *reader, ais_onnx_span span, ais_onnx_value *out,
                         ais_error **err)
{
    ais_onnx_value value = {.producer = AIS_ONNX_NONE, .info = ais__onnx_bytes_of(span)};
    ais_onnx_span name = {.at = NULL}, type = {.at = NULL};
    if (ais_onnx_find_bytes(&reader->source, span, AIS_ONNX_VALUE_NAME, &name, err) < 0 ||
        ais__onnx_read_text(reader, name, &value.name, err) < 0 ||
        ais_onnx_find_bytes(&reader->source, span, AIS_ONNX_VALUE_TYPE, &type, err) < 0 ||
        read_type(reader, type, &value, err) < 0)
        return -1;
    *out = value;
    return 0;
}
