/* Values in annotations of C: an expression reader over tokens, since the arguments of a macro need
 * not be what the grammar of C knows: ("a", "b") is a list here. */
#include <math.h>
#include <string.h>

#include "annotate/c_priv.h"

/* A value on its way up. */
typedef struct part {
    ais_doc_node *node;
    bool grouped;  /* one value in parentheses */
    bool computed; /* by an operator, not in parentheses */
    bool open;     /* such a computation is the text of a macro: its neighbours could break it up */
    size_t start;
} part;

static const ais__source *source_of(const ais__c *c)
{
    return c->reading->source;
}

static ais_pos pos_at(const ais__c *c, size_t offset)
{
    return ais__source_pos(source_of(c), offset);
}

static bool fail(const ais__c *c, const char *rule, size_t offset, const char *hint,
                 const char *what)
{
    ais__fault(c->reading, rule, pos_at(c, offset), hint, "'%s' %s", c->subject, what);
    return false;
}

static bool spend(ais__c *c, size_t offset)
{
    ais__reading *reading = c->reading;
    if (reading->values++ < AIS__MAX_VALUES)
        return true;
    if (!reading->too_many)
        ais__fault(reading, "limit", pos_at(c, offset), NULL,
                   "the annotations have more than %d values", AIS__MAX_VALUES);
    reading->too_many = true;
    return false;
}

static ais__token look(const ais__scanner *scanner)
{
    ais__scanner copy = *scanner;
    return ais__scan(&copy);
}

static bool next_is(const ais__scanner *scanner, const char *text)
{
    return ais__token_is(scanner->source, look(scanner), text);
}

/* ---- constants ---- */

static bool read_expression(ais__c *c, ais__scanner *scanner, unsigned level, part *out);

static ais_doc_node *not_static(ais__c *c, size_t offset, const char *what)
{
    ais__fault(c->reading, "not-static", pos_at(c, offset),
               "write a literal, or a constant of this file",
               "'%s' is not known before the program runs: %s", c->subject, what);
    return NULL;
}

static ais__c_constant *find_constant(ais__c *c, const char *name, size_t offset)
{
    ais__c_constant *constant = ais_map_find(c->names, name);
    AIS_FREE char *what = NULL;
    if (constant == NULL)
        what = ais_format("'%.80s' is not defined in this file", name);
    else if (constant->reported)
        return NULL;
    else if (constant->next != NULL)
        what = ais_format("'%.80s' is defined again in line %u", name,
                          pos_at(c, constant->next->offset).line);
    else if (constant->problem != NULL)
        what = ais_format("'%.80s' is %s", name, constant->problem);
    else if (constant->in_branch)
        what = ais_format("'%.80s' is defined under a condition in line %u", name,
                          pos_at(c, constant->offset).line);
    else if (constant->offset >= c->use)
        what = ais_format("'%.80s' is defined later, in line %u", name,
                          pos_at(c, constant->offset).line);
    if (what == NULL)
        return constant;
    if (constant != NULL)
        constant->reported = true;
    not_static(c, offset, what);
    return NULL;
}

/* An enumerator without a value: what the one before it has, plus the distance. */
static bool read_enumerator(ais__c *c, const ais__c_constant *constant, part *out)
{
    int64_t distance = 0;
    const size_t offset = constant->offset;
    for (; constant->end == 0 && constant->previous != NULL; constant = constant->previous)
        distance++;
    int64_t first = 0;
    if (constant->end != 0) {
        part value = {.node = NULL};
        ais__scanner scanner = {
            .source = source_of(c), .at = constant->start, .end = constant->end};
        if (!read_expression(c, &scanner, 0, &value))
            return false;
        if (ais_doc_get_kind(value.node) != AIS_DOC_INT)
            return fail(c, "wrong-type", constant->start, NULL,
                        "is an enumerator without a number");
        first = ais_doc_get_int(value.node);
    }
    int64_t number = 0;
    if (__builtin_add_overflow(first, distance, &number))
        return fail(c, "bad-number", offset, NULL, "does not fit 64 bits");
    ais_doc_set_pos(c->reading->out->doc, pos_at(c, offset));
    *out = (part){.node = ais_doc_new_int(c->reading->out->doc, number), .start = offset};
    return true;
}

