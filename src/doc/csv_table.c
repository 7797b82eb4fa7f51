/* Whole tables with a header, and cells written; see csv.h. */
#include <string.h>

#include "doc/csv.h"

void ais_csv_free(ais_csv *csv)
{
    if (csv == NULL)
        return;
    ais_arena_free(csv->arena);
    free(csv);
}

static ais_csv_row dup_row(ais_csv *csv, const ais_csv_row *row)
{
    ais_csv_cell *cells = ais_arena_alloc(csv->arena, row->count * sizeof *cells);
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = row->cells[i];
        cells[i].text = ais_arena_strndup(csv->arena, row->cells[i].text, row->cells[i].length);
        cells[i].pos.file = csv->file;
    }
    return (ais_csv_row){.cells = cells, .count = row->count};
}

static void add_fault(ais_diags *diags, ais_error *error)
{
    ais_diags_take_error(diags, ais_error_get_code(error) == AIS_E_INPUT ? "csv" : NULL, error);
}

static bool fits_header(const ais_csv *csv, const ais_csv_row *row, ais_diags *diags)
{
    if (row->count == csv->header.count)
        return true;
    const size_t last = row->count < csv->header.count ? 0 : csv->header.count;
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "csv", row->cells[last].pos, NULL,
                  "the row has %zu cell%s (the header has %zu)", row->count,
                  row->count == 1 ? "" : "s", csv->header.count);
    return false;
}

static int read_rows(ais_csv_reader *reader, ais_csv *csv, ais_diags *diags)
{
    ais_csv_row *rows = NULL, row;
    size_t capacity = 0;
    int faults = 0, more;
    ais_error *error = NULL; /* given to `diags` */
    while ((more = ais_csv_next(reader, &row, &error)) != 0) {
        if (more < 0) {
            add_fault(diags, error);
            error = NULL;
            faults++;
        } else if (csv->header.count == 0) {
            if (faults == 0) /* a table without its header says nothing more */
                csv->header = dup_row(csv, &row);
            else
                break;
        } else if (fits_header(csv, &row, diags)) {
            rows = ais_grow(rows, &capacity, csv->row_count + 1, sizeof *rows);
            rows[csv->row_count++] = dup_row(csv, &row);
        } else {
            faults++;
        }
    }
    ais_csv_row *kept = ais_arena_alloc(csv->arena, csv->row_count * sizeof *kept);
    if (rows != NULL)
        memcpy(kept, rows, csv->row_count * sizeof *kept);
    free(rows);
    csv->rows = kept;
    return faults == 0 ? 0 : -1;
}

static int read_table(ais_csv_reader *reader, const char *name, ais_diags *diags, ais_csv **out)
{
    AIS_AUTO(ais_csv) csv = ais_alloc(sizeof *csv);
    csv->arena = ais_arena_new();
    csv->file = ais_arena_strdup(csv->arena, name);
    if (read_rows(reader, csv, diags) < 0)
        return -1;
    if (csv->header.count == 0) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "csv",
                      (ais_pos){.file = csv->file, .line = 1, .column = 1}, NULL,
                      "the table is empty (its first line must name the columns)");
        return -1;
    }
    *out = csv;
    csv = NULL;
    return 0;
}

int ais_csv_read(const char *path, ais_diags *diags, ais_csv **out)
{
    AIS_AUTO(ais_csv_reader) reader = NULL;
    ais_error *error = NULL; /* given to `diags` */
    if (ais_csv_open(path, &reader, &error) < 0) {
        add_fault(diags, error);
        return -1;
    }
    return read_table(reader, path, diags, out);
}

int ais_csv_parse(const char *name, const char *text, size_t length, ais_diags *diags,
                  ais_csv **out)
{
    AIS_AUTO(ais_csv_reader) reader = ais_csv_reader_new(name, text, length);
    return read_table(reader, name, diags, out);
}

size_t ais_csv_find_column(const ais_csv_row *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++)
        if (ais_str_equal(header->cells[i].text, name))
            return i;
    return SIZE_MAX;
}

static const char *name_at(const void *names, size_t i)
{
    return ((const ais_csv_cell *)names)[i].text;
}

static int need_column(const ais_csv *csv, const char *name, ais_diags *diags, size_t *column)
{
    const ais_csv_row *header = &csv->header;
    *column = ais_csv_find_column(header, name);
    if (*column == SIZE_MAX) {
        const char *near = ais_str_nearest(name, header->cells, header->count, name_at);
        AIS_FREE char *hint = near != NULL ? ais_format("is '%s' meant for it?", near) : NULL;
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "csv", header->cells[0].pos, hint,
                      "the column '%s' is missing", name);
        return -1;
    }
    for (size_t i = *column + 1; i < header->count; i++)
        if (ais_str_equal(header->cells[i].text, name)) {
            ais_diags_add(diags, AIS_SEVERITY_ERROR, "csv", header->cells[i].pos, NULL,
                          "the column '%s' is there twice", name);
            return -1;
        }
    return 0;
}

int ais_csv_need_columns(const ais_csv *csv, const char *const *names, size_t count,
                         ais_diags *diags, size_t *columns)
{
    int status = 0;
    for (size_t i = 0; i < count; i++)
        if (need_column(csv, names[i], diags, &columns[i]) < 0)
            status = -1;
    return status;
}

void ais_csv_write_cell(const char *text, ais_str *out)
{
    /* a byte order mark at the very start of a file would be taken for none of the text */
    if (text[strcspn(text, "\",\r\n")] == '\0' && !ais_str_starts(text, "\xef\xbb\xbf")) {
        ais_str_add(out, text);
        return;
    }
    ais_str_add_char(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            ais_str_add_char(out, '"');
        ais_str_add_char(out, *c);
    }
    ais_str_add_char(out, '"');
}
