/* Operators that keep all elements and arrange them anew: Transpose, Concat, Pad, ... Reshape is in
 * ops_reshape.c. */
#include <string.h>

#include "infer_priv.h"

/* ---- Flatten, Squeeze, Unsqueeze ---- */

static int flatten(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais_onnx_dim *dims = in != NULL || !call->studio ? ais__onnx_new_shape(call, 0, 2) : NULL;
    if (in == NULL || dims == NULL)
        return 0;
    const int64_t rank = (int64_t)in->rank;
    int64_t axis = ais__onnx_get_int(call, "axis", 1);
    axis += axis < 0 ? rank : 0;
    if (axis < 0 || axis > rank)
        return ais__onnx_fail(call, "axis %lld of %zu axes", (long long)axis, in->rank);
    dims[0] = ais__onnx_product(in, 0, (size_t)axis);
    dims[1] = ais__onnx_product(in, (size_t)axis, in->rank);
    return 0;
}

/* Mark the listed axes. */
static int mark_axes(ais__onnx_call *call, const int64_t *axes, size_t count, size_t rank,
                     bool *marked)
{
    for (size_t i = 0; i < count; i++) {
        size_t axis;
        if (ais__onnx_need_axis(call, axes[i], rank, &axis) < 0)
            return -1;
        if (marked[axis] && !call->studio)
            return ais__onnx_fail(call, "axis %zu is listed twice", axis);
        marked[axis] = true;
    }
    return 0;
}

/* How many axes an input lists that are not known themselves; -1: not even that. */
static int64_t list_length(const ais__onnx_call *call, size_t input)
{
    const ais_onnx_shape *list = ais__onnx_input_shape(call, input);
    return list != NULL && list->rank == 1 ? list->dims[0].size : -1;
}

static int squeeze(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    bool given;
    size_t count;
    const int64_t *axes = ais__onnx_list(call, "axes", 1, &given, &count);
    if (in == NULL)
        return 0;
    if (given && axes == NULL) {
        const int64_t less = call->studio ? -1 : list_length(call, 1);
        if (less >= 0 && less <= (int64_t)in->rank)
            ais__onnx_new_shape(call, 0, in->rank - (size_t)less);
        return 0;
    }
    bool *gone = ais_arena_alloc(call->arena, in->rank);
    if (given && mark_axes(call, axes, count, in->rank, gone) < 0)
        return -1;
    size_t rank = 0;
    for (size_t i = 0; i < in->rank; i++) {
        if (!given && in->dims[i].size < 0)
            return 0; /* may be 1 or not */
        if (!given)
            gone[i] = in->dims[i].size == 1;
        if (gone[i] && in->dims[i].size >= 0 && in->dims[i].size != 1)
            return ais__onnx_fail(call, "axis %zu has size %lld (must be 1)", i,
                                  (long long)in->dims[i].size);
        rank += gone[i] ? 0 : 1;
    }
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, rank);
    for (size_t i = 0, next = 0; dims != NULL && i < in->rank; i++)
        if (!gone[i])
            dims[next++] = in->dims[i];
    return 0;
}

static int unsqueeze(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    bool given;
    size_t count;
    const int64_t *axes = ais__onnx_list(call, "axes", 1, &given, &count);
    if (in == NULL || (axes != NULL && count > AIS__ONNX_MAX_INFERRED_RANK))
        return 0;
    if (axes == NULL) {
        const int64_t more = call->studio ? -1 : list_length(call, 1);
        if (more >= 0 && more <= AIS__ONNX_MAX_INFERRED_RANK)
            ais__onnx_new_shape(call, 0, in->rank + (size_t)more);
        return 0;
    }
    const size_t rank = in->rank + count;
    bool *added = ais_arena_alloc(call->arena, rank);
    if (mark_axes(call, axes, count, rank, added) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, rank);
    for (size_t i = 0, next = 0; dims != NULL && i < rank; i++)
        dims[i] = added[i] || next >= in->rank ? ais__onnx_dim(1) : in->dims[next++];
    return 0;
}

/* ---- Transpose, Concat, Split ---- */

static int transpose(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    size_t count = 0;
    const int64_t *perm = ais__onnx_get_ints(call, "perm", &count);
    if (perm != NULL && count != in->rank)
        return ais__onnx_fail(call, "'perm' has %zu axes, the input %zu", count, in->rank);
    bool *seen = ais_arena_alloc(call->arena, in->rank);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    for (size_t i = 0; dims != NULL && i < in->rank; i++) {
        size_t from = in->rank - 1 - i;
        if (perm != NULL && ais__onnx_need_axis(call, perm[i], in->rank, &from) < 0)
            return -1;
        if (seen[from])
            return ais__onnx_fail(call, "'perm' has axis %zu twice", from);
        seen[from] = true;
        dims[i] = in->dims[from];
    }
    return 0;
}

