/* Where a component in C runs its model: the call of ais_load_and_inference(), its arguments, and what
 * stands around it. */
#include <string.h>

#include "annotate/code_c_priv.h"

#define CALLED "ais_load_and_inference"

/* ---- nodes ---- */

void ais__c_split_each(TSNode root, int (*see)(void *data, TSNode node), void *data)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (bool going = true; going;) {
        const int answer = see(data, ts_tree_cursor_current_node(&cursor));
        if (answer == 0)
            break;
        if (answer > 0 && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
}

TSNode ais__c_split_declared(TSNode declarator)
{
    for (unsigned depth = 0; depth < AIS__CODE_DEEPEST && !ts_node_is_null(declarator); depth++) {
        if (ais__node_is(declarator, "identifier"))
            return declarator;
        TSNode inner = ais__node_field(declarator, "declarator");
        if (ts_node_is_null(inner))
            inner = ais__node_inner(declarator);
        declarator = inner;
    }
    return (TSNode){.id = NULL};
}

typedef struct search {
    const ais__code *code;
    const char *name;
    TSNode found;
} search;

static int see_function(void *data, TSNode node)
{
    search *at = data;
    if (!ais__node_is(node, "function_definition"))
        return 1;
    const TSNode name = ais__c_split_declared(ais__node_field(node, "declarator"));
    if (!ts_node_is_null(name) && ais__code_text_is(at->code, name, at->name))
        at->found = node;
    return -1;
}

TSNode ais__c_split_function(const ais__code *code, const char *name)
{
    search at = {.code = code, .name = name, .found = {.id = NULL}};
    ais__c_split_each(code->root, see_function, &at);
    return at.found;
}

/* ---- which call ---- */

typedef struct finder {
    ais__c_split *split;
    size_t inside, outside;
    TSNode first_outside;
    bool fine;
} finder;

static int see_call(void *data, TSNode node)
{
    finder *at = data;
    const ais__c_split *split = at->split;
    if (!ais__node_is(node, "call_expression") ||
        !ais__code_text_is(split->code, ais__node_field(node, "function"), CALLED))
        return 1;
    if (!ais__node_inside(node, split->body)) {
        if (at->outside++ == 0)
            at->first_outside = node;
    } else if (at->inside++ == 0) {
        at->split->call = node;
    } else {
        ais__code_fault(split->code, "code-calls", node,
                        "a component is split where it runs its one model: keep one call",
                        CALLED "() is called again, first in line %u",
                        ais__code_line(split->code, split->call));
        at->fine = false;
    }
    return 1;
}

static bool choose(ais__c_split *split)
{
    finder at = {.split = split, .fine = true};
    ais__c_split_each(split->code->root, see_call, &at);
    if (at.inside > 0 && at.outside > 0)
        ais__code_fault(split->code, "code-calls", at.first_outside,
                        "a component is split where it runs its one model: keep one call",
                        CALLED "() is called again, also in line %u",
                        ais__code_line(split->code, split->call));
    else if (at.outside > 0)
        ais__code_fault(
            split->code, "code-nested", at.first_outside,
            "call it in the annotated function itself, and give the helper what it returned",
            CALLED "() is called in a helper, so the component cannot be split there");
    else if (at.inside == 0)
        ais__code_fault(split->code, "code-no-call",
                        ais__c_split_declared(ais__node_field(split->entry, "declarator")),
                        "see aisprint/inference.h",
                        "'%s' does not run its model with " CALLED "(), so it cannot be split",
                        split->code->request->entry);
    return at.fine && at.inside > 0 && at.outside == 0;
}

/* ---- arguments ---- */

static bool refuse_argument(const ais__c_split *split, TSNode node, const char *hint,
                            const char *what)
{
    ais__code_fault(split->code, "code-call-form", node, hint, "%s", what);
    return false;
}

static bool take_arguments(ais__c_split *split)
{
    size_t count = 0;
    AIS_SCOPED(ais__children) children =
        ais__children_of(ais__node_field(split->call, "arguments"));
    for (TSNode child; ais__children_next(&children, &child); count++)
        if (count < AIS_COUNT(split->arguments))
            split->arguments[count] = child;
    if (count != AIS_COUNT(split->arguments))
        return refuse_argument(split, split->call, "see aisprint/inference.h",
                               CALLED "() takes a model, an input, outputs, two places and err");
    const TSNode input = split->arguments[1], returned = split->arguments[3];
    const TSNode result = split->arguments[4], err = split->arguments[5];
    if (!ais__node_is(input, "identifier"))
        return refuse_argument(split, input, "ais_bundle *input = ais_bundle_new();",
                               "the bundle must be a variable of this function");
    split->input_name = ais__code_text(split->code, input);
    if (ais__node_is(returned, "null") || ais__code_text_is(split->code, returned, "NULL"))
        return refuse_argument(split, returned, "write &returned",
                               "what the next segment needs is asked for with NULL");
    if (split->code->request->condition_function != NULL &&
        (ais__node_is(result, "null") || ais__code_text_is(split->code, result, "NULL")))
        return refuse_argument(split, result, "write &result",
                               "the result that the condition looks at is asked for with NULL");
    if (!ais__code_text_is(split->code, err, split->err))
        return refuse_argument(split, err,
                               "the first segment ends there by the way out of an error",
                               "the call must get the function's own 'err'");
    return true;
}

static const char *parameter_name(const ais__c_split *split, size_t place)
{
    TSNode declarator = ais__node_field(split->entry, "declarator");
    while (!ts_node_is_null(declarator) && !ais__node_is(declarator, "function_declarator"))
        declarator = ais__node_field(declarator, "declarator");
    AIS_SCOPED(ais__children) children =
        ais__children_of(ais__node_field(declarator, "parameters"));
    for (TSNode child; ais__children_next(&children, &child);) {
        if (place-- > 0)
            continue;
        const TSNode name = ais__c_split_declared(ais__node_field(child, "declarator"));
        return ts_node_is_null(name) ? NULL : ais__code_text(split->code, name);
    }
    return NULL;
}

/* ---- what stands around the call ---- */

static bool refuse_around(const ais__c_split *split, const char *where)
{
    ais__code_fault(split->code, "code-nested", split->call,
                    "call it once, on the way that every item takes",
                    CALLED "() is called %s, so the component cannot be split there", where);
    return false;
}

static void cut(ais__c_split *split, size_t from, size_t to)
{
    if (from < to)
        ais__edits_add(&split->cuts, from, to, "");
}

/* Of `outer` only `inner` is left. */
static bool keep_inner(ais__c_split *split, TSNode outer, TSNode inner)
{
    cut(split, ts_node_start_byte(outer), ts_node_start_byte(inner));
    cut(split, ts_node_end_byte(inner), ts_node_end_byte(outer));
    return true;
}

static bool keep_all(ais__c_split *split, TSNode outer, TSNode inner)
{
    (void)split;
    (void)outer;
    (void)inner;
    return true;
}

/* `a || call`: when the call is reached, a was false and is done with. */
static bool around_binary(ais__c_split *split, TSNode outer, TSNode inner)
{
    const TSNode sign = ts_node_child(outer, 1);
    const bool logical =
        ais__code_text_is(split->code, sign, "||") || ais__code_text_is(split->code, sign, "&&");
    return logical && ais__node_same(ais__node_field(outer, "right"), inner)
               ? keep_inner(split, outer, inner)
               : true;
}

static bool around_comma(ais__c_split *split, TSNode outer, TSNode inner)
{
    return ais__node_same(ais__node_field(outer, "right"), inner) ? keep_inner(split, outer, inner)
                                                                  : true;
}

static bool around_choice(ais__c_split *split, TSNode outer, TSNode inner)
{
    return ais__node_same(ais__node_field(outer, "condition"), inner)
               ? true
               : keep_inner(split, outer, inner);
}

static bool around_if(ais__c_split *split, TSNode outer, TSNode inner)
{
    if (ais__node_same(ais__node_field(outer, "condition"), inner))
        return true;
    return keep_inner(split, outer,
                      ais__node_is(inner, "else_clause") ? ais__node_inner(inner) : inner);
}

static bool around_assignment(ais__c_split *split, TSNode outer, TSNode inner)
{
    return ais__node_same(ais__node_field(outer, "right"), inner) ||
           refuse_around(split, "on the left of an assignment");
}

static const struct around {
    const char *type;
    const char *where;
    bool (*keep)(ais__c_split *split, TSNode outer, TSNode inner);
} arounds[] = {
    {.type = "argument_list", .keep = keep_all},
    {.type = "assignment_expression", .keep = around_assignment},
    {.type = "binary_expression", .keep = around_binary},
    {.type = "call_expression", .keep = keep_all},
    {.type = "case_statement", .where = "in a 'switch'"},
    {.type = "cast_expression", .keep = keep_all},
    {.type = "comma_expression", .keep = around_comma},
    {.type = "compound_statement", .keep = keep_all}, /* code_c_flow.c takes out what is before */
    {.type = "conditional_expression", .keep = around_choice},
    {.type = "declaration", .keep = keep_all},
    {.type = "do_statement", .where = "in a loop"},
    {.type = "else_clause", .keep = keep_all},
    {.type = "expression_statement", .keep = keep_all},
    {.type = "for_statement", .where = "in a loop"},
    {.type = "if_statement", .keep = around_if},
    {.type = "init_declarator", .keep = keep_all},
    {.type = "labeled_statement", .where = "behind a label"},
    {.type = "parenthesized_expression", .keep = keep_all},
    {.type = "preproc_elif", .where = "under #if"},
    {.type = "preproc_else", .where = "under #if"},
    {.type = "preproc_if", .where = "under #if"},
    {.type = "preproc_ifdef", .where = "under #if"},
    {.type = "return_statement", .keep = keep_all},
    {.type = "switch_statement", .where = "in a 'switch'"},
    {.type = "unary_expression", .keep = keep_all},
    {.type = "while_statement", .where = "in a loop"},
};

static int compare_type(const void *type, const void *row)
{
    return strcmp(type, ((const struct around *)row)->type);
}

static bool is_statement(TSNode node)
{
    return ais__node_is(node, "expression_statement") || ais__node_is(node, "return_statement") ||
           ais__node_is(node, "declaration") || ais__node_is(node, "if_statement");
}

static bool climb(ais__c_split *split)
{
    TSNode inner = split->call;
    for (size_t steps = 0; !ais__node_same(inner, split->body); steps++) {
        const TSNode outer = ts_node_parent(inner);
        if (ts_node_is_null(outer) || steps == AIS__CODE_DEEPEST)
            return refuse_around(split, "too deep inside of other expressions");
        const struct around *row = bsearch(ts_node_type(outer), arounds, AIS_COUNT(arounds),
                                           sizeof arounds[0], compare_type);
        if (row == NULL)
            return refuse_around(split, "inside of another expression or statement");
        if (row->where != NULL)
            return refuse_around(split, row->where);
        if (!row->keep(split, outer, inner))
            return false;
        if (is_statement(outer) && ts_node_is_null(split->statement))
            split->statement = outer;
        inner = outer;
    }
    return true;
}

bool ais__c_split_find_call(ais__c_split *split)
{
    const ais__code *code = split->code;
    split->entry = ais__c_split_function(code, code->request->entry);
    if (ts_node_is_null(split->entry)) {
        ais__fault(code->reading, "code-entry", (ais_pos){.file = code->source->file},
                   "define it in this file", "there is no function '%s'", code->request->entry);
        return false;
    }
    if (ts_node_has_error(split->entry)) {
        ais__tree_report_errors(code->tree, code->reading, "c-syntax", "C");
        return false;
    }
    split->body = ais__node_field(split->entry, "body");
    split->call_name = parameter_name(split, 0);
    split->err = parameter_name(split, 1);
    if (split->call_name == NULL || split->err == NULL) {
        ais__code_fault(code, "code-entry",
                        ais__c_split_declared(ais__node_field(split->entry, "declarator")),
                        "must be (const ais_component_call *call, ais_error **err)",
                        "a parameter of '%s' has no name", code->request->entry);
        return false;
    }
    return choose(split) && take_arguments(split) && climb(split);
}
