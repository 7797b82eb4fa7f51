/* The cost of the optimum at rates up to the largest that is borne. */
#include <math.h>

#include "place/front_priv.h"
#include "place/load.h"

enum { LOAD_POINTS = 24 };                 /* at most: each is a solve of its own */
static const double load_precision = 1e-3; /* of the system's rate */

/* The largest rate that is certified; in half of the time there is. NAN when there is none. */
static int find_most(const ais__front_finder *finder, double rate_rps, double *out, ais_error **err)
{
    AIS_AUTO(ais_load_result) loads = NULL;
    ais_place_options options = *finder->place_options;
    const double left_s = finder->end_s - finder->ctx->monotonic_s(finder->ctx);
    options.time_limit_s = fmax(left_s / 2, 0.001);
    const ais_load_options asked = {.precision_rps = load_precision * rate_rps};
    if (ais_load_of_system(finder->system, finder->perf_options, &asked, &options, finder->ctx,
                           &loads, err) < 0)
        return -1;
    *out = loads->max_rps;
    return 0;
}

/* Nothing is added where nothing is allowed. */
static int add_rate(ais__front_finder *finder, ais_front *front, double rate_rps, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_place_result) result = NULL;
    ais_perf_options options = *finder->perf_options;
    options.rate_rps = rate_rps;
    const ais_placement *last =
        finder->count > 0 ? finder->points[finder->count - 1].placement : NULL;
    if (ais_perf_new(finder->system, &options, &perf, err) < 0 ||
        ais__front_solve(finder, perf, last, &result, err) < 0)
        return -1;
    if (result->status != AIS_PLACE_OPTIMAL && result->status != AIS_PLACE_INFEASIBLE)
        front->complete = false;
    if (result->best != NULL)
        ais__front_add(finder, rate_rps, result->cost, result->bound, result->best);
    return 0;
}

int ais__front_trace_load(ais__front_finder *finder, ais_front *front, ais_error **err)
{
    const size_t points = finder->max_points < LOAD_POINTS ? finder->max_points : LOAD_POINTS;
    double most_rps = (double)NAN;
    front->complete = true;
    if (find_most(finder, front->limit, &most_rps, err) < 0)
        return -1;
    /* From the largest down: a placement that bears more mostly bears less, and is a start. */
    for (size_t i = points; i > 0 && !isnan(most_rps); i--) {
        const double rate_rps = most_rps * (double)i / (double)points;
        if (finder->ctx->monotonic_s(finder->ctx) >= finder->end_s)
            front->complete = false;
        else if (add_rate(finder, front, rate_rps, err) < 0)
            return -1;
    }
    ais__front_take(finder, front);
    return 0;
}
