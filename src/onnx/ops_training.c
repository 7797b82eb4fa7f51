/* Optimizers of ai.onnx.preview.training: rate, count, then n tensors of each kind. */
#include "infer_priv.h"

/* `argument`: kinds of tensors among the inputs; all but the second (gradients) come out again. */
static int optimizer(ais__onnx_call *call)
{
    const size_t kinds = (size_t)call->op->argument;
    if (call->input_count < 2 || (call->input_count - 2) % kinds != 0)
        return ais__onnx_fail(call, "%zu inputs (must be 2 and a multiple of %zu)",
                              call->input_count, kinds);
    const size_t count = (call->input_count - 2) / kinds;
    for (size_t i = 0; i < count; i++)
        for (size_t kind = 0, out = 0; kind < kinds; kind++)
            if (kind != 1 && ais__onnx_take(call, 2 + kind * count + i, out++ * count + i) < 0)
                return -1;
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "Adagrad", .rule = optimizer, .argument = 3},
    {.name = "Momentum", .rule = optimizer, .argument = 3},
    {.name = "Adam", .rule = optimizer, .argument = 4},
};
const ais__onnx_family ais__onnx_training = {
    .domain = "ai.onnx.preview.training", .ops = ops, .count = AIS_COUNT(ops)};
