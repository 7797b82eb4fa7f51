/* Expressions of Python to document nodes, as far as their value is known without running them. */
#include <string.h>

#include "annotate/python_priv.h"

static const char write_literal[] =
    "write a literal, or a constant set once at the top of the file";

/* What cannot be known, and how to say so. */
static const struct unknown {
    const char *type, *what;
} unknowns[] = {
    {.type = "attribute", .what = "an attribute"},
    {.type = "await", .what = "awaited"},
    {.type = "boolean_operator", .what = "a condition"},
    {.type = "call", .what = "the result of a call"},
    {.type = "comparison_operator", .what = "a comparison"},
    {.type = "conditional_expression", .what = "a condition"},
    {.type = "dictionary_comprehension", .what = "a comprehension"},
    {.type = "dictionary_splat", .what = "taken from another dict by **"},
    {.type = "ellipsis", .what = "..."},
    {.type = "generator_expression", .what = "a generator"},
    {.type = "lambda", .what = "a function"},
    {.type = "list_comprehension", .what = "a comprehension"},
    {.type = "list_splat", .what = "taken from another list by *"},
    {.type = "named_expression", .what = "assigned in place"},
    {.type = "not_operator", .what = "a condition"},
    {.type = "set", .what = "a set"},
    {.type = "set_comprehension", .what = "a comprehension"},
    {.type = "subscript", .what = "an element of something"},
    {.type = "yield", .what = "a yield"},
};

ais_doc_node *ais__python_not_static(const ais__python *python, TSNode node, const char *hint,
                                     const char *what)
{
    ais__fault(python->reading, "not-static", ais__node_pos(python->reading, node),
               hint != NULL ? hint : write_literal, "'%s' is not known before the program runs: %s",
               python->subject, what);
    return NULL;
}

bool ais__python_spend(ais__python *python, TSNode node)
{
    ais__reading *reading = python->reading;
    if (reading->values++ < AIS__MAX_VALUES)
        return true;
    if (!reading->too_many) /* said once */
        ais__fault(reading, "limit", ais__node_pos(reading, node), NULL,
                   "the annotations have more than %d values", AIS__MAX_VALUES);
    reading->too_many = true;
    return false;
}

/* Report what keeps the name from being a constant; the binding that is one otherwise. */
static ais__binding *find_constant(ais__python *python, TSNode name)
{
    const char *text = ais__node_text(python->reading, python->arena, name);
    ais__binding *binding = ais__python_find(python, text);
    if (binding == NULL) {
        AIS_FREE char *what = ais_format("'%.80s' is not defined in this file", text);
        ais__python_not_static(python, name, NULL, what);
        return NULL;
    }
    if (binding->reported)
        return NULL;
    binding->reported = true;
    const ais__source *source = python->reading->source;
    AIS_FREE char *what = NULL;
    if (binding->next != NULL)
        what = ais_format("'%.80s' is set again in line %u", text,
                          ais__source_pos(source, binding->next->offset).line);
    else if (binding->kind != AIS__BOUND_CONSTANT)
        what = ais_format("'%.80s' is %s", text, binding->what);
    else if (binding->in_branch)
        what = ais_format("'%.80s' is set under a condition in line %u", text,
                          ais__source_pos(source, binding->offset).line);
    else if (binding->offset >= python->use)
        what = ais_format("'%.80s' is set later, in line %u", text,
                          ais__source_pos(source, binding->offset).line);
    if (what != NULL) {
        ais__python_not_static(python, name, NULL, what);
        return NULL;
    }
    binding->reported = false;
    return binding;
}

bool ais__python_follow(ais__python *python, TSNode expression, TSNode *out)
{
    const size_t use = python->use;
    bool right = true;
    while (right) {
        if (ais__node_is(expression, "parenthesized_expression")) {
            expression = ais__node_inner(expression);
            right = !ts_node_is_null(expression);
        } else if (ais__node_is(expression, "identifier")) {
            const ais__binding *binding = find_constant(python, expression);
            right = binding != NULL;
            if (right) {
                expression = binding->value;
                python->use = binding->offset; /* goes down, so this ends */
            }
        } else {
            break;
        }
    }
    python->use = use;
    *out = expression;
    return right;
}

static ais_doc_node *read_identifier(ais__python *python, TSNode node)
{
    ais__binding *binding = find_constant(python, node);
    if (binding == NULL)
        return NULL;
    const size_t use = python->use;
    python->use = binding->offset;
    ais_doc_node *value = ais__python_value(python, binding->value);
    python->use = use;
    if (value == NULL)
        binding->reported = true;
    return value;
}

static ais_doc_node *read_inner(ais__python *python, TSNode node)
{
    const TSNode inner = ais__node_inner(node);
    return ts_node_is_null(inner) ? NULL : ais__python_value(python, inner);
}

static ais_doc_node *make_number(ais__python *python, ais_pos pos, ais__number number)
{
    ais_doc *doc = python->reading->out->doc;
    ais_doc_set_pos(doc, pos);
    return number.is_int ? ais_doc_new_int(doc, number.i) : ais_doc_new_float(doc, number.d);
}