static bool read_definition(ais__c *c, const ais__c_constant *constant, part *out)
{
    if (constant->is_enumerator)
        return read_enumerator(c, constant, out);
    ais__scanner scanner = {.source = source_of(c), .at = constant->start, .end = constant->end};
    part value = {.node = NULL};
    if (!read_expression(c, &scanner, 0, &value))
        return false;
    if (look(&scanner).kind != AIS__TOKEN_END)
        return not_static(c, look(&scanner).start, "an expression that is not followed") != NULL;
    value.open = constant->is_macro && (value.computed || value.open);
    value.computed = false;
    *out = value;
    return true;
}

static bool read_constant(ais__c *c, const char *name, size_t offset, part *out)
{
    ais__c_constant *constant = find_constant(c, name, offset);
    if (constant == NULL)
        return false;
    const size_t use = c->use;
    c->use = constant->offset; /* goes down, so this ends */
    const bool right = read_definition(c, constant, out);
    c->use = use;
    constant->reported = !right;
    return right;
}

static bool read_name(ais__c *c, ais__scanner *scanner, ais__token token, part *out)
{
    static const struct {
        const char *name;
        ais_doc_kind kind;
        bool value;
    } words[] = {
        {.name = "true", .kind = AIS_DOC_BOOL, .value = true},
        {.name = "false", .kind = AIS_DOC_BOOL},
        {.name = "NULL", .kind = AIS_DOC_NULL},
        {.name = "None", .kind = AIS_DOC_NULL},
        {.name = "nullptr", .kind = AIS_DOC_NULL},
    };
    ais_doc *doc = c->reading->out->doc;
    const char *name =
        ais_arena_strndup(c->arena, source_of(c)->text + token.start, token.end - token.start);
    out->start = token.start;
    for (size_t i = 0; i < AIS_COUNT(words); i++)
        if (ais_str_equal(words[i].name, name)) {
            ais_doc_set_pos(doc, pos_at(c, token.start));
            out->node = words[i].kind == AIS_DOC_NULL ? ais_doc_new_null(doc)
                                                      : ais_doc_new_bool(doc, words[i].value);
            return true;
        }
    if (next_is(scanner, "("))
        return not_static(c, token.start, "the result of a call") != NULL;
    const size_t start = out->start;
    if (!read_constant(c, name, token.start, out))
        return false;
    out->start = start;
    return true;
}

/* ---- expressions ---- */

static ais_doc_node *make_text(ais__c *c, size_t start, ais_str *text)
{
    c->reading->values += text->length / 64; /* long constants may be used many times */
    ais_doc_set_pos(c->reading->out->doc, pos_at(c, start));
    return ais_doc_new_bytes(c->reading->out->doc, ais_str_get(text), text->length);
}

static bool read_string(ais__c *c, ais__token token, part *out)
{
    AIS_SCOPED(ais_str) text = {0};
    if (!ais__c_string(c, token, &text))
        return false;
    *out = (part){.node = make_text(c, token.start, &text), .start = token.start};
    return true;
}

static bool add_text(ais__c *c, const part *value, ais_str *text)
{
    size_t length = 0;
    if (ais_doc_get_kind(value->node) != AIS_DOC_STRING)
        return fail(c, "c-syntax", value->start, NULL, "needs a comma here");
    const char *bytes = ais_doc_get_string(value->node, &length);
    if (text->length + length > AIS__MAX_TEXT)
        return fail(c, "limit", value->start, "64 kB at most", "is a very long string");
    ais_str_add_bytes(text, bytes, length);
    return true;
}

/* Strings one behind the other, by literals or macros, are one. `out` holds the first. */
static bool join_strings(ais__c *c, ais__scanner *scanner, part *out)
{
    AIS_SCOPED(ais_str) text = {0};
    bool joined = false;
    if (ais_doc_get_kind(out->node) != AIS_DOC_STRING || !add_text(c, out, &text))
        return ais_doc_get_kind(out->node) != AIS_DOC_STRING;
    for (;;) {
        const ais__token_kind next = look(scanner).kind;
        part more = {.node = NULL};
        if (next != AIS__TOKEN_STRING && next != AIS__TOKEN_NAME)
            break;
        if (!spend(c, out->start))
            return false;
        const ais__token token = ais__scan(scanner);
        if (!(next == AIS__TOKEN_STRING ? read_string(c, token, &more)
                                        : read_name(c, scanner, token, &more)) ||
            !add_text(c, &more, &text))
            return false;
        joined = true;
    }
    if (joined)
        out->node = make_text(c, out->start, &text);
    return true;
}

