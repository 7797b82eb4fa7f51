/* TensorProto: weights are looked at where they lie in the file, and only as far as their sizes tell
 * whether all of them are there. */
#include "onnx/onnx_priv.h"

/* ---- which field holds the elements of a type ---- */

typedef struct storage {
    uint32_t field;       /* when they are not raw */
    unsigned per_element; /* numbers an element: complex ones take two */
    unsigned bytes;       /* of one number; 0: a varint */
} storage;

static const storage storages[AIS_ONNX_TYPE_COUNT] = {
    [AIS_ONNX_FLOAT] = {.field = AIS_ONNX_TENSOR_FLOATS, .per_element = 1, .bytes = 4},
    [AIS_ONNX_COMPLEX64] = {.field = AIS_ONNX_TENSOR_FLOATS, .per_element = 2, .bytes = 4},
    [AIS_ONNX_DOUBLE] = {.field = AIS_ONNX_TENSOR_DOUBLES, .per_element = 1, .bytes = 8},
    [AIS_ONNX_COMPLEX128] = {.field = AIS_ONNX_TENSOR_DOUBLES, .per_element = 2, .bytes = 8},
    [AIS_ONNX_INT64] = {.field = AIS_ONNX_TENSOR_INT64S, .per_element = 1},
    [AIS_ONNX_UINT32] = {.field = AIS_ONNX_TENSOR_UINT64S, .per_element = 1},
    [AIS_ONNX_UINT64] = {.field = AIS_ONNX_TENSOR_UINT64S, .per_element = 1},
    [AIS_ONNX_STRING] = {.field = AIS_ONNX_TENSOR_STRINGS, .per_element = 1},
};

static storage storage_of(ais_onnx_type type)
{
    const storage s = storages[type];
    return s.field != 0 ? s : (storage){.field = AIS_ONNX_TENSOR_INT32S, .per_element = 1};
}

/* ---- reading ---- */

/* What the fields of one tensor say. */
typedef struct parts {
    ais__onnx_ints dims;
    ais_onnx_span name, raw;
    uint64_t type;
    bool is_external, has_raw, has_segment;
    ais_onnx_external external;
    size_t counts[AIS_ONNX_TENSOR_UINT64S + 1]; /* numbers, by field */
    uint64_t text_bytes;
} parts;

static void parts_clear(parts *p)
{
    free(p->dims.items);
}

/* How many numbers a field of elements holds. */
static size_t count_numbers(const ais_onnx_field *f, unsigned bytes)
{
    if (f->type != AIS_ONNX_WIRE_BYTES)
        return 1;
    if (bytes > 0)
        return ais_onnx_span_length(f->bytes) / bytes;
    size_t count = 0;
    for (const uint8_t *at = f->bytes.at; at < f->bytes.end; at++)
        count += *at < 0x80; /* the last byte of a varint */
    return count;
}

static int read_bytes_field(const ais__onnx_reader *reader, const ais_onnx_field *f, parts *p,
                            ais_error **err)
{
    switch (f->number) {
    case AIS_ONNX_TENSOR_NAME:
        p->name = f->bytes;
        return 0;
    case AIS_ONNX_TENSOR_RAW:
        p->raw = f->bytes;
        p->has_raw = true;
        return 0;
    case AIS_ONNX_TENSOR_SEGMENT:
        p->has_segment = true;
        return 0;
    case AIS_ONNX_TENSOR_STRINGS:
        p->counts[f->number]++;
        p->text_bytes += ais_onnx_span_length(f->bytes);
        return 0;
    case AIS_ONNX_TENSOR_EXTERNAL:
        return ais_onnx_external_read(&reader->source, f->bytes, &p->external, err);
    default:
        return 0;
    }
}

static int read_parts(ais__onnx_reader *reader, ais_onnx_span span, parts *p, ais_error **err)
{
    static const unsigned char number_bytes[AIS_ONNX_TENSOR_UINT64S + 1] = {
        [AIS_ONNX_TENSOR_FLOATS] = 4, [AIS_ONNX_TENSOR_DOUBLES] = 8};
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0)
            return -1;
        if (f.number == AIS_ONNX_TENSOR_DIMS && ais__onnx_add_ints(reader, &f, &p->dims, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_VARINT && f.number == AIS_ONNX_TENSOR_TYPE)
            p->type = f.value;
        if (f.type == AIS_ONNX_WIRE_VARINT && f.number == AIS_ONNX_TENSOR_LOCATION)
            p->is_external = f.value != 0;
        if (f.number == AIS_ONNX_TENSOR_FLOATS || f.number == AIS_ONNX_TENSOR_INT32S ||
            f.number == AIS_ONNX_TENSOR_INT64S || f.number == AIS_ONNX_TENSOR_DOUBLES ||
            f.number == AIS_ONNX_TENSOR_UINT64S)
            p->counts[f.number] += count_numbers(&f, number_bytes[f.number]);
        else if (f.type == AIS_ONNX_WIRE_BYTES && read_bytes_field(reader, &f, p, err) < 0)
            return -1;
    }
    return 0;
}

