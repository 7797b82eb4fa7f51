/* Placements in files: layouts of the public programs, faults, round trips, and what is told of broken rules. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "support/perf_random.h"

#include "place/generate.h"
#include "place/read.h"

static const char system_text[] =
    "{\"DirectedAcyclicGraph\": {\"a\": {\"next\": [\"b\"], \"transition_probability\": [1]}},"
    "\"Components\": {\"a\": {\"s1\": {\"h1\": {\"next\": [\"b\"], \"data_size\": [1]}},"
    "  \"s2\": {\"h2\": {\"next\": [\"h3\"], \"data_size\": [1]},"
    "         \"h3\": {\"next\": [\"b\"], \"data_size\": [1]}}},"
    "  \"b\": {\"s1\": {\"h1\": {\"next\": []}}}},"
    "\"EdgeResources\": {\"L1\": {\"E1\": {\"number\": 3, \"cost\": 2, \"memory\": 100},"
    "  \"E2\": {\"number\": 2, \"cost\": 3, \"memory\": 64}}},"
    "\"FaaSResources\": {\"L2\": {\"F1\": {\"cost\": 1, \"memory\": 64, \"idle_time_before_kill\": "
    "600}}},"
    "\"CompatibilityMatrix\": {"
    "  \"a\": {\"h1\": [{\"resource\": \"E1\", \"memory\": 60}, {\"resource\": \"E2\", "
    "\"memory\": 100}],"
    "        \"h2\": [{\"resource\": \"E1\", \"memory\": 60}],"
    "        \"h3\": [{\"resource\": \"E2\", \"memory\": 1}, {\"resource\": \"F1\", \"memory\": "
    "1}]},"
    "  \"b\": {\"h1\": [{\"resource\": \"F1\", \"memory\": 1}, {\"resource\": \"E1\", \"memory\": "
    "60}]}},"
    "\"Performance\": {"
    "  \"a\": {\"h1\": {\"E1\": {\"model\": \"QTedge\", \"demand\": 0.5},"
    "                \"E2\": {\"model\": \"QTedge\", \"demand\": 0.1}},"
    "        \"h2\": {\"E1\": {\"model\": \"QTedge\", \"demand\": 0.5}},"
    "        \"h3\": {\"E2\": {\"model\": \"QTedge\", \"demand\": 0.3},"
    "          \"F1\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.1, \"demandCold\": 0.4}}},"
    "  \"b\": {\"h1\": {\"E1\": {\"model\": \"AMLCORE\", \"regressor\": {\"kind\": \"linear\","
    "      \"intercept\": 0.1, \"terms\": [{\"coefficient\": 0.5, \"cores\": -1}]}},"
    "          \"F1\": {\"model\": \"PACSLTK\", \"demandWarm\": 0.2, \"demandCold\": 0.5}}}},"
    "\"LocalConstraints\": {\"a\": {\"local_res_time\": 1.5}},"
    "\"GlobalConstraints\": {\"p1\": {\"components\": [\"a\", \"b\"], \"global_res_time\": 2}},"
    "\"NetworkTechnology\": {\"N\": {\"computationalLayers\": [\"L1\", \"L2\"],"
    "  \"AccessDelay\": 0.125, \"Bandwidth\": 80}}, \"Lambda\": 1}";

static ais_system *read_system(void)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    ais_system *system = NULL;
    assert_int_equal(
        ais_doc_parse("y", system_text, strlen(system_text), AIS_DOC_JSON, diags, &doc), 0);
    if (ais_system_from_node(ais_doc_root(doc), ".", diags, &system) < 0)
        fail_msg("%s", ais_diags_get(diags, 0)->message);
    return system;
}

/* All faults as "line:column rule: message (hint)\n", and the placement or NULL. The caller frees both. */
static char *read_placement(const ais_system *system, const char *text, ais_placement **out)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_SCOPED(ais_str) said = {.data = NULL};
    *out = NULL;
    if (ais_doc_parse("f", text, strlen(text), AIS_DOC_JSON, diags, &doc) == 0 &&
        ais_placement_from_node(ais_doc_root(doc), system, diags, out) < 0)
        assert_true(ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *d = ais_diags_get(diags, i);
        ais_str_add_format(&said, "%u:%u %s: %s (%s)\n", d->pos.line, d->pos.column, d->rule,
                           d->message, d->hint != NULL ? d->hint : "");
    }
    return ais_str_take(&said);
}

