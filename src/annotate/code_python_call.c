/* Where a Python component runs its model: all calls of load_and_inference, the one that counts, its
 * arguments, and what stands around it. */
#include <string.h>

#include "annotate/code_python_priv.h"

#define TARGET "aisprint.onnx_inference.load_and_inference"
static const char right_form[] = "write: return_dict, result = load_and_inference(...)";

/* ---- names of load_and_inference ---- */

/* What an import, anywhere in the file, calls a module or the function. */
typedef struct alias {
    const char *name, *path;
} alias;

typedef struct finder {
    ais__split *split;
    alias *aliases;
    size_t alias_count, alias_capacity;
    TSNode *calls; /* of load_and_inference */
    size_t call_count, call_capacity;
    TSNode reference; /* a use that is no call; null when there is none */
    TSNode stranger;  /* a call of something else of that name; null when there is none */
} finder;

static void finder_clear(finder *at)
{
    free(at->aliases);
    free(at->calls);
}

const char *ais__split_path(const ais__split *split, TSNode node)
{
    enum { DEEPEST = 8 };
    const char *parts[DEEPEST];
    size_t count = 0;
    for (; ais__node_is(node, "attribute"); node = ais__node_field(node, "object")) {
        if (count + 1 == DEEPEST)
            return NULL;
        parts[count++] = ais__code_text(split->code, ais__node_field(node, "attribute"));
    }
    if (!ais__node_is(node, "identifier"))
        return NULL;
    const char *path = ais__code_text(split->code, node);
    while (count > 0)
        path = ais_arena_format(split->code->arena, "%s.%s", path, parts[--count]);
    return path;
}

/* "a.b" of a dotted_name, without blanks. */
static const char *dotted(const finder *at, TSNode node)
{
    const char *path = "";
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);)
        path = ais_arena_format(at->split->code->arena, "%s%s%s", path, *path != '\0' ? "." : "",
                                ais__code_text(at->split->code, child));
    return path;
}

static void add_alias(finder *at, const char *name, const char *path)
{
    static const char target[] = TARGET;
    const size_t length = strlen(path);
    if (strncmp(target, path, length) != 0 || (target[length] != '.' && target[length] != '\0'))
        return;
    at->aliases =
        ais_grow(at->aliases, &at->alias_capacity, at->alias_count + 1, sizeof *at->aliases);
    at->aliases[at->alias_count++] = (alias){.name = name, .path = path};
}

static void see_import_item(finder *at, TSNode item, const char *module)
{
    const bool renamed = ais__node_is(item, "aliased_import");
    const TSNode name = renamed ? ais__node_field(item, "name") : item;
    if (ts_node_is_null(name))
        return;
    const char *path = dotted(at, name);
    if (module != NULL)
        path = ais_arena_format(at->split->code->arena, "%s.%s", module, path);
    const char *known = renamed ? ais__code_text(at->split->code, ais__node_field(item, "alias"))
                                : ais__code_text(at->split->code, ais__node_inner(name));
    if (module == NULL && !renamed)
        path = known; /* `import a.b` binds a */
    add_alias(at, known, path);
}

static void see_import(finder *at, TSNode node)
{
    const bool from = ais__node_is(node, "import_from_statement");
    const TSNode module = ais__node_field(node, "module_name");
    const char *path = from && !ts_node_is_null(module) ? dotted(at, module) : NULL;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (ais__node_same(child, module))
            continue;
        if (!ais__node_is(child, "wildcard_import"))
            see_import_item(at, child, path);
        else if (path != NULL && ais_str_equal(path, "aisprint.onnx_inference"))
            add_alias(at, "load_and_inference", TARGET);
    }
}

static bool is_target(const finder *at, TSNode node)
{
    const char *path = ais__split_path(at->split, node);
    if (path == NULL)
        return false;
    const size_t root = strcspn(path, ".");
    for (size_t i = 0; i < at->alias_count; i++) {
        const alias *known = &at->aliases[i];
        const size_t length = strlen(known->path);
        if (strlen(known->name) == root && strncmp(path, known->name, root) == 0 &&
            ais_str_equal(&TARGET[length], path + root))
            return true;
    }
    return false;
}

/* ---- the walk ---- */

