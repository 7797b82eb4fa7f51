/* Operators that pick elements out or put them in: Slice, Gather, Scatter, TopK, NonZero, ... */
#include <string.h>

#include "infer_priv.h"

/* ---- Slice ---- */

/* Sizes are not known for what one axis keeps: `list` NULL, or shorter. */
typedef struct slices {
    const int64_t *starts, *ends, *axes, *steps;
    size_t count; /* of axes */
} slices;

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static int slice_axis(ais__onnx_call *call, const slices *s, size_t i, ais_onnx_dim *dim)
{
    const int64_t size = dim->size;
    const int64_t step = s->steps != NULL ? s->steps[i] : 1;
    const bool known = s->starts != NULL && s->ends != NULL;
    if (step == 0)
        return ais__onnx_fail(call, "a step of 0");
    if (size < 0) {
        const bool all = known && step == 1 && s->starts[i] == 0 && s->ends[i] >= INT32_MAX;
        *dim = all && !call->studio ? *dim : AIS__ONNX_OPEN;
        return 0;
    }
    if (!known) {
        *dim = AIS__ONNX_OPEN;
        return 0;
    }
    const int64_t from = s->starts[i] < 0 ? ais__onnx_plus(s->starts[i], size) : s->starts[i];
    const int64_t to = s->ends[i] < 0 ? ais__onnx_plus(s->ends[i], size) : s->ends[i];
    const int64_t start = clamp(from, 0, step < 0 ? size - 1 : size);
    const int64_t end = step < 0 ? clamp(to, -1, size - 1) : clamp(to, 0, size);
    const int64_t span = end - start;
    int64_t length = 0;
    if (span != 0 && (span < 0) == (step < 0))
        length = span / step + (span % step != 0);
    *dim = ais__onnx_dim(length);
    return 0;
}

/* The four lists. -1 with an error; 1 when it is not even known which axes are cut. */
static int read_slices(ais__onnx_call *call, size_t rank, slices *s)
{
    size_t counts[4] = {0};
    bool given[4];
    s->starts = ais__onnx_list(call, "starts", 1, &given[0], &counts[0]);
    s->ends = ais__onnx_list(call, "ends", 2, &given[1], &counts[1]);
    s->axes = ais__onnx_list(call, "axes", 3, &given[2], &counts[2]);
    s->steps = ais__onnx_input_ints(call, 4, &counts[3]);
    given[3] = ais__onnx_has_input(call, 4);
    if (call->studio && (s->starts == NULL || s->ends == NULL || (given[2] && s->axes == NULL) ||
                         (given[3] && s->steps == NULL)))
        return 2;
    if (given[3] && s->steps == NULL)
        s->starts = NULL;
    if (s->starts != NULL && s->ends != NULL && counts[0] != counts[1])
        return ais__onnx_fail(call, "%zu starts and %zu ends", counts[0], counts[1]);
    s->count = s->starts != NULL ? counts[0] : counts[1];
    if (s->axes != NULL) {
        if ((s->starts != NULL || s->ends != NULL) && counts[2] != s->count)
            return ais__onnx_fail(call, "%zu starts for %zu axes", s->count, counts[2]);
        s->count = counts[2];
    } else if (given[2] || (s->starts == NULL && s->ends == NULL)) {
        return 1;
    }
    if (s->steps != NULL && counts[3] != s->count)
        return ais__onnx_fail(call, "%zu steps for %zu axes", counts[3], s->count);
    if (s->count > rank)
        return ais__onnx_fail(call, "%zu slices of %zu axes", s->count, rank);
    return 0;
}

static int slice(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    slices s = {.count = 0};
    if (in == NULL)
        return 0;
    const int state = read_slices(call, in->rank, &s);
    if (state < 0 || state == 2)
        return state < 0 ? -1 : 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (dims == NULL || state == 1)
        return 0;
    memcpy(dims, in->dims, in->rank * sizeof *dims);
    bool *cut = ais_arena_alloc(call->arena, in->rank);
    for (size_t i = 0; i < s.count; i++) {
        size_t axis;
        if (ais__onnx_need_axis(call, s.axes != NULL ? s.axes[i] : (int64_t)i, in->rank, &axis) < 0)
            return -1;
        if (cut[axis])
            return ais__onnx_fail(call, "axis %zu is cut twice", axis);
        cut[axis] = true;
        if (slice_axis(call, &s, i, &dims[axis]) < 0)
            return -1;
    }
    return 0;
}

