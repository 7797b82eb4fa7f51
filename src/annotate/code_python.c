/* Splitting a Python component, from beginning to end; see code_python_priv.h for the parts. */
#include <string.h>

#include "annotate/code_python_priv.h"

static TSNode find_entry(const ais__code *code)
{
    TSNode found = {.id = NULL};
    AIS_SCOPED(ais__children) children = ais__children_of(code->root);
    for (TSNode child; ais__children_next(&children, &child);) {
        const TSNode function = ais__node_is(child, "decorated_definition")
                                    ? ais__node_field(child, "definition")
                                    : child;
        if (ais__node_is(function, "function_definition") &&
            ais__code_text_is(code, ais__node_field(function, "name"), code->request->entry))
            found = function; /* the last one is the one that Python keeps */
    }
    return found;
}

/* A coroutine or generator runs nothing when it is called. */
static bool check_entry(const ais__split *split)
{
    const ais__code *code = split->code;
    if (ais__code_text_is(code, ts_node_child(split->entry, 0), "async")) {
        ais__code_fault(code, "code-entry", split->entry, "write it without async", "'%s' is async",
                        code->request->entry);
        return false;
    }
    bool fine = true;
    TSTreeCursor cursor = ts_tree_cursor_new(split->body);
    for (bool going = true; going;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        const bool inner =
            ais__node_is(node, "function_definition") || ais__node_is(node, "lambda");
        if (ais__node_is(node, "yield") && ts_node_is_named(node) && fine) {
            ais__code_fault(code, "code-entry", node, "write its result and return",
                            "'%s' yields, so calling it runs nothing", code->request->entry);
            fine = false;
        }
        if (!inner && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    return fine;
}

static bool find_entry_function(ais__split *split)
{
    const ais__code *code = split->code;
    split->entry = find_entry(code);
    if (ts_node_is_null(split->entry)) {
        ais__fault(code->reading, "code-entry", (ais_pos){.file = code->source->file},
                   "define it at the top level of the file", "there is no function '%s'",
                   code->request->entry);
        return false;
    }
    split->body = ais__node_field(split->entry, "body");
    return check_entry(split);
}

int ais__code_python(ais__code *code, const char **texts)
{
    AIS_AUTO(ais_map) module = ais_map_new();
    AIS_AUTO(ais_map) locals = ais_map_new();
    ais__python names = {
        .reading = code->reading, .arena = code->arena, .names = module, .subject = "main"};
    ais__python_collect(&names, code->root);
    free(names.mains);
    ais__split split = {.code = code, .names = &names, .local_names = locals};
    bool fine = find_entry_function(&split) && ais__split_find_call(&split) &&
                ais__split_find_flow(&split) && ais__split_find_paths(&split) &&
                ais__split_check(&split) && ais__split_check_output(&split);
    if (code->request->condition_function != NULL)
        fine = ais__split_check_condition(&split) && fine;
    if (fine && texts != NULL)
        ais__split_write(&split, texts);
    free(split.uses);
    return fine ? 0 : -1;
}
