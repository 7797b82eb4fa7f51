/* Simulated annealing over all moves of the neighbourhood.
 * Source: Kirkpatrick, Gelatt and Vecchi, Optimization by Simulated Annealing, Science 220 (1983). */
#include "place/starts.h"

#include <math.h>

#include "place/neighbourhood.h"

enum { STARTS = 4, ITERATIONS = 40000, LOOK_EVERY = 32 };
/* First and last temperature as shares of the cost of where it starts. */
static const double first_share = 0.05, last_share = 1e-5;

static void anneal(ais__search *search, ais__neighbourhood *n)
{
    const ais_place_options *options = search->options;
    const size_t iterations = ais__starts_or(options->iterations, ITERATIONS);
    double value = ais__neighbourhood_value(n);
    double heat = options->temperature > 0 ? options->temperature : first_share * value;
    const double cooling = options->cooling > 0
                               ? options->cooling
                               : pow(last_share * value / heat, 1 / (double)iterations);
    for (size_t i = 0; i < iterations; i++) {
        heat *= i > 0 ? cooling : 1;
        if (i % LOOK_EVERY == 0 && ais__search_stop(search))
            return;
        if (!ais__neighbourhood_move(n))
            continue;
        const double next = ais__neighbourhood_value(n);
        if (next <= value || ais_random_uniform(&n->random) < exp((value - next) / heat))
            value = next;
        else
            ais__neighbourhood_undo(n);
    }
}

static double run(ais__search *search, size_t number, uint64_t seed, ais_placement *best)
{
    return ais__neighbourhood_start(search, number, seed, best, anneal);
}

static void solve(ais__search *search)
{
    ais__starts_run(search, ais__starts_or(search->options->starts, STARTS), run);
}

const ais__place_method ais__place_annealing = {
    .name = "annealing",
    .solve = solve,
};
