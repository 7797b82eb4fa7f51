/* Messages as protobuf writes them; see canonical.h. */
#include "onnx/canonical.h"

typedef enum kind {
    END = 0,
    VARINT,
    FIXED32,
    BYTES,
    PACKED, /* a list of numbers in one field */
    MESSAGE
} kind;

enum { MAX_ROWS = 18 };

typedef struct row {
    unsigned char number, kind, child;
    bool list;
} row;

#define LIST(n, k)                                                                                 \
    {                                                                                              \
        .number = (n), .kind = (k), .list = true                                                   \
    }
#define ONE(n, k)                                                                                  \
    {                                                                                              \
        .number = (n), .kind = (k)                                                                 \
    }
#define LIST_OF(n, c)                                                                              \
    {                                                                                              \
        .number = (n), .kind = MESSAGE, .child = (c), .list = true                                 \
    }
#define ONE_OF(n, c)                                                                               \
    {                                                                                              \
        .number = (n), .kind = MESSAGE, .child = (c)                                               \
    }

/* By number, as they are written. */
static const row schemas[AIS__ONNX_SCHEMA_COUNT][MAX_ROWS] = {
    [AIS__ONNX_ATTRIBUTE] = {ONE(1, BYTES), ONE(2, FIXED32), ONE(3, VARINT), ONE(4, BYTES),
                             ONE_OF(5, AIS__ONNX_TENSOR), ONE_OF(6, AIS__ONNX_GRAPH),
                             LIST(7, FIXED32), LIST(8, VARINT), LIST(9, BYTES),
                             LIST_OF(10, AIS__ONNX_TENSOR), LIST_OF(11, AIS__ONNX_GRAPH),
                             ONE(13, BYTES), ONE_OF(14, AIS__ONNX_TYPE),
                             LIST_OF(15, AIS__ONNX_TYPE), ONE(20, VARINT), ONE(21, BYTES),
                             ONE_OF(22, AIS__ONNX_SPARSE_TENSOR),
                             LIST_OF(23, AIS__ONNX_SPARSE_TENSOR)},
    [AIS__ONNX_VALUE_INFO] = {ONE(1, BYTES), ONE_OF(2, AIS__ONNX_TYPE), ONE(3, BYTES)},
    [AIS__ONNX_NODE] = {LIST(1, BYTES), LIST(2, BYTES), ONE(3, BYTES), ONE(4, BYTES),
                        LIST_OF(5, AIS__ONNX_ATTRIBUTE), ONE(6, BYTES), ONE(7, BYTES)},
    [AIS__ONNX_ENTRY] = {ONE(1, BYTES), ONE(2, BYTES)},
    [AIS__ONNX_ANNOTATION] = {ONE(1, BYTES), LIST_OF(2, AIS__ONNX_ENTRY)},
    [AIS__ONNX_GRAPH] = {LIST_OF(1, AIS__ONNX_NODE), ONE(2, BYTES), LIST_OF(5, AIS__ONNX_TENSOR),
                         ONE(10, BYTES), LIST_OF(11, AIS__ONNX_VALUE_INFO),
                         LIST_OF(12, AIS__ONNX_VALUE_INFO), LIST_OF(13, AIS__ONNX_VALUE_INFO),
                         LIST_OF(14, AIS__ONNX_ANNOTATION), LIST_OF(15, AIS__ONNX_SPARSE_TENSOR)},
    [AIS__ONNX_TENSOR] = {LIST(1, VARINT), ONE(2, VARINT), ONE(3, BYTES), LIST(4, PACKED),
                          LIST(5, PACKED), LIST(6, BYTES), LIST(7, PACKED), ONE(8, BYTES),
                          ONE(9, BYTES), LIST(10, PACKED), LIST(11, PACKED), ONE(12, BYTES),
                          LIST_OF(13, AIS__ONNX_ENTRY), ONE(14, VARINT)},
    [AIS__ONNX_SPARSE_TENSOR] = {ONE_OF(1, AIS__ONNX_TENSOR), ONE_OF(2, AIS__ONNX_TENSOR),
                                 LIST(3, VARINT)},
    [AIS__ONNX_SHAPE] = {LIST_OF(1, AIS__ONNX_DIMENSION)},
    [AIS__ONNX_DIMENSION] = {ONE(1, VARINT), ONE(2, BYTES), ONE(3, BYTES)},
    [AIS__ONNX_TYPE] = {ONE_OF(1, AIS__ONNX_TENSOR_TYPE), ONE_OF(4, AIS__ONNX_SEQUENCE_TYPE),
                        ONE_OF(5, AIS__ONNX_MAP_TYPE), ONE(6, BYTES),
                        ONE_OF(7, AIS__ONNX_OPAQUE_TYPE), ONE_OF(8, AIS__ONNX_TENSOR_TYPE),
                        ONE_OF(9, AIS__ONNX_SEQUENCE_TYPE)},
    [AIS__ONNX_TENSOR_TYPE] = {ONE(1, VARINT), ONE_OF(2, AIS__ONNX_SHAPE)},
    [AIS__ONNX_SEQUENCE_TYPE] = {ONE_OF(1, AIS__ONNX_TYPE)},
    [AIS__ONNX_MAP_TYPE] = {ONE(1, VARINT), ONE_OF(2, AIS__ONNX_TYPE)},
    [AIS__ONNX_OPAQUE_TYPE] = {ONE(1, BYTES), ONE(2, BYTES)},
    [AIS__ONNX_OPSET] = {ONE(1, BYTES), ONE(2, VARINT)},
    [AIS__ONNX_FUNCTION] = {ONE(1, BYTES), LIST(4, BYTES), LIST(5, BYTES), LIST(6, BYTES),
                            LIST_OF(7, AIS__ONNX_NODE), ONE(8, BYTES), LIST_OF(9, AIS__ONNX_OPSET),
                            ONE(10, BYTES)},
};