static ais_doc_node *wrong_number(ais__python *python, ais_pos pos, const char *what)
{
    ais__fault(python->reading, "bad-number", pos, NULL, "the number for '%s' %s", python->subject,
               what);
    return NULL;
}

static ais_doc_node *read_number(ais__python *python, TSNode node)
{
    const ais_pos pos = ais__node_pos(python->reading, node);
    ais__number number = {.is_int = true};
    const char *fault =
        ais__number_parse(ais__node_text(python->reading, python->arena, node), &number);
    return fault != NULL ? wrong_number(python, pos, fault) : make_number(python, pos, number);
}

/* The number in a node; false when it is none. */
static bool get_number(const ais_doc_node *node, ais__number *out)
{
    const ais_doc_kind kind = ais_doc_get_kind(node);
    if ((kind & AIS_DOC_NUMBER) == 0)
        return false;
    *out = (ais__number){.is_int = kind == AIS_DOC_INT, .d = ais_doc_get_number(node)};
    if (out->is_int)
        out->i = ais_doc_get_int(node);
    return true;
}

static ais_doc_node *read_unary(ais__python *python, TSNode node)
{
    const TSNode operator_node = ais__node_field(node, "operator");
    const TSNode argument = ais__node_field(node, "argument");
    const ais_pos pos = ais__node_pos(python->reading, node);
    if (ts_node_is_null(operator_node) || ts_node_is_null(argument))
        return NULL; /* reported as a fault of syntax */
    ais_doc_node *value = ais__python_value(python, argument);
    ais__number number = {.is_int = true};
    if (value == NULL)
        return NULL;
    const char *sign = ts_node_type(operator_node);
    if (!get_number(value, &number) || ais_str_equal(sign, "~"))
        return ais__python_not_static(python, node, NULL, "only numbers take a sign");
    if (ais_str_equal(sign, "-")) {
        const char *fault = ais__number_negate(number, &number);
        if (fault != NULL)
            return wrong_number(python, pos, fault);
    }
    return make_number(python, pos, number);
}

/* Long texts count more: a constant of 64 kB may be used many times. */
static ais_doc_node *make_text(ais__python *python, ais_pos pos, const char *text, size_t length)
{
    python->reading->values += length / 64;
    ais_doc_set_pos(python->reading->out->doc, pos);
    return ais_doc_new_bytes(python->reading->out->doc, text, length);
}

static ais_doc_node *join_texts(ais__python *python, ais_pos pos, const ais_doc_node *a,
                                const ais_doc_node *b)
{
    size_t a_length = 0, b_length = 0;
    const char *a_text = ais_doc_get_string(a, &a_length);
    const char *b_text = ais_doc_get_string(b, &b_length);
    if (a_length + b_length > AIS__MAX_TEXT) {
        ais__fault(python->reading, "limit", pos, "64 kB at most", "'%s' is a very long string",
                   python->subject);
        return NULL;
    }
    ais_str joined = {0};
    ais_str_add_bytes(&joined, a_text, a_length);
    ais_str_add_bytes(&joined, b_text, b_length);
    AIS_FREE char *text = ais_str_take(&joined);
    return make_text(python, pos, text, a_length + b_length);
}

static ais_doc_node *read_binary(ais__python *python, TSNode node)
{
    const TSNode left = ais__node_field(node, "left"), right = ais__node_field(node, "right");
    const TSNode operator_node = ais__node_field(node, "operator");
    const ais_pos pos = ais__node_pos(python->reading, node);
    if (ts_node_is_null(left) || ts_node_is_null(right) || ts_node_is_null(operator_node))
        return NULL;
    const ais_doc_node *a = ais__python_value(python, left);
    const ais_doc_node *b = a != NULL ? ais__python_value(python, right) : NULL;
    if (a == NULL || b == NULL)
        return NULL;
    const char *sign = ts_node_type(operator_node);
    if (ais_str_equal(sign, "+") && ais_doc_get_kind(a) == AIS_DOC_STRING &&
        ais_doc_get_kind(b) == AIS_DOC_STRING)
        return join_texts(python, pos, a, b);
    ais__number x = {.is_int = true}, y = x, result = x;
    if (!get_number(a, &x) || !get_number(b, &y))
        return ais__python_not_static(python, node, NULL, "only numbers are computed with");
    const char *fault = ais__number_fold(sign, x, y, &result);
    return fault != NULL ? wrong_number(python, pos, fault) : make_number(python, pos, result);
}

static ais_doc_node *read_text(ais__python *python, TSNode node)
{
    const ais_pos pos = ais__node_pos(python->reading, node);
    ais_str text = {0};
    bool right = true;
    if (ais__node_is(node, "concatenated_string")) {
        AIS_SCOPED(ais__children) children = ais__children_of(node);
        for (TSNode child; right && ais__children_next(&children, &child);)
            right = ais__python_string(python, child, &text);
    } else {
        right = ais__python_string(python, node, &text);
    }
    const size_t length = text.length;
    AIS_FREE char *bytes = ais_str_take(&text);
    if (!right)
        return NULL;
    return make_text(python, pos, bytes, length);
}

