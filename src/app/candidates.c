/* candidate_deployments.yaml: where each component, segment and alternative may run. The suffix of
 * a key tells what the entry is for. */
#include <string.h>

#include "app/app_priv.h"

static const double bytes_per_megabyte = 1024.0 * 1024.0;

static bool own_bool(const ais_doc_node *own, const ais_doc_node *base, const char *key)
{
    return ais__app_find_bool(ais_doc_find(own, key) != NULL ? own : base, key);
}

/* A number of the container; one that a segment's container does not give is that of the
 * component's, where it is missed if it is missing. */
static double own_number(ais_app_load_state *state, const ais_doc_node *own,
                         const ais_doc_node *base, bool segment, const char *key)
{
    if (ais_doc_find(own, key) != NULL)
        return ais__app_find_number(own, key, 0.0);
    if (!segment)
        ais__app_error(state, "missing-key", ais_doc_pos(own), NULL,
                       "'%s' is missing in the container", key);
    return ais__app_find_number(base, key, 0.0);
}

static void read_container(ais_app_load_state *state, const ais_doc_node *key,
                           const ais_doc_node *node, const ais_doc_node *base, bool segment,
                           ais_app_container *out)
{
    const ais_doc_node *names =
        ais__app_find_kind(node, "candidateExecutionResources", AIS_DOC_LIST);
    const size_t count = names != NULL ? ais_doc_count(names) : 0;
    *out = (ais_app_container){
        .key = ais_doc_get_text(key),
        .pos = ais_doc_pos(key),
        .memory_bytes = own_number(state, node, base, segment, "memorySize") * bytes_per_megabyte,
        .computing_units = own_number(state, node, base, segment, "computingUnits"),
        .trusted_execution = own_bool(node, base, "trustedExecution"),
        .network_protection = own_bool(node, base, "networkProtection"),
        .file_system_protection = own_bool(node, base, "fileSystemProtection"),
        .needs_gpu = own_bool(node, base, "GPURequirement"),
        .resources = ais_arena_alloc(state->arena, count * sizeof *out->resources),
        .node = node};
    for (size_t i = 0; i < count; i++)
        if (ais_doc_get_kind(ais_doc_at(names, i)) == AIS_DOC_STRING)
            out->resources[out->resource_count++] = ais_doc_get_string(ais_doc_at(names, i), NULL);
}

static ais_app_candidate_kind key_kind(const char *key, size_t *stem)
{
    if (ais__app_split_partition(key, stem, NULL))
        return AIS_CANDIDATE_PARTITION;
    if (ais__app_split_alternative(key, stem))
        return AIS_CANDIDATE_ALTERNATIVE;
    *stem = strlen(key);
    return AIS_CANDIDATE_BASE;
}

static void read_layers(ais_app_load_state *state, const ais_doc_node *entry,
                        ais_app_candidate *candidate)
{
    const ais_doc_node *layers =
        ais__app_find_kind(entry, "candidateExecutionLayers", AIS_DOC_LIST);
    const size_t count = layers != NULL ? ais_doc_count(layers) : 0;
    candidate->layers = ais_arena_alloc(state->arena, count * sizeof *candidate->layers);
    for (size_t i = 0; i < count; i++)
        if (ais_doc_get_kind(ais_doc_at(layers, i)) == AIS_DOC_INT)
            candidate->layers[candidate->layer_count++] = ais_doc_get_int(ais_doc_at(layers, i));
}

static void read_containers(ais_app_load_state *state, const ais_doc_node *entry,
                            const ais_doc_node *base, ais_app_candidate *candidate)
{
    const ais_doc_node *containers = ais__app_find_kind(entry, "Containers", AIS_DOC_MAP);
    const ais_doc_node *of_base = ais__app_find_kind(base, "Containers", AIS_DOC_MAP);
    const size_t count = containers != NULL ? ais_doc_count(containers) : 0;
    candidate->containers = ais_arena_alloc(state->arena, count * sizeof *candidate->containers);
    for (size_t i = 0; i < count; i++) {
        const ais_doc_node *node = ais_doc_at(containers, i);
        const ais_doc_node *key = ais_doc_key_at(containers, i);
        if (ais_doc_get_kind(node) == AIS_DOC_MAP)
            read_container(state, key, node,
                           ais__app_find_kind(of_base, ais_doc_get_text(key), AIS_DOC_MAP),
                           candidate->kind == AIS_CANDIDATE_PARTITION,
                           &candidate->containers[candidate->container_count++]);
    }
}

/* Read one entry; `entries` are all of them. */
static void read_entry(ais_app_load_state *state, const ais_doc_node *entries, size_t at)
{
    ais_app *app = state->app;
    const ais_doc_node *key = ais_doc_key_at(entries, at);
    const ais_doc_node *entry = ais_doc_at(entries, at);
    const char *name = ais__app_find_string(entry, "name");
    if (name == NULL) {
        state->candidates_known = false;
        return;
    }
    size_t stem = 0;
    ais_app_candidate *candidate = &app->candidates[app->candidate_count++];
    *candidate = (ais_app_candidate){.key = ais_doc_get_text(key),
                                     .name = name,
                                     .pos = ais_doc_pos(key),
                                     .kind = key_kind(ais_doc_get_text(key), &stem),
                                     .node = entry};
    AIS_FREE char *base_key = ais_strndup(candidate->key, stem);
    const ais_doc_node *base = candidate->kind == AIS_CANDIDATE_PARTITION
                                   ? ais__app_find_kind(entries, base_key, AIS_DOC_MAP)
                                   : NULL;
    read_layers(state, entry, candidate);
    read_containers(state, entry, base, candidate);
    if (ais_map_find(app->private->candidates, name) == NULL)
        ais_map_put(app->private->candidates, name, candidate);
    else
        ais__app_error(state, "duplicate-candidate", ais_doc_pos(ais_doc_find(entry, "name")),
                       "each component, segment and alternative has one entry",
                       "there is an entry for '%s' already", name);
}

void ais__app_read_candidates(ais_app_load_state *state)
{
    ais_app *app = state->app;
    const ais_doc_node *root =
        ais__app_open(state, "candidate_deployments.yaml", &ais__app_deployments_schema,
                      &app->private->candidate_deployments);
    app->candidate_deployments = app->private->candidate_deployments;
    const ais_doc_node *entries = ais__app_find_kind(root, "Components", AIS_DOC_MAP);
    if (entries == NULL)
        return;
    const size_t count = ais_doc_count(entries);
    if (count > AIS_APP_MAX_CANDIDATES) {
        ais__app_error(state, "limit", ais_doc_pos(entries), NULL,
                       "there are %zu entries (at most %d)", count, AIS_APP_MAX_CANDIDATES);
        return;
    }
    app->candidates = ais_arena_alloc(state->arena, count * sizeof *app->candidates);
    state->candidates_known = true;
    for (size_t i = 0; i < count; i++)
        read_entry(state, entries, i);
}
