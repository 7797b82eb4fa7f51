/* The tree: making, changing, looking, needing, writing. */
#include "support/unit.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "doc/doc.h"

static ais_doc *parse(const char *text)
{
    ais_diags *diags = ais_diags_new();
    ais_doc *doc = NULL;
    if (ais_doc_parse("f", text, strlen(text), AIS_DOC_YAML, diags, &doc) < 0)
        fail_msg("%s", ais_diags_get(diags, 0)->message);
    ais_diags_free(diags);
    return doc;
}

static void assert_error(ais_error **err, const char *expected)
{
    assert_non_null(*err);
    assert_int_equal(ais_error_get_code(*err), AIS_E_INPUT);
    AIS_FREE char *text = unit_error(err);
    assert_string_equal(text, expected);
}

static void test_what_is_needed_and_absent_is_an_error(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = parse("system:\n  components: [a]\n  n: ~\n  b: yes\n  t: text\n");
    const ais_doc_node *root = ais_doc_root(doc);
    const ais_doc_node *system = ais_doc_find(root, "system");
    const ais_doc_node *node = NULL;
    const char *text = NULL;
    double number = 7;
    ais_error *err = NULL;
    assert_int_equal(ais_doc_need(root, "sytem", AIS_DOC_MAP, &node, &err), -1);
    assert_error(&err, "f:1:1: error: 'sytem' is missing (did you mean 'system'?)\n");
    assert_int_equal(ais_doc_need(system, "zzzz", AIS_DOC_MAP, &node, &err), -1);
    assert_error(&err, "f:2:3: error: 'zzzz' is missing\n");
    assert_int_equal(ais_doc_need_number(system, "components", &number, &err), -1);
    assert_error(&err, "f:2:15: error: 'components' is a list (must be a number)\n");
    assert_int_equal(ais_doc_need_number(system, "t", &number, &err), -1);
    assert_error(&err, "f:5:6: error: 't' is a string (must be a number)\n");
    assert_int_equal(ais_doc_need_string(system, "n", &text, &err), -1);
    assert_error(&err, "f:3:6: error: 'n' is empty (must be a string)\n");
    assert_int_equal(
        ais_doc_need(system, "b", AIS_DOC_LIST | AIS_DOC_MAP | AIS_DOC_STRING, &node, &err), -1);
    assert_error(&err, "f:4:6: error: 'b' is true (must be a string, a list or a map)\n");
    assert_int_equal(ais_doc_need(ais_doc_find(system, "t"), "x", AIS_DOC_ANY, &node, &err), -1);
    assert_error(&err, "f:5:6: error: this is a string (must be a map with the key 'x')\n");
    assert_null(node);
    assert_null(text);
    assert_true(number == 7);
    assert_int_equal(ais_doc_need_string(system, "t", &text, &err), 0);
    assert_string_equal(text, "text");
    assert_int_equal(ais_doc_need(system, "b", AIS_DOC_BOOL, &node, &err), 0);
    assert_true(ais_doc_get_bool(node));
}

static void test_numbers_that_yaml_reads_as_strings_are_pointed_out(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = parse("a: 1e-3\nb: -.5\nc: 1e5\nd: 1e999\n");
    double number = 0;
    ais_error *err = NULL;
    assert_int_equal(ais_doc_need_number(ais_doc_root(doc), "a", &number, &err), -1);
    assert_error(&err, "f:1:4: error: 'a' is a string (must be a number; YAML takes 1e-3 for a "
                       "string, write 0.001)\n");
    assert_int_equal(ais_doc_need_number(ais_doc_root(doc), "b", &number, &err), -1);
    assert_error(&err, "f:2:4: error: 'b' is a string (must be a number; YAML takes -.5 for a "
                       "string, write -0.5)\n");
    assert_int_equal(ais_doc_need_number(ais_doc_root(doc), "c", &number, &err), -1);
    assert_error(&err, "f:3:4: error: 'c' is a string (must be a number; YAML takes 1e5 for a "
                       "string, write 100000.0)\n");
    assert_int_equal(ais_doc_need_number(ais_doc_root(doc), "d", &number, &err), -1);
    assert_error(&err, "f:4:4: error: 'd' is a string (must be a number)\n");
}

