/* A result for people: what to rent, what runs where, what is proven. */
#include <math.h>

#include "place/result.h"

typedef struct text {
    const ais_perf *perf;
    const ais_system *system;
    const ais_placement *placement;
    const char *const *names;
    ais_evaluation_result times;
    ais_arena *arena;
    ais_str *out;
} text;

void ais__place_add_time(ais_str *out, double seconds)
{
    if (!isfinite(seconds))
        ais_str_add(out, "-");
    else if (seconds < 0.9995e-3)
        ais_str_add_format(out, "%.3g us", seconds * 1e6);
    else if (seconds < 0.9995)
        ais_str_add_format(out, "%.3g ms", seconds * 1e3);
    else
        ais_str_add_format(out, "%.4g s", seconds);
}

static const char *time_text(text *t, double seconds)
{
    AIS_SCOPED(ais_str) s = {.data = NULL};
    ais__place_add_time(&s, seconds);
    return ais_arena_strdup(t->arena, ais_str_get(&s));
}

static const char *component_name(const text *t, size_t component)
{
    return t->names != NULL ? t->names[component] : t->system->components[component].name;
}

/* ---- machines ---- */

static bool runs_something(const text *t, size_t resource)
{
    for (size_t p = 0; p < t->system->part_count; p++) {
        const size_t o = t->placement->option[p];
        if (o != AIS_SYSTEM_NONE && t->system->options[o].resource == resource)
            return true;
    }
    return false;
}

static double charge_of(const text *t, size_t function)
{
    double sum = 0;
    for (size_t p = 0; p < t->system->part_count; p++) {
        const size_t o = t->placement->option[p];
        if (o != AIS_SYSTEM_NONE && t->system->options[o].resource == function)
            sum += t->perf->cost[o];
    }
    return sum;
}

static void add_machine(text *t, size_t r)
{
    const ais_system_resource *resource = &t->system->resources[r];
    const char *layer = t->system->layers[resource->layer].name;
    if (t->perf->is_function[r]) {
        ais_str_add_format(t->out, "%-24s %-16s %8s %7s %12.6g\n", layer, resource->name,
                           "function", "", charge_of(t, r));
        return;
    }
    const size_t count = t->placement->count[r];
    ais_str_add_format(t->out, "%-24s %-16s %4zu / %zu %6.1f%% %12.6g\n", layer, resource->name,
                       count, resource->number, 100 * t->times.utilization[r],
                       ais_perf_price(t->perf, r, count));
}

static void add_machines(text *t)
{
    ais_str_add_format(t->out, "\n%-24s %-16s %8s %7s %12s\n", "layer", "resource", "machines",
                       "in use", "cost");
    for (size_t r = 0; r < t->system->resource_count; r++)
        if (runs_something(t, r))
            add_machine(t, r);
}

/* ---- components and paths ---- */

static const char *places_of(text *t, size_t component)
{
    const ais_system_deployment *d = &t->system->deployments[t->placement->deployment[component]];
    AIS_SCOPED(ais_str) s = {.data = NULL};
    size_t last = AIS_SYSTEM_NONE;
    for (size_t k = 0; k < d->part_count; k++) {
        const size_t r = t->system->options[t->placement->option[d->first_part + k]].resource;
        if (r != last)
            ais_str_add_format(&s, "%s%s", k > 0 ? " > " : "", t->system->resources[r].name);
        last = r;
    }
    return ais_arena_strdup(t->arena, ais_str_get(&s));
}

static void add_components(text *t)
{
    ais_str_add_format(t->out, "\n%-24s %-6s %-32s %10s %10s\n", "component", "design", "runs on",
                       "time", "limit");
    for (size_t i = 0; i < t->system->component_count; i++) {
        const size_t c = t->system->order[i];
        ais_str_add_format(t->out, "%-24s %-6s %-32s %10s %10s\n", component_name(t, c),
                           t->system->deployments[t->placement->deployment[c]].name,
                           places_of(t, c), time_text(t, t->times.component_s[c]),
                           time_text(t, t->perf->local_limit_s[c]));
    }
    if (t->system->path_count > 0)
        ais_str_add_format(t->out, "\n%-64s %10s %10s\n", "path", "time", "limit");
    for (size_t p = 0; p < t->system->path_count; p++) {
        const ais_system_path *path = &t->system->paths[p];
        AIS_SCOPED(ais_str) s = {.data = NULL};
        ais_str_add_format(&s, "%s: ", path->name);
        for (size_t k = 0; k < path->component_count; k++)
            ais_str_add_format(&s, "%s%s", k > 0 ? " > " : "",
                               component_name(t, path->components[k]));
        ais_str_add_format(t->out, "%-64s %10s %10s\n", ais_str_get(&s),
                           time_text(t, t->times.path_s[p]),
                           time_text(t, t->perf->path_limit_s[p]));
    }
}