/* Behind "(" or "{": a list, or one value in parentheses. */
static bool read_group(ais__c *c, ais__scanner *scanner, ais__token open, part *out)
{
    ais_doc *doc = c->reading->out->doc;
    const bool braces = ais__token_is(source_of(c), open, "{");
    const char *close = braces ? "}" : ")";
    ais_doc_set_pos(doc, pos_at(c, open.start));
    ais_doc_node *list = ais_doc_new_list(doc);
    part item = {.node = NULL};
    size_t count = 0;
    bool comma = true;
    for (; !next_is(scanner, close); count++) {
        if (!comma)
            return fail(c, "c-syntax", look(scanner).start, NULL, "needs a comma here");
        if (!read_expression(c, scanner, 0, &item))
            return false;
        ais_doc_append(list, item.node);
        comma = next_is(scanner, ",");
        if (comma)
            (void)ais__scan(scanner);
    }
    (void)ais__scan(scanner);
    const bool one = count == 1 && !comma && !braces;
    *out = (part){.node = one ? item.node : list, .grouped = one, .start = open.start};
    return true;
}

static bool read_primary(ais__c *c, ais__scanner *scanner, part *out)
{
    const ais__token token = ais__scan(scanner);
    if (!spend(c, token.start))
        return false;
    switch (token.kind) {
    case AIS__TOKEN_NUMBER:
        *out = (part){.node = ais__c_number(c, token), .start = token.start};
        return out->node != NULL;
    case AIS__TOKEN_STRING:
        return read_string(c, token, out) && join_strings(c, scanner, out);
    case AIS__TOKEN_NAME:
        *out = (part){.node = NULL};
        return read_name(c, scanner, token, out) && join_strings(c, scanner, out);
    case AIS__TOKEN_SIGN:
        if (ais__token_is(source_of(c), token, "(") || ais__token_is(source_of(c), token, "{"))
            return read_group(c, scanner, token, out);
        return fail(c, "c-syntax", token.start, NULL, "needs a value here");
    case AIS__TOKEN_CHARACTER:
        return fail(c, "wrong-type", token.start, "write a string in double quotes",
                    "is a character");
    case AIS__TOKEN_END:
    case AIS__TOKEN_DIRECTIVE:
    case AIS__TOKEN_OPEN_END:
        break;
    }
    return fail(c, "c-syntax", token.start, NULL, "needs a value here");
}

static bool is_number(const part *value)
{
    return (ais_doc_get_kind(value->node) & AIS_DOC_NUMBER) != 0;
}

static void set_number(ais__c *c, part *out, bool is_int, int64_t i, double d)
{
    ais_doc *doc = c->reading->out->doc;
    ais_doc_set_pos(doc, pos_at(c, out->start));
    out->node = is_int ? ais_doc_new_int(doc, i) : ais_doc_new_float(doc, d);
}

static bool open_macro(ais__c *c, const part *value)
{
    ais__fault(c->reading, "not-static", pos_at(c, value->start),
               "put parentheses around the value in its #define",
               "'%s' computes with a macro that has no parentheses", c->subject);
    return false;
}

static bool read_unary(ais__c *c, ais__scanner *scanner, part *out)
{
    const ais__token sign = look(scanner);
    const bool minus = ais__token_is(source_of(c), sign, "-");
    if (!minus && !ais__token_is(source_of(c), sign, "+"))
        return read_primary(c, scanner, out);
    (void)ais__scan(scanner);
    part value = {.node = NULL};
    if (!read_expression(c, scanner, 2, &value))
        return false;
    if (!is_number(&value))
        return fail(c, "wrong-type", sign.start, NULL, "has a sign at what is no number");
    if (value.open)
        return open_macro(c, &value);
    value.start = sign.start;
    value.grouped = false;
    if (minus) {
        const bool is_int = ais_doc_get_kind(value.node) == AIS_DOC_INT;
        set_number(c, &value, is_int, is_int ? -ais_doc_get_int(value.node) : 0,
                   -ais_doc_get_number(value.node));
    }
    *out = value;
    return true;
}

