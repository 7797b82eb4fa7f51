/* The walk through branches, loops and blocks: what is set on every way is set behind them. */
#include <string.h>

#include "annotate/code_python_flow.h"

static const TSNode nothing = {.id = NULL};

/* ---- branches ---- */

size_t ais__flow_known_bytes(const ais__flow *at)
{
    return (at->split->local_count + 1) * sizeof *at->known;
}

static bool *copy_known(const ais__flow *at)
{
    bool *copy = ais_alloc(ais__flow_known_bytes(at));
    if (at->known != NULL)
        memcpy(copy, at->known, ais__flow_known_bytes(at));
    return copy;
}

static void set_known(ais__flow *at, const bool *known)
{
    if (at->known != NULL)
        memcpy(at->known, known, ais__flow_known_bytes(at));
}

/* `into` keeps what `at` knows too. */
static void intersect(const ais__flow *at, bool *into)
{
    for (size_t i = 0; at->known != NULL && i < at->split->local_count; i++)
        into[i] = into[i] && at->known[i];
}

void ais__flow_visit_jump(ais__flow *at, TSNode node)
{
    ais__flow_visit_all(at, node);
    if (at->scope != NULL)
        return; /* of an inner function: `main` goes on */
    for (size_t i = 0; at->known != NULL && i < at->split->local_count; i++)
        at->known[i] = true;
}

/* What is set inside may not be set behind. */
void ais__flow_visit_perhaps(ais__flow *at, TSNode node)
{
    AIS_FREE bool *before = copy_known(at);
    ais__flow_visit_all(at, node);
    set_known(at, before);
}

void ais__flow_visit_if(ais__flow *at, TSNode node)
{
    AIS_FREE bool *joined = NULL; /* what all branches so far set */
    AIS_FREE bool *before = NULL;
    bool has_else = false;
    ais__flow_visit_field(at, node, "condition");
    before = copy_known(at);
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (!ais__node_is(child, "block") && !ais__node_is(child, "elif_clause") &&
            !ais__node_is(child, "else_clause"))
            continue;
        has_else = has_else || ais__node_is(child, "else_clause");
        set_known(at, before);
        ais__flow_visit_all(at, child);
        if (joined == NULL)
            joined = copy_known(at);
        else
            intersect(at, joined);
    }
    set_known(at, before);
    if (!has_else && joined != NULL)
        intersect(at, joined);
    if (joined != NULL)
        set_known(at, joined);
}

void ais__flow_visit_loop(ais__flow *at, TSNode node)
{
    ais__flow_visit_field(at, node, "right");
    ais__flow_visit_field(at, node, "condition");
    AIS_FREE bool *before = copy_known(at);
    const TSNode left = ais__node_field(node, "left");
    if (!ts_node_is_null(left))
        ais__flow_bind_target(at, left, AIS__VALUE_PART, nothing);
    ais__flow_visit_field(at, node, "body");
    set_known(at, before);
    ais__flow_visit_field(at, node, "alternative");
    set_known(at, before);
}

void ais__flow_visit_try(ais__flow *at, TSNode node)
{
    AIS_FREE bool *before = copy_known(at);
    AIS_FREE bool *joined = NULL;
    AIS_FREE bool *body = NULL;
    TSNode last = nothing;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        const bool handler =
            ais__node_is(child, "except_clause") || ais__node_is(child, "except_group_clause");
        if (ais__node_is(child, "finally_clause")) {
            last = child;
            continue;
        }
        if (handler) {
            if (joined == NULL)
                joined = copy_known(at);
            set_known(at, before);
        } else if (ais__node_is(child, "else_clause") && body != NULL) {
            set_known(at, body);
        }
        ais__flow_visit_all(at, child);
        if (body == NULL)
            body = copy_known(at);
        if (joined != NULL)
            intersect(at, joined);
    }
    if (joined != NULL)
        set_known(at, joined);
    if (!ts_node_is_null(last)) {
        AIS_FREE bool *behind = copy_known(at);
        set_known(at, before); /* it may be reached from anywhere above */
        ais__flow_visit_all(at, last);
        for (size_t i = 0; at->known != NULL && i < at->split->local_count; i++)
            at->known[i] = at->known[i] || behind[i];
    }
}

void ais__flow_visit_match(ais__flow *at, TSNode node)
{
    ais__flow_visit_field(at, node, "subject");
    AIS_FREE bool *before = copy_known(at);
    TSNode block = nothing;
    AIS_SCOPED(ais__children) parts = ais__children_of(node);
    for (TSNode part; ais__children_next(&parts, &part);)
        block = ais__node_is(part, "block") ? part : block;
    if (ts_node_is_null(block))
        return;
    AIS_SCOPED(ais__children) children = ais__children_of(block);
    for (TSNode child; ais__children_next(&children, &child);) {
        set_known(at, before);
        ais__flow_visit_all(at, child);
    }
    set_known(at, before);
}

/* A pattern: single names take a value, all else is looked up. */
void ais__flow_visit_pattern(ais__flow *at, TSNode node)
{
    if (at->depth++ == AIS__CODE_DEEPEST)
        at->too_deep = true;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; !at->too_deep && ais__children_next(&children, &child);) {
        if (ais__node_is(child, "dotted_name")) {
            const bool takes =
                ais__node_is(node, "case_pattern") || ais__node_is(node, "keyword_pattern");
            if (takes && ts_node_named_child_count(child) == 1)
                ais__flow_bind(at, ais__node_inner(child), AIS__VALUE_PART, nothing);
            else
                ais__flow_read_name(at, ais__node_inner(child));
        } else if (ais__node_is(child, "identifier") && !ais__node_is(node, "keyword_pattern")) {
            ais__flow_bind(at, child, AIS__VALUE_PART, nothing);
        } else {
            ais__flow_visit_pattern(at, child);
        }
    }
    at->depth--;
}

/* ---- with ---- */

void ais__flow_visit_with_item(ais__flow *at, TSNode item)
{
    const TSNode value = ais__node_inner(item);
    if (!ais__node_is(value, "as_pattern")) {
        ais__flow_visit(at, value);
        return;
    }
    const TSNode made = ais__node_inner(value), alias = ais__node_field(value, "alias");
    const TSNode target = ts_node_is_null(alias) ? nothing : ais__node_inner(alias);
    ais__flow_visit(at, made);
    if (!ts_node_is_null(target))
        ais__flow_bind_target(at, target, AIS__VALUE_ENTER, made);
}

void ais__flow_visit_with(ais__flow *at, TSNode node)
{
    AIS_SCOPED(ais__children) items = ais__children_of(ais__node_inner(node));
    for (TSNode item; ais__children_next(&items, &item);)
        ais__flow_visit_with_item(at, item);
    ais__flow_visit_field(at, node, "body");
}

/* `except X as e`: e is gone behind the block. */
void ais__flow_visit_as(ais__flow *at, TSNode node)
{
    const TSNode alias = ais__node_field(node, "alias");
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        if (!ais__node_same(child, alias))
            ais__flow_visit(at, child);
    if (!ts_node_is_null(alias))
        ais__flow_bind_target(
            at, ais__node_is(alias, "as_pattern_target") ? ais__node_inner(alias) : alias,
            AIS__VALUE_PART, nothing);
}
