/* @exec_time and @expected_throughput across components: is the path of a global limit a way
 * through the graph, does each of its components measure its time, do the limits fit each other? */
#include <string.h>

#include "app/app_priv.h"

static const ais_annotation_kind kind = AIS_ANNOTATION_EXEC_TIME;

/* An alternative stands where its component stands. */
static size_t place_of(const ais_app *app, size_t component)
{
    const size_t original = component != AIS_NONE ? app->components[component].original : AIS_NONE;
    return original != AIS_NONE ? original : component;
}

static size_t find_place(const ais_app *app, const ais_doc_node *name)
{
    return place_of(app, ais_app_find_component(app, ais_doc_get_string(name, NULL)));
}

/* An alternative of a component that there is not (reported). */
static bool is_stray(const ais_app *app, size_t component)
{
    return component >= app->base_component_count &&
           app->components[component].original == AIS_NONE;
}

static bool is_usable(const ais_app_load_state *state, const ais_doc_node *item)
{
    return ais_doc_get_kind(item) == AIS_DOC_STRING &&
           !ais__app_is_reported(state, ais_doc_pos(item));
}

static void check_name(ais_app_load_state *state, const ais_doc_node *item)
{
    const ais_app *app = state->app;
    const char *name = ais_doc_get_string(item, NULL);
    const size_t found = ais_app_find_component(app, name);
    if (found == AIS_NONE) {
        ais__app_unknown_component(state, name, ais_doc_pos(item), false);
        return;
    }
    const ais_annotations *annotations = ais_app_get_annotations(app, found);
    const size_t source = app->components[found].source;
    if (annotations == NULL || state->source_faulty[source] ||
        ais_annotations_find(annotations, kind) != NULL ||
        !ais__app_is_first(state, "no exec_time", name))
        return;
    ais__app_error(
        state, "no-exec-time", ais_doc_pos(item),
        app->sources[source].language == AIS_LANGUAGE_PYTHON
            ? ais_arena_format(state->arena, "add @exec_time() in %s", app->sources[source].file)
            : ais_arena_format(state->arena, "add AIS_EXEC_TIME(); in %s",
                               app->sources[source].file),
        "'%s' is on the path of a global_time_thr but does not measure its time", name);
}

/* An item passes a component or its alternative, never both. */
static void report_same_place(ais_app_load_state *state, const ais_doc_node *item, size_t place)
{
    const char *name = state->app->components[place].name;
    ais__app_error(state, "bad-path", ais_doc_pos(item),
                   "a path has a component or its alternative, not both",
                   "'%s' stands in the place of '%s', which the path has already",
                   ais_doc_get_string(item, NULL), name);
}

/* The first gap of the path only: one slip in the order makes several. */
static void check_walk(ais_app_load_state *state, const ais_doc_node *path, size_t component)
{
    const ais_app *app = state->app;
    if (!state->edges_known || !state->acyclic || is_stray(app, component))
        return;
    for (size_t i = 0; i < ais_doc_count(path); i++)
        if (!is_usable(state, ais_doc_at(path, i)) ||
            find_place(app, ais_doc_at(path, i)) == AIS_NONE)
            return;
    for (size_t i = 0; i < ais_doc_count(path); i++) {
        const ais_doc_node *item = ais_doc_at(path, i);
        const bool last = i + 1 == ais_doc_count(path);
        const size_t from = find_place(app, item);
        const size_t to =
            last ? place_of(app, component) : find_place(app, ais_doc_at(path, i + 1));
        if (ais__app_find_edge(app, from, to) != AIS_NONE)
            continue;
        if (from == to)
            report_same_place(state, last ? item : ais_doc_at(path, i + 1), to);
        else if (ais__app_miss_edge(state, from, to))
            ais__app_error(state, "bad-path", ais_doc_pos(item),
                           "list the components in the order in which items pass them, this one "
                           "left out; or add the dependency",
                           "no dependency leads from '%s' to '%s'", app->components[from].name,
                           app->components[to].name);
        return;
    }
}

/* A local limit above the limit of a path that it lies on can never be what breaks. */
static void check_limits(ais_app_load_state *state, const ais_annotations *annotations,
                         const ais_doc_node *path)
{
    const ais_app *app = state->app;
    double limit_s = 0.0, local_s = 0.0;
    if (!ais_annotations_get_number(annotations, kind, "global_time_thr", &limit_s))
        return;
    for (size_t i = 0; i < ais_doc_count(path); i++) {
        const ais_doc_node *item = ais_doc_at(path, i);
        const size_t found = is_usable(state, item)
                                 ? ais_app_find_component(app, ais_doc_get_string(item, NULL))
                                 : AIS_NONE;
        const ais_annotations *of_item =
            found != AIS_NONE ? ais_app_get_annotations(app, found) : NULL;
        if (of_item == NULL ||
            !ais_annotations_get_number(of_item, kind, "local_time_thr", &local_s) ||
            local_s <= limit_s)
            continue;
        ais__app_warn(
            state, "limit-below-local",
            ais_doc_pos(ais_annotations_find_argument(annotations, kind, "global_time_thr")),
            "the time of the whole path includes that of each component",
            "global_time_thr is %g s, below local_time_thr of '%s', which is %g s", limit_s,
            app->components[found].name, local_s);
        return;
    }
}

/* Items arrive at the entries of the graph; elsewhere the rate follows from the probabilities. */
static void check_throughput(ais_app_load_state *state, const ais_annotations *annotations,
                             size_t component)
{
    const ais_app *app = state->app;
    const ais_doc_node *asked =
        ais_annotations_find(annotations, AIS_ANNOTATION_EXPECTED_THROUGHPUT);
    const size_t place = place_of(app, component);
    if (asked != NULL && state->edges_known && state->acyclic &&
        ais_app_count_predecessors(app, place) > 0)
        ais__app_warn(state, "throughput-inside", ais_doc_pos(asked),
                      "put it on the component that gets the items first",
                      "items come to '%s' from other components, so their rate follows from there",
                      app->components[component].name);
}

void ais__app_check_paths(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t i = 0; i < app->component_count; i++) {
        const ais_annotations *annotations = ais_app_get_annotations(app, i);
        if (annotations == NULL)
            continue;
        check_throughput(state, annotations, i);
        const ais_doc_node *path =
            ais_annotations_find_argument(annotations, kind, "prev_components");
        if (path == NULL || ais_doc_get_kind(path) != AIS_DOC_LIST)
            continue;
        for (size_t j = 0; j < ais_doc_count(path); j++)
            if (is_usable(state, ais_doc_at(path, j)))
                check_name(state, ais_doc_at(path, j));
        check_walk(state, path, i);
        check_limits(state, annotations, path);
    }
}
