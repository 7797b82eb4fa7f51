/* Annotations of C: where they may stand, how values are followed, the entry's signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aisprint/annotations.h"
#include "support/annotate_says.h"

/* The macros are true static assertions: they stand at file scope and do nothing. */
AIS_COMPONENT_NAME(name = "itself");
AIS_EXEC_TIME(local_time_thr = 5, prev_components = ("a", "b"));
AIS_EXPECTED_THROUGHPUT(nobody_defines_this + 1);
AIS_PARTITIONABLE_MODEL("a.onnx", 1);
AIS_DEVICE_CONSTRAINTS(use_gpu_for = {"dnn", "pre"});
AIS_EARLY_EXITS_MODEL("a", "b", (0.5));
AIS_MODEL_PERFORMANCE();
AIS_DETECT_METRIC_DRIFT("a", ("b", ("c")));
AIS_SECURITY(true);

#define NAME "AIS_COMPONENT_NAME(\"c\");\n"
#define ENTRY "int run(const ais_component_call *call, ais_error **err)\n{\n    return 0;\n}\n"
#define END NAME ENTRY
#define C "\"component_name\": {\"name\": \"c\"}"

static void says(const char *source, const char *expected)
{
    AIS_FREE char *text = annotate_says(AIS_LANGUAGE_C, source);
    assert_string_equal(text, expected);
}

static void complains(const char *source, const char *expected)
{
    AIS_FREE char *text = annotate_complains(AIS_LANGUAGE_C, source);
    assert_string_equal(text, expected);
}

/* `value` of a limit, with `before` above it. */
static void limit_is(const char *before, const char *value, const char *expected)
{
    AIS_FREE char *source = ais_format("%sAIS_EXEC_TIME(%s);\n" END, before, value);
    AIS_FREE char *json =
        ais_format("{" C ", \"exec_time\": {\"local_time_thr\": %s}}\n", expected);
    says(source, json);
}

static void path_is(const char *value, const char *expected)
{
    AIS_FREE char *source =
        ais_format("AIS_EXEC_TIME(global_time_thr = 9, prev_components = %s);\n" END, value);
    AIS_FREE char *json = ais_format(
        "{" C ", \"exec_time\": {\"global_time_thr\": 9, \"prev_components\": %s}}\n", expected);
    says(source, json);
}

static void test_arguments_come_by_name_and_by_place(void **state)
{
    (void)state;
    says("AIS_EXEC_TIME(2, global_time_thr = 5, prev_components = (\"a\", \"b\"),);\n" END,
         "{" C ", \"exec_time\": {\"global_time_thr\": 5, \"local_time_thr\": 2, "
         "\"prev_components\": [\"a\", \"b\"]}}\n");
    says("AIS_EXEC_TIME();AIS_SECURITY(true, false, NULL);\n" END,
         "{" C ", \"exec_time\": {}, \"security\": {\"filesystemShield\": null, "
         "\"networkShield\": false, \"trustedExecution\": true}}\n");
}

static void test_numbers_are_read_as_c_reads_them(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"5", "5"},
        {"0x1F", "31"},
        {"010", "8"},
        {"0b101", "5"},
        {"5u", "5"},
        {"5UL", "5"},
        {"5.5f", "5.5"},
        {".5", "0.5"},
        {"1e3", "1000.0"},
        {"0x1p4", "16.0"},
        {"1'000", "1000"},
        {"+5", "5"},
        {"- -5", "5"},
        {"7 / 2", "3"},
        {"7. / 2", "3.5"},
        {"7 % 4", "3"},
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"10 - 2 - 3", "5"},
        {"\"20ms\"", "0.02"},
        {"\"1.5 \" \"min\"", "90"},
        {"1 /* one */ + 1", "2"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        limit_is("", rows[i][0], rows[i][1]);
}

