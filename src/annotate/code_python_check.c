/* Can what is made before the call and needed behind it travel? What is evident from the source is said
 * here, with its place; the rest aisprint.segment says when it happens. */
#include <string.h>

#include "annotate/code_python_priv.h"

static const char can_travel[] =
    "arrays, numbers, texts, None, and lists, tuples and dicts of them can";

/* ---- values that evidently cannot travel ---- */

static const struct {
    const char *type, *what;
} expressions[] = {
    {.type = "lambda", .what = "a lambda"},
    {.type = "set", .what = "a set"},
    {.type = "set_comprehension", .what = "a set"},
    {.type = "generator_expression", .what = "a generator"},
};

static const struct {
    const char *name, *what;
} makers[] = {
    {.name = "open", .what = "an open file"},
    {.name = "io.open", .what = "an open file"},
    {.name = "set", .what = "a set"},
    {.name = "frozenset", .what = "a set"},
    {.name = "bytes", .what = "bytes"},
    {.name = "bytearray", .what = "bytes"},
    {.name = "iter", .what = "an iterator"},
    {.name = "map", .what = "an iterator"},
    {.name = "filter", .what = "an iterator"},
    {.name = "zip", .what = "an iterator"},
    {.name = "enumerate", .what = "an iterator"},
    {.name = "reversed", .what = "an iterator"},
    {.name = "object", .what = "an object"},
    {.name = "threading.Lock", .what = "a lock"},
    {.name = "partial", .what = "a function"},
    {.name = "functools.partial", .what = "a function"},
};

static const char *why_not_name(const ais__split *split, const char *name, unsigned depth);

static bool is_bytes(const ais__split *split, TSNode node)
{
    if (!ais__node_is(node, "string"))
        return false;
    const char *text = split->code->source->text + ts_node_start_byte(node);
    const size_t prefix = strcspn(text, "'\"");
    for (size_t i = 0; i < prefix && i < 2; i++)
        if (text[i] == 'b' || text[i] == 'B')
            return true;
    return false;
}

/* "a set", or NULL when it may travel. */
static const char *why_not(const ais__split *split, TSNode value, unsigned depth)
{
    while (ais__node_is(value, "parenthesized_expression"))
        value = ais__node_inner(value);
    if (ts_node_is_null(value) || depth > 8)
        return NULL;
    for (size_t i = 0; i < AIS_COUNT(expressions); i++)
        if (ais__node_is(value, expressions[i].type))
            return expressions[i].what;
    if (is_bytes(split, value))
        return "bytes";
    if (ais__node_is(value, "identifier"))
        return why_not_name(split, ais__code_text(split->code, value), depth + 1);
    const char *path = ais__node_is(value, "call")
                           ? ais__split_path(split, ais__node_field(value, "function"))
                           : NULL;
    for (size_t i = 0; path != NULL && i < AIS_COUNT(makers); i++)
        if (ais_str_equal(path, makers[i].name) && ais__python_find(split->names, path) == NULL)
            return makers[i].what;
    return NULL;
}

static const char *why_not_bound(const ais__split *split, const ais__bound *bound, unsigned depth)
{
    switch (bound->kind) {
    case AIS__VALUE_FUNCTION:
        return "a function";
    case AIS__VALUE_CLASS:
        return "a class";
    case AIS__VALUE_IMPORT:
        return "a module, or something of one";
    case AIS__VALUE_OF:
    case AIS__VALUE_ENTER:
        return why_not(split, bound->value, depth);
    case AIS__VALUE_PART:
        break;
    }
    return NULL;
}

/* A variable cannot travel when none of its values can. */
static const char *why_not_name(const ais__split *split, const char *name, unsigned depth)
{
    const ais__local *local = ais__split_local(split, name);
    const char *why = NULL;
    if (local != NULL) {
        for (const ais__bound *bound = local->bound; bound != NULL; bound = bound->next) {
            why = why_not_bound(split, bound, depth);
            if (why == NULL)
                return NULL;
        }
        return why;
    }
    for (const ais__binding *binding = ais__python_find(split->names, name); binding != NULL;
         binding = binding->next) {
        if (binding->kind != AIS__BOUND_OTHER ||
            (strcmp(binding->what, "a function") != 0 && strcmp(binding->what, "a class") != 0))
            return NULL;
        why = binding->what;
    }
    return why;
}

/* ---- variables ---- */

/* Only imports that later segments keep. */
static bool is_kept_import(const ais__split *split, const ais__local *local)
{
    for (const ais__bound *bound = local->bound; bound != NULL; bound = bound->next) {
        bool kept = false;
        for (size_t level = 0; level < split->level_count; level++) {
            AIS_SCOPED(ais__children) children = ais__children_of(split->levels[level].block);
            for (TSNode child; ais__children_next(&children, &child);)
                kept = kept || (ais__node_inside(bound->name, child) &&
                                ais__split_stays(split, child, split->levels[level].block));
        }
        if (bound->kind != AIS__VALUE_IMPORT || !kept)
            return false;
    }
    return true;
}

