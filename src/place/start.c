/* A good placement quickly: what the exact engines begin with, and the heuristics. */
#include "place/search.h"

#include "place/types.h"

/* Of a round: sets of types placed, and prices looked at, of which there are about 100 in a microsecond. */
enum { FILLS = 200, LOOKS_MIN = 8000, LOOKS_LARGE = 1000000, LOOKS_MAX = 20000000, EXTRA = 3 };

/* A small system is soon decided by the exact engines: there, a start that is not found at once is in the way. */
static uint64_t looks_for(const ais_system *system)
{
    const uint64_t options = system->option_count, looks = options * options / 2;
    return looks < LOOKS_MIN ? LOOKS_MIN : looks > LOOKS_MAX ? LOOKS_MAX : looks;
}

bool ais__place_start(ais__search *search, uint64_t seed, size_t rounds)
{
    AIS_SCOPED(ais__types) types;
    ais__types_init(&types, search, seed);
    const uint64_t looks = looks_for(search->perf->system);
    bool placed = false;
    /* On large systems a few rounds more while no placement is allowed at all. */
    for (size_t i = 0;
         i < rounds + (placed || looks < LOOKS_LARGE ? 0 : EXTRA) && !ais__search_stop(search);
         i++) {
        if (!ais__types_begin(&types, i) || !ais__types_descend(&types, FILLS, looks))
            continue;
        placed = true;
        if (types.cost < types.cost_below)
            ais__search_offer(search, types.best);
    }
    return types.cost < types.cost_below;
}
