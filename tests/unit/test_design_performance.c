/* Choices among alternatives: enumeration, ranking, threshold, weights, the file, and each fault. The
 * formulas are tested by tests/extra/cascade_against_python.py. */
#include "support/unit.h"

#include <math.h>

#include "design/confusion.h"
#include "design/performance.h"
#include "support/app_fixture.h"

static const char dag[] =
    "System:\n"
    "  name: shop\n"
    "  components: [report, camera, detect]\n"
    "  alternative_components: {report: [report_small], detect: [detect_small]}\n"
    "  dependencies:\n"
    "  - [detect, report, 0.5]\n"
    "  - [camera, detect, 1]\n";

static const char deployment_of_report_small[] =
    FIXTURE_ENTRY("component3_alternative1", "report_small", "[3]", "[VM]");

/* A filter of which `drops` of its own class and `lets` of the others are right. */
typedef struct model {
    const char *folder, *classes;
    size_t count;
    double joint[9];
} model;

static const model models[] = {
    {"detect", "class,index\nempty,0\nother,1\n", 2, {0.2, 0.05, 0.1, 0.65}},
    {"small", "class,index\nother,0\nempty,1\n", 2, {0.45, 0.3, 0.05, 0.2}},
    {"report", "class,index\ncat,0\ndog,1\n", 2, {0.5, 0.1, 0.05, 0.35}},
    {"report_small", "class,index\ncat,0\ndog,1\n", 2, {0.4, 0.2, 0.1, 0.3}},
};

static void write_model(const fixture *f, const model *m)
{
    AIS_FREE char *dir = ais_format("%s/src/%s/classification_performance", f->dir, m->folder);
    AIS_FREE char *classes =
        ais_format("src/%s/classification_performance/class_names_dictionary.csv", m->folder);
    static const char *const names[] = {"a", "b", "c"};
    const ais_confusion confusion = {
        .count = m->count, .classes = names, .joint = m->joint, .sum = 1.0};
    ais_error *err = NULL;
    assert_int_equal(ais_confusion_write(&confusion, dir, &err), 0);
    fixture_write(f, classes, m->classes);
}

/* detect drops what is empty, report names what is left; both have an alternative. */
static fixture make(void)
{
    const fixture f = fixture_new();
    AIS_FREE char *deployments =
        ais_format("%s%s", fixture_deployments, deployment_of_report_small);
    fixture_write(&f, "common_config/application_dag.yaml", dag);
    fixture_write(&f, "common_config/candidate_deployments.yaml", deployments);
    fixture_write_source(&f, "detect",
                         "@component_name(name='detect')\n"
                         "@model_performance(filtered_class='empty')");
    fixture_write_source(&f, "report",
                         "@component_name(name='report')\n"
                         "@model_performance(metric='average_f1', metric_thr=0.5)");
    fixture_write_source(&f, "report_small", "@component_name(name='report_small')");
    for (size_t i = 0; i < AIS_COUNT(models); i++)
        write_model(&f, &models[i]);
    return f;
}

typedef struct outcome {
    ais_app *app;
    ais_performance *performance;
    char *faults;
} outcome;

static void outcome_clear(outcome *o)
{
    ais_performance_free(o->performance);
    ais_app_free(o->app);
    free(o->faults);
}

static outcome compute(const fixture *f, ais_onnx_rule rule)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    outcome o = {.app = NULL};
    if (ais_app_load(f->dir, diags, &o.app) < 0)
        print_error("%s\n", ais_diags_get(diags, 0)->message);
    assert_non_null(o.app);
    AIS_AUTO(ais_diags) own = ais_diags_new();
    const int status = ais_design_performance(o.app, rule, own, &o.performance);
    assert_int_equal(status, o.performance != NULL ? 0 : -1);
    assert_int_equal(ais_diags_count_of(own, AIS_SEVERITY_ERROR) > 0, status < 0);
    o.faults = fixture_faults(f, own);
    return o;
}

static const char *name_of(const outcome *o, const ais_performance_alternative *a, size_t component)
{
    return o->app->components[a->choice[component]].name;
}

