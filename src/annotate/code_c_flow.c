/* Which declarations in front of the call stay in later segments, and which values would be missing
 * there. What is declared in front of the call and read behind it must have a value that each segment can
 * make for itself, be the input's bundle, or only be freed. */
#include <string.h>

#include "annotate/code_c_priv.h"

static const char travel[] = "put it into the bundle, and take it out of what is returned";

ais__c_local *ais__c_split_local(const ais__c_split *split, TSNode identifier)
{
    for (size_t i = split->local_count; i-- > 0;)
        if (ais__code_text_is(split->code, identifier, split->locals[i].name))
            return &split->locals[i];
    return NULL;
}

/* ---- declarations in front of the call ---- */

static bool is_before(const ais__c_split *split, TSNode node)
{
    return ts_node_end_byte(node) <= ts_node_start_byte(split->statement);
}

/* Is it in a block that is open at the call? */
static bool is_visible(const ais__c_split *split, TSNode declaration)
{
    const TSNode block = ts_node_parent(declaration);
    return ais__node_is(block, "compound_statement") && ais__node_inside(split->call, block);
}

static void add_local(ais__c_split *split, TSNode declaration, TSNode declarator)
{
    const bool has_value = ais__node_is(declarator, "init_declarator");
    const TSNode name = ais__c_split_declared(declarator);
    const TSNode inner = has_value ? ais__node_field(declarator, "declarator") : declarator;
    if (ts_node_is_null(name) || ais__node_is(inner, "function_declarator"))
        return;
    ais__c_local *grown =
        ais_arena_alloc(split->code->arena, (split->local_count + 1) * sizeof *grown);
    if (split->local_count > 0)
        memcpy(grown, split->locals, split->local_count * sizeof *grown);
    split->locals = grown;
    split->locals[split->local_count++] = (ais__c_local){
        .name = ais__code_text(split->code, name),
        .identifier = name,
        .declaration = declaration,
        .value = has_value ? ais__node_field(declarator, "value") : (TSNode){.id = NULL},
        .is_pointer = ais__node_is(inner, "pointer_declarator")};
}

static int see_declaration(void *data, TSNode node)
{
    ais__c_split *split = data;
    if (!ais__node_is(node, "declaration") || !is_before(split, node) || !is_visible(split, node))
        return 1;
    for (uint32_t i = 0; i < ts_node_named_child_count(node); i++) {
        const TSNode child = ts_node_named_child(node, i);
        if (ais__node_is(child, "init_declarator") || ais__node_is(child, "pointer_declarator") ||
            ais__node_is(child, "array_declarator") || ais__node_is(child, "identifier"))
            add_local(split, node, child);
    }
    return -1;
}

/* ---- what changes them ---- */

/* The variable that `x`, `x.a`, `x[1]` belong to; null for `*x` and what x points to. */
static TSNode owner(TSNode node)
{
    while (ais__node_is(node, "field_expression") || ais__node_is(node, "subscript_expression") ||
           ais__node_is(node, "parenthesized_expression"))
        node = ais__node_is(node, "parenthesized_expression") ? ais__node_inner(node)
                                                              : ais__node_field(node, "argument");
    return node;
}

static void note_change(const ais__c_split *split, TSNode target)
{
    const TSNode variable = owner(target);
    ais__c_local *local =
        ais__node_is(variable, "identifier") ? ais__c_split_local(split, variable) : NULL;
    if (local != NULL)
        local->changed = true;
}

/* An array that is handed on may be filled. */
static void note_arrays(const ais__c_split *split, TSNode arguments)
{
    AIS_SCOPED(ais__children) children = ais__children_of(arguments);
    for (TSNode child; ais__children_next(&children, &child);) {
        ais__c_local *local =
            ais__node_is(child, "identifier") ? ais__c_split_local(split, child) : NULL;
        if (local != NULL && !local->is_pointer && !ts_node_is_null(local->value) &&
            ais__node_is(local->value, "initializer_list"))
            local->changed = true;
    }
}

