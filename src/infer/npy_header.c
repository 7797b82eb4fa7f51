/* The header of a .npy file: a Python dictionary with three known keys, read as text and never
 * evaluated; see npy.h. */
#include <string.h>

#include "infer/npy_priv.h"

typedef struct parser {
    const char *name; /* of the file */
    const unsigned char *data;
    size_t at, end;
    ais_error **err;
} parser;

int ais__npy_fail(const char *name, ais_error_code code, size_t byte, ais_error **err,
                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    return ais_error_set_at(err, code, (ais_pos){.file = name}, "at byte %zu: %s", byte, text);
}

static int fail(const parser *p, size_t at, const char *what)
{
    return ais__npy_fail(p->name, AIS_E_INPUT, at, p->err, "%s", what);
}

static void skip_space(parser *p)
{
    while (p->at < p->end && (p->data[p->at] == ' ' || p->data[p->at] == '\n' ||
                              p->data[p->at] == '\t' || p->data[p->at] == '\r'))
        p->at++;
}

/* Is the next sign this one? Then it is passed. */
static bool take(parser *p, char sign)
{
    skip_space(p);
    if (p->at == p->end || p->data[p->at] != (unsigned char)sign)
        return false;
    p->at++;
    return true;
}

static int need(parser *p, char sign)
{
    if (take(p, sign))
        return 0;
    return ais__npy_fail(p->name, AIS_E_INPUT, p->at, p->err, "'%c' is missing in the header",
                         sign);
}

/* A string without escapes. */
static int read_string(parser *p, char *out, size_t capacity)
{
    skip_space(p);
    const unsigned char quote = p->at < p->end ? p->data[p->at] : '\0';
    if (quote != '\'' && quote != '"')
        return fail(p, p->at, "the header must have a string here");
    const size_t start = ++p->at;
    while (p->at < p->end && p->data[p->at] != quote && p->data[p->at] != '\\')
        p->at++;
    if (p->at == p->end || p->data[p->at] != quote)
        return fail(p, start - 1, "a string of the header is not closed");
    const size_t length = p->at++ - start;
    if (length >= capacity)
        return fail(p, start - 1, "a string of the header is too long");
    memcpy(out, p->data + start, length);
    out[length] = '\0';
    return 0;
}

/* ---- descr: '<f8' ---- */

static const struct {
    char letter;
    const char *what;
} refused[] = {
    {'O', "Python objects, which are never read: they are pickled, and reading them runs code"},
    {'c', "complex numbers"},
    {'V', "raw bytes"},
    {'S', "byte strings"},
    {'a', "byte strings"},
    {'U', "texts"},
    {'M', "dates"},
    {'m', "time spans"},
};

static const struct {
    char letter;
    char size; /* bytes, as a digit */
    ais_tensor_type type;
} known[] = {
    {'f', '2', AIS_FLOAT16}, {'f', '4', AIS_FLOAT32}, {'f', '8', AIS_FLOAT64},
    {'i', '1', AIS_INT8},    {'i', '2', AIS_INT16},   {'i', '4', AIS_INT32},
    {'i', '8', AIS_INT64},   {'u', '1', AIS_UINT8},   {'u', '2', AIS_UINT16},
    {'u', '4', AIS_UINT32},  {'u', '8', AIS_UINT64},  {'b', '1', AIS_BOOL},
};

char ais__npy_letter(ais_tensor_type type)
{
    for (size_t i = 0; i < AIS_COUNT(known); i++)
        if (known[i].type == type)
            return known[i].letter;
    return '\0';
}

static int read_descr(parser *p, ais__npy_header *out)
{
    char text[32];
    skip_space(p);
    const size_t at = p->at;
    if (at < p->end && p->data[at] == '[')
        return fail(p, at, "the array holds records (must be numbers of one type)");
    if (read_string(p, text, sizeof text) < 0)
        return -1;
    const bool has_order = text[0] != '\0' && strchr("<>=|", text[0]) != NULL;
    const char *code = text + has_order;
    out->big_endian = text[0] == '>';
    for (size_t i = 0; i < AIS_COUNT(known); i++)
        if (code[0] == known[i].letter && code[1] == known[i].size && code[2] == '\0') {
            out->type = known[i].type;
            return 0;
        }
    for (size_t i = 0; i < AIS_COUNT(refused); i++)
        if (code[0] == refused[i].letter) {
            ais__npy_fail(p->name, AIS_E_INPUT, at, p->err, "the array holds %s", refused[i].what);
            return ais_error_hint(p->err, "must be numbers or bool");
        }
    ais__npy_fail(p->name, AIS_E_INPUT, at, p->err, "the element type is '%s'", text);
    return ais_error_hint(p->err, "known are f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1");
}

/* ---- the other two ---- */

static int read_order(parser *p, ais__npy_header *out)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"False", false}, {"True", true}};
    skip_space(p);
    for (size_t i = 0; i < AIS_COUNT(words); i++) {
        const size_t length = strlen(words[i].text);
        if (p->end - p->at >= length && memcmp(p->data + p->at, words[i].text, length) == 0) {
            p->at += length;
            out->fortran_order = words[i].value;
            return 0;
        }
    }
    return fail(p, p->at, "fortran_order must be True or False");
}

