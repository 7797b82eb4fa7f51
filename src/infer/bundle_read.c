/* Reading a safetensors file. Every number in it is checked before it is used; what the reference
 * implementation refuses is refused here.
 * Source: https://github.com/huggingface/safetensors, README "Format" and tensor.rs, validate(). */
#include "infer/bundle_priv.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "doc/doc.h"

/* One tensor of the header, with the place of its bytes. */
typedef struct entry {
    uint64_t begin, end; /* from the start of the data */
    ais_tensor *tensor;
    const ais_doc_node *node;
} entry;

typedef struct reader {
    const char *name; /* of the file */
    const char *header;
    size_t header_length;
    const char *data;
    size_t data_length;
    ais_bundle *bundle;
    entry *entries;
    size_t count;
} reader;

/* ---- errors ---- */

/* The header is text for the document reader; users of a binary file want its bytes. */
static size_t byte_of(const reader *r, ais_pos pos)
{
    size_t at = 0;
    for (unsigned line = 1; line < pos.line && at < r->header_length; at++)
        line += r->header[at] == '\n';
    for (unsigned column = 1; column < pos.column && at < r->header_length; column++)
        do
            at++;
        while (at < r->header_length && ((unsigned char)r->header[at] & 0xc0) == 0x80);
    return AIS__BUNDLE_PREFIX + at;
}

static int fail(const reader *r, size_t byte, const char *what, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = r->name}, "at byte %zu: %s", byte,
                            what);
}

static int fail_at(const reader *r, const ais_doc_node *node, ais_error **err, const char *format,
                   ...) AIS_PRINTF(4, 5);
static int fail_at(const reader *r, const ais_doc_node *node, ais_error **err, const char *format,
                   ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *what = ais_vformat(format, arguments);
    va_end(arguments);
    return fail(r, byte_of(r, ais_doc_pos(node)), what, err);
}

/* ---- the header ---- */

static int find_header(reader *r, const char *bytes, size_t length, ais_error **err)
{
    uint64_t header_length = 0;
    if (length < AIS__BUNDLE_PREFIX)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = r->name},
                                "at byte %zu: the file ends in its first %d bytes, the length of "
                                "the header",
                                length, AIS__BUNDLE_PREFIX);
    memcpy(&header_length, bytes, sizeof header_length);
    header_length = le64toh(header_length);
    if (header_length > length - AIS__BUNDLE_PREFIX)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = r->name},
                                "at byte 0: a header of %llu bytes in a file of %zu",
                                (unsigned long long)header_length, length);
    if (header_length > AIS_DOC_MAX_BYTES)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = r->name},
                                "at byte 0: a header of %llu bytes (at most %d)",
                                (unsigned long long)header_length, AIS_DOC_MAX_BYTES);
    r->header = bytes + AIS__BUNDLE_PREFIX;
    r->header_length = (size_t)header_length;
    r->data = r->header + r->header_length;
    r->data_length = length - AIS__BUNDLE_PREFIX - r->header_length;
    if (r->header_length == 0 || r->header[0] != '{')
        return fail(r, AIS__BUNDLE_PREFIX, "the header does not begin with '{'", err);
    return 0;
}

static int parse_header(const reader *r, ais_doc **out, ais_error **err)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    if (ais_doc_parse(r->name, r->header, r->header_length, AIS_DOC_JSON, diags, out) == 0) {
        if (ais_doc_get_kind(ais_doc_root(*out)) == AIS_DOC_MAP)
            return 0;
        return fail(r, AIS__BUNDLE_PREFIX, "the header is no JSON object", err);
    }
    ais_diags_sort(diags);
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        if (diag->severity == AIS_SEVERITY_ERROR)
            return fail(r, byte_of(r, diag->pos), diag->message, err);
    }
    AIS_BUG("'%s' was refused without a reason", r->name);
}

/* A string without NUL bytes, which a C string could not hold. */
static int need_text(const reader *r, const ais_doc_node *node, const char *what, const char **out,
                     ais_error **err)
{
    size_t length = 0;
    if (ais_doc_get_kind(node) != AIS_DOC_STRING)
        return fail_at(r, node, err, "%s is %s (must be a string)", what,
                       ais_doc_kind_name(ais_doc_get_kind(node)));
    const char *text = ais_doc_get_string(node, &length);
    if (strlen(text) != length)
        return fail_at(r, node, err, "%s holds a NUL character", what);
    *out = text;
    return 0;
}

static int read_metadata(const reader *r, const ais_doc_node *map, ais_error **err)
{
    if (ais_doc_get_kind(map) != AIS_DOC_MAP)
        return fail_at(r, map, err, "'%s' is %s (must be a map of strings)", AIS__BUNDLE_METADATA,
                       ais_doc_kind_name(ais_doc_get_kind(map)));
    for (size_t i = 0; i < ais_doc_count(map); i++) {
        const char *key = NULL, *value = NULL;
        if (need_text(r, ais_doc_key_at(map, i), "a key of '" AIS__BUNDLE_METADATA "'", &key, err) <
                0 ||
            need_text(r, ais_doc_at(map, i), "a value of '" AIS__BUNDLE_METADATA "'", &value, err) <
                0)
            return -1;
        ais__bundle_put_text(r->bundle, key, value);
    }
    return 0;
}

