/* ValueInfoProto for the inputs and outputs of parts. */
#include "onnx/part_priv.h"

/* Does `facts` tell a size that the model leaves open without a name? A name stays: it may be a batch. */
static bool shape_tells_more(const ais_onnx_shape *declared, const ais_onnx_shape *known)
{
    if (!known->known)
        return false;
    if (!declared->known)
        return true;
    for (size_t i = 0; i < declared->rank && declared->rank == known->rank; i++)
        if (declared->dims[i].size < 0 && declared->dims[i].symbol == NULL &&
            (known->dims[i].size >= 0 || known->dims[i].symbol != NULL))
            return true;
    return false;
}

static void add_shape(const ais_onnx_shape *shape, ais__onnx_rope *out)
{
    ais__onnx_rope sizes = {.arena = out->arena};
    for (size_t i = 0; i < shape->rank; i++) {
        ais__onnx_rope size = {.arena = out->arena};
        if (shape->dims[i].size >= 0)
            ais__onnx_rope_add_number(&size, AIS_ONNX_DIM_VALUE, (uint64_t)shape->dims[i].size);
        else if (shape->dims[i].symbol != NULL)
            ais__onnx_rope_add_text(&size, AIS_ONNX_DIM_PARAM, shape->dims[i].symbol);
        ais__onnx_rope_add_message(&sizes, AIS_ONNX_SHAPE_DIM, &size);
        ais__onnx_rope_clear(&size);
    }
    ais__onnx_rope_add_message(out, AIS_ONNX_TENSOR_TYPE_SHAPE, &sizes);
    ais__onnx_rope_clear(&sizes);
}

void ais__onnx_add_tensor_info(const char *name, ais_onnx_type type, const ais_onnx_shape *shape,
                               uint32_t field, ais__onnx_rope *out)
{
    ais__onnx_rope tensor = {.arena = out->arena}, whole = tensor, info = tensor;
    ais__onnx_rope_add_number(&tensor, AIS_ONNX_TENSOR_TYPE_ELEMENT, type);
    if (shape->known)
        add_shape(shape, &tensor);
    ais__onnx_rope_add_message(&whole, AIS_ONNX_TYPE_TENSOR, &tensor);
    ais__onnx_rope_add_text(&info, AIS_ONNX_VALUE_NAME, name);
    ais__onnx_rope_add_message(&info, AIS_ONNX_VALUE_TYPE, &whole);
    ais__onnx_rope_add_message(out, field, &info);
    ais__onnx_rope_clear(&tensor);
    ais__onnx_rope_clear(&whole);
    ais__onnx_rope_clear(&info);
}

int ais__onnx_add_value_info(const ais__onnx_selection *s, size_t value, uint32_t field,
                             ais__onnx_rope *out, ais_error **err)
{
    const ais_onnx_value *v = &s->model->graph->values[value];
    const bool has_facts = s->facts != NULL && s->facts->types[value] != AIS_ONNX_UNDEFINED &&
                           s->facts->kinds[value] <= AIS_ONNX_KIND_TENSOR;
    const bool more =
        has_facts && v->kind <= AIS_ONNX_KIND_TENSOR &&
        (v->type == AIS_ONNX_UNDEFINED || shape_tells_more(&v->shape, &s->facts->shapes[value]));
    if (v->info.length > 0 && v->kind != AIS_ONNX_KIND_UNKNOWN && !more) {
        ais__onnx_rope info = {.arena = out->arena};
        ais__onnx_rope_add(&info, ais__onnx_span_of(v->info));
        ais__onnx_rope_add_message(out, field, &info);
        ais__onnx_rope_clear(&info);
        return 0;
    }
    if (!has_facts && v->type == AIS_ONNX_UNDEFINED)
        return ais_error_set_at(
            err, AIS_E_INPUT, (ais_pos){.file = s->model->path},
            "the type of '%s' is not known, so a part cannot begin or end there", v->name);
    ais__onnx_add_tensor_info(v->name, has_facts ? s->facts->types[value] : v->type,
                              has_facts ? &s->facts->shapes[value] : &v->shape, field, out);
    return 0;
}
