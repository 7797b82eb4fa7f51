/* A result for people: what to rent, what runs where, what is proven. */
#include <math.h>

#include "place/evaluation.h"
#include "place/result.h"

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

static void add_headline(const ais_place_result *result, ais_str *out)
{
    AIS_SCOPED(ais_str) taken = {.data = NULL};
    ais__place_add_time(&taken, result->time_s);
    const char *time = ais_str_get(&taken);
    const char *why = result->interrupted ? " (interrupted)"
                      : result->timed_out ? " (time limit)"
                                          : "";
    switch (result->status) {
    case AIS_PLACE_OPTIMAL:
        ais_str_add_format(out, "optimal: cost %.6f, proven in %s\n", result->cost, time);
        break;
    case AIS_PLACE_FEASIBLE:
        ais_str_add_format(out, "feasible: cost %.6f, at least %.6f, gap %.2f %% after %s%s\n",
                           result->cost, result->bound > 0 ? result->bound : 0, 100 * result->gap,
                           time, why);
        break;
    case AIS_PLACE_INFEASIBLE:
        ais_str_add_format(out, "infeasible: no placement is allowed, proven in %s\n", time);
        break;
    case AIS_PLACE_UNKNOWN:
        ais_str_add_format(out, "unknown: nothing found and nothing proven after %s%s\n", time,
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

static void add_conflict(const ais_place_conflict *conflict, ais_str *out)
{
    ais_str_add_format(out, "\n%s\n", ais__place_conflict_heading(conflict));
    for (size_t i = 0; i < conflict->count; i++)
        ais_str_add_format(out, "  - %s\n", conflict->items[i].sentence);
    if (conflict->sentence != NULL)
        ais_str_add_format(out, "  - %s\n", conflict->sentence);
}

static void add_proof(const ais_place_result *result, ais_str *out)
{
    ais_str_add_format(out, "\nmethod %s", result->method);
    for (size_t i = 0; i < result->counter_count; i++)
        ais_str_add_format(out, "%s %s %llu", i > 0 ? "," : ":", result->counter_names[i],
                           (unsigned long long)result->counters[i]);
    ais_str_add(out, "\n");
}

void ais_place_result_write_text(const ais_perf *perf, const ais_place_result *result,
                                 const ais_place_conflict *conflict, const ais_place_names *names,
                                 ais_str *out)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    add_headline(result, out);
    if (result->best != NULL) {
        const ais__evaluation e = ais__evaluation_new(perf, result->best, arena);
        ais__evaluation_write_tables(&e, names, out);
    }
    if (conflict != NULL)
        add_conflict(conflict, out);
    add_proof(result, out);
}
