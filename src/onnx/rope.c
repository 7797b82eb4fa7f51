/* Messages from pieces; see rope.h. */
#include "onnx/rope.h"

enum { MAX_VARINT_BYTES = 10, ROOM_BYTES = 64 };

void ais__onnx_rope_clear(ais__onnx_rope *rope)
{
    free(rope->pieces);
    *rope = (ais__onnx_rope){.arena = rope->arena};
}

void ais__onnx_rope_add(ais__onnx_rope *rope, ais_onnx_span span)
{
    if (ais_onnx_span_length(span) == 0)
        return;
    rope->length += ais_onnx_span_length(span);
    if (rope->count > 0 && rope->pieces[rope->count - 1].end == span.at) {
        rope->pieces[rope->count - 1].end = span.end;
        return;
    }
    rope->pieces = ais_grow(rope->pieces, &rope->capacity, rope->count + 1, sizeof *rope->pieces);
    rope->pieces[rope->count++] = span;
}

void ais__onnx_rope_add_bytes(ais__onnx_rope *rope, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    if (rope->room_left < length) {
        rope->room_left = length > ROOM_BYTES ? length : ROOM_BYTES;
        rope->room = ais_arena_alloc(rope->arena, rope->room_left);
    }
    memcpy(rope->room, bytes, length);
    ais__onnx_rope_add(rope, (ais_onnx_span){.at = rope->room, .end = rope->room + length});
    rope->room += length;
    rope->room_left -= length;
}

void ais__onnx_rope_add_rope(ais__onnx_rope *rope, const ais__onnx_rope *other)
{
    for (size_t i = 0; i < other->count; i++)
        ais__onnx_rope_add(rope, other->pieces[i]);
}

bool ais__onnx_rope_is(const ais__onnx_rope *rope, ais_onnx_span span)
{
    if (rope->length == 0)
        return ais_onnx_span_length(span) == 0;
    return rope->count == 1 && rope->pieces[0].at == span.at && rope->pieces[0].end == span.end;
}

void ais__onnx_rope_add_varint(ais__onnx_rope *rope, uint64_t value)
{
    uint8_t bytes[MAX_VARINT_BYTES];
    size_t length = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[length++] = (uint8_t)(value | 0x80);
    bytes[length++] = (uint8_t)value;
    ais__onnx_rope_add_bytes(rope, bytes, length);
}

void ais__onnx_rope_add_tag(ais__onnx_rope *rope, uint32_t field, ais_onnx_wire type)
{
    ais__onnx_rope_add_varint(rope, (uint64_t)field << 3 | type);
}

void ais__onnx_rope_add_number(ais__onnx_rope *rope, uint32_t field, uint64_t value)
{
    ais__onnx_rope_add_tag(rope, field, AIS_ONNX_WIRE_VARINT);
    ais__onnx_rope_add_varint(rope, value);
}

void ais__onnx_rope_add_text(ais__onnx_rope *rope, uint32_t field, const char *text)
{
    const size_t length = strlen(text);
    ais__onnx_rope_add_tag(rope, field, AIS_ONNX_WIRE_BYTES);
    ais__onnx_rope_add_varint(rope, length);
    ais__onnx_rope_add_bytes(rope, text, length);
}

void ais__onnx_rope_add_message(ais__onnx_rope *rope, uint32_t field, const ais__onnx_rope *message)
{
    ais__onnx_rope_add_tag(rope, field, AIS_ONNX_WIRE_BYTES);
    ais__onnx_rope_add_varint(rope, message->length);
    ais__onnx_rope_add_rope(rope, message);
}
