/* Opens a source file, leaves the reading to python.c or c.c, and answers questions afterwards. */
#include "annotate/annotate.h"

#include <string.h>

#include "annotate/annotate_priv.h"
#include "base/file.h"

void ais_annotations_free(ais_annotations *annotations)
{
    if (annotations == NULL)
        return;
    ais_doc_free(annotations->doc);
    ais_arena_free(annotations->arena);
    free(annotations);
}

ais_annotations *ais__annotations_new(const char *file)
{
    ais_annotations *annotations = ais_alloc(sizeof *annotations);
    annotations->doc = ais_doc_new();
    annotations->arena = ais_arena_new();
    annotations->file = ais_arena_strdup(annotations->arena, file);
    ais_doc_set_pos(annotations->doc, (ais_pos){.file = annotations->file});
    annotations->functions = ais_doc_new_list(annotations->doc);
    return annotations;
}

bool ais__text_check(const ais__source *source, ais_language language, ais_diags *diags)
{
    if (source->length > AIS__MAX_SOURCE_BYTES) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "limit", (ais_pos){.file = source->file},
                      "4 MB at most", "the source has %zu bytes", source->length);
        return false;
    }
    const size_t invalid = ais_utf8_find_invalid(source->text, source->length);
    if (invalid < source->length) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "not-utf8", ais__source_pos(source, invalid),
                      "save the file as UTF-8", "the byte 0x%02x is not UTF-8",
                      (unsigned char)source->text[invalid]);
        return false;
    }
    const char *nul = memchr(source->text, '\0', source->length);
    if (nul != NULL) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR,
                      language == AIS_LANGUAGE_PYTHON ? "python-syntax" : "c-syntax",
                      ais__source_pos(source, (size_t)(nul - source->text)), "is it a binary file?",
                      "a NUL byte in the source");
        return false;
    }
    const size_t many = ais__source_find_token(source, AIS__MAX_TOKENS);
    if (many < source->length) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "limit", ais__source_pos(source, many),
                      "move tables and other data to files of their own",
                      "the source has more than %d words and signs", AIS__MAX_TOKENS);
        return false;
    }
    return true;
}

int ais_annotate_parse(const char *name, const char *text, size_t length, ais_language language,
                       ais_diags *diags, ais_annotations **out)
{
    AIS_SCOPED(ais__source) source = {.file = NULL};
    ais__source_init(&source, name, text, length);
    if (!ais__text_check(&source, language, diags)) {
        *out = NULL;
        return -1;
    }
    const size_t errors = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    ais_annotations *annotations = ais__annotations_new(name);
    source.file = annotations->file; /* positions live as long as the annotations */
    ais__reading reading = {.source = &source, .diags = diags, .out = annotations};
    if (language == AIS_LANGUAGE_PYTHON)
        ais__python_read(&reading);
    else
        ais__c_read(&reading);
    ais__reading_finish(&reading);
    *out = annotations;
    return ais_diags_count_of(diags, AIS_SEVERITY_ERROR) == errors ? 0 : -1;
}

int ais_annotate_read(const char *path, ais_language language, ais_diags *diags,
                      ais_annotations **out)
{
    AIS_FREE char *text = NULL;
    size_t length = 0;
    ais_error *err = NULL;
    if (ais_file_read(path, AIS__MAX_SOURCE_BYTES, &text, &length, &err) < 0) {
        ais_diags_take_error(diags, NULL, err);
        *out = NULL;
        return -1;
    }
    return ais_annotate_parse(path, text, length, language, diags, out);
}

const char *ais_annotations_get_entry(const ais_annotations *annotations)
{
    return annotations->entry;
}

ais_pos ais_annotations_get_entry_pos(const ais_annotations *annotations)
{
    return annotations->entry_pos;
}

const ais_doc_node *ais_annotations_get_functions(const ais_annotations *annotations)
{
    return annotations->functions;
}

const ais_doc_node *ais_annotations_find(const ais_annotations *annotations,
                                         ais_annotation_kind kind)
{
    return annotations->values[kind];
}

const ais_doc_node *ais_annotations_find_argument(const ais_annotations *annotations,
                                                  ais_annotation_kind kind, const char *argument)
{
    const ais_doc_node *map = annotations->values[kind];
    const ais_doc_node *value = map != NULL ? ais_doc_find(map, argument) : NULL;
    return value == NULL || ais_doc_get_kind(value) == AIS_DOC_NULL ? NULL : value;
}

bool ais_annotations_get_number(const ais_annotations *annotations, ais_annotation_kind kind,
                                const char *argument, double *out)
{
    const ais_doc_node *value = ais_annotations_find_argument(annotations, kind, argument);
    const size_t row = ais__annotation_find_argument(kind, argument);
    if (value == NULL || row == AIS__NO_ARGUMENT || (ais_doc_get_kind(value) & AIS_DOC_NUMBER) == 0)
        return false;
    const char *unit = ais_annotation_spec_of(kind)->arguments[row].unit;
    *out = ais_doc_get_number(value) * ais__unit_in_si(unit);
    return true;
}

ais_doc_node *ais_annotations_to_node(const ais_annotations *annotations, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    for (size_t i = 0; i < AIS_ANNOTATION_COUNT; i++)
        if (annotations->values[i] != NULL)
            ais_doc_put(map, ais_annotation_spec_of((ais_annotation_kind)i)->name,
                        ais_doc_copy(doc, annotations->values[i]));
    ais_doc_sort(map, true);
    return map;
}
