/* What one node costs: a function for each way of counting (AIS__ONNX_COSTS), from the shapes alone.
 * A multiply-add counts two; open sizes count as 1. */
#include <math.h>

#include "infer_priv.h"

static double read_elements(const ais__onnx_call *call, size_t i)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, i);
    return shape != NULL ? ais__onnx_elements(shape) : 0;
}

static double made_elements(const ais__onnx_call *call)
{
    return call->output_count > 0 && call->outputs[0].shape.known
               ? ais__onnx_elements(&call->outputs[0].shape)
               : 0;
}

/* A size of an input, 1 where it is not known. */
static double size_of(const ais__onnx_call *call, size_t input, size_t axis)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, input);
    return shape != NULL && axis < shape->rank && shape->dims[axis].size >= 0
               ? (double)shape->dims[axis].size
               : 1;
}

/* Elements of one filter: all sizes of the weights but the first. */
static double filter_size(const ais__onnx_call *call, size_t weights)
{
    double count = 1;
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, weights);
    for (size_t i = 1; shape != NULL && i < shape->rank; i++)
        count *= size_of(call, weights, i);
    return count;
}

static double none(const ais__onnx_call *call)
{
    (void)call;
    return 0;
}

static double each(const ais__onnx_call *call)
{
    return call->op->factor * made_elements(call);
}

static double input(const ais__onnx_call *call)
{
    return call->op->factor * read_elements(call, 0);
}

/* Row factor 1 (Mean): one more, the division. */
static double fold(const ais__onnx_call *call)
{
    const double inputs = (double)call->input_count;
    return made_elements(call) * (inputs - 1 + call->op->factor);
}

static double conv(const ais__onnx_call *call)
{
    const size_t weights = call->op->argument == 3 ? 3 : 1; /* QLinearConv */
    const size_t bias = weights == 3 ? 8 : 2;
    const double made = made_elements(call);
    return 2 * made * filter_size(call, weights) + (ais__onnx_has_input(call, bias) ? made : 0);
}

static double deconv(const ais__onnx_call *call)
{
    return 2 * read_elements(call, 0) * filter_size(call, 1) +
           (ais__onnx_has_input(call, 2) ? made_elements(call) : 0);
}

static double matmul(const ais__onnx_call *call)
{
    const ais_onnx_shape *left = ais__onnx_input_shape(call, 0);
    const bool turned = ais__onnx_get_int(call, "transA", 0) != 0;
    if (left == NULL || left->rank == 0)
        return 0;
    const size_t axis = left->rank - (turned && left->rank > 1 ? 2 : 1);
    return 2 * made_elements(call) * size_of(call, 0, axis);
}

static double gemm(const ais__onnx_call *call)
{
    return matmul(call) + (ais__onnx_has_input(call, 2) ? made_elements(call) : 0);
}

static double pool(const ais__onnx_call *call)
{
    size_t count = 0;
    const int64_t *kernel = ais__onnx_get_ints(call, "kernel_shape", &count);
    double taps = 1;
    for (size_t i = 0; kernel != NULL && i < count; i++)
        taps *= (double)kernel[i];
    return made_elements(call) * taps;
}

/* X [T, B, I] or [B, T, I], W [D, G H, I], R [D, G H, H] */
static double recurrent(const ais__onnx_call *call)
{
    const double steps = size_of(call, 0, 0) * size_of(call, 0, 1);
    const double inputs = size_of(call, 0, 2), cells = size_of(call, 2, 2);
    const double gates = (double)call->op->argument;
    return steps * size_of(call, 2, 0) * cells * (2 * gates * (inputs + cells) + call->op->factor);
}