/* ---- a tensor ---- */

static int need_key(const reader *r, const ais_doc_node *map, const char *tensor, const char *key,
                    ais_doc_kind kind, const ais_doc_node **out, ais_error **err)
{
    const ais_doc_node *node = ais_doc_find(map, key);
    if (node == NULL)
        return fail_at(r, map, err, "tensor '%s' has no '%s'", tensor, key);
    if (ais_doc_get_kind(node) != kind)
        return fail_at(r, node, err, "'%s' of tensor '%s' is %s (must be %s)", key, tensor,
                       ais_doc_kind_name(ais_doc_get_kind(node)), ais_doc_kind_name(kind));
    *out = node;
    return 0;
}

static int read_count(const reader *r, const ais_doc_node *node, const char *tensor, int64_t *out,
                      ais_error **err)
{
    if (ais_doc_get_kind(node) != AIS_DOC_INT || ais_doc_get_int(node) < 0)
        return fail_at(r, node, err,
                       "'%s' in tensor '%s' is no count (must be an integer from 0 "
                       "on)",
                       ais_doc_get_kind(node) & AIS_DOC_SCALAR
                           ? ais_doc_get_text(node)
                           : ais_doc_kind_name(ais_doc_get_kind(node)),
                       tensor);
    *out = ais_doc_get_int(node);
    return 0;
}

static int read_dtype(const reader *r, const ais_doc_node *map, ais_tensor *tensor, ais_error **err)
{
    const ais_doc_node *node = NULL;
    const char *text = NULL;
    if (need_key(r, map, tensor->name, "dtype", AIS_DOC_STRING, &node, err) < 0 ||
        need_text(r, node, "'dtype'", &text, err) < 0)
        return -1;
    tensor->type = ais__infer_type_of_code(text);
    if (tensor->type != AIS_TENSOR_TYPE_COUNT)
        return 0;
    AIS_SCOPED(ais_str) codes = {0};
    for (int i = 0; i < AIS_TENSOR_TYPE_COUNT; i++)
        ais_str_add_format(&codes, " %s", ais__infer_type_code((ais_tensor_type)i));
    return fail_at(r, node, err, "tensor '%s' has dtype '%s' (must be one of%s)", tensor->name,
                   text, ais_str_get(&codes));
}

static int read_shape(const reader *r, const ais_doc_node *map, ais_tensor *tensor, ais_error **err)
{
    const ais_doc_node *node = NULL;
    if (need_key(r, map, tensor->name, "shape", AIS_DOC_LIST, &node, err) < 0)
        return -1;
    tensor->rank = ais_doc_count(node);
    if (tensor->rank > AIS_TENSOR_MAX_RANK)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = r->name},
                                "at byte %zu: tensor '%s' has %zu dimensions (at most %d)",
                                byte_of(r, ais_doc_pos(node)), tensor->name, tensor->rank,
                                AIS_TENSOR_MAX_RANK);
    for (size_t i = 0; i < tensor->rank; i++)
        if (read_count(r, ais_doc_at(node, i), tensor->name, &tensor->shape[i], err) < 0)
            return -1;
    const int64_t count = ais_tensor_count(tensor->rank, tensor->shape);
    if (count < 0 ||
        __builtin_mul_overflow((size_t)count, ais_tensor_type_size(tensor->type), &tensor->bytes))
        return fail_at(r, node, err, "the shape of tensor '%s' is beyond all memory", tensor->name);
    return 0;
}

static int read_offsets(const reader *r, const ais_doc_node *map, const ais_tensor *tensor,
                        entry *out, ais_error **err)
{
    const ais_doc_node *node = NULL;
    int64_t begin = 0, end = 0;
    if (need_key(r, map, tensor->name, "data_offsets", AIS_DOC_LIST, &node, err) < 0)
        return -1;
    if (ais_doc_count(node) != 2)
        return fail_at(r, node, err, "'data_offsets' of tensor '%s' has %zu elements (must be 2)",
                       tensor->name, ais_doc_count(node));
    if (read_count(r, ais_doc_at(node, 0), tensor->name, &begin, err) < 0 ||
        read_count(r, ais_doc_at(node, 1), tensor->name, &end, err) < 0)
        return -1;
    if (end < begin || (uint64_t)end > r->data_length)
        return fail_at(r, node, err,
                       "tensor '%s' takes bytes %lld to %lld of the data, which has "
                       "%zu",
                       tensor->name, (long long)begin, (long long)end, r->data_length);
    if ((uint64_t)(end - begin) != tensor->bytes)
        return fail_at(r, node, err,
                       "tensor '%s' takes %lld bytes of the data (its shape and type "
                       "make %zu)",
                       tensor->name, (long long)(end - begin), tensor->bytes);
    out->begin = (uint64_t)begin;
    out->end = (uint64_t)end;
    out->node = node;
    return 0;
}

