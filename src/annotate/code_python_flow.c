/* Which variables of `main` get a value before the call and are read behind it, before they get another
 * one there. In doubt a variable counts as read, and as perhaps without a value.
 *
 * One walk in the order of evaluation. `known` has a bit for each variable that surely has a value; a
 * branch works on a copy, and what all branches set is set behind them. Behind return, raise, break and
 * continue everything counts as set: nobody comes that way. Functions, lambdas and comprehensions have
 * names of their own (a `scope`); what they read of ours counts where they stand. */
#include <string.h>

#include "annotate/code_python_priv.h"

typedef struct scope {
    ais_map *names;
    bool comprehension; /* `:=` in it binds outside */
    const struct scope *up;
} scope;

typedef struct flow {
    ais__split *split;
    ais_map *collected; /* first round: the names that are bound; NULL in the second */
    ais_map *outer;     /* first round: names said to be global or nonlocal */
    bool after;         /* behind the call */
    bool *known;
    const scope *scope; /* inside of a function or comprehension: binds nothing of ours */
    unsigned depth;
    bool too_deep;
} flow;

static void visit(flow *at, TSNode node);

ais__local *ais__split_local(const ais__split *split, const char *name)
{
    return ais_map_find(split->local_names, name);
}

static ais__local *find(const flow *at, TSNode name)
{
    const char *text = ais__code_text(at->split->code, name);
    for (const scope *s = at->scope; s != NULL; s = s->up)
        if (ais_map_find(s->names, text) != NULL)
            return NULL;
    return ais__split_local(at->split, text);
}

/* ---- events ---- */

static void bind(flow *at, TSNode name, int kind, TSNode value)
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

static void add_use(flow *at, const ais__local *local, const char *key, TSNode node, bool attribute,
                    bool changes)
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

static void read_name(flow *at, TSNode name)
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
static const ais__local *parameter(const flow *at, TSNode node)
{
    if (at->collected != NULL || !ais__node_is(node, "identifier"))
        return NULL;
    const ais__local *local = find(at, node);
    return local != NULL && local->is_parameter ? local : NULL;
}

/* ---- targets ---- */

static void visit_all(flow *at, TSNode node)
{
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        visit(at, child);
}

/* `args['key'] = ...` */
static bool change_parameter(flow *at, TSNode target)
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
        visit(at, key);
    return true;
}

static void bind_target(flow *at, TSNode target, int kind, TSNode value)
{
    if (at->depth++ == AIS__CODE_DEEPEST)
        at->too_deep = true;
    if (ais__node_is(target, "identifier")) {
        bind(at, target, kind, value);
    } else if (ais__node_is(target, "attribute") || ais__node_is(target, "subscript")) {
        if (!change_parameter(at, target))
            visit(at, target);
    } else if (!at->too_deep) {
        AIS_SCOPED(ais__children) children = ais__children_of(target);
        for (TSNode child; ais__children_next(&children, &child);)
            bind_target(at, child, AIS__VALUE_PART, (TSNode){.id = NULL});
    }
    at->depth--;
}

static const TSNode nothing = {.id = NULL};

static void visit_field(flow *at, TSNode node, const char *name)
{
    const TSNode field = ais__node_field(node, name);
    if (!ts_node_is_null(field))
        visit(at, field);
}

static void visit_assignment(flow *at, TSNode node)
{
    const TSNode right = ais__node_field(node, "right");
    if (ts_node_is_null(right))
        return; /* `x: int` */
    visit(at, right);
    TSNode value = right;
    while (ais__node_is(value, "assignment"))
        value = ais__node_field(value, "right");
    bind_target(at, ais__node_field(node, "left"), AIS__VALUE_OF, value);
}

static void visit_augmented(flow *at, TSNode node)
{
    visit_field(at, node, "left");
    visit_field(at, node, "right");
    bind_target(at, ais__node_field(node, "left"), AIS__VALUE_PART, nothing);
}

