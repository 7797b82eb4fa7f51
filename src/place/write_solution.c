/* A placement as Output.json, and what `aisprint evaluate` says of one; see read.h. */
#include <math.h>

#include "place/evaluation.h"

static ais_doc_node *number_node(ais_doc *doc, double value)
{
    if (value == floor(value) && fabs(value) < 1e15) /* memory and counts as files have them */
        return ais_doc_new_int(doc, (int64_t)value);
    return ais_doc_new_finite(doc, value);
}

/* ---- Output.json ----
 * Names of a system are unique: they are put by ais_doc_put_node(), which does not look for each among all. */

static ais_doc_node *resource_node(const ais__evaluation *e, size_t option, ais_doc *doc)
{
    const ais_system *s = e->perf->system;
    const size_t r = s->options[option].resource;
    const ais_system_resource *resource = &s->resources[r];
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_doc_put(
        map, "description",
        ais_doc_new_string(doc, resource->description != NULL ? resource->description : ""));
    ais_doc_put(map, "cost",
                ais_doc_new_float(doc, e->perf->is_function[r]
                                           ? e->perf->charge[option]
                                           : (double)e->placement->count[r] * e->perf->price[r]));
    ais_doc_put(map, "memory", number_node(doc, resource->memory_bytes / 1e6));
    if (e->perf->is_function[r]) {
        ais_doc_put(map, "idle_time_before_kill", number_node(doc, resource->idle_s));
        ais_doc_put(map, "transition_cost",
                    number_node(doc, s->layers[resource->layer].transition_cost));
    } else {
        ais_doc_put(map, "number", ais_doc_new_int(doc, (int64_t)e->placement->count[r]));
    }
    return map;
}

static ais_doc_node *part_node(const ais__evaluation *e, size_t part, ais_doc *doc)
{
    const ais_system *s = e->perf->system;
    ais_doc_node *map = ais_doc_new_map(doc), *layer = ais_doc_new_map(doc);
    const ais_system_resource *resource = &s->resources[s->options[e->option[part]].resource];
    ais_doc_put(layer, resource->name, resource_node(e, e->option[part], doc));
    ais_doc_put(map, s->layers[resource->layer].name, layer);
    ais_doc_put(map, "response_time", ais_doc_new_finite(doc, e->result.part_s[part]));
    return map;
}

static ais_doc_node *component_node(const ais__evaluation *e, size_t component, ais_doc *doc)
{
    const ais_system *s = e->perf->system;
    const ais_system_component *c = &s->components[component];
    const size_t d = e->placement->deployment[component];
    ais_doc_node *map = ais_doc_new_map(doc);
    if (d - c->first_deployment < c->deployment_count) {
        ais_doc_node *parts = ais_doc_new_map(doc);
        const ais_system_deployment *of = &s->deployments[d];
        for (size_t p = of->first_part; p < of->first_part + of->part_count; p++)
            if (e->option[p] != AIS_SYSTEM_NONE)
                ais_doc_put_node(parts, ais_doc_new_string(doc, s->parts[p].name),
                                 part_node(e, p, doc));
        ais_doc_put(map, of->name, parts);
    }
    ais_doc_put(map, "response_time", ais_doc_new_finite(doc, e->result.component_s[component]));
    if (isfinite(e->perf->local_limit_s[component]))
        ais_doc_put(map, "response_time_threshold",
                    ais_doc_new_finite(doc, e->perf->local_limit_s[component]));
    return map;
}

static ais_doc_node *paths_node(const ais__evaluation *e, ais_doc *doc)
{
    const ais_system *s = e->perf->system;
    ais_doc_node *map = ais_doc_new_map(doc);
    for (size_t i = 0; i < s->path_count; i++) {
        const ais_system_path *path = &s->paths[i];
        ais_doc_node *node = ais_doc_new_map(doc), *names = ais_doc_new_list(doc);
        for (size_t k = 0; k < path->component_count; k++)
            ais_doc_append(names, ais_doc_new_string(doc, s->components[path->components[k]].name));
        ais_doc_put(node, "components", names);
        ais_doc_put(node, "global_res_time", ais_doc_new_finite(doc, e->perf->path_limit_s[i]));
        ais_doc_put(node, "path_response_time", ais_doc_new_finite(doc, e->result.path_s[i]));
        ais_doc_put(node, "path_response_time_threshold",
                    ais_doc_new_finite(doc, e->perf->path_limit_s[i]));
        ais_doc_put_node(map, ais_doc_new_string(doc, path->name), node);
    }
    return map;
}