/* Elements and bytes that the sizes ask for. */
static int measure(const ais__onnx_reader *reader, const ais_onnx_tensor *t, uint64_t *elements,
                   uint64_t *bytes, ais_error **err)
{
    uint64_t count = 1, bits = 0;
    bool too_many = false, empty = false;
    for (size_t i = 0; i < t->rank; i++) {
        if (t->dims[i] < 0)
            return ais__onnx_refuse(reader, err,
                                    "tensor '%s' has the size %lld (must be 0 or more)", t->name,
                                    (long long)t->dims[i]);
        empty = empty || t->dims[i] == 0;
        too_many = too_many || __builtin_mul_overflow(count, (uint64_t)t->dims[i], &count);
    }
    if (empty)
        count = 0;
    if ((too_many && !empty) ||
        __builtin_mul_overflow(count, (uint64_t)ais_onnx_type_bits(t->type), &bits) ||
        bits > UINT64_MAX - 7)
        return ais__onnx_refuse(reader, err, "tensor '%s' has more elements than any file can hold",
                                t->name);
    *elements = count;
    *bytes = (bits + 7) / 8;
    return 0;
}

/* The file of external data; equal names are looked up once. */
static int find_file(ais__onnx_reader *reader, ais_onnx_span location, size_t *out, ais_error **err)
{
    struct ais__onnx_private *m = reader->model;
    for (size_t i = m->file_count; i > 0; i--)
        if (ais_onnx_span_is(location, m->files[i - 1].location)) {
            *out = i - 1;
            return 0;
        }
    AIS_FREE char *name = ais_onnx_span_dup(location);
    AIS_FREE char *path = NULL;
    struct stat status;
    if (ais_onnx_external_find(reader->source.path, name, &path, &status, err) < 0)
        return -1;
    m->files = ais_grow(m->files, &m->file_capacity, m->file_count + 1, sizeof *m->files);
    m->files[m->file_count] = (ais__onnx_file){.location = ais_arena_strdup(m->arena, name),
                                               .path = ais_arena_strdup(m->arena, path),
                                               .bytes = (uint64_t)status.st_size};
    *out = m->file_count++;
    return 0;
}

static int place_external(ais__onnx_reader *reader, const parts *p, ais_onnx_tensor *t,
                          uint64_t bytes, ais_error **err)
{
    struct ais__onnx_private *m = reader->model;
    size_t at = 0;
    if (find_file(reader, p->external.location, &at, err) < 0)
        return -1;
    const ais__onnx_file *file = &m->files[at];
    if (t->type == AIS_ONNX_STRING)
        return ais__onnx_refuse(reader, err,
                                "tensor '%s' keeps texts in '%s' (must be in the model)", t->name,
                                file->location);
    if (p->external.bytes != 0 && p->external.bytes != bytes)
        return ais__onnx_refuse(
            reader, err, "tensor '%s' has %llu bytes in '%s' (must be %llu, by its sizes)", t->name,
            (unsigned long long)p->external.bytes, file->location, (unsigned long long)bytes);
    t->location = file->location;
    t->offset = p->external.offset;
    t->bytes = bytes;
    m->externals =
        ais_grow(m->externals, &m->external_capacity, m->external_count + 1, sizeof *m->externals);
    m->externals[m->external_count++] =
        (ais__onnx_external){.at = t->span.data, .file = at, .offset = t->offset, .bytes = bytes};
    const ais_onnx_external range = {.offset = t->offset, .bytes = bytes};
    return ais_onnx_external_check(reader->source.path, file->location, &range, file->bytes, err);
}

static int check_inside(const ais__onnx_reader *reader, const parts *p, ais_onnx_tensor *t,
                        uint64_t elements, uint64_t bytes, ais_error **err)
{
    const size_t raw = ais_onnx_span_length(p->raw);
    const storage s = storage_of(t->type);
    const bool halves = ais_onnx_type_bits(t->type) == 4; /* two to a number */
    const uint64_t wanted = halves ? (elements + 1) / 2 : elements * s.per_element;
    if (p->has_raw && t->type != AIS_ONNX_STRING && (raw > 0 || p->counts[s.field] == 0)) {
        if (raw != bytes)
            return ais__onnx_refuse(reader, err,
                                    "tensor '%s' holds %zu bytes (must be %llu, by its sizes)",
                                    t->name, raw, (unsigned long long)bytes);
        t->raw = ais__onnx_bytes_of(p->raw);
    } else if (p->counts[s.field] != wanted) {
        return ais__onnx_refuse(
            reader, err, "tensor '%s' holds %zu numbers of type %s (must be %llu, by its sizes)",
            t->name, p->counts[s.field], ais_onnx_type_name(t->type), (unsigned long long)wanted);
    }
    t->bytes = t->type == AIS_ONNX_STRING ? p->text_bytes : bytes;
    return 0;
}