static void test_a_path_names_the_step_that_is_missing(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = parse("System:\n  components: [a, {b: 1}]\n  x: 1\n");
    const ais_doc_node *root = ais_doc_root(doc), *node = NULL;
    static const struct {
        const char *path, *error;
    } rows[] = {
        {"system.components", "f:1:1: error: 'system' is missing (did you mean 'System'?)\n"},
        {"System.component", "f:2:3: error: 'component' in 'System' is missing (did you mean "
                             "'components'?)\n"},
        {"System.components[2]",
         "f:2:15: error: element [2] of 'System.components' is missing: it has 2 elements\n"},
        {"System.components[1].c.d", "f:2:19: error: 'c' in 'System.components[1]' is missing\n"},
        {"System.x.y", "f:3:6: error: 'System.x' is an integer (must be a map)\n"},
        {"System[0]", "f:2:3: error: 'System' is a map (must be a list)\n"},
        {"System.components[1].b",
         "f:2:23: error: 'System.components[1].b' is an integer (must be a "
         "string)\n"},
        {"[0]", "f:1:1: error: this is a map (must be a list)\n"},
        {"", "f:1:1: error: this is a map (must be a string)\n"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        ais_error *err = NULL;
        assert_int_equal(ais_doc_need_path(root, rows[i].path, AIS_DOC_STRING, &node, &err), -1);
        assert_error(&err, rows[i].error);
        assert_null(node);
    }
    assert_int_equal(ais_doc_need_path(root, "System.components[0]", AIS_DOC_STRING, &node, NULL),
                     0);
    assert_string_equal(ais_doc_get_string(node, NULL), "a");
}

static void test_made_trees_are_changed_and_sorted(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) out = {.data = NULL};
    assert_int_equal(ais_doc_get_kind(ais_doc_root(doc)), AIS_DOC_NULL);
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_node *inner = ais_doc_new_map(doc);
    ais_doc_node *list = ais_doc_new_list(doc);
    ais_doc_put(root, "b", ais_doc_new_int(doc, 1));
    ais_doc_put(root, "a", list);
    ais_doc_put(root, "ab", ais_doc_new_string(doc, "x"));
    ais_doc_put(root, "b", ais_doc_new_bool(doc, false));
    ais_doc_append(list, inner);
    for (int i = 9; i >= 0; i--) {
        const char key[] = {(char)('0' + i), '\0'};
        ais_doc_put(inner, key, ais_doc_new_int(doc, i));
    }
    ais_doc_set_root(doc, root);
    ais_doc_sort(root, false);
    ais_doc_write_json(ais_doc_root(doc), -1, &out);
    assert_string_equal(
        ais_str_get(&out),
        "{\"a\": [{\"9\": 9, \"8\": 8, \"7\": 7, \"6\": 6, \"5\": 5, \"4\": 4, \"3\": 3, "
        "\"2\": 2, \"1\": 1, \"0\": 0}], \"ab\": \"x\", \"b\": false}");
    ais_doc_sort(root, true);
    ais_str_cut(&out, 0);
    ais_doc_write_json(inner, -1, &out);
    assert_true(ais_str_starts(ais_str_get(&out), "{\"0\": 0, \"1\": 1, "));
    assert_null(ais_doc_pos(root).file);
}

static void test_copies_outlive_their_source(void **state)
{
    (void)state;
    ais_doc *source = parse("a: [1, 2.5, x, ~, yes]\nb: {c: \"z\\0z\"}\n");
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *copy = ais_doc_copy(doc, ais_doc_root(source));
    assert_true(ais_doc_equal(copy, ais_doc_root(source)));
    ais_doc_free(source);
    ais_doc_set_root(doc, copy);
    const ais_doc_node *c = ais_doc_find_path(copy, "b.c");
    size_t length = 0;
    assert_memory_equal(ais_doc_get_string(c, &length), "z\0z", 4);
    assert_int_equal(length, 3);
    assert_string_equal(ais_doc_pos(c).file, "f");
    assert_int_equal(ais_doc_pos(c).line, 2);
    assert_int_equal(ais_doc_pos(c).column, 8);
}

