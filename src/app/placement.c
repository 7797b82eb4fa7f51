/* Entries of candidate_deployments.yaml against candidate_resources.yaml: do the layers and
 * resources exist, and can they carry what the container asks for? */
#include <string.h>

#include "app/app_priv.h"

static bool holds(const ais_app_candidate *candidate, int64_t layer)
{
    for (size_t i = 0; i < candidate->layer_count; i++)
        if (candidate->layers[i] == layer)
            return true;
    return false;
}

size_t ais__app_list_places(const ais_app *app, const ais_app_candidate *candidate,
                            const ais_app_container *container, size_t *out, size_t capacity)
{
    const struct ais_app_private *private = app->private;
    size_t count = 0;
    for (size_t i = 0; i < container->resource_count; i++) {
        const ais_app_resource *first = ais_map_find(private->resources, container->resources[i]);
        if (first == NULL)
            continue;
        for (size_t at = (size_t)(first - app->resources); at != AIS_NONE;
             at = private->same_resource[at])
            if (holds(candidate, app->resources[at].layer) && count < capacity)
                out[count++] = at;
    }
    return count;
}

/* ---- layers ---- */

static void report_unknown_layer(ais_app_load_state *state, const ais_doc_node *node)
{
    const ais_app *app = state->app;
    AIS_SCOPED(ais_str) text = {0};
    if (!ais__app_is_first(state, "layer", ais_doc_get_text(node)))
        return;
    ais_str_add(&text, "there are");
    for (size_t i = 0; i < app->layer_count && i < 10; i++)
        ais_str_add_format(&text, "%s %lld", i > 0 ? "," : "", (long long)app->layers[i].number);
    ais__app_error(state, "unknown-layer", ais_doc_pos(node), ais_str_get(&text),
                   "there is no computational layer %s in candidate_resources.yaml",
                   ais_doc_get_text(node));
}

static bool is_on(const ais_app *app, int64_t layer, const char *name)
{
    return ais_app_find_resource(app, layer, name) != AIS_NONE ||
           ais_app_find_resource(app, -1, name) == AIS_NONE;
}

/* Is one of the resources that the containers name on this layer? An unknown one may be meant to
 * be. */
static bool is_used(const ais_app *app, const ais_app_candidate *candidate, int64_t layer)
{
    for (size_t i = 0; i < candidate->container_count; i++)
        for (size_t j = 0; j < candidate->containers[i].resource_count; j++)
            if (is_on(app, layer, candidate->containers[i].resources[j]))
                return true;
    return false;
}

static void check_layers(ais_app_load_state *state, const ais_app_candidate *candidate)
{
    const ais_doc_node *list =
        ais__app_find_kind(candidate->node, "candidateExecutionLayers", AIS_DOC_LIST);
    for (size_t i = 0; list != NULL && i < ais_doc_count(list); i++) {
        const ais_doc_node *node = ais_doc_at(list, i);
        if (ais_doc_get_kind(node) != AIS_DOC_INT || ais__app_is_reported(state, ais_doc_pos(node)))
            continue;
        const int64_t layer = ais_doc_get_int(node);
        bool twice = false;
        for (size_t j = 0; j < i; j++)
            twice = twice || ais_doc_equal(ais_doc_at(list, j), node);
        if (twice)
            ais__app_warn(state, "duplicate-item", ais_doc_pos(node), "keep the first",
                          "the layer %lld is listed twice", (long long)layer);
        else if (ais_app_find_layer(state->app, layer) == AIS_NONE && state->layers_known)
            report_unknown_layer(state, node);
        else if (state->resources_known && state->layers_known &&
                 !is_used(state->app, candidate, layer))
            ais__app_warn(state, "layer-without-resource", ais_doc_pos(node),
                          "add one of its resources, or remove the layer",
                          "'%s' can never run on layer %lld: none of its "
                          "candidateExecutionResources is there",
                          candidate->name, (long long)layer);
    }
}

/* ---- names of resources ---- */

static void report_unknown_resource(ais_app_load_state *state, const ais_app_candidate *candidate,
                                    const ais_doc_node *node)
{
    const ais_app *app = state->app;
    AIS_SCOPED(ais_app_names) names = {.items = NULL};
    for (size_t i = 0; i < app->resource_count; i++)
        if (holds(candidate, app->resources[i].layer))
            ais__app_add_name(&names, app->resources[i].name);
    ais__app_error(state, "unknown-resource", ais_doc_pos(node),
                   ais__app_hint_names(state, ais_doc_get_text(node), &names),
                   "there is no resource '%s' in candidate_resources.yaml", ais_doc_get_text(node));
}

/* A resource may well be on the layer that is meant: then its name is no fault of its own. */
static bool any_layer_unknown(const ais_app *app, const ais_app_candidate *candidate)
{
    const ais_doc_node *list = ais_doc_find(candidate->node, "candidateExecutionLayers");
    if (list == NULL || candidate->layer_count < ais_doc_count(list))
        return true;
    for (size_t i = 0; i < candidate->layer_count; i++)
        if (ais_app_find_layer(app, candidate->layers[i]) == AIS_NONE)
            return true;
    return candidate->layer_count == 0;
}

static void check_resource(ais_app_load_state *state, const ais_app_candidate *candidate,
                           const ais_doc_node *node)
{
    const ais_app *app = state->app;
    const char *name = ais_doc_get_string(node, NULL);
    const ais_app_resource *first = ais_map_find(app->private->resources, name);
    if (first == NULL) {
        if (state->resources_known && !any_layer_unknown(app, candidate) &&
            !ais__app_is_reported(state, ais_doc_pos(node)) &&
            ais__app_is_first(state, "resource", name))
            report_unknown_resource(state, candidate, node);
        return;
    }
    for (size_t at = (size_t)(first - app->resources); at != AIS_NONE;
         at = app->private->same_resource[at])
        if (holds(candidate, app->resources[at].layer))
            return;
    if (state->layers_known && state->resources_known && !any_layer_unknown(app, candidate))
        ais__app_error(
            state, "resource-not-in-layer", ais_doc_pos(node),
            ais_arena_format(state->arena, "add layer %lld, or remove the resource",
                             (long long)first->layer),
            "the resource '%s' is on layer %lld, not on a candidateExecutionLayer of '%s'", name,
            (long long)first->layer, candidate->name);
}

static void check_resource_names(ais_app_load_state *state, const ais_app_candidate *candidate,
                                 const ais_app_container *container)
{
    const ais_doc_node *list =
        ais__app_find_kind(container->node, "candidateExecutionResources", AIS_DOC_LIST);
    for (size_t i = 0; list != NULL && i < ais_doc_count(list); i++) {
        const ais_doc_node *node = ais_doc_at(list, i);
        if (ais_doc_get_kind(node) != AIS_DOC_STRING)
            continue;
        bool twice = false;
        for (size_t j = 0; j < i; j++)
            twice = twice || ais_doc_equal(ais_doc_at(list, j), node);
        if (twice)
            ais__app_warn(state, "duplicate-item", ais_doc_pos(node), "keep the first",
                          "the resource '%s' is listed twice", ais_doc_get_text(node));
        else
            check_resource(state, candidate, node);
    }
}

void ais__app_check_placement(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t i = 0; i < app->candidate_count; i++) {
        const ais_app_candidate *candidate = &app->candidates[i];
        check_layers(state, candidate);
        for (size_t j = 0; j < candidate->container_count; j++)
            check_resource_names(state, candidate, &candidate->containers[j]);
    }
}
