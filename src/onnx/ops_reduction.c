/* Operators that fold axes into one element: ReduceSum and kin, ArgMax, losses. */
#include <string.h>

#include "infer_priv.h"

/* ReduceSum takes its axes from an input since opset 13, the others since 18; before, from an attribute. */
/* Axes that are computed elsewhere: the rank follows from how many they are. */
static void reduce_unknown(ais__onnx_call *call, const ais_onnx_shape *in, bool keep)
{
    const ais_onnx_shape *axes = ais__onnx_input_shape(call, 1);
    const int64_t count = ais__onnx_shape_count(axes);
    if (keep)
        ais__onnx_new_shape(call, 0, in->rank);
    else if (count > 0 && count <= (int64_t)in->rank)
        ais__onnx_new_shape(call, 0, in->rank - (size_t)count);
}

static int reduce(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    const bool keep = ais__onnx_get_int(call, "keepdims", 1) == 1;
    const bool nothing = ais__onnx_get_int(call, "noop_with_empty_axes", 0) != 0;
    bool given;
    size_t count = 0;
    const int64_t *axes = ais__onnx_list(call, "axes", 1, &given, &count);
    if (given && axes == NULL) {
        if (!call->studio)
            reduce_unknown(call, in, keep);
        return 0;
    }
    const bool all = axes == NULL || count == 0;
    if (all && nothing) {
        ais__onnx_take_shape(call, 0, 0);
        return 0;
    }
    bool *gone = ais_arena_alloc(call->arena, in->rank);
    size_t left = in->rank;
    for (size_t i = 0; i < in->rank; i++)
        gone[i] = all;
    for (size_t i = 0; axes != NULL && i < count; i++) {
        size_t axis;
        if (ais__onnx_need_axis(call, axes[i], in->rank, &axis) < 0)
            return -1;
        gone[axis] = true;
    }
    for (size_t i = 0; i < in->rank; i++)
        left -= gone[i] && !keep ? 1 : 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, left);
    for (size_t i = 0, next = 0; dims != NULL && i < in->rank; i++)
        if (!gone[i] || keep)
            dims[next++] = gone[i] ? ais__onnx_dim(1) : in->dims[i];
    return 0;
}

static int arg_reduce(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_INT64);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    size_t axis;
    if (in == NULL)
        return 0;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 0), in->rank, &axis) < 0)
        return -1;
    const bool keep = ais__onnx_get_int(call, "keepdims", 1) == 1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank - (keep ? 0 : 1));
    for (size_t i = 0, next = 0; dims != NULL && i < in->rank; i++)
        if (i != axis || keep)
            dims[next++] = i == axis ? ais__onnx_dim(1) : in->dims[i];
    return 0;
}

/* NegativeLogLikelihoodLoss: X [N, C, d...], target [N, d...]. */
static int likelihood_loss(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *target = ais__onnx_input_shape(call, 1);
    if (in == NULL || target == NULL)
        return 0;
    if (in->rank < 2 || target->rank + 1 != in->rank)
        return ais__onnx_fail(call, "the input has %zu axes and the target %zu", in->rank,
                              target->rank);
    const bool none = ais__onnx_is_text(call, "reduction", "mean", "none");
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, none ? target->rank : 0);
    for (size_t i = 0; i < target->rank; i++) {
        ais_onnx_dim dim = in->dims[i == 0 ? 0 : i + 1];
        if (ais__onnx_merge_dim(call, target->dims[i], &dim, "size of input and target") < 0)
            return -1;
        if (none && dims != NULL)
            dims[i] = in->dims[i == 0 ? 0 : i + 1];
    }
    return 0;
}

static int cross_entropy_loss(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0 || ais__onnx_take(call, 0, 1) < 0)
        return -1;
    if (ais__onnx_is_text(call, "reduction", "mean", "none"))
        ais__onnx_take_shape(call, 1, 0);
    else
        ais__onnx_new_shape(call, 0, 0);
    return 0;
}

#define REDUCE(op, k)                                                                              \
    {                                                                                              \
        .name = op, .rule = reduce, .cost = AIS__ONNX_COST_INPUT, .factor = k                      \
    }
#define REDUCE_ELEMENTS(op, operation)                                                             \
    {                                                                                              \
        .name = op, .rule = reduce, .cost = AIS__ONNX_COST_INPUT, .factor = 1,                     \
        .data = ais__onnx_data_reduce, .argument = operation                                       \
    }
static const ais__onnx_op ops[] = {
    REDUCE_ELEMENTS("ReduceMax", AIS__ONNX_MAX),
    REDUCE_ELEMENTS("ReduceMin", AIS__ONNX_MIN),
    REDUCE_ELEMENTS("ReduceProd", AIS__ONNX_MUL),
    REDUCE_ELEMENTS("ReduceSum", AIS__ONNX_ADD),
    REDUCE("ReduceMean", 1),
    REDUCE("ReduceL1", 2),
    REDUCE("ReduceL2", 2),
    REDUCE("ReduceLogSum", 1),
    REDUCE("ReduceLogSumExp", 2),
    REDUCE("ReduceSumSquare", 2),
    {.name = "ArgMax", .rule = arg_reduce, .cost = AIS__ONNX_COST_INPUT, .factor = 1},
    {.name = "ArgMin", .rule = arg_reduce, .cost = AIS__ONNX_COST_INPUT, .factor = 1},
    {.name = "NegativeLogLikelihoodLoss", .rule = likelihood_loss},
    {.name = "SoftmaxCrossEntropyLoss",
     .rule = cross_entropy_loss,
     .cost = AIS__ONNX_COST_INPUT,
     .factor = 5},
};
const ais__onnx_family ais__onnx_reduction = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
