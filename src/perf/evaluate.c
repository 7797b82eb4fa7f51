/* The judge: a placement evaluated as a whole. Changes step by step: state.c. */
#include "perf/perf_priv.h"

struct ais_perf_scratch {
    ais__perf_use *uses;          /* by resource */
    const ais__perf_row **chosen; /* by part */
    bool *complete;               /* by component */
    double *component_s;
    uint32_t *types; /* by layer: resources in use */
    ais_arena *arena;
};

ais_perf_scratch *ais_perf_scratch_new(const ais_system *system)
{
    ais_arena *arena = ais_arena_new();
    ais_perf_scratch *scratch = ais_arena_alloc(arena, sizeof *scratch);
    scratch->arena = arena;
    scratch->uses = ais_arena_alloc(arena, system->resource_count * sizeof *scratch->uses);
    scratch->chosen = ais_arena_alloc(arena, system->part_count * sizeof *scratch->chosen);
    scratch->complete = ais_arena_alloc(arena, system->component_count * sizeof *scratch->complete);
    scratch->component_s =
        ais_arena_alloc(arena, system->component_count * sizeof *scratch->component_s);
    scratch->types = ais_arena_alloc(arena, system->layer_count * sizeof *scratch->types);
    return scratch;
}

void ais_perf_scratch_free(ais_perf_scratch *scratch)
{
    if (scratch != NULL)
        ais_arena_free(scratch->arena);
}

static void weigh_memory(const ais_perf *perf, size_t resource, ais__perf_use *use)
{
    double limit = perf->memory_bytes[resource];
    if (perf->rules_of->memory_of_all_machines && !perf->is_function[resource])
        limit *= (double)use->count;
    if (ais__perf_above(use->memory_bytes, limit)) {
        use->violations |= AIS_VIOLATION_MEMORY;
        use->excess += ais__perf_excess(use->memory_bytes, limit);
    }
}

void ais__perf_weigh(const ais_perf *perf, size_t resource, ais__perf_use *use)
{
    const bool function = perf->is_function[resource];
    if (function)
        use->count = 1;
    use->rho = function ? 0 : use->load / (double)use->count;
    if (use->count == 0) {
        use->violations |= AIS_VIOLATION_INCOMPLETE;
        use->rho = INFINITY;
    }
    if (use->count > perf->count_max[resource])
        use->violations |= AIS_VIOLATION_COUNT;
    if (use->alone > 0 && use->parts > 1 && (perf->rules & AIS_RULE_COLOCATION) != 0)
        use->violations |= AIS_VIOLATION_COLOCATION;
    use->excess = 0;
    use->factor = use->rho < 1 ? 1 / (1 - use->rho) : (double)INFINITY;
    if (!(use->rho < 1)) {
        use->violations |= AIS_VIOLATION_LOAD;
        use->excess = fmin(use->rho, 1000);
    }
    if ((perf->rules & AIS_RULE_MEMORY) != 0)
        weigh_memory(perf, resource, use);
}

bool ais__perf_has_cloud(const ais_system_deployment *deployment,
                         const ais__perf_row *const *chosen)
{
    for (size_t k = 0; k < deployment->part_count; k++)
        if (chosen[deployment->first_part + k]->is_cloud)
            return true;
    return false;
}

bool ais__perf_has_edge(const ais_system_deployment *deployment, const ais__perf_row *const *chosen)
{
    for (size_t k = 0; k < deployment->part_count; k++)
        if (!chosen[deployment->first_part + k]->is_cloud)
            return true;
    return false;
}

bool ais__perf_turns_back(const ais_system_deployment *deployment,
                          const ais__perf_row *const *chosen)
{
    const size_t first = deployment->first_part, end = first + deployment->part_count;
    for (size_t p = first + 1; p < end; p++)
        if (chosen[p - 1]->is_cloud && !chosen[p]->is_cloud)
            return true;
    return false;
}

bool ais__perf_chain_gap(const ais_perf *perf, const ais_system_deployment *deployment,
                         const ais__perf_row *const *chosen)
{
    const size_t first = deployment->first_part, end = first + deployment->part_count;
    for (size_t p = first + 1; p < end; p++)
        if (ais__perf_between_s(perf, perf->next_delay_s[p - 1], chosen[p - 1], chosen[p]) ==
            (double)INFINITY)
            return true;
    return false;
}

bool ais__perf_edge_gap(const ais_perf *perf, const ais_system_deployment *deployment, size_t edge,
                        const ais__perf_row *const *chosen, const ais__perf_row *to)
{
    const size_t first = deployment->first_part, end = first + deployment->part_count;
    const double *delays_s = perf->edge_delay_s[deployment->first_data + edge];
    for (size_t p = first; p < end; p++)
        if (perf->part_leaving[p] > 0 &&
            ais__perf_between_s(perf, delays_s, chosen[p], to) == (double)INFINITY)
            return true;
    return false;
}