static void add_placement(text *t)
{
    const ais_system *s = t->system;
    t->times = (ais_evaluation_result){
        .utilization = ais_arena_alloc(t->arena, (s->resource_count + 1) * sizeof(double)),
        .part_s = ais_arena_alloc(t->arena, (s->part_count + 1) * sizeof(double)),
        .component_s = ais_arena_alloc(t->arena, (s->component_count + 1) * sizeof(double)),
        .path_s = ais_arena_alloc(t->arena, (s->path_count + 1) * sizeof(double)),
    };
    ais_perf_evaluate(t->perf, t->placement, NULL, &t->times);
    add_machines(t);
    add_components(t);
}

/* ---- what is proven ---- */

static void add_headline(text *t, const ais_place_result *result)
{
    const char *time = time_text(t, result->time_s);
    const char *why = result->interrupted ? " (interrupted)"
                      : result->timed_out ? " (time limit)"
                                          : "";
    switch (result->status) {
    case AIS_PLACE_OPTIMAL:
        ais_str_add_format(t->out, "optimal: cost %.6f, proven in %s\n", result->cost, time);
        break;
    case AIS_PLACE_FEASIBLE:
        ais_str_add_format(t->out, "feasible: cost %.6f, at least %.6f, gap %.2f %% after %s%s\n",
                           result->cost, result->bound > 0 ? result->bound : 0, 100 * result->gap,
                           time, why);
        break;
    case AIS_PLACE_INFEASIBLE:
        ais_str_add_format(t->out, "infeasible: no placement is allowed, proven in %s\n", time);
        break;
    case AIS_PLACE_UNKNOWN:
        ais_str_add_format(t->out, "unknown: nothing found and nothing proven after %s%s\n", time,
                           why);
        break;
    }
}

const char *ais__place_conflict_heading(const ais_place_conflict *conflict)
{
    if (conflict->sentence != NULL)
        return "Nothing that could be given up would help:";
    if (!conflict->is_smallest)
        return "These cannot be had together (some may be superfluous: no time was left to leave "
               "them out):";
    return conflict->count == 1
               ? "This rules out everything by itself:"
               : "These cannot be had together; without any one of them there is a "
                 "placement:";
}

static void add_conflict(text *t, const ais_place_conflict *conflict)
{
    ais_str_add_format(t->out, "\n%s\n", ais__place_conflict_heading(conflict));
    for (size_t i = 0; i < conflict->count; i++)
        ais_str_add_format(t->out, "  - %s\n", conflict->items[i].sentence);
    if (conflict->sentence != NULL)
        ais_str_add_format(t->out, "  - %s\n", conflict->sentence);
}

static void add_proof(text *t, const ais_place_result *result)
{
    ais_str_add_format(t->out, "\nmethod %s", result->method);
    for (size_t i = 0; i < result->counter_count; i++)
        ais_str_add_format(t->out, "%s %s %llu", i > 0 ? "," : ":", result->counter_names[i],
                           (unsigned long long)result->counters[i]);
    ais_str_add(t->out, "\n");
}

void ais_place_result_write_text(const ais_perf *perf, const ais_place_result *result,
                                 const ais_place_conflict *conflict,
                                 const char *const *component_names, ais_str *out)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    text t = {.perf = perf,
              .system = perf->system,
              .placement = result->best,
              .names = component_names,
              .arena = arena,
              .out = out};
    add_headline(&t, result);
    if (result->best != NULL)
        add_placement(&t);
    if (conflict != NULL)
        add_conflict(&t, conflict);
    add_proof(&t, result);
}