typedef struct context {
    const ais_onnx_source *source;
    int depth;
} context;

static const row *find_row(ais__onnx_schema schema, uint32_t number)
{
    for (size_t i = 0; i < MAX_ROWS && schemas[schema][i].kind != END; i++)
        if (schemas[schema][i].number == number)
            return &schemas[schema][i];
    return NULL;
}

/* May a field of this row stand in the file like this? Lists may be packed or not, whatever the schema says. */
static bool fits(const row *r, ais_onnx_wire type)
{
    static const unsigned char wires[] = {[VARINT] = AIS_ONNX_WIRE_VARINT,
                                          [FIXED32] = AIS_ONNX_WIRE_32,
                                          [BYTES] = AIS_ONNX_WIRE_BYTES,
                                          [MESSAGE] = AIS_ONNX_WIRE_BYTES};
    if (r->kind == PACKED)
        return true;
    return wires[r->kind] == type || (r->list && type == AIS_ONNX_WIRE_BYTES);
}

/* The field with the fewest bytes in tag and length, which is how protobuf writes it: the file's own bytes
 * where they are so. */
static void add_bytes_field(ais__onnx_rope *out, const ais_onnx_field *f)
{
    AIS_SCOPED(ais__onnx_rope) header = {.arena = out->arena};
    const size_t had = (size_t)(f->bytes.at - f->whole.at);
    ais__onnx_rope_add_tag(&header, f->number, AIS_ONNX_WIRE_BYTES);
    ais__onnx_rope_add_varint(&header, ais_onnx_span_length(f->bytes));
    if (header.length == had)
        ais__onnx_rope_add(out, f->whole);
    else
        ais__onnx_rope_add_message(out, f->number,
                                   &(ais__onnx_rope){.pieces = (ais_onnx_span[]){f->bytes},
                                                     .count = 1,
                                                     .length = ais_onnx_span_length(f->bytes)});
}

static void add_varint_field(ais__onnx_rope *out, const ais_onnx_field *f)
{
    AIS_SCOPED(ais__onnx_rope) number = {.arena = out->arena};
    ais__onnx_rope_add_number(&number, f->number, f->value);
    if (number.length == ais_onnx_span_length(f->whole))
        ais__onnx_rope_add(out, f->whole);
    else
        ais__onnx_rope_add_rope(out, &number);
}

/* A list of numbers that stands packed, one by one. */
static int add_unpacked(const context *c, const row *r, const ais_onnx_field *f,
                        ais__onnx_rope *out, ais_error **err)
{
    for (ais_onnx_span in = f->bytes; in.at < in.end;) {
        uint64_t value = 0;
        if (r->kind == FIXED32) {
            if (ais_onnx_span_length(in) < 4)
                return ais_onnx_source_refuse(c->source, in.at, "a number is cut off", err);
            ais__onnx_rope_add_tag(out, f->number, AIS_ONNX_WIRE_32);
            ais__onnx_rope_add(out, (ais_onnx_span){.at = in.at, .end = in.at + 4});
            in.at += 4;
            continue;
        }
        if (ais_onnx_next_varint(c->source, &in, &value, err) < 0)
            return -1;
        ais__onnx_rope_add_number(out, f->number, value);
    }
    return 0;
}

static int add_message(const context *c, ais__onnx_schema schema, ais_onnx_span message,
                       ais__onnx_rope *out, ais_error **err);

