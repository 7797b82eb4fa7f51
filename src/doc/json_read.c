/* JSON to a tree: strict RFC 8259, by recursive descent no deeper than AIS_DOC_MAX_DEPTH. Strings
 * are in json_string.c. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "doc/json_priv.h"

static ais_doc_node *read_value(ais__json_reader *r);

ais_pos ais__json_pos(ais__json_reader *r, const char *at)
{
    /* The position only ever moves on, so counting costs one pass over the whole text. */
    if (at < r->counted)
        AIS_BUG("a position before one that was told already");
    for (; r->counted < at; r->counted++) {
        if (*r->counted == '\n') {
            r->line++;
            r->column = 1;
        } else if ((*r->counted & 0xC0) != 0x80) {
            r->column++;
        }
    }
    return (ais_pos){.file = r->file, .line = r->line, .column = r->column};
}

void ais__json_fault(ais__json_reader *r, const char *at, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "json-syntax", ais__json_pos(r, at), hint, "%s",
                  message);
}

static void *limit_fault(ais__json_reader *r, const char *more_than, int most, const char *what)
{
    ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "limit", ais__json_pos(r, r->at), NULL,
                  "the document %s %d %s", more_than, most, what);
    return NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(ais__json_reader *r)
{
    while (r->at < r->end && is_space(*r->at))
        r->at++;
}

/* What stands here, for messages. Ownership: the caller frees it. */
static char *describe(const ais__json_reader *r)
{
    if (r->at >= r->end)
        return ais_strdup("the end of the file");
    const unsigned char c = (unsigned char)*r->at;
    if (isalpha(c)) {
        size_t length = 1;
        while (length < 20 && r->at + length < r->end &&
               (isalnum((unsigned char)r->at[length]) || r->at[length] == '_'))
            length++;
        return ais_format("'%.*s'", (int)length, r->at);
    }
    if (c < 0x20 || c == 0x7F)
        return ais_format("the control character 0x%02x", c);
    size_t length = 1;
    while (r->at + length < r->end && (r->at[length] & 0xC0) == 0x80)
        length++;
    return ais_format("'%.*s'", (int)length, r->at);
}

static void *refuse(ais__json_reader *r, const char *wanted, const char *hint)
{
    AIS_FREE char *found = describe(r);
    ais__json_fault(r, r->at, hint, "%s stands where %s must be", found, wanted);
    return NULL;
}

static ais_doc_node *new_node(ais__json_reader *r, ais_doc_kind kind, const char *at)
{
    if (++r->nodes > AIS_DOC_MAX_NODES)
        return limit_fault(r, "has more than", AIS_DOC_MAX_NODES, "nodes");
    return ais__doc_new_node(r->doc, kind, ais__json_pos(r, at));
}

static bool is_at(const ais__json_reader *r, const char *text)
{
    const size_t length = strlen(text);
    return (size_t)(r->end - r->at) >= length && memcmp(r->at, text, length) == 0;
}

static const char *skip_digits(const ais__json_reader *r, const char *s)
{
    while (s < r->end && isdigit((unsigned char)*s))
        s++;
    return s;
}

/* End of the number at r->at, NULL after a fault. */
static const char *find_number_end(ais__json_reader *r, bool *whole)
{
    const char *start = r->at, *s = start + (*start == '-');
    const char *digits = s;
    *whole = true;
    s = skip_digits(r, s);
    if (s == digits) {
        ais__json_fault(r, start, NULL, "a '-' without digits");
        return NULL;
    }
    if (*digits == '0' && s > digits + 1) {
        ais__json_fault(r, start, "leave the zeros out", "a number begins with 0");
        return NULL;
    }
    if (s < r->end && *s == '.') {
        digits = s + 1;
        s = skip_digits(r, digits);
        *whole = false;
    }
    if (s > digits && s < r->end && (*s == 'e' || *s == 'E')) {
        s++;
        digits = s + (s < r->end && (*s == '+' || *s == '-'));
        s = skip_digits(r, digits);
        *whole = false;
    }
    if (s == digits) {
        ais__json_fault(r, start, "write 1.0 or 1e5", "a number ends without digits");
        return NULL;
    }
    return s;
}

static ais_doc_node *read_number(ais__json_reader *r)
{
    bool whole = true;
    const char *end = find_number_end(r, &whole);
    ais_doc_node *node = end != NULL ? new_node(r, AIS_DOC_FLOAT, r->at) : NULL;
    if (node == NULL)
        return NULL;
    node->length = (size_t)(end - r->at);
    node->text = ais_arena_strndup(r->doc->arena, r->at, node->length);
    errno = 0;
    if (whole)
        node->integer = strtoll(node->text, NULL, 10);
    if (whole && errno == 0)
        node->kind = AIS_DOC_INT;
    else
        node->number = strtod(node->text, NULL);
    if (node->kind == AIS_DOC_FLOAT && isinf(node->number)) {
        ais__json_fault(r, r->at, "the largest is about 1.8e308", "the number is too large");
        return NULL;
    }
    r->at = end;
    return node;
}

