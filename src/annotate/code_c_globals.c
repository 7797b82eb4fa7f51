/* Variables of the file that are set before the call and read behind it: each segment has its own. */
#include <string.h>

#include "annotate/code_c_priv.h"

static const char travel[] = "put it into the bundle, and take it out of what is returned";

typedef struct global {
    const char *name;
    TSNode set; /* before the call; null */
} global;

typedef struct globals {
    ais__c_split *split;
    global *items;
    size_t count, capacity;
    bool fine;
} globals;

static int see_global(void *data, TSNode node)
{
    globals *at = data;
    if (ais__node_is(node, "function_definition"))
        return -1;
    if (!ais__node_is(node, "declaration"))
        return 1;
    const char *text = ais__code_text(at->split->code, node);
    if (ais_str_starts(text, "const ") || strstr(text, " const ") != NULL ||
        ais_str_starts(text, "extern "))
        return -1;
    for (uint32_t i = 0; i < ts_node_named_child_count(node); i++) {
        const TSNode child = ts_node_named_child(node, i);
        const bool has_value = ais__node_is(child, "init_declarator");
        const TSNode inner = has_value ? ais__node_field(child, "declarator") : child;
        if (!ais__node_is(inner, "identifier") && !ais__node_is(inner, "array_declarator") &&
            !ais__node_is(inner, "pointer_declarator"))
            continue;
        const TSNode name = ais__c_split_declared(inner);
        if (ts_node_is_null(name))
            continue;
        at->items = ais_grow(at->items, &at->capacity, at->count + 1, sizeof *at->items);
        at->items[at->count++] = (global){.name = ais__code_text(at->split->code, name)};
    }
    return -1;
}

static global *find_global(const globals *at, TSNode identifier)
{
    for (size_t i = 0; i < at->count; i++)
        if (ais__code_text_is(at->split->code, identifier, at->items[i].name))
            return &at->items[i];
    return NULL;
}

/* Set before the call, in the function itself: `counter = 1`, `fill(&buffer)`, `fill(buffer)`. */
static int see_set(void *data, TSNode node)
{
    globals *at = data;
    if (ts_node_start_byte(node) >= ts_node_start_byte(at->split->statement))
        return 0;
    if (!ais__node_is(node, "identifier"))
        return 1;
    global *variable = find_global(at, node);
    if (variable == NULL || !ts_node_is_null(variable->set) ||
        ais__c_split_local(at->split, node) != NULL)
        return 1;
    TSNode inner = node, parent = ts_node_parent(node);
    while (ais__node_is(parent, "field_expression") ||
           ais__node_is(parent, "subscript_expression")) {
        inner = parent;
        parent = ts_node_parent(parent);
    }
    const bool assigned = ais__node_is(parent, "assignment_expression") &&
                          ais__node_same(ais__node_field(parent, "left"), inner);
    if (assigned || ais__node_is(parent, "update_expression") ||
        ais__node_is(parent, "pointer_expression") || ais__node_is(parent, "argument_list"))
        variable->set = node;
    return 1;
}

static int see_use(void *data, TSNode node)
{
    globals *at = data;
    if (ts_node_end_byte(node) <= ts_node_start_byte(at->split->statement) ||
        ais__c_split_is_cut(at->split, node) || ais__node_same(node, at->split->arguments[0]) ||
        ais__node_same(node, at->split->arguments[1]))
        return -1;
    global *variable = ais__node_is(node, "identifier") ? find_global(at, node) : NULL;
    if (variable == NULL || ts_node_is_null(variable->set) ||
        ais__c_split_local(at->split, node) != NULL)
        return 1;
    AIS_FREE char *hint = ais_format("it is read in line %u, behind the call: %s",
                                     ais__code_line(at->split->code, node), travel);
    ais__code_fault(at->split->code, "code-global", variable->set, hint,
                    "the file's variable '%s' is set here, and each segment has its own",
                    variable->name);
    variable->set = (TSNode){.id = NULL};
    at->fine = false;
    return 1;
}

bool ais__c_split_check_globals(ais__c_split *split)
{
    globals at = {.split = split, .fine = true};
    ais__c_split_each(split->code->root, see_global, &at);
    ais__c_split_each(split->body, see_set, &at);
    ais__c_split_each(split->body, see_use, &at);
    free(at.items);
    return at.fine;
}
