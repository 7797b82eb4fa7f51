/* A filter and a classifier by the formulas of AI-SPRINT Studio; see ais_cascade_studio(). */
#include "design/cascade.h"

/* The filter's four figures; positive = passes. */
typedef struct rates {
    double tn, fn, tp, fp;
} rates;

static rates rates_of(const ais_cascade_filter *filter)
{
    const double *f = filter->confusion->joint;
    const size_t drop = filter->filtered, keep = 1 - drop;
    return (rates){.tn = f[drop * 2 + drop],
                   .fn = f[keep * 2 + drop],
                   .tp = f[keep * 2 + keep],
                   .fp = f[drop * 2 + keep]};
}

/* A class of the classifier: `filtered` is the row of the filtered class, or its count. */
static ais_class_scores score_class(const rates *r, const ais_confusion *c, size_t class,
                                    size_t filtered)
{
    const size_t n = c->count;
    const double right = c->joint[class * n + class];
    const double row = ais_confusion_row_sum(c, class);
    const double column = ais_confusion_column_sum(c, class);
    ais_class_scores s = {.correct = r->tp * right,
                          .share = r->tp * row + r->fn * row / c->sum,
                          .given = r->tp * column + r->fp * column / c->sum};
    if (filtered < n) {
        const double slipped = c->joint[filtered * n + class];
        s.given = r->tp * (column - slipped) + r->fp * slipped;
    }
    ais_class_scores_complete(&s);
    return s;
}

/* The filtered class, which the classifier may predict too. */
static ais_class_scores score_filtered(const rates *r, const ais_confusion *c, size_t filtered)
{
    const size_t n = c->count;
    ais_class_scores s = {.correct = r->tn, .share = r->tn + r->fp, .given = r->tn + r->fn};
    if (filtered < n) {
        const double right = c->joint[filtered * n + filtered];
        const double row = ais_confusion_row_sum(c, filtered);
        const double column = ais_confusion_column_sum(c, filtered);
        s.correct += r->fp * right;
        s.share = s.correct + r->fp * (row - right);
        s.given = s.correct + r->fn + r->tp * (column - right);
    }
    ais_class_scores_complete(&s);
    return s;
}

double ais_cascade_studio(const ais_cascade *cascade, const ais_metric *metric,
                          const double *weights)
{
    const ais_cascade_filter *filter = &cascade->filters[0];
    const ais_confusion *c = cascade->classifier;
    const rates r = rates_of(filter);
    const size_t found = ais_confusion_find(c, filter->confusion->classes[filter->filtered]);
    const size_t filtered = found < c->count ? found : c->count;
    ais_class_scores *scores = ais_alloc((c->count + 2) * sizeof *scores);
    size_t count = 0;
    scores[count++] = score_filtered(&r, c, filtered);
    for (size_t class = 0; class < c->count; class ++)
        if (class != filtered)
            scores[count++] = score_class(&r, c, class, filtered);
    const bool twice = filtered < c->count && weights == NULL &&
                       (ais_str_equal(metric->name, "average_precision") ||
                        ais_str_equal(metric->name, "average_recall"));
    if (twice)
        scores[count++] = scores[0];
    const double value = metric->compute(scores, count, weights);
    free(scores);
    return value;
}
