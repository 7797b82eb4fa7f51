/* design/metrics - precision, recall and their kin of a joint distribution of true and given classes.
 *
 * Layer: above base. Nothing divides by zero: what a class that never occurs, or is never given, leaves
 * undefined counts as 0 (as scikit-learn's zero_division=0 does).
 * Units: probabilities. Threads: no shared state. */
#ifndef AIS_DESIGN_METRICS_H
#define AIS_DESIGN_METRICS_H
#include <stddef.h>

typedef struct ais_class_scores {
    double share;     /* of all items: this class is the true one */
    double given;     /* of all items: this class is answered */
    double correct;   /* both */
    double precision; /* correct / given */
    double recall;    /* correct / share */
    double f1;        /* 2 precision recall / (precision + recall) */
} ais_class_scores;

/* `joint[true * count + given]`. */
void ais_class_scores_of(const double *joint, size_t count, ais_class_scores *out);
/* From share, given and correct. */
void ais_class_scores_complete(ais_class_scores *scores);

typedef struct ais_metric {
    const char *name;    /* "average_f1" */
    const char *summary; /* for guides and reports */
    /* `weights` have the sum 1; NULL: every class counts as much. */
    double (*compute)(const ais_class_scores *scores, size_t count, const double *weights);
} ais_metric;

/* The table of metrics; annotate/spec.c lists the same names for the annotation. */
extern const ais_metric ais_metrics[];
extern const size_t ais_metric_count;
const ais_metric *ais_metric_find(const char *name); /* or NULL */
#endif
