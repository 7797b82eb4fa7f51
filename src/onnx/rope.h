/* onnx/rope - protobuf messages put together from pieces of the model's file and a few bytes of our own,
 * without copying.
 *
 * Layer: inside onnx/. Units: bytes. Ownership: our own bytes are in the rope's arena; pieces are borrowed. */
#ifndef AIS_ONNX_ROPE_H
#define AIS_ONNX_ROPE_H
#include "onnx/wire.h"

typedef struct ais__onnx_rope {
    ais_arena *arena;
    ais_onnx_span *pieces;
    size_t count, capacity;
    uint64_t length; /* of all pieces */
    uint8_t *room;   /* for our own bytes */
    size_t room_left;
} ais__onnx_rope;

void ais__onnx_rope_clear(ais__onnx_rope *rope);
/* Pieces that lie one behind the other in memory become one. */
void ais__onnx_rope_add(ais__onnx_rope *rope, ais_onnx_span span);
void ais__onnx_rope_add_bytes(ais__onnx_rope *rope, const void *bytes, size_t length); /* copied */
void ais__onnx_rope_add_rope(ais__onnx_rope *rope, const ais__onnx_rope *other);
/* Is it this span, and nothing else? */
bool ais__onnx_rope_is(const ais__onnx_rope *rope, ais_onnx_span span);

/* Fields. */
void ais__onnx_rope_add_tag(ais__onnx_rope *rope, uint32_t field, ais_onnx_wire type);
void ais__onnx_rope_add_varint(ais__onnx_rope *rope, uint64_t value); /* without a tag */
void ais__onnx_rope_add_number(ais__onnx_rope *rope, uint32_t field, uint64_t value);
void ais__onnx_rope_add_text(ais__onnx_rope *rope, uint32_t field, const char *text);
void ais__onnx_rope_add_message(ais__onnx_rope *rope, uint32_t field,
                                const ais__onnx_rope *message);
#endif
