/* Errors and faults for people (with the line and a caret on a terminal) and for programs (JSON). */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli_priv.h"

enum { SHOWN_WIDTH = 160, SHOWN_FILE = 4 * 1024 * 1024 };

/* Bytes of one line that are shown; what a terminal would act on becomes '?'. */
static void add_printable(ais_str *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        ais_str_add_char(out, c == '\t' ? ' ' : (c < 0x20 || c == 0x7f) ? '?' : text[i]);
    }
}

/* The offending line and a caret below the column, when the file can be read again. */
static void add_excerpt(ais_pos pos, bool color, ais_str *out)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (pos.file == NULL || pos.line == 0 || pos.column == 0 ||
        ais_file_read(pos.file, SHOWN_FILE, &data, &length, NULL) < 0)
        return;
    const char *line = data, *end = data + length;
    for (unsigned i = 1; i < pos.line && line != NULL; i++) {
        line = memchr(line, '\n', (size_t)(end - line));
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL || line >= end)
        return;
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    const size_t width = (size_t)((newline != NULL ? newline : end) - line);
    if (width > SHOWN_WIDTH || pos.column > width + 1 || ais_utf8_find_invalid(line, width) < width)
        return;
    ais_str_add(out, "    ");
    add_printable(out, line, width);
    ais_str_add_format(out, "\n    %*s%s^%s\n", (int)pos.column - 1, "", color ? "\033[1;31m" : "",
                       color ? "\033[0m" : "");
}

static ais_doc_node *entry(ais_doc *doc, ais_pos pos, const char *code, const char *message,
                           const char *hint)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_doc_put(map, "file",
                pos.file != NULL ? ais_doc_new_string(doc, pos.file) : ais_doc_new_null(doc));
    ais_doc_put(map, "line", ais_doc_new_int(doc, pos.line));
    ais_doc_put(map, "column", ais_doc_new_int(doc, pos.column));
    ais_doc_put(map, "code", ais_doc_new_string(doc, code));
    ais_doc_put(map, "message", ais_doc_new_string(doc, message));
    ais_doc_put(map, "hint", hint != NULL ? ais_doc_new_string(doc, hint) : ais_doc_new_null(doc));
    return map;
}

int ais_cli_print_json(const ais_cli *cli, const ais_doc_node *node, ais_error **err)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_json(node, 2, &text);
    ais_str_add_char(&text, '\n');
    if (fwrite(text.data, 1, text.length, cli->out) != text.length || fflush(cli->out) != 0)
        return ais_error_set_errno(err, NULL, "writing to standard output");
    return 0;
}

static int print_diags_json(const ais_cli *cli, const ais_diags *diags, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_node *lists[] = {[AIS_SEVERITY_ERROR] = ais_doc_new_list(doc),
                             [AIS_SEVERITY_WARNING] = ais_doc_new_list(doc)};
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        ais_doc_append(lists[diag->severity],
                       entry(doc, diag->pos, diag->rule, diag->message, diag->hint));
    }
    ais_doc_put(root, "errors", lists[AIS_SEVERITY_ERROR]);
    ais_doc_put(root, "warnings", lists[AIS_SEVERITY_WARNING]);
    return ais_cli_print_json(cli, root, err);
}

static void print_diags_text(const ais_cli *cli, const ais_diags *diags)
{
    const bool excerpts = isatty(STDERR_FILENO);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        AIS_SCOPED(ais_str) text = {.data = NULL};
        ais_diag_write(diag, &text);
        if (excerpts)
            add_excerpt(diag->pos, cli->color, &text);
        fputs(ais_str_get(&text), stderr);
    }
}

static int print_diags(const ais_cli *cli, ais_diags *diags, bool as_json, ais_error **err)
{
    ais_diags_sort(diags);
    if (as_json) {
        if (print_diags_json(cli, diags, err) < 0)
            return -1;
    } else {
        print_diags_text(cli, diags);
    }
    *cli->reported = true;
    return ais_diags_fail(diags, err);
}

int ais_cli_print_diags(const ais_cli *cli, ais_diags *diags, ais_error **err)
{
    return print_diags(cli, diags, cli->json, err);
}

int ais_cli_pass_diags(const ais_cli *cli, ais_diags *diags, ais_error **err)
{
    const bool failed = ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0;
    if (print_diags(cli, diags, cli->json && failed, err) < 0)
        return -1;
    *cli->reported = false;
    return 0;
}

void ais__cli_print_error(const ais_cli *cli, const ais_error *error)
{
    const ais_pos pos = ais_error_get_pos(error);
    if (cli->json) {
        AIS_AUTO(ais_doc) doc = ais_doc_new();
        ais_doc_node *root = ais_doc_new_map(doc), *list = ais_doc_new_list(doc);
        ais_doc_append(list, entry(doc, pos, ais_error_code_name(ais_error_get_code(error)),
                                   ais_error_get_message(error), ais_error_get_hint(error)));
        ais_doc_put(root, "errors", list);
        ais_doc_put(root, "warnings", ais_doc_new_list(doc));
        AIS_AUTO(ais_error) ignored = NULL; /* nothing is left to tell it to */
        if (ais_cli_print_json(cli, root, &ignored) == 0)
            return;
    }
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (pos.file == NULL)
        ais_str_add(&text, "aisprint: ");
    ais_error_write(error, &text);
    if (isatty(STDERR_FILENO))
        add_excerpt(pos, cli->color, &text);
    fputs(ais_str_get(&text), stderr);
}
