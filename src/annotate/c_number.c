/* Numbers of C: every base, digit separators, suffixes.
 * Source: ISO C17, 6.4.4.1 Integer constants, 6.4.4.2 Floating constants. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "annotate/c_priv.h"

static ais_doc_node *wrong(const ais__c *c, size_t offset, const char *what)
{
    ais__fault(c->reading, "bad-number", ais__source_pos(c->reading->source, offset), NULL,
               "'%s' %s", c->subject, what);
    return NULL;
}

/* Behind the number: f, l, u in the ways that C allows, roughly. */
static bool is_suffix(const char *text)
{
    return strspn(text, "uUlLfF") == strlen(text) && strlen(text) <= 3;
}

static ais_doc_node *parse_int(ais__c *c, const char *text, size_t start)
{
    const bool octal = text[0] == '0' && isdigit((unsigned char)text[1]);
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const bool binary = text[0] == '0' && (text[1] == 'b' || text[1] == 'B');
    const unsigned base = octal ? 8 : hexadecimal ? 16 : binary ? 2 : 10;
    const char *at = text + (hexadecimal || binary ? 2 : 0);
    uint64_t value = 0;
    const char *first = at;
    for (; isxdigit((unsigned char)*at); at++) {
        const unsigned digit = isdigit((unsigned char)*at)
                                   ? (unsigned)(*at - '0')
                                   : (unsigned)(tolower((unsigned char)*at) - 'a') + 10;
        if (digit >= base)
            break;
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value) || value > INT64_MAX) {
            return wrong(c, start, "does not fit 64 bits");
        }
    }
    if (at == first || !is_suffix(at) || strpbrk(at, "fF") != NULL) {
        return wrong(c, start, "is no number");
    }
    ais_doc_set_pos(c->reading->out->doc, ais__source_pos(c->reading->source, start));
    return ais_doc_new_int(c->reading->out->doc, (int64_t)value);
}

static ais_doc_node *parse_float(ais__c *c, const char *text, size_t start)
{
    char *end = NULL;
    const double value = strtod(text, &end);
    if (!is_suffix(end) || strpbrk(end, "uU") != NULL || !isfinite(value)) {
        return wrong(c, start, "is no number");
    }
    ais_doc_set_pos(c->reading->out->doc, ais__source_pos(c->reading->source, start));
    return ais_doc_new_float(c->reading->out->doc, value);
}

ais_doc_node *ais__c_number(ais__c *c, ais__token token)
{
    char text[256];
    size_t length = 0;
    for (size_t i = token.start; i < token.end; i++) {
        const char digit = c->reading->source->text[i];
        if (digit == '\'')
            continue;
        if (length + 1 == sizeof text) {
            return wrong(c, token.start, "has too many digits");
        }
        text[length++] = digit;
    }
    text[length] = '\0';
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const bool is_float = strpbrk(text, hexadecimal ? ".pP" : ".eE") != NULL;
    return is_float ? parse_float(c, text, token.start) : parse_int(c, text, token.start);
}
