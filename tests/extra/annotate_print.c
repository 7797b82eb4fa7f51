/* Prints what annotate/ makes of each file named on the command line, one JSON document a line:
 * {"file", "entry", "annotations", "faults": [{"severity", "rule", "line", "column", "message"}]}.
 * With --values, standard input holds one Python expression a line; prints {"value"} or {"fault"}.
 * For the scripts beside it. */
#include <stdio.h>
#include <string.h>

#include "annotate/python_priv.h"

const TSLanguage *tree_sitter_python(void);

static ais_doc_node *faults_to_node(ais_doc *doc, const ais_diags *diags)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        ais_doc_node *map = ais_doc_new_map(doc);
        const bool error = diag->severity == AIS_SEVERITY_ERROR;
        ais_doc_put(map, "severity", ais_doc_new_string(doc, error ? "error" : "warning"));
        ais_doc_put(map, "rule", ais_doc_new_string(doc, diag->rule));
        ais_doc_put(map, "line", ais_doc_new_int(doc, diag->pos.line));
        ais_doc_put(map, "column", ais_doc_new_int(doc, diag->pos.column));
        ais_doc_put(map, "message", ais_doc_new_string(doc, diag->message));
        if (diag->hint != NULL)
            ais_doc_put(map, "hint", ais_doc_new_string(doc, diag->hint));
        ais_doc_append(list, map);
    }
    return list;
}

static void print(const ais_doc_node *node)
{
    AIS_SCOPED(ais_str) text = {0};
    ais_doc_write_json(node, -1, &text);
    puts(ais_str_get(&text));
}

static void print_file(const char *path)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    const ais_language language = ais_str_ends(path, ".c") ? AIS_LANGUAGE_C : AIS_LANGUAGE_PYTHON;
    const int status = ais_annotate_read(path, language, diags, &annotations);
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_doc_put(map, "file", ais_doc_new_string(doc, path));
    ais_doc_put(map, "status", ais_doc_new_int(doc, status));
    if (annotations != NULL) {
        const char *entry = ais_annotations_get_entry(annotations);
        if (entry != NULL)
            ais_doc_put(map, "entry", ais_doc_new_string(doc, entry));
        ais_doc_put(map, "annotations", ais_annotations_to_node(annotations, doc));
    }
    ais_doc_put(map, "faults", faults_to_node(doc, diags));
    print(map);
}

/* The value of `X = <line>`, read as a constant is. */
static void print_value(const char *line)
{
    AIS_FREE char *source_text = ais_format("X = %s", line);
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_map) names = ais_map_new();
    AIS_SCOPED(ais__source) source = {.file = NULL};
    AIS_SCOPED(ais__tree) tree = {.parser = NULL};
    ais__source_init(&source, "values", source_text, strlen(source_text));
    struct ais_annotations made = {.doc = ais_doc_new()};
    AIS_AUTO(ais_doc) doc = made.doc;
    made.functions = ais_doc_new_list(doc);
    ais__reading reading = {.source = &source, .diags = diags, .out = &made};
    ais__python python = {.reading = &reading, .arena = arena, .names = names, .subject = "X"};
    ais__tree_init(&tree, &reading, tree_sitter_python(), source.text);
    ais__tree_report_errors(&tree, &reading, "python-syntax", "Python");
    ais__python_collect(&python, ts_tree_root_node(tree.tree));
    const ais__binding *binding = ais__python_find(&python, "X");
    ais_doc_node *value = binding != NULL ? ais__python_value(&python, binding->value) : NULL;
    ais_doc_node *map = ais_doc_new_map(doc);
    if (value != NULL && ais_diags_count(diags) == 0)
        ais_doc_put(map, "value", value);
    else
        ais_doc_put(map, "faults", faults_to_node(doc, diags));
    print(map);
}

int main(int count, char **arguments)
{
    if (count == 2 && ais_str_equal(arguments[1], "--values")) {
        AIS_FREE char *line = NULL;
        size_t capacity = 0;
        for (ssize_t length; (length = getline(&line, &capacity, stdin)) > 0;) {
            line[length - 1] = '\0';
            print_value(line);
        }
        return 0;
    }
    for (int i = 1; i < count; i++)
        print_file(arguments[i]);
    return 0;
}
