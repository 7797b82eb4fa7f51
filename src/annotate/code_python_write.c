/* The texts of the segments of a Python component: the source with few lines taken out and few put in;
 * no line of the user's is indented anew. */
#include <string.h>

#include "annotate/code_python_priv.h"

typedef struct writer {
    const ais__split *split;
    const ais_code_segment *segment;
    size_t number; /* of the segment, from 0 */
    bool last;
    ais__edits *edits;
    const char *indent;               /* of the call's statement */
    const char *import;               /* "from aisprint import segment" */
    const char *segment_name;         /* as it is imported */
    const char *return_dict, *result; /* names for what the call returns */
    const char *input_name;           /* in later segments */
} writer;

static ais_arena *arena_of(const writer *w)
{
    return w->split->code->arena;
}

/* `name`, or with a number behind it when the source has that word. */
static const char *fresh(const ais__split *split, const char *name)
{
    const char *free_name = name;
    for (size_t n = 2; ais__split_count_word(split, free_name) > 0; n++)
        free_name = ais_arena_format(split->code->arena, "%s_%zu", name, n);
    return free_name;
}

/* ---- the module ---- */

/* Behind "#!" and the line that names the encoding, which count in the first two lines only. */
static size_t heading_place(const ais__code *code)
{
    const ais__source *source = code->source;
    size_t place = 0;
    for (size_t line = 0; line < 2 && line < source->line_count; line++) {
        const size_t start = source->lines[line];
        const size_t end = line + 1 < source->line_count ? source->lines[line + 1] : source->length;
        const char *text = ais_arena_strndup(code->arena, source->text + start, end - start);
        if (text[0] != '#')
            break;
        if ((line == 0 && text[1] == '!') || strstr(text, "coding") != NULL)
            place = end;
    }
    return place;
}

static bool is_future(const ais__code *code, TSNode node)
{
    return ais__node_is(node, "future_import_statement") ||
           (ais__node_is(node, "import_from_statement") &&
            ais__code_text_is(code, ais__node_field(node, "module_name"), "__future__"));
}

/* In front of the first import, else of the first statement that is no text. */
static size_t import_place(const ais__code *code)
{
    TSNode first = {.id = NULL};
    AIS_SCOPED(ais__children) children = ais__children_of(code->root);
    for (TSNode child; ais__children_next(&children, &child);) {
        const bool text = ais__node_is(child, "expression_statement") &&
                          ais__node_is(ais__node_inner(child), "string");
        if (is_future(code, child) || text) {
            first = (TSNode){.id = NULL}; /* ours comes behind it */
            continue;
        }
        if (ais__node_is(child, "import_statement") || ais__node_is(child, "import_from_statement"))
            return ais__code_line_start(code, ts_node_start_byte(child));
        if (ts_node_is_null(first))
            first = child;
    }
    return ais__code_line_start(code, ts_node_start_byte(first));
}

static void edit_module(const writer *w)
{
    const ais__code *code = w->split->code;
    ais__edits_add(
        w->edits, heading_place(code), heading_place(code),
        ais_arena_format(arena_of(w), "# %s%s", ais__code_heading(code, w->number), code->newline));
    const size_t place = import_place(code);
    ais__edits_add(w->edits, place, place,
                   ais_arena_format(arena_of(w), "%s%s", w->import, code->newline));
    ais__split_edit_module(w->split, w->segment->onnx_file, w->edits);
}

/* ---- pieces ---- */

static const char *model_of(const writer *w)
{
    return w->split->model_path != NULL
               ? w->split->model_path
               : ais_arena_format(arena_of(w), "'onnx/%s'", w->segment->onnx_file);
}

