/* Lines and columns of offsets, and short quotations for messages. */
#include "annotate/source.h"

#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

void ais__source_init(ais__source *source, const char *file, const char *text, size_t length)
{
    const size_t mark = sizeof byte_order_mark - 1;
    if (length >= mark && memcmp(text, byte_order_mark, mark) == 0) {
        text += mark;
        length -= mark;
    }
    size_t lines = 1;
    for (const char *at = text; (at = memchr(at, '\n', length - (size_t)(at - text))) != NULL; at++)
        lines++;
    *source = (ais__source){.file = file, .text = text, .length = length, .line_count = lines};
    source->lines = ais_alloc(lines * sizeof *source->lines);
    source->cache = ais_alloc(sizeof *source->cache);
    source->cache->column = 1;
    size_t line = 1;
    for (const char *at = text; (at = memchr(at, '\n', length - (size_t)(at - text))) != NULL; at++)
        source->lines[line++] = (size_t)(at - text) + 1;
}

void ais__source_clear(ais__source *source)
{
    free(source->lines);
    free(source->cache);
    *source = (ais__source){.file = NULL};
}

static size_t find_line(const ais__source *source, size_t offset)
{
    size_t low = 0, high = source->line_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (source->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

ais_pos ais__source_pos(const ais__source *source, size_t offset)
{
    if (offset > source->length)
        offset = source->length;
    struct ais__source_cache *cache = source->cache;
    const size_t line = find_line(source, offset);
    if (line != cache->line || offset < cache->offset)
        *cache =
            (struct ais__source_cache){.line = line, .offset = source->lines[line], .column = 1};
    for (; cache->offset < offset; cache->offset++)
        if (((unsigned char)source->text[cache->offset] & 0xc0) != 0x80)
            cache->column++;
    return (ais_pos){.file = source->file, .line = (unsigned)line + 1, .column = cache->column};
}

size_t ais__source_find_token(const ais__source *source, size_t limit)
{
    enum { BLANK, LETTER, DIGIT, OTHER } last = BLANK;
    size_t count = 0;
    for (size_t i = 0; i < source->length; i++) {
        const unsigned char c = (unsigned char)source->text[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        const bool digit = c >= '0' && c <= '9';
        const bool blank = c == ' ' || c == '\t' || c == '\r';
        const bool goes_on = (c & 0xc0) == 0x80 || (letter && last == LETTER) ||
                             (digit && (last == LETTER || last == DIGIT));
        if (!blank && !goes_on)
            count += c == '\n' ? 2 : 1; /* a line end may be two: its own, and of a block */
        if (count > limit)
            return i;
        if (digit && last == LETTER)
            continue; /* a1b2 is one word */
        last = letter ? LETTER : digit ? DIGIT : blank ? BLANK : OTHER;
    }
    return source->length;
}

char *ais__source_quote(const ais__source *source, size_t from, size_t to)
{
    enum { LONGEST = 40 };
    ais_str out = {0};
    size_t characters = 0;
    bool cut = false;
    for (size_t i = from; i < to && i < source->length; i++) {
        const unsigned char c = (unsigned char)source->text[i];
        if (c == '\n' || c == '\r' || characters == LONGEST) {
            cut = true;
            break;
        }
        const bool goes_on = i + 1 < to && ((unsigned char)source->text[i + 1] & 0xc0) == 0x80;
        characters += !goes_on;
        ais_str_add_char(&out, c < 0x20 || c == 0x7f ? '?' : (char)c);
    }
    if (cut)
        ais_str_add(&out, "...");
    return ais_str_take(&out);
}
