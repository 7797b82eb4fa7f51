/* Confusion matrices: read, check, write; see confusion.h. */
#include "design/confusion.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "doc/csv.h"
#include "infer/npy.h"

static const char matrix_rule[] = "performance-matrix", classes_rule[] = "performance-classes";

/* ---- classes ---- */

/* A whole number from 0 to AIS_CONFUSION_MAX_CLASSES - 1. pandas writes 0 as "0.0" where a column has
 * gaps: such a number is fine too. */
static bool parse_index(const char *text, size_t *out)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789.") != strlen(text))
        return false;
    const double value = strtod(text, &end);
    if (*end != '\0' || value != floor(value) || !(value < AIS_CONFUSION_MAX_CLASSES))
        return false;
    *out = (size_t)value;
    return true;
}

typedef struct class_table {
    const ais_csv *csv;
    size_t columns[2]; /* class, index */
    const char **names;
    ais_diags *diags;
} class_table;

static void refuse(const class_table *t, const ais_csv_cell *cell, const char *format, ...)
    AIS_PRINTF(3, 4);
static void refuse(const class_table *t, const ais_csv_cell *cell, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    ais_diags_add(t->diags, AIS_SEVERITY_ERROR, classes_rule, cell->pos, NULL, "%s", text);
}

static void read_class(class_table *t, const ais_csv_row *row, ais_map *seen)
{
    const ais_csv_cell *class = &row->cells[t->columns[0]], *index = &row->cells[t->columns[1]];
    size_t place = 0;
    if (class->length == 0)
        refuse(t, class, "a class has no name");
    else if (ais_utf8_find_invalid(class->text, class->length) < class->length)
        refuse(t, class, "the name of a class is no UTF-8");
    else if (ais_map_put(seen, class->text, t) != NULL)
        refuse(t, class, "the class '%s' is there twice", class->text);
    if (!parse_index(index->text, &place) || place >= t->csv->row_count)
        refuse(t, index, "the index '%s' is none of 0 to %zu", index->text, t->csv->row_count - 1);
    else if (t->names[place] != NULL)
        refuse(t, index, "the index %zu is there twice", place);
    else
        t->names[place] = class->text;
}

int ais_classes_read(const char *path, ais_arena *arena, ais_diags *diags,
                     const char *const **classes, size_t *count)
{
    static const char *const columns[] = {"class", "index"};
    AIS_AUTO(ais_csv) csv = NULL;
    class_table t = {.diags = diags};
    const size_t before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    if (ais_csv_read(path, diags, &csv) < 0 ||
        ais_csv_need_columns(csv, columns, 2, diags, t.columns) < 0)
        return -1;
    t.csv = csv;
    if (csv->row_count == 0 || csv->row_count > AIS_CONFUSION_MAX_CLASSES) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, classes_rule, csv->header.cells[0].pos, NULL,
                      "there are %zu classes (must be 1 to %d)", csv->row_count,
                      AIS_CONFUSION_MAX_CLASSES);
        return -1;
    }
    AIS_AUTO(ais_map) seen = ais_map_new();
    t.names = ais_arena_alloc(arena, csv->row_count * sizeof *t.names);
    for (size_t i = 0; i < csv->row_count; i++)
        read_class(&t, &csv->rows[i], seen);
    if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > before)
        return -1;
    for (size_t i = 0; i < csv->row_count; i++)
        t.names[i] = ais_arena_strdup(arena, t.names[i]);
    *classes = t.names;
    *count = csv->row_count;
    return 0;
}

/* ---- the matrix ---- */

typedef struct matrix {
    const ais_npy *npy;
    size_t count; /* rows */
    double *values;
    double sum;
    ais_diags *diags;
} matrix;

static void refuse_matrix(const matrix *m, const char *hint, const char *format, ...)
    AIS_PRINTF(3, 4);
static void refuse_matrix(const matrix *m, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    ais_diags_add(m->diags, AIS_SEVERITY_ERROR, matrix_rule, (ais_pos){.file = m->npy->tensor.name},
                  hint, "%s", text);
}

static int check_shape(const matrix *m)
{
    const ais_tensor *t = &m->npy->tensor;
    AIS_SCOPED(ais_str) shape = {.data = NULL};
    for (size_t i = 0; i < t->rank; i++)
        ais_str_add_format(&shape, "%s%lld", i > 0 ? " x " : "", (long long)t->shape[i]);
    if (t->rank != 2 || t->shape[0] != t->shape[1] || t->shape[0] == 0)
        refuse_matrix(m, "one row and one column for each class", "the matrix is no square (%s)",
                      t->rank > 0 ? ais_str_get(&shape) : "a single number");
    else if (t->shape[0] > AIS_CONFUSION_MAX_CLASSES)
        ais_diags_add(m->diags, AIS_SEVERITY_ERROR, "limit", (ais_pos){.file = t->name}, NULL,
                      "the matrix has %lld classes (at most %d)", (long long)t->shape[0],
                      AIS_CONFUSION_MAX_CLASSES);
    else
        return 0;
    return -1;
}

/* Every entry that is no probability, the first few by name. */
static int check_entries(matrix *m)
{
    enum { MOST = 5 };
    size_t faults = 0;
    for (size_t i = 0; i < m->count * m->count; i++) {
        const double value = m->values[i] = ais_npy_get(m->npy, i);
        m->sum += value;
        if (value >= 0.0 && isfinite(value)) /* this way round, NaN is refused too */
            continue;
        if (faults++ < MOST)
            refuse_matrix(m, "a probability", "at byte %zu: the entry in row %zu, column %zu is %g",
                          ais_npy_byte_of(m->npy, i), i / m->count, i % m->count, value);
    }
    if (faults > MOST)
        refuse_matrix(m, NULL, "%zu more entries are no probabilities", faults - MOST);
    return faults == 0 ? 0 : -1;
}

