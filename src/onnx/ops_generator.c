/* Operators that make values from little or nothing: constants, ranges, shapes, random numbers. */
#include <math.h>

#include "infer_priv.h"

/* ---- Constant ---- */

/* What the attribute of each name makes; the sparse one is not looked into. */
static const struct {
    const char *name;
    ais_onnx_attribute_type attribute;
    ais_onnx_type type;
    bool list;
} constants[] = {
    {.name = "value_int", .attribute = AIS_ONNX_ATTRIBUTE_INT, .type = AIS_ONNX_INT64},
    {.name = "value_ints",
     .attribute = AIS_ONNX_ATTRIBUTE_INTS,
     .type = AIS_ONNX_INT64,
     .list = true},
    {.name = "value_float", .attribute = AIS_ONNX_ATTRIBUTE_FLOAT, .type = AIS_ONNX_FLOAT},
    {.name = "value_floats",
     .attribute = AIS_ONNX_ATTRIBUTE_FLOATS,
     .type = AIS_ONNX_FLOAT,
     .list = true},
    {.name = "value_string", .attribute = AIS_ONNX_ATTRIBUTE_STRING, .type = AIS_ONNX_STRING},
    {.name = "value_strings",
     .attribute = AIS_ONNX_ATTRIBUTE_STRINGS,
     .type = AIS_ONNX_STRING,
     .list = true},
};

static int constant(ais__onnx_call *call)
{
    const ais_onnx_attribute *value = ais_onnx_find_attribute(call->node, "value");
    if (value != NULL && value->type == AIS_ONNX_ATTRIBUTE_TENSOR) {
        ais__onnx_set_type(call, 0, value->tensor->type);
        ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, value->tensor->rank);
        for (size_t i = 0; dims != NULL && i < value->tensor->rank; i++)
            dims[i] = ais__onnx_dim(value->tensor->dims[i]);
        return 0;
    }
    for (size_t i = 0; i < AIS_COUNT(constants); i++) {
        const ais_onnx_attribute *found = ais_onnx_find_attribute(call->node, constants[i].name);
        if (found == NULL || found->type != constants[i].attribute)
            continue;
        ais__onnx_set_type(call, 0, constants[i].type);
        ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, constants[i].list ? 1 : 0);
        if (constants[i].list)
            dims[0] = ais__onnx_dim((int64_t)found->count);
        return 0;
    }
    return -1;
}

/* ---- Shape, Size, Range ---- */

static int shape(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_INT64);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 1);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    const int64_t rank = (int64_t)in->rank;
    int64_t ends[] = {ais__onnx_get_int(call, "start", 0), ais__onnx_get_int(call, "end", rank)};
    for (size_t i = 0; i < AIS_COUNT(ends); i++) {
        ends[i] = ends[i] < 0 ? ais__onnx_plus(ends[i], rank) : ends[i];
        ends[i] = ends[i] < 0 ? 0 : ends[i] > rank ? rank : ends[i];
    }
    dims[0] = ais__onnx_dim(ends[1] > ends[0] ? ends[1] - ends[0] : 0);
    return 0;
}

static int size(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_INT64);
    ais__onnx_new_shape(call, 0, 0);
    return 0;
}

/* ceil((limit - start) / delta), or a symbol for Range(0, N, 1). */
static int range(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 1);
    ais__onnx_item item[3];
    bool known = true;
    for (size_t i = 0; i < 3; i++) {
        const ais__onnx_data *data = ais__onnx_input_data(call, i);
        if (data == NULL || data->count != 1)
            return 0;
        item[i] = data->items[0];
        if (!data->real)
            item[i].real = (double)item[i].number;
        known = known && item[i].known;
    }
    if (!known && item[0].known && item[0].real == 0 && item[2].known && item[2].real == 1)
        dims[0] = ais__onnx_item_dim(item[1]);
    if (!known)
        return 0;
    if (item[2].real == 0)
        return ais__onnx_fail(call, "a step of 0");
    const double count = ceil((item[1].real - item[0].real) / item[2].real);
    if (count < 1e15)
        dims[0] = ais__onnx_dim(count > 0 ? (int64_t)count : 0);
    return 0;
}

/* ---- random numbers, and the identity matrix ---- */

/* The attribute dtype, or the row's type, or the input's. */
static int take_dtype(ais__onnx_call *call)
{
    const int64_t type = ais__onnx_get_int(call, "dtype", 0);
    if (type > 0 && type < AIS_ONNX_TYPE_COUNT)
        ais__onnx_set_type(call, 0, (ais_onnx_type)type);
    else if (call->op->type != AIS_ONNX_UNDEFINED)
        ais__onnx_set_type(call, 0, call->op->type);
    else
        return ais__onnx_take_type(call, 0, 0);
    return 0;
}

static int random_shaped(ais__onnx_call *call)
{
    size_t rank;
    const int64_t *sizes = ais__onnx_get_ints(call, "shape", &rank);
    if (take_dtype(call) < 0)
        return -1;
    if (sizes == NULL)
        return ais__onnx_fail(call, "'shape' is missing");
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, rank);
    for (size_t i = 0; dims != NULL && i < rank; i++) {
        if (sizes[i] < 0)
            return ais__onnx_fail(call, "size %lld (must be 0 or more)", (long long)sizes[i]);
        dims[i] = ais__onnx_dim(sizes[i]);
    }
    return 0;
}

static int random_like(ais__onnx_call *call)
{
    if (take_dtype(call) < 0)
        return -1;
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

static int eye_like(ais__onnx_call *call)
{
    if (take_dtype(call) < 0 || ais__onnx_need_rank(call, 0, 2) < 0)
        return -1;
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

static int multinomial(ais__onnx_call *call)
{
    if (take_dtype(call) < 0 || ais__onnx_need_rank(call, 0, 2) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
    if (in != NULL)
        dims[0] = in->dims[0];
    dims[1] = ais__onnx_dim(ais__onnx_get_int(call, "sample_size", 1));
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "Constant", .rule = constant, .data = ais__onnx_data_constant},
    {.name = "Shape", .rule = shape, .data = ais__onnx_data_shape},
    {.name = "Size", .rule = size, .data = ais__onnx_data_size},
    {.name = "Range", .rule = range, .data = ais__onnx_data_range},
    {.name = "EyeLike", .rule = eye_like},
    {.name = "RandomUniform",
     .rule = random_shaped,
     .type = AIS_ONNX_FLOAT,
     .flags = AIS__ONNX_RANDOM},
    {.name = "RandomNormal",
     .rule = random_shaped,
     .type = AIS_ONNX_FLOAT,
     .flags = AIS__ONNX_RANDOM},
    {.name = "RandomUniformLike", .rule = random_like, .flags = AIS__ONNX_RANDOM},
    {.name = "RandomNormalLike", .rule = random_like, .flags = AIS__ONNX_RANDOM},
    {.name = "Bernoulli", .rule = random_like, .flags = AIS__ONNX_RANDOM},
    {.name = "Multinomial", .rule = multinomial, .type = AIS_ONNX_INT32, .flags = AIS__ONNX_RANDOM},
};
const ais__onnx_family ais__onnx_generator = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
