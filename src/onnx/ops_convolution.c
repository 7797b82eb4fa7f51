/* Convolutions and pooling: a window slides over the spatial axes of X [N, C, D1, D2, ...].
 * Source: ONNX operators Conv, ConvTranspose, MaxPool, AveragePool (onnx/docs/Operators.md). */
#include <math.h>

#include "infer_priv.h"

/* The window of one node, by spatial axis. */
typedef struct window {
    size_t axes;
    int64_t *kernel; /* -1: not known */
    int64_t *stride, *dilation;
    int64_t *before, *after; /* padding */
    bool same;               /* auto_pad SAME_*: as many results as strides fit */
} window;

static int64_t reach(const window *w, size_t i)
{
    return ais__onnx_plus(ais__onnx_times(w->kernel[i] - 1, w->dilation[i]), 1);
}

/* A list attribute of a window: one number an axis, all at least `least`. */
static int read_list(ais__onnx_call *call, const char *name, size_t count, int64_t least,
                     int64_t otherwise, int64_t *out)
{
    size_t given;
    const int64_t *list = ais__onnx_get_ints(call, name, &given);
    if (list != NULL && given != count)
        return ais__onnx_fail(call, "%zu numbers in '%s' (must be %zu)", given, name, count);
    for (size_t i = 0; i < count; i++) {
        out[i] = list != NULL ? list[i] : otherwise;
        if (out[i] < least)
            return ais__onnx_fail(call, "'%s' has %lld (must be at least %lld)", name,
                                  (long long)out[i], (long long)least);
    }
    return 0;
}

/* Kernel sizes: kernel_shape, else those of the weights in input `w`. */
static int read_kernel(ais__onnx_call *call, size_t w, window *out)
{
    size_t given;
    if (ais__onnx_get_ints(call, "kernel_shape", &given) != NULL)
        return read_list(call, "kernel_shape", out->axes, 1, 1, out->kernel);
    const ais_onnx_shape *weights = w == AIS_ONNX_NONE ? NULL : ais__onnx_input_shape(call, w);
    if (w == AIS_ONNX_NONE)
        return ais__onnx_fail(call, "'kernel_shape' is missing");
    for (size_t i = 0; i < out->axes; i++)
        out->kernel[i] =
            weights != NULL && weights->rank == out->axes + 2 ? weights->dims[i + 2].size : -1;
    return 0;
}

/* Padding as given; for auto_pad that onnx 1.12 understands, worked out by pad_same(). */
static int read_pads(ais__onnx_call *call, window *w)
{
    size_t given;
    int64_t *pads = ais_arena_alloc(call->arena, 2 * w->axes * sizeof *pads);
    w->same = ais__onnx_is_text(call, "auto_pad", "NOTSET", "SAME_UPPER") ||
              ais__onnx_is_text(call, "auto_pad", "NOTSET", "SAME_LOWER");
    const bool valid = ais__onnx_is_text(call, "auto_pad", "NOTSET", "VALID");
    const bool have = ais__onnx_get_ints(call, "pads", &given) != NULL;
    /* auto_pad wins, as in ONNX Runtime; onnx 1.12 lets `pads` win */
    if (call->studio ? have : have && !w->same && !valid) {
        w->same = false;
        if (read_list(call, "pads", 2 * w->axes, INT64_MIN / 4, 0, pads) < 0)
            return -1;
    }
    w->before = pads;
    w->after = pads + w->axes;
    return 0;
}

static int read_window(ais__onnx_call *call, size_t axes, size_t weights, bool dilates, window *w)
{
    int64_t *room = ais_arena_alloc(call->arena, 3 * axes * sizeof *room);
    *w = (window){.axes = axes, .kernel = room, .stride = room + axes, .dilation = room + 2 * axes};
    if (read_kernel(call, weights, w) < 0 || read_list(call, "strides", axes, 1, 1, w->stride) < 0)
        return -1;
    for (size_t i = 0; i < axes; i++)
        w->dilation[i] = 1;
    if (dilates && read_list(call, "dilations", axes, 1, 1, w->dilation) < 0)
        return -1;
    return read_pads(call, w);
}

/* Without, onnx 1.12 says nothing at all. */
static bool whole_kernel(const window *w)
{
    for (size_t i = 0; i < w->axes; i++)
        if (w->kernel[i] < 0)
            return false;
    return true;
}

