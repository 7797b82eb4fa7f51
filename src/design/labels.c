/* Labels in tables and in results; see labels.h. */
#include "design/labels.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "doc/csv.h"
#include "doc/doc.h"

enum { RESULT_MAX = 1024 * 1024, LABEL_MAX = 1024 };

struct ais_labels {
    const char *file;
    ais_map *map;      /* item -> ais_label */
    ais_label **items; /* in the arena */
    size_t count, capacity;
    ais_arena *arena;
};

void ais_labels_free(ais_labels *labels)
{
    if (labels == NULL)
        return;
    ais_map_free(labels->map);
    ais_arena_free(labels->arena);
    free(labels->items);
    free(labels);
}

size_t ais_labels_count(const ais_labels *labels)
{
    return labels->count;
}

const ais_label *ais_labels_get(const ais_labels *labels, size_t i)
{
    return labels->items[i];
}

const ais_label *ais_labels_find_entry(const ais_labels *labels, const char *item)
{
    return ais_map_find(labels->map, item);
}

const char *ais_labels_find(const ais_labels *labels, const char *item)
{
    const ais_label *found = ais_labels_find_entry(labels, item);
    return found != NULL ? found->label : NULL;
}

/* ---- CSV ---- */

typedef struct columns {
    size_t item, label, count;
} columns;

static int refuse_twice(const ais_csv_row *header, size_t first, ais_error **err)
{
    const char *name = header->cells[first].text;
    for (size_t i = first + 1; i < header->count; i++)
        if (ais_str_equal(header->cells[i].text, name))
            return ais_error_set_at(err, AIS_E_INPUT, header->cells[i].pos,
                                    "the column '%s' is there twice", name);
    return 0;
}

static int read_header(ais_csv_reader *reader, const char *path, columns *out, ais_error **err)
{
    ais_csv_row row;
    const int more = ais_csv_next(reader, &row, err);
    if (more < 0)
        return -1;
    if (more > 0)
        *out = (columns){.item = ais_csv_find_column(&row, "item"),
                         .label = ais_csv_find_column(&row, "label"),
                         .count = row.count};
    if (more == 0 || out->item == SIZE_MAX || out->label == SIZE_MAX)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = path, .line = 1, .column = 1},
                                "the first line must name the columns 'item' and 'label'");
    return refuse_twice(&row, out->item, err) < 0 ? -1 : refuse_twice(&row, out->label, err);
}

static int add_row(const ais_csv_row *row, const columns *c, ais_labels *labels, ais_error **err)
{
    if (c->item >= row->count || c->label >= row->count)
        return ais_error_set_at(err, AIS_E_INPUT, row->cells[0].pos,
                                "the row has fewer columns than the first line");
    if (row->count > c->count) { /* a comma without quotes would cut the label short */
        ais_error_set_at(err, AIS_E_INPUT, row->cells[c->count].pos,
                         "the row has more columns than the first line");
        return ais_error_hint(err, "a text that holds a comma stands in quotes");
    }
    const ais_csv_cell *item = &row->cells[c->item];
    if (ais_map_find(labels->map, item->text) != NULL)
        return ais_error_set_at(err, AIS_E_INPUT, item->pos, "the item '%s' has a label already",
                                item->text);
    const ais_csv_cell *label = &row->cells[c->label];
    ais_label *added = ais_arena_alloc(labels->arena, sizeof *added);
    *added = (ais_label){.item = ais_arena_strdup(labels->arena, item->text),
                         .label = ais_arena_strdup(labels->arena, label->text),
                         .pos = label->pos};
    added->pos.file = labels->file;
    labels->items =
        ais_grow(labels->items, &labels->capacity, labels->count + 1, sizeof *labels->items);
    labels->items[labels->count++] = added;
    ais_map_put(labels->map, item->text, added);
    return 0;
}

int ais_labels_read(const char *path, ais_labels **out, ais_error **err)
{
    AIS_AUTO(ais_csv_reader) reader = NULL;
    columns c = {.item = SIZE_MAX, .label = SIZE_MAX};
    ais_csv_row row;
    if (ais_csv_open(path, &reader, err) < 0 || read_header(reader, path, &c, err) < 0)
        return -1;
    AIS_AUTO(ais_labels) labels = ais_alloc(sizeof *labels);
    labels->map = ais_map_new();
    labels->arena = ais_arena_new();
    labels->file = ais_arena_strdup(labels->arena, path);
    int more = 1;
    while ((more = ais_csv_next(reader, &row, err)) > 0)
        if (add_row(&row, &c, labels, err) < 0)
            return -1;
    if (more < 0)
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
