/* Local search over sets of open types; see types.h. */
#include "place/types.h"

#include <math.h>

/* One or two slots with the type that they get. */
typedef struct ais__types_change {
    size_t slot[2], type[2], count;
    double bound; /* no placement on it is cheaper */
} change;

static const double not_far = 1.3;
static const double near = 1.05; /* what costs less than this times the best is polished */
static const ais__effort counts_alone = {.passes = 0};
static const uint64_t seen_moved =
    0x5bd1e9955bd1e995;                /* marks sets on which only some components moved */
static const double least_gain = 1e-9; /* relative; less is rounding */

static void *zeroes(ais__types *t, size_t count, size_t size)
{
    return ais_arena_alloc(t->arena, count * size + 1);
}

void ais__types_init(ais__types *t, ais__search *search, uint64_t seed)
{
    *t = (ais__types){
        .search = search,
        .cost = (double)INFINITY,
        .cost_below =
            search->options->cost_below > 0 ? search->options->cost_below : (double)INFINITY,
        .effort = {.passes = 6, .ruins = 30, .polish = 100, .exchanges = 10, .hopeful = 0.5},
        .arena = ais_arena_new()};
    ais__greedy_init(&t->greedy, search->perf);
    ais_random_init(&t->random, seed);
    t->effort.random = &t->random;
    t->best = ais_placement_new(search->perf->system);
    t->chosen_best = ais_placement_new(search->perf->system);
    t->choice = zeroes(t, t->greedy.cover.slot_count, sizeof *t->choice);
    t->chosen = zeroes(t, t->greedy.cover.slot_count, sizeof *t->chosen);
}

void ais__types_clear(ais__types *t)
{
    ais__greedy_clear(&t->greedy);
    ais_placement_free(t->best);
    ais_placement_free(t->chosen_best);
    free(t->seen);
    free(t->changes);
    ais_arena_free(t->arena);
    *t = (ais__types){.search = NULL};
}

/* --- what was seen --- */

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t hash_open(const ais__cover *cover)
{
    uint64_t hash = 1;
    for (size_t i = 0; i < cover->slot_count; i++)
        if (cover->slots[i].open != AIS_SYSTEM_NONE)
            hash ^= mix(cover->slots[i].types[cover->slots[i].open] + 1);
    return hash != 0 ? hash : 1;
}

static bool insert(uint64_t *table, size_t capacity, uint64_t hash)
{
    size_t i = (size_t)hash & (capacity - 1);
    while (table[i] != 0 && table[i] != hash)
        i = (i + 1) & (capacity - 1);
    const bool is_new = table[i] == 0;
    table[i] = hash;
    return is_new;
}

/* Returns whether the open set is new. */
static bool note_seen(ais__types *t)
{
    if (2 * t->seen_count >= t->seen_capacity) {
        const size_t capacity = t->seen_capacity > 0 ? 4 * t->seen_capacity : 256;
        uint64_t *table = ais_alloc(capacity * sizeof *table);
        for (size_t i = 0; i < t->seen_capacity; i++)
            if (t->seen[i] != 0)
                insert(table, capacity, t->seen[i]);
        free(t->seen);
        t->seen = table;
        t->seen_capacity = capacity;
    }
    const uint64_t hash = hash_open(&t->greedy.cover) ^ (t->moves_only ? seen_moved : 0);
    const bool is_new = insert(t->seen, t->seen_capacity, hash != 0 ? hash : 1);
    t->seen_count += is_new;
    return is_new;
}

/* --- opening --- */

static double type_price(const ais__types *t, size_t slot, size_t type)
{
    const ais_perf *perf = t->search->perf;
    if (type == AIS_SYSTEM_NONE)
        return 0;
    const size_t r = t->greedy.cover.slots[slot].types[type];
    return ais_perf_price(perf, r, 1) - ais_perf_price(perf, r, 0);
}

void ais__types_open_chosen(ais__types *t, const size_t *choice)
{
    for (size_t i = 0; i < t->greedy.cover.slot_count; i++)
        if (t->greedy.cover.slots[i].open != choice[i])
            ais__cover_open(&t->greedy.cover, i, choice[i]);
}

static void read_open(const ais__types *t, size_t *choice)
{
    for (size_t i = 0; i < t->greedy.cover.slot_count; i++)
        choice[i] = t->greedy.cover.slots[i].open;
}

/* --- descending --- */

bool ais__types_is_spent(const ais__types *t)
{
    return t->fills >= t->last_fill || t->greedy.looks >= t->greedy.last_look ||
           ais__search_stop(t->search);
}

