/* Numbers, strings, units and the tables: what a value may be. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "annotate/python_priv.h"
#include "support/annotate_says.h"

#define MAIN "@component_name('c')\ndef main(args):\n    pass\n"

static void says_of(const char *annotation, const char *expected)
{
    AIS_FREE char *source = ais_format("@%s\n" MAIN, annotation);
    AIS_FREE char *text = annotate_says(AIS_LANGUAGE_PYTHON, source);
    assert_string_equal(text, expected);
}

/* The faults of one annotation in the first line, without what was read. */
static void faults_are(const char *annotation, const char *expected)
{
    AIS_FREE char *source = ais_format("@%s\n" MAIN, annotation);
    AIS_FREE char *text = annotate_says(AIS_LANGUAGE_PYTHON, source);
    assert_string_equal(strchr(text, '\n') + 1, expected);
}

static void complains_of(const char *annotation, const char *expected)
{
    AIS_FREE char *source = ais_format("@%s\n" MAIN, annotation);
    AIS_FREE char *text = annotate_complains(AIS_LANGUAGE_PYTHON, source);
    assert_string_equal(text, expected);
}

static void test_python_numbers_fold_as_python_folds_them(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"60*60", "3600"},
        {"7//2", "3"},
        {"-7//2", "-4"},
        {"7%-3", "-2"},
        {"-7%3", "2"},
        {"7/2", "3.5"},
        {"4/2", "2.0"},
        {"2**10", "1024"},
        {"2**-1", "0.5"},
        {"-2**2", "-4"},
        {"(-2)**2", "4"},
        {"7.5//2", "3.0"},
        {"-7.5%2", "0.5"},
        {"0x_FF", "255"},
        {"0o17", "15"},
        {"0B11", "3"},
        {"1_000", "1000"},
        {"1e3", "1000.0"},
        {".5", "0.5"},
        {"5.", "5.0"},
        {"+5", "5"},
        {"--5", "5"},
        {"1-2-3", "-4"},
        {"2**3**2", "512"},
        {"00", "0"},
        {"0.1+0.2", "0.30000000000000004"},
        {"9223372036854775807", "9223372036854775807"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *source = ais_format("early_exits_model('a', 'main', [%s])", rows[i][0]);
        AIS_FREE char *expected = ais_format("[%s]}", rows[i][1]);
        AIS_FREE char *line = ais_format("@%s\n" MAIN, source);
        AIS_FREE char *text = annotate_says(AIS_LANGUAGE_PYTHON, line);
        assert_non_null(strstr(text, expected));
    }
}

static void test_numbers_that_are_none_say_why(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"1/0", "divides by zero"},
        {"1%0", "divides by zero"},
        {"1.0//0", "divides by zero"},
        {"0**-1", "divides by zero"},
        {"1e999", "is no finite number"},
        {"1e308*10", "is no finite number"},
        {"1j", "is a complex number"},
        {"(-8)**0.5", "is a complex number"},
        {"2**64", "does not fit 64 bits"},
        {"9223372036854775808", "does not fit 64 bits"},
        {"9223372036854775807+1", "does not fit 64 bits"},
        {"-9223372036854775807-1", "does not fit 64 bits"},
        {"017", "begins with 0 (octal is 0o17)"},
        {"1<<2", "uses an operator that is not followed"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *source = ais_format("exec_time(%s)", rows[i][0]);
        AIS_FREE char *expected =
            ais_format("main.py:1:12: error: the number for 'local_time_thr' %s\n", rows[i][1]);
        complains_of(source, expected);
    }
}

