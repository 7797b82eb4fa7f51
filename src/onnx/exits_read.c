/* early_exits.csv: header exits,input_nodes,output_nodes; lists as Python writes them, quotes may be left
 * out: ['trunk', "second"], [trunk]. */
#include <string.h>

#include "doc/csv.h"
#include "onnx/exits_priv.h"

typedef struct table {
    const ais_onnx_model *model;
    const ais__onnx_flow *flow;
    ais_diags *diags;
    ais_arena *arena;
    ais__onnx_exit_row *rows;
    size_t count;
    bool faulty;
} table;

static void table_clear(table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->rows[i].trunk.items);
        free(t->rows[i].outputs.items);
    }
    free(t->rows);
    ais_arena_free(t->arena);
}

static void refuse(table *t, ais_pos pos, const char *hint, const char *message)
{
    ais_diags_add(t->diags, AIS_SEVERITY_ERROR, "early-exits", pos, hint, "%s", message);
    t->faulty = true;
}

/* ---- lists ---- */

/* Where a byte of a cell stands in the file. */
static ais_pos place_in(const ais_csv_cell *cell, size_t offset)
{
    ais_pos pos = cell->pos;
    pos.column += cell->quoted;
    for (size_t i = 0; i < offset; i++) {
        pos.column += ((unsigned char)cell->text[i] & 0xC0) != 0x80;
        pos.column += cell->quoted && cell->text[i] == '"'; /* written twice */
        if (cell->text[i] == '\n') {
            pos.line++;
            pos.column = 1;
        }
    }
    return pos;
}

static size_t skip_blanks(const char *text, size_t at)
{
    return at + strspn(text + at, " \t\r\n");
}

/* The element at `at`, in quotes or up to what ends it. Returns where it ends; SIZE_MAX: quotes left open. */
static size_t read_element(const char *text, size_t at, ais_str *name)
{
    const char quote = text[at];
    if (quote != '\'' && quote != '"') {
        size_t length = strcspn(text + at, ",]");
        const size_t end = at + length;
        while (length > 0 && strchr(" \t\r\n", text[at + length - 1]) != NULL)
            length--;
        ais_str_add_bytes(name, text + at, length);
        return end;
    }
    for (at++; text[at] != quote; at++) {
        if (text[at] == '\\' && text[at + 1] != '\0' && strchr("\\'\"", text[at + 1]) != NULL)
            at++;
        if (text[at] == '\0')
            return SIZE_MAX;
        ais_str_add_char(name, text[at]);
    }
    return skip_blanks(text, at + 1);
}

static void add_name(table *t, const ais_csv_cell *cell, size_t at, const ais_str *name,
                     ais__onnx_named_list *out)
{
    if (name->length == 0) {
        refuse(t, place_in(cell, at), NULL, "a name of the list is empty");
        return;
    }
    out->items = ais_grow(out->items, &out->capacity, out->count + 1, sizeof *out->items);
    out->items[out->count++] =
        (ais__onnx_named){.name = ais_arena_strdup(t->arena, ais_str_get(name)),
                          .pos = place_in(cell, at),
                          .value = AIS_ONNX_NONE};
}

static void read_list(table *t, const ais_csv_cell *cell, ais__onnx_named_list *out)
{
    const char *text = cell->text;
    size_t at = skip_blanks(text, 0);
    const bool open = text[at] == '[';
    at = skip_blanks(text, at + open);
    if (text[at] == '\0' || text[at] == ']') {
        refuse(t, cell->pos, "['name of a tensor']", "no tensor is named");
        return;
    }
    for (;;) {
        AIS_SCOPED(ais_str) name = {.data = NULL};
        const size_t start = at;
        at = read_element(text, start, &name);
        if (at == SIZE_MAX) {
            refuse(t, place_in(cell, start), NULL, "the quotes of a name are not closed");
            return;
        }
        add_name(t, cell, start, &name, out);
        if (text[at] != ',')
            break;
        at = skip_blanks(text, at + 1);
        if (open && text[at] == ']') /* as Python, a comma may end the list */
            break;
    }
    if (open && text[at] != ']') {
        refuse(t, place_in(cell, at), "['name', 'name']",
               text[at] == '\0' ? "the list is not closed"
                                : "a comma is missing between two names");
        return;
    }
    at = skip_blanks(text, at + open);
    if (text[at] != '\0')
        refuse(t, place_in(cell, at), NULL, "text follows the list");
}