int ais__onnx_rule_concat(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *first = NULL;
    for (size_t i = 0; i < call->input_count; i++) {
        const ais_onnx_shape *shape = ais__onnx_input_shape(call, i);
        if (shape == NULL && call->studio)
            return 0;
        first = first == NULL ? shape : first;
    }
    if (first == NULL)
        return 0;
    size_t axis;
    if (!ais__onnx_has_attribute(call, "axis") && call->opset >= 4)
        return ais__onnx_fail(call, "'axis' is missing");
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 1), first->rank, &axis) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, first->rank);
    if (dims == NULL)
        return 0;
    ais_onnx_dim total = ais__onnx_dim(0);
    for (size_t i = 0; i < call->input_count; i++) {
        const ais_onnx_shape *shape = ais__onnx_input_shape(call, i);
        if (shape == NULL) {
            total = AIS__ONNX_OPEN;
            continue;
        }
        if (shape->rank != first->rank)
            return ais__onnx_fail(call, "inputs have %zu and %zu axes", first->rank, shape->rank);
        for (size_t k = 0; k < shape->rank; k++)
            if (k != axis && ais__onnx_merge_dim(call, shape->dims[k], &dims[k],
                                                 "size of an axis that is not joined") < 0)
                return -1;
        const ais_onnx_dim more = shape->dims[axis];
        if (call->input_count == 1)
            total = more;
        else if (total.size >= 0 && more.size >= 0)
            total = ais__onnx_dim(ais__onnx_plus(total.size, more.size));
        else
            total = AIS__ONNX_OPEN;
    }
    dims[axis] = total;
    return 0;
}

/* Length of part `i` of a split that no list gives. */
static int even_part(ais__onnx_call *call, int64_t size, size_t i, ais_onnx_dim *out)
{
    const int64_t parts = (int64_t)call->output_count;
    if (size < 0)
        return 0;
    if (size % parts != 0 && (call->studio || call->opset < 18))
        return ais__onnx_fail(call, "size %lld does not split evenly into %lld", (long long)size,
                              (long long)parts);
    const int64_t each = size / parts + (size % parts != 0);
    const int64_t left = size - ais__onnx_times(each, (int64_t)i);
    *out = ais__onnx_dim(left < 0 ? 0 : left < each ? left : each);
    return 0;
}

static int split(ais__onnx_call *call)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    for (size_t i = 0; i < call->output_count; i++)
        if (ais__onnx_take_type(call, 0, i) < 0)
            return -1;
    size_t axis, count = 0;
    bool given;
    if (in == NULL)
        return 0;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 0), in->rank, &axis) < 0)
        return -1;
    const int64_t *parts = ais__onnx_list(call, "split", 1, &given, &count);
    const int64_t size = in->dims[axis].size;
    if (given && parts == NULL && size >= 0 && call->studio)
        return 0;
    int64_t total = 0;
    for (size_t i = 0; parts != NULL && i < count; i++)
        total = ais__onnx_plus(total, parts[i]);
    if (parts != NULL && count != call->output_count)
        return ais__onnx_fail(call, "%zu lengths for %zu outputs", count, call->output_count);
    if (parts != NULL && size >= 0 && total != size)
        return ais__onnx_fail(call, "lengths of %lld in all for size %lld", (long long)total,
                              (long long)size);
    for (size_t i = 0; i < call->output_count; i++) {
        ais_onnx_dim *dims = ais__onnx_new_shape(call, i, in->rank);
        if (dims == NULL)
            return 0;
        memcpy(dims, in->dims, in->rank * sizeof *dims);
        dims[axis] = AIS__ONNX_OPEN;
        if (parts != NULL && (size >= 0 || !call->studio))
            dims[axis] = ais__onnx_dim(parts[i]);
        else if (!given && even_part(call, size, i, &dims[axis]) < 0)
            return -1;
    }
    return 0;
}

/* ---- Pad, Expand, Tile, blocks ---- */

/* Padding of each axis, before and behind: `count` numbers for those listed in `axes`, or for all. */
static int pad_sizes(ais__onnx_call *call, const ais_onnx_shape *in, const int64_t *pads,
                     size_t count, int64_t *total)
{
    size_t axis_count = in->rank;
    const bool some = ais__onnx_has_input(call, 3) && !call->studio;
    const int64_t *axes = some ? ais__onnx_input_ints(call, 3, &axis_count) : NULL;
    if (some && axes == NULL)
        return 1;
    if (count != 2 * axis_count)
        return ais__onnx_fail(call, "%zu numbers in 'pads' for %zu axes", count, axis_count);
    for (size_t i = 0; i < axis_count; i++) {
        size_t axis = i;
        if (axes != NULL && ais__onnx_need_axis(call, axes[i], in->rank, &axis) < 0)
            return -1;
        total[axis] = ais__onnx_plus(pads[i], pads[i + axis_count]);
    }
    return 0;
}

static int pad(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    bool given;
    size_t count;
    const int64_t *pads = ais__onnx_list(call, "pads", 1, &given, &count);
    ais_onnx_dim *dims = in != NULL ? ais__onnx_new_shape(call, 0, in->rank) : NULL;
    if (dims == NULL || pads == NULL)
        return 0;
    int64_t *total = ais_arena_alloc(call->arena, in->rank * sizeof *total);
    const int state = pad_sizes(call, in, pads, count, total);
    for (size_t i = 0; state == 0 && i < in->rank; i++) {
        if (in->dims[i].size >= 0)
            dims[i] = ais__onnx_dim(ais__onnx_plus(in->dims[i].size, total[i]));
        else if (total[i] == 0)
            dims[i] = in->dims[i];
    }
    return state < 0 ? -1 : 0;
}

