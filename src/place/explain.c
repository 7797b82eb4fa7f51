/* What a placement breaks, a sentence each; see evaluation.h. The judge is ais_perf_evaluate(): what it
 * calls broken is told here with names and numbers, and at the least by its name. */
#include <math.h>

#include "place/evaluation.h"

static const struct {
    ais_violation violation;
    const char *name, *message;
} violations[] = {
    {AIS_VIOLATION_INCOMPLETE, "incomplete", "the placement is not complete"},
    {AIS_VIOLATION_FORWARD, "forward", "something returns from the cloud to the edge"},
    {AIS_VIOLATION_COLOCATION, "colocation", "a model that wants its machines for itself shares"},
    {AIS_VIOLATION_MEMORY, "memory", "there is not enough memory"},
    {AIS_VIOLATION_LOAD, "load", "a resource is overloaded, or a model has no answer"},
    {AIS_VIOLATION_LOCAL, "local", "a component takes longer than its limit"},
    {AIS_VIOLATION_GLOBAL, "global", "a path takes longer than its limit"},
    {AIS_VIOLATION_ONE_TYPE, "one-type", "a layer has several types of resources in use"},
    {AIS_VIOLATION_COUNT, "count", "there are not so many machines, or they may not be used"},
    {AIS_VIOLATION_NETWORK, "network", "two layers have no network domain in common"},
};

const char *ais__violation_name(ais_violation violation)
{
    size_t i = 0;
    while (violations[i].violation != violation)
        i++;
    return violations[i].name;
}

/* ---- the evaluation ---- */

/* By part: its option when that is one of the part's, and the part of a chosen deployment. */
static const size_t *chosen_options(const ais_system *s, const ais_placement *placement,
                                    ais_arena *arena)
{
    size_t *option = ais_arena_alloc(arena, s->part_count * sizeof *option);
    for (size_t p = 0; p < s->part_count; p++) {
        const ais_system_part *part = &s->parts[p];
        const bool is_chosen = placement->deployment[part->component] == part->deployment &&
                               placement->option[p] - part->first_option < part->option_count;
        option[p] = is_chosen ? placement->option[p] : AIS_SYSTEM_NONE;
    }
    return option;
}

ais__evaluation ais__evaluation_new(const ais_perf *perf, const ais_placement *placement,
                                    ais_arena *arena)
{
    const ais_system *s = perf->system;
    ais__evaluation e = {
        .perf = perf,
        .placement = placement,
        .result = {.utilization = ais_arena_alloc(arena, s->resource_count * sizeof(double)),
                   .part_s = ais_arena_alloc(arena, s->part_count * sizeof(double)),
                   .component_s = ais_arena_alloc(arena, s->component_count * sizeof(double)),
                   .path_s = ais_arena_alloc(arena, s->path_count * sizeof(double))},
        .option = chosen_options(s, placement, arena),
        .charge = ais_arena_alloc(arena, s->resource_count * sizeof(double)),
        .used = ais_arena_alloc(arena, s->resource_count * sizeof(bool)),
        .arena = arena};
    ais_perf_evaluate(perf, placement, NULL, &e.result);
    for (size_t p = 0; p < s->part_count; p++) {
        if (e.option[p] == AIS_SYSTEM_NONE)
            continue;
        const size_t resource = s->options[e.option[p]].resource;
        const bool spared = perf->rules_of->charge_function_once && e.used[resource];
        e.charge[resource] += perf->cost[e.option[p]] - (spared ? perf->charge[e.option[p]] : 0.0);
        e.used[resource] = true;
    }
    return e;
}

double ais__evaluation_cost(const ais__evaluation *e, size_t resource)
{
    const size_t count =
        e->perf->is_function[resource] ? (size_t)e->used[resource] : e->placement->count[resource];
    if (!e->used[resource] && e->perf->current_count == NULL)
        return 0.0;
    return ais_perf_price(e->perf, resource, e->used[resource] ? count : 0) + e->charge[resource];
}

/* ---- findings ---- */

typedef struct list {
    const ais__evaluation *e;
    const ais_perf *perf;
    const ais_system *s;
    ais__finding *items;
    size_t count, capacity;
    unsigned found; /* bits */
} list;

