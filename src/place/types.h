/* place/types - local search over which resource types are open, a greedy placement within.
 *
 * What is paid for is fixed costs of few types, so the set of open types is what matters: a neighbour closes one,
 * opens one, swaps the type of a layer, or does two of these at once. Neighbours that could not be cheaper, do
 * not cover all components or were seen are skipped without a placement.
 * Layer: within place. Threads: one each. */
#ifndef AIS_PLACE_TYPES_H
#define AIS_PLACE_TYPES_H
#include "place/greedy.h"
#include "place/search.h"

typedef struct ais__types {
    ais__search *search;
    ais__greedy greedy;
    ais_random random;
    ais_placement *best; /* the cheapest of all; cost INFINITY: none */
    double cost;
    double cost_below; /* look only for cheaper ones */
    size_t *choice;    /* open type by slot, of `best` */
    size_t *chosen;    /* of the local optimum at hand */
    ais_placement *chosen_best;
    double chosen_cost;
    bool moves_only; /* neighbours are not placed anew */
    bool kicked;     /* the open set is one near that of the best */
    double *least_s; /* by part: least time on machines */
    uint64_t *seen;  /* hashes of sets that were filled; 0: free */
    size_t seen_count, seen_capacity;
    size_t fills, last_fill; /* sets that were filled; how many may be */
    ais__effort effort;
    struct ais__types_change *changes;
    size_t change_count, change_capacity;
    ais_arena *arena;
} ais__types;

void ais__types_init(ais__types *types, ais__search *search, uint64_t seed);
void ais__types_clear(ais__types *types);
/* Open a set that covers all components; `round` 0: the types that most can run on, else random ones. */
bool ais__types_begin(ais__types *types, size_t round);
/* Close slots at random, up to all that are not needed to cover. */
void ais__types_close_some(ais__types *types);
/* Open what a placement uses, and what is missing. */
bool ais__types_begin_with(ais__types *types, const ais_placement *placement);
/* Begin (round 0: with the first placement of the options, when there is one) and place once; what comes out may
 * break rules. Borrowed; NULL: nothing covers all components. */
const ais_placement *ais__types_place(ais__types *types, size_t round, bool close_some);
/* Open the set of the best with `changes` slots changed at random, what is missing mended. */
bool ais__types_kick(ais__types *types, size_t changes);
/* From the open set: place, close what can be closed, lower counts, go to cheaper neighbours while there are
 * any, at most `fills` sets were filled and `looks` prices looked at. Improves `best`. Returns whether a placement
 * was found. */
bool ais__types_descend(ais__types *types, size_t fills, uint64_t looks);
/* Descend from the open set, then kick and descend from the best again until `looks` prices were looked at. */
bool ais__types_search(ais__types *types, size_t fills, uint64_t looks);
/* Rounds of that from several sets of types, and a few more while no placement is allowed at all. Returns whether
 * `best` is cheaper than `cost_below`. */
bool ais__types_start(ais__types *types, size_t rounds);
/* Is it too large to place everything anew for each neighbour? */
bool ais__types_is_large(const ais__types *types);

/* Steps of these. An allowed placement on the open set, or on one near to it; returns whether there is one. */
bool ais__types_approach(ais__types *types);
/* Are the fills or looks of a descent spent, or is it time to stop? */
bool ais__types_is_spent(const ais__types *types);
void ais__types_open_random(ais__types *types, size_t slot);
void ais__types_open_chosen(ais__types *types, const size_t *choice);
#endif
