/* Placements by the way: the local search over open types, from what the relaxation would open and from changes of
 * the best at random. */
#include <math.h>

#include "place/branch.h"

/* Which type a layer opens is drawn by how much of it the relaxation opens. */
static void draw_types(ais__branch *branch, ais_placement *into)
{
    const ais_perf *perf = branch->perf;
    const ais_system *system = perf->system;
    for (size_t l = 0; l < system->layer_count; l++) {
        const ais_system_layer *layer = &system->layers[l];
        double drawn = ais_random_uniform(&branch->types.random);
        for (size_t k = 0; k < layer->resource_count; k++) {
            const size_t r = layer->first_resource + k;
            const double share = branch->relax->open_mean[r];
            into->count[r] = !perf->is_function[r] && drawn >= 0 && drawn < share ? 1 : 0;
            drawn = drawn < share ? -1 : drawn - share;
            if ((perf->rules & AIS_RULE_ONE_TYPE) == 0)
                drawn = ais_random_uniform(&branch->types.random);
        }
    }
}

void ais__branch_guess(ais__branch *branch, bool kick, size_t fills, uint64_t looks)
{
    ais__types *types = &branch->types;
    bool begun;
    if (kick && types->cost < (double)INFINITY) {
        begun = ais__types_kick(types, 1 + (size_t)ais_random_below(&types->random, 3));
    } else {
        draw_types(branch, branch->scratch);
        begun = ais__types_begin_with(types, branch->scratch);
    }
    if (begun && ais__types_descend(types, fills, looks) &&
        types->cost < atomic_load(&branch->search->cost))
        ais__search_offer(branch->search, types->best);
    branch->guesses++;
}