static int see_change(void *data, TSNode node)
{
    ais__c_split *split = data;
    if (ts_node_start_byte(node) >= ts_node_start_byte(split->statement))
        return 0;
    if (ais__node_is(node, "assignment_expression"))
        note_change(split, ais__node_field(node, "left"));
    else if (ais__node_is(node, "update_expression") ||
             (ais__node_is(node, "pointer_expression") &&
              ais__code_text_is(split->code, ts_node_child(node, 0), "&")))
        note_change(split, ais__node_field(node, "argument"));
    else if (ais__node_is(node, "call_expression"))
        note_arrays(split, ais__node_field(node, "arguments"));
    return 1;
}

/* ---- what they start with ---- */

typedef struct purity {
    const ais__c_split *split;
    bool pure;
} purity;

static int see_impure(void *data, TSNode node)
{
    purity *at = data;
    static const char *const impure[] = {"call_expression", "assignment_expression",
                                         "update_expression", "compound_literal_expression"};
    for (size_t i = 0; i < AIS_COUNT(impure); i++)
        at->pure = at->pure && !ais__node_is(node, impure[i]);
    if (ais__node_is(node, "identifier")) {
        const ais__c_local *local = ais__c_split_local(at->split, node);
        at->pure =
            at->pure && (local == NULL || (local->start == AIS__START_PURE && !local->changed));
    }
    return at->pure ? 1 : 0;
}

static ais__c_start start_of(const ais__c_split *split, const ais__c_local *local)
{
    if (ts_node_is_null(local->value))
        return AIS__START_NONE;
    const TSNode function = ais__node_field(local->value, "function");
    if (ais__node_is(local->value, "call_expression") &&
        ais__code_text_is(split->code, function, "ais_bundle_new"))
        return AIS__START_BUNDLE;
    purity at = {.split = split, .pure = true};
    ais__c_split_each(local->value, see_impure, &at);
    return at.pure ? AIS__START_PURE : AIS__START_MADE;
}

/* ---- what is read behind the call ---- */

/* Is the node in what later segments leave out? */
bool ais__c_split_is_cut(const ais__c_split *split, TSNode node)
{
    for (size_t i = 0; i < split->cuts.count; i++)
        if (ts_node_start_byte(node) >= split->cuts.items[i].from &&
            ts_node_end_byte(node) <= split->cuts.items[i].to)
            return true;
    return false;
}

/* free(x) and its like do nothing with NULL. */
static bool is_release(const ais__c_split *split, TSNode identifier)
{
    static const char *const functions[] = {"free", "ais_bundle_free", "ais_run_free",
                                            "ais_session_close", "ais_error_free"};
    const TSNode arguments = ts_node_parent(identifier), call = ts_node_parent(arguments);
    if (!ais__node_is(arguments, "argument_list") || ts_node_named_child_count(arguments) != 1)
        return false;
    for (size_t i = 0; i < AIS_COUNT(functions); i++)
        if (ais__code_text_is(split->code, ais__node_field(call, "function"), functions[i]))
            return true;
    return false;
}

/* Nothing but blocks between the statement and the function: it always runs. */
static bool always_runs(const ais__c_split *split, TSNode statement)
{
    for (TSNode node = ts_node_parent(statement);; node = ts_node_parent(node)) {
        if (ais__node_same(node, split->body))
            return true;
        if (!ais__node_is(node, "compound_statement") &&
            !(ais__node_is(node, "if_statement") && ais__node_inside(split->call, node)) &&
            !ais__node_is(node, "else_clause"))
            return false;
        if (!ais__node_inside(split->call, node))
            return false;
    }
}

/* Does it get a value here, whatever it had? */
static bool is_given(const ais__c_split *split, TSNode identifier)
{
    const TSNode parent = ts_node_parent(identifier);
    if (ais__node_is(parent, "pointer_expression") &&
        (ais__node_same(parent, split->arguments[3]) ||
         ais__node_same(parent, split->arguments[4])))
        return true;
    if (!ais__node_is(parent, "assignment_expression") ||
        !ais__node_same(ais__node_field(parent, "left"), identifier) ||
        !ais__code_text_is(split->code, ais__node_field(parent, "operator"), "="))
        return false;
    if (ais__node_inside(split->call, parent))
        return true;
    const TSNode statement = ts_node_parent(parent);
    return ais__node_is(statement, "expression_statement") && always_runs(split, statement);
}

