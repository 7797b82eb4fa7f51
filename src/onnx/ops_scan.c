/* Scan: a body runs over slices of its sequences. Inputs: states, then sequences; outputs: states, then what
 * is stacked up. In opset 8 an optional input with lengths came first, and axis 0 of all was a batch. */
#include <string.h>

#include "infer_priv.h"

enum { WITHOUT_BATCH_SINCE = 9 };

typedef struct scan {
    const ais_onnx_graph *body;
    size_t first, states, sequences; /* inputs before the states, and how many there are */
    bool batched;
    ais__onnx_fact *in, *out; /* of the body */
    ais_onnx_dim batch, steps;
} scan;

/* What one iteration adds becomes a slice of the result. */
int ais__onnx_stack(ais__onnx_call *call, const ais__onnx_fact *each, ais_onnx_dim count,
                    size_t axis, size_t output)
{
    ais__onnx_set_type(call, output, each->type);
    if (!each->shape.known)
        return 0;
    if (axis > each->shape.rank)
        return ais__onnx_fail(call, "axis %zu of %zu axes", axis, each->shape.rank + 1);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, output, each->shape.rank + 1);
    for (size_t i = 0, next = 0; dims != NULL && i <= each->shape.rank; i++)
        dims[i] = i == axis ? count : each->shape.dims[next++];
    return 0;
}

/* An axis less. */
static ais_onnx_shape without(ais_arena *arena, const ais_onnx_shape *shape, size_t axis)
{
    ais_onnx_dim *dims = ais__onnx_new_dims(arena, shape->rank);
    for (size_t k = 0, next = 0; k < shape->rank; k++)
        if (k != axis)
            dims[next++] = shape->dims[k];
    return (ais_onnx_shape){.known = true, .rank = shape->rank - 1, .dims = dims};
}

/* A state as the body sees it; its output is like it. */
static int take_state(ais__onnx_call *call, scan *s, size_t i)
{
    ais__onnx_fact *in = &s->in[i];
    if (ais__onnx_take(call, s->first + i, i) < 0)
        return -1;
    if (!s->batched || !in->shape.known)
        return 0;
    if (in->shape.rank < 1)
        return ais__onnx_fail(call, "a state has no axes (the first must be the batch)");
    in->shape = without(call->arena, &in->shape, 0);
    return 0;
}

/* One slice of sequence `i`. */
static int take_slice(ais__onnx_call *call, scan *s, const int64_t *axes, size_t i)
{
    ais__onnx_fact *in = &s->in[s->states + i];
    size_t axis;
    if (!in->shape.known)
        return 0;
    if (s->batched) {
        if (in->shape.rank < 2)
            return ais__onnx_fail(call, "a sequence has %zu axes (must be 2 or more)",
                                  in->shape.rank);
        if (ais__onnx_merge_dim(call, in->shape.dims[0], &s->batch, "size of the batch") < 0)
            return -1;
        in->shape = without(call->arena, &in->shape, 0);
    }
    if (ais__onnx_need_axis(call, axes != NULL ? axes[i] : 0, in->shape.rank, &axis) < 0 ||
        ais__onnx_merge_dim(call, in->shape.dims[axis], &s->steps, "number of steps") < 0)
        return -1;
    in->shape = without(call->arena, &in->shape, axis);
    return 0;
}

static int infer_scan(ais__onnx_call *call, scan *s)
{
    size_t axis_count = 0;
    double flops = 0;
    const int64_t *axes = ais__onnx_get_ints(call, "scan_input_axes", &axis_count);
    if (axes != NULL && axis_count != s->sequences)
        return ais__onnx_fail(call, "%zu scan_input_axes for %zu sequences", axis_count,
                              s->sequences);
    for (size_t i = 0; i < s->states + s->sequences; i++) {
        if (ais__onnx_has_input(call, s->first + i))
            s->in[i] = *call->inputs[s->first + i];
        if (call->studio && s->in[i].kind != AIS_ONNX_KIND_TENSOR)
            return -1;
        s->in[i].data = NULL;
        s->in[i].tensor = NULL;
        if (i < s->states ? take_state(call, s, i) < 0
                          : take_slice(call, s, axes, i - s->states) < 0)
            return -1;
    }
    if (ais__onnx_infer_body(call, s->body, s->in, s->states + s->sequences, s->out, &flops) < 0)
        return -1;
    call->own_flops = flops * (s->steps.size >= 0 ? (double)s->steps.size : 1) *
                      (s->batched && s->batch.size >= 0 ? (double)s->batch.size : 1);
    return 0;
}

