/* Strings of JSON: escapes and surrogate pairs (RFC 8259, section 7). */
#include <ctype.h>
#include <string.h>

#include "doc/json_priv.h"

/* Four hexadecimal digits at `s`; -1 when there are none. */
static long read_hex(const ais__json_reader *r, const char *s)
{
    long value = 0;
    if (r->end - s < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const unsigned char c = (unsigned char)s[i];
        if (!isxdigit(c))
            return -1;
        value = value * 16 + (isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
    }
    return value;
}

/* The escape \uXXXX at `s` (its backslash), or a pair of them; returns what follows, NULL after a
 * fault. */
static const char *read_unicode(ais__json_reader *r, const char *s, ais_str *out)
{
    const long high = read_hex(r, s + 2);
    if (high < 0) {
        ais__json_fault(r, s, "\\u takes four, as in \\u00e9", "\\u without hexadecimal digits");
        return NULL;
    }
    if (high < 0xD800 || high > 0xDFFF) {
        ais__doc_add_utf8(out, (uint32_t)high);
        return s + 6;
    }
    const bool escaped = r->end - s >= 12 && s[6] == '\\' && s[7] == 'u';
    const long low = escaped ? read_hex(r, s + 8) : -1;
    if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
        ais__json_fault(r, s, "characters beyond U+FFFF are a pair, \\ud83d\\ude00",
                        "\\u%04lx is half a character", high);
        return NULL;
    }
    ais__doc_add_utf8(out, (uint32_t)(0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00)));
    return s + 12;
}

static const char *read_escape(ais__json_reader *r, const char *s, ais_str *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char c = s + 1 < r->end ? s[1] : '\0';
    if (c == 'u')
        return read_unicode(r, s, out);
    const char *found = c != '\0' ? strchr(from, c) : NULL;
    if (found == NULL) {
        ais__json_fault(r, s, "write \\\\ for a backslash", "a backslash that begins no escape");
        return NULL;
    }
    ais_str_add_char(out, to[found - from]);
    return s + 2;
}

int ais__json_read_string(ais__json_reader *r, ais_doc_node *node)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    const char *start = r->at, *s = start + 1;
    while (s < r->end && *s != '"') {
        const char *run = s;
        while (s < r->end && *s != '"' && *s != '\\' && (unsigned char)*s >= 0x20)
            s++;
        ais_str_add_bytes(&text, run, (size_t)(s - run));
        if (s < r->end && (unsigned char)*s < 0x20) {
            ais__json_fault(r, s,
                            *s == '\n' ? "close the quote, or write \\n" : "write it as \\u00XX",
                            *s == '\n' ? "a string goes on beyond its line"
                                       : "a control character stands in a string");
            return -1;
        }
        if (s < r->end && *s == '\\')
            s = read_escape(r, s, &text);
        if (s == NULL)
            return -1;
    }
    if (s >= r->end) {
        ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "json-syntax", node->pos,
                      "the document is cut off", "the string that begins here is not closed");
        return -1;
    }
    node->length = text.length;
    if (text.length > 0)
        node->text = ais_arena_strndup(r->doc->arena, ais_str_get(&text), text.length);
    r->at = s + 1;
    return 0;
}