static void visit_named(flow *at, TSNode node)
{
    const scope *own = at->scope;
    visit_field(at, node, "value");
    while (at->scope != NULL && at->scope->comprehension)
        at->scope = at->scope->up;
    bind_target(at, ais__node_field(node, "name"), AIS__VALUE_OF, ais__node_field(node, "value"));
    at->scope = own;
}

static void visit_delete(flow *at, TSNode node)
{
    visit_all(at, node);
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

static void visit_import(flow *at, TSNode node)
{
    const TSNode module = ais__node_field(node, "module_name");
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (ais__node_same(child, module) || ais__node_is(child, "wildcard_import"))
            continue;
        const bool renamed = ais__node_is(child, "aliased_import");
        const TSNode name = renamed ? ais__node_field(child, "alias") : ais__node_inner(child);
        if (!ts_node_is_null(name))
            bind(at, name, AIS__VALUE_IMPORT, nothing);
    }
}

/* ---- branches ---- */

static size_t known_bytes(const flow *at)
{
    return (at->split->local_count + 1) * sizeof *at->known;
}

static bool *copy_known(const flow *at)
{
    bool *copy = ais_alloc(known_bytes(at));
    if (at->known != NULL)
        memcpy(copy, at->known, known_bytes(at));
    return copy;
}

static void set_known(flow *at, const bool *known)
{
    if (at->known != NULL)
        memcpy(at->known, known, known_bytes(at));
}

/* `into` keeps what `at` knows too. */
static void intersect(const flow *at, bool *into)
{
    for (size_t i = 0; at->known != NULL && i < at->split->local_count; i++)
        into[i] = into[i] && at->known[i];
}

static void visit_jump(flow *at, TSNode node)
{
    visit_all(at, node);
    for (size_t i = 0; at->known != NULL && i < at->split->local_count; i++)
        at->known[i] = true;
}

/* What is set inside may not be set behind. */
static void visit_perhaps(flow *at, TSNode node)
{
    AIS_FREE bool *before = copy_known(at);
    visit_all(at, node);
    set_known(at, before);
}

static void visit_if(flow *at, TSNode node)
{
    AIS_FREE bool *joined = NULL; /* what all branches so far set */
    AIS_FREE bool *before = NULL;
    bool has_else = false;
    visit_field(at, node, "condition");
    before = copy_known(at);
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (!ais__node_is(child, "block") && !ais__node_is(child, "elif_clause") &&
            !ais__node_is(child, "else_clause"))
            continue;
        has_else = has_else || ais__node_is(child, "else_clause");
        set_known(at, before);
        visit_all(at, child);
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

static void visit_loop(flow *at, TSNode node)
{
    visit_field(at, node, "right");
    visit_field(at, node, "condition");
    AIS_FREE bool *before = copy_known(at);
    const TSNode left = ais__node_field(node, "left");
    if (!ts_node_is_null(left))
        bind_target(at, left, AIS__VALUE_PART, nothing);
    visit_field(at, node, "body");
    set_known(at, before);
    visit_field(at, node, "alternative");
    set_known(at, before);
}

static void visit_try(flow *at, TSNode node)
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
        visit_all(at, child);
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
        visit_all(at, last);
        for (size_t i = 0; at->known != NULL && i < at->split->local_count; i++)
            at->known[i] = at->known[i] || behind[i];
    }
}

static void visit_match(flow *at, TSNode node)
{
    visit_field(at, node, "subject");
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
        visit_all(at, child);
    }
    set_known(at, before);
}