/* "a/s2 h2:E1x2 h3:F1x1, b/s1 h1:F1x1" */
static char *tell(const ais_system *s, const ais_placement *placement)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    for (size_t c = 0; c < s->component_count; c++) {
        const size_t d = placement->deployment[c];
        ais_str_add_format(&out, "%s%s/", c > 0 ? ", " : "", s->components[c].name);
        if (d == AIS_SYSTEM_NONE)
            continue;
        ais_str_add(&out, s->deployments[d].name);
        for (size_t k = 0; k < s->deployments[d].part_count; k++) {
            const size_t p = s->deployments[d].first_part + k, o = placement->option[p];
            const size_t r = o != AIS_SYSTEM_NONE ? s->options[o].resource : AIS_SYSTEM_NONE;
            ais_str_add_format(&out, " %s:%s", s->parts[p].name,
                               r != AIS_SYSTEM_NONE ? s->resources[r].name : "-");
            if (r != AIS_SYSTEM_NONE)
                ais_str_add_format(&out, "x%zu", placement->count[r]);
        }
    }
    return ais_str_take(&out);
}

static void check_read(const char *text, const char *expected)
{
    AIS_AUTO(ais_system) system = read_system();
    AIS_AUTO(ais_placement) placement = NULL;
    AIS_FREE char *said = read_placement(system, text, &placement);
    assert_string_equal(said, "");
    AIS_FREE char *told = tell(system, placement);
    assert_string_equal(told, expected);
}

static void test_the_layouts_of_all_programs_are_read(void **state)
{
    (void)state;
    const char expected[] = "a/s2 h2:E1x2 h3:F1x1, b/s1 h1:E1x2";
    /* Python, ours */
    check_read("{\"Lambda\": 1, \"components\": {"
               "\"a\": {\"s2\": {\"h2\": {\"L1\": {\"E1\": {\"number\": 2, \"cost\": 4}}, "
               "\"response_time\": 1}, \"h3\": {\"L2\": {\"F1\": {\"cost\": 1, "
               "\"idle_time_before_kill\": 600}}}}, \"response_time\": 2, "
               "\"response_time_threshold\": 3},"
               "\"b\": {\"s1\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 2}}}}}},"
               "\"total_cost\": \"inf\", \"feasible\": true}",
               expected);
    /* C++ at design time: no deployments */
    check_read(
        "{\"components\": {"
        "\"a\": {\"h2\": {\"L1\": {\"E1\": {\"number\": 2}}}, \"h3\": {\"L2\": {\"F1\": {}}},"
        "\"response_time\": null}, \"b\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 2}}}}},"
        "\"total_cost\": null}",
        expected);
    /* C++ at run time: functions without the deployment, which has their times */
    check_read("{\"components\": {"
               "\"a\": {\"h3\": {\"L2\": {\"F1\": {\"cost\": 1}}}, \"s2\": {\"h2\": {\"L1\": "
               "{\"E1\": {\"number\": 2}}}, \"h3\": {\"response_time\": 1}}},"
               "\"b\": {\"s1\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 2}}}}}}}",
               expected);
    /* what 'aisprint place --json' prints */
    check_read("{\"status\": \"optimal\", \"solution\": {\"components\": {\"b\": {\"s1\": {\"h1\": "
               "{\"L1\": {\"E1\": {\"number\": 2.0}}}}}}}}",
               "a/, b/s1 h1:E1x2");
}

static void test_the_rate_of_a_placement_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double rate;
    } cases[] = {{"{\"Lambda\": 2.5}", 2.5},
                 {"{\"solution\": {\"Lambda\": 3}}", 3},
                 {"{\"Lambda\": 0}", NAN},
                 {"{\"Lambda\": \"1\"}", NAN},
                 {"[]", NAN}};
    for (size_t i = 0; i < AIS_COUNT(cases); i++) {
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        AIS_AUTO(ais_doc) doc = NULL;
        assert_int_equal(
            ais_doc_parse("f", cases[i].text, strlen(cases[i].text), AIS_DOC_JSON, diags, &doc), 0);
        const double rate = ais_placement_find_rate(ais_doc_root(doc));
        assert_true(isnan(cases[i].rate) ? isnan(rate) : rate == cases[i].rate);
    }
}

