/* Costs and times of placements, computed by hand; what the semantics differ in. */
#include "support/unit.h"

#include "support/perf_fixture.h"

#include <string.h>

#include "perf/function.h"

static const double TOLERANCE = 1e-12;

static unsigned judge_as(perf_fixture *f, ais_semantics semantics)
{
    f->options.semantics = semantics;
    return fix_judge(f);
}

static double function_s(double rate_rps)
{
    const ais_function function = {.warm_s = 1, .cold_s = 2, .idle_s = 600};
    return ais_function_response_s(&function, rate_rps);
}

static void test_semantics_have_names(void **unused)
{
    ais_semantics found = AIS_SEMANTICS_NATIVE;
    (void)unused;
    assert_true(ais_semantics_find("python", &found));
    assert_int_equal(found, AIS_SEMANTICS_PYTHON);
    assert_true(ais_semantics_find(ais_semantics_get(AIS_SEMANTICS_CPP)->name, &found));
    assert_int_equal(found, AIS_SEMANTICS_CPP);
    assert_true(ais_semantics_find("native", &found));
    assert_int_equal(found, AIS_SEMANTICS_NATIVE);
    assert_false(ais_semantics_find("Cpp", &found));
}

static void test_queues_share_their_machines(void **unused)
{
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_V, FIX_V, 2);
    assert_int_equal(fix_judge(&f), 0);
    assert_near(f.utilization[FIX_E], 0.2 * 2 / 2, TOLERANCE);
    assert_near(f.utilization[FIX_V], (0.4 * 1.5 + 0.25 * 1) / 2, TOLERANCE);
    assert_near(f.utilization[FIX_F], 0, 0);
    assert_near(f.part_s[FIX_A_H1], 0.2 / 0.8, TOLERANCE);
    assert_near(f.part_s[FIX_A_H2], 0.4 / 0.575, TOLERANCE);
    assert_near(f.part_s[FIX_B_H1], 0.25 / 0.575, TOLERANCE);
    assert_near(f.result.cost, 2 * 2 + 2 * 5, TOLERANCE);
    f.system->horizon = 3;
    fix_judge(&f);
    assert_near(f.result.cost, 3 * 14, TOLERANCE);
    f.options.edge_price_factor = 0.5;
    fix_judge(&f);
    assert_near(f.result.cost, 3 * (0.5 * 4 + 10), TOLERANCE);
    perf_fixture_clear(&f);
}

/* Bits: native and python 8 a MB, cpp 1. Three quarters of the items reach h2. */
static void test_delays_of_each_semantics(void **unused)
{
    static const double delay_s[] = {[AIS_SEMANTICS_NATIVE] = 0.1 + 8 * 2 / 16.0,
                                     [AIS_SEMANTICS_CPP] = 0.1 + 2 / 16.0,
                                     [AIS_SEMANTICS_PYTHON] = 0.1 + 8 * 2 / 16.0};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_V, FIX_V, 2);
    for (size_t i = 0; i < AIS_COUNT(delay_s); i++) {
        assert_int_equal(judge_as(&f, (ais_semantics)i), 0);
        assert_near(f.component_s[0], 0.2 / 0.8 + 0.75 * (0.4 / 0.575 + delay_s[i]), TOLERANCE);
        assert_near(f.component_s[1], 0.25 / 0.575, TOLERANCE);
        assert_near(ais_perf_next_delay_s(f.perf, FIX_A_H1, FIX_E, FIX_V), delay_s[i], TOLERANCE);
        assert_near(ais_perf_next_delay_s(f.perf, FIX_A_H1, FIX_V, FIX_V), 0, 0);
        assert_near(ais_perf_edge_delay_s(f.perf, 0, 0, FIX_V, FIX_V), 0, 0);
    }
    perf_fixture_clear(&f);
}

/* A quarter of the items comes from h1, three quarters from h2, which is where b is. */
static void test_transfers_when_the_last_part_is_there(void **unused)
{
    static const double transfer_s[] = {[AIS_SEMANTICS_NATIVE] = 0.25 * (0.1 + 8 * 4 / 16.0),
                                        [AIS_SEMANTICS_CPP] = 0.25 * (0.1 + 4 / 16.0),
                                        [AIS_SEMANTICS_PYTHON] = 0};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_V, FIX_V, 2);
    for (size_t i = 0; i < AIS_COUNT(transfer_s); i++) {
        judge_as(&f, (ais_semantics)i);
        assert_near(f.path_s[0] - f.component_s[0] - f.component_s[1], transfer_s[i], TOLERANCE);
    }
    perf_fixture_clear(&f);
}

