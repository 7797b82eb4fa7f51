/* What of the module besides `main` a segment needs to know or to change: how `main` is given its item
 * and model, the default of the option for the model, and the condition of early exits. */
#include <ctype.h>
#include <string.h>

#include "annotate/code_python_priv.h"
#include "base/path.h"

/* ---- small questions ---- */

const char *ais__split_plain_string(const ais__split *split, TSNode node)
{
    static const char quotes[] = "'\"";
    while (ais__node_is(node, "parenthesized_expression"))
        node = ais__node_inner(node);
    if (!ais__node_is(node, "string"))
        return NULL;
    const char *text = ais__code_text(split->code, node);
    const size_t length = strlen(text);
    if (strchr(quotes, text[0]) == NULL || length < 2 || strchr(text, '\\') != NULL)
        return NULL;
    const bool triple = length >= 6 && text[0] == text[1] && text[1] == text[2];
    const size_t skip = triple ? 3 : 1;
    return ais_arena_strndup(split->code->arena, text + skip, length - 2 * skip);
}

bool ais__split_stays(const ais__split *split, TSNode child, TSNode block)
{
    if (ais__node_is(child, "import_statement") || ais__node_is(child, "import_from_statement") ||
        ais__node_is(child, "global_statement"))
        return true;
    return ais__node_same(block, split->body) && ais__node_same(child, ais__node_inner(block)) &&
           ais__node_is(child, "expression_statement") &&
           ais__node_is(ais__node_inner(child), "string");
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

size_t ais__split_count_word(const ais__split *split, const char *word)
{
    const ais__source *source = split->code->source;
    const size_t length = strlen(word);
    size_t count = 0;
    for (const char *at = source->text; (at = strstr(at, word)) != NULL; at += length)
        count += (at == source->text || !is_word(at[-1])) && !is_word(at[length]);
    return count;
}

/* Call `see` for each node of a type. */
static void each(TSNode root, const char *type, void (*see)(void *data, TSNode node), void *data)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (bool going = true; going;) {
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        if (ais__node_is(node, type))
            see(data, node);
        if (ts_tree_cursor_goto_first_child(&cursor))
            continue;
        while (going && !ts_tree_cursor_goto_next_sibling(&cursor))
            going = ts_tree_cursor_goto_parent(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
}

/* ---- the option for the model ---- */

typedef struct options {
    const ais__split *split;
    bool found;
    /* NULL while only looking */
    ais__edits *edits;
    const char *onnx_file; /* of the segment: "partition1_1.onnx" */
} options;

static bool names_model(const ais__split *split, TSNode node)
{
    const char *text = ais__split_plain_string(split, node);
    if (text == NULL)
        return false;
    text += strspn(text, "-");
    return ais_str_equal(text, "onnx_file") || ais_str_equal(text, "onnx-file");
}

typedef struct literals {
    const options *at;
    bool found;
} literals;

/* 'onnx/net.onnx' becomes 'onnx/partition1_1.onnx'; what stands before the name stays. */
static void replace_literal(void *data, TSNode node)
{
    literals *l = data;
    const ais__split *split = l->at->split;
    const char *text = ais__split_plain_string(split, node);
    const char *whole = ais_path_base(split->code->request->onnx_file);
    if (text == NULL || l->found || !ais_str_equal(ais_path_base(text), whole))
        return;
    const char *source = split->code->source->text;
    const size_t start = ts_node_start_byte(node);
    size_t end = ts_node_end_byte(node);
    while (end > start && (source[end - 1] == '\'' || source[end - 1] == '"'))
        end--;
    l->found = true;
    ais__edits_add(l->at->edits, end - strlen(whole), end, l->at->onnx_file);
}

static void replace_default(const options *at, TSNode value)
{
    literals l = {.at = at};
    each(value, "string", replace_literal, &l);
    if (l.found || ais__node_is(value, "none"))
        return;
    ais__edits_add(at->edits, ts_node_start_byte(value), ts_node_end_byte(value),
                   ais_arena_format(at->split->code->arena, "'onnx/%s'", at->onnx_file));
}

/* parser.add_argument('-y', '--onnx_file', default=...) */
static void see_option(void *data, TSNode call)
{
    options *at = data;
    const TSNode function = ais__node_field(call, "function");
    if (!ais__node_is(function, "attribute") ||
        !ais__code_text_is(at->split->code, ais__node_field(function, "attribute"), "add_argument"))
        return;
    bool ours = false;
    TSNode preset = {.id = NULL};
    AIS_SCOPED(ais__children) children = ais__children_of(ais__node_field(call, "arguments"));
    for (TSNode child; ais__children_next(&children, &child);) {
        const TSNode name = ais__node_field(child, "name"), value = ais__node_field(child, "value");
        if (!ais__node_is(child, "keyword_argument"))
            ours = ours || names_model(at->split, child);
        else if (ais__code_text_is(at->split->code, name, "dest"))
            ours = ours || names_model(at->split, value);
        else if (ais__code_text_is(at->split->code, name, "default"))
            preset = value;
    }
    at->found = at->found || ours;
    if (ours && at->edits != NULL && !ts_node_is_null(preset))
        replace_default(at, preset);
}

/* {'onnx_file': 'onnx/net.onnx'} outside of `main` */
static void see_pair(void *data, TSNode pair)
{
    options *at = data;
    const TSNode key = ais__node_field(pair, "key"), value = ais__node_field(pair, "value");
    const TSNode entry = at->split->entry, parent = ts_node_parent(entry);
    const TSNode whole = ais__node_is(parent, "decorated_definition") ? parent : entry;
    if (ais__node_inside(pair, whole) || !names_model(at->split, key))
        return;
    at->found = true;
    if (at->edits != NULL && ais__split_plain_string(at->split, value) != NULL)
        replace_default(at, value);
}

static bool see_options(options *at)
{
    each(at->split->code->root, "call", see_option, at);
    each(at->split->code->root, "pair", see_pair, at);
    return at->found;
}

void ais__split_edit_module(const ais__split *split, const char *onnx_file, ais__edits *edits)
{
    options at = {.split = split, .edits = edits, .onnx_file = onnx_file};
    (void)see_options(&at);
}

/* ---- how `main` is given its item ---- */

typedef struct paths {
    ais__split *split;
    const char *input, *output, *model; /* parameters */
} paths;

static const char *parameter_at(const ais__split *split, size_t place)
{
    AIS_SCOPED(ais__children) children =
        ais__children_of(ais__node_field(split->entry, "parameters"));
    for (TSNode child; ais__children_next(&children, &child);) {
        TSNode name = ais__node_field(child, "name");
        if (ts_node_is_null(name))
            name = ais__node_is(child, "identifier") ? child : ais__node_inner(child);
        if (ais__node_is(name, "identifier") && place-- == 0)
            return ais__code_text(split->code, name);
    }
    return NULL;
}

/* `args['output']` or `args.output` in a call of main: which parameter is that? */
static void note_argument(paths *at, TSNode value, const char *name)
{
    const char *key = NULL;
    if (ais__node_is(value, "subscript"))
        key = ais__split_plain_string(at->split, ais__node_field(value, "subscript"));
    else if (ais__node_is(value, "attribute"))
        key = ais__code_text(at->split->code, ais__node_field(value, "attribute"));
    if (key == NULL || name == NULL)
        return;
    const struct {
        const char *key;
        const char **place;
    } rows[] = {{"input", &at->input}, {"output", &at->output}, {"onnx_file", &at->model}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        if (ais_str_equal(key, rows[i].key))
            *rows[i].place = name;
}

static void see_main(void *data, TSNode call)
{
    paths *at = data;
    const ais__split *split = at->split;
    if (!ais__code_text_is(split->code, ais__node_field(call, "function"),
                           split->code->request->entry))
        return;
    size_t place = 0;
    AIS_SCOPED(ais__children) children = ais__children_of(ais__node_field(call, "arguments"));
    for (TSNode child; ais__children_next(&children, &child);) {
        if (ais__node_is(child, "keyword_argument"))
            note_argument(at, ais__node_field(child, "value"),
                          ais__code_text(split->code, ais__node_field(child, "name")));
        else
            note_argument(at, child, parameter_at(split, place++));
    }
}

/* args['output'] or args.output, as `main` itself writes it. */
static const char *member(const ais__split *split, const char *parameter, const char *key)
{
    size_t attributes = 0, items = 0;
    for (size_t i = 0; i < split->use_count; i++) {
        const ais__use *use = &split->uses[i];
        const bool ours = use->key != NULL &&
                          (ais_str_equal(use->key, "input") || ais_str_equal(use->key, "output") ||
                           ais_str_equal(use->key, "onnx_file"));
        attributes += ours && use->attribute;
        items += ours && !use->attribute;
    }
    return ais_arena_format(split->code->arena, attributes > items ? "%s.%s" : "%s['%s']",
                            parameter, key);
}

static bool find_item(ais__split *split, const char **model)
{
    const char *only = parameter_at(split, 0);
    if (only != NULL && parameter_at(split, 1) == NULL) {
        split->input_path = member(split, only, "input");
        split->output_path = member(split, only, "output");
        *model = member(split, only, "onnx_file");
        return true;
    }
    paths at = {.split = split};
    each(split->code->root, "call", see_main, &at);
    split->input_path = at.input;
    split->output_path = at.output;
    *model = at.model;
    if (at.input != NULL && at.output != NULL)
        return true;
    ais__code_fault(split->code, "code-entry", ais__node_field(split->entry, "name"),
                    "write def main(args):, where args holds input, output and onnx_file",
                    "which argument of '%s' is the path of the %s cannot be known from the source",
                    split->code->request->entry, at.input == NULL ? "input" : "output");
    return false;
}

/* Is the block under `if __name__ == '__main__'` there? Without it `main` gets a dictionary of ours. */
static bool has_guard(const ais__split *split)
{
    AIS_SCOPED(ais__children) children = ais__children_of(split->code->root);
    for (TSNode child; ais__children_next(&children, &child);)
        if (ais__node_is(child, "if_statement") &&
            strstr(ais__code_text(split->code, ais__node_field(child, "condition")), "__name__") !=
                NULL)
            return true;
    return false;
}

bool ais__split_find_paths(ais__split *split)
{
    const char *model = NULL;
    if (!find_item(split, &model))
        return false;
    options at = {.split = split};
    const bool given = see_options(&at) || !has_guard(split) ||
                       (model != NULL && ais__code_text_is(split->code, split->model, model));
    split->model_path = given ? model : NULL;
    return true;
}

/* ---- the condition ---- */

typedef struct condition {
    TSNode function; /* the last of the name: the one that Python keeps */
} condition;

static bool takes_one(const ais__split *split, TSNode function)
{
    size_t needed = 0, taken = 0;
    bool any = false, named_only = false, fine = true;
    AIS_SCOPED(ais__children) children = ais__children_of(ais__node_field(function, "parameters"));
    for (TSNode child; ais__children_next(&children, &child);) {
        const TSNode name = ais__node_is(child, "typed_parameter") ? ais__node_inner(child) : child;
        if (ais__node_is(name, "list_splat_pattern")) {
            any = named_only = true;
        } else if (ais__node_is(name, "keyword_separator")) {
            named_only = true;
        } else if (ais__node_is(name, "dictionary_splat_pattern") ||
                   ais__node_is(name, "positional_separator")) {
            continue;
        } else {
            const bool preset = !ts_node_is_null(ais__node_field(child, "value"));
            fine = fine && (!named_only || preset);
            taken += !named_only;
            needed += !named_only && !preset;
        }
    }
    (void)split;
    return fine && needed <= 1 && (taken >= 1 || any);
}

bool ais__split_check_condition(const ais__split *split)
{
    const ais__code *code = split->code;
    const char *name = code->request->condition_function;
    TSNode found = {.id = NULL};
    AIS_SCOPED(ais__children) children = ais__children_of(code->root);
    for (TSNode child; ais__children_next(&children, &child);) {
        const TSNode function = ais__node_is(child, "decorated_definition")
                                    ? ais__node_field(child, "definition")
                                    : child;
        if (ais__node_is(function, "function_definition") &&
            ais__code_text_is(code, ais__node_field(function, "name"), name))
            found = function;
    }
    const ais_pos pos = ais__code_condition_pos(code);
    if (ts_node_is_null(found)) {
        if (ais__python_find(split->names, name) != NULL)
            return true; /* imported, or made by a call: it says itself what it takes */
        ais__fault(code->reading, "code-condition", pos, "define it at the top level of this file",
                   "this file defines no function '%.80s'", name);
        return false;
    }
    const unsigned line = ais__code_line(code, found);
    if (ais__code_text_is(code, ts_node_child(found, 0), "async"))
        ais__fault(code->reading, "code-condition", pos, "write it without async",
                   "the function '%.80s' in line %u is async", name, line);
    else if (!takes_one(split, found))
        ais__fault(code->reading, "code-condition", pos,
                   "it is given the list of the exit's outputs: write it as f(result)",
                   "the function '%.80s' in line %u does not take one argument", name, line);
    else
        return true;
    return false;
}
