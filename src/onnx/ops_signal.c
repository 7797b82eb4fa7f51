/* Signals: Fourier transforms and what goes with them (opset 17). */
#include <math.h>
#include <string.h>

#include "infer_priv.h"

/* The axis is an attribute, and an input since opset 20; false when it is not known. */
static bool dft_axis(const ais__onnx_call *call, int64_t *axis)
{
    *axis = ais__onnx_get_int(call, "axis", call->opset < 20 ? 1 : -2);
    return !ais__onnx_has_input(call, 2) || ais__onnx_input_int(call, 2, axis);
}

/* Of `signals` transforms of n points. */
static void count_flops(ais__onnx_call *call, double signals, double n)
{
    call->own_flops = n > 1 ? signals * 5 * n * log2(n) : 0;
}

static int dft(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const bool half = ais__onnx_get_int(call, "onesided", 0) != 0;
    int64_t wanted, length;
    size_t axis;
    if (half && ais__onnx_get_int(call, "inverse", 0) != 0)
        return ais__onnx_fail(call, "both 'onesided' and 'inverse'");
    if (in == NULL || !dft_axis(call, &wanted))
        return 0;
    if (ais__onnx_need_axis(call, wanted, in->rank, &axis) < 0)
        return -1;
    const bool given = ais__onnx_has_input(call, 1);
    const bool known = ais__onnx_input_int(call, 1, &length);
    if (given && !known && call->studio)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (dims == NULL)
        return 0;
    memcpy(dims, in->dims, in->rank * sizeof *dims);
    if (given)
        dims[axis] = known ? ais__onnx_dim(length) : AIS__ONNX_OPEN;
    const double points = dims[axis].size > 0 ? (double)dims[axis].size : 1;
    const double each = ais__onnx_elements(&call->outputs[0].shape);
    const int64_t last = in->dims[in->rank - 1].size; /* 1 or 2: real or complex */
    count_flops(call, last > 0 ? each / points / (double)last : each / points, points);
    if (half)
        dims[axis] = dims[axis].size >= 0 ? ais__onnx_dim(dims[axis].size / 2 + 1) : AIS__ONNX_OPEN;
    dims[in->rank - 1] = ais__onnx_dim(2);
    return 0;
}

/* Length of one frame: frame_length, else that of the window; -1: not known. */
static int64_t frame_length(const ais__onnx_call *call)
{
    int64_t length;
    const ais_onnx_shape *window = ais__onnx_input_shape(call, 2);
    if (ais__onnx_has_input(call, 3))
        return ais__onnx_input_int(call, 3, &length) ? length : -1;
    return window != NULL && window->rank == 1 ? window->dims[0].size : -1;
}

static int stft(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    int64_t step = 0;
    const bool stepped = ais__onnx_input_int(call, 1, &step) && step > 0;
    const int64_t length = frame_length(call);
    if (in == NULL || in->rank < 2 ||
        (call->studio && (in->dims[1].size < 0 || !stepped || length < 0)))
        return 0;
    const bool half = ais__onnx_get_int(call, "onesided", call->studio ? 0 : 1) != 0;
    const int64_t bins = half ? length / 2 + 1 : length;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 4);
    dims[0] = in->dims[0];
    if (length >= 0) {
        dims[2] = ais__onnx_dim(bins);
        /* onnx 1.12 takes the bins for the frame's length here, and an open batch for 0 */
        const int64_t span = in->dims[1].size - (call->studio ? bins : length);
        if (in->dims[1].size >= 0 && stepped)
            dims[1] = ais__onnx_dim(span < 0 && !call->studio ? 0 : span / step + 1);
    }
    if (call->studio && dims[0].size < 0)
        dims[0] = ais__onnx_dim(0);
    const ais_onnx_shape frames = {.known = true, .rank = 2, .dims = dims};
    count_flops(call, ais__onnx_elements(&frames), length > 0 ? (double)length : 1);
    dims[3] = ais__onnx_dim(2);
    return 0;
}

static int window(ais__onnx_call *call)
{
    const int64_t type = ais__onnx_get_int(call, "output_datatype", AIS_ONNX_FLOAT);
    int64_t size;
    if (type > 0 && type < AIS_ONNX_TYPE_COUNT)
        ais__onnx_set_type(call, 0, (ais_onnx_type)type);
    if (ais__onnx_input_int(call, 0, &size)) {
        if (size <= 0)
            return ais__onnx_fail(call, "a window of %lld (must be above 0)", (long long)size);
        ais__onnx_new_shape(call, 0, 1)[0] = ais__onnx_dim(size);
    } else if (!call->studio) {
        ais__onnx_new_shape(call, 0, 1);
    }
    return 0;
}

static int mel_weight_matrix(ais__onnx_call *call)
{
    const int64_t type = ais__onnx_get_int(call, "output_datatype", AIS_ONNX_FLOAT);
    int64_t bins, length;
    if (type > 0 && type < AIS_ONNX_TYPE_COUNT)
        ais__onnx_set_type(call, 0, (ais_onnx_type)type);
    const bool known = ais__onnx_input_int(call, 0, &bins) && ais__onnx_input_int(call, 1, &length);
    if (!known && call->studio)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
    if (known && bins > 0 && length > 0) {
        dims[0] = ais__onnx_dim(length / 2 + 1);
        dims[1] = ais__onnx_dim(bins);
    }
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "DFT", .rule = dft, .cost = AIS__ONNX_COST_FOURIER},
    {.name = "STFT", .rule = stft, .cost = AIS__ONNX_COST_FOURIER, .argument = 1},
    {.name = "HannWindow", .rule = window, .cost = AIS__ONNX_COST_EACH, .factor = 5},
    {.name = "HammingWindow", .rule = window, .cost = AIS__ONNX_COST_EACH, .factor = 5},
    {.name = "BlackmanWindow", .rule = window, .cost = AIS__ONNX_COST_EACH, .factor = 8},
    {.name = "MelWeightMatrix",
     .rule = mel_weight_matrix,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 4},
};
const ais__onnx_family ais__onnx_signal = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
