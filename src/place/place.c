/* Solve: find the method, give it a search, make a result of what it reported. */
#include "place/place.h"

#include <math.h>

#include "place/registry.h"

const char *ais_place_status_name(ais_place_status status)
{
    static const char *const names[] = {
        [AIS_PLACE_OPTIMAL] = "optimal",
        [AIS_PLACE_FEASIBLE] = "feasible",
        [AIS_PLACE_INFEASIBLE] = "infeasible",
        [AIS_PLACE_UNKNOWN] = "unknown",
    };
    return names[status];
}

size_t ais_place_method_count(void)
{
    return ais__place_method_count;
}

const char *ais_place_method_name(size_t i)
{
    return ais__place_methods[i]->name;
}

double ais_place_time_limit_s(const ais_place_options *options)
{
    return options->time_limit_s > 0 ? options->time_limit_s : 60;
}

static const char *name_at(const void *methods, size_t i)
{
    return ((const ais__place_method *const *)methods)[i]->name;
}

static int unknown_method(const char *name, ais_error **err)
{
    const char *near = ais_str_nearest(name, ais__place_methods, ais__place_method_count, name_at);
    AIS_SCOPED(ais_str) list = {.data = NULL};
    for (size_t i = 0; i < ais__place_method_count; i++)
        ais_str_add_format(&list, "%s%s", i > 0 ? ", " : "", ais__place_methods[i]->name);
    ais_error_set(err, AIS_E_USAGE, "there is no method '%s'", name);
    if (near != NULL)
        return ais_error_hint(err, "did you mean '%s'? There are: %s", near, ais_str_get(&list));
    return ais_error_hint(err, "there are: %s", ais_str_get(&list));
}

static const ais__place_method *find_method(const char *name, ais_error **err)
{
    if (name == NULL)
        return ais__place_methods[0];
    for (size_t i = 0; i < ais__place_method_count; i++)
        if (ais_str_equal(ais__place_methods[i]->name, name))
            return ais__place_methods[i];
    unknown_method(name, err);
    return NULL;
}

static ais_place_status find_status(const ais__search *search)
{
    if (search->complete) {
        if (search->has_best)
            return AIS_PLACE_OPTIMAL;
        return search->options->cost_below > 0 ? AIS_PLACE_UNKNOWN : AIS_PLACE_INFEASIBLE;
    }
    if (!search->has_best)
        return AIS_PLACE_UNKNOWN;
    return atomic_load(&search->bound) >= atomic_load(&search->cost) ? AIS_PLACE_OPTIMAL
                                                                     : AIS_PLACE_FEASIBLE;
}

/* Nothing costs less than nothing; of what cannot be placed every bound holds. */
static double find_bound(const ais__search *search, ais_place_status status)
{
    const double bound = atomic_load(&search->bound);
    if (status == AIS_PLACE_INFEASIBLE)
        return (double)INFINITY;
    return bound > 0 ? bound : 0;
}

static double find_gap(const ais_place_result *result)
{
    if (result->status == AIS_PLACE_OPTIMAL)
        return 0;
    if (result->best == NULL)
        return (double)NAN;
    return result->cost > 0 ? (result->cost - result->bound) / result->cost : 0;
}

static ais_place_result *make_result(const ais__search *search, const char *method)
{
    ais_arena *arena = ais_arena_new();
    ais_place_result *result = ais_arena_alloc(arena, sizeof *result);
    const ais_place_status status = find_status(search);
    *result = (ais_place_result){
        .status = status,
        .method = method,
        .cost = search->has_best ? atomic_load(&search->cost) : (double)INFINITY,
        .bound = find_bound(search, status),
        .time_s = search->ctx->monotonic_s(search->ctx) - search->start_s,
        .interrupted = search->interrupted,
        .timed_out = search->timed_out,
        .counter_count = search->counter_count,
        .arena = arena,
    };
    if (search->has_best)
        result->best = ais_placement_dup(search->perf->system, search->best);
    result->gap = find_gap(result);
    for (size_t i = 0; i < search->counter_count; i++) {
        result->counter_names[i] = search->counter_names[i];
        result->counters[i] = search->counters[i];
    }
    result->points = ais_arena_alloc(arena, (search->point_count + 1) * sizeof *result->points);
    for (size_t i = 0; i < search->point_count; i++)
        result->points[i] = search->points[i];
    result->points[search->point_count] =
        (ais_place_point){.time_s = result->time_s, .cost = result->cost, .bound = result->bound};
    result->point_count = search->point_count + 1;
    return result;
}

void ais_place_result_free(ais_place_result *result)
{
    if (result == NULL)
        return;
    ais_placement_free(result->best);
    ais_arena_free(result->arena);
}

int ais_place_solve(const ais_perf *perf, const ais_place_options *options, const ais_ctx *ctx,
                    ais_place_result **out, ais_error **err)
{
    const ais__place_method *method = find_method(options->method, err);
    if (method == NULL)
        return -1;
    ais_place_options filled = *options;
    filled.time_limit_s = ais_place_time_limit_s(options);
    if (filled.threads == 0)
        filled.threads = 1;
    AIS_SCOPED(ais__search) search;
    ais__search_init(&search, perf, &filled, ctx);
    if (filled.first != NULL)
        ais__search_offer_if_allowed(&search, filled.first);
    if (method->proves || ais__place_bound_root(&search))
        method->solve(&search);
    else
        ais__search_complete(&search);
    *out = make_result(&search, method->name);
    return 0;
}
