/* Layers and resources of a system; see read_priv.h. */
#include <math.h>

#include "place/read_priv.h"

static const struct {
    const char *section;
    ais_layer_kind kind;
} sections[] = {
    {.section = "EdgeResources", .kind = AIS_LAYER_EDGE},
    {.section = "CloudResources", .kind = AIS_LAYER_VM},
    {.section = "FaaSResources", .kind = AIS_LAYER_FAAS},
};

static void add_resource(ais__system_reader *r, const ais_doc_node *key, const ais_doc_node *node)
{
    ais_system *s = r->system;
    const ais_system_layer *layer = &s->layers[s->layer_count - 1];
    const bool is_function = layer->kind == AIS_LAYER_FAAS;
    const ais_doc_node *description = ais__read_find(node, "description", AIS_DOC_STRING);
    const char *name = ais__read_keep(r, ais_doc_get_text(key));
    const size_t before = ais__names_put(&r->resources, 0, name, s->resource_count);
    if (before != AIS_SYSTEM_NONE) {
        AIS_FREE char *hint =
            ais_format("it stands first at line %u; a resource belongs to one layer",
                       s->resources[before].pos.line);
        ais__read_fault(r, "duplicate-name", key, hint, "the resource '%s' stands here again",
                        name);
        return;
    }
    s->resources[s->resource_count++] = (ais_system_resource){
        .name = name,
        .description =
            description != NULL ? ais__read_keep(r, ais_doc_get_text(description)) : NULL,
        .pos = ais__read_pos(r, key),
        .layer = s->layer_count - 1,
        .number = is_function ? 1 : ais__read_whole(r, node, "number", 1),
        .cost = ais__read_number(node, "cost", 0.0),
        .memory_bytes = ais__read_number(node, "memory", 0.0) * 1e6,
        .cores = is_function ? 1 : ais__read_whole(r, node, "n_cores", 1),
        .idle_s = ais__read_number(node, "idle_time_before_kill", 0.0)};
}

static void add_layer(ais__system_reader *r, const ais_doc_node *key, const ais_doc_node *node,
                      ais_layer_kind kind, double transition_cost)
{
    ais_system *s = r->system;
    const char *name = ais__read_keep(r, ais_doc_get_text(key));
    const size_t before = ais__names_put(&r->layers, 0, name, s->layer_count);
    if (before != AIS_SYSTEM_NONE) {
        AIS_FREE char *hint = ais_format("it stands first at line %u", s->layers[before].pos.line);
        ais__read_fault(r, "duplicate-name", key, hint, "the layer '%s' stands here again", name);
    }
    s->layers[s->layer_count++] = (ais_system_layer){
        .name = name,
        .pos = ais__read_pos(r, key),
        .kind = kind,
        .first_resource = s->resource_count,
        .transition_cost = ais__read_number(node, "transition_cost", transition_cost)};
    for (size_t i = 0; i < ais_doc_count(node); i++)
        if (ais_doc_get_kind(ais_doc_at(node, i)) == AIS_DOC_MAP)
            add_resource(r, ais_doc_key_at(node, i), ais_doc_at(node, i));
    ais_system_layer *layer = &s->layers[s->layer_count - 1];
    layer->resource_count = s->resource_count - layer->first_resource;
    if (layer->transition_cost != 0.0)
        ais__read_warn(r, "not-charged", key, NULL,
                       "the transition_cost of '%s' is part of no cost", name);
}

void ais__read_resources(ais__system_reader *r)
{
    ais_system *s = r->system;
    size_t layers = 0, resources = 0;
    for (size_t i = 0; i < AIS_COUNT(sections); i++) {
        const ais_doc_node *all = ais__read_find(r->root, sections[i].section, AIS_DOC_MAP);
        for (size_t k = 0; all != NULL && k < ais_doc_count(all); k++, layers++)
            resources += ais_doc_count(ais_doc_at(all, k));
    }
    s->layers = ais_arena_alloc(s->arena, layers * sizeof *s->layers);
    s->resources = ais_arena_alloc(s->arena, resources * sizeof *s->resources);
    for (size_t i = 0; i < AIS_COUNT(sections); i++) {
        const ais_doc_node *all = ais__read_find(r->root, sections[i].section, AIS_DOC_MAP);
        const double transition_cost = ais__read_number(all, "transition_cost", 0.0);
        for (size_t k = 0; all != NULL && k < ais_doc_count(all); k++)
            if (ais_doc_get_kind(ais_doc_at(all, k)) == AIS_DOC_MAP)
                add_layer(r, ais_doc_key_at(all, k), ais_doc_at(all, k), sections[i].kind,
                          transition_cost);
    }
}
