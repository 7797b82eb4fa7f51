/* Characters: from bytes, to bytes, and where an offset stands. */
#include <string.h>

#include "doc/doc_priv.h"

enum { REPLACEMENT = 0xFFFD };

size_t ais__doc_decode(const char *text, size_t length, uint32_t *out)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t count = 0, valid_to = ais_utf8_find_invalid(text, length);
    for (size_t at = 0; at < length;) {
        if (at == valid_to) {
            out[count++] = REPLACEMENT;
            at++;
            valid_to = at + ais_utf8_find_invalid(text + at, length - at);
            continue;
        }
        const unsigned char lead = s[at];
        const unsigned more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        static const unsigned char masks[] = {0x7F, 0x1F, 0x0F, 0x07};
        uint32_t character = lead & masks[more];
        for (unsigned i = 1; i <= more; i++)
            character = character << 6 | (s[at + i] & 0x3Fu);
        out[count++] = character;
        at += more + 1;
    }
    return count;
}

void ais__doc_add_utf8(ais_str *out, uint32_t character)
{
    char bytes[4];
    size_t count = 0;
    if (character < 0x80) {
        bytes[count++] = (char)character;
    } else {
        const unsigned more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
        static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
        bytes[count++] = (char)(leads[more] | character >> (6 * more));
        for (unsigned i = more; i-- > 0;)
            bytes[count++] = (char)(0x80 | (character >> (6 * i) & 0x3F));
    }
    ais_str_add_bytes(out, bytes, count);
}

ais_pos ais__doc_locate(const char *file, const char *text, size_t offset)
{
    ais_pos pos = {.file = file, .line = 1, .column = 1};
    if (offset >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark has no width */
        text += 3;
        offset -= 3;
    }
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            pos.line++;
            pos.column = 1;
        } else if ((text[i] & 0xC0) != 0x80) {
            pos.column++;
        }
    }
    return pos;
}