static void test_each_fault_of_a_placement_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"{\"Lambda\": 1, \"feasible\": false}",
         "1:1 missing-key: there is no placement: 'components' is missing (a file of an infeasible "
         "system holds none; else {\"components\": {...}})\n"},
        {"{\"components\": []}", "1:16 wrong-type: 'components' is a list (must be a map)\n"},
        {"{\"components\": {\"aa\": {}}}",
         "1:17 unknown-component: there is no component 'aa' (did you mean 'a'?)\n"},
        {"{\"components\": {\"a\": 1}}", "1:22 wrong-type: 'a' is an integer (must be a map)\n"},
        {"{\"components\": {\"a\": {\"s9\": {}}}}",
         "1:23 unknown-partition: 's9' is neither a deployment nor a partition of 'a' (deployments "
         "and partitions must be those of the system)\n"},
        {"{\"components\": {\"a\": {\"s1\": {\"h2\": {}}}}}",
         "1:30 unknown-partition: 'h2' is neither a deployment nor a partition of 'a' (deployments "
         "and partitions must be those of the system)\n"},
        {"{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E9\": {}}}}}}",
         "1:37 unknown-resource: there is no resource 'E9' (did you mean 'E1'?)\n"},
        {"{\"components\": {\"a\": {\"h1\": {\"L2\": {\"F1\": {}}}}}}",
         "1:37 not-a-candidate: 'h1' of 'a' cannot run on 'F1' (CompatibilityMatrix of the system "
         "lists the candidates)\n"},
        {"{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {}}}}}}",
         "1:43 missing-key: 'number' is missing in 'E1' (must be a number)\n"},
        {"{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 1.5}}}}}}",
         "1:54 out-of-range: 'number' is 1.5 (must be a whole number from 1 to 1000000)\n"},
        {"{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {\"number\": \"1\"}}}}}}",
         "1:54 wrong-type: 'number' is a string (must be a number)\n"},
        {"{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 1}, \"E2\": "
         "{\"number\": "
         "1}}}}}}",
         "1:58 duplicate-name: 'h1' of 'a' is placed twice (it is placed at line 1)\n"},
        {"{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 1}}},\n\"h2\": {\"L1\": "
         "{\"E1\": {\"number\": 1}}}}}}",
         "2:15 deployment-differs: 'h2' of 'a' belongs to 's2', others to 's1' (one deployment of "
         "a "
         "component is chosen)\n"},
        {"{\"components\": {\"a\": {\"s1\": {\"h1\": {\"L1\": {\"E1\": {\"number\": "
         "1}}}}},\n\"b\": "
         "{\"s1\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 2}}}}}}}",
         "2:45 count-differs: the number of 'E1' is 2 here (it is 1 at line 1; all partitions on a "
         "resource run on all of its machines)\n"},
    };
    AIS_AUTO(ais_system) system = read_system();
    for (size_t i = 0; i < AIS_COUNT(cases); i++) {
        ais_placement *placement = NULL;
        AIS_FREE char *said = read_placement(system, cases[i].text, &placement);
        assert_string_equal(said, cases[i].said);
        assert_null(placement);
    }
}

/* ---- writing ---- */

static void test_a_placement_is_written_as_the_public_readers_want_it(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) system = read_system();
    AIS_AUTO(ais_placement) placement = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_error *err = NULL;
    AIS_FREE char *said = read_placement(
        system,
        "{\"components\": {\"a\": {\"h2\": {\"L1\": {\"E1\": {\"number\": 2}}}, \"h3\": {\"L2\": "
        "{\"F1\": {}}}}, \"b\": {\"h1\": {\"L2\": {\"F1\": {}}}}}}",
        &placement);
    assert_string_equal(said, "");
    assert_int_equal(ais_perf_new(system, &(ais_perf_options){.quantile = 0}, &perf, &err), 0);
    ais_doc_node *node = ais_placement_to_node(perf, placement, doc);
    ais_doc_write_json(ais_doc_find_path(node, "components.a.s2.h2"), -1, &text);
    assert_string_equal(ais_str_get(&text),
                        "{\"L1\": {\"E1\": {\"description\": \"\", \"cost\": 4.0, \"memory\": 100, "
                        "\"number\": 2}}, \"response_time\": 0.6666666666666666}");
    ais_str_clear(&text);
    ais_doc_write_json(ais_doc_find_path(node, "components.a.s2.h3.L2"), -1, &text);
    assert_string_equal(ais_str_get(&text),
                        "{\"F1\": {\"description\": \"\", \"cost\": 0.1, \"memory\": 64, "
                        "\"idle_time_before_kill\": 600, \"transition_cost\": 0}}");
    ais_str_clear(&text);
    ais_doc_write_json(ais_doc_find_path(node, "global_constraints.p1.components"), -1, &text);
    ais_doc_write_json(ais_doc_find_path(node, "global_constraints.p1.global_res_time"), -1, &text);
    assert_string_equal(ais_str_get(&text), "[\"a\", \"b\"]2.0");
    assert_true(ais_doc_get_number(ais_doc_find_path(
                    node, "global_constraints.p1.path_response_time_threshold")) == 2.0);
    assert_true(ais_doc_get_number(ais_doc_find(node, "total_cost")) > 4.0);
    assert_true(ais_doc_get_bool(ais_doc_find(node, "feasible")));
    assert_true(
        ais_doc_get_number(ais_doc_find_path(node, "components.a.response_time_threshold")) == 1.5);
    ais_str_clear(&text);
    ais_doc_write_json(ais_placement_to_node(perf, NULL, doc), -1, &text);
    assert_string_equal(ais_str_get(&text), "{\"Lambda\": 1.0, \"feasible\": false}");
}