/* ['exit1', 'exit2'] */
static const char *list_outputs(const writer *w)
{
    AIS_SCOPED(ais_str) list = {.data = NULL};
    ais_str_add_char(&list, '[');
    for (size_t i = 0; i < w->segment->exit_output_count; i++) {
        ais_str_add(&list, i > 0 ? ", '" : "'");
        for (const char *c = w->segment->exit_outputs[i]; *c != '\0'; c++) {
            if (*c == '\'' || *c == '\\')
                ais_str_add_char(&list, '\\');
            ais_str_add_char(&list, *c);
        }
        ais_str_add_char(&list, '\'');
    }
    ais_str_add_char(&list, ']');
    return ais_arena_strdup(arena_of(w), ais_str_get(&list));
}

static bool has_exit(const writer *w)
{
    return w->segment->exit_output_count > 0 && !w->last &&
           w->split->code->request->condition_function != NULL;
}

/* ", image=image, factor=factor" */
static const char *list_variables(const writer *w, const char *format)
{
    AIS_SCOPED(ais_str) list = {.data = NULL};
    for (size_t i = 0; i < w->split->forward_count; i++) {
        const char *name = w->split->forwards[i]->name;
        ais_str_add_format(&list, ", ");
        for (const char *c = format; *c != '\0'; c++)
            if (*c == '@')
                ais_str_add(&list, name);
            else
                ais_str_add_char(&list, *c);
    }
    return ais_arena_strdup(arena_of(w), ais_str_get(&list));
}

/* segment.write(args['output'], return_dict, image=image) */
static const char *write_call(const writer *w, const char *function, const char *return_dict)
{
    return ais_arena_format(arena_of(w), "%s.%s(%s, %s%s)", w->segment_name, function,
                            w->split->output_path, return_dict, list_variables(w, "@=@"));
}

/* The call as this segment has it: its model, in later segments its dictionary, the exit's outputs. */
static const char *make_call(const writer *w, const char *input)
{
    const ais__split *split = w->split;
    AIS_SCOPED(ais__edits) edits = {.items = NULL};
    ais__source part = *split->code->source;
    const size_t start = ts_node_start_byte(split->call), end = ts_node_end_byte(split->call);
    part.text += start;
    part.length = end - start;
    ais__edits_add(&edits, ts_node_start_byte(split->model) - start,
                   ts_node_end_byte(split->model) - start, model_of(w));
    if (input != NULL)
        ais__edits_add(&edits, ts_node_start_byte(split->input) - start,
                       ts_node_end_byte(split->input) - start, input);
    const bool chosen = !ts_node_is_null(split->outputs);
    if (chosen && !w->last) /* the whole model's outputs: only the last segment has them */
        ais__edits_add(&edits, ts_node_start_byte(split->outputs) - start,
                       ts_node_end_byte(split->outputs) - start,
                       has_exit(w) ? list_outputs(w) : "None");
    if (!chosen && has_exit(w))
        ais__edits_add(&edits, ts_node_end_byte(split->last_argument) - start,
                       ts_node_end_byte(split->last_argument) - start,
                       ais_arena_format(arena_of(w), ", outputs=%s", list_outputs(w)));
    return ais__edits_apply(&edits, &part, arena_of(w));
}

static size_t statement_start(const writer *w)
{
    return ais__code_line_start(w->split->code, ts_node_start_byte(w->split->statement));
}

static size_t statement_end(const writer *w)
{
    return ais__code_line_end(w->split->code, ts_node_end_byte(w->split->statement));
}

/* One line of ours, as deep as the call. */
static void add_line(const writer *w, ais_str *out, const char *line)
{
    ais_str_add_format(out, "%s%s%s", w->indent, line, w->split->code->newline);
}

/* What a block is indented by: as much as the body of `main`. */
static const char *deeper(const writer *w)
{
    return ais__code_indent(w->split->code, ts_node_start_byte(ais__node_inner(w->split->body)));
}