/* NULL, or what is wrong. C truncates towards zero. */
static const char *fold_ints(char sign, int64_t a, int64_t b, int64_t *out)
{
    bool overflow = false;
    if ((sign == '/' || sign == '%') && b == 0)
        return "divides by zero";
    switch (sign) {
    case '+':
        overflow = __builtin_add_overflow(a, b, out);
        break;
    case '-':
        overflow = __builtin_sub_overflow(a, b, out);
        break;
    case '*':
        overflow = __builtin_mul_overflow(a, b, out);
        break;
    case '/':
        *out = a / b;
        break;
    default:
        *out = a % b;
        break;
    }
    /* INT64_MIN is left out, so that a sign can always be put before a number */
    return overflow || *out == INT64_MIN ? "does not fit 64 bits" : NULL;
}

static const char *fold_floats(char sign, double a, double b, double *out)
{
    if (sign == '%')
        return "takes the remainder of what is no whole number";
    if (sign == '/' && b == 0)
        return "divides by zero";
    *out = sign == '+' ? a + b : sign == '-' ? a - b : sign == '*' ? a * b : a / b;
    return isfinite(*out) ? NULL : "is no finite number";
}

static bool fold(ais__c *c, ais__token sign, part *left, const part *right)
{
    if (!is_number(left) || !is_number(right))
        return fail(c, "wrong-type", sign.start, NULL, "computes with what is no number");
    const char which = source_of(c)->text[sign.start];
    const bool is_int =
        ais_doc_get_kind(left->node) == AIS_DOC_INT && ais_doc_get_kind(right->node) == AIS_DOC_INT;
    int64_t i = 0;
    double d = 0;
    const char *problem =
        is_int ? fold_ints(which, ais_doc_get_int(left->node), ais_doc_get_int(right->node), &i)
               : fold_floats(which, ais_doc_get_number(left->node), ais_doc_get_number(right->node),
                             &d);
    if (problem != NULL)
        return fail(c, "bad-number", sign.start, NULL, problem);
    set_number(c, left, is_int, i, d);
    left->grouped = false;
    return true;
}

/* Level 0: + and -, 1: * / %, 2: signs. */
static bool read_operators(ais__c *c, ais__scanner *scanner, unsigned level, part *out)
{
    static const char *const signs[] = {"+-", "*/%"};
    part left = {.node = NULL};
    if (!read_expression(c, scanner, level + 1, &left))
        return false;
    for (;;) {
        const ais__token sign = look(scanner);
        if (sign.kind != AIS__TOKEN_SIGN ||
            strchr(signs[level], source_of(c)->text[sign.start]) == NULL)
            break;
        (void)ais__scan(scanner);
        part right = {.node = NULL};
        if (!read_expression(c, scanner, level + 1, &right))
            return false;
        if (left.open || right.open)
            return open_macro(c, left.open ? &left : &right);
        if (!fold(c, sign, &left, &right))
            return false;
        left.computed = true;
    }
    *out = left;
    return true;
}

static bool read_expression(ais__c *c, ais__scanner *scanner, unsigned level, part *out)
{
    if (c->depth >= 4 * AIS__MAX_DEPTH) /* each value passes four levels */
        return fail(c, "limit", look(scanner).start, "write it flatter", "is nested too deeply");
    c->depth++;
    const bool right =
        level < 2 ? read_operators(c, scanner, level, out) : read_unary(c, scanner, out);
    c->depth--;
    return right;
}

ais_doc_node *ais__c_value(ais__c *c, ais__scanner *scanner, bool wants_list)
{
    part value = {.node = NULL};
    if (!read_expression(c, scanner, 0, &value))
        return NULL;
    const ais__token next = look(scanner);
    const bool ends = next.kind == AIS__TOKEN_END || ais__token_is(source_of(c), next, ",");
    if (!ends)
        return not_static(c, next.start, "an expression that is not followed");
    if (!wants_list || !value.grouped || ais_doc_get_kind(value.node) == AIS_DOC_LIST)
        return value.node;
    ais_doc_set_pos(c->reading->out->doc, pos_at(c, value.start));
    ais_doc_node *list = ais_doc_new_list(c->reading->out->doc);
    ais_doc_append(list, value.node);
    return list;
}
