/* Numbers of C: every base, digit separators, suffixes.
 * Source: ISO C17, 6.4.4.1 Integer constants, 6.4.4.2 Floating constants. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
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

static int base_of(const char *text)
{
    if (text[0] != '0')
        return 10;
    if (text[1] == 'x' || text[1] == 'X')
        return 16;
    if (text[1] == 'b' || text[1] == 'B')
        return 2;
    return 8;
}

static ais_doc_node *parse_int(ais__c *c, const char *text, size_t start)
{
    const int base = base_of(text);
    const char *digits =
        base == 2 ? text + 2 : text; /* strtoull() takes 0x, but 0b only since C23 */
    char *end = NULL;
    errno = 0;
    const unsigned long long value = strtoull(digits, &end, base);
    if (errno == ERANGE || value > INT64_MAX)
        return wrong(c, start, "does not fit 64 bits");
    if (end == digits || !is_suffix(end) || strpbrk(end, "fF") != NULL)
        return wrong(c, start, "is no number");
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
