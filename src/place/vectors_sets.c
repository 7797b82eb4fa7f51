/* Sets of open types: courses of all components side by side in flat arrays, and cuts.
 *
 * A cut is what a bound by multipliers leaves when counts are kept as variables: for multipliers u >= 0 every
 * allowed assignment has cost >= sum over components of min (cost + u * load) - u * counts, because loads stay
 * below counts. One refuted vector so refutes others of its set without a search. */
#include <math.h>
#include <string.h>

#include "place/vectors.h"

enum { SLOTS_FIRST = 1024, CUTS_MAX = 24, BYTES_MAX = 24 << 20 };

void ais__set_table_init(ais__set_table *table, const ais__facts *facts)
{
    *table = (ais__set_table){.facts = facts, .arena = ais_arena_new(), .slot_count = SLOTS_FIRST};
    table->slots = ais_alloc(table->slot_count * sizeof(ais__set *));
    table->screen = ais_alloc(3 * AIS__OPEN_MAX * sizeof(double));
    table->screen_at = ais_alloc((facts->system->part_count + 1) * sizeof(uint32_t));
    ais__course_table_init(&table->courses, facts);
}

void ais__set_table_clear(ais__set_table *table)
{
    ais__course_table_clear(&table->courses);
    ais_arena_free(table->arena);
    free(table->slots);
    free(table->screen);
    free(table->screen_at);
    *table = (ais__set_table){.facts = NULL};
}

bool ais__set_table_is_large(const ais__set_table *table)
{
    return ais_arena_used(table->arena) + ais_arena_used(table->courses.arena) > BYTES_MAX;
}

static void grow_table(ais__set_table *table)
{
    const size_t slot_count = table->slot_count * 2;
    ais__set **slots = ais_alloc(slot_count * sizeof *slots);
    for (size_t i = 0; i < table->slot_count; i++)
        while (table->slots[i] != NULL) {
            ais__set *set = table->slots[i];
            table->slots[i] = set->next;
            ais__set **slot = &slots[ais__machines_hash(&set->open) % slot_count];
            set->next = *slot;
            *slot = set;
        }
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
}

/* Open types are dimensions. */
static void list_machines(const ais__facts *facts, ais_arena *arena, ais__set *set)
{
    set->machines = ais_arena_alloc(arena, (2 * facts->group_count + 1) * sizeof(size_t));
    for (size_t i = 0; i < AIS_COUNT(set->open.words); i++)
        for (uint64_t bits = set->open.words[i]; bits != 0; bits &= bits - 1)
            set->machines[set->machine_count++] = i * 64 + (size_t)__builtin_ctzll(bits);
    set->dimension_count = set->machine_count;
}

/* Behind a load for each open type, a memory for those where it matters. */
static void find_dimensions(const ais__facts *facts, ais__set *set, size_t *dimension_of,
                            size_t *memory_of)
{
    for (size_t k = 0; k < set->machine_count; k++) {
        const size_t m = set->machines[k];
        dimension_of[m] = k;
        memory_of[m] = AIS_SYSTEM_NONE;
        if (!facts->memory_matters[m])
            continue;
        memory_of[m] = set->dimension_count;
        set->machines[set->dimension_count++] = m;
    }
}

/* Bits by dimension of the list, as bits by dimension of the set. */
static uint64_t bits_of(uint64_t bits, const ais__courses *list, const size_t *dimension_of)
{
    uint64_t out = 0;
    for (; bits != 0; bits &= bits - 1)
        out |= (uint64_t)1 << dimension_of[list->machines[__builtin_ctzll(bits)]];
    return out;
}

static void copy_course(const ais__facts *facts, ais__set *set, const ais__courses *list,
                        const ais__course *course, size_t s, const size_t *dimension_of,
                        const size_t *memory_of)
{
    double *load = set->load + s * set->dimension_count;
    double *factor = set->factor + s * set->machine_count;
    for (size_t k = 0; k < list->machine_count; k++) {
        const size_t m = list->machines[k];
        load[dimension_of[m]] = course->load[k];
        factor[dimension_of[m]] = course->factor[k];
        if (memory_of[m] != AIS_SYSTEM_NONE)
            load[memory_of[m]] = course->load[list->machine_count + k] /
                                 facts->perf->memory_bytes[facts->resource_of[m]];
    }
    set->courses[s] = course;
    set->fixed_s[s] = course->fixed_s;
    set->cost[s] = course->cost;
    set->used[s] = bits_of(course->used, list, dimension_of);
    set->alone[s] = bits_of(course->alone, list, dimension_of);
    set->side[s] = (unsigned char)course->side;
    set->once[s] = course->once;
    set->any_fitted |= course->fitted_count > 0;
}

/* Least delays of what leaves a component over its edges on limited paths. */
static void fill_leave(const ais__facts *facts, ais__set *set, size_t component)
{
    const ais_system_component *c = &facts->system->components[component];
    for (size_t e = 0; e < c->edge_count; e++) {
        const size_t slot = facts->slot_of[c->first_edge + e];
        if (slot == AIS_SYSTEM_NONE)
            continue;
        for (size_t s = set->first[component]; s < set->first[component] + set->count[component];
             s++)
            if (set->courses[s]->stops != NULL)
                set->leave_s[s * facts->slot_count + slot] = ais__facts_transfer_least_s(
                    facts, set->courses[s]->deployment, set->courses[s]->stops, e);
    }
}

