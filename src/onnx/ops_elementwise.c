/* Operators that treat each element alone, with broadcasting of their inputs. */
#include "infer_priv.h"

/* Before opset 7 only B was stretched, by an attribute: the result was always like A. */
enum { BROADCASTING_SINCE = 7 };

int ais__onnx_rule_like(ais__onnx_call *call)
{
    return ais__onnx_take(call, 0, 0);
}

int ais__onnx_rule_like_as(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, call->op->type);
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

int ais__onnx_rule_broadcast(ais__onnx_call *call)
{
    if (call->op->type != AIS_ONNX_UNDEFINED)
        ais__onnx_set_type(call, 0, call->op->type);
    else if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    if (call->opset < BROADCASTING_SINCE && ais_str_equal(call->node->domain, "")) {
        ais__onnx_take_shape(call, 0, 0);
        return 0;
    }
    const ais_onnx_shape **shapes =
        ais_arena_alloc(call->arena, (call->input_count + 1) * sizeof *shapes);
    for (size_t i = 0; i < call->input_count; i++)
        shapes[i] = ais__onnx_input_shape(call, i);
    return ais__onnx_broadcast(call, shapes, call->input_count, &call->outputs[0].shape);
}

/* For onnx 1.12 these are functions of two values more (greater, equal), whose open sizes take names away. */
static int or_equal(ais__onnx_call *call)
{
    if (ais__onnx_rule_broadcast(call) < 0)
        return -1;
    for (int inner = 0; call->studio && inner < 2; inner++) {
        ais__onnx_fact value = call->outputs[0];
        ais__onnx_name_open(call->inference, &value);
    }
    return 0;
}

static int where(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 1, 0) < 0)
        return -1;
    const ais_onnx_shape *shapes[3];
    for (size_t i = 0; i < AIS_COUNT(shapes); i++)
        shapes[i] = ais__onnx_input_shape(call, i);
    return ais__onnx_broadcast(call, shapes, AIS_COUNT(shapes), &call->outputs[0].shape);
}

static int cast(ais__onnx_call *call)
{
    const int64_t type = ais__onnx_get_int(call, "to", 0);
    if (type > 0 && type < AIS_ONNX_TYPE_COUNT)
        ais__onnx_set_type(call, 0, (ais_onnx_type)type);
    else if (call->studio)
        return -1;
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

static int cast_like(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 1, 0) < 0)
        return -1;
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

static int dropout(ais__onnx_call *call)
{
    if (ais__onnx_take(call, 0, 0) < 0)
        return -1;
    if (call->opset < 10 && ais__onnx_take_type(call, 0, 1) < 0)
        return -1;
    if (call->opset >= 10)
        ais__onnx_set_type(call, 1, AIS_ONNX_BOOL);
    ais__onnx_take_shape(call, 0, 1);
    return 0;
}

static int softmax(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    size_t axis;
    if (shape != NULL &&
        ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", call->opset < 13 ? 1 : -1),
                            shape->rank, &axis) < 0)
        return -1;
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

/* One operation an element of the result. */
#define LIKE(op, k)                                                                                \
    {                                                                                              \
        .name = op, .rule = ais__onnx_rule_like, .cost = AIS__ONNX_COST_EACH, .factor = k          \
    }
#define UNARY(op, operation)                                                                       \
    {                                                                                              \
        .name = op, .rule = ais__onnx_rule_like, .data = ais__onnx_data_unary,                     \
        .cost = AIS__ONNX_COST_EACH, .factor = 1, .argument = operation                            \
    }
#define ARITHMETIC(op, operation)                                                                  \
    {                                                                                              \
        .name = op, .rule = ais__onnx_rule_broadcast, .data = ais__onnx_data_arithmetic,           \
        .cost = AIS__ONNX_COST_FOLD, .argument = operation                                         \
    }
#define COMPARISON(op, operation)                                                                  \
    {                                                                                              \
        .name = op, .rule = ais__onnx_rule_broadcast, .data = ais__onnx_data_arithmetic,           \
        .cost = AIS__ONNX_COST_EACH, .factor = 1, .type = AIS_ONNX_BOOL, .argument = operation     \
    }
#define BITWISE(op)                                                                                \
    {                                                                                              \
        .name = op, .rule = ais__onnx_rule_broadcast, .cost = AIS__ONNX_COST_EACH, .factor = 1,    \
        .flags = AIS__ONNX_NEW                                                                     \
    }

/* Factors: basic operations of the defining formula, each counted once (exp, log, sqrt, tanh, erf, sin and
 * their kin are one). Sigmoid 1/(1+e^-x) is four, Softmax e^(x-max)/sum is five. */
