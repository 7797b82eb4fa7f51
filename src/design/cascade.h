/* design/cascade - what a chain of filters and the classifier behind them get right together.
 *
 * Layer: above confusion. The derivation, formula by formula, is in docs/model-performance.md.
 * What is assumed: given the true class of an item, the models decide independently of each other; the
 * matrix of each model was measured on what filters without a fault would let through to it.
 * Units: probabilities. Threads: no shared state. */
#ifndef AIS_DESIGN_CASCADE_H
#define AIS_DESIGN_CASCADE_H
#include "design/confusion.h"
#include "design/metrics.h"

typedef struct ais_cascade_filter {
    const ais_confusion *confusion; /* 2 x 2: the class that it drops, and all others */
    size_t filtered;                /* index of that class, 0 or 1 */
} ais_cascade_filter;

/* No row of a filter is all zero, and there are items of some class of the classifier that no filter
 * drops: who reads the files sees to that. */
typedef struct ais_cascade {
    const ais_cascade_filter *filters; /* in the order of the chain */
    size_t filter_count;
    const ais_confusion *classifier;
} ais_cascade;

typedef struct ais_cascade_result {
    const char *const *classes; /* those that filters drop, then the classifier's others */
    size_t count;
    const double *joint;  /* [true * count + answered]; sum 1 */
    const double *passes; /* by filter: the share that it lets through of what reaches it */
} ais_cascade_result;

/* Ownership: all in `arena`; names are borrowed. */
void ais_cascade_compute(const ais_cascade *cascade, ais_arena *arena, ais_cascade_result *out);

/* One filter and a classifier as AI-SPRINT Studio computes them. Where its formulas and ours differ
 * (a classifier that also predicts the filtered class), these are its own: they take the joint
 * probability for a conditional one, and count the filtered class twice in the averages of precision and
 * recall. `weights` as of ais_metric; with them nothing is counted twice. */
double ais_cascade_studio(const ais_cascade *cascade, const ais_metric *metric,
                          const double *weights);
#endif
