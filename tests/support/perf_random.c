/* See perf_random.h. */
#include <math.h>

#include "support/perf_random.h"

typedef struct maker {
    ais_random *random;
    const perf_random_options *options;
    ais_system *system;
    size_t edge_layers, vm_layers;
} maker;

static double between(ais_random *random, double from, double to)
{
    return from + (to - from) * ais_random_uniform(random);
}

static bool chance(ais_random *random, double probability)
{
    return ais_random_uniform(random) < probability;
}

static size_t one_to(ais_random *random, size_t most)
{
    return 1 + (size_t)ais_random_below(random, most);
}

static size_t wanted(ais_random *random, size_t given, size_t most)
{
    return given > 0 ? given : one_to(random, most);
}

static ais_pos pos_of(size_t line)
{
    return (ais_pos){.file = "random.json", .line = (unsigned)line + 1, .column = 1};
}

static void *make(maker *m, size_t count, size_t size)
{
    return ais_arena_alloc(m->system->arena, count * size);
}

static void make_resource(maker *m, size_t layer, size_t type)
{
    static const char *const prefixes[] = {
        [AIS_LAYER_EDGE] = "E", [AIS_LAYER_VM] = "VM", [AIS_LAYER_FAAS] = "F"};
    ais_system *system = m->system;
    const ais_layer_kind kind = system->layers[layer].kind;
    const size_t most = m->options->machines > 0 ? m->options->machines : 3;
    const size_t number = layer + 1 - (kind == AIS_LAYER_VM ? m->edge_layers : 0);
    ais_system_resource *resource = &system->resources[system->resource_count++];
    *resource = (ais_system_resource){
        .name = kind == AIS_LAYER_FAAS ? ais_arena_format(system->arena, "F%zu", type + 1)
                                       : ais_arena_format(system->arena, "%s%zu_%zu",
                                                          prefixes[kind], number, type + 1),
        .pos = pos_of(layer),
        .layer = layer,
        .number = kind == AIS_LAYER_FAAS ? 1 : one_to(m->random, most),
        .cost = kind == AIS_LAYER_EDGE ? between(m->random, 1, 6) : between(m->random, 2, 9),
        .memory_bytes = between(m->random, 1e9, 4e9),
        .cores = one_to(m->random, 4),
    };
    if (kind == AIS_LAYER_FAAS)
        resource->idle_s = between(m->random, 5, 600);
}

static void make_layers(maker *m)
{
    ais_system *system = m->system;
    m->edge_layers = wanted(m->random, m->options->edge_layers, 2);
    m->vm_layers = wanted(m->random, m->options->vm_layers, 2);
    system->layer_count = m->edge_layers + m->vm_layers + 1;
    system->layers = make(m, system->layer_count, sizeof *system->layers);
    system->resources = make(m, system->layer_count * 100, sizeof *system->resources);
    for (size_t i = 0; i < system->layer_count; i++) {
        ais_system_layer *layer = &system->layers[i];
        *layer = (ais_system_layer){
            .name = ais_arena_format(system->arena, "computationalLayer%zu", i + 1),
            .pos = pos_of(i),
            .kind = i < m->edge_layers                  ? AIS_LAYER_EDGE
                    : i < m->edge_layers + m->vm_layers ? AIS_LAYER_VM
                                                        : AIS_LAYER_FAAS,
            .first_resource = system->resource_count,
        };
        const bool function = layer->kind == AIS_LAYER_FAAS;
        layer->resource_count = function ? wanted(m->random, m->options->functions, 4)
                                         : wanted(m->random, m->options->types, 3);
        for (size_t k = 0; k < layer->resource_count; k++)
            make_resource(m, i, k);
    }
}

/* One domain has all layers, unless gaps are wanted; others have some. */
static void make_domains(maker *m)
{
    ais_system *system = m->system;
    system->domain_count = 1 + one_to(m->random, 3);
    system->domains = make(m, system->domain_count, sizeof *system->domains);
    for (size_t d = 0; d < system->domain_count; d++) {
        size_t *layers = make(m, system->layer_count, sizeof *layers);
        size_t count = 0;
        for (size_t i = 0; i < system->layer_count; i++)
            if ((d == 0 && !m->options->gaps) || chance(m->random, 0.6))
                layers[count++] = i;
        system->domains[d] = (ais_system_domain){
            .name = ais_arena_format(system->arena, "ND%zu", d + 1),
            .pos = pos_of(d),
            .layers = layers,
            .layer_count = count,
            .access_delay_s = between(m->random, 0.001, 0.05),
            .bandwidth = between(m->random, 20, 500),
        };
    }
}

static void make_edges(maker *m)
{
    ais_system *system = m->system;
    const size_t count = system->component_count;
    system->edges = make(m, count * count, sizeof *system->edges);
    for (size_t c = 0; c < count; c++) {
        ais_system_component *component = &system->components[c];
        component->first_edge = system->edge_count;
        for (size_t to = c + 1; to < count; to++)
            if (chance(m->random, to == c + 1 ? 0.8 : 0.25))
                system->edges[system->edge_count++] = (ais_system_edge){
                    .from = c, .to = to, .probability = between(m->random, 0.2, 0.9)};
        component->edge_count = system->edge_count - component->first_edge;
    }
}