/* How many places the window has along axis `i`. */
static int slide(ais__onnx_call *call, const window *w, ais_onnx_dim in, size_t i,
                 ais_onnx_dim *out)
{
    const int64_t stride = w->stride[i];
    *out = AIS__ONNX_OPEN;
    if (w->same) {
        if (in.size >= 0)
            *out = ais__onnx_dim(in.size / stride + (in.size % stride != 0));
        else if (stride == 1 && !call->studio)
            *out = in;
        return 0;
    }
    const int64_t pad = ais__onnx_plus(w->before[i], w->after[i]);
    if (w->kernel[i] < 0)
        return 0;
    if (in.size < 0) {
        if (!call->studio && stride == 1 && ais__onnx_plus(pad, 1) == reach(w, i))
            *out = in;
        return 0;
    }
    const int64_t room = ais__onnx_plus(ais__onnx_plus(in.size, pad), -reach(w, i));
    if (room < 0 && !call->studio)
        return ais__onnx_fail(call, "a window of %lld does not fit into %lld",
                              (long long)reach(w, i), (long long)ais__onnx_plus(in.size, pad));
    int64_t places = ais__onnx_plus(room / stride, 1);
    if (ais__onnx_get_int(call, "ceil_mode", 0) == 1 && room % stride != 0) {
        places = ais__onnx_plus(places, room > 0);
        /* a window may not begin in the padding behind (ONNX 1.16; ONNX Runtime) */
        if (!call->studio &&
            ais__onnx_times(places - 1, stride) >= ais__onnx_plus(in.size, w->before[i]))
            places--;
    }
    *out = ais__onnx_dim(places < 0 && !call->studio ? 0 : places);
    return 0;
}

static int slide_all(ais__onnx_call *call, const window *w, const ais_onnx_shape *x,
                     ais_onnx_dim *dims)
{
    for (size_t i = 0; i < w->axes; i++)
        if (slide(call, w, x->dims[i + 2], i, &dims[i + 2]) < 0)
            return -1;
    return 0;
}

/* Channels of X are those that the filters read, in all groups. */
static int check_channels(ais__onnx_call *call, const ais_onnx_shape *x, const ais_onnx_shape *w,
                          int64_t read)
{
    if (call->studio)
        return 0;
    if (x->rank != w->rank)
        return ais__onnx_fail(call, "the input has %zu axes and the weights have %zu", x->rank,
                              w->rank);
    if (x->dims[1].size >= 0 && read >= 0 && x->dims[1].size != read)
        return ais__onnx_fail(call, "the input has %lld channels, the weights are for %lld",
                              (long long)x->dims[1].size, (long long)read);
    return 0;
}

int ais__onnx_infer_conv(ais__onnx_call *call, size_t x, size_t filters)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, x);
    const ais_onnx_shape *weights = ais__onnx_input_shape(call, filters);
    if (weights == NULL || (in == NULL && call->studio))
        return 0;
    if ((in != NULL && in->rank < 2) || weights->rank < 1 || (weights->rank < 2 && !call->studio))
        return ais__onnx_fail(call, "the input or the weights have less than 2 axes");
    if (in == NULL) {
        ais_onnx_dim *open = ais__onnx_new_shape(call, 0, weights->rank);
        if (open != NULL)
            open[1] = weights->dims[0];
        return 0;
    }
    const int64_t group = ais__onnx_get_int(call, "group", 1);
    const int64_t each = weights->rank > 1 ? weights->dims[1].size : -1;
    window w = {.axes = 0};
    if (check_channels(call, in, weights, each < 0 ? -1 : ais__onnx_times(each, group)) < 0 ||
        read_window(call, in->rank - 2, filters, true, &w) < 0)
        return -1;
    if (call->studio && !whole_kernel(&w))
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (dims == NULL)
        return 0;
    dims[0] = in->dims[0];
    dims[1] = weights->dims[0];
    return slide_all(call, &w, in, dims);
}

int ais__onnx_rule_conv(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    return ais__onnx_infer_conv(call, 0, 1);
}

int ais__onnx_rule_pool(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    ais__onnx_set_type(call, 1, AIS_ONNX_INT64); /* MaxPool's indices */
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    if (in->rank < 2)
        return ais__onnx_fail(call, "the input has %zu axes (must be 2 or more)", in->rank);
    /* `argument`: the opset since which the operator dilates */
    const bool dilates = call->op->argument != 0 && call->opset >= call->op->argument;
    window w = {.axes = 0};
    if (read_window(call, in->rank - 2, AIS_ONNX_NONE, dilates, &w) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (dims == NULL)
        return 0;
    dims[0] = in->dims[0];
    dims[1] = in->dims[1];
    if (slide_all(call, &w, in, dims) < 0)
        return -1;
    if (ais__onnx_has_output(call, 1))
        call->outputs[1].shape = call->outputs[0].shape;
    return 0;
}

int ais__onnx_rule_global_pool(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL || in->rank < 2)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    const size_t channels = call->op->argument == 1 ? in->rank - 1 : 1;
    for (size_t i = 0; dims != NULL && i < in->rank; i++)
        dims[i] = i == 0 || i == channels ? in->dims[i] : ais__onnx_dim(1);
    return 0;
}

