/* The constraints of deployments: segments, exits, alternatives, layers, throughput. */
#include "support/unit.h"

#include "support/design_fixture.h"

#include "design/qos.h"

/* The layer's file as one line of JSON, without the application's name. */
static char *layer_text(const design_fixture *f, const ais_deployments *all, uint64_t number,
                        int64_t layer)
{
    AIS_AUTO(ais_deployment) d = ais_deployments_get(all, number);
    AIS_SCOPED(ais_constraints) constraints = {.items = NULL};
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais__design_constraints(f->app, d, &constraints);
    const ais_doc_node *system =
        ais_doc_find(ais__design_qos_node(f->app, d, &constraints, layer, doc), "system");
    for (size_t i = 1; i < ais_doc_count(system); i++) {
        ais_str_add_format(&text, "%s: ", ais_doc_get_text(ais_doc_key_at(system, i)));
        ais_doc_write_json(ais_doc_at(system, i), -1, &text);
        ais_str_add_char(&text, '\n');
    }
    return ais_str_take(&text);
}

static void check_layer(const design_fixture *f, const ais_deployments *all, uint64_t number,
                        int64_t layer, const char *expected)
{
    AIS_FREE char *text = layer_text(f, all, number, layer);
    assert_string_equal(text, expected);
}

static const made_component split[] = {
    {.name = "a",
     .layers = "1",
     .parts = {"1", "2"},
     .decorator = "@exec_time(local_time_thr='500ms')\n@expected_throughput(rate=3)",
     .groups = {{.name = "partition1", .segments = 2}}},
    {.name = "b",
     .layers = "3",
     .decorator = "@exec_time(local_time_thr=1, global_time_thr=2.5, prev_components=['a'])"},
    {.name = NULL}};

static void test_base_has_what_the_sources_say(void **state)
{
    (void)state;
    design_fixture f = design_fixture_new(split, "[[a, b, 1]]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    check_layer(&f, d, 0, 1,
                "local_constraints: {\"local_constraint_1\": {\"component_name\": \"a\", "
                "\"threshold\": 0.5}}\n"
                "global_constraints: {}\n"
                "throughput_component: \"a\"\n");
    check_layer(
        &f, d, 0, 3,
        "local_constraints: {\"local_constraint_1\": {\"component_name\": \"b\", "
        "\"threshold\": 1}}\n"
        "global_constraints: {\"global_constraint_1\": {\"path_components\": [\"a\", \"b\"], "
        "\"threshold\": 2.5}}\n"
        "throughput_component: \"a\"\n");
    design_fixture_clear(&f);
}

static void test_a_local_limit_becomes_one_of_the_path_through_the_segments(void **state)
{
    (void)state;
    design_fixture f = design_fixture_new(split, "[[a, b, 1]]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    check_layer(&f, d, 1, 1,
                "local_constraints: {}\n"
                "global_constraints: {}\n"
                "throughput_component: \"a_partition1_1\"\n");
    check_layer(&f, d, 1, 2, /* that of the last segment */
                "local_constraints: {}\n"
                "global_constraints: {\"global_constraint_1\": {\"path_components\": "
                "[\"a_partition1_1\", \"a_partition1_2\"], \"threshold\": 0.5}}\n"
                "throughput_component: \"a_partition1_1\"\n");
    check_layer(&f, d, 1, AIS__ALL_LAYERS,
                "local_constraints: {\"local_constraint_1\": {\"component_name\": \"b\", "
                "\"threshold\": 1}}\n"
                "global_constraints: {\"global_constraint_1\": {\"path_components\": "
                "[\"a_partition1_1\", \"a_partition1_2\"], \"threshold\": 0.5}, "
                "\"global_constraint_2\": {\"path_components\": [\"a_partition1_1\", "
                "\"a_partition1_2\", \"b\"], \"threshold\": 2.5}}\n");
    design_fixture_clear(&f);
}

static void test_with_exits_the_limit_is_that_of_the_slowest_items(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "a",
         .layers = "1",
         .parts = {"1", "1", "1"},
         .decorator = "@exec_time(local_time_thr=4)",
         .groups = {{.name = "partition1", .segments = 3, .goes_on = {0.5, 0.5}}}},
        {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    check_layer(&f, d, 1, 1,
                "local_constraints: {}\n"
                "global_constraints: {\"global_constraint_1\": {\"path_components\": "
                "[\"a_partition1_1\", \"a_partition1_2\", \"a_partition1_3\"], \"threshold\": 4}}\n"
                "throughput_component: {}\n");
    design_fixture_clear(&f);
}

