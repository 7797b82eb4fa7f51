/* Is anything allowed at all? More machines and more open types never hurt, so it is enough to look at one type per
 * group, each with all its machines: if none of these sets allows anything, nothing is allowed. Types are decided
 * group by group, and components looked at as soon as all they can use is decided: what fails early fails for all
 * types of later groups. (Fitted models may be slower with more machines; sets with them are refuted at the models'
 * best, or stay in question.) */
#include <math.h>

#include "place/vectors.h"

enum { SETS_MAX = 20000, NODES_MAX = 20000, SCREEN_STEPS = 60, DOUBTS_MAX = 4 };

typedef struct inspection {
    const ais__facts *facts;
    ais__set_table *sets;
    ais__solver *solver;
    ais__search *search;
    ais_arena *arena;
    const bool **present; /* by number of groups decided: components that need no other */
    bool *grows;          /* by number of groups decided: more components than before */
    size_t looked_at, doubts;
    bool found;
} inspection;

/* Components whose parts may only run on types of the first groups (and on functions). */
static void find_present(inspection *n)
{
    const size_t components = n->facts->system->component_count;
    ais__machines decided = {.words = {0}};
    for (size_t g = 0; g <= n->facts->group_count; g++) {
        bool *present = ais_arena_alloc(n->arena, components);
        for (size_t i = 0; i < components; i++) {
            const ais__machines both = ais__machines_common(&n->facts->reach[i], &decided);
            present[i] = ais__machines_equal(&both, &n->facts->reach[i]);
            n->grows[g] |= present[i] && (g == 0 || !n->present[g - 1][i]);
        }
        n->present[g] = present;
        const ais__group *group = &n->facts->groups[g];
        for (size_t k = 0; g < n->facts->group_count && k < group->type_count; k++)
            if (group->types[k].machine != AIS_SYSTEM_NONE)
                ais__machines_add(&decided, group->types[k].machine);
    }
}

static ais__answer probe(inspection *n, const ais__machines *open, size_t decided)
{
    const bool whole = decided == n->facts->group_count;
    ais__set *set = whole ? ais__set_table_get(n->sets, open)
                          : ais__set_table_make(n->sets, open, n->present[decided]);
    size_t counts[AIS__OPEN_MAX];
    ais__set_most_counts(n->facts, set, counts);
    n->looked_at++;
    if (!ais__set_screen(n->sets, set, counts, 0, (double)INFINITY, SCREEN_STEPS))
        return AIS__NO;
    ais__set_fill(n->sets, set);
    if (set->dead)
        return AIS__NO;
    if (set->incomplete)
        return AIS__PERHAPS;
    const ais__answer answer =
        ais__solver_probe(n->solver, set, counts, 0, (double)INFINITY, NODES_MAX);
    if (answer == AIS__YES)
        ais__search_offer(n->search, n->solver->best);
    return answer;
}

static void drop_sets(inspection *n)
{
    if (!ais__set_table_is_large(n->sets))
        return;
    ais__set_table_clear(n->sets);
    ais__set_table_init(n->sets, n->facts);
}

/* Is everything refuted that has the types in `open` in its first groups? Depth: the number of groups. */
static bool is_refuted(inspection *n, const ais__machines *open, size_t decided)
{
    if (ais__search_stop(n->search) || n->looked_at > SETS_MAX || n->doubts > DOUBTS_MAX)
        return false;
    drop_sets(n);
    const bool whole = decided == n->facts->group_count;
    if (n->grows[decided] || whole) {
        const ais__answer answer = probe(n, open, decided);
        if (answer == AIS__NO)
            return true;
        n->found |= answer == AIS__YES;
        n->doubts += whole;
        if (whole)
            return false;
    }
    const ais__group *group = &n->facts->groups[decided];
    if (group->type_count == 1) /* nothing */
        return is_refuted(n, open, decided + 1);
    bool all = true;
    for (size_t k = 0; k < group->type_count && !n->found; k++) {
        ais__machines more = *open;
        if (group->types[k].machine == AIS_SYSTEM_NONE)
            continue;
        ais__machines_add(&more, group->types[k].machine);
        all &= is_refuted(n, &more, decided + 1);
    }
    return all && !n->found;
}

bool ais__place_refute(ais__search *search)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais__facts facts;
    if (!ais__facts_make(&facts, search->perf, arena))
        return false;
    ais__set_table sets;
    ais__set_table_init(&sets, &facts);
    AIS_AUTO(ais__solver) solver = ais__solver_new(&facts, search);
    const size_t levels = facts.group_count + 1;
    inspection n = {.facts = &facts,
                    .sets = &sets,
                    .solver = solver,
                    .search = search,
                    .arena = arena,
                    .present = ais_arena_alloc(arena, levels * sizeof(bool *)),
                    .grows = ais_arena_alloc(arena, levels)};
    find_present(&n);
    const ais__machines nothing = {.words = {0}};
    const bool refuted = is_refuted(&n, &nothing, 0);
    ais__search_count(search, "sets of types looked at", n.looked_at);
    ais__set_table_clear(&sets);
    if (refuted)
        ais__search_complete(search);
    return refuted;
}
