/* Elements of .npy files: from any order into ours, and back; see npy.h. */
#include "infer/npy_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

struct ais__npy_memory {
    char *name;
    char *file;     /* what was read, when the elements are used where they lie */
    void *elements; /* a copy in our order, or NULL */
};

void ais_npy_free(ais_npy *npy)
{
    if (npy == NULL)
        return;
    free(npy->memory->name);
    free(npy->memory->file);
    free(npy->memory->elements);
    free(npy->memory);
    free(npy);
}

/* ---- elements into our order ---- */

static void copy_element(unsigned char *to, const unsigned char *from, size_t size, bool reverse)
{
    for (size_t i = 0; i < size; i++)
        to[i] = from[reverse ? size - 1 - i : i];
}

/* Place of each dimension's next element in the file, in elements. */
static void file_strides(const ais__npy_header *h, size_t strides[AIS_TENSOR_MAX_RANK])
{
    size_t step = 1;
    for (size_t k = 0; k < h->rank; k++) {
        const size_t dimension = h->fortran_order ? k : h->rank - 1 - k;
        strides[dimension] = step;
        step *= (size_t)h->shape[dimension];
    }
}

static void *copy_elements(const ais__npy_header *h, const unsigned char *data, size_t count)
{
    const size_t size = ais_tensor_type_size(h->type);
    unsigned char *out = ais_alloc(count * size);
    size_t strides[AIS_TENSOR_MAX_RANK] = {0}, index[AIS_TENSOR_MAX_RANK] = {0}, from = 0;
    file_strides(h, strides);
    for (size_t i = 0; i < count; i++) {
        copy_element(out + i * size, data + from * size, size, h->big_endian);
        for (size_t k = h->rank; k-- > 0;) { /* the next index, the last dimension first */
            from += strides[k];
            if (++index[k] < (size_t)h->shape[k])
                break;
            from -= index[k] * strides[k];
            index[k] = 0;
        }
    }
    return out;
}

static int check_size(const char *name, const ais__npy_header *h, size_t length, ais_error **err)
{
    const int64_t count = ais_tensor_count(h->rank, h->shape);
    const size_t size = ais_tensor_type_size(h->type), there = length - h->data_offset;
    if (count < 0 || (uint64_t)count > AIS_NPY_MAX_BYTES / size)
        return ais__npy_fail(name, AIS_E_LIMIT, h->data_offset, err,
                             "the shape asks for more than %zu bytes", AIS_NPY_MAX_BYTES);
    const size_t wanted = (size_t)count * size;
    if (there < wanted)
        return ais__npy_fail(name, AIS_E_INPUT, length, err,
                             "the file ends early: %zu bytes of elements (the shape asks for %zu)",
                             there, wanted);
    if (there > wanted)
        return ais__npy_fail(name, AIS_E_INPUT, h->data_offset + wanted, err,
                             "%zu bytes follow the array", there - wanted);
    return 0;
}

static int check_bools(const ais_npy *npy, ais_error **err)
{
    const unsigned char *values = npy->tensor.data;
    for (size_t i = 0; npy->tensor.type == AIS_BOOL && i < npy->tensor.bytes; i++)
        if (values[i] > 1)
            return ais__npy_fail(npy->tensor.name, AIS_E_INPUT, ais_npy_byte_of(npy, i), err,
                                 "a bool is %u (must be 0 or 1)", values[i]);
    return 0;
}

/* `file` is malloc'd and becomes the array's. */
static int take_file(const char *name, char *file, size_t length, ais_npy **out, ais_error **err)
{
    AIS_AUTO(ais_npy) npy = ais_alloc(sizeof *npy);
    npy->memory = ais_alloc(sizeof *npy->memory);
    npy->memory->name = ais_strdup(name);
    npy->memory->file = file;
    const unsigned char *bytes = (const unsigned char *)file;
    ais__npy_header h;
    if (ais__npy_read_header(name, bytes, length, &h, err) < 0 ||
        check_size(name, &h, length, err) < 0)
        return -1;
    const size_t size = ais_tensor_type_size(h.type);
    const size_t count = (length - h.data_offset) / size;
    npy->data_offset = h.data_offset;
    npy->fortran_order = h.fortran_order;
    npy->tensor = (ais_tensor){.name = npy->memory->name,
                               .type = h.type,
                               .rank = h.rank,
                               .data = file + h.data_offset,
                               .bytes = count * size};
    memcpy(npy->tensor.shape, h.shape, sizeof h.shape);
    if ((h.big_endian && size > 1) || (h.fortran_order && h.rank > 1) ||
        (uintptr_t)npy->tensor.data % size != 0) {
        npy->memory->elements = copy_elements(&h, bytes + h.data_offset, count);
        npy->tensor.data = npy->memory->elements;
        free(file);
        npy->memory->file = NULL;
    }
    if (check_bools(npy, err) < 0)
        return -1;
    *out = npy;
    npy = NULL;
    return 0;
}

int ais_npy_read(const char *path, ais_npy **out, ais_error **err)
{
    char *file = NULL;
    size_t length = 0;
    if (ais_file_read(path, AIS_NPY_MAX_BYTES, &file, &length, err) < 0)
        return -1;
    return take_file(path, file, length, out, err);
}