/* h1 is where b is: cpp forgets that a quarter has left there, and sends all from h2. */
static void test_transfers_when_an_exit_is_there(void **unused)
{
    static const double transfer_s[] = {[AIS_SEMANTICS_NATIVE] = 0.75 * (0.1 + 8 * 4 / 16.0),
                                        [AIS_SEMANTICS_CPP] = 0.1 + 4 / 16.0,
                                        [AIS_SEMANTICS_PYTHON] = 0.1 + 8 * 4 / 16.0};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_V, FIX_F, FIX_V, 2);
    for (size_t i = 0; i < AIS_COUNT(transfer_s); i++) {
        judge_as(&f, (ais_semantics)i);
        assert_near(f.path_s[0] - f.component_s[0] - f.component_s[1], transfer_s[i], TOLERANCE);
    }
    perf_fixture_clear(&f);
}

/* Nothing is where b is: all three agree but for the bits, and python, which knows no exits. */
static void test_transfers_from_elsewhere(void **unused)
{
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_V, FIX_F, 2);
    judge_as(&f, AIS_SEMANTICS_CPP);
    assert_near(f.path_s[0] - f.component_s[0] - f.component_s[1], 0.35, TOLERANCE);
    f.system->domains[0].access_delay_s = 0;
    judge_as(&f, AIS_SEMANTICS_NATIVE);
    assert_near(f.path_s[0] - f.component_s[0] - f.component_s[1], 2, TOLERANCE);
    perf_fixture_clear(&f);
}

/* The least delay over domains that have both layers. */
static void test_the_best_domain_counts(void **unused)
{
    static const size_t some[] = {0, 1}, all[] = {0, 1, 2};
    ais_system_domain domains[] = {
        {.name = "slow", .layers = all, .layer_count = 3, .access_delay_s = 0.5, .bandwidth = 8},
        {.name = "fast", .layers = some, .layer_count = 2, .access_delay_s = 0.2, .bandwidth = 32},
    };
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    f.system->domains = domains;
    f.system->domain_count = 2;
    fix_place(&f, FIX_E, FIX_V, FIX_V, 2);
    assert_int_equal(fix_judge(&f), 0);
    assert_near(ais_perf_next_delay_s(f.perf, FIX_A_H1, FIX_E, FIX_V), 0.2 + 0.5, TOLERANCE);
    assert_near(ais_perf_next_delay_s(f.perf, FIX_A_H1, FIX_E, FIX_F), 0.5 + 2, TOLERANCE);
    perf_fixture_clear(&f);
}

static void test_functions_see_their_rate(void **unused)
{
    static const double rate_rps[] = {
        [AIS_SEMANTICS_NATIVE] = 1.5, [AIS_SEMANTICS_CPP] = 1.5, [AIS_SEMANTICS_PYTHON] = 2};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_F, FIX_G, 1);
    for (size_t i = 0; i < AIS_COUNT(rate_rps); i++) {
        assert_int_equal(judge_as(&f, (ais_semantics)i), 0);
        assert_near(f.part_s[FIX_A_H2], function_s(rate_rps[i]), TOLERANCE);
        assert_near(f.part_s[FIX_B_H1], function_s(1), TOLERANCE);
        assert_near(f.result.cost, 2 + 0.3 * 1 * rate_rps[i] + 0.2 * 1 * 1, TOLERANCE);
    }
    perf_fixture_clear(&f);
}

static void test_a_shared_function_is_charged(void **unused)
{
    static const double charge[] = {[AIS_SEMANTICS_NATIVE] = 0.3 * (1.5 + 1),
                                    [AIS_SEMANTICS_CPP] = 0.3 * 1.5,
                                    [AIS_SEMANTICS_PYTHON] = 0.3 * (2 + 1)};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_F, FIX_F, 1);
    for (size_t i = 0; i < AIS_COUNT(charge); i++) {
        assert_int_equal(judge_as(&f, (ais_semantics)i), 0);
        assert_near(f.result.cost, 2 + charge[i], TOLERANCE);
    }
    perf_fixture_clear(&f);
}

