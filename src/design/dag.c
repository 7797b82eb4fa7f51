/* The graph of one deployment: segments in chains, exits that leave them, probabilities.
 *
 * An item goes from segment k on to k + 1 with its transition probability p. With 1 - p it leaves the
 * component, and from there takes each dependency with the probability that it has in the application.
 * So every dependency is taken as often as before, and of those that are one choice no more than one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "design/deployment_priv.h"

double ais_decimal_complement(double p)
{
    char text[64];
    snprintf(text, sizeof text, "%.15f", fabs(1.0 - p)); /* no "-0" */
    return strtod(text, NULL);
}

double ais_decimal_product(double a, double b)
{
    char text[64];
    snprintf(text, sizeof text, "%.15g", a * b);
    return strtod(text, NULL);
}

static void add_units(const ais_deployment *d, size_t slot, const int64_t *layers, ais_unit *units,
                      size_t *count)
{
    ais_deployment_choice *choice = &d->choices[slot];
    choice->first_unit = *count;
    double share = 1.0;
    for (size_t k = 0; k < choice->group->segment_count; k++) {
        const ais_variant *variant = &choice->group->segments[k];
        units[(*count)++] = (ais_unit){.variant = variant,
                                       .slot = slot,
                                       .segment = k,
                                       .is_last = k + 1 == choice->group->segment_count,
                                       .layer = layers[k],
                                       .share = share};
        share = ais_decimal_product(share, variant->goes_on);
    }
}

static void add_edge(ais_deployment *d, size_t from, size_t to, double probability)
{
    d->edges[d->edge_count++] = (ais_unit_edge){.from = from, .to = to, .probability = probability};
}

/* One dependency of the application, as it is in this deployment. */
typedef struct way_out {
    size_t to; /* a unit */
    double probability;
} way_out;

/* What lies within a component, and (with `out`) what leaves it along one dependency, segment by
 * segment. The inner edges come with the first dependency. */
static void add_edges(ais_deployment *d, size_t slot, const way_out *out, bool inner)
{
    const ais_deployment_choice *choice = &d->choices[slot];
    const ais_variant_group *group = choice->group;
    for (size_t k = 0; k < group->segment_count; k++) {
        const size_t at = choice->first_unit + k;
        const bool last = k + 1 == group->segment_count;
        const double on = group->segments[k].goes_on;
        if (!last && inner)
            add_edge(d, at, at + 1, on);
        if (out == NULL || (!last && !group->has_exits))
            continue;
        add_edge(d, at, out->to,
                 last ? out->probability
                      : ais_decimal_product(ais_decimal_complement(on), out->probability));
    }
}

static size_t count_edges(const ais_app *app, const ais_deployment *d)
{
    size_t count = d->unit_count;
    for (size_t i = 0; i < app->edge_count; i++)
        count += d->choices[app->edges[i].from].group->segment_count;
    return count;
}

void ais__deployment_connect(const ais_app *app, const int64_t *const *layers,
                             const double *probabilities, ais_deployment *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->choice_count; i++)
        count += d->choices[i].group->segment_count;
    d->units = ais_arena_alloc(d->arena, count * sizeof *d->units);
    for (size_t i = 0; i < d->choice_count; i++) {
        /* base is application_dag.yaml itself, whose order files of constraints follow */
        const size_t slot = d->number == 0 ? i : app->order[i];
        add_units(d, slot, layers[slot], d->units, &d->unit_count);
    }
    d->edges = ais_arena_alloc(d->arena, count_edges(app, d) * sizeof *d->edges);
    AIS_FREE bool *done = ais_alloc(d->choice_count * sizeof *done);
    for (size_t i = 0; i < app->edge_count; i++) {
        const size_t from = app->edges[i].from;
        const way_out out = {.to = d->choices[app->edges[i].to].first_unit,
                             /* as deployments_performance.yaml rounds */
                             .probability = probabilities != NULL
                                                ? round(probabilities[i] * 1e4) / 1e4
                                                : app->edges[i].probability};
        add_edges(d, from, &out, !done[from]);
        done[from] = true;
    }
    for (size_t i = 0; i < d->choice_count; i++)
        if (!done[i])
            add_edges(d, i, NULL, true);
}

/* 1 and 0 as integers, as people write them. */
static ais_doc_node *probability_node(double probability, ais_doc *doc)
{
    if (probability >= 1.0 || probability <= 0.0)
        return ais_doc_new_int(doc, probability >= 1.0 ? 1 : 0);
    return ais_doc_new_float(doc, probability);
}

ais_doc_node *ais__deployment_dag_node(const ais_app *app, const ais_deployment *d, ais_doc *doc)
{
    ais_doc_node *root = ais_doc_new_map(doc), *system = ais_doc_new_map(doc);
    ais_doc_node *components = ais_doc_new_list(doc), *dependencies = ais_doc_new_list(doc);
    for (size_t i = 0; i < d->unit_count; i++)
        ais_doc_append(components, ais_doc_new_string(doc, d->units[i].variant->dag_name));
    for (size_t i = 0; i < d->edge_count; i++) {
        const ais_unit_edge *edge = &d->edges[i];
        ais_doc_node *item = ais_doc_new_list(doc);
        ais_doc_append(item, ais_doc_new_string(doc, d->units[edge->from].variant->dag_name));
        ais_doc_append(item, ais_doc_new_string(doc, d->units[edge->to].variant->dag_name));
        ais_doc_append(item, probability_node(edge->probability, doc));
        ais_doc_append(dependencies, item);
    }
    ais_doc_put(system, "name", ais_doc_new_string(doc, app->name));
    ais_doc_put(system, "components", components);
    ais_doc_put(system, "dependencies", dependencies);
    ais_doc_put(root, "System", system);
    return root;
}
