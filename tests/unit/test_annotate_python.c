/* Decorators of Python: whose they are, how values are followed, and what is said where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/annotate_says.h"

#define NAME "@component_name('c')\n"
#define DEF "def main(args):\n    pass\n"
#define MAIN NAME DEF
#define C "\"component_name\": {\"name\": \"c\"}"
#define FIVE "{" C ", \"exec_time\": {\"local_time_thr\": 5}}\n"

static void says(const char *source, const char *expected)
{
    AIS_FREE char *text = annotate_says(AIS_LANGUAGE_PYTHON, source);
    assert_string_equal(text, expected);
}

static void complains(const char *source, const char *expected)
{
    AIS_FREE char *text = annotate_complains(AIS_LANGUAGE_PYTHON, source);
    assert_string_equal(text, expected);
}

static void test_annotations_are_found_under_every_import(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "from aisprint.annotations import exec_time\n@exec_time(5)\n" MAIN,
        "from aisprint.annotations import *\n@exec_time(5)\n" MAIN,
        "from aisprint.annotations import exec_time as et\n@et(5)\n" MAIN,
        "from aisprint.annotations import (a,\n    exec_time as et)\n@et(5)\n" MAIN,
        "from aisprint import exec_time\n@exec_time(5)\n" MAIN,
        "from aisprint import annotations\n@annotations.exec_time(5)\n" MAIN,
        "from aisprint import annotations as an\n@an.exec_time(5)\n" MAIN,
        "import aisprint\n@aisprint.exec_time(5)\n" MAIN,
        "import aisprint\n@aisprint.annotations.exec_time(5)\n" MAIN,
        "import aisprint.annotations\n@aisprint.annotations.exec_time(5)\n" MAIN,
        "import aisprint as ai\n@ai.exec_time(5)\n" MAIN,
        "import aisprint as ai\n@ai.annotations.exec_time(5)\n" MAIN,
        "import aisprint.annotations as ann\n@ann.exec_time(5)\n" MAIN,
        "@aisprint.exec_time(5)\n" MAIN,
        "@(exec_time(5))\n" MAIN,
        "@exec_time(5)  # five\n" MAIN,
        "try:\n    from aisprint.annotations import exec_time\nexcept ImportError:\n"
        "    def exec_time(x):\n        return lambda f: f\n@exec_time(5)\n" MAIN,
        "\xef\xbb\xbf@exec_time(5)\r\n@component_name('c')\r\ndef main(args):\r\n\tpass\r\n",
    };
    for (size_t i = 0; i < AIS_COUNT(sources); i++)
        says(sources[i], FIVE);
}

static void test_foreign_decorators_are_left_alone(void **state)
{
    (void)state;
    static const char *const decorators[] = {
        "@staticmethod\n",
        "@lru_cache(maxsize=None)\n",
        "@a.b.c\n",
        "@a.b.c(1)\n",
        "@(lambda f: f)\n",
        "@a()()\n",
        "@a[0]\n",
        "@a[0](1)\n",
        "@x.y().z(f(), *a)\n",
        "@aisprint.monitoring.start(1)\n",
        "@a if b else c\n",
    };
    for (size_t i = 0; i < AIS_COUNT(decorators); i++) {
        AIS_FREE char *source = ais_format("%s" MAIN, decorators[i]);
        says(source, "{" C "}\n");
    }
}

static void test_a_known_name_of_another_module_is_foreign_and_said_so(void **state)
{
    (void)state;
    says("from mine import security\n@security(1)\n" MAIN,
         "{" C "}\n2:2 warning foreign-decorator\n");
    says("def security(x):\n    return x\n@security(1)\n" MAIN,
         "{" C "}\n3:2 warning foreign-decorator\n");
    says("import mine\n@mine.security(1)\n" MAIN, "{" C "}\n2:2 warning foreign-decorator\n");
    says("@mine.security(1)\n" MAIN, "{" C "}\n1:2 warning foreign-decorator\n");
    complains("from .mine import security\n@security(1)\n" MAIN,
              "main.py:2:2: warning: 'security' is not that of aisprint and says nothing here"
              " (import it from aisprint.annotations if it is meant)\n");
}

static void test_a_mistyped_annotation_gets_a_proposal(void **state)
{
    (void)state;
    complains("import aisprint\n@aisprint.exec_tme(5)\n" MAIN,
              "main.py:2:11: error: 'exec_tme' is no annotation (did you mean 'exec_time'?)\n");
    complains("from aisprint.annotations import *\n@exec_tme(5)\n" MAIN,
              "main.py:2:2: error: 'exec_tme' is no annotation (did you mean 'exec_time'?)\n");
    complains("from aisprint.annotations import wibble\n@wibble(5)\n" MAIN,
              "main.py:2:2: error: 'wibble' is no annotation (there are component_name, exec_time,"
              " expected_throughput, partitionable_model, device_constraints, early_exits_model,"
              " model_performance, detect_metric_drift, security)\n");
}

static void test_an_unknown_argument_gets_a_proposal_and_is_not_missing_too(void **state)
{
    (void)state;
    complains("@expected_throughput(rte=5)\n" MAIN,
              "main.py:1:22: error: 'expected_throughput' has no argument 'rte' (did you mean"
              " 'rate'?)\n");
    complains("@security(True, False, True, False, True, False, True, True)\n" MAIN,
              "main.py:1:50: error: 'security' takes 6 arguments at most (there are"
              " trustedExecution, networkShield, filesystemShield, confProc, integrityProc,"
              " confRest)\n");
}

static void test_a_missing_argument_is_named_at_its_annotation(void **state)
{
    (void)state;
    complains("import aisprint as ai\n@ai.expected_throughput()\n" MAIN,
              "main.py:2:5: error: 'expected_throughput' needs 'rate' (items that arrive in a"
              " second)\n");
}

static void test_an_argument_given_twice_is_an_error(void **state)
{
    (void)state;
    complains("@exec_time(5, local_time_thr=6)\n" MAIN,
              "main.py:1:15: error: 'local_time_thr' of 'exec_time' is given twice (keep one of"
              " them)\n");
    says("@exec_time(local_time_thr=6, 7)\n" MAIN,
         "{" C ", \"exec_time\": {\"local_time_thr\": 6}}\n1:30 python-syntax\n");
}

static void test_the_second_of_two_annotations_names_the_first(void **state)
{
    (void)state;
    complains("@exec_time(5)\n@annotation({'exec_time': {}})\n" MAIN,
              "main.py:2:14: error: 'exec_time' is given twice, first in line 1 (keep one of"
              " them)\n");
}

static void test_constants_are_followed(void **state)
{
    (void)state;
    says("LIMIT: float = 5\n@exec_time(LIMIT)\n" MAIN, FIVE);
    says("A = 2\nB = (A + 3)\nLIMIT = B\n@exec_time(LIMIT)\n" MAIN, FIVE);
    says("A = B = 5\n@exec_time(B)\n" MAIN, FIVE);
    says("A = {'exec_time': {'local_time_thr': 5}, 'component_name': {'name': 'c'}}\n"
         "@annotation(annotation_dict=(A))\n" DEF,
         FIVE);
    says("E = {'local_time_thr': 5}\nN = 'exec' '_time'\n@annotation({N: E})\n" MAIN, FIVE);
    says("P = 'a', 'b'\n@exec_time(global_time_thr=5, prev_components=P)\n" MAIN,
         "{" C ", \"exec_time\": {\"global_time_thr\": 5, \"prev_components\": [\"a\", \"b\"]}}\n");
}

static void test_what_is_no_constant_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *before, *what;
    } rows[] = {
        {"X = 1\nX = 2\n", "'X' is set again in line 2"},
        {"X = 1\nX += 2\n", "'X' is set again in line 2"},
        {"X = 1\nfor X in y: pass\n", "'X' is set again in line 2"},
        {"X = 1\nwith y as X: pass\n", "'X' is set again in line 2"},
        {"X = 1\ndel X\n", "'X' is set again in line 2"},
        {"X = 1\nimport X\n", "'X' is set again in line 2"},
        {"X = 1\nif (X := 2): pass\n", "'X' is set again in line 2"},
        {"X = 1\ndef f():\n    global X\n    X = 2\n", "'X' is set again in line 3"},
        {"if y:\n    X = 1\n", "'X' is set under a condition in line 2"},
        {"try:\n    X = 1\nexcept E:\n    pass\n", "'X' is set under a condition in line 2"},
        {"X, Y = 1, 2\n", "'X' is one of several targets"},
        {"def X(): pass\n", "'X' is a function"},
        {"class X: pass\n", "'X' is a class"},
        {"from y import X\n", "'X' is imported"},
        {"", "'X' is not defined in this file"},
        {"def f():\n    X = 1\n", "'X' is not defined in this file"},
        {"class A:\n    X = 1\n", "'X' is not defined in this file"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        unsigned line = 1;
        for (const char *at = rows[i].before; *at != '\0'; at++)
            line += *at == '\n';
        AIS_FREE char *source = ais_format("%s@exec_time(X)\n" MAIN, rows[i].before);
        AIS_FREE char *expected = ais_format(
            "main.py:%u:12: error: 'local_time_thr' is not known before the program runs:"
            " %s (write a literal, or a constant set once at the top of the file)\n",
            line, rows[i].what);
        complains(source, expected);
    }
    says("@exec_time(X)\n" MAIN "X = 5\n", "{" C ", \"exec_time\": {}}\n1:12 not-static\n");
}

static void test_a_function_of_its_own_may_use_the_name(void **state)
{
    (void)state;
    says("X = 5\ndef f(X):\n    X = 6\n    for X in f: pass\nclass A:\n    X = "
         "7\n@exec_time(X)\n" MAIN,
         FIVE);
}

static void test_a_fault_in_a_constant_stands_where_it_is_and_once(void **state)
{
    (void)state;
    says("X = f(1)\n@exec_time(X, X, ['a'])\n" MAIN,
         "{" C ", \"exec_time\": {\"prev_components\": [\"a\"]}}\n1:5 not-static\n");
    says("X = -1\n@exec_time(X)\n" MAIN,
         "{" C ", \"exec_time\": {\"local_time_thr\": -1}}\n1:5 out-of-range\n");
}

static void test_a_constant_that_doubles_does_not_explode(void **state)
{
    (void)state;
    ais_str source = {0};
    ais_str_add(&source, "A0 = ['a', 'b']\n");
    for (int i = 1; i < 20; i++)
        ais_str_add_format(&source, "A%d = [A%d, A%d]\n", i, i - 1, i - 1);
    ais_str_add(&source, "@exec_time(prev_components=A19)\n" MAIN);
    AIS_FREE char *text = ais_str_take(&source);
    AIS_FREE char *complaints = annotate_complains(AIS_LANGUAGE_PYTHON, text);
    assert_non_null(strstr(complaints, "more than 20000 values"));
}

static void test_deep_nesting_is_a_fault(void **state)
{
    (void)state;
    ais_str source = {0};
    ais_str_add(&source, "@exec_time(prev_components=");
    for (int i = 0; i < 20000; i++)
        ais_str_add_char(&source, '[');
    for (int i = 0; i < 20000; i++)
        ais_str_add_char(&source, ']');
    ais_str_add(&source, ")\n" MAIN);
    AIS_FREE char *text = ais_str_take(&source);
    AIS_FREE char *complaints = annotate_complains(AIS_LANGUAGE_PYTHON, text);
    assert_non_null(strstr(complaints, "nested too deeply"));
}

static void test_all_faults_of_a_file_are_found_at_once(void **state)
{
    (void)state;
    says("@exec_time(-1, f(), ['a', 1, g()])\n@security(1, netShield=True)\n"
         "@device_constraints(ram='1 GiBi', vram=-1, use_gpu_for=['dn'])\n@expected_throughput\n"
         "@component_name(4)\n" DEF,
         "{\"component_name\": {}, \"device_constraints\": {\"use_gpu_for\": [\"dn\"], \"vram\": "
         "-1}, \"exec_time\": {\"local_time_thr\": -1}, \"security\": {}}\n"
         "1:12 out-of-range\n1:16 not-static\n1:30 not-static\n2:11 wrong-type\n"
         "2:14 unknown-argument\n3:25 bad-unit\n3:40 out-of-range\n3:57 not-a-choice\n"
         "4:2 bare-annotation\n5:17 wrong-type\n");
}

static void test_faults_of_syntax_are_named_and_the_rest_is_read(void **state)
{
    (void)state;
    says("@exec_time(5)\n" MAIN "def f(:\n    pass\n", FIVE "5:7 python-syntax\n");
    says("@exec_time(5)\n" MAIN "print 'x'\nexec 'y'\n",
         FIVE "5:1 python-syntax\n6:1 python-syntax\n");
}

static void test_sources_that_are_no_text_are_refused(void **state)
{
    (void)state;
    complains("X = 1\nY = '\xff'\n" MAIN,
              "main.py:2:6: error: the byte 0xff is not UTF-8 (save the file as UTF-8)\n");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    assert_int_equal(
        ais_annotate_parse("main.py", "a = 1\nb\0c", 9, AIS_LANGUAGE_PYTHON, diags, &annotations),
        -1);
    assert_null(annotations);
    assert_string_equal(ais_diags_get(diags, 0)->rule, "python-syntax");
    assert_int_equal(ais_diags_get(diags, 0)->pos.line, 2);
    assert_int_equal(ais_diags_get(diags, 0)->pos.column, 2);
}

static void test_a_source_above_the_limit_is_refused(void **state)
{
    (void)state;
    const size_t length = 4 * 1024 * 1024 + 1;
    AIS_FREE char *text = ais_alloc(length);
    memset(text, ' ', length);
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    assert_int_equal(
        ais_annotate_parse("main.py", text, length, AIS_LANGUAGE_PYTHON, diags, &annotations), -1);
    assert_string_equal(ais_diags_get(diags, 0)->rule, "limit");
}

/* libtree-sitter 0.20.7 corrupts memory when a node has 65,536 children: its issue 2134. */
static void test_more_tokens_than_the_parser_can_count_are_refused(void **state)
{
    (void)state;
    static const char *const pieces[] = {"(", "#\n", "x = (\n", "a ", "\xe2\x82\xac", "1", "a1b2 "};
    for (size_t k = 0; k < AIS_COUNT(pieces); k++) {
        ais_str source = {0};
        ais_str_add(&source, "x = 1\n");
        for (int i = 0; i < 70000; i++)
            ais_str_add(&source, pieces[k]);
        AIS_FREE char *text = ais_str_take(&source);
        AIS_FREE char *complaints = annotate_complains(AIS_LANGUAGE_PYTHON, text);
        AIS_FREE char *c_complaints = annotate_complains(AIS_LANGUAGE_C, text);
        const bool one_word = pieces[k][0] == '1';
        assert_int_equal(strstr(complaints, "more than 60000 words and signs") != NULL, !one_word);
        assert_int_equal(strstr(c_complaints, "more than 60000 words and signs") != NULL,
                         !one_word);
    }
}