/* The statement with the call in it, and what an early exit decides behind it. */
static void add_statement(const writer *w, ais_str *out, const char *input)
{
    const ais__split *split = w->split;
    const ais__code *code = split->code;
    const char *call = make_call(w, input);
    const size_t from = statement_start(w), to = statement_end(w);
    const bool named = split->return_dict != NULL;
    const char *instead = call;
    if (!named && (has_exit(w) || (w->number == 0 && !w->last))) {
        const bool wanted = has_exit(w) || ais__split_local(split, "_") != NULL;
        add_line(w, out,
                 ais_arena_format(arena_of(w), "%s, %s = %s", w->return_dict,
                                  wanted ? w->result : "_", call));
        instead = ais_arena_format(arena_of(w), "(%s, %s)", w->return_dict, w->result);
    }
    AIS_SCOPED(ais_str) statement = {.data = NULL};
    const size_t call_from = ts_node_start_byte(split->call);
    const size_t call_to = ts_node_end_byte(split->call);
    ais_str_add_bytes(&statement, code->source->text + from, call_from - from);
    ais_str_add(&statement, instead);
    ais_str_add_bytes(&statement, code->source->text + call_to, to - call_to);
    const char *whole =
        ais_arena_format(arena_of(w), "%s%s", ais_str_get(&statement), code->newline);
    if (named)
        ais_str_add(out, whole);
    if (has_exit(w)) {
        add_line(w, out,
                 ais_arena_format(arena_of(w), "if not %s(%s):", code->request->condition_function,
                                  w->result));
        add_line(w, out,
                 ais_arena_format(arena_of(w), "%s%s", deeper(w),
                                  write_call(w, "pass_on", w->return_dict)));
        add_line(w, out, ais_arena_format(arena_of(w), "%sreturn", deeper(w)));
    }
    const bool first_of_cut = w->number == 0 && !has_exit(w);
    if (!named && !first_of_cut)
        ais_str_add(out, whole);
}

/* Without the last line's end: that of the source stays. */
static const char *take_lines(const writer *w, ais_str *lines)
{
    const size_t end = strlen(w->split->code->newline);
    if (lines->length >= end)
        ais_str_cut(lines, lines->length - end);
    return ais_arena_strdup(arena_of(w), ais_str_get(lines));
}

/* ---- segments ---- */

static size_t body_end(const writer *w)
{
    const size_t end = ais__code_line_end(w->split->code, ts_node_end_byte(w->split->body));
    const size_t statement = statement_end(w);
    const size_t body = ts_node_end_byte(w->split->body);
    return body > statement ? (end > body ? end : body) : statement;
}

static void write_first(const writer *w)
{
    AIS_SCOPED(ais_str) lines = {.data = NULL};
    add_statement(w, &lines, NULL);
    size_t end = statement_end(w);
    if (!has_exit(w)) {
        add_line(w, &lines, write_call(w, "write", w->return_dict));
        end = body_end(w);
    }
    ais__edits_add(w->edits, statement_start(w), end, take_lines(w, &lines));
}

/* Take out what stands before the way to the call in one block, but for what stays. */
static void remove_before(const writer *w, size_t level)
{
    const ais__split *split = w->split;
    const ais__code *code = split->code;
    const TSNode block = split->levels[level].block, inner = split->levels[level].inner;
    const TSNode first = ais__node_inner(block);
    const size_t from = ais__code_line_start(code, ts_node_start_byte(first));
    const size_t to = ais__code_line_start(code, ts_node_start_byte(inner));
    AIS_SCOPED(ais_str) kept = {.data = NULL};
    AIS_SCOPED(ais__children) children = ais__children_of(block);
    for (TSNode child; ais__children_next(&children, &child);)
        if (ts_node_start_byte(child) < to && ais__split_stays(split, child, block))
            ais_str_add_format(&kept, "%s%s%s", ais__code_indent(code, ts_node_start_byte(inner)),
                               ais__code_text(code, child), code->newline);
    if (from < to)
        ais__edits_add(w->edits, from, to, ais_arena_strdup(arena_of(w), ais_str_get(&kept)));
}

