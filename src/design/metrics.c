/* The table of metrics; see metrics.h. */
#include "design/metrics.h"

#include "base/str.h"

static double ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : 0.0;
}

void ais_class_scores_complete(ais_class_scores *s)
{
    s->precision = ratio(s->correct, s->given);
    s->recall = ratio(s->correct, s->share);
    s->f1 = ratio(2.0 * s->precision * s->recall, s->precision + s->recall);
}

void ais_class_scores_of(const double *joint, size_t count, ais_class_scores *out)
{
    for (size_t c = 0; c < count; c++) {
        ais_class_scores s = {.correct = joint[c * count + c]};
        for (size_t k = 0; k < count; k++) {
            s.share += joint[c * count + k];
            s.given += joint[k * count + c];
        }
        ais_class_scores_complete(&s);
        out[c] = s;
    }
}

static double weight_of(const double *weights, size_t count, size_t c)
{
    return weights != NULL ? weights[c] : 1.0 / (double)count;
}

/* ---- the metrics ---- */

#define AVERAGE(field)                                                                             \
    static double average_##field(const ais_class_scores *scores, size_t count,                    \
                                  const double *weights)                                           \
    {                                                                                              \
        double sum = 0.0;                                                                          \
        for (size_t c = 0; c < count; c++)                                                         \
            sum += weight_of(weights, count, c) * scores[c].field;                                 \
        return sum;                                                                                \
    }
AVERAGE(f1)
AVERAGE(precision)
AVERAGE(recall)
AVERAGE(correct)
AVERAGE(share)

/* An item counts as much as its class: without weights the share of all items that are right. */
static double accuracy(const ais_class_scores *scores, size_t count, const double *weights)
{
    return ratio(average_correct(scores, count, weights), average_share(scores, count, weights));
}

const ais_metric ais_metrics[] = {
    {.name = "average_f1", .summary = "mean of the classes' f1", .compute = average_f1},
    {.name = "average_precision",
     .summary = "mean of the classes' precision",
     .compute = average_precision},
    {.name = "average_recall", .summary = "mean of the classes' recall", .compute = average_recall},
    {.name = "average_accuracy",
     .summary = "mean over the classes of the share of all items that are of this class and right",
     .compute = average_correct},
    {.name = "accuracy", .summary = "share of all items that are right", .compute = accuracy},
};
const size_t ais_metric_count = AIS_COUNT(ais_metrics);

const ais_metric *ais_metric_find(const char *name)
{
    for (size_t i = 0; i < ais_metric_count; i++)
        if (ais_str_equal(ais_metrics[i].name, name))
            return &ais_metrics[i];
    return NULL;
}
