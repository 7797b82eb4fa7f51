/* place/starts - independent starts of a heuristic on several threads, the same answer on any number of them.
 *
 * Every start has a seed made from its number; what they find is offered in the order of their numbers, so that
 * of two that cost the same the same one wins.
 * Layer: within place. */
#ifndef AIS_PLACE_STARTS_H
#define AIS_PLACE_STARTS_H
#include "base/random.h"
#include "place/search.h"

/* One start: write the best allowed placement into `best` and return its cost; INFINITY: none found. */
typedef double (*ais__start_run)(ais__search *search, size_t number, uint64_t seed,
                                 ais_placement *best);
void ais__starts_run(ais__search *search, size_t count, ais__start_run run);
/* The option when it is given, else the default. */
size_t ais__starts_or(size_t given, size_t otherwise);
#endif