typedef struct fitted {
    double constant_s, per_core_s;
} fitted;

static double predict(const ais_predictor *predictor, const ais_predictor_input *input)
{
    const fitted *model = predictor->state;
    return model->constant_s + model->per_core_s * (1 + input->rate_rps) / input->cores;
}

static const ais_predictor *make_predictor(maker *m)
{
    fitted *model = make(m, 1, sizeof *model);
    ais_predictor *predictor = make(m, 1, sizeof *predictor);
    *model = (fitted){.constant_s = between(m->random, 0.1, 1),
                      .per_core_s = between(m->random, 0.1, 2)};
    *predictor = (ais_predictor){.kind = "random", .predict = predict, .state = model};
    return predictor;
}

static void make_option(maker *m, size_t part, size_t resource)
{
    ais_system *system = m->system;
    const bool function = system->layers[system->resources[resource].layer].kind == AIS_LAYER_FAAS;
    ais_system_option *option = &system->options[system->option_count++];
    *option = (ais_system_option){
        .part = part,
        .resource = resource,
        .pos = pos_of(part),
        .memory_bytes = between(m->random, 1e8, 9e8),
        .kind = function ? AIS_MODEL_FUNCTION : AIS_MODEL_QUEUE,
        .model = function ? "PACSLTK" : "QTedge",
        .mean_time_s = NAN,
    };
    if (m->options->fitted && chance(m->random, 0.3)) {
        option->kind = AIS_MODEL_PREDICTOR;
        option->model = "CoreBasedPredictor";
        option->predictor = make_predictor(m);
    } else if (!function) {
        option->demand_s = between(m->random, 0.05, 0.9);
        option->deviation_s = chance(m->random, 0.5) ? option->demand_s / 4 : 0;
    }
    if (function) {
        option->warm_s = between(m->random, 0.2, 3);
        option->cold_s = option->warm_s + between(m->random, 0.1, 3);
        option->warm_deviation_s = chance(m->random, 0.5) ? option->warm_s / 5 : 0;
    }
}

static void make_part(maker *m, size_t deployment, size_t number, bool last)
{
    ais_system *system = m->system;
    const size_t p = system->part_count++;
    system->parts[p] = (ais_system_part){
        .name = ais_arena_format(system->arena, "h%zu", number),
        .pos = pos_of(p),
        .component = system->deployments[deployment].component,
        .deployment = deployment,
        .early_exit = !last && chance(m->random, 0.5) ? between(m->random, 0.05, 0.5) : 0,
        .next_bytes = last ? 0 : between(m->random, 1e5, 2e7),
        .first_option = system->option_count,
    };
    const size_t must = (size_t)ais_random_below(m->random, system->resource_count);
    for (size_t r = 0; r < system->resource_count; r++)
        if (r == must || chance(m->random, 0.6))
            make_option(m, p, r);
    system->parts[p].option_count = system->option_count - system->parts[p].first_option;
}

static void make_deployments(maker *m, size_t c)
{
    ais_system *system = m->system;
    ais_system_component *component = &system->components[c];
    const size_t most = m->options->deployments > 0 ? m->options->deployments : 3;
    const size_t longest = m->options->parts > 0 ? m->options->parts : 3;
    size_t number = 1;
    component->first_deployment = system->deployment_count;
    component->deployment_count = one_to(m->random, most);
    for (size_t s = 0; s < component->deployment_count; s++) {
        const size_t d = system->deployment_count++;
        system->deployments[d] = (ais_system_deployment){
            .name = ais_arena_format(system->arena, "s%zu", s + 1),
            .pos = pos_of(d),
            .component = c,
            .first_part = system->part_count,
            .part_count = one_to(m->random, longest),
            .first_data = system->edge_bytes_count,
        };
        for (size_t k = 0; k < system->deployments[d].part_count; k++)
            make_part(m, d, number++, k + 1 == system->deployments[d].part_count);
        for (size_t e = 0; e < component->edge_count; e++)
            system->edge_bytes[system->edge_bytes_count++] = between(m->random, 1e5, 2e7);
    }
}

/* A walk down the graph from a component. */
static void make_path(maker *m, size_t start)
{
    ais_system *system = m->system;
    const double slack = m->options->slack > 0 ? m->options->slack : 1;
    size_t *components = make(m, system->component_count, sizeof *components);
    size_t *edges = make(m, system->component_count, sizeof *edges);
    size_t count = 0;
    for (size_t at = start;;) {
        const ais_system_component *component = &system->components[at];
        components[count++] = at;
        if (component->edge_count == 0 || (count > 1 && chance(m->random, 0.3)))
            break;
        edges[count - 1] =
            component->first_edge + (size_t)ais_random_below(m->random, component->edge_count);
        at = system->edges[edges[count - 1]].to;
    }
    system->paths[system->path_count] = (ais_system_path){
        .name = ais_arena_format(system->arena, "p%zu", system->path_count + 1),
        .pos = pos_of(start),
        .components = components,
        .edges = edges,
        .component_count = count,
        .limit_s = slack * (double)count * between(m->random, 1, 5),
    };
    system->path_count++;
}

