/* String literals of C.
 * Source: ISO C17, 6.4.4.4 Character constants, 6.4.5 String literals. */
#include <ctype.h>
#include <string.h>

#include "annotate/c_priv.h"

static bool wrong(const ais__c *c, size_t offset, const char *what)
{
    ais__fault(c->reading, "wrong-type", ais__source_pos(c->reading->source, offset),
               "write the characters themselves, as UTF-8", "the string for '%s' %s", c->subject,
               what);
    return false;
}

/* Digits of `base` at `*at`, `most` of them. */
static uint32_t digits(const char *text, size_t *at, size_t end, unsigned base, size_t most)
{
    uint32_t value = 0;
    for (size_t i = 0; i < most && *at < end; i++, ++*at) {
        const int c = tolower((unsigned char)text[*at]);
        const unsigned digit = isdigit(c)             ? (unsigned)(c - '0')
                               : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                      : base;
        if (digit >= base)
            break;
        value = value * base + digit;
    }
    return value;
}

/* `*at` is behind the backslash; characters above 127 by number are refused: their bytes need not be
 * UTF-8. */
static bool add_escape(const ais__c *c, size_t *at, size_t end, ais_str *out)
{
    static const char letters[] = "abefnrtv\\'\"?";
    static const char meanings[] = "\a\b\033\f\n\r\t\v\\'\"?";
    const char *text = c->reading->source->text;
    const size_t escape = *at - 1;
    const char kind = *at < end ? text[*at] : '\0';
    const char *letter = kind != '\0' ? strchr(letters, kind) : NULL;
    if (letter != NULL) {
        ais_str_add_char(out, meanings[letter - letters]);
        ++*at;
        return true;
    }
    if (kind == '\n' || kind == '\r') { /* the line goes on */
        *at += kind == '\r' && *at + 1 < end && text[*at + 1] == '\n' ? 2 : 1;
        return true;
    }
    uint32_t value = 0;
    if (kind >= '0' && kind <= '7') {
        value = digits(text, at, end, 8, 3);
    } else if (kind == 'x') {
        ++*at;
        const size_t first = *at;
        value = digits(text, at, end, 16, 6);
        if (*at == first)
            return wrong(c, escape, "has a broken escape");
    } else {
        return wrong(c, escape, "has an escape that is not followed");
    }
    if (value > 127)
        return wrong(c, escape, "has a character above 127 by its number");
    ais_str_add_char(out, (char)value);
    return true;
}

bool ais__c_string(ais__c *c, ais__token token, ais_str *out)
{
    const char *text = c->reading->source->text;
    size_t at = token.start;
    if (text[at] == 'L' || text[at] == 'U' || (text[at] == 'u' && text[at + 1] == '"'))
        return wrong(c, at, "is of wide characters");
    while (text[at] != '"')
        at++;
    const size_t end = token.end - 1;
    for (at++; at < end;) {
        if (out->length > AIS__MAX_TEXT) {
            ais__fault(c->reading, "limit", ais__source_pos(c->reading->source, token.start),
                       "64 kB at most", "'%s' is a very long string", c->subject);
            return false;
        }
        if (text[at] == '\\') {
            at++;
            if (!add_escape(c, &at, end, out))
                return false;
        } else {
            ais_str_add_char(out, text[at++]);
        }
    }
    return true;
}
