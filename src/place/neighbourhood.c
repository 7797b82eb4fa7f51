/* Moves between placements; see neighbourhood.h. */
#include "place/neighbourhood.h"

#include <math.h>

#include "place/types.h"

/* Where a component lay, or how many machines a resource had. */
typedef struct ais__undo {
    bool is_count;
    size_t index, before; /* component and deployment; resource and count */
    size_t first_option;  /* into old_options */
} undo;

static void *zeroes(ais__neighbourhood *n, size_t count, size_t size)
{
    return ais_arena_alloc(n->arena, count * size + 1);
}

void ais__neighbourhood_init(ais__neighbourhood *n, const ais_perf *perf, uint64_t seed)
{
    const ais_system *s = perf->system;
    *n = (ais__neighbourhood){.perf = perf,
                              .state = ais_perf_state_new(perf),
                              .best = ais_placement_new(s),
                              .cost = (double)INFINITY,
                              .leaving = AIS_SYSTEM_NONE,
                              .arena = ais_arena_new()};
    ais__cover_init(&n->cover, perf);
    ais_random_init(&n->random, seed);
    n->parts_on = zeroes(n, s->resource_count, sizeof *n->parts_on);
    n->type_in_use = zeroes(n, n->cover.slot_count, sizeof *n->type_in_use);
    n->scratch = zeroes(n, s->part_count, sizeof *n->scratch);
    n->touched = zeroes(n, s->part_count, sizeof *n->touched);
    for (size_t r = 0; r < s->resource_count; r++)
        n->penalty += perf->is_function[r] ? 0 : perf->price[r];
    n->penalty = n->penalty > 0 ? 4 * n->penalty / (double)s->resource_count : 1;
}

void ais__neighbourhood_clear(ais__neighbourhood *n)
{
    ais_perf_state_free(n->state);
    ais_placement_free(n->best);
    ais__cover_clear(&n->cover);
    free(n->undo);
    free(n->old_options);
    ais_arena_free(n->arena);
    *n = (ais__neighbourhood){.perf = NULL};
}

static const ais_system_deployment *chosen(const ais__neighbourhood *n, size_t component)
{
    return &n->perf->system->deployments[ais_perf_state_get(n->state)->deployment[component]];
}

static size_t resource_of(const ais__neighbourhood *n, size_t part)
{
    return n->perf->system->options[ais_perf_state_get(n->state)->option[part]].resource;
}

static void note_use(ais__neighbourhood *n, size_t resource, bool more)
{
    const size_t slot = n->cover.slot_of[resource];
    n->parts_on[resource] += more ? 1 : SIZE_MAX;
    if (slot == AIS_SYSTEM_NONE)
        return;
    if (n->parts_on[resource] > 0)
        n->type_in_use[slot] = resource;
    else if (n->type_in_use[slot] == resource)
        n->type_in_use[slot] = AIS_SYSTEM_NONE;
}

static void note_component(ais__neighbourhood *n, size_t component, bool more)
{
    const ais_system_deployment *d = chosen(n, component);
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
        note_use(n, resource_of(n, p), more);
}

void ais__neighbourhood_set(ais__neighbourhood *n, const ais_placement *placement)
{
    const ais_system *s = n->perf->system;
    ais_perf_state_set(n->state, placement);
    for (size_t r = 0; r < s->resource_count; r++)
        n->parts_on[r] = 0;
    for (size_t i = 0; i < n->cover.slot_count; i++)
        n->type_in_use[i] = AIS_SYSTEM_NONE;
    for (size_t c = 0; c < s->component_count; c++)
        note_component(n, c, true);
    n->undo_count = n->old_count = n->touched_count = 0;
}

/* --- changes that can be taken back --- */

static void log_change(ais__neighbourhood *n, undo entry)
{
    n->undo = ais_grow(n->undo, &n->undo_capacity, n->undo_count + 1, sizeof *n->undo);
    n->undo[n->undo_count++] = entry;
}

static void set_count(ais__neighbourhood *n, size_t resource, size_t count)
{
    const size_t before = ais_perf_state_get(n->state)->count[resource];
    if (before == count)
        return;
    log_change(n, (undo){.is_count = true, .index = resource, .before = before});
    ais_perf_state_set_count(n->state, resource, count);
}

