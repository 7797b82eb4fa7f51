/* A good placement quickly: what the exact engines begin with, and the heuristics. */
#include "place/search.h"

#include "place/types.h"

bool ais__place_start(ais__search *search, uint64_t seed, size_t rounds)
{
    AIS_SCOPED(ais__types) types;
    ais__types_init(&types, search, seed);
    const bool found = ais__types_start(&types, rounds);
    if (found)
        ais__search_offer(search, types.best);
    return found;
}
