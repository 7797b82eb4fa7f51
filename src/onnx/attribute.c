/* AttributeProto, with the graphs inside of If, Loop and Scan. */
#include "onnx/onnx_priv.h"

/* What the fields of one attribute say. */
typedef struct parts {
    ais_onnx_span name, t, g;
    uint64_t type;
    unsigned seen; /* bit n: field n is there */
    ais__onnx_ints ints;
    float *floats;
    size_t float_count, float_capacity;
    ais_onnx_bytes *strings;
    size_t string_count, string_capacity;
} parts;

static void parts_clear(parts *p)
{
    free(p->ints.items);
    free(p->floats);
    free(p->strings);
}

static float float_of(uint64_t bits)
{
    const uint32_t word = (uint32_t)bits;
    float value = 0;
    memcpy(&value, &word, sizeof value);
    return value;
}

static int add_float(ais__onnx_reader *reader, parts *p, float value, ais_error **err)
{
    if (ais__onnx_count(reader, &reader->items, 1, AIS__ONNX_MAX_ITEMS, "numbers in lists", err) <
        0)
        return -1;
    p->floats = ais_grow(p->floats, &p->float_capacity, p->float_count + 1, sizeof *p->floats);
    p->floats[p->float_count++] = value;
    return 0;
}

static int add_floats(ais__onnx_reader *reader, const ais_onnx_field *f, parts *p, ais_error **err)
{
    if (f->type == AIS_ONNX_WIRE_32)
        return add_float(reader, p, float_of(f->value), err);
    for (const uint8_t *at = f->bytes.at; f->bytes.end - at >= 4; at += 4) {
        const uint64_t bits =
            (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
        if (add_float(reader, p, float_of(bits), err) < 0)
            return -1;
    }
    return 0;
}

static int add_string(ais__onnx_reader *reader, const ais_onnx_field *f, parts *p, ais_error **err)
{
    if (ais__onnx_count(reader, &reader->items, 1, AIS__ONNX_MAX_ITEMS, "texts in lists", err) < 0)
        return -1;
    p->strings = ais_grow(p->strings, &p->string_capacity, p->string_count + 1, sizeof *p->strings);
    p->strings[p->string_count++] = ais__onnx_bytes_of(f->bytes);
    return 0;
}

/* Graphs and tensors of kinds that the struct has no field for: they are read all the same, since they
 * use values from outside and weights. */
static int read_other(ais__onnx_builder *builder, const ais_onnx_field *f, ais_error **err)
{
    ais_onnx_tensor tensor;
    const ais_onnx_graph *graph = NULL;
    switch (f->number) {
    case AIS_ONNX_ATTRIBUTE_TENSOR_LIST:
        return ais__onnx_read_tensor(builder->reader, f->bytes, &tensor, err);
    case AIS_ONNX_ATTRIBUTE_GRAPH_LIST:
        return ais__onnx_read_graph(builder->reader, f->bytes, builder, &graph, err);
    case AIS_ONNX_ATTRIBUTE_SPARSE:
    case AIS_ONNX_ATTRIBUTE_SPARSE_LIST:
        return ais__onnx_read_sparse(builder->reader, f->bytes, &tensor, err);
    default:
        return 0;
    }
}

static int read_bytes_field(ais__onnx_builder *builder, const ais_onnx_field *f, parts *p,
                            ais_onnx_attribute *out, ais_error **err)
{
    switch (f->number) {
    case AIS_ONNX_ATTRIBUTE_NAME:
        p->name = f->bytes;
        return 0;
    case AIS_ONNX_ATTRIBUTE_S:
        out->s = ais__onnx_bytes_of(f->bytes);
        return 0;
    case AIS_ONNX_ATTRIBUTE_T:
    case AIS_ONNX_ATTRIBUTE_G: {
        ais_onnx_span *one = f->number == AIS_ONNX_ATTRIBUTE_T ? &p->t : &p->g;
        if (one->at != NULL)
            return ais__onnx_refuse(builder->reader, err,
                                    "at byte %zu an attribute has a second %s",
                                    (size_t)(f->whole.at - builder->reader->source.data),
                                    one == &p->t ? "tensor" : "graph");
        *one = f->bytes;
        return 0;
    }
    case AIS_ONNX_ATTRIBUTE_STRING_LIST:
        return add_string(builder->reader, f, p, err);
    default:
        return read_other(builder, f, err);
    }
}

static int read_field(ais__onnx_builder *builder, const ais_onnx_field *f, parts *p,
                      ais_onnx_attribute *out, ais_error **err)
{
    if (f->number < 32)
        p->seen |= 1u << f->number;
    if (f->number == AIS_ONNX_ATTRIBUTE_INT_LIST)
        return ais__onnx_add_ints(builder->reader, f, &p->ints, err);
    if (f->number == AIS_ONNX_ATTRIBUTE_FLOAT_LIST)
        return add_floats(builder->reader, f, p, err);
    if (f->type == AIS_ONNX_WIRE_BYTES)
        return read_bytes_field(builder, f, p, out, err);
    if (f->type == AIS_ONNX_WIRE_VARINT && f->number == AIS_ONNX_ATTRIBUTE_I)
        out->i = (int64_t)f->value;
    if (f->type == AIS_ONNX_WIRE_VARINT && f->number == AIS_ONNX_ATTRIBUTE_TYPE)
        p->type = f->value;
    if (f->type == AIS_ONNX_WIRE_32 && f->number == AIS_ONNX_ATTRIBUTE_F)
        out->f = float_of(f->value);
    return 0;
}

/* Field of each type, in the order of the enum. Old files do not state the type. */
static ais_onnx_attribute_type type_of(const parts *p)
{
    static const struct {
        unsigned field;
        ais_onnx_attribute_type type;
    } rows[] = {
        {.field = AIS_ONNX_ATTRIBUTE_F, .type = AIS_ONNX_ATTRIBUTE_FLOAT},
        {.field = AIS_ONNX_ATTRIBUTE_I, .type = AIS_ONNX_ATTRIBUTE_INT},
        {.field = AIS_ONNX_ATTRIBUTE_S, .type = AIS_ONNX_ATTRIBUTE_STRING},
        {.field = AIS_ONNX_ATTRIBUTE_T, .type = AIS_ONNX_ATTRIBUTE_TENSOR},
        {.field = AIS_ONNX_ATTRIBUTE_G, .type = AIS_ONNX_ATTRIBUTE_GRAPH},
        {.field = AIS_ONNX_ATTRIBUTE_FLOAT_LIST, .type = AIS_ONNX_ATTRIBUTE_FLOATS},
        {.field = AIS_ONNX_ATTRIBUTE_INT_LIST, .type = AIS_ONNX_ATTRIBUTE_INTS},
        {.field = AIS_ONNX_ATTRIBUTE_STRING_LIST, .type = AIS_ONNX_ATTRIBUTE_STRINGS},
    };
    if (p->type > 0)
        return p->type <= AIS_ONNX_ATTRIBUTE_STRINGS ? (ais_onnx_attribute_type)p->type
                                                     : AIS_ONNX_ATTRIBUTE_OTHER;
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        if ((p->seen & 1u << rows[i].field) != 0)
            return rows[i].type;
    return AIS_ONNX_ATTRIBUTE_OTHER;
}

/* The list of the attribute's own type. */
static void keep_list(const ais__onnx_reader *reader, const parts *p, ais_onnx_attribute *out)
{
    if (out->type == AIS_ONNX_ATTRIBUTE_FLOATS) {
        out->count = p->float_count;
        out->floats = ais__onnx_keep(reader, p->floats, out->count, sizeof *p->floats);
    } else if (out->type == AIS_ONNX_ATTRIBUTE_INTS) {
        out->count = p->ints.count;
        out->ints = ais__onnx_keep(reader, p->ints.items, out->count, sizeof *p->ints.items);
    } else if (out->type == AIS_ONNX_ATTRIBUTE_STRINGS) {
        out->count = p->string_count;
        out->strings = ais__onnx_keep(reader, p->strings, out->count, sizeof *p->strings);
    }
}

int ais__onnx_read_attribute(ais__onnx_builder *builder, ais_onnx_span span,
                             ais_onnx_attribute *out, ais_error **err)
{
    ais__onnx_reader *reader = builder->reader;
    AIS_SCOPED(parts) p = {.type = 0};
    ais_onnx_attribute a = {.name = ""};
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0 ||
            read_field(builder, &f, &p, &a, err) < 0)
            return -1;
    }
    a.type = type_of(&p);
    if (ais__onnx_read_text(reader, p.name, &a.name, err) < 0)
        return -1;
    keep_list(reader, &p, &a);
    if (p.t.at != NULL) {
        ais_onnx_tensor tensor;
        if (ais__onnx_read_tensor(reader, p.t, &tensor, err) < 0)
            return -1;
        a.tensor = ais__onnx_keep(reader, &tensor, 1, sizeof tensor);
    }
    if (p.g.at != NULL && ais__onnx_read_graph(reader, p.g, builder, &a.graph, err) < 0)
        return -1;
    if ((a.type == AIS_ONNX_ATTRIBUTE_TENSOR && a.tensor == NULL) ||
        (a.type == AIS_ONNX_ATTRIBUTE_GRAPH && a.graph == NULL))
        return ais__onnx_refuse(reader, err, "attribute '%s' holds no %s", a.name,
                                a.type == AIS_ONNX_ATTRIBUTE_TENSOR ? "tensor" : "graph");
    *out = a;
    return 0;
}