int ais_npy_parse(const char *name, const void *data, size_t length, ais_npy **out, ais_error **err)
{
    char *file = ais_alloc(length);
    if (length > 0)
        memcpy(file, data, length);
    return take_file(name, file, length, out, err);
}

size_t ais_npy_byte_of(const ais_npy *npy, size_t i)
{
    const ais_tensor *t = &npy->tensor;
    size_t place = i;
    if (npy->fortran_order) {
        size_t step = 1, steps[AIS_TENSOR_MAX_RANK] = {0};
        for (size_t k = 0; k < t->rank; step *= (size_t)t->shape[k], k++)
            steps[k] = step;
        place = 0;
        for (size_t k = t->rank; k-- > 0 && t->shape[k] > 0; i /= (size_t)t->shape[k])
            place += i % (size_t)t->shape[k] * steps[k];
    }
    return npy->data_offset + place * ais_tensor_type_size(t->type);
}

/* ---- elements as numbers ---- */

/* Source: IEEE 754-2019, binary16; bfloat16 is the upper half of binary32. */
static double half_to_double(uint16_t bits)
{
    const int exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
    const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
    if (exponent == 0x1F)
        return fraction == 0 ? sign * (double)INFINITY : (double)NAN;
    return sign * (exponent == 0 ? ldexp(fraction, -24) : ldexp(fraction + 0x400, exponent - 25));
}

static double bfloat_to_double(uint16_t bits)
{
    const uint32_t wide = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &wide, sizeof value);
    return (double)value;
}

double ais_tensor_get_number(const ais_tensor *tensor, size_t i)
{
    const void *data = tensor->data;
    switch (tensor->type) {
    case AIS_FLOAT32:
        return (double)((const float *)data)[i];
    case AIS_FLOAT64:
        return ((const double *)data)[i];
    case AIS_FLOAT16:
        return half_to_double(((const uint16_t *)data)[i]);
    case AIS_BFLOAT16:
        return bfloat_to_double(((const uint16_t *)data)[i]);
    case AIS_INT8:
        return ((const int8_t *)data)[i];
    case AIS_INT16:
        return ((const int16_t *)data)[i];
    case AIS_INT32:
        return ((const int32_t *)data)[i];
    case AIS_INT64:
        return (double)((const int64_t *)data)[i];
    case AIS_UINT8:
    case AIS_BOOL:
        return ((const uint8_t *)data)[i];
    case AIS_UINT16:
        return ((const uint16_t *)data)[i];
    case AIS_UINT32:
        return ((const uint32_t *)data)[i];
    case AIS_UINT64:
        return (double)((const uint64_t *)data)[i];
    case AIS_TENSOR_TYPE_COUNT:
        break;
    }
    AIS_BUG("no element type %d", (int)tensor->type);
}

double ais_npy_get(const ais_npy *npy, size_t i)
{
    return ais_tensor_get_number(&npy->tensor, i);
}

/* ---- writing ---- */

int ais_npy_format(const ais_tensor *tensor, ais_str *out, ais_error **err)
{
    enum { ALIGNMENT = 64, PREFIX = 10, GROWTH = 21 };
    const char letter = ais__npy_letter(tensor->type);
    const size_t size = ais_tensor_type_size(tensor->type);
    AIS_SCOPED(ais_str) header = {.data = NULL};
    if (letter == '\0')
        return ais_error_set(err, AIS_E_INPUT, "a .npy file cannot hold %s",
                             ais_tensor_type_name(tensor->type));
    ais_str_add_format(&header, "{'descr': '%c%c%zu', 'fortran_order': False, 'shape': (",
                       size == 1 ? '|' : '<', letter, size);
    for (size_t i = 0; i < tensor->rank; i++)
        ais_str_add_format(&header,
                           i == 0   ? "%lld,"
                           : i == 1 ? " %lld"
                                    : ", %lld",
                           (long long)tensor->shape[i]);
    ais_str_add(&header, "), }");
    /* numpy leaves room for the first size to grow, and always adds a space or more */
    for (int i = tensor->rank > 0 ? snprintf(NULL, 0, "%lld", (long long)tensor->shape[0]) : GROWTH;
         i < GROWTH; i++)
        ais_str_add_char(&header, ' ');
    do
        ais_str_add_char(&header, ' ');
    while ((PREFIX + header.length + 1) % ALIGNMENT != 0);
    ais_str_add_char(&header, '\n');
    const char lengths[] = {(char)(header.length & 0xFF), (char)(header.length >> 8 & 0xFF)};
    ais_str_add_bytes(out, "\x93NUMPY\x01\x00", AIS__NPY_MAGIC + 2);
    ais_str_add_bytes(out, lengths, sizeof lengths);
    ais_str_add_bytes(out, ais_str_get(&header), header.length);
    ais_str_add_bytes(out, tensor->data, tensor->bytes);
    return 0;
}

int ais_npy_write(const ais_tensor *tensor, const char *path, ais_error **err)
{
    AIS_SCOPED(ais_str) bytes = {.data = NULL};
    if (ais_npy_format(tensor, &bytes, err) < 0)
        return ais_error_wrap(err, "writing '%s'", path);
    return ais_file_write(path, ais_str_get(&bytes), bytes.length, err);
}