static double row_sum(const matrix *m, size_t row)
{
    double sum = 0.0;
    for (size_t k = 0; k < m->count; k++)
        sum += m->values[row * m->count + k];
    return sum;
}

/* What the writer of a matrix whose sum is not 1 has probably done. */
static const char *guess(const matrix *m)
{
    bool whole = true, rows = true;
    for (size_t i = 0; i < m->count * m->count; i++)
        whole = whole && m->values[i] == floor(m->values[i]);
    for (size_t i = 0; i < m->count; i++)
        rows = rows && fabs(row_sum(m, i) - 1.0) <= AIS_CONFUSION_TOLERANCE;
    if (rows)
        return "each row has the sum 1: multiply it by the share of its class";
    return whole
               ? "these are counts: divide them by their sum"
               : "entries are joint probabilities: the share of all items of this true class that "
                 "is taken for that class";
}

static int check_sums(const matrix *m)
{
    if (!(fabs(m->sum - 1.0) <= AIS_CONFUSION_TOLERANCE)) {
        refuse_matrix(m, guess(m), "the sum of the entries is %.6g (must be 1)", m->sum);
        return -1;
    }
    for (size_t i = 0; i < m->count; i++)
        if (row_sum(m, i) == 0.0)
            ais_diags_add(m->diags, AIS_SEVERITY_WARNING, matrix_rule,
                          (ais_pos){.file = m->npy->tensor.name}, NULL,
                          "row %zu is all zero: there was no item of that class", i);
    return 0;
}

static int read_matrix(const char *path, ais_arena *arena, ais_diags *diags, ais_confusion *out)
{
    AIS_AUTO(ais_npy) npy = NULL;
    ais_error *error = NULL; /* given to `diags` */
    if (ais_npy_read(path, &npy, &error) < 0) {
        ais_diags_take_error(diags, ais_error_get_code(error) == AIS_E_INPUT ? matrix_rule : NULL,
                             error);
        return -1;
    }
    matrix m = {.npy = npy, .diags = diags};
    if (check_shape(&m) < 0)
        return -1;
    m.count = (size_t)npy->tensor.shape[0];
    m.values = ais_arena_alloc(arena, m.count * m.count * sizeof *m.values);
    if (check_entries(&m) < 0 || check_sums(&m) < 0)
        return -1;
    out->joint = m.values;
    out->count = m.count;
    out->sum = m.sum;
    return 0;
}

/* ---- both ---- */

int ais_confusion_read(const char *dir, ais_arena *arena, ais_diags *diags, ais_confusion *out)
{
    AIS_FREE char *matrix_file = ais_path_join(dir, AIS_CONFUSION_MATRIX);
    AIS_FREE char *classes_file = ais_path_join(dir, AIS_CONFUSION_CLASSES);
    ais_confusion read = {.matrix_file = ais_arena_strdup(arena, matrix_file),
                          .classes_file = ais_arena_strdup(arena, classes_file)};
    size_t classes = 0;
    const int first = read_matrix(read.matrix_file, arena, diags, &read);
    const int second = ais_classes_read(read.classes_file, arena, diags, &read.classes, &classes);
    if (first < 0 || second < 0)
        return -1;
    if (classes != read.count) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, classes_rule, (ais_pos){.file = read.classes_file},
                      NULL, "there are %zu classes, but the matrix has %zu rows", classes,
                      read.count);
        return -1;
    }
    *out = read;
    return 0;
}

size_t ais_confusion_find(const ais_confusion *confusion, const char *name)
{
    for (size_t i = 0; i < confusion->count; i++)
        if (ais_str_equal(confusion->classes[i], name))
            return i;
    return AIS_CONFUSION_MAX_CLASSES;
}

double ais_confusion_row_sum(const ais_confusion *confusion, size_t row)
{
    double sum = 0.0;
    for (size_t k = 0; k < confusion->count; k++)
        sum += confusion->joint[row * confusion->count + k];
    return sum;
}

double ais_confusion_column_sum(const ais_confusion *confusion, size_t column)
{
    double sum = 0.0;
    for (size_t t = 0; t < confusion->count; t++)
        sum += confusion->joint[t * confusion->count + column];
    return sum;
}

static int write_classes(const ais_confusion *confusion, const char *dir, ais_error **err)
{
    AIS_FREE char *path = ais_path_join(dir, AIS_CONFUSION_CLASSES);
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add(&text, ",class,index\n"); /* as pandas writes a frame: the row's number first */
    for (size_t i = 0; i < confusion->count; i++) {
        ais_str_add_format(&text, "%zu,", i);
        ais_csv_write_cell(confusion->classes[i], &text);
        ais_str_add_format(&text, ",%zu\n", i);
    }
    return ais_file_write(path, ais_str_get(&text), text.length, err);
}

int ais_confusion_write(const ais_confusion *confusion, const char *dir, ais_error **err)
{
    const size_t cells = confusion->count * confusion->count;
    AIS_FREE char *path = ais_path_join(dir, AIS_CONFUSION_MATRIX);
    AIS_FREE double *values = ais_alloc(cells * sizeof *values);
    for (size_t i = 0; i < cells; i++)
        values[i] = confusion->joint[i] / confusion->sum;
    const ais_tensor tensor = {.type = AIS_FLOAT64,
                               .rank = 2,
                               .shape = {(int64_t)confusion->count, (int64_t)confusion->count},
                               .data = values,
                               .bytes = cells * sizeof *values};
    if (ais_dir_make(dir, err) < 0 || ais_npy_write(&tensor, path, err) < 0)
        return -1;
    return write_classes(confusion, dir, err);
}
