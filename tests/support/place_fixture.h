/* Small systems from tables: components in a chain, all layers in one network domain, nothing to send.
 * Rows of one component, deployment and partition follow each other. */
#ifndef AIS_TESTS_PLACE_FIXTURE_H
#define AIS_TESTS_PLACE_FIXTURE_H
#include <math.h>

#include "perf/perf.h"

typedef struct fixture_resource {
    const char *layer, *name; /* a NULL name ends the table */
    ais_layer_kind kind;
    size_t number;
    double cost;
} fixture_resource;

typedef struct fixture_option {
    const char *component, *deployment, *part; /* a NULL component ends the table */
    const char *resource;
    double demand_s;    /* of a function: warm */
    double cold_s;      /* of a function */
    double deviation_s; /* of the demand; of a function: of warm and cold */
} fixture_option;

enum { FIXTURE_MAX = 64 };

static inline void fixture_add_resource(ais_system *s, const fixture_resource *row)
{
    if (s->layer_count == 0 || !ais_str_equal(s->layers[s->layer_count - 1].name, row->layer))
        s->layers[s->layer_count++] = (ais_system_layer){
            .name = row->layer, .kind = row->kind, .first_resource = s->resource_count};
    s->layers[s->layer_count - 1].resource_count++;
    s->resources[s->resource_count++] = (ais_system_resource){.name = row->name,
                                                              .layer = s->layer_count - 1,
                                                              .number = row->number,
                                                              .cost = row->cost,
                                                              .memory_bytes = 1e9,
                                                              .cores = 1,
                                                              .idle_s = 600};
}

static inline size_t fixture_resource_of(const ais_system *s, const char *name)
{
    for (size_t r = 0; r < s->resource_count; r++)
        if (ais_str_equal(s->resources[r].name, name))
            return r;
    AIS_BUG("no resource '%s'", name);
}

static inline void fixture_add_part(ais_system *s, const fixture_option *row,
                                    const fixture_option *last)
{
    const bool new_component = last == NULL || !ais_str_equal(last->component, row->component);
    const bool new_deployment = new_component || !ais_str_equal(last->deployment, row->deployment);
    if (!new_deployment && ais_str_equal(last->part, row->part))
        return;
    if (new_component)
        s->components[s->component_count++] =
            (ais_system_component){.name = row->component,
                                   .first_deployment = s->deployment_count,
                                   .local_limit_s = INFINITY};
    ais_system_component *c = &s->components[s->component_count - 1];
    if (new_deployment) {
        c->deployment_count++;
        s->deployments[s->deployment_count++] =
            (ais_system_deployment){.name = row->deployment,
                                    .component = s->component_count - 1,
                                    .first_part = s->part_count};
    }
    s->deployments[s->deployment_count - 1].part_count++;
    s->parts[s->part_count++] = (ais_system_part){.name = row->part,
                                                  .component = s->component_count - 1,
                                                  .deployment = s->deployment_count - 1,
                                                  .first_option = s->option_count};
}

static inline void fixture_add_option(ais_system *s, const fixture_option *row)
{
    const size_t r = fixture_resource_of(s, row->resource);
    const bool function = s->layers[s->resources[r].layer].kind == AIS_LAYER_FAAS;
    s->parts[s->part_count - 1].option_count++;
    s->options[s->option_count++] =
        (ais_system_option){.part = s->part_count - 1,
                            .resource = r,
                            .memory_bytes = 1e6,
                            .kind = function ? AIS_MODEL_FUNCTION : AIS_MODEL_QUEUE,
                            .model = function ? "PACSLTK" : "QTedge",
                            .demand_s = function ? 0 : row->demand_s,
                            .deviation_s = function ? 0 : row->deviation_s,
                            .warm_s = function ? row->demand_s : 0,
                            .cold_s = row->cold_s,
                            .warm_deviation_s = function ? row->deviation_s : 0,
                            .cold_deviation_s = function ? row->deviation_s : 0,
                            .mean_time_s = NAN};
}

