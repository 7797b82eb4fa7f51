/* For cascade_against_python.py: what a chain of models gets right.
 *   cascade_driver CLASS FILTER_DIR [CLASS FILTER_DIR ...] CLASSIFIER_DIR
 * Prints JSON: classes, joint, passes, and each metric by our rule and, for one filter, by the original's. */
#include <stdio.h>

#include "design/cascade.h"
#include "doc/doc.h"

enum { FILTERS_MAX = 8 };

static ais_doc_node *numbers(ais_doc *doc, const double *values, size_t count)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < count; i++)
        ais_doc_append(list, ais_doc_new_float(doc, values[i]));
    return list;
}

static void print(const ais_cascade *cascade, ais_arena *arena)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_node *root = ais_doc_new_map(doc), *classes = ais_doc_new_list(doc);
    ais_doc_node *ours = ais_doc_new_map(doc), *studio = ais_doc_new_map(doc);
    ais_cascade_result result;
    ais_cascade_compute(cascade, arena, &result);
    ais_class_scores *scores = ais_arena_alloc(arena, result.count * sizeof *scores);
    ais_class_scores_of(result.joint, result.count, scores);
    for (size_t i = 0; i < result.count; i++)
        ais_doc_append(classes, ais_doc_new_string(doc, result.classes[i]));
    for (size_t i = 0; i < ais_metric_count; i++) {
        const ais_metric *m = &ais_metrics[i];
        ais_doc_put(ours, m->name, ais_doc_new_float(doc, m->compute(scores, result.count, NULL)));
        if (cascade->filter_count == 1)
            ais_doc_put(studio, m->name,
                        ais_doc_new_float(doc, ais_cascade_studio(cascade, m, NULL)));
    }
    ais_doc_put(root, "classes", classes);
    ais_doc_put(root, "joint", numbers(doc, result.joint, result.count * result.count));
    ais_doc_put(root, "passes", numbers(doc, result.passes, cascade->filter_count));
    ais_doc_put(root, "ours", ours);
    ais_doc_put(root, "studio", studio);
    ais_doc_write_json(root, -1, &text);
    printf("%s\n", ais_str_get(&text));
}

static int read_model(const char *dir, ais_arena *arena, ais_confusion *out)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    const int status = ais_confusion_read(dir, arena, diags, out);
    for (size_t i = 0; i < ais_diags_count(diags); i++)
        ais_diag_write(ais_diags_get(diags, i), &text);
    fprintf(stderr, "%s", ais_str_get(&text));
    return status;
}

int main(int count, char **words)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_confusion models[FILTERS_MAX + 1];
    ais_cascade_filter filters[FILTERS_MAX];
    const size_t filter_count = count >= 4 ? (size_t)(count - 2) / 2 : 0;
    if (filter_count == 0 || filter_count > FILTERS_MAX || count % 2 != 0)
        return 2;
    for (size_t k = 0; k <= filter_count; k++)
        if (read_model(words[k < filter_count ? 2 * k + 2 : 2 * k + 1], arena, &models[k]) < 0)
            return 1;
    for (size_t k = 0; k < filter_count; k++)
        filters[k] = (ais_cascade_filter){
            .confusion = &models[k], .filtered = ais_confusion_find(&models[k], words[2 * k + 1])};
    print(&(ais_cascade){.filters = filters,
                         .filter_count = filter_count,
                         .classifier = &models[filter_count]},
          arena);
    return 0;
}
