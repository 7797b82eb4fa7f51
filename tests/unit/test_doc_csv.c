/* Tables in text files: what is read, where each cell stands, and each fault. */
#include "support/unit.h"

#include <string.h>

#include "base/file.h"
#include "doc/csv.h"

static void test_cells_are_read_with_their_places(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbfmore,\"item\",label\r\n\r\n1,a,c\xc3\xa9t\r\n"
                               "2,\"b,\"\"x\"\"\ny\",dog\n\n3,,\"\"";
    static const struct {
        const char *text;
        unsigned line, column;
        bool quoted;
    } cells[] = {{"more", 1, 1, false}, {"item", 1, 6, true},       {"label", 1, 13, false},
                 {"1", 3, 1, false},    {"a", 3, 3, false},         {"c\xc3\xa9t", 3, 5, false},
                 {"2", 4, 1, false},    {"b,\"x\"\ny", 4, 3, true}, {"dog", 5, 4, false},
                 {"3", 7, 1, false},    {"", 7, 3, false},          {"", 7, 4, true}};
    AIS_AUTO(ais_csv_reader) reader = ais_csv_reader_new("t.csv", text, sizeof text - 1);
    AIS_AUTO(ais_error) err = NULL;
    ais_csv_row row;
    size_t at = 0;
    while (ais_csv_next(reader, &row, &err) == 1) {
        assert_int_equal(row.count, 3);
        for (size_t i = 0; i < 3; i++, at++) {
            assert_string_equal(row.cells[i].text, cells[at].text);
            assert_int_equal(row.cells[i].length, strlen(cells[at].text));
            assert_int_equal(row.cells[i].pos.line, cells[at].line);
            assert_int_equal(row.cells[i].pos.column, cells[at].column);
            assert_string_equal(row.cells[i].pos.file, "t.csv");
            assert_int_equal(row.cells[i].quoted, cells[at].quoted);
        }
    }
    assert_null(err);
    assert_int_equal(at, AIS_COUNT(cells));
}

static void test_each_fault_stands_at_its_place_and_reading_goes_on(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        const char *message;
        unsigned line, column;
        bool goes_on;
    } rows[] = {
        {"a,\"x\"y\nok\n", 10, "text follows a closing quote", 1, 6, true},
        {"a,x\ry\nok\n", 9, "a carriage return does not end a line", 1, 4, true},
        {"a,\0\nok\n", 7, "a NUL is in the table", 1, 3, true},
        {"\"\na\0\"\nok\n", 9, "a NUL is in the table", 2, 2, true},
        {"a\n\xc3\xa9,\"x\n\ny", 10, "a quote is not closed", 2, 3, false},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_csv_reader) reader = ais_csv_reader_new("t", rows[i].text, rows[i].length);
        AIS_AUTO(ais_error) err = NULL;
        ais_csv_row row;
        int more;
        while ((more = ais_csv_next(reader, &row, &err)) > 0)
            continue;
        assert_int_equal(more, -1);
        assert_string_equal(ais_error_get_message(err), rows[i].message);
        assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
        assert_int_equal(ais_error_get_pos(err).line, rows[i].line);
        assert_int_equal(ais_error_get_pos(err).column, rows[i].column);
        AIS_AUTO(ais_error) none = NULL;
        more = ais_csv_next(reader, &row, &none);
        assert_int_equal(more, rows[i].goes_on);
        if (rows[i].goes_on)
            assert_string_equal(row.cells[0].text, "ok");
    }
}

static void test_a_quote_within_a_plain_cell_stands_for_itself(void **state)
{
    (void)state;
    static const char text[] = "exit1,[\"a\"],5\"\n";
    AIS_AUTO(ais_csv_reader) reader = ais_csv_reader_new("t", text, sizeof text - 1);
    AIS_AUTO(ais_error) err = NULL;
    ais_csv_row row;
    assert_int_equal(ais_csv_next(reader, &row, &err), 1);
    assert_int_equal(row.count, 3);
    assert_string_equal(row.cells[1].text, "[\"a\"]");
    assert_string_equal(row.cells[2].text, "5\"");
}

static void test_limits_hold(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    AIS_AUTO(ais_error) columns = NULL;
    AIS_AUTO(ais_error) cell = NULL;
    ais_csv_row row;
    for (size_t i = 0; i < AIS_CSV_MAX_COLUMNS; i++)
        ais_str_add_char(&text, ',');
    ais_str_add_char(&text, '\n');
    for (size_t i = 0; i < AIS_CSV_MAX_CELL + 1; i++)
        ais_str_add_char(&text, 'x');
    AIS_AUTO(ais_csv_reader) reader = ais_csv_reader_new("t", text.data, text.length);
    assert_int_equal(ais_csv_next(reader, &row, &columns), -1);
    assert_int_equal(ais_error_get_code(columns), AIS_E_LIMIT);
    assert_string_equal(ais_error_get_message(columns), "the row has more than 4096 columns");
    assert_int_equal(ais_error_get_pos(columns).column, AIS_CSV_MAX_COLUMNS + 1);
    assert_int_equal(ais_csv_next(reader, &row, &cell), -1);
    assert_int_equal(ais_error_get_code(cell), AIS_E_LIMIT);
    assert_string_equal(ais_error_get_message(cell),
                        "the cell has 1048577 bytes (must be at most 1048576)");
    assert_int_equal(ais_error_get_pos(cell).line, 2);
    assert_int_equal(ais_csv_next(reader, &row, &cell), 0);
}

