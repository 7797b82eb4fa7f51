/* onnx/wire - protobuf's bytes, read in place: fields of a message, one after the other.
 *
 * The one reader of protobuf in the project; knows no message of ONNX (message.h does).
 * Layer: above base. Threads: no shared state. Nothing is copied or owned.
 * Source: protobuf encoding, https://protobuf.dev/programming-guides/encoding/ */
#ifndef AIS_ONNX_WIRE_H
#define AIS_ONNX_WIRE_H
#include <string.h>

#include "base/error.h"

enum { AIS_ONNX_MAX_DEPTH = 100 }; /* protobuf's own limit on nested messages */

/* The bytes from `at` up to `end`; `at` NULL: absent. */
typedef struct ais_onnx_span {
    const uint8_t *at, *end;
} ais_onnx_span;

/* The file that spans are in, for messages. */
typedef struct ais_onnx_source {
    const char *path;
    const uint8_t *data;
    size_t length;
} ais_onnx_source;

typedef enum ais_onnx_wire {
    AIS_ONNX_WIRE_VARINT = 0,
    AIS_ONNX_WIRE_64 = 1,
    AIS_ONNX_WIRE_BYTES = 2,
    AIS_ONNX_WIRE_32 = 5
} ais_onnx_wire;

typedef struct ais_onnx_field {
    uint32_t number;
    ais_onnx_wire type;
    uint64_t value;      /* of a varint, and of 32 and 64 bits as they stand */
    ais_onnx_span bytes; /* of AIS_ONNX_WIRE_BYTES */
    ais_onnx_span whole; /* with its tag */
} ais_onnx_field;

static inline size_t ais_onnx_span_length(ais_onnx_span span)
{
    return span.at != NULL ? (size_t)(span.end - span.at) : 0;
}

static inline bool ais_onnx_span_is(ais_onnx_span span, const char *text)
{
    const size_t length = ais_onnx_span_length(span);
    return span.at != NULL && length == strlen(text) && memcmp(span.at, text, length) == 0;
}

/* Ownership: the caller frees the text; "" for an absent span. */
char *ais_onnx_span_dup(ais_onnx_span span);

/* Fails: "this is no whole ONNX model: at byte N <what>". Errors: AIS_E_INPUT. */
AIS_NODISCARD int ais_onnx_source_refuse(const ais_onnx_source *source, const uint8_t *at,
                                         const char *what, ais_error **err);
/* The next field of a message; `in` moves behind it. At the end (in->at == in->end) not to be called.
 * Errors: AIS_E_INPUT with the byte: cut off, too long a number, no field at all. */
AIS_NODISCARD int ais_onnx_next_field(const ais_onnx_source *source, ais_onnx_span *in,
                                      ais_onnx_field *out, ais_error **err);
/* The next bare number of a packed list. Errors: as above. */
AIS_NODISCARD int ais_onnx_next_varint(const ais_onnx_source *source, ais_onnx_span *in,
                                       uint64_t *out, ais_error **err);
/* The last field `number` of a message that holds bytes; absent when there is none. An absent message
 * has none. Errors: as above. */
AIS_NODISCARD int ais_onnx_find_bytes(const ais_onnx_source *source, ais_onnx_span message,
                                      uint32_t number, ais_onnx_span *out, ais_error **err);
#endif
