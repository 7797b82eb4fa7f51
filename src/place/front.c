/* Fronts of cost against a response time: solve without the limit, then with one just below what was reached,
 * until nothing is allowed. Against the load: front_load.c; what is printed: front_write.c. */
#include <math.h>

#include "place/front_priv.h"

enum { DEFAULT_POINTS = 50, SOLVES_PER_POINT = 20 };
/* The next limit is this share below what was reached: finer points differ in nothing but rounding. */
static const double limit_step = 1e-6;
/* Costs that differ by less are equal. */
static const double cost_step = 1e-9;

void ais_fronts_free(ais_fronts *fronts)
{
    if (fronts == NULL)
        return;
    for (size_t i = 0; i < fronts->count; i++)
        for (size_t k = 0; k < fronts->items[i].count; k++)
            ais_placement_free(fronts->items[i].points[k].placement);
    ais_arena_free(fronts->arena);
}

/* ---- what all fronts do ---- */

int ais__front_solve(const ais__front_finder *finder, const ais_perf *perf,
                     const ais_placement *first, ais_place_result **out, ais_error **err)
{
    ais_place_options options = *finder->place_options;
    const double left_s = finder->end_s - finder->ctx->monotonic_s(finder->ctx);
    options.time_limit_s = fmax(left_s, 0.001);
    options.first = first;
    return ais_place_solve(perf, &options, finder->ctx, out, err);
}

void ais__front_add(ais__front_finder *finder, double x, double cost, double bound,
                    const ais_placement *placement)
{
    finder->points =
        ais_grow(finder->points, &finder->capacity, finder->count + 1, sizeof *finder->points);
    finder->points[finder->count++] =
        (ais_front_point){.x = x,
                          .cost = cost,
                          .bound = bound,
                          .placement = ais_placement_dup(finder->system, placement)};
}

static void drop_points(ais__front_finder *finder)
{
    for (size_t i = 0; i < finder->count; i++)
        ais_placement_free(finder->points[i].placement);
    free(finder->points);
    finder->points = NULL;
    finder->count = finder->capacity = 0;
}

static int by_x(const void *a, const void *b)
{
    const double x = ((const ais_front_point *)a)->x, y = ((const ais_front_point *)b)->x;
    return (x > y) - (x < y);
}

void ais__front_take(ais__front_finder *finder, ais_front *front)
{
    const size_t found = finder->count;
    const size_t kept = found < finder->max_points ? found : finder->max_points;
    if (found > 0)
        qsort(finder->points, found, sizeof *finder->points, by_x);
    front->points = ais_arena_alloc(finder->arena, (kept + 1) * sizeof *front->points);
    front->found = found;
    for (size_t k = 0; k < kept; k++) {
        const size_t i = kept > 1 ? k * (found - 1) / (kept - 1) : 0;
        front->points[front->count++] = finder->points[i];
        finder->points[i].placement = NULL;
    }
    front->complete &= kept == found;
    drop_points(finder);
}

/* ---- response times ---- */

/* Limits as they are, to be changed in one place. */
typedef struct limits {
    double *local_s, *path_s;
} limits;

static limits copy_limits(const ais__front_finder *finder, ais_arena *arena)
{
    const ais_system *system = finder->system;
    const ais_perf_options *options = finder->perf_options;
    limits own = {
        .local_s = ais_arena_alloc(arena, (system->component_count + 1) * sizeof *own.local_s),
        .path_s = ais_arena_alloc(arena, (system->path_count + 1) * sizeof *own.path_s),
    };
    for (size_t i = 0; i < system->component_count; i++)
        own.local_s[i] = options->local_limit_s != NULL ? options->local_limit_s[i]
                                                        : system->components[i].local_limit_s;
    for (size_t i = 0; i < system->path_count; i++)
        own.path_s[i] =
            options->path_limit_s != NULL ? options->path_limit_s[i] : system->paths[i].limit_s;
    return own;
}

static double reached_s(const ais__front_finder *finder, const ais_perf *perf,
                        const ais_front *front, const ais_placement *placement, ais_arena *arena)
{
    const ais_system *system = finder->system;
    ais_evaluation_result result = {
        .component_s = ais_arena_alloc(arena, (system->component_count + 1) * sizeof(double)),
        .path_s = ais_arena_alloc(arena, (system->path_count + 1) * sizeof(double)),
    };
    ais_perf_evaluate(perf, placement, finder->scratch, &result);
    return front->kind == AIS_FRONT_PATH ? result.path_s[front->index]
                                         : result.component_s[front->index];
}

/* A point that is no dearer than the one before, which is slower: that one is dominated. */
static void add_faster(ais__front_finder *finder, double x, double cost, double bound,
                       const ais_placement *placement)
{
    while (finder->count > 0 && cost <= finder->points[finder->count - 1].cost * (1 + cost_step))
        ais_placement_free(finder->points[--finder->count].placement);
    ais__front_add(finder, x, cost, bound, placement);
}

