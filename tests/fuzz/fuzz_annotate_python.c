/* ais_annotate_parse() on Python: what is kept can be written and has positions inside the text; status
 * and faults agree. */
#include "annotate/annotate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    const int status = ais_annotate_parse("fuzz", (const char *)data, size, AIS_LANGUAGE_PYTHON,
                                          diags, &annotations);
    if ((status < 0) != (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0))
        AIS_BUG("the status says nothing about the faults");
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        if (diag->message[0] == '\0' || diag->pos.line > size + 1 || diag->pos.column > size + 1)
            AIS_BUG("a fault without a text or a place");
        if (diag->pos.file == NULL && !ais_str_equal(diag->rule, "too-many"))
            AIS_BUG("a fault in no file: %s", diag->message);
    }
    if (annotations == NULL)
        return 0;
    AIS_SCOPED(ais_str) text = {0};
    ais_doc_write_yaml(ais_annotations_to_node(annotations, doc), &text);
    ais_doc_write_json(ais_annotations_get_functions(annotations), 0, &text);
    if (status == 0 && ais_annotations_get_entry(annotations) == NULL)
        AIS_BUG("right, but no entry");
    return 0;
}