/* Keep what the greedy has when it is cheaper than the local optimum at hand, and than the best. */
static bool keep(ais__types *t)
{
    if (!(t->greedy.cost < t->chosen_cost * (1 - least_gain)))
        return false;
    t->chosen_cost = t->greedy.cost;
    read_open(t, t->chosen);
    ais_placement_copy(t->search->perf->system, t->chosen_best, t->greedy.best);
    if (t->greedy.cost < t->cost && t->greedy.cost < t->cost_below) {
        t->cost = t->greedy.cost;
        ais_placement_copy(t->search->perf->system, t->best, t->greedy.best);
        read_open(t, t->choice);
        /* At once only where no other thread may have offered another placement of the same cost. */
        if (t->search->options->threads <= 1 || t->search->options->first_only)
            ais__search_offer(t->search, t->best);
    }
    return true;
}

/* Close slots one by one, dearest first, while components still fit. The greedy's best stays allowed. */
static void close_dearest(ais__types *t)
{
    ais__greedy *g = &t->greedy;
    const ais_system *s = t->search->perf->system;
    AIS_AUTO(ais_placement) last = ais_placement_dup(s, g->best);
    double cost = g->cost;
    for (size_t i = 0; i < s->resource_count && !ais__types_is_spent(t); i++) {
        const size_t r = g->dearest[i], slot = g->cover.slot_of[r];
        if (slot == AIS_SYSTEM_NONE || g->cover.count[r] == 0)
            continue;
        const size_t type = g->cover.slots[slot].open;
        ais__cover_open(&g->cover, slot, AIS_SYSTEM_NONE);
        if (last->count[r] == 0)
            continue; /* nothing runs on it anyway */
        ais__greedy_load(g, last);
        t->fills++;
        const bool fits =
            ais__cover_missing(&g->cover) == 0 && ais__greedy_fill(g, t->effort.passes, true);
        if (fits)
            ais__greedy_shrink(g, &counts_alone);
        if (fits && g->cost < cost) {
            ais_placement_copy(s, last, g->best);
            cost = g->cost;
        } else {
            ais__cover_open(&g->cover, slot, type);
        }
    }
    ais_placement_copy(s, g->best, last);
    g->cost = cost;
}

static void add_change(ais__types *t, const change *c)
{
    if (!(c->bound < t->chosen_cost * (1 - least_gain)) || !(c->bound < t->cost_below))
        return;
    t->changes = ais_grow(t->changes, &t->change_capacity, t->change_count + 1, sizeof *t->changes);
    t->changes[t->change_count++] = *c;
}

static void list_changes(ais__types *t, size_t slot, size_t first, const change *before)
{
    const ais__cover *cover = &t->greedy.cover;
    for (size_t i = first; i < cover->slot_count; i++)
        for (size_t k = 0; i != slot && k <= cover->slots[i].type_count; k++) {
            const size_t type = k < cover->slots[i].type_count ? k : AIS_SYSTEM_NONE;
            if (type == t->chosen[i])
                continue;
            change c = *before;
            c.slot[c.count] = i;
            c.type[c.count++] = type;
            c.bound += type_price(t, i, type) - type_price(t, i, t->chosen[i]);
            add_change(t, &c);
        }
}

static int compare_changes(const void *a, const void *b)
{
    const change *x = a, *y = b;
    if (x->bound != y->bound)
        return x->bound < y->bound ? -1 : 1;
    for (size_t i = 0; i < 2; i++)
        if (x->slot[i] != y->slot[i] || x->type[i] != y->type[i])
            return x->slot[i] != y->slot[i] ? (x->slot[i] < y->slot[i] ? -1 : 1)
                                            : (x->type[i] < y->type[i] ? -1 : 1);
    return 0;
}

/* All changes of one slot or of two whose bound is below the cost at hand, least bound first. */
static void make_changes(ais__types *t, bool two)
{
    const ais_perf *perf = t->search->perf;
    const ais__cover *cover = &t->greedy.cover;
    change none = {.count = 0};
    for (size_t r = 0; r < perf->system->resource_count; r++)
        none.bound +=
            perf->current_count != NULL && !perf->is_function[r] ? ais_perf_price(perf, r, 0) : 0;
    for (size_t i = 0; i < cover->slot_count; i++)
        none.bound += type_price(t, i, t->chosen[i]);
    t->change_count = 0;
    if (!two)
        list_changes(t, AIS_SYSTEM_NONE, 0, &none);
    for (size_t i = 0; two && i < cover->slot_count; i++)
        for (size_t k = 0; k <= cover->slots[i].type_count; k++) {
            change one = none;
            one.slot[0] = i;
            one.type[0] = k < cover->slots[i].type_count ? k : AIS_SYSTEM_NONE;
            one.count = 1;
            one.bound += type_price(t, i, one.type[0]) - type_price(t, i, t->chosen[i]);
            if (one.type[0] != t->chosen[i])
                list_changes(t, i, i + 1, &one);
        }
    if (t->change_count > 0)
        qsort(t->changes, t->change_count, sizeof *t->changes, compare_changes);
}