/* The deployment that a placement chooses, NULL when that is none of the component's. */
static const ais_system_deployment *deployment_of(const ais_system *system, size_t component,
                                                  const ais_placement *placement)
{
    const size_t d = placement->deployment[component];
    if (d - system->components[component].first_deployment >=
        system->components[component].deployment_count)
        return NULL;
    return &system->deployments[d];
}

/* Add up what the parts of a component want of resources; returns whether all of them have one. */
static bool gather_component(const ais_perf *perf, const ais_placement *placement, size_t component,
                             ais_perf_scratch *scratch)
{
    const ais_system *system = perf->system;
    const ais_system_deployment *deployment = deployment_of(system, component, placement);
    bool complete = deployment != NULL;
    for (size_t k = 0; deployment != NULL && k < deployment->part_count; k++) {
        const size_t p = deployment->first_part + k, o = placement->option[p];
        if (o - system->parts[p].first_option >= system->parts[p].option_count) {
            complete = false;
            continue;
        }
        scratch->chosen[p] = &perf->rows[o];
        ais__perf_add(perf, &scratch->uses[perf->rows[o].resource], &perf->rows[o]);
    }
    return complete;
}

static unsigned gather(const ais_perf *perf, const ais_placement *placement,
                       ais_perf_scratch *scratch)
{
    const ais_system *system = perf->system;
    unsigned violations = 0;
    __builtin_memset(scratch->uses, 0, system->resource_count * sizeof *scratch->uses);
    for (size_t c = 0; c < system->component_count; c++) {
        scratch->complete[c] = gather_component(perf, placement, c, scratch);
        if (!scratch->complete[c])
            violations |= AIS_VIOLATION_INCOMPLETE;
    }
    return violations;
}

/* Resources: loads, prices. */
static unsigned weigh(const ais_perf *perf, const ais_placement *placement,
                      ais_perf_scratch *scratch, ais_evaluation_result *out)
{
    const ais_system *system = perf->system;
    unsigned violations = 0;
    double cost = 0;
    __builtin_memset(scratch->types, 0, system->layer_count * sizeof *scratch->types);
    for (size_t r = 0; r < system->resource_count; r++) {
        ais__perf_use *use = &scratch->uses[r];
        if (use->parts > 0) {
            use->count = placement->count[r];
            ais__perf_weigh(perf, r, use);
            violations |= use->violations;
            if (!perf->is_function[r] && ++scratch->types[perf->layer[r]] > 1 &&
                (perf->rules & AIS_RULE_ONE_TYPE) != 0)
                violations |= AIS_VIOLATION_ONE_TYPE;
        }
        if (use->parts > 0 || perf->current_count != NULL)
            cost += ais_perf_price(perf, r, use->count) + use->cost;
        if (out->utilization != NULL)
            out->utilization[r] = use->rho;
    }
    out->cost = cost;
    return violations;
}

/* Times of components, and whether models have no answer. */
static unsigned time_components(const ais_perf *perf, const ais_placement *placement,
                                ais_perf_scratch *scratch)
{
    const ais_system *system = perf->system;
    unsigned violations = 0;
    for (size_t c = 0; c < system->component_count; c++) {
        scratch->component_s[c] = NAN;
        if (!scratch->complete[c])
            continue;
        const ais_system_deployment *deployment = &system->deployments[placement->deployment[c]];
        scratch->component_s[c] =
            ais__perf_chain_s(perf, deployment, scratch->chosen, scratch->uses);
        if (ais__perf_above(scratch->component_s[c], perf->local_limit_s[c]))
            violations |= AIS_VIOLATION_LOCAL;
    }
    return violations;
}

