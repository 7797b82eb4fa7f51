/* Faults: all at once, at their places, none that only follows from another. The set in
 * tests/broken goes through the rules one by one; here is what needs the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/app_fixture.h"

/* Load an application that has errors, and compare its faults. */
static void expect_faults(const fixture *f, const char *expected)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_app *app = NULL;
    assert_int_equal(ais_app_load(f->dir, diags, &app), -1);
    assert_null(app);
    AIS_FREE char *faults = fixture_faults(f, diags);
    assert_string_equal(faults, expected);
}

static void test_a_missing_folder_is_one_fault(void **state)
{
    (void)state;
    const fixture f = {.dir = "/tmp/aisprint-no-such-folder"};
    expect_faults(&f, ":0:0 no-application\n");
}

static void test_every_broken_file_is_told(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write(&f, "common_config/application_dag.yaml", "");
    fixture_write(&f, "common_config/candidate_deployments.yaml", "Components: [1]\n");
    fixture_write(&f, "common_config/candidate_resources.yaml", "System: {a: [}\n");
    fixture_write(&f, "src/camera/main.py", "def other():\n    pass\n");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_app *app = NULL;
    assert_int_equal(ais_app_load(f.dir, diags, &app), -1);
    assert_int_equal(ais_diags_count_of(diags, AIS_SEVERITY_ERROR), 4);
    fixture_clear(&f);
}

static void test_faults_known_before_do_not_count(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_app) app = NULL;
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "other", (ais_pos){.file = "x"}, NULL, "another's");
    assert_int_equal(ais_app_load(f.dir, diags, &app), 0);
    assert_non_null(app);
    fixture_clear(&f);
}

static void test_a_cycle_stands_at_the_edge_that_closes_it_and_is_spelt_out(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write(&f, "common_config/application_dag.yaml",
                  "System:\n  name: shop\n  components: [report, camera, detect]\n"
                  "  alternative_components: {detect: [detect_small]}\n  dependencies:\n"
                  "  - [camera, detect, 1]\n  - [detect, report, 1]\n  - [report, camera, 1]\n");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_app *app = NULL;
    assert_int_equal(ais_app_load(f.dir, diags, &app), -1);
    assert_int_equal(ais_diags_count(diags), 1);
    const ais_diag *diag = ais_diags_get(diags, 0);
    assert_string_equal(diag->rule, "dag-cycle");
    assert_int_equal(diag->pos.line, 8);
    assert_int_equal(diag->pos.column, 5);
    assert_string_equal(diag->message,
                        "this dependency closes a cycle: camera -> detect -> report -> camera");
    fixture_clear(&f);
}

/* The largest graph that is read, with as many cycles as there can be: must not take minutes. */
static void test_a_full_graph_of_cycles_ends_soon(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add(&text, "System:\n  name: shop\n  components: [c0");
    for (int i = 1; i < 100; i++)
        ais_str_add_format(&text, ", c%d", i);
    ais_str_add(&text, "]\n  dependencies:\n");
    for (int i = 0; i < 100; i++)
        for (int j = 0; j < 100; j++)
            if (i != j)
                ais_str_add_format(&text, "  - [c%d, c%d, 1]\n", i, j);
    fixture_write(&f, "common_config/application_dag.yaml", ais_str_get(&text));
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_app *app = NULL;
    assert_int_equal(ais_app_load(f.dir, diags, &app), -1);
    assert_true(ais_diags_count(diags) > 1000);
    fixture_clear(&f);
}

static void test_more_components_than_the_limit_are_refused(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add(&text, "System:\n  name: shop\n  components: [c0");
    for (int i = 1; i <= 1000; i++)
        ais_str_add_format(&text, ", c%d", i);
    ais_str_add(&text, "]\n  dependencies: []\n");
    fixture_write(&f, "common_config/application_dag.yaml", ais_str_get(&text));
    expect_faults(&f, "/common_config/application_dag.yaml:3:15 limit\n");
    fixture_clear(&f);
}

static void test_a_broken_file_makes_no_other_name_unknown(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write(&f, "common_config/candidate_resources.yaml", "System: 5\n");
    expect_faults(&f, "/common_config/candidate_resources.yaml:1:9 wrong-type\n");
    fixture_clear(&f);
}

static void test_a_name_with_a_nul_byte_is_refused(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write(&f, "common_config/application_dag.yaml",
                  "System:\n  name: shop\n  components: [report, camera, detect, \"a\\0b\"]\n"
                  "  alternative_components: {detect: [detect_small]}\n"
                  "  dependencies: [[detect, report, 0.5], [camera, detect, 1]]\n");
    expect_faults(&f, "/common_config/application_dag.yaml:3:40 bad-name\n");
    fixture_clear(&f);
}

static void test_units_of_ram_are_gigabytes_and_the_hint_says_so(void **state)
{
    (void)state;
    const fixture f = fixture_new();
    fixture_write_source(&f, "camera",
                         "@component_name(name='camera')\n"
                         "@device_constraints(ram=512)");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_app *app = NULL;
    assert_int_equal(ais_app_load(f.dir, diags, &app), -1);
    assert_int_equal(ais_diags_count(diags), 1);
    const ais_diag *diag = ais_diags_get(diags, 0);
    assert_string_equal(diag->rule, "ram-too-large");
    assert_int_equal(diag->pos.line, 5);
    assert_int_equal(diag->pos.column, 25);
    assert_string_equal(diag->message, "'ram' is 512 GB, but the memorySize of 'camera' is 512 MB");
    assert_string_equal(diag->hint, "GB; was MB meant? Then write 0.5");
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_missing_folder_is_one_fault),
        cmocka_unit_test(test_every_broken_file_is_told),
        cmocka_unit_test(test_faults_known_before_do_not_count),
        cmocka_unit_test(test_a_cycle_stands_at_the_edge_that_closes_it_and_is_spelt_out),
        cmocka_unit_test(test_a_full_graph_of_cycles_ends_soon),
        cmocka_unit_test(test_more_components_than_the_limit_are_refused),
        cmocka_unit_test(test_a_broken_file_makes_no_other_name_unknown),
        cmocka_unit_test(test_a_name_with_a_nul_byte_is_refused),
        cmocka_unit_test(test_units_of_ram_are_gigabytes_and_the_hint_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