static void test_made_nodes_stand_where_they_are_told(void **state)
{
    (void)state;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    char file[] = "from.py";
    ais_doc_set_pos(doc, (ais_pos){.file = file, .line = 3, .column = 4});
    const ais_doc_node *node = ais_doc_new_string(doc, "x");
    memset(file, 'z', sizeof file - 1);
    assert_string_equal(ais_doc_pos(node).file, "from.py");
    assert_int_equal(ais_doc_pos(node).column, 4);
}

static void test_equality_is_of_kind_and_value(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {.a = "{a: 1, b: 2}", .b = "{b: 2, a: 1}", .equal = true},
        {.a = "[1, 2]", .b = "[2, 1]", .equal = false},
        {.a = "1", .b = "1.0", .equal = false},
        {.a = "1", .b = "'1'", .equal = false},
        {.a = "0x10", .b = "16", .equal = true},
        {.a = ".nan", .b = ".NaN", .equal = true}, /* the same document, not the same number */
        {.a = "yes", .b = "true", .equal = true},
        {.a = "~", .b = "", .equal = true},
        {.a = "{}", .b = "[]", .equal = false},
        {.a = "{a: 1}", .b = "{a: 1, b: 1}", .equal = false},
        {.a = "{1: a}", .b = "{'1': a}", .equal = false},
        {.a = "\"a\\0b\"", .b = "\"a\\0c\"", .equal = false},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_doc) a = parse(rows[i].a);
        AIS_AUTO(ais_doc) b = parse(rows[i].b);
        assert_int_equal(ais_doc_equal(ais_doc_root(a), ais_doc_root(b)), rows[i].equal);
    }
}

static void test_yaml_is_written_as_pyyaml_writes_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written;
    } rows[] = {
        {"{a: [], b: {}, c: [1, [2, {d: e}]]}", "a: []\nb: {}\nc:\n- 1\n- - 2\n  - d: e\n"},
        {"[[1, 2], [[]], {a: 1, b: {c: 2}}]", "- - 1\n  - 2\n- - []\n- a: 1\n  b:\n    c: 2\n"},
        {"word", "word\n...\n"},
        {"12", "12\n...\n"},
        {"'12'", "'12'\n"},
        {"''", "''\n"},
        {"[yes, 'yes', 1.0e-6, 1.0e+16, .inf, -.inf, .nan, ~, 2020-01-01]",
         "- true\n- 'yes'\n- 1.0e-06\n- 1.0e+16\n- .inf\n- -.inf\n- .nan\n- null\n- "
         "'2020-01-01'\n"},
        {"[\"it's\", \": \", '- a', '#', 'a #b', 'a: b', \"a\\tb\", ' x', \"two\\nlines\"]",
         "- it's\n- ': '\n- '- a'\n- '#'\n- 'a #b'\n- 'a: b'\n- \"a\\tb\"\n- ' x'\n- 'two\n\n  "
         "lines'\n"},
        {"['2020-01-01 1:02:03.4 +5:30', '2020-1-1T10:00:00Z', '2020-1-1 10:00', 2020-1-1x, '<<', "
         "'=', '0x_']",
         "- '2020-01-01 1:02:03.4 +5:30'\n- '2020-1-1T10:00:00Z'\n- 2020-1-1 10:00\n- "
         "2020-1-1x\n- '<<'\n- '='\n- '0x_'\n"},
        {"\"\\x85\"", "\"\\N\"\n"},
        {"{'': 1, \"a\\nb\": 2, 1: 3, ~: 4}", "? ''\n: 1\n? 'a\n\n  b'\n: 2\n1: 3\nnull: 4\n"},
        {"\303\251: \360\237\230\200", "\303\251: \360\237\230\200\n"},
        {"k: one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
         "fifteen",
         "k: one two three four five six seven eight nine ten eleven twelve thirteen fourteen\n"
         "  fifteen\n"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_doc) doc = parse(rows[i].text);
        AIS_SCOPED(ais_str) out = {.data = NULL};
        ais_doc_write_yaml(ais_doc_root(doc), &out);
        assert_string_equal(ais_str_get(&out), rows[i].written);
    }
}

