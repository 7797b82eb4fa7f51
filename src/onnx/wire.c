/* Protobuf's bytes; see wire.h. */
#include "onnx/wire.h"

enum {
    MAX_TAG_BYTES = 5, /* a tag is 32 bits */
    MAX_VARINT_BYTES = 10
};

char *ais_onnx_span_dup(ais_onnx_span span)
{
    return span.at == NULL ? ais_strdup("")
                           : ais_strndup((const char *)span.at, ais_onnx_span_length(span));
}

int ais_onnx_source_refuse(const ais_onnx_source *source, const uint8_t *at, const char *what,
                           ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = source->path},
                            "this is no whole ONNX model: at byte %zu %s",
                            (size_t)(at - source->data), what);
}

static int read_varint(const ais_onnx_source *source, ais_onnx_span *in, int max_bytes,
                       uint64_t *out, ais_error **err)
{
    const uint8_t *start = in->at;
    uint64_t value = 0;
    for (int i = 0; i < max_bytes; i++) {
        if (in->at == in->end)
            return ais_onnx_source_refuse(source, start, "a number is cut off", err);
        const uint8_t byte = *in->at++;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *out = value;
            return 0;
        }
    }
    return ais_onnx_source_refuse(source, start, "a number is too long", err);
}

/* Little-endian, as it stands. */
static int read_fixed(const ais_onnx_source *source, ais_onnx_span *in, size_t bytes, uint64_t *out,
                      ais_error **err)
{
    if (ais_onnx_span_length(*in) < bytes)
        return ais_onnx_source_refuse(source, in->at, "a number is cut off", err);
    for (size_t i = 0; i < bytes; i++)
        *out |= (uint64_t)in->at[i] << (8 * i);
    in->at += bytes;
    return 0;
}

static int read_bytes(const ais_onnx_source *source, ais_onnx_span *in, ais_onnx_span *out,
                      ais_error **err)
{
    const uint8_t *start = in->at;
    uint64_t length = 0;
    if (read_varint(source, in, MAX_VARINT_BYTES, &length, err) < 0)
        return -1;
    if (length > ais_onnx_span_length(*in)) {
        AIS_FREE char *what = ais_format("a part of %llu bytes begins, but only %zu are left",
                                         (unsigned long long)length, ais_onnx_span_length(*in));
        return ais_onnx_source_refuse(source, start, what, err);
    }
    *out = (ais_onnx_span){.at = in->at, .end = in->at + length};
    in->at += length;
    return 0;
}

static int read_value(const ais_onnx_source *source, ais_onnx_span *in, ais_onnx_field *f,
                      ais_error **err)
{
    switch (f->type) {
    case AIS_ONNX_WIRE_VARINT:
        return read_varint(source, in, MAX_VARINT_BYTES, &f->value, err);
    case AIS_ONNX_WIRE_64:
        return read_fixed(source, in, 8, &f->value, err);
    case AIS_ONNX_WIRE_BYTES:
        return read_bytes(source, in, &f->bytes, err);
    case AIS_ONNX_WIRE_32:
        return read_fixed(source, in, 4, &f->value, err);
    }
    /* groups, which protobuf gave up and ONNX never had */
    return ais_onnx_source_refuse(source, f->whole.at, "stands no field", err);
}

int ais_onnx_next_field(const ais_onnx_source *source, ais_onnx_span *in, ais_onnx_field *out,
                        ais_error **err)
{
    ais_onnx_field f = {.whole = {.at = in->at}};
    uint64_t tag = 0;
    if (read_varint(source, in, MAX_TAG_BYTES, &tag, err) < 0)
        return -1;
    if (tag > UINT32_MAX || tag >> 3 == 0)
        return ais_onnx_source_refuse(source, f.whole.at, "stands no field", err);
    f.number = (uint32_t)(tag >> 3);
    f.type = (ais_onnx_wire)(tag & 7);
    if (read_value(source, in, &f, err) < 0)
        return -1;
    f.whole.end = in->at;
    *out = f;
    return 0;
}

int ais_onnx_next_varint(const ais_onnx_source *source, ais_onnx_span *in, uint64_t *out,
                         ais_error **err)
{
    return read_varint(source, in, MAX_VARINT_BYTES, out, err);
}

int ais_onnx_find_bytes(const ais_onnx_source *source, ais_onnx_span message, uint32_t number,
                        ais_onnx_span *out, ais_error **err)
{
    ais_onnx_span found = {.at = NULL};
    while (message.at < message.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(source, &message, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_BYTES && f.number == number)
            found = f.bytes;
    }
    *out = found;
    return 0;
}
