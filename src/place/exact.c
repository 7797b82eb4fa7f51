/* The method "exact": which of the two engines suits a system. Walking through all vectors of types and counts wins
 * as long as there are not too many of them; branching starts from a bound over all of them at once. */
#include <math.h>

#include "place/search.h"

enum { START_ROUNDS = 1, COMPONENTS_MAX = 40 };
static const double sets_max = 1e5;

/* How many sets of types there are. */
static double count_sets(const ais_perf *perf)
{
    const ais_system *system = perf->system;
    const bool one_type = (perf->rules & AIS_RULE_ONE_TYPE) != 0;
    double product = 1;
    for (size_t l = 0; l < system->layer_count; l++) {
        const ais_system_layer *layer = &system->layers[l];
        double sum = 1, mixed = 1;
        for (size_t k = 0; k < layer->resource_count; k++) {
            const bool allowed = perf->count_max[layer->first_resource + k] > 0;
            sum += allowed;
            mixed *= allowed ? 2 : 1;
        }
        if (layer->kind != AIS_LAYER_FAAS)
            product *= one_type ? sum : mixed;
    }
    return product;
}

static bool is_small(const ais_perf *perf)
{
    return perf->system->component_count <= COMPONENTS_MAX && count_sets(perf) <= sets_max;
}

static void solve(ais__search *search)
{
    ais__place_start(search, search->options->seed, START_ROUNDS);
    /* Without a placement, and no price that one must be below, there may be none. */
    if (!(atomic_load(&search->cost) < (double)INFINITY) && !ais__search_stop(search) &&
        ais__place_refute(search))
        return;
    if (ais__search_stop(search))
        return;
    if (is_small(search->perf))
        ais__place_vectors(search);
    if (!search->complete && !ais__search_stop(search)) /* too large, or given up */
        ais__place_branch(search);
}

const ais__place_method ais__place_exact = {
    .name = "exact",
    .solve = solve,
    .proves = true,
};
