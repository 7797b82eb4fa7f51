/* place/neighbourhood - random changes of a placement, and taking them back.
 *
 * Moves (a table): a part to another option, a component to another deployment, all of a type to another type of
 * its layer or to another layer, a type dropped, a machine more or less, functions to machines and back. At most one
 * type of a layer is in use, as long as the rule is on; other rules may break: the value of a placement is its
 * cost plus a penalty for its excess.
 * Layer: within place. Threads: one each. */
#ifndef AIS_PLACE_NEIGHBOURHOOD_H
#define AIS_PLACE_NEIGHBOURHOOD_H
#include "base/random.h"
#include "place/cover.h"
#include "place/search.h"

typedef struct ais__neighbourhood {
    const ais_perf *perf;
    ais_perf_state *state;
    ais__cover cover; /* its slots only */
    ais_random random;
    double penalty;      /* of an excess of 1 */
    size_t *parts_on;    /* by resource */
    size_t *type_in_use; /* by slot: the resource; AIS_SYSTEM_NONE */
    size_t leaving;      /* the resource that a move empties; AIS_SYSTEM_NONE */
    size_t *scratch;     /* parts, or options of a chain */
    size_t *touched;     /* components that the last move changed; may repeat */
    size_t touched_count;
    struct ais__undo *undo;
    size_t undo_count, undo_capacity;
    size_t *old_options;
    size_t old_count, old_capacity;
    ais_placement *best; /* the cheapest allowed one seen by ais__neighbourhood_value() */
    double cost;         /* of best; INFINITY: none */
    ais_arena *arena;
} ais__neighbourhood;

void ais__neighbourhood_init(ais__neighbourhood *neighbourhood, const ais_perf *perf,
                             uint64_t seed);
void ais__neighbourhood_clear(ais__neighbourhood *neighbourhood);
/* Go to a placement; it must be complete. */
void ais__neighbourhood_set(ais__neighbourhood *neighbourhood, const ais_placement *placement);
/* Change it at random. Returns false when the move that came up does not apply; then nothing changed. */
bool ais__neighbourhood_move(ais__neighbourhood *neighbourhood);
/* Take the last move back. */
void ais__neighbourhood_undo(ais__neighbourhood *neighbourhood);
/* Cost plus penalty; an allowed placement that is the cheapest so far is kept as best. */
double ais__neighbourhood_value(ais__neighbourhood *neighbourhood);
/* A number for where a component lies now. */
uint64_t ais__neighbourhood_hash(const ais__neighbourhood *neighbourhood, size_t component);
/* One start of a method that walks: the placement of that number, `walk`, the best on the way into `best`. Returns
 * its cost; INFINITY: none. */
double ais__neighbourhood_start(ais__search *search, size_t number, uint64_t seed,
                                ais_placement *best,
                                void (*walk)(ais__search *search, ais__neighbourhood *n));
#endif