/* In which a path names components that are replaced, and one that replaces. */
static void test_an_alternative_stands_on_the_paths_of_its_original(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "a", .layers = "1", .decorator = "@exec_time(local_time_thr=1)"},
        {.name = "b",
         .layers = "2",
         .decorator = "@exec_time(global_time_thr=5, prev_components=['a'])"},
        {.name = "a_small", .original = "a", .layers = "3", .decorator = "@exec_time()"},
        {.name = "b_small",
         .original = "b",
         .layers = "4",
         .decorator = "@exec_time(global_time_thr=3, prev_components=['a'])"},
        {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[[a, b, 1]]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    assert_int_equal(ais_deployments_count(d), 4);
    check_layer(&f, d, 1, 4, /* a, b_small: a limit of its own */
                "local_constraints: {}\n"
                "global_constraints: {\"global_constraint_1\": {\"path_components\": [\"a\", "
                "\"b_small\"], \"threshold\": 3}}\n"
                "throughput_component: {}\n");
    check_layer(&f, d, 2, AIS__ALL_LAYERS, /* a_small: a's limit; b's path */
                "local_constraints: {\"local_constraint_1\": {\"component_name\": \"a_small\", "
                "\"threshold\": 1}}\n"
                "global_constraints: {\"global_constraint_1\": {\"path_components\": [\"a_small\", "
                "\"b\"], \"threshold\": 5}}\n");
    check_layer(&f, d, 3, 4,
                "local_constraints: {}\n"
                "global_constraints: {\"global_constraint_1\": {\"path_components\": [\"a_small\", "
                "\"b_small\"], \"threshold\": 3}}\n"
                "throughput_component: {}\n");
    design_fixture_clear(&f);
}

static void test_layers_below_the_one_with_the_throughput_watch_nothing(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "b", .layers = "1"},
        {.name = "a", .layers = "2", .decorator = "@expected_throughput(rate=1)"},
        {.name = "c", .layers = "3"},
        {.name = NULL}};
    design_fixture f = design_fixture_new(all, "[[a, b, 1], [b, c, 1]]");
    AIS_AUTO(ais_deployments) d = ais_deployments_new(f.app, f.variants, NULL);
    static const char *const watched[] = {"{}", "\"a\"", "\"a\""};
    for (int64_t layer = 1; layer <= 3; layer++) {
        AIS_FREE char *expected = ais_format("local_constraints: {}\nglobal_constraints: {}\n"
                                             "throughput_component: %s\n",
                                             watched[layer - 1]);
        check_layer(&f, d, 0, layer, expected);
    }
    design_fixture_clear(&f);
}

static void test_clusters_list_units_by_layer(void **state)
{
    (void)state;
    design_fixture f = design_fixture_new(split, "[[a, b, 1]]");
    AIS_AUTO(ais_deployments) all = ais_deployments_new(f.app, f.variants, NULL);
    AIS_AUTO(ais_deployment) d = ais_deployments_get(all, 1);
    AIS_SCOPED(ais_constraints) constraints = {.items = NULL};
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais__design_constraints(f.app, d, &constraints);
    const ais_doc_node *layers =
        ais_doc_find(ais__design_clusters_node(f.app, d, &constraints, doc), "ExecutionLayers");
    for (size_t i = 0; i < ais_doc_count(layers); i++) {
        assert_int_equal(ais_doc_get_kind(ais_doc_key_at(layers, i)), AIS_DOC_INT);
        ais_str_add_format(&text, "%s ", ais_doc_get_text(ais_doc_key_at(layers, i)));
        ais_doc_write_json(ais_doc_find(ais_doc_at(layers, i), "components"), -1, &text);
    }
    assert_string_equal(ais_str_get(&text),
                        "1 [\"a_partition1_1\"]2 [\"a_partition1_2\"]3 [\"b\"]");
    design_fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_has_what_the_sources_say),
        cmocka_unit_test(test_a_local_limit_becomes_one_of_the_path_through_the_segments),
        cmocka_unit_test(test_with_exits_the_limit_is_that_of_the_slowest_items),
        cmocka_unit_test(test_an_alternative_stands_on_the_paths_of_its_original),
        cmocka_unit_test(test_layers_below_the_one_with_the_throughput_watch_nothing),
        cmocka_unit_test(test_clusters_list_units_by_layer),
    };
    return cmocka_run_group_tests_name("design_qos", tests, NULL, NULL);
}
