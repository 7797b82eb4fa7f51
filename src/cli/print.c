/* Errors and faults for people (with the line and a caret on a terminal) and for programs (JSON). */
#include <unistd.h>

#include "cli/cli_priv.h"

const char *ais_cli_plural(size_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
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
    AIS_SCOPED(ais__cli_excerpts) excerpts = {.file = NULL};
    const bool wanted = isatty(STDERR_FILENO);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        AIS_SCOPED(ais_str) plain = {.data = NULL};
        AIS_SCOPED(ais_str) text = {.data = NULL};
        ais_diag_write(diag, &plain);
        ais__cli_add_message(&text, ais_str_get(&plain));
        if (wanted)
            ais__cli_add_excerpt(&excerpts, diag->pos, cli->color, &text);
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
    *cli->reported = ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0;
    return ais_diags_fail(diags, err);
}

int ais_cli_print_diags(const ais_cli *cli, ais_diags *diags, ais_error **err)
{
    return print_diags(cli, diags, cli->json, err);
}

int ais_cli_pass_diags(const ais_cli *cli, ais_diags *diags, ais_error **err)
{
    const bool failed = ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0;
    return print_diags(cli, diags, cli->json && failed, err);
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
    AIS_SCOPED(ais__cli_excerpts) excerpts = {.file = NULL};
    AIS_SCOPED(ais_str) plain = {.data = NULL};
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (pos.file == NULL)
        ais_str_add(&plain, "aisprint: ");
    ais_error_write(error, &plain);
    ais__cli_add_message(&text, ais_str_get(&plain));
    if (isatty(STDERR_FILENO))
        ais__cli_add_excerpt(&excerpts, pos, cli->color, &text);
    fputs(ais_str_get(&text), stderr);
}
