/* Scalars of YAML: which style a text may have, and writing it in that style, long lines folded
 * beyond column 80. Follows PyYAML's analyze_scalar(), write_plain(), write_single_quoted() and
 * write_double_quoted() (yaml/emitter.py) with allow_unicode. */
#include <string.h>

#include "doc/yaml_emit.h"

enum { BEST_WIDTH = 80 };

static bool is_space_or_break(uint32_t c)
{
    return c == 0 || c == ' ' || c == '\t' || c == '\r' || ais__yaml_is_break(c);
}

static bool is_ascii_of(uint32_t c, const char *set)
{
    return c != 0 && c < 0x80 && strchr(set, (int)c) != NULL;
}

/* May the character stand in a text that is not double-quoted? PyYAML adds U+0085, which it then
 * reads back as a blank. */
static bool is_ordinary(uint32_t c)
{
    if (c == '\n' || (c >= 0x20 && c <= 0x7E))
        return true;
    return c != 0xFEFF && ((c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
                           (c >= 0x10000 && c < 0x10FFFF));
}

/* Does the character at `i` mean something in block context? */
static bool is_indicator(const ais__yaml_text *t, int i)
{
    const uint32_t c = t->characters[i];
    const bool before_space = i + 1 >= t->length || is_space_or_break(t->characters[i + 1]);
    if (i == 0)
        return is_ascii_of(c, "#,[]{}&*!|>'\"%@`") || (is_ascii_of(c, "?:-") && before_space);
    return (c == ':' && before_space) || (c == '#' && is_space_or_break(t->characters[i - 1]));
}

static bool begins_with_document_mark(const ais__yaml_text *t)
{
    const uint32_t *c = t->characters;
    return t->length >= 3 && c[0] == c[1] && c[1] == c[2] && (c[0] == '-' || c[0] == '.');
}

void ais__yaml_text_clear(ais__yaml_text *text)
{
    free(text->characters);
    *text = (ais__yaml_text){.characters = NULL};
}

void ais__yaml_text_read(ais__yaml_text *t, const char *bytes, size_t length)
{
    ais__yaml_text_clear(t);
    t->characters = ais_alloc(length * sizeof *t->characters);
    t->length = (int)ais__doc_decode(bytes, length, t->characters);
    bool special = false, indicators = begins_with_document_mark(t);
    bool break_space = false, space_break = false;
    for (int i = 0; i < t->length; i++) {
        const uint32_t c = t->characters[i];
        const uint32_t before = i > 0 ? t->characters[i - 1] : 'x';
        indicators = indicators || is_indicator(t, i);
        special = special || !is_ordinary(c);
        t->multiline = t->multiline || ais__yaml_is_break(c);
        break_space = break_space || (c == ' ' && ais__yaml_is_break(before));
        space_break = space_break || (ais__yaml_is_break(c) && before == ' ');
    }
    const uint32_t first = t->length > 0 ? t->characters[0] : 'x';
    const uint32_t last = t->length > 0 ? t->characters[t->length - 1] : 'x';
    const bool edges = first == ' ' || last == ' '; /* breaks at the edges: multiline */
    t->single_quoted = !special && !space_break && !break_space;
    t->plain = t->single_quoted && !edges && !t->multiline && !indicators;
}

/* ---- the pen ---- */

static void write_char(ais__yaml_page *page, uint32_t c)
{
    ais__doc_add_utf8(page->out, c);
    page->column++;
}

static void write_ascii(ais__yaml_page *page, const char *text)
{
    ais_str_add(page->out, text);
    page->column += (int)strlen(text);
}

static void write_run(ais__yaml_page *page, const ais__yaml_text *t, int start, int end)
{
    for (int i = start; i < end; i++)
        write_char(page, t->characters[i]);
}

void ais__yaml_write_indicator(ais__yaml_page *page, ais__yaml_indicator indicator)
{
    if (indicator.spaced && !page->whitespace)
        write_ascii(page, " ");
    write_ascii(page, indicator.text);
    page->whitespace = indicator.is_space;
    page->indention = page->indention && indicator.is_indent;
    page->open_ended = false;
}

void ais__yaml_write_break(ais__yaml_page *page, uint32_t character)
{
    ais__doc_add_utf8(page->out, character);
    page->whitespace = true;
    page->indention = true;
    page->column = 0;
}

void ais__yaml_write_indent(ais__yaml_page *page)
{
    const int indent = page->indent > 0 ? page->indent : 0;
    if (!page->indention || page->column > indent || (page->column == indent && !page->whitespace))
        ais__yaml_write_break(page, '\n');
    if (page->column < indent) {
        page->whitespace = true;
        while (page->column < indent)
            write_ascii(page, " ");
    }
}

/* ---- styles ---- */

/* End of the run of blanks, or of anything but blanks, breaks and `stop`, that begins at `i`. */
static int skip_blanks(const ais__yaml_text *t, int i)
{
    while (i < t->length && t->characters[i] == ' ')
        i++;
    return i;
}

static int skip_word(const ais__yaml_text *t, int i, uint32_t stop)
{
    while (i < t->length && t->characters[i] != ' ' && t->characters[i] != stop &&
           !ais__yaml_is_break(t->characters[i]))
        i++;
    return i;
}

static int skip_breaks(const ais__yaml_text *t, int i)
{
    while (i < t->length && ais__yaml_is_break(t->characters[i]))
        i++;
    return i;
}

/* A single blank beyond the width becomes a line's end; more than one must be kept. */
static bool may_fold(const ais__yaml_page *page, int start, int end, bool split)
{
    return split && start + 1 == end && page->column > BEST_WIDTH;
}

/* Plain texts have no breaks, and no blanks at their ends. */
static void write_plain(ais__yaml_page *page, const ais__yaml_text *t, ais__yaml_place place)
{
    page->open_ended = place.root || page->open_ended;
    if (t->length == 0)
        return;
    if (!page->whitespace)
        write_ascii(page, " ");
    page->whitespace = false;
    page->indention = false;
    for (int start = 0; start < t->length;) {
        const bool blank = t->characters[start] == ' ';
        const int end = blank ? skip_blanks(t, start) : skip_word(t, start, ' ');
        if (blank && may_fold(page, start, end, !place.key)) {
            ais__yaml_write_indent(page);
            page->whitespace = false;
            page->indention = false;
        } else {
            write_run(page, t, start, end);
        }
        start = end;
    }
}

static void write_breaks(ais__yaml_page *page, const ais__yaml_text *t, int start, int end)
{
    if (t->characters[start] == '\n') /* one break is folded away when read */
        ais__yaml_write_break(page, '\n');
    for (int i = start; i < end; i++)
        ais__yaml_write_break(page, t->characters[i]);
    ais__yaml_write_indent(page);
}

static void write_single_quoted(ais__yaml_page *page, const ais__yaml_text *t, bool split)
{
    ais__yaml_write_indicator(page, (ais__yaml_indicator){.text = "'", .spaced = true});
    for (int start = 0, end = 0; start < t->length; start = end) {
        const uint32_t c = t->characters[start];
        if (c == '\'') {
            write_ascii(page, "''");
            end = start + 1;
        } else if (c == ' ') {
            end = skip_blanks(t, start);
            if (start > 0 && end < t->length && may_fold(page, start, end, split))
                ais__yaml_write_indent(page);
            else
                write_run(page, t, start, end);
        } else if (ais__yaml_is_break(c)) {
            end = skip_breaks(t, start);
            write_breaks(page, t, start, end);
        } else {
            end = skip_word(t, start, '\'');
            write_run(page, t, start, end);
        }
    }
    ais__yaml_write_indicator(page, (ais__yaml_indicator){.text = "'"});
}

static bool needs_escape(uint32_t c)
{
    if (c == '"' || c == '\\' || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xFEFF)
        return true;
    return !((c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF) ||
             (c >= 0xE000 && c <= 0xFFFD));
}

static void write_escape(ais__yaml_page *page, uint32_t c)
{
    static const struct {
        uint32_t character;
        const char *text;
    } names[] = {
        {.character = 0x00, .text = "\\0"},   {.character = 0x07, .text = "\\a"},
        {.character = 0x08, .text = "\\b"},   {.character = 0x09, .text = "\\t"},
        {.character = 0x0A, .text = "\\n"},   {.character = 0x0B, .text = "\\v"},
        {.character = 0x0C, .text = "\\f"},   {.character = 0x0D, .text = "\\r"},
        {.character = 0x1B, .text = "\\e"},   {.character = '"', .text = "\\\""},
        {.character = '\\', .text = "\\\\"},  {.character = 0x85, .text = "\\N"},
        {.character = 0xA0, .text = "\\_"},   {.character = 0x2028, .text = "\\L"},
        {.character = 0x2029, .text = "\\P"},
    };
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        if (names[i].character == c) {
            write_ascii(page, names[i].text);
            return;
        }
    AIS_FREE char *text = ais_format(c <= 0xFF     ? "\\x%02X"
                                     : c <= 0xFFFF ? "\\u%04X"
                                                   : "\\U%08X",
                                     (unsigned)c);
    write_ascii(page, text);
}

/* End the line with a backslash; the next begins with one where a blank would be lost. */
static void fold_double_quoted(ais__yaml_page *page, uint32_t next)
{
    write_ascii(page, "\\");
    ais__yaml_write_indent(page);
    page->whitespace = false;
    page->indention = false;
    if (next == ' ')
        write_ascii(page, "\\");
}

static void write_double_quoted(ais__yaml_page *page, const ais__yaml_text *t, bool split)
{
    int start = 0; /* of what is not written yet */
    ais__yaml_write_indicator(page, (ais__yaml_indicator){.text = "\"", .spaced = true});
    for (int end = 0; end < t->length; end++) {
        const uint32_t c = t->characters[end];
        if (needs_escape(c)) {
            write_run(page, t, start, end);
            write_escape(page, c);
            start = end + 1;
        }
        if (end > 0 && end < t->length - 1 && (c == ' ' || start >= end) &&
            page->column + (end - start) > BEST_WIDTH && split) {
            if (start < end) {
                write_run(page, t, start, end);
                start = end;
            }
            fold_double_quoted(page, t->characters[start]);
        }
    }
    write_run(page, t, start, t->length);
    ais__yaml_write_indicator(page, (ais__yaml_indicator){.text = "\""});
}

void ais__yaml_write_text(ais__yaml_page *page, const ais__yaml_text *text, bool special,
                          ais__yaml_place place)
{
    if (!special && text->plain && !(place.key && text->length == 0))
        write_plain(page, text, place);
    else if (text->single_quoted && !(place.key && text->multiline))
        write_single_quoted(page, text, !place.key);
    else
        write_double_quoted(page, text, !place.key);
}
