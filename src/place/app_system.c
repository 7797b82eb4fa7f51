/* Resources and network of SystemFile.json; every node stands where it comes from. */
#include "place/app_priv.h"

static void put_copy(const ais__place_reader *r, ais_doc_node *into, const char *key,
                     const ais_doc_node *value)
{
    if (value != NULL)
        ais__place_put(r, into, key, ais_doc_copy(r->doc, value));
}

/* The application does not need it, a placement does. */
static void put_idle_time(const ais__place_reader *r, ais_doc_node *into,
                          const ais_app_resource *resource)
{
    const ais_doc_node *idle = ais__place_find(resource->node, "idleTime");
    if (idle == NULL)
        ais__place_error(r, "missing-key", resource->pos,
                         "how many seconds an idle instance is kept, about 600 at most providers",
                         "'idleTime' is missing in function '%s'", resource->name);
    put_copy(r, into, "idle_time_before_kill", idle);
}

/* A single processor's number as it is written, else the sum. */
static void put_cores(const ais__place_reader *r, ais_doc_node *into, const ais_doc_node *resource)
{
    const ais_doc_node *processors = ais__place_find(resource, "processors");
    const ais_doc_node *only = NULL;
    double sum = 0.0;
    size_t count = 0;
    for (size_t i = 0; processors != NULL && i < ais_doc_count(processors); i++) {
        const ais_doc_node *units = ais__place_find(ais_doc_at(processors, i), "computingUnits");
        if (units == NULL)
            continue;
        only = units;
        sum += ais_doc_get_number(units);
        count++;
    }
    if (count == 0)
        return;
    ais_doc_set_pos(r->doc, ais_doc_pos(only));
    /* the reader counts whole cores; less than one is still one that runs */
    const int64_t cores = sum < 1.0 ? 1 : (int64_t)sum;
    ais__place_put(r, into, "n_cores", ais_doc_new_int(r->doc, cores));
}

static ais_doc_node *resource_node(const ais__place_reader *r, size_t at, bool function)
{
    const ais_app_resource *resource = &r->app->resources[at];
    ais_doc_set_pos(r->doc, resource->pos);
    ais_doc_node *node = ais_doc_new_map(r->doc);
    put_copy(r, node, "description", ais__place_find(resource->node, "description"));
    if (!function)
        put_copy(r, node, "number", ais__place_find(resource->node, "totalNodes"));
    put_copy(r, node, "cost", ais__place_find(resource->node, "cost"));
    put_copy(r, node, "memory", ais__place_find(resource->node, "memorySize"));
    if (function)
        put_idle_time(r, node, resource);
    else
        put_cores(r, node, resource->node);
    return node;
}

/* NULL for a layer without resources. */
static ais_doc_node *layer_node(const ais__place_reader *r, const ais_app_layer *layer,
                                bool function)
{
    const ais_app *app = r->app;
    const ais_doc_node *transition = NULL;
    size_t count = 0;
    ais_doc_set_pos(r->doc, layer->pos);
    ais_doc_node *node = ais_doc_new_map(r->doc);
    for (size_t i = 0; function && transition == NULL && i < app->resource_count; i++)
        if (app->resources[i].layer == layer->number)
            transition = ais__place_find(app->resources[i].node, "transitionCost");
    put_copy(r, node, "transition_cost", transition);
    for (size_t i = 0; i < app->resource_count; i++)
        if (app->resources[i].layer == layer->number) {
            ais__place_put(r, node, r->private->resource_names[i], resource_node(r, i, function));
            count++;
        }
    return count > 0 ? node : NULL;
}

void ais__place_put_resources(ais__place_reader *r, ais_doc_node *root)
{
    static const char *const keys[AIS__KINDS] = {[AIS__KIND_EDGE] = "EdgeResources",
                                                 [AIS__KIND_VM] = "CloudResources",
                                                 [AIS__KIND_FAAS] = "FaaSResources"};
    for (size_t kind = AIS__KIND_EDGE; kind < AIS__KINDS; kind++) {
        ais_doc_node *map = NULL;
        for (size_t i = 0; i < r->app->layer_count; i++) {
            const ais_app_layer *layer = &r->app->layers[i];
            if (r->private->kinds[i] != kind)
                continue;
            ais_doc_node *node = layer_node(r, layer, kind == AIS__KIND_FAAS);
            if (map == NULL)
                map = ais_doc_new_map(r->doc);
            if (node != NULL)
                ais__place_put(r, map, layer->key, node);
        }
        if (map != NULL)
            ais__place_put(r, root, keys[kind], map);
    }
}

/* ---- network ---- */

static bool is_in_use(const ais__place_reader *r, const char *key)
{
    for (size_t i = 0; i < r->app->layer_count; i++)
        if (ais_str_equal(r->app->layers[i].key, key))
            return r->private->kinds[i] != AIS__KIND_OUT;
    return false;
}

/* The layers of a domain and of all below it, each once. `seen`: by domain. */
static void list_layers(const ais__place_reader *r, const ais_doc_node *domains, size_t at,
                        bool *seen, ais_doc_node *list)
{
    const ais_doc_node *domain = ais_doc_at(domains, at);
    const ais_doc_node *layers = ais__place_find(domain, "ComputationalLayers");
    const ais_doc_node *below = ais__place_find(domain, "subNetworkDomains");
    seen[at] = true; /* which also ends what leads back to itself */
    for (size_t i = 0; layers != NULL && i < ais_doc_count(layers); i++) {
        const ais_doc_node *key = ais_doc_key_at(layers, i);
        ais_doc_set_pos(r->doc, ais_doc_pos(key));
        if (is_in_use(r, ais_doc_get_text(key)))
            ais_doc_append(list, ais_doc_new_string(r->doc, ais_doc_get_text(key)));
    }
    for (size_t i = 0; below != NULL && i < ais_doc_count(below); i++)
        for (size_t k = 0; k < ais_doc_count(domains); k++)
            if (!seen[k] && ais_str_equal(ais_doc_get_text(ais_doc_key_at(domains, k)),
                                          ais_doc_get_text(ais_doc_at(below, i))))
                list_layers(r, domains, k, seen, list);
}

void ais__place_put_network(ais__place_reader *r, ais_doc_node *root)
{
    const ais_doc_node *domains =
        ais_doc_find_path(ais_doc_root(r->app->candidate_resources), "System.NetworkDomains");
    const size_t count = ais_doc_count(domains);
    AIS_FREE bool *seen = ais_alloc(count * sizeof *seen);
    ais_doc_set_pos(r->doc, ais_doc_pos(domains));
    ais_doc_node *map = ais_doc_new_map(r->doc);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++)
            seen[k] = false;
        ais_doc_set_pos(r->doc, ais_doc_pos(ais_doc_key_at(domains, i)));
        ais_doc_node *node = ais_doc_new_map(r->doc), *layers = ais_doc_new_list(r->doc);
        list_layers(r, domains, i, seen, layers);
        if (ais_doc_count(layers) == 0)
            continue;
        ais__place_put(r, node, "computationalLayers", layers);
        put_copy(r, node, "AccessDelay", ais__place_find(ais_doc_at(domains, i), "AccessDelay"));
        put_copy(r, node, "Bandwidth", ais__place_find(ais_doc_at(domains, i), "Bandwidth"));
        ais__place_put(r, map, ais_doc_get_text(ais_doc_key_at(domains, i)), node);
    }
    ais__place_put(r, root, "NetworkTechnology", map);
}