/* The target of Expand and ConstantOfShape as a shape; not known when not even its length is. */
static ais_onnx_shape target_shape(ais__onnx_call *call, size_t input)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, input);
    const ais_onnx_shape *sizes = ais__onnx_input_shape(call, input);
    int64_t rank = -1;
    if (data != NULL && !data->real)
        rank = (int64_t)data->count;
    else if (sizes != NULL && sizes->rank == 1)
        rank = sizes->dims[0].size;
    if (rank < 0 || rank > AIS__ONNX_MAX_INFERRED_RANK)
        return (ais_onnx_shape){.known = false};
    ais_onnx_dim *dims = ais__onnx_new_dims(call->arena, (size_t)rank);
    for (size_t i = 0; data != NULL && !data->real && i < data->count; i++)
        dims[i] = ais__onnx_item_dim(data->items[i]);
    return (ais_onnx_shape){.known = true, .rank = (size_t)rank, .dims = dims};
}

static int expand(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (call->studio && ais__onnx_input_shape(call, 1) == NULL)
        return 0;
    const ais_onnx_shape target = target_shape(call, 1);
    const ais_onnx_shape *both[] = {in, &target};
    return ais__onnx_broadcast(call, both, AIS_COUNT(both), &call->outputs[0].shape);
}

static int constant_of_shape(ais__onnx_call *call)
{
    const ais_onnx_attribute *value = ais_onnx_find_attribute(call->node, "value");
    const bool tensor = value != NULL && value->type == AIS_ONNX_ATTRIBUTE_TENSOR;
    if (call->studio && tensor && value->tensor->rank != 1)
        return -1;
    ais__onnx_set_type(call, 0, tensor ? value->tensor->type : AIS_ONNX_FLOAT);
    call->outputs[0].shape = target_shape(call, 0);
    return 0;
}

static int tile(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    size_t count;
    const int64_t *repeats = ais__onnx_input_ints(call, 1, &count);
    ais_onnx_dim *dims = in != NULL ? ais__onnx_new_shape(call, 0, in->rank) : NULL;
    if (dims == NULL || repeats == NULL)
        return 0;
    if (count != in->rank)
        return ais__onnx_fail(call, "%zu repeats for %zu axes", count, in->rank);
    for (size_t i = 0; i < in->rank; i++)
        if (in->dims[i].size >= 0 || !call->studio)
            dims[i] = ais__onnx_dim_times_int(in->dims[i], repeats[i]);
    return 0;
}

/* SpaceToDepth (`argument` 0) and DepthToSpace (1). */
static int blocks(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const int64_t size = ais__onnx_get_int(call, "blocksize", 0);
    const int64_t square = ais__onnx_times(size, size);
    if (size <= 0)
        return ais__onnx_fail(call, "'blocksize' is %lld (must be above 0)", (long long)size);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    if (ais__onnx_need_rank(call, 0, 4) < 0)
        return -1;
    const bool to_space = call->op->argument == 1;
    const int64_t channels = in->dims[1].size;
    if (to_space && !call->studio && channels >= 0 && channels % square != 0)
        return ais__onnx_fail(call, "%lld channels in blocks of %lld", (long long)channels,
                              (long long)square);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 4);
    dims[0] = in->dims[0];
    dims[1] = to_space ? ais__onnx_dim_divide(in->dims[1], square)
                       : ais__onnx_dim_times_int(in->dims[1], square);
    for (size_t i = 2; i < 4; i++)
        dims[i] = to_space ? ais__onnx_dim_times_int(in->dims[i], size)
                           : ais__onnx_dim_divide(in->dims[i], size);
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "Reshape", .rule = ais__onnx_rule_reshape, .data = ais__onnx_data_same},
    {.name = "Flatten", .rule = flatten, .data = ais__onnx_data_same},
    {.name = "Squeeze", .rule = squeeze, .data = ais__onnx_data_same},
    {.name = "Unsqueeze", .rule = unsqueeze, .data = ais__onnx_data_same},
    {.name = "Transpose", .rule = transpose, .data = ais__onnx_data_transpose},
    {.name = "Concat", .rule = ais__onnx_rule_concat, .data = ais__onnx_data_concat},
    {.name = "Split", .rule = split, .data = ais__onnx_data_split},
    {.name = "Pad", .rule = pad},
    {.name = "Expand", .rule = expand, .data = ais__onnx_data_expand},
    {.name = "ConstantOfShape", .rule = constant_of_shape, .data = ais__onnx_data_fill},
    {.name = "Tile", .rule = tile, .data = ais__onnx_data_tile},
    {.name = "SpaceToDepth", .rule = blocks},
    {.name = "DepthToSpace", .rule = blocks, .argument = 1},
};
const ais__onnx_family ais__onnx_layout = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
