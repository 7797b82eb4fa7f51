/* Branch and bound: its bound is never above a placement that is allowed, and what it ends with is the best. */
#include "support/unit.h"

#include "place/generate.h"
#include "place/place.h"
#include "place/read.h"

typedef struct made {
    ais_doc *doc;
    ais_system *system;
    ais_placement *known;
} made;

static made make(const ais_generate_options *options)
{
    made m = {.doc = ais_doc_new()};
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_doc_node *known = NULL;
    const ais_doc_node *root = ais_system_generate(options, m.doc, &known);
    const int status = ais_system_from_node(root, ".", diags, &m.system);
    AIS_FREE char *faults = unit_faults(diags);
    assert_string_equal(faults, "");
    assert_int_equal(status, 0);
    assert_int_equal(ais_placement_from_node(known, m.system, diags, &m.known), 0);
    return m;
}

static void drop(made *m)
{
    ais_placement_free(m->known);
    ais_system_free(m->system);
    ais_doc_free(m->doc);
}

static ais_perf *compile(const ais_system *system, ais_semantics semantics)
{
    ais_perf *perf = NULL;
    ais_error *err = NULL;
    assert_int_equal(ais_perf_new(system, &(ais_perf_options){.semantics = semantics}, &perf, &err),
                     0);
    return perf;
}

/* Cost of a placement that must be allowed. */
static double cost_of(const ais_perf *perf, const ais_placement *placement)
{
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(perf->system);
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(perf, placement, scratch, &result);
    assert_int_equal(result.violations, 0);
    return result.cost;
}

static ais_place_result *solve(const ais_perf *perf, double time_limit_s)
{
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options options = {.method = "branch", .time_limit_s = time_limit_s};
    ais_place_result *result = NULL;
    ais_error *err = NULL;
    assert_int_equal(ais_place_solve(perf, &options, &ctx, &result, &err), 0);
    return result;
}

static void test_the_known_placement_of_a_generated_system_is_allowed(void **state)
{
    (void)state;
    for (size_t components = 2; components < 60; components += 7)
        for (ais_semantics s = AIS_SEMANTICS_NATIVE; s <= AIS_SEMANTICS_PYTHON; s++) {
            made m = make(&(ais_generate_options){.seed = components, .components = components});
            AIS_AUTO(ais_perf) perf = compile(m.system, s);
            assert_true(cost_of(perf, m.known) > 0);
            drop(&m);
        }
}

static void test_bounds_stay_below_what_is_allowed_whenever_it_is_stopped(void **state)
{
    (void)state;
    for (size_t i = 0; i < 12; i++) {
        made m = make(&(ais_generate_options){.seed = i, .components = 3 + 3 * i});
        AIS_AUTO(ais_perf) perf = compile(m.system, (ais_semantics)(i % 3));
        AIS_AUTO(ais_place_result) result = solve(perf, 0.002 * (double)(i * i));
        assert_true(result->bound <= cost_of(perf, m.known));
        if (result->best != NULL)
            assert_true(result->bound <= cost_of(perf, result->best));
        drop(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_known_placement_of_a_generated_system_is_allowed),
        cmocka_unit_test(test_bounds_stay_below_what_is_allowed_whenever_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