static void tell(list *l, ais_violation violation, const char *format, ...) AIS_PRINTF(3, 4);
static void tell(list *l, ais_violation violation, const char *format, ...)
{
    if ((l->e->result.violations & violation) == 0)
        return; /* the judge knows better */
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    l->items = ais_grow(l->items, &l->capacity, l->count + 1, sizeof *l->items);
    l->items[l->count++] =
        (ais__finding){.violation = violation, .message = ais_arena_strdup(l->e->arena, message)};
    l->found |= violation;
}

static bool is_above(double value, double limit)
{
    return value > limit && value > limit * (1 + AIS_PERF_TOLERANCE);
}

static const char *resource_of(const list *l, size_t part)
{
    return l->s->resources[l->s->options[l->e->option[part]].resource].name;
}

static bool on_cloud(const list *l, size_t part)
{
    return l->perf->is_cloud[l->s->options[l->e->option[part]].resource];
}

/* The chosen deployment of a component when all of its parts have an option, else NULL. */
static const ais_system_deployment *deployment_of(const list *l, size_t component)
{
    const ais_system_component *c = &l->s->components[component];
    const size_t d = l->e->placement->deployment[component];
    if (d - c->first_deployment >= c->deployment_count)
        return NULL;
    const ais_system_deployment *of = &l->s->deployments[d];
    for (size_t p = of->first_part; p < of->first_part + of->part_count; p++)
        if (l->e->option[p] == AIS_SYSTEM_NONE)
            return NULL;
    return of;
}

static void tell_incomplete(list *l, size_t component)
{
    const ais_system_component *c = &l->s->components[component];
    const size_t d = l->e->placement->deployment[component];
    if (d - c->first_deployment >= c->deployment_count) {
        tell(l, AIS_VIOLATION_INCOMPLETE, "component %s has no deployment", c->name);
        return;
    }
    const ais_system_deployment *of = &l->s->deployments[d];
    for (size_t p = of->first_part; p < of->first_part + of->part_count; p++)
        if (l->e->option[p] == AIS_SYSTEM_NONE)
            tell(l, AIS_VIOLATION_INCOMPLETE, "partition %s of component %s has no resource",
                 l->s->parts[p].name, c->name);
}

static void tell_chain(list *l, const ais_system_deployment *of)
{
    const ais_system *s = l->s;
    const char *component = s->components[of->component].name;
    const bool forward = (l->perf->rules & AIS_RULE_FORWARD) != 0;
    for (size_t p = of->first_part + 1; p < of->first_part + of->part_count; p++) {
        const size_t from = s->options[l->e->option[p - 1]].resource;
        const size_t to = s->options[l->e->option[p]].resource;
        if (forward && on_cloud(l, p - 1) && !on_cloud(l, p))
            tell(l, AIS_VIOLATION_FORWARD,
                 "partition %s of component %s is back on the edge, on %s, behind %s on %s",
                 s->parts[p].name, component, resource_of(l, p), s->parts[p - 1].name,
                 resource_of(l, p - 1));
        if (from != to && ais_perf_next_delay_s(l->perf, p - 1, from, to) == (double)INFINITY)
            tell(
                l, AIS_VIOLATION_NETWORK,
                "no network leads from %s to %s, on which partitions %s and %s of component %s are",
                resource_of(l, p - 1), resource_of(l, p), s->parts[p - 1].name, s->parts[p].name,
                component);
    }
}

static void tell_gap(list *l, const ais_system_deployment *from, size_t edge,
                     const ais_system_deployment *to)
{
    const ais_system *s = l->s;
    const size_t deployment = (size_t)(from - s->deployments), first = to->first_part;
    const size_t target = s->options[l->e->option[first]].resource;
    for (size_t p = from->first_part; p < from->first_part + from->part_count; p++) {
        const size_t source = s->options[l->e->option[p]].resource;
        if (l->perf->part_leaving[p] > 0 && source != target &&
            ais_perf_edge_delay_s(l->perf, deployment, edge, source, target) == (double)INFINITY)
            tell(l, AIS_VIOLATION_NETWORK,
                 "no network leads from %s to %s, on which partition %s of component %s and "
                 "component %s are",
                 s->resources[source].name, s->resources[target].name, s->parts[p].name,
                 s->components[from->component].name, s->components[to->component].name);
    }
}

