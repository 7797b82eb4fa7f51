/* An evaluated placement for people; see read.h. */
#include <math.h>

#include "place/evaluation.h"
#include "place/result.h"

/* "c1 > c2" in at most this many bytes. */
enum { PATH_MAX_BYTES = 60 };

static void add_times(ais_str *out, const char *name, double time_s, double limit_s)
{
    AIS_SCOPED(ais_str) time = {.data = NULL};
    AIS_SCOPED(ais_str) limit = {.data = NULL};
    ais__place_add_time(&time, time_s);
    ais__place_add_time(&limit, limit_s);
    const bool met = isinf(limit_s) || time_s <= limit_s * (1 + AIS_PERF_TOLERANCE);
    ais_str_add_format(out, "%-64s %10s %10s%s\n", name, ais_str_get(&time), ais_str_get(&limit),
                       met ? "" : "  too slow");
}

static const char *component_name(const ais_system *s, const ais_place_names *names, size_t i)
{
    return names != NULL ? names->components[i] : s->components[i].name;
}

/* "c2 s1: h1 on EN1, h2 on VM1"; with names of the application: "blur: blur_partition1_1 on EN1, ...". */
static char *component_line(const ais__evaluation *e, const ais_place_names *names,
                            size_t component)
{
    const ais_system *s = e->perf->system;
    const ais_system_component *c = &s->components[component];
    const size_t d = e->placement->deployment[component];
    AIS_SCOPED(ais_str) line = {.data = NULL};
    ais_str_add(&line, component_name(s, names, component));
    if (d - c->first_deployment >= c->deployment_count)
        return ais_str_take(&line);
    const ais_system_deployment *of = &s->deployments[d];
    if (names == NULL)
        ais_str_add_format(&line, " %s", of->name);
    ais_str_add(&line, ":");
    for (size_t p = of->first_part; p < of->first_part + of->part_count; p++)
        ais_str_add_format(&line, "%s %s on %s", p > of->first_part ? "," : "",
                           names != NULL ? names->parts[p] : s->parts[p].name,
                           e->option[p] != AIS_SYSTEM_NONE
                               ? s->resources[s->options[e->option[p]].resource].name
                               : "nothing");
    return ais_str_take(&line);
}

static char *path_line(const ais_system *s, const ais_place_names *names,
                       const ais_system_path *path)
{
    AIS_SCOPED(ais_str) line = {.data = NULL};
    ais_str_add_format(&line, "%s:", path->name);
    for (size_t k = 0; k < path->component_count && line.length <= PATH_MAX_BYTES; k++)
        ais_str_add_format(&line, "%s %s", k > 0 ? " >" : "",
                           component_name(s, names, path->components[k]));
    char *text = ais_str_take(&line);
    ais_str_shorten(text, PATH_MAX_BYTES);
    return text;
}

static void add_resources(const ais__evaluation *e, ais_str *out)
{
    const ais_system *s = e->perf->system;
    ais_str_add_format(out, "\n%-24s %-24s %12s %8s %12s\n", "layer", "resource", "machines",
                       "in use", "cost");
    for (size_t r = 0; r < s->resource_count; r++) {
        if (!e->used[r])
            continue;
        const char *layer = s->layers[s->resources[r].layer].name;
        AIS_SCOPED(ais_str) count = {.data = NULL};
        if (e->perf->is_function[r])
            ais_str_add(&count, "function");
        else
            ais_str_add_format(&count, "%zu of %zu", e->placement->count[r], e->perf->count_max[r]);
        ais_str_add_format(out, "%-24s %-24s %12s", layer, s->resources[r].name,
                           ais_str_get(&count));
        if (e->perf->is_function[r])
            ais_str_add_format(out, " %8s", "");
        else
            ais_str_add_format(out, " %6.1f %%", 100 * e->result.utilization[r]);
        ais_str_add_format(out, " %12.6f\n", ais__evaluation_cost(e, r));
    }
}

void ais__evaluation_write_tables(const ais__evaluation *e, const ais_place_names *names,
                                  ais_str *out)
{
    const ais_perf *perf = e->perf;
    const ais_system *s = perf->system;
    add_resources(e, out);
    ais_str_add_format(out, "\n%-64s %10s %10s\n", "component", "time", "limit");
    for (size_t c = 0; c < s->component_count; c++) {
        AIS_FREE char *line = component_line(e, names, s->order[c]);
        add_times(out, line, e->result.component_s[s->order[c]], perf->local_limit_s[s->order[c]]);
    }
    if (s->path_count > 0)
        ais_str_add_format(out, "\n%-64s %10s %10s\n", "path", "time", "limit");
    for (size_t i = 0; i < s->path_count; i++) {
        AIS_FREE char *line = path_line(s, names, &s->paths[i]);
        add_times(out, line, e->result.path_s[i], perf->path_limit_s[i]);
    }
}

void ais_evaluation_result_write_text(const ais_perf *perf, const ais_placement *placement,
                                      ais_str *out)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const ais__evaluation e = ais__evaluation_new(perf, placement, arena);
    size_t count = 0;
    const ais__finding *findings = ais__evaluation_find(&e, &count);
    ais_str_add(out, count == 0 ? "allowed: " : "not allowed: ");
    if (isfinite(e.result.cost))
        ais_str_add_format(out, "cost %.6f at ", e.result.cost);
    ais_str_add_format(out, "%g requests/s, semantics %s\n", perf->rate_rps, perf->rules_of->name);
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(out, "  - %s\n", findings[i].message);
    ais__evaluation_write_tables(&e, NULL, out);
}
