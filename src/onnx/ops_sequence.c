/* Sequences and optionals of tensors. */
#include <string.h>

#include "infer_priv.h"

enum { MAX_LEVELS = 8 }; /* sequences in sequences; nothing is said of deeper ones */

/* Output 0 is a sequence (or optional) of this. */
static void wrap(ais__onnx_call *call, ais_onnx_kind kind, const ais__onnx_fact *element)
{
    ais__onnx_fact *copy = ais_arena_alloc(call->arena, sizeof *copy);
    size_t levels = 1;
    for (const ais__onnx_fact *e = element->element; e != NULL; e = e->element)
        levels++;
    if (levels < MAX_LEVELS)
        *copy = *element;
    copy->data = NULL;
    copy->tensor = NULL;
    call->outputs[0] = (ais__onnx_fact){.kind = kind, .element = copy};
}

/* What is in a sequence or optional in input 0, or NULL. */
static const ais__onnx_fact *inside(const ais__onnx_call *call, ais_onnx_kind kind)
{
    const ais__onnx_fact *in = ais__onnx_has_input(call, 0) ? call->inputs[0] : NULL;
    return in != NULL && in->kind == kind ? in->element : NULL;
}

static int sequence_empty(ais__onnx_call *call)
{
    const int64_t type = ais__onnx_get_int(call, "dtype", AIS_ONNX_FLOAT);
    ais__onnx_fact element = {.kind = AIS_ONNX_KIND_TENSOR};
    if (type > 0 && type < AIS_ONNX_TYPE_COUNT)
        element.type = (ais_onnx_type)type;
    wrap(call, AIS_ONNX_KIND_SEQUENCE, &element);
    return 0;
}

static int sequence_construct(ais__onnx_call *call)
{
    if (call->input_count < 1)
        return -1;
    ais__onnx_fact element = {.kind = AIS_ONNX_KIND_TENSOR, .type = ais__onnx_input_type(call, 0)};
    bool shapes = true;
    for (size_t i = 0; i < call->input_count; i++) {
        if (!ais__onnx_has_input(call, i) || call->inputs[i]->kind != AIS_ONNX_KIND_TENSOR)
            return -1;
        if (call->inputs[i]->type != element.type)
            return ais__onnx_fail(call, "elements of types %s and %s",
                                  ais_onnx_type_name(element.type),
                                  ais_onnx_type_name(call->inputs[i]->type));
        shapes = shapes && call->inputs[i]->shape.known;
    }
    if (shapes)
        element.shape = call->inputs[0]->shape;
    for (size_t i = 1; shapes && i < call->input_count; i++)
        ais__onnx_unite(call->arena, &call->inputs[i]->shape, &element.shape);
    wrap(call, AIS_ONNX_KIND_SEQUENCE, &element);
    return 0;
}

static int sequence_insert(ais__onnx_call *call)
{
    const ais__onnx_fact *in = inside(call, AIS_ONNX_KIND_SEQUENCE);
    if (in == NULL || !ais__onnx_has_input(call, 1) ||
        call->inputs[1]->kind != AIS_ONNX_KIND_TENSOR)
        return -1;
    if (in->type != call->inputs[1]->type && in->type != AIS_ONNX_UNDEFINED &&
        call->inputs[1]->type != AIS_ONNX_UNDEFINED)
        return ais__onnx_fail(call, "a %s is put into a sequence of %s",
                              ais_onnx_type_name(call->inputs[1]->type),
                              ais_onnx_type_name(in->type));
    ais__onnx_fact element = *in;
    ais__onnx_unite(call->arena, &call->inputs[1]->shape, &element.shape);
    wrap(call, AIS_ONNX_KIND_SEQUENCE, &element);
    return 0;
}

static int sequence_at(ais__onnx_call *call)
{
    const ais__onnx_fact *in = inside(call, AIS_ONNX_KIND_SEQUENCE);
    if (in == NULL)
        return -1;
    call->outputs[0] = *in;
    return 0;
}

static int sequence_erase(ais__onnx_call *call)
{
    if (!ais__onnx_has_input(call, 0))
        return -1;
    call->outputs[0] = *call->inputs[0];
    return 0;
}

static int sequence_length(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, call->op->type);
    ais__onnx_new_shape(call, 0, 0);
    return 0;
}