/* Place on what is open, mend what is broken. */
static bool fill(ais__types *t)
{
    ais__greedy *g = &t->greedy;
    t->fills++;
    return ais__greedy_fill(g, t->effort.passes, false) ||
           (g->excess < t->effort.hopeful &&
            ais__greedy_ruin(g, &t->random, t->effort.ruins, false));
}

/* Lower counts; what comes near the best is worth more. */
static void shrink(ais__types *t)
{
    ais__effort little = t->effort;
    little.polish = t->effort.ruins;
    little.exchanges = 0;
    ais__greedy_shrink(&t->greedy, &t->effort);
    if (t->greedy.cost > t->chosen_cost && t->greedy.cost < t->chosen_cost * not_far)
        ais__greedy_polish(&t->greedy, &little);
    if (t->greedy.cost < t->chosen_cost * near)
        ais__greedy_polish(&t->greedy, &t->effort);
}

/* On a large system all is too much for every neighbour: only what lies on closed types moves. */
static bool try_moved(ais__types *t)
{
    ais__greedy *g = &t->greedy;
    t->fills++;
    if (!ais__greedy_move_in(g, t->chosen_best, &t->random, 0) ||
        !ais__greedy_ruin(g, &t->random, t->effort.ruins, true))
        return false;
    ais__greedy_shrink(g, &counts_alone);
    if (g->cost >= t->chosen_cost && g->cost < t->chosen_cost * near) {
        ais__greedy_polish(g, &(ais__effort){.polish = t->effort.ruins, .random = &t->random});
    }
    return keep(t);
}

/* Place on the open set. Returns whether it is cheaper than what is at hand. */
static bool try_open(ais__types *t)
{
    if (ais__cover_missing(&t->greedy.cover) > 0 || !note_seen(t))
        return false;
    if (t->moves_only)
        return try_moved(t);
    if (!fill(t))
        return false;
    shrink(t);
    return keep(t);
}

/* Go to the first cheaper neighbour. */
static bool step(ais__types *t, bool two)
{
    ais__cover *cover = &t->greedy.cover;
    make_changes(t, two);
    for (size_t i = 0; i < t->change_count && (i % 16 != 0 || !ais__types_is_spent(t)); i++) {
        const change *c = &t->changes[i];
        for (size_t k = 0; k < c->count; k++)
            ais__cover_open(cover, c->slot[k], c->type[k]);
        if (try_open(t))
            return true;
        for (size_t k = 0; k < c->count; k++)
            ais__cover_open(cover, c->slot[k], t->chosen[c->slot[k]]);
    }
    return false;
}

/* What was not polished on the way. */
static bool polish_chosen(ais__types *t)
{
    ais__greedy *g = &t->greedy;
    ais_placement_copy(t->search->perf->system, g->best, t->chosen_best);
    g->cost = t->chosen_cost;
    ais__greedy_shrink(g, &t->effort);
    ais__greedy_polish(g, &t->effort);
    return keep(t);
}

/* To a cheaper neighbour: what costs little work is tried first. */
static bool advance(ais__types *t)
{
    if (!ais__types_is_large(t))
        return step(t, false) || step(t, true);
    t->moves_only = true;
    bool done = step(t, false) || polish_chosen(t);
    t->moves_only = false;
    done = done || step(t, false);
    t->moves_only = true;
    done = done || step(t, true);
    t->moves_only = false;
    return done;
}

bool ais__types_descend(ais__types *t, size_t fills, uint64_t looks)
{
    ais__greedy *g = &t->greedy;
    t->last_fill = t->fills + fills;
    g->last_look = looks < UINT64_MAX - g->looks ? g->looks + looks : UINT64_MAX;
    t->chosen_cost = (double)INFINITY;
    if (!ais__types_approach(t))
        return false;
    ais__greedy_shrink(g, &counts_alone);
    keep(t);
    close_dearest(t);
    shrink(t);
    note_seen(t);
    keep(t);
    ais__types_open_chosen(t, t->chosen);
    while (!ais__types_is_spent(t) && advance(t))
        ais__types_open_chosen(t, t->chosen);
    return true;
}