/* One solve with the limit in place. `*limit_s` becomes the next one; NAN when the front ends here. */
static int step(ais__front_finder *finder, const ais_perf_options *options, ais_front *front,
                double *limit_s, double *bound, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_place_result) result = NULL;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const bool is_first = finder->count == 0;
    *limit_s = (double)NAN;
    if (ais_perf_new(finder->system, options, &perf, err) < 0 ||
        ais__front_solve(finder, perf, NULL, &result, err) < 0)
        return -1;
    if (result->status != AIS_PLACE_OPTIMAL && result->status != AIS_PLACE_INFEASIBLE)
        front->complete = false;
    if (result->best == NULL)
        return 0;
    *bound = fmax(*bound, result->bound); /* tighter limits make nothing cheaper */
    const double x = reached_s(finder, perf, front, result->best, arena);
    if (is_first)
        front->price -= result->cost;
    add_faster(finder, x, result->cost, fmin(*bound, result->cost), result->best);
    if (x > 0)
        *limit_s = x * (1 - limit_step);
    return 0;
}

/* `front->price` is the cost of the optimum; that without the limit is taken off. */
static int trace(ais__front_finder *finder, ais_front *front, ais_error **err)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const limits own = copy_limits(finder, arena);
    ais_perf_options options = *finder->perf_options;
    double *at =
        front->kind == AIS_FRONT_PATH ? &own.path_s[front->index] : &own.local_s[front->index];
    double bound = (double)-INFINITY, limit_s = (double)INFINITY;
    options.local_limit_s = own.local_s;
    options.path_limit_s = own.path_s;
    front->complete = true;
    for (size_t solves = 0; !isnan(limit_s); solves++) {
        if (solves == SOLVES_PER_POINT * finder->max_points ||
            finder->ctx->monotonic_s(finder->ctx) >= finder->end_s) {
            front->complete = false;
            break;
        }
        *at = limit_s;
        if (step(finder, &options, front, &limit_s, &bound, err) < 0)
            return -1;
    }
    if (finder->count == 0)
        front->price = (double)NAN; /* without the limit nothing is allowed either */
    ais__front_take(finder, front);
    return 0;
}

/* ---- all of them ---- */

static void list_fronts(const ais__front_finder *finder, ais_fronts *fronts)
{
    const ais_system *system = finder->system;
    const limits own = copy_limits(finder, fronts->arena);
    fronts->items = ais_arena_alloc(
        fronts->arena, (system->component_count + system->path_count + 1) * sizeof *fronts->items);
    for (size_t i = 0; i < system->component_count; i++)
        if (own.local_s[i] < (double)INFINITY)
            fronts->items[fronts->count++] =
                (ais_front){.kind = AIS_FRONT_COMPONENT, .index = i, .limit = own.local_s[i]};
    for (size_t i = 0; i < system->path_count; i++)
        fronts->items[fronts->count++] =
            (ais_front){.kind = AIS_FRONT_PATH, .index = i, .limit = own.path_s[i]};
    const double rate_rps = finder->perf_options->rate_rps;
    fronts->items[fronts->count++] =
        (ais_front){.kind = AIS_FRONT_LOAD,
                    .limit = rate_rps > 0 ? rate_rps : system->rate_rps,
                    .price = (double)NAN};
}

static int find_optimum(const ais__front_finder *finder, ais_fronts *fronts, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_place_result) result = NULL;
    if (ais_perf_new(finder->system, finder->perf_options, &perf, err) < 0 ||
        ais__front_solve(finder, perf, finder->place_options->first, &result, err) < 0)
        return -1;
    fronts->cost = result->cost;
    fronts->proven = result->status == AIS_PLACE_OPTIMAL || result->status == AIS_PLACE_INFEASIBLE;
    if (result->best == NULL && !fronts->proven)
        fronts->cost = (double)NAN;
    return 0;
}

static int find_all(ais__front_finder *finder, double limit_s, ais_fronts *fronts, ais_error **err)
{
    const double start_s = finder->ctx->monotonic_s(finder->ctx);
    finder->end_s = start_s + limit_s / 2;
    list_fronts(finder, fronts);
    if (find_optimum(finder, fronts, err) < 0)
        return -1;
    for (size_t i = 0; i < fronts->count; i++) {
        ais_front *front = &fronts->items[i];
        const double now_s = finder->ctx->monotonic_s(finder->ctx);
        finder->end_s = now_s + (start_s + limit_s - now_s) / (double)(fronts->count - i);
        if (front->kind != AIS_FRONT_LOAD)
            front->price = fronts->cost;
        const int status = front->kind == AIS_FRONT_LOAD ? ais__front_trace_load(finder, front, err)
                                                         : trace(finder, front, err);
        if (status < 0)
            return -1;
    }
    return 0;
}

int ais_fronts_find(const ais_system *system, const ais_perf_options *perf_options,
                    const ais_place_options *place_options, size_t max_points, const ais_ctx *ctx,
                    ais_fronts **out, ais_error **err)
{
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    ais_arena *arena = ais_arena_new();
    AIS_AUTO(ais_fronts) fronts = ais_arena_alloc(arena, sizeof *fronts);
    fronts->arena = arena;
    ais__front_finder finder = {.system = system,
                                .perf_options = perf_options,
                                .place_options = place_options,
                                .ctx = ctx,
                                .max_points = max_points > 0 ? max_points : DEFAULT_POINTS,
                                .scratch = scratch,
                                .arena = arena};
    const double limit_s = ais_place_time_limit_s(place_options);
    if (find_all(&finder, limit_s, fronts, err) < 0) {
        drop_points(&finder);
        return -1;
    }
    *out = fronts;
    fronts = NULL;
    return 0;
}
