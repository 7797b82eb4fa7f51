/* The path of the output in variables: each segment has its own, so none that is made of it may travel. */
#include <string.h>

#include "annotate/code_python_priv.h"

typedef struct search {
    const ais__split *split;
    bool *made; /* by local: is made of the path */
    TSNode place;
} search;

/* A use of the path, or of all arguments, in front of the call; of a name that is made of it. */
static bool is_source(const search *at, TSNode node, bool whole)
{
    const ais__split *split = at->split;
    for (size_t i = 0; i < split->use_count; i++) {
        const ais__use *use = &split->uses[i];
        if (use->after || use->changes || !ais__node_same(use->node, node))
            continue;
        if (use->key != NULL ? ais_str_equal(use->key, "output")
                             : whole || ais_str_equal(use->local->name, split->output_path))
            return true;
    }
    const ais__local *local = ais__node_is(node, "identifier")
                                  ? ais__split_local(split, ais__code_text(split->code, node))
                                  : NULL;
    return local != NULL && at->made[local->index];
}

/* The name of the item is the same in all segments. */
static bool gives_name(const search *at, TSNode node)
{
    if (ais__node_is(node, "attribute"))
        return ais__code_text_is(at->split->code, ais__node_field(node, "attribute"), "name") ||
               ais__code_text_is(at->split->code, ais__node_field(node, "attribute"), "stem");
    const char *path = ais__node_is(node, "call")
                           ? ais__split_path(at->split, ais__node_field(node, "function"))
                           : NULL;
    return path != NULL && ais_str_ends(path, "basename");
}

/* `args` of `dict(args)`, `vars(args)`, `copy(args)`. */
static TSNode skip_copy(const search *at, TSNode value)
{
    static const char *const names[] = {"dict", "vars", "copy", "copy.copy", "copy.deepcopy"};
    const TSNode function = ais__node_field(value, "function");
    const TSNode arguments = ais__node_field(value, "arguments");
    const char *path = ais__node_is(value, "call") ? ais__split_path(at->split, function) : NULL;
    for (size_t i = 0; path != NULL && i < AIS_COUNT(names); i++)
        if (ais_str_equal(path, names[i]) && ts_node_named_child_count(arguments) == 1)
            return ts_node_named_child(arguments, 0);
    return value;
}

/* Is `value` made of the path? `at->place` says where. */
static bool is_made(search *at, TSNode value)
{
    value = skip_copy(at, value);
    bool found = is_source(at, value, true);
    at->place = value;
    TSTreeCursor cursor = ts_tree_cursor_new(value);
    for (bool going = !found; going && !found;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        found = is_source(at, node, false);
        if (found)
            at->place = node;
        else if (!gives_name(at, node) && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !found && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    return found;
}

static bool travels(const ais__split *split, const ais__local *local)
{
    for (size_t i = 0; i < split->forward_count; i++)
        if (split->forwards[i] == local)
            return true;
    return false;
}

static bool see_target(search *at, TSNode target, bool report)
{
    const ais__split *split = at->split;
    if (!ais__node_is(target, "identifier")) {
        bool fine = true;
        const bool item = ais__node_is(target, "subscript") || ais__node_is(target, "attribute");
        AIS_SCOPED(ais__children) children = ais__children_of(target);
        for (TSNode child; !item && ais__children_next(&children, &child);)
            fine = see_target(at, child, report) && fine;
        return fine;
    }
    const ais__local *local = ais__split_local(split, ais__code_text(split->code, target));
    if (local == NULL)
        return true;
    at->made[local->index] = true;
    if (!report || !travels(split, local))
        return true;
    AIS_FREE char *hint =
        ais_format("it is read in line %u, behind load_and_inference: make it there",
                   ais__code_line(split->code, local->read));
    ais__code_fault(split->code, "code-output", at->place, hint,
                    "'%s' is made of the path of the output, and each segment has its own",
                    local->name);
    return false;
}

static bool look(search *at, bool report)
{
    bool fine = true;
    TSTreeCursor cursor = ts_tree_cursor_new(at->split->body);
    for (bool going = true; going;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        const bool before = ts_node_start_byte(node) < ts_node_start_byte(at->split->statement);
        const bool named = ais__node_is(node, "named_expression");
        if (before && (named || ais__node_is(node, "assignment"))) {
            const TSNode value = ais__node_field(node, named ? "value" : "right");
            if (!ts_node_is_null(value) && is_made(at, value))
                fine =
                    see_target(at, ais__node_field(node, named ? "name" : "left"), report) && fine;
        }
        if (before && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    return fine;
}

bool ais__split_check_output(const ais__split *split)
{
    AIS_FREE bool *made = ais_alloc((split->local_count + 1) * sizeof *made);
    search at = {.split = split, .made = made};
    (void)look(&at, false);
    return look(&at, true);
}
