/* Steps of a placement. They mark what they touch; settle.c counts when somebody asks. */
#include "perf/state_priv.h"

static void make_by_resource(ais_perf_state *state, const ais_system *system)
{
    ais_arena *arena = state->arena;
    const size_t count = system->resource_count;
    state->first = ais_arena_alloc(arena, count * sizeof *state->first);
    state->uses = ais_arena_alloc(arena, count * sizeof *state->uses);
    state->bill = ais_arena_alloc(arena, count * sizeof *state->bill);
    state->resource_marked = ais_arena_alloc(arena, count * sizeof *state->resource_marked);
    state->billed = ais_arena_alloc(arena, count * sizeof *state->billed);
    state->resources.items = ais_arena_alloc(arena, count * sizeof *state->resources.items);
    state->bills.items = ais_arena_alloc(arena, count * sizeof *state->bills.items);
    state->types = ais_arena_alloc(arena, system->layer_count * sizeof *state->types);
    for (size_t r = 0; state->perf->current_count != NULL && r < count; r++)
        if (state->perf->current_count[r] > 0) { /* to stop it has a price, too */
            state->billed[r] = true;
            state->bill[r] = ais_perf_price(state->perf, r, 0);
            state->bills.items[state->bills.count++] = (uint32_t)r;
        }
}

/* Which edges lead to a component. */
static void link_edges(ais_perf_state *state, const ais_system *system)
{
    ais_arena *arena = state->arena;
    uint32_t first = 0;
    state->in_edges = ais_arena_alloc(arena, system->edge_count * sizeof *state->in_edges);
    state->edge_violations =
        ais_arena_alloc(arena, system->edge_count * sizeof *state->edge_violations);
    state->edge_timed = ais_arena_alloc(arena, system->edge_count * sizeof *state->edge_timed);
    state->transfer_s = ais_arena_alloc(arena, system->edge_count * sizeof *state->transfer_s);
    for (size_t e = 0; e < system->edge_count; e++)
        state->component[system->edges[e].to].in_count++;
    for (size_t c = 0; c < system->component_count; c++) {
        state->component[c].first_in = first;
        first += state->component[c].in_count;
        state->component[c].in_count = 0;
    }
    for (size_t e = 0; e < system->edge_count; e++) {
        ais__state_component *to = &state->component[system->edges[e].to];
        state->in_edges[to->first_in + to->in_count++] = (uint32_t)e;
    }
}

/* Which paths a component is on. */
static void link_paths(ais_perf_state *state, const ais_system *system)
{
    size_t total = 0;
    uint32_t first = 0;
    for (size_t i = 0; i < system->path_count; i++) {
        const ais_system_path *path = &system->paths[i];
        total += path->component_count;
        for (size_t k = 0; k < path->component_count; k++) {
            state->component[path->components[k]].path_count++;
            if (k > 0)
                state->edge_timed[path->edges[k - 1]] = true;
        }
    }
    state->paths_of = ais_arena_alloc(state->arena, total * sizeof *state->paths_of);
    for (size_t c = 0; c < system->component_count; c++) {
        state->component[c].first_path = first;
        first += state->component[c].path_count;
        state->component[c].path_count = 0;
    }
    for (size_t i = 0; i < system->path_count; i++)
        for (size_t k = 0; k < system->paths[i].component_count; k++) {
            ais__state_component *component = &state->component[system->paths[i].components[k]];
            state->paths_of[component->first_path + component->path_count++] = (uint32_t)i;
        }
}

ais_perf_state *ais_perf_state_new(const ais_perf *perf)
{
    const ais_system *system = perf->system;
    ais_arena *arena = ais_arena_new();
    ais_perf_state *state = ais_arena_alloc(arena, sizeof *state);
    state->arena = arena;
    state->perf = perf;
    state->placement = ais_placement_new(system);
    state->chosen = ais_arena_alloc(arena, system->part_count * sizeof *state->chosen);
    state->next = ais_arena_alloc(arena, system->part_count * sizeof *state->next);
    state->component = ais_arena_alloc(arena, system->component_count * sizeof *state->component);
    state->path = ais_arena_alloc(arena, system->path_count * sizeof *state->path);
    state->components.items =
        ais_arena_alloc(arena, system->component_count * sizeof *state->components.items);
    state->paths.items = ais_arena_alloc(arena, system->path_count * sizeof *state->paths.items);
    state->component_of = ais_arena_alloc(arena, system->part_count * sizeof *state->component_of);
    for (size_t p = 0; p < system->part_count; p++)
        state->component_of[p] = (uint32_t)system->parts[p].component;
    make_by_resource(state, system);
    link_edges(state, system);
    link_paths(state, system);
    for (size_t c = 0; c < system->component_count; c++) {
        state->component[c].timed = perf->is_timed[c] || perf->may_fail;
        state->component[c].moved = true;
        ais__state_mark_component(state, c);
    }
    return state;
}

void ais_perf_state_free(ais_perf_state *state)
{
    if (state == NULL)
        return;
    ais_placement_free(state->placement);
    ais_arena_free(state->arena);
}

