/* A genetic algorithm: parents are drawn the likelier the cheaper they are, children get the first components of
 * one and the others of the other, and are mended.
 * Source: Goldberg, Genetic Algorithms in Search, Optimization and Machine Learning, 1989, chapter 3. */
#include "place/starts.h"

#include <math.h>

#include "place/types.h"

enum { STARTS = 2, GENERATIONS = 60, POPULATION = 40, MEND = 20 };
static const double crossover_rate = 0.9, mutation_rate = 0.05;
static const double excess_price = 10; /* of an excess of 1, in prices of a type */

typedef struct member {
    ais_placement *placement;
    double value; /* cost, and a price for what it breaks */
} member;

typedef struct herd {
    ais__types types;
    member *members, *next; /* of the generation, of the one after it */
    size_t size;
    double cost; /* of the best allowed one */
    ais_placement *best;
} herd;

/* Take what the greedy has into a member. */
static void store(herd *h, member *into)
{
    ais__greedy *g = &h->types.greedy;
    const ais_system *s = g->cover.perf->system;
    const bool allowed = g->cost < (double)INFINITY;
    ais_placement_copy(s, into->placement, allowed ? g->best : g->placement);
    into->value = allowed ? g->cost : g->present_cost + excess_price * g->money * (1 + g->excess);
    if (allowed && g->cost < h->cost) {
        h->cost = g->cost;
        ais_placement_copy(s, h->best, g->best);
    }
}

/* By a wheel whose slices are how much cheaper a member is than the dearest. */
static const member *draw(herd *h)
{
    double dearest = 0, sum = 0;
    for (size_t i = 0; i < h->size; i++)
        dearest = fmax(dearest, h->members[i].value);
    for (size_t i = 0; i < h->size; i++)
        sum += dearest - h->members[i].value;
    if (!(sum > 0))
        return &h->members[ais_random_below(&h->types.random, h->size)];
    double left = ais_random_uniform(&h->types.random) * sum;
    size_t i = 0;
    while (i + 1 < h->size && left >= dearest - h->members[i].value)
        left -= dearest - h->members[i++].value;
    return &h->members[i];
}

/* Components in the order of the graph up to `cut` from a, the others from b. */
static void cross(herd *h, const member *a, const member *b, size_t cut, ais_placement *child)
{
    const ais_system *s = h->types.search->perf->system;
    ais_placement_copy(s, child, a->placement);
    for (size_t i = cut; i < s->component_count; i++) {
        const size_t c = s->order[i];
        const ais_system_component *component = &s->components[c];
        child->deployment[c] = b->placement->deployment[c];
        for (size_t d = component->first_deployment;
             d < component->first_deployment + component->deployment_count; d++)
            for (size_t k = 0; k < s->deployments[d].part_count; k++) {
                const size_t p = s->deployments[d].first_part + k;
                child->option[p] = b->placement->option[p];
            }
    }
    for (size_t r = 0; r < s->resource_count; r++)
        if (b->placement->count[r] > child->count[r])
            child->count[r] = b->placement->count[r];
}

/* Of two types in a slot one stays open, at random; sometimes another one is opened instead. */
static bool open_types(herd *h, const ais_placement *child, double mutation)
{
    ais__cover *cover = &h->types.greedy.cover;
    for (size_t i = 0; i < cover->slot_count; i++) {
        const ais__slot *slot = &cover->slots[i];
        size_t type = AIS_SYSTEM_NONE, count = 0;
        for (size_t k = 0; k < slot->type_count; k++)
            if (child->count[slot->types[k]] > 0 &&
                ais_random_below(&h->types.random, ++count) == 0)
                type = k;
        if (ais_random_uniform(&h->types.random) < mutation) { /* any type, or none */
            type = (size_t)ais_random_below(&h->types.random, 2 * slot->type_count);
            type = type < slot->type_count ? type : AIS_SYSTEM_NONE;
        }
        ais__cover_open(cover, i, type);
    }
    return ais__cover_missing(cover) == 0;
}

/* Put down anew what lies on closed types, and some components at random; then mend what is broken. */
static bool mend(herd *h, const ais_placement *child, double mutation)
{
    ais__greedy *g = &h->types.greedy;
    ais_random *random = &h->types.random;
    if (!ais__greedy_move_in(g, child, random, mutation))
        return ais__greedy_fill(g, h->types.effort.passes, false) || g->excess < (double)INFINITY;
    ais__greedy_ruin(g, random, MEND, false);
    return true;
}

static bool breed(herd *h, member *into)
{
    const ais_place_options *options = h->types.search->options;
    const double crossover = options->crossover > 0 ? options->crossover : crossover_rate;
    const double mutation = options->mutation > 0 ? options->mutation : mutation_rate;
    const ais_system *s = h->types.search->perf->system;
    const member *a = draw(h), *b = draw(h);
    size_t cut = s->component_count;
    if (ais_random_uniform(&h->types.random) < crossover)
        cut = (size_t)ais_random_below(&h->types.random, s->component_count + 1);
    cross(h, a, b, cut, into->placement);
    if (!open_types(h, into->placement, mutation) || !mend(h, into->placement, mutation))
        return false;
    if (h->types.greedy.cost < (double)INFINITY)
        ais__greedy_shrink(&h->types.greedy, &(ais__effort){.passes = 0});
    store(h, into);
    return true;
}

static int compare_members(const void *a, const void *b)
{
    const member *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* The next generation: the best member, and children. */
static void generation(herd *h)
{
    const ais_system *s = h->types.search->perf->system;
    qsort(h->members, h->size, sizeof *h->members, compare_members);
    for (size_t i = 0; i < h->size; i++)
        if (i == 0 || !breed(h, &h->next[i])) { /* a child that fits nowhere: its elder stays */
            ais_placement_copy(s, h->next[i].placement, h->members[i].placement);
            h->next[i].value = h->members[i].value;
        }
    member *old = h->members;
    h->members = h->next;
    h->next = old;
}

static bool populate(herd *h, size_t number)
{
    for (size_t i = 0; i < h->size; i++) {
        if (ais__types_place(&h->types, number * h->size + i, true) == NULL)
            return false;
        store(h, &h->members[i]);
        if (ais__search_stop(h->types.search))
            h->size = i + 1;
    }
    return true;
}

static member *new_members(const ais_system *s, size_t count)
{
    member *members = ais_alloc(count * sizeof *members);
    for (size_t i = 0; i < count; i++)
        members[i].placement = ais_placement_new(s);
    return members;
}

static void free_members(member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ais_placement_free(members[i].placement);
    free(members);
}

static double run(ais__search *search, size_t number, uint64_t seed, ais_placement *best)
{
    const ais_system *s = search->perf->system;
    const size_t size = ais__starts_or(search->options->population, POPULATION);
    const size_t generations = ais__starts_or(search->options->iterations, GENERATIONS);
    herd h = {.size = size, .best = best, .cost = (double)INFINITY};
    ais__types_init(&h.types, search, seed);
    h.members = new_members(s, size);
    h.next = new_members(s, size);
    if (populate(&h, number))
        for (size_t i = 0; i < generations && !ais__search_stop(search); i++)
            generation(&h);
    free_members(h.members, size);
    free_members(h.next, size);
    ais__types_clear(&h.types);
    return h.cost;
}

static void solve(ais__search *search)
{
    ais__starts_run(search, ais__starts_or(search->options->starts, STARTS), run);
}

const ais__place_method ais__place_genetic = {
    .name = "genetic",
    .solve = solve,
};
