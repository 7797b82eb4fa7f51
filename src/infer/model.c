/* A walk over the bytes of an ONNX file before anybody else trusts them: is it whole, and where does
 * it keep its weights? Only lengths and the few fields of `children` are looked at; what the graph
 * means is the back-end's business.
 * Source: protobuf encoding (https://protobuf.dev/programming-guides/encoding/); onnx.proto3, whose
 *         field numbers stand below. */
#include "infer/infer_priv.h"

#include <string.h>

enum {
    MAX_DEPTH = 100,   /* protobuf's own limit on nested messages */
    MAX_TAG_BYTES = 5, /* a tag is 32 bits */
    MAX_VARINT_BYTES = 10
};

/* Messages that may hold a tensor or a graph somewhere inside. */
typedef enum message {
    NOTHING, /* not descended into */
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    SPARSE_TENSOR,
    FUNCTION,
    TRAINING,
    MESSAGE_COUNT
} message;

enum { MAX_FIELD = 25 };

/* [message][field number] = message in that field */
static const unsigned char children[MESSAGE_COUNT][MAX_FIELD + 1] = {
    [MODEL] = {[7] = GRAPH, [20] = TRAINING, [25] = FUNCTION},
    [GRAPH] = {[1] = NODE, [5] = TENSOR, [15] = SPARSE_TENSOR},
    [NODE] = {[5] = ATTRIBUTE},
    [ATTRIBUTE] = {[5] = TENSOR,
                   [6] = GRAPH,
                   [10] = TENSOR,
                   [11] = GRAPH,
                   [22] = SPARSE_TENSOR,
                   [23] = SPARSE_TENSOR},
    [SPARSE_TENSOR] = {[1] = TENSOR, [2] = TENSOR},
    [FUNCTION] = {[7] = NODE, [11] = ATTRIBUTE},
    [TRAINING] = {[1] = GRAPH, [2] = GRAPH},
};

enum { MODEL_GRAPH = 7, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_TYPE_SHAPE = 2 };
enum { TENSOR_EXTERNAL = 13, TENSOR_LOCATION = 14, ENTRY_KEY = 1, ENTRY_VALUE = 2 };

typedef enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 } wire;

typedef struct span {
    const uint8_t *at, *end;
} span;

typedef struct field {
    uint32_t number;
    wire type;
    uint64_t value; /* of a varint */
    span bytes;     /* of WIRE_BYTES */
} field;

void ais__infer_model_clear(ais__infer_model *model)
{
    ais__infer_files_clear(&model->external);
    ais_names_clear(&model->shapeless);
}

static int broken(const ais__infer_model *model, const uint8_t *at, const char *what,
                  ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                            "this is no whole ONNX model: at byte %zu %s",
                            (size_t)(at - model->data), what);
}

static int read_varint(const ais__infer_model *model, span *in, int max_bytes, uint64_t *out,
                       ais_error **err)
{
    const uint8_t *start = in->at;
    uint64_t value = 0;
    for (int i = 0; i < max_bytes; i++) {
        if (in->at == in->end)
            return broken(model, start, "a number is cut off", err);
        const uint8_t byte = *in->at++;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *out = value;
            return 0;
        }
    }
    return broken(model, start, "a number is too long", err);
}

static int skip(const ais__infer_model *model, span *in, size_t bytes, ais_error **err)
{
    if ((size_t)(in->end - in->at) < bytes)
        return broken(model, in->at, "a number is cut off", err);
    in->at += bytes;
    return 0;
}

static int read_bytes(const ais__infer_model *model, span *in, span *out, ais_error **err)
{
    const uint8_t *start = in->at;
    uint64_t length = 0;
    if (read_varint(model, in, MAX_VARINT_BYTES, &length, err) < 0)
        return -1;
    if (length > (uint64_t)(in->end - in->at)) {
        AIS_FREE char *what = ais_format("a part of %llu bytes begins, but only %zu are left",
                                         (unsigned long long)length, (size_t)(in->end - in->at));
        return broken(model, start, what, err);
    }
    *out = (span){.at = in->at, .end = in->at + length};
    in->at += length;
    return 0;
}

static int read_field(const ais__infer_model *model, span *in, field *out, ais_error **err)
{
    const uint8_t *start = in->at;
    uint64_t tag = 0;
    if (read_varint(model, in, MAX_TAG_BYTES, &tag, err) < 0)
        return -1;
    if (tag > UINT32_MAX || tag >> 3 == 0)
        return broken(model, start, "stands no field", err);
    *out = (field){.number = (uint32_t)(tag >> 3), .type = (wire)(tag & 7)};
    switch (tag & 7) {
    case WIRE_VARINT:
        return read_varint(model, in, MAX_VARINT_BYTES, &out->value, err);
    case WIRE_64:
        return skip(model, in, 8, err);
    case WIRE_BYTES:
        return read_bytes(model, in, &out->bytes, err);
    case WIRE_32:
        return skip(model, in, 4, err);
    default:
        return broken(model, start, "stands no field", err);
    }
}

/* ---- tensors ---- */

/* The last field `number` of a message; an empty span with `at` NULL when there is none. */
static int find_bytes(const ais__infer_model *model, span in, uint32_t number, span *out,
                      ais_error **err)
{
    *out = (span){.at = NULL};
    while (in.at < in.end) {
        field f = {.number = 0};
        if (read_field(model, &in, &f, err) < 0)
            return -1;
        if (f.type == WIRE_BYTES && f.number == number)
            *out = f.bytes;
    }
    return 0;
}