static void tell_edge(list *l, const ais_system_deployment *from, size_t edge)
{
    const ais_system *s = l->s;
    const ais_system_component *component = &s->components[from->component];
    const ais_system_deployment *to = deployment_of(l, s->edges[component->first_edge + edge].to);
    size_t cloud = AIS_SYSTEM_NONE;
    if (to == NULL)
        return;
    for (size_t p = from->first_part; p < from->first_part + from->part_count; p++)
        if (on_cloud(l, p) && cloud == AIS_SYSTEM_NONE)
            cloud = p;
    for (size_t p = to->first_part; cloud != AIS_SYSTEM_NONE && p < to->first_part + to->part_count;
         p++)
        if (!on_cloud(l, p) && (l->perf->rules & AIS_RULE_FORWARD) != 0) {
            tell(l, AIS_VIOLATION_FORWARD,
                 "component %s is back on the edge, on %s, behind component %s on %s",
                 s->components[to->component].name, resource_of(l, p), component->name,
                 resource_of(l, cloud));
            break;
        }
    tell_gap(l, from, edge, to);
}

static void tell_answer(list *l, const ais_system_deployment *of)
{
    for (size_t p = of->first_part; p < of->first_part + of->part_count; p++) {
        const ais_system_option *option = &l->s->options[l->e->option[p]];
        const double rho = l->e->result.utilization[option->resource];
        if (option->kind == AIS_MODEL_PREDICTOR && rho < 1.0 &&
            l->e->result.part_s[p] == (double)INFINITY)
            tell(l, AIS_VIOLATION_LOAD,
                 "the model of partition %s of component %s has no answer for %zu of %s",
                 l->s->parts[p].name, l->s->components[of->component].name,
                 l->perf->is_function[option->resource] ? (size_t)1
                                                        : l->e->placement->count[option->resource],
                 resource_of(l, p));
    }
}

static void tell_time(list *l, ais_violation violation, const char *what, const char *name,
                      double time_s, double limit_s)
{
    if (!is_above(time_s, limit_s))
        return;
    if (isinf(time_s))
        tell(l, violation, "%s %s takes forever, more than its limit of %.6g s", what, name,
             limit_s);
    else
        tell(l, violation, "%s %s takes %.6g s, more than its limit of %.6g s", what, name, time_s,
             limit_s);
}

static void tell_components(list *l)
{
    for (size_t i = 0; i < l->s->component_count; i++) {
        const size_t c = l->s->order[i];
        const ais_system_deployment *of = deployment_of(l, c);
        const double time_s = l->e->result.component_s[c], limit_s = l->perf->local_limit_s[c];
        if (of == NULL) {
            tell_incomplete(l, c);
            continue;
        }
        tell_chain(l, of);
        for (size_t e = 0; e < l->s->components[c].edge_count; e++)
            tell_edge(l, of, e);
        tell_answer(l, of);
        tell_time(l, AIS_VIOLATION_LOCAL, "component", l->s->components[c].name, time_s, limit_s);
    }
}

static void tell_paths(list *l)
{
    for (size_t i = 0; i < l->s->path_count; i++)
        tell_time(l, AIS_VIOLATION_GLOBAL, "path", l->s->paths[i].name, l->e->result.path_s[i],
                  l->perf->path_limit_s[i]);
}

/* ---- resources ---- */

/* What the chosen parts want of a resource. */
typedef struct demand {
    double memory_bytes;
    size_t parts, alone; /* alone: a part that wants to be, AIS_SYSTEM_NONE: none does */
} demand;

static demand *sum_demands(const list *l)
{
    const ais_system *s = l->s;
    demand *all = ais_arena_alloc(l->e->arena, s->resource_count * sizeof *all);
    for (size_t r = 0; r < s->resource_count; r++)
        all[r].alone = AIS_SYSTEM_NONE;
    for (size_t p = 0; p < s->part_count; p++) {
        if (l->e->option[p] == AIS_SYSTEM_NONE)
            continue;
        const ais_system_option *option = &s->options[l->e->option[p]];
        demand *d = &all[option->resource];
        const bool largest =
            l->perf->is_function[option->resource] && !l->perf->rules_of->function_memory_sum;
        d->memory_bytes = largest ? fmax(d->memory_bytes, option->memory_bytes)
                                  : d->memory_bytes + option->memory_bytes;
        d->parts++;
        if (l->perf->alone[l->e->option[p]])
            d->alone = p;
    }
    return all;
}

