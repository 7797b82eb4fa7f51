/* A good placement quickly: what the exact engines begin with, and the heuristics. */
#include "place/search.h"

#include "place/types.h"

enum { FILLS = 60 }; /* sets of types placed in a round */

bool ais__place_start(ais__search *search, uint64_t seed, size_t rounds)
{
    AIS_SCOPED(ais__types) types;
    ais__types_init(&types, search, seed);
    bool found = false;
    for (size_t i = 0; i < rounds && !ais__search_stop(search); i++)
        if (ais__types_begin(&types, i) && ais__types_descend(&types, FILLS)) {
            found = types.cost < types.cost_below;
            if (found)
                ais__search_offer(search, types.best);
        }
    return found;
}
