/* Every placement of a small system, one after the other: what methods with a proof are held against. */
#ifndef AIS_TESTS_PLACE_BRUTE_H
#define AIS_TESTS_PLACE_BRUTE_H
#include "place/place.h"

typedef struct place_brute {
    const ais_perf *perf;
    ais_placement *placement;
    ais_perf_scratch *scratch;
    ais_evaluation_result evaluation;
    void (*feasible)(void *state, const ais_placement *placement,
                     const ais_evaluation_result *evaluation);
    void *state;
} place_brute;

static inline void place_brute_counts(place_brute *b, size_t resource)
{
    const ais_perf *perf = b->perf;
    while (resource < perf->system->resource_count &&
           !ais_placement_uses(perf->system, b->placement, resource))
        b->placement->count[resource++] = 0;
    if (resource == perf->system->resource_count) {
        ais_perf_evaluate(perf, b->placement, b->scratch, &b->evaluation);
        if (b->evaluation.violations == 0)
            b->feasible(b->state, b->placement, &b->evaluation);
        return;
    }
    const size_t most = perf->is_function[resource] ? 1 : perf->count_max[resource];
    for (size_t n = 1; n <= most; n++) {
        b->placement->count[resource] = n;
        place_brute_counts(b, resource + 1);
    }
}

static inline void place_brute_component(place_brute *b, size_t component);

static inline void place_brute_part(place_brute *b, size_t deployment, size_t k)
{
    const ais_system *system = b->perf->system;
    const ais_system_deployment *d = &system->deployments[deployment];
    if (k == d->part_count) {
        place_brute_component(b, d->component + 1);
        return;
    }
    const ais_system_part *part = &system->parts[d->first_part + k];
    for (size_t o = part->first_option; o < part->first_option + part->option_count; o++) {
        b->placement->option[d->first_part + k] = o;
        if (b->perf->usable[o])
            place_brute_part(b, deployment, k + 1);
    }
    b->placement->option[d->first_part + k] = AIS_SYSTEM_NONE;
}

static inline void place_brute_component(place_brute *b, size_t component)
{
    const ais_system *system = b->perf->system;
    if (component == system->component_count) {
        place_brute_counts(b, 0);
        return;
    }
    const ais_system_component *c = &system->components[component];
    for (size_t d = c->first_deployment; d < c->first_deployment + c->deployment_count; d++) {
        b->placement->deployment[component] = d;
        place_brute_part(b, d, 0);
    }
}

/* Call `feasible` for each feasible placement, with its times. */
static inline void place_brute_each(const ais_perf *perf,
                                    void (*feasible)(void *state, const ais_placement *placement,
                                                     const ais_evaluation_result *evaluation),
                                    void *state)
{
    const ais_system *system = perf->system;
    AIS_AUTO(ais_placement) placement = ais_placement_new(system);
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    place_brute b = {
        .perf = perf,
        .placement = placement,
        .scratch = scratch,
        .evaluation = {.component_s =
                           ais_arena_alloc(arena, (system->component_count + 1) * sizeof(double)),
                       .path_s = ais_arena_alloc(arena, (system->path_count + 1) * sizeof(double))},
        .feasible = feasible,
        .state = state,
    };
    place_brute_component(&b, 0);
}

static inline void place_brute_keep_cheapest(void *state, const ais_placement *placement,
                                             const ais_evaluation_result *evaluation)
{
    (void)placement;
    double *cost = state;
    if (evaluation->cost < *cost)
        *cost = evaluation->cost;
}

/* INFINITY when nothing is allowed. */
static inline double place_brute_optimum(const ais_perf *perf)
{
    double cost = (double)__builtin_inf();
    place_brute_each(perf, place_brute_keep_cheapest, &cost);
    return cost;
}

/* The method whose proofs are taken for granted here. */
static inline const char *place_brute_rival(void)
{
    const char *rival = NULL;
    for (size_t i = 0; i < ais_place_method_count(); i++)
        if (ais_str_equal(ais_place_method_name(i), "exact") ||
            (rival == NULL && ais_str_equal(ais_place_method_name(i), "branch")))
            rival = ais_place_method_name(i);
    return rival;
}
#endif
