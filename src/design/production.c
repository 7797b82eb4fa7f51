/* production_deployment.yaml: which resource each container runs on in the base deployment. */
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

static ais_doc_node *container_node(const ais_app *app, int64_t layer,
                                    const ais_app_container *container, const ais_doc_node *source,
                                    ais_doc *doc)
{
    ais_doc_node *node =
        copy_without(doc, source, "candidateExecutionResources", "selectedExecutionResource");
    const char *resource = ais__design_base_resource(app, layer, container);
    ais_doc_put(node, "selectedExecutionResource", ais_doc_new_string(doc, resource));
    return node;
}

static ais_doc_node *component_node(const ais_app *app, const ais_app_candidate *candidate,
                                    int64_t layer, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc), *containers = ais_doc_new_map(doc);
    const ais_doc_node *source = ais_doc_find(candidate->node, "Containers");
    for (size_t i = 0; i < candidate->container_count; i++) {
        const ais_app_container *container = &candidate->containers[i];
        ais_doc_put(
            containers, container->key,
            container_node(app, layer, container, ais_doc_find(source, container->key), doc));
    }
    ais_doc_put(node, "name", ais_doc_new_string(doc, candidate->name));
    ais_doc_put(node, "executionLayer", ais_doc_new_int(doc, layer));
    ais_doc_put(node, "Containers", containers);
    return node;
}

/* The entries of components that are in the graph, in the order of candidate_deployments.yaml. */
static ais_doc_node *components_node(const ais_app *app, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    for (size_t i = 0; i < app->candidate_count; i++) {
        const ais_app_candidate *candidate = &app->candidates[i];
        const size_t component = ais_app_find_component(app, candidate->name);
        if (candidate->kind != AIS_CANDIDATE_BASE || component >= app->base_component_count)
            continue;
        const size_t layer = ais__design_base_layer(app, component);
        ais_doc_put(map, candidate->key,
                    component_node(app, candidate, app->layers[layer].number, doc));
    }
    return map;
}

static bool is_selected_layer(const ais_app *app, int64_t number)
{
    for (size_t i = 0; i < app->base_component_count; i++) {
        const size_t layer = ais__design_base_layer(app, i);
        if (layer != AIS_NONE && app->layers[layer].number == number)
            return true;
    }
    return false;
}

static bool is_selected_resource(const ais_app *app, int64_t number, const char *name)
{
    for (size_t i = 0; i < app->base_component_count; i++) {
        const size_t layer = ais__design_base_layer(app, i);
        const ais_app_candidate *candidate = &app->candidates[app->components[i].candidate];
        if (app->layers[layer].number != number)
            continue;
        for (size_t c = 0; c < candidate->container_count; c++)
            if (ais_str_equal(name,
                              ais__design_base_resource(app, number, &candidate->containers[c])))
                return true;
    }
    return false;
}

static ais_doc_node *layer_node(const ais_app *app, const ais_doc_node *source, ais_doc *doc)
{
    const int64_t number = ais_doc_get_int(ais_doc_find(source, "number"));
    const ais_doc_node *resources = ais_doc_find(source, "Resources");
    ais_doc_node *kept = ais_doc_new_map(doc);
    for (size_t i = 0; resources != NULL && i < ais_doc_count(resources); i++) {
        const ais_doc_node *resource = ais_doc_at(resources, i);
        const ais_doc_node *name = ais_doc_find(resource, "name");
        if (name != NULL && is_selected_resource(app, number, ais_doc_get_text(name)))
            ais_doc_put(kept, ais_doc_get_text(ais_doc_key_at(resources, i)),
                        ais_doc_copy(doc, resource));
    }
    ais_doc_node *node = copy_without(doc, source, "Resources", "");
    ais_doc_put(node, "Resources", kept);
    return node;
}

/* NULL when none of the domain's layers is used. */
static ais_doc_node *domain_node(const ais_app *app, const ais_doc_node *source, ais_doc *doc)
{
    const ais_doc_node *layers = ais_doc_find(source, "ComputationalLayers");
    if (layers == NULL || ais_doc_count(layers) == 0)
        return ais_doc_copy(doc, source);
    ais_doc_node *kept = ais_doc_new_map(doc);
    for (size_t i = 0; i < ais_doc_count(layers); i++) {
        const ais_doc_node *layer = ais_doc_at(layers, i);
        const ais_doc_node *number = ais_doc_find(layer, "number");
        if (number != NULL && is_selected_layer(app, ais_doc_get_int(number)))
            ais_doc_put(kept, ais_doc_get_text(ais_doc_key_at(layers, i)),
                        layer_node(app, layer, doc));
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

static ais_doc_node *domains_node(const ais_app *app, const ais_doc_node *system, ais_doc *doc)
{
    const ais_doc_node *source = ais_doc_find(system, "NetworkDomains");
    const size_t count = ais_doc_count(source);
    ais_doc_node *map = ais_doc_new_map(doc);
    AIS_FREE ais_doc_node **made = ais_alloc(count * sizeof *made);
    for (size_t i = 0; i < count; i++) {
        made[i] = domain_node(app, ais_doc_at(source, i), doc);
        if (made[i] != NULL)
            ais_doc_put(map, ais_doc_get_text(ais_doc_key_at(source, i)), made[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (made[i] != NULL)
            drop_dangling(map, made[i], doc);
    return map;
}

ais_doc_node *ais__design_production_node(const ais_app *app, ais_doc *doc)
{
    const ais_doc_node *source = ais_doc_find(ais_doc_root(app->candidate_resources), "System");
    const ais_doc_node *name = ais_doc_find(source, "name");
    ais_doc_node *system = ais_doc_new_map(doc), *root = ais_doc_new_map(doc);
    ais_doc_put(system, "name", name != NULL ? ais_doc_copy(doc, name) : ais_doc_new_null(doc));
    ais_doc_put(system, "NetworkDomains", domains_node(app, source, doc));
    ais_doc_put(system, "Components", components_node(app, doc));
    ais_doc_put(system, "DeploymentName", ais_doc_new_string(doc, "base"));
    ais_doc_put(root, "System", system);
    return root;
}
