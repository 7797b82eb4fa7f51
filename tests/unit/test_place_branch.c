/* Branch and bound: its bound is never above a placement that is allowed, and what it ends with is the best. */
#include <math.h>

#include "support/unit.h"

#include <string.h>

#include "place/generate.h"
#include "place/place.h"
#include "place/read.h"
#include "place/relax.h"
#include "support/perf_random.h"

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

static ais_place_result *solve(const ais_perf *perf, const char *method, double time_limit_s)
{
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options options = {.method = method, .time_limit_s = time_limit_s};
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
        AIS_AUTO(ais_place_result) result = solve(perf, "branch", 0.002 * (double)(i * i));
        assert_true(result->bound <= cost_of(perf, m.known));
        if (result->best != NULL)
            assert_true(result->bound <= cost_of(perf, result->best));
        drop(&m);
    }
}

/* s2 leads from V back to the edge. What is left of the component, s1, does not need the layer of V. */
static const char returns_to_edge[] =
    "{\"DirectedAcyclicGraph\": {\"c\": {\"next\": [], \"transition_probability\": []}},"
    "\"Components\": {\"c\": {\"s1\": {\"h1\": {\"next\": [], \"data_size\": [1],"
    " \"early_exit_probability\": 0}}, \"s2\": {\"h2\": {\"next\": [\"h3\"], \"data_size\": [1],"
    " \"early_exit_probability\": 0}, \"h3\": {\"next\": [], \"data_size\": [1],"
    " \"early_exit_probability\": 0}}}},"
    "\"EdgeResources\": {\"L1\": {\"E\": {\"cost\": 1, \"memory\": 9, \"number\": 1, \"n_cores\": "
    "1}}},"
    "\"CloudResources\": {\"L2\": {\"V\": {\"cost\": 1, \"memory\": 9, \"number\": 1, \"n_cores\": "
    "1}}},"
    "\"FaaSResources\": {\"L3\": {\"transition_cost\": 0, \"F\": {\"cost\": 1, \"memory\": 9,"
    " \"idle_time_before_kill\": 9}}},"
    "\"CompatibilityMatrix\": {\"c\": {\"h1\": [{\"resource\": \"F\", \"memory\": 1}],"
    " \"h2\": [{\"resource\": \"V\", \"memory\": 1}], \"h3\": [{\"resource\": \"E\", \"memory\": "
    "1}]}},"
    "\"Performance\": {\"c\": {\"h1\": {\"F\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.1,"
    " \"demandCold\": 0.2}}, \"h2\": {\"V\": {\"model\": \"QTcloud\", \"demand\": 0.1}},"
    " \"h3\": {\"E\": {\"model\": \"QTedge\", \"demand\": 0.1}}}},"
    "\"LocalConstraints\": {}, \"GlobalConstraints\": {}, \"NetworkTechnology\": {\"N\":"
    " {\"computationalLayers\": [\"L1\", \"L2\", \"L3\"], \"AccessDelay\": 0, \"Bandwidth\": 9}},"
    "\"Lambda\": 1, \"Time\": 1}";

static void test_a_layer_of_deployments_that_the_rules_refuse_stays_shut(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_AUTO(ais_system) system = NULL;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    assert_int_equal(ais_doc_parse("system.json", returns_to_edge, strlen(returns_to_edge),
                                   AIS_DOC_JSON, diags, &doc),
                     0);
    assert_int_equal(ais_system_from_node(ais_doc_root(doc), ".", diags, &system), 0);
    AIS_AUTO(ais_perf) perf = compile(system, AIS_SEMANTICS_NATIVE);
    AIS_AUTO(ais__filter) filter = ais__filter_new(perf);
    ais__domain domain = ais__domain_new(perf, arena);
    assert_true(ais__filter_run(filter, &domain));
    for (size_t l = 0; l < system->layer_count; l++)
        assert_false(domain.open[l]);
}

static bool is_proof(const ais_place_result *result)
{
    return result->status == AIS_PLACE_OPTIMAL || result->status == AIS_PLACE_INFEASIBLE;
}