static bool check_local(const ais__split *split, const ais__local *local)
{
    const ais__code *code = split->code;
    const unsigned line = ais__code_line(code, local->read);
    AIS_FREE char *hint = ais_format("it is read in line %u, behind load_and_inference: make it "
                                     "there, or put what is needed of it into the dictionary",
                                     line);
    if (local->is_global) {
        ais__code_fault(code, "code-global", local->bound->name, hint,
                        "the global '%s' is set here, and each segment has its own", local->name);
        return false;
    }
    const char *why = why_not_name(split, local->name, 0);
    if (why != NULL) {
        const ais__bound *bound = local->bound;
        const bool valued = bound->kind == AIS__VALUE_OF || bound->kind == AIS__VALUE_ENTER;
        ais__code_fault(code, "code-forward", valued ? bound->value : bound->name, hint,
                        "'%s' is %s, which no other segment can get", local->name, why);
        return false;
    }
    if (local->surely_before)
        return true;
    AIS_FREE char *sure = ais_format("it is read in line %u, behind load_and_inference: give it a "
                                     "value before the condition or loop",
                                     line);
    ais__code_fault(code, "code-forward", local->bound->name, sure,
                    "'%s' has a value here, but perhaps none where load_and_inference is called",
                    local->name);
    return false;
}

static bool check_locals(ais__split *split)
{
    bool fine = true;
    split->forwards =
        ais_arena_alloc(split->code->arena, (split->local_count + 1) * sizeof *split->forwards);
    for (size_t i = 0; i < split->local_count; i++) {
        const ais__local *local = &split->locals[i];
        if (!local->before || !local->after || local->is_parameter || is_kept_import(split, local))
            continue;
        if (!check_local(split, local))
            fine = false;
        if (split->input_name != NULL && ais_str_equal(split->input_name, local->name))
            split->input_travels = true;
        split->forwards[split->forward_count++] = local;
    }
    return fine;
}

/* ---- entries of the dictionary ---- */

static bool check_entry(const ais__split *split, TSNode key, TSNode value)
{
    const char *why = why_not(split, value, 0);
    if (why == NULL)
        return true;
    const char *name = ts_node_is_null(key) ? NULL : ais__split_plain_string(split, key);
    if (name == NULL)
        name = ts_node_is_null(key) ? "an entry" : ais__code_text(split->code, key);
    ais__code_fault(split->code, "code-forward", value, can_travel,
                    "'%s' is %s, which no other segment can get", name, why);
    return false;
}

static bool check_pairs(const ais__split *split, TSNode node)
{
    bool fine = true;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        if (ais__node_is(child, "pair"))
            fine = check_entry(split, ais__node_field(child, "key"),
                               ais__node_field(child, "value")) &&
                   fine;
        else if (ais__node_is(child, "keyword_argument"))
            fine = check_entry(split, ais__node_field(child, "name"),
                               ais__node_field(child, "value")) &&
                   fine;
        else if (ais__node_is(child, "dictionary"))
            fine = check_pairs(split, child) && fine;
    }
    return fine;
}

/* `{...}` or `dict(...)` */
static bool check_dictionary(const ais__split *split, TSNode value)
{
    if (ais__node_is(value, "dictionary"))
        return check_pairs(split, value);
    if (ais__node_is(value, "call") &&
        ais__code_text_is(split->code, ais__node_field(value, "function"), "dict"))
        return check_pairs(split, ais__node_field(value, "arguments"));
    return true;
}

static bool is_input(const ais__split *split, TSNode node)
{
    return split->input_name != NULL && ais__node_is(node, "identifier") &&
           ais__code_text_is(split->code, node, split->input_name);
}

static bool check_statement(const ais__split *split, TSNode node)
{
    if (ais__node_is(node, "assignment")) {
        const TSNode left = ais__node_field(node, "left"), right = ais__node_field(node, "right");
        if (ts_node_is_null(right))
            return true;
        if (is_input(split, left))
            return check_dictionary(split, right);
        return !ais__node_is(left, "subscript") ||
               !is_input(split, ais__node_field(left, "value")) ||
               check_entry(split, ais__node_field(left, "subscript"), right);
    }
    const TSNode function = ais__node_field(node, "function");
    return !ais__node_is(function, "attribute") ||
           !is_input(split, ais__node_field(function, "object")) ||
           !ais__code_text_is(split->code, ais__node_field(function, "attribute"), "update") ||
           check_pairs(split, ais__node_field(node, "arguments"));
}

