/* Sizes and shapes: arithmetic on open ones, merging, broadcasting. Knows no operators. */
#include "infer_priv.h"

int64_t ais__onnx_times(int64_t a, int64_t b)
{
    int64_t product;
    if (!__builtin_mul_overflow(a, b, &product))
        return product;
    return (a < 0) == (b < 0) ? INT64_MAX : INT64_MIN;
}

int64_t ais__onnx_plus(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return a > 0 ? INT64_MAX : INT64_MIN;
}

ais_onnx_dim ais__onnx_dim_times(ais_onnx_dim a, ais_onnx_dim b)
{
    if (a.size >= 0 && b.size >= 0)
        return ais__onnx_dim(ais__onnx_times(a.size, b.size));
    if (a.size == 1)
        return b;
    return b.size == 1 ? a : AIS__ONNX_OPEN;
}

ais_onnx_dim ais__onnx_dim_times_int(ais_onnx_dim a, int64_t b)
{
    return b < 0 ? AIS__ONNX_OPEN : ais__onnx_dim_times(a, ais__onnx_dim(b));
}

ais_onnx_dim ais__onnx_dim_divide(ais_onnx_dim a, int64_t b)
{
    if (a.size >= 0)
        return ais__onnx_dim(a.size / b);
    return b == 1 ? a : AIS__ONNX_OPEN;
}

ais_onnx_dim ais__onnx_product(const ais_onnx_shape *shape, size_t from, size_t to)
{
    ais_onnx_dim product = ais__onnx_dim(1);
    for (size_t i = from; i < to; i++)
        product = ais__onnx_dim_times(product, shape->dims[i]);
    return product;
}

double ais__onnx_elements(const ais_onnx_shape *shape)
{
    double count = 1;
    for (size_t i = 0; shape != NULL && shape->known && i < shape->rank; i++)
        count *= shape->dims[i].size >= 0 ? (double)shape->dims[i].size : 1;
    return count;
}

int64_t ais__onnx_shape_count(const ais_onnx_shape *shape)
{
    if (shape == NULL || !shape->known)
        return -1;
    return ais__onnx_product(shape, 0, shape->rank).size;
}

int ais__onnx_merge_dim(ais__onnx_call *call, ais_onnx_dim source, ais_onnx_dim *target,
                        const char *what)
{
    if (source.size >= 0 && target->size >= 0 && source.size != target->size)
        return ais__onnx_fail(call, "%s is %lld and %lld", what, (long long)target->size,
                              (long long)source.size);
    if (target->size < 0 && (source.size >= 0 || target->symbol == NULL))
        *target = source;
    return 0;
}

/* The size of one axis, counted from the last. */
static int broadcast_axis(ais__onnx_call *call, const ais_onnx_shape *const *shapes, size_t count,
                          size_t from_end, ais_onnx_dim *out)
{
    int64_t size = 1;
    ais_onnx_dim open = {.size = 1};
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        if (from_end >= shapes[i]->rank)
            continue;
        const ais_onnx_dim dim = shapes[i]->dims[shapes[i]->rank - 1 - from_end];
        if (dim.size == 1)
            continue;
        if (dim.size >= 0) {
            if (size != 1 && size != dim.size)
                return ais__onnx_fail(call, "sizes %lld and %lld do not broadcast (axis %lld)",
                                      (long long)size, (long long)dim.size,
                                      -1LL - (long long)from_end);
            size = dim.size;
        } else if (different == 0 || !ais__onnx_dim_equal(open, dim)) {
            open = dim;
            different++;
        }
    }
    if (size != 1 || different == 0)
        *out = ais__onnx_dim(size);
    else
        *out = different == 1 ? open : AIS__ONNX_OPEN;
    return 0;
}

int ais__onnx_broadcast(ais__onnx_call *call, const ais_onnx_shape *const *shapes, size_t count,
                        ais_onnx_shape *out)
{
    size_t rank = 0;
    for (size_t i = 0; i < count; i++) {
        if (shapes[i] == NULL || !shapes[i]->known)
            return 0;
        rank = shapes[i]->rank > rank ? shapes[i]->rank : rank;
    }
    ais_onnx_dim *dims = ais__onnx_new_dims(call->arena, rank);
    for (size_t i = 0; i < rank; i++)
        if (broadcast_axis(call, shapes, count, rank - 1 - i, &dims[i]) < 0)
            return -1;
    *out = (ais_onnx_shape){.known = true, .rank = rank, .dims = dims};
    return 0;
}

void ais__onnx_unite(ais_arena *arena, const ais_onnx_shape *other, ais_onnx_shape *shape)
{
    if (!shape->known)
        return;
    if (!other->known || other->rank != shape->rank) {
        *shape = (ais_onnx_shape){.known = false};
        return;
    }
    ais_onnx_dim *dims = ais__onnx_new_dims(arena, shape->rank);
    for (size_t i = 0; i < shape->rank; i++)
        if (ais__onnx_dim_equal(shape->dims[i], other->dims[i]))
            dims[i] = shape->dims[i];
    shape->dims = dims;
}