static void check_same(const ais_system *s, const ais_placement *a, const ais_placement *b)
{
    AIS_FREE char *first = tell(s, a);
    AIS_FREE char *second = tell(s, b);
    assert_string_equal(first, second);
}

/* Written, parsed and read again; told what is broken exactly when something is. */
static size_t go_round(const ais_perf *perf, const ais_placement *placement)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_AUTO(ais_placement) again = NULL;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    AIS_SCOPED(ais_str) why = {.data = NULL};
    ais_evaluation_result result = {.violations = 0};
    ais_doc_write_json(ais_placement_to_node(perf, placement, doc), 1, &text);
    AIS_FREE char *said = read_placement(perf->system, ais_str_get(&text), &again);
    assert_string_equal(said, "");
    check_same(perf->system, placement, again);
    ais_perf_evaluate(perf, placement, NULL, &result);
    const size_t count = ais_placement_explain(perf, placement, &why);
    if ((count > 0) != (result.violations != 0))
        fail_msg("violations %u, told: %s", result.violations, ais_str_get(&why));
    const ais_doc_node *node = ais_evaluation_result_to_node(perf, placement, doc);
    assert_int_equal(ais_doc_count(ais_doc_find(node, "violations")), count);
    return count;
}

static void test_random_placements_come_back_as_they_were(void **state)
{
    (void)state;
    ais_random random;
    size_t broken = 0, allowed = 0;
    ais_random_init(&random, unit_seed());
    for (size_t i = 0; i < 300; i++) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) system = perf_random_system(
            &random, &(perf_random_options){.slack = 4, .fitted = i % 3 == 0, .gaps = i % 5 == 0});
        AIS_AUTO(ais_placement) placement = perf_random_placement(&random, system);
        AIS_AUTO(ais_perf) perf = NULL;
        ais_error *err = NULL;
        ais_perf_options options = perf_random_perf_options(&random, system, arena);
        if (ais_perf_new(system, &options, &perf, &err) < 0)
            fail_msg("%s", ais_error_get_message(err));
        if (go_round(perf, placement) > 0)
            broken++;
        else
            allowed++;
    }
    assert_true(broken > 20 && allowed > 20);
}

static void test_generated_systems_and_their_known_placements_are_read(void **state)
{
    (void)state;
    for (size_t i = 2; i <= 20; i++) {
        AIS_AUTO(ais_doc) doc = ais_doc_new();
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        AIS_AUTO(ais_system) system = NULL;
        AIS_AUTO(ais_placement) placement = NULL;
        AIS_AUTO(ais_perf) perf = NULL;
        ais_error *err = NULL;
        ais_doc_node *known = NULL;
        const ais_doc_node *node =
            ais_system_generate(&(ais_generate_options){.seed = i, .components = i}, doc, &known);
        if (ais_system_from_node(node, ".", diags, &system) < 0 ||
            ais_placement_from_node(known, system, diags, &placement) < 0)
            fail_msg("%s", ais_diags_get(diags, 0)->message);
        assert_int_equal(system->component_count, i);
        const ais_perf_options options = {.semantics = (ais_semantics)(i % 3)};
        assert_int_equal(ais_perf_new(system, &options, &perf, &err), 0);
        assert_int_equal(go_round(perf, placement), 0);
    }
}

