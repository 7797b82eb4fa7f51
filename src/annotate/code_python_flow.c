/* Which variables of `main` get a value before the call and are read behind it, before they get another
 * one there. In doubt a variable counts as read, and as perhaps without a value.
 *
 * One walk in the order of evaluation. `known` has a bit for each variable that surely has a value; a
 * branch works on a copy, and what all branches set is set behind them. Behind return, raise, break and
 * continue everything counts as set: nobody comes that way. Functions, lambdas and comprehensions have
 * names of their own (a `scope`); what they read of ours counts where they stand. */
#include <string.h>

#include "annotate/code_python_flow.h"

static const TSNode nothing = {.id = NULL};

ais__local *ais__split_local(const ais__split *split, const char *name)
{
    return ais_map_find(split->local_names, name);
}

static ais__local *find(const ais__flow *at, TSNode name)
{
    const char *text = ais__code_text(at->split->code, name);
    for (const ais__scope *s = at->scope; s != NULL; s = s->up)
        if (ais_map_find(s->names, text) != NULL)
            return NULL;
    return ais__split_local(at->split, text);
}

/* ---- events ---- */

void ais__flow_bind(ais__flow *at, TSNode name, int kind, TSNode value)
{
    const char *text = ais__code_text(at->split->code, name);
    if (at->collected != NULL) {
        ais_map_put(at->collected, text, at);
        return;
    }
    ais__local *local = at->scope == NULL ? ais__split_local(at->split, text) : NULL;
    if (local == NULL)
        return;
    at->known[local->index] = true;
    if (at->after)
        return;
    ais__bound *bound = ais_arena_alloc(at->split->code->arena, sizeof *bound);
    *bound = (ais__bound){.name = name, .value = value, .next = local->bound};
    bound->kind = kind;
    local->bound = bound;
    local->before = true;
}

static void add_use(ais__flow *at, const ais__local *local, const char *key, TSNode node,
                    bool attribute, bool changes)
{
    ais__split *split = at->split;
    split->uses =
        ais_grow(split->uses, &split->use_capacity, split->use_count + 1, sizeof *split->uses);
    split->uses[split->use_count++] = (ais__use){.local = local,
                                                 .key = key,
                                                 .node = node,
                                                 .attribute = attribute,
                                                 .after = at->after,
                                                 .changes = changes};
}

void ais__flow_read_name(ais__flow *at, TSNode name)
{
    ais__local *local = at->collected == NULL ? find(at, name) : NULL;
    if (local == NULL)
        return;
    if (local->is_parameter)
        add_use(at, local, NULL, name, false, false);
    if (at->after && !at->known[local->index] && !local->after) {
        local->after = true;
        local->read = name;
    }
}

/* The parameter that `node` is, NULL when it is none (any more: `args = other` makes it a variable). */
static const ais__local *parameter(const ais__flow *at, TSNode node)
{
    if (at->collected != NULL || !ais__node_is(node, "identifier"))
        return NULL;
    const ais__local *local = find(at, node);
    return local != NULL && local->is_parameter ? local : NULL;
}

/* ---- targets ---- */

void ais__flow_visit_all(ais__flow *at, TSNode node)
{
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        ais__flow_visit(at, child);
}

/* `args['key'] = ...` */
static bool change_parameter(ais__flow *at, TSNode target)
{
    const bool item = ais__node_is(target, "subscript");
    const ais__local *local = parameter(at, ais__node_field(target, item ? "value" : "object"));
    if (local == NULL)
        return false;
    const TSNode key = ais__node_field(target, item ? "subscript" : "attribute");
    add_use(at, local,
            item ? ais__split_plain_string(at->split, key) : ais__code_text(at->split->code, key),
            target, !item, true);
    if (item)
        ais__flow_visit(at, key);
    return true;
}

void ais__flow_bind_target(ais__flow *at, TSNode target, int kind, TSNode value)
{
    if (at->depth++ == AIS__CODE_DEEPEST)
        at->too_deep = true;
    if (ais__node_is(target, "identifier")) {
        ais__flow_bind(at, target, kind, value);
    } else if (ais__node_is(target, "attribute") || ais__node_is(target, "subscript")) {
        if (!change_parameter(at, target))
            ais__flow_visit(at, target);
    } else if (!at->too_deep) {
        AIS_SCOPED(ais__children) children = ais__children_of(target);
        for (TSNode child; ais__children_next(&children, &child);)
            ais__flow_bind_target(at, child, AIS__VALUE_PART, (TSNode){.id = NULL});
    }
    at->depth--;
}