static void see_call(finder *at, TSNode node)
{
    const TSNode function = ais__node_field(node, "function");
    if (is_target(at, function)) {
        at->calls = ais_grow(at->calls, &at->call_capacity, at->call_count + 1, sizeof *at->calls);
        at->calls[at->call_count++] = node;
        return;
    }
    const char *path = ais__split_path(at->split, function);
    if (path != NULL && ais_str_ends(path, "load_and_inference"))
        at->stranger = node;
}

static void see_name(finder *at, TSNode node, bool imports)
{
    const bool outer = ais__node_is(node, "attribute");
    if (imports || !ts_node_is_null(at->reference) ||
        !(outer || ais__node_is(node, "identifier")) || !is_target(at, node))
        return;
    const TSNode parent = ts_node_parent(node);
    if (!ais__node_is(parent, "call") || !ais__node_same(ais__node_field(parent, "function"), node))
        at->reference = node;
}

/* Over all nodes; imports are seen in a first round, since functions may stand before them. */
static void walk(finder *at, bool imports)
{
    TSTreeCursor cursor = ts_tree_cursor_new(at->split->code->root);
    for (bool going = true; going;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        const bool import =
            ais__node_is(node, "import_statement") || ais__node_is(node, "import_from_statement");
        if (import && imports)
            see_import(at, node);
        if (ais__node_is(node, "call") && !imports)
            see_call(at, node);
        see_name(at, node, imports || import);
        if (!import && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
}

/* ---- what stands around the call ---- */

static const struct around {
    const char *type;
    const char *where; /* NULL: fine */
} arounds[] = {
    {.type = "argument_list"},
    {.type = "assignment"},
    {.type = "attribute"},
    {.type = "binary_operator"},
    {.type = "block"},
    {.type = "boolean_operator", .where = "under a condition"},
    {.type = "call"},
    {.type = "case_clause", .where = "under a condition"},
    {.type = "class_definition", .where = "in a class"},
    {.type = "conditional_expression", .where = "under a condition"},
    {.type = "dictionary"},
    {.type = "dictionary_comprehension", .where = "in a loop"},
    {.type = "dictionary_splat"},
    {.type = "elif_clause", .where = "under a condition"},
    {.type = "else_clause", .where = "under a condition"},
    {.type = "except_clause", .where = "in a 'try' block"},
    {.type = "except_group_clause", .where = "in a 'try' block"},
    {.type = "expression_list"},
    {.type = "expression_statement"},
    {.type = "finally_clause", .where = "in a 'try' block"},
    {.type = "for_statement", .where = "in a loop"},
    {.type = "function_definition", .where = "in a function inside of 'main'"},
    {.type = "generator_expression", .where = "in a loop"},
    {.type = "if_statement", .where = "under a condition"},
    {.type = "interpolation"},
    {.type = "keyword_argument"},
    {.type = "lambda", .where = "in a lambda"},
    {.type = "list"},
    {.type = "list_comprehension", .where = "in a loop"},
    {.type = "list_splat"},
    {.type = "match_statement", .where = "under a condition"},
    {.type = "pair"},
    {.type = "parenthesized_expression"},
    {.type = "return_statement"},
    {.type = "set"},
    {.type = "set_comprehension", .where = "in a loop"},
    {.type = "string"},
    {.type = "subscript"},
    {.type = "try_statement", .where = "in a 'try' block"},
    {.type = "tuple"},
    {.type = "unary_operator"},
    {.type = "while_statement", .where = "in a loop"},
    {.type = "with_item", .where = "in the head of a 'with' block"},
    {.type = "with_statement"},
};

static int compare_type(const void *type, const void *row)
{
    return strcmp(type, ((const struct around *)row)->type);
}

static bool refuse_around(const ais__split *split, const char *where)
{
    static const char here[] = "call it once, in 'main' itself, on the way that every item takes";
    ais__code_fault(split->code, "code-nested", split->call, here,
                    "load_and_inference is called %s, so the component cannot be split there",
                    where);
    return false;
}

/* `with` blocks are entered again in each segment; so they must give nothing to the block. */
static bool check_with(const ais__split *split, TSNode with, TSNode inner)
{
    if (!ais__node_is(inner, "block"))
        return refuse_around(split, "in the head of a 'with' block");
    if (ais__code_text_is(split->code, ts_node_child(with, 0), "async"))
        return refuse_around(split, "in an 'async with' block");
    const TSNode clause = ais__node_inner(with);
    AIS_SCOPED(ais__children) items = ais__children_of(clause);
    for (TSNode item; ais__children_next(&items, &item);)
        if (ais__node_is(ais__node_inner(item), "as_pattern"))
            return refuse_around(split, "in a 'with ... as ...' block");
    return true;
}

static bool add_level(ais__split *split, TSNode block, TSNode inner)
{
    if (split->level_count == AIS__CODE_LEVELS)
        return refuse_around(split, "in too many blocks");
    memmove(&split->levels[1], &split->levels[0], split->level_count * sizeof split->levels[0]);
    split->levels[0].block = block;
    split->levels[0].inner = inner;
    split->level_count++;
    return true;
}

static bool climb(ais__split *split)
{
    TSNode inner = split->call;
    for (size_t steps = 0; !ais__node_same(inner, split->body); steps++) {
        const TSNode node = ts_node_parent(inner);
        if (ts_node_is_null(node) || steps == AIS__CODE_DEEPEST)
            return refuse_around(split, "too deep inside of other expressions");
        const struct around *row = bsearch(ts_node_type(node), arounds, AIS_COUNT(arounds),
                                           sizeof arounds[0], compare_type);
        if (row == NULL) {
            ais__code_fault(split->code, "code-call-form", split->call, right_form,
                            "load_and_inference is called inside of another statement");
            return false;
        }
        if (row->where != NULL)
            return refuse_around(split, row->where);
        if (ais__node_is(node, "with_statement") && !check_with(split, node, inner))
            return false;
        if (ais__node_is(node, "block")) {
            if (split->level_count == 0)
                split->statement = inner;
            if (!add_level(split, node, inner))
                return false;
        }
        inner = node;
    }
    return true;
}

/* The statement must have its lines for itself: later segments begin with it. */
static bool check_lines(const ais__split *split)
{
    const ais__code *code = split->code;
    const size_t start = ts_node_start_byte(split->statement);
    const size_t end = ts_node_end_byte(split->statement);
    const size_t line_end = ais__code_line_end(code, end);
    const size_t indent = ais__code_line_start(code, start) + strlen(ais__code_indent(code, start));
    size_t at = end;
    while (at < line_end && strchr(" \t\f", code->source->text[at]) != NULL)
        at++;
    if (indent == start && (at == line_end || code->source->text[at] == '#'))
        return true;
    ais__code_fault(code, "code-call-form", split->statement, "put the call on a line of its own",
                    "other code stands on the line of load_and_inference");
    return false;
}

/* ---- arguments ---- */

static bool take_named(ais__split *split, TSNode argument)
{
    const TSNode name = ais__node_field(argument, "name");
    const TSNode value = ais__node_field(argument, "value");
    const struct {
        const char *name;
        TSNode *place;
    } rows[] = {
        {"onnx_file", &split->model}, {"input_dict", &split->input}, {"outputs", &split->outputs}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        if (ais__code_text_is(split->code, name, rows[i].name)) {
            *rows[i].place = value;
            return true;
        }
    ais__code_fault(split->code, "code-call-form", argument,
                    "there are onnx_file, input_dict and outputs",
                    "load_and_inference has no argument '%s'", ais__code_text(split->code, name));
    return false;
}

static bool take_arguments(ais__split *split)
{
    TSNode *const places[] = {&split->model, &split->input, &split->outputs};
    size_t place = 0;
    AIS_SCOPED(ais__children) children = ais__children_of(split->arguments);
    const bool listed = ais__node_is(split->arguments, "argument_list");
    for (TSNode child; listed && ais__children_next(&children, &child);) {
        split->last_argument = child;
        if (ais__node_is(child, "keyword_argument")) {
            if (!take_named(split, child))
                return false;
        } else if (ais__node_is(child, "list_splat") || ais__node_is(child, "dictionary_splat")) {
            ais__code_fault(split->code, "code-call-form", child, "write its arguments one by one",
                            "what load_and_inference is given cannot be known from the source");
            return false;
        } else if (place < AIS_COUNT(places)) {
            *places[place++] = child;
        }
    }
    if (ais__node_is(split->model, "named_expression")) {
        ais__code_fault(split->code, "code-call-form", split->model, "give it its name before",
                        "this names the model's file, which each segment has its own of");
        return false;
    }
    if (!ts_node_is_null(split->model) && !ts_node_is_null(split->input))
        return true;
    ais__code_fault(split->code, "code-call-form", split->call, right_form,
                    "load_and_inference needs the model's file and the dictionary");
    return false;
}

/* A name that code may use: `_` is for what nobody wants. */
static const char *target_name(const ais__split *split, TSNode node)
{
    if (!ais__node_is(node, "identifier") || ais__code_text_is(split->code, node, "_"))
        return NULL;
    return ais__code_text(split->code, node);
}

static void take_targets(ais__split *split)
{
    static const char *const lists[] = {"pattern_list", "tuple_pattern", "list_pattern"};
    const TSNode assignment = ais__node_inner(split->statement);
    const TSNode left = ais__node_field(assignment, "left");
    bool list = false;
    for (size_t i = 0; i < AIS_COUNT(lists); i++)
        list = list || ais__node_is(left, lists[i]);
    if (!ais__node_is(split->statement, "expression_statement") ||
        !ais__node_is(assignment, "assignment") || !list ||
        !ais__node_same(ais__node_field(assignment, "right"), split->call) ||
        ts_node_named_child_count(left) != 2)
        return;
    const char *first = target_name(split, ts_node_named_child(left, 0));
    const char *second = target_name(split, ts_node_named_child(left, 1));
    if (first == NULL || second == NULL || ais_str_equal(first, second))
        return;
    split->return_dict = first;
    split->result = second;
}

/* ---- which call ---- */

static bool report_none(const finder *at)
{
    const ais__split *split = at->split;
    if (!ts_node_is_null(at->reference))
        ais__code_fault(split->code, "code-no-call", at->reference, right_form,
                        "load_and_inference is not called by its name");
    else if (!ts_node_is_null(at->stranger))
        ais__code_fault(
            split->code, "code-no-call", at->stranger,
            "from aisprint.onnx_inference import load_and_inference",
            "this is not the load_and_inference of aisprint, where a component is split");
    else
        ais__code_fault(
            split->code, "code-no-call", ais__node_field(split->entry, "name"), right_form,
            "'%s' does not run its model with load_and_inference, so it cannot be split",
            split->code->request->entry);
    return false;
}

/* The top-level function or class that a call is in; the call itself outside of all. */
static TSNode outermost(const ais__split *split, TSNode node)
{
    AIS_SCOPED(ais__children) children = ais__children_of(split->code->root);
    for (TSNode child; ais__children_next(&children, &child);)
        if (ais__node_inside(node, child))
            return child;
    return node;
}

static bool report_elsewhere(const ais__split *split, TSNode call)
{
    ais__code_fault(
        split->code, "code-nested", call,
        "call it in 'main' itself, and give the helper what it returned",
        "load_and_inference is called in a helper, so the component cannot be split there");
    return false;
}

static bool choose(const finder *at)
{
    ais__split *split = at->split;
    if (at->call_count == 0)
        return report_none(at);
    size_t inside = 0;
    for (size_t i = 0; i < at->call_count; i++)
        if (ais__node_inside(at->calls[i], split->body) && inside++ == 0)
            split->call = at->calls[i];
    if (inside == 0)
        return report_elsewhere(split, at->calls[0]);
    bool fine = true;
    for (size_t i = 0; i < at->call_count; i++) {
        const TSNode call = at->calls[i];
        const TSNode owner = outermost(split, call);
        const TSNode inner = ais__node_is(owner, "decorated_definition")
                                 ? ais__node_field(owner, "definition")
                                 : owner;
        const TSNode name = ais__node_field(inner, "name");
        const bool unused = !ts_node_is_null(name) && !ais__node_inside(call, split->body) &&
                            ais__split_count_word(split, ais__code_text(split->code, name)) == 1;
        if (ais__node_same(call, split->call) || unused)
            continue;
        ais__code_fault(split->code, "code-calls", call,
                        "a component is split where it runs its one model: keep one call",
                        "load_and_inference is called again, first in line %u",
                        ais__code_line(split->code, split->call));
        fine = false;
    }
    return fine;
}

bool ais__split_find_call(ais__split *split)
{
    AIS_SCOPED(finder) at = {.split = split};
    walk(&at, true);
    walk(&at, false);
    if (!choose(&at))
        return false;
    split->callee = ais__node_field(split->call, "function");
    split->arguments = ais__node_field(split->call, "arguments");
    if (!climb(split) || !check_lines(split) || !take_arguments(split))
        return false;
    take_targets(split);
    if (ais__node_is(split->input, "identifier"))
        split->input_name = ais__code_text(split->code, split->input);
    return true;
}
