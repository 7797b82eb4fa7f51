/* production_deployment.yaml, of any choice and of the base deployment; see production.h. */
#include "design/production.h"

#include <string.h>

#include "design/design_priv.h"

const char *ais__design_base_resource(const ais_app *app, int64_t layer,
                                      const ais_app_container *container)
{
    for (size_t i = 0; i < container->resource_count; i++) {
        const size_t found = ais_app_find_resource(app, layer, container->resources[i]);
        if (found != AIS_NONE && ais_app_fits(container, &app->resources[found]))
            return container->resources[i];
    }
    return NULL;
}

bool ais__design_layer_fits(const ais_app *app, const ais_app_candidate *candidate, int64_t layer)
{
    for (size_t i = 0; i < candidate->container_count; i++)
        if (ais__design_base_resource(app, layer, &candidate->containers[i]) == NULL)
            return false;
    return true;
}

size_t ais__design_base_layer(const ais_app *app, size_t component)
{
    if (app->components[component].candidate == AIS_NONE)
        return AIS_NONE;
    const ais_app_candidate *candidate = &app->candidates[app->components[component].candidate];
    for (size_t i = 0; i < candidate->layer_count; i++)
        if (ais__design_layer_fits(app, candidate, candidate->layers[i]))
            return ais_app_find_layer(app, candidate->layers[i]);
    return AIS_NONE;
}

/* ---- of any choice ---- */

/* A map without some of its keys, in the same order. */
static ais_doc_node *copy_without(ais_doc *doc, const ais_doc_node *map, const char *a,
                                  const char *b)
{
    ais_doc_node *copy = ais_doc_new_map(doc);
    for (size_t i = 0; i < ais_doc_count(map); i++) {
        const char *key = ais_doc_get_text(ais_doc_key_at(map, i));
        if (!ais_str_equal(key, a) && !ais_str_equal(key, b))
            ais_doc_put(copy, key, ais_doc_copy(doc, ais_doc_at(map, i)));
    }
    return copy;
}

/* The entry of the component that a segment belongs to; NULL for what is whole. */
static const ais_app_candidate *find_whole(const ais_app *app, const ais_app_candidate *candidate)
{
    const ais_app_candidate *found = NULL;
    for (size_t i = 0; candidate->kind == AIS_CANDIDATE_PARTITION && i < app->candidate_count; i++)
        if (app->candidates[i].kind != AIS_CANDIDATE_PARTITION &&
            ais_str_starts(candidate->key, app->candidates[i].key) &&
            ais_str_starts(candidate->key + strlen(app->candidates[i].key), "_partition"))
            found = &app->candidates[i];
    return found;
}

/* What a segment does not say is as in the component's own entry; but an image is of one program. */
static void put_inherited(const ais_app *app, const ais_app_candidate *candidate, const char *key,
                          ais_doc *doc, ais_doc_node *node)
{
    const ais_app_candidate *whole = find_whole(app, candidate);
    const ais_doc_node *from =
        whole != NULL ? ais_doc_find(ais_doc_find(whole->node, "Containers"), key) : NULL;
    for (size_t i = 0; from != NULL && i < ais_doc_count(from); i++) {
        const char *name = ais_doc_get_text(ais_doc_key_at(from, i));
        if (ais_doc_find(node, name) == NULL && !ais_str_equal(name, "image") &&
            !ais_str_equal(name, "candidateExecutionResources"))
            ais_doc_put(node, name, ais_doc_copy(doc, ais_doc_at(from, i)));
    }
}

static ais_doc_node *containers_node(const ais_app *app, const ais_production_unit *unit,
                                     ais_doc *doc)
{
    ais_doc_node *containers = ais_doc_new_map(doc);
    for (size_t i = 0; i < unit->candidate->container_count; i++) {
        const ais_app_container *container = &unit->candidate->containers[i];
        ais_doc_node *node = copy_without(doc, container->node, "candidateExecutionResources",
                                          "selectedExecutionResource");
        put_inherited(app, unit->candidate, container->key, doc, node);
        ais_doc_put(node, "selectedExecutionResource", ais_doc_new_string(doc, unit->resources[i]));
        ais_doc_put(containers, container->key, node);
    }
    return containers;
}

