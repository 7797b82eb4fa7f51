/* The load that a system bears under its best placement at each rate.
 *
 * An interval is borne when one placement bears all of it: one of those seen before, one that the most favourable
 * case allows, or one that a search in the least favourable case finds. It is refuted when the most favourable
 * case is proven to have none. Machines cost nothing here, so that searches take all of a resource or none (as_one
 * of perf.h), which leaves far fewer choices. Several placements together cover what none of them bears alone, by
 * halving. */
#include <math.h>

#include "place/load_priv.h"

enum { KEPT_PLACEMENTS = 64, MAX_DOUBLINGS = 10 };

typedef struct many {
    const ais_system *system;
    ais_perf_options perf_options;
    ais_place_options place_options;
    const ais_ctx *ctx;
    double end_s; /* on the monotonic clock */
    bool stopped;
    ais_placement *kept[KEPT_PLACEMENTS]; /* the latest first */
    size_t kept_count;
    double *machines; /* by resource: as many as there may be */
    ais_perf_scratch *scratch;
    ais_load_interval *refuted;
    size_t refuted_count, refuted_capacity;
} many;

static void keep(many *m, const ais_placement *placement)
{
    if (m->kept_count == KEPT_PLACEMENTS)
        ais_placement_free(m->kept[--m->kept_count]);
    for (size_t i = m->kept_count++; i > 0; i--)
        m->kept[i] = m->kept[i - 1];
    m->kept[0] = ais_placement_dup(m->system, placement);
}

static bool out_of_time(void *state)
{
    many *m = state;
    m->stopped |= m->ctx->monotonic_s(m->ctx) >= m->end_s;
    return m->stopped;
}

static int compile(const many *m, ais_bound bound, bool pooled, double from_rps, double to_rps,
                   ais_perf **out, ais_error **err)
{
    ais_perf_options options = m->perf_options;
    options.bound = bound;
    if (pooled)
        options.as_one = m->machines;
    options.rate_rps = from_rps;
    options.rate_to_rps = to_rps;
    return ais_perf_new(m->system, &options, out, err);
}

/* All machines of what is used; of a fitted model as many as make it fastest. */
static void unpool(const many *m, const ais_perf *perf, ais_placement *placement)
{
    const ais_system *system = m->system;
    for (size_t r = 0; r < system->resource_count; r++)
        placement->count[r] = placement->count[r] > 0 ? perf->count_max[r] : 0;
    for (size_t p = 0; p < system->part_count; p++) {
        const size_t o = placement->option[p];
        if (o >= system->option_count || perf->response_s[o] == NULL)
            continue;
        size_t *count = &placement->count[system->options[o].resource];
        for (size_t n = *count; n > 0; n--)
            if (perf->response_s[o][n - 1] < perf->response_s[o][*count - 1])
                *count = n;
    }
}

/* Is there any placement under this bound? The one found is kept, with counts that suit `perf`. */
static int search(many *m, const ais_perf *perf, ais_place_status *status, ais_error **err)
{
    AIS_AUTO(ais_perf) pooled = NULL;
    AIS_AUTO(ais_place_result) result = NULL;
    ais_place_options options = m->place_options;
    *status = AIS_PLACE_UNKNOWN;
    if (out_of_time(m))
        return 0;
    if (compile(m, perf->bound, true, perf->function_from_rps, perf->function_to_rps, &pooled,
                err) < 0)
        return -1;
    options.time_limit_s = m->end_s - m->ctx->monotonic_s(m->ctx);
    options.first_only = true;
    options.first = NULL; /* those that are kept were asked before */
    if (ais_place_solve(pooled, &options, m->ctx, &result, err) < 0)
        return -1;
    m->stopped |= result->interrupted || result->timed_out;
    *status = result->status;
    if (result->best != NULL) {
        unpool(m, perf, result->best);
        keep(m, result->best);
    }
    return 0;
}

static bool is_allowed(many *m, const ais_perf *perf, const ais_placement *placement)
{
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(perf, placement, m->scratch, &result);
    return result.violations == 0;
}

static bool any_kept_is_allowed(many *m, const ais_perf *perf)
{
    for (size_t i = 0; i < m->kept_count; i++)
        if (is_allowed(m, perf, m->kept[i]))
            return true;
    return false;
}

static void refute(many *m, double from_rps, double to_rps)
{
    m->refuted =
        ais_grow(m->refuted, &m->refuted_capacity, m->refuted_count + 1, sizeof *m->refuted);
    m->refuted[m->refuted_count++] = (ais_load_interval){from_rps, to_rps, AIS_LOAD_INFEASIBLE};
}

/* Intervals have their ends: with one that is refuted none is borne as a whole. */
static bool touches_refuted(const many *m, double from_rps, double to_rps)
{
    for (size_t i = m->refuted_count; i-- > 0;)
        if (from_rps <= m->refuted[i].to_rps && to_rps >= m->refuted[i].from_rps)
            return true;
    return false;
}