/* What the body says of a state fills what the input left open. */
static int merge_state(ais__onnx_call *call, const ais__onnx_fact *each, size_t output)
{
    ais__onnx_fact *out = &call->outputs[output];
    if (!each->shape.known)
        return 0;
    if (!out->shape.known) {
        out->shape = each->shape;
        return 0;
    }
    if (out->shape.rank != each->shape.rank)
        return ais__onnx_fail(call, "a state has %zu axes, and %zu behind the body",
                              out->shape.rank, each->shape.rank);
    ais_onnx_dim *dims = ais__onnx_new_dims(call->arena, out->shape.rank);
    for (size_t i = 0; i < out->shape.rank; i++) {
        dims[i] = out->shape.dims[i];
        if (ais__onnx_merge_dim(call, each->shape.dims[i], &dims[i], "size of a state") < 0)
            return -1;
    }
    out->shape.dims = dims;
    return 0;
}

/* The result has the batch in front. */
static void add_batch(ais__onnx_call *call, const scan *s, size_t output)
{
    const ais_onnx_shape shape = call->outputs[output].shape;
    ais_onnx_dim *dims = shape.known ? ais__onnx_new_shape(call, output, shape.rank + 1) : NULL;
    if (dims == NULL)
        return;
    dims[0] = s->batch;
    if (shape.rank > 0)
        memcpy(dims + 1, shape.dims, shape.rank * sizeof *dims);
}

static int stack_outputs(ais__onnx_call *call, const scan *s)
{
    size_t axis_count = 0;
    const int64_t *axes = ais__onnx_get_ints(call, "scan_output_axes", &axis_count);
    for (size_t i = s->states; i < call->output_count; i++) {
        const ais__onnx_fact *each = &s->out[i];
        size_t axis = 0;
        if (axes != NULL && i - s->states < axis_count && each->shape.known &&
            ais__onnx_need_axis(call, axes[i - s->states], each->shape.rank + 1, &axis) < 0)
            return -1;
        if (ais__onnx_stack(call, each, s->steps, axis, i) < 0)
            return -1;
        if (s->batched)
            add_batch(call, s, i);
    }
    return 0;
}

int ais__onnx_rule_scan(ais__onnx_call *call)
{
    scan s = {.body = ais__onnx_get_graph(call, "body"),
              .batched = call->opset < WITHOUT_BATCH_SINCE,
              .batch = AIS__ONNX_OPEN,
              .steps = AIS__ONNX_OPEN};
    const int64_t sequences = ais__onnx_get_int(call, "num_scan_inputs", 0);
    s.first = s.batched ? 1 : 0;
    if (s.body == NULL || sequences < 1 ||
        sequences > (int64_t)call->input_count - (int64_t)s.first)
        return ais__onnx_fail(call, "%lld sequences among %zu inputs", (long long)sequences,
                              call->input_count);
    s.sequences = (size_t)sequences;
    s.states = call->input_count - s.first - s.sequences;
    if (s.body->output_count != call->node->output_count || call->output_count < s.states)
        return ais__onnx_fail(call, "'body' has %zu outputs and the node %zu", s.body->output_count,
                              call->node->output_count);
    s.in = ais_arena_alloc(call->arena, call->input_count * sizeof *s.in);
    s.out = ais_arena_alloc(call->arena, s.body->output_count * sizeof *s.out);
    if (infer_scan(call, &s) < 0)
        return -1;
    for (size_t i = 0; i < s.states && !s.batched; i++)
        if (merge_state(call, &s.out[i], i) < 0)
            return -1;
    return stack_outputs(call, &s);
}
