/* Reads bytes as YAML. What can be read is written and read again: it must be the same tree. */
#include "doc/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_AUTO(ais_doc) again = NULL;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (ais_doc_parse("f", (const char *)data, size, AIS_DOC_YAML, diags, &doc) < 0) {
        if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) == 0)
            AIS_BUG("refused without a fault");
        return 0;
    }
    ais_doc_write_yaml(ais_doc_root(doc), &text);
    if (ais_doc_parse("f", ais_str_get(&text), text.length, AIS_DOC_YAML, diags, &again) < 0)
        AIS_BUG("cannot be read again: %s\n%s", ais_diags_get(diags, 0)->message,
                ais_str_get(&text));
    if (!ais_doc_equal(ais_doc_root(doc), ais_doc_root(again)))
        AIS_BUG("is another tree when read again:\n%s", ais_str_get(&text));
    return 0;
}
