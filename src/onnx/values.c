/* Elements through operators that move them: shapes, parts and arrangements. Nothing is computed here
 * (values_math.c does). */
#include <string.h>

#include "infer_priv.h"

void ais__onnx_data_same(ais__onnx_call *call)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    if (data == NULL || call->output_count < 1)
        return;
    ais__onnx_fact *out = &call->outputs[0];
    const int64_t count = ais__onnx_shape_count(&out->shape);
    if (count < 0 || (size_t)count == data->count)
        out->data = data;
}

void ais__onnx_data_constant(ais__onnx_call *call)
{
    ais__onnx_fact *out = &call->outputs[0];
    for (size_t i = 0; i < call->node->attribute_count; i++) {
        const ais_onnx_attribute *attribute = &call->node->attributes[i];
        if (attribute->type == AIS_ONNX_ATTRIBUTE_TENSOR) {
            out->tensor = attribute->tensor;
            return;
        }
        ais__onnx_item *items = ais__onnx_new_data(call, 0);
        for (size_t k = 0; items != NULL && k < out->data->count; k++) {
            items[k].known = true;
            if (attribute->type == AIS_ONNX_ATTRIBUTE_INT)
                items[k].number = attribute->i;
            else if (attribute->type == AIS_ONNX_ATTRIBUTE_INTS && k < attribute->count)
                items[k].number = attribute->ints[k];
            else if (attribute->type == AIS_ONNX_ATTRIBUTE_FLOAT)
                items[k].real = (double)attribute->f;
            else if (attribute->type == AIS_ONNX_ATTRIBUTE_FLOATS && k < attribute->count)
                items[k].real = (double)attribute->floats[k];
            else
                items[k].known = false;
        }
    }
}

void ais__onnx_data_shape(ais__onnx_call *call)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    ais__onnx_item *items = shape != NULL ? ais__onnx_new_data(call, 0) : NULL;
    if (items == NULL)
        return;
    const int64_t rank = (int64_t)shape->rank;
    int64_t start = ais__onnx_get_int(call, "start", 0);
    start = start < 0 ? ais__onnx_plus(start, rank) : start;
    start = start < 0 ? 0 : start;
    for (size_t i = 0; i < call->outputs[0].data->count; i++)
        items[i] = ais__onnx_dim_item(shape->dims[(size_t)start + i]);
}

void ais__onnx_data_size(ais__onnx_call *call)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    ais__onnx_item *items = shape != NULL ? ais__onnx_new_data(call, 0) : NULL;
    if (items != NULL)
        items[0] = ais__onnx_dim_item(ais__onnx_product(shape, 0, shape->rank));
}

/* Elements before an axis, along it, and behind it. */
typedef struct strides {
    size_t outer, length, inner;
} strides;

static strides along(const ais_onnx_shape *shape, size_t axis)
{
    strides s = {.outer = 1, .length = 1, .inner = 1};
    for (size_t i = 0; i < shape->rank; i++) {
        const size_t size = (size_t)shape->dims[i].size;
        if (i == axis)
            s.length = size;
        else if (i < axis)
            s.outer *= size;
        else
            s.inner *= size;
    }
    return s;
}

/* An axis attribute within a rank; the rule has refused others, so that those just end it here. */
static bool find_axis(const ais__onnx_call *call, size_t rank, int64_t otherwise, size_t *axis)
{
    int64_t value = ais__onnx_get_int(call, "axis", otherwise);
    value += value < 0 ? (int64_t)rank : 0;
    *axis = (size_t)value;
    return value >= 0 && value < (int64_t)rank;
}

void ais__onnx_data_concat(ais__onnx_call *call)
{
    ais__onnx_fact *out = &call->outputs[0];
    size_t axis;
    bool any = false;
    for (size_t i = 0; i < call->input_count; i++)
        any = any || ais__onnx_input_data(call, i) != NULL;
    if (!any || !out->shape.known || !find_axis(call, out->shape.rank, 0, &axis))
        return;
    ais__onnx_item *items = ais__onnx_new_data(call, 0);
    if (items == NULL)
        return;
    const strides to = along(&out->shape, axis);
    size_t offset = 0;
    for (size_t i = 0; i < call->input_count; i++) {
        const ais_onnx_shape *shape = ais__onnx_input_shape(call, i);
        if (shape == NULL || ais__onnx_shape_count(shape) < 0)
            return;
        const ais__onnx_data *data = ais__onnx_input_data(call, i);
        const strides from = along(shape, axis);
        const size_t run = from.length * from.inner;
        if (offset + from.length > to.length)
            return;
        for (size_t k = 0; data != NULL && k < to.outer && (k + 1) * run <= data->count; k++)
            memcpy(&items[(k * to.length + offset) * to.inner], &data->items[k * run],
                   run * sizeof *items);
        offset += from.length;
    }
}

void ais__onnx_data_split(ais__onnx_call *call)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    size_t axis, offset = 0;
    if (data == NULL || shape == NULL || ais__onnx_shape_count(shape) < 0 ||
        !find_axis(call, shape->rank, 0, &axis))
        return;
    const strides from = along(shape, axis);
    for (size_t o = 0; o < call->output_count; o++) {
        ais__onnx_item *items = ais__onnx_new_data(call, o);
        if (items == NULL || call->outputs[o].shape.rank != shape->rank)
            return;
        const size_t length = (size_t)call->outputs[o].shape.dims[axis].size;
        if (offset + length > from.length ||
            call->outputs[o].data->count != from.outer * length * from.inner)
            return;
        for (size_t k = 0; k < from.outer; k++)
            memcpy(&items[k * length * from.inner],
                   &data->items[(k * from.length + offset) * from.inner],
                   length * from.inner * sizeof *items);
        offset += length;
    }
}