/* A pattern: single names take a value, all else is looked up. */
static void visit_pattern(flow *at, TSNode node)
{
    if (at->depth++ == AIS__CODE_DEEPEST)
        at->too_deep = true;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; !at->too_deep && ais__children_next(&children, &child);) {
        if (ais__node_is(child, "dotted_name")) {
            const bool takes =
                ais__node_is(node, "case_pattern") || ais__node_is(node, "keyword_pattern");
            if (takes && ts_node_named_child_count(child) == 1)
                bind(at, ais__node_inner(child), AIS__VALUE_PART, nothing);
            else
                read_name(at, ais__node_inner(child));
        } else if (ais__node_is(child, "identifier") && !ais__node_is(node, "keyword_pattern")) {
            bind(at, child, AIS__VALUE_PART, nothing);
        } else {
            visit_pattern(at, child);
        }
    }
    at->depth--;
}

/* ---- with ---- */

static void visit_with_item(flow *at, TSNode item)
{
    const TSNode value = ais__node_inner(item);
    if (!ais__node_is(value, "as_pattern")) {
        visit(at, value);
        return;
    }
    const TSNode made = ais__node_inner(value), alias = ais__node_field(value, "alias");
    const TSNode target = ts_node_is_null(alias) ? nothing : ais__node_inner(alias);
    visit(at, made);
    if (!ts_node_is_null(target))
        bind_target(at, target, AIS__VALUE_ENTER, made);
}

static void visit_with(flow *at, TSNode node)
{
    AIS_SCOPED(ais__children) items = ais__children_of(ais__node_inner(node));
    for (TSNode item; ais__children_next(&items, &item);)
        visit_with_item(at, item);
    visit_field(at, node, "body");
}

/* `except X as e`: e is gone behind the block. */
static void visit_as(flow *at, TSNode node)
{
    const TSNode alias = ais__node_field(node, "alias");
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        if (!ais__node_same(child, alias))
            visit(at, child);
    if (!ts_node_is_null(alias))
        bind_target(at, ais__node_is(alias, "as_pattern_target") ? ais__node_inner(alias) : alias,
                    AIS__VALUE_PART, nothing);
}

/* ---- scopes ---- */

/* Names of parameters go to `names`; defaults and types are read where the function stands. */
static void visit_parameters(flow *at, TSNode parameters, ais_map *names)
{
    AIS_SCOPED(ais__children) children = ais__children_of(parameters);
    for (TSNode child; ais__children_next(&children, &child);) {
        TSNode name = ais__node_field(child, "name");
        if (ts_node_is_null(name))
            name = child;
        while (!ais__node_is(name, "identifier") && ts_node_named_child_count(name) > 0)
            name = ais__node_inner(name);
        if (ais__node_is(name, "identifier"))
            ais_map_put(names, ais__code_text(at->split->code, name), at);
        visit_field(at, child, "value");
    }
}

/* Read what `body` reads of ours; the names that it binds are its own. */
static void visit_scope(flow *at, TSNode body, ais_map *names)
{
    AIS_AUTO(ais_map) outer = ais_map_new();
    flow inside = {.split = at->split, .collected = names, .outer = outer, .depth = at->depth};
    visit(&inside, body);
    at->too_deep = at->too_deep || inside.too_deep;
    if (at->collected != NULL)
        return;
    const scope own = {.names = names, .up = at->scope};
    at->scope = &own;
    visit(at, body);
    at->scope = own.up;
}

static void visit_function(flow *at, TSNode node)
{
    AIS_AUTO(ais_map) names = ais_map_new();
    const TSNode name = ais__node_field(node, "name"), body = ais__node_field(node, "body");
    const TSNode parameters = ais__node_field(node, "parameters");
    if (!ts_node_is_null(parameters))
        visit_parameters(at, parameters, names);
    if (at->collected == NULL && !ts_node_is_null(body))
        visit_scope(at, body, names);
    if (!ts_node_is_null(name))
        bind(at, name, AIS__VALUE_FUNCTION, nothing);
}

