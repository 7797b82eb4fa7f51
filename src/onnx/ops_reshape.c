/* Reshape: sizes of the target that are computed elsewhere, copied (0), or left to us (-1). Open sizes of the
 * input that the target names again cancel, so that [N, 3, 4] in the shape [N, -1] is [N, 12]. */
#include "infer_priv.h"

/* Sizes of the input that the result has not taken yet, for the axis that is given as -1. */
typedef struct rest {
    int64_t in, out; /* products of known sizes */
    bool *taken;     /* by axis of the input */
    bool open;       /* the result has an open size that the input does not explain */
} rest;

/* An open size of the result: the input has the same symbol, then both cancel. */
static void take_symbol(const ais_onnx_shape *in, ais_onnx_dim dim, rest *r)
{
    for (size_t i = 0; in != NULL && dim.symbol != NULL && i < in->rank; i++)
        if (!r->taken[i] && ais__onnx_dim_equal(in->dims[i], dim)) {
            r->taken[i] = true;
            return;
        }
    r->open = true;
}

/* What is left for the one axis that the target leaves to us. */
static int fill_rest(ais__onnx_call *call, const ais_onnx_shape *in, rest *r, ais_onnx_dim *dim)
{
    const ais_onnx_dim *left = NULL;
    size_t open = 0;
    for (size_t i = 0; i < in->rank; i++)
        if (in->dims[i].size < 0 && !r->taken[i]) {
            left = &in->dims[i];
            open++;
        }
    if (r->open || r->out == 0)
        return 0;
    if (open == 0) {
        if (r->in % r->out != 0)
            return ais__onnx_fail(call, "%lld elements do not fill a shape of %lld times n",
                                  (long long)r->in, (long long)r->out);
        *dim = ais__onnx_dim(r->in / r->out);
    } else if (open == 1 && r->in == r->out && !call->studio) {
        *dim = *left;
    }
    return 0;
}

/* One size of the target. -1 gives a contradiction, 1 that this is the axis to be filled. */
static int reshape_axis(ais__onnx_call *call, const ais_onnx_shape *in, ais__onnx_item target,
                        size_t i, rest *r, ais_onnx_dim *dim)
{
    if (!target.known) {
        *dim = ais__onnx_item_dim(target);
        if (dim->symbol == NULL && !call->studio)
            return 1;
        take_symbol(in, *dim, r);
        return 0;
    }
    if (target.number == -1)
        return 1;
    if (target.number < -1)
        return ais__onnx_fail(call, "size %lld in the target", (long long)target.number);
    if (target.number > 0 || ais__onnx_get_int(call, "allowzero", 0) != 0) {
        *dim = ais__onnx_dim(target.number);
        r->out = ais__onnx_times(r->out, target.number);
        return 0;
    }
    if (in == NULL)
        return 0;
    if (i >= in->rank)
        return ais__onnx_fail(call, "the target keeps axis %zu of %zu", i + 1, in->rank);
    *dim = in->dims[i];
    if (dim->size >= 0)
        r->out = ais__onnx_times(r->out, dim->size);
    else
        r->taken[i] = true;
    return 0;
}

static int reshape_to(ais__onnx_call *call, const ais__onnx_data *target)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, target->count);
    rest r = {.in = 1, .out = 1};
    size_t fill = AIS_ONNX_NONE;
    if (dims == NULL)
        return 0;
    r.taken = ais_arena_alloc(call->arena, in != NULL ? in->rank : 0);
    for (size_t i = 0; in != NULL && i < in->rank; i++)
        if (in->dims[i].size >= 0)
            r.in = ais__onnx_times(r.in, in->dims[i].size);
    for (size_t i = 0; i < target->count; i++) {
        const int state = reshape_axis(call, in, target->items[i], i, &r, &dims[i]);
        if (state < 0)
            return -1;
        if (state == 1 && fill != AIS_ONNX_NONE) {
            if (target->items[i].known && target->items[fill].known)
                return ais__onnx_fail(call, "the target has more than one -1");
            r.open = true;
        }
        if (state == 1)
            fill = i;
    }
    if (fill == AIS_ONNX_NONE) {
        const int64_t have = ais__onnx_shape_count(in),
                      want = ais__onnx_shape_count(&call->outputs[0].shape);
        if (!call->studio && have >= 0 && want >= 0 && have != want)
            return ais__onnx_fail(call, "%lld elements do not fill a shape of %lld",
                                  (long long)have, (long long)want);
        return 0;
    }
    if (call->studio && r.out == 0)
        return -1;
    return in != NULL ? fill_rest(call, in, &r, &dims[fill]) : 0;
}

int ais__onnx_rule_reshape(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    size_t count;
    const int64_t *list = ais__onnx_get_ints(call, "shape", &count); /* opset 1 to 4 */
    if (list != NULL) {
        ais__onnx_item *items = ais_arena_alloc(call->arena, (count + 1) * sizeof *items);
        for (size_t i = 0; i < count; i++)
            items[i] = (ais__onnx_item){.known = true, .number = list[i]};
        const ais__onnx_data target = {.count = count, .items = items};
        return reshape_to(call, &target);
    }
    const ais__onnx_data *target = ais__onnx_input_data(call, 1);
    if (target != NULL && !target->real)
        return reshape_to(call, target);
    const ais_onnx_shape *sizes = ais__onnx_input_shape(call, 1);
    if (!call->studio && sizes != NULL && sizes->rank == 1 && sizes->dims[0].size >= 0)
        ais__onnx_new_shape(call, 0, (size_t)sizes->dims[0].size);
    return 0;
}
