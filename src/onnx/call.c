/* What a rule sees of its node: inputs, outputs, attributes; and how it says that the model is wrong. */
#include <string.h>

#include "infer_priv.h"
#include "onnx_priv.h"

int ais__onnx_fail(ais__onnx_call *call, const char *format, ...)
{
    /* onnx 1.12 swallows what goes wrong at a node and knows nothing of its outputs then */
    if (call->studio)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *what = ais_vformat(format, arguments);
    va_end(arguments);
    const ais_onnx_node *node = call->node;
    const bool named = node->output_count > 0 && node->outputs[0] != AIS_ONNX_NONE;
    const char *output = named ? call->scope->graph->values[node->outputs[0]].name : "";
    AIS_FREE char *who = ais__onnx_describe_node(node, output);
    const ais_pos pos = {.file = call->inference->model->path};
    return ais_error_set_at(call->err, AIS_E_INPUT, pos, "%s: %s", who, what);
}

bool ais__onnx_has_input(const ais__onnx_call *call, size_t i)
{
    return i < call->input_count && call->inputs[i] != NULL;
}

const ais_onnx_shape *ais__onnx_input_shape(const ais__onnx_call *call, size_t i)
{
    if (!ais__onnx_has_input(call, i))
        return NULL;
    const ais__onnx_fact *fact = call->inputs[i];
    const bool tensor = fact->kind == AIS_ONNX_KIND_TENSOR || fact->kind == AIS_ONNX_KIND_SPARSE;
    return tensor && fact->shape.known ? &fact->shape : NULL;
}

ais_onnx_type ais__onnx_input_type(const ais__onnx_call *call, size_t i)
{
    return ais__onnx_has_input(call, i) ? call->inputs[i]->type : AIS_ONNX_UNDEFINED;
}

bool ais__onnx_has_output(const ais__onnx_call *call, size_t i)
{
    return i < call->output_count;
}

int ais__onnx_take_type(ais__onnx_call *call, size_t input, size_t output)
{
    if (!ais__onnx_has_output(call, output))
        return 0;
    ais__onnx_fact *out = &call->outputs[output];
    const ais__onnx_fact *in = ais__onnx_has_input(call, input) ? call->inputs[input] : NULL;
    const ais_onnx_kind kind = in != NULL ? in->kind : AIS_ONNX_KIND_UNKNOWN;
    const bool tensor = kind == AIS_ONNX_KIND_TENSOR || kind == AIS_ONNX_KIND_SPARSE;
    if (kind == AIS_ONNX_KIND_UNKNOWN || (tensor && in->type == AIS_ONNX_UNDEFINED)) {
        if (call->studio)
            return -1;
        out->kind = kind == AIS_ONNX_KIND_UNKNOWN ? AIS_ONNX_KIND_TENSOR : kind;
        return 0;
    }
    if (out->kind == AIS_ONNX_KIND_UNKNOWN)
        out->kind = kind;
    out->type = in->type;
    out->element = in->element;
    return 0;
}

void ais__onnx_take_shape(ais__onnx_call *call, size_t input, size_t output)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, input);
    if (shape == NULL || !ais__onnx_has_output(call, output))
        return;
    ais__onnx_fact *out = &call->outputs[output];
    out->shape = *shape;
    if (out->kind == AIS_ONNX_KIND_UNKNOWN)
        out->kind = AIS_ONNX_KIND_TENSOR;
}

int ais__onnx_take(ais__onnx_call *call, size_t input, size_t output)
{
    if (ais__onnx_take_type(call, input, output) < 0)
        return -1;
    ais__onnx_take_shape(call, input, output);
    return 0;
}

void ais__onnx_set_type(ais__onnx_call *call, size_t output, ais_onnx_type type)
{
    if (!ais__onnx_has_output(call, output))
        return;
    call->outputs[output].kind = AIS_ONNX_KIND_TENSOR;
    call->outputs[output].type = type;
}

ais_onnx_dim *ais__onnx_new_dims(ais_arena *arena, size_t rank)
{
    ais_onnx_dim *dims = ais_arena_alloc(arena, rank * sizeof *dims);
    for (size_t i = 0; i < rank; i++)
        dims[i] = AIS__ONNX_OPEN;
    return dims;
}

ais_onnx_dim *ais__onnx_new_shape(ais__onnx_call *call, size_t output, size_t rank)
{
    if (rank > AIS__ONNX_MAX_INFERRED_RANK || !ais__onnx_has_output(call, output))
        return NULL;
    ais_onnx_dim *dims = ais__onnx_new_dims(call->arena, rank);
    ais__onnx_fact *out = &call->outputs[output];
    if (out->kind == AIS_ONNX_KIND_UNKNOWN)
        out->kind = AIS_ONNX_KIND_TENSOR;
    out->shape = (ais_onnx_shape){.known = true, .rank = rank, .dims = dims};
    return dims;
}

int ais__onnx_need_rank(ais__onnx_call *call, size_t input, size_t rank)
{
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, input);
    if (shape == NULL || shape->rank == rank)
        return 0;
    return ais__onnx_fail(call, "input %zu has %zu axes (must be %zu)", input + 1, shape->rank,
                          rank);
}

int ais__onnx_need_axis(ais__onnx_call *call, int64_t axis, size_t rank, size_t *out)
{
    const int64_t limit = (int64_t)rank;
    if (axis < -limit || axis >= limit)
        return ais__onnx_fail(call, "axis %lld of %zu axes", (long long)axis, rank);
    *out = (size_t)(axis < 0 ? axis + limit : axis);
    return 0;
}

bool ais__onnx_has_attribute(const ais__onnx_call *call, const char *name)
{
    return ais_onnx_find_attribute(call->node, name) != NULL;
}

int64_t ais__onnx_get_int(const ais__onnx_call *call, const char *name, int64_t otherwise)
{
    const ais_onnx_attribute *attribute = ais_onnx_find_attribute(call->node, name);
    return attribute != NULL && attribute->type == AIS_ONNX_ATTRIBUTE_INT ? attribute->i
                                                                          : otherwise;
}

const int64_t *ais__onnx_get_ints(const ais__onnx_call *call, const char *name, size_t *count)
{
    static const int64_t none = 0;
    const ais_onnx_attribute *attribute = ais_onnx_find_attribute(call->node, name);
    if (attribute == NULL || attribute->type != AIS_ONNX_ATTRIBUTE_INTS)
        return NULL;
    *count = attribute->count;
    return attribute->count > 0 ? attribute->ints : &none;
}

bool ais__onnx_is_text(const ais__onnx_call *call, const char *name, const char *otherwise,
                       const char *text)
{
    const ais_onnx_attribute *attribute = ais_onnx_find_attribute(call->node, name);
    if (attribute == NULL || attribute->type != AIS_ONNX_ATTRIBUTE_STRING)
        return ais_str_equal(otherwise, text);
    const size_t length = strlen(text);
    return attribute->s.length == length && memcmp(attribute->s.data, text, length) == 0;
}

const ais_onnx_graph *ais__onnx_get_graph(const ais__onnx_call *call, const char *name)
{
    const ais_onnx_attribute *attribute = ais_onnx_find_attribute(call->node, name);
    return attribute != NULL && attribute->type == AIS_ONNX_ATTRIBUTE_GRAPH ? attribute->graph
                                                                            : NULL;
}
