/* String literals of Python: prefixes, quotes, escapes.
 * Source: The Python Language Reference, 2.4.1 String and Bytes literals. */
#include <ctype.h>
#include <string.h>

#include "annotate/python_priv.h"

typedef struct literal {
    ais__python *python;
    TSNode node;
    const char *at, *end; /* what is between the quotes */
    bool raw, formatted;
} literal;

static bool wrong(const literal *text, const char *rule, const char *where, const char *hint,
                  const char *what)
{
    const ais__source *source = text->python->reading->source;
    ais__fault(text->python->reading, rule, ais__source_pos(source, (size_t)(where - source->text)),
               hint, "'%s' %s", text->python->subject, what);
    return false;
}

/* Set flags and the range between the quotes. */
static bool open_literal(literal *text, const char *start, const char *end)
{
    const char *at = start;
    bool bytes = false;
    for (; at < end && isalpha((unsigned char)*at); at++) {
        const int letter = tolower((unsigned char)*at);
        bytes = bytes || letter == 'b';
        text->raw = text->raw || letter == 'r';
        text->formatted = text->formatted || letter == 'f';
    }
    if (bytes)
        return wrong(text, "wrong-type", start, "write text: leave out the b", "is given as bytes");
    const size_t left = (size_t)(end - at);
    const size_t quotes = left >= 6 && at[1] == at[0] && at[2] == at[0] ? 3 : 1;
    if (left < 2 * quotes)
        return wrong(text, "python-syntax", start, NULL, "is a string that does not end");
    text->at = at + quotes;
    text->end = end - quotes;
    return true;
}

static void add_utf8(ais_str *out, uint32_t c)
{
    if (c < 0x80) {
        ais_str_add_char(out, (char)c);
        return;
    }
    if (c < 0x800) {
        ais_str_add_char(out, (char)(0xc0 | c >> 6));
    } else {
        if (c < 0x10000) {
            ais_str_add_char(out, (char)(0xe0 | c >> 12));
        } else {
            ais_str_add_char(out, (char)(0xf0 | c >> 18));
            ais_str_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
        }
        ais_str_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
    }
    ais_str_add_char(out, (char)(0x80 | (c & 0x3f)));
}

/* Exactly `count` hexadecimal digits at `text->at`. */
static bool add_hexadecimal(literal *text, const char *escape, size_t count, ais_str *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++, text->at++) {
        if (text->at >= text->end || !isxdigit((unsigned char)*text->at))
            return wrong(text, "python-syntax", escape, NULL, "has a broken escape in its string");
        const int digit = tolower((unsigned char)*text->at);
        value = value << 4 | (uint32_t)(isdigit(digit) ? digit - '0' : digit - 'a' + 10);
    }
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return wrong(text, "not-static", escape, "write the character itself",
                     "has an escape that is no character");
    add_utf8(out, value);
    return true;
}

static void add_octal(literal *text, ais_str *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 3 && text->at < text->end && *text->at >= '0' && *text->at <= '7'; i++)
        value = value * 8 + (uint32_t)(*text->at++ - '0');
    add_utf8(out, value);
}

/* `text->at` is behind the backslash. */
static bool add_escape(literal *text, ais_str *out)
{
    static const char letters[] = "abfnrtv\\'\"";
    static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
    const char *escape = text->at - 1;
    if (text->at >= text->end)
        return wrong(text, "python-syntax", escape, NULL, "has a broken escape in its string");
    const char c = *text->at;
    const char *letter = strchr(letters, c);
    if (letter != NULL) {
        ais_str_add_char(out, meanings[letter - letters]);
        text->at++;
        return true;
    }
    if (c >= '0' && c <= '7') {
        add_octal(text, out);
        return true;
    }
    if (c == '\n' || c == '\r') { /* the line goes on */
        text->at += c == '\r' && text->at + 1 < text->end && text->at[1] == '\n' ? 2 : 1;
        return true;
    }
    if (c == 'N')
        return wrong(text, "not-static", escape, "write the character itself",
                     "names a character by \\N{}");
    if (c == 'x' || c == 'u' || c == 'U') {
        text->at++;
        return add_hexadecimal(text, escape, c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
    }
    ais_str_add_char(out, '\\'); /* unknown escapes stay as they are */
    return true;
}

/* One character of the source, or one escape. */
static bool add_next(literal *text, ais_str *out)
{
    const char c = *text->at++;
    if (c == '\\' && !text->raw)
        return add_escape(text, out);
    if (text->formatted && (c == '{' || c == '}')) {
        if (text->at >= text->end || *text->at != c)
            return wrong(text, "not-static", text->at - 1, "write a string without {...}",
                         "is a string computed while running");
        text->at++;
    }
    if (c == '\r') { /* lines of a source end in \n, whatever the file has */
        text->at += text->at < text->end && *text->at == '\n';
        ais_str_add_char(out, '\n');
        return true;
    }
    ais_str_add_char(out, c);
    return true;
}

bool ais__python_string(ais__python *python, TSNode node, ais_str *out)
{
    const char *source = python->reading->source->text;
    literal text = {.python = python, .node = node};
    if (!open_literal(&text, source + ts_node_start_byte(node), source + ts_node_end_byte(node)))
        return false;
    while (text.at < text.end) {
        if (out->length > AIS__MAX_TEXT)
            return wrong(&text, "limit", source + ts_node_start_byte(node), "64 kB at most",
                         "is a very long string");
        if (!add_next(&text, out))
            return false;
    }
    return true;
}