static void fill_set(ais__set_table *table, ais__set *set, const ais__courses *const *lists)
{
    const ais__facts *facts = table->facts;
    const size_t components = facts->system->component_count;
    ais_arena *arena = table->arena;
    AIS_FREE size_t *dimension_of = ais_alloc((facts->machine_count + 1) * sizeof(size_t));
    AIS_FREE size_t *memory_of = ais_alloc((facts->machine_count + 1) * sizeof(size_t));
    find_dimensions(facts, set, dimension_of, memory_of);
    set->least_cost = 0;
    set->first = ais_arena_alloc(arena, components * sizeof(size_t));
    set->count = ais_arena_alloc(arena, components * sizeof(size_t));
    for (size_t i = 0; i < components; i++) {
        set->first[i] = set->course_count;
        set->count[i] = lists[i]->count;
        set->course_count += lists[i]->count;
        set->least_cost += lists[i]->least_cost;
    }
    const size_t n = set->course_count;
    set->courses = ais_arena_alloc(arena, n * sizeof(ais__course *));
    set->load = ais_arena_alloc(arena, n * set->dimension_count * sizeof(double));
    set->factor = ais_arena_alloc(arena, n * set->machine_count * sizeof(double));
    set->fixed_s = ais_arena_alloc(arena, n * sizeof(double));
    set->cost = ais_arena_alloc(arena, n * sizeof(double));
    set->used = ais_arena_alloc(arena, n * sizeof(uint64_t));
    set->alone = ais_arena_alloc(arena, n * sizeof(uint64_t));
    set->side = ais_arena_alloc(arena, n);
    set->once = ais_arena_alloc(arena, n * sizeof(uint64_t));
    set->leave_s = ais_arena_alloc(arena, n * facts->slot_count * sizeof(double));
    for (size_t i = 0; i < components; i++) {
        for (size_t k = 0; k < lists[i]->count; k++)
            copy_course(facts, set, lists[i], &lists[i]->items[k], set->first[i] + k, dimension_of,
                        memory_of);
        fill_leave(facts, set, i);
    }
}

ais__set *ais__set_table_make(ais__set_table *table, const ais__machines *open, const bool *present)
{
    ais__set *set = ais_arena_alloc(table->arena, sizeof *set);
    set->open = *open;
    set->present = present;
    list_machines(table->facts, table->arena, set);
    return set;
}

ais__set *ais__set_table_get(ais__set_table *table, const ais__machines *open)
{
    const uint64_t hash = ais__machines_hash(open);
    for (ais__set *set = table->slots[hash % table->slot_count]; set != NULL; set = set->next)
        if (ais__machines_equal(&set->open, open))
            return set;
    if (++table->count > table->slot_count)
        grow_table(table);
    ais__set *set = ais__set_table_make(table, open, NULL);
    ais__set **slot = &table->slots[hash % table->slot_count];
    set->next = *slot;
    *slot = set;
    return set;
}

void ais__set_most_counts(const ais__facts *facts, const ais__set *set, size_t *counts)
{
    for (size_t m = 0; m < set->machine_count; m++)
        counts[m] = facts->perf->count_max[facts->resource_of[set->machines[m]]];
}

void ais__set_fill(ais__set_table *table, ais__set *set)
{
    static const ais__course nothing = {.side = AIS__EDGE | AIS__CLOUD | AIS__MIXED};
    static const ais__courses absent = {.items = &nothing, .count = 1};
    const size_t components = table->facts->system->component_count;
    AIS_FREE const ais__courses **lists = ais_alloc(components * sizeof(ais__courses *));
    set->filled = true;
    for (size_t i = 0; i < components && !set->dead && !set->incomplete; i++) {
        lists[i] = set->present == NULL || set->present[i]
                       ? ais__course_table_get(&table->courses, i, &set->open)
                       : &absent;
        set->incomplete |= lists[i]->incomplete;
        set->dead = lists[i]->count == 0 && !lists[i]->incomplete;
    }
    if (!set->dead && !set->incomplete)
        fill_set(table, set, lists);
}

void ais__set_keep_cut(ais__set_table *table, ais__set *set, double least,
                       const double *multipliers)
{
    ais__cut *cut;
    if (set->cut_count < CUTS_MAX) {
        set->cuts = set->cuts != NULL ? set->cuts
                                      : ais_arena_alloc(table->arena, CUTS_MAX * sizeof *set->cuts);
        cut = &set->cuts[set->cut_count++];
        cut->multipliers = ais_arena_alloc(table->arena, set->machine_count * sizeof(double));
    } else {
        cut = &set->cuts[set->next_cut++ % CUTS_MAX];
    }
    cut->least = least;
    memcpy(cut->multipliers, multipliers, set->machine_count * sizeof(double));
}

void ais__set_add_cut(ais__set_table *table, ais__set *set, const double *multipliers)
{
    const size_t dimensions = set->dimension_count, machines = set->machine_count;
    double least = 0;
    for (size_t i = 0; i < table->facts->system->component_count; i++) {
        double lowest = INFINITY;
        for (size_t s = set->first[i]; s < set->first[i] + set->count[i]; s++) {
            double sum = set->cost[s];
            for (size_t d = 0; d < machines; d++)
                sum += multipliers[d] * set->load[s * dimensions + d];
            lowest = sum < lowest ? sum : lowest;
        }
        least += lowest;
    }
    ais__set_keep_cut(table, set, least, multipliers);
}

double ais__set_cut_bound(const ais__set *set, const size_t *counts)
{
    double bound = set->least_cost;
    for (size_t c = 0; c < set->cut_count; c++) {
        double value = set->cuts[c].least;
        for (size_t m = 0; m < set->machine_count; m++)
            value -= set->cuts[c].multipliers[m] * (double)counts[m];
        bound = value > bound ? value : bound;
    }
    return bound;
}