/* ---- Gather and Scatter ---- */

static int gather(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *indices = ais__onnx_input_shape(call, 1);
    size_t axis;
    if (in == NULL || indices == NULL)
        return 0;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 0), in->rank, &axis) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank + indices->rank - 1);
    size_t next = 0;
    for (size_t i = 0; dims != NULL && i < in->rank; i++) {
        for (size_t k = 0; i == axis && k < indices->rank; k++)
            dims[next++] = indices->dims[k];
        if (i != axis)
            dims[next++] = in->dims[i];
    }
    return 0;
}

static int gather_elements(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    ais__onnx_take_shape(call, 1, 0);
    return 0;
}

static int gather_nd(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *indices = ais__onnx_input_shape(call, 1);
    if (in == NULL || indices == NULL)
        return 0;
    if (in->rank < 1 || indices->rank < 1)
        return ais__onnx_fail(call, "data or indices have no axes");
    const ais_onnx_dim last = indices->dims[indices->rank - 1];
    if (last.size < 0)
        return 0;
    const int64_t used = ais__onnx_plus(last.size, ais__onnx_get_int(call, "batch_dims", 0));
    if (used < 0 || used > (int64_t)in->rank)
        return ais__onnx_fail(call, "indices of %lld axes for %zu", (long long)used, in->rank);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, indices->rank - 1 + in->rank - (size_t)used);
    if (dims == NULL)
        return 0;
    for (size_t i = 0; i + 1 < indices->rank; i++)
        dims[i] = indices->dims[i];
    for (size_t i = (size_t)used; i < in->rank; i++)
        dims[indices->rank - 1 + i - (size_t)used] = in->dims[i];
    return 0;
}

static int reverse_sequence(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (call->studio && (in == NULL || ais__onnx_input_shape(call, 1) == NULL))
        return 0;
    if (in != NULL && in->rank < 2)
        return ais__onnx_fail(call, "the input has %zu axes (must be 2 or more)", in->rank);
    if (ais__onnx_need_rank(call, 1, 1) < 0)
        return -1;
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

/* ---- what depends on the elements ---- */

static int top_k(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    ais__onnx_set_type(call, 1, AIS_ONNX_INT64);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    size_t axis;
    if (in == NULL)
        return 0;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", -1), in->rank, &axis) < 0)
        return -1;
    int64_t k = -1;
    const bool attribute = ais__onnx_has_attribute(call, "k"); /* up to opset 9 */
    const bool known = attribute || ais__onnx_input_int(call, 1, &k);
    if (attribute)
        k = ais__onnx_get_int(call, "k", -1);
    const int64_t size = in->dims[axis].size;
    if (known && k < 0)
        return ais__onnx_fail(call, "k is %lld (must be 0 or more)", (long long)k);
    if (known && size >= 0 && k > size)
        return ais__onnx_fail(call, "k is %lld of %lld", (long long)k, (long long)size);
    for (size_t i = 0; i < 2 && i < call->output_count; i++) {
        ais_onnx_dim *dims = ais__onnx_new_shape(call, i, in->rank);
        const bool tell = call->studio ? known && size >= 0 : true;
        if (dims == NULL)
            return 0;
        if (tell)
            memcpy(dims, in->dims, in->rank * sizeof *dims);
        if (tell)
            dims[axis] = known ? ais__onnx_dim(k) : AIS__ONNX_OPEN;
    }
    return 0;
}

static int one_hot(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 2, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    if (in->rank < 1 && call->studio)
        return -1;
    size_t axis;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", -1), in->rank + 1, &axis) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank + 1);
    for (size_t i = 0, next = 0; dims != NULL && i <= in->rank; i++)
        if (i != axis)
            dims[i] = in->dims[next++];
    const ais__onnx_data *depth = ais__onnx_input_data(call, 1);
    if (dims == NULL || call->studio || depth == NULL || depth->count != 1)
        return 0;
    if (!depth->real)
        dims[axis] = ais__onnx_item_dim(depth->items[0]);
    else if (depth->items[0].known && depth->items[0].real >= 0 && depth->items[0].real < 1e15)
        dims[axis] = ais__onnx_dim((int64_t)depth->items[0].real);
    return 0;
}

static int non_zero(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_INT64);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
    if (dims == NULL)
        return 0;
    if (in != NULL) /* the one element of a scalar has one coordinate in numpy, none in ONNX */
        dims[0] = ais__onnx_dim((int64_t)in->rank);
    const ais__onnx_data *data = call->studio ? NULL : ais__onnx_input_data(call, 0);
    int64_t count = 0;
    for (size_t i = 0; data != NULL && i < data->count; i++) {
        if (!data->items[i].known)
            return 0;
        count += data->real ? data->items[i].real != 0 : data->items[i].number != 0;
    }
    if (data != NULL)
        dims[1] = ais__onnx_dim(count);
    return 0;
}