/* ---- names ---- */

static const char *value_name_at(const void *values, size_t i)
{
    return ((const ais_onnx_value *)values)[i].name;
}

static void find_value(table *t, ais__onnx_named *name)
{
    const ais_onnx_graph *graph = t->model->graph;
    name->value = ais_onnx_find_value(graph, name->name);
    if (name->value != AIS_ONNX_NONE)
        return;
    const char *near =
        ais_str_nearest(name->name, graph->values, graph->value_count, value_name_at);
    refuse(t, name->pos, near != NULL ? ais_arena_format(t->arena, "is '%s' meant?", near) : NULL,
           ais_arena_format(t->arena, "the model has no tensor '%s'", name->name));
}

static void find_trunk_value(table *t, ais__onnx_named *name)
{
    find_value(t, name);
    if (name->value == AIS_ONNX_NONE)
        return;
    if (t->flow->link_of_value[name->value] == AIS__ONNX_SOURCE)
        refuse(t, name->pos, NULL,
               ais_arena_format(t->arena,
                                "'%s' is not between the inputs and the outputs of the model",
                                name->name));
    else if (!ais__onnx_may_cross(t->flow->facts, name->value))
        refuse(t, name->pos, NULL,
               ais_arena_format(t->arena, "'%s' is no dense tensor, so it cannot be sent",
                                name->name));
}

static void find_output(table *t, ais__onnx_named *name)
{
    const ais_onnx_graph *graph = t->model->graph;
    find_value(t, name);
    if (name->value == AIS_ONNX_NONE)
        return;
    if (graph->values[name->value].is_output &&
        t->flow->link_of_value[name->value] != AIS__ONNX_SOURCE)
        return;
    AIS_SCOPED(ais_str) hint = {.data = NULL};
    ais_str_add(&hint, "outputs are");
    for (size_t i = 0; i < graph->output_count; i++)
        ais_str_add_format(&hint, "%s '%s'", i > 0 ? "," : "",
                           graph->values[graph->outputs[i]].name);
    refuse(t, name->pos, ais_str_get(&hint),
           ais_arena_format(t->arena, "'%s' is no output of the model that depends on its inputs",
                            name->name));
}

static void find_repeated(table *t, const ais__onnx_named *name, const ais__onnx_named_list *list,
                          size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++)
        if (ais_str_equal(list->items[i].name, name->name)) {
            refuse(t, name->pos, NULL,
                   ais_arena_format(t->arena, "'%s' is there twice%s", name->name, what));
            return;
        }
}

static void find_names(table *t, size_t k)
{
    ais__onnx_exit_row *row = &t->rows[k];
    if (row->name[0] == '\0')
        refuse(t, row->pos, NULL, "the exit has no name");
    for (size_t i = 0; i < k && row->name[0] != '\0'; i++)
        if (ais_str_equal(t->rows[i].name, row->name)) {
            refuse(t, row->pos, NULL,
                   ais_arena_format(t->arena, "the exit '%s' is there twice", row->name));
            break;
        }
    for (size_t i = 0; i < row->trunk.count; i++) {
        find_trunk_value(t, &row->trunk.items[i]);
        find_repeated(t, &row->trunk.items[i], &row->trunk, i, "");
    }
    for (size_t i = 0; i < row->outputs.count; i++) {
        find_output(t, &row->outputs.items[i]);
        find_repeated(t, &row->outputs.items[i], &row->outputs, i, "");
        for (size_t before = 0; before < k; before++)
            find_repeated(t, &row->outputs.items[i], &t->rows[before].outputs,
                          t->rows[before].outputs.count, ": an exit above has it");
    }
}

