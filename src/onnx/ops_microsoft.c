/* Operators of com.microsoft that ONNX Runtime's optimizers and quantizers leave in models.
 * Source: onnxruntime/docs/ContribOperators.md. onnx 1.12 knows none of them. */
#include <string.h>

#include "infer_priv.h"

/* The pairs (tensor, scale, zero point) of a quantized operator; all other inputs are ignored. */
static int qlinear_binary(ais__onnx_call *call)
{
    const ais_onnx_shape *both[] = {ais__onnx_input_shape(call, 0), ais__onnx_input_shape(call, 3)};
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    return ais__onnx_broadcast(call, both, AIS_COUNT(both), &call->outputs[0].shape);
}

/* Scale and zero point of the result, then a triple for each input. */
static int qlinear_concat(ais__onnx_call *call)
{
    const size_t count = call->input_count >= 2 ? (call->input_count - 2) / 3 : 0;
    ais__onnx_fact **inputs = ais_arena_alloc(call->arena, (count + 1) * sizeof(ais__onnx_fact *));
    for (size_t i = 0; i < count; i++)
        inputs[i] = call->inputs[2 + 3 * i];
    ais__onnx_call part = *call;
    part.inputs = inputs;
    part.input_count = count;
    return ais__onnx_rule_concat(&part);
}

static int qlinear_global_pool(ais__onnx_call *call)
{
    ais__onnx_op op = *call->op;
    op.argument = ais__onnx_get_int(call, "channels_last", 0);
    ais__onnx_call same = *call;
    same.op = &op;
    return ais__onnx_rule_global_pool(&same);
}

/* Input [B, S, I], weights [I, 3 H] (or sizes for q, k, v): the result is [B, S, H]. */
static int attention(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *weights = ais__onnx_input_shape(call, 1);
    if (in == NULL || in->rank != 3)
        return 0;
    size_t count;
    const int64_t *sizes = ais__onnx_get_ints(call, "qkv_hidden_sizes", &count);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 3);
    memcpy(dims, in->dims, 3 * sizeof *dims);
    dims[2] = AIS__ONNX_OPEN;
    if (sizes != NULL && count == 3)
        dims[2] = ais__onnx_dim(sizes[2]);
    else if (weights != NULL && weights->rank == 2 && weights->dims[1].size >= 0)
        dims[2] = ais__onnx_dim(weights->dims[1].size / 3);
    return 0;
}

/* Query [B, S, H], key, value [B, T, H_v]. */
static int multi_head_attention(ais__onnx_call *call)
{
    if (ais__onnx_take(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *query = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *value = ais__onnx_input_shape(call, 2);
    if (query == NULL)
        return 0;
    call->outputs[0].shape = (ais_onnx_shape){.known = false};
    if (query->rank != 3)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 3);
    memcpy(dims, query->dims, 3 * sizeof *dims);
    if (value != NULL && value->rank == 3)
        dims[2] = value->dims[2];
    return 0;
}

/* Output 0 is like the input; so is what was added up, output 3. */
static int skip_normalization(ais__onnx_call *call)
{
    if (ais__onnx_take(call, 0, 0) < 0 || ais__onnx_take(call, 0, 3) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    for (size_t i = 1; i < 3; i++) {
        ais__onnx_set_type(call, i, AIS_ONNX_FLOAT);
        ais_onnx_dim *dims =
            in != NULL && in->rank > 0 ? ais__onnx_new_shape(call, i, in->rank) : NULL;
        for (size_t k = 0; dims != NULL && k < in->rank; k++)
            dims[k] = k + 1 < in->rank ? in->dims[k] : ais__onnx_dim(1);
    }
    return 0;
}

/* Token numbers [B, S] become [B, S, H], H from the table of words in input 2. */
static int embed_normalization(ais__onnx_call *call)
{
    const ais_onnx_shape *ids = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *words = ais__onnx_input_shape(call, 2);
    if (ais__onnx_take_type(call, 2, 0) < 0)
        return -1;
    ais__onnx_set_type(call, 1, AIS_ONNX_INT32);
    if (ids == NULL || ids->rank != 2 || words == NULL || words->rank != 2)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 3);
    memcpy(dims, ids->dims, 2 * sizeof *dims);
    dims[2] = words->dims[1];
    ais_onnx_dim *mask = ais__onnx_new_shape(call, 1, 1);
    if (mask != NULL)
        mask[0] = ids->dims[0];
    return 0;
}

/* A and quantized B; the result has A's or the scale's type. */
static int dequantized_matmul(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, (size_t)call->op->argument, 0) < 0)
        return -1;
    return ais__onnx_infer_matmul(call, 0, 1, false, false);
}

