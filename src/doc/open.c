/* Documents from and to files, the format by the name; see doc.h. */
#include <string.h>

#include "base/file.h"
#include "doc/doc_priv.h"

static ais_doc_format format_of(const char *path)
{
    return ais_str_ends(path, ".json") ? AIS_DOC_JSON : AIS_DOC_YAML;
}

int ais_doc_parse(const char *name, const char *text, size_t length, ais_doc_format format,
                  ais_diags *diags, ais_doc **out)
{
    const size_t errors = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    const ais_pos start = {.file = name, .line = 1, .column = 1};
    if (length > AIS_DOC_MAX_BYTES) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "limit", start, NULL,
                      "the document has %zu bytes (must be at most %d)", length, AIS_DOC_MAX_BYTES);
        return -1;
    }
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_set_pos(doc, start);
    ais_doc_set_root(doc, ais__doc_new_node(doc, AIS_DOC_NULL, doc->pos));
    const int result = format == AIS_DOC_JSON ? ais__doc_read_json(doc, text, length, diags)
                                              : ais__doc_read_yaml(doc, text, length, diags);
    if (result < 0 || ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > errors)
        return -1;
    doc->pos = (ais_pos){.file = NULL}; /* nodes made from now on stand in no file */
    *out = doc;
    doc = NULL;
    return 0;
}

int ais_doc_read(const char *path, ais_diags *diags, ais_doc **out)
{
    AIS_FREE char *text = NULL;
    size_t length = 0;
    ais_error *error = NULL; /* given to `diags` */
    if (ais_file_read(path, AIS_DOC_MAX_BYTES, &text, &length, &error) < 0) {
        ais_diags_take_error(diags, NULL, error);
        return -1;
    }
    return ais_doc_parse(path, text, length, format_of(path), diags, out);
}

int ais_doc_write(const ais_doc_node *node, const char *path, ais_error **err)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (format_of(path) == AIS_DOC_JSON) {
        ais_doc_write_json(node, 4, &text);
        ais_str_add_char(&text, '\n');
    } else {
        ais_doc_write_yaml(node, &text);
    }
    return ais_file_write(path, ais_str_get(&text), text.length, err);
}
