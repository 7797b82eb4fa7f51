/* Options of a compiled system: what a partition loads, takes and costs on each resource. */
#include "perf/function.h"
#include "perf/perf_priv.h"

enum { MAX_RESPONSES = 1 << 26 }; /* of fitted models, over counts of machines: 512 MiB */

static double at_quantile(const ais_perf *perf, double mean_s, double deviation_s)
{
    return fmax(mean_s + perf->normal * deviation_s, 0);
}

/* What arrives at a part that runs as a function: its response, and what it is charged for. */
static double function_share(const ais_perf *perf, size_t part)
{
    const ais_system *system = perf->system;
    const double visits = system->visits[system->parts[part].component];
    return perf->rules_of->component_rate ? visits : visits * perf->part_weight[part];
}

/* Over the rates of the range; what is not positive is no answer. */
static double bound_s(const ais_perf *perf, const ais_predictor *predictor,
                      ais_predictor_input input, double share)
{
    double low_s = 0, high_s = INFINITY;
    input.rate_rps = share * perf->function_from_rps;
    if (predictor->bounds != NULL)
        predictor->bounds(predictor, &input, share * perf->function_to_rps, &low_s, &high_s);
    if (perf->bound == AIS_BOUND_WORST)
        return low_s > 0 ? high_s : (double)INFINITY;
    return high_s > 0 ? fmax(low_s, 0) : (double)INFINITY;
}

/* `share`: of the system's rate, that arrives at the part. */
static double predicted_s(const ais_perf *perf, const ais_predictor *predictor,
                          const ais_predictor_input *input, double share)
{
    if (predictor == NULL)
        return INFINITY;
    if (perf->bound != AIS_BOUND_NONE)
        return bound_s(perf, predictor, *input, share);
    const double response_s = predictor->predict(predictor, input);
    return isfinite(response_s) && response_s > 0 ? response_s : (double)INFINITY;
}

/* Response of a function that is no fitted model. */
static double served_s(const ais_perf *perf, size_t o, double warm_s, double cold_s)
{
    const ais_system_option *option = &perf->system->options[o];
    const ais_function function = {.warm_s = warm_s,
                                   .cold_s = cold_s,
                                   .idle_s = perf->system->resources[option->resource].idle_s};
    const double share = function_share(perf, option->part);
    double low_s, high_s;
    if (perf->bound == AIS_BOUND_NONE)
        return ais_function_response_s(&function, perf->rate_rps * share);
    ais_function_response_bounds_s(&function, perf->function_from_rps * share,
                                   perf->function_to_rps * share, &low_s, &high_s);
    return perf->bound == AIS_BOUND_WORST ? high_s : low_s;
}

static double function_s(const ais_perf *perf, size_t o)
{
    const ais_system_option *option = &perf->system->options[o];
    const double share = function_share(perf, option->part);
    if (option->kind == AIS_MODEL_PREDICTOR)
        return predicted_s(
            perf, option->predictor,
            &(ais_predictor_input){.cores = 1,
                                   .rate_rps = perf->rate_rps * share,
                                   .warm_s = option->warm_s,
                                   .cold_s = option->cold_s,
                                   .idle_s = perf->system->resources[option->resource].idle_s},
            share);
    return served_s(perf, o, at_quantile(perf, option->warm_s, option->warm_deviation_s),
                    at_quantile(perf, option->cold_s, option->cold_deviation_s));
}

/* Responses of a fitted model for each count of machines; returns the least. */
static double fill_responses(ais_perf *perf, const ais_perf_options *options, size_t o)
{
    const ais_system_option *option = &perf->system->options[o];
    const size_t count = perf->count_max[option->resource];
    const double cores = (double)perf->system->resources[option->resource].cores;
    double *response_s = ais_arena_alloc(perf->arena, count * sizeof *response_s);
    const double share = perf->system->visits[perf->system->parts[option->part].component] *
                         perf->part_weight[option->part];
    double least_s = INFINITY;
    for (size_t n = 1; n <= count; n++) {
        response_s[n - 1] =
            predicted_s(perf, option->predictor,
                        &(ais_predictor_input){.cores = (double)n * cores,
                                               .rate_rps = perf->part_rate_rps[option->part]},
                        share);
        least_s = fmin(least_s, response_s[n - 1]);
    }
    if (options->as_one != NULL && count > 0)
        response_s[0] = least_s;
    perf->response_s[o] = response_s;
    return least_s;
}

/* Does the part run elsewhere now, or not at all? */
static bool moves(const ais_system *system, const ais_placement *current,
                  const ais_system_option *option)
{
    const ais_system_part *part = &system->parts[option->part];
    const size_t now = current->option[option->part];
    return current->deployment[part->component] != part->deployment || now == AIS_SYSTEM_NONE ||
           system->options[now].resource != option->resource;
}

