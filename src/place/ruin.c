/* Ruin and recreate: part of a placement is taken up and put down anew; see greedy.h.
 * Source: Schrimpf, Schneider, Stamm-Wilbrandt and Dueck, Record Breaking Optimization Results Using the Ruin and
 *         Recreate Principle, Journal of Computational Physics 159 (2000). */
#include "place/greedy.h"

#include <math.h>

static const double first_weight = 2, weight_step = 1.02, heat = 0.001;
enum { MOST = 4 }; /* components taken up at once */

static size_t pick(const ais__greedy *g, ais_random *random, size_t *picked)
{
    const ais_system *s = g->cover.perf->system;
    const size_t wanted = 1 + (size_t)ais_random_below(random, MOST);
    size_t count = 0;
    for (size_t tries = 0; count < wanted && tries < 2 * wanted; tries++) {
        const size_t c = (size_t)ais_random_below(random, s->component_count);
        bool is_new = true;
        for (size_t i = 0; i < count; i++)
            is_new = is_new && picked[i] != c;
        if (is_new)
            picked[count++] = c;
    }
    return count;
}

/* Put down what was taken up, at prices of its own. Returns whether all of it found a place. */
static bool recreate(ais__greedy *g, ais_random *random, const size_t *picked, size_t count)
{
    const double load_price = g->load_price;
    for (size_t i = 0; i < count; i++)
        ais__greedy_take_up(g, picked[i]);
    g->load_price *= exp(6 * ais_random_uniform(random) - 4);
    g->blink = ais_random_below(random, 2) == 0 ? random : NULL;
    bool placed = true;
    for (size_t i = 0; i < count && placed; i++)
        placed = ais__greedy_put_down(g, picked[i], true);
    g->load_price = load_price;
    g->blink = NULL;
    return placed;
}

/* Cost and excess of a placement weighed against each other; the weight moves so that placements go to and fro
 * over the border of what is allowed, on which the good ones lie.
 * Source: Glover, Heuristics for Integer Programming Using Surrogate Constraints, Decision Sciences 8 (1977):
 *         strategic oscillation. */
typedef struct walk {
    double cost, excess; /* of where it is */
    double weight;       /* of excess */
    double heat;         /* how much worse it may become */
} walk;

static bool walk_on(walk *w, const ais__greedy *g, ais_random *random)
{
    const double worse = g->present_cost - w->cost + w->weight * (g->excess - w->excess);
    if (!(worse <= 0) && !(worse < -w->heat * log(1 - ais_random_uniform(random))))
        return false;
    w->cost = g->present_cost;
    w->excess = g->excess;
    return true;
}

bool ais__greedy_ruin(ais__greedy *g, ais_random *random, size_t tries)
{
    const ais_system *s = g->cover.perf->system;
    size_t picked[MOST];
    if (g->cost < (double)INFINITY)
        ais__greedy_load(g, g->best);
    else if (!(g->excess < (double)INFINITY))
        return false;
    ais_placement_copy(s, g->held, g->placement);
    ais__greedy_judge_present(g);
    walk w = {.cost = g->present_cost, .excess = g->excess, .weight = first_weight * g->money};
    for (size_t i = 0; i < tries; i++) {
        w.heat = heat * w.cost * (double)(tries - i) / (double)tries;
        bool moved = recreate(g, random, picked, pick(g, random, picked));
        if (moved)
            ais__greedy_judge_present(g);
        moved = moved && walk_on(&w, g, random);
        w.weight *= w.excess > 0 ? weight_step : 1 / weight_step;
        if (moved)
            ais_placement_copy(s, g->held, g->placement);
        else
            ais__greedy_load(g, g->held);
    }
    g->excess = w.excess;
    return g->cost < (double)INFINITY;
}
