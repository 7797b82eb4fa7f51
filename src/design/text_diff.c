/* Unified diffs; see text_diff.h. */
#include "design/text_diff.h"

#include <string.h>

enum { CONTEXT = 3, TABLE_LIMIT = 4 * 1024 * 1024 };

typedef struct line {
    const char *text;
    size_t length; /* with its newline */
} line;

typedef struct lines {
    line *items;
    size_t count, capacity;
} lines;

static void lines_clear(lines *l)
{
    free(l->items);
}

static void split(const char *text, lines *out)
{
    while (text != NULL && *text != '\0') {
        const char *newline = strchr(text, '\n');
        const size_t length = newline != NULL ? (size_t)(newline - text) + 1 : strlen(text);
        out->items = ais_grow(out->items, &out->capacity, out->count + 1, sizeof *out->items);
        out->items[out->count++] = (line){.text = text, .length = length};
        text += length;
    }
}

static bool same(const line *a, const line *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* What is done, line by line: ' ' both have it, '-' the old one, '+' the new one. */
typedef struct script {
    char *marks;
    const line **of;
    size_t count;
} script;

static void script_clear(script *s)
{
    free(s->marks);
    free(s->of);
}

static void put(script *s, char mark, const line *of)
{
    s->marks[s->count] = mark;
    s->of[s->count++] = of;
}

/* The longest common subsequence of the middle, by the table of lengths of those that begin at (i, j). */
static void align(const line *old, size_t n, const line *new, size_t m, script *out)
{
    size_t i = 0, j = 0;
    if (n < TABLE_LIMIT && m < TABLE_LIMIT && (n + 1) * (m + 1) <= TABLE_LIMIT) {
        AIS_FREE uint32_t *table = ais_alloc((n + 1) * (m + 1) * sizeof *table);
        for (size_t a = n; a-- > 0;)
            for (size_t b = m; b-- > 0;) {
                const uint32_t down = table[(a + 1) * (m + 1) + b];
                const uint32_t right = table[a * (m + 1) + b + 1];
                table[a * (m + 1) + b] = same(&old[a], &new[b])
                                             ? table[(a + 1) * (m + 1) + b + 1] + 1
                                         : down > right ? down
                                                        : right;
            }
        while (i < n && j < m) {
            if (same(&old[i], &new[j])) {
                put(out, ' ', &old[i++]);
                j++;
            } else if (table[(i + 1) * (m + 1) + j] >= table[i * (m + 1) + j + 1]) {
                put(out, '-', &old[i++]);
            } else {
                put(out, '+', &new[j++]);
            }
        }
    }
    while (i < n)
        put(out, '-', &old[i++]);
    while (j < m)
        put(out, '+', &new[j++]);
}

static void make_script(const lines *old, const lines *new, script *out)
{
    size_t head = 0, tail = 0;
    const size_t least = old->count < new->count ? old->count : new->count;
    out->marks = ais_alloc(old->count + new->count + 1);
    out->of = ais_alloc((old->count + new->count + 1) * sizeof *out->of);
    while (head < least && same(&old->items[head], &new->items[head]))
        head++;
    while (tail < least - head &&
           same(&old->items[old->count - 1 - tail], &new->items[new->count - 1 - tail]))
        tail++;
    for (size_t i = 0; i < head; i++)
        put(out, ' ', &old->items[i]);
    align(old->items + head, old->count - head - tail, new->items + head, new->count - head - tail,
          out);
    for (size_t i = old->count - tail; i < old->count; i++)
        put(out, ' ', &old->items[i]);
}

static void add_line(char mark, const line *of, ais_str *out)
{
    ais_str_add_char(out, mark);
    ais_str_add_bytes(out, of->text, of->length);
    if (of->text[of->length - 1] != '\n')
        ais_str_add(out, "\n\\ No newline at end of file\n");
}

/* As diff -u counts: the line before an empty range. */
static void add_range(char sign, size_t before, size_t count, ais_str *out)
{
    ais_str_add_format(out, " %c%zu", sign, count > 0 ? before + 1 : before);
    if (count != 1)
        ais_str_add_format(out, ",%zu", count);
}

/* The end of the hunk that begins at `from`: changes with at most two contexts between them share one. */
static size_t find_end(const script *s, size_t from)
{
    size_t last = from;
    for (size_t i = from; i < s->count && i <= last + 2 * CONTEXT + 1; i++)
        if (s->marks[i] != ' ')
            last = i;
    return last + 1 + CONTEXT < s->count ? last + 1 + CONTEXT : s->count;
}

void ais__text_diff(const char *old, const char *new, ais_str *out)
{
    AIS_SCOPED(lines) a = {.items = NULL};
    AIS_SCOPED(lines) b = {.items = NULL};
    AIS_SCOPED(script) s = {.count = 0};
    split(old, &a);
    split(new, &b);
    make_script(&a, &b, &s);
    size_t in_old = 0, in_new = 0, at = 0; /* lines before `at` */
    for (size_t i = 0; i < s.count; i++) {
        if (s.marks[i] == ' ')
            continue;
        const size_t begin = i >= at + CONTEXT ? i - CONTEXT : at;
        for (; at < begin; at++) { /* between hunks both go on alike */
            in_old++;
            in_new++;
        }
        const size_t end = find_end(&s, i);
        size_t olds = 0, news = 0;
        for (size_t k = begin; k < end; k++) {
            olds += s.marks[k] != '+';
            news += s.marks[k] != '-';
        }
        ais_str_add(out, "@@");
        add_range('-', in_old, olds, out);
        add_range('+', in_new, news, out);
        ais_str_add(out, " @@\n");
        for (size_t k = begin; k < end; k++)
            add_line(s.marks[k], s.of[k], out);
        in_old += olds;
        in_new += news;
        at = end;
        i = end - 1;
    }
}

bool ais__text_is_plain(const char *bytes, size_t length)
{
    if (ais_utf8_find_invalid(bytes, length) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return false;
    }
    return true;
}
