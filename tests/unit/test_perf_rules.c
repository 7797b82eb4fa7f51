/* What a placement may break, and that each rule can be switched off. */
#include "support/unit.h"

#include "support/perf_fixture.h"

static perf_fixture *start(void **state, size_t a_h1, size_t a_h2, size_t b_h1, size_t count)
{
    perf_fixture *f = *state;
    fix_place(f, a_h1, a_h2, b_h1, count);
    return f;
}

static int set_up(void **state)
{
    perf_fixture *f = malloc(sizeof *f);
    perf_fixture_init(f);
    for (size_t r = 0; r < FIX_RESOURCES; r++)
        f->system->resources[r].memory_bytes = 1e10; /* no test but that of memory meets it */
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    perf_fixture_clear(*state);
    free(*state);
    return 0;
}

/* Violated as `rule`s are on, and not when `off` is switched off. */
static void assert_breaks(perf_fixture *f, unsigned violation, unsigned off)
{
    f->options.rules_off = 0;
    assert_int_equal(fix_judge(f), violation);
    f->options.rules_off = off;
    assert_int_equal(fix_judge(f), 0);
    f->options.rules_off = AIS_RULES_ALL & ~off;
    assert_int_equal(fix_judge(f), violation);
}

static void test_nothing_is_broken(void **state)
{
    assert_int_equal(fix_judge(start(state, FIX_E, FIX_V, FIX_V, 2)), 0);
    assert_int_equal(fix_judge(start(state, FIX_E, FIX_E, FIX_F, 2)), 0);
    assert_int_equal(fix_judge(start(state, FIX_F, FIX_V, FIX_G, 2)), 0);
}

static void test_a_chain_does_not_return_to_the_edge(void **state)
{
    assert_breaks(start(state, FIX_V, FIX_E, FIX_V, 2), AIS_VIOLATION_FORWARD, AIS_RULE_FORWARD);
    assert_breaks(start(state, FIX_F, FIX_E, FIX_V, 2), AIS_VIOLATION_FORWARD, AIS_RULE_FORWARD);
}

static void test_successors_do_not_return_to_the_edge(void **state)
{
    assert_breaks(start(state, FIX_E, FIX_V, FIX_E, 2), AIS_VIOLATION_FORWARD, AIS_RULE_FORWARD);
    assert_breaks(start(state, FIX_F, FIX_G, FIX_E, 2), AIS_VIOLATION_FORWARD, AIS_RULE_FORWARD);
}

static void test_a_layer_has_one_type(void **state)
{
    assert_breaks(start(state, FIX_E, FIX_E2, FIX_V, 2), AIS_VIOLATION_ONE_TYPE, AIS_RULE_ONE_TYPE);
    /* functions are no types */
    assert_int_equal(fix_judge(start(state, FIX_E, FIX_F, FIX_G, 2)), 0);
}

static void test_machines_without_parts_are_no_type(void **state)
{
    perf_fixture *f = start(state, FIX_E, FIX_E, FIX_V, 2);
    f->placement->count[FIX_E2] = 3;
    assert_int_equal(fix_judge(f), 0);
    assert_near(f->result.cost, 2 * 2 + 2 * 5, 1e-12);
    f->placement->count[FIX_E2] = 99; /* not even a count that is too high */
    assert_int_equal(fix_judge(f), 0);
}

static double half(const ais_predictor *predictor, const ais_predictor_input *input)
{
    (void)predictor;
    return 1 / (2 * input->cores);
}

static double quarter_rate(const ais_predictor *predictor, const ais_predictor_input *input)
{
    (void)predictor;
    return input->rate_rps / 4 + input->warm_s + input->cores;
}

static double never(const ais_predictor *predictor, const ais_predictor_input *input)
{
    (void)predictor;
    return input->cores > 4 ? 1 : (double)NAN;
}

static void make_fitted(perf_fixture *f, size_t part, size_t resource,
                        const ais_predictor *predictor)
{
    ais_system_option *option = &f->system->options[fix_option(part, resource)];
    option->kind = AIS_MODEL_PREDICTOR;
    option->predictor = predictor;
}

static void test_fitted_models_want_machines_for_themselves(void **state)
{
    static const ais_predictor predictor = {.kind = "test", .predict = half};
    perf_fixture *f = start(state, FIX_E, FIX_E, FIX_V, 2);
    make_fitted(f, FIX_A_H1, FIX_E, &predictor);
    assert_breaks(f, AIS_VIOLATION_COLOCATION, AIS_RULE_COLOCATION);
    f = start(state, FIX_E, FIX_V, FIX_V, 2);
    f->options.rules_off = 0;
    assert_int_equal(fix_judge(f), 0);
    assert_near(f->part_s[FIX_A_H1], 1 / (2 * 2 * 2.0), 1e-12); /* two machines of two cores */
    assert_near(f->utilization[FIX_E], 0, 0);
    assert_near(f->perf->time_s[fix_option(FIX_A_H1, FIX_E)], 1 / 12.0, 1e-12);
}