/* Lists and tuples. All elements are looked at, so that one run names all that are wrong. */
static ais_doc_node *read_list(ais__python *python, TSNode node)
{
    ais_doc *doc = python->reading->out->doc;
    ais_doc_set_pos(doc, ais__node_pos(python->reading, node));
    ais_doc_node *list = ais_doc_new_list(doc);
    bool right = true;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; ais__children_next(&children, &child);) {
        ais_doc_node *item = ais__python_value(python, child);
        if (item != NULL)
            ais_doc_append(list, item);
        else
            right = false;
    }
    return right ? list : NULL;
}

static bool read_pair(ais__python *python, TSNode pair, ais_doc_node *map)
{
    const TSNode key_node = ais__node_field(pair, "key"),
                 value_node = ais__node_field(pair, "value");
    if (!ais__node_is(pair, "pair") || ts_node_is_null(key_node) || ts_node_is_null(value_node))
        return ais__python_value(python, pair) != NULL && false; /* says what it is instead */
    ais_doc_node *key = ais__python_value(python, key_node);
    ais_doc_node *value = ais__python_value(python, value_node);
    if (key == NULL || value == NULL)
        return false;
    const ais_pos pos = ais_doc_pos(key);
    if ((ais_doc_get_kind(key) & AIS_DOC_SCALAR) == 0) {
        ais__fault(python->reading, "wrong-type", pos, "a key is a string or a number",
                   "a key of '%s' is %s", python->subject,
                   ais_doc_kind_name(ais_doc_get_kind(key)));
        return false;
    }
    for (size_t i = 0; i < ais_doc_count(map); i++)
        if (ais_doc_equal(ais_doc_key_at(map, i), key)) {
            ais__fault(python->reading, "duplicate-key", pos, "keep one of them",
                       "a key of '%s' is there twice", python->subject);
            return false;
        }
    ais_doc_put_node(map, key, value);
    return true;
}

static ais_doc_node *read_dictionary(ais__python *python, TSNode node)
{
    enum { MOST = 1000 }; /* keys are compared each with each */
    ais_doc *doc = python->reading->out->doc;
    const ais_pos pos = ais__node_pos(python->reading, node);
    ais_doc_set_pos(doc, pos);
    ais_doc_node *map = ais_doc_new_map(doc);
    bool right = true;
    size_t count = 0;
    AIS_SCOPED(ais__children) children = ais__children_of(node);
    for (TSNode child; count <= MOST && ais__children_next(&children, &child); count++)
        right = read_pair(python, child, map) && right;
    if (count > MOST) {
        ais__fault(python->reading, "limit", pos, "1000 at most", "'%s' has too many keys",
                   python->subject);
        return NULL;
    }
    return right ? map : NULL;
}

static ais_doc_node *read_word(ais__python *python, TSNode node)
{
    ais_doc *doc = python->reading->out->doc;
    ais_doc_set_pos(doc, ais__node_pos(python->reading, node));
    if (ais__node_is(node, "none"))
        return ais_doc_new_null(doc);
    return ais_doc_new_bool(doc, ais__node_is(node, "true"));
}

/* What can be read; sorted by nothing: the most frequent first. */
static const struct {
    const char *type;
    ais_doc_node *(*read)(ais__python *python, TSNode node);
} readers[] = {
    {.type = "string", .read = read_text},
    {.type = "integer", .read = read_number},
    {.type = "float", .read = read_number},
    {.type = "list", .read = read_list},
    {.type = "identifier", .read = read_identifier},
    {.type = "true", .read = read_word},
    {.type = "false", .read = read_word},
    {.type = "none", .read = read_word},
    {.type = "tuple", .read = read_list},
    {.type = "dictionary", .read = read_dictionary},
    {.type = "unary_operator", .read = read_unary},
    {.type = "binary_operator", .read = read_binary},
    {.type = "parenthesized_expression", .read = read_inner},
    {.type = "concatenated_string", .read = read_text},
    {.type = "expression_list", .read = read_list}, /* A = 1, 2 */
};

ais_doc_node *ais__python_value(ais__python *python, TSNode expression)
{
    if (!ais__python_spend(python, expression))
        return NULL;
    if (python->depth >= AIS__MAX_DEPTH) {
        ais__fault(python->reading, "limit", ais__node_pos(python->reading, expression),
                   "write it flatter", "'%s' is nested too deeply", python->subject);
        return NULL;
    }
    const char *type = ts_node_type(expression);
    for (size_t i = 0; i < AIS_COUNT(readers); i++)
        if (ais_str_equal(readers[i].type, type)) {
            python->depth++;
            ais_doc_node *value = readers[i].read(python, expression);
            python->depth--;
            return value;
        }
    for (size_t i = 0; i < AIS_COUNT(unknowns); i++)
        if (ais_str_equal(unknowns[i].type, type))
            return ais__python_not_static(python, expression, NULL, unknowns[i].what);
    if (ais__node_is(expression, "ERROR") || ts_node_is_missing(expression))
        return NULL; /* reported as a fault of syntax */
    return ais__python_not_static(python, expression, NULL, "an expression");
}