static bool span_is(span s, const char *text)
{
    return s.at != NULL && (size_t)(s.end - s.at) == strlen(text) &&
           memcmp(s.at, text, strlen(text)) == 0;
}

static char *dup_span(span s)
{
    return s.at == NULL ? ais_strdup("") : ais_strndup((const char *)s.at, (size_t)(s.end - s.at));
}

static int read_number(const ais__infer_model *model, span s, uint64_t *out, ais_error **err)
{
    uint64_t value = 0;
    bool good = s.at != NULL && s.at < s.end;
    for (const uint8_t *at = s.at; good && at < s.end; at++)
        good = *at >= '0' && *at <= '9' && !__builtin_mul_overflow(value, 10u, &value) &&
               !__builtin_add_overflow(value, (uint64_t)(*at - '0'), &value);
    if (!good)
        return broken(model, s.at != NULL ? s.at : model->data,
                      "the place of external data is no number", err);
    *out = value;
    return 0;
}

/* One key and value of a tensor's external data. `location` is kept by the caller. */
static int read_entry(const ais__infer_model *model, span in, ais__infer_external *external,
                      char **location, ais_error **err)
{
    span key = {.at = NULL}, value = {.at = NULL};
    if (find_bytes(model, in, ENTRY_KEY, &key, err) < 0 ||
        find_bytes(model, in, ENTRY_VALUE, &value, err) < 0)
        return -1;
    if (span_is(key, "offset"))
        return read_number(model, value, &external->offset, err);
    if (span_is(key, "length"))
        return read_number(model, value, &external->bytes, err);
    if (!span_is(key, "location"))
        return 0;
    if (value.at != NULL && memchr(value.at, 0, (size_t)(value.end - value.at)) != NULL)
        return broken(model, value.at, "the name of external data holds a NUL byte", err);
    if (*location != NULL)
        return broken(model, key.at, "external data has a second name", err);
    *location = dup_span(value);
    external->location = *location;
    return 0;
}

/* A name counts even where the tensor does not say that it is external: protobuf may merge a tensor
 * from two parts, and the other one may say so. */
static int scan_tensor(ais__infer_model *model, span in, ais_error **err)
{
    ais__infer_external external = {.location = NULL};
    AIS_FREE char *location = NULL;
    bool is_external = false;
    while (in.at < in.end) {
        field f = {.number = 0};
        if (read_field(model, &in, &f, err) < 0)
            return -1;
        if (f.type == WIRE_VARINT && f.number == TENSOR_LOCATION)
            is_external = is_external || f.value != 0;
        if (f.type == WIRE_BYTES && f.number == TENSOR_EXTERNAL &&
            read_entry(model, f.bytes, &external, &location, err) < 0)
            return -1;
    }
    return is_external || location != NULL ? ais__infer_external_add(model, &external, err) : 0;
}

/* ---- inputs and outputs ---- */

/* An input or output of the main graph: does it say how many dimensions it has? */
static int scan_value(ais__infer_model *model, span in, ais_error **err)
{
    span name = {.at = NULL}, type = name, tensor = name, shape = name;
    if (find_bytes(model, in, VALUE_NAME, &name, err) < 0 ||
        find_bytes(model, in, VALUE_TYPE, &type, err) < 0 ||
        find_bytes(model, type, TYPE_TENSOR, &tensor, err) < 0 ||
        find_bytes(model, tensor, TENSOR_TYPE_SHAPE, &shape, err) < 0)
        return -1;
    if (shape.at == NULL) {
        AIS_FREE char *text = dup_span(name);
        ais_names_add(&model->shapeless, text);
    }
    return 0;
}

/* ---- the walk ---- */

static int scan(ais__infer_model *model, message kind, span in, int depth, ais_error **err)
{
    if (kind == TENSOR)
        return scan_tensor(model, in, err);
    if (depth > MAX_DEPTH)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = model->path},
                                "at byte %zu the model is nested deeper than %d messages",
                                (size_t)(in.at - model->data), MAX_DEPTH);
    while (in.at < in.end) {
        field f = {.number = 0};
        if (read_field(model, &in, &f, err) < 0)
            return -1;
        if (f.type != WIRE_BYTES)
            continue;
        const message child = f.number <= MAX_FIELD ? (message)children[kind][f.number] : NOTHING;
        if (child != NOTHING && scan(model, child, f.bytes, depth + 1, err) < 0)
            return -1;
        if (kind == GRAPH && depth == 1 && (f.number == GRAPH_INPUT || f.number == GRAPH_OUTPUT) &&
            scan_value(model, f.bytes, err) < 0)
            return -1;
    }
    return 0;
}

int ais__infer_model_scan(ais__infer_model *model, ais_error **err)
{
    const span all = {.at = model->data, .end = model->data + model->length};
    if (model->length == 0)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                                "the file is empty (must be an ONNX model)");
    span graph = {.at = NULL};
    if (scan(model, MODEL, all, 0, err) < 0 || find_bytes(model, all, MODEL_GRAPH, &graph, err) < 0)
        return -1;
    if (graph.at == NULL)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                                "this is no ONNX model: it holds no graph");
    return 0;
}
