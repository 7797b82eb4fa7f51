/* The methods, in the order of --help. A new one is one file and one row here. */
#include "place/registry.h"

const ais__place_method *const ais__place_methods[] = {
    &ais__place_exact,     &ais__place_local_search, &ais__place_tabu,
    &ais__place_annealing, &ais__place_genetic,      &ais__place_random_greedy,
    &ais__place_branching, &ais__place_reference,    NULL,
};
const size_t ais__place_method_count = AIS_COUNT(ais__place_methods) - 1;
