/* The variables of `main`, and which of them are made before the call and read behind it. */
#include <string.h>

#include "annotate/code_python_flow.h"

/* ---- the whole ---- */

static bool add_parameter(ais__split *split, ais_map *names, TSNode child)
{
    TSNode name = ais__node_field(child, "name");
    if (ts_node_is_null(name))
        name = child;
    while (!ais__node_is(name, "identifier") && ts_node_named_child_count(name) > 0)
        name = ais__node_inner(name);
    if (ais__node_is(name, "identifier"))
        ais_map_put(names, ais__code_text(split->code, name), split);
    if (!ais__node_is(child, "list_splat_pattern") &&
        !ais__node_is(child, "dictionary_splat_pattern"))
        return true;
    ais__code_fault(split->code, "code-entry", child,
                    "write def main(args):", "what '%s' is given cannot be known from the source",
                    split->code->request->entry);
    return false;
}

static ais__local *add_local(ais__split *split, const char *name)
{
    ais__local *local = ais_map_find(split->local_names, name);
    if (local != NULL)
        return local;
    local = &split->locals[split->local_count];
    *local = (ais__local){.name = name, .index = split->local_count++};
    ais_map_put(split->local_names, local->name, local);
    return local;
}

/* Every name in `main` that is bound somewhere in it, in the order of the source. */
static void make_locals(ais__split *split, const ais_map *bound, const ais_map *parameters,
                        const ais_map *outer)
{
    split->locals =
        ais_arena_alloc(split->code->arena,
                        (ais_map_count(bound) + ais_map_count(parameters)) * sizeof *split->locals);
    TSTreeCursor cursor = ts_tree_cursor_new(split->entry);
    for (bool going = true; going;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        if (ais__node_is(node, "identifier")) {
            const char *name = ais__code_text(split->code, node);
            const bool given = ais_map_find(parameters, name) != NULL;
            if (given || ais_map_find(bound, name) != NULL) {
                ais__local *local = add_local(split, name);
                local->is_parameter = given;
                local->is_global = ais_map_find(outer, name) != NULL;
            }
        }
        if (ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
}

static bool collect(ais__split *split)
{
    AIS_AUTO(ais_map) bound = ais_map_new();
    AIS_AUTO(ais_map) outer = ais_map_new();
    AIS_AUTO(ais_map) parameters = ais_map_new();
    bool fine = true;
    AIS_SCOPED(ais__children) children =
        ais__children_of(ais__node_field(split->entry, "parameters"));
    for (TSNode child; ais__children_next(&children, &child);)
        fine = add_parameter(split, parameters, child) && fine;
    ais__flow at = {.split = split, .collected = bound, .outer = outer};
    ais__flow_visit(&at, split->body);
    if (at.too_deep) {
        ais__code_fault(split->code, "limit", split->body, "simplify it",
                        "the code is nested more than %d deep", AIS__CODE_DEEPEST);
        return false;
    }
    make_locals(split, bound, parameters, outer);
    return fine;
}

/* The children of one level that stand before, or behind, the way to the call. */
static void visit_level(ais__flow *at, size_t level, bool behind)
{
    const TSNode inner = at->split->levels[level].inner;
    AIS_SCOPED(ais__children) children = ais__children_of(at->split->levels[level].block);
    for (TSNode child; ais__children_next(&children, &child);) {
        const bool before = ts_node_start_byte(child) < ts_node_start_byte(inner);
        if (!ais__node_same(child, inner) && before != behind)
            ais__flow_visit(at, child);
    }
}

static void visit_heads(ais__flow *at)
{
    for (size_t level = 0; level + 1 < at->split->level_count; level++) {
        AIS_SCOPED(ais__children) items =
            ais__children_of(ais__node_inner(at->split->levels[level].inner));
        for (TSNode item; ais__children_next(&items, &item);)
            ais__flow_visit_with_item(at, item);
    }
}

bool ais__split_find_flow(ais__split *split)
{
    if (!collect(split))
        return false;
    ais__flow at = {.split = split};
    AIS_FREE bool *known = ais_alloc(ais__flow_known_bytes(&at));
    at.known = known;
    for (size_t level = 0; level < split->level_count; level++)
        visit_level(&at, level, false);
    ais__flow_visit_all(&at, split->arguments); /* `:=` in them */
    for (size_t i = 0; i < split->local_count; i++) {
        split->locals[i].surely_before = known[i];
        known[i] = false;
    }
    at.after = true;
    visit_heads(&at);
    for (size_t i = 0; i < split->local_count; i++)
        if (split->locals[i].after && split->locals[i].before && !split->locals[i].is_parameter) {
            ais__code_fault(split->code, "code-nested", split->locals[i].read,
                            "call it outside of this block",
                            "the head of the block around load_and_inference needs '%s', which the "
                            "next segment does not have yet",
                            split->locals[i].name);
            return false;
        }
    ais__flow_visit(&at, split->statement);
    for (size_t level = split->level_count; level-- > 0;)
        visit_level(&at, level, true);
    return true;
}
