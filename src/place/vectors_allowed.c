/* Is anything allowed at all? More machines and more open types never hurt, so it is enough to look at one type per
 * group, each with all its machines: if none of these sets allows anything, nothing is allowed. (Fitted models may
 * be slower with more machines; sets with them are refuted at the models' best, or stay in question.) */
#include <math.h>

#include "place/vectors.h"

enum { SETS_MAX = 20000, NODES_MAX = 20000, SCREEN_STEPS = 60 };

/* Types of a group, each once, those with nothing left out. */
typedef struct group_types {
    size_t *machines;
    size_t count;
} group_types;

static double list_types(const ais__facts *facts, ais_arena *arena, group_types *types)
{
    double product = 1;
    for (size_t g = 0; g < facts->group_count; g++) {
        const ais__group *group = &facts->groups[g];
        types[g].machines = ais_arena_alloc(arena, group->choice_count * sizeof(size_t));
        for (size_t c = 0; c < group->choice_count; c++) {
            bool seen = group->choices[c].machine == AIS_SYSTEM_NONE;
            for (size_t k = 0; k < types[g].count && !seen; k++)
                seen = types[g].machines[k] == group->choices[c].machine;
            if (!seen)
                types[g].machines[types[g].count++] = group->choices[c].machine;
        }
        if (types[g].count > 0)
            product *= (double)types[g].count;
    }
    return product;
}

/* The next combination of one type per group. False: that was the last. */
static bool advance(const group_types *types, size_t group_count, size_t *at)
{
    for (size_t g = 0; g < group_count; g++) {
        if (++at[g] < types[g].count)
            return true;
        at[g] = 0;
    }
    return false;
}

static ais__answer probe(ais__set_table *sets, ais__solver *solver, ais__search *search,
                         const ais__machines *open)
{
    ais__set *set = ais__set_table_get(sets, open);
    size_t counts[AIS__OPEN_MAX];
    for (size_t m = 0; m < set->machine_count; m++)
        counts[m] = sets->facts->perf->count_max[sets->facts->resource_of[set->machines[m]]];
    if (!ais__set_screen(sets, set, counts, 0, (double)INFINITY, SCREEN_STEPS))
        set->dead = true;
    if (!set->dead && !set->filled)
        ais__set_fill(sets, set);
    if (set->dead)
        return AIS__NO;
    const ais__answer answer = ais__solver_probe(solver, set, 0, (double)INFINITY, NODES_MAX);
    if (answer == AIS__NO)
        set->dead = true;
    if (answer == AIS__YES)
        ais__search_offer(search, solver->best);
    return answer;
}

ais__answer ais__vectors_allowed(ais__set_table *sets, ais__solver *solver, ais__search *search,
                                 uint64_t *nodes)
{
    const ais__facts *facts = sets->facts;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    group_types *types = ais_arena_alloc(arena, (facts->group_count + 1) * sizeof *types);
    size_t *at = ais_arena_alloc(arena, (facts->group_count + 1) * sizeof *at);
    if (list_types(facts, arena, types) > SETS_MAX)
        return AIS__PERHAPS;
    bool certain = true;
    do {
        ais__machines open = {.words = {0}};
        for (size_t g = 0; g < facts->group_count; g++)
            if (types[g].count > 0)
                ais__machines_add(&open, types[g].machines[at[g]]);
        const ais__answer answer = probe(sets, solver, search, &open);
        *nodes += solver->node_count;
        if (answer == AIS__YES)
            return AIS__YES;
        certain &= answer == AIS__NO;
        if (ais__search_stop(search))
            return AIS__PERHAPS;
    } while (advance(types, facts->group_count, at));
    return certain ? AIS__NO : AIS__PERHAPS;
}
