/* base/str - a growing byte string, always NUL-terminated, and questions about plain C strings.
 *
 * Layer: above memory. Units: bytes. Threads: no shared state. */
#ifndef AIS_BASE_STR_H
#define AIS_BASE_STR_H
#include "base/memory.h"

typedef struct ais_str {
    char *data; /* NULL while empty and never written; use ais_str_get() to read */
    size_t length, capacity;
} ais_str;

/* `ais_str s = {0};` is an empty string. clear() frees and leaves it empty and ready for use. */
void ais_str_clear(ais_str *s);
const char *ais_str_get(const ais_str *s); /* never NULL */
/* Give the bytes away (never NULL; the caller frees) and leave `s` empty. */
char *ais_str_take(ais_str *s);
void ais_str_add(ais_str *s, const char *text);
void ais_str_add_bytes(ais_str *s, const void *bytes, size_t length);
void ais_str_add_char(ais_str *s, char c);
void ais_str_add_format(ais_str *s, const char *format, ...) AIS_PRINTF(2, 3);
void ais_str_add_vformat(ais_str *s, const char *format, va_list arguments) AIS_PRINTF(2, 0);
/* Shorten to `length` bytes (at most its length). */
void ais_str_cut(ais_str *s, size_t length);

bool ais_str_starts(const char *text, const char *prefix);
bool ais_str_ends(const char *text, const char *suffix);
static inline bool ais_str_equal(const char *a, const char *b)
{
    return __builtin_strcmp(a, b) == 0;
}

/* Offset of the first byte that is not valid UTF-8 (surrogates and overlong forms are invalid), or
 * `length` when all is valid. */
size_t ais_utf8_find_invalid(const char *text, size_t length);

/* Cut a text that is longer than `limit` bytes (at least 8) in place, between characters, and end it with
 * "...". */
void ais_str_shorten(char *text, size_t limit);

/* The nearest of `count` names for a did-you-mean, or NULL when none is near: at most a third of
 * the word's letters changed (optimal string alignment distance, case ignored). Names are reached
 * through `name_at(names, i)`, so that any array will do. */
const char *ais_str_nearest(const char *word, const void *names, size_t count,
                            const char *(*name_at)(const void *names, size_t i));
#endif
