/* A system compiled for a rate, semantics and rules: rates of partitions, resources and limits. Options:
 * options.c; delays: delays.c. */
#include "perf/perf_priv.h"

/* By resource, and where the system runs now. */
static void fill_resources(ais_perf *perf, const ais_perf_options *options)
{
    const ais_system *system = perf->system;
    const size_t count = system->resource_count;
    const double edge = options->edge_price_factor > 0 ? options->edge_price_factor : 1;
    perf->count_max = ais_arena_alloc(perf->arena, count * sizeof *perf->count_max);
    perf->price = ais_arena_alloc(perf->arena, count * sizeof *perf->price);
    perf->memory_bytes = ais_arena_alloc(perf->arena, count * sizeof *perf->memory_bytes);
    perf->is_cloud = ais_arena_alloc(perf->arena, count * sizeof *perf->is_cloud);
    perf->is_function = ais_arena_alloc(perf->arena, count * sizeof *perf->is_function);
    perf->layer = ais_arena_alloc(perf->arena, count * sizeof *perf->layer);
    for (size_t r = 0; r < count; r++) {
        const ais_system_resource *resource = &system->resources[r];
        const ais_layer_kind kind = system->layers[resource->layer].kind;
        perf->is_function[r] = kind == AIS_LAYER_FAAS;
        perf->is_cloud[r] = kind != AIS_LAYER_EDGE;
        perf->layer[r] = resource->layer;
        perf->memory_bytes[r] = resource->memory_bytes;
        perf->count_max[r] = perf->is_function[r] ? 1 : resource->number;
        if (options->count_max != NULL && options->count_max[r] < perf->count_max[r])
            perf->count_max[r] = options->count_max[r];
        if (!perf->is_function[r])
            perf->price[r] = system->horizon * resource->cost * (perf->is_cloud[r] ? 1 : edge);
    }
    for (size_t r = 0; options->as_one != NULL && r < count; r++)
        if (perf->rules_of->memory_of_all_machines && !perf->is_function[r])
            perf->memory_bytes[r] *= options->as_one[r];
    if (options->current == NULL)
        return;
    perf->start_cost = options->start_cost;
    perf->stop_cost = options->stop_cost;
    perf->current_count = ais_arena_alloc(perf->arena, count * sizeof *perf->current_count);
    for (size_t r = 0; r < count; r++)
        perf->current_count[r] = perf->is_function[r] ? 0 : options->current->count[r];
}

/* By part: what arrives, what leaves the component behind it. */
static void fill_parts(ais_perf *perf)
{
    const ais_system *system = perf->system;
    const size_t count = system->part_count;
    const bool last_only = perf->rules_of->transfer == AIS_TRANSFER_LAST;
    perf->part_rate_rps = ais_arena_alloc(perf->arena, count * sizeof *perf->part_rate_rps);
    perf->part_weight = ais_arena_alloc(perf->arena, count * sizeof *perf->part_weight);
    perf->part_leaving = ais_arena_alloc(perf->arena, count * sizeof *perf->part_leaving);
    perf->part_exit = ais_arena_alloc(perf->arena, count * sizeof *perf->part_exit);
    for (size_t d = 0; d < system->deployment_count; d++) {
        const ais_system_deployment *deployment = &system->deployments[d];
        const double rate_rps = perf->rate_rps * system->visits[deployment->component];
        double weight = 1;
        for (size_t k = 0; k < deployment->part_count; k++) {
            const size_t p = deployment->first_part + k;
            const bool is_last = k + 1 == deployment->part_count;
            perf->part_exit[p] = is_last ? 1 : system->parts[p].early_exit;
            perf->part_weight[p] = weight;
            perf->part_rate_rps[p] = rate_rps * weight;
            perf->part_leaving[p] = last_only ? is_last : weight * perf->part_exit[p];
            weight *= 1 - perf->part_exit[p];
        }
    }
}

static double limit(const double *given, size_t i, double own, bool on)
{
    if (!on)
        return INFINITY;
    return given != NULL ? given[i] : own;
}