void ais__flow_visit_field(ais__flow *at, TSNode node, const char *name)
{
    const TSNode field = ais__node_field(node, name);
    if (!ts_node_is_null(field))
        ais__flow_visit(at, field);
}

static void visit_assignment(ais__flow *at, TSNode node)
{
    const TSNode right = ais__node_field(node, "right");
    if (ts_node_is_null(right))
        return; /* `x: int` */
    ais__flow_visit(at, right);
    TSNode value = right;
    while (ais__node_is(value, "assignment"))
        value = ais__node_field(value, "right");
    ais__flow_bind_target(at, ais__node_field(node, "left"), AIS__VALUE_OF, value);
}

static void visit_augmented(ais__flow *at, TSNode node)
{
    ais__flow_visit_field(at, node, "left");
    ais__flow_visit_field(at, node, "right");
    ais__flow_bind_target(at, ais__node_field(node, "left"), AIS__VALUE_PART, nothing);
}

static void visit_named(ais__flow *at, TSNode node)
{
    const ais__scope *own = at->scope;
    ais__flow_visit_field(at, node, "value");
    while (at->scope != NULL && at->scope->comprehension)
        at->scope = at->scope->up;
    ais__flow_bind_target(at, ais__node_field(node, "name"), AIS__VALUE_OF,
                          ais__node_field(node, "value"));
    at->scope = own;
}

static void visit_delete(ais__flow *at, TSNode node)
{
    ais__flow_visit_all(at, node);
    TSNode list = ais__node_inner(node);
    if (!ais__node_is(list, "expression_list"))
        list = node;
    AIS_SCOPED(ais__children) children = ais__children_of(list);
    for (TSNode child; ais__children_next(&children, &child);) {
        ais__local *local =
            ais__node_is(child, "identifier") && at->collected == NULL && at->scope == NULL
                ? find(at, child)
                : NULL;
        if (local != NULL)
            at->known[local->index] = false;
        else if (ais__node_is(child, "subscript") || ais__node_is(child, "attribute"))
            (void)change_parameter(at, child);
    }
}

static void visit_import(ais__flow *at, TSNode node)
{
    const TSNode module = ais__node_field(node, "module_name");
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (ais__node_same(child, module) || ais__node_is(child, "wildcard_import"))
            continue;
        const bool renamed = ais__node_is(child, "aliased_import");
        const TSNode name = renamed ? ais__node_field(child, "alias") : ais__node_inner(child);
        if (!ts_node_is_null(name))
            ais__flow_bind(at, name, AIS__VALUE_IMPORT, nothing);
    }
}

/* ---- expressions ---- */

static void visit_item(ais__flow *at, TSNode node)
{
    const bool item = ais__node_is(node, "subscript");
    const TSNode object = ais__node_field(node, item ? "value" : "object");
    const ais__local *local = parameter(at, object);
    if (local == NULL) {
        ais__flow_visit(at, object);
    } else {
        const TSNode key = ais__node_field(node, item ? "subscript" : "attribute");
        add_use(at, local,
                item ? ais__split_plain_string(at->split, key)
                     : ais__code_text(at->split->code, key),
                node, !item, false);
    }
    for (uint32_t i = 0; item && i < ts_node_named_child_count(node); i++)
        if (!ais__node_same(ts_node_named_child(node, i), object))
            ais__flow_visit(at, ts_node_named_child(node, i));
}

/* `args.get('key')` is a use of one key, `args.update(...)` a change of all. */
static bool visit_method(ais__flow *at, TSNode node)
{
    static const struct {
        const char *name;
        bool changes, keyed;
    } methods[] = {{.name = "get", .keyed = true},
                   {.name = "pop", .keyed = true, .changes = true},
                   {.name = "setdefault", .keyed = true, .changes = true},
                   {.name = "update", .changes = true},
                   {.name = "clear", .changes = true},
                   {.name = "popitem", .changes = true},
                   {.name = "items"},
                   {.name = "keys"},
                   {.name = "values"},
                   {.name = "copy"}};
    const TSNode function = ais__node_field(node, "function");
    const TSNode arguments = ais__node_field(node, "arguments");
    if (!ais__node_is(function, "attribute"))
        return false;
    const ais__local *local = parameter(at, ais__node_field(function, "object"));
    for (size_t i = 0; local != NULL && i < AIS_COUNT(methods); i++) {
        if (!ais__code_text_is(at->split->code, ais__node_field(function, "attribute"),
                               methods[i].name))
            continue;
        const TSNode first = ais__node_inner(arguments);
        const char *key = methods[i].keyed && !ts_node_is_null(first)
                              ? ais__split_plain_string(at->split, first)
                              : NULL;
        add_use(at, local, key, node, false, methods[i].changes);
        ais__flow_visit(at, arguments);
        return true;
    }
    return false;
}

