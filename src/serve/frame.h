/* serve/frame - the messages between `aisprint` and a component's worker process, as bytes.
 *
 * A frame is a u32 little-endian length (at most AIS_FRAME_MAX) and that many bytes: texts that each
 * end with a NUL, alternately key and value. Keys that the receiver does not know are skipped.
 * docs/run.md, "The worker protocol", says which keys mean what.
 * Layer: stands alone (the C worker is linked with the public library only).
 * Threads: no shared state. */
#ifndef AIS_SERVE_FRAME_H
#define AIS_SERVE_FRAME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AIS_FRAME_MAX = 1024 * 1024, AIS_FRAME_HEAD = 4 };

/* Bytes being collected; `{.data = NULL}` is empty. */
typedef struct ais_frame {
    char *data;
    size_t length, capacity;
} ais_frame;

void ais_frame_clear(ais_frame *frame);
/* Make room for `more` bytes behind the length. False when memory is gone or the frame would be
 * longer than AIS_FRAME_MAX and its head. */
bool ais_frame_reserve(ais_frame *frame, size_t more);

/* Begin a new message in `frame`, add pairs, end it: data[0..length) is then ready to be sent.
 * False once the message is too long; a value that is NULL is left out. */
bool ais_frame_begin(ais_frame *frame);
bool ais_frame_add(ais_frame *frame, const char *key, const char *value);
void ais_frame_end(ais_frame *frame);

/* How many bytes a received frame needs in all, from its first `length` bytes: 0 = not known yet
 * (fewer than AIS_FRAME_HEAD bytes), SIZE_MAX = more than the limit. */
size_t ais_frame_need(const char *data, size_t length);
/* Is the payload of a whole frame made of whole pairs? */
bool ais_frame_is_valid(const ais_frame *frame);
/* The value of a key in a whole valid frame; borrowed; NULL when absent. */
const char *ais_frame_find(const ais_frame *frame, const char *key);
#endif
