/* Loads as certified intervals: what is certified is held against samples. */
#include "support/unit.h"

#include <string.h>

#include "support/perf_random.h"
#include "support/place_fixture.h"

#include "perf/function.h"
#include "place/load.h"

static double log_uniform(ais_random *random, double low, double high)
{
    return low * pow(high / low, ais_random_uniform(random));
}

static void test_bounds_of_a_function_hold_at_every_rate_between(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    for (int round = 0; round < 300; round++) {
        ais_function f = {.warm_s = log_uniform(&random, 1e-3, 10),
                          .idle_s = log_uniform(&random, 0.1, 1000)};
        f.cold_s = f.warm_s * log_uniform(&random, 0.5, 20);
        const double from = round % 20 == 0 ? 0 : log_uniform(&random, 1e-5, 30);
        const double to = (from + 1e-6) * (1 + log_uniform(&random, 1e-6, 10));
        double low, high;
        ais_function_response_bounds_s(&f, from, to, &low, &high);
        for (int i = 0; i <= 50; i++) {
            const double response = ais_function_response_s(&f, from + (to - from) * i / 50);
            assert_true(response >= low && response <= high);
        }
    }
}

static void test_bounds_of_a_function_come_together(void **state)
{
    (void)state;
    const ais_function f = {.warm_s = 0.05, .cold_s = 3, .idle_s = 600};
    double last = 1;
    for (double width = 0.1; width > 1e-8; width /= 10) {
        double low, high;
        ais_function_response_bounds_s(&f, 0.2, 0.2 * (1 + width), &low, &high);
        assert_true(high - low < last / 5);
        last = high - low;
    }
}

/* ---- fitted models ---- */

static const ais_predictor *read_predictor(const char *text, ais_arena *arena)
{
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    assert_int_equal(ais_doc_parse("x.json", text, strlen(text), AIS_DOC_JSON, diags, &doc), 0);
    const ais_predictor *predictor = ais_predictor_read(ais_doc_root(doc), ".", arena, diags);
    assert_non_null(predictor);
    return predictor;
}

static void check_predictor_bounds(const ais_predictor *predictor, double cores, double from,
                                   double to)
{
    ais_predictor_input at = {.cores = cores, .rate_rps = from};
    double low, high;
    predictor->bounds(predictor, &at, to, &low, &high);
    for (int i = 0; i <= 60; i++) {
        at.rate_rps = from + (to - from) * i / 60;
        const double response = predictor->predict(predictor, &at);
        if (isfinite(response))
            assert_true(response >= low && response <= high);
        else
            assert_true(high == (double)INFINITY);
    }
}

static char *random_linear(ais_random *random)
{
    ais_str text = {.data = NULL};
    ais_str_add_format(&text, "{\"kind\": \"linear\", \"intercept\": %g, \"terms\": [",
                       ais_random_uniform(random) - 0.5);
    for (uint64_t left = 1 + ais_random_below(random, 3); left > 0; left--)
        ais_str_add_format(&text,
                           "{\"coefficient\": %g, \"cores\": %d, \"log_cores\": %d, \"rate\": %d, "
                           "\"log_rate\": %d}%s",
                           ais_random_uniform(random) - 0.5, (int)ais_random_below(random, 3) - 1,
                           (int)ais_random_below(random, 2), (int)ais_random_below(random, 4) - 2,
                           (int)ais_random_below(random, 5) - 2, left > 1 ? ", " : "]}");
    return ais_str_take(&text);
}

static void test_bounds_of_fitted_models_hold_at_every_rate_between(void **state)
{
    (void)state;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_random random;
    ais_random_init(&random, unit_seed());
    const ais_predictor *table =
        read_predictor("{\"kind\": \"table\", \"cores\": [1, 4], \"rate\": [0.5, 1, 3, 4], "
                       "\"response_s\": [[2, 5, 1, 7], [1, 2, 0.5, 3]]}",
                       arena);
    for (int round = 0; round < 500; round++) {
        AIS_FREE char *text = random_linear(&random);
        const double from = log_uniform(&random, 0.1, 5);
        const double to = from * (1 + log_uniform(&random, 1e-3, 3));
        const double cores = 1 + (double)ais_random_below(&random, 4);
        check_predictor_bounds(read_predictor(text, arena), cores, from, to);
        check_predictor_bounds(table, cores, from, to);
    }
}

