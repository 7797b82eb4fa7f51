/* Confusion matrices and class names: what is read, what is written, each fault; and the metrics. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "annotate/annotate.h"
#include "base/file.h"
#include "design/confusion.h"
#include "design/metrics.h"
#include "infer/npy.h"

static void write_file(const char *dir, const char *name, const void *data, size_t length)
{
    AIS_FREE char *path = ais_path_join(dir, name);
    ais_error *err = NULL;
    assert_int_equal(ais_file_write(path, data, length, &err), 0);
}

static void write_matrix(const char *dir, const double *values, size_t rows, size_t columns)
{
    AIS_FREE char *path = ais_path_join(dir, AIS_CONFUSION_MATRIX);
    AIS_FREE double *copy = ais_alloc(rows * columns * sizeof *copy);
    ais_error *err = NULL;
    memcpy(copy, values, rows * columns * sizeof *copy);
    const ais_tensor tensor = {.type = AIS_FLOAT64,
                               .rank = 2,
                               .shape = {(int64_t)rows, (int64_t)columns},
                               .data = copy,
                               .bytes = rows * columns * sizeof *copy};
    assert_int_equal(ais_npy_write(&tensor, path, &err), 0);
}

static void write_classes(const char *dir, const char *text)
{
    write_file(dir, AIS_CONFUSION_CLASSES, text, strlen(text));
}

static const double good[] = {0.25, 0.125, 0.125, 0.5};

/* All faults of a folder, one a line, without the folder's name. */
static char *faults_of(const char *dir)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_confusion confusion;
    const int status = ais_confusion_read(dir, arena, diags, &confusion);
    assert_int_equal(status, ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > 0 ? -1 : 0);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *d = ais_diags_get(diags, i);
        assert_true(ais_str_starts(d->pos.file, dir));
        ais_str_add_format(&text, "%s:%u:%u %s: %s\n", d->pos.file + strlen(dir) + 1, d->pos.line,
                           d->pos.column, d->rule, d->message);
    }
    return ais_str_take(&text);
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    static const char *const classes[] = {"cat", "a, \"dog\""};
    static const double joint[] = {30, 10, 20, 40};
    const ais_confusion written = {.count = 2, .classes = classes, .joint = joint, .sum = 100};
    char *dir = unit_folder();
    AIS_FREE char *deep = ais_path_join(dir, "new");
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_error) err = NULL;
    ais_confusion read;
    assert_int_equal(ais_confusion_write(&written, deep, &err), 0);
    assert_int_equal(ais_confusion_read(deep, arena, diags, &read), 0);
    assert_int_equal(read.count, 2);
    assert_true(read.joint[0] == 0.3 && read.joint[1] == 0.1 && read.joint[2] == 0.2);
    assert_true(ais_confusion_row_sum(&read, 0) == 0.4);
    assert_true(ais_confusion_column_sum(&read, 0) == 0.5);
    assert_int_equal(ais_confusion_find(&read, "a, \"dog\""), 1);
    assert_int_equal(ais_confusion_find(&read, "bird"), AIS_CONFUSION_MAX_CLASSES);
    assert_int_equal(ais_confusion_write(&written, "/proc/new", &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    assert_int_equal(ais_tree_remove(dir, NULL), 0);
    free(dir);
}

static void test_indices_tell_the_order(void **state)
{
    (void)state;
    char *dir = unit_folder();
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    ais_confusion read;
    write_matrix(dir, good, 2, 2);
    write_classes(dir, "index,class\n1,b\n0.0,a\n");
    assert_int_equal(ais_confusion_read(dir, arena, diags, &read), 0);
    assert_string_equal(read.classes[0], "a");
    assert_string_equal(read.classes[1], "b");
    assert_int_equal(ais_tree_remove(dir, NULL), 0);
    free(dir);
}

static void test_each_fault_of_a_matrix_is_told(void **state)
{
    (void)state;
    static const struct {
        double values[6];
        size_t rows, columns;
        const char *faults;
    } rows[] = {
        {{0.5, 0.5}, 1, 2, ":0:0 performance-matrix: the matrix is no square (1 x 2)\n"},
        {{0.5, (double)NAN, -0.25, (double)INFINITY},
         2,
         2,
         ":0:0 performance-matrix: at byte 136: the entry in row 0, column 1 is nan\n"
         "confusion_matrix.npy:0:0 performance-matrix: at byte 144: the entry in row 1, column 0 "
         "is "
         "-0.25\n"
         "confusion_matrix.npy:0:0 performance-matrix: at byte 152: the entry in row 1, column 1 "
         "is "
         "inf\n"},
        {{30, 10, 20, 40},
         2,
         2,
         ":0:0 performance-matrix: the sum of the entries is 100 (must be 1)\n"},
        {{0.75, 0.25, 0.5, 0.5},
         2,
         2,
         ":0:0 performance-matrix: the sum of the entries is 2 (must be 1)\n"},
        {{0.25, 0.25, 0.25, 0.2},
         2,
         2,
         ":0:0 performance-matrix: the sum of the entries is 0.95 (must be 1)\n"},
        {{0.75, 0.25, 0, 0},
         2,
         2,
         ":0:0 performance-matrix: row 1 is all zero: there was no item of that class\n"},
        {{0.7499, 0.25, 0.001, 0}, 2, 2, ""}, /* rounded */
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        char *dir = unit_folder();
        write_matrix(dir, rows[i].values, rows[i].rows, rows[i].columns);
        write_classes(dir, "class,index\na,0\nb,1\n");
        AIS_FREE char *faults = faults_of(dir);
        AIS_FREE char *expected = ais_format(
            "%s%s", rows[i].faults[0] != '\0' ? AIS_CONFUSION_MATRIX : "", rows[i].faults);
        assert_string_equal(faults, expected);
        assert_int_equal(ais_tree_remove(dir, NULL), 0);
        free(dir);
    }
}

static void test_the_reason_for_a_wrong_sum_is_guessed(void **state)
{
    (void)state;
    static const struct {
        double values[4];
        const char *hint;
    } rows[] = {
        {{30, 10, 20, 40}, "these are counts: divide them by their sum"},
        {{0.75, 0.25, 0.5, 0.5}, "each row has the sum 1: multiply it by the share of its class"},
        {{0.25, 0.25, 0.25, 0.1},
         "entries are joint probabilities: the share of all items of this true class that is taken "
         "for that class"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        char *dir = unit_folder();
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        ais_confusion read;
        write_matrix(dir, rows[i].values, 2, 2);
        write_classes(dir, "class,index\na,0\nb,1\n");
        assert_int_equal(ais_confusion_read(dir, arena, diags, &read), -1);
        assert_string_equal(ais_diags_get(diags, 0)->hint, rows[i].hint);
        assert_int_equal(ais_tree_remove(dir, NULL), 0);
        free(dir);
    }
}

static void test_each_fault_of_the_classes_stands_at_its_cell(void **state)
{
    (void)state;
#define AT "class_names_dictionary.csv:"
    static const struct {
        const char *text, *faults;
    } rows[] = {
        {"class,index\na,0\n",
         AT "0:0 performance-classes: there are 1 classes, but the matrix has 2 rows\n"},
        {"class,index\n", AT "1:1 performance-classes: there are 0 classes (must be 1 to 2048)\n"},
        {"class,index\na,0\na,1\n", AT "3:1 performance-classes: the class 'a' is there twice\n"},
        {"class,index\n,0\nb\xff,1\n", AT "2:1 performance-classes: a class has no name\n" AT
                                          "3:1 performance-classes: the name of a class is no "
                                          "UTF-8\n"},
        {"class,index\na,1\nb,1\n", AT "3:3 performance-classes: the index 1 is there twice\n"},
        {"class,index\na,2\nb,-1\n",
         AT "2:3 performance-classes: the index '2' is none of 0 to 1\n" AT
            "3:3 performance-classes: the index '-1' is none of 0 to 1\n"},
        {"class,index\na,0.5\nb,0x1\n",
         AT "2:3 performance-classes: the index '0.5' is none of 0 to 1\n" AT
            "3:3 performance-classes: the index '0x1' is none of 0 to 1\n"},
        {"name,index\na,0\n", AT "1:1 csv: the column 'class' is missing\n"},
    };
#undef AT
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        char *dir = unit_folder();
        write_matrix(dir, good, 2, 2);
        write_classes(dir, rows[i].text);
        AIS_FREE char *faults = faults_of(dir);
        assert_string_equal(faults, rows[i].faults);
        assert_int_equal(ais_tree_remove(dir, NULL), 0);
        free(dir);
    }
}

static void test_faults_of_both_files_are_told_at_once(void **state)
{
    (void)state;
    char *dir = unit_folder();
    write_file(dir, AIS_CONFUSION_MATRIX, "PK", 2);
    write_classes(dir, "class,index\na,7\n");
    AIS_FREE char *faults = faults_of(dir);
    assert_string_equal(
        faults, "confusion_matrix.npy:0:0 performance-matrix: at byte 0: this is no .npy file\n"
                "class_names_dictionary.csv:2:3 performance-classes: the index '7' is none of 0 to "
                "0\n");
    assert_int_equal(ais_tree_remove(dir, NULL), 0);
    assert_int_equal(ais_dir_make(dir, NULL), 0);
    AIS_FREE char *missing = faults_of(dir);
    assert_non_null(strstr(missing, "confusion_matrix.npy:0:0 io: cannot read"));
    assert_non_null(strstr(missing, "class_names_dictionary.csv:0:0 io: cannot read"));
    assert_int_equal(ais_tree_remove(dir, NULL), 0);
    free(dir);
}

static void test_a_matrix_of_too_many_classes_is_refused(void **state)
{
    (void)state;
    enum { SIDE = AIS_CONFUSION_MAX_CLASSES + 1 };
    char *dir = unit_folder();
    AIS_FREE double *values = ais_alloc((size_t)SIDE * SIDE * sizeof *values);
    write_matrix(dir, values, SIDE, SIDE);
    write_classes(dir, "class,index\na,0\n");
    AIS_FREE char *faults = faults_of(dir);
    assert_string_equal(
        faults, "confusion_matrix.npy:0:0 limit: the matrix has 2049 classes (at most 2048)\n");
    assert_int_equal(ais_tree_remove(dir, NULL), 0);
    free(dir);
}

/* ---- metrics ---- */

static void test_metrics_are_as_worked_by_hand(void **state)
{
    (void)state;
    static const double joint[] = {0.3, 0.1, 0.2, 0.4}, weights[] = {0.75, 0.25};
    static const struct {
        const char *name;
        double plain, weighted;
    } rows[] = {
        {"average_precision", (0.6 + 0.8) / 2, 0.75 * 0.6 + 0.25 * 0.8},
        {"average_recall", (0.75 + 2.0 / 3) / 2, 0.75 * 0.75 + 0.25 * 2 / 3},
        {"average_f1", (2.0 / 3 + 8.0 / 11) / 2, 0.75 * 2 / 3 + 0.25 * 8 / 11},
        {"average_accuracy", 0.35, 0.75 * 0.3 + 0.25 * 0.4},
        {"accuracy", 0.7, (0.75 * 0.3 + 0.25 * 0.4) / (0.75 * 0.4 + 0.25 * 0.6)},
    };
    ais_class_scores scores[2];
    ais_class_scores_of(joint, 2, scores);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        const ais_metric *m = ais_metric_find(rows[i].name);
        assert_non_null(m);
        assert_near(m->compute(scores, 2, NULL), rows[i].plain, 1e-15);
        assert_near(m->compute(scores, 2, weights), rows[i].weighted, 1e-15);
    }
    assert_null(ais_metric_find("f1"));
}

