/* What a container asks for against what its candidate resources have: when none has it, that is an
 * error; when only some have it, a warning. */
#include <string.h>

#include "app/app_priv.h"

/* One need of a container. */
typedef struct need {
    const char *rule, *key; /* of the container: where the fault stands */
    const char *error_hint;
    bool (*asks)(const ais_app_container *container);
    bool (*meets)(const ais_app_container *container, const ais_app_resource *resource);
    const char *what; /* it asks for; NULL: ask `describe` */
    const char *(*describe)(const ais_app_load_state *state, const ais_app_container *container);
    /* Where it is asked for, when not in the container. */
    const ais_doc_node *(*find_demand)(const ais_app_container *container);
} need;

double ais__app_computing_units(const ais_app_resource *resource)
{
    const ais_doc_node *processors = ais__app_find_kind(resource->node, "processors", AIS_DOC_MAP);
    double sum = 0.0;
    for (size_t i = 0; processors != NULL && i < ais_doc_count(processors); i++)
        sum += ais__app_find_number(ais_doc_at(processors, i), "computingUnits", 0.0);
    return sum;
}

static bool asks_memory(const ais_app_container *container)
{
    return container->memory_bytes > 0.0;
}

/* A size that is missing or wrong at the resource has been reported there. */
static bool meets_memory(const ais_app_container *container, const ais_app_resource *resource)
{
    return !(resource->memory_bytes > 0.0) || resource->memory_bytes >= container->memory_bytes;
}

static const char *describe_memory(const ais_app_load_state *state,
                                   const ais_app_container *container)
{
    return ais_arena_format(state->arena, "memorySize %s",
                            ais__app_megabytes(state, container->memory_bytes));
}

static bool asks_units(const ais_app_container *container)
{
    return container->computing_units > 0.0;
}

/* A function has no processors: its share of one follows its memory. */
static bool meets_units(const ais_app_container *container, const ais_app_resource *resource)
{
    const double units = ais__app_computing_units(resource);
    return !(units > 0.0) || units >= container->computing_units;
}

static const char *describe_units(const ais_app_load_state *state,
                                  const ais_app_container *container)
{
    return ais_arena_format(state->arena, "computingUnits %g", container->computing_units);
}

static bool asks_gpu(const ais_app_container *container)
{
    return container->needs_gpu;
}

static bool meets_gpu(const ais_app_container *container, const ais_app_resource *resource)
{
    return !container->needs_gpu || resource->has_gpu;
}

static bool asks_sgx(const ais_app_container *container)
{
    return container->trusted_execution;
}

static bool meets_sgx(const ais_app_container *container, const ais_app_resource *resource)
{
    return !container->trusted_execution || resource->has_sgx;
}

static const ais_doc_node *find_secure_boot(const ais_app_container *container)
{
    return container->secure_boot;
}

static bool asks_secure_boot(const ais_app_container *container)
{
    return container->secure_boot != NULL;
}

static bool meets_secure_boot(const ais_app_container *container, const ais_app_resource *resource)
{
    return container->secure_boot == NULL || resource->has_secure_boot;
}

static const ais_doc_node *find_measured_boot(const ais_app_container *container)
{
    return container->measured_boot;
}

static bool asks_measured_boot(const ais_app_container *container)
{
    return container->measured_boot != NULL;
}

static bool meets_measured_boot(const ais_app_container *container,
                                const ais_app_resource *resource)
{
    return container->measured_boot == NULL || resource->has_measured_boot;
}

static const need needs[] = {
    {.rule = "memory-too-large",
     .key = "memorySize",
     .error_hint = "lower memorySize or add a larger resource",
     .asks = asks_memory,
     .meets = meets_memory,
     .describe = describe_memory},
    {.rule = "computing-units-too-many",
     .key = "computingUnits",
     .error_hint = "lower computingUnits or add a larger resource",
     .asks = asks_units,
     .meets = meets_units,
     .describe = describe_units},
    {.rule = "no-gpu",
     .key = "GPURequirement",
     .error_hint = "add a resource with accelerators",
     .asks = asks_gpu,
     .meets = meets_gpu,
     .what = "a GPU"},
    {.rule = "no-sgx",
     .key = "trustedExecution",
     .error_hint = "add a resource with a processor whose SGXFlag is true",
     .asks = asks_sgx,
     .meets = meets_sgx,
     .what = "trusted execution"},
    {.rule = "no-secure-boot",
     .key = "secureBoot",
     .error_hint = "add a resource whose secureBoot is true",
     .asks = asks_secure_boot,
     .meets = meets_secure_boot,
     .what = "secure boot",
     .find_demand = find_secure_boot},
    {.rule = "no-measured-boot",
     .key = "measuredBoot",
     .error_hint = "add a resource whose measuredBoot is true",
     .asks = asks_measured_boot,
     .meets = meets_measured_boot,
     .what = "measured boot",
     .find_demand = find_measured_boot},
};

