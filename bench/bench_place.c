/* What the methods of placement find: bench_place LAMBDA METHOD FILE... prints a row "method file cost seconds"
 * for each file, `start` being the greedy start that exact methods begin with (its least time of REPEATS).
 * bench_place.py sets them beside the public program's. */
#include <stdio.h>
#include <stdlib.h>

#include "base/context.h"
#include "place/read.h"
#include "place/search.h"

enum { REPEATS = 5 };

static double start_once(const ais_perf *perf, const ais_ctx *ctx, double *cost)
{
    const ais_place_options options = {.time_limit_s = 60, .threads = 1};
    AIS_SCOPED(ais__search) search;
    const double from_s = ctx->monotonic_s(ctx);
    ais__search_init(&search, perf, &options, ctx);
    ais__place_start(&search, 1, 1);
    *cost = atomic_load(&search.cost);
    return ctx->monotonic_s(ctx) - from_s;
}

static int solve(const ais_perf *perf, const char *method, const ais_ctx *ctx, double *cost,
                 double *time_s, ais_error **err)
{
    if (!ais_str_equal(method, "start")) {
        AIS_AUTO(ais_place_result) result = NULL;
        const ais_place_options options = {.method = method, .threads = 1};
        if (ais_place_solve(perf, &options, ctx, &result, err) < 0)
            return -1;
        *cost = result->cost;
        *time_s = result->time_s;
        return 0;
    }
    for (size_t i = 0; i < REPEATS; i++) {
        const double once_s = start_once(perf, ctx, cost);
        *time_s = i == 0 || once_s < *time_s ? once_s : *time_s;
    }
    return 0;
}

static int bench(double rate_rps, const char *method, const char *path, const ais_ctx *ctx,
                 ais_error **err)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_system) system = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    const ais_perf_options options = {.semantics = AIS_SEMANTICS_CPP, .rate_rps = rate_rps};
    double cost = 0, time_s = 0;
    if (ais_system_read(path, diags, &system) < 0)
        return ais_diags_fail(diags, err);
    if (ais_perf_new(system, &options, &perf, err) < 0 ||
        solve(perf, method, ctx, &cost, &time_s, err) < 0)
        return -1;
    printf("%s %s %.6f %.6f\n", method, path, cost, time_s);
    fflush(stdout);
    return 0;
}

int main(int count, char **words)
{
    const ais_ctx ctx = ais_ctx_default();
    AIS_AUTO(ais_error) err = NULL;
    for (int i = 3; i < count; i++)
        if (bench(strtod(words[1], NULL), words[2], words[i], &ctx, &err) < 0) {
            fprintf(stderr, "bench: %s\n", ais_error_get_message(err));
            return 1;
        }
    return 0;
}