void ais__onnx_data_gather(ais__onnx_call *call)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    size_t axis, count;
    if (data == NULL || shape == NULL || ais__onnx_shape_count(shape) < 0 ||
        !find_axis(call, shape->rank, 0, &axis))
        return;
    const int64_t *indices = ais__onnx_input_ints(call, 1, &count);
    ais__onnx_item *items = indices != NULL ? ais__onnx_new_data(call, 0) : NULL;
    const strides from = along(shape, axis);
    if (items == NULL || call->outputs[0].data->count != from.outer * count * from.inner)
        return;
    for (size_t k = 0; k < from.outer; k++)
        for (size_t i = 0; i < count; i++) {
            const int64_t index = indices[i] + (indices[i] < 0 ? (int64_t)from.length : 0);
            if (index >= 0 && index < (int64_t)from.length)
                memcpy(&items[(k * count + i) * from.inner],
                       &data->items[(k * from.length + (size_t)index) * from.inner],
                       from.inner * sizeof *items);
        }
}

/* Slices of one axis: what shapes are made of. Others are left unknown. */
void ais__onnx_data_slice(ais__onnx_call *call)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    size_t counts[4] = {0};
    bool given;
    if (data == NULL || shape == NULL || shape->rank != 1)
        return;
    const int64_t *starts = ais__onnx_list(call, "starts", 1, &given, &counts[0]);
    const int64_t *ends = ais__onnx_list(call, "ends", 2, &given, &counts[1]);
    const int64_t *steps = ais__onnx_input_ints(call, 4, &counts[3]);
    ais__onnx_item *items = starts != NULL && ends != NULL ? ais__onnx_new_data(call, 0) : NULL;
    if (items == NULL || counts[0] != 1)
        return;
    const int64_t length = (int64_t)data->count;
    const int64_t step = steps != NULL && counts[3] == 1 ? steps[0] : 1;
    if (steps == NULL && ais__onnx_has_input(call, 4))
        return;
    int64_t start = starts[0] < 0 ? ais__onnx_plus(starts[0], length) : starts[0];
    const int64_t last = step < 0 ? length - 1 : length;
    start = start < 0 ? 0 : start > last ? last : start;
    for (size_t i = 0; i < call->outputs[0].data->count; i++) {
        const int64_t index = ais__onnx_plus(start, ais__onnx_times((int64_t)i, step));
        if (index >= 0 && index < length)
            items[i] = data->items[index];
    }
}

void ais__onnx_data_transpose(ais__onnx_call *call)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    if (data == NULL || shape == NULL || shape->rank > 2)
        return;
    if (shape->rank < 2) {
        ais__onnx_data_same(call);
        return;
    }
    size_t count;
    const int64_t *perm = ais__onnx_get_ints(call, "perm", &count);
    if (perm != NULL && count == 2 && perm[0] == 0) {
        ais__onnx_data_same(call);
        return;
    }
    ais__onnx_item *items = ais__onnx_shape_count(shape) >= 0 ? ais__onnx_new_data(call, 0) : NULL;
    if (items == NULL)
        return;
    const size_t rows = (size_t)shape->dims[0].size, columns = (size_t)shape->dims[1].size;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < columns; k++)
            items[k * rows + i] = data->items[i * columns + k];
}

/* Expand and Tile: element i of the result is that of the input at its coordinates modulo the sizes. */
static void repeat(ais__onnx_call *call)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    if (data == NULL || data->count == 0 || shape == NULL || ais__onnx_shape_count(shape) < 0)
        return;
    ais__onnx_item *items = ais__onnx_new_data(call, 0);
    const ais_onnx_shape *out = &call->outputs[0].shape;
    for (size_t i = 0; items != NULL && i < call->outputs[0].data->count; i++) {
        size_t rest = i, from = 0, stride = 1;
        for (size_t axis = 0; axis < shape->rank; axis++) {
            const size_t size = (size_t)shape->dims[shape->rank - 1 - axis].size;
            const size_t wide = (size_t)out->dims[out->rank - 1 - axis].size;
            from += rest % wide % size * stride;
            rest /= wide;
            stride *= size;
        }
        items[i] = data->items[from];
    }
}

void ais__onnx_data_expand(ais__onnx_call *call)
{
    repeat(call);
}

void ais__onnx_data_tile(ais__onnx_call *call)
{
    repeat(call);
}

void ais__onnx_data_fill(ais__onnx_call *call)
{
    ais__onnx_item value = {.known = true};
    const ais_onnx_attribute *attribute = ais_onnx_find_attribute(call->node, "value");
    if (attribute != NULL && attribute->type == AIS_ONNX_ATTRIBUTE_TENSOR) {
        const ais__onnx_data *data = ais__onnx_read_data(call->arena, attribute->tensor);
        if (data == NULL || data->count != 1)
            return;
        value = data->items[0];
    }
    ais__onnx_item *items = ais__onnx_new_data(call, 0);
    for (size_t i = 0; items != NULL && i < call->outputs[0].data->count; i++)
        items[i] = value;
}
