/* Operators that bring elements to a common mean and spread. */
#include <string.h>

#include "infer_priv.h"

/* Inputs 1 to 4 are one number a channel. Outputs 1 to 4 (training) likewise. */
static int batch_normalization(ais__onnx_call *call)
{
    if (ais__onnx_take(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const bool checked = call->opset >= 14 || !call->studio; /* older ones were not, in onnx 1.12 */
    ais_onnx_dim channels = AIS__ONNX_OPEN;
    if (in != NULL)
        channels = in->rank > 1 ? in->dims[1] : ais__onnx_dim(1);
    for (size_t i = 1; checked && i <= 4; i++) {
        const ais_onnx_shape *each = ais__onnx_input_shape(call, i);
        if (ais__onnx_need_rank(call, i, 1) < 0 ||
            (each != NULL &&
             ais__onnx_merge_dim(call, each->dims[0], &channels, "number of channels") < 0))
            return -1;
    }
    if (call->studio && call->opset < 14)
        return 0;
    if (call->studio &&
        call->output_count != (ais__onnx_get_int(call, "training_mode", 0) != 0 ? 3 : 1))
        return -1;
    for (size_t i = 1; i < call->output_count; i++) {
        if (ais__onnx_take_type(call, i <= 2 ? i + 2 : 0, i) < 0)
            return -1;
        ais_onnx_dim *dims = ais__onnx_new_shape(call, i, 1);
        dims[0] = channels;
    }
    return 0;
}

/* The normalized input; mean and inverse deviation of what lies before `axis`. */
int ais__onnx_rule_normalize_layers(ais__onnx_call *call)
{
    if (ais__onnx_take(call, 0, 0) < 0)
        return -1;
    const int64_t type = ais__onnx_get_int(call, "stash_type", AIS_ONNX_FLOAT);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    for (size_t i = 1; i < 3; i++)
        if (type > 0 && type < AIS_ONNX_TYPE_COUNT)
            ais__onnx_set_type(call, i, (ais_onnx_type)type);
    size_t axis;
    if (in == NULL)
        return 0;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", -1), in->rank, &axis) < 0)
        return -1;
    for (size_t i = 1; i < 3 && i < call->output_count; i++) {
        ais_onnx_dim *dims = ais__onnx_new_shape(call, i, in->rank);
        for (size_t k = 0; dims != NULL && k < in->rank; k++)
            dims[k] = k < axis ? in->dims[k] : ais__onnx_dim(1);
    }
    return 0;
}

/* Factors. Batch: what depends on the channel alone is worked out once, so that a multiply-add an element
 * is left. The others: mean, difference, square, its sum, times the inverse deviation (5), and the
 * multiply-add of scale and shift (2). */
static const ais__onnx_op ops[] = {
    {.name = "BatchNormalization",
     .rule = batch_normalization,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 2},
    {.name = "InstanceNormalization",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 7},
    {.name = "GroupNormalization",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 7,
     .flags = AIS__ONNX_NEW},
    {.name = "LayerNormalization",
     .rule = ais__onnx_rule_normalize_layers,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 7},
    /* ONNX Runtime's optimizers put it into the default domain */
    {.name = "SimplifiedLayerNormalization",
     .rule = ais__onnx_rule_normalize_layers,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 5,
     .flags = AIS__ONNX_NEW},
    {.name = "MeanVarianceNormalization",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 5},
    {.name = "LpNormalization",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 3},
    {.name = "LRN", .rule = ais__onnx_rule_like, .cost = AIS__ONNX_COST_WINDOW, .factor = 4},
};
const ais__onnx_family ais__onnx_normalization = {
    .domain = "", .ops = ops, .count = AIS_COUNT(ops)};