static const ais__onnx_op ops[] = {
    UNARY("Abs", AIS__ONNX_ABS),
    UNARY("Ceil", AIS__ONNX_CEIL),
    UNARY("Floor", AIS__ONNX_FLOOR),
    UNARY("Neg", AIS__ONNX_NEG),
    UNARY("Reciprocal", AIS__ONNX_RECIPROCAL),
    UNARY("Round", AIS__ONNX_ROUND),
    UNARY("Sign", AIS__ONNX_SIGN),
    UNARY("Sqrt", AIS__ONNX_SQRT),
    LIKE("Acos", 1),
    LIKE("Acosh", 1),
    LIKE("Asin", 1),
    LIKE("Asinh", 1),
    LIKE("Atan", 1),
    LIKE("Atanh", 1),
    LIKE("Celu", 6),
    LIKE("Clip", 2),
    LIKE("Cos", 1),
    LIKE("Cosh", 1),
    LIKE("Elu", 4),
    LIKE("Erf", 1),
    LIKE("Exp", 1),
    LIKE("HardSigmoid", 4),
    LIKE("HardSwish", 5),
    LIKE("LeakyRelu", 2),
    LIKE("Log", 1),
    LIKE("PRelu", 2),
    LIKE("Relu", 1),
    LIKE("Selu", 5),
    LIKE("Shrink", 3),
    LIKE("Sigmoid", 4),
    LIKE("Sin", 1),
    LIKE("Sinh", 1),
    LIKE("Softplus", 3),
    LIKE("Softsign", 3),
    LIKE("Tan", 1),
    LIKE("Tanh", 1),
    LIKE("ThresholdedRelu", 1),
    {.name = "Gelu",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 5,
     .flags = AIS__ONNX_NEW},
    {.name = "Mish",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 5,
     .flags = AIS__ONNX_NEW},
    {.name = "BitwiseNot",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .flags = AIS__ONNX_NEW},
    {.name = "Hardmax", .rule = softmax, .cost = AIS__ONNX_COST_EACH, .factor = 1},
    {.name = "LogSoftmax", .rule = softmax, .cost = AIS__ONNX_COST_EACH, .factor = 5},
    {.name = "Softmax", .rule = softmax, .cost = AIS__ONNX_COST_EACH, .factor = 5},
    ARITHMETIC("Add", AIS__ONNX_ADD),
    ARITHMETIC("Div", AIS__ONNX_DIV),
    ARITHMETIC("Max", AIS__ONNX_MAX),
    ARITHMETIC("Min", AIS__ONNX_MIN),
    ARITHMETIC("Mod", AIS__ONNX_MOD),
    ARITHMETIC("Mul", AIS__ONNX_MUL),
    ARITHMETIC("Pow", AIS__ONNX_POW),
    ARITHMETIC("Sub", AIS__ONNX_SUB),
    ARITHMETIC("Sum", AIS__ONNX_ADD),
    {.name = "Mean", .rule = ais__onnx_rule_broadcast, .cost = AIS__ONNX_COST_FOLD, .factor = 1},
    {.name = "BitShift",
     .rule = ais__onnx_rule_broadcast,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1},
    BITWISE("BitwiseAnd"),
    BITWISE("BitwiseOr"),
    BITWISE("BitwiseXor"),
    COMPARISON("And", AIS__ONNX_AND),
    COMPARISON("Equal", AIS__ONNX_EQUAL),
    COMPARISON("Greater", AIS__ONNX_GREATER),
    COMPARISON("Less", AIS__ONNX_LESS),
    COMPARISON("Or", AIS__ONNX_OR),
    {.name = "Xor",
     .rule = ais__onnx_rule_broadcast,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .type = AIS_ONNX_BOOL},
    {.name = "Not",
     .rule = ais__onnx_rule_like_as,
     .data = ais__onnx_data_unary,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .type = AIS_ONNX_BOOL,
     .argument = AIS__ONNX_NOT},
    {.name = "IsInf",
     .rule = ais__onnx_rule_like_as,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .type = AIS_ONNX_BOOL},
    {.name = "IsNaN",
     .rule = ais__onnx_rule_like_as,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .type = AIS_ONNX_BOOL},
    {.name = "GreaterOrEqual",
     .rule = or_equal,
     .data = ais__onnx_data_arithmetic,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .type = AIS_ONNX_BOOL,
     .argument = AIS__ONNX_GREATER_EQUAL},
    {.name = "LessOrEqual",
     .rule = or_equal,
     .data = ais__onnx_data_arithmetic,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .type = AIS_ONNX_BOOL,
     .argument = AIS__ONNX_LESS_EQUAL},
    {.name = "Where", .rule = where, .data = ais__onnx_data_where},
    {.name = "Cast", .rule = cast, .data = ais__onnx_data_cast},
    {.name = "CastLike", .rule = cast_like, .data = ais__onnx_data_cast},
    {.name = "Identity", .rule = ais__onnx_rule_like, .data = ais__onnx_data_same},
    {.name = "Dropout", .rule = dropout, .data = ais__onnx_data_same},
};
const ais__onnx_family ais__onnx_elementwise = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