/* ---- the table ---- */

static void read_rows(table *t, const ais_csv *csv, const size_t *columns)
{
    t->rows = ais_alloc(csv->row_count * sizeof *t->rows);
    for (; t->count < csv->row_count; t->count++) {
        const ais_csv_cell *cells = csv->rows[t->count].cells;
        ais__onnx_exit_row *row = &t->rows[t->count];
        row->name = ais_arena_strdup(t->arena, cells[columns[0]].text);
        row->pos = cells[columns[0]].pos;
        row->trunk_pos = cells[columns[1]].pos;
        row->outputs_pos = cells[columns[2]].pos;
        read_list(t, &cells[columns[1]], &row->trunk);
        read_list(t, &cells[columns[2]], &row->outputs);
    }
    for (size_t k = 0; k < t->count; k++)
        find_names(t, k);
}

static size_t *values_of(const ais__onnx_named_list *list, ais_arena *arena)
{
    size_t *values = ais_arena_alloc(arena, list->count * sizeof *values);
    for (size_t i = 0; i < list->count; i++)
        values[i] = list->items[i].value;
    return values;
}

static ais_onnx_exits *make_exits(const table *t)
{
    ais_onnx_exits *exits = ais_alloc(sizeof *exits);
    exits->arena = ais_arena_new();
    exits->count = t->count;
    ais_onnx_exit *list = ais_arena_alloc(exits->arena, t->count * sizeof *list);
    for (size_t k = 0; k < t->count; k++)
        list[k] = (ais_onnx_exit){.name = ais_arena_strdup(exits->arena, t->rows[k].name),
                                  .trunk = values_of(&t->rows[k].trunk, exits->arena),
                                  .trunk_count = t->rows[k].trunk.count,
                                  .outputs = values_of(&t->rows[k].outputs, exits->arena),
                                  .output_count = t->rows[k].outputs.count};
    exits->exits = list;
    return exits;
}

static int read_exits(const ais_onnx_model *model, const ais_onnx_facts *facts, const ais_csv *csv,
                      ais_diags *diags, ais_onnx_exits **out)
{
    static const char *const names[] = {"exits", "input_nodes", "output_nodes"};
    size_t columns[AIS_COUNT(names)];
    if (ais_csv_need_columns(csv, names, AIS_COUNT(names), diags, columns) < 0)
        return -1;
    AIS_AUTO(ais__onnx_flow) flow = ais__onnx_flow_new(model, facts);
    __attribute__((cleanup(table_clear)))
    table t = {.model = model, .flow = flow, .diags = diags, .arena = ais_arena_new()};
    if (csv->row_count == 0)
        refuse(&t, csv->header.cells[0].pos, "one row an exit, in the order of depth",
               "the table names no exit");
    read_rows(&t, csv, columns);
    if (t.faulty || ais__onnx_check_exits(flow, t.rows, t.count, diags) < 0)
        return -1;
    *out = make_exits(&t);
    return 0;
}

int ais_onnx_read_exits(const ais_onnx_model *model, const ais_onnx_facts *facts,
                        const char *csv_path, ais_diags *diags, ais_onnx_exits **out)
{
    AIS_AUTO(ais_csv) csv = NULL;
    return ais_csv_read(csv_path, diags, &csv) < 0 ? -1 : read_exits(model, facts, csv, diags, out);
}

int ais__onnx_parse_exits(const ais_onnx_model *model, const ais_onnx_facts *facts,
                          const char *name, const char *text, size_t length, ais_diags *diags,
                          ais_onnx_exits **out)
{
    AIS_AUTO(ais_csv) csv = NULL;
    return ais_csv_parse(name, text, length, diags, &csv) < 0
               ? -1
               : read_exits(model, facts, csv, diags, out);
}