/* ---- what is broken ---- */

static void check_explained(const char *placement_text, const char *expected)
{
    AIS_AUTO(ais_system) system = read_system();
    AIS_AUTO(ais_placement) placement = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_SCOPED(ais_str) why = {.data = NULL};
    ais_error *err = NULL;
    AIS_FREE char *said = read_placement(system, placement_text, &placement);
    assert_string_equal(said, "");
    assert_int_equal(ais_perf_new(system, &(ais_perf_options){.quantile = 0}, &perf, &err), 0);
    ais_placement_explain(perf, placement, &why);
    assert_string_equal(ais_str_get(&why), expected);
}

static void test_each_broken_rule_is_told_with_names_and_numbers(void **state)
{
    (void)state;
    check_explained(
        "{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 1}}}}, \"b\": "
        "{\"h1\": {\"L2\": {\"F1\": {}}}}}}",
        "");
    check_explained("{\"components\": {\"a\": {\"h2\": {\"L1\": {\"E1\": {\"number\": 1}}}}}}",
                    "partition h3 of component a has no resource\n"
                    "component b has no deployment\n");
    check_explained(
        "{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {\"number\": 4}}}}, \"b\": "
        "{\"h1\": {\"L1\": {\"E1\": {\"number\": 4}}}}}}",
        "the model of partition h1 of component b has no answer for 4 of E1\n"
        "path p1 takes forever, more than its limit of 2 s\n"
        "E1 has 4 machines, more than the 3 that there are\n"
        "E1 needs 120 MB of memory, more than its 100 MB\n"
        "E1 runs 2 partitions, but the model of partition h1 of component b wants it for itself\n");
    check_explained(
        "{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E2\": {\"number\": 1}}}}, \"b\": "
        "{\"h1\": {\"L1\": {\"E1\": {\"number\": 1}}}}}}",
        "E2 needs 100 MB of memory, more than its 64 MB\n"
        "layer L1 has both E1 and E2 in use; one may be\n");
    check_explained(
        "{\"components\": {\"a\": {\"h2\": {\"L1\": {\"E1\": {\"number\": 1}}}, "
        "\"h3\": {\"L2\": {\"F1\": {}}}}, \"b\": "
        "{\"h1\": {\"L1\": {\"E1\": {\"number\": 1}}}}}}",
        "component b is back on the edge, on E1, behind component a on F1\n"
        "path p1 takes 2.15013 s, more than its limit of 2 s\n"
        "E1 needs 120 MB of memory, more than its 100 MB\n"
        "E1 runs 2 partitions, but the model of partition h1 of component b wants it for itself\n");
}

static void test_loads_limits_and_networks_are_told(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) system = read_system();
    AIS_AUTO(ais_placement) placement = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_SCOPED(ais_str) why = {.data = NULL};
    ais_error *err = NULL;
    AIS_FREE char *said =
        read_placement(system,
                       "{\"components\": {\"a\": {\"h1\": {\"L1\": {\"E1\": {\"number\": "
                       "1}}}}, \"b\": {\"h1\": {\"L2\": {\"F1\": {}}}}}}",
                       &placement);
    assert_string_equal(said, "");
    system->domains[0].layer_count = 1; /* L2 is cut off */
    assert_int_equal(ais_perf_new(system, &(ais_perf_options){.rate_rps = 3}, &perf, &err), 0);
    ais_placement_explain(perf, placement, &why);
    assert_string_equal(
        ais_str_get(&why),
        "no network leads from E1 to F1, on which partition h1 of component a and component b are\n"
        "component a takes forever, more than its limit of 1.5 s\n"
        "path p1 takes forever, more than its limit of 2 s\n"
        "E1 is loaded to 1.5 with 1 machine; the load must be below 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_layouts_of_all_programs_are_read),
        cmocka_unit_test(test_the_rate_of_a_placement_is_found),
        cmocka_unit_test(test_each_fault_of_a_placement_has_its_place),
        cmocka_unit_test(test_a_placement_is_written_as_the_public_readers_want_it),
        cmocka_unit_test(test_random_placements_come_back_as_they_were),
        cmocka_unit_test(test_generated_systems_and_their_known_placements_are_read),
        cmocka_unit_test(test_each_broken_rule_is_told_with_names_and_numbers),
        cmocka_unit_test(test_loads_limits_and_networks_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