static void test_alternatives_are_enumerated_and_ranked(void **state)
{
    (void)state;
    const fixture f = make();
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    static const struct {
        const char *name, *report, *detect;
        size_t number;
        double passes; /* TP + FP of the filter */
    } rows[] = {{"original_deployment", "report", "detect", 0, 0.7},
                {"alternative_deployment1", "report_small", "detect", 2, 0.7},
                {"alternative_deployment2", "report", "detect_small", 1, 0.5},
                {"alternative_deployment3", "report_small", "detect_small", 3, 0.5}};
    assert_string_equal(o.performance->metric, "average_f1");
    assert_int_equal(o.performance->alternative_count, AIS_COUNT(rows));
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        const ais_performance_alternative *a = &o.performance->alternatives[i];
        assert_string_equal(a->name, rows[i].name);
        assert_string_equal(name_of(&o, a, 0), rows[i].report);
        assert_string_equal(name_of(&o, a, 1), "camera");
        assert_string_equal(name_of(&o, a, 2), rows[i].detect);
        assert_int_equal(a->number, rows[i].number);
        assert_ptr_equal(ais_performance_find(o.performance, rows[i].number), a);
        assert_near(a->probabilities[0], rows[i].passes, 1e-12);
        assert_near(a->probabilities[1], 1.0, 0.0); /* no filter decides it: as it is written */
        if (i > 0)
            assert_true(a->metric <= o.performance->alternatives[i - 1].metric);
    }
    /* by hand: empty .2/.3, .2/.25; cat .65 * .5 / (.7 * .55), .65 * .5 / (.75 * .6); dog likewise */
    const double p[] = {0.2 / 0.3, 0.325 / 0.385, 0.2275 / 0.315};
    const double r[] = {0.8, 0.325 / 0.45, 0.2275 / 0.3};
    double f1 = 0;
    for (size_t i = 0; i < 3; i++)
        f1 += 2 * p[i] * r[i] / (p[i] + r[i]) / 3;
    assert_near(o.performance->alternatives[0].metric, f1, 1e-12);
    assert_string_equal(o.faults, "/common_config/application_dag.yaml:6:5 warning "
                                  "performance-edge\n");
    assert_null(ais_performance_find(o.performance, 4));
    fixture_clear(&f);
}

static void test_the_file_has_the_original_keys_and_the_folders(void **state)
{
    (void)state;
    static const char *const folders[] = {"deployment3", "deployment4"};
    const fixture f = make();
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_performance_alternative *first = ais_performance_find(o.performance, 2);
    first->folders = folders;
    first->folder_count = 2;
    const ais_doc_node *root = ais_performance_to_node(o.performance, doc);
    ais_doc_write_yaml(root, &text);
    static const char start[] = "System:\n"
                                "  metric_name: average_f1\n"
                                "  metric_thr: 0.5\n"
                                "  sorted_deployments_performance:\n"
                                "  - original_deployment:\n"
                                "      components:\n"
                                "      - report\n"
                                "      - camera\n"
                                "      - detect\n"
                                "      dependencies:\n"
                                "      - - detect\n"
                                "        - report\n"
                                "        - 0.7\n"
                                "      - - camera\n"
                                "        - detect\n"
                                "        - 1.0\n"
                                "      metric_value: 0.7485\n"
                                "      deployments: []\n"
                                "  - alternative_deployment1:\n"
                                "      components:\n"
                                "      - report_small\n"
                                "      - camera\n"
                                "      - detect\n"
                                "      dependencies:\n"
                                "      - - detect\n"
                                "        - report_small\n"
                                "        - 0.7\n"
                                "      - - camera\n"
                                "        - detect\n"
                                "        - 1.0\n"
                                "      metric_value: ";
    assert_true(strlen(ais_str_get(&text)) > sizeof start);
    text.data[sizeof start - 1] = '\0';
    assert_string_equal(text.data, start);
    const ais_doc_node *list =
        ais_doc_find_path(root, "System.sorted_deployments_performance[1].alternative_deployment1"
                                ".deployments");
    assert_int_equal(ais_doc_count(list), 2);
    assert_string_equal(ais_doc_get_text(ais_doc_at(list, 0)), "deployment3");
    fixture_clear(&f);
}

