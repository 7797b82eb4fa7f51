/* Text from outside on a terminal: nothing that it would act on, and a caret where the fault is. */
#include <string.h>

#include "base/file.h"
#include "cli/cli_priv.h"

enum { SHOWN_WIDTH = 160, SHOWN_FILE = 4 * 1024 * 1024 };

typedef struct range {
    uint32_t first, last;
} range;

/* Acted on, or changing the order of what is beside them: C1 controls, directional formatting. */
static const range acted_on[] = {{.first = 0x7f, .last = 0x9f},
                                 {.first = 0x200e, .last = 0x200f},
                                 {.first = 0x2028, .last = 0x202e},
                                 {.first = 0x2066, .last = 0x2069}};
/* Source: Unicode Standard Annex 11, East Asian Width; the blocks, without single exceptions. */
static const range two_wide[] = {
    {.first = 0x1100, .last = 0x115f},   {.first = 0x2e80, .last = 0x303e},
    {.first = 0x3041, .last = 0xa4cf},   {.first = 0xac00, .last = 0xd7a3},
    {.first = 0xf900, .last = 0xfaff},   {.first = 0xfe30, .last = 0xfe6f},
    {.first = 0xff00, .last = 0xff60},   {.first = 0xffe0, .last = 0xffe6},
    {.first = 0x1f300, .last = 0x1f64f}, {.first = 0x1f900, .last = 0x1f9ff},
    {.first = 0x20000, .last = 0x3fffd}};
static const range not_wide[] = {/* combining marks, joiners, variation selectors */
                                 {.first = 0x0300, .last = 0x036f},
                                 {.first = 0x200b, .last = 0x200d},
                                 {.first = 0x20d0, .last = 0x20ff},
                                 {.first = 0xfe00, .last = 0xfe0f},
                                 {.first = 0xfeff, .last = 0xfeff}};

static bool is_in(uint32_t c, const range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* Bytes of the character at `text`, which is valid UTF-8. */
static size_t read_character(const char *text, uint32_t *c)
{
    const unsigned char first = (unsigned char)text[0];
    const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    *c = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++)
        *c = *c << 6 | ((unsigned char)text[i] & 0x3f);
    return length;
}

static bool is_acted_on(uint32_t c)
{
    return c < 0x20 || is_in(c, acted_on, AIS_COUNT(acted_on));
}

static int width_of(uint32_t c)
{
    return is_in(c, not_wide, AIS_COUNT(not_wide))   ? 0
           : is_in(c, two_wide, AIS_COUNT(two_wide)) ? 2
                                                     : 1;
}

void ais__cli_add_shown(ais_str *out, const char *text)
{
    const size_t length = strlen(text);
    size_t valid = ais_utf8_find_invalid(text, length);
    for (size_t at = 0; at < length;) {
        uint32_t c = 0;
        if (at == valid) {
            ais_str_add_format(out, "\\x%02x", (unsigned char)text[at++]);
            valid = at + ais_utf8_find_invalid(text + at, length - at);
            continue;
        }
        const size_t size = read_character(text + at, &c);
        if (c == '\n' || c == '\t' || !is_acted_on(c))
            ais_str_add_bytes(out, text + at, size);
        else
            ais_str_add_format(out, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
        at += size;
    }
}

void ais__cli_add_message(ais_str *out, const char *text)
{
    AIS_SCOPED(ais_str) shown = {.data = NULL};
    ais__cli_add_shown(&shown, text);
    for (const char *at = ais_str_get(&shown); *at != '\0';) {
        const size_t length = strcspn(at, "\n");
        ais_str_add_bytes(out, at, length);
        at += length;
        if (*at == '\0')
            break;
        ais_str_add(out, at[1] == '\0' || at[1] == ' ' ? "\n" : "\n    ");
        at++;
    }
}

/* One line, tabs as blanks, and the width of what stands before `column`. */
static int add_line(const char *line, size_t length, unsigned column, ais_str *out)
{
    int before = 0;
    unsigned number = 1;
    for (size_t at = 0; at < length; number++) {
        uint32_t c = 0;
        const size_t size = read_character(line + at, &c);
        const bool acted = is_acted_on(c);
        if (c == '\t')
            ais_str_add_char(out, ' ');
        else if (acted)
            ais_str_add_char(out, '?');
        else
            ais_str_add_bytes(out, line + at, size);
        before += number < column ? (acted ? 1 : width_of(c)) : 0;
        at += size;
    }
    return before;
}

/* The file of the last excerpt is kept: faults come sorted by file. */
static bool read_file(ais__cli_excerpts *x, const char *file)
{
    if (x->file != NULL && ais_str_equal(x->file, file))
        return x->data != NULL;
    ais__cli_excerpts_clear(x);
    x->file = ais_strdup(file);
    return ais_file_read(file, SHOWN_FILE, &x->data, &x->length, NULL) == 0;
}

void ais__cli_add_excerpt(ais__cli_excerpts *x, ais_pos pos, bool color, ais_str *out)
{
    if (pos.file == NULL || pos.line == 0 || pos.column == 0 || !read_file(x, pos.file))
        return;
    const char *line = x->data, *end = x->data + x->length;
    for (unsigned i = 1; i < pos.line && line != NULL; i++) {
        line = memchr(line, '\n', (size_t)(end - line));
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL || line >= end)
        return;
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    size_t length = (size_t)((newline != NULL ? newline : end) - line);
    length -= length > 0 && line[length - 1] == '\r' ? 1 : 0;
    if (length > SHOWN_WIDTH || pos.column > length + 1 ||
        ais_utf8_find_invalid(line, length) < length)
        return;
    ais_str_add(out, "    ");
    const int before = add_line(line, length, pos.column, out);
    ais_str_add_format(out, "\n    %*s%s^%s\n", before, "", color ? "\033[1;31m" : "",
                       color ? "\033[0m" : "");
}

void ais__cli_excerpts_clear(ais__cli_excerpts *x)
{
    free(x->file);
    free(x->data);
    *x = (ais__cli_excerpts){.file = NULL};
}

void ais__cli_log(const ais_ctx *ctx, ais_log_level level, const char *message)
{
    const ais_ctx standard = ais_ctx_default();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais__cli_add_message(&text, message);
    standard.log(ctx, level, ais_str_get(&text));
}

void ais_cli_print(const ais_cli *cli, const char *format, ...)
{
    AIS_SCOPED(ais_str) shown = {.data = NULL};
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    ais__cli_add_shown(&shown, text);
    fputs(ais_str_get(&shown), cli->out);
}
