/* Writing YAML in block style, as PyYAML's yaml.dump(default_flow_style=False, sort_keys=False,
 * allow_unicode=True) does, byte for byte. Texts are in yaml_text.c. */
#include <math.h>
#include <string.h>

#include "doc/yaml_emit.h"

enum { INDENT = 2, KEY_LENGTH = 128 };

static void write_node(ais__yaml_page *page, const ais_doc_node *node, ais__yaml_place place,
                       bool in_map);

/* Floats of YAML need a point: repr's 1e-06 is 1.0e-06 here. */
static void write_yaml_float(double value, ais_str *out)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (isnan(value)) {
        ais_str_add(out, ".nan");
    } else if (isinf(value)) {
        ais_str_add(out, value > 0 ? ".inf" : "-.inf");
    } else {
        ais_doc_write_float(value, &text);
        const char *repr = ais_str_get(&text);
        const char *exponent = strchr(repr, 'e');
        if (exponent != NULL && strchr(repr, '.') == NULL)
            ais_str_add_format(out, "%.*s.0%s", (int)(exponent - repr), repr, exponent);
        else
            ais_str_add(out, repr);
    }
}

static void read_scalar(const ais_doc_node *node, ais__yaml_text *text)
{
    AIS_SCOPED(ais_str) made = {.data = NULL};
    if (node->kind == AIS_DOC_STRING) {
        ais__yaml_text_read(text, node->text, node->length);
        return;
    }
    if (node->kind == AIS_DOC_FLOAT)
        write_yaml_float(node->number, &made);
    else
        ais__doc_write_plain(node, &made);
    ais__yaml_text_read(text, ais_str_get(&made), made.length);
}

static void write_scalar(ais__yaml_page *page, const ais_doc_node *node, ais__yaml_place place)
{
    AIS_SCOPED(ais__yaml_text) text = {.characters = NULL};
    const int before = page->indent;
    read_scalar(node, &text);
    page->indent =
        before < 0 ? INDENT : before + INDENT; /* of the lines that a long text goes on */
    ais__yaml_write_text(
        page, &text, node->kind == AIS_DOC_STRING && ais__yaml_is_special(node->text, node->length),
        place);
    page->indent = before;
}

/* A key goes before its ":" when it is on one line and short; PyYAML counts the tag that it will
 * not write ("!!str"). */
static bool is_simple_key(const ais_doc_node *key)
{
    AIS_SCOPED(ais__yaml_text) text = {.characters = NULL};
    const int tag = key->kind == AIS_DOC_FLOAT                               ? 7
                    : key->kind == AIS_DOC_BOOL || key->kind == AIS_DOC_NULL ? 6
                                                                             : 5;
    read_scalar(key, &text);
    return text.length > 0 && !text.multiline && text.length + tag < KEY_LENGTH;
}

static void write_list(ais__yaml_page *page, const ais_doc_node *list, bool in_map)
{
    const int before = page->indent;
    if (before < 0)
        page->indent = 0;
    else if (!in_map || page->indention) /* the dashes of a map's value stand below its key */
        page->indent += INDENT;
    for (uint32_t i = 0; i < list->count; i++) {
        ais__yaml_write_indent(page);
        ais__yaml_write_indicator(
            page, (ais__yaml_indicator){.text = "-", .spaced = true, .is_indent = true});
        write_node(page, list->values[i], (ais__yaml_place){.key = false}, false);
    }
    page->indent = before;
}

static void write_entry(ais__yaml_page *page, const ais_doc_node *key, const ais_doc_node *value)
{
    ais__yaml_write_indent(page);
    if (is_simple_key(key)) {
        write_node(page, key, (ais__yaml_place){.key = true}, true);
        ais__yaml_write_indicator(page, (ais__yaml_indicator){.text = ":"});
    } else {
        ais__yaml_write_indicator(
            page, (ais__yaml_indicator){.text = "?", .spaced = true, .is_indent = true});
        write_node(page, key, (ais__yaml_place){.key = false}, true);
        ais__yaml_write_indent(page);
        ais__yaml_write_indicator(
            page, (ais__yaml_indicator){.text = ":", .spaced = true, .is_indent = true});
    }
    write_node(page, value, (ais__yaml_place){.key = false}, true);
}

static void write_map(ais__yaml_page *page, const ais_doc_node *map)
{
    const int before = page->indent;
    page->indent = before < 0 ? 0 : before + INDENT;
    for (uint32_t i = 0; i < map->count; i++)
        write_entry(page, map->keys[i], map->values[i]);
    page->indent = before;
}

static void write_empty(ais__yaml_page *page, const char *open, const char *close)
{
    ais__yaml_write_indicator(
        page, (ais__yaml_indicator){.text = open, .spaced = true, .is_space = true});
    ais__yaml_write_indicator(page, (ais__yaml_indicator){.text = close});
}

static void write_node(ais__yaml_page *page, const ais_doc_node *node, ais__yaml_place place,
                       bool in_map)
{
    if ((node->kind & AIS_DOC_SCALAR) != 0)
        write_scalar(page, node, place);
    else if (node->count == 0)
        write_empty(page, node->kind == AIS_DOC_LIST ? "[" : "{",
                    node->kind == AIS_DOC_LIST ? "]" : "}");
    else if (node->kind == AIS_DOC_LIST)
        write_list(page, node, in_map);
    else
        write_map(page, node);
}

void ais_doc_write_yaml(const ais_doc_node *node, ais_str *out)
{
    ais__yaml_page page = {.out = out, .indent = -1, .whitespace = true, .indention = true};
    write_node(&page, node, (ais__yaml_place){.root = true}, false);
    ais__yaml_write_indent(&page);
    if (page.open_ended) { /* a lone plain value might go on otherwise */
        ais__yaml_write_indicator(&page, (ais__yaml_indicator){.text = "...", .spaced = true});
        ais__yaml_write_indent(&page);
    }
}