static int read_tensor(reader *r, const ais_doc_node *key, const ais_doc_node *map, ais_error **err)
{
    ais_tensor tensor = {.name = NULL};
    entry *e = &r->entries[r->count];
    if (need_text(r, key, "the name of a tensor", &tensor.name, err) < 0)
        return -1;
    if (ais_doc_get_kind(map) != AIS_DOC_MAP)
        return fail_at(r, map, err, "tensor '%s' is %s (must be a map)", tensor.name,
                       ais_doc_kind_name(ais_doc_get_kind(map)));
    if (read_dtype(r, map, &tensor, err) < 0 || read_shape(r, map, &tensor, err) < 0 ||
        read_offsets(r, map, &tensor, e, err) < 0)
        return -1;
    e->tensor = ais__bundle_put(r->bundle, &tensor);
    r->count++;
    return 0;
}

/* ---- the data ---- */

static int by_offset(const void *a_, const void *b_)
{
    const entry *a = a_, *b = b_;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

/* No holes, no overlaps, nothing left over: so no bytes are hidden and none is used twice. */
static int check_layout(reader *r, ais_error **err)
{
    uint64_t at = 0;
    qsort(r->entries, r->count, sizeof *r->entries, by_offset);
    for (size_t i = 0; i < r->count; i++) {
        const entry *e = &r->entries[i];
        if (e->begin != at)
            return fail_at(r, e->node, err,
                           "tensor '%s' begins at byte %llu of the data (must be "
                           "%llu: no holes, no overlaps)",
                           e->tensor->name, (unsigned long long)e->begin, (unsigned long long)at);
        at = e->end;
    }
    if (at == r->data_length)
        return 0;
    AIS_FREE char *what =
        ais_format("%llu bytes belong to no tensor", (unsigned long long)(r->data_length - at));
    return fail(r, AIS__BUNDLE_PREFIX + r->header_length + (size_t)at, what, err);
}

/* Other writers do not align; then a copy is better than a pointer that must not be followed. */
static void point_into_data(const reader *r)
{
    for (size_t i = 0; i < r->count; i++) {
        ais_tensor *tensor = r->entries[i].tensor;
        const char *data = r->data + r->entries[i].begin;
        tensor->data = ais__infer_unconst(data);
        if (tensor->bytes > 0 && (uintptr_t)data % ais_tensor_type_size(tensor->type) != 0) {
            tensor->data = ais_arena_alloc(r->bundle->arena, tensor->bytes);
            memcpy(tensor->data, data, tensor->bytes);
        }
    }
}

static int parse(reader *r, const void *data, size_t length, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = NULL;
    if (find_header(r, data, length, err) < 0 || parse_header(r, &doc, err) < 0)
        return -1;
    const ais_doc_node *root = ais_doc_root(doc);
    AIS_FREE entry *entries = ais_alloc((ais_doc_count(root) + 1) * sizeof *entries);
    r->entries = entries;
    for (size_t i = 0; i < ais_doc_count(root); i++) {
        const ais_doc_node *key = ais_doc_key_at(root, i);
        const int result = ais_str_equal(ais_doc_get_text(key), AIS__BUNDLE_METADATA)
                               ? read_metadata(r, ais_doc_at(root, i), err)
                               : read_tensor(r, key, ais_doc_at(root, i), err);
        if (result < 0)
            return -1;
    }
    if (check_layout(r, err) < 0)
        return -1;
    point_into_data(r);
    return 0;
}

int ais_bundle_parse(const char *name, const void *data, size_t length, ais_bundle **out,
                     ais_error **err)
{
    AIS_AUTO(ais_bundle) bundle = ais_bundle_new();
    reader r = {.name = name, .bundle = bundle};
    if (parse(&r, data, length, err) < 0)
        return -1;
    *out = bundle;
    bundle = NULL;
    return 0;
}

int ais_bundle_read(const char *path, ais_bundle **out, ais_error **err)
{
    AIS_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return ais_error_set_errno(err, path, "cannot read the bundle");
    if (!S_ISREG(status.st_mode))
        return ais_error_set_at(err, AIS_E_IO, (ais_pos){.file = path},
                                "this is no regular file (must be a bundle of tensors)");
    AIS_AUTO(ais_bundle) bundle = ais_bundle_new();
    const size_t bytes = (size_t)status.st_size;
    if (bytes > 0) {
        void *mapping =
            mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
        if (mapping == MAP_FAILED)
            return ais_error_set_errno(err, path, "cannot map the bundle into memory");
        bundle->mapping = mapping;
        bundle->mapping_bytes = bytes;
    }
    reader r = {.name = path, .bundle = bundle};
    if (parse(&r, bundle->mapping, bytes, err) < 0)
        return -1;
    *out = bundle;
    bundle = NULL;
    return 0;
}
