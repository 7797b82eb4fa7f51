/* candidate_resources.yaml: network domains, computational layers, resources. */
#include <ctype.h>
#include <string.h>

#include "app/app_priv.h"

static const char layer_prefix[] = "computationalLayer";

/* N of "computationalLayerN", or -1. */
static int64_t key_number(const char *key)
{
    if (!ais_str_starts(key, layer_prefix))
        return -1;
    const char *digits = key + strlen(layer_prefix);
    const size_t length = strlen(digits);
    if (length == 0 || length > 9 || strspn(digits, "0123456789") != length)
        return -1;
    return (int64_t)strtol(digits, NULL, 10);
}

static bool any_processor_has_sgx(const ais_doc_node *processors)
{
    for (size_t i = 0; processors != NULL && i < ais_doc_count(processors); i++)
        if (ais__app_find_bool(ais_doc_at(processors, i), "SGXFlag"))
            return true;
    return false;
}

/* Of the last processor, as the original takes it; else what the resource itself says. */
static const char *find_architecture(const ais_doc_node *node, const ais_doc_node *processors)
{
    if (processors != NULL && ais_doc_count(processors) > 0)
        return ais__app_find_string(ais_doc_at(processors, ais_doc_count(processors) - 1),
                                    "architecture");
    return ais__app_find_string(node, "architecture");
}

static bool is_twin(const ais_app *app, int64_t layer, const char *name)
{
    return ais_app_find_resource(app, layer, name) != AIS_NONE;
}

static void index_resource(ais_app *app, size_t added)
{
    struct ais_app_private *private = app->private;
    ais_app_resource *resource = &app->resources[added];
    ais_app_resource *first = ais_map_find(private->resources, resource->name);
    private->same_resource[added] = AIS_NONE;
    if (first == NULL) {
        ais_map_put(private->resources, resource->name, resource);
        return;
    }
    size_t last = (size_t)(first - app->resources);
    while (private->same_resource[last] != AIS_NONE)
        last = private->same_resource[last];
    private->same_resource[last] = added;
}

/* "64" and "64 GB" are what deployment understands. */
static void check_storage(ais_app_load_state *state, const ais_doc_node *node)
{
    const ais_doc_node *storage = ais__app_find_kind(node, "storageSize", AIS_DOC_STRING);
    if (storage == NULL)
        return;
    const char *text = ais_doc_get_string(storage, NULL);
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || (text[digits] != '\0' && strcmp(text + digits, " GB") != 0))
        ais__app_error(state, "bad-unit", ais_doc_pos(storage), "write a number of GB, such as 64",
                       "'storageSize' is '%.80s'", text);
}

static void read_resource(ais_app_load_state *state, const ais_app_layer *layer,
                          const ais_doc_node *key, const ais_doc_node *node)
{
    ais_app *app = state->app;
    const ais_doc_schema *schema = ais__app_resource_schema(layer->type);
    if (schema != NULL)
        ais_doc_check(node, schema, state->diags);
    check_storage(state, node);
    const ais_doc_node *name = ais__app_find_kind(node, "name", AIS_DOC_STRING);
    if (name == NULL || ais_doc_get_string(name, NULL)[0] == '\0') {
        state->resources_known = false;
        return;
    }
    const ais_doc_node *processors = ais__app_find_kind(node, "processors", AIS_DOC_MAP);
    const ais_doc_node *accelerators = ais__app_find_kind(node, "accelerators", AIS_DOC_MAP);
    const ais_app_resource resource = {
        .key = ais_doc_get_text(key),
        .name = ais_doc_get_string(name, NULL),
        .pos = ais_doc_pos(key),
        .layer = layer->number,
        .memory_bytes = ais__app_find_number(node, "memorySize", 0.0) * 1024.0 * 1024.0,
        .cost_per_hour = ais__app_find_number(node, "cost", 0.0),
        .total_nodes = ais__app_find_number(node, "totalNodes", 1.0),
        .has_gpu = accelerators != NULL && ais_doc_count(accelerators) > 0,
        .has_sgx = any_processor_has_sgx(processors),
        .has_secure_boot = ais__app_find_bool(node, "secureBoot"),
        .has_measured_boot = ais__app_find_bool(node, "measuredBoot"),
        .architecture = find_architecture(node, processors),
        .node = node};
    if (is_twin(app, layer->number, resource.name)) {
        if (ais__app_is_reported(state, ais_doc_pos(ais_doc_find(layer->node, "number"))))
            return;                     /* two layers of one number: that has been told */
        state->resources_known = false; /* it was meant to be another one */
        ais__app_error(state, "duplicate-resource", ais_doc_pos(name),
                       "names are unique within a layer", "layer %lld has a resource '%s' already",
                       (long long)layer->number, resource.name);
        return;
    }
    app->resources[app->resource_count] = resource;
    index_resource(app, app->resource_count++);
}

/* The key counts for the tools that came before, the number for everybody: they must agree. */
static void check_layer_number(ais_app_load_state *state, ais_app_layer *layer,
                               const ais_doc_node *number)
{
    const int64_t in_key = key_number(layer->key);
    if (in_key < 0) {
        ais__app_error(state, "layer-key", layer->pos,
                       number == NULL
                           ? "such as 'computationalLayer1'"
                           : ais_arena_format(state->arena, "write 'computationalLayer%lld'",
                                              (long long)layer->number),
                       "the key '%s' is not 'computationalLayer<number>'", layer->key);
        return;
    }
    if (number == NULL)
        return;
    if (in_key != layer->number) {
        /* Nobody can tell which of the two the other files mean. */
        state->layers_known = false;
        ais__app_error(
            state, "layer-number", ais_doc_pos(number),
            ais_arena_format(state->arena, "must be %lld as in the key", (long long)in_key),
            "the number of '%s' is %lld", layer->key, (long long)layer->number);
        layer->number = in_key;
        return;
    }
    const size_t twin = ais_app_find_layer(state->app, layer->number);
    if (twin != AIS_NONE)
        ais__app_error(state, "duplicate-layer", ais_doc_pos(number),
                       "each layer has a number of its own, in all domains",
                       "'%s' of domain '%s' has the number %lld already",
                       state->app->layers[twin].key, state->app->layers[twin].domain,
                       (long long)layer->number);
}