typedef struct reading {
    ais__c_split *split;
    bool *given; /* by local */
} reading;

static int see_read(void *data, TSNode node)
{
    reading *at = data;
    ais__c_split *split = at->split;
    if (ts_node_end_byte(node) <= ts_node_start_byte(split->statement) ||
        ais__c_split_is_cut(split, node))
        return -1;
    /* the call itself is written anew, but for what it asks for and where it puts it */
    if (ais__node_same(node, split->arguments[0]) || ais__node_same(node, split->arguments[1]))
        return -1;
    ais__c_local *local = ais__node_is(node, "identifier") ? ais__c_split_local(split, node) : NULL;
    if (local == NULL)
        return 1;
    const size_t index = (size_t)(local - split->locals);
    local->used = true;
    if (is_given(split, node)) {
        at->given[index] = true;
    } else if (!at->given[index]) {
        if (local->is_pointer && is_release(split, node))
            local->released = true;
        else if (!local->needed) {
            local->needed = true;
            local->read = node;
        }
    }
    return 1;
}

/* The value of an assignment is computed before its variable is set: the call's arguments come first. */
static void find_reads(ais__c_split *split)
{
    AIS_FREE bool *given = ais_alloc((split->local_count + 1) * sizeof *given);
    reading at = {.split = split, .given = given};
    ais__c_split_each(split->body, see_read, &at);
}

/* ---- verdicts ---- */

static bool refuse(const ais__c_split *split, const ais__c_local *local)
{
    const unsigned line = ais__code_line(split->code, local->read);
    AIS_FREE char *hint = ais_format("it is read in line %u, behind the call: %s", line, travel);
    ais__code_fault(split->code, "code-forward", local->identifier, hint,
                    "'%s' gets its value before ais_load_and_inference(), which the next segment "
                    "does not run",
                    local->name);
    return false;
}

static bool check_local(const ais__c_split *split, const ais__c_local *local)
{
    if (!local->needed)
        return true;
    if (ais_str_equal(local->name, split->input_name)) {
        ais__code_fault(
            split->code, "code-input", local->read,
            "what was put into it is in what the call returned",
            "the input of the model is read behind the call, where the next segment has "
            "another one");
        return false;
    }
    const bool made = local->start == AIS__START_MADE || local->start == AIS__START_BUNDLE;
    return made || local->changed ? refuse(split, local) : true;
}

static bool check_input(const ais__c_split *split)
{
    for (size_t i = 0; i < split->local_count; i++)
        if (ais_str_equal(split->locals[i].name, split->input_name))
            return true;
    ais__code_fault(split->code, "code-call-form", split->arguments[1],
                    "ais_bundle *input = ais_bundle_new();",
                    "the bundle must be a variable of this function");
    return false;
}

/* ---- what is taken out ---- */

static bool stays(const ais__c_split *split, TSNode child)
{
    static const char *const types[] = {"type_definition", "struct_specifier",
                                        "union_specifier", "enum_specifier",
                                        "preproc_def",     "preproc_function_def"};
    for (size_t i = 0; i < AIS_COUNT(types); i++)
        if (ais__node_is(child, types[i]))
            return true;
    for (size_t i = 0; i < split->local_count; i++)
        if (split->locals[i].used && ais__node_same(split->locals[i].declaration, child))
            return true;
    return false;
}

static int see_needs(void *data, TSNode node)
{
    ais__c_split *split = data;
    ais__c_local *local = ais__node_is(node, "identifier") ? ais__c_split_local(split, node) : NULL;
    if (local != NULL)
        local->used = true;
    return 1;
}

