/* Iterated local search over sets of open types: descend, change some types at random, descend again. */
#include "place/starts.h"

#include <math.h>

#include "place/types.h"

enum { STARTS = 8, KICKS = 20, FILLS = 400, LOOKS = 200000000 };

static double run(ais__search *search, size_t number, uint64_t seed, ais_placement *best)
{
    AIS_SCOPED(ais__types) types;
    ais__types_init(&types, search, seed);
    types.effort.ruins = 100;
    types.effort.polish = 300;
    const size_t kicks = ais__starts_or(search->options->iterations, KICKS);
    const ais_placement *first = number == 0 ? search->options->first : NULL;
    bool found =
        (first != NULL ? ais__types_begin_with(&types, first) : ais__types_begin(&types, number)) &&
        ais__types_descend(&types, FILLS, LOOKS);
    for (size_t i = 0; i < kicks && !ais__search_stop(search); i++) {
        const size_t changes = 1 + (size_t)ais_random_below(&types.random, 3);
        if (found ? ais__types_kick(&types, changes) : ais__types_begin(&types, number + i + 1))
            found |= ais__types_descend(&types, FILLS, LOOKS / 10);
    }
    if (types.cost < (double)INFINITY)
        ais_placement_copy(search->perf->system, best, types.best);
    return types.cost;
}

static void solve(ais__search *search)
{
    ais__starts_run(search, ais__starts_or(search->options->starts, STARTS), run);
}

const ais__place_method ais__place_local_search = {
    .name = "local-search",
    .solve = solve,
};
