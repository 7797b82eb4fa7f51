/* Sampling of uncertain demands, and the quantile that holds when all errors are alike. */
#include "place/robust.h"

#include <math.h>

#include "base/random.h"

enum { DEFAULT_SAMPLES = 10000, HALVINGS = 50 };
static const double default_confidence = 0.95;
static const double lowest_z = -8, z_step = 0.125; /* quantiles tried when errors are all alike */
/* What hangs on demands; the rest is broken in every sample or in none. */
static const unsigned of_demands = AIS_VIOLATION_LOAD | AIS_VIOLATION_LOCAL | AIS_VIOLATION_GLOBAL;

void ais_robust_result_free(ais_robust_result *result)
{
    if (result != NULL)
        ais_arena_free(result->arena);
}

/* ---- statistics ---- */

static double normal_quantile(double quantile)
{
    double low = -40, high = 40;
    for (int i = 0; i < 2 * HALVINGS; i++) {
        const double middle = (low + high) / 2;
        *(erfc(-middle / sqrt(2)) / 2 < quantile ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

static void estimate(ais_robust_share *share, size_t samples, double z)
{
    const double n = (double)samples, p = (double)share->held / n, square = z * z / n;
    const double center = (p + square / 2) / (1 + square);
    const double half = z / (1 + square) * sqrt(p * (1 - p) / n + square / n / 4);
    share->probability = p;
    /* at the ends Wilson's interval reaches them, but for rounding */
    share->low = share->held == 0 ? 0 : fmax(center - half, 0);
    share->high = share->held == samples ? 1 : fmin(center + half, 1);
}

/* Marsaglia's polar method. */
static double draw_normal(ais_random *random)
{
    double u, v, square;
    do {
        u = 2 * ais_random_uniform(random) - 1;
        v = 2 * ais_random_uniform(random) - 1;
        square = u * u + v * v;
    } while (!(square > 0 && square < 1));
    return u * sqrt(-2 * log(square) / square);
}

static double draw_demand(ais_random *random, double mean_s, double deviation_s)
{
    double demand_s = mean_s;
    if (deviation_s > 0)
        do
            demand_s = mean_s + deviation_s * draw_normal(random);
        while (!(demand_s > 0));
    return demand_s;
}

/* ---- sampling ---- */

typedef struct sampler {
    const ais_system *system;
    const ais_placement *placement;
    ais_perf *perf; /* ours: demands are put into it */
    ais_perf_scratch *scratch;
    size_t *uncertain; /* options in use whose demands deviate */
    size_t uncertain_count;
    ais_robust_result *result;
    ais_evaluation_result evaluation;
} sampler;

static bool deviates(const ais_system_option *option)
{
    if (option->kind == AIS_MODEL_FUNCTION)
        return option->warm_deviation_s > 0 || option->cold_deviation_s > 0;
    return option->kind == AIS_MODEL_QUEUE && option->deviation_s > 0;
}

static void find_uncertain(sampler *s, ais_arena *arena)
{
    s->uncertain = ais_arena_alloc(arena, (s->system->part_count + 1) * sizeof *s->uncertain);
    for (size_t p = 0; p < s->system->part_count; p++) {
        const size_t o = s->placement->option[p];
        if (o < s->system->option_count && deviates(&s->system->options[o]))
            s->uncertain[s->uncertain_count++] = o;
    }
    s->result->uncertain = s->uncertain_count > 0;
}

static void draw(sampler *s, ais_random *random)
{
    for (size_t i = 0; i < s->uncertain_count; i++) {
        const ais_system_option *option = &s->system->options[s->uncertain[i]];
        if (option->kind == AIS_MODEL_FUNCTION) {
            const double warm_s = draw_demand(random, option->warm_s, option->warm_deviation_s);
            ais_perf_set_demand(s->perf, s->uncertain[i], warm_s,
                                draw_demand(random, option->cold_s, option->cold_deviation_s));
        } else {
            ais_perf_set_demand(s->perf, s->uncertain[i],
                                draw_demand(random, option->demand_s, option->deviation_s), 0);
        }
    }
}

static bool within(double value_s, double limit_s)
{
    return value_s <= limit_s * (1 + AIS_PERF_TOLERANCE) || limit_s == (double)INFINITY;
}

static void count_held(sampler *s)
{
    const ais_perf *perf = s->perf;
    const ais_evaluation_result *e = &s->evaluation;
    ais_robust_result *result = s->result;
    ais_perf_evaluate(perf, s->placement, s->scratch, &s->evaluation);
    result->all.held += e->violations == 0;
    for (size_t c = 0; c < s->system->component_count; c++)
        result->components[c].held += within(e->component_s[c], perf->local_limit_s[c]);
    for (size_t i = 0; i < s->system->path_count; i++)
        result->paths[i].held += within(e->path_s[i], perf->path_limit_s[i]);
    for (size_t r = 0; r < s->system->resource_count; r++)
        result->resources[r].held += e->utilization[r] < 1;
}

static void estimate_all(const ais_system *system, ais_robust_result *result)
{
    const double z = normal_quantile((1 + result->confidence) / 2);
    estimate(&result->all, result->samples, z);
    for (size_t c = 0; c < system->component_count; c++)
        estimate(&result->components[c], result->samples, z);
    for (size_t i = 0; i < system->path_count; i++)
        estimate(&result->paths[i], result->samples, z);
    for (size_t r = 0; r < system->resource_count; r++)
        estimate(&result->resources[r], result->samples, z);
}

/* ---- all alike ---- */

/* Demands at one quantile, those of functions too. */
static bool holds_at(sampler *s, double z)
{
    for (size_t i = 0; i < s->uncertain_count; i++) {
        const ais_system_option *option = &s->system->options[s->uncertain[i]];
        if (option->kind == AIS_MODEL_FUNCTION)
            ais_perf_set_demand(s->perf, s->uncertain[i],
                                fmax(option->warm_s + z * option->warm_deviation_s, 0),
                                fmax(option->cold_s + z * option->cold_deviation_s, 0));
        else
            ais_perf_set_demand(s->perf, s->uncertain[i],
                                fmax(option->demand_s + z * option->deviation_s, 0), 0);
    }
    ais_perf_evaluate(s->perf, s->placement, s->scratch, &s->evaluation);
    return s->evaluation.violations == 0;
}

/* Queues grow with demands; a function with longer warm times keeps more instances and may answer faster. So the
 * first step at which it does not hold is looked for, and then halved. */
static double find_alike_quantile(sampler *s)
{
    double low = lowest_z;
    if (!holds_at(s, low))
        return 0;
    while (low < -lowest_z && holds_at(s, low + z_step))
        low += z_step;
    if (!(low < -lowest_z))
        return 1;
    double high = low + z_step;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = (low + high) / 2;
        *(holds_at(s, middle) ? &low : &high) = middle;
    }
    return erfc(-low / sqrt(2)) / 2;
}

/* ---- the check ---- */

static ais_robust_result *new_result(const ais_system *system, const ais_robust_options *options)
{
    ais_arena *arena = ais_arena_new();
    ais_robust_result *result = ais_arena_alloc(arena, sizeof *result);
    *result = (ais_robust_result){
        .samples = options->samples > 0 ? options->samples : DEFAULT_SAMPLES,
        .confidence = options->confidence > 0 ? options->confidence : default_confidence,
        .arena = arena,
    };
    result->components =
        ais_arena_alloc(arena, (system->component_count + 1) * sizeof *result->components);
    result->paths = ais_arena_alloc(arena, (system->path_count + 1) * sizeof *result->paths);
    result->resources =
        ais_arena_alloc(arena, (system->resource_count + 1) * sizeof *result->resources);
    return result;
}

static int compile(const ais_system *system, const ais_perf_options *perf_options, ais_perf **out,
                   ais_error **err)
{
    ais_perf_options options = *perf_options;
    options.quantile = 0;
    options.bound = AIS_BOUND_NONE;
    options.current = NULL; /* cost has no say */
    return ais_perf_new(system, &options, out, err);
}

int ais_robust_check(const ais_system *system, const ais_perf_options *perf_options,
                     const ais_placement *placement, const ais_robust_options *options,
                     ais_robust_result **out, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    AIS_AUTO(ais_robust_result) result = new_result(system, options);
    ais_random random;
    if (!(result->confidence < 1))
        return ais_error_set(err, AIS_E_INPUT, "the confidence is %g (must be between 0 and 1)",
                             result->confidence);
    if (compile(system, perf_options, &perf, err) < 0)
        return -1;
    sampler s = {
        .system = system,
        .placement = placement,
        .perf = perf,
        .scratch = scratch,
        .result = result,
        .evaluation = {
            .component_s = ais_arena_alloc(arena, (system->component_count + 1) * sizeof(double)),
            .path_s = ais_arena_alloc(arena, (system->path_count + 1) * sizeof(double)),
            .utilization = ais_arena_alloc(arena, (system->resource_count + 1) * sizeof(double))}};
    find_uncertain(&s, arena);
    ais_random_init(&random, options->seed);
    for (size_t i = 0; i < result->samples; i++) {
        draw(&s, &random);
        count_held(&s);
    }
    estimate_all(system, result);
    result->broken = s.evaluation.violations & ~of_demands;
    result->alike_quantile = find_alike_quantile(&s);
    *out = result;
    result = NULL;
    return 0;
}