static void log_component(ais__neighbourhood *n, size_t component)
{
    const ais_placement *now = ais_perf_state_get(n->state);
    const size_t deployment = now->deployment[component];
    const ais_system_deployment *d = &n->perf->system->deployments[deployment];
    log_change(n, (undo){.index = component, .before = deployment, .first_option = n->old_count});
    n->old_options = ais_grow(n->old_options, &n->old_capacity, n->old_count + d->part_count,
                              sizeof *n->old_options);
    for (size_t k = 0; k < d->part_count; k++)
        n->old_options[n->old_count++] = now->option[d->first_part + k];
    if (n->touched_count < n->perf->system->part_count)
        n->touched[n->touched_count++] = component;
}

static void choose(ais__neighbourhood *n, size_t deployment, const size_t *options)
{
    const size_t component = n->perf->system->deployments[deployment].component;
    log_component(n, component);
    note_component(n, component, false);
    ais_perf_state_choose(n->state, deployment, options);
    note_component(n, component, true);
}

static void put(ais__neighbourhood *n, size_t part, size_t option)
{
    log_component(n, n->perf->system->parts[part].component);
    note_use(n, resource_of(n, part), false);
    ais_perf_state_move(n->state, part, option);
    note_use(n, resource_of(n, part), true);
}

void ais__neighbourhood_undo(ais__neighbourhood *n)
{
    while (n->undo_count > 0) {
        const undo *u = &n->undo[--n->undo_count];
        if (u->is_count) {
            ais_perf_state_set_count(n->state, u->index, u->before);
            continue;
        }
        note_component(n, u->index, false);
        ais_perf_state_choose(n->state, u->before, &n->old_options[u->first_option]);
        note_component(n, u->index, true);
    }
    n->old_count = n->touched_count = 0;
}

/* --- what is possible --- */

static size_t below(ais__neighbourhood *n, size_t bound)
{
    return (size_t)ais_random_below(&n->random, bound);
}

/* May a part go there without a second type in the layer? */
static bool is_free(const ais__neighbourhood *n, size_t option, size_t not_on)
{
    const size_t r = n->perf->system->options[option].resource;
    if (!n->perf->usable[option] || r == not_on)
        return false;
    const size_t slot = n->cover.slot_of[r];
    return slot == AIS_SYSTEM_NONE || n->type_in_use[slot] == AIS_SYSTEM_NONE ||
           n->type_in_use[slot] == r || n->type_in_use[slot] == n->leaving;
}

/* A random option of a part: `cloud` 0 or 1: on that side, 2: on any; not on one resource; on types that are in
 * use or functions, mostly. AIS_SYSTEM_NONE when there is none. */
static size_t random_option(ais__neighbourhood *n, size_t part, unsigned cloud, size_t not_on)
{
    enum { NEW_TYPE_EVERY = 16 };
    const ais_system_part *p = &n->perf->system->parts[part];
    const bool new_type = below(n, NEW_TYPE_EVERY) == 0;
    size_t found = AIS_SYSTEM_NONE, count = 0;
    for (size_t o = p->first_option; o < p->first_option + p->option_count; o++) {
        const size_t r = n->perf->system->options[o].resource;
        if (!is_free(n, o, not_on) || (cloud < 2 && n->perf->is_cloud[r] != (cloud == 1)) ||
            (!new_type && !n->perf->is_function[r] && n->parts_on[r] == 0))
            continue;
        if (below(n, ++count) == 0)
            found = o;
    }
    return found;
}

static size_t option_on(const ais__neighbourhood *n, size_t part, size_t resource)
{
    const ais_system_part *p = &n->perf->system->parts[part];
    for (size_t o = p->first_option; o < p->first_option + p->option_count; o++)
        if (n->perf->system->options[o].resource == resource && n->perf->usable[o])
            return o;
    return AIS_SYSTEM_NONE;
}

/* Parts on a resource, into scratch. */
static size_t list_parts(ais__neighbourhood *n, size_t resource)
{
    size_t count = 0;
    for (size_t c = 0; c < n->perf->system->component_count; c++) {
        const ais_system_deployment *d = chosen(n, c);
        for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
            if (resource_of(n, p) == resource)
                n->scratch[count++] = p;
    }
    return count;
}

