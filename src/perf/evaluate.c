/* The judge: a placement evaluated as a whole. Changes step by step: state.c. */
#include "perf/perf_priv.h"

struct ais_perf_scratch {
    ais__perf_use *uses; /* by resource; stale where it is not used */
    uint64_t *used;      /* a bit for each resource */
    size_t words;
    const ais__perf_row **chosen; /* by part */
    unsigned *shape;              /* by component */
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
    scratch->words = system->resource_count / 64 + 1;
    scratch->used = ais_arena_alloc(arena, scratch->words * sizeof *scratch->used);
    scratch->shape = ais_arena_alloc(arena, system->component_count * sizeof *scratch->shape);
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

static bool is_used(const ais_perf_scratch *scratch, size_t resource)
{
    return (scratch->used[resource / 64] >> resource % 64 & 1) != 0;
}

static ais__perf_use *use_of(ais_perf_scratch *scratch, size_t resource)
{
    if (!is_used(scratch, resource)) {
        scratch->used[resource / 64] |= 1ULL << resource % 64;
        scratch->uses[resource] = (ais__perf_use){.load = 0};
    }
    return &scratch->uses[resource];
}

/* Add up what the parts of a component want of resources; returns its shape. */
static unsigned gather_component(const ais_perf *perf, const ais_placement *placement,
                                 size_t component, ais_perf_scratch *scratch)
{
    const ais_system *system = perf->system;
    const size_t d = placement->deployment[component];
    if (d >= system->deployment_count || system->deployments[d].component != component)
        return 0;
    const ais_system_deployment *deployment = &system->deployments[d];
    const size_t first = deployment->first_part, end = first + deployment->part_count;
    bool complete = true;
    for (size_t p = first; p < end; p++) {
        const size_t o = placement->option[p];
        const ais__perf_row *row = o < system->option_count ? &perf->rows[o] : NULL;
        if (row == NULL || row->part != p) {
            complete = false;
            continue;
        }
        scratch->chosen[p] = row;
        ais__perf_add(perf, use_of(scratch, row->resource), row);
    }
    return complete ? ais__perf_shape(deployment, scratch->chosen) : 0;
}

static unsigned gather(const ais_perf *perf, const ais_placement *placement,
                       ais_perf_scratch *scratch)
{
    unsigned violations = 0;
    for (size_t i = 0; i < scratch->words; i++)
        scratch->used[i] = 0;
    for (size_t c = 0; c < perf->system->component_count; c++) {
        scratch->shape[c] = gather_component(perf, placement, c, scratch);
        if (scratch->shape[c] == 0)
            violations |= AIS_VIOLATION_INCOMPLETE;
    }
    return violations;
}

/* A resource in use. */
static unsigned weigh_one(const ais_perf *perf, const ais_placement *placement, size_t resource,
                          ais_perf_scratch *scratch, ais_evaluation_result *out)
{
    ais__perf_use *use = &scratch->uses[resource];
    ais__perf_weigh(perf, resource, placement->count[resource], use);
    out->cost += ais__perf_price(perf, resource, use->count) + use->cost;
    if (out->utilization != NULL)
        out->utilization[resource] = use->rho;
    if (!perf->is_function[resource] && ++scratch->types[perf->layer[resource]] > 1 &&
        (perf->rules & AIS_RULE_ONE_TYPE) != 0)
        return use->violations | AIS_VIOLATION_ONE_TYPE;
    return use->violations;
}

/* Resources in ascending order: loads, prices. */
static unsigned weigh(const ais_perf *perf, const ais_placement *placement,
                      ais_perf_scratch *scratch, ais_evaluation_result *out)
{
    const ais_system *system = perf->system;
    unsigned violations = 0;
    out->cost = 0;
    for (size_t i = 0; i < system->layer_count; i++)
        scratch->types[i] = 0;
    for (size_t r = 0; out->utilization != NULL && r < system->resource_count; r++)
        out->utilization[r] = 0;
    if (perf->current_count == NULL) {
        for (size_t i = 0; i < scratch->words; i++)
            for (uint64_t word = scratch->used[i]; word != 0; word &= word - 1)
                violations |= weigh_one(perf, placement, i * 64 + (size_t)__builtin_ctzll(word),
                                        scratch, out);
        return violations;
    }
    for (size_t r = 0; r < system->resource_count; r++)
        if (is_used(scratch, r))
            violations |= weigh_one(perf, placement, r, scratch, out);
        else
            out->cost += ais__perf_price(perf, r, 0);
    return violations;
}

/* Times of the components that have limits or are on paths; of all where they are wanted. */
static unsigned time_components(const ais_perf *perf, const ais_placement *placement,
                                ais_perf_scratch *scratch, bool all)
{
    const ais_system *system = perf->system;
    unsigned violations = 0;
    for (size_t c = 0; c < system->component_count; c++) {
        scratch->component_s[c] = NAN;
        if (scratch->shape[c] == 0 || !(all || perf->is_timed[c]))
            continue;
        scratch->component_s[c] = ais__perf_chain_s(
            perf, &system->deployments[placement->deployment[c]], scratch->chosen, scratch->uses);
        if (ais__perf_above(scratch->component_s[c], perf->local_limit_s[c]))
            violations |= AIS_VIOLATION_LOCAL;
    }
    return violations;
}

/* Nothing returns to the edge. Single steps are enough: what is behind a component in the cloud must be there,
 * too, or is a violation itself. */
static unsigned follow_forward(const ais_perf *perf, const ais_perf_scratch *scratch)
{
    const ais_system *system = perf->system;
    const unsigned *shape = scratch->shape;
    bool broken = false;
    if ((perf->rules & AIS_RULE_FORWARD) == 0)
        return 0;
    for (size_t c = 0; c < system->component_count; c++)
        broken |= (shape[c] & AIS__SHAPE_BACK) != 0;
    for (size_t e = 0; e < system->edge_count; e++)
        broken |= (shape[system->edges[e].from] & AIS__SHAPE_CLOUD) != 0 &&
                  (shape[system->edges[e].to] & AIS__SHAPE_EDGE) != 0;
    return broken ? AIS_VIOLATION_FORWARD : 0;
}

static unsigned follow_network(const ais_perf *perf, const ais_placement *placement,
                               const ais_perf_scratch *scratch)
{
    const ais_system *system = perf->system;
    bool broken = false;
    if (!perf->has_gaps)
        return 0;
    for (size_t c = 0; c < system->component_count; c++)
        if (scratch->shape[c] != 0)
            broken |= ais__perf_chain_gap(perf, &system->deployments[placement->deployment[c]],
                                          scratch->chosen);
    for (size_t e = 0; e < system->edge_count; e++) {
        const size_t from = system->edges[e].from, to = system->edges[e].to;
        if (scratch->shape[from] == 0 || scratch->shape[to] == 0)
            continue;
        const ais_system_deployment *next = &system->deployments[placement->deployment[to]];
        broken |= ais__perf_edge_gap(perf, &system->deployments[placement->deployment[from]],
                                     e - system->components[from].first_edge, scratch->chosen,
                                     scratch->chosen[next->first_part]);
    }
    return broken ? AIS_VIOLATION_NETWORK : 0;
}

static double time_path(const ais_perf *perf, const ais_placement *placement,
                        const ais_perf_scratch *scratch, const ais_system_path *path)
{
    const ais_system *system = perf->system;
    double total_s = 0;
    for (size_t k = 0; k < path->component_count; k++) {
        const size_t c = path->components[k];
        total_s += scratch->component_s[c];
        if (scratch->shape[c] == 0)
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
        if (out->path_s == NULL && perf->path_limit_s[i] == (double)INFINITY)
            continue;
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
        if (scratch->shape[c] == 0)
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
    violations |= time_components(perf, placement, scratch, out->component_s != NULL);
    if (perf->may_fail || out->part_s != NULL)
        violations |= time_parts(perf, placement, scratch, out->part_s);
    violations |= time_paths(perf, placement, scratch, out);
    violations |= follow_forward(perf, scratch);
    violations |= follow_network(perf, placement, scratch);
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
