/* @model_performance stands on a chain: filters, each of which drops one class, and at its end the
 * classifier that gets what is left. Each leads directly to the next. */
#include "app/app_priv.h"

static const ais_annotation_kind kind = AIS_ANNOTATION_MODEL_PERFORMANCE;
static const char pair_hint[] =
    "put it on filters, each leading directly to the next, and on the classifier behind "
    "the last one";

/* The annotation of a component, NULL when absent. */
static const ais_doc_node *find_own(const ais_app *app, size_t component)
{
    const ais_annotations *annotations = ais_app_get_annotations(app, component);
    return annotations != NULL ? ais_annotations_find(annotations, kind) : NULL;
}

static bool gives(const ais_app *app, size_t component, const char *argument)
{
    return ais_doc_find(find_own(app, component), argument) != NULL;
}

/* The first annotated component behind `from` (or before it), AIS_NONE when there is none. */
static size_t find_neighbour(const ais_app *app, size_t from, bool before)
{
    for (size_t i = 0; i < app->edge_count; i++) {
        const ais_app_edge *edge = &app->edges[i];
        const size_t near = before ? edge->to : edge->from, far = before ? edge->from : edge->to;
        if (near == from && far < app->base_component_count && find_own(app, far) != NULL)
            return far;
    }
    return AIS_NONE;
}

size_t ais_app_find_performance_chain(const ais_app *app, size_t *out)
{
    size_t count = 0, at = AIS_NONE;
    for (size_t i = 0; at == AIS_NONE && i < app->base_component_count; i++)
        if (find_own(app, i) != NULL && find_neighbour(app, i, true) == AIS_NONE)
            at = i;
    /* the limit ends the walk around a cycle behind the start */
    for (; at != AIS_NONE && count < app->base_component_count; at = find_neighbour(app, at, false))
        out[count++] = at;
    return count;
}

/* What the members of a chain have to say. */
typedef struct role {
    const char *name, *argument, *hint;
} role;
static const role filter = {
    .name = "a filter", .argument = "filtered_class", .hint = "say which class it drops"};
static const role classifier = {.name = "the classifier",
                                .argument = "metric",
                                .hint = "say what the alternatives are ranked by, such as "
                                        "'average_f1'"};

static void need_argument(ais_app_load_state *state, size_t component, const role *of)
{
    const ais_app *app = state->app;
    const ais_doc_node *own = find_own(app, component);
    if (gives(app, component, of->argument) || ais__app_is_reported(state, ais_doc_pos(own)) ||
        state->source_faulty[app->components[component].source])
        return;
    ais__app_error(state, "missing-argument", ais_doc_pos(own), of->hint,
                   "model_performance of '%s', %s of the chain, gives no '%s'",
                   app->components[component].name, of->name, of->argument);
}

/* One classifier ends a chain, so a second metric is one too many. */
static void check_metrics(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    size_t first = AIS_NONE;
    for (size_t i = 0; i < app->base_component_count; i++) {
        if (find_own(app, i) == NULL || !gives(app, i, "metric"))
            continue;
        if (first != AIS_NONE)
            ais__app_error(state, "performance-pair", ais_doc_pos(find_own(app, i)),
                           "filters give filtered_class, and only the classifier behind them a "
                           "metric",
                           "model_performance of '%s' gives a metric, and so does that of '%s'",
                           app->components[i].name, app->components[first].name);
        else
            first = i;
    }
}

static bool is_in(const size_t *list, size_t count, size_t component)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == component)
            return true;
    return false;
}

/* Annotated, but no member of the chain that begins with `chain[0]`. */
static void report_apart(ais_app_load_state *state, const size_t *chain, size_t component)
{
    const ais_app *app = state->app;
    const ais_pos pos = ais_doc_pos(find_own(app, component));
    const char *name = app->components[component].name;
    const size_t last = chain[0];
    if (find_neighbour(app, component, true) != AIS_NONE ||
        find_neighbour(app, component, false) != AIS_NONE)
        ais__app_error(state, "performance-pair", pos, pair_hint,
                       "model_performance of '%s' stands beside the chain that begins with '%s' "
                       "(must be one chain without branches)",
                       name, app->components[last].name);
    else if (state->edges_known && ais__app_miss_edge(state, last, component) &&
             ais__app_miss_edge(state, component, last))
        ais__app_error(state, "performance-pair", pos, pair_hint,
                       "model_performance is on '%s' and '%s', but no dependency leads from one to "
                       "the other",
                       app->components[last].name, name);
}

static void check_chain(ais_app_load_state *state, const size_t *chain, size_t count)
{
    const ais_app *app = state->app;
    bool whole = true;
    for (size_t i = 0; i < app->base_component_count; i++)
        if (find_own(app, i) != NULL && !is_in(chain, count, i)) {
            report_apart(state, chain, i);
            whole = false;
        }
    if (!whole)
        return;
    for (size_t i = 0; i < count; i++)
        need_argument(state, chain[i], i + 1 < count ? &filter : &classifier);
}

void ais__app_check_performance(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    AIS_FREE size_t *chain = ais_alloc((app->base_component_count + 1) * sizeof *chain);
    size_t annotated = 0, only = AIS_NONE;
    bool whole = state->sources_known && state->edges_known;
    for (size_t i = 0; i < app->base_component_count; i++) {
        const size_t source = app->components[i].source;
        whole = whole && source != AIS_NONE && app->sources[source].annotations != NULL &&
                !state->source_faulty[source];
        if (find_own(app, i) == NULL)
            continue;
        only = i;
        annotated++;
    }
    if (annotated == 1 && whole)
        ais__app_error(state, "performance-pair", ais_doc_pos(find_own(app, only)), pair_hint,
                       "model_performance is on '%s' alone", app->components[only].name);
    if (annotated < 2)
        return;
    const size_t errors = ais_diags_count_of(state->diags, AIS_SEVERITY_ERROR);
    check_metrics(state);
    const size_t count = ais_app_find_performance_chain(app, chain);
    if (count > 0 && ais_diags_count_of(state->diags, AIS_SEVERITY_ERROR) == errors)
        check_chain(state, chain, count);
}