/* Machines for the load, as far as there are. */
static void fit_count(ais__neighbourhood *n, size_t resource)
{
    const size_t most = n->perf->count_max[resource];
    size_t count = ais_perf_state_get(n->state)->count[resource];
    if (count == 0)
        set_count(n, resource, count = 1);
    if (n->perf->is_function[resource])
        return;
    const double load = ais_perf_state_utilization(n->state, resource) * (double)count;
    if (load >= (double)count && load < (double)INFINITY)
        count = load < (double)most ? (size_t)load + 1 : most;
    set_count(n, resource, count);
}

static void fit_counts(ais__neighbourhood *n)
{
    for (size_t i = 0; i < n->touched_count; i++) {
        const ais_system_deployment *d = chosen(n, n->touched[i]);
        for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
            fit_count(n, resource_of(n, p));
    }
}

/* A machine type in use, at random; AIS_SYSTEM_NONE: none is. */
static size_t random_in_use(ais__neighbourhood *n)
{
    size_t found = AIS_SYSTEM_NONE, count = 0;
    for (size_t i = 0; i < n->cover.slot_count; i++)
        if (n->type_in_use[i] != AIS_SYSTEM_NONE && below(n, ++count) == 0)
            found = n->type_in_use[i];
    return found;
}

/* All parts of a resource to another one, those that cannot run there anywhere else. */
static bool move_all(ais__neighbourhood *n, size_t from, size_t to)
{
    const size_t count = list_parts(n, from);
    n->leaving = from;
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        size_t option = to != AIS_SYSTEM_NONE ? option_on(n, n->scratch[i], to) : AIS_SYSTEM_NONE;
        if (option == AIS_SYSTEM_NONE)
            option = random_option(n, n->scratch[i], 2, from);
        done = option != AIS_SYSTEM_NONE;
        if (done)
            put(n, n->scratch[i], option);
    }
    n->leaving = AIS_SYSTEM_NONE;
    if (!done)
        ais__neighbourhood_undo(n);
    return done && count > 0;
}

/* --- moves --- */

static bool move_part(ais__neighbourhood *n)
{
    const ais_system_deployment *d = chosen(n, below(n, n->perf->system->component_count));
    const size_t part = d->first_part + below(n, d->part_count);
    const size_t option = random_option(n, part, 2, resource_of(n, part));
    if (option == AIS_SYSTEM_NONE)
        return false;
    put(n, part, option);
    return true;
}

static bool move_component(ais__neighbourhood *n)
{
    const ais_system *s = n->perf->system;
    const ais_system_component *c = &s->components[below(n, s->component_count)];
    const size_t deployment = c->first_deployment + below(n, c->deployment_count);
    const ais_system_deployment *d = &s->deployments[deployment];
    const size_t change = below(n, d->part_count + 1); /* from here on in the cloud */
    for (size_t k = 0; k < d->part_count; k++) {
        n->scratch[k] = random_option(n, d->first_part + k, k >= change, AIS_SYSTEM_NONE);
        if (n->scratch[k] == AIS_SYSTEM_NONE)
            return false;
        for (size_t i = 0; i < k; i++) { /* two new types of one layer */
            const size_t a = s->options[n->scratch[i]].resource,
                         b = s->options[n->scratch[k]].resource;
            if (a != b && n->cover.slot_of[a] != AIS_SYSTEM_NONE &&
                n->cover.slot_of[a] == n->cover.slot_of[b])
                return false;
        }
    }
    choose(n, deployment, n->scratch);
    return true;
}

static bool move_type(ais__neighbourhood *n)
{
    const size_t from = random_in_use(n);
    if (from == AIS_SYSTEM_NONE)
        return false;
    const ais__slot *slot = &n->cover.slots[n->cover.slot_of[from]];
    const size_t to = slot->types[below(n, slot->type_count)];
    return to != from && move_all(n, from, to);
}

