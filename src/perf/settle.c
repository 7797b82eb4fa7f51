/* Counting again what the steps of a state have changed: resources, then components, then paths. */
#include "perf/state_priv.h"

static void recount(ais_perf_state *state, unsigned before, unsigned after)
{
    for (unsigned gone = before & ~after; gone != 0; gone &= gone - 1) {
        const int kind = __builtin_ctz(gone);
        if (--state->broken[kind] == 0)
            state->violations &= ~(1U << kind);
    }
    for (unsigned come = after & ~before; come != 0; come &= come - 1) {
        const int kind = __builtin_ctz(come);
        state->broken[kind]++;
        state->violations |= 1U << kind;
    }
}

/* Something broke rules `before`, and breaks `after` now: next to always the same. */
static inline void tally(ais_perf_state *state, unsigned before, unsigned after)
{
    if (before != after)
        recount(state, before, after);
}

void ais__state_mark_resource(ais_perf_state *state, size_t resource)
{
    if (state->resource_marked[resource])
        return;
    state->resource_marked[resource] = true;
    state->resources.items[state->resources.count++] = (uint32_t)resource;
}

void ais__state_mark_component(ais_perf_state *state, size_t component)
{
    if (state->component[component].marked)
        return;
    state->component[component].marked = true;
    state->components.items[state->components.count++] = (uint32_t)component;
}

/* Put a resource among those with a bill, or take it away; they stay in order, so that the cost does not
 * depend on the way here. */
static void set_billed(ais_perf_state *state, uint32_t resource, bool billed)
{
    ais__state_list *bills = &state->bills;
    size_t i = bills->count;
    if (state->billed[resource] == billed)
        return;
    state->billed[resource] = billed;
    if (billed) {
        for (; i > 0 && bills->items[i - 1] > resource; i--)
            bills->items[i] = bills->items[i - 1];
        bills->items[i] = resource;
        bills->count++;
        return;
    }
    for (i = 0; bills->items[i] != resource; i++)
        ;
    for (bills->count--; i < bills->count; i++)
        bills->items[i] = bills->items[i + 1];
}

static void set_used(ais_perf_state *state, uint32_t resource, bool used)
{
    const ais_perf *perf = state->perf;
    set_billed(state, resource,
               used || (perf->current_count != NULL && perf->current_count[resource] > 0));
    if (perf->is_function[resource] || (perf->rules & AIS_RULE_ONE_TYPE) == 0)
        return;
    uint32_t *types = &state->types[perf->layer[resource]];
    const unsigned before = *types > 1 ? AIS_VIOLATION_ONE_TYPE : 0;
    *types = used ? *types + 1 : *types - 1;
    tally(state, before, *types > 1 ? AIS_VIOLATION_ONE_TYPE : 0);
}

static void settle_resource(ais_perf_state *state, uint32_t resource)
{
    const ais_perf *perf = state->perf;
    ais__perf_use *use = &state->uses[resource];
    const unsigned violations = use->violations;
    const uint32_t parts = use->parts, count = use->count;
    const double factor = use->factor;
    state->resource_marked[resource] = false;
    *use = (ais__perf_use){.load = 0};
    for (uint32_t i = state->first[resource]; i != 0; i = state->next[i - 1])
        ais__perf_add(perf, use, state->chosen[i - 1]);
    if (use->parts > 0)
        ais__perf_weigh(perf, resource, state->placement->count[resource], use);
    state->bill[resource] = ais__perf_price(perf, resource, use->count) + use->cost;
    if ((use->parts > 0) != (parts > 0))
        set_used(state, resource, use->parts > 0);
    tally(state, violations, use->violations);
    if (use->factor == factor && use->count == count)
        return;
    for (uint32_t i = state->first[resource]; i != 0; i = state->next[i - 1])
        if (state->component[state->component_of[i - 1]].timed)
            ais__state_mark_component(state, state->component_of[i - 1]);
}

void ais__state_settle_resources(ais_perf_state *state)
{
    for (size_t i = 0; i < state->resources.count; i++)
        settle_resource(state, state->resources.items[i]);
    state->resources.count = 0;
}

static const ais__perf_row *first_row(const ais_perf_state *state,
                                      const ais__state_component *component)
{
    return state->chosen[component->deployment->first_part];
}

static void settle_edge(ais_perf_state *state, size_t e)
{
    const ais_perf *perf = state->perf;
    const ais_system_edge *edge = &perf->system->edges[e];
    const ais__state_component *from = &state->component[edge->from];
    const ais__state_component *to = &state->component[edge->to];
    const size_t n = e - perf->system->components[edge->from].first_edge;
    unsigned violations = 0;
    if ((from->shape & AIS__SHAPE_CLOUD) != 0 && (to->shape & AIS__SHAPE_EDGE) != 0 &&
        (perf->rules & AIS_RULE_FORWARD) != 0)
        violations |= AIS_VIOLATION_FORWARD;
    if (from->shape != 0 && to->shape != 0) {
        if (perf->has_gaps &&
            ais__perf_edge_gap(perf, from->deployment, n, state->chosen, first_row(state, to)))
            violations |= AIS_VIOLATION_NETWORK;
        if (state->edge_timed[e])
            state->transfer_s[e] = ais__perf_transfer_s(perf, from->deployment, n, state->chosen,
                                                        first_row(state, to));
    }
    tally(state, state->edge_violations[e], violations);
    state->edge_violations[e] = violations;
}

static unsigned shape_of(const ais_perf_state *state, const ais_system_deployment *deployment)
{
    if (deployment == NULL)
        return 0;
    for (size_t k = 0; k < deployment->part_count; k++)
        if (state->chosen[deployment->first_part + k] == NULL)
            return 0;
    return ais__perf_shape(deployment, state->chosen);
}

