/* External data of a part; see relocate.h. */
#include "onnx/relocate.h"

#include <fcntl.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

void ais__onnx_relocation_clear(ais__onnx_relocation *r)
{
    free(r->ranges);
    *r = (ais__onnx_relocation){.model = r->model};
}

/* The first external tensor at or behind `at`. */
static size_t first_from(const struct ais__onnx_private *p, const uint8_t *at)
{
    size_t low = 0, high = p->external_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (p->externals[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_external(const struct ais__onnx_private *p, ais_onnx_span span)
{
    const size_t first = first_from(p, span.at);
    return first < p->external_count && p->externals[first].at < span.end;
}

void ais__onnx_relocation_need(ais__onnx_relocation *r, ais_onnx_span span)
{
    const struct ais__onnx_private *p = r->model->private;
    for (size_t i = first_from(p, span.at); i < p->external_count && p->externals[i].at < span.end;
         i++) {
        const ais__onnx_external *e = &p->externals[i];
        r->ranges = ais_grow(r->ranges, &r->capacity, r->count + 1, sizeof *r->ranges);
        r->ranges[r->count++] =
            (ais__onnx_range){.file = e->file, .from = e->offset, .to = e->offset + e->bytes};
    }
}

static int compare_ranges(const void *a, const void *b)
{
    const ais__onnx_range *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

/* Ranges that touch, or nearly do, become one: a few bytes too many cost less than another call. */
static void merge(ais__onnx_relocation *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        const ais__onnx_range range = r->ranges[i];
        ais__onnx_range *last = count > 0 ? &r->ranges[count - 1] : NULL;
        if (last != NULL && last->file == range.file && range.from < last->to + PAGE_BYTES)
            last->to = range.to > last->to ? range.to : last->to;
        else
            r->ranges[count++] = range;
    }
    r->count = count;
}

void ais__onnx_relocation_place(ais__onnx_relocation *r)
{
    uint64_t end = 0;
    if (r->count > 0)
        qsort(r->ranges, r->count, sizeof *r->ranges, compare_ranges);
    merge(r);
    for (size_t i = 0; i < r->count; i++) {
        ais__onnx_range *range = &r->ranges[i];
        range->new_offset = end + (range->from - end) % PAGE_BYTES;
        end = range->new_offset + (range->to - range->from);
    }
}

static uint64_t new_offset(const ais__onnx_relocation *r, const ais__onnx_external *e)
{
    size_t low = 0, high = r->count;
    while (high - low > 1) { /* the last range that begins at or before it */
        const size_t middle = low + (high - low) / 2;
        const ais__onnx_range *range = &r->ranges[middle];
        if (range->file < e->file || (range->file == e->file && range->from <= e->offset))
            low = middle;
        else
            high = middle;
    }
    return r->ranges[low].new_offset + (e->offset - r->ranges[low].from);
}

/* ---- messages ---- */

static void add_entry(ais__onnx_rope *out, const char *key, const char *value)
{
    ais__onnx_rope entry = {.arena = out->arena};
    ais__onnx_rope_add_text(&entry, AIS_ONNX_ENTRY_KEY, key);
    ais__onnx_rope_add_text(&entry, AIS_ONNX_ENTRY_VALUE, value);
    ais__onnx_rope_add_message(out, AIS_ONNX_TENSOR_EXTERNAL, &entry);
    ais__onnx_rope_clear(&entry);
}

static int rewrite_tensor(const ais__onnx_relocation *r, const ais_onnx_source *source,
                          ais_onnx_span span, ais__onnx_rope *out, ais_error **err)
{
    const struct ais__onnx_private *p = r->model->private;
    const ais__onnx_external *e = &p->externals[first_from(p, span.at)];
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(source, &span, &f, err) < 0)
            return -1;
        if (f.number != AIS_ONNX_TENSOR_EXTERNAL)
            ais__onnx_rope_add(out, f.whole);
    }
    AIS_FREE char *offset = ais_format("%llu", (unsigned long long)new_offset(r, e));
    AIS_FREE char *bytes = ais_format("%llu", (unsigned long long)e->bytes);
    add_entry(out, "location", r->name);
    add_entry(out, "offset", offset);
    add_entry(out, "length", bytes);
    return 0;
}

/* As deep as what was read, so no limit of its own. */
static int rewrite(const ais__onnx_relocation *r, const ais_onnx_source *source,
                   ais_onnx_message message, ais_onnx_span span, ais__onnx_rope *out,
                   ais_error **err)
{
    if (message == AIS_ONNX_MESSAGE_TENSOR)
        return rewrite_tensor(r, source, span, out, err);
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(source, &span, &f, err) < 0)
            return -1;
        if (f.type != AIS_ONNX_WIRE_BYTES || !has_external(r->model->private, f.bytes)) {
            ais__onnx_rope_add(out, f.whole);
            continue;
        }
        ais__onnx_rope inner = {.arena = out->arena};
        const int status =
            rewrite(r, source, ais_onnx_child_message(message, f.number), f.bytes, &inner, err);
        if (status == 0)
            ais__onnx_rope_add_message(out, f.number, &inner);
        ais__onnx_rope_clear(&inner);
        if (status < 0)
            return -1;
    }
    return 0;
}

int ais__onnx_relocation_rewrite(const ais__onnx_relocation *r, ais_onnx_message message,
                                 ais_onnx_span span, ais__onnx_rope *out, ais_error **err)
{
    const ais_onnx_source source = {
        .path = r->model->path, .data = r->model->bytes.data, .length = r->model->bytes.length};
    if (has_external(r->model->private, span))
        return rewrite(r, &source, message, span, out, err);
    ais__onnx_rope_add(out, span);
    return 0;
}

/* ---- the file ---- */

typedef struct descriptors {
    int *items; /* one a file of the model; -1: not opened */
    size_t count;
} descriptors;

static void descriptors_clear(descriptors *d)
{
    for (size_t i = 0; i < d->count; i++)
        ais_cleanup_close(&d->items[i]);
    free(d->items);
}

static int open_file(const ais__onnx_relocation *r, descriptors *d, size_t file, ais_error **err)
{
    const char *path = r->model->private->files[file].path;
    if (d->items[file] < 0)
        d->items[file] = open(path, O_RDONLY | O_CLOEXEC);
    return d->items[file] < 0 ? ais_error_set_errno(err, path, "cannot read") : 0;
}

int ais__onnx_relocation_write(const ais__onnx_relocation *r, const char *path, ais_error **err)
{
    AIS_SCOPED(descriptors) d = {.count = r->model->private->file_count};
    AIS_FREE ais_file_span *spans = ais_alloc(2 * r->count * sizeof *spans);
    size_t count = 0;
    uint64_t end = 0;
    d.items = ais_alloc(d.count * sizeof *d.items);
    for (size_t i = 0; i < d.count; i++)
        d.items[i] = -1;
    for (size_t i = 0; i < r->count; i++) {
        const ais__onnx_range *range = &r->ranges[i];
        const uint64_t length = range->to - range->from;
        if (open_file(r, &d, range->file, err) < 0)
            return -1;
        spans[count++] = (ais_file_span){.fd = -1, .length = range->new_offset - end};
        spans[count++] =
            (ais_file_span){.fd = d.items[range->file], .offset = range->from, .length = length};
        end = range->new_offset + length;
    }
    return ais_file_create_from(path, spans, count, err);
}
