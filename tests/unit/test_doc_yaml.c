/* Reading YAML: what it stands for, and what is said about what is wrong. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "doc/doc.h"

typedef struct row {
    const char *text, *expected;
} row;

/* The document on one line of JSON, or its faults. */
static char *read_text(const char *text, size_t length)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_SCOPED(ais_str) out = {.data = NULL};
    if (ais_doc_parse("f", text, length, AIS_DOC_YAML, diags, &doc) < 0) {
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

static void test_syntax_errors_say_where_and_what_is_right(void **state)
{
    (void)state;
    static const row rows[] = {
        {"a:\n\tb: 1\n", "f:2:1: error: a tab is used to indent: found character that cannot start "
                         "any token (indent with spaces)\n"},
        {"\303\251: [\303\274, x\nb",
         "f:3:1: error: a list in [ ] is not closed, or a comma is missing: did not find expected "
         "',' or ']', while parsing a flow sequence that begins at 1:4 (put ',' between elements "
         "and ']' at the end)\n"},
        {"a: {b: 1\n", "f:2:1: error: a map in { } is not closed, or a comma is missing: did not "
                       "find expected ',' or '}', while parsing a flow mapping that begins at 1:4 "
                       "(put ',' between entries and '}' at the end)\n"},
        {"\303\251: 'x",
         "f:1:6: error: a quote is not closed before the file ends: found unexpected "
         "end of stream, while scanning a quoted scalar that begins at 1:4 (close "
         "it with the quote that opened it)\n"},
        {"a: b: c", "f:1:5: error: a ':' stands where no value can begin: mapping values are not "
                    "allowed in this context (indent like the lines around it, and put a text with "
                    "': ' in it in quotes)\n"},
        {"- a\nb: c", "f:2:1: error: the list must go on with '-' here: did not find expected '-' "
                      "indicator, while parsing a block collection that begins at 1:1 (indent "
                      "elements of one list alike)\n"},
        {"a: @x", "f:1:4: error: a value cannot begin with '@': found character that cannot start "
                  "any token (a text that begins with one of @ ` % needs quotes)\n"},
        {"a: - b",
         "f:1:4: error: a '-' stands where no list can begin: block sequence entries are "
         "not allowed in this context (put the list on lines of its own below its key)\n"},
        {"a: 'x' y",
         "f:1:8: error: a key must stand here: did not find expected key, while parsing "
         "a block mapping that begins at 1:1 (indent keys of one map alike; nothing may "
         "follow a closing quote)\n"},
        {"a: \"\\q\"", "f:1:5: error: no such escape in a text in double quotes: found unknown "
                       "escape character, while parsing a quoted scalar that begins at 1:4 (write "
                       "\\\\ for a backslash, or use single quotes)\n"},
        {"a: &\n",
         "f:1:5: error: a '&' begins no name of an anchor here: did not find expected "
         "alphabetic or numeric character, while scanning an anchor that begins at 1:4 (a "
         "text that begins with '&' needs quotes)\n"},
        {"a: |0\n  x",
         "f:1:5: error: a text cannot be indented by 0: found an indentation indicator "
         "equal to 0, while scanning a block scalar that begins at 1:4 (leave the "
         "digit after '|' or '>' out)\n"},
        {"a: }", "f:1:4: error: a value must stand here: did not find expected node content, while "
                 "parsing a block node (a text that begins with one of [ ] { } , & * ! | > % @ "
                 "needs quotes)\n"},
        {"[a:]", "f:1:3: error: a ':' stands at the end of a text inside [ ] or { }: found "
                 "unexpected ':', while scanning a plain scalar that begins at 1:2 (put a blank "
                 "behind the ':', or the text in quotes)\n"},
        {"%FOO\n---\na", "f:1:5: error: a line beginning with '%' is no known directive: found "
                         "unknown directive name, while scanning a directive that begins at 1:1 (a "
                         "text that begins with '%' needs quotes)\n"},
        {"%YAML 2.0\n---\na", "f:1:1: error: the document asks for a YAML that is not 1.1 or 1.2: "
                              "found incompatible YAML document (leave the %YAML line out)\n"},
        {"a: 1\n...\nb: 2\n",
         "f:3:1: error: something follows the end of the document: did not find "
         "expected <document start> (indent everything of one map or list "
         "alike)\n"},
    };
    check_rows(rows, AIS_COUNT(rows));
}

static void test_what_is_no_tree_is_refused(void **state)
{
    (void)state;
    static const row rows[] = {
        {"a: 1\n---\nb: 2\n",
         "f:2:1: error: a second document begins here (put it into a file of its own)\n"},
        {"a: {{ b }}", "f:1:5: error: a key must be a single value, but this is a map (put it in "
                       "quotes if it is meant as a text)\n"},
        {"- [a, b]: c", "f:1:3: error: a key must be a single value, but this is a list (put it in "
                        "quotes if it is meant as a text)\n"},
        {"a: &x [1]\n*x : 2",
         "f:2:1: error: a key must be a single value, but this alias is a list\n"},
        {"a: *b", "f:1:4: error: the alias '*b' names no anchor (an anchor &name must stand before "
                  "its alias *name)\n"},
        {"x: &a\n- *a", "f:2:3: error: the alias '*a' stands inside what it names\n"},
        {"&a {b: {c: *a}}", "f:1:12: error: the alias '*a' stands inside what it names\n"},
        {"a: !foo 1", "f:1:4: error: the tag '!foo' is not known here (leave the tag out)\n"},
        {"- !!python/object:os.system [ls]",
         "f:1:3: error: the tag '!!python/object:os.system' is not known here (leave the tag "
         "out)\n"},
        {"- !!seq {a: 1}", "f:1:3: error: the tag '!!seq' is not known here (leave the tag out)\n"},
        {"- !!int 1.5", "f:1:3: error: '1.5' is tagged !!int, but is none\n"},
        {"- !!bool 1", "f:1:3: error: '1' is tagged !!bool, but is none\n"},
        {"- <<: 1",
         "f:1:7: error: '<<' merges an integer (must be a map or a list of maps, such as "
         "*defaults)\n"},
        {"<<: [{}, x]",
         "f:1:10: error: '<<' merges a string (must be a map or a list of maps, such "
         "as *defaults)\n"},
    };
    check_rows(rows, AIS_COUNT(rows));
}

static void test_every_duplicate_key_is_reported(void **state)
{
    (void)state;
    static const row rows[] = {
        {"a: 1\nb: {c: 1, c: 2}\na: 2\nb: 3\na: 4\n",
         "f:2:11: error: the key 'c' stands here again (it stands first at 2:5; remove one of "
         "them)\n"
         "f:3:1: error: the key 'a' stands here again (it stands first at 1:1; remove one of "
         "them)\n"
         "f:4:1: error: the key 'b' stands here again (it stands first at 2:1; remove one of "
         "them)\n"
         "f:5:1: error: the key 'a' stands here again (it stands first at 1:1; remove one of "
         "them)\n"},
        {"10: a\n0xA: b\n",
         "f:2:1: error: the key '0xA' stands here again (it stands first at 1:1; "
         "remove one of them)\n"},
        {"yes: a\n'yes': b\ntrue: c\n", "f:3:1: error: the key 'true' stands here again (it stands "
                                        "first at 1:1; remove one of them)\n"},
        {"1: a\n'1': b\n1.0: c\n", "{\"1\": \"a\", \"1\": \"b\", \"1.0\": \"c\"}"},
    };
    check_rows(rows, AIS_COUNT(rows));
}

static void test_bytes_that_are_no_text_are_refused(void **state)
{
    (void)state;
    static const row rows[] = {
        {"a: \"x\"\nb\303\251: \377\n",
         "f:2:5: error: the byte 0xff is no UTF-8 (save it as UTF-8)\n"},
        {"\377\376a", "f:1:1: error: the file is encoded in UTF-16 (save it as UTF-8)\n"},
        {"\376\377a", "f:1:1: error: the file is encoded in UTF-16 (save it as UTF-8)\n"},
        {"a: \001",
         "f:1:4: error: the control character U+0001 stands in the file (a text in double "
         "quotes may hold it as an escape, such as \\0)\n"},
        {"\303\251\302\200",
         "f:1:2: error: the control character U+0080 stands in the file (a text "
         "in double quotes may hold it as an escape, such as \\0)\n"},
        {"\357\277\277", "f:1:1: error: the control character U+FFFF stands in the file (a text in "
                         "double quotes may hold it as an escape, such as \\0)\n"},
        {"\357\273\277a: \302\205", "{\"a\": null}"}, /* a byte order mark is none of the text */
    };
    check_rows(rows, AIS_COUNT(rows));
    AIS_FREE char *found = read_text("a: \0b", 5);
    assert_string_equal(found, "f:1:4: error: the control character U+0000 stands in the file (a "
                               "text in double quotes may hold it as an escape, such as \\0)\n");
}

static void test_scalars_are_those_of_yaml_1_1(void **state)
{
    (void)state;
    static const row rows[] = {
        {"[~, null, Null, nULL, '', \"~\"]", "[null, null, null, \"nULL\", \"\", \"~\"]"},
        {"[yes, No, on, OFF, TRUE, y, tRUE, 'yes']",
         "[true, false, true, false, true, \"y\", \"tRUE\", \"yes\"]"},
        {"[0, -1, +12, 1_000, 0x1F, -0xff, 0b101, 017, 0o17, 08, 0_, 1:30, -1:30:07, 1:60]",
         "[0, -1, 12, 1000, 31, -255, 5, 15, \"0o17\", \"08\", 0, 90, -5407, \"1:60\"]"},
        {"[1.5, .5, -.5, 1e3, 1.0e3, 1.0e+3, 1., 1_0.5, 1:30.5, 1.5.5]",
         "[1.5, 0.5, \"-.5\", \"1e3\", \"1.0e3\", 1000.0, 1.0, 10.5, 90.5, \"1.5.5\"]"},
        {"[9223372036854775807, 9223372036854775808, -9223372036854775808, 0x8000000000000000]",
         "[9223372036854775807, 9.223372036854776e+18, -9223372036854775808, "
         "9.223372036854776e+18]"},
        {"[0b10000000000000000000000000000000000000000000000000000000000000000, "
         "0777777777777777777777, "
         "02000000000000000000000, -99999999999999999999, 99999999999999999:00:00]",
         "[1.8446744073709552e+19, 9223372036854775807, 1.8446744073709552e+19, -1e+20, "
         "3.6e+20]"},
        {"[2020-01-01, 2020-01-01 10:00:00, =, 0b_, 0x_]",
         "[\"2020-01-01\", \"2020-01-01 10:00:00\", \"=\", \"0b_\", \"0x_\"]"},
        {"[!!str 1, !!int '1', !!float 1, !!float 1e5, !!bool 'no', !!null '', ! 1, !!seq [], "
         "!!map "
         "{}]",
         "[\"1\", 1, 1.0, 100000.0, false, null, 1, [], {}]"},
    };
    check_rows(rows, AIS_COUNT(rows));
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    static const char text[] = "[.inf, -.INF, .NaN, 1.0e+400]";
    assert_int_equal(ais_doc_parse("f", text, strlen(text), AIS_DOC_YAML, diags, &doc), 0);
    const ais_doc_node *root = ais_doc_root(doc);
    assert_true(isinf(ais_doc_get_number(ais_doc_at(root, 0))));
    assert_true(ais_doc_get_number(ais_doc_at(root, 1)) < 0);
    assert_true(isnan(ais_doc_get_number(ais_doc_at(root, 2))));
    assert_true(isinf(ais_doc_get_number(ais_doc_at(root, 3))));
    assert_string_equal(ais_doc_get_text(ais_doc_at(root, 1)), "-.INF");
}

static void test_structure_is_read(void **state)
{
    (void)state;
    static const row rows[] = {
        {"", "null"},
        {"# nothing\n", "null"},
        {"---\n...\n", "null"},
        {"a:\n- b\n-\n- - c\n  - d: e\n    f: [g, h,]\n",
         "{\"a\": [\"b\", null, [\"c\", {\"d\": \"e\", \"f\": [\"g\", \"h\"]}]]}"},
        {"a: |\n  x\n   y\n\nb: >-\n  x\n  y\n", "{\"a\": \"x\\n y\\n\", \"b\": \"x y\"}"},
        {"a: 1\r\nb: 2\r\n", "{\"a\": 1, \"b\": 2}"},
        {"? a\n? b\n: c", "{\"a\": null, \"b\": \"c\"}"},
        {"1: a\n~: b\nno: c\n1.5: d",
         "{\"1\": \"a\", \"null\": \"b\", \"false\": \"c\", \"1.5\": \"d\"}"},
        {"a: \"\\0\\x41\\u00e9\\U0001F600\"", "{\"a\": \"\\u0000A\303\251\360\237\230\200\"}"},
        {"%YAML 1.2\n---\na", "\"a\""},
    };
    check_rows(rows, AIS_COUNT(rows));
}

static void test_aliases_and_merges_become_copies(void **state)
{
    (void)state;
    static const row rows[] = {
        {"a: &x {p: 1}\nb: *x\nc: &y 2\nd: [*y, *y]",
         "{\"a\": {\"p\": 1}, \"b\": {\"p\": 1}, \"c\": 2, \"d\": [2, 2]}"},
        {"&k a: 1\nb: *k", "{\"a\": 1, \"b\": \"a\"}"},
        {"a: &x 1\nb: &x 2\nc: *x", "{\"a\": 1, \"b\": 2, \"c\": 2}"},
        /* merged keys first, own values win, as in a Python dict */
        {"a: &x {p: 1, q: 2}\nb: {r: 3, <<: *x, q: 4}",
         "{\"a\": {\"p\": 1, \"q\": 2}, \"b\": {\"p\": 1, \"q\": 4, \"r\": 3}}"},
        {"a: &x {p: 1}\nb: &y {p: 2, q: 3}\nc: {<<: [*x, *y]}",
         "{\"a\": {\"p\": 1}, \"b\": {\"p\": 2, \"q\": 3}, \"c\": {\"p\": 1, \"q\": 3}}"},
        {"a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nc: {<<: *y}",
         "{\"a\": {\"p\": 1}, \"b\": {\"p\": 1, \"q\": 2}, \"c\": {\"p\": 1, \"q\": 2}}"},
        {"'<<': {p: 1}\na: <<", "{\"<<\": {\"p\": 1}, \"a\": \"<<\"}"},
        {"a: {<<: {}}", "{\"a\": {}}"},
    };
    check_rows(rows, AIS_COUNT(rows));
}

static void test_every_node_knows_where_it_stands(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = NULL;
    static const char text[] = "\303\251:\n  - x: &n 1\n    \"y\": [2, *n]\n";
    static const struct {
        const char *path;
        unsigned line, column;
    } rows[] = {
        {.path = "", .line = 1, .column = 1},
        {.path = "\303\251", .line = 2, .column = 3},
        {.path = "\303\251[0]", .line = 2, .column = 5},
        {.path = "\303\251[0].x", .line = 2, .column = 8},
        {.path = "\303\251[0].y", .line = 3, .column = 10},
        {.path = "\303\251[0].y[0]", .line = 3, .column = 11},
        {.path = "\303\251[0].y[1]",
         .line = 2,
         .column = 8}, /* at its anchor: to be mended there */
    };
    assert_int_equal(ais_doc_parse("dir/f", text, strlen(text), AIS_DOC_YAML, diags, &doc), 0);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        const ais_doc_node *node = ais_doc_find_path(ais_doc_root(doc), rows[i].path);
        assert_non_null(node);
        assert_string_equal(ais_doc_pos(node).file, "dir/f");
        assert_int_equal(ais_doc_pos(node).line, rows[i].line);
        assert_int_equal(ais_doc_pos(node).column, rows[i].column);
    }
    const ais_doc_node *key =
        ais_doc_find_key(ais_doc_find_path(ais_doc_root(doc), "\303\251[0]"), "y");
    assert_int_equal(ais_doc_pos(key).line, 3);
    assert_int_equal(ais_doc_pos(key).column, 5);
    assert_null(ais_doc_find_path(ais_doc_root(doc), "\303\251[1]"));
    assert_null(ais_doc_find_path(ais_doc_root(doc), "\303\251.x.y"));
    assert_null(ais_doc_find_key(key, "z"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntax_errors_say_where_and_what_is_right),
        cmocka_unit_test(test_what_is_no_tree_is_refused),
        cmocka_unit_test(test_every_duplicate_key_is_reported),
        cmocka_unit_test(test_bytes_that_are_no_text_are_refused),
        cmocka_unit_test(test_scalars_are_those_of_yaml_1_1),
        cmocka_unit_test(test_structure_is_read),
        cmocka_unit_test(test_aliases_and_merges_become_copies),
        cmocka_unit_test(test_every_node_knows_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