static void test_fitted_functions_share(void **state)
{
    static const ais_predictor predictor = {.kind = "test", .predict = quarter_rate};
    perf_fixture *f = start(state, FIX_E, FIX_F, FIX_F, 2);
    make_fitted(f, FIX_A_H2, FIX_F, &predictor);
    make_fitted(f, FIX_B_H1, FIX_F, &predictor);
    assert_int_equal(fix_judge(f), 0);
    assert_near(f->part_s[FIX_A_H2], 1.5 / 4 + 1 + 1, 1e-12);
    assert_near(f->result.cost, 2 * 2 + 0.3 * (1.5 + 1), 1e-12);
}

static void test_models_without_an_answer(void **state)
{
    static const ais_predictor predictor = {.kind = "test", .predict = never};
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 2);
    make_fitted(f, FIX_A_H1, FIX_E, &predictor);
    assert_int_equal(fix_judge(f), AIS_VIOLATION_LOAD);
    assert_true(f->perf->usable[fix_option(FIX_A_H1, FIX_E)]);
    fix_place(f, FIX_E, FIX_V, FIX_V, 3); /* 6 cores */
    assert_int_equal(fix_judge(f), 0);
    fix_place(f, FIX_F, FIX_V, FIX_V, 2);
    make_fitted(f, FIX_A_H1, FIX_F, &predictor);
    assert_int_equal(fix_judge(f), AIS_VIOLATION_LOAD);
    assert_false(f->perf->usable[fix_option(FIX_A_H1, FIX_F)]);
}

static void test_loads_are_below_1(void **state)
{
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 1);
    f->system->options[fix_option(FIX_A_H1, FIX_E)].demand_s = 0.5; /* rho 1 */
    f->options.rules_off = AIS_RULES_ALL;
    assert_int_equal(fix_judge(f), AIS_VIOLATION_LOAD);
    assert_true(isinf(f->part_s[FIX_A_H1]));
    assert_true(isinf(f->component_s[0]) && isinf(f->path_s[0]));
    assert_near(f->result.cost, 7, 1e-12);
    f->placement->count[FIX_E] = 2;
    assert_int_equal(fix_judge(f), 0);
}

static void test_memory_is_held(void **state)
{
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 2);
    f->system->resources[FIX_V].memory_bytes = 699e6;
    assert_breaks(f, AIS_VIOLATION_MEMORY, AIS_RULE_MEMORY);
    f->system->resources[FIX_V].memory_bytes = 700e6;
    f->options.rules_off = 0;
    assert_int_equal(fix_judge(f), 0);
}

static void test_local_limits_are_held(void **state)
{
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 2);
    f->system->components[0].local_limit_s = 1.5;
    assert_breaks(f, AIS_VIOLATION_LOCAL, AIS_RULE_LOCAL);
    f->system->components[0].local_limit_s = f->component_s[0] * (1 - 1e-13); /* rounding */
    f->options.rules_off = 0;
    assert_int_equal(fix_judge(f), 0);
    f->system->components[0].local_limit_s = f->component_s[0] * (1 - 1e-11);
    assert_int_equal(fix_judge(f), AIS_VIOLATION_LOCAL);
    const double wider[] = {9, INFINITY};
    f->options.local_limit_s = wider;
    assert_int_equal(fix_judge(f), 0);
    f->options.local_limit_s = NULL;
}

static void test_global_limits_are_held(void **state)
{
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 2);
    f->system->paths[0].limit_s = 2;
    assert_breaks(f, AIS_VIOLATION_GLOBAL, AIS_RULE_GLOBAL);
    const double wider = 9;
    f->options.rules_off = 0;
    f->options.path_limit_s = &wider;
    assert_int_equal(fix_judge(f), 0);
    f->options.path_limit_s = NULL;
}

static void test_counts_are_within_what_there_is(void **state)
{
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 3);
    assert_int_equal(fix_judge(f), 0);
    f->placement->count[FIX_E] = 4;
    assert_int_equal(fix_judge(f), AIS_VIOLATION_COUNT);
    f->placement->count[FIX_E] = 3;
    const size_t count_max[] = {2, 9, 9, 0, 9};
    f->options.count_max = count_max;
    assert_int_equal(fix_judge(f), AIS_VIOLATION_COUNT);
    f->placement->count[FIX_E] = 2;
    assert_int_equal(fix_judge(f), 0);
    assert_int_equal(f->perf->count_max[FIX_E2], 3);
    fix_place(f, FIX_E, FIX_F, FIX_V, 2); /* a function that is not allowed */
    assert_int_equal(fix_judge(f), AIS_VIOLATION_COUNT);
    assert_false(f->perf->usable[fix_option(FIX_A_H2, FIX_F)]);
    f->options.count_max = NULL;
}

static void test_options_may_be_ruled_out(void **state)
{
    bool allowed[FIX_PARTS * FIX_RESOURCES];
    for (size_t i = 0; i < AIS_COUNT(allowed); i++)
        allowed[i] = i != fix_option(FIX_B_H1, FIX_V);
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 2);
    f->options.option_allowed = allowed;
    assert_int_equal(fix_judge(f), AIS_VIOLATION_COUNT);
    assert_false(f->perf->usable[fix_option(FIX_B_H1, FIX_V)]);
    fix_place(f, FIX_E, FIX_V, FIX_F, 2);
    assert_int_equal(fix_judge(f), 0);
    f->options.option_allowed = NULL;
}