/* Declarations that stay may need others: sizes of arrays, values that are the same everywhere. */
static void close_over(ais__c_split *split)
{
    for (size_t round = 0; round < split->local_count; round++)
        for (size_t i = 0; i < split->local_count; i++) {
            const ais__c_local *local = &split->locals[i];
            if (!local->used)
                continue;
            if (local->start == AIS__START_PURE)
                ais__c_split_each(local->value, see_needs, split);
            TSNode size = ts_node_parent(local->identifier);
            while (ais__node_is(size, "array_declarator")) {
                const TSNode count = ais__node_field(size, "size");
                if (!ts_node_is_null(count))
                    ais__c_split_each(count, see_needs, split);
                size = ts_node_parent(size);
            }
        }
}

/* A value that is computed no more goes from its declaration. */
static void cut_values(ais__c_split *split)
{
    for (size_t i = 0; i < split->local_count; i++) {
        const ais__c_local *local = &split->locals[i];
        if (!stays(split, local->declaration) || ts_node_is_null(local->value) ||
            local->start == AIS__START_PURE)
            continue;
        if (local->is_pointer) { /* it may be freed */
            ais__edits_add(&split->cuts, ts_node_start_byte(local->value),
                           ts_node_end_byte(local->value), "NULL");
            continue;
        }
        const TSNode declarator = ais__node_field(ts_node_parent(local->value), "declarator");
        ais__edits_add(&split->cuts, ts_node_end_byte(declarator), ts_node_end_byte(local->value),
                       "");
    }
}

static bool refuse_label(const ais__c_split *split, TSNode child)
{
    if (!ais__node_is(child, "labeled_statement"))
        return true;
    ais__code_fault(split->code, "code-nested", child, "jump forwards only",
                    "a label stands before ais_load_and_inference(), so the call may run again");
    return false;
}

/* Whole lines, where a statement has them for itself. */
static void cut_statement(ais__c_split *split, size_t from, size_t to)
{
    const ais__code *code = split->code;
    const size_t line = ais__code_line_start(code, from), end = ais__code_line_end(code, to);
    const size_t indent = strlen(ais__code_indent(code, from));
    const bool alone = line + indent == from && end == to && end < code->source->length;
    const size_t next = end + strlen(code->newline);
    ais__edits_add(&split->cuts, alone ? line : from, alone ? next : to, "");
}

static bool cut_block(ais__c_split *split, TSNode block)
{
    bool fine = true;
    for (uint32_t i = 0; i < ts_node_named_child_count(block); i++) {
        const TSNode child = ts_node_named_child(block, i);
        if (ais__node_inside(split->call, child) ||
            ts_node_start_byte(child) > ts_node_start_byte(split->call))
            break;
        fine = refuse_label(split, child) && fine;
        if (!stays(split, child) && !ais__c_split_is_cut(split, child))
            cut_statement(split, ts_node_start_byte(child), ts_node_end_byte(child));
    }
    return fine;
}

static bool cut_blocks(ais__c_split *split)
{
    bool fine = true;
    for (TSNode node = ts_node_parent(split->call);; node = ts_node_parent(node)) {
        if (ais__node_is(node, "compound_statement"))
            fine = cut_block(split, node) && fine;
        if (ais__node_same(node, split->body))
            return fine;
    }
}

bool ais__c_split_find_flow(ais__c_split *split)
{
    ais__c_split_each(split->body, see_declaration, split);
    ais__c_split_each(split->body, see_change, split);
    for (size_t i = 0; i < split->local_count; i++)
        split->locals[i].start = start_of(split, &split->locals[i]);
    find_reads(split);
    bool fine = check_input(split);
    for (size_t i = 0; i < split->local_count; i++) {
        ais__c_local *local = &split->locals[i];
        if (ais_str_equal(local->name, split->input_name))
            local->used = true; /* the bundle is read into it */
        fine = check_local(split, local) && fine;
    }
    fine = ais__c_split_check_globals(split) && fine;
    close_over(split);
    cut_values(split);
    return cut_blocks(split) && fine;
}
