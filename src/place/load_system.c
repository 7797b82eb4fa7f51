/* The load that a system bears under its best placement at each rate.
 *
 * An interval is borne when one placement bears all of it: one of those seen before, one that the most favourable
 * case allows, or one that a search in the least favourable case finds. It is refuted when the most favourable
 * case is proven to have none. Several placements together cover what none of them bears alone, by halving. */
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
    ais_perf_scratch *scratch;
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

static int compile(const many *m, ais_bound bound, double from_rps, double to_rps, ais_perf **out,
                   ais_error **err)
{
    ais_perf_options options = m->perf_options;
    options.bound = bound;
    options.rate_rps = from_rps;
    options.rate_to_rps = to_rps;
    return ais_perf_new(m->system, &options, out, err);
}

/* Is there any placement under this bound? The one found is kept. */
static int search(many *m, const ais_perf *perf, ais_place_status *status, ais_error **err)
{
    AIS_AUTO(ais_place_result) result = NULL;
    ais_place_options options = m->place_options;
    *status = AIS_PLACE_UNKNOWN;
    if (out_of_time(m))
        return 0;
    options.time_limit_s = m->end_s - m->ctx->monotonic_s(m->ctx);
    options.first_only = true;
    options.first = m->kept_count > 0 ? m->kept[0] : NULL;
    if (ais_place_solve(perf, &options, m->ctx, &result, err) < 0)
        return -1;
    m->stopped |= result->interrupted || result->timed_out;
    *status = result->status;
    if (result->best != NULL)
        keep(m, result->best);
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

static int judge_many(void *state, double from_rps, double to_rps, ais_load_verdict *out,
                      ais_error **err)
{
    many *m = state;
    AIS_AUTO(ais_perf) worst = NULL;
    AIS_AUTO(ais_perf) best = NULL;
    ais_place_status status = AIS_PLACE_UNKNOWN;
    *out = AIS_LOAD_FEASIBLE;
    if (compile(m, AIS_BOUND_WORST, from_rps, to_rps, &worst, err) < 0 ||
        compile(m, AIS_BOUND_BEST, from_rps, to_rps, &best, err) < 0)
        return -1;
    if (any_kept_is_allowed(m, worst))
        return 0;
    /* A placement known to be allowed at best needs no search: nothing would be refuted. */
    if (!any_kept_is_allowed(m, best)) {
        if (search(m, best, &status, err) < 0)
            return -1;
        if (status == AIS_PLACE_INFEASIBLE) {
            *out = AIS_LOAD_INFEASIBLE;
            return 0;
        }
        if (any_kept_is_allowed(m, worst))
            return 0;
    }
    if (search(m, worst, &status, err) < 0)
        return -1;
    if (status != AIS_PLACE_FEASIBLE && status != AIS_PLACE_OPTIMAL)
        *out = AIS_LOAD_UNDECIDED;
    return 0;
}

/* Double the rate until everything beyond is refuted. */
static int find_upper_end(many *m, double *out, ais_error **err)
{
    const double most_rps = ais__load_most(m->system, &m->perf_options);
    double to_rps = most_rps / (1 << MAX_DOUBLINGS);
    for (; to_rps < most_rps && !out_of_time(m); to_rps *= 2) {
        AIS_AUTO(ais_perf) best = NULL;
        ais_place_status status = AIS_PLACE_UNKNOWN;
        if (compile(m, AIS_BOUND_BEST, to_rps, most_rps, &best, err) < 0)
            return -1;
        if (any_kept_is_allowed(m, best))
            continue;
        if (search(m, best, &status, err) < 0)
            return -1;
        if (status == AIS_PLACE_INFEASIBLE)
            break;
    }
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

int ais_load_of_system(const ais_system *system, const ais_perf_options *perf_options,
                       const ais_load_options *options, const ais_place_options *place_options,
                       const ais_ctx *ctx, ais_load_result **out, ais_error **err)
{
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    const double limit_s = place_options->time_limit_s > 0 ? place_options->time_limit_s : 60;
    many m = {.system = system,
              .perf_options = *perf_options,
              .place_options = *place_options,
              .ctx = ctx,
              .end_s = ctx->monotonic_s(ctx) + limit_s,
              .scratch = scratch};
    m.perf_options.current = NULL; /* cost has no say */
    if (place_options->first != NULL)
        keep(&m, place_options->first);
    const int status = walk(&m, options, out, err);
    for (size_t i = 0; i < m.kept_count; i++)
        ais_placement_free(m.kept[i]);
    return status;
}
