/* A good placement quickly: what the exact engines begin with, and the heuristics. */
#include "place/search.h"

#include "place/types.h"

/* Of a round: sets of types placed, and prices looked at, of which there are about 100 in a microsecond. */
enum { FILLS = 200, LOOKS = 20000000, EXTRA = 3 };

bool ais__place_start(ais__search *search, uint64_t seed, size_t rounds)
{
    AIS_SCOPED(ais__types) types;
    ais__types_init(&types, search, seed);
    bool placed = false;
    /* A few rounds more while no placement is allowed at all. */
    for (size_t i = 0; i < rounds + (placed ? 0 : EXTRA) && !ais__search_stop(search); i++) {
        if (!ais__types_begin(&types, i) || !ais__types_descend(&types, FILLS, LOOKS))
            continue;
        placed = true;
        if (types.cost < types.cost_below)
            ais__search_offer(search, types.best);
    }
    return types.cost < types.cost_below;
}