static void test_what_is_below_the_threshold_is_listed_apart(void **state)
{
    (void)state;
    const fixture f = make();
    fixture_write_source(&f, "report",
                         "@component_name(name='report')\n"
                         "@model_performance(metric='average_f1', metric_thr=0.99)");
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    const ais_doc_node *root = ais_performance_to_node(o.performance, doc);
    const ais_doc_node *listed = ais_doc_find_path(root, "System.sorted_deployments_performance");
    const ais_doc_node *below = ais_doc_find_path(root, "System.below_metric_thr");
    /* the original runs today, and stays named */
    assert_int_equal(ais_doc_count(listed), 1);
    assert_non_null(ais_doc_find(ais_doc_at(listed, 0), "original_deployment"));
    assert_int_equal(ais_doc_count(below), 3);
    assert_non_null(ais_doc_find(ais_doc_at(below, 2), "alternative_deployment3"));
    assert_string_equal(o.faults, "/common_config/application_dag.yaml:6:5 warning "
                                  "performance-edge\n"
                                  "/src/report/main.py:5:52 warning performance-threshold\n");
    AIS_SCOPED(outcome) studio = compute(&f, AIS_ONNX_RULE_STUDIO);
    assert_null(ais_doc_find_path(ais_performance_to_node(studio.performance, doc),
                                  "System.below_metric_thr"));
    fixture_clear(&f);
}

static void test_weights_move_the_average(void **state)
{
    (void)state;
    const fixture f = make();
    /* only dogs count: their f1 alone */
    fixture_write(&f, "src/class_weights.csv", "class,weight\ncat,0\ndog,3\nempty,0\n");
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    const double p = 0.2275 / 0.315, r = 0.2275 / 0.3;
    assert_near(o.performance->alternatives[0].metric, 2 * p * r / (p + r), 1e-12);
    AIS_SCOPED(outcome) studio = compute(&f, AIS_ONNX_RULE_STUDIO);
    assert_near(studio.performance->alternatives[0].metric, 2 * p * r / (p + r), 1e-12);
    fixture_clear(&f);
}

static void test_a_chain_of_filters_is_followed(void **state)
{
    (void)state;
    const fixture f = make();
    const model camera = {"camera", "class,index\ndark,0\nrest,1\n", 2, {0.1, 0, 0.2, 0.7}};
    fixture_write_source(&f, "camera",
                         "@component_name(name='camera')\n"
                         "@model_performance(filtered_class='dark')");
    write_model(&f, &camera);
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    const ais_performance_alternative *a = &o.performance->alternatives[0];
    assert_near(a->probabilities[1], 0.7, 1e-12);
    /* nothing dark passes, and what passes is as detect's matrix says */
    assert_near(a->probabilities[0], 0.7, 1e-12);
    assert_string_equal(o.faults, "/common_config/application_dag.yaml:6:5 warning "
                                  "performance-edge\n"
                                  "/common_config/application_dag.yaml:7:5 warning "
                                  "performance-edge\n");
    fixture_clear(&f);
}

static void test_without_matrices_nothing_is_ranked(void **state)
{
    (void)state;
    const fixture f = make();
    for (size_t i = 0; i < AIS_COUNT(models); i++) {
        AIS_FREE char *dir =
            ais_format("%s/src/%s/classification_performance", f.dir, models[i].folder);
        assert_int_equal(ais_tree_remove(dir, NULL), 0);
    }
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    assert_string_equal(o.faults, "/src/report/main.py:5:27 warning performance-matrix\n");
    assert_null(o.performance->metric);
    assert_null(ais_performance_to_node(o.performance, doc));
    assert_int_equal(o.performance->alternative_count, 4);
    assert_string_equal(name_of(&o, &o.performance->alternatives[1], 2), "detect_small");
    assert_true(isnan(o.performance->alternatives[1].metric));
    fixture_clear(&f);
}

