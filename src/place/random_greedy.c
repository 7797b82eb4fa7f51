/* Random greedy: random types that cover, components placed by prices, counts lowered; many times over. */
#include "place/starts.h"

#include <math.h>

#include "place/types.h"

enum { STARTS = 26, ITERATIONS = 100 };

static double run(ais__search *search, size_t number, uint64_t seed, ais_placement *best)
{
    AIS_SCOPED(ais__types) t;
    ais__types_init(&t, search, seed);
    const size_t iterations = ais__starts_or(search->options->iterations, ITERATIONS);
    for (size_t i = 0; i < iterations && !ais__search_stop(search); i++) {
        if (!ais__types_begin(&t, number + i))
            continue;
        ais__types_close_some(&t);
        if (!ais__greedy_fill(&t.greedy, t.effort.passes, false))
            continue;
        ais__greedy_shrink(&t.greedy, &(ais__effort){.passes = 0});
        if (t.greedy.cost < t.cost) {
            t.cost = t.greedy.cost;
            ais_placement_copy(search->perf->system, best, t.greedy.best);
        }
    }
    return t.cost;
}

static void solve(ais__search *search)
{
    ais__starts_run(search, ais__starts_or(search->options->starts, STARTS), run);
}

const ais__place_method ais__place_random_greedy = {
    .name = "random-greedy",
    .solve = solve,
};
