/* Ruin and recreate: part of a placement is taken up and put down anew; see greedy.h.
 * Source: Schrimpf, Schneider, Stamm-Wilbrandt and Dueck, Record Breaking Optimization Results Using the Ruin and
 *         Recreate Principle, Journal of Computational Physics 159 (2000). */
#include "place/greedy.h"

#include <math.h>

static const double first_weight = 2, weight_step = 1.02, heat = 0.001;
enum {
    MOST = 4, /* components taken up at once */
    LOOKED_FOR = 8,
};

bool ais__greedy_is_guilty(const ais__greedy *g, size_t component)
{
    const ais_perf *perf = g->cover.perf;
    if (g->result.component_s[component] > perf->local_limit_s[component])
        return true;
    for (size_t i = g->cover.first_path[component]; i < g->cover.first_path[component + 1]; i++)
        if (g->result.path_s[g->cover.paths[i]] > perf->path_limit_s[g->cover.paths[i]])
            return true;
    const ais_system_deployment *d =
        &perf->system->deployments[g->placement->deployment[component]];
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++) {
        const size_t r = perf->system->options[g->placement->option[p]].resource;
        if (!perf->is_function[r] && g->load[r] >= (double)g->cover.count[r])
            return true;
    }
    return false;
}

/* Do they lie on one resource? */
static bool meet(const ais__greedy *g, size_t a, size_t b)
{
    const ais_system *s = g->cover.perf->system;
    const ais_system_deployment *x = &s->deployments[g->placement->deployment[a]],
                                *y = &s->deployments[g->placement->deployment[b]];
    for (size_t p = x->first_part; p < x->first_part + x->part_count; p++)
        for (size_t q = y->first_part; q < y->first_part + y->part_count; q++)
            if (s->options[g->placement->option[p]].resource ==
                s->options[g->placement->option[q]].resource)
                return true;
    return false;
}

/* A component at random: for a while one is looked for that breaks rules, or that lies with another one. */
static size_t pick_one(const ais__greedy *g, ais_random *random, const size_t *with)
{
    const ais_system *s = g->cover.perf->system;
    const bool any = ais_random_below(random, 2) == 0;
    size_t c = 0;
    for (size_t i = 0; i < LOOKED_FOR; i++) {
        c = (size_t)ais_random_below(random, s->component_count);
        if (any ||
            (with != NULL ? meet(g, c, *with) : g->excess <= 0 || ais__greedy_is_guilty(g, c)))
            break;
    }
    return c;
}

/* Components to take up, at most MOST. */
static size_t pick(const ais__greedy *g, ais_random *random, size_t *picked)
{
    const size_t wanted = 1 + (size_t)ais_random_below(random, MOST);
    size_t count = 0;
    for (size_t tries = 0; count < wanted && tries < 2 * wanted; tries++) {
        const size_t c = pick_one(g, random, count > 0 ? picked : NULL);
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

bool ais__greedy_ruin(ais__greedy *g, ais_random *random, size_t tries, bool until_allowed)
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
    for (size_t i = 0; i < tries && g->looks < g->last_look; i++) {
        if (until_allowed && g->cost < (double)INFINITY)
            break;
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

static bool lies_open(const ais__greedy *g, size_t component)
{
    const ais_system *s = g->cover.perf->system;
    const ais_system_deployment *d = &s->deployments[g->placement->deployment[component]];
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
        if (g->cover.count[s->options[g->placement->option[p]].resource] == 0)
            return false;
    return true;
}

bool ais__greedy_move_in(ais__greedy *g, const ais_placement *placement, ais_random *random,
                         double share)
{
    const ais_system *s = g->cover.perf->system;
    ais__greedy_list_open(g);
    ais__greedy_load(g, placement);
    g->cost = g->excess = (double)INFINITY;
    bool placed = true;
    for (size_t i = 0; i < s->component_count && placed; i++) {
        const size_t c = s->order[i];
        if (lies_open(g, c) && ais_random_uniform(random) >= share)
            continue;
        g->blink = share > 0 ? random : NULL;
        ais__greedy_take_up(g, c);
        placed = ais__greedy_put_down(g, c, false);
        g->blink = NULL;
    }
    if (placed)
        ais__greedy_judge_present(g);
    return placed;
}
