/* Descents from several sets, and on large systems kicks between them; see types.h. */
#include "place/types.h"

#include <math.h>

/* A kick changes at most so many types. Prices looked at for each component: by the first descent, by one after a
 * kick. */
enum { CHANGES_MAX = 3, FIRST_LOOKS = 200000, KICK_LOOKS = 60000 };
/* A start: sets of types placed in a round; prices looked at, of which there are 70 to 100 in a microsecond; rounds
 * more while no placement is allowed at all, from LOOKS_EXTRA on. */
enum {
    FILLS = 200,
    LOOKS_MIN = 8000,
    LOOKS_EXTRA = 1000000,
    LOOKS_MAX = 20000000,
    LARGE_LOOKS = 50000000,
    EXTRA = 3
};
enum { LARGE = 40 }; /* components */

bool ais__types_is_large(const ais__types *t)
{
    return t->search->perf->system->component_count > LARGE;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

bool ais__types_search(ais__types *t, size_t fills, uint64_t looks)
{
    const uint64_t size = t->search->perf->system->component_count;
    const uint64_t end = smaller(looks, UINT64_MAX - t->greedy.looks) + t->greedy.looks;
    const bool found = ais__types_descend(t, fills, smaller(looks, FIRST_LOOKS * size));
    while (t->cost < (double)INFINITY && t->greedy.looks < end && !ais__search_stop(t->search)) {
        const size_t changes = 1 + (size_t)ais_random_below(&t->random, CHANGES_MAX);
        if (ais__types_kick(t, changes))
            ais__types_descend(t, fills, smaller(end - t->greedy.looks, KICK_LOOKS * size));
        t->greedy.looks += size; /* so that this ends */
    }
    return found;
}

/* A small system is soon decided by the exact engines: there, a start that is not found at once is in the way. */
static uint64_t looks_for(const ais_system *system)
{
    const uint64_t options = system->option_count, looks = options * options / 2;
    return looks < LOOKS_MIN ? LOOKS_MIN : smaller(looks, LOOKS_MAX);
}

bool ais__types_start(ais__types *t, size_t rounds)
{
    const bool large = ais__types_is_large(t);
    const uint64_t looks = large ? LARGE_LOOKS : looks_for(t->search->perf->system);
    bool placed = false;
    for (size_t i = 0;
         i < rounds + (placed || looks < LOOKS_EXTRA ? 0 : EXTRA) && !ais__search_stop(t->search);
         i++)
        if (!large)
            placed |= ais__types_begin(t, i) && ais__types_descend(t, FILLS, looks);
        else if (t->cost < (double)INFINITY ? ais__types_kick(t, 1) : ais__types_begin(t, i))
            placed |= ais__types_search(t, FILLS, looks);
    return t->cost < t->cost_below;
}
