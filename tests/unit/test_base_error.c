/* Errors and lists of faults. */
#include "support/unit.h"

#include <errno.h>
#include <string.h>

static const ais_pos somewhere = {.file = "dir/a.yaml", .line = 14, .column = 21};

static void test_an_error_tells_position_hint_and_tasks(void **state)
{
    (void)state;
    ais_error *err = NULL;
    assert_int_equal(ais_error_set_at(&err, AIS_E_INPUT, somewhere, "demand is %g", -0.12), -1);
    assert_int_equal(ais_error_hint(&err, "must be above %d s", 0), -1);
    assert_int_equal(ais_error_wrap(&err, "reading '%s'", "blur"), -1);
    assert_int_equal(ais_error_wrap(&err, "designing"), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    assert_string_equal(ais_error_get_message(err), "demand is -0.12");
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "dir/a.yaml:14:21: error: demand is -0.12 (must be above 0 s)\n"
                              "  while reading 'blur'\n  while designing\n");
}

static void test_the_text_of_an_error_has_all_of_it(void **state)
{
    (void)state;
    AIS_AUTO(ais_error) err = NULL;
    ais_error_set_at(&err, AIS_E_INPUT, (ais_pos){.file = "a.yaml", .line = 3, .column = 5},
                     "rate is %d", -1);
    ais_error_hint(&err, "must be above 0");
    ais_error_wrap(&err, "reading '%s'", "a");
    AIS_FREE char *text = ais_error_to_text(err);
    assert_string_equal(text, "a.yaml:3:5: rate is -1 (must be above 0)\n  while reading 'a'");
}

static void test_a_later_error_takes_the_place_of_an_earlier(void **state)
{
    (void)state;
    ais_error *err = NULL;
    ais_error_set(&err, AIS_E_USAGE, "first");
    ais_error_hint(&err, "a hint");
    ais_error_set(&err, AIS_E_LIMIT, "second after %s", ais_error_get_message(err));
    assert_null(ais_error_get_hint(err));
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "error: second after first\n");
}

static void test_errors_may_be_unwanted(void **state)
{
    (void)state;
    ais_error *none = NULL;
    assert_int_equal(ais_error_set(NULL, AIS_E_IO, "x"), -1);
    assert_int_equal(ais_error_set_at(NULL, AIS_E_IO, somewhere, "x"), -1);
    assert_int_equal(ais_error_set_errno(NULL, "p", "x"), -1);
    assert_int_equal(ais_error_hint(NULL, "x"), -1);
    assert_int_equal(ais_error_wrap(&none, "x"), -1);
    assert_null(none);
    ais_error_set(&none, AIS_E_IO, "given away");
    assert_int_equal(ais_error_pass(none, NULL), -1);
    ais_error_free(NULL);
}

static void test_an_error_of_the_system_says_which(void **state)
{
    (void)state;
    ais_error *err = NULL;
    errno = ENOSPC;
    ais_error_set_errno(&err, "out/file", "cannot write %d bytes", 3);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "out/file: error: cannot write 3 bytes: No space left on device\n");
}

static void test_codes_have_names_and_exit_statuses(void **state)
{
    (void)state;
    for (int code = 0; code < AIS_ERROR_CODE_COUNT; code++)
        assert_non_null(ais_error_code_name((ais_error_code)code));
    assert_string_equal(ais_error_code_name(AIS_E_INFEASIBLE), "infeasible");
    assert_int_equal(ais_error_exit_status(AIS_E_INPUT), 1);
    assert_int_equal(ais_error_exit_status(AIS_E_USAGE), 2);
    assert_int_equal(ais_error_exit_status(AIS_E_INFEASIBLE), 3);
    assert_int_equal(ais_error_exit_status(AIS_E_INTERRUPTED), 130);
}