/* Size of a spatial axis of a transposed convolution. */
static ais_onnx_dim spread(const ais__onnx_call *call, const window *w, ais_onnx_dim in, size_t i,
                           int64_t extra)
{
    if (in.size < 0 || w->kernel[i] < 0)
        return AIS__ONNX_OPEN;
    if (w->same && !call->studio)
        return ais__onnx_dim(ais__onnx_times(in.size, w->stride[i]));
    int64_t pad = ais__onnx_plus(w->before[i], w->after[i]);
    if (w->same)
        pad = reach(w, i) > w->stride[i] ? reach(w, i) - w->stride[i] : 0;
    const int64_t size = ais__onnx_plus(ais__onnx_times(w->stride[i], in.size - 1),
                                        ais__onnx_plus(extra, reach(w, i)));
    return ais__onnx_dim(ais__onnx_plus(size, -pad));
}

/* Sizes of the result as the attribute output_shape gives them. */
static bool given_sizes(const ais__onnx_call *call, size_t axes, ais_onnx_dim *dims)
{
    size_t given;
    const int64_t *sizes = ais__onnx_get_ints(call, "output_shape", &given);
    if (sizes == NULL || given < axes)
        return false;
    for (size_t i = 0; i < axes; i++) /* some exporters list batch and channels, too */
        dims[i + 2] = ais__onnx_dim(sizes[given - axes + i]);
    return true;
}

static int conv_transpose(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *weights = ais__onnx_input_shape(call, 1);
    if (in == NULL || weights == NULL || in->rank < 2 || weights->rank < 2)
        return 0;
    window w = {.axes = 0};
    int64_t *extra = ais_arena_alloc(call->arena, in->rank * sizeof *extra);
    if (check_channels(call, in, weights, weights->dims[0].size) < 0 ||
        read_window(call, in->rank - 2, 1, true, &w) < 0 ||
        read_list(call, "output_padding", in->rank - 2, 0, 0, extra) < 0)
        return -1;
    if (call->studio && !whole_kernel(&w))
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (dims == NULL)
        return 0;
    dims[0] = in->dims[0];
    dims[1] = ais__onnx_dim_times_int(weights->dims[1], ais__onnx_get_int(call, "group", 1));
    for (size_t i = 0; i < w.axes; i++)
        dims[i + 2] = spread(call, &w, in->dims[i + 2], i, extra[i]);
    given_sizes(call, w.axes, dims);
    return 0;
}

static int max_unpool(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    if (in->rank < 2)
        return ais__onnx_fail(call, "the input has %zu axes (must be 2 or more)", in->rank);
    window w = {.axes = 0};
    if (read_window(call, in->rank - 2, AIS_ONNX_NONE, false, &w) < 0)
        return -1;
    if (ais__onnx_has_input(call, 2) && call->studio)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    size_t count;
    const int64_t *sizes = ais__onnx_input_ints(call, 2, &count);
    for (size_t i = 0; dims != NULL && i < in->rank; i++) {
        if (ais__onnx_has_input(call, 2))
            dims[i] = sizes != NULL && count == in->rank ? ais__onnx_dim(sizes[i]) : AIS__ONNX_OPEN;
        else
            dims[i] = i < 2 ? in->dims[i] : spread(call, &w, in->dims[i], i - 2, 0);
    }
    return 0;
}

/* X, offsets aside: as a convolution with the weights in input 1 (DeformConv, opset 19). */
static const ais__onnx_op ops[] = {
    {.name = "Conv", .rule = ais__onnx_rule_conv, .cost = AIS__ONNX_COST_CONV},
    {.name = "ConvTranspose", .rule = conv_transpose, .cost = AIS__ONNX_COST_DECONV},
    {.name = "DeformConv",
     .rule = ais__onnx_rule_conv,
     .cost = AIS__ONNX_COST_CONV,
     .flags = AIS__ONNX_NEW},
    {.name = "MaxPool", .rule = ais__onnx_rule_pool, .cost = AIS__ONNX_COST_POOL, .argument = 10},
    {.name = "AveragePool",
     .rule = ais__onnx_rule_pool,
     .cost = AIS__ONNX_COST_POOL,
     .argument = 19},
    {.name = "LpPool", .rule = ais__onnx_rule_pool, .cost = AIS__ONNX_COST_POOL, .argument = 18},
    {.name = "MaxUnpool", .rule = max_unpool},
    {.name = "GlobalAveragePool",
     .rule = ais__onnx_rule_global_pool,
     .cost = AIS__ONNX_COST_INPUT,
     .factor = 1},
    {.name = "GlobalMaxPool",
     .rule = ais__onnx_rule_global_pool,
     .cost = AIS__ONNX_COST_INPUT,
     .factor = 1},
    {.name = "GlobalLpPool",
     .rule = ais__onnx_rule_global_pool,
     .cost = AIS__ONNX_COST_INPUT,
     .factor = 2},
};
const ais__onnx_family ais__onnx_convolution = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