static bool strips_name(const writer *w)
{
    return w->split->code->request->condition_function != NULL;
}

static void write_later(const writer *w)
{
    const ais__split *split = w->split;
    for (size_t level = 0; level < split->level_count; level++)
        remove_before(w, level);
    AIS_SCOPED(ais_str) lines = {.data = NULL};
    add_line(w, &lines,
             ais_arena_format(arena_of(w), "%s%s = %s.read(%s%s)", w->input_name,
                              list_variables(w, "@"), w->segment_name, split->input_path,
                              list_variables(w, "'@'")));
    if (strips_name(w))
        add_line(w, &lines,
                 ais_arena_format(arena_of(w), "%s = %s.output(%s)", split->output_path,
                                  w->segment_name, split->output_path));
    add_statement(w, &lines, w->input_name);
    ais__edits_add(w->edits, statement_start(w), statement_end(w), take_lines(w, &lines));
}

/* Between two cuts: only the model. */
static void write_middle(const writer *w)
{
    const ais__split *split = w->split;
    const TSNode body = split->body;
    const TSNode first = ais__node_inner(body);
    AIS_SCOPED(ais_str) lines = {.data = NULL};
    writer flat = *w;
    flat.indent = ais__code_indent(split->code, ts_node_start_byte(first));
    for (size_t level = 0; level < split->level_count; level++) {
        AIS_SCOPED(ais__children) children = ais__children_of(split->levels[level].block);
        for (TSNode child; ais__children_next(&children, &child);)
            if (ais__node_inside(child, split->levels[level].block) &&
                ts_node_start_byte(child) < ts_node_start_byte(split->statement) &&
                ais__split_stays(split, child, split->levels[level].block))
                add_line(&flat, &lines, ais__code_text(split->code, child));
    }
    const char *read =
        ais_arena_format(arena_of(w), "%s.read(%s)", w->segment_name, split->input_path);
    add_line(&flat, &lines,
             ais_arena_format(arena_of(w), "%s, _ = %s(%s, %s)", w->return_dict,
                              ais__code_text(split->code, split->callee), model_of(w), read));
    add_line(&flat, &lines,
             ais_arena_format(arena_of(w), "%s.write(%s, %s)", w->segment_name, split->output_path,
                              w->return_dict));
    ais__edits_add(w->edits, ais__code_line_start(split->code, ts_node_start_byte(first)),
                   body_end(w), take_lines(w, &lines));
}

static const char *write_segment(const writer *names, size_t number)
{
    const ais__code *code = names->split->code;
    AIS_SCOPED(ais__edits) edits = {.items = NULL};
    writer w = *names;
    w.segment = &code->request->segments[number];
    w.number = number;
    w.last = number + 1 == code->request->segment_count;
    w.edits = &edits;
    edit_module(&w);
    if (number == 0)
        write_first(&w);
    else if (!w.last && !has_exit(&w))
        write_middle(&w);
    else
        write_later(&w);
    return ais__edits_apply(&edits, code->source, code->arena);
}

void ais__split_write(const ais__split *split, const char **texts)
{
    writer w = {.split = split};
    w.indent = ais__code_indent(split->code, ts_node_start_byte(split->statement));
    w.segment_name = fresh(split, "segment");
    w.import = ais_str_equal(w.segment_name, "segment")
                   ? "from aisprint import segment"
                   : ais_arena_format(split->code->arena, "from aisprint import segment as %s",
                                      w.segment_name);
    w.return_dict = split->return_dict != NULL ? split->return_dict : fresh(split, "return_dict");
    w.result = split->result != NULL ? split->result : fresh(split, "result");
    w.input_name = split->input_name != NULL && !split->input_travels ? split->input_name
                                                                      : fresh(split, "input_dict");
    for (size_t i = 0; i < split->code->request->segment_count; i++)
        texts[i] = write_segment(&w, i);
}