static void test_constants_are_followed(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"#define X 5\n", "X", "5"},
        {"#define X 2 /* two */\n#define Y (X + 1)\n", "Y * 2", "6"},
        {"#define X 1 + 2\n", "X", "3"},
        {"#define X \\\n  5\n", "X", "5"},
        {"static const double X = 2.5;\n", "X", "2.5"},
        {"const int X = 2, Y = 3;\n", "Y", "3"},
        {"enum { A = 3, B, X };\n", "X", "5"},
        {"enum e { X = 1 << 2, Y = 6 };\n", "Y", "6"},
        {"typedef enum { X = 6 } e;\n", "X", "6"},
        {"enum { A, B };\nenum { X = B };\n", "X", "1"},
        {"#define X \"20\"\n", "X \"ms\"", "0.02"},
        {"#define U \"ms\"\n#define X \"2\" \"0\" U\n", "X", "0.02"},
        {"static const char X[] = \"20s\";\n", "X", "20"},
        {"static const char *const X = \"2s\";\n", "X", "2"},
        {"extern \"C\" {\n#define X 5\n", "X", "5"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        limit_is(rows[i][0], rows[i][1], rows[i][2]);
    says("#define N \"c\"\nAIS_COMPONENT_NAME(N);\n" ENTRY, "{" C "}\n");
}

static void test_what_is_no_constant_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *before, *what;
    } rows[] = {
        {"#define X 1\n#define X 2\n", "'X' is defined again in line 2"},
        {"#define X 1\n#undef X\n", "'X' is defined again in line 2"},
        {"#ifdef Y\n#define X 1\n#endif\n", "'X' is defined under a condition in line 2"},
        {"#define X(a) 1\n", "'X' is a macro with arguments"},
        {"#define X\n", "'X' is a macro without a value"},
        {"int X = 1;\n", "'X' is a variable that may change (const would fix it)"},
        {"const char *X = \"1s\";\n", "'X' is a variable that may change (const would fix it)"},
        {"", "'X' is not defined in this file"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        unsigned line = 1;
        for (const char *at = rows[i].before; *at != '\0'; at++)
            line += *at == '\n';
        AIS_FREE char *source = ais_format("%sAIS_EXEC_TIME(X);\n" END, rows[i].before);
        AIS_FREE char *expected =
            ais_format("x.c:%u:15: error: 'local_time_thr' is not known before the program runs: %s"
                       " (write a literal, or a constant of this file)\n",
                       line, rows[i].what);
        complains(source, expected);
    }
}

static void test_a_macro_without_parentheses_is_not_computed_with(void **state)
{
    (void)state;
    complains("#define X 1 + 2\nAIS_EXEC_TIME(X * 2);\n" END,
              "x.c:2:15: error: 'local_time_thr' computes with a macro that has no parentheses (put"
              " parentheses around the value in its #define)\n");
}

static void test_lists_stand_in_parentheses_or_braces(void **state)
{
    (void)state;
    path_is("(\"a\", \"b\")", "[\"a\", \"b\"]");
    path_is("{\"a\", \"b\"}", "[\"a\", \"b\"]");
    path_is("(\"a\")", "[\"a\"]");
    path_is("{\"a\"}", "[\"a\"]");
    path_is("(\"a\",)", "[\"a\"]");
    path_is("(\"a\" \"b\", \"c,)\")", "[\"ab\", \"c,)\"]");
    says("AIS_EXEC_TIME(prev_components = \"a\");\n" END,
         "{" C ", \"exec_time\": {}}\n1:33 wrong-type\n");
    says("AIS_DETECT_METRIC_DRIFT((\"a\", \"b\"), ((\"x\", \"y\"), \"z\"), \"chi-squared\", "
         "((0.1, 0.2), 0.3), 1, \"2 d\", 3);\n" END,
         "{" C ", \"detect_metric_drift\": {\"data_collection_period\": 3, "
         "\"detection_interval\": 1, \"field\": [[\"x\", \"y\"], \"z\"], \"metric\": [\"a\", "
         "\"b\"], \"monitoring_period\": 48, \"statistical_test\": \"chi-squared\", "
         "\"test_threshold\": [[0.1, 0.2], 0.3]}}\n");
}

static void test_strings_are_read_as_c_reads_them(void **state)
{
    (void)state;
    path_is("(\"\\x41\\102\\tä\\\\\\\"\", u8\"b\")", "[\"AB\\tä\\\\\\\"\", \"b\"]");
    says("AIS_EXEC_TIME(prev_components = (L\"a\"));\n" END,
         "{" C ", \"exec_time\": {}}\n1:34 wrong-type\n");
    says("AIS_EXEC_TIME(prev_components = (\"\\xe4\"));\n" END,
         "{" C ", \"exec_time\": {}}\n1:35 wrong-type\n");
    says("AIS_EXEC_TIME('a');\n" END, "{" C ", \"exec_time\": {}}\n1:15 wrong-type\n");
}