static int add_child(const context *c, const row *r, const ais_onnx_field *f, ais__onnx_rope *out,
                     ais_error **err)
{
    const context deeper = {.source = c->source, .depth = c->depth + 1};
    AIS_SCOPED(ais__onnx_rope) child = {.arena = out->arena};
    if (add_message(&deeper, (ais__onnx_schema)r->child, f->bytes, &child, err) < 0)
        return -1;
    if (ais__onnx_rope_is(&child, f->bytes))
        add_bytes_field(out, f);
    else
        ais__onnx_rope_add_message(out, f->number, &child);
    return 0;
}

static int add_field(const context *c, const row *r, const ais_onnx_field *f, ais__onnx_rope *out,
                     ais_error **err)
{
    if (r->kind == MESSAGE)
        return add_child(c, r, f, out, err);
    if (r->kind != BYTES && f->type == AIS_ONNX_WIRE_BYTES)
        return add_unpacked(c, r, f, out, err);
    if (r->kind == BYTES)
        add_bytes_field(out, f);
    else if (r->kind == VARINT)
        add_varint_field(out, f);
    else
        ais__onnx_rope_add(out, f->whole);
    return 0;
}

/* All numbers of a list that is written packed, as they stand in the file: in one field, in several, or one
 * by one. */
static void add_packed(const row *r, const ais_onnx_field *fields, size_t count,
                       ais__onnx_rope *out)
{
    AIS_SCOPED(ais__onnx_rope) numbers = {.arena = out->arena};
    const ais_onnx_field *last = NULL;
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        const ais_onnx_field *f = &fields[i];
        if (f->number != r->number)
            continue;
        seen++;
        last = f;
        if (f->type == AIS_ONNX_WIRE_BYTES)
            ais__onnx_rope_add(&numbers, f->bytes);
        else if (f->type == AIS_ONNX_WIRE_VARINT)
            ais__onnx_rope_add_varint(&numbers, f->value);
        else /* the number without its tag, which may be longer than it need be */
            ais__onnx_rope_add(
                &numbers,
                (ais_onnx_span){.at = f->whole.end - (f->type == AIS_ONNX_WIRE_32 ? 4 : 8),
                                .end = f->whole.end});
    }
    if (numbers.length > 0 && seen == 1 && last->type == AIS_ONNX_WIRE_BYTES)
        add_bytes_field(out, last);
    else if (numbers.length > 0)
        ais__onnx_rope_add_message(out, r->number, &numbers);
}

static int add_row(const context *c, const row *r, const ais_onnx_field *fields, size_t count,
                   ais__onnx_rope *out, ais_error **err)
{
    const ais_onnx_field *last = NULL;
    if (r->kind == PACKED) {
        add_packed(r, fields, count, out);
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].number != r->number || !fits(r, fields[i].type))
            continue;
        last = &fields[i];
        if (r->list && add_field(c, r, last, out, err) < 0)
            return -1;
    }
    return last != NULL && !r->list ? add_field(c, r, last, out, err) : 0;
}

typedef struct field_list {
    ais_onnx_field *items;
    size_t count, capacity;
} field_list;

static void field_list_clear(field_list *list)
{
    free(list->items);
}

static int add_message(const context *c, ais__onnx_schema schema, ais_onnx_span message,
                       ais__onnx_rope *out, ais_error **err)
{
    AIS_SCOPED(field_list) list = {.items = NULL};
    if (c->depth > AIS_ONNX_MAX_DEPTH)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = c->source->path},
                                "at byte %zu the model is nested deeper than %d messages",
                                (size_t)(message.at - c->source->data), AIS_ONNX_MAX_DEPTH);
    while (message.at < message.end) {
        list.items = ais_grow(list.items, &list.capacity, list.count + 1, sizeof *list.items);
        if (ais_onnx_next_field(c->source, &message, &list.items[list.count], err) < 0)
            return -1;
        list.count++;
    }
    for (size_t i = 0; i < MAX_ROWS && schemas[schema][i].kind != END; i++)
        if (add_row(c, &schemas[schema][i], list.items, list.count, out, err) < 0)
            return -1;
    for (size_t i = 0; i < list.count; i++) {
        const row *r = find_row(schema, list.items[i].number);
        if (r == NULL || !fits(r, list.items[i].type))
            ais__onnx_rope_add(out, list.items[i].whole);
    }
    return 0;
}

int ais__onnx_add_canonical(const ais_onnx_source *source, ais__onnx_schema schema,
                            ais_onnx_span message, ais__onnx_rope *out, ais_error **err)
{
    const context c = {.source = source};
    return add_message(&c, schema, message, out, err);
}