static ais_doc_node *read_word(ais__json_reader *r)
{
    static const struct {
        const char *text;
        ais_doc_kind kind;
        bool value;
    } words[] = {
        {.text = "null", .kind = AIS_DOC_NULL},
        {.text = "true", .kind = AIS_DOC_BOOL, .value = true},
        {.text = "false", .kind = AIS_DOC_BOOL},
    };
    for (size_t i = 0; i < AIS_COUNT(words); i++) {
        if (!is_at(r, words[i].text))
            continue;
        ais_doc_node *node = new_node(r, words[i].kind, r->at);
        if (node == NULL)
            return NULL;
        node->text = words[i].text;
        node->length = strlen(words[i].text);
        node->boolean = words[i].value;
        r->at += node->length;
        return node;
    }
    if (is_at(r, "NaN") || is_at(r, "Infinity") || is_at(r, "-Infinity"))
        return refuse(r, "a value", "JSON has no NaN and no Infinity; null may do");
    if (r->at < r->end && *r->at == '\'')
        return refuse(r, "a value", "strings take double quotes");
    if (r->at < r->end && *r->at == '/')
        return refuse(r, "a value", "JSON has no comments");
    return refuse(r, "a value",
                  "a value is a string in double quotes, a number, true, false, null, "
                  "[...] or {...}");
}

static ais_doc_node *read_string(ais__json_reader *r)
{
    ais_doc_node *node = new_node(r, AIS_DOC_STRING, r->at);
    return node != NULL && ais__json_read_string(r, node) == 0 ? node : NULL;
}

/* After an element: true when another follows, false at the end or after a fault (`*good`). */
static bool goes_on(ais__json_reader *r, char close, const char *wanted, bool *good)
{
    skip_space(r);
    const char c = r->at < r->end ? *r->at : '\0';
    if (c != ',' && c != close) {
        *good = refuse(r, wanted, c == '\0' ? "the document is cut off" : NULL) != NULL;
        return false;
    }
    r->at++;
    if (c == close)
        return false;
    skip_space(r);
    if (r->at < r->end && *r->at == close)
        *good = refuse(r, "another entry", "leave the last comma out") != NULL;
    return *good;
}

static bool opens_empty(ais__json_reader *r, char close)
{
    r->at++;
    skip_space(r);
    if (r->at >= r->end || *r->at != close)
        return false;
    r->at++;
    return true;
}

static bool read_list(ais__json_reader *r, ais_doc_node *list)
{
    bool good = true;
    if (opens_empty(r, ']'))
        return true;
    do {
        ais_doc_node *value = read_value(r);
        if (value == NULL)
            return false;
        ais_doc_append(list, value);
    } while (goes_on(r, ']', "',' or ']'", &good));
    return good;
}

static bool read_map(ais__json_reader *r, ais_doc_node *map)
{
    bool good = true;
    if (opens_empty(r, '}'))
        return true;
    do {
        skip_space(r);
        if (r->at >= r->end || *r->at != '"')
            return refuse(r, "a key", "keys are strings in double quotes") != NULL;
        ais_doc_node *key = read_string(r);
        if (key == NULL)
            return false;
        skip_space(r);
        if (r->at >= r->end || *r->at != ':')
            return refuse(r, "':'", "between key and value stands ':'") != NULL;
        r->at++;
        ais_doc_node *value = read_value(r);
        if (value == NULL)
            return false;
        ais_doc_put_node(map, key, value);
    } while (goes_on(r, '}', "',' or '}'", &good));
    ais__doc_report_duplicates(map, r->diags);
    return good;
}

static ais_doc_node *read_container(ais__json_reader *r)
{
    const bool is_list = *r->at == '[';
    if (r->depth == AIS_DOC_MAX_DEPTH)
        return limit_fault(r, "is nested deeper than", AIS_DOC_MAX_DEPTH, "levels");
    ais_doc_node *node = new_node(r, is_list ? AIS_DOC_LIST : AIS_DOC_MAP, r->at);
    if (node == NULL)
        return NULL;
    r->depth++;
    const bool good = is_list ? read_list(r, node) : read_map(r, node);
    r->depth--;
    return good ? node : NULL;
}

static ais_doc_node *read_value(ais__json_reader *r)
{
    skip_space(r);
    const char c = r->at < r->end ? *r->at : '\0';
    if (c == '[' || c == '{')
        return read_container(r);
    if (c == '"')
        return read_string(r);
    if (isdigit((unsigned char)c) || (c == '-' && !is_at(r, "-Infinity")))
        return read_number(r);
    return read_word(r);
}

/* False after a fault. */
static bool check_text(ais__json_reader *r, size_t length)
{
    const char *text = r->at;
    const ais_pos start = {.file = r->file, .line = 1, .column = 1};
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
        ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "not-utf8", start, "save it as UTF-8",
                      "the file is encoded in UTF-16");
        return false;
    }
    const size_t invalid = ais_utf8_find_invalid(text, length);
    if (invalid < length)
        ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "not-utf8",
                      ais__doc_locate(r->file, text, invalid), "save it as UTF-8",
                      "the byte 0x%02x is no UTF-8", (unsigned)(unsigned char)text[invalid]);
    return invalid == length;
}

int ais__doc_read_json(ais_doc *doc, const char *text, size_t length, ais_diags *diags)
{
    ais__json_reader r = {.doc = doc,
                          .diags = diags,
                          .file = doc->pos.file,
                          .at = text,
                          .end = text + length,
                          .line = 1,
                          .column = 1};
    if (!check_text(&r, length))
        return -1;
    if (is_at(&r, "\xEF\xBB\xBF")) /* a byte order mark: Windows editors write it */
        r.at += 3;
    r.counted = r.at;
    skip_space(&r);
    if (r.at == r.end) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "json-syntax",
                      (ais_pos){.file = r.file, .line = 1, .column = 1}, "{} is an empty map",
                      "the file is empty");
        return -1;
    }
    ais_doc_node *root = read_value(&r);
    if (root == NULL)
        return -1;
    skip_space(&r);
    if (r.at < r.end) {
        refuse(&r, "the end of the file", "a file holds one value");
        return -1;
    }
    ais_doc_set_root(doc, root);
    return 0;
}
