/* Frames; see frame.h. */
#include "serve/frame.h"

#include <stdlib.h>
#include <string.h>

void ais_frame_clear(ais_frame *frame)
{
    free(frame->data);
    *frame = (ais_frame){.data = NULL};
}

bool ais_frame_reserve(ais_frame *frame, size_t more)
{
    const size_t limit = AIS_FRAME_MAX + AIS_FRAME_HEAD;
    if (more > limit || frame->length > limit - more)
        return false;
    const size_t need = frame->length + more;
    if (need <= frame->capacity)
        return true;
    size_t capacity = frame->capacity > 0 ? frame->capacity : 1024;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(frame->data, capacity);
    if (data == NULL)
        return false;
    frame->data = data;
    frame->capacity = capacity;
    return true;
}

bool ais_frame_begin(ais_frame *frame)
{
    frame->length = 0;
    if (!ais_frame_reserve(frame, AIS_FRAME_HEAD))
        return false;
    memset(frame->data, 0, AIS_FRAME_HEAD);
    frame->length = AIS_FRAME_HEAD;
    return true;
}

static bool add_text(ais_frame *frame, const char *text)
{
    const size_t size = strlen(text) + 1;
    if (!ais_frame_reserve(frame, size))
        return false;
    memcpy(frame->data + frame->length, text, size);
    frame->length += size;
    return true;
}

bool ais_frame_add(ais_frame *frame, const char *key, const char *value)
{
    if (value == NULL)
        return true;
    const size_t before = frame->length;
    if (add_text(frame, key) && add_text(frame, value))
        return true;
    frame->length = before;
    return false;
}

void ais_frame_end(ais_frame *frame)
{
    const uint32_t length = (uint32_t)(frame->length - AIS_FRAME_HEAD);
    for (unsigned i = 0; i < AIS_FRAME_HEAD; i++)
        frame->data[i] = (char)(unsigned char)(length >> (8 * i));
}

size_t ais_frame_need(const char *data, size_t length)
{
    if (length < AIS_FRAME_HEAD)
        return 0;
    uint32_t payload = 0;
    for (unsigned i = 0; i < AIS_FRAME_HEAD; i++)
        payload |= (uint32_t)(unsigned char)data[i] << (8 * i);
    return payload <= AIS_FRAME_MAX ? (size_t)payload + AIS_FRAME_HEAD : SIZE_MAX;
}

bool ais_frame_is_valid(const ais_frame *frame)
{
    size_t texts = 0;
    if (frame->length < AIS_FRAME_HEAD)
        return false;
    for (size_t i = AIS_FRAME_HEAD; i < frame->length; i++)
        texts += frame->data[i] == '\0';
    return texts % 2 == 0 &&
           (frame->length == AIS_FRAME_HEAD || frame->data[frame->length - 1] == '\0');
}

const char *ais_frame_find(const ais_frame *frame, const char *key)
{
    const char *at = frame->data + AIS_FRAME_HEAD, *end = frame->data + frame->length;
    while (at < end) {
        const char *value = at + strlen(at) + 1;
        if (strcmp(at, key) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}
