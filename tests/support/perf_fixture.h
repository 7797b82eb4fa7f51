/* One small system whose numbers can be computed by hand.
 *
 * a (s1: h1 -> h2; a quarter of the items leave behind h1) -> b (s1: h1) with probability 0.5; rate 2, horizon 1.
 * Rates: a.h1 2, a.h2 1.5, b.h1 1. Data: 2 MB from h1 to h2, 4 MB from a to b. One domain: 0.1 s, 16 a second.
 * Every part may run on every resource. E and E2: edge, costs 2 and 3, 3 machines; V: VM, cost 5, 4 machines; F and
 * G: functions, cost 0.3 and 0.2, idle 600 s; 1000 MB each. Needs: 400 MB, 400 MB, 300 MB.
 * Demand on machines: 0.2, 0.4, 0.25 s; functions: warm 1 s, cold 2 s. */
#ifndef AIS_TESTS_PERF_FIXTURE_H
#define AIS_TESTS_PERF_FIXTURE_H
#include <math.h>

#include "perf/perf.h"
#include "support/unit.h"

enum { FIX_A_H1, FIX_A_H2, FIX_B_H1, FIX_PARTS };
enum { FIX_E, FIX_E2, FIX_V, FIX_F, FIX_G, FIX_RESOURCES };

typedef struct perf_fixture {
    ais_system *system;
    ais_perf_options options;
    ais_placement *placement;
    ais_perf *perf;
    double utilization[FIX_RESOURCES], part_s[FIX_PARTS], component_s[2], path_s[1];
    ais_evaluation_result result;
} perf_fixture;

static inline size_t fix_option(size_t part, size_t resource)
{
    return part * FIX_RESOURCES + resource;
}

static inline void fix_resources(ais_system *s)
{
    static const ais_system_layer layers[] = {
        {.name = "L1", .kind = AIS_LAYER_EDGE, .first_resource = FIX_E, .resource_count = 2},
        {.name = "L2", .kind = AIS_LAYER_VM, .first_resource = FIX_V, .resource_count = 1},
        {.name = "L3", .kind = AIS_LAYER_FAAS, .first_resource = FIX_F, .resource_count = 2},
    };
    static const ais_system_resource resources[] = {
        {.name = "E", .layer = 0, .number = 3, .cost = 2, .memory_bytes = 1e9, .cores = 2},
        {.name = "E2", .layer = 0, .number = 3, .cost = 3, .memory_bytes = 1e9, .cores = 2},
        {.name = "V", .layer = 1, .number = 4, .cost = 5, .memory_bytes = 1e9, .cores = 4},
        {.name = "F", .layer = 2, .number = 1, .cost = 0.3, .memory_bytes = 1e9, .idle_s = 600},
        {.name = "G", .layer = 2, .number = 1, .cost = 0.2, .memory_bytes = 1e9, .idle_s = 600},
    };
    static const size_t all[] = {0, 1, 2};
    static const ais_system_domain domain = {
        .name = "ND1", .layers = all, .layer_count = 3, .access_delay_s = 0.1, .bandwidth = 16};
    s->layer_count = AIS_COUNT(layers);
    s->layers = ais_arena_alloc(s->arena, sizeof layers);
    __builtin_memcpy(s->layers, layers, sizeof layers);
    s->resource_count = AIS_COUNT(resources);
    s->resources = ais_arena_alloc(s->arena, sizeof resources);
    __builtin_memcpy(s->resources, resources, sizeof resources);
    s->domain_count = 1;
    s->domains = ais_arena_alloc(s->arena, sizeof domain);
    s->domains[0] = domain;
}

