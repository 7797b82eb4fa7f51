/* Labels and scores; see labels.h. */
#include "serve/labels.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"

enum { LABELS_MAX = 256 * 1024 * 1024, RESULT_MAX = 1024 * 1024, LABEL_MAX = 1024 };

static const char byte_order_mark[] = "\xef\xbb\xbf";

struct ais_labels {
    ais_map *map; /* item -> label */
    ais_arena *arena;
};

void ais_labels_free(ais_labels *labels)
{
    if (labels == NULL)
        return;
    ais_map_free(labels->map);
    ais_arena_free(labels->arena);
    free(labels);
}

size_t ais_labels_count(const ais_labels *labels)
{
    return ais_map_count(labels->map);
}

const char *ais_labels_find(const ais_labels *labels, const char *item)
{
    return ais_map_find(labels->map, item);
}

/* ---- CSV ---- */

typedef struct csv {
    const char *file, *at, *end;
    unsigned line;
    ais_str field;
} csv;

typedef enum csv_stop { CSV_FIELD, CSV_LINE, CSV_END, CSV_OPEN_QUOTE } csv_stop;

/* Read one field into c->field; says what ended it. */
static csv_stop read_field(csv *c)
{
    bool quoted = c->at < c->end && *c->at == '"';
    ais_str_cut(&c->field, 0);
    c->at += quoted;
    for (; c->at < c->end; c->at++) {
        const char byte = *c->at;
        c->line += byte == '\n';
        if (quoted && byte == '"' && c->at + 1 < c->end && c->at[1] == '"')
            c->at++;
        else if (quoted && byte == '"') {
            quoted = false;
            continue;
        } else if (!quoted && (byte == ',' || byte == '\n')) {
            c->at++;
            return byte == ',' ? CSV_FIELD : CSV_LINE;
        } else if (!quoted && byte == '\r' && (c->at + 1 == c->end || c->at[1] == '\n')) {
            continue;
        }
        ais_str_add_char(&c->field, byte);
    }
    return quoted ? CSV_OPEN_QUOTE : CSV_END;
}

typedef struct csv_columns {
    size_t item, label;
} csv_columns;

static int refuse_at(const csv *c, unsigned line, const char *text, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = c->file, .line = line}, "%s", text);
}

static int read_header(csv *c, csv_columns *columns, ais_error **err)
{
    columns->item = columns->label = SIZE_MAX;
    csv_stop stop = CSV_FIELD;
    for (size_t i = 0; stop == CSV_FIELD; i++) {
        stop = read_field(c);
        if (ais_str_equal(ais_str_get(&c->field), "item"))
            columns->item = i;
        if (ais_str_equal(ais_str_get(&c->field), "label"))
            columns->label = i;
    }
    if (columns->item == SIZE_MAX || columns->label == SIZE_MAX)
        return refuse_at(c, 1, "the first line must name the columns 'item' and 'label'", err);
    return 0;
}

/* One row; empty lines are passed over. */
static int read_row(csv *c, const csv_columns *columns, ais_labels *labels, ais_error **err)
{
    const unsigned line = c->line;
    char *item = NULL, *label = NULL;
    size_t count = 0;
    csv_stop stop = CSV_FIELD;
    for (; stop == CSV_FIELD; count++) {
        stop = read_field(c);
        if (count == columns->item)
            item = ais_arena_strdup(labels->arena, ais_str_get(&c->field));
        if (count == columns->label)
            label = ais_arena_strdup(labels->arena, ais_str_get(&c->field));
    }
    if (stop == CSV_OPEN_QUOTE)
        return refuse_at(c, line, "a quote is not closed", err);
    if (count == 1 && ais_str_get(&c->field)[0] == '\0')
        return 0;
    if (item == NULL || label == NULL)
        return refuse_at(c, line, "the row has fewer columns than the first line", err);
    if (ais_map_find(labels->map, item) != NULL)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = c->file, .line = line},
                                "the item '%s' has a label already", item);
    ais_map_put(labels->map, item, label);
    return 0;
}

int ais_labels_read(const char *path, ais_labels **out, ais_error **err)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    csv_columns columns;
    if (ais_file_read(path, LABELS_MAX, &data, &length, err) < 0)
        return -1;
    AIS_AUTO(ais_labels) labels = ais_alloc(sizeof *labels);
    labels->map = ais_map_new();
    labels->arena = ais_arena_new();
    csv c = {.file = path, .at = data, .end = data + length, .line = 1};
    if (ais_str_starts(data, byte_order_mark)) /* spreadsheets put one there */
        c.at += strlen(byte_order_mark);
    int status = read_header(&c, &columns, err);
    while (status == 0 && c.at < c.end)
        status = read_row(&c, &columns, labels, err);
    ais_str_clear(&c.field);
    if (status < 0)
        return -1;
    *out = labels;
    labels = NULL;
    return 0;
}

/* ---- results ---- */

static char *label_of_json(const char *data, size_t length)
{
    AIS_AUTO(ais_doc) doc = NULL;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    if (ais_doc_parse("result", data, length, AIS_DOC_JSON, diags, &doc) < 0)
        return NULL;
    const ais_doc_node *label = ais_doc_find(ais_doc_root(doc), "label");
    if (label == NULL || (ais_doc_get_kind(label) & AIS_DOC_SCALAR) == 0)
        return NULL;
    return ais_strdup(ais_doc_get_text(label));
}

char *ais_labels_read_result(const char *path)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (ais_file_read(path, RESULT_MAX, &data, &length, NULL) < 0)
        return NULL;
    const char *start = data + strspn(data, " \t\r\n");
    if (*start == '{')
        return label_of_json(data, length);
    const size_t line = strcspn(start, "\r\n");
    const bool alone = start[line + strspn(start + line, " \t\r\n")] == '\0';
    if (line == 0 || line > LABEL_MAX || !alone || strlen(data) != length)
        return NULL;
    return ais_strndup(start, line);
}

/* ---- scores ---- */

ais_score *ais_score_new(void)
{
    ais_score *score = ais_alloc(sizeof *score);
    score->arena = ais_arena_new();
    score->index = ais_map_new();
    return score;
}

void ais_score_free(ais_score *score)
{
    if (score == NULL)
        return;
    ais_map_free(score->index);
    ais_arena_free(score->arena);
    free(score->cells);
    free(score);
}

void ais_score_add(ais_score *score, const char *label, const char *given, bool right)
{
    score->labelled++;
    score->right += right;
    /* the length in front keeps ("a", "bc") and ("ab", "c") apart */
    AIS_FREE char *key = ais_format("%zu %s%s", strlen(label), label, given);
    size_t *cell = ais_map_find(score->index, key);
    if (cell == NULL) {
        score->cells =
            ais_grow(score->cells, &score->capacity, score->count + 1, sizeof *score->cells);
        score->cells[score->count] =
            (ais_score_cell){.label = ais_arena_strdup(score->arena, label),
                             .given = ais_arena_strdup(score->arena, given)};
        cell = ais_arena_alloc(score->arena, sizeof *cell);
        *cell = score->count++;
        ais_map_put(score->index, key, cell);
    }
    score->cells[*cell].count++;
    score->cells[*cell].right += right;
}

static int compare_cells(const void *a, const void *b)
{
    const ais_score_cell *x = a, *y = b;
    const int by_label = strcmp(x->label, y->label);
    return by_label != 0 ? by_label : strcmp(x->given, y->given);
}

void ais_score_close(ais_score *score)
{
    if (score->count > 1)
        qsort(score->cells, score->count, sizeof *score->cells, compare_cells);
}