static void test_broken_values_are_named_one_by_one(void **state)
{
    (void)state;
    says(
        "AIS_EXEC_TIME(f(1, 2), 1 < 2, (\"a\" 1));\nAIS_DEVICE_CONSTRAINTS(1 / 0, 99999999999999999"
        "999, (,));\nAIS_EXPECTED_THROUGHPUT(rate = );\n" END,
        "{" C ", \"device_constraints\": {}, \"exec_time\": {}, \"expected_throughput\": {}}\n"
        "1:15 not-static\n1:26 not-static\n1:36 c-syntax\n"
        "2:26 bad-number\n2:31 bad-number\n2:54 c-syntax\n3:32 c-syntax\n");
}

static void test_the_entry_must_have_the_right_signature(void **state)
{
    (void)state;
    static const char *const right[] = {
        "int run(const ais_component_call *call, ais_error **err) { return 0; }",
        "int run(const ais_component_call*, ais_error**) { return 0; }",
        "int run(ais_component_call const *call, ais_error *err[]) { return 0; }",
        "extern int\nrun(const struct ais_component_call *const call, struct ais_error **err) {}",
        "AIS_PUBLIC int run(const ais_component_call *call, ais_error **err) { return 0; }",
        "__attribute__((visibility(\"default\"))) int run(const ais_component_call *call,\n"
        "    ais_error **err) { return 0; }",
        "int run(const ais_component_call *c, ais_error **e) __attribute__((cold));\n"
        "int run(const ais_component_call *c, ais_error **e) { return 0; }",
    };
    for (size_t i = 0; i < AIS_COUNT(right); i++) {
        AIS_FREE char *source = ais_format(NAME "%s\n", right[i]);
        says(source, "{" C "}\n");
    }
    static const char *const wrong[] = {
        "int run(ais_component_call *call, ais_error **err) { return 0; }",
        "int run(const ais_component_call *call, ais_error *err) { return 0; }",
        "int run(const ais_component_call call, ais_error **err) { return 0; }",
        "int run(const ais_component_call *call) { return 0; }",
        "int run(ais_error **err, const ais_component_call *call) { return 0; }",
        "int run(const ais_component_call *call, ais_error **err, int x) { return 0; }",
        "int run(const ais_component_call *call, ais_error **err, ...) { return 0; }",
        "int run(void) { return 0; }",
        "int run() { return 0; }",
    };
    for (size_t i = 0; i < AIS_COUNT(wrong); i++) {
        AIS_FREE char *source = ais_format(NAME "%s\n", wrong[i]);
        says(source, "{" C "}\n2:5 wrong-signature\n");
    }
    complains(NAME "void run(const ais_component_call *call, ais_error **err) {}\n",
              "x.c:2:6: error: 'run' is no entry: void run(const ais_component_call *call,..."
              " (must be int run(const ais_component_call *call, ais_error **err))\n");
    complains(NAME "static " ENTRY,
              "x.c:2:12: error: 'run' is static: it could not be called from outside (must be int"
              " run(const ais_component_call *call, ais_error **err))\n");
}

static void test_the_entry_is_the_next_function_below(void **state)
{
    (void)state;
    static const char source[] =
        "static int first(void) { return 0; }\n" NAME
        "static const int x = 5;\nint later(void);\n" ENTRY "int second(void) { return 0; }\n";
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_annotations) annotations = NULL;
    assert_int_equal(
        ais_annotate_parse("x.c", source, strlen(source), AIS_LANGUAGE_C, diags, &annotations), 0);
    assert_string_equal(ais_annotations_get_entry(annotations), "run");
    assert_int_equal(ais_annotations_get_entry_pos(annotations).line, 5);
    assert_int_equal(ais_annotations_get_entry_pos(annotations).column, 5);
    ais_str json = {0};
    ais_doc_write_json(ais_annotations_get_functions(annotations), -1, &json);
    AIS_FREE char *text = ais_str_take(&json);
    assert_string_equal(text, "[\"first\", \"run\", \"second\"]");
}