static void test_python_strings_are_decoded(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"'a\\x41\\u00e4\\U0001F600\\101'", "aAä😀A"},
        {"r'a\\n'", "a\\n"},
        {"'''a\r\nb'''", "a\nb"},
        {"'a\\\nb'", "ab"},
        {"\"a\\\"'\"", "a\"'"},
        {"u'a' R\"b\" f'{{c}}' rf'\\d'", "ab{c}\\d"},
        {"'\\q\\'\\t'", "\\q'\t"},
        {"'a' + 'b'", "ab"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *source =
            ais_format("@model_performance(filtered_class=%s)\n" MAIN, rows[i][0]);
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        AIS_AUTO(ais_annotations) annotations = NULL;
        assert_int_equal(ais_annotate_parse("main.py", source, strlen(source), AIS_LANGUAGE_PYTHON,
                                            diags, &annotations),
                         0);
        const ais_doc_node *node = ais_annotations_find_argument(
            annotations, AIS_ANNOTATION_MODEL_PERFORMANCE, "filtered_class");
        assert_string_equal(ais_doc_get_string(node, NULL), rows[i][1]);
    }
}

static void test_strings_that_are_none_name_the_place(void **state)
{
    (void)state;
    faults_are("model_performance(filtered_class='ab\\x4')", "1:38 python-syntax\n");
    faults_are("model_performance(filtered_class='ab\\ud800')", "1:38 not-static\n");
    faults_are("model_performance(filtered_class='ab\\N{DASH}')", "1:38 not-static\n");
    faults_are("model_performance(filtered_class='a' b'b')", "1:39 wrong-type\n");
    faults_are("model_performance(filtered_class=f'a{b}')", "1:38 not-static\n");
    faults_are("model_performance(filtered_class='a\\0b')", "1:35 wrong-type\n");
    faults_are("model_performance(filtered_class='')", "1:35 empty\n");
}

static void test_expressions_that_are_not_followed_say_what_they_are(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"f()", "the result of a call"},
        {"a.b", "an attribute"},
        {"a[0]", "an element of something"},
        {"lambda: 1", "a function"},
        {"1 if a else 2", "a condition"},
        {"not True", "a condition"},
        {"a and b", "a condition"},
        {"1 < 2", "a comparison"},
        {"{1}", "a set"},
        {"[i for i in a]", "a comprehension"},
        {"...", "..."},
        {"(a := 1)", "assigned in place"},
        {"-'a'", "only numbers take a sign"},
        {"~1", "only numbers take a sign"},
        {"'a' * 2", "only numbers are computed with"},
        {"True + 1", "only numbers are computed with"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_FREE char *source = ais_format("exec_time(local_time_thr=%s)", rows[i][0]);
        AIS_FREE char *line = ais_format("@%s\n" MAIN, source);
        AIS_FREE char *text = annotate_complains(AIS_LANGUAGE_PYTHON, line);
        AIS_FREE char *expected = ais_format("before the program runs: %s (", rows[i][1]);
        assert_non_null(strstr(text, expected));
        assert_true(ais_str_starts(text, "main.py:1:2"));
    }
}

static void test_units_are_converted_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *text, *unit;
        double value;
    } rows[] = {
        {"20ms", "s", 0.02},
        {"1.5s", "s", 1.5},
        {"2 min", "s", 120},
        {"250 us", "s", 0.00025},
        {"1h", "s", 3600},
        {" 3 s ", "s", 3},
        {"30min", "h", 0.5},
        {"90 s", "h", 0.025},
        {"2d", "h", 48},
        {"512MB", "GB", 0.5},
        {"1.5 GiB", "GB", 1.5},
        {"1TB", "GB", 1024},
        {"1024 KB", "GB", 0.0009765625},
        {"60/min", "1/s", 1},
        {"2.5 /s", "1/s", 2.5},
        {"1e3ms", "s", 1},
        {"-5s", "s", -5},
        {".5s", "s", 0.5},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        double value = 0;
        assert_true(ais__unit_parse(rows[i].text, rows[i].unit, &value));
        assert_true(value == rows[i].value);
    }
    static const char *const wrong[] = {"",   "5",    "ms",     "5 m",   "5 sec", "inf s", "0x5s",
                                        "5S", "5 GB", "1e999s", "5ms s", "nan s", "5 5s"};
    for (size_t i = 0; i < AIS_COUNT(wrong); i++) {
        double value = 0;
        assert_false(ais__unit_parse(wrong[i], "s", &value));
    }
}

