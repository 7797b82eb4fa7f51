#include "support/onnx_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "onnx/onnx.h"
#include "support/onnx_make.h"

typedef struct cursor {
    const char *at;
} cursor;

_Noreturn static void give_up(const cursor *c, const char *what)
{
    fprintf(stderr, "onnx_text: %s expected at '%.40s'\n", what, c->at);
    abort();
}

static void skip(cursor *c)
{
    while (*c->at == ' ' || *c->at == '\n' || *c->at == ';')
        c->at++;
}

static bool accept(cursor *c, const char *token)
{
    skip(c);
    if (strncmp(c->at, token, strlen(token)) != 0)
        return false;
    c->at += strlen(token);
    return true;
}

static void need(cursor *c, const char *token)
{
    if (!accept(c, token))
        give_up(c, token);
}

/* Letters, digits and what occurs in names; "" when there are none. */
static char *word(cursor *c)
{
    skip(c);
    const size_t length =
        strspn(c->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./");
    c->at += length;
    return ais_strndup(c->at - length, length);
}

static int type_of(cursor *c)
{
    AIS_FREE char *name = word(c);
    for (int i = 1; i < AIS_ONNX_TYPE_COUNT; i++)
        if (ais_str_equal(ais_onnx_type_name((ais_onnx_type)i), name))
            return i;
    give_up(c, "a type");
}

/* "[1,N,?]" as a TensorShapeProto; numbers go into `dims` of a tensor when it is given. */
static void shape(cursor *c, ais_str *proto, ais_str *dims, size_t *count)
{
    need(c, "[");
    while (!accept(c, "]")) {
        AIS_SCOPED(ais_str) dim = {.data = NULL};
        skip(c);
        if (isdigit((unsigned char)*c->at)) {
            const uint64_t size = strtoull(c->at, NULL, 10);
            pb_number(&dim, 1, size);
            if (dims != NULL)
                pb_number(dims, 1, size);
            *count *= size;
        }
        if (!accept(c, "?")) {
            AIS_FREE char *symbol = word(c);
            if (!isdigit((unsigned char)symbol[0]))
                pb_text(&dim, 2, symbol);
        }
        pb_message(proto, 1, &dim);
        accept(c, ",");
    }
}

static void add_number(ais_str *raw, int type, const char *at)
{
    const double real = strtod(at, NULL);
    const float single = (float)real;
    const long long whole = strtoll(at, NULL, 10);
    if (type == AIS_ONNX_FLOAT)
        ais_str_add_bytes(raw, &single, sizeof single);
    else if (type == AIS_ONNX_DOUBLE)
        ais_str_add_bytes(raw, &real, sizeof real);
    else
        ais_str_add_bytes(raw, &whole, ais_onnx_type_bits((ais_onnx_type)type) / 8);
}

/* "float[2,3]", "int64{1,2}", "bool(1)" as a TensorProto */
static void tensor(cursor *c, const char *name, ais_str *out)
{
    AIS_SCOPED(ais_str) raw = {.data = NULL}, ignored = {.data = NULL};
    const int type = type_of(c);
    size_t count = 1;
    skip(c);
    if (*c->at == '[') {
        shape(c, &ignored, out, &count);
        for (size_t i = 0; i < count; i++)
            add_number(&raw, type, "0");
    } else {
        const bool scalar = *c->at == '(';
        const char *end = scalar ? ")" : "}";
        c->at++;
        for (count = 0; !accept(c, end); count++) {
            skip(c);
            add_number(&raw, type, c->at);
            c->at += strcspn(c->at, ",)}");
            accept(c, ",");
        }
        if (!scalar)
            pb_number(out, 1, count);
    }
    pb_number(out, 2, (uint64_t)type);
    pb_text(out, 8, name);
    pb_bytes(out, 9, ais_str_get(&raw), raw.length);
}

/* ": float[N]" behind a name, or nothing, as field `field` of the graph */
static void declaration(cursor *c, const char *name, unsigned field, ais_str *graph)
{
    AIS_SCOPED(ais_str) value = {.data = NULL}, of_type = {.data = NULL}, sizes = {.data = NULL},
                        info = {.data = NULL};
    size_t count = 1;
    pb_text(&info, 1, name);
    if (accept(c, ":")) {
        const bool sequence = accept(c, "seq ");
        pb_number(&of_type, 1, (uint64_t)type_of(c));
        if (*c->at == '[') {
            shape(c, &sizes, NULL, &count);
            pb_message(&of_type, 2, &sizes);
        }
        pb_message(&value, 1, &of_type);
        if (sequence) {
            AIS_SCOPED(ais_str) list = {.data = NULL}, whole = {.data = NULL};
            pb_message(&list, 1, &value);
            pb_message(&whole, 4, &list);
            pb_message(&info, 2, &whole);
        } else {
            pb_message(&info, 2, &value);
        }
    }
    pb_message(graph, field, &info);
}

static void graph(cursor *c, const char *end, ais_str *out);

/* "1", "0.5", "[1, 2]", "[0.5, 1.0]": the field of an attribute; returns its AttributeType. */
static uint64_t numbers(cursor *c, ais_str *out)
{
    const bool list = accept(c, "[");
    const char *stop = c->at + strcspn(c->at, list ? "]" : " \n;}");
    const bool reals = memchr(c->at, '.', (size_t)(stop - c->at)) != NULL;
    while (c->at < stop) {
        const float real = strtof(c->at, NULL);
        uint32_t bits;
        memcpy(&bits, &real, sizeof bits);
        if (reals) { /* fixed 32 bits: wire type 5 */
            ais_str_add_char(out, (char)((list ? 7 : 2) << 3 | 5));
            ais_str_add_bytes(out, &bits, sizeof bits);
        } else {
            pb_number(out, list ? 8 : 3, (uint64_t)strtoll(c->at, NULL, 10));
        }
        c->at += strcspn(c->at, list ? ",]" : " \n;}");
        c->at += *c->at == ',';
    }
    if (!list)
        return reals ? AIS_ONNX_ATTRIBUTE_FLOAT : AIS_ONNX_ATTRIBUTE_INT;
    need(c, "]");
    return reals ? AIS_ONNX_ATTRIBUTE_FLOATS : AIS_ONNX_ATTRIBUTE_INTS;
}

/* AttributeProto: which field, and which number of AttributeType. */
static void attribute(cursor *c, const char *name, ais_str *node)
{
    AIS_SCOPED(ais_str) out = {.data = NULL}, inner = {.data = NULL};
    uint64_t type = AIS_ONNX_ATTRIBUTE_INT;
    pb_text(&out, 1, name);
    skip(c);
    if (accept(c, "{")) {
        graph(c, "}", &inner);
        pb_message(&out, 6, &inner);
        type = AIS_ONNX_ATTRIBUTE_GRAPH;
    } else if (accept(c, "<")) {
        tensor(c, "", &inner);
        need(c, ">");
        pb_message(&out, 5, &inner);
        type = AIS_ONNX_ATTRIBUTE_TENSOR;
    } else if (accept(c, "'")) {
        const size_t length = strcspn(c->at, "'");
        pb_bytes(&out, 4, c->at, length);
        c->at += length + 1;
        type = AIS_ONNX_ATTRIBUTE_STRING;
    } else {
        type = numbers(c, &out);
    }
    pb_number(&out, 20, type);
    pb_message(node, 5, &out);
}

/* "Op@name(x, y) a=1"; `outputs` are "y, z" */
static void node(cursor *c, const char *outputs, char *op, ais_str *out)
{
    AIS_SCOPED(ais_str) proto = {.data = NULL};
    char *slash = strrchr(op, '/');
    cursor names = {.at = outputs};
    AIS_FREE char *name = accept(c, "@") ? word(c) : NULL;
    need(c, "(");
    if (*c->at != ')')
        do {
            AIS_FREE char *input = word(c);
            pb_text(&proto, 1, input);
        } while (accept(c, ","));
    need(c, ")");
    do {
        AIS_FREE char *output = word(&names);
        pb_text(&proto, 2, output);
    } while (accept(&names, ","));
    if (name != NULL)
        pb_text(&proto, 3, name);
    pb_text(&proto, 4, slash != NULL ? slash + 1 : op);
    for (;;) { /* attributes stand on the line of their node */
        while (*c->at == ' ')
            c->at++;
        cursor ahead = *c;
        if (!isalpha((unsigned char)*c->at))
            break;
        AIS_FREE char *key = word(&ahead);
        if (*ahead.at != '=')
            break;
        c->at = ahead.at + 1;
        attribute(c, key, &proto);
    }
    if (slash != NULL) {
        *slash = '\0';
        pb_text(&proto, 7, op);
    }
    pb_message(out, 1, &proto);
}

static void statement(cursor *c, ais_str *out)
{
    if (accept(c, "->")) {
        do {
            AIS_FREE char *name = word(c);
            declaration(c, name, 12, out);
        } while (accept(c, ","));
        return;
    }
    if (accept(c, "info ")) {
        AIS_FREE char *name = word(c);
        declaration(c, name, 13, out);
        return;
    }
    skip(c);
    const char *start = c->at;
    AIS_FREE char *first = word(c);
    if (*c->at == ':' || *c->at == ';') { /* an input, with a type or without */
        declaration(c, first, 11, out);
        return;
    }
    while (accept(c, ","))
        free(word(c));
    AIS_FREE char *outputs = ais_strndup(start, (size_t)(c->at - start));
    need(c, "=");
    cursor ahead = *c;
    AIS_FREE char *op = word(&ahead);
    if (isupper((unsigned char)op[0]) || strchr(op, '/') != NULL) {
        c->at = ahead.at;
        node(c, outputs, op, out);
        return;
    }
    AIS_SCOPED(ais_str) weight = {.data = NULL};
    tensor(c, first, &weight);
    pb_message(out, 5, &weight);
}

static void graph(cursor *c, const char *end, ais_str *out)
{
    pb_text(out, 2, "g");
    while (end[0] != '\0' ? !accept(c, end) : (skip(c), *c->at != '\0'))
        statement(c, out);
}

void onnx_text_model(const char *text, int opset, int ir_version, ais_str *model)
{
    static const char *const domains[] = {"", "com.microsoft", "ai.onnx.ml"};
    AIS_SCOPED(ais_str) main_graph = {.data = NULL};
    cursor c = {.at = text};
    graph(&c, "", &main_graph);
    pb_number(model, 1, (uint64_t)ir_version);
    pb_message(model, 7, &main_graph);
    for (size_t i = 0; i < AIS_COUNT(domains); i++) {
        AIS_SCOPED(ais_str) set = {.data = NULL};
        pb_text(&set, 1, domains[i]);
        pb_number(&set, 2, i == 0 ? (uint64_t)opset : 1);
        pb_message(model, 8, &set);
    }
}
