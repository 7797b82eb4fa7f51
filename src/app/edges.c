/* The dependencies of application_dag.yaml, one by one. */
#include <math.h>

#include "app/app_priv.h"

/* The component that an end of a dependency names, or AIS_NONE (reported). */
static size_t read_end(ais_app_load_state *state, const ais_doc_node *node)
{
    const ais_app *app = state->app;
    if (ais_doc_get_kind(node) != AIS_DOC_STRING) {
        ais__app_error(state, "wrong-type", ais_doc_pos(node),
                       "a dependency is [source, target, probability]",
                       "the end of a dependency is %s (must be the name of a component)",
                       ais_doc_kind_name(ais_doc_get_kind(node)));
        return AIS_NONE;
    }
    const char *name = ais_doc_get_string(node, NULL);
    const size_t found = ais_app_find_component(app, name);
    if (found == AIS_NONE) {
        ais__app_unknown_component(state, name, ais_doc_pos(node), true);
        return AIS_NONE;
    }
    const size_t original = app->components[found].original;
    if (found >= app->base_component_count) {
        ais__app_error(state, "bad-alternative", ais_doc_pos(node),
                       original == AIS_NONE ? NULL
                                            : ais_arena_format(state->arena, "write '%s'",
                                                               app->components[original].name),
                       "a dependency names the alternative '%s' instead of its component", name);
        return AIS_NONE;
    }
    return found;
}

/* NaN when it is no probability (reported): a sum with it is above nothing. */
static double read_probability(ais_app_load_state *state, const ais_doc_node *node)
{
    const char *hint = "a probability is a number from 0 to 1";
    if ((ais_doc_get_kind(node) & AIS_DOC_NUMBER) == 0) {
        ais__app_error(state, "wrong-type", ais_doc_pos(node), hint, "the probability is %s",
                       ais_doc_kind_name(ais_doc_get_kind(node)));
        return NAN;
    }
    const double value = ais_doc_get_number(node);
    if (value >= 0.0 && value <= 1.0) /* this way round, NaN is refused too */
        return value;
    ais__app_error(state, "out-of-range", ais_doc_pos(node), hint, "the probability is %s",
                   ais_doc_get_text(node));
    return NAN;
}

/* False when it is wrong, and the graph may miss the edge that was meant. */
static bool read_edge(ais_app_load_state *state, const ais_doc_node *node)
{
    ais_app *app = state->app;
    if (ais_doc_get_kind(node) != AIS_DOC_LIST)
        return false;
    if (ais_doc_count(node) != 3) {
        ais__app_error(state, "bad-dependency", ais_doc_pos(node),
                       "a dependency is [source, target, probability]",
                       "this dependency has %zu item%s (must be 3)", ais_doc_count(node),
                       ais_doc_count(node) == 1 ? "" : "s");
        return false;
    }
    ais_app_edge edge = {.from = read_end(state, ais_doc_at(node, 0)),
                         .to = read_end(state, ais_doc_at(node, 1)),
                         .probability = read_probability(state, ais_doc_at(node, 2)),
                         .pos = ais_doc_pos(node)};
    if (edge.from == AIS_NONE || edge.to == AIS_NONE)
        return false;
    const char *from = app->components[edge.from].name, *to = app->components[edge.to].name;
    if (edge.from == edge.to) {
        ais__app_error(state, "self-loop", edge.pos, "remove it: the graph must have no cycles",
                       "the component '%s' depends on itself", from);
        return false;
    }
    if (ais__app_find_edge(app, edge.from, edge.to) != AIS_NONE) {
        ais__app_error(state, "duplicate-edge", edge.pos, "keep one of the two",
                       "there is a dependency from '%s' to '%s' already", from, to);
        return false;
    }
    app->edges[app->edge_count++] = edge;
    return true;
}

void ais__app_read_edges(ais_app_load_state *state, const ais_doc_node *dependencies)
{
    ais_app *app = state->app;
    const size_t count = ais_doc_count(dependencies);
    if (count > AIS_APP_MAX_EDGES) {
        ais__app_error(state, "limit", ais_doc_pos(dependencies), NULL,
                       "there are %zu dependencies (at most %d)", count, AIS_APP_MAX_EDGES);
        return;
    }
    app->edges = ais_arena_alloc(state->arena, count * sizeof *app->edges);
    state->edges_known = state->components_known;
    for (size_t i = 0; i < count; i++)
        if (!read_edge(state, ais_doc_at(dependencies, i)))
            state->edges_known = false;
}
