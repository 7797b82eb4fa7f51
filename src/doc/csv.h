/* doc/csv - tables in text files: RFC 4180, with line and column of every cell.
 *
 * Layer: above base. Takes LF and CRLF, a byte order mark, quotes with anything between them; passes
 * empty lines over. Refuses what RFC 4180 refuses: text behind a closing quote, a carriage return that
 * ends no line; and NUL. But a quote within a cell that does not begin with one stands for itself, as
 * other readers take it: `a,["b"]`.
 * Two ways to read: row by row (a file of millions of rows), or a whole table with a header.
 * Units: lines and columns count from 1, columns in characters. Threads: one a reader. */
#ifndef AIS_DOC_CSV_H
#define AIS_DOC_CSV_H
#include "base/error.h"

enum {
    AIS_CSV_MAX_BYTES = 256 * 1024 * 1024,
    AIS_CSV_MAX_COLUMNS = 4096,
    AIS_CSV_MAX_CELL = 1024 * 1024 /* bytes */
};

typedef struct ais_csv_cell {
    const char *text; /* quotes resolved; a NUL follows */
    size_t length;
    ais_pos pos; /* of its first character, or of its opening quote */
    bool quoted;
} ais_csv_cell;

typedef struct ais_csv_row {
    const ais_csv_cell *cells;
    size_t count; /* at least 1 */
} ais_csv_row;

/* ---- row by row ---- */

typedef struct ais_csv_reader ais_csv_reader;

/* Errors: AIS_E_IO, AIS_E_LIMIT. Ownership: the caller frees. */
AIS_NODISCARD int ais_csv_open(const char *path, ais_csv_reader **out, ais_error **err);
/* From memory that outlives the reader; `name` is the file in positions. */
ais_csv_reader *ais_csv_reader_new(const char *name, const char *text, size_t length);
void ais_csv_reader_free(ais_csv_reader *reader);
AIS_DEFINE_AUTO(ais_csv_reader)
/* 1 and the next row (borrowed until the next call), 0 at the end, -1 for a fault. After a fault the
 * reader stands on the line behind it, so that reading may go on to find more.
 * Errors: AIS_E_INPUT, AIS_E_LIMIT, with line and column. */
AIS_NODISCARD int ais_csv_next(ais_csv_reader *reader, ais_csv_row *row, ais_error **err);

/* ---- a whole table ---- */

typedef struct ais_csv {
    const char *file;
    ais_csv_row header; /* the first row; its cells may be empty */
    const ais_csv_row *rows;
    size_t row_count;
    ais_arena *arena;
} ais_csv;

/* Read all rows; each has as many cells as the header.
 * Errors: every fault is added to `diags` (rule "csv"; "limit" for sizes; "io"); -1 when there was one. */
AIS_NODISCARD int ais_csv_read(const char *path, ais_diags *diags, ais_csv **out);
AIS_NODISCARD int ais_csv_parse(const char *name, const char *text, size_t length, ais_diags *diags,
                                ais_csv **out);
void ais_csv_free(ais_csv *csv);
AIS_DEFINE_AUTO(ais_csv)
/* SIZE_MAX when no column has that name; the first when several have. */
size_t ais_csv_find_column(const ais_csv_row *header, const char *name);
/* Find all of `names`, in any order; other columns are passed over.
 * Errors: a column that is missing or there twice is a fault of rule "csv" at the header; -1 then. */
AIS_NODISCARD int ais_csv_need_columns(const ais_csv *csv, const char *const *names, size_t count,
                                       ais_diags *diags, size_t *columns);
/* Add a cell to a text of one line, in quotes where it needs them. */
void ais_csv_write_cell(const char *text, ais_str *out);
#endif