static void test_without_the_annotation_alternatives_are_enumerated(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    assert_string_equal(o.faults, "");
    assert_null(o.performance->metric);
    assert_int_equal(o.performance->alternative_count, 2);
    assert_string_equal(o.performance->alternatives[1].name, "alternative_deployment1");
    assert_near(o.performance->alternatives[1].probabilities[0], 0.5, 0.0);
    fixture_clear(&f);
}

/* ---- faults ---- */

typedef struct fault_row {
    const char *file, *text; /* what is written over the good application; NULL: nothing */
    const model *model;      /* likewise */
    const char *faults;
} fault_row;

#define SMALL "/src/small/classification_performance/"
#define REPORT "/src/report/classification_performance/"
#define SOURCE(name, arguments)                                                                    \
    "from aisprint.annotations import *\n@component_name(name='" name                              \
    "')\n@model_performance(" arguments ")\ndef main(args):\n    pass\n"

static const model three = {
    "small", "class,index\nempty,0\na,1\nb,2\n", 3, {0.2, 0, 0, 0, 0.4, 0, 0, 0, 0.4}};
static const model never = {"small", "class,index\nempty,0\nother,1\n", 2, {0, 0, 0.5, 0.5}};
static const model other = {"small", "class,index\nemty,0\nother,1\n", 2, {0.2, 0.1, 0.2, 0.5}};
static const model only = {"report", "class,index\nempty,0\nx,1\n", 2, {0.5, 0.5, 0, 0}};
static const model foxes = {"report_small", "class,index\ncat,0\nfox,1\n", 2, {0.4, 0.2, 0.1, 0.3}};

static const fault_row fault_rows[] = {
    {.model = &three, .faults = SMALL "confusion_matrix.npy:0:0 performance-matrix\n"},
    {.model = &never,
     .faults = SMALL "confusion_matrix.npy:0:0 warning performance-matrix\n" SMALL
                     "confusion_matrix.npy:0:0 performance-matrix\n"},
    {.model = &other, .faults = "/src/detect/main.py:5:35 performance-classes\n"},
    {.model = &only,
     .faults = REPORT "confusion_matrix.npy:0:0 warning performance-matrix\n" REPORT
                      "confusion_matrix.npy:0:0 performance-matrix\n"},
    {.file = "src/small/main.py",
     .text = SOURCE("detect_small", "filtered_class='other'"),
     .faults = "/src/small/main.py:3:35 performance-classes\n"},
    {.file = "src/report/main.py",
     .text = SOURCE("report", "metric='accuracy', filtered_class='other'"),
     .faults = "/src/report/main.py:3:54 performance-classes\n"},
    {.file = "src/report/main.py",
     .text = SOURCE("report", "metric='accuracy', filtered_class='empty'"),
     .faults = "/src/report/main.py:3:54 performance-classes\n"},
    {.file = "src/class_weights.csv",
     .text = "class,weight\ncat,1\ncat,x\nfish,-1\ndog,nan\n",
     .faults = "/src/class_weights.csv:0:0 performance-weights\n"
               "/src/class_weights.csv:0:0 performance-weights\n"
               "/src/class_weights.csv:3:1 performance-weights\n"
               "/src/class_weights.csv:3:5 performance-weights\n"
               "/src/class_weights.csv:4:1 performance-weights\n"
               "/src/class_weights.csv:4:6 performance-weights\n"
               "/src/class_weights.csv:5:5 performance-weights\n"},
    {.file = "src/class_weights.csv",
     .text = "class,weight\ncat,0\ndog,0\nempty,0\n",
     .faults = "/src/class_weights.csv:0:0 performance-weights\n"
               "/src/class_weights.csv:0:0 performance-weights\n"},
    {.file = "src/class_weights.csv",
     .text = "name,weight\ncat,0\n",
     .faults = "/src/class_weights.csv:1:1 csv\n"},
};

static void test_each_fault_stands_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < AIS_COUNT(fault_rows); i++) {
        const fault_row *row = &fault_rows[i];
        const fixture f = make();
        if (row->model != NULL)
            write_model(&f, row->model);
        if (row->file != NULL)
            fixture_write(&f, row->file, row->text);
        AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
        assert_null(o.performance);
        assert_string_equal(o.faults, row->faults);
        fixture_clear(&f);
    }
}