/* What the container of the same key asks for in the entry of the component, NULL when it says
 * nothing. */
static const ais_doc_node *find_inherited(const ais_app *app, const ais_app_candidate *candidate,
                                          const ais_app_container *container, const char *key)
{
    const size_t base = ais__app_find_base(app, candidate);
    for (size_t i = 0; base != AIS_NONE && i < app->candidates[base].container_count; i++)
        if (strcmp(app->candidates[base].containers[i].key, container->key) == 0)
            return ais_doc_find(app->candidates[base].containers[i].node, key);
    return NULL;
}

/* Is what it asks for wrong by itself? Then it has been told where it stands. */
static bool is_told(const ais_app_load_state *state, const ais_app_candidate *candidate,
                    const ais_app_container *container, const char *key)
{
    const ais_doc_node *node = ais_doc_find(container->node, key);
    if (node == NULL)
        node = find_inherited(state->app, candidate, container, key);
    return node != NULL && ais__app_is_reported(state, ais_doc_pos(node));
}

/* False when no place meets the need. */
static bool check_need(ais_app_load_state *state, const ais_app_candidate *candidate,
                       const ais_app_container *container, const need *row, const size_t *places,
                       size_t count)
{
    const ais_app *app = state->app;
    const ais_doc_node *value = row->find_demand != NULL ? row->find_demand(container)
                                                         : ais_doc_find(container->node, row->key);
    size_t met = 0;
    AIS_SCOPED(ais_str) short_of = {0};
    if (!row->asks(container))
        return true;
    for (size_t i = 0; i < count; i++) {
        const ais_app_resource *resource = &app->resources[places[i]];
        if (row->meets(container, resource))
            met++;
        else if (short_of.length < 200)
            ais_str_add_format(&short_of, "%s'%s'", short_of.length > 0 ? ", " : "",
                               resource->name);
    }
    if (met == count || is_told(state, candidate, container, row->key))
        return met > 0;
    const ais_pos pos = value != NULL ? ais_doc_pos(value) : container->pos;
    const char *what = row->what != NULL ? row->what : row->describe(state, container);
    if (met == 0)
        ais__app_error(state, row->rule, pos, row->error_hint,
                       "'%s' asks for %s, which no candidate resource has (%s)", candidate->name,
                       what, ais_str_get(&short_of));
    else
        ais__app_warn(state, row->rule, pos, "leave that resource out, or ask for less",
                      "'%s' asks for %s, which %s cannot give", candidate->name, what,
                      ais_str_get(&short_of));
    return met > 0;
}

bool ais_app_fits(const ais_app_container *container, const ais_app_resource *resource)
{
    for (size_t i = 0; i < AIS_COUNT(needs); i++)
        if (needs[i].asks(container) && !needs[i].meets(container, resource))
            return false;
    return ais__app_image_fits(container, resource);
}

/* The two needs of which there may be some, but not enough. */
static void tell_amount(const ais_app_container *container, const ais_app_resource *resource,
                        bool memory, ais_str *why)
{
    static const double megabyte = 1024.0 * 1024.0;
    if (memory)
        ais_str_add_format(why, "has %g MB of memory, %s asks for %g MB",
                           resource->memory_bytes / megabyte, container->key,
                           container->memory_bytes / megabyte);
    else
        ais_str_add_format(why, "has %g cores, %s asks for %g", ais__app_computing_units(resource),
                           container->key, container->computing_units);
}

bool ais_app_tell_misfit(const ais_app_container *container, const ais_app_resource *resource,
                         ais_str *why)
{
    const size_t length = why->length;
    for (size_t i = 0; i < AIS_COUNT(needs); i++) {
        if (!needs[i].asks(container) || needs[i].meets(container, resource))
            continue;
        ais_str_add(why, why->length > length ? ", " : "");
        if (needs[i].what == NULL)
            tell_amount(container, resource, needs[i].asks == asks_memory, why);
        else
            ais_str_add_format(why, "cannot give %s, which %s asks for", needs[i].what,
                               container->key);
    }
    if (!ais__app_image_fits(container, resource))
        ais_str_add_format(why, "%sis %s, for which %s has no image",
                           why->length > length ? ", " : "", resource->architecture,
                           container->key);
    return why->length > length;
}