static void test_a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_csv_reader *reader = NULL;
    ais_csv *csv = NULL;
    assert_int_equal(ais_csv_open("/nowhere/t.csv", &reader, &err), -1);
    assert_null(reader);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    assert_int_equal(ais_csv_read("/nowhere/t.csv", diags, &csv), -1);
    assert_null(csv);
    assert_string_equal(ais_diags_get(diags, 0)->rule, ais_error_code_name(AIS_E_IO));
}

static ais_csv *parse(const char *text, ais_diags *diags)
{
    ais_csv *csv = NULL;
    const int status = ais_csv_parse("t.csv", text, strlen(text), diags, &csv);
    assert_int_equal(status, csv != NULL ? 0 : -1);
    return csv;
}

static void test_all_faults_of_a_table_are_told_at_once(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    assert_null(parse("a,b\n1\n1,2\n1,2,3\n\"x\"y,2\n\"open\n", diags));
    static const struct {
        const char *message;
        unsigned line, column;
    } faults[] = {{"the row has 1 cell (the header has 2)", 2, 1},
                  {"the row has 3 cells (the header has 2)", 4, 5},
                  {"text follows a closing quote", 5, 4},
                  {"a quote is not closed", 6, 1}};
    assert_int_equal(ais_diags_count(diags), AIS_COUNT(faults));
    for (size_t i = 0; i < AIS_COUNT(faults); i++) {
        const ais_diag *d = ais_diags_get(diags, i);
        assert_string_equal(d->message, faults[i].message);
        assert_string_equal(d->rule, "csv");
        assert_int_equal(d->pos.line, faults[i].line);
        assert_int_equal(d->pos.column, faults[i].column);
        assert_string_equal(d->pos.file, "t.csv");
    }
}

static void test_a_table_needs_a_header(void **state)
{
    (void)state;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    assert_null(parse("\n\r\n", diags));
    assert_string_equal(ais_diags_get(diags, 0)->message,
                        "the table is empty (its first line must name the columns)");
    assert_null(parse("\"a\"b\n1,2\n3\n", diags)); /* and no fault that follows from that one */
    assert_int_equal(ais_diags_count(diags), 2);
}

static void test_columns_are_found_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"class", "weight", "index"};
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_csv) csv = parse("index,more,class,weight\n1,2,3,4\n", diags);
    size_t columns[3];
    assert_non_null(csv);
    assert_int_equal(ais_csv_need_columns(csv, names, 3, diags, columns), 0);
    assert_int_equal(columns[0], 2);
    assert_int_equal(columns[1], 3);
    assert_int_equal(columns[2], 0);
    AIS_AUTO(ais_csv) bad = parse("index,wieght,index\n1,2,3\n", diags);
    assert_non_null(bad);
    assert_int_equal(ais_csv_need_columns(bad, names, 3, diags, columns), -1);
    assert_int_equal(ais_diags_count(diags), 3);
    assert_string_equal(ais_diags_get(diags, 0)->message, "the column 'class' is missing");
    assert_string_equal(ais_diags_get(diags, 1)->message, "the column 'weight' is missing");
    assert_string_equal(ais_diags_get(diags, 1)->hint, "is 'wieght' meant for it?");
    assert_string_equal(ais_diags_get(diags, 2)->message, "the column 'index' is there twice");
    assert_int_equal(ais_diags_get(diags, 2)->pos.column, 14);
}

static void test_cells_are_quoted_where_they_need_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written;
    } rows[] = {{"cat", "cat"},         {"a b", "a b"},       {"a,b", "\"a,b\""},
                {"a\"b", "\"a\"\"b\""}, {"a\nb", "\"a\nb\""}, {"", ""}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_SCOPED(ais_str) out = {.data = NULL};
        ais_csv_write_cell(rows[i].text, &out);
        assert_string_equal(ais_str_get(&out), rows[i].written);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_are_read_with_their_places),
        cmocka_unit_test(test_each_fault_stands_at_its_place_and_reading_goes_on),
        cmocka_unit_test(test_a_quote_within_a_plain_cell_stands_for_itself),
        cmocka_unit_test(test_limits_hold),
        cmocka_unit_test(test_a_file_that_cannot_be_read_is_told),
        cmocka_unit_test(test_all_faults_of_a_table_are_told_at_once),
        cmocka_unit_test(test_a_table_needs_a_header),
        cmocka_unit_test(test_columns_are_found_by_name),
        cmocka_unit_test(test_cells_are_quoted_where_they_need_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