static void visit_call(ais__flow *at, TSNode node)
{
    if (ais__node_same(node, at->split->call)) {
        if (!at->after)
            ais__flow_visit_all(at, at->split->arguments);
        else if (!ts_node_is_null(at->split->outputs))
            ais__flow_visit(at, at->split->outputs);
        return;
    }
    if (!visit_method(at, node))
        ais__flow_visit_all(at, node);
}

static void visit_keyword(ais__flow *at, TSNode node)
{
    ais__flow_visit_field(at, node, "value");
}

static void visit_none(ais__flow *at, TSNode node)
{
    (void)at;
    (void)node;
}

static void visit_decorated(ais__flow *at, TSNode node)
{
    ais__flow_visit_all(at, node);
}

static const struct visitor {
    const char *type;
    void (*visit)(ais__flow *at, TSNode node);
} visitors[] = {
    {.type = "as_pattern", .visit = ais__flow_visit_as},
    {.type = "assignment", .visit = visit_assignment},
    {.type = "attribute", .visit = visit_item},
    {.type = "augmented_assignment", .visit = visit_augmented},
    {.type = "boolean_operator", .visit = ais__flow_visit_perhaps},
    {.type = "break_statement", .visit = ais__flow_visit_jump},
    {.type = "call", .visit = visit_call},
    {.type = "case_pattern", .visit = ais__flow_visit_pattern},
    {.type = "class_definition", .visit = ais__flow_visit_class},
    {.type = "conditional_expression", .visit = ais__flow_visit_perhaps},
    {.type = "continue_statement", .visit = ais__flow_visit_jump},
    {.type = "decorated_definition", .visit = visit_decorated},
    {.type = "delete_statement", .visit = visit_delete},
    {.type = "dictionary_comprehension", .visit = ais__flow_visit_comprehension},
    {.type = "for_in_clause", .visit = ais__flow_visit_for_in},
    {.type = "for_statement", .visit = ais__flow_visit_loop},
    {.type = "function_definition", .visit = ais__flow_visit_function},
    {.type = "generator_expression", .visit = ais__flow_visit_comprehension},
    {.type = "global_statement", .visit = ais__flow_visit_outer},
    {.type = "identifier", .visit = ais__flow_read_name},
    {.type = "if_statement", .visit = ais__flow_visit_if},
    {.type = "import_from_statement", .visit = visit_import},
    {.type = "import_statement", .visit = visit_import},
    {.type = "keyword_argument", .visit = visit_keyword},
    {.type = "lambda", .visit = ais__flow_visit_lambda},
    {.type = "list_comprehension", .visit = ais__flow_visit_comprehension},
    {.type = "match_statement", .visit = ais__flow_visit_match},
    {.type = "named_expression", .visit = visit_named},
    {.type = "nonlocal_statement", .visit = ais__flow_visit_outer},
    {.type = "raise_statement", .visit = ais__flow_visit_jump},
    {.type = "return_statement", .visit = ais__flow_visit_jump},
    {.type = "set_comprehension", .visit = ais__flow_visit_comprehension},
    {.type = "subscript", .visit = visit_item},
    {.type = "try_statement", .visit = ais__flow_visit_try},
    {.type = "type", .visit = visit_none}, /* of a variable: not evaluated inside of functions */
    {.type = "while_statement", .visit = ais__flow_visit_loop},
    {.type = "with_statement", .visit = ais__flow_visit_with},
};

static int compare_type(const void *type, const void *row)
{
    return strcmp(type, ((const struct visitor *)row)->type);
}

void ais__flow_visit(ais__flow *at, TSNode node)
{
    if (ts_node_is_null(node) || at->too_deep)
        return;
    if (at->depth == AIS__CODE_DEEPEST) {
        at->too_deep = true;
        return;
    }
    at->depth++;
    const struct visitor *row = bsearch(ts_node_type(node), visitors, AIS_COUNT(visitors),
                                        sizeof visitors[0], compare_type);
    if (row != NULL)
        row->visit(at, node);
    else
        ais__flow_visit_all(at, node);
    at->depth--;
}