static void test_faults_are_copied_and_sorted_by_place(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    char file[] = "b.yaml", message[] = "first";
    ais_diags_add(diags, AIS_SEVERITY_WARNING, "r", (ais_pos){.file = NULL}, NULL, "of all");
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "r", (ais_pos){.file = file, .line = 2, .column = 9},
                  "hint", "%s", message);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "r", (ais_pos){.file = file, .line = 2, .column = 9},
                  NULL, "second");
    ais_diags_add(diags, AIS_SEVERITY_WARNING, "r", (ais_pos){.file = "b.yaml", .line = 2}, NULL,
                  "line");
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "r", somewhere, NULL, "dir");
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "r", (ais_pos){.file = "a"}, NULL, "whole file");
    memset(file, 'x', sizeof file - 1);
    memset(message, 'x', sizeof message - 1);
    ais_diags_sort(diags);
    AIS_FREE char *text = unit_faults(diags);
    assert_string_equal(text, "a: error: whole file\n"
                              "b.yaml:2: warning: line\n"
                              "b.yaml:2:9: error: first (hint)\n"
                              "b.yaml:2:9: error: second\n"
                              "dir/a.yaml:14:21: error: dir\n"
                              "warning: of all\n");
    assert_int_equal(ais_diags_count_of(diags, AIS_SEVERITY_ERROR), 4);
    assert_int_equal(ais_diags_count_of(diags, AIS_SEVERITY_WARNING), 2);
}

static void test_an_error_becomes_a_fault_with_its_tasks(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_error *err = NULL;
    ais_error_set_at(&err, AIS_E_LIMIT, somewhere, "too large");
    ais_error_hint(&err, "make it smaller");
    ais_error_wrap(&err, "reading x");
    ais_error_wrap(&err, "checking y");
    ais_diags_take_error(diags, NULL, err);
    assert_string_equal(ais_diags_get(diags, 0)->rule, "limit");
    AIS_FREE char *text = unit_faults(diags);
    assert_string_equal(text, "dir/a.yaml:14:21: error: too large, while reading x, while checking "
                              "y (make it smaller)\n");
}

static void test_warnings_alone_are_no_failure(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_error *err = NULL;
    ais_diags_add(diags, AIS_SEVERITY_WARNING, "w", somewhere, NULL, "beware");
    assert_int_equal(ais_diags_fail(diags, &err), 0);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "e", somewhere, "mend it", "wrong");
    assert_int_equal(ais_diags_fail(diags, &err), -1);
    AIS_FREE char *one = unit_error(&err);
    assert_string_equal(one, "dir/a.yaml:14:21: error: wrong (mend it)\n");
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "e", somewhere, NULL, "more");
    assert_int_equal(ais_diags_fail(diags, &err), -1);
    AIS_FREE char *two = unit_error(&err);
    assert_string_equal(two, "dir/a.yaml:14:21: error: wrong (mend it)\n"
                             "  while checking: this is the first of 2 errors\n");
}

static void test_too_many_faults_end_in_one_that_says_so(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_error *err = NULL;
    for (int i = 0; i < AIS_DIAGS_MAX + 5; i++)
        ais_diags_add(diags, AIS_SEVERITY_WARNING, "w", somewhere, NULL, "warning %d", i);
    assert_int_equal(ais_diags_count(diags), AIS_DIAGS_MAX + 1);
    assert_int_equal(ais_diags_count_of(diags, AIS_SEVERITY_WARNING), AIS_DIAGS_MAX + 5);
    assert_int_equal(ais_diags_fail(diags, &err), 0);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "e", somewhere, NULL, "an error among the unlisted");
    assert_int_equal(ais_diags_count(diags), AIS_DIAGS_MAX + 1);
    ais_diags_sort(diags);
    assert_int_equal(ais_diags_fail(diags, &err), -1);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text,
                        "error: there are more faults than are listed here (mend these first)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_error_tells_position_hint_and_tasks),
        cmocka_unit_test(test_the_text_of_an_error_has_all_of_it),
        cmocka_unit_test(test_a_later_error_takes_the_place_of_an_earlier),
        cmocka_unit_test(test_errors_may_be_unwanted),
        cmocka_unit_test(test_an_error_of_the_system_says_which),
        cmocka_unit_test(test_codes_have_names_and_exit_statuses),
        cmocka_unit_test(test_faults_are_copied_and_sorted_by_place),
        cmocka_unit_test(test_an_error_becomes_a_fault_with_its_tasks),
        cmocka_unit_test(test_warnings_alone_are_no_failure),
        cmocka_unit_test(test_too_many_faults_end_in_one_that_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
