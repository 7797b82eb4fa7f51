/* The reader of rows; see csv.h. Tables are in csv_table.c. */
#include "doc/csv.h"

#include <string.h>

#include "base/file.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Cells are kept as offsets while their row is read, for the text they point into still grows. */
typedef struct place {
    size_t offset, length;
    unsigned line, column;
    bool quoted;
} place;

struct ais_csv_reader {
    char *file, *data; /* data: NULL when the text is borrowed */
    const char *at, *end;
    const char *seen; /* where `line` and `column` are known; never behind `at` */
    unsigned line, column;
    ais_str text; /* of the cells of this row, each with a NUL behind it */
    place *places;
    ais_csv_cell *cells;
    size_t count, place_capacity, cell_capacity;
};

typedef enum stop { STOP_CELL, STOP_ROW, STOP_FAULT } stop;

ais_csv_reader *ais_csv_reader_new(const char *name, const char *text, size_t length)
{
    ais_csv_reader *reader = ais_alloc(sizeof *reader);
    reader->file = ais_strdup(name);
    reader->at = text;
    reader->end = text + length;
    reader->line = 1;
    if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0) /* spreadsheets put one there */
        reader->at += 3;
    reader->seen = reader->at;
    reader->column = 1;
    return reader;
}

int ais_csv_open(const char *path, ais_csv_reader **out, ais_error **err)
{
    char *data = NULL;
    size_t length = 0;
    if (ais_file_read(path, AIS_CSV_MAX_BYTES, &data, &length, err) < 0)
        return -1;
    *out = ais_csv_reader_new(path, data, length);
    (*out)->data = data;
    return 0;
}

void ais_csv_reader_free(ais_csv_reader *reader)
{
    if (reader == NULL)
        return;
    ais_str_clear(&reader->text);
    free(reader->places);
    free(reader->cells);
    free(reader->data);
    free(reader->file);
    free(reader);
}

/* Of the byte at `at`, which is in this line and not before one asked for already. */
static ais_pos position(ais_csv_reader *r, const char *at)
{
    for (; r->seen < at; r->seen++)
        r->column += (*r->seen & 0xC0) != 0x80;
    return (ais_pos){.file = r->file, .line = r->line, .column = r->column};
}

static stop refuse(ais_pos pos, const char *message, const char *hint, ais_error **err)
{
    ais_error_set_at(err, AIS_E_INPUT, pos, "%s", message);
    if (hint != NULL)
        ais_error_hint(err, "%s", hint);
    return STOP_FAULT;
}

static void new_line(ais_csv_reader *r)
{
    r->line++;
    r->column = 1;
    r->seen = r->at;
}

/* What is between quotes; `at` is behind the opening one, and then behind the closing one. */
static stop read_quoted(ais_csv_reader *r, ais_pos start, ais_error **err)
{
    while (r->at < r->end) {
        const char byte = *r->at++;
        if (byte == '"' && r->at < r->end && *r->at == '"')
            r->at++;
        else if (byte == '"')
            return STOP_CELL;
        if (byte == '\0')
            return refuse(position(r, r->at - 1), "a NUL is in the table", NULL, err);
        ais_str_add_char(&r->text, byte);
        if (byte == '\n')
            new_line(r);
    }
    return refuse(start, "a quote is not closed", NULL, err);
}

static bool ends_line(const ais_csv_reader *r, const char *at)
{
    return at == r->end || *at == '\n' || (*at == '\r' && (at + 1 == r->end || at[1] == '\n'));
}

static stop read_plain(ais_csv_reader *r, ais_error **err)
{
    const char *const start = r->at;
    while (!ends_line(r, r->at) && *r->at != ',' && *r->at != '\r' && *r->at != '\0')
        r->at++;
    ais_str_add_bytes(&r->text, start, (size_t)(r->at - start));
    if (ends_line(r, r->at) || *r->at == ',')
        return STOP_CELL;
    if (*r->at == '\0')
        return refuse(position(r, r->at), "a NUL is in the table", NULL, err);
    return refuse(position(r, r->at), "a carriage return does not end a line",
                  "put the cell in quotes, or end lines with a line feed", err);
}

/* Behind a cell: the comma or the end of the line. */
static stop read_end(ais_csv_reader *r, ais_error **err)
{
    if (r->at < r->end && *r->at == ',') {
        r->at++;
        return STOP_CELL;
    }
    if (!ends_line(r, r->at))
        return refuse(position(r, r->at), "text follows a closing quote",
                      "a quote within quotes is written twice", err);
    r->at += r->at < r->end && *r->at == '\r';
    if (r->at < r->end)
        r->at++;
    new_line(r);
    return STOP_ROW;
}

static int check_limits(const ais_csv_reader *r, ais_pos start, size_t length, ais_error **err)
{
    if (r->count == AIS_CSV_MAX_COLUMNS)
        return ais_error_set_at(err, AIS_E_LIMIT, start, "the row has more than %d columns",
                                AIS_CSV_MAX_COLUMNS);
    if (length > AIS_CSV_MAX_CELL)
        return ais_error_set_at(err, AIS_E_LIMIT, start,
                                "the cell has %zu bytes (must be at most %d)", length,
                                AIS_CSV_MAX_CELL);
    return 0;
}

static stop read_cell(ais_csv_reader *r, ais_error **err)
{
    const ais_pos start = position(r, r->at);
    const size_t offset = r->text.length;
    const bool quoted = r->at < r->end && *r->at == '"';
    r->at += quoted;
    if ((quoted ? read_quoted(r, start, err) : read_plain(r, err)) == STOP_FAULT ||
        check_limits(r, start, r->text.length - offset, err) < 0)
        return STOP_FAULT;
    r->places = ais_grow(r->places, &r->place_capacity, r->count + 1, sizeof *r->places);
    r->places[r->count++] = (place){.offset = offset,
                                    .length = r->text.length - offset,
                                    .line = start.line,
                                    .column = start.column,
                                    .quoted = quoted};
    ais_str_add_char(&r->text, '\0');
    return read_end(r, err);
}

/* To the next line, behind a fault. */
static void skip_line(ais_csv_reader *r)
{
    const char *feed = memchr(r->at, '\n', (size_t)(r->end - r->at));
    r->at = feed != NULL ? feed + 1 : r->end;
    new_line(r);
}

static void skip_empty_lines(ais_csv_reader *r)
{
    while (r->at < r->end && ends_line(r, r->at)) {
        r->at += *r->at == '\r' && r->at + 1 < r->end;
        r->at++;
        new_line(r);
    }
}

int ais_csv_next(ais_csv_reader *reader, ais_csv_row *row, ais_error **err)
{
    ais_csv_reader *r = reader;
    r->count = 0;
    ais_str_cut(&r->text, 0);
    skip_empty_lines(r);
    if (r->at == r->end)
        return 0;
    stop how = STOP_CELL;
    while (how == STOP_CELL)
        how = read_cell(r, err);
    if (how == STOP_FAULT) {
        skip_line(r);
        return -1;
    }
    r->cells = ais_grow(r->cells, &r->cell_capacity, r->count, sizeof *r->cells);
    for (size_t i = 0; i < r->count; i++) {
        const place *p = &r->places[i];
        r->cells[i] = (ais_csv_cell){.text = ais_str_get(&r->text) + p->offset,
                                     .length = p->length,
                                     .pos = {.file = r->file, .line = p->line, .column = p->column},
                                     .quoted = p->quoted};
    }
    *row = (ais_csv_row){.cells = r->cells, .count = r->count};
    return 1;
}
