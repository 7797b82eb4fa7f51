/* Operators on quantized numbers: a tensor comes with its scale and zero point. */
#include "infer_priv.h"

/* The type of the zero point, else the attribute, else uint8. */
static int quantize(ais__onnx_call *call)
{
    const int64_t type = ais__onnx_get_int(call, "output_dtype", 0);
    ais__onnx_set_type(call, 0, AIS_ONNX_UINT8);
    if (ais__onnx_has_input(call, 2)) {
        if (ais__onnx_take_type(call, 2, 0) < 0)
            return -1;
    } else if (type > 0 && type < AIS_ONNX_TYPE_COUNT && !call->studio) {
        ais__onnx_set_type(call, 0, (ais_onnx_type)type);
    }
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

/* The type of the scale; up to opset 18 that is float. */
static int dequantize(ais__onnx_call *call)
{
    const ais_onnx_type scale = ais__onnx_input_type(call, 1);
    ais__onnx_set_type(call, 0,
                       call->studio || scale == AIS_ONNX_UNDEFINED ? AIS_ONNX_FLOAT : scale);
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

static int dynamic_quantize(ais__onnx_call *call)
{
    static const ais_onnx_type types[] = {AIS_ONNX_UINT8, AIS_ONNX_FLOAT, AIS_ONNX_UINT8};
    for (size_t i = 0; i < AIS_COUNT(types); i++)
        ais__onnx_set_type(call, i, types[i]);
    ais__onnx_new_shape(call, 1, 0);
    ais__onnx_new_shape(call, 2, 0);
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

/* X, its scale and zero point, W, its scale and zero point, the result's scale and zero point, B. */
static int qlinear_conv(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 7, 0) < 0)
        return -1;
    return ais__onnx_infer_conv(call, 0, 3);
}

static int conv_integer(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_INT32);
    return ais__onnx_infer_conv(call, 0, 1);
}

static const ais__onnx_op ops[] = {
    {.name = "QuantizeLinear", .rule = quantize, .cost = AIS__ONNX_COST_EACH, .factor = 4},
    {.name = "DequantizeLinear", .rule = dequantize, .cost = AIS__ONNX_COST_EACH, .factor = 2},
    {.name = "DynamicQuantizeLinear",
     .rule = dynamic_quantize,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 6},
    {.name = "QLinearConv", .rule = qlinear_conv, .cost = AIS__ONNX_COST_CONV, .argument = 3},
    {.name = "ConvInteger", .rule = conv_integer, .cost = AIS__ONNX_COST_CONV},
};
const ais__onnx_family ais__onnx_quantization = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
