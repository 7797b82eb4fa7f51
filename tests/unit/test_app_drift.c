/* What all @detect_metric_drift ask for, as one configuration. */
#include "support/unit.h"

#include "support/design_fixture.h"

static char *drift_text(const made_component *all, const char *edges)
{
    design_fixture f = design_fixture_new(all, edges);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    const ais_doc_node *node = ais_app_drift_to_node(f.app, doc);
    if (node != NULL)
        ais_doc_write_yaml(node, &text);
    design_fixture_clear(&f);
    return ais_str_take(&text);
}

#define DRIFT(metric, field, test, threshold, interval, period, collection)                        \
    "@detect_metric_drift(metric=" metric ", field=" field ", statistical_test=" test              \
    ", test_threshold=" threshold ", detection_interval=" interval ", monitoring_period=" period   \
    ", data_collection_period=" collection ")"

static void test_one_metric_is_as_the_original_writes_it(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "a",
         .layers = "1",
         .decorator =
             DRIFT("'confidence'", "'value'", "'kolmogorov-smirnov'", "0.05", "0.5", "1", "2")},
        {.name = NULL}};
    AIS_FREE char *text = drift_text(all, "[]");
    assert_string_equal(text, "metrics:\n"
                              "  confidence:\n"
                              "    value:\n"
                              "      statistical_test: kolmogorov-smirnov\n"
                              "      test_threshold: 0.05\n"
                              "      monitoring_period: 1\n"
                              "detection_interval: 0.5\n"
                              "data_collection_period: 2\n");
}

static void test_lists_give_each_field_its_own(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "a",
         .layers = "1",
         .decorator = DRIFT("['m', 'n']", "[['x', 'y'], 'z']",
                            "[['chi-squared', 'fisher-exact-test'], 'cramer-von-mises']",
                            "[0.1, 0.2]", "'30min'", "[[1, '2d'], 3]", "0")},
        {.name = NULL}};
    AIS_FREE char *text = drift_text(all, "[]");
    assert_string_equal(text, "metrics:\n"
                              "  m:\n"
                              "    x:\n"
                              "      statistical_test: chi-squared\n"
                              "      test_threshold: 0.1\n"
                              "      monitoring_period: 1\n"
                              "    y:\n"
                              "      statistical_test: fisher-exact-test\n"
                              "      test_threshold: 0.1\n"
                              "      monitoring_period: 48\n"
                              "  n:\n"
                              "    z:\n"
                              "      statistical_test: cramer-von-mises\n"
                              "      test_threshold: 0.2\n"
                              "      monitoring_period: 3\n"
                              "detection_interval: 0.5\n"
                              "data_collection_period: 0\n");
}

static void test_a_flat_list_is_of_the_fields_of_one_metric(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "a",
         .layers = "1",
         .decorator = DRIFT("'m'", "['x', 'y']", "'chi-squared'", "[0.1, 0.2]", "1", "1", "1")},
        {.name = NULL}};
    AIS_FREE char *text = drift_text(all, "[]");
    assert_non_null(strstr(text, "    x:\n      statistical_test: chi-squared\n"
                                 "      test_threshold: 0.1\n"));
    assert_non_null(strstr(text, "    y:\n      statistical_test: chi-squared\n"
                                 "      test_threshold: 0.2\n"));
}

static void test_components_share_one_file_and_the_shortest_interval(void **state)
{
    (void)state;
    static const made_component all[] = {
        {.name = "a",
         .layers = "1",
         .decorator = DRIFT("'m'", "'x'", "'chi-squared'", "0.1", "2", "1", "1")},
        {.name = "b",
         .layers = "1",
         .decorator = DRIFT("['m', 'n']", "['y', 'x']", "'chi-squared'", "0.1", "1", "1", "4")},
        {.name = NULL}};
    AIS_FREE char *text = drift_text(all, "[[a, b, 1]]");
    assert_string_equal(text, "metrics:\n"
                              "  m:\n"
                              "    x:\n"
                              "      statistical_test: chi-squared\n"
                              "      test_threshold: 0.1\n"
                              "      monitoring_period: 1\n"
                              "      detection_interval: 2\n"
                              "      data_collection_period: 1\n"
                              "    y:\n"
                              "      statistical_test: chi-squared\n"
                              "      test_threshold: 0.1\n"
                              "      monitoring_period: 1\n"
                              "  n:\n"
                              "    x:\n"
                              "      statistical_test: chi-squared\n"
                              "      test_threshold: 0.1\n"
                              "      monitoring_period: 1\n"
                              "detection_interval: 1\n"
                              "data_collection_period: 4\n");
}

static void test_without_annotations_there_is_nothing(void **state)
{
    (void)state;
    static const made_component all[] = {{.name = "a", .layers = "1"}, {.name = NULL}};
    AIS_FREE char *text = drift_text(all, "[]");
    assert_string_equal(text, "");
}

static void test_the_detector_runs_on_the_highest_layer_of_machines(void **state)
{
    (void)state;
    const fixture f = fixture_new(); /* 1 and 2 are machines, 3 functions */
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_app) app = NULL;
    assert_int_equal(ais_app_load(f.dir, diags, &app), 0);
    assert_int_equal(app->layers[ais_app_drift_layer(app)].number, 2);
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_metric_is_as_the_original_writes_it),
        cmocka_unit_test(test_lists_give_each_field_its_own),
        cmocka_unit_test(test_a_flat_list_is_of_the_fields_of_one_metric),
        cmocka_unit_test(test_components_share_one_file_and_the_shortest_interval),
        cmocka_unit_test(test_without_annotations_there_is_nothing),
        cmocka_unit_test(test_the_detector_runs_on_the_highest_layer_of_machines),
    };
    return cmocka_run_group_tests_name("app_drift", tests, NULL, NULL);
}
