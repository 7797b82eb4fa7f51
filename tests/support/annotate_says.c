/* See annotate_says.h. */
#include "support/annotate_says.h"

#include <string.h>

static ais_annotations *parse(ais_language language, const char *source, ais_diags *diags)
{
    ais_annotations *annotations = NULL;
    const char *name = language == AIS_LANGUAGE_PYTHON ? "main.py" : "x.c";
    const int status =
        ais_annotate_parse(name, source, strlen(source), language, diags, &annotations);
    if ((status < 0) != (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0))
        AIS_BUG("the status says nothing about the faults");
    ais_diags_sort(diags);
    return annotations;
}

char *annotate_says(ais_language language, const char *source)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = parse(language, source, diags);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_str text = {0};
    if (annotations != NULL)
        ais_doc_write_json(ais_annotations_to_node(annotations, doc), -1, &text);
    ais_str_add_char(&text, '\n');
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        ais_str_add_format(&text, "%u:%u %s%s\n", diag->pos.line, diag->pos.column,
                           diag->severity == AIS_SEVERITY_WARNING ? "warning " : "", diag->rule);
    }
    return ais_str_take(&text);
}

char *annotate_complains(ais_language language, const char *source)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_annotations_free(parse(language, source, diags));
    ais_str text = {0};
    for (size_t i = 0; i < ais_diags_count(diags); i++)
        ais_diag_write(ais_diags_get(diags, i), &text);
    return ais_str_take(&text);
}
