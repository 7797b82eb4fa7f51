/* Reading and writing JSON. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "doc/doc.h"

typedef struct row {
    const char *text, *expected;
} row;

static char *read_text(const char *text, size_t length)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_SCOPED(ais_str) out = {.data = NULL};
    if (ais_doc_parse("f", text, length, AIS_DOC_JSON, diags, &doc) < 0) {
        assert_null(doc);
        return unit_faults(diags);
    }
    assert_int_equal(ais_diags_count(diags), 0);
    ais_doc_write_json(ais_doc_root(doc), -1, &out);
    return ais_str_take(&out);
}

static void check_rows(const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AIS_FREE char *found = read_text(rows[i].text, strlen(rows[i].text));
        assert_string_equal(found, rows[i].expected);
    }
}

static const char a_value[] = "a value is a string in double quotes, a number, true, false, null, "
                              "[...] or {...}";

static void test_faults_say_where_and_what_is_right(void **state)
{
    (void)state;
    static const row rows[] = {
        {"", "f:1:1: error: the file is empty ({} is an empty map)\n"},
        {" \n", "f:1:1: error: the file is empty ({} is an empty map)\n"},
        {"[1,\n  2\n  3]", "f:3:3: error: '3' stands where ',' or ']' must be\n"},
        {"{\"a\": 1", "f:1:8: error: the end of the file stands where ',' or '}' must be (the "
                      "document is cut off)\n"},
        {"[1,]",
         "f:1:4: error: ']' stands where another entry must be (leave the last comma out)\n"},
        {"{\"\303\251\": 1,}",
         "f:1:9: error: '}' stands where another entry must be (leave the last comma out)\n"},
        {"{a: 1}", "f:1:2: error: 'a' stands where a key must be (keys are strings in double "
                   "quotes)\n"},
        {"{\"a\" 1}",
         "f:1:6: error: '1' stands where ':' must be (between key and value stands ':')\n"},
        {"['a']", "f:1:2: error: ''' stands where a value must be (strings take double quotes)\n"},
        {"[NaN]", "f:1:2: error: 'NaN' stands where a value must be (JSON has no NaN and no "
                  "Infinity; null may do)\n"},
        {"[-Infinity]", "f:1:2: error: '-' stands where a value must be (JSON has no NaN and no "
                        "Infinity; null may do)\n"},
        {"// x\n1", "f:1:1: error: '/' stands where a value must be (JSON has no comments)\n"},
        {"1 2", "f:1:3: error: '2' stands where the end of the file must be (a file holds one "
                "value)\n"},
        {"\303\251",
         "f:1:1: error: '\303\251' stands where a value must be (a value is a string in "
         "double quotes, a number, true, false, null, [...] or {...})\n"},
        {"[\v]",
         "f:1:2: error: the control character 0x0b stands where a value must be (a value is "
         "a string in double quotes, a number, true, false, null, [...] or {...})\n"},
        {"[-]", "f:1:2: error: a '-' without digits\n"},
        {"[01]", "f:1:2: error: a number begins with 0 (leave the zeros out)\n"},
        {"[1.]", "f:1:2: error: a number ends without digits (write 1.0 or 1e5)\n"},
        {"[1e+]", "f:1:2: error: a number ends without digits (write 1.0 or 1e5)\n"},
        {"[1e999]", "f:1:2: error: the number is too large (the largest is about 1.8e308)\n"},
        {"[\"\303\251",
         "f:1:2: error: the string that begins here is not closed (the document is cut "
         "off)\n"},
        {"\"\303\251\\x\"",
         "f:1:3: error: a backslash that begins no escape (write \\\\ for a backslash)\n"},
        {"\"\\u12g4\"",
         "f:1:2: error: \\u without hexadecimal digits (\\u takes four, as in \\u00e9)\n"},
        {"\"\\ud83d!\"",
         "f:1:2: error: \\ud83d is half a character (characters beyond U+FFFF are a "
         "pair, \\ud83d\\ude00)\n"},
        {"\"\\ude00\"", "f:1:2: error: \\ude00 is half a character (characters beyond U+FFFF are a "
                        "pair, \\ud83d\\ude00)\n"},
        {"\"a\nb\"", "f:1:3: error: a string goes on beyond its line (close the quote, or write "
                     "\\n)\n"},
        {"\"\t\"", "f:1:2: error: a control character stands in a string (write it as \\u00XX)\n"},
        {"[1, \"\377\"]", "f:1:6: error: the byte 0xff is no UTF-8 (save it as UTF-8)\n"},
        {"\377\376[", "f:1:1: error: the file is encoded in UTF-16 (save it as UTF-8)\n"},
    };
    check_rows(rows, AIS_COUNT(rows));
    AIS_FREE char *found = read_text("[tru]", 5);
    AIS_FREE char *expected =
        ais_format("f:1:2: error: 'tru' stands where a value must be (%s)\n", a_value);
    assert_string_equal(found, expected);
    AIS_FREE char *nul = read_text("[\0]", 3);
    AIS_FREE char *nul_expected =
        ais_format("f:1:2: error: the control character 0x00 stands where "
                   "a value must be (%s)\n",
                   a_value);
    assert_string_equal(nul, nul_expected);
}

static void test_every_duplicate_key_is_reported(void **state)
{
    (void)state;
    static const row rows[] = {
        {"{\"a\": 1,\n \"b\": {\"c\": 1, \"\\u0063\": 2},\n \"a\": 3}",
         "f:2:16: error: the key 'c' stands here again (it stands first at 2:8; remove one of "
         "them)\n"
         "f:3:2: error: the key 'a' stands here again (it stands first at 1:2; remove one of "
         "them)\n"},
    };
    check_rows(rows, AIS_COUNT(rows));
}

static void test_values_are_read(void **state)
{
    (void)state;
    static const row rows[] = {
        {" [ 1 , -0 , 2.50, 1E2, -1e-7, 12345678901234567890 ] ",
         "[1, 0, 2.5, 100.0, -1e-07, 1.2345678901234567e+19]"},
        {"[true,false,null,{},[],\"\"]", "[true, false, null, {}, [], \"\"]"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\\u0000\"",
         "\"\\\"\\\\/\\b\\f\\n\\r\\t\303\251\360\237\230\200\\u0000\""},
        {"\357\273\277{\"a\":\r\n\t1}", "{\"a\": 1}"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"-9223372036854775809", "-9.223372036854776e+18"},
    };
    check_rows(rows, AIS_COUNT(rows));
}

static void test_every_node_knows_where_it_stands(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    static const char text[] = "{\"\303\251\": [1,\n  {\"x\": null}], \"y\": \"z\"}";
    assert_int_equal(ais_doc_parse("f", text, strlen(text), AIS_DOC_JSON, diags, &doc), 0);
    const ais_doc_node *x = ais_doc_find_path(ais_doc_root(doc), "\303\251[1].x");
    const ais_doc_node *y = ais_doc_find_key(ais_doc_root(doc), "y");
    assert_int_equal(ais_doc_pos(x).line, 2);
    assert_int_equal(ais_doc_pos(x).column, 9);
    assert_int_equal(ais_doc_pos(y).line, 2);
    assert_int_equal(ais_doc_pos(y).column, 17);
}

static void test_json_is_laid_out_as_python_does(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_doc_node *list = ais_doc_new_list(doc);
    ais_doc_append(list, ais_doc_new_int(doc, INT64_MIN));
    ais_doc_append(list, ais_doc_new_float(doc, -0.0));
    ais_doc_append(list, ais_doc_new_float(doc, INFINITY));
    ais_doc_append(list, ais_doc_new_float(doc, NAN));
    ais_doc_append(list, ais_doc_new_bytes(doc, "a\0\177\377z", 5));
    ais_doc_put(map, "list", list);
    ais_doc_put(map, "none", ais_doc_new_list(doc));
    ais_doc_put(map, "nothing", ais_doc_new_map(doc));
    ais_doc_put_node(map, ais_doc_new_bool(doc, true), ais_doc_new_null(doc));
    ais_doc_set_root(doc, map);
    ais_doc_write_json(ais_doc_root(doc), 2, &out);
    assert_string_equal(ais_str_get(&out), "{\n"
                                           "  \"list\": [\n"
                                           "    -9223372036854775808,\n"
                                           "    -0.0,\n"
                                           "    null,\n"
                                           "    null,\n"
                                           "    \"a\\u0000\177\357\277\275z\"\n"
                                           "  ],\n"
                                           "  \"none\": [],\n"
                                           "  \"nothing\": {},\n"
                                           "  \"true\": null\n"
                                           "}");
    ais_str_cut(&out, 0);
    ais_doc_write_json(list, 0, &out);
    assert_true(ais_str_starts(ais_str_get(&out), "[\n-9223372036854775808,\n-0.0,\n"));
}

static void test_floats_are_as_short_as_python_writes_them(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1, "1.0"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {1e-4, "0.0001"},
        {1e-5, "1e-05"},
        {1.5e-5, "1.5e-05"},
        {1e100, "1e+100"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {0x1p-44, "5.684341886080802e-14"}, /* nearest of 16 digits does not read back */
        {0x1p-1007, "7.291122019556398e-304"},
        {-1234.5, "-1234.5"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_SCOPED(ais_str) out = {.data = NULL};
        ais_doc_write_float(rows[i].value, &out);
        assert_string_equal(ais_str_get(&out), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults_say_where_and_what_is_right),
        cmocka_unit_test(test_every_duplicate_key_is_reported),
        cmocka_unit_test(test_values_are_read),
        cmocka_unit_test(test_every_node_knows_where_it_stands),
        cmocka_unit_test(test_json_is_laid_out_as_python_does),
        cmocka_unit_test(test_floats_are_as_short_as_python_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
