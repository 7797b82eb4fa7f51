/* What the names of a Python module stand for: one walk over its statements. Expressions inside
 * functions are not looked at: they bind nothing outside. */
#include <string.h>

#include "annotate/python_priv.h"

typedef struct walk {
    ais__python *python;
    TSTreeCursor cursor;
    unsigned depth;
    unsigned inside;    /* depth of the function or class that we are in; 0 at module level */
    unsigned branch;    /* depth of the outermost if, try, for... at module level; 0: none */
    uint32_t chain_end; /* of the assignment that we are in */
    TSNode chain_value;
    TSNode decorated; /* the last decorated definition: its function comes next */
} walk;

static ais__binding *bind(ais__python *python, TSNode name, const char *what)
{
    const char *text = ais__node_text(python->reading, python->arena, name);
    ais__binding *binding = ais_arena_alloc(python->arena, sizeof *binding);
    binding->kind = AIS__BOUND_OTHER;
    binding->offset = ts_node_start_byte(name);
    binding->what = what;
    ais__binding *first = ais_map_find(python->names, text);
    if (first == NULL) {
        binding->last = binding;
        ais_map_put(python->names, text, binding);
    } else {
        first->last->next = binding;
        first->last = binding;
    }
    return binding;
}

ais__binding *ais__python_find(const ais__python *python, const char *name)
{
    return ais_map_find(python->names, name);
}

/* All names in a target such as `a, (b, *c)`; `a.b` and `a[b]` bind nothing. */
static void bind_targets(walk *at, TSNode target, const char *what)
{
    TSTreeCursor cursor = ts_tree_cursor_new(target);
    for (bool going = true; going;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        if (ais__node_is(node, "identifier"))
            bind(at->python, node, what)->in_branch = at->branch != 0;
        const bool binds_not = ais__node_is(node, "attribute") || ais__node_is(node, "subscript");
        if (!binds_not && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
}

/* The 5 of `a = b = 5`, the same for both; found once, since chains may be long. */
static TSNode end_of_chain(walk *at, TSNode node, TSNode right)
{
    if (ts_node_start_byte(node) < at->chain_end)
        return at->chain_value;
    while (ais__node_is(right, "assignment")) {
        const TSNode next = ais__node_field(right, "right");
        if (ts_node_is_null(next))
            break;
        right = next;
    }
    at->chain_end = ts_node_end_byte(node);
    at->chain_value = right;
    return right;
}

static void see_assignment(walk *at, TSNode node)
{
    const TSNode left = ais__node_field(node, "left");
    TSNode right = ais__node_field(node, "right");
    if (at->inside != 0 || ts_node_is_null(left) || ts_node_is_null(right))
        return; /* `x: int` alone binds nothing */
    right = end_of_chain(at, node, right);
    if (!ais__node_is(left, "identifier")) {
        bind_targets(at, left, "one of several targets");
        return;
    }
    ais__binding *binding = bind(at->python, left, "a variable");
    binding->kind = AIS__BOUND_CONSTANT;
    binding->value = right;
    binding->in_branch = at->branch != 0;
}

static void see_change(walk *at, TSNode node)
{
    TSNode left = ais__node_field(node, "left");
    if (ts_node_is_null(left))
        left = ais__node_field(node, "name"); /* x := 5 */
    if (at->inside == 0 && !ts_node_is_null(left))
        bind_targets(at, left, "a variable");
}

static void see_targets(walk *at, TSNode node)
{
    if (at->inside == 0)
        bind_targets(at, node, "a variable");
}

static void see_branch(walk *at, TSNode node)
{
    (void)node;
    if (at->inside == 0 && at->branch == 0)
        at->branch = at->depth;
}

static void see_for(walk *at, TSNode node)
{
    see_branch(at, node);
    see_change(at, node);
}

static void see_global(walk *at, TSNode node)
{
    if (at->inside != 0)
        bind_targets(at, node, "changed inside a function");
}

static void enter(walk *at)
{
    if (at->inside == 0)
        at->inside = at->depth;
}

static void see_decorated(walk *at, TSNode node)
{
    at->decorated = node;
}

static void add_main(walk *at, TSNode function)
{
    ais__python *python = at->python;
    const bool decorated = !ts_node_is_null(at->decorated) &&
                           ts_node_start_byte(at->decorated) < ts_node_start_byte(function) &&
                           ts_node_end_byte(at->decorated) >= ts_node_end_byte(function);
    python->mains = ais_grow(python->mains, &python->main_capacity, python->main_count + 1,
                             sizeof *python->mains);
    python->mains[python->main_count++] = (ais__python_main){
        .function = function,
        .decorated = decorated ? at->decorated : (TSNode){.id = NULL},
        .async = ais_str_equal(ts_node_type(ts_node_child(function, 0)), "async"),
        .in_branch = at->branch != 0,
    };
}

static void see_function(walk *at, TSNode node)
{
    const TSNode name = ais__node_field(node, "name");
    if (at->inside == 0 && !ts_node_is_null(name)) {
        ais__python *python = at->python;
        bind(python, name, "a function")->in_branch = at->branch != 0;
        const char *text = ais__node_text(python->reading, python->arena, name);
        ais_doc *doc = python->reading->out->doc;
        ais_doc_set_pos(doc, ais__node_pos(python->reading, name));
        ais_doc_append(python->reading->out->functions, ais_doc_new_string(doc, text));
        if (ais_str_equal(text, "main"))
            add_main(at, node);
    }
    enter(at);
}

static void see_class(walk *at, TSNode node)
{
    const TSNode name = ais__node_field(node, "name");
    if (at->inside == 0 && !ts_node_is_null(name))
        bind(at->python, name, "a class")->in_branch = at->branch != 0;
    enter(at);
}

/* "a.b" of a dotted name, without the blanks that Python allows in it. */
static const char *dotted_path(ais__python *python, TSNode dotted)
{
    ais_str path = {0};
    AIS_SCOPED(ais__children) children = ais__children_of(dotted);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (path.length > 0)
            ais_str_add_char(&path, '.');
        ais_str_add(&path, ais__node_text(python->reading, python->arena, child));
    }
    const char *result = ais_arena_strdup(python->arena, ais_str_get(&path));
    ais_str_clear(&path);
    return result;
}

/* `item` is a dotted_name or an aliased_import below `module` (NULL: a plain import). */
static void bind_import(walk *at, TSNode item, const char *module)
{
    ais__python *python = at->python;
    const TSNode alias = ais__node_field(item, "alias");
    const bool aliased = ais__node_is(item, "aliased_import") && !ts_node_is_null(alias);
    const TSNode dotted =
        ais__node_is(item, "aliased_import") ? ais__node_field(item, "name") : item;
    if (ts_node_is_null(dotted))
        return;
    const TSNode first = ais__node_inner(dotted);
    if (ts_node_is_null(first))
        return;
    ais__binding *binding = bind(python, aliased ? alias : first, "imported");
    binding->kind = AIS__BOUND_IMPORT;
    binding->in_branch = at->branch != 0;
    if (module != NULL)
        binding->path =
            ais_arena_format(python->arena, "%s.%s", module, dotted_path(python, dotted));
    else if (aliased)
        binding->path = dotted_path(python, dotted);
    else /* `import a.b` binds a */
        binding->path = ais__node_text(python->reading, python->arena, first);
}

static void see_import(walk *at, TSNode node)
{
    if (at->inside != 0)
        return;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        bind_import(at, child, NULL);
}

static void see_import_from(walk *at, TSNode node)
{
    const TSNode module = ais__node_field(node, "module_name");
    if (at->inside != 0 || ts_node_is_null(module))
        return;
    const char *path = ais__node_is(module, "dotted_name")
                           ? dotted_path(at->python, module)
                           : ais__node_text(at->python->reading, at->python->arena, module);
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (ts_node_eq(child, module))
            continue;
        if (!ais__node_is(child, "wildcard_import"))
            bind_import(at, child, path);
        else if (ais_str_equal(path, "aisprint.annotations") || ais_str_equal(path, "aisprint"))
            at->python->star = true;
    }
}