static int non_max_suppression(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_INT64);
    if (call->opset < 11 && call->studio)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
    if (dims != NULL)
        dims[1] = ais__onnx_dim(3);
    return 0;
}

static int compress(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    size_t axis = 0;
    const bool along = ais__onnx_has_attribute(call, "axis");
    if (in == NULL || (call->studio && !along))
        return in != NULL && in->rank < 1 ? -1 : 0;
    if (along && ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 0), in->rank, &axis) < 0)
        return -1;
    ais_onnx_dim *dims = call->studio ? NULL : ais__onnx_new_shape(call, 0, along ? in->rank : 1);
    if (dims != NULL && along) {
        memcpy(dims, in->dims, in->rank * sizeof *dims);
        dims[axis] = AIS__ONNX_OPEN;
    }
    return 0;
}

static int unique(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    for (size_t i = 1; i < 4; i++) {
        ais__onnx_set_type(call, i, AIS_ONNX_INT64);
        ais__onnx_new_shape(call, i, 1);
    }
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    size_t axis;
    if (!ais__onnx_has_attribute(call, "axis")) {
        ais__onnx_new_shape(call, 0, 1);
        return 0;
    }
    if (in == NULL)
        return 0;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 0), in->rank, &axis) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    for (size_t i = 0; dims != NULL && i < in->rank; i++)
        dims[i] = i == axis ? AIS__ONNX_OPEN : in->dims[i];
    return 0;
}

/* Tensor scattered into (opset 21's TensorScatter and kin are like their first input, too). */
static const ais__onnx_op ops[] = {
    {.name = "Slice", .rule = slice, .data = ais__onnx_data_slice},
    {.name = "Gather", .rule = gather, .data = ais__onnx_data_gather},
    {.name = "GatherElements", .rule = gather_elements},
    {.name = "GatherND", .rule = gather_nd},
    {.name = "Scatter", .rule = ais__onnx_rule_like},
    {.name = "ScatterElements", .rule = ais__onnx_rule_like},
    {.name = "ScatterND", .rule = ais__onnx_rule_like},
    {.name = "ReverseSequence", .rule = reverse_sequence},
    {.name = "TopK", .rule = top_k, .cost = AIS__ONNX_COST_INPUT, .factor = 1},
    {.name = "OneHot", .rule = one_hot},
    {.name = "NonZero", .rule = non_zero, .data = ais__onnx_data_nonzero},
    {.name = "NonMaxSuppression",
     .rule = non_max_suppression,
     .cost = AIS__ONNX_COST_INPUT,
     .factor = 1},
    {.name = "Compress", .rule = compress},
    {.name = "Unique", .rule = unique, .cost = AIS__ONNX_COST_INPUT, .factor = 1},
    {.name = "CumSum", .rule = ais__onnx_rule_like, .cost = AIS__ONNX_COST_EACH, .factor = 1},
};
const ais__onnx_family ais__onnx_indexing = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
