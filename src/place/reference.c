/* The method "reference": tries everything. Every deployment, every option of every part, every count of every type
 * in use, each judged as a whole. Shares nothing with the other methods, so that they can be held against it. */
#include "place/search.h"

typedef struct reference_run {
    ais__search *search;
    const ais_system *system;
    const ais_perf *perf;
    ais_placement *placement;
    ais_perf_scratch *scratch;
    size_t *in_use; /* by resource: parts on it */
    uint64_t tried;
    bool stopped;
} reference_run;

static void judge(reference_run *reference)
{
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(reference->perf, reference->placement, reference->scratch, &result);
    if (reference->tried++ % 16 == 0 && ais__search_stop(reference->search))
        reference->stopped = true;
    if (result.violations == 0 && result.cost < atomic_load(&reference->search->cost))
        ais__search_offer(reference->search, reference->placement);
}

/* Depth: at most resources, components and parts of a chain; systems that can be tried have a few of them. */
static void try_counts(reference_run *reference, size_t resource)
{
    if (resource == reference->system->resource_count) {
        judge(reference);
        return;
    }
    size_t *count = &reference->placement->count[resource];
    if (reference->in_use[resource] == 0 || reference->perf->is_function[resource]) {
        *count = reference->in_use[resource] > 0;
        try_counts(reference, resource + 1);
        return;
    }
    for (*count = 1; *count <= reference->perf->count_max[resource] && !reference->stopped;
         ++*count)
        try_counts(reference, resource + 1);
}

static void try_component(reference_run *reference, size_t component);

static void try_part(reference_run *reference, const ais_system_deployment *deployment, size_t k)
{
    if (k == deployment->part_count) {
        try_component(reference, deployment->component + 1);
        return;
    }
    const size_t p = deployment->first_part + k;
    const ais_system_part *part = &reference->system->parts[p];
    for (size_t o = part->first_option;
         o < part->first_option + part->option_count && !reference->stopped; o++) {
        const size_t r = reference->system->options[o].resource;
        reference->placement->option[p] = o;
        reference->in_use[r]++;
        try_part(reference, deployment, k + 1);
        reference->in_use[r]--;
        reference->placement->option[p] = AIS_SYSTEM_NONE;
    }
}

static void try_component(reference_run *reference, size_t component)
{
    if (component == reference->system->component_count) {
        try_counts(reference, 0);
        return;
    }
    const ais_system_component *c = &reference->system->components[component];
    for (size_t d = c->first_deployment;
         d < c->first_deployment + c->deployment_count && !reference->stopped; d++) {
        reference->placement->deployment[component] = d;
        try_part(reference, &reference->system->deployments[d], 0);
    }
}

static void solve(ais__search *search)
{
    const ais_system *system = search->perf->system;
    AIS_AUTO(ais_placement) placement = ais_placement_new(system);
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    AIS_FREE size_t *in_use = ais_alloc(system->resource_count * sizeof *in_use);
    reference_run reference = {.search = search,
                               .system = system,
                               .perf = search->perf,
                               .placement = placement,
                               .scratch = scratch,
                               .in_use = in_use};
    try_component(&reference, 0);
    ais__search_count(search, "placements tried", reference.tried);
    if (!reference.stopped && !ais__search_stop(search))
        ais__search_complete(search);
}

const ais__place_method ais__place_reference = {
    .name = "reference",
    .solve = solve,
    .proves = true,
};