static void see_python2(walk *at, TSNode node)
{
    AIS_FREE char *quote = ais__node_quote(at->python->reading, node);
    ais__fault(at->python->reading, "python-syntax", ais__node_pos(at->python->reading, node),
               "components run with Python 3, where print and exec are functions",
               "this is Python 2: '%s'", quote);
}

static void see_nothing(walk *at, TSNode node)
{
    (void)at;
    (void)node;
}

/* Statements, and what else can bind a name; sorted by type. */
static const struct statement {
    const char *type;
    void (*see)(walk *at, TSNode node);
    bool whole; /* `see` has looked at all of it */
} statements[] = {
    {.type = "ERROR", .see = see_nothing},
    {.type = "as_pattern_target", .see = see_targets, .whole = true},
    {.type = "assignment", .see = see_assignment},
    {.type = "augmented_assignment", .see = see_change},
    {.type = "block", .see = see_nothing},
    {.type = "case_clause", .see = see_nothing},
    {.type = "case_pattern", .see = see_targets, .whole = true},
    {.type = "class_definition", .see = see_class},
    {.type = "decorated_definition", .see = see_decorated},
    {.type = "delete_statement", .see = see_targets, .whole = true},
    {.type = "elif_clause", .see = see_nothing},
    {.type = "else_clause", .see = see_nothing},
    {.type = "except_clause", .see = see_nothing},
    {.type = "except_group_clause", .see = see_nothing},
    {.type = "exec_statement", .see = see_python2},
    {.type = "finally_clause", .see = see_nothing},
    {.type = "for_statement", .see = see_for},
    {.type = "function_definition", .see = see_function},
    {.type = "global_statement", .see = see_global},
    {.type = "if_statement", .see = see_branch},
    {.type = "import_from_statement", .see = see_import_from},
    {.type = "import_statement", .see = see_import},
    {.type = "match_statement", .see = see_branch},
    {.type = "module", .see = see_nothing},
    {.type = "named_expression", .see = see_change},
    {.type = "print_statement", .see = see_python2},
    {.type = "try_statement", .see = see_branch},
    {.type = "while_statement", .see = see_branch},
    {.type = "with_statement", .see = see_branch},
};

static int compare_type(const void *type, const void *row)
{
    return strcmp(type, ((const struct statement *)row)->type);
}

/* Act on the node at the cursor; true when its children are to be seen too. */
static bool see(walk *at)
{
    const TSNode node = ts_tree_cursor_current_node(&at->cursor);
    const struct statement *row = bsearch(ts_node_type(node), statements, AIS_COUNT(statements),
                                          sizeof statements[0], compare_type);
    if (row != NULL)
        row->see(at, node);
    return row != NULL ? !row->whole : at->inside == 0;
}

void ais__python_collect(ais__python *python, TSNode root)
{
    walk at = {.python = python, .cursor = ts_tree_cursor_new(root), .depth = 1};
    for (bool going = true; going;) {
        if (see(&at) && ts_tree_cursor_goto_first_child(&at.cursor)) {
            at.depth++;
            continue;
        }
        for (;;) {
            /* this node is done: what began with it ends */
            at.inside = at.inside == at.depth ? 0 : at.inside;
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
