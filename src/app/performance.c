/* @model_performance stands on two components: a filter, which drops one class, and the classifier
 * that gets what is left. */
#include "app/app_priv.h"

static const ais_annotation_kind kind = AIS_ANNOTATION_MODEL_PERFORMANCE;

/* The annotation of a component, NULL when absent. */
static const ais_doc_node *find_own(const ais_app *app, size_t component)
{
    const ais_annotations *annotations = ais_app_get_annotations(app, component);
    return annotations != NULL ? ais_annotations_find(annotations, kind) : NULL;
}

/* What each of the two has to say. */
typedef struct role {
    const char *name, *argument, *hint;
} role;
static const role filter = {
    .name = "the filter", .argument = "filtered_class", .hint = "say which class it drops"};
static const role classifier = {.name = "the classifier",
                                .argument = "metric",
                                .hint = "say what the alternatives are ranked by, such as "
                                        "'average_f1'"};

static void need_argument(ais_app_load_state *state, size_t component, const role *of)
{
    const ais_app *app = state->app;
    const ais_doc_node *own = find_own(app, component);
    if (ais_doc_find(own, of->argument) != NULL || ais__app_is_reported(state, ais_doc_pos(own)) ||
        state->source_faulty[app->components[component].source])
        return;
    ais__app_error(state, "missing-argument", ais_doc_pos(own), of->hint,
                   "model_performance of '%s', %s of the pair, gives no '%s'",
                   app->components[component].name, of->name, of->argument);
}

static void check_pair(ais_app_load_state *state, size_t a, size_t b)
{
    const ais_app *app = state->app;
    const bool forward = ais__app_find_edge(app, a, b) != AIS_NONE;
    if (forward || ais__app_find_edge(app, b, a) != AIS_NONE) {
        need_argument(state, forward ? a : b, &filter);
        need_argument(state, forward ? b : a, &classifier);
    } else if (state->edges_known && ais__app_miss_edge(state, a, b) &&
               ais__app_miss_edge(state, b, a)) {
        ais__app_error(state, "performance-pair", ais_doc_pos(find_own(app, b)),
                       "put it on a filter and on the classifier right after it",
                       "model_performance is on '%s' and '%s', but no dependency leads from one to "
                       "the other",
                       app->components[a].name, app->components[b].name);
    }
}

void ais__app_check_performance(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    size_t pair[2] = {AIS_NONE, AIS_NONE}, count = 0;
    bool whole = state->sources_known && state->edges_known;
    for (size_t i = 0; i < app->base_component_count; i++) {
        const size_t source = app->components[i].source;
        whole = whole && source != AIS_NONE && app->sources[source].annotations != NULL &&
                !state->source_faulty[source];
        const ais_doc_node *own = find_own(app, i);
        if (own == NULL)
            continue;
        if (count < 2)
            pair[count] = i;
        else
            ais__app_error(state, "performance-pair", ais_doc_pos(own),
                           "put it on a filter and on the classifier right after it",
                           "model_performance is on more than two components");
        count++;
    }
    if (count == 2)
        check_pair(state, pair[0], pair[1]);
    else if (count == 1 && whole)
        ais__app_error(state, "performance-pair", ais_doc_pos(find_own(app, pair[0])),
                       "put it on a filter and on the classifier right after it",
                       "model_performance is on '%s' alone", app->components[pair[0]].name);
}