/* Taps of an interpolation along one axis. */
static double taps(const ais__onnx_call *call, const char *otherwise)
{
    static const struct {
        const char *mode;
        double taps;
    } modes[] = {
        {.mode = "nearest", .taps = 0},  {.mode = "linear", .taps = 2},
        {.mode = "bilinear", .taps = 2}, {.mode = "cubic", .taps = 4},
        {.mode = "bicubic", .taps = 4},
    };
    for (size_t i = 0; i < AIS_COUNT(modes); i++)
        if (ais__onnx_is_text(call, "mode", otherwise, modes[i].mode))
            return modes[i].taps;
    return 0;
}

static double resize(const ais__onnx_call *call)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0), *out = &call->outputs[0].shape;
    double changed = 0;
    for (size_t i = 0; in != NULL && out->known && i < in->rank && i < out->rank; i++)
        changed += ais__onnx_dim_equal(in->dims[i], out->dims[i]) ? 0 : 1;
    return changed > 0 ? 2 * made_elements(call) * pow(taps(call, "nearest"), changed) : 0;
}

/* GridSample moves on all spatial axes; RoiAlign on two, sampling_ratio^2 times an element. */
static double sample(const ais__onnx_call *call)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const double ratio = (double)ais__onnx_get_int(call, "sampling_ratio", 1);
    const double axes = in != NULL && in->rank > 2 ? (double)in->rank - 2 : 2;
    if (ais__onnx_is_text(call, "mode", "linear", "avg") ||
        ais__onnx_is_text(call, "mode", "linear", "max")) /* RoiAlign's modes */
        return 2 * made_elements(call) * 4 * (ratio > 1 ? ratio * ratio : 1);
    return 2 * made_elements(call) * pow(taps(call, "linear"), axes) *
           (ratio > 1 ? ratio * ratio : 1);
}

static double determinant(const ais__onnx_call *call)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const double n = in != NULL && in->rank > 0 ? size_of(call, 0, in->rank - 1) : 0;
    return made_elements(call) * 2 / 3 * n * n * n;
}

static double window(const ais__onnx_call *call)
{
    return made_elements(call) * ((double)ais__onnx_get_int(call, "size", 1) + call->op->factor);
}

/* X [B, S, I] with weights [I, W], or query [B, S, H] and key [B, T, H] without. */
static double attention(const ais__onnx_call *call)
{
    const ais_onnx_shape *second = ais__onnx_input_shape(call, 1);
    const double made = made_elements(call);
    if (second != NULL && second->rank == 2)
        return 2 * read_elements(call, 0) * size_of(call, 1, 1) + 4 * made * size_of(call, 0, 1);
    return 4 * made * size_of(call, 1, 1);
}

static double own(const ais__onnx_call *call)
{
    return call->own_flops;
}

static double (*const costs[])(const ais__onnx_call *call) = {
    [AIS__ONNX_COST_NONE] = none,
    [AIS__ONNX_COST_EACH] = each,
    [AIS__ONNX_COST_INPUT] = input,
    [AIS__ONNX_COST_FOLD] = fold,
    [AIS__ONNX_COST_CONV] = conv,
    [AIS__ONNX_COST_DECONV] = deconv,
    [AIS__ONNX_COST_MATMUL] = matmul,
    [AIS__ONNX_COST_GEMM] = gemm,
    [AIS__ONNX_COST_POOL] = pool,
    [AIS__ONNX_COST_RECURRENT] = recurrent,
    [AIS__ONNX_COST_EINSUM] = own,
    [AIS__ONNX_COST_RESIZE] = resize,
    [AIS__ONNX_COST_SAMPLE] = sample,
    [AIS__ONNX_COST_FOURIER] = own,
    [AIS__ONNX_COST_DETERMINANT] = determinant,
    [AIS__ONNX_COST_WINDOW] = window,
    [AIS__ONNX_COST_ATTENTION] = attention,
    [AIS__ONNX_COST_BODY] = own,
};

double ais__onnx_node_flops(const ais__onnx_call *call)
{
    const double flops = call->op != NULL ? costs[call->op->cost](call) : 0;
    return flops > 0 && isfinite(flops) ? flops : 0;
}