static void visit_class(flow *at, TSNode node)
{
    AIS_AUTO(ais_map) names = ais_map_new();
    const TSNode body = ais__node_field(node, "body"), name = ais__node_field(node, "name");
    visit_field(at, node, "superclasses");
    if (at->collected == NULL && !ts_node_is_null(body)) {
        const scope own = {.names = names, .up = at->scope};
        at->scope = &own; /* what it binds is its own; what it reads may be ours */
        visit(at, body);
        at->scope = own.up;
    }
    if (!ts_node_is_null(name))
        bind(at, name, AIS__VALUE_CLASS, nothing);
}

/* In a comprehension `:=` binds outside; it may not have run behind it. */
static void collect_targets(flow *at, TSNode node, ais_map *names)
{
    flow inside = {.split = at->split, .collected = names, .outer = at->outer, .depth = at->depth};
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        if (ais__node_is(child, "for_in_clause"))
            bind_target(&inside, ais__node_field(child, "left"), AIS__VALUE_PART, nothing);
}

static void visit_comprehension(flow *at, TSNode node)
{
    if (at->collected != NULL) {
        visit_perhaps(at, node);
        return;
    }
    AIS_AUTO(ais_map) names = ais_map_new();
    collect_targets(at, node, names);
    const scope own = {.names = names, .comprehension = true, .up = at->scope};
    at->scope = &own;
    visit_perhaps(at, node);
    at->scope = own.up;
}

static void visit_for_in(flow *at, TSNode node)
{
    visit_field(at, node, "right");
    if (at->collected == NULL)
        bind_target(at, ais__node_field(node, "left"), AIS__VALUE_PART, nothing);
}

static void visit_outer(flow *at, TSNode node)
{
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; at->outer != NULL && ais__children_next(&children, &child);)
        ais_map_put(at->outer, ais__code_text(at->split->code, child), at);
}

/* ---- expressions ---- */

static void visit_item(flow *at, TSNode node)
{
    const bool item = ais__node_is(node, "subscript");
    const TSNode object = ais__node_field(node, item ? "value" : "object");
    const ais__local *local = parameter(at, object);
    if (local == NULL) {
        visit(at, object);
    } else {
        const TSNode key = ais__node_field(node, item ? "subscript" : "attribute");
        add_use(at, local,
                item ? ais__split_plain_string(at->split, key)
                     : ais__code_text(at->split->code, key),
                node, !item, false);
    }
    for (uint32_t i = 0; item && i < ts_node_named_child_count(node); i++)
        if (!ais__node_same(ts_node_named_child(node, i), object))
            visit(at, ts_node_named_child(node, i));
}

/* `args.get('key')` is a use of one key, `args.update(...)` a change of all. */
static bool visit_method(flow *at, TSNode node)
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
        visit(at, arguments);
        return true;
    }
    return false;
}

static void visit_call(flow *at, TSNode node)
{
    if (ais__node_same(node, at->split->call)) {
        if (at->after && !ts_node_is_null(at->split->outputs))
            visit(at, at->split->outputs);
        return;
    }
    if (!visit_method(at, node))
        visit_all(at, node);
}

static void visit_keyword(flow *at, TSNode node)
{
    visit_field(at, node, "value");
}

static void visit_lambda(flow *at, TSNode node)
{
    AIS_AUTO(ais_map) names = ais_map_new();
    const TSNode parameters = ais__node_field(node, "parameters");
    if (!ts_node_is_null(parameters))
        visit_parameters(at, parameters, names);
    if (at->collected == NULL)
        visit_scope(at, ais__node_field(node, "body"), names);
}

static void visit_none(flow *at, TSNode node)
{
    (void)at;
    (void)node;
}

static void visit_decorated(flow *at, TSNode node)
{
    visit_all(at, node);
}

