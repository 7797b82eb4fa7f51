/* The constants and functions of a C file: one walk over what stands at file scope. */
#include <string.h>

#include "annotate/c_priv.h"

typedef struct walk {
    ais__c *c;
    TSTreeCursor cursor;
    unsigned depth;
    unsigned branch; /* depth of the outermost #if; 0: none */
} walk;

static const char not_const[] = "a variable that may change (const would fix it)";

static ais__c_constant *bind(walk *at, TSNode name)
{
    ais__c *c = at->c;
    const char *text = ais__node_text(c->reading, c->arena, name);
    ais__c_constant *constant = ais_arena_alloc(c->arena, sizeof *constant);
    constant->offset = ts_node_start_byte(name);
    constant->in_branch = at->branch != 0;
    ais__c_constant *first = ais_map_find(c->names, text);
    if (first == NULL) {
        constant->last = constant;
        ais_map_put(c->names, text, constant);
    } else {
        first->last->next = constant;
        first->last = constant;
    }
    return constant;
}

static void set_value(ais__c_constant *constant, TSNode value)
{
    constant->start = ts_node_start_byte(value);
    constant->end = ts_node_end_byte(value);
}

static void see_define(walk *at, TSNode node)
{
    const TSNode name = ais__node_field(node, "name"), value = ais__node_field(node, "value");
    if (ts_node_is_null(name))
        return;
    ais__c_constant *constant = bind(at, name);
    constant->is_macro = true;
    if (!ais__node_is(node, "preproc_def"))
        constant->problem = "a macro with arguments";
    else if (ts_node_is_null(value))
        constant->problem = "a macro without a value";
    else
        set_value(constant, value);
}

/* #undef NAME, and everything else that is no #define. */
static void see_directive(walk *at, TSNode node)
{
    const TSNode directive = ais__node_field(node, "directive");
    const TSNode argument = ais__node_field(node, "argument");
    if (ts_node_is_null(directive) || ts_node_is_null(argument))
        return;
    const char *word = ais__node_text(at->c->reading, at->c->arena, directive);
    if (ais_str_starts(word, "#") && ais_str_ends(word, "undef"))
        bind(at, argument)->problem = "undefined again";
}

/* The name in a declarator, and whether what it names is constant and simple. */
static TSNode find_name(TSNode declarator, bool is_const, const char **problem)
{
    enum { DEEPEST = 10 };
    *problem = is_const ? NULL : not_const;
    for (unsigned i = 0; i < DEEPEST && !ais__node_is(declarator, "identifier"); i++) {
        const TSNode inner = ais__node_field(declarator, "declarator");
        if (ts_node_is_null(inner))
            break;
        if (ais__node_is(declarator, "pointer_declarator")) {
            /* `const char *p` may point elsewhere later, `const char *const p` not */
            const TSNode first = ais__node_inner(declarator);
            *problem = ais__node_is(first, "type_qualifier") ? NULL : not_const;
        } else if (ais__node_is(declarator, "function_declarator")) {
            *problem = "a function";
        }
        declarator = inner;
    }
    return declarator;
}

static void see_enumerators(walk *at, TSNode list)
{
    ais__c_constant *previous = NULL;
    AIS_SCOPED(ais__children) children = ais__children_of(list);
    for (TSNode child; ais__children_next(&children, &child);) {
        const TSNode name = ais__node_field(child, "name"), value = ais__node_field(child, "value");
        if (!ais__node_is(child, "enumerator") || ts_node_is_null(name))
            continue;
        ais__c_constant *constant = bind(at, name);
        constant->is_enumerator = true;
        constant->previous = previous;
        if (!ts_node_is_null(value))
            set_value(constant, value);
        previous = constant;
    }
}

static void see_enum(walk *at, TSNode node)
{
    const TSNode body = ais__node_field(node, "body");
    if (!ts_node_is_null(body))
        see_enumerators(at, body);
}

static void see_declaration(walk *at, TSNode node)
{
    bool is_const = false;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (ais__node_is(child, "type_qualifier")) {
            const char *word = ais__node_text(at->c->reading, at->c->arena, child);
            is_const = is_const || ais_str_equal(word, "const");
        } else if (ais__node_is(child, "enum_specifier")) {
            see_enum(at, child);
        } else if (ais__node_is(child, "init_declarator")) {
            const TSNode declarator = ais__node_field(child, "declarator");
            const TSNode value = ais__node_field(child, "value");
            const char *problem = NULL;
            if (ts_node_is_null(declarator) || ts_node_is_null(value))
                continue;
            const TSNode name = find_name(declarator, is_const, &problem);
            if (!ais__node_is(name, "identifier"))
                continue;
            ais__c_constant *constant = bind(at, name);
            constant->problem = problem;
            set_value(constant, value);
        }
    }
}

