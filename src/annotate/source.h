/* annotate/source - the text of one file, and from byte offsets to lines and columns.
 *
 * Layer: annotate. Threads: one at a time (a cache moves).
 * Offsets count bytes behind the byte order mark, if there is one. */
#ifndef AIS_ANNOTATE_SOURCE_H
#define AIS_ANNOTATE_SOURCE_H
#include "base/error.h"

typedef struct ais__source {
    const char *file;
    const char *text; /* borrowed; without a byte order mark */
    size_t length;
    size_t *lines; /* offset of each line's first byte */
    size_t line_count;
    struct ais__source_cache { /* the last answer: long lines are not counted again and again */
        size_t offset, line;
        unsigned column;
    } * cache;
} ais__source;

/* `text` must outlive the source. */
void ais__source_init(ais__source *source, const char *file, const char *text, size_t length);
void ais__source_clear(ais__source *source);
ais_pos ais__source_pos(const ais__source *source, size_t offset);
/* Offset at which more than `limit` tokens have begun in whatever language, or `length`. Counts too
 * many rather than too few: comments and strings count word by word. */
size_t ais__source_find_token(const ais__source *source, size_t limit);
/* The bytes [from, to) for a message: at most 40 characters, one line, printable.
 * Ownership: the caller frees. */
char *ais__source_quote(const ais__source *source, size_t from, size_t to);
#endif