static void test_classes_that_cannot_be_compared_are_told(void **state)
{
    (void)state;
    const fixture f = make();
    write_model(&f, &foxes);
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
#define AT "/src/report_small/classification_performance/class_names_dictionary.csv:0:0 warning "
    assert_string_equal(o.faults,
                        "/common_config/application_dag.yaml:6:5 warning "
                        "performance-edge\n" AT "performance-classes\n" AT "performance-classes\n");
#undef AT
    fixture_clear(&f);
}

static void test_a_matrix_that_is_missing_is_told(void **state)
{
    (void)state;
    const fixture f = make();
    AIS_FREE char *dir = ais_format("%s/src/small/classification_performance", f.dir);
    AIS_FREE char *file =
        ais_format("%s/src/report/classification_performance/confusion_matrix.npy", f.dir);
    assert_int_equal(ais_tree_remove(dir, NULL), 0);
    assert_int_equal(ais_tree_remove(file, NULL), 0);
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    assert_string_equal(o.faults, REPORT "confusion_matrix.npy:0:0 io\n"
                                         "/src/small/classification_performance:0:0 "
                                         "performance-matrix\n");
    fixture_clear(&f);
}

static void test_too_many_choices_are_refused(void **state)
{
    (void)state;
    const fixture f = make();
    AIS_SCOPED(ais_str) list = {.data = NULL};
    AIS_SCOPED(ais_str) deployments = {.data = NULL};
    ais_str_add(&deployments, fixture_deployments);
    ais_str_add(&deployments, deployment_of_report_small);
    ais_str_add(&list, "System:\n  name: shop\n  components: [report, camera, detect]\n"
                       "  dependencies: [[detect, report, 0.5], [camera, detect, 1]]\n"
                       "  alternative_components:\n");
    static const char *const originals[] = {"camera", "detect", "report"};
    static const char *const small[] = {"", "detect_small, ", "report_small, "};
    for (size_t k = 0; k < 3; k++) {
        ais_str_add_format(&list, "    %s: [%s", originals[k], small[k]);
        for (int i = 0; i < 46; i++) {
            AIS_FREE char *name = ais_format("%s_%d", originals[k], i);
            AIS_FREE char *decorator = ais_format("@component_name(name='%s')", name);
            fixture_write_source(&f, name, decorator);
            ais_str_add_format(&list, "%s%s", i > 0 ? ", " : "", name);
            ais_str_add_format(&deployments,
                               "  component%zu_alternative%d:\n    name: %s\n"
                               "    candidateExecutionLayers: [1]\n    Containers: {container1: "
                               "{memorySize: 512, computingUnits: 0.5, networkProtection: true, "
                               "candidateExecutionResources: [Pi]}}\n",
                               k + 1, i + 2, name);
        }
        ais_str_add(&list, "]\n");
    }
    fixture_write(&f, "common_config/application_dag.yaml", ais_str_get(&list));
    fixture_write(&f, "common_config/candidate_deployments.yaml", ais_str_get(&deployments));
    AIS_SCOPED(outcome) o = compute(&f, AIS_ONNX_RULE_PARETO);
    assert_null(o.performance);
    assert_string_equal(o.faults, "/common_config/application_dag.yaml:6:14 limit\n");
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alternatives_are_enumerated_and_ranked),
        cmocka_unit_test(test_the_file_has_the_original_keys_and_the_folders),
        cmocka_unit_test(test_what_is_below_the_threshold_is_listed_apart),
        cmocka_unit_test(test_weights_move_the_average),
        cmocka_unit_test(test_a_chain_of_filters_is_followed),
        cmocka_unit_test(test_without_matrices_nothing_is_ranked),
        cmocka_unit_test(test_without_the_annotation_alternatives_are_enumerated),
        cmocka_unit_test(test_each_fault_stands_at_its_place),
        cmocka_unit_test(test_classes_that_cannot_be_compared_are_told),
        cmocka_unit_test(test_a_matrix_that_is_missing_is_told),
        cmocka_unit_test(test_too_many_choices_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