ais_doc_node *ais_production_components(const ais_app *app, const ais_production *production,
                                        bool layer_last, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    for (size_t i = 0; i < production->unit_count; i++) {
        const ais_production_unit *unit = &production->units[i];
        ais_doc_node *node = ais_doc_new_map(doc);
        ais_doc_put(node, "name", ais_doc_new_string(doc, unit->candidate->name));
        if (!layer_last)
            ais_doc_put(node, "executionLayer", ais_doc_new_int(doc, unit->layer));
        ais_doc_put(node, "Containers", containers_node(app, unit, doc));
        if (layer_last)
            ais_doc_put(node, "executionLayer", ais_doc_new_int(doc, unit->layer));
        ais_doc_put(map, unit->candidate->key, node);
    }
    return map;
}

static bool is_selected_layer(const ais_production *production, int64_t number)
{
    for (size_t i = 0; i < production->unit_count; i++)
        if (production->units[i].layer == number)
            return true;
    return false;
}

static bool is_selected_resource(const ais_production *production, int64_t number, const char *name)
{
    for (size_t i = 0; i < production->unit_count; i++) {
        const ais_production_unit *unit = &production->units[i];
        for (size_t c = 0; unit->layer == number && c < unit->candidate->container_count; c++)
            if (ais_str_equal(name, unit->resources[c]))
                return true;
    }
    return false;
}

static ais_doc_node *resource_node(const ais_app *app, const ais_production *production,
                                   int64_t number, const char *name, const ais_doc_node *source,
                                   ais_doc *doc)
{
    ais_doc_node *node = ais_doc_copy(doc, source);
    const size_t at = ais_app_find_resource(app, number, name);
    if (production->machines != NULL && ais_doc_find(node, "totalNodes") != NULL)
        ais_doc_put(node, "totalNodes", ais_doc_new_int(doc, (int64_t)production->machines[at]));
    return node;
}

static ais_doc_node *layer_node(const ais_app *app, const ais_production *production,
                                const ais_doc_node *source, ais_doc *doc)
{
    const int64_t number = ais_doc_get_int(ais_doc_find(source, "number"));
    const ais_doc_node *resources = ais_doc_find(source, "Resources");
    ais_doc_node *kept = ais_doc_new_map(doc);
    for (size_t i = 0; resources != NULL && i < ais_doc_count(resources); i++) {
        const ais_doc_node *resource = ais_doc_at(resources, i);
        const ais_doc_node *name = ais_doc_find(resource, "name");
        if (name != NULL && is_selected_resource(production, number, ais_doc_get_text(name)))
            ais_doc_put(
                kept, ais_doc_get_text(ais_doc_key_at(resources, i)),
                resource_node(app, production, number, ais_doc_get_text(name), resource, doc));
    }
    ais_doc_node *node = copy_without(doc, source, "Resources", "");
    ais_doc_put(node, "Resources", kept);
    return node;
}

/* NULL when none of the domain's layers is used. */
static ais_doc_node *domain_node(const ais_app *app, const ais_production *production,
                                 const ais_doc_node *source, ais_doc *doc)
{
    const ais_doc_node *layers = ais_doc_find(source, "ComputationalLayers");
    if (layers == NULL || ais_doc_count(layers) == 0)
        return ais_doc_copy(doc, source);
    ais_doc_node *kept = ais_doc_new_map(doc);
    for (size_t i = 0; i < ais_doc_count(layers); i++) {
        const ais_doc_node *layer = ais_doc_at(layers, i);
        const ais_doc_node *number = ais_doc_find(layer, "number");
        if (number != NULL && is_selected_layer(production, ais_doc_get_int(number)))
            ais_doc_put(kept, ais_doc_get_text(ais_doc_key_at(layers, i)),
                        layer_node(app, production, layer, doc));
    }
    if (ais_doc_count(kept) == 0)
        return NULL;
    ais_doc_node *node = copy_without(doc, source, "ComputationalLayers", "");
    ais_doc_put(node, "ComputationalLayers", kept);
    return node;
}