static const struct visitor {
    const char *type;
    void (*visit)(flow *at, TSNode node);
} visitors[] = {
    {.type = "as_pattern", .visit = visit_as},
    {.type = "assignment", .visit = visit_assignment},
    {.type = "attribute", .visit = visit_item},
    {.type = "augmented_assignment", .visit = visit_augmented},
    {.type = "boolean_operator", .visit = visit_perhaps},
    {.type = "break_statement", .visit = visit_jump},
    {.type = "call", .visit = visit_call},
    {.type = "case_pattern", .visit = visit_pattern},
    {.type = "class_definition", .visit = visit_class},
    {.type = "conditional_expression", .visit = visit_perhaps},
    {.type = "continue_statement", .visit = visit_jump},
    {.type = "decorated_definition", .visit = visit_decorated},
    {.type = "delete_statement", .visit = visit_delete},
    {.type = "dictionary_comprehension", .visit = visit_comprehension},
    {.type = "for_in_clause", .visit = visit_for_in},
    {.type = "for_statement", .visit = visit_loop},
    {.type = "function_definition", .visit = visit_function},
    {.type = "generator_expression", .visit = visit_comprehension},
    {.type = "global_statement", .visit = visit_outer},
    {.type = "identifier", .visit = read_name},
    {.type = "if_statement", .visit = visit_if},
    {.type = "import_from_statement", .visit = visit_import},
    {.type = "import_statement", .visit = visit_import},
    {.type = "keyword_argument", .visit = visit_keyword},
    {.type = "lambda", .visit = visit_lambda},
    {.type = "list_comprehension", .visit = visit_comprehension},
    {.type = "match_statement", .visit = visit_match},
    {.type = "named_expression", .visit = visit_named},
    {.type = "nonlocal_statement", .visit = visit_outer},
    {.type = "raise_statement", .visit = visit_jump},
    {.type = "return_statement", .visit = visit_jump},
    {.type = "set_comprehension", .visit = visit_comprehension},
    {.type = "subscript", .visit = visit_item},
    {.type = "try_statement", .visit = visit_try},
    {.type = "type", .visit = visit_none}, /* of a variable: not evaluated inside of functions */
    {.type = "while_statement", .visit = visit_loop},
    {.type = "with_statement", .visit = visit_with},
};

static int compare_type(const void *type, const void *row)
{
    return strcmp(type, ((const struct visitor *)row)->type);
}

static void visit(flow *at, TSNode node)
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
        visit_all(at, node);
    at->depth--;
}

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
    flow at = {.split = split, .collected = bound, .outer = outer};
    visit(&at, split->body);
    if (at.too_deep) {
        ais__code_fault(split->code, "limit", split->body, "simplify it",
                        "the code is nested more than %d deep", AIS__CODE_DEEPEST);
        return false;
    }
    make_locals(split, bound, parameters, outer);
    return fine;
}

/* The children of one level that stand before, or behind, the way to the call. */
static void visit_level(flow *at, size_t level, bool behind)
{
    const TSNode inner = at->split->levels[level].inner;
    AIS_SCOPED(ais__children) children = ais__children_of(at->split->levels[level].block);
    for (TSNode child; ais__children_next(&children, &child);) {
        const bool before = ts_node_start_byte(child) < ts_node_start_byte(inner);
        if (!ais__node_same(child, inner) && before != behind)
            visit(at, child);
    }
}

static void visit_heads(flow *at)
{
    for (size_t level = 0; level + 1 < at->split->level_count; level++) {
        AIS_SCOPED(ais__children) items =
            ais__children_of(ais__node_inner(at->split->levels[level].inner));
        for (TSNode item; ais__children_next(&items, &item);)
            visit_with_item(at, item);
    }
}

bool ais__split_find_flow(ais__split *split)
{
    if (!collect(split))
        return false;
    flow at = {.split = split};
    AIS_FREE bool *known = ais_alloc(known_bytes(&at));
    at.known = known;
    for (size_t level = 0; level < split->level_count; level++)
        visit_level(&at, level, false);
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
    visit(&at, split->statement);
    for (size_t level = split->level_count; level-- > 0;)
        visit_level(&at, level, true);
    return true;
}