static void test_bounds_of_fitted_models_come_together(void **state)
{
    (void)state;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const ais_predictor *predictor =
        read_predictor("{\"kind\": \"linear\", \"terms\": [{\"coefficient\": 2, \"rate\": -1}, "
                       "{\"coefficient\": -0.3, \"rate\": 1, \"log_rate\": 2}]}",
                       arena);
    double low, high;
    predictor->bounds(predictor, &(ais_predictor_input){.cores = 2, .rate_rps = 3}, 3 * (1 + 1e-9),
                      &low, &high);
    assert_near(low, 2.0 / 3 - 0.9 * log(3) * log(3), 1e-7);
    assert_near(high - low, 0, 1e-7);
}

static const fixture_resource resources[] = {{"edge", "E1", AIS_LAYER_EDGE, 3, 1},
                                             {"vms", "V1", AIS_LAYER_VM, 4, 2},
                                             {"faas", "F1", AIS_LAYER_FAAS, 1, 0.5},
                                             {"faas", "F2", AIS_LAYER_FAAS, 1, 0.5},
                                             {.name = NULL}};
static const fixture_option options[] = {{"a", "s1", "h1", "E1", .demand_s = 0.1},
                                         {"b", "s1", "h1", "F1", .demand_s = 0.2, .cold_s = 1},
                                         {"b", "s1", "h1", "F2", .demand_s = 0.05, .cold_s = 3},
                                         {.component = NULL}};

/* a on the edge, b on a function. */
static ais_placement *make_placement(const ais_system *s, const char *function)
{
    ais_placement *placement = ais_placement_new(s);
    fixture_put(s, placement, "a", "s1", "h1", "E1");
    fixture_put(s, placement, "b", "s1", "h1", function);
    return placement;
}

static bool is_feasible(const ais_system *s, ais_perf_options o, const ais_placement *placement,
                        double rate_rps)
{
    AIS_AUTO(ais_perf) perf = NULL;
    o.rate_rps = rate_rps;
    assert_int_equal(ais_perf_new(s, &o, &perf, NULL), 0);
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(perf, placement, NULL, &result);
    return result.violations == 0;
}

/* Intervals cover what was asked for without gaps, verdicts alternate, samples agree. */
static void check_intervals(const ais_system *s, const ais_perf_options *o,
                            const ais_placement *placement, const ais_load_result *result,
                            double precision)
{
    for (size_t i = 0; i < result->count; i++) {
        const ais_load_interval *at = &result->intervals[i];
        assert_true(at->from_rps < at->to_rps);
        if (i > 0) {
            assert_near(at->from_rps, at[-1].to_rps, 0);
            assert_int_not_equal(at->verdict, at[-1].verdict);
        }
        if (at->verdict == AIS_LOAD_UNDECIDED) {
            assert_true(at->to_rps - at->from_rps < 4 * precision);
            continue;
        }
        for (int k = 0; k <= 200; k++) {
            const double rate = at->from_rps + (at->to_rps - at->from_rps) * k / 200;
            assert_int_equal(is_feasible(s, *o, placement, rate), at->verdict == AIS_LOAD_FEASIBLE);
        }
    }
}

static void check_verdicts(const ais_load_result *result, const ais_load_verdict *verdicts,
                           size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < result->count; i++)
        if (result->intervals[i].verdict != AIS_LOAD_UNDECIDED) {
            assert_true(at < count);
            assert_int_equal(result->intervals[i].verdict, verdicts[at++]);
        }
    assert_int_equal(at, count);
}

static void test_cold_starts_make_low_loads_infeasible(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, 0.5, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "F1");
    AIS_AUTO(ais_load_result) result = NULL;
    const ais_perf_options o = {0};
    assert_int_equal(ais_load_of_placement(s, &o, placement, &(ais_load_options){0}, &result, NULL),
                     0);
    check_verdicts(
        result,
        (const ais_load_verdict[]){AIS_LOAD_INFEASIBLE, AIS_LOAD_FEASIBLE, AIS_LOAD_INFEASIBLE}, 3);
    check_intervals(s, &o, placement, result, 1e-5);
    assert_near(result->intervals[result->count - 1].to_rps, 10, 1e-9);
    /* 0.1 / (1 - 0.1 rate) + 0.2001 = 0.5 */
    assert_near(result->max_rps, 6.665, 0.01);
}

/* The response of F2 falls, grows and falls again: 0.0525 s at 0.016/s, 0.0572 s at 0.24/s, 0.0515 s at 1.3/s. */
static void test_loads_borne_need_not_be_one_interval(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "F2");
    AIS_AUTO(ais_load_result) result = NULL;
    s->components[1].local_limit_s = 0.055;
    const ais_perf_options o = {0};
    assert_int_equal(
        ais_load_of_placement(s, &o, placement, &(ais_load_options){.to_rps = 12}, &result, NULL),
        0);
    check_verdicts(result,
                   (const ais_load_verdict[]){AIS_LOAD_INFEASIBLE, AIS_LOAD_FEASIBLE,
                                              AIS_LOAD_INFEASIBLE, AIS_LOAD_FEASIBLE,
                                              AIS_LOAD_INFEASIBLE},
                   5);
    check_intervals(s, &o, placement, result, 1e-5);
    assert_near(result->max_rps, 10, 1e-4); /* the edge is full there */
}

