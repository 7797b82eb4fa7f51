/* The walk through functions, lambdas, classes and comprehensions: names of their own, and what they read of
 * the names of `main`. */
#include <string.h>

#include "annotate/code_python_flow.h"

static const TSNode nothing = {.id = NULL};

/* ---- scopes ---- */

/* Names of parameters go to `names`; defaults and types are read where the function stands. */
static void visit_parameters(ais__flow *at, TSNode parameters, ais_map *names)
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
        ais__flow_visit_field(at, child, "value");
    }
}

/* Read what `body` reads of ours; the names that it binds are its own. */
static void visit_scope(ais__flow *at, TSNode body, ais_map *names)
{
    AIS_AUTO(ais_map) outer = ais_map_new();
    ais__flow inside = {.split = at->split, .collected = names, .outer = outer, .depth = at->depth};
    ais__flow_visit(&inside, body);
    at->too_deep = at->too_deep || inside.too_deep;
    if (at->collected != NULL)
        return;
    const ais__scope own = {.names = names, .up = at->scope};
    at->scope = &own;
    ais__flow_visit(at, body);
    at->scope = own.up;
}

void ais__flow_visit_function(ais__flow *at, TSNode node)
{
    AIS_AUTO(ais_map) names = ais_map_new();
    const TSNode name = ais__node_field(node, "name"), body = ais__node_field(node, "body");
    const TSNode parameters = ais__node_field(node, "parameters");
    if (!ts_node_is_null(parameters))
        visit_parameters(at, parameters, names);
    if (at->collected == NULL && !ts_node_is_null(body))
        visit_scope(at, body, names);
    if (!ts_node_is_null(name))
        ais__flow_bind(at, name, AIS__VALUE_FUNCTION, nothing);
}

void ais__flow_visit_class(ais__flow *at, TSNode node)
{
    AIS_AUTO(ais_map) names = ais_map_new();
    const TSNode body = ais__node_field(node, "body"), name = ais__node_field(node, "name");
    ais__flow_visit_field(at, node, "superclasses");
    if (at->collected == NULL && !ts_node_is_null(body)) {
        const ais__scope own = {.names = names, .up = at->scope};
        at->scope = &own; /* what it binds is its own; what it reads may be ours */
        ais__flow_visit(at, body);
        at->scope = own.up;
    }
    if (!ts_node_is_null(name))
        ais__flow_bind(at, name, AIS__VALUE_CLASS, nothing);
}

/* In a comprehension `:=` binds outside; it may not have run behind it. */
static void collect_targets(ais__flow *at, TSNode node, ais_map *names)
{
    ais__flow inside = {
        .split = at->split, .collected = names, .outer = at->outer, .depth = at->depth};
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        if (ais__node_is(child, "for_in_clause"))
            ais__flow_bind_target(&inside, ais__node_field(child, "left"), AIS__VALUE_PART,
                                  nothing);
}

void ais__flow_visit_comprehension(ais__flow *at, TSNode node)
{
    if (at->collected != NULL) {
        ais__flow_visit_perhaps(at, node);
        return;
    }
    AIS_AUTO(ais_map) names = ais_map_new();
    collect_targets(at, node, names);
    const ais__scope own = {.names = names, .comprehension = true, .up = at->scope};
    at->scope = &own;
    ais__flow_visit_perhaps(at, node);
    at->scope = own.up;
}

void ais__flow_visit_for_in(ais__flow *at, TSNode node)
{
    ais__flow_visit_field(at, node, "right");
    if (at->collected == NULL)
        ais__flow_bind_target(at, ais__node_field(node, "left"), AIS__VALUE_PART, nothing);
}

void ais__flow_visit_outer(ais__flow *at, TSNode node)
{
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; at->outer != NULL && ais__children_next(&children, &child);)
        ais_map_put(at->outer, ais__code_text(at->split->code, child), at);
}

void ais__flow_visit_lambda(ais__flow *at, TSNode node)
{
    AIS_AUTO(ais_map) names = ais_map_new();
    const TSNode parameters = ais__node_field(node, "parameters");
    if (!ts_node_is_null(parameters))
        visit_parameters(at, parameters, names);
    if (at->collected == NULL)
        visit_scope(at, ais__node_field(node, "body"), names);
}