/* Small enough to try everything: all that the evaluator knows, under options at random. */
static void test_it_ends_with_what_trying_everything_finds(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t allowed = 0;
    for (size_t i = 0; i < 80; i++) {
        const perf_random_options options = {.components = 1 + i % 3,
                                             .deployments = 2,
                                             .parts = 2,
                                             .types = 2,
                                             .machines = 2,
                                             .slack = 0.5 + (double)(i % 5),
                                             .fitted = i % 4 == 0,
                                             .gaps = i % 7 == 0};
        AIS_AUTO(ais_system) system = perf_random_system(&random, &options);
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        const ais_perf_options perf_options = perf_random_perf_options(&random, system, arena);
        ais_perf *perf = NULL;
        ais_error *err = NULL;
        assert_int_equal(ais_perf_new(system, &perf_options, &perf, &err), 0);
        AIS_AUTO(ais_place_result) expected = solve(perf, "reference", 1);
        AIS_AUTO(ais_place_result) result = solve(perf, "branch", 1);
        const bool ended = is_proof(expected) && is_proof(result);
        const double rounding = 1e-6 * fabs(expected->cost);
        if ((expected->best != NULL && result->bound > expected->cost + rounding) ||
            (ended && (result->status != expected->status ||
                       (expected->best != NULL && result->cost > expected->cost + rounding))))
            fail_msg("system %zu: %s %.9g, expected %s %.9g", i,
                     ais_place_status_name(result->status), result->cost,
                     ais_place_status_name(expected->status), expected->cost);
        allowed += ended && expected->best != NULL;
        ais_perf_free(perf);
    }
    assert_true(allowed > 5); /* or nothing was tested */
}

/* Larger, held against the other engine where that ends. */
static void test_bounds_are_below_what_the_other_engine_proves(void **state)
{
    (void)state;
    size_t proven = 0;
    for (size_t i = 0; i < 16; i++) {
        made m = make(&(ais_generate_options){.seed = 100 + i, .components = 5 + i % 5});
        AIS_AUTO(ais_perf) perf = compile(m.system, (ais_semantics)(i % 3));
        AIS_AUTO(ais_place_result) expected = solve(perf, "exact", 3);
        AIS_AUTO(ais_place_result) result = solve(perf, "branch", 0.3);
        if (expected->status == AIS_PLACE_OPTIMAL) {
            assert_true(result->bound <= expected->cost * (1 + 1e-6));
            assert_true(result->cost >= expected->cost * (1 - 1e-6));
            proven++;
        }
        drop(&m);
    }
    assert_true(proven > 0);
}

/* The published systems, whose optima are known. */
static void test_bounds_of_published_systems_are_below_their_optima(void **state)
{
    (void)state;
    const char *data = getenv("AISPRINT_TEST_DATA");
    if (data == NULL) {
        print_message("skipped: AISPRINT_TEST_DATA is not set\n");
        skip();
    }
    AIS_FREE char *table = ais_format("%s/space4ai/optimal.csv", data);
    FILE *file = fopen(table, "r");
    assert_non_null(file);
    char line[256], name[64];
    double optimum;
    size_t count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%63[^,],%lf", name, &optimum) != 2)
            continue;
        AIS_FREE char *path = ais_format("%s/space4ai/%s.json", data, name);
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        ais_system *system = NULL;
        assert_int_equal(ais_system_read(path, diags, &system), 0);
        const double rate = ais_str_equal(name, "RunningExample_2")   ? 7.5
                            : ais_str_equal(name, "RunningExample_3") ? 18
                                                                      : 1.8;
        ais_perf *perf = NULL;
        ais_error *err = NULL;
        const ais_perf_options options = {.semantics = AIS_SEMANTICS_CPP, .rate_rps = rate};
        assert_int_equal(ais_perf_new(system, &options, &perf, &err), 0);
        AIS_AUTO(ais_place_result) result = solve(perf, "branch", 0.3);
        if (result->bound > optimum + 1e-5 || result->cost < optimum - 1e-5)
            fail_msg("%s: bound %.9g, cost %.9g, optimum %.9g", name, result->bound, result->cost,
                     optimum);
        ais_perf_free(perf);
        ais_system_free(system);
        count++;
    }
    fclose(file);
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_known_placement_of_a_generated_system_is_allowed),
        cmocka_unit_test(test_bounds_stay_below_what_is_allowed_whenever_it_is_stopped),
        cmocka_unit_test(test_it_ends_with_what_trying_everything_finds),
        cmocka_unit_test(test_bounds_are_below_what_the_other_engine_proves),
        cmocka_unit_test(test_bounds_of_published_systems_are_below_their_optima),
        cmocka_unit_test(test_a_layer_of_deployments_that_the_rules_refuse_stays_shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