static void fill_limits(ais_perf *perf, const ais_perf_options *options)
{
    const ais_system *system = perf->system;
    perf->local_limit_s =
        ais_arena_alloc(perf->arena, system->component_count * sizeof *perf->local_limit_s);
    perf->path_limit_s =
        ais_arena_alloc(perf->arena, system->path_count * sizeof *perf->path_limit_s);
    for (size_t i = 0; i < system->component_count; i++)
        perf->local_limit_s[i] =
            limit(options->local_limit_s, i, system->components[i].local_limit_s,
                  (perf->rules & AIS_RULE_LOCAL) != 0);
    for (size_t i = 0; i < system->path_count; i++)
        perf->path_limit_s[i] = limit(options->path_limit_s, i, system->paths[i].limit_s,
                                      (perf->rules & AIS_RULE_GLOBAL) != 0);
    perf->is_timed = ais_arena_alloc(perf->arena, system->component_count * sizeof *perf->is_timed);
    for (size_t i = 0; i < system->component_count; i++)
        perf->is_timed[i] = perf->local_limit_s[i] < (double)INFINITY;
    for (size_t i = 0; i < system->path_count; i++)
        for (size_t k = 0; k < system->paths[i].component_count; k++)
            perf->is_timed[system->paths[i].components[k]] = true;
}

static bool is_rate(double rate_rps)
{
    return rate_rps > 0 && isfinite(rate_rps);
}

/* A cost that is beyond all numbers would look as if nothing were allowed. */
static int check_prices(const ais_system *system, ais_error **err)
{
    const double most = 1e300; /* leaves room for sums */
    double sum = 0;
    for (size_t r = 0; r < system->resource_count; r++) {
        const ais_system_resource *resource = &system->resources[r];
        sum += system->horizon * resource->cost * (double)resource->number;
        if (sum <= most)
            continue;
        ais_error_set_at(err, AIS_E_LIMIT, resource->pos, "'%s' makes costs too large",
                         resource->name);
        return ais_error_hint(err, "all machines over Time must cost at most 1e300");
    }
    return 0;
}

static int check(const ais_perf *perf, const ais_perf_options *options, ais_error **err)
{
    if (!is_rate(perf->rate_rps)) {
        if (isnan(perf->rate_rps))
            ais_error_set(err, AIS_E_INPUT, "the rate of requests is not given");
        else
            ais_error_set(err, AIS_E_INPUT, "the rate of requests is %g per second",
                          perf->rate_rps);
        return ais_error_hint(err,
                              "must be above 0 and finite: give Lambda in the file, or a rate");
    }
    if (!is_rate(perf->function_to_rps) || perf->function_to_rps < perf->function_from_rps) {
        ais_error_set(err, AIS_E_INPUT, "rates from %g to %g per second are no range",
                      perf->function_from_rps, perf->function_to_rps);
        return ais_error_hint(err, "the upper end must be finite, and not below the lower one");
    }
    if (!(options->quantile >= 0 && options->quantile < 1)) {
        ais_error_set(err, AIS_E_INPUT, "the quantile is %g", options->quantile);
        return ais_error_hint(err, "must be above 0 and below 1");
    }
    return check_prices(perf->system, err);
}

static void choose_rates(ais_perf *perf, const ais_perf_options *options)
{
    perf->rate_rps =
        options->rate_rps > 0 || options->rate_rps < 0 ? options->rate_rps : perf->system->rate_rps;
    perf->bound = options->bound;
    perf->function_from_rps = perf->function_to_rps = perf->rate_rps;
    if (perf->bound != AIS_BOUND_NONE)
        perf->function_to_rps = options->rate_to_rps;
    if (perf->bound == AIS_BOUND_WORST)
        perf->rate_rps = options->rate_to_rps;
}

int ais_perf_new(const ais_system *system, const ais_perf_options *options, ais_perf **out,
                 ais_error **err)
{
    ais_arena *arena = ais_arena_new();
    AIS_AUTO(ais_perf) perf = ais_arena_alloc(arena, sizeof *perf);
    *perf = (ais_perf){
        .system = system,
        .semantics = options->semantics,
        .rules_of = ais_semantics_get(options->semantics),
        .rules = AIS_RULES_ALL & ~options->rules_off,
        .arena = arena,
    };
    choose_rates(perf, options);
    if (check(perf, options, err) < 0)
        return -1;
    fill_resources(perf, options);
    fill_parts(perf);
    fill_limits(perf, options);
    if (ais__perf_fill_delays(perf, err) < 0 || ais__perf_fill_options(perf, options, err) < 0)
        return -1;
    for (size_t r = 0; options->as_one != NULL && r < system->resource_count; r++)
        perf->count_max[r] = perf->count_max[r] > 0;
    *out = perf;
    perf = NULL;
    return 0;
}

void ais_perf_free(ais_perf *perf)
{
    if (perf != NULL)
        ais_arena_free(perf->arena);
}

double ais_perf_price(const ais_perf *perf, size_t resource, size_t count)
{
    return ais__perf_price(perf, resource, count);
}
