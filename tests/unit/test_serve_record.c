/* What follows from measurements: quantiles, overhead, verdicts of a run. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "serve/record.h"

static size_t first_path[] = {0}, whole_path[] = {0, 1};

static ais_plan make_plan(ais_plan_node *nodes, ais_plan_constraint *constraints)
{
    nodes[0] = (ais_plan_node){.name = "a"};
    nodes[1] = (ais_plan_node){.name = "b"};
    constraints[0] = (ais_plan_constraint){
        .kind = AIS_PLAN_LOCAL_TIME, .limit = 2.5, .path = first_path, .path_count = 1};
    constraints[1] = (ais_plan_constraint){
        .kind = AIS_PLAN_GLOBAL_TIME, .limit = 5.0, .path = whole_path, .path_count = 2};
    constraints[2] = (ais_plan_constraint){
        .kind = AIS_PLAN_THROUGHPUT, .limit = 0.5, .path = first_path, .path_count = 1};
    return (ais_plan){.nodes = nodes, .node_count = 2, .constraints = constraints, .constraint_count = 3};
}

static void test_nothing_measured_is_no_verdict(void **state)
{
    (void)state;
    ais_plan_node nodes[2];
    ais_plan_constraint constraints[3];
    const ais_plan plan = make_plan(nodes, constraints);
    AIS_AUTO(ais_record) record = ais_record_new(&plan);
    ais_component_figures figures;
    ais_record_get_component(record, 0, &figures);
    assert_int_equal(figures.time.count, 0);
    assert_true(isnan(figures.time.p50_s) && isnan(figures.overhead.p50_s) && isnan(figures.rate_rps));
    for (size_t i = 0; i < 3; i++) {
        ais_verdict verdict;
        ais_record_get_verdict(record, i, &verdict);
        assert_true(isnan(verdict.value));
    }
}

static void test_figures_and_verdicts_of_a_small_run(void **state)
{
    (void)state;
    ais_plan_node nodes[2];
    ais_plan_constraint constraints[3];
    const ais_plan plan = make_plan(nodes, constraints);
    AIS_AUTO(ais_record) record = ais_record_new(&plan);
    record->begin_s = 100.0;
    for (size_t i = 0; i < 4; i++) /* 1, 2, 3, 4 s, one after the other; half of it ours */
        ais_record_add_hop(record, &(ais_hop){.ok = true,
                                              .given_s = 100.0 + (double)(i * (i + 1)) / 2.0,
                                              .took_s = 1.0 + (double)i,
                                              .function_s = 0.5 + (double)i / 2.0,
                                              .handling_s = 0.25});
    ais_record_add_hop(record, &(ais_hop){.given_s = 110.0, .took_s = 99.0, .function_s = NAN}); /* failed */
    ais_component_figures f;
    ais_record_get_component(record, 0, &f);
    assert_int_equal(f.time.count, 4);
    assert_float_equal(f.time.p50_s, 2.5, 1e-12);
    assert_float_equal(f.time.p95_s, 3.85, 1e-12);
    assert_float_equal(f.time.mean_s, 2.5, 1e-12);
    assert_float_equal(f.overhead.p50_s, 1.25 + 0.25, 1e-6);
    assert_float_equal(f.rate_rps, (float)0.4, 1e-6);
    ais_verdict verdict;
    ais_record_get_verdict(record, 0, &verdict);
    assert_float_equal(verdict.value, 2.5, 1e-12);
    assert_true(verdict.met); /* at the limit is within it */
    assert_int_equal(verdict.over, 2);
    ais_record_get_verdict(record, 2, &verdict);
    assert_false(verdict.met);
}

static void test_only_whole_paths_count_for_a_global_limit(void **state)
{
    (void)state;
    ais_plan_node nodes[2];
    ais_plan_constraint constraints[3];
    const ais_plan plan = make_plan(nodes, constraints);
    AIS_AUTO(ais_record) record = ais_record_new(&plan);
    const double given[] = {1.0, 3.0}, replied[] = {2.0, 7.0}, stopped[] = {2.0, NAN};
    ais_record_add_session(record, &(ais_session_end){.outcome = AIS_OUTCOME_OK, .given_s = given, .replied_s = replied});
    ais_record_add_session(record, &(ais_session_end){.outcome = AIS_OUTCOME_DROPPED, .given_s = given, .replied_s = stopped});
    ais_record_add_session(record, &(ais_session_end){.outcome = AIS_OUTCOME_FAILED, .given_s = given, .replied_s = stopped});
    ais_verdict verdict;
    ais_record_get_verdict(record, 1, &verdict);
    assert_float_equal(verdict.value, 6.0, 1e-12);
    assert_false(verdict.met);
    assert_int_equal(verdict.over, 1);
    assert_int_equal(record->ok + record->dropped + record->failed, 3);
    assert_int_equal(record->session_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_measured_is_no_verdict),
        cmocka_unit_test(test_figures_and_verdicts_of_a_small_run),
        cmocka_unit_test(test_only_whole_paths_count_for_a_global_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