static void test_a_bad_unit_lists_the_good_ones(void **state)
{
    (void)state;
    complains_of("exec_time('5 sec')",
                 "main.py:1:12: error: 'local_time_thr' is '5 sec' (write a number of s, or a"
                 " number and one of: us, ms, s, min, h)\n");
    complains_of("exec_time('-5 ms')",
                 "main.py:1:12: error: 'local_time_thr' is -0.005 s (must be above 0 s)\n");
}

static void test_wrong_types_say_what_is_right(void **state)
{
    (void)state;
    complains_of("exec_time([5])", "main.py:1:12: error: 'local_time_thr' is a list (must be a"
                                   " number or a string with a unit)\n");
    complains_of("partitionable_model('a.onnx', 1.5)",
                 "main.py:1:32: error: 'num_partitions' is a number (must be a whole number)\n");
    complains_of(
        "expected_throughput(None)",
        "main.py:1:22: error: 'rate' is null (must be a number or a string with a unit)\n");
    complains_of("device_constraints(use_gpu_for='dnn')",
                 "main.py:1:33: error: 'use_gpu_for' is a string (must be a list)\n");
    complains_of("exec_time(prev_components=['a', 2], global_time_thr=1)",
                 "main.py:1:34: error: an element of 'prev_components' is an integer (must be a"
                 " string)\n");
}

static void test_ranges_are_checked(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"exec_time(0)", "1:12 out-of-range\n"},
        {"expected_throughput(-1)", "1:22 out-of-range\n"},
        {"partitionable_model('a', 0)", "1:27 out-of-range\n"},
        {"device_constraints(0, 0)", "1:21 out-of-range\n"},
        {"device_constraints(0.1, -1)", "1:26 out-of-range\n"},
        {"early_exits_model('a', 'main', [0, 1, 1.01])", "1:40 out-of-range\n"},
        {"early_exits_model('a', 'main', [])", "1:33 empty\n"},
        {"model_performance('accuracy', 1.5)", "1:32 out-of-range\n"},
        {"model_performance('average_f2', 1)", "1:20 not-a-choice\n"},
        {"partitionable_model('/a.onnx')", "1:22 bad-name\n"},
        {"partitionable_model('a/../b')", "1:22 bad-name\n"},
        {"partitionable_model('a..b/c..')", ""},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        faults_are(rows[i][0], rows[i][1]);
    complains_of("early_exits_model('a', 'main', [2])",
                 "main.py:1:34: error: 'transition_probabilities' is 2 (must be at least 0 and 1 at"
                 " most)\n");
}

static void test_paths_hold_every_component_once(void **state)
{
    (void)state;
    faults_are("exec_time(1, 2, ['a', 'a'])", "1:24 bad-path\n");
    faults_are("exec_time(1, 2, ['a', 'c'])", "1:24 bad-path\n");
    faults_are("exec_time(1, 2, [])", "1:18 empty\n");
    faults_are("exec_time(1, 2, f())", "1:18 not-static\n");
    faults_are("exec_time(1, f(), ['a'])", "1:15 not-static\n");
    faults_are("exec_time(None, None, None)", "");
}

#define DRIFT(rest) "detect_metric_drift(" rest ", detection_interval=1, data_collection_period=2)"

