/* What inference finds out meets what the model declares. */
#include <string.h>

#include "infer_priv.h"

static const char *const kind_names[] = {
    [AIS_ONNX_KIND_UNKNOWN] = "unknown",
    [AIS_ONNX_KIND_TENSOR] = "a tensor",
    [AIS_ONNX_KIND_SPARSE] = "a sparse tensor",
    [AIS_ONNX_KIND_SEQUENCE] = "a sequence",
    [AIS_ONNX_KIND_MAP] = "a map",
    [AIS_ONNX_KIND_OPTIONAL] = "an optional",
};

/* Unlike ais__onnx_fail(), this one is an error for onnx 1.12, too. */
static int contradict(ais__onnx_call *call, const char *format, ...) AIS_PRINTF(2, 3);
static int contradict(ais__onnx_call *call, const char *format, ...)
{
    const bool studio = call->studio;
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *what = ais_vformat(format, arguments);
    va_end(arguments);
    call->studio = false;
    const int status = ais__onnx_fail(call, "%s", what);
    call->studio = studio;
    return status;
}

/* One axis. Ours: a number wins, then the inferred symbol (it comes from an input), then the declared one.
 * Studio: a number wins, then the declared symbol. */
static int merge_axis(ais__onnx_call *call, const char *name, size_t axis, ais_onnx_dim inferred,
                      ais_onnx_dim *dim)
{
    if (inferred.size >= 0 && dim->size >= 0 && inferred.size != dim->size)
        return contradict(call, "axis %zu of '%s' is declared to have size %lld, but has %lld",
                          axis, name, (long long)dim->size, (long long)inferred.size);
    const bool renames = inferred.symbol != NULL && (!call->studio || dim->symbol == NULL);
    if (inferred.size >= 0 || (dim->size < 0 && renames))
        *dim = inferred;
    return 0;
}

static int merge_shape(ais__onnx_call *call, const char *name, const ais_onnx_shape *inferred,
                       ais_onnx_shape *declared)
{
    if (!inferred->known)
        return 0;
    if (!declared->known) {
        *declared = *inferred;
        return 0;
    }
    if (inferred->rank != declared->rank)
        return contradict(call, "'%s' is declared to have %zu axes, but has %zu", name,
                          declared->rank, inferred->rank);
    ais_onnx_dim *dims = NULL; /* a copy, once something changes */
    for (size_t i = 0; i < declared->rank; i++) {
        ais_onnx_dim dim = declared->dims[i];
        if (merge_axis(call, name, i, inferred->dims[i], &dim) < 0)
            return -1;
        if (dim.size == declared->dims[i].size && dim.symbol == declared->dims[i].symbol)
            continue;
        if (dims == NULL) {
            dims = ais__onnx_new_dims(call->arena, declared->rank);
            memcpy(dims, declared->dims, declared->rank * sizeof *dims);
            declared->dims = dims;
        }
        dims[i] = dim;
    }
    return 0;
}

static int merge(ais__onnx_call *call, const char *name, const ais__onnx_fact *inferred,
                 ais__onnx_fact *declared)
{
    if (inferred->kind == AIS_ONNX_KIND_UNKNOWN)
        return 0;
    if (declared->kind == AIS_ONNX_KIND_UNKNOWN) {
        *declared = *inferred;
        return 0;
    }
    if (inferred->kind != declared->kind)
        return contradict(call, "'%s' is declared as %s, but is %s", name,
                          kind_names[declared->kind], kind_names[inferred->kind]);
    if (inferred->type != AIS_ONNX_UNDEFINED && declared->type != AIS_ONNX_UNDEFINED &&
        inferred->type != declared->type)
        return contradict(call, "'%s' is declared as %s, but is %s", name,
                          ais_onnx_type_name(declared->type), ais_onnx_type_name(inferred->type));
    if (declared->type == AIS_ONNX_UNDEFINED)
        declared->type = inferred->type;
    if (inferred->data != NULL || inferred->tensor != NULL) {
        declared->data = inferred->data;
        declared->tensor = inferred->tensor;
    }
    return merge_shape(call, name, &inferred->shape, &declared->shape);
}

int ais__onnx_merge_fact(ais__onnx_call *call, const char *name, ais__onnx_fact *inferred,
                         ais__onnx_fact *declared)
{
    const ais__onnx_fact *in = inferred;
    ais__onnx_fact *out = declared;
    for (;;) { /* down to the elements of sequences; types nest no deeper than the reader allows */
        const ais__onnx_fact *element = out->element;
        if (merge(call, name, in, out) < 0)
            return -1;
        if (in->element == NULL || element == NULL) {
            if (out->element == NULL)
                out->element = in->element;
            return 0;
        }
        ais__onnx_fact *copy = ais_arena_alloc(call->arena, sizeof *copy);
        *copy = *element;
        out->element = copy;
        in = in->element;
        out = copy;
    }
}

/* One shape; a copy, once a name is given. */
static void name_shape(ais__onnx_inference *inference, ais_onnx_shape *shape)
{
    ais_onnx_dim *dims = NULL;
    for (size_t i = 0; shape->known && i < shape->rank; i++) {
        if (shape->dims[i].size >= 0 || shape->dims[i].symbol != NULL)
            continue;
        if (dims == NULL) {
            dims = ais__onnx_new_dims(inference->arena, shape->rank);
            memcpy(dims, shape->dims, shape->rank * sizeof *dims);
            shape->dims = dims;
        }
        while (dims[i].symbol == NULL) {
            char *name = ais_arena_format(inference->arena, "unk__%zu", inference->made_up++);
            if (ais_map_find(inference->symbols, name) == NULL)
                dims[i].symbol = name;
        }
    }
}

void ais__onnx_name_open(ais__onnx_inference *inference, ais__onnx_fact *fact)
{
    ais__onnx_fact *at = fact;
    name_shape(inference, &at->shape);
    while (at->element != NULL && at->kind != AIS_ONNX_KIND_MAP) {
        ais__onnx_fact *copy = ais_arena_alloc(inference->arena, sizeof *copy);
        *copy = *at->element;
        at->element = copy;
        at = copy;
        name_shape(inference, &at->shape);
    }
}