static void test_memory_of_machines(void **unused)
{
    static const unsigned expected[] = {[AIS_SEMANTICS_NATIVE] = AIS_VIOLATION_MEMORY,
                                        [AIS_SEMANTICS_CPP] = 0,
                                        [AIS_SEMANTICS_PYTHON] = AIS_VIOLATION_MEMORY};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_E, FIX_E, 2); /* 1100 MB on two machines of 1000 */
    for (size_t i = 0; i < AIS_COUNT(expected); i++)
        assert_int_equal(judge_as(&f, (ais_semantics)i), expected[i]);
    f.system->resources[FIX_E].memory_bytes = 1100e6;
    for (size_t i = 0; i < AIS_COUNT(expected); i++)
        assert_int_equal(judge_as(&f, (ais_semantics)i), 0);
    f.system->resources[FIX_E].memory_bytes = 549e6;
    for (size_t i = 0; i < AIS_COUNT(expected); i++)
        assert_int_equal(judge_as(&f, (ais_semantics)i), AIS_VIOLATION_MEMORY);
    perf_fixture_clear(&f);
}

static void test_memory_of_functions(void **unused)
{
    static const unsigned expected[] = {[AIS_SEMANTICS_NATIVE] = 0,
                                        [AIS_SEMANTICS_CPP] = AIS_VIOLATION_MEMORY,
                                        [AIS_SEMANTICS_PYTHON] = AIS_VIOLATION_MEMORY};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    f.system->resources[FIX_F].memory_bytes = 600e6;
    fix_place(&f, FIX_E, FIX_F, FIX_F, 1); /* 400 MB and 300 MB */
    for (size_t i = 0; i < AIS_COUNT(expected); i++)
        assert_int_equal(judge_as(&f, (ais_semantics)i), expected[i]);
    f.system->resources[FIX_F].memory_bytes = 399e6;
    assert_int_equal(judge_as(&f, AIS_SEMANTICS_NATIVE), AIS_VIOLATION_MEMORY);
    perf_fixture_clear(&f);
}

/* Demands at a quantile: times and loads grow, the cost does not. */
static void test_quantiles_of_demands(void **unused)
{
    static const double z = 1.6448536269514722; /* 0.95 */
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    f.system->options[fix_option(FIX_A_H1, FIX_E)].deviation_s = 0.05;
    f.system->options[fix_option(FIX_A_H2, FIX_F)].warm_deviation_s = 0.1;
    f.system->options[fix_option(FIX_A_H2, FIX_F)].cold_deviation_s = 0.3;
    fix_place(&f, FIX_E, FIX_F, FIX_V, 1);
    f.options.quantile = 0.95;
    assert_int_equal(fix_judge(&f), 0);
    const double demand_s = 0.2 + z * 0.05;
    const ais_function function = {.warm_s = 1 + z * 0.1, .cold_s = 2 + z * 0.3, .idle_s = 600};
    assert_near(f.utilization[FIX_E], demand_s * 2, TOLERANCE);
    assert_near(f.part_s[FIX_A_H1], demand_s / (1 - demand_s * 2), TOLERANCE);
    assert_near(f.part_s[FIX_A_H2], ais_function_response_s(&function, 1.5), TOLERANCE);
    assert_near(f.part_s[FIX_B_H1], 0.25 / 0.75, TOLERANCE);
    assert_near(f.result.cost, 2 + 5 + 0.3 * 1.5, TOLERANCE);
    f.options.quantile = 0.5;
    fix_judge(&f);
    assert_near(f.utilization[FIX_E], 0.4, TOLERANCE);
    perf_fixture_clear(&f);
}

/* Machines that start and stop, partitions that move. */
static void test_changes_have_prices(void **unused)
{
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    fix_place(&f, FIX_E, FIX_V, FIX_V, 2);
    AIS_AUTO(ais_placement) current = ais_placement_dup(f.system, f.placement);
    f.options = (ais_perf_options){
        .current = current, .start_cost = 0.5, .stop_cost = 0.25, .move_cost = 0.125};
    assert_int_equal(fix_judge(&f), 0);
    assert_near(f.result.cost, 14, TOLERANCE); /* all stays */
    f.placement->count[FIX_V] = 3;
    f.placement->count[FIX_E] = 1;
    fix_judge(&f);
    assert_near(f.result.cost, 2 + 15 + 0.5 + 0.25, TOLERANCE);
    fix_place(&f, FIX_E2, FIX_V, FIX_F, 1); /* both of E stop, one of V, one of E2 starts */
    fix_judge(&f);
    assert_near(f.result.cost, 3 + 5 + 0.3 * 1 + 3 * 0.25 + 0.5 + 2 * 0.125, TOLERANCE);
    assert_near(ais_perf_price(f.perf, FIX_E, 0), 0.5, TOLERANCE);
    perf_fixture_clear(&f);
}