static void tell_machines(list *l, size_t r)
{
    const size_t count = l->e->placement->count[r], most = l->perf->count_max[r];
    const char *name = l->s->resources[r].name;
    if (l->perf->is_function[r]) {
        if (most == 0)
            tell(l, AIS_VIOLATION_COUNT, "%s may not be used", name);
        return;
    }
    if (count == 0)
        tell(l, AIS_VIOLATION_INCOMPLETE, "%s is used, but has no machines", name);
    if (count > most)
        tell(l, AIS_VIOLATION_COUNT, "%s has %zu machines, more than the %zu that there are", name,
             count, most);
    if (count > 0 && !(l->e->result.utilization[r] < 1.0))
        tell(l, AIS_VIOLATION_LOAD,
             "%s is loaded to %.6g with %zu machine%s; the load must be below 1", name,
             l->e->result.utilization[r], count, count == 1 ? "" : "s");
}

static void tell_resource(list *l, size_t r, const demand *d)
{
    const ais_system *s = l->s;
    const char *name = s->resources[r].name;
    const bool many = l->perf->rules_of->memory_of_all_machines && !l->perf->is_function[r];
    const double memory =
        l->perf->memory_bytes[r] * (many ? (double)l->e->placement->count[r] : 1.0);
    tell_machines(l, r);
    if ((l->perf->rules & AIS_RULE_MEMORY) != 0 && is_above(d->memory_bytes, memory))
        tell(l, AIS_VIOLATION_MEMORY, "%s needs %.6g MB of memory, more than its %.6g MB", name,
             d->memory_bytes / 1e6, memory / 1e6);
    if ((l->perf->rules & AIS_RULE_COLOCATION) != 0 && d->alone != AIS_SYSTEM_NONE && d->parts > 1)
        tell(l, AIS_VIOLATION_COLOCATION,
             "%s runs %zu partitions, but the model of partition %s of component %s wants it for "
             "itself",
             name, d->parts, s->parts[d->alone].name,
             s->components[s->parts[d->alone].component].name);
}

static void tell_resources(list *l)
{
    const ais_system *s = l->s;
    const demand *demands = sum_demands(l);
    size_t *type = ais_arena_alloc(l->e->arena, s->layer_count * sizeof *type);
    for (size_t i = 0; i < s->layer_count; i++)
        type[i] = AIS_SYSTEM_NONE;
    for (size_t r = 0; r < s->resource_count; r++) {
        const size_t layer = s->resources[r].layer;
        if (!l->e->used[r])
            continue;
        tell_resource(l, r, &demands[r]);
        if (l->perf->is_function[r] || (l->perf->rules & AIS_RULE_ONE_TYPE) == 0)
            continue;
        if (type[layer] != AIS_SYSTEM_NONE)
            tell(l, AIS_VIOLATION_ONE_TYPE, "layer %s has both %s and %s in use; one may be",
                 s->layers[layer].name, s->resources[type[layer]].name, s->resources[r].name);
        type[layer] = r;
    }
}

const ais__finding *ais__evaluation_find(const ais__evaluation *evaluation, size_t *count)
{
    list l = {.e = evaluation, .perf = evaluation->perf, .s = evaluation->perf->system};
    tell_components(&l);
    tell_paths(&l);
    tell_resources(&l);
    for (size_t i = 0; i < AIS_COUNT(violations); i++)
        if ((l.found & violations[i].violation) == 0)
            tell(&l, violations[i].violation, "%s", violations[i].message);
    ais__finding *kept = ais_arena_alloc(evaluation->arena, l.count * sizeof *kept);
    if (l.count > 0)
        __builtin_memcpy(kept, l.items, l.count * sizeof *kept);
    free(l.items);
    *count = l.count;
    return kept;
}

size_t ais_placement_explain(const ais_perf *perf, const ais_placement *placement, ais_str *out)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const ais__evaluation e = ais__evaluation_new(perf, placement, arena);
    size_t count = 0;
    const ais__finding *findings = ais__evaluation_find(&e, &count);
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(out, "%s\n", findings[i].message);
    return count;
}