static inline void fix_components(ais_system *s)
{
    static const ais_system_component components[] = {
        {.name = "a", .deployment_count = 1, .edge_count = 1, .local_limit_s = INFINITY},
        {.name = "b",
         .first_deployment = 1,
         .deployment_count = 1,
         .first_edge = 1,
         .local_limit_s = INFINITY},
    };
    static const ais_system_deployment deployments[] = {
        {.name = "s1", .part_count = 2},
        {.name = "s1", .component = 1, .first_part = FIX_B_H1, .part_count = 1, .first_data = 1},
    };
    static const ais_system_part parts[] = {
        {.name = "h1", .early_exit = 0.25, .next_bytes = 2e6},
        {.name = "h2"},
        {.name = "h1", .component = 1, .deployment = 1},
    };
    s->component_count = AIS_COUNT(components);
    s->components = ais_arena_alloc(s->arena, sizeof components);
    __builtin_memcpy(s->components, components, sizeof components);
    s->deployment_count = AIS_COUNT(deployments);
    s->deployments = ais_arena_alloc(s->arena, sizeof deployments);
    __builtin_memcpy(s->deployments, deployments, sizeof deployments);
    s->part_count = AIS_COUNT(parts);
    s->parts = ais_arena_alloc(s->arena, sizeof parts);
    __builtin_memcpy(s->parts, parts, sizeof parts);
    s->edge_count = 1;
    s->edges = ais_arena_alloc(s->arena, sizeof *s->edges);
    s->edges[0] = (ais_system_edge){.from = 0, .to = 1, .probability = 0.5};
    s->edge_bytes_count = 1;
    s->edge_bytes = ais_arena_alloc(s->arena, sizeof *s->edge_bytes);
    s->edge_bytes[0] = 4e6;
}

static inline void fix_options(ais_system *s)
{
    static const double demand_s[] = {0.2, 0.4, 0.25};
    static const double memory_bytes[] = {400e6, 400e6, 300e6};
    s->option_count = (size_t)FIX_PARTS * FIX_RESOURCES;
    s->options = ais_arena_alloc(s->arena, s->option_count * sizeof *s->options);
    for (size_t p = 0; p < FIX_PARTS; p++) {
        s->parts[p].first_option = fix_option(p, 0);
        s->parts[p].option_count = FIX_RESOURCES;
        for (size_t r = 0; r < FIX_RESOURCES; r++) {
            const bool function = r >= FIX_F;
            s->options[fix_option(p, r)] = (ais_system_option){
                .part = p,
                .resource = r,
                .memory_bytes = memory_bytes[p],
                .kind = function ? AIS_MODEL_FUNCTION : AIS_MODEL_QUEUE,
                .demand_s = function ? 0 : demand_s[p],
                .warm_s = function ? 1 : 0,
                .cold_s = function ? 2 : 0,
            };
        }
    }
}

static inline void perf_fixture_init(perf_fixture *f)
{
    static const size_t components[] = {0, 1};
    static const size_t edges[] = {0};
    size_t on_cycle;
    *f = (perf_fixture){.system = ais_system_new()};
    ais_system *s = f->system;
    s->rate_rps = 2;
    fix_resources(s);
    fix_components(s);
    fix_options(s);
    s->path_count = 1;
    s->paths = ais_arena_alloc(s->arena, sizeof *s->paths);
    s->paths[0] = (ais_system_path){.name = "p1",
                                    .components = components,
                                    .edges = edges,
                                    .component_count = 2,
                                    .limit_s = INFINITY};
    assert_true(ais_system_order(s, &on_cycle));
    f->placement = ais_placement_new(s);
    f->placement->deployment[0] = 0;
    f->placement->deployment[1] = 1;
    f->result = (ais_evaluation_result){.utilization = f->utilization,
                                        .part_s = f->part_s,
                                        .component_s = f->component_s,
                                        .path_s = f->path_s};
}

static inline void perf_fixture_clear(perf_fixture *f)
{
    ais_perf_free(f->perf);
    ais_placement_free(f->placement);
    ais_system_free(f->system);
}

/* Put the parts on resources, each with this many machines. */
static inline void fix_place(perf_fixture *f, size_t a_h1, size_t a_h2, size_t b_h1, size_t count)
{
    const size_t on[] = {a_h1, a_h2, b_h1};
    for (size_t r = 0; r < FIX_RESOURCES; r++)
        f->placement->count[r] = 0;
    for (size_t p = 0; p < FIX_PARTS; p++) {
        f->placement->option[p] = fix_option(p, on[p]);
        f->placement->count[on[p]] = on[p] >= FIX_F ? 1 : count;
    }
}

/* Compile by `options`, judge; a state must say the same. Returns the violations. */
static inline unsigned fix_judge(perf_fixture *f)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_perf_free(f->perf);
    f->perf = NULL;
    assert_int_equal(ais_perf_new(f->system, &f->options, &f->perf, &err), 0);
    ais_perf_evaluate(f->perf, f->placement, NULL, &f->result);
    AIS_AUTO(ais_perf_state) state = ais_perf_state_new(f->perf);
    ais_perf_state_set(state, f->placement);
    assert_int_equal(ais_perf_state_violations(state), f->result.violations);
    const double cost = ais_perf_state_cost(state);
    assert_true(cost == f->result.cost);
    return f->result.violations;
}
#endif