static void test_rates_must_be_positive(void **unused)
{
    static const double rates[] = {-1, INFINITY, NAN};
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    for (size_t i = 0; i < AIS_COUNT(rates); i++) {
        ais_error *err = NULL;
        ais_perf *perf = NULL;
        f.options.rate_rps = rates[i];
        f.system->rate_rps = NAN;
        assert_int_equal(ais_perf_new(f.system, &f.options, &perf, &err), -1);
        assert_null(perf);
        assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
        AIS_FREE char *text = unit_error(&err);
        assert_non_null(strstr(text, "the rate of requests is "));
    }
    perf_fixture_clear(&f);
}

static void test_costs_must_be_numbers(void **unused)
{
    perf_fixture f;
    ais_error *err = NULL;
    ais_perf *perf = NULL;
    (void)unused;
    perf_fixture_init(&f);
    f.system->horizon = 1e300;
    f.system->resources[FIX_E].cost = 1e10;
    assert_int_equal(ais_perf_new(f.system, &f.options, &perf, &err), -1);
    assert_null(perf);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    AIS_FREE char *text = unit_error(&err);
    assert_non_null(strstr(text, "makes costs too large"));
    perf_fixture_clear(&f);
}

static void test_quantiles_must_be_below_1(void **unused)
{
    perf_fixture f;
    ais_error *err = NULL;
    ais_perf *perf = NULL;
    (void)unused;
    perf_fixture_init(&f);
    f.options.quantile = 1;
    assert_int_equal(ais_perf_new(f.system, &f.options, &perf, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "error: the quantile is 1 (must be above 0 and below 1)\n");
    perf_fixture_clear(&f);
}

static void assert_refused(perf_fixture *f, const char *expected)
{
    ais_error *err = NULL;
    ais_perf *perf = NULL;
    assert_int_equal(ais_perf_new(f->system, &f->options, &perf, &err), -1);
    assert_null(perf);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, expected);
}

static void test_tables_have_limits(void **unused)
{
    perf_fixture f;
    (void)unused;
    perf_fixture_init(&f);
    f.system->layer_count = 5000;
    assert_refused(&f, "error: 5000 layers and 3 amounts of data make more than 67108864 delays "
                       "(round data_size, so that fewer amounts differ)\n");
    f.system->layer_count = 3;
    f.system->resources[FIX_E].number = 40000000;
    for (size_t p = FIX_A_H1; p <= FIX_A_H2; p++) {
        f.system->options[fix_option(p, FIX_E)].kind = AIS_MODEL_PREDICTOR;
        f.system->options[fix_option(p, FIX_E)].pos = (ais_pos){.file = "s.json", .line = 7};
    }
    assert_refused(&f, "s.json:7: error: fitted models have more than 67108864 counts of "
                       "machines\n");
    perf_fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_semantics_have_names),
        cmocka_unit_test(test_queues_share_their_machines),
        cmocka_unit_test(test_delays_of_each_semantics),
        cmocka_unit_test(test_transfers_when_the_last_part_is_there),
        cmocka_unit_test(test_transfers_when_an_exit_is_there),
        cmocka_unit_test(test_transfers_from_elsewhere),
        cmocka_unit_test(test_the_best_domain_counts),
        cmocka_unit_test(test_functions_see_their_rate),
        cmocka_unit_test(test_a_shared_function_is_charged),
        cmocka_unit_test(test_memory_of_machines),
        cmocka_unit_test(test_memory_of_functions),
        cmocka_unit_test(test_quantiles_of_demands),
        cmocka_unit_test(test_changes_have_prices),
        cmocka_unit_test(test_rates_must_be_positive),
        cmocka_unit_test(test_costs_must_be_numbers),
        cmocka_unit_test(test_quantiles_must_be_below_1),
        cmocka_unit_test(test_tables_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