static void test_a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    assert_int_equal(
        ais_annotate_read("/nonexistent/main.py", AIS_LANGUAGE_PYTHON, diags, &annotations), -1);
    assert_string_equal(ais_diags_get(diags, 0)->rule, "io");
    assert_string_equal(ais_diags_get(diags, 0)->pos.file, "/nonexistent/main.py");
}

static void test_values_and_annotations_know_where_they_stand(void **state)
{
    (void)state;
    static const char source[] =
        "L = 3\nimport aisprint as ä\n@ä.exec_time(L, '2 min', [\n  'a'])\n" MAIN;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    assert_int_equal(ais_annotate_parse("d/main.py", source, strlen(source), AIS_LANGUAGE_PYTHON,
                                        diags, &annotations),
                     0);
    const ais_annotation_kind kind = AIS_ANNOTATION_EXEC_TIME;
    const ais_pos at = ais_doc_pos(ais_annotations_find(annotations, kind));
    assert_string_equal(at.file, "d/main.py");
    assert_int_equal(at.line, 3);
    assert_int_equal(at.column, 4);
    const ais_pos local =
        ais_doc_pos(ais_annotations_find_argument(annotations, kind, "local_time_thr"));
    assert_int_equal(local.line, 1);
    assert_int_equal(local.column, 5);
    const ais_doc_node *path = ais_annotations_find_argument(annotations, kind, "prev_components");
    assert_int_equal(ais_doc_pos(ais_doc_at(path, 0)).line, 4);
    assert_int_equal(ais_doc_pos(ais_doc_at(path, 0)).column, 3);
    double global = 0;
    assert_true(ais_annotations_get_number(annotations, kind, "global_time_thr", &global));
    assert_true(global == 120.0);
    assert_string_equal(ais_annotations_get_entry(annotations), "main");
    assert_int_equal(ais_annotations_get_entry_pos(annotations).line, 6);
    assert_int_equal(ais_annotations_get_entry_pos(annotations).column, 5);
}

