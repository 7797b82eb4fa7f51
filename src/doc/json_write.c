/* Writing JSON as Python's json.dumps(ensure_ascii=False) does; see doc.h. */
#include <math.h>

#include "doc/doc_priv.h"

static void write_string(const char *text, size_t length, ais_str *out)
{
    static const char *const escapes[0x80] = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\r'] = "\\r",
        ['\t'] = "\\t", ['\b'] = "\\b",  ['\f'] = "\\f",
    };
    AIS_FREE uint32_t *characters = ais_alloc(length * sizeof *characters);
    const size_t count = ais__doc_decode(text, length, characters);
    ais_str_add_char(out, '"');
    for (size_t i = 0; i < count; i++) {
        const uint32_t c = characters[i];
        if (c < 0x80 && escapes[c] != NULL)
            ais_str_add(out, escapes[c]);
        else if (c < 0x20)
            ais_str_add_format(out, "\\u%04x", (unsigned)c);
        else
            ais__doc_add_utf8(out, c);
    }
    ais_str_add_char(out, '"');
}

static void write_scalar(const ais_doc_node *node, ais_str *out)
{
    if (node->kind == AIS_DOC_STRING)
        write_string(node->text, node->length, out);
    else if (node->kind == AIS_DOC_FLOAT && !isfinite(node->number))
        ais_str_add(out, "null"); /* JSON has no other word for it */
    else
        ais__doc_write_plain(node, out);
}

/* Keys of JSON are strings; numbers, true, false and null become their texts. */
static void write_key(const ais_doc_node *key, ais_str *out)
{
    if (key->kind != AIS_DOC_STRING)
        ais_str_add_char(out, '"');
    write_scalar(key, out);
    if (key->kind != AIS_DOC_STRING)
        ais_str_add_char(out, '"');
}

static void write_gap(int indent, int depth, bool first, ais_str *out)
{
    if (indent >= 0) {
        ais_str_add(out, first ? "\n" : ",\n");
        ais_str_add_format(out, "%*s", indent * depth, "");
    } else if (!first) {
        ais_str_add(out, ", ");
    }
}

static void write_node(const ais_doc_node *node, int indent, int depth, ais_str *out)
{
    if ((node->kind & AIS_DOC_SCALAR) != 0) {
        write_scalar(node, out);
        return;
    }
    const bool is_map = node->kind == AIS_DOC_MAP;
    ais_str_add_char(out, is_map ? '{' : '[');
    for (uint32_t i = 0; i < node->count; i++) {
        write_gap(indent, depth + 1, i == 0, out);
        if (is_map) {
            write_key(node->keys[i], out);
            ais_str_add(out, ": ");
        }
        write_node(node->values[i], indent, depth + 1, out);
    }
    if (node->count > 0 && indent >= 0) {
        ais_str_add_char(out, '\n');
        ais_str_add_format(out, "%*s", indent * depth, "");
    }
    ais_str_add_char(out, is_map ? '}' : ']');
}

void ais_doc_write_json(const ais_doc_node *node, int indent, ais_str *out)
{
    write_node(node, indent, 0, out);
}