/* A, its scale and zero point, B, its scale and zero point, C, the result's scale and zero point; without the
 * last two the result is of floats. */
static int qgemm(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_FLOAT);
    if (ais__onnx_has_input(call, 8) && ais__onnx_take_type(call, 8, 0) < 0)
        return -1;
    return ais__onnx_infer_matmul(call, 0, 3, ais__onnx_get_int(call, "transA", 0) != 0,
                                  ais__onnx_get_int(call, "transB", 0) != 0);
}

/* B is packed; the attribute says how many columns it stands for. */
static int packed_matmul(ais__onnx_call *call)
{
    if (ais__onnx_take(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais_onnx_dim *dims = in != NULL && in->rank > 0 ? ais__onnx_new_shape(call, 0, in->rank) : NULL;
    for (size_t i = 0; dims != NULL && i + 1 < in->rank; i++)
        dims[i] = in->dims[i];
    if (dims != NULL)
        dims[in->rank - 1] = ais__onnx_dim(ais__onnx_get_int(call, "N", -1));
    return 0;
}

#define LIKE(op, k)                                                                                \
    {                                                                                              \
        .name = op, .rule = ais__onnx_rule_like, .cost = AIS__ONNX_COST_EACH, .factor = k,         \
        .flags = AIS__ONNX_NEW                                                                     \
    }
#define OTHER(op, function, kind, k)                                                               \
    {                                                                                              \
        .name = op, .rule = function, .cost = AIS__ONNX_COST_##kind, .factor = k,                  \
        .flags = AIS__ONNX_NEW                                                                     \
    }
static const ais__onnx_op ops[] = {
    LIKE("Gelu", 5),
    LIKE("BiasGelu", 6),
    LIKE("FastGelu", 8),
    LIKE("QuickGelu", 5),
    LIKE("BiasSoftmax", 6),
    LIKE("GroupNorm", 7),
    LIKE("QLinearLeakyRelu", 4),
    LIKE("QLinearSigmoid", 6),
    LIKE("QLinearSoftmax", 7),
    LIKE("Inverse", 1),
    LIKE("RotaryEmbedding", 3),
    OTHER("FusedConv", ais__onnx_rule_conv, CONV, 0),
    OTHER("FusedGemm", ais__onnx_rule_gemm, GEMM, 0),
    OTHER("FusedMatMul", ais__onnx_rule_matmul, MATMUL, 0),
    OTHER("QGemm", qgemm, MATMUL, 0),
    OTHER("MatMulNBits", packed_matmul, MATMUL, 0),
    OTHER("QLinearAdd", qlinear_binary, EACH, 7),
    OTHER("QLinearMul", qlinear_binary, EACH, 7),
    OTHER("QLinearConcat", qlinear_concat, NONE, 0),
    OTHER("QLinearGlobalAveragePool", qlinear_global_pool, INPUT, 1),
    OTHER("QLinearAveragePool", ais__onnx_rule_pool, POOL, 0),
    OTHER("Attention", attention, ATTENTION, 0),
    OTHER("MultiHeadAttention", multi_head_attention, ATTENTION, 0),
    OTHER("SkipLayerNormalization", skip_normalization, EACH, 8),
    OTHER("SkipSimplifiedLayerNormalization", skip_normalization, EACH, 6),
    OTHER("EmbedLayerNormalization", embed_normalization, EACH, 9),
    {.name = "DynamicQuantizeMatMul",
     .rule = dequantized_matmul,
     .cost = AIS__ONNX_COST_MATMUL,
     .flags = AIS__ONNX_NEW},
    {.name = "MatMulIntegerToFloat",
     .rule = dequantized_matmul,
     .cost = AIS__ONNX_COST_MATMUL,
     .argument = 2,
     .flags = AIS__ONNX_NEW},
};
const ais__onnx_family ais__onnx_microsoft = {
    .domain = "com.microsoft", .ops = ops, .count = AIS_COUNT(ops)};