/* Rules that hold along the graph: forward, network. */
static unsigned follow_edges(const ais_perf *perf, const ais_placement *placement,
                             const ais_perf_scratch *scratch, const ais_system_component *component)
{
    const ais_system *system = perf->system;
    const bool forward = (perf->rules & AIS_RULE_FORWARD) != 0;
    const ais_system_deployment *from =
        &system->deployments[placement->deployment[component - system->components]];
    const bool cloud = forward && ais__perf_has_cloud(from, scratch->chosen);
    unsigned violations = 0;
    for (size_t e = 0; e < component->edge_count; e++) {
        const size_t to = system->edges[component->first_edge + e].to;
        if (!scratch->complete[to])
            continue;
        const ais_system_deployment *next = &system->deployments[placement->deployment[to]];
        /* one step is enough: what is behind it must be in the cloud as well, or is a violation itself */
        if (cloud && ais__perf_has_edge(next, scratch->chosen))
            violations |= AIS_VIOLATION_FORWARD;
        if (perf->has_gaps &&
            ais__perf_edge_gap(perf, from, e, scratch->chosen, scratch->chosen[next->first_part]))
            violations |= AIS_VIOLATION_NETWORK;
    }
    if (forward && ais__perf_turns_back(from, scratch->chosen))
        violations |= AIS_VIOLATION_FORWARD;
    if (perf->has_gaps && ais__perf_chain_gap(perf, from, scratch->chosen))
        violations |= AIS_VIOLATION_NETWORK;
    return violations;
}

static double time_path(const ais_perf *perf, const ais_placement *placement,
                        const ais_perf_scratch *scratch, const ais_system_path *path)
{
    const ais_system *system = perf->system;
    double total_s = 0;
    for (size_t k = 0; k < path->component_count; k++) {
        const size_t c = path->components[k];
        total_s += scratch->component_s[c];
        if (!scratch->complete[c])
            return NAN;
        if (k == 0)
            continue;
        const size_t before = path->components[k - 1];
        const size_t edge = path->edges[k - 1] - system->components[before].first_edge;
        const ais_system_deployment *to = &system->deployments[placement->deployment[c]];
        total_s += ais__perf_transfer_s(perf, &system->deployments[placement->deployment[before]],
                                        edge, scratch->chosen, scratch->chosen[to->first_part]);
    }
    return total_s;
}

static unsigned time_paths(const ais_perf *perf, const ais_placement *placement,
                           const ais_perf_scratch *scratch, ais_evaluation_result *out)
{
    unsigned violations = 0;
    for (size_t i = 0; i < perf->system->path_count; i++) {
        const double path_s = time_path(perf, placement, scratch, &perf->system->paths[i]);
        if (ais__perf_above(path_s, perf->path_limit_s[i]))
            violations |= AIS_VIOLATION_GLOBAL;
        if (out->path_s != NULL)
            out->path_s[i] = path_s;
    }
    return violations;
}

/* Models that have no answer; times of parts where they are wanted. */
static unsigned time_parts(const ais_perf *perf, const ais_placement *placement,
                           const ais_perf_scratch *scratch, double *part_s)
{
    const ais_system *system = perf->system;
    unsigned violations = 0;
    for (size_t p = 0; part_s != NULL && p < system->part_count; p++)
        part_s[p] = NAN;
    for (size_t c = 0; c < system->component_count; c++) {
        if (!scratch->complete[c])
            continue;
        const ais_system_deployment *deployment = &system->deployments[placement->deployment[c]];
        for (size_t k = 0; k < deployment->part_count; k++) {
            const ais__perf_row *row = scratch->chosen[deployment->first_part + k];
            if (part_s == NULL && !row->may_fail)
                continue;
            const double time_s = ais__perf_part_s(perf, row, &scratch->uses[row->resource]);
            if (row->may_fail && time_s == (double)INFINITY)
                violations |= AIS_VIOLATION_LOAD;
            if (part_s != NULL)
                part_s[deployment->first_part + k] = time_s;
        }
    }
    return violations;
}

static void evaluate(const ais_perf *perf, const ais_placement *placement,
                     ais_perf_scratch *scratch, ais_evaluation_result *out)
{
    const ais_system *system = perf->system;
    unsigned violations = gather(perf, placement, scratch);
    violations |= weigh(perf, placement, scratch, out);
    violations |= time_components(perf, placement, scratch);
    violations |= time_parts(perf, placement, scratch, out->part_s);
    violations |= time_paths(perf, placement, scratch, out);
    for (size_t c = 0; c < system->component_count; c++)
        if (scratch->complete[c])
            violations |= follow_edges(perf, placement, scratch, &system->components[c]);
    if (out->component_s != NULL)
        __builtin_memcpy(out->component_s, scratch->component_s,
                         system->component_count * sizeof *out->component_s);
    if ((violations & AIS_VIOLATION_INCOMPLETE) != 0)
        out->cost = INFINITY;
    out->violations = violations;
}

void ais_perf_evaluate(const ais_perf *perf, const ais_placement *placement,
                       ais_perf_scratch *scratch, ais_evaluation_result *out)
{
    if (scratch != NULL) {
        evaluate(perf, placement, scratch, out);
        return;
    }
    AIS_AUTO(ais_perf_scratch) own = ais_perf_scratch_new(perf->system);
    evaluate(perf, placement, own, out);
}