static void test_drift_lists_must_fit_each_other(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {DRIFT("'m', 'f', 'chi-squared', 0.1, monitoring_period=1"), ""},
        {DRIFT("'m', ['f', 'g'], 'chi-squared', [0.1, 0.2], monitoring_period=1"), ""},
        {DRIFT("['m'], [['f', 'g']], [['chi-squared', 'fisher-exact-test']], [[0.1, 0.2]], "
               "monitoring_period=['1h']"),
         ""},
        {DRIFT("['m', 'n'], ['f', ['g']], 'chi-squared', [0.1, [0.2]], monitoring_period=1"), ""},
        {DRIFT("['m', 'n'], 'f', 'chi-squared', 0.1, monitoring_period=1"), "1:34 wrong-shape\n"},
        {DRIFT("['m', 'n'], ['f'], 'chi-squared', 0.1, monitoring_period=1"), "1:34 wrong-shape\n"},
        {DRIFT("'m', ['f', 'g'], 'chi-squared', [0.1], monitoring_period=1"), "1:54 wrong-shape\n"},
        {DRIFT("['m'], [['f', 'g']], 'chi-squared', [[0.1]], monitoring_period=1"),
         "1:59 wrong-shape\n"},
        {DRIFT("'m', [[['f']]], 'chi-squared', 0.1, monitoring_period=1"), "1:29 wrong-type\n"},
        {DRIFT("'m', [], 'chi-squared', 0.1, monitoring_period=1"), "1:27 empty\n"},
        {DRIFT("'m', 'f', 'chi-sqared', 2, monitoring_period=0"),
         "1:32 not-a-choice\n1:46 out-of-range\n1:67 out-of-range\n"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        faults_are(rows[i][0], rows[i][1]);
}

static void test_names_that_cannot_name_files_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"a b", "a/b", "ä", ".a", "-a", "a:b", "..", "a\\nb"};
    for (size_t i = 0; i < AIS_COUNT(wrong); i++) {
        AIS_FREE char *source =
            ais_format("@component_name('%s')\ndef main(args):\n    pass\n", wrong[i]);
        AIS_FREE char *text = annotate_complains(AIS_LANGUAGE_PYTHON, source);
        assert_non_null(strstr(text, "main.py:1:17: error: 'name' is '"));
    }
    static const char *const right[] = {"a", "A-b_c.9", "9", "_a", "database"};
    for (size_t i = 0; i < AIS_COUNT(right); i++) {
        AIS_FREE char *source =
            ais_format("@component_name('%s')\ndef main(args):\n    pass\n", right[i]);
        AIS_FREE char *text = annotate_complains(AIS_LANGUAGE_PYTHON, source);
        assert_string_equal(text, "");
    }
}

static void test_what_is_not_given_is_not_listed(void **state)
{
    (void)state;
    says_of("exec_time(local_time_thr=None)",
            "{\"component_name\": {\"name\": \"c\"}, \"exec_time\": {\"local_time_thr\": null}}\n");
}

static void test_every_row_of_the_tables_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < AIS_ANNOTATION_COUNT; i++) {
        const ais_annotation_spec *spec = ais_annotation_spec_of((ais_annotation_kind)i);
        assert_non_null(spec->name);
        assert_non_null(spec->summary);
        assert_true(spec->argument_count > 0 && spec->argument_count <= 32);
        for (size_t k = 0; k < spec->argument_count; k++) {
            const ais_annotation_argument *row = &spec->arguments[k];
            assert_non_null(row->name);
            assert_non_null(row->help);
            assert_int_equal((row->kinds & AIS_DOC_LIST) != 0, row->item_kinds != 0);
            assert_true(ais__unit_in_si(row->unit) > 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_python_numbers_fold_as_python_folds_them),
        cmocka_unit_test(test_numbers_that_are_none_say_why),
        cmocka_unit_test(test_python_strings_are_decoded),
        cmocka_unit_test(test_strings_that_are_none_name_the_place),
        cmocka_unit_test(test_expressions_that_are_not_followed_say_what_they_are),
        cmocka_unit_test(test_units_are_converted_exactly),
        cmocka_unit_test(test_a_bad_unit_lists_the_good_ones),
        cmocka_unit_test(test_wrong_types_say_what_is_right),
        cmocka_unit_test(test_ranges_are_checked),
        cmocka_unit_test(test_paths_hold_every_component_once),
        cmocka_unit_test(test_drift_lists_must_fit_each_other),
        cmocka_unit_test(test_names_that_cannot_name_files_are_refused),
        cmocka_unit_test(test_what_is_not_given_is_not_listed),
        cmocka_unit_test(test_every_row_of_the_tables_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
