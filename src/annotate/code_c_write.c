/* The texts of the segments of a component in C. */
#include <string.h>

#include "annotate/code_c_priv.h"

typedef struct writer {
    const ais__c_split *split;
    const ais_code_segment *segment;
    size_t number;
    bool last;
    ais__edits *edits;
} writer;

static ais_arena *arena_of(const writer *w)
{
    return w->split->code->arena;
}

static bool has_exit(const writer *w)
{
    return w->segment->exit_output_count > 0 && !w->last &&
           w->split->code->request->condition_function != NULL;
}

/* In front of the first line that is no comment. */
static size_t include_place(const ais__code *code)
{
    for (uint32_t i = 0; i < ts_node_named_child_count(code->root); i++) {
        const TSNode child = ts_node_named_child(code->root, i);
        if (!ais__node_is(child, "comment"))
            return ais__code_line_start(code, ts_node_start_byte(child));
    }
    return 0;
}

static void edit_file(const writer *w)
{
    const ais__code *code = w->split->code;
    ais__edits_add(w->edits, 0, 0,
                   ais_arena_format(arena_of(w), "/* %s */%s", ais__code_heading(code, w->number),
                                    code->newline));
    static const char *const unused[] = {"function", "variable", "const-variable"};
    AIS_SCOPED(ais_str) lines = {.data = NULL};
    ais_str_add_format(&lines, "#include <aisprint/segment.h>%s", code->newline);
    for (size_t i = 0; i < AIS_COUNT(unused); i++) /* what only other segments use is still there */
        ais_str_add_format(&lines, "#pragma GCC diagnostic ignored \"-Wunused-%s\"%s", unused[i],
                           code->newline);
    const size_t place = include_place(code);
    ais__edits_add(w->edits, place, place, ais_arena_strdup(arena_of(w), ais_str_get(&lines)));
}

/* A text as C writes it. */
static void add_string(ais_str *out, const char *text)
{
    ais_str_add_char(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            ais_str_add_char(out, '\\');
        ais_str_add_char(out, *c);
    }
    ais_str_add_char(out, '"');
}

static const char *model_of(const writer *w)
{
    return ais_arena_format(arena_of(w), "%s->onnx_file != NULL ? %s->onnx_file : \"onnx/%s\"",
                            w->split->call_name, w->split->call_name, w->segment->onnx_file);
}

static const char *outputs_of(const writer *w)
{
    if (!has_exit(w))
        return w->last ? ais__code_text(w->split->code, w->split->arguments[2]) : "NULL";
    AIS_SCOPED(ais_str) list = {.data = NULL};
    ais_str_add(&list, "(const char *const[]){");
    for (size_t i = 0; i < w->segment->exit_output_count; i++) {
        add_string(&list, w->segment->exit_outputs[i]);
        ais_str_add(&list, ", ");
    }
    ais_str_add(&list, "NULL}");
    return ais_arena_strdup(arena_of(w), ais_str_get(&list));
}

/* `returned` for `&returned`. */
static const char *target(const writer *w, size_t argument)
{
    const char *text = ais__code_text(w->split->code, w->split->arguments[argument]);
    return text[0] == '&' ? text + 1 : ais_arena_format(arena_of(w), "*(%s)", text);
}

/* Where the statement comes to stand: later segments leave out an `if` in front of it. */
static size_t line_of_statement(const writer *w)
{
    const ais__c_split *split = w->split;
    size_t at = ts_node_start_byte(split->statement);
    for (size_t i = split->cuts.count; w->number > 0 && i-- > 0;)
        if (split->cuts.items[i].to == at && split->cuts.items[i].text[0] == '\0')
            at = split->cuts.items[i].from;
    return at;
}

/* The call, and what the segment does with what it returned. */
static const char *make_call(const writer *w)
{
    const ais__c_split *split = w->split;
    const ais__code *code = split->code;
    const char *call = ais_arena_format(
        arena_of(w), "ais_load_and_inference(%s, %s, %s, %s, %s, %s)", model_of(w),
        split->input_name, outputs_of(w), ais__code_text(code, split->arguments[3]),
        ais__code_text(code, split->arguments[4]), split->err);
    const char *indent = ais__code_indent(code, line_of_statement(w));
    const char *deep = ais_arena_format(arena_of(w), "%s%s        ", code->newline, indent);
    if (has_exit(w))
        return ais_arena_format(arena_of(w),
                                "(%s < 0%s? -1%s: %s(%s) ? 0 : ais_segment_pass_on(%s, %s, %s))",
                                call, deep, deep, code->request->condition_function, target(w, 4),
                                split->call_name, target(w, 3), split->err);
    if (!w->last)
        return ais_arena_format(arena_of(w), "(%s < 0%s? -1%s: ais_segment_send(%s, %s, %s))", call,
                                deep, deep, split->call_name, target(w, 3), split->err);
    return call;
}

static void replace_call(const writer *w)
{
    ais__edits_add(w->edits, ts_node_start_byte(w->split->call), ts_node_end_byte(w->split->call),
                   make_call(w));
}

/* ---- segments ---- */

static void write_middle(const writer *w)
{
    const ais__c_split *split = w->split;
    const char *end = split->code->newline;
    ais__edits_add(w->edits, ts_node_start_byte(split->body), ts_node_end_byte(split->body),
                   ais_arena_format(arena_of(w),
                                    "{%s    return ais_segment_pass(%s, \"onnx/%s\", %s);%s}", end,
                                    split->call_name, w->segment->onnx_file, split->err, end));
}

static void write_later(const writer *w)
{
    const ais__c_split *split = w->split;
    const ais__code *code = split->code;
    for (size_t i = 0; i < split->cuts.count; i++)
        ais__edits_add(w->edits, split->cuts.items[i].from, split->cuts.items[i].to,
                       split->cuts.items[i].text);
    const size_t place = ts_node_start_byte(split->statement);
    const char *indent = ais__code_indent(code, line_of_statement(w));
    ais__edits_add(w->edits, place, place,
                   ais_arena_format(arena_of(w),
                                    "if (ais_segment_read(%s, &%s, %s) < 0)%s%s    return -1;%s%s",
                                    split->call_name, split->input_name, split->err, code->newline,
                                    indent, code->newline, indent));
    replace_call(w);
}

static const char *write_segment(const ais__c_split *split, size_t number)
{
    const ais_code_request *request = split->code->request;
    AIS_SCOPED(ais__edits) edits = {.items = NULL};
    const writer w = {.split = split,
                      .segment = &request->segments[number],
                      .number = number,
                      .last = number + 1 == request->segment_count,
                      .edits = &edits};
    edit_file(&w);
    if (number == 0)
        replace_call(&w);
    else if (!w.last && !has_exit(&w))
        write_middle(&w);
    else
        write_later(&w);
    return ais__edits_apply(&edits, split->code->source, split->code->arena);
}

void ais__c_split_write(const ais__c_split *split, const char **texts)
{
    for (size_t i = 0; i < split->code->request->segment_count; i++)
        texts[i] = write_segment(split, i);
}
