/* The joint distribution of true and answered classes behind a chain of filters; see cascade.h. */
#include "design/cascade.h"

#include <string.h>

static const char *filtered_name(const ais_cascade_filter *filter)
{
    return filter->confusion->classes[filter->filtered];
}

/* Is it the class of one of the first `count` filters? */
static bool is_filtered(const ais_cascade *cascade, size_t count, const char *class)
{
    for (size_t k = 0; k < count; k++)
        if (ais_str_equal(filtered_name(&cascade->filters[k]), class))
            return true;
    return false;
}

/* What the classifier's matrix says of classes that no filter drops. */
static double rest_of(const ais_cascade *cascade)
{
    const ais_confusion *c = cascade->classifier;
    double sum = 0.0;
    for (size_t t = 0; t < c->count; t++)
        if (!is_filtered(cascade, cascade->filter_count, c->classes[t]))
            sum += ais_confusion_row_sum(c, t);
    return sum;
}

/* ---- the computation ---- */

typedef struct computation {
    const ais_cascade *cascade;
    const char **classes;
    size_t count;
    size_t *columns; /* the classifier's class -> its place among all */
    double *priors;  /* by class */
    double *joint;
    double *reached; /* by filter, and one more: the share that reaches it */
} computation;

static size_t place_of(const computation *c, const char *class)
{
    for (size_t i = 0; i < c->count; i++)
        if (ais_str_equal(c->classes[i], class))
            return i;
    return c->count;
}

/* The classes with how often each occurs. A filter says how its class and all others are shared out
 * among what filters before it leave; a class that an earlier one drops is shared out already. */
static void find_classes(computation *c)
{
    const ais_cascade *cascade = c->cascade;
    const ais_confusion *last = cascade->classifier;
    double left = 1.0;
    for (size_t k = 0; k < cascade->filter_count; k++) {
        const ais_cascade_filter *filter = &cascade->filters[k];
        if (place_of(c, filtered_name(filter)) < c->count)
            continue;
        const double share =
            ais_confusion_row_sum(filter->confusion, filter->filtered) / filter->confusion->sum;
        c->classes[c->count] = filtered_name(filter);
        c->priors[c->count++] = left * share;
        left -= left * share;
    }
    const double rest = rest_of(cascade);
    for (size_t t = 0; t < last->count; t++) {
        c->columns[t] = place_of(c, last->classes[t]);
        if (c->columns[t] < c->count)
            continue;
        c->classes[c->count] = last->classes[t];
        c->priors[c->count++] = left * ais_confusion_row_sum(last, t) / rest;
    }
}

/* The probability that a filter lets an item of the class pass. */
static double pass(const ais_cascade_filter *filter, const char *class)
{
    const size_t drop = filter->filtered, keep = 1 - drop;
    const size_t row = ais_str_equal(filtered_name(filter), class) ? drop : keep;
    return filter->confusion->joint[row * 2 + keep] / ais_confusion_row_sum(filter->confusion, row);
}

/* What the classifier makes of the items of a class that reach it. One that it does not know, or of
 * which it saw no item, it answers as it answers at large. */
static void classify(computation *c, size_t class, double reaching)
{
    const ais_confusion *last = c->cascade->classifier;
    const size_t row = ais_confusion_find(last, c->classes[class]);
    const double known = row < last->count ? ais_confusion_row_sum(last, row) : 0.0;
    for (size_t p = 0; p < last->count; p++) {
        const double share = known > 0.0 ? last->joint[row * last->count + p] / known
                                         : ais_confusion_column_sum(last, p) / last->sum;
        c->joint[class * c->count + c->columns[p]] += reaching * share;
    }
}

static void follow_class(computation *c, size_t class)
{
    const ais_cascade *cascade = c->cascade;
    double reaching = c->priors[class];
    for (size_t k = 0; k < cascade->filter_count; k++) {
        const ais_cascade_filter *filter = &cascade->filters[k];
        const double passing = reaching * pass(filter, c->classes[class]);
        c->joint[class * c->count + place_of(c, filtered_name(filter))] += reaching - passing;
        c->reached[k] += reaching;
        reaching = passing;
    }
    c->reached[cascade->filter_count] += reaching;
    classify(c, class, reaching);
}

void ais_cascade_compute(const ais_cascade *cascade, ais_arena *arena, ais_cascade_result *out)
{
    const size_t filters = cascade->filter_count, most = filters + cascade->classifier->count;
    computation c = {.cascade = cascade,
                     .classes = ais_arena_alloc(arena, most * sizeof *c.classes),
                     .columns = ais_arena_alloc(arena, most * sizeof *c.columns),
                     .priors = ais_arena_alloc(arena, most * sizeof *c.priors),
                     .reached = ais_arena_alloc(arena, (filters + 1) * sizeof *c.reached)};
    find_classes(&c);
    c.joint = ais_arena_alloc(arena, c.count * c.count * sizeof *c.joint);
    for (size_t class = 0; class < c.count; class ++)
        follow_class(&c, class);
    double *passes = ais_arena_alloc(arena, filters * sizeof *passes);
    for (size_t k = 0; k < filters; k++)
        passes[k] = c.reached[k] > 0.0 ? c.reached[k + 1] / c.reached[k] : 0.0;
    *out = (ais_cascade_result){
        .classes = c.classes, .count = c.count, .joint = c.joint, .passes = passes};
}