static ais_doc_node *components_node(const ais__evaluation *e, ais_doc *doc)
{
    const ais_system *s = e->perf->system;
    ais_doc_node *map = ais_doc_new_map(doc);
    for (size_t c = 0; c < s->component_count; c++)
        ais_doc_put_node(map, ais_doc_new_string(doc, s->components[c].name),
                         component_node(e, c, doc));
    return map;
}

ais_doc_node *ais_placement_to_node(const ais_perf *perf, const ais_placement *placement,
                                    ais_doc *doc)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_put(root, "Lambda", ais_doc_new_float(doc, perf->rate_rps));
    if (placement == NULL) {
        ais_doc_put(root, "feasible", ais_doc_new_bool(doc, false));
        return root;
    }
    const ais__evaluation e = ais__evaluation_new(perf, placement, arena);
    ais_doc_put(root, "components", components_node(&e, doc));
    ais_doc_put(root, "global_constraints", paths_node(&e, doc));
    ais_doc_put(root, "total_cost", ais_doc_new_finite(doc, e.result.cost));
    ais_doc_put(root, "feasible", ais_doc_new_bool(doc, e.result.violations == 0));
    return root;
}

/* ---- what `aisprint evaluate` says ---- */

/* {name, response_time_s, threshold_s, met} */
static ais_doc_node *limit_node(const char *name, double time_s, double limit_s, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_doc_put(map, "name", ais_doc_new_string(doc, name));
    ais_doc_put(map, "response_time_s", ais_doc_new_finite(doc, time_s));
    ais_doc_put(map, "threshold_s", ais_doc_new_finite(doc, limit_s));
    ais_doc_put(
        map, "met",
        ais_doc_new_bool(doc, isinf(limit_s) || time_s <= limit_s * (1 + AIS_PERF_TOLERANCE)));
    return map;
}

static ais_doc_node *used_node(const ais__evaluation *e, ais_doc *doc)
{
    const ais_system *s = e->perf->system;
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t r = 0; r < s->resource_count; r++) {
        if (!e->used[r])
            continue;
        ais_doc_node *map = ais_doc_new_map(doc);
        const size_t count = e->perf->is_function[r] ? 1 : e->placement->count[r];
        ais_doc_put(map, "name", ais_doc_new_string(doc, s->resources[r].name));
        ais_doc_put(map, "layer", ais_doc_new_string(doc, s->layers[s->resources[r].layer].name));
        ais_doc_put(map, "machines", ais_doc_new_int(doc, (int64_t)count));
        ais_doc_put(map, "utilization", ais_doc_new_finite(doc, e->result.utilization[r]));
        ais_doc_put(map, "cost", ais_doc_new_finite(doc, ais__evaluation_cost(e, r)));
        ais_doc_append(list, map);
    }
    return list;
}

static ais_doc_node *findings_node(const ais__evaluation *e, ais_doc *doc)
{
    size_t count = 0;
    const ais__finding *findings = ais__evaluation_find(e, &count);
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < count; i++) {
        ais_doc_node *map = ais_doc_new_map(doc);
        ais_doc_put(map, "rule",
                    ais_doc_new_string(doc, ais__violation_name(findings[i].violation)));
        ais_doc_put(map, "message", ais_doc_new_string(doc, findings[i].message));
        ais_doc_append(list, map);
    }
    return list;
}

ais_doc_node *ais_evaluation_result_to_node(const ais_perf *perf, const ais_placement *placement,
                                            ais_doc *doc)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const ais_system *s = perf->system;
    const ais__evaluation e = ais__evaluation_new(perf, placement, arena);
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_node *components = ais_doc_new_list(doc), *paths = ais_doc_new_list(doc);
    for (size_t c = 0; c < s->component_count; c++)
        ais_doc_append(components, limit_node(s->components[c].name, e.result.component_s[c],
                                              perf->local_limit_s[c], doc));
    for (size_t i = 0; i < s->path_count; i++)
        ais_doc_append(
            paths, limit_node(s->paths[i].name, e.result.path_s[i], perf->path_limit_s[i], doc));
    ais_doc_put(root, "feasible", ais_doc_new_bool(doc, e.result.violations == 0));
    ais_doc_put(root, "cost", ais_doc_new_finite(doc, e.result.cost));
    ais_doc_put(root, "rate_rps", ais_doc_new_float(doc, perf->rate_rps));
    ais_doc_put(root, "semantics", ais_doc_new_string(doc, perf->rules_of->name));
    ais_doc_put(root, "components", components);
    ais_doc_put(root, "paths", paths);
    ais_doc_put(root, "resources", used_node(&e, doc));
    ais_doc_put(root, "violations", findings_node(&e, doc));
    return root;
}
