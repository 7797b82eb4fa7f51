/* The first allowed placement of a descent: components move, and types are swapped for what breaks rules. */
#include "place/types.h"

#include <math.h>

/* A slot and a type of it that is not open: of some that a component which breaks rules could run on, the one that
 * is fastest for it; now and then any one. */
static bool find_remedy(ais__types *t, size_t *slot, size_t *type)
{
    enum { CANDIDATES = 4, TRIES = 40, ANY_EVERY = 8 };
    const ais__greedy *g = &t->greedy;
    const ais_system *s = t->search->perf->system;
    double least = (double)INFINITY;
    size_t seen = 0;
    const bool any = ais_random_below(&t->random, ANY_EVERY) == 0;
    for (size_t i = 0; i < TRIES && seen < CANDIDATES; i++) {
        const size_t p = (size_t)ais_random_below(&t->random, s->part_count);
        if (!any && !ais__greedy_is_guilty(g, s->parts[p].component))
            continue;
        const size_t o = s->parts[p].first_option +
                         (size_t)ais_random_below(&t->random, s->parts[p].option_count);
        const size_t r = s->options[o].resource, its = g->cover.slot_of[r];
        if (!t->search->perf->usable[o] || its == AIS_SYSTEM_NONE || g->cover.count[r] > 0)
            continue;
        seen++;
        if (t->search->perf->time_s[o] / t->least_s[p] >= least)
            continue;
        least = t->search->perf->time_s[o] / t->least_s[p];
        *slot = its;
        for (size_t k = 0; k < g->cover.slots[its].type_count; k++)
            *type = g->cover.slots[its].types[k] == r ? k : *type;
    }
    return seen > 0;
}

/* Another type in a slot, and the placement moved in; back when it is no nearer to an allowed one. */
static void approach_by_type(ais__types *t, ais_placement *nearest, double *least)
{
    ais__greedy *g = &t->greedy;
    const ais_system *s = t->search->perf->system;
    size_t slot = 0, type = AIS_SYSTEM_NONE;
    if (!find_remedy(t, &slot, &type))
        return;
    const size_t open = g->cover.slots[slot].open;
    ais__cover_open(&g->cover, slot, type);
    if (g->cover.slots[slot].open != open && ais__cover_missing(&g->cover) == 0 &&
        ais__greedy_move_in(g, nearest, &t->random, 0)) {
        ais__greedy_ruin(g, &t->random, s->component_count / 2 + 10, true);
        if (g->excess < *least) {
            *least = g->excess;
            ais_placement_copy(s, nearest, g->placement);
            return;
        }
    }
    ais__cover_open(&g->cover, slot, open);
}

/* An allowed placement on the open set, or on one near to it: components move, types are swapped as long as that
 * brings the placement nearer to an allowed one. */
bool ais__types_approach(ais__types *t)
{
    ais__greedy *g = &t->greedy;
    const ais_system *s = t->search->perf->system;
    t->fills++;
    /* A kick of a large system leaves what it does not concern. */
    if (t->kicked && ais__types_is_large(t) && ais__greedy_move_in(g, t->best, &t->random, 0) &&
        ais__greedy_ruin(g, &t->random, s->component_count, true))
        return true;
    if (ais__greedy_fill(g, 2 * t->effort.passes, false))
        return true;
    if (!(g->excess < (double)INFINITY))
        return false;
    AIS_AUTO(ais_placement) nearest = ais_placement_dup(s, g->placement);
    for (double least = g->excess, before = (double)INFINITY; !ais__types_is_spent(t); t->fills++) {
        const bool worth_it = least < 0.9 * before; /* else other types are needed */
        before = least;
        if (worth_it) {
            if (ais__greedy_move_in(g, nearest, &t->random, 0))
                ais__greedy_ruin(g, &t->random, 2 * s->component_count, true);
            if (g->excess < least)
                ais_placement_copy(s, nearest, g->placement);
            least = fmin(least, g->excess);
        }
        if (g->cost < (double)INFINITY)
            return true;
        approach_by_type(t, nearest, &least);
        if (g->cost < (double)INFINITY)
            return true;
    }
    return false;
}