/* The chain's edges, one path over all of it with a limit, and the network. */
static inline void fixture_connect(ais_system *s, double path_limit_s, double access_delay_s)
{
    const size_t n = s->component_count;
    size_t *components = ais_arena_alloc(s->arena, n * sizeof *components);
    size_t *edges = ais_arena_alloc(s->arena, n * sizeof *edges);
    size_t *layers = ais_arena_alloc(s->arena, s->layer_count * sizeof *layers);
    for (size_t c = 0; c < n; c++) {
        components[c] = c;
        s->components[c].first_edge = s->edge_count;
        s->components[c].edge_count = c + 1 < n ? 1 : 0;
        if (c + 1 < n) {
            edges[c] = s->edge_count;
            s->edges[s->edge_count++] = (ais_system_edge){c, c + 1, 1};
        }
    }
    for (size_t d = 0; d < s->deployment_count; d++) {
        s->deployments[d].first_data = s->edge_bytes_count;
        s->edge_bytes_count += s->components[s->deployments[d].component].edge_count;
    }
    for (size_t l = 0; l < s->layer_count; l++)
        layers[l] = l;
    s->paths[s->path_count++] = (ais_system_path){.name = "p1",
                                                  .components = components,
                                                  .edges = edges,
                                                  .component_count = n,
                                                  .limit_s = path_limit_s};
    s->domains[s->domain_count++] = (ais_system_domain){.name = "ND",
                                                        .layers = layers,
                                                        .layer_count = s->layer_count,
                                                        .access_delay_s = access_delay_s,
                                                        .bandwidth = 100};
}

/* The caller frees it. Limits of components are INFINITY. */
static inline ais_system *fixture_system(const fixture_resource *resources,
                                         const fixture_option *options, double rate_rps,
                                         double path_limit_s, double access_delay_s)
{
    ais_system *s = ais_system_new();
    ais_arena *a = s->arena;
    s->file = "fixture";
    s->components = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->components);
    s->deployments = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->deployments);
    s->parts = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->parts);
    s->options = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->options);
    s->resources = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->resources);
    s->layers = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->layers);
    s->edges = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->edges);
    s->paths = ais_arena_alloc(a, 4 * sizeof *s->paths);
    s->domains = ais_arena_alloc(a, 4 * sizeof *s->domains);
    s->edge_bytes = ais_arena_alloc(a, FIXTURE_MAX * sizeof *s->edge_bytes);
    s->rate_rps = rate_rps;
    s->horizon = 1;
    for (const fixture_resource *row = resources; row->name != NULL; row++)
        fixture_add_resource(s, row);
    for (const fixture_option *row = options; row->component != NULL; row++) {
        fixture_add_part(s, row, row == options ? NULL : row - 1);
        fixture_add_option(s, row);
    }
    fixture_connect(s, path_limit_s, access_delay_s);
    size_t on_cycle;
    if (!ais_system_order(s, &on_cycle))
        AIS_BUG("a chain has no cycle");
    return s;
}

/* Put a component's partition (by name, of the deployment that it belongs to) on a resource. */
static inline void fixture_put(const ais_system *s, ais_placement *placement, const char *component,
                               const char *deployment, const char *part, const char *resource)
{
    const size_t r = fixture_resource_of(s, resource);
    for (size_t o = 0; o < s->option_count; o++) {
        const ais_system_part *p = &s->parts[s->options[o].part];
        if (s->options[o].resource != r || !ais_str_equal(p->name, part) ||
            !ais_str_equal(s->components[p->component].name, component) ||
            !ais_str_equal(s->deployments[p->deployment].name, deployment))
            continue;
        placement->deployment[p->component] = p->deployment;
        placement->option[s->options[o].part] = o;
        if (placement->count[r] == 0)
            placement->count[r] = 1;
        return;
    }
    AIS_BUG("%s of %s may not run on %s", part, component, resource);
}
#endif