static void fill_option(ais_perf *perf, const ais_perf_options *options, size_t o)
{
    const ais_system *system = perf->system;
    const ais_system_option *option = &system->options[o];
    const ais_system_resource *resource = &system->resources[option->resource];
    const bool function = perf->is_function[option->resource];
    if (option->kind == AIS_MODEL_QUEUE)
        perf->time_s[o] = at_quantile(perf, option->demand_s, option->deviation_s);
    else if (option->kind == AIS_MODEL_FUNCTION || function)
        perf->time_s[o] = function_s(perf, o);
    else
        perf->time_s[o] = fill_responses(perf, options, o);
    if (option->kind == AIS_MODEL_QUEUE && !function)
        perf->load[o] = perf->time_s[o] * perf->part_rate_rps[option->part];
    if (options->as_one != NULL)
        perf->load[o] /= options->as_one[option->resource];
    if (function)
        perf->charge[o] = system->horizon * resource->cost * option->warm_s * perf->rate_rps *
                          function_share(perf, option->part);
    perf->cost[o] = perf->charge[o];
    if (options->current != NULL && moves(system, options->current, option))
        perf->cost[o] += options->move_cost;
    perf->alone[o] = option->kind == AIS_MODEL_PREDICTOR && !function;
    perf->usable[o] = perf->count_max[option->resource] > 0 && isfinite(perf->time_s[o]) &&
                      (options->option_allowed == NULL || options->option_allowed[o]);
}

static ais__perf_row row_of(const ais_perf *perf, const ais_perf_options *options, size_t o)
{
    const ais_system_option *option = &perf->system->options[o];
    return (ais__perf_row){
        .load = perf->load[o],
        .time_s = perf->time_s[o],
        .cost = perf->cost[o],
        .charge = perf->charge[o],
        .memory_bytes = option->memory_bytes,
        .response_s = perf->response_s[o],
        .resource = (uint32_t)option->resource,
        .part = (uint32_t)option->part,
        .layer = (uint16_t)perf->layer[option->resource],
        .allowed = options->option_allowed == NULL || options->option_allowed[o],
        .alone = perf->alone[o],
        .is_cloud = perf->is_cloud[option->resource],
        .is_function = perf->is_function[option->resource],
        .may_fail = perf->response_s[o] != NULL || !isfinite(perf->time_s[o]),
    };
}

static int check_responses(const ais_perf *perf, ais_error **err)
{
    size_t total = 0;
    for (size_t o = 0; o < perf->system->option_count; o++) {
        const ais_system_option *option = &perf->system->options[o];
        if (option->kind == AIS_MODEL_PREDICTOR && !perf->is_function[option->resource])
            total += perf->count_max[option->resource];
        if (total > MAX_RESPONSES)
            return ais_error_set_at(err, AIS_E_LIMIT, option->pos,
                                    "fitted models have more than %d counts of machines",
                                    MAX_RESPONSES);
    }
    return 0;
}

/* No row may lie on two lines of the cache. */
static ais__perf_row *alloc_rows(ais_arena *arena, size_t count)
{
    char *room = ais_arena_alloc(arena, (count + 1) * sizeof(ais__perf_row));
    const size_t over = (uintptr_t)room % AIS__PERF_LINE;
    return (void *)(room + (over > 0 ? AIS__PERF_LINE - over : 0));
}

int ais__perf_fill_options(ais_perf *perf, const ais_perf_options *options, ais_error **err)
{
    const size_t count = perf->system->option_count;
    perf->normal = options->quantile > 0 ? ais__normal_quantile(options->quantile) : 0;
    ais__perf_row *rows = alloc_rows(perf->arena, count);
    if (check_responses(perf, err) < 0)
        return -1;
    perf->load = ais_arena_alloc(perf->arena, count * sizeof *perf->load);
    perf->time_s = ais_arena_alloc(perf->arena, count * sizeof *perf->time_s);
    perf->cost = ais_arena_alloc(perf->arena, count * sizeof *perf->cost);
    perf->charge = ais_arena_alloc(perf->arena, count * sizeof *perf->charge);
    perf->alone = ais_arena_alloc(perf->arena, count * sizeof *perf->alone);
    perf->usable = ais_arena_alloc(perf->arena, count * sizeof *perf->usable);
    perf->response_s = ais_arena_alloc(perf->arena, count * sizeof *perf->response_s);
    for (size_t o = 0; o < count; o++) {
        fill_option(perf, options, o);
        rows[o] = row_of(perf, options, o);
        perf->may_fail = perf->may_fail || rows[o].may_fail;
    }
    perf->rows = rows;
    return 0;
}

void ais_perf_set_demand(ais_perf *perf, size_t option, double demand_s, double cold_s)
{
    const ais_system_option *of = &perf->system->options[option];
    ais__perf_row *row = &perf->rows[option];
    if (of->kind == AIS_MODEL_PREDICTOR)
        return;
    perf->time_s[option] =
        of->kind == AIS_MODEL_FUNCTION ? served_s(perf, option, demand_s, cold_s) : demand_s;
    if (of->kind == AIS_MODEL_QUEUE && !row->is_function)
        perf->load[option] = demand_s * perf->part_rate_rps[of->part];
    row->time_s = perf->time_s[option];
    row->load = perf->load[option];
}