/* Length of the parts along the axis, when all are as long; -1: not known. */
static int part_length(ais__onnx_call *call, ais_onnx_dim size, int64_t *out)
{
    size_t count;
    *out = -1;
    const int64_t *parts = ais__onnx_input_ints(call, 1, &count);
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 1);
    if (parts == NULL || count < 1 || size.size < 0 || shape == NULL)
        return 0;
    int64_t total = 0;
    bool same = true;
    for (size_t i = 0; i < count; i++) {
        total = ais__onnx_plus(total, parts[i]);
        same = same && parts[i] == parts[0];
    }
    if (shape->rank == 0) {
        *out = parts[0] > 0 && size.size % parts[0] == 0 ? parts[0] : -1;
        return 0;
    }
    if (total != size.size)
        return ais__onnx_fail(call, "lengths of %lld in all for size %lld", (long long)total,
                              (long long)size.size);
    *out = same && parts[0] > 0 ? parts[0] : -1;
    return 0;
}

static int split_to_sequence(ais__onnx_call *call)
{
    if (!ais__onnx_has_input(call, 0))
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais__onnx_fact element = {.kind = AIS_ONNX_KIND_TENSOR, .type = call->inputs[0]->type};
    size_t axis;
    if (in != NULL) {
        const bool given = call->input_count > 1;
        int64_t length = 1;
        if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 0), in->rank, &axis) < 0 ||
            (given && part_length(call, in->dims[axis], &length) < 0))
            return -1;
        const bool keep = given || ais__onnx_get_int(call, "keepdims", 1) != 0;
        ais_onnx_dim *dims = ais__onnx_new_dims(call->arena, in->rank);
        size_t rank = 0;
        for (size_t i = 0; i < in->rank; i++)
            if (i != axis || keep)
                dims[rank++] = i == axis ? ais__onnx_dim(length) : in->dims[i];
        element.shape = (ais_onnx_shape){.known = true, .rank = rank, .dims = dims};
    }
    wrap(call, AIS_ONNX_KIND_SEQUENCE, &element);
    return 0;
}

static int concat_from_sequence(ais__onnx_call *call)
{
    const ais__onnx_fact *in = inside(call, AIS_ONNX_KIND_SEQUENCE);
    if (in == NULL)
        return -1;
    ais__onnx_set_type(call, 0, in->type);
    if (!in->shape.known)
        return 0;
    const bool added = ais__onnx_get_int(call, "new_axis", 0) != 0;
    const size_t rank = in->shape.rank + (added ? 1 : 0);
    size_t axis;
    if (ais__onnx_need_axis(call, ais__onnx_get_int(call, "axis", 0), rank, &axis) < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, rank);
    for (size_t i = 0; dims != NULL && i < rank; i++)
        if (i != axis)
            dims[i] = in->shape.dims[i > axis && added ? i - 1 : i];
    return 0;
}

static int optional(ais__onnx_call *call)
{
    if (call->input_count == 0)
        return ais__onnx_read_type_attribute(call, AIS_ONNX_KIND_OPTIONAL);
    if (!ais__onnx_has_input(call, 0) || call->inputs[0]->kind == AIS_ONNX_KIND_UNKNOWN)
        return -1;
    wrap(call, AIS_ONNX_KIND_OPTIONAL, call->inputs[0]);
    return 0;
}

static int optional_get(ais__onnx_call *call)
{
    const ais__onnx_fact *in = inside(call, AIS_ONNX_KIND_OPTIONAL);
    if (in != NULL) {
        call->outputs[0] = *in;
        return 0;
    }
    /* since opset 18 what is no optional is handed on */
    if (call->studio || !ais__onnx_has_input(call, 0) ||
        call->inputs[0]->kind == AIS_ONNX_KIND_OPTIONAL)
        return -1;
    call->outputs[0] = *call->inputs[0];
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "SequenceEmpty", .rule = sequence_empty},
    {.name = "SequenceConstruct", .rule = sequence_construct},
    {.name = "SequenceInsert", .rule = sequence_insert},
    {.name = "SequenceAt", .rule = sequence_at},
    {.name = "SequenceErase", .rule = sequence_erase},
    {.name = "SequenceLength", .rule = sequence_length, .type = AIS_ONNX_INT64},
    {.name = "SplitToSequence", .rule = split_to_sequence},
    {.name = "ConcatFromSequence", .rule = concat_from_sequence},
    {.name = "Optional", .rule = optional},
    {.name = "OptionalHasElement", .rule = sequence_length, .type = AIS_ONNX_BOOL},
    {.name = "OptionalGetElement", .rule = optional_get},
};
const ais__onnx_family ais__onnx_sequence = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