static void test_what_is_missing_is_incomplete(void **state)
{
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 2);
    f->placement->count[FIX_E] = 0;
    assert_int_equal(fix_judge(f), AIS_VIOLATION_INCOMPLETE | AIS_VIOLATION_LOAD);
    assert_true(isinf(f->result.cost));
    f->placement->count[FIX_E] = 2;
    f->placement->option[FIX_A_H2] = AIS_SYSTEM_NONE;
    assert_int_equal(fix_judge(f), AIS_VIOLATION_INCOMPLETE);
    f->placement->option[FIX_A_H2] = fix_option(FIX_B_H1, FIX_V); /* another part's */
    assert_int_equal(fix_judge(f), AIS_VIOLATION_INCOMPLETE);
    assert_true(isnan(f->component_s[0]) && isnan(f->path_s[0]) && isnan(f->part_s[FIX_A_H2]));
    assert_near(f->component_s[1], 0.25 / (1 - 0.25 / 2), 1e-12);
    f->placement->option[FIX_A_H2] = fix_option(FIX_A_H2, FIX_V);
    f->placement->deployment[0] = 1; /* another component's */
    assert_int_equal(fix_judge(f), AIS_VIOLATION_INCOMPLETE);
    f->placement->deployment[0] = 0;
    assert_int_equal(fix_judge(f), 0);
}

/* Edge and functions have no domain in common. */
static void test_layers_without_a_network(void **state)
{
    static const size_t near[] = {0, 1}, far[] = {1, 2};
    ais_system_domain domains[] = {
        {.name = "near", .layers = near, .layer_count = 2, .bandwidth = 8},
        {.name = "far", .layers = far, .layer_count = 2, .bandwidth = 8},
    };
    perf_fixture *f = start(state, FIX_E, FIX_V, FIX_V, 2);
    f->system->domains = domains;
    f->system->domain_count = 2;
    assert_int_equal(fix_judge(f), 0);
    fix_place(f, FIX_E, FIX_F, FIX_F, 2); /* within a chain; b's come from h1, too */
    assert_int_equal(fix_judge(f), AIS_VIOLATION_NETWORK);
    assert_true(isinf(f->component_s[0]));
    fix_place(f, FIX_E, FIX_V, FIX_F, 2); /* over an edge: what leaves behind h1 */
    assert_int_equal(fix_judge(f), AIS_VIOLATION_NETWORK);
    f->options.semantics = AIS_SEMANTICS_PYTHON; /* whose transfers start at the last part */
    assert_int_equal(fix_judge(f), 0);
    f->options.semantics = AIS_SEMANTICS_NATIVE;
    f->system->parts[FIX_A_H1].early_exit = 0; /* nothing leaves there */
    assert_int_equal(fix_judge(f), 0);
}

/* Nothing that is between 0 and 1 hides in the excess. */
static void test_the_excess_counts_what_is_broken(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    perf_fixture *f = start(state, FIX_V, FIX_E, FIX_V, 2);
    f->system->components[1].local_limit_s = 0.25;
    assert_int_equal(ais_perf_new(f->system, &f->options, &perf, &err), 0);
    AIS_AUTO(ais_perf_state) changed = ais_perf_state_new(perf);
    ais_perf_state_set(changed, f->placement);
    const double b_s = ais_perf_state_component_s(changed, 1);
    const double edges = 1; /* a's h1 is in the cloud, h2 behind it is not; b is */
    assert_near(ais_perf_state_excess(changed), edges + (b_s - 0.25) / 0.25, 1e-12);
    ais_perf_state_move(changed, FIX_A_H1, fix_option(FIX_A_H1, FIX_E));
    assert_near(ais_perf_state_excess(changed), (0.25 / (1 - 0.125) - 0.25) / 0.25, 1e-12);
    ais_perf_state_move(changed, FIX_B_H1, fix_option(FIX_B_H1, FIX_E));
    ais_perf_state_set_count(changed, FIX_E, 1);
    assert_near(ais_perf_state_excess(changed), (0.4 + 0.6 + 0.25) + 10, 1e-12);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_broken),
        TEST(test_a_chain_does_not_return_to_the_edge),
        TEST(test_successors_do_not_return_to_the_edge),
        TEST(test_a_layer_has_one_type),
        TEST(test_machines_without_parts_are_no_type),
        TEST(test_fitted_models_want_machines_for_themselves),
        TEST(test_fitted_functions_share),
        TEST(test_models_without_an_answer),
        TEST(test_loads_are_below_1),
        TEST(test_memory_is_held),
        TEST(test_local_limits_are_held),
        TEST(test_global_limits_are_held),
        TEST(test_counts_are_within_what_there_is),
        TEST(test_options_may_be_ruled_out),
        TEST(test_what_is_missing_is_incomplete),
        TEST(test_layers_without_a_network),
        TEST(test_the_excess_counts_what_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
