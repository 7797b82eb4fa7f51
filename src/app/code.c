/* Components whose models are to be cut: can their sources be split? */
#include "annotate/code.h"
#include "app/app_priv.h"
#include "base/file.h"

enum { SOURCE_MAX_BYTES = 4 * 1024 * 1024 };

static const char *text_of(const ais_doc_node *node)
{
    return node != NULL && ais_doc_get_kind(node) == AIS_DOC_STRING ? ais_doc_get_string(node, NULL)
                                                                    : NULL;
}

/* What is split: a model with early exits, or one that is cut at least once. NULL for neither. */
static const char *model_of(const ais_annotations *annotations, const char **condition)
{
    const ais_doc_node *parts = ais_annotations_find_argument(
        annotations, AIS_ANNOTATION_PARTITIONABLE_MODEL, "num_partitions");
    *condition = text_of(ais_annotations_find_argument(
        annotations, AIS_ANNOTATION_EARLY_EXITS_MODEL, "condition_function"));
    if (ais_annotations_find(annotations, AIS_ANNOTATION_EARLY_EXITS_MODEL) != NULL)
        return text_of(ais_annotations_find_argument(annotations, AIS_ANNOTATION_EARLY_EXITS_MODEL,
                                                     "onnx_file"));
    const bool never =
        parts != NULL && ais_doc_get_kind(parts) == AIS_DOC_INT && ais_doc_get_int(parts) == 0;
    return never ? NULL
                 : text_of(ais_annotations_find_argument(
                       annotations, AIS_ANNOTATION_PARTITIONABLE_MODEL, "onnx_file"));
}

static void check_source(ais_app_load_state *state, const ais_app_source *source)
{
    const char *condition = NULL;
    const char *model = model_of(source->annotations, &condition);
    AIS_FREE char *text = NULL;
    size_t length = 0;
    ais_error *err = NULL;
    if (model == NULL)
        return;
    if (ais_file_read(source->file, SOURCE_MAX_BYTES, &text, &length, &err) < 0) {
        ais_diags_take_error(state->diags, NULL, err);
        return;
    }
    const ais_code_request request = {.path = source->file,
                                      .text = text,
                                      .language = source->language,
                                      .entry = ais_annotations_get_entry(source->annotations),
                                      .onnx_file = model,
                                      .condition_function = condition};
    const int result = ais_code_check(&request, state->diags);
    (void)result; /* it has reported */
}

void ais__app_check_code(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t i = 0; i < app->source_count; i++)
        if (app->sources[i].annotations != NULL && !state->source_faulty[i])
            check_source(state, &app->sources[i]);
}