static void test_numbers_come_in_si_units(void **state)
{
    (void)state;
    static const char source[] =
        "@device_constraints(ram=2, vram='512MB')\n"
        "@detect_metric_drift('m', 'f', 'chi-squared', 0.1, '30min', 2, 0)\n" MAIN;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    assert_int_equal(ais_annotate_parse("main.py", source, strlen(source), AIS_LANGUAGE_PYTHON,
                                        diags, &annotations),
                     0);
    double value = 0;
    const ais_annotation_kind device = AIS_ANNOTATION_DEVICE_CONSTRAINTS;
    const ais_annotation_kind drift = AIS_ANNOTATION_DETECT_METRIC_DRIFT;
    assert_true(ais_annotations_get_number(annotations, device, "ram", &value));
    assert_true(value == 2147483648.0);
    assert_true(ais_annotations_get_number(annotations, device, "vram", &value));
    assert_true(value == 536870912.0);
    assert_true(ais_annotations_get_number(annotations, drift, "detection_interval", &value));
    assert_true(value == 1800.0);
    assert_true(ais_annotations_get_number(annotations, drift, "monitoring_period", &value));
    assert_true(value == 7200.0);
    assert_false(ais_annotations_get_number(annotations, drift, "notification_endpoint", &value));
    assert_false(ais_annotations_get_number(annotations, AIS_ANNOTATION_EXEC_TIME, "x", &value));
}