/* Take a part from its resource. */
static void take(ais_perf_state *state, size_t part)
{
    const size_t resource = state->chosen[part]->resource;
    uint32_t *link = &state->first[resource];
    while (*link != (uint32_t)part + 1)
        link = &state->next[*link - 1];
    *link = state->next[part];
    if (state->first[resource] == 0 && state->chosen[part]->is_function)
        state->placement->count[resource] = 0;
    state->chosen[part] = NULL;
    ais__state_mark_resource(state, resource);
}

static void put(ais_perf_state *state, size_t part, const ais__perf_row *row)
{
    uint32_t *link = &state->first[row->resource];
    while (*link != 0 && *link < (uint32_t)part + 1)
        link = &state->next[*link - 1];
    state->next[part] = *link;
    *link = (uint32_t)part + 1;
    if (row->is_function)
        state->placement->count[row->resource] = 1;
    state->chosen[part] = row;
    ais__state_mark_resource(state, row->resource);
}

static void mark_moved(ais_perf_state *state, size_t component)
{
    state->component[component].moved = true;
    ais__state_mark_component(state, component);
}

static void place(ais_perf_state *state, size_t part, size_t option)
{
    const ais_perf *perf = state->perf;
    if (state->chosen[part] != NULL)
        take(state, part);
    state->placement->option[part] = option;
    if (option < perf->system->option_count && perf->rows[option].part == part)
        put(state, part, &perf->rows[option]);
}

static void leave(ais_perf_state *state, size_t component)
{
    const ais_system_deployment *deployment = state->component[component].deployment;
    for (size_t k = 0; deployment != NULL && k < deployment->part_count; k++)
        place(state, deployment->first_part + k, AIS_SYSTEM_NONE);
    state->component[component].deployment = NULL;
    state->placement->deployment[component] = AIS_SYSTEM_NONE;
}

static void enter(ais_perf_state *state, size_t deployment, const size_t *options)
{
    const ais_system_deployment *of = &state->perf->system->deployments[deployment];
    leave(state, of->component);
    state->component[of->component].deployment = of;
    state->placement->deployment[of->component] = deployment;
    for (size_t k = 0; k < of->part_count; k++)
        place(state, of->first_part + k, options[k]);
    mark_moved(state, of->component);
}

void ais_perf_state_set(ais_perf_state *state, const ais_placement *placement)
{
    const ais_system *system = state->perf->system;
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_component *component = &system->components[c];
        const size_t d = placement->deployment[c];
        if (d - component->first_deployment < component->deployment_count) {
            enter(state, d, placement->option + system->deployments[d].first_part);
        } else {
            leave(state, c);
            mark_moved(state, c);
        }
    }
    for (size_t r = 0; r < system->resource_count; r++)
        ais_perf_state_set_count(state, r, placement->count[r]);
}

const ais_placement *ais_perf_state_get(const ais_perf_state *state)
{
    return state->placement;
}

void ais_perf_state_move(ais_perf_state *state, size_t part, size_t option)
{
    place(state, part, option);
    mark_moved(state, state->component_of[part]);
}

void ais_perf_state_choose(ais_perf_state *state, size_t deployment, const size_t *options)
{
    enter(state, deployment, options);
}

void ais_perf_state_set_count(ais_perf_state *state, size_t resource, size_t count)
{
    if (state->perf->is_function[resource])
        count = state->first[resource] != 0;
    if (state->placement->count[resource] == count)
        return;
    state->placement->count[resource] = count;
    ais__state_mark_resource(state, resource);
}

double ais_perf_state_cost(ais_perf_state *state)
{
    double cost = 0;
    ais__state_settle(state);
    if ((state->violations & AIS_VIOLATION_INCOMPLETE) != 0)
        return INFINITY;
    for (size_t i = 0; i < state->bills.count; i++)
        cost += state->bill[state->bills.items[i]];
    return cost;
}

unsigned ais_perf_state_violations(ais_perf_state *state)
{
    ais__state_settle(state);
    return state->violations;
}

double ais_perf_state_excess(ais_perf_state *state)
{
    enum {
        COUNTED = AIS_VIOLATION_INCOMPLETE | AIS_VIOLATION_FORWARD | AIS_VIOLATION_COLOCATION |
                  AIS_VIOLATION_ONE_TYPE | AIS_VIOLATION_COUNT | AIS_VIOLATION_NETWORK
    };
    const ais_system *system = state->perf->system;
    double excess = 0;
    ais__state_settle(state);
    if (state->violations == 0)
        return 0;
    for (unsigned kinds = state->violations & COUNTED; kinds != 0; kinds &= kinds - 1)
        excess += state->broken[__builtin_ctz(kinds)];
    for (size_t i = 0; i < state->bills.count; i++)
        excess += state->uses[state->bills.items[i]].excess;
    for (size_t c = 0; c < system->component_count; c++)
        excess += state->component[c].excess;
    for (size_t i = 0; i < system->path_count; i++)
        excess += state->path[i].excess;
    return excess;
}

double ais_perf_state_utilization(ais_perf_state *state, size_t resource)
{
    ais__state_settle_resources(state);
    return state->uses[resource].rho;
}

double ais_perf_state_component_s(ais_perf_state *state, size_t component)
{
    ais__state_settle(state);
    return ais__state_component_s(state, component);
}

double ais_perf_state_path_s(ais_perf_state *state, size_t path)
{
    ais__state_settle(state);
    return state->path[path].time_s;
}