static int read_size(parser *p, int64_t *out)
{
    skip_space(p);
    const size_t start = p->at;
    int64_t value = 0;
    for (; p->at < p->end && p->data[p->at] >= '0' && p->data[p->at] <= '9'; p->at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, p->data[p->at] - '0', &value))
            return fail(p, start, "a size of the shape is too large");
    if (p->at == start)
        return fail(p, start, "the shape must be a tuple of sizes from 0");
    if (p->at < p->end && p->data[p->at] == 'L') /* Python 2 wrote long integers so */
        p->at++;
    *out = value;
    return 0;
}

static int read_shape(parser *p, ais__npy_header *out)
{
    bool more = true;
    if (need(p, '(') < 0)
        return -1;
    for (out->rank = 0; !take(p, ')'); out->rank++) {
        if (!more)
            return fail(p, p->at, "the shape must be a tuple of sizes from 0");
        if (out->rank == AIS_TENSOR_MAX_RANK)
            return ais__npy_fail(p->name, AIS_E_LIMIT, p->at, p->err,
                                 "the array has more than %d dimensions", AIS_TENSOR_MAX_RANK);
        if (read_size(p, &out->shape[out->rank]) < 0)
            return -1;
        more = take(p, ',');
    }
    /* "(3)" is a number in Python, and numpy refuses it */
    if (out->rank == 1 && !more)
        return fail(p, p->at - 1, "the shape must be a tuple: a comma is missing");
    return 0;
}

static const struct {
    const char *key;
    int (*read)(parser *p, ais__npy_header *out);
} keys[] = {{"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};

static int read_entry(parser *p, bool seen[AIS_COUNT(keys)], ais__npy_header *out)
{
    char key[32];
    const size_t at = p->at;
    if (read_string(p, key, sizeof key) < 0)
        return -1;
    for (size_t i = 0; i < AIS_COUNT(keys); i++) {
        if (!ais_str_equal(key, keys[i].key))
            continue;
        if (seen[i])
            return ais__npy_fail(p->name, AIS_E_INPUT, at, p->err, "'%s' is there twice", key);
        seen[i] = true;
        return need(p, ':') < 0 ? -1 : keys[i].read(p, out);
    }
    ais__npy_fail(p->name, AIS_E_INPUT, at, p->err, "the header has an unknown key '%s'", key);
    return ais_error_hint(p->err, "must be descr, fortran_order and shape");
}

static int read_dictionary(parser *p, ais__npy_header *out)
{
    bool seen[AIS_COUNT(keys)] = {false}, more = true;
    if (need(p, '{') < 0)
        return -1;
    while (!take(p, '}')) {
        if (!more)
            return fail(p, p->at, "',' or '}' is missing in the header");
        if (read_entry(p, seen, out) < 0)
            return -1;
        more = take(p, ',');
    }
    for (size_t i = 0; i < AIS_COUNT(keys); i++)
        if (!seen[i])
            return ais__npy_fail(p->name, AIS_E_INPUT, p->at - 1, p->err,
                                 "the header does not say '%s'", keys[i].key);
    skip_space(p);
    return p->at == p->end ? 0 : fail(p, p->at, "text follows the header");
}

int ais__npy_read_header(const char *name, const unsigned char *data, size_t length,
                         ais__npy_header *out, ais_error **err)
{
    parser p = {.name = name, .data = data, .err = err};
    *out = (ais__npy_header){.rank = 0};
    if (length < AIS__NPY_MAGIC || memcmp(data, "\x93NUMPY", AIS__NPY_MAGIC) != 0)
        return fail(&p, 0, "this is no .npy file");
    if (length < AIS__NPY_MAGIC + 2)
        return fail(&p, length, "the file ends within its header");
    const unsigned version = data[AIS__NPY_MAGIC];
    if (version < 1 || version > 3 || data[AIS__NPY_MAGIC + 1] != 0)
        return ais__npy_fail(name, AIS_E_INPUT, AIS__NPY_MAGIC, err,
                             "version %u.%u of the format is not known", version,
                             data[AIS__NPY_MAGIC + 1]);
    const size_t digits = version == 1 ? 2 : 4;
    p.at = AIS__NPY_MAGIC + 2 + digits;
    if (length < p.at)
        return fail(&p, length, "the file ends within its header");
    size_t header = 0;
    for (size_t i = digits; i-- > 0;)
        header = header << 8 | data[AIS__NPY_MAGIC + 2 + i];
    if (header > AIS_NPY_MAX_HEADER)
        return ais__npy_fail(name, AIS_E_LIMIT, AIS__NPY_MAGIC + 2, err,
                             "the header has %zu bytes (must be at most %d)", header,
                             AIS_NPY_MAX_HEADER);
    if (length - p.at < header)
        return fail(&p, length, "the file ends within its header");
    p.end = p.at + header;
    out->data_offset = p.end;
    return read_dictionary(&p, out);
}