static void make_limits(maker *m)
{
    ais_system *system = m->system;
    const double slack = m->options->slack > 0 ? m->options->slack : 1;
    system->paths = make(m, system->component_count, sizeof *system->paths);
    for (size_t c = 0; c < system->component_count; c++) {
        system->components[c].local_limit_s = INFINITY;
        if (chance(m->random, 0.4))
            system->components[c].local_limit_s = slack * between(m->random, 1, 6);
        if (chance(m->random, 0.4))
            make_path(m, c);
    }
}

ais_system *perf_random_system(ais_random *random, const perf_random_options *options)
{
    ais_system *system = ais_system_new();
    maker m = {.random = random, .options = options, .system = system};
    const size_t count = wanted(random, options->components, 5);
    const size_t deployments = count * (options->deployments > 0 ? options->deployments : 3);
    const size_t parts = deployments * (options->parts > 0 ? options->parts : 3);
    size_t on_cycle;
    system->file = "random.json";
    system->rate_rps = 1;
    system->component_count = count;
    system->components = make(&m, count, sizeof *system->components);
    make_layers(&m);
    make_domains(&m);
    for (size_t c = 0; c < count; c++) {
        system->components[c].name = ais_arena_format(system->arena, "c%zu", c + 1);
        system->components[c].pos = pos_of(c);
    }
    make_edges(&m);
    system->deployments = make(&m, deployments, sizeof *system->deployments);
    system->parts = make(&m, parts, sizeof *system->parts);
    system->options = make(&m, parts * system->resource_count, sizeof *system->options);
    system->edge_bytes = make(&m, deployments * count, sizeof *system->edge_bytes);
    for (size_t c = 0; c < count; c++)
        make_deployments(&m, c);
    make_limits(&m);
    if (!ais_system_order(system, &on_cycle))
        AIS_BUG("edges that lead down make a cycle");
    return system;
}

void perf_random_choose(ais_random *random, const ais_system *system, ais_placement *placement,
                        size_t component)
{
    const ais_system_component *of = &system->components[component];
    const size_t d = of->first_deployment + (size_t)ais_random_below(random, of->deployment_count);
    const ais_system_deployment *deployment = &system->deployments[d];
    placement->deployment[component] = d;
    for (size_t k = 0; k < deployment->part_count; k++) {
        const ais_system_part *part = &system->parts[deployment->first_part + k];
        placement->option[deployment->first_part + k] =
            part->first_option + (size_t)ais_random_below(random, part->option_count);
    }
}

ais_placement *perf_random_placement(ais_random *random, const ais_system *system)
{
    ais_placement *placement = ais_placement_new(system);
    for (size_t c = 0; c < system->component_count; c++)
        perf_random_choose(random, system, placement, c);
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_deployment *deployment = &system->deployments[placement->deployment[c]];
        for (size_t k = 0; k < deployment->part_count; k++) {
            const size_t r =
                system->options[placement->option[deployment->first_part + k]].resource;
            placement->count[r] = one_to(random, system->resources[r].number);
        }
    }
    return placement;
}

ais_perf_options perf_random_perf_options(ais_random *random, const ais_system *system,
                                          ais_arena *arena)
{
    ais_perf_options options = {.semantics = (ais_semantics)ais_random_below(random, 3)};
    if (chance(random, 0.5))
        options.rules_off = (unsigned)ais_random_below(random, AIS_RULES_ALL + 1);
    if (chance(random, 0.3))
        options.quantile = between(random, 0.05, 0.99);
    if (chance(random, 0.3))
        options.rate_rps = between(random, 0.1, 3);
    if (chance(random, 0.3)) {
        size_t *count_max = ais_arena_alloc(arena, system->resource_count * sizeof *count_max);
        for (size_t r = 0; r < system->resource_count; r++)
            count_max[r] = (size_t)ais_random_below(random, system->resources[r].number + 1);
        options.count_max = count_max;
    }
    if (chance(random, 0.3)) {
        AIS_AUTO(ais_placement) current = perf_random_placement(random, system);
        ais_placement *kept = ais_arena_alloc(arena, sizeof *kept);
        kept->deployment =
            ais_arena_alloc(arena, system->component_count * sizeof *kept->deployment);
        kept->option = ais_arena_alloc(arena, system->part_count * sizeof *kept->option);
        kept->count = ais_arena_alloc(arena, system->resource_count * sizeof *kept->count);
        ais_placement_copy(system, kept, current);
        options.current = kept;
        options.start_cost = between(random, 0, 2);
        options.stop_cost = between(random, 0, 2);
        options.move_cost = between(random, 0, 2);
    }
    return options;
}