/* Everything in `main` in front of the call. */
static bool check_entries(const ais__split *split)
{
    bool fine = check_dictionary(split, split->input);
    TSTreeCursor cursor = ts_tree_cursor_new(split->body);
    for (bool going = true; going;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        const bool before = ts_node_start_byte(node) < ts_node_start_byte(split->statement);
        if (before && (ais__node_is(node, "assignment") || ais__node_is(node, "call")))
            fine = check_statement(split, node) && fine;
        if (before && ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    return fine;
}

/* ---- parameters ---- */

static const ais__use *find_later(const ais__split *split, const ais__use *change)
{
    for (size_t i = 0; i < split->use_count; i++) {
        const ais__use *use = &split->uses[i];
        if (use->after && !use->changes && use->local == change->local &&
            (use->key == NULL || change->key == NULL || ais_str_equal(use->key, change->key)))
            return use;
    }
    return NULL;
}

static bool report_change(const ais__split *split, const char *name, TSNode change, TSNode use)
{
    AIS_FREE char *hint = ais_format("it is read in line %u, behind load_and_inference: keep the "
                                     "changed value in a variable of its own",
                                     ais__code_line(split->code, use));
    ais__code_fault(split->code, "code-forward", change, hint,
                    "'%s' is changed here, and the next segment gets its own", name);
    return false;
}

/* Each segment gets its own arguments: what was changed in them does not travel. */
static bool check_changes(const ais__split *split)
{
    bool fine = true;
    for (size_t i = 0; i < split->use_count; i++) {
        const ais__use *change = &split->uses[i];
        const ais__use *use = change->changes && !change->after ? find_later(split, change) : NULL;
        if (use != NULL)
            fine = report_change(split, change->local->name, change->node, use->node);
    }
    for (size_t i = 0; i < split->local_count; i++) {
        const ais__local *local = &split->locals[i];
        if (!local->is_parameter || local->bound == NULL)
            continue;
        const ais__use whole = {.local = local};
        const ais__use *use = find_later(split, &whole);
        if (use != NULL)
            fine = report_change(split, local->name, local->bound->name, use->node);
    }
    return fine;
}

/* Uses of a path that only look at its name, or show it. */
static bool only_named(const ais__split *split, TSNode use)
{
    static const char *const functions[] = {"basename", "splitext", "split", "print",     "debug",
                                            "info",     "warning",  "error", "exception", "format"};
    static const char *const parts[] = {"name", "stem", "suffix", "suffixes"};
    TSNode parent = ts_node_parent(use);
    while (ais__node_is(parent, "parenthesized_expression") ||
           ais__node_is(parent, "binary_operator") || ais__node_is(parent, "keyword_argument"))
        parent = ts_node_parent(parent);
    if (!ais__node_is(parent, "argument_list")) /* `p = args['input']` gives it another name */
        return !ais__node_is(parent, "assignment") && !ais__node_is(parent, "named_expression");
    const TSNode call = ts_node_parent(parent);
    const char *path = ais__split_path(split, ais__node_field(call, "function"));
    if (path == NULL)
        return ais__node_is(ais__node_field(call, "function"), "attribute"); /* '...'.format() */
    const char *dot = strrchr(path, '.');
    const char *name = dot != NULL ? dot + 1 : path;
    for (size_t i = 0; i < AIS_COUNT(functions); i++)
        if (ais_str_equal(name, functions[i]))
            return true;
    parent = ts_node_parent(call);
    for (size_t i = 0; i < AIS_COUNT(parts); i++)
        if (ais_str_ends(name, "Path") && ais__node_is(parent, "attribute") &&
            ais__code_text_is(split->code, ais__node_field(parent, "attribute"), parts[i]))
            return true;
    return (ais_str_equal(name, "str") || ais_str_equal(name, "repr")) && only_named(split, call);
}

/* Behind the call the input is what the segment before wrote, no more what the component was given. */
static bool check_input(const ais__split *split)
{
    bool fine = true;
    for (size_t i = 0; i < split->use_count; i++) {
        const ais__use *use = &split->uses[i];
        const bool named = use->key != NULL && ais_str_equal(use->key, "input");
        const bool is_path = named || (use->key == NULL && !use->changes &&
                                       ais_str_equal(use->local->name, split->input_path));
        if (!use->after || !is_path || only_named(split, use->node))
            continue;
        ais__code_fault(split->code, "code-input", use->node,
                        "put what is needed of it into the dictionary; its name may be read",
                        "the input is read behind load_and_inference, where the next segment has "
                        "another one");
        fine = false;
    }
    return fine;
}

bool ais__split_check(ais__split *split)
{
    bool fine = check_locals(split);
    fine = check_entries(split) && fine;
    fine = check_changes(split) && fine;
    return check_input(split) && fine;
}
