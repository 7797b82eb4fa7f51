/* Labels: the CSV file, and what a result says. */
#include "support/unit.h"

#include <string.h>

#include "base/file.h"
#include "design/labels.h"

static char *write_file(const char *folder, const char *text, size_t length)
{
    char *path = ais_path_join(folder, "file");
    ais_error *err = NULL;
    assert_int_equal(ais_file_write(path, text, length, &err), 0);
    return path;
}

static void remove_folder(char *folder)
{
    assert_int_equal(ais_tree_remove(folder, NULL), 0);
    free(folder);
}

static void test_quotes_line_ends_and_other_columns_are_understood(void **state)
{
    (void)state;
    static const char text[] =
        "more,\"item\",label\r\n1,a,cat\r\n2,\"b,\"\"x\"\"\ny\",dog\n\n3,c,\n";
    char *folder = unit_folder();
    AIS_FREE char *path = write_file(folder, text, sizeof text - 1);
    AIS_AUTO(ais_labels) labels = NULL;
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_labels_read(path, &labels, &err), 0);
    assert_int_equal(ais_labels_count(labels), 3);
    assert_string_equal(ais_labels_find(labels, "a"), "cat");
    assert_string_equal(ais_labels_find(labels, "b,\"x\"\ny"), "dog");
    assert_string_equal(ais_labels_find(labels, "c"), "");
    assert_null(ais_labels_find(labels, "d"));
    const ais_label *second = ais_labels_get(labels, 1);
    assert_string_equal(second->item, "b,\"x\"\ny");
    assert_string_equal(second->label, "dog");
    assert_string_equal(second->pos.file, path);
    assert_int_equal(second->pos.line, 4); /* a quoted line feed is behind it */
    assert_int_equal(second->pos.column, 4);
    remove_folder(folder);
}

static void test_what_spreadsheets_add_is_understood(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf\"item\",label\r\na,cat\r\nb,dog\r";
    char *folder = unit_folder();
    AIS_FREE char *path = write_file(folder, text, sizeof text - 1);
    AIS_AUTO(ais_labels) labels = NULL;
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_labels_read(path, &labels, &err), 0);
    assert_string_equal(ais_labels_find(labels, "a"), "cat");
    assert_string_equal(ais_labels_find(labels, "b"), "dog");
    remove_folder(folder);
}

static void test_each_fault_stands_at_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
        unsigned line;
    } rows[] = {
        {.text = "",
         .line = 1,
         .message = "the first line must name the columns 'item' and 'label'"},
        {.text = "item,name\n",
         .line = 1,
         .message = "the first line must name the columns 'item' and 'label'"},
        {.text = "item,label\na,x\nb\n",
         .line = 3,
         .message = "the row has fewer columns than the first line"},
        {.text = "item,label\na,cat,x\n",
         .line = 2,
         .message = "the row has more columns than the first line"},
        {.text = "item,label,label\na,x,y\n",
         .line = 1,
         .message = "the column 'label' is there twice"},
        {.text = "item,label\n\"a\nb\",x\na,\"y\n", .line = 4, .message = "a quote is not closed"},
        {.text = "item,label\na,x\na,x\n",
         .line = 3,
         .message = "the item 'a' has a label already"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        char *folder = unit_folder();
        AIS_FREE char *path = write_file(folder, rows[i].text, strlen(rows[i].text));
        ais_labels *labels = NULL;
        AIS_AUTO(ais_error) err = NULL;
        assert_int_equal(ais_labels_read(path, &labels, &err), -1);
        assert_null(labels);
        assert_string_equal(ais_error_get_message(err), rows[i].message);
        assert_int_equal(ais_error_get_pos(err).line, rows[i].line);
        assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
        remove_folder(folder);
    }
}

static void test_a_result_says_its_label(void **state)
{
    (void)state;
    static const struct {
        const char *text, *label; /* NULL: none */
    } rows[] = {{.text = "{\"label\": \"cat\", \"score\": 1}", .label = "cat"},
                {.text = " {\"label\": 3}\n", .label = "3"},
                {.text = "cat\n", .label = "cat"},
                {.text = "two words \r\n", .label = "two words "},
                {.text = "{\"name\": \"cat\"}", .label = NULL},
                {.text = "{\"label\": [1]}", .label = NULL},
                {.text = "{\"label\": ", .label = NULL},
                {.text = "two\nlines\n", .label = NULL},
                {.text = "", .label = NULL}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        char *folder = unit_folder();
        AIS_FREE char *path = write_file(folder, rows[i].text, strlen(rows[i].text));
        AIS_FREE char *label = ais_labels_read_result(path);
        if (rows[i].label == NULL)
            assert_null(label);
        else
            assert_string_equal(label, rows[i].label);
        remove_folder(folder);
    }
    assert_null(ais_labels_read_result("/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes_line_ends_and_other_columns_are_understood),
        cmocka_unit_test(test_what_spreadsheets_add_is_understood),
        cmocka_unit_test(test_each_fault_stands_at_its_line),
        cmocka_unit_test(test_a_result_says_its_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
