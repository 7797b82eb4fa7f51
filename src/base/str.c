/* Growing strings and string questions; see str.h. */
#include "base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NEAREST_MAX = 64 }; /* longer names are not compared: a typo is not what is wrong there */

void ais_str_clear(ais_str *s)
{
    free(s->data);
    *s = (ais_str){.data = NULL};
}

const char *ais_str_get(const ais_str *s)
{
    return s->data != NULL ? s->data : "";
}

char *ais_str_take(ais_str *s)
{
    char *data = s->data != NULL ? s->data : ais_strdup("");
    *s = (ais_str){.data = NULL};
    return data;
}

static char *reserve(ais_str *s, size_t more)
{
    s->data = ais_grow(s->data, &s->capacity, s->length + more + 1, 1);
    return s->data + s->length;
}

void ais_str_add_bytes(ais_str *s, const void *bytes, size_t length)
{
    char *end = reserve(s, length);
    if (length > 0)
        memcpy(end, bytes, length);
    end[length] = '\0';
    s->length += length;
}

void ais_str_add(ais_str *s, const char *text)
{
    ais_str_add_bytes(s, text, strlen(text));
}

void ais_str_add_char(ais_str *s, char c)
{
    ais_str_add_bytes(s, &c, 1);
}

void ais_str_add_vformat(ais_str *s, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        AIS_BUG("format '%s' cannot be printed", format);
    vsnprintf(reserve(s, (size_t)length), (size_t)length + 1, format, arguments);
    s->length += (size_t)length;
}

void ais_str_add_format(ais_str *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ais_str_add_vformat(s, format, arguments);
    va_end(arguments);
}

void ais_str_cut(ais_str *s, size_t length)
{
    if (length < s->length) {
        s->length = length;
        s->data[length] = '\0';
    }
}

bool ais_str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool ais_str_ends(const char *text, const char *suffix)
{
    const size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

/* Length of the valid UTF-8 sequence at `s`, 0 when it is invalid. Table 3-7 of the Unicode
 * standard: the lead byte decides the range of the second byte. */
static size_t utf8_sequence(const unsigned char *s, size_t left)
{
    const unsigned char lead = s[0];
    size_t length = 0;
    unsigned char low = 0x80, high = 0xBF;
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        length = 2;
    else if (lead >= 0xE0 && lead <= 0xEF)
        length = 3;
    else if (lead >= 0xF0 && lead <= 0xF4)
        length = 4;
    if (length == 0 || length > left)
        return 0;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

size_t ais_utf8_find_invalid(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t at = 0;
    while (at < length) {
        const size_t step = utf8_sequence(s + at, length - at);
        if (step == 0)
            return at;
        at += step;
    }
    return length;
}

void ais_str_shorten(char *text, size_t limit)
{
    static const char tail[] = "...";
    if (strlen(text) <= limit)
        return;
    size_t length = limit - strlen(tail);
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    memcpy(text + length, tail, sizeof tail);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NEAREST_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const size_t replaced = above[j - 1] + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

const char *ais_str_nearest(const char *word, const void *names, size_t count,
                            const char *(*name_at)(const void *names, size_t i))
{
    const size_t length = strlen(word);
    const char *nearest = NULL;
    size_t best = (length > 2 ? length : 3) / 3 + 1;
    if (length == 0 || length > NEAREST_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const char *name = name_at(names, i);
        const size_t name_length = strlen(name);
        if (name_length == 0 || name_length > NEAREST_MAX)
            continue;
        const size_t edits = distance(word, length, name, name_length);
        if (edits < best && edits < length) { /* one letter is no likeness */
            best = edits;
            nearest = name;
        }
    }
    return nearest;
}