/* Has this layer a resource for each container? With `layer` < 0: is there one for each anywhere?
 * Gives the container that has none. */
static const ais_app_container *
find_homeless(const ais_app *app, const ais_app_candidate *candidate, int64_t layer, size_t *places)
{
    for (size_t i = 0; i < candidate->container_count; i++) {
        const ais_app_container *container = &candidate->containers[i];
        const size_t count =
            ais__app_list_places(app, candidate, container, places, app->resource_count);
        bool found = false;
        for (size_t j = 0; !found && j < count; j++)
            found = (layer < 0 || app->resources[places[j]].layer == layer) &&
                    ais_app_fits(container, &app->resources[places[j]]);
        if (!found)
            return container;
    }
    return NULL;
}

/* Each need may be met by one resource and all of them by none; and the containers of one component
 * run on one layer. */
static void check_together(ais_app_load_state *state, const ais_app_candidate *candidate,
                           size_t *places)
{
    const ais_app *app = state->app;
    const ais_app_container *homeless = find_homeless(app, candidate, -1, places);
    if (homeless != NULL) {
        ais__app_error(state, "no-resource-fits",
                       ais_doc_pos(ais_doc_find(homeless->node, "candidateExecutionResources")),
                       "add one that has all at once: memory, cores, GPU, SGX, an image",
                       "no candidate resource of '%s' has everything that %s asks for",
                       candidate->name, homeless->key);
        return;
    }
    for (size_t i = 0; i < candidate->layer_count; i++)
        if (find_homeless(app, candidate, candidate->layers[i], places) == NULL)
            return;
    ais__app_error(state, "no-common-layer",
                   ais_doc_pos(ais_doc_find(candidate->node, "candidateExecutionLayers")),
                   "give each container a resource on one of the layers",
                   "no candidate layer of '%s' has a resource for each of its containers",
                   candidate->name);
}

/* Are all of its layers and resources there, and well written? */
static bool is_whole(const ais_app_load_state *state, const ais_app_candidate *candidate,
                     size_t errors)
{
    const ais_app *app = state->app;
    const ais_doc_node *layers = ais_doc_find(candidate->node, "candidateExecutionLayers");
    bool whole = state->layers_known && state->resources_known && layers != NULL &&
                 candidate->layer_count == ais_doc_count(layers) && candidate->layer_count > 0 &&
                 candidate->container_count > 0 &&
                 ais_diags_count_of(state->diags, AIS_SEVERITY_ERROR) == errors;
    for (size_t i = 0; whole && i < candidate->layer_count; i++)
        whole = ais_app_find_layer(app, candidate->layers[i]) != AIS_NONE;
    for (size_t i = 0; whole && i < candidate->container_count; i++) {
        const ais_app_container *container = &candidate->containers[i];
        whole = container->resource_count > 0;
        for (size_t j = 0; whole && j < container->resource_count; j++)
            whole = ais_app_find_resource(app, -1, container->resources[j]) != AIS_NONE;
    }
    return whole;
}

void ais__app_check_capacity(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    size_t *places = ais_alloc(app->resource_count * sizeof *places);
    for (size_t i = 0; i < app->candidate_count; i++) {
        const ais_app_candidate *candidate = &app->candidates[i];
        const size_t errors = ais_diags_count_of(state->diags, AIS_SEVERITY_ERROR);
        bool placed = true; /* is there a place for each container and need by itself? */
        for (size_t j = 0; j < candidate->container_count; j++) {
            const ais_app_container *container = &candidate->containers[j];
            const size_t count =
                ais__app_list_places(app, candidate, container, places, app->resource_count);
            for (size_t n = 0; count > 0 && n < AIS_COUNT(needs); n++)
                placed =
                    check_need(state, candidate, container, &needs[n], places, count) && placed;
            ais__app_check_images(state, candidate, container, places, count);
            placed = placed && count > 0;
        }
        if (placed && is_whole(state, candidate, errors))
            check_together(state, candidate, places);
    }
    free(places);
}