static void test_top_level_functions_are_listed(void **state)
{
    (void)state;
    static const char source[] = "def a():\n    def b(): pass\nasync def c(): pass\nif x:\n"
                                 "    def d(): pass\nclass E:\n    def f(self): pass\n" MAIN;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    assert_int_equal(ais_annotate_parse("main.py", source, strlen(source), AIS_LANGUAGE_PYTHON,
                                        diags, &annotations),
                     0);
    ais_str json = {0};
    ais_doc_write_json(ais_annotations_get_functions(annotations), -1, &json);
    AIS_FREE char *text = ais_str_take(&json);
    assert_string_equal(text, "[\"a\", \"c\", \"d\", \"main\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_annotations_are_found_under_every_import),
        cmocka_unit_test(test_foreign_decorators_are_left_alone),
        cmocka_unit_test(test_a_known_name_of_another_module_is_foreign_and_said_so),
        cmocka_unit_test(test_a_mistyped_annotation_gets_a_proposal),
        cmocka_unit_test(test_an_unknown_argument_gets_a_proposal_and_is_not_missing_too),
        cmocka_unit_test(test_a_missing_argument_is_named_at_its_annotation),
        cmocka_unit_test(test_an_argument_given_twice_is_an_error),
        cmocka_unit_test(test_the_second_of_two_annotations_names_the_first),
        cmocka_unit_test(test_constants_are_followed),
        cmocka_unit_test(test_what_is_no_constant_is_named_with_its_place),
        cmocka_unit_test(test_a_function_of_its_own_may_use_the_name),
        cmocka_unit_test(test_a_fault_in_a_constant_stands_where_it_is_and_once),
        cmocka_unit_test(test_a_constant_that_doubles_does_not_explode),
        cmocka_unit_test(test_deep_nesting_is_a_fault),
        cmocka_unit_test(test_all_faults_of_a_file_are_found_at_once),
        cmocka_unit_test(test_faults_of_syntax_are_named_and_the_rest_is_read),
        cmocka_unit_test(test_sources_that_are_no_text_are_refused),
        cmocka_unit_test(test_a_source_above_the_limit_is_refused),
        cmocka_unit_test(test_more_tokens_than_the_parser_can_count_are_refused),
        cmocka_unit_test(test_a_file_that_is_not_there_is_named),
        cmocka_unit_test(test_values_and_annotations_know_where_they_stand),
        cmocka_unit_test(test_numbers_come_in_si_units),
        cmocka_unit_test(test_top_level_functions_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