/* References to domains that were left out are left out too. */
static void drop_dangling(const ais_doc_node *domains, ais_doc_node *domain, ais_doc *doc)
{
    const ais_doc_node *names = ais_doc_find(domain, "subNetworkDomains");
    if (names == NULL || ais_doc_get_kind(names) != AIS_DOC_LIST)
        return;
    ais_doc_node *kept = ais_doc_new_list(doc);
    for (size_t i = 0; i < ais_doc_count(names); i++)
        if (ais_doc_find(domains, ais_doc_get_text(ais_doc_at(names, i))) != NULL)
            ais_doc_append(kept, ais_doc_copy(doc, ais_doc_at(names, i)));
    ais_doc_put(domain, "subNetworkDomains", kept);
}

ais_doc_node *ais_production_domains(const ais_app *app, const ais_production *production,
                                     ais_doc *doc)
{
    const ais_doc_node *source =
        ais_doc_find_path(ais_doc_root(app->candidate_resources), "System.NetworkDomains");
    const size_t count = ais_doc_count(source);
    ais_doc_node *map = ais_doc_new_map(doc);
    AIS_FREE ais_doc_node **made = ais_alloc(count * sizeof *made);
    for (size_t i = 0; i < count; i++) {
        made[i] = domain_node(app, production, ais_doc_at(source, i), doc);
        if (made[i] != NULL)
            ais_doc_put(map, ais_doc_get_text(ais_doc_key_at(source, i)), made[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (made[i] != NULL)
            drop_dangling(map, made[i], doc);
    return map;
}

/* ---- of the base deployment ---- */

static const char *const *list_resources(const ais_app *app, const ais_app_candidate *candidate,
                                         int64_t layer, ais_arena *arena)
{
    const char **names = ais_arena_alloc(arena, candidate->container_count * sizeof *names);
    for (size_t i = 0; i < candidate->container_count; i++)
        names[i] = ais__design_base_resource(app, layer, &candidate->containers[i]);
    return names;
}

/* The components that are in the graph, in the order of candidate_deployments.yaml. */
static ais_production choose_base(const ais_app *app, ais_arena *arena)
{
    ais_production_unit *units = ais_arena_alloc(arena, app->candidate_count * sizeof *units);
    size_t count = 0;
    for (size_t i = 0; i < app->candidate_count; i++) {
        const ais_app_candidate *candidate = &app->candidates[i];
        const size_t component = ais_app_find_component(app, candidate->name);
        if (candidate->kind != AIS_CANDIDATE_BASE || component >= app->base_component_count)
            continue;
        const int64_t layer = app->layers[ais__design_base_layer(app, component)].number;
        units[count++] =
            (ais_production_unit){.candidate = candidate,
                                  .layer = layer,
                                  .resources = list_resources(app, candidate, layer, arena)};
    }
    return (ais_production){.units = units, .unit_count = count};
}

ais_doc_node *ais__design_production_node(const ais_app *app, ais_doc *doc)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const ais_production base = choose_base(app, arena);
    const ais_doc_node *name =
        ais_doc_find_path(ais_doc_root(app->candidate_resources), "System.name");
    ais_doc_node *system = ais_doc_new_map(doc), *root = ais_doc_new_map(doc);
    ais_doc_put(system, "name", name != NULL ? ais_doc_copy(doc, name) : ais_doc_new_null(doc));
    ais_doc_put(system, "NetworkDomains", ais_production_domains(app, &base, doc));
    ais_doc_put(system, "Components", ais_production_components(app, &base, false, doc));
    ais_doc_put(system, "DeploymentName", ais_doc_new_string(doc, "base"));
    ais_doc_put(root, "System", system);
    return root;
}