/* ---- what is written is read again ---- */

static ais_doc_node *random_text(ais_random *random, ais_doc *doc)
{
    static const char *const pieces[] = {"a",
                                         "b",
                                         " ",
                                         " ",
                                         "\n",
                                         "\t",
                                         ":",
                                         ": ",
                                         "#",
                                         " #",
                                         "-",
                                         "- ",
                                         "?",
                                         "'",
                                         "\"",
                                         "\\",
                                         "0",
                                         "1",
                                         ".",
                                         "e",
                                         "+",
                                         "_",
                                         "x",
                                         "~",
                                         "<<",
                                         "yes",
                                         "null",
                                         "=",
                                         "[",
                                         "]",
                                         "{",
                                         "}",
                                         ",",
                                         "&",
                                         "*",
                                         "!",
                                         "|",
                                         ">",
                                         "%",
                                         "@",
                                         "`",
                                         "\r",
                                         "---",
                                         "...",
                                         "\303\251",
                                         "\302\205",
                                         "\342\200\250",
                                         "\360\237\230\200",
                                         "\357\273\277",
                                         "a rather long word that makes lines fold ",
                                         "\001",
                                         "\177"};
    AIS_SCOPED(ais_str) text = {.data = NULL};
    for (uint64_t n = ais_random_below(random, 12); n > 0; n--)
        ais_str_add(&text, pieces[ais_random_below(random, AIS_COUNT(pieces))]);
    return ais_doc_new_bytes(doc, ais_str_get(&text), text.length);
}

static ais_doc_node *random_node(ais_random *random, ais_doc *doc, unsigned depth)
{
    const uint64_t kind = ais_random_below(random, depth > 0 ? 9 : 6);
    double number = 0;
    uint64_t bits = ais_random_next(random);
    memcpy(&number, &bits, sizeof number);
    if (kind == 0)
        return ais_doc_new_null(doc);
    if (kind == 1)
        return ais_doc_new_bool(doc, ais_random_below(random, 2) == 1);
    if (kind == 2)
        return ais_doc_new_int(doc, (int64_t)(bits >> ais_random_below(random, 64)));
    if (kind == 3)
        return ais_doc_new_float(doc, isfinite(number) ? number : 0.5);
    if (kind < 6)
        return random_text(random, doc);
    ais_doc_node *node = kind == 6 ? ais_doc_new_list(doc) : ais_doc_new_map(doc);
    for (uint64_t n = ais_random_below(random, 5); n > 0; n--) {
        ais_doc_node *value = random_node(random, doc, depth - 1);
        const ais_doc_node *key = random_text(random, doc);
        size_t length = 0;
        const char *text = ais_doc_get_string(key, &length);
        if (kind == 6)
            ais_doc_append(node, value);
        else if (strlen(text) == length)
            ais_doc_put(node, text, value);
    }
    return node;
}

static void check_round_trip(const ais_doc_node *root, ais_doc_format format, const ais_str *text)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) again = NULL;
    if (ais_doc_parse("f", ais_str_get(text), text->length, format, diags, &again) < 0)
        fail_msg("%s in\n%s", ais_diags_get(diags, 0)->message, ais_str_get(text));
    if (!ais_doc_equal(root, ais_doc_root(again)))
        fail_msg("another tree:\n%s", ais_str_get(text));
}