/* Where the parts of a component are has changed. */
static void settle_shape(ais_perf_state *state, size_t c)
{
    const ais_perf *perf = state->perf;
    ais__state_component *component = &state->component[c];
    const unsigned shape = shape_of(state, component->deployment);
    unsigned violations = shape == 0 ? AIS_VIOLATION_INCOMPLETE : 0;
    component->reshaped = component->shape != shape;
    component->shape = shape;
    if ((shape & AIS__SHAPE_BACK) != 0 && (perf->rules & AIS_RULE_FORWARD) != 0)
        violations |= AIS_VIOLATION_FORWARD;
    if (perf->has_gaps && shape != 0 &&
        ais__perf_chain_gap(perf, component->deployment, state->chosen))
        violations |= AIS_VIOLATION_NETWORK;
    tally(state, component->shape_violations, violations);
    component->shape_violations = violations;
}

static void settle_edges(ais_perf_state *state, size_t c)
{
    const ais_system_component *of = &state->perf->system->components[c];
    const ais__state_component *component = &state->component[c];
    const bool all = component->reshaped || state->perf->has_gaps;
    for (size_t e = of->first_edge; e < of->first_edge + of->edge_count; e++)
        if (all || state->edge_timed[e])
            settle_edge(state, e);
    for (size_t i = 0; i < component->in_count; i++) {
        const size_t e = state->in_edges[component->first_in + i];
        if (all || state->edge_timed[e])
            settle_edge(state, e);
    }
}

static bool fails(const ais_perf_state *state, const ais_system_deployment *deployment)
{
    for (size_t k = 0; k < deployment->part_count; k++) {
        const ais__perf_row *row = state->chosen[deployment->first_part + k];
        if (row->may_fail &&
            ais__perf_part_s(state->perf, row, &state->uses[row->resource]) == (double)INFINITY)
            return true;
    }
    return false;
}

static unsigned settle_time(ais_perf_state *state, size_t c)
{
    ais__state_component *component = &state->component[c];
    const double limit_s = state->perf->local_limit_s[c];
    unsigned violations = 0;
    component->excess = 0;
    component->time_s = NAN;
    if (component->shape == 0)
        return 0;
    component->time_s =
        ais__perf_chain_s(state->perf, component->deployment, state->chosen, state->uses);
    if (ais__perf_above(component->time_s, limit_s)) {
        violations |= AIS_VIOLATION_LOCAL;
        component->excess = ais__perf_excess(component->time_s, limit_s);
    }
    if (component->time_s == (double)INFINITY && fails(state, component->deployment)) {
        violations |= AIS_VIOLATION_LOAD;
        component->excess += 1;
    }
    return violations;
}

static void settle_component(ais_perf_state *state, size_t c)
{
    ais__state_component *component = &state->component[c];
    const double before_s = component->time_s;
    const bool moved = component->moved;
    component->marked = component->moved = false;
    if (component->timed) {
        const unsigned violations = settle_time(state, c);
        tally(state, component->time_violations, violations);
        component->time_violations = violations;
    }
    if (!moved && component->time_s == before_s)
        return;
    for (size_t i = 0; i < component->path_count; i++) {
        const uint32_t path = state->paths_of[component->first_path + i];
        if (!state->path[path].marked) {
            state->path[path].marked = true;
            state->paths.items[state->paths.count++] = path;
        }
    }
}

static void settle_path(ais_perf_state *state, size_t i)
{
    ais__state_path *path = &state->path[i];
    const double limit_s = state->perf->path_limit_s[i];
    unsigned violations = 0;
    path->marked = false;
    path->time_s = ais__state_path_s(state, i);
    path->excess = 0;
    if (ais__perf_above(path->time_s, limit_s)) {
        violations = AIS_VIOLATION_GLOBAL;
        path->excess = ais__perf_excess(path->time_s, limit_s);
    }
    tally(state, path->violations, violations);
    path->violations = violations;
}

void ais__state_settle(ais_perf_state *state)
{
    const ais__state_list *marked = &state->components;
    ais__state_settle_resources(state);
    for (size_t i = 0; i < marked->count; i++)
        if (state->component[marked->items[i]].moved)
            settle_shape(state, marked->items[i]);
    for (size_t i = 0; i < marked->count; i++)
        if (state->component[marked->items[i]].moved)
            settle_edges(state, marked->items[i]);
    for (size_t i = 0; i < marked->count; i++)
        settle_component(state, marked->items[i]);
    state->components.count = 0;
    for (size_t i = 0; i < state->paths.count; i++)
        settle_path(state, state->paths.items[i]);
    state->paths.count = 0;
}

double ais__state_component_s(const ais_perf_state *state, size_t component)
{
    const ais__state_component *of = &state->component[component];
    if (of->timed)
        return of->time_s;
    if (of->shape == 0)
        return NAN;
    return ais__perf_chain_s(state->perf, of->deployment, state->chosen, state->uses);
}

/* In the order of a full evaluation, to the bit. */
double ais__state_path_s(const ais_perf_state *state, size_t path)
{
    const ais_system_path *of = &state->perf->system->paths[path];
    double total_s = 0;
    for (size_t k = 0; k < of->component_count; k++) {
        const ais__state_component *component = &state->component[of->components[k]];
        if (component->shape == 0)
            return NAN;
        total_s += component->time_s;
        if (k > 0)
            total_s += state->transfer_s[of->edges[k - 1]];
    }
    return total_s;
}