static int judge_many(void *state, double from_rps, double to_rps, ais_load_verdict *out,
                      ais_error **err)
{
    many *m = state;
    AIS_AUTO(ais_perf) worst = NULL;
    AIS_AUTO(ais_perf) best = NULL;
    ais_place_status status = AIS_PLACE_UNKNOWN;
    *out = AIS_LOAD_FEASIBLE;
    if (compile(m, AIS_BOUND_WORST, false, from_rps, to_rps, &worst, err) < 0 ||
        compile(m, AIS_BOUND_BEST, false, from_rps, to_rps, &best, err) < 0)
        return -1;
    if (any_kept_is_allowed(m, worst))
        return 0;
    /* A placement known to be allowed at best needs no search: nothing would be refuted. */
    if (!any_kept_is_allowed(m, best)) {
        if (search(m, best, &status, err) < 0)
            return -1;
        if (status == AIS_PLACE_INFEASIBLE) {
            *out = AIS_LOAD_INFEASIBLE;
            refute(m, from_rps, to_rps);
            return 0;
        }
        if (any_kept_is_allowed(m, worst))
            return 0;
    }
    if (!touches_refuted(m, from_rps, to_rps) && search(m, worst, &status, err) < 0)
        return -1;
    if (!any_kept_is_allowed(m, worst))
        *out = AIS_LOAD_UNDECIDED;
    return 0;
}

/* Is everything from one rate to the other refuted? */
static int look_beyond(many *m, double to_rps, double most_rps, bool *refuted, ais_error **err)
{
    AIS_AUTO(ais_perf) best = NULL;
    ais_place_status status = AIS_PLACE_UNKNOWN;
    if (compile(m, AIS_BOUND_BEST, false, to_rps, most_rps, &best, err) < 0)
        return -1;
    if (any_kept_is_allowed(m, best))
        return 0;
    if (search(m, best, &status, err) < 0)
        return -1;
    *refuted = status == AIS_PLACE_INFEASIBLE;
    return 0;
}

/* Double the rate until everything beyond is refuted. */
static int find_upper_end(many *m, double *out, ais_error **err)
{
    const double most_rps = ais__load_most(m->system, &m->perf_options);
    double to_rps = most_rps / (1 << MAX_DOUBLINGS);
    bool refuted = false;
    while (!refuted && to_rps < most_rps && !out_of_time(m)) {
        if (look_beyond(m, to_rps, most_rps, &refuted, err) < 0)
            return -1;
        to_rps *= refuted ? 1 : 2;
    }
    if (refuted)
        refute(m, to_rps, most_rps);
    *out = to_rps < most_rps ? to_rps : most_rps;
    return 0;
}

static int walk(many *m, const ais_load_options *options, ais_load_result **out, ais_error **err)
{
    const ais__load_judge judge = {.judge = judge_many, .stop = out_of_time, .state = m};
    double to_rps = options->to_rps;
    if (to_rps == 0 && find_upper_end(m, &to_rps, err) < 0)
        return -1;
    const double from_rps = ais__load_from(options, to_rps);
    if (ais__load_check(options, from_rps, to_rps, err) < 0 ||
        ais__load_walk(&judge, from_rps, to_rps, ais__load_precision(options, to_rps), out, err) <
            0)
        return -1;
    (*out)->complete &= !m->stopped;
    return 0;
}

static double *count_machines(const ais_system *system, const ais_perf_options *options,
                              ais_arena *arena)
{
    double *machines = ais_arena_alloc(arena, (system->resource_count + 1) * sizeof *machines);
    for (size_t r = 0; r < system->resource_count; r++) {
        const bool function = system->layers[system->resources[r].layer].kind == AIS_LAYER_FAAS;
        const size_t number = function ? 1 : system->resources[r].number;
        const size_t most = options->count_max != NULL ? options->count_max[r] : number;
        machines[r] = fmax((double)(number < most ? number : most), 1);
    }
    return machines;
}

int ais_load_of_system(const ais_system *system, const ais_perf_options *perf_options,
                       const ais_load_options *options, const ais_place_options *place_options,
                       const ais_ctx *ctx, ais_load_result **out, ais_error **err)
{
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const double limit_s = ais_place_time_limit_s(place_options);
    many m = {.system = system,
              .perf_options = *perf_options,
              .place_options = *place_options,
              .ctx = ctx,
              .end_s = ctx->monotonic_s(ctx) + limit_s,
              .machines = count_machines(system, perf_options, arena),
              .scratch = scratch};
    m.perf_options.current = NULL; /* cost has no say */
    if (place_options->first != NULL)
        keep(&m, place_options->first);
    const int status = walk(&m, options, out, err);
    for (size_t i = 0; i < m.kept_count; i++)
        ais_placement_free(m.kept[i]);
    free(m.refuted);
    return status;
}