int ais__onnx_read_tensor(ais__onnx_reader *reader, ais_onnx_span span, ais_onnx_tensor *out,
                          ais_error **err)
{
    AIS_SCOPED(parts) p = {.type = 0};
    ais_onnx_tensor t = {.span = ais__onnx_bytes_of(span)};
    uint64_t elements = 0, bytes = 0;
    if (ais__onnx_count(reader, &reader->tensors, 1, AIS__ONNX_MAX_NODES, "tensors", err) < 0 ||
        read_parts(reader, span, &p, err) < 0 ||
        ais__onnx_read_text(reader, p.name, &t.name, err) < 0)
        return -1;
    if (p.type == 0 || p.type >= AIS_ONNX_TYPE_COUNT)
        return ais__onnx_refuse(reader, err, "tensor '%s' has element type %llu (must be 1 to %d)",
                                t.name, (unsigned long long)p.type, AIS_ONNX_TYPE_COUNT - 1);
    if (p.dims.count > AIS__ONNX_MAX_RANK)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = reader->source.path},
                                "tensor '%s' has %zu dimensions (must be at most %d)", t.name,
                                p.dims.count, AIS__ONNX_MAX_RANK);
    if (p.has_segment)
        return ais__onnx_refuse(
            reader, err, "tensor '%s' is stored in segments, which ONNX has given up", t.name);
    t.type = (ais_onnx_type)p.type;
    t.rank = p.dims.count;
    t.dims = ais__onnx_keep(reader, p.dims.items, t.rank, sizeof *t.dims);
    if (measure(reader, &t, &elements, &bytes, err) < 0)
        return -1;
    /* A name counts even where the tensor does not say that it is external: ONNX Runtime reads it. */
    const bool external = p.is_external || p.external.location.at != NULL;
    if ((external ? place_external(reader, &p, &t, bytes, err)
                  : check_inside(reader, &p, &t, elements, bytes, err)) < 0)
        return -1;
    *out = t;
    return 0;
}

int ais__onnx_read_sparse(ais__onnx_reader *reader, ais_onnx_span span, ais_onnx_tensor *out,
                          ais_error **err)
{
    AIS_SCOPED(parts) p = {.type = 0};
    ais_onnx_tensor values = {.name = NULL}, indices = {.name = NULL};
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0)
            return -1;
        if (f.number == AIS_ONNX_SPARSE_DIMS && ais__onnx_add_ints(reader, &f, &p.dims, err) < 0)
            return -1;
        ais_onnx_tensor *tensor = f.number == AIS_ONNX_SPARSE_VALUES    ? &values
                                  : f.number == AIS_ONNX_SPARSE_INDICES ? &indices
                                                                        : NULL;
        if (tensor != NULL && f.type == AIS_ONNX_WIRE_BYTES &&
            ais__onnx_read_tensor(reader, f.bytes, tensor, err) < 0)
            return -1;
    }
    if (values.name == NULL || indices.name == NULL)
        return ais__onnx_refuse(reader, err, "sparse tensor '%s' has no %s",
                                values.name != NULL ? values.name : "",
                                values.name == NULL ? "values" : "indices");
    uint64_t elements = 0, bytes = 0;
    ais_onnx_tensor t = {.name = values.name,
                         .type = values.type,
                         .rank = p.dims.count,
                         .dims =
                             ais__onnx_keep(reader, p.dims.items, p.dims.count, sizeof *t.dims)};
    if (measure(reader, &t, &elements, &bytes, err) < 0)
        return -1;
    t.bytes = values.bytes + indices.bytes;
    *out = t;
    return 0;
}

ais_onnx_shape ais__onnx_shape_of(const ais__onnx_reader *reader, const ais_onnx_tensor *tensor)
{
    ais_onnx_dim *dims = ais_arena_alloc(reader->model->arena, tensor->rank * sizeof *dims);
    for (size_t i = 0; i < tensor->rank; i++)
        dims[i].size = tensor->dims[i];
    return (ais_onnx_shape){.known = true, .rank = tensor->rank, .dims = dims};
}
