/* How likely constraints hold, against what is known in closed form. */
#include "support/unit.h"

#include "support/perf_random.h"
#include "support/place_fixture.h"

#include "place/robust.h"

static const fixture_resource resources[] = {{"edge", "E1", AIS_LAYER_EDGE, 3, 1},
                                             {"vms", "V1", AIS_LAYER_VM, 4, 2},
                                             {"faas", "F1", AIS_LAYER_FAAS, 1, 0.5},
                                             {.name = NULL}};
static const fixture_option options[] = {
    {"a", "s1", "h1", "E1", .demand_s = 0.1, .deviation_s = 0.02},
    {"b", "s1", "h1", "V1", .demand_s = 0.2, .deviation_s = 0.03},
    {"b", "s1", "h1", "F1", .demand_s = 0.2, .cold_s = 1, .deviation_s = 0.05},
    {.component = NULL}};
static const ais_perf_options defaults = {.rate_rps = 2};

static double normal(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

/* The demand at which demand / (1 - rate * demand) is the limit. */
static double demand_at(double limit_s, double rate_rps)
{
    return limit_s / (1 + rate_rps * limit_s);
}

static ais_robust_result *check(const ais_system *s, const ais_placement *placement,
                                const ais_robust_options *o)
{
    ais_robust_result *result = NULL;
    assert_int_equal(ais_robust_check(s, &defaults, placement, o, &result, NULL), 0);
    return result;
}

static ais_placement *make_placement(const ais_system *s, const char *second)
{
    ais_placement *placement = ais_placement_new(s);
    fixture_put(s, placement, "a", "s1", "h1", "E1");
    fixture_put(s, placement, "b", "s1", "h1", second);
    return placement;
}

static void test_independent_errors_are_known_to_lie_in_the_interval(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "V1");
    s->components[0].local_limit_s = 0.15;
    s->components[1].local_limit_s = 0.4;
    AIS_AUTO(ais_robust_result) result = check(s, placement, &(ais_robust_options){.seed = 3});
    const double a = normal((demand_at(0.15, 2) - 0.1) / 0.02);
    const double b = normal((demand_at(0.4, 2) - 0.2) / 0.03);
    assert_true(a > 0.7 && a < 0.95 && b > 0.7 && b < 0.95);
    assert_int_equal(result->samples, 10000);
    assert_true(result->components[0].low < a && a < result->components[0].high);
    assert_true(result->components[1].low < b && b < result->components[1].high);
    assert_true(result->all.low < a * b && a * b < result->all.high);
    assert_true(result->all.high - result->all.low < 0.02);
    assert_near(result->paths[0].probability, 1, 0);
    assert_near(result->resources[0].probability, 1, 1e-4);
    /* all alike: the less likely of both decides */
    assert_near(result->alike_quantile, fmin(a, b), 1e-9);
}

static void test_demands_are_cut_off_at_zero(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "V1");
    s->options[0].deviation_s = 0.1; /* a sixth of the normal distribution is negative */
    s->components[0].local_limit_s = 0.15;
    AIS_AUTO(ais_robust_result) result = check(s, placement, &(ais_robust_options){.seed = 4});
    const double below = normal(-1);
    const double expected = (normal((demand_at(0.15, 2) - 0.1) / 0.1) - below) / (1 - below);
    assert_true(result->components[0].low < expected && expected < result->components[0].high);
}

static void test_wilson_intervals(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "V1");
    AIS_AUTO(ais_robust_result) always = check(s, placement, &(ais_robust_options){.samples = 10});
    /* 10 of 10: from 10 / (10 + z^2) */
    assert_int_equal(always->all.held, 10);
    assert_near(always->all.low, 10 / (10 + 1.959963984540054 * 1.959963984540054), 1e-9);
    assert_near(always->all.high, 1, 0);
    s->components[0].local_limit_s = 1e-6;
    AIS_AUTO(ais_robust_result) never =
        check(s, placement, &(ais_robust_options){.samples = 10, .confidence = 0.99});
    assert_int_equal(never->all.held, 0);
    assert_near(never->all.low, 0, 0);
    assert_near(never->all.high,
                2.5758293035489004 * 2.5758293035489004 /
                    (10 + 2.5758293035489004 * 2.5758293035489004),
                1e-9);
}