static void test_all_machines_bear_more_than_those_that_run(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "F1");
    const size_t two[] = {2, 4, 1, 1};
    const ais_perf_options all = {0}, fewer = {.count_max = two};
    const ais_load_options full = {.full_counts = true, .from_rps = 1};
    AIS_AUTO(ais_load_result) three_machines = NULL;
    AIS_AUTO(ais_load_result) two_machines = NULL;
    assert_int_equal(ais_load_of_placement(s, &all, placement, &full, &three_machines, NULL), 0);
    assert_int_equal(ais_load_of_placement(s, &fewer, placement, &full, &two_machines, NULL), 0);
    assert_near(three_machines->max_rps, 30, 1e-4);
    assert_near(two_machines->max_rps, 20, 1e-4);
    assert_int_equal(placement->count[0], 1); /* that of the caller stays */
}

static void test_an_empty_interval_is_refused(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "F1");
    ais_load_result *result = NULL;
    ais_error *err = NULL;
    const ais_perf_options o = {0};
    assert_int_equal(ais_load_of_placement(s, &o, placement,
                                           &(ais_load_options){.from_rps = 3, .to_rps = 2}, &result,
                                           &err),
                     -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "error: rates from 3 to 2 per second are no interval (the lower end "
                              "must not be negative, the upper one above it)\n");
}

/* ---- random systems ---- */

/* Limits a little above what the placement takes at some rate, so that they bite somewhere. */
static void limit_tightly(const ais_system *s, ais_perf_options *o, const ais_placement *placement,
                          double rate_rps, ais_arena *arena)
{
    AIS_AUTO(ais_perf) perf = NULL;
    double *local = ais_arena_alloc(arena, s->component_count * sizeof *local);
    double *path = ais_arena_alloc(arena, (s->path_count + 1) * sizeof *path);
    o->rate_rps = rate_rps;
    assert_int_equal(ais_perf_new(s, o, &perf, NULL), 0);
    ais_evaluation_result result = {.component_s = local, .path_s = path};
    ais_perf_evaluate(perf, placement, NULL, &result);
    for (size_t c = 0; c < s->component_count; c++)
        local[c] *= 1.02;
    for (size_t i = 0; i < s->path_count; i++)
        path[i] *= 1.01;
    o->local_limit_s = local;
    o->path_limit_s = path;
}

static void test_what_is_certified_of_random_placements_holds(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t feasible = 0;
    for (int round = 0; round < 40; round++) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) s =
            perf_random_system(&random, &(perf_random_options){.fitted = round % 2 == 0});
        AIS_AUTO(ais_placement) placement = perf_random_placement(&random, s);
        AIS_AUTO(ais_load_result) result = NULL;
        ais_perf_options o = {.semantics = (ais_semantics)ais_random_below(&random, 3),
                              .rules_off = AIS_RULE_FORWARD | AIS_RULE_ONE_TYPE | AIS_RULE_MEMORY,
                              .quantile = round % 3 == 0 ? 0.9 : 0};
        limit_tightly(s, &o, placement, log_uniform(&random, 0.01, 2), arena);
        const ais_load_options asked = {.precision_rps = 1e-4};
        assert_int_equal(ais_load_of_placement(s, &o, placement, &asked, &result, NULL), 0);
        /* where times hardly change with the rate, undecided intervals lie side by side */
        check_intervals(s, &o, placement, result, INFINITY);
        feasible += isnan(result->max_rps) ? 0 : 1;
    }
    assert_true(feasible > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_of_a_function_hold_at_every_rate_between),
        cmocka_unit_test(test_bounds_of_a_function_come_together),
        cmocka_unit_test(test_bounds_of_fitted_models_hold_at_every_rate_between),
        cmocka_unit_test(test_bounds_of_fitted_models_come_together),
        cmocka_unit_test(test_cold_starts_make_low_loads_infeasible),
        cmocka_unit_test(test_loads_borne_need_not_be_one_interval),
        cmocka_unit_test(test_all_machines_bear_more_than_those_that_run),
        cmocka_unit_test(test_an_empty_interval_is_refused),
        cmocka_unit_test(test_what_is_certified_of_random_placements_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
