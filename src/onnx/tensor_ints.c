/* Small integer tensors as numbers: the sizes, axes and indices that models compute shapes with. */
#include "onnx/onnx_priv.h"

typedef struct integer {
    unsigned bytes; /* 0: no integer type */
    bool is_signed;
    uint32_t field; /* when it is not raw */
} integer;

static const integer integers[AIS_ONNX_TYPE_COUNT] = {
    [AIS_ONNX_INT8] = {.bytes = 1, .is_signed = true, .field = AIS_ONNX_TENSOR_INT32S},
    [AIS_ONNX_INT16] = {.bytes = 2, .is_signed = true, .field = AIS_ONNX_TENSOR_INT32S},
    [AIS_ONNX_INT32] = {.bytes = 4, .is_signed = true, .field = AIS_ONNX_TENSOR_INT32S},
    [AIS_ONNX_INT64] = {.bytes = 8, .is_signed = true, .field = AIS_ONNX_TENSOR_INT64S},
    [AIS_ONNX_UINT8] = {.bytes = 1, .field = AIS_ONNX_TENSOR_INT32S},
    [AIS_ONNX_UINT16] = {.bytes = 2, .field = AIS_ONNX_TENSOR_INT32S},
    [AIS_ONNX_UINT32] = {.bytes = 4, .field = AIS_ONNX_TENSOR_UINT64S},
    [AIS_ONNX_UINT64] = {.bytes = 8, .field = AIS_ONNX_TENSOR_UINT64S},
};

static int64_t raw_int(const uint8_t *at, integer kind)
{
    const unsigned free_bits = 64 - 8 * kind.bytes;
    uint64_t value = 0;
    for (unsigned i = 0; i < kind.bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return kind.is_signed ? (int64_t)(value << free_bits) >> free_bits : (int64_t)value;
}

/* The reader has seen all of the span, so nothing in it can fail now. */
static void stored_ints(const ais_onnx_tensor *tensor, uint32_t field, int64_t *out, size_t count)
{
    const ais_onnx_source source = {.path = tensor->name, .data = tensor->span.data};
    ais_onnx_span in = {.at = tensor->span.data, .end = tensor->span.data + tensor->span.length};
    size_t filled = 0;
    while (in.at < in.end && filled < count) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&source, &in, &f, NULL) < 0)
            return;
        if (f.number != field)
            continue;
        if (f.type == AIS_ONNX_WIRE_VARINT)
            out[filled++] = (int64_t)f.value;
        while (f.type == AIS_ONNX_WIRE_BYTES && f.bytes.at < f.bytes.end && filled < count) {
            uint64_t value = 0;
            if (ais_onnx_next_varint(&source, &f.bytes, &value, NULL) < 0)
                return;
            out[filled++] = (int64_t)value;
        }
    }
}

ptrdiff_t ais_onnx_tensor_ints(const ais_onnx_tensor *tensor, int64_t *out, size_t capacity)
{
    const integer kind = integers[tensor->type];
    size_t count = 1;
    for (size_t i = 0; i < tensor->rank; i++)
        if (__builtin_mul_overflow(count, (size_t)tensor->dims[i], &count))
            return -1;
    if (kind.bytes == 0 || count > capacity || tensor->location != NULL || tensor->span.length == 0)
        return -1;
    if (tensor->raw.length == 0) {
        memset(out, 0, count * sizeof *out);
        stored_ints(tensor, kind.field, out, count);
    } else {
        for (size_t i = 0; i < count; i++)
            out[i] = raw_int(tensor->raw.data + i * kind.bytes, kind);
    }
    return (ptrdiff_t)count;
}