static void test_what_is_written_is_read_again_as_the_same_tree(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    for (int i = 0; i < 3000; i++) {
        AIS_AUTO(ais_doc) doc = ais_doc_new();
        AIS_SCOPED(ais_str) yaml = {.data = NULL};
        AIS_SCOPED(ais_str) json = {.data = NULL};
        const ais_doc_node *root = random_node(&random, doc, 5);
        ais_doc_write_yaml(root, &yaml);
        check_round_trip(root, AIS_DOC_YAML, &yaml);
        ais_doc_write_json(root, i % 4 - 1, &json);
        check_round_trip(root, AIS_DOC_JSON, &json);
    }
}

/* ---- promises of our own code ---- */

static void ask_wrongly(int which)
{
    AIS_AUTO(ais_doc) doc = parse("a: [x]");
    AIS_AUTO(ais_doc) other = ais_doc_new();
    const ais_doc_node *root = ais_doc_root(doc);
    ais_doc_node *list = ais_doc_new_list(doc);
    if (which == 0)
        ais_doc_get_int(ais_doc_find_path(root, "a[0]"));
    else if (which == 1)
        ais_doc_at(root, 1);
    else if (which == 2)
        ais_doc_append(list, ais_doc_new_null(other));
    else if (which == 3)
        ais_doc_put(list, "a", ais_doc_new_null(doc));
    else
        ais_doc_find_path(root, "a[x]");
}

static void test_broken_promises_end_the_program(void **state)
{
    (void)state;
    for (int which = 0; which < 5; which++) {
        int status = 0;
        const pid_t pid = fork();
        if (pid == 0) {
            AIS_CLOSE int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
            signal(SIGABRT, SIG_DFL);
            dup2(nowhere, STDERR_FILENO);
            ask_wrongly(which);
            _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

static void test_files_are_written_in_the_format_of_their_name(void **state)
{
    (void)state;
    AIS_FREE char *folder = unit_folder();
    AIS_FREE char *yaml = ais_path_join(folder, "a.yaml");
    AIS_FREE char *json = ais_path_join(folder, "a.json");
    AIS_FREE char *nowhere = ais_path_join(folder, "no/a.json");
    AIS_AUTO(ais_doc) doc = parse("{a: [1]}");
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    assert_int_equal(ais_doc_write(ais_doc_root(doc), yaml, NULL), 0);
    assert_int_equal(ais_doc_write(ais_doc_root(doc), json, NULL), 0);
    assert_int_equal(ais_doc_write(ais_doc_root(doc), nowhere, NULL), -1);
    static const char *const contents[] = {"a:\n- 1\n", "{\n    \"a\": [\n        1\n    ]\n}\n"};
    for (size_t i = 0; i < AIS_COUNT(contents); i++) {
        const char *path = i == 0 ? yaml : json;
        AIS_AUTO(ais_doc) again = NULL;
        AIS_FREE char *text = NULL;
        size_t length = 0;
        assert_int_equal(ais_file_read(path, 1000, &text, &length, NULL), 0);
        assert_string_equal(text, contents[i]);
        assert_int_equal(ais_doc_read(path, diags, &again), 0);
        assert_true(ais_doc_equal(ais_doc_root(doc), ais_doc_root(again)));
        assert_string_equal(ais_doc_pos(ais_doc_root(again)).file, path);
    }
    assert_int_equal(ais_tree_remove(folder, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_needed_and_absent_is_an_error),
        cmocka_unit_test(test_numbers_that_yaml_reads_as_strings_are_pointed_out),
        cmocka_unit_test(test_a_path_names_the_step_that_is_missing),
        cmocka_unit_test(test_made_trees_are_changed_and_sorted),
        cmocka_unit_test(test_copies_outlive_their_source),
        cmocka_unit_test(test_made_nodes_stand_where_they_are_told),
        cmocka_unit_test(test_equality_is_of_kind_and_value),
        cmocka_unit_test(test_yaml_is_written_as_pyyaml_writes_it),
        cmocka_unit_test(test_what_is_written_is_read_again_as_the_same_tree),
        cmocka_unit_test(test_broken_promises_end_the_program),
        cmocka_unit_test(test_files_are_written_in_the_format_of_their_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
