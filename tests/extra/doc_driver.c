/* What tests/extra/doc_against_python.py talks to: requests on standard input, answers on standard
 * output, each "<letter> <bytes>\n<bytes>".
 *   Y, J  read YAML or JSON               -> o <tagged tree>, or e <faults>
 *   y, j, l  write a tagged tree as YAML, JSON, JSON on one line -> o <text>
 * A tagged tree is JSON that loses nothing: ["int", "12"], ["map", [[key, value], ...]]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc/doc.h"

static const struct {
    ais_doc_kind kind;
    const char *tag;
} tags[] = {
    {.kind = AIS_DOC_NULL, .tag = "null"},     {.kind = AIS_DOC_BOOL, .tag = "bool"},
    {.kind = AIS_DOC_INT, .tag = "int"},       {.kind = AIS_DOC_FLOAT, .tag = "float"},
    {.kind = AIS_DOC_STRING, .tag = "string"}, {.kind = AIS_DOC_LIST, .tag = "list"},
    {.kind = AIS_DOC_MAP, .tag = "map"},
};

static ais_doc_node *tag_tree(ais_doc *out, const ais_doc_node *node)
{
    ais_doc_node *tagged = ais_doc_new_list(out);
    const ais_doc_kind kind = ais_doc_get_kind(node);
    for (size_t i = 0; i < AIS_COUNT(tags); i++)
        if (tags[i].kind == kind)
            ais_doc_append(tagged, ais_doc_new_string(out, tags[i].tag));
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (kind == AIS_DOC_BOOL)
        ais_str_add(&text, ais_doc_get_bool(node) ? "true" : "false");
    else if (kind == AIS_DOC_INT)
        ais_str_add_format(&text, "%lld", (long long)ais_doc_get_int(node));
    else if (kind == AIS_DOC_FLOAT)
        ais_str_add_format(&text, "%a", ais_doc_get_number(node));
    size_t length = 0;
    const char *string = kind == AIS_DOC_STRING ? ais_doc_get_string(node, &length) : NULL;
    if (string != NULL)
        ais_str_add_bytes(&text, string, length);
    if ((kind & AIS_DOC_SCALAR) != 0) {
        ais_doc_append(tagged, ais_doc_new_bytes(out, ais_str_get(&text), text.length));
        return tagged;
    }
    ais_doc_node *entries = ais_doc_new_list(out);
    for (size_t i = 0; i < ais_doc_count(node); i++) {
        ais_doc_node *value = tag_tree(out, ais_doc_at(node, i));
        ais_doc_node *entry = value;
        if (kind == AIS_DOC_MAP) {
            entry = ais_doc_new_list(out);
            ais_doc_append(entry, tag_tree(out, ais_doc_key_at(node, i)));
            ais_doc_append(entry, value);
        }
        ais_doc_append(entries, entry);
    }
    ais_doc_append(tagged, entries);
    return tagged;
}

static ais_doc_node *untag_tree(ais_doc *out, const ais_doc_node *tagged)
{
    const char *tag = ais_doc_get_string(ais_doc_at(tagged, 0), NULL);
    const ais_doc_node *content = ais_doc_at(tagged, 1);
    const bool single = ais_doc_get_kind(content) == AIS_DOC_STRING;
    size_t length = 0;
    const char *text = single ? ais_doc_get_string(content, &length) : "";
    if (strcmp(tag, "null") == 0)
        return ais_doc_new_null(out);
    if (strcmp(tag, "bool") == 0)
        return ais_doc_new_bool(out, strcmp(text, "true") == 0);
    if (strcmp(tag, "int") == 0)
        return ais_doc_new_int(out, strtoll(text, NULL, 10));
    if (strcmp(tag, "float") == 0)
        return ais_doc_new_float(out, strtod(text, NULL));
    if (strcmp(tag, "string") == 0)
        return ais_doc_new_bytes(out, text, length);
    const bool is_list = strcmp(tag, "list") == 0;
    ais_doc_node *node = is_list ? ais_doc_new_list(out) : ais_doc_new_map(out);
    for (size_t i = 0; i < ais_doc_count(content); i++) {
        const ais_doc_node *entry = ais_doc_at(content, i);
        if (is_list)
            ais_doc_append(node, untag_tree(out, entry));
        else
            ais_doc_put_node(node, untag_tree(out, ais_doc_at(entry, 0)),
                             untag_tree(out, ais_doc_at(entry, 1)));
    }
    return node;
}

static void answer(char letter, const char *text, size_t length)
{
    printf("%c %zu\n", letter, length);
    fwrite(text, 1, length, stdout);
    fflush(stdout);
}

static void serve(char request, const char *text, size_t length)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) in = NULL;
    AIS_AUTO(ais_doc) made = ais_doc_new();
    AIS_SCOPED(ais_str) out = {.data = NULL};
    if (ais_doc_parse("t", text, length, request == 'Y' ? AIS_DOC_YAML : AIS_DOC_JSON, diags, &in) <
        0) {
        for (size_t i = 0; i < ais_diags_count(diags); i++)
            ais_diag_write(ais_diags_get(diags, i), &out);
        answer('e', ais_str_get(&out), out.length);
        return;
    }
    if (request == 'Y' || request == 'J')
        ais_doc_write_json(tag_tree(made, ais_doc_root(in)), -1, &out);
    else if (request == 'y')
        ais_doc_write_yaml(untag_tree(made, ais_doc_root(in)), &out);
    else
        ais_doc_write_json(untag_tree(made, ais_doc_root(in)), request == 'j' ? 4 : -1, &out);
    answer('o', ais_str_get(&out), out.length);
}

int main(void)
{
    char request = '\0';
    size_t length = 0;
    while (scanf(" %c %zu", &request, &length) == 2 && getchar() == '\n') {
        AIS_FREE char *text = ais_alloc(length + 1);
        if (fread(text, 1, length, stdin) != length)
            return 1;
        serve(request, text, length);
    }
    return 0;
}