static void read_layer(ais_app_load_state *state, const char *domain, const ais_doc_node *key,
                       const ais_doc_node *node)
{
    ais_app *app = state->app;
    if (ais_doc_get_kind(node) != AIS_DOC_MAP) {
        state->layers_known = state->resources_known = false;
        return;
    }
    const ais_doc_node *number = ais__app_find_kind(node, "number", AIS_DOC_INT);
    const ais_doc_node *resources = ais__app_find_kind(node, "Resources", AIS_DOC_MAP);
    if (number == NULL)
        state->layers_known = false;
    if (resources == NULL || ais_doc_count(resources) == 0)
        state->resources_known = false;
    ais_app_layer layer = {.key = ais_doc_get_text(key),
                           .name = ais__app_find_string(node, "name"),
                           .type = ais__app_find_string(node, "type"),
                           .number = number != NULL ? ais_doc_get_int(number)
                                                    : key_number(ais_doc_get_text(key)),
                           .pos = ais_doc_pos(key),
                           .domain = domain,
                           .node = node};
    check_layer_number(state, &layer, number);
    app->layers[app->layer_count++] = layer;
    for (size_t i = 0; resources != NULL && i < ais_doc_count(resources); i++)
        if (ais_doc_get_kind(ais_doc_at(resources, i)) == AIS_DOC_MAP)
            read_resource(state, &layer, ais_doc_key_at(resources, i), ais_doc_at(resources, i));
        else
            state->resources_known = false;
}

static void count_entries(const ais_doc_node *domains, size_t *layers, size_t *resources)
{
    for (size_t i = 0; i < ais_doc_count(domains); i++) {
        const ais_doc_node *list =
            ais__app_find_kind(ais_doc_at(domains, i), "ComputationalLayers", AIS_DOC_MAP);
        for (size_t j = 0; list != NULL && j < ais_doc_count(list); j++) {
            const ais_doc_node *of_layer =
                ais__app_find_kind(ais_doc_at(list, j), "Resources", AIS_DOC_MAP);
            *resources += of_layer != NULL ? ais_doc_count(of_layer) : 0;
            ++*layers;
        }
    }
}

static void read_domain(ais_app_load_state *state, const ais_doc_node *key,
                        const ais_doc_node *node)
{
    const ais_doc_node *layers = ais_doc_find(node, "ComputationalLayers");
    if (ais_doc_get_kind(node) != AIS_DOC_MAP ||
        (layers != NULL && (ais_doc_get_kind(layers) & (AIS_DOC_MAP | AIS_DOC_NULL)) == 0)) {
        state->layers_known = state->resources_known = false;
        return;
    }
    for (size_t i = 0; layers != NULL && i < ais_doc_count(layers); i++)
        read_layer(state, ais_doc_get_text(key), ais_doc_key_at(layers, i), ais_doc_at(layers, i));
}

void ais__app_read_resources(ais_app_load_state *state)
{
    ais_app *app = state->app;
    const ais_doc_node *root =
        ais__app_open(state, "candidate_resources.yaml", &ais__app_resources_schema,
                      &app->private->candidate_resources);
    app->candidate_resources = app->private->candidate_resources;
    const ais_doc_node *domains = ais__app_find_kind(
        ais__app_find_kind(root, "System", AIS_DOC_MAP), "NetworkDomains", AIS_DOC_MAP);
    if (domains == NULL)
        return;
    size_t layers = 0, resources = 0;
    count_entries(domains, &layers, &resources);
    if (ais_doc_count(domains) > AIS_APP_MAX_LAYERS || layers > AIS_APP_MAX_LAYERS ||
        resources > AIS_APP_MAX_RESOURCES) {
        ais__app_error(
            state, "limit", ais_doc_pos(domains),
            ais_arena_format(state->arena, "at most %d domains, %d layers and %d resources",
                             AIS_APP_MAX_LAYERS, AIS_APP_MAX_LAYERS, AIS_APP_MAX_RESOURCES),
            "there are %zu domains, %zu layers and %zu resources", ais_doc_count(domains), layers,
            resources);
        return;
    }
    app->layers = ais_arena_alloc(state->arena, layers * sizeof *app->layers);
    app->resources = ais_arena_alloc(state->arena, resources * sizeof *app->resources);
    app->private->same_resource =
        ais_arena_alloc(state->arena, resources * sizeof *app->private->same_resource);
    state->layers_known = state->resources_known = true;
    for (size_t i = 0; i < ais_doc_count(domains); i++)
        read_domain(state, ais_doc_key_at(domains, i), ais_doc_at(domains, i));
    if (app->layer_count == 0 && state->layers_known) {
        state->layers_known = state->resources_known = false;
        ais__app_error(state, "no-layers", ais_doc_pos(domains),
                       "give one domain ComputationalLayers",
                       "no network domain has a computational layer");
    }
    ais__app_check_domains(state, domains);
}