/* The name of a function stands before the last group of parentheses in front of the body that is no
 * attribute; found by tokens, since macros in front of it confuse the tree. */
static bool find_function(ais__c *c, TSNode node, ais__c_function *out)
{
    const ais__source *source = c->reading->source;
    ais__scanner scanner = {
        .source = source, .at = ts_node_start_byte(node), .end = ts_node_end_byte(node)};
    ais__token last = {.kind = AIS__TOKEN_END}, close = last;
    ais__c_function found = {.start = scanner.at};
    for (;;) {
        const ais__token token = ais__scan(&scanner);
        if (token.kind == AIS__TOKEN_END || token.kind == AIS__TOKEN_OPEN_END)
            return false;
        if (ais__token_is(source, token, "{")) {
            found.body = token.start;
            break;
        }
        if (ais__token_is(source, token, "(")) {
            const bool names = last.kind == AIS__TOKEN_NAME &&
                               !ais__token_is(source, last, "__attribute__") &&
                               source->text[last.start] != '_';
            if (names && found.name_at == 0)
                found.name =
                    ais_arena_strndup(c->arena, source->text + last.start, last.end - last.start);
            if (names && found.name_at == 0)
                found.name_at = last.start + 1;
            if (!ais__scan_group(&scanner, &close))
                return false;
        }
        last = token;
    }
    if (found.name == NULL)
        return false;
    found.name_at--;
    *out = found;
    return true;
}

static void see_function(walk *at, TSNode node)
{
    ais__c *c = at->c;
    ais__c_function function = {.name = NULL};
    if (!find_function(c, node, &function))
        return;
    c->functions =
        ais_grow(c->functions, &c->function_capacity, c->function_count + 1, sizeof *c->functions);
    c->functions[c->function_count++] = function;
    ais_doc *doc = c->reading->out->doc;
    ais_doc_set_pos(doc, ais__source_pos(c->reading->source, function.name_at));
    ais_doc_append(c->reading->out->functions, ais_doc_new_string(doc, function.name));
}

static void see_branch(walk *at, TSNode node)
{
    (void)node;
    if (at->branch == 0)
        at->branch = at->depth;
}

/* What stands at file scope; `inside`: its parts stand there too. */
static const struct {
    const char *type;
    void (*see)(walk *at, TSNode node);
    bool inside;
} parts[] = {
    {.type = "function_definition", .see = see_function},
    {.type = "declaration", .see = see_declaration},
    {.type = "enum_specifier", .see = see_enum},
    {.type = "type_definition", .see = see_declaration},
    {.type = "preproc_def", .see = see_define},
    {.type = "preproc_function_def", .see = see_define},
    {.type = "preproc_call", .see = see_directive},
    {.type = "preproc_if", .see = see_branch, .inside = true},
    {.type = "preproc_ifdef", .see = see_branch, .inside = true},
    {.type = "preproc_else", .inside = true},
    {.type = "preproc_elif", .inside = true},
    {.type = "preproc_elifdef", .inside = true},
    {.type = "linkage_specification", .inside = true},
    {.type = "declaration_list", .inside = true},
    {.type = "translation_unit", .inside = true},
    {.type = "ERROR", .inside = true},
};

/* Act on the node at the cursor; true when its children are to be seen too. */
static bool see(walk *at)
{
    const TSNode node = ts_tree_cursor_current_node(&at->cursor);
    if (!ts_node_is_named(node))
        return false;
    const char *type = ts_node_type(node);
    for (size_t i = 0; i < AIS_COUNT(parts); i++)
        if (ais_str_equal(parts[i].type, type)) {
            if (parts[i].see != NULL)
                parts[i].see(at, node);
            return parts[i].inside;
        }
    return false;
}

void ais__c_collect(ais__c *c, TSNode root)
{
    walk at = {.c = c, .cursor = ts_tree_cursor_new(root), .depth = 1};
    for (bool going = true; going;) {
        if (see(&at) && ts_tree_cursor_goto_first_child(&at.cursor)) {
            at.depth++;
            continue;
        }
        for (;;) {
            at.branch = at.branch == at.depth ? 0 : at.branch;
            if (ts_tree_cursor_goto_next_sibling(&at.cursor))
                break;
            going = ts_tree_cursor_goto_parent(&at.cursor);
            if (!going)
                break;
            at.depth--;
        }
    }
    ts_tree_cursor_delete(&at.cursor);
}