static void test_what_is_undefined_counts_as_nothing(void **state)
{
    (void)state;
    static const double joint[] = {0, 0, 0, 0, 1, 0, 0, 0, 0};
    ais_class_scores scores[3];
    ais_class_scores_of(joint, 3, scores);
    assert_true(scores[0].precision == 0 && scores[0].recall == 0 && scores[0].f1 == 0);
    assert_true(scores[1].f1 == 1);
    for (size_t i = 0; i < ais_metric_count; i++)
        assert_true(isfinite(ais_metrics[i].compute(scores, 3, NULL)));
}

/* The annotation is checked above, the metrics are computed here: both list the same names. */
static void test_every_metric_of_the_annotation_is_known(void **state)
{
    (void)state;
    const ais_annotation_spec *spec = ais_annotation_spec_of(AIS_ANNOTATION_MODEL_PERFORMANCE);
    const char *const *names = NULL;
    for (size_t i = 0; i < spec->argument_count; i++)
        if (ais_str_equal(spec->arguments[i].name, "metric"))
            names = spec->arguments[i].choices;
    assert_non_null(names);
    size_t count = 0;
    for (; names != NULL && names[count] != NULL; count++)
        assert_non_null(ais_metric_find(names[count]));
    assert_int_equal(count, ais_metric_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_indices_tell_the_order),
        cmocka_unit_test(test_each_fault_of_a_matrix_is_told),
        cmocka_unit_test(test_the_reason_for_a_wrong_sum_is_guessed),
        cmocka_unit_test(test_each_fault_of_the_classes_stands_at_its_cell),
        cmocka_unit_test(test_faults_of_both_files_are_told_at_once),
        cmocka_unit_test(test_a_matrix_of_too_many_classes_is_refused),
        cmocka_unit_test(test_metrics_are_as_worked_by_hand),
        cmocka_unit_test(test_what_is_undefined_counts_as_nothing),
        cmocka_unit_test(test_every_metric_of_the_annotation_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