static bool move_layer(ais__neighbourhood *n)
{
    const size_t from = random_in_use(n);
    if (from == AIS_SYSTEM_NONE)
        return false;
    const size_t other = below(n, n->cover.slot_count);
    const ais__slot *slot = &n->cover.slots[other];
    const size_t to = n->type_in_use[other] != AIS_SYSTEM_NONE
                          ? n->type_in_use[other]
                          : slot->types[below(n, slot->type_count)];
    return to != from && move_all(n, from, to);
}

static bool drop_type(ais__neighbourhood *n)
{
    const size_t from = random_in_use(n);
    return from != AIS_SYSTEM_NONE && move_all(n, from, AIS_SYSTEM_NONE);
}

static bool add_machine(ais__neighbourhood *n)
{
    const size_t r = random_in_use(n);
    if (r == AIS_SYSTEM_NONE || ais_perf_state_get(n->state)->count[r] >= n->perf->count_max[r])
        return false;
    set_count(n, r, ais_perf_state_get(n->state)->count[r] + 1);
    return true;
}

static bool remove_machine(ais__neighbourhood *n)
{
    const size_t r = random_in_use(n);
    if (r == AIS_SYSTEM_NONE || ais_perf_state_get(n->state)->count[r] < 2)
        return false;
    set_count(n, r, ais_perf_state_get(n->state)->count[r] - 1);
    return true;
}

/* The parts of a component that are on functions to machines, or the other way round. */
static bool move_functions(ais__neighbourhood *n)
{
    const ais_system_deployment *d = chosen(n, below(n, n->perf->system->component_count));
    const bool away = below(n, 2) == 0;
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++) {
        const size_t r = resource_of(n, p);
        if (n->perf->is_function[r] != away)
            continue;
        const size_t option = random_option(n, p, 1, r);
        if (option != AIS_SYSTEM_NONE &&
            n->perf->is_function[n->perf->system->options[option].resource] != away)
            put(n, p, option);
    }
    return n->undo_count > 0;
}

typedef struct move {
    unsigned weight;
    bool (*make)(ais__neighbourhood *n);
} move;
static const move moves[] = {
    {.weight = 6, .make = move_part},      {.weight = 10, .make = move_component},
    {.weight = 2, .make = move_type},      {.weight = 2, .make = move_layer},
    {.weight = 1, .make = drop_type},      {.weight = 1, .make = add_machine},
    {.weight = 2, .make = remove_machine}, {.weight = 3, .make = move_functions},
};

bool ais__neighbourhood_move(ais__neighbourhood *n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < AIS_COUNT(moves); i++)
        sum += moves[i].weight;
    n->undo_count = n->old_count = n->touched_count = 0;
    size_t left = below(n, sum), i = 0;
    for (; left >= moves[i].weight; i++)
        left -= moves[i].weight;
    if (!moves[i].make(n))
        return false;
    fit_counts(n);
    return true;
}

double ais__neighbourhood_value(ais__neighbourhood *n)
{
    const double cost = ais_perf_state_cost(n->state), excess = ais_perf_state_excess(n->state);
    if (cost < n->cost && ais_perf_state_violations(n->state) == 0) {
        n->cost = cost;
        ais_placement_copy(n->perf->system, n->best, ais_perf_state_get(n->state));
    }
    return cost + n->penalty * excess;
}

uint64_t ais__neighbourhood_hash(const ais__neighbourhood *n, size_t component)
{
    const ais_system_deployment *d = chosen(n, component);
    uint64_t hash = component + 1;
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
        hash =
            (hash ^ (ais_perf_state_get(n->state)->option[p] + 1)) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 31);
}

double ais__neighbourhood_start(ais__search *search, size_t number, uint64_t seed,
                                ais_placement *best,
                                void (*walk)(ais__search *search, ais__neighbourhood *n))
{
    AIS_SCOPED(ais__types) types;
    ais__types_init(&types, search, seed);
    const ais_placement *first = ais__types_place(&types, number, false);
    if (first == NULL)
        return (double)INFINITY;
    AIS_SCOPED(ais__neighbourhood) n;
    ais__neighbourhood_init(&n, search->perf, seed);
    ais__neighbourhood_set(&n, first);
    walk(search, &n);
    ais_placement_copy(search->perf->system, best, n.best);
    return n.cost;
}