static void test_same_seed_same_result(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, 0.4, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "F1");
    const ais_robust_options first = {.samples = 1000, .seed = 1},
                             second = {.samples = 1000, .seed = 3};
    AIS_AUTO(ais_robust_result) a = check(s, placement, &first);
    AIS_AUTO(ais_robust_result) b = check(s, placement, &first);
    AIS_AUTO(ais_robust_result) c = check(s, placement, &second);
    assert_true(a->all.held > 0 && a->all.held < 1000);
    assert_int_equal(a->all.held, b->all.held);
    assert_int_not_equal(a->all.held, c->all.held);
}

static void test_known_demands_leave_no_doubt(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, 0.6, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "V1");
    AIS_SCOPED(ais_str) text = {.data = NULL};
    s->options[0].deviation_s = s->options[1].deviation_s = 0;
    AIS_AUTO(ais_robust_result) result = check(s, placement, &(ais_robust_options){.samples = 50});
    assert_false(result->uncertain);
    assert_int_equal(result->all.held, 50);
    assert_near(result->alike_quantile, 1, 0);
    ais_robust_write_text(s, result, &text);
    assert_string_equal(ais_str_get(&text),
                        "no demand in use has a deviation: all is known exactly\n");
}

static void test_what_breaks_whatever_the_demands_is_named(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "V1");
    placement->count[0] = 4; /* of 3 */
    AIS_AUTO(ais_robust_result) result = check(s, placement, &(ais_robust_options){.samples = 50});
    assert_int_equal(result->broken, AIS_VIOLATION_COUNT);
    assert_int_equal(result->all.held, 0);
    assert_near(result->alike_quantile, 0, 0);
}

static void test_a_confidence_of_one_is_refused(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 1, INFINITY, 0);
    AIS_AUTO(ais_placement) placement = make_placement(s, "V1");
    ais_robust_result *result = NULL;
    ais_error *err = NULL;
    assert_int_equal(ais_robust_check(s, &defaults, placement,
                                      &(ais_robust_options){.confidence = 1}, &result, &err),
                     -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "error: the confidence is 1 (must be between 0 and 1)\n");
}

/* What solving with a quantile promises: feasible with all demands at the quantile q means that with errors all
 * alike the constraints hold with probability q at least. */
static void test_a_placement_feasible_at_a_quantile_holds_up_to_it(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t seen = 0;
    for (int round = 0; round < 1500; round++) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) s =
            perf_random_system(&random, &(perf_random_options){.components = 2, .slack = 2});
        AIS_AUTO(ais_placement) placement = perf_random_placement(&random, s);
        AIS_AUTO(ais_robust_result) result = NULL;
        ais_perf_options o = perf_random_perf_options(&random, s, arena);
        const ais_robust_options one = {.samples = 1};
        assert_int_equal(ais_robust_check(s, &o, placement, &one, &result, NULL), 0);
        for (double q = 0.05; q < 1; q += 0.09) {
            AIS_AUTO(ais_perf) perf = NULL;
            ais_evaluation_result evaluation = {.violations = 0};
            o.quantile = q;
            assert_int_equal(ais_perf_new(s, &o, &perf, NULL), 0);
            ais_perf_evaluate(perf, placement, NULL, &evaluation);
            if (q < result->alike_quantile - 1e-9)
                assert_int_equal(evaluation.violations, 0);
        }
        seen += result->alike_quantile > 0.1 && result->alike_quantile < 0.9;
    }
    assert_true(seen > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_independent_errors_are_known_to_lie_in_the_interval),
        cmocka_unit_test(test_demands_are_cut_off_at_zero),
        cmocka_unit_test(test_wilson_intervals),
        cmocka_unit_test(test_same_seed_same_result),
        cmocka_unit_test(test_known_demands_leave_no_doubt),
        cmocka_unit_test(test_what_breaks_whatever_the_demands_is_named),
        cmocka_unit_test(test_a_confidence_of_one_is_refused),
        cmocka_unit_test(test_a_placement_feasible_at_a_quantile_holds_up_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
