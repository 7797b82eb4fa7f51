/* design/evaluate - how good a model is on labelled data: counts, metrics, confusion matrix.
 *
 * Two sources: what was answered (a table, or the results of a run), or a model that is run here over an
 * array of items.
 * Layer: above infer, confusion, labels. Threads: one. */
#ifndef AIS_DESIGN_EVALUATE_H
#define AIS_DESIGN_EVALUATE_H
#include "base/context.h"
#include "base/error.h"
#include "design/metrics.h"
#include "doc/doc.h"

typedef struct ais_evaluate_options {
    const char *labels;  /* CSV, or for a model also .npy */
    const char *classes; /* class_names_dictionary.csv, or NULL: as labels and answers have them */
    /* Either: what was answered. */
    const char
        *predictions; /* CSV with item and label, or a folder of results named like the items */
    const char
        *drop_label; /* what an item counts as that has no answer; NULL: each must have one */
    /* Or: a model, and its input for all items at once. */
    const char *model, *data;
    const char *output; /* of the model; NULL = the first */
} ais_evaluate_options;

typedef struct ais_evaluation {
    const char *const
        *classes; /* with `classes` in its order, else sorted (whole numbers by value) */
    size_t class_count;
    const size_t *counts; /* [true * class_count + answered] */
    size_t items, right;
    const ais_class_scores *scores; /* by class */
    ais_arena *arena;
} ais_evaluation;

/* Errors: every fault is added to `diags` with its position and -1 returned. Rules: "evaluate-item" (a
 * label without an answer, an answer without a label, a result that says none), "evaluate-class" (a
 * label or an answer that is no class), "evaluate-data" (sizes and types that do not fit each other or
 * the model), "csv", "io", "limit", and what running a model gives ("missing": there is no inference
 * library). */
AIS_NODISCARD int ais_evaluate(const ais_evaluate_options *options, ais_diags *diags,
                               ais_evaluation **out);
void ais_evaluation_free(ais_evaluation *evaluation);
AIS_DEFINE_AUTO(ais_evaluation)

/* confusion_matrix.npy and class_names_dictionary.csv, as a component's classification_performance/ has
 * them. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_evaluation_write(const ais_evaluation *evaluation, const char *dir,
                                       ais_error **err);
/* For --json, made in `doc`; and for people. */
ais_doc_node *ais_evaluation_to_node(const ais_evaluation *evaluation, ais_doc *doc);
void ais_evaluation_write_text(const ais_evaluation *evaluation, ais_str *out);
#endif