static void test_misplaced_annotations_are_errors(void **state)
{
    (void)state;
    says(END "AIS_SECURITY(true);\nint other(void) { return 0; }\n",
         "{" C ", \"security\": {\"trustedExecution\": true}}\n6:1 misplaced-annotation\n");
    says(NAME
         "int run(const ais_component_call *call, ais_error **err)\n{\n    AIS_SECURITY(1);\n}\n",
         "{" C "}\n4:5 misplaced-annotation\n");
    says("#ifdef X\nAIS_SECURITY(true);\n#endif\n" END, "{" C "}\n2:1 not-static\n");
    says(NAME, "{" C "}\n1:1 no-entry\n");
    says(ENTRY, "{}\n0:0 no-entry\n");
    says("", "{}\n0:0 no-entry\n");
}

static void test_comments_strings_and_dead_code_hold_no_annotations(void **state)
{
    (void)state;
    says("/* AIS_SECURITY(x); */\n// AIS_SECURITY(x); \\\n AIS_SECURITY(x);\n"
         "static const char *s = \"AIS_SECURITY(x);\";\n#if 0\nAIS_SECURITY(x);\nint f( {\n#endif\n"
         "#define M AIS_SECURITY(x);\nAIS_PRINTF(1, 2);\n" END,
         "{" C "}\n");
}

static void test_faults_of_form_are_named(void **state)
{
    (void)state;
    complains("AIS_SECURITY(true)\n" END, "x.c:1:19: error: a semicolon is missing behind the"
                                          " annotation (write ;)\n");
    complains("AIS_SECURITY;\n" END, "x.c:1:1: error: 'AIS_SECURITY' has no parentheses (write"
                                     " AIS_SECURITY(...);)\n");
    complains("AIS_SECURTY(true);\n" END, "x.c:1:1: error: 'AIS_SECURTY' is no annotation (did you"
                                          " mean 'AIS_SECURITY'?)\n");
    complains("AIS_SECURITY(true;\n" END, "x.c:1:13: error: the parenthesis is never closed\n");
    complains("AIS_SECURITY(confRest = true, false);\n" END,
              "x.c:1:31: error: an argument without a name follows one with a name (write its name"
              " too)\n");
    says(END "/* open\n", "{" C "}\n6:1 c-syntax\n");
    says("AIS_SECURITY(true);\nAIS_SECURITY(true);\n" END,
         "{" C ", \"security\": {\"trustedExecution\": true}}\n2:1 duplicate-annotation\n");
}

static void test_the_rules_are_those_of_python(void **state)
{
    (void)state;
    says("AIS_EARLY_EXITS_MODEL(\"a.onnx\", \"sur\", (0.5, 2));\nint sure(int x) { return x; }\n",
         "{\"early_exits_model\": {\"condition_function\": \"sur\", \"onnx_file\": \"a.onnx\", "
         "\"transition_probabilities\": [0.5, 2]}}\n"
         "1:33 unknown-function\n1:46 out-of-range\n2:5 wrong-signature\n2:5 missing-annotation\n");
}

static void test_deep_nesting_is_a_fault(void **state)
{
    (void)state;
    ais_str source = {0};
    ais_str_add(&source, "AIS_EXEC_TIME(prev_components = ");
    for (int i = 0; i < 20000; i++)
        ais_str_add_char(&source, '(');
    for (int i = 0; i < 20000; i++)
        ais_str_add_char(&source, ')');
    ais_str_add(&source, ");\n" END);
    AIS_FREE char *text = ais_str_take(&source);
    AIS_FREE char *complaints = annotate_complains(AIS_LANGUAGE_C, text);
    assert_non_null(strstr(complaints, "nested too deeply"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments_come_by_name_and_by_place),
        cmocka_unit_test(test_numbers_are_read_as_c_reads_them),
        cmocka_unit_test(test_constants_are_followed),
        cmocka_unit_test(test_what_is_no_constant_is_named_with_its_place),
        cmocka_unit_test(test_a_macro_without_parentheses_is_not_computed_with),
        cmocka_unit_test(test_lists_stand_in_parentheses_or_braces),
        cmocka_unit_test(test_strings_are_read_as_c_reads_them),
        cmocka_unit_test(test_broken_values_are_named_one_by_one),
        cmocka_unit_test(test_the_entry_must_have_the_right_signature),
        cmocka_unit_test(test_the_entry_is_the_next_function_below),
        cmocka_unit_test(test_misplaced_annotations_are_errors),
        cmocka_unit_test(test_comments_strings_and_dead_code_hold_no_annotations),
        cmocka_unit_test(test_faults_of_form_are_named),
        cmocka_unit_test(test_the_rules_are_those_of_python),
        cmocka_unit_test(test_deep_nesting_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
