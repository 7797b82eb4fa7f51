/* If, Loop, SequenceMap: nodes whose work is a sub-graph (Scan: ops_scan.c). */
#include <string.h>

#include "infer_priv.h"

/* Counts above this say "until the condition ends it". */
enum { MAX_ITERATIONS = INT32_MAX, MAX_PASSES = 3 };

static void clear_shapes(ais_arena *arena, ais__onnx_fact *fact)
{
    fact->shape = (ais_onnx_shape){.known = false};
    fact->data = NULL;
    fact->tensor = NULL;
    if (fact->element != NULL) {
        ais__onnx_fact *element = ais_arena_alloc(arena, sizeof *element);
        *element = *fact->element;
        if (element->element == NULL || element->kind != AIS_ONNX_KIND_MAP)
            element->shape = (ais_onnx_shape){.known = false};
        fact->element = element;
    }
}

/* What the elements of two sequences or optionals have in common. */
static bool unite_elements(ais_arena *arena, const ais__onnx_fact *other, ais__onnx_fact *fact)
{
    ais__onnx_fact *element = ais_arena_alloc(arena, sizeof *element);
    *element = *fact->element;
    fact->element = element;
    if (element->element != NULL || other->element->element != NULL)
        clear_shapes(arena, element); /* sequences of sequences: nothing is said of their shapes */
    else
        ais__onnx_unite(arena, &other->element->shape, &element->shape);
    return element->kind == other->element->kind && element->type == other->element->type;
}

/* What both facts say; false when they are of different types. */
static bool unite(ais_arena *arena, const ais__onnx_fact *other, ais__onnx_fact *fact)
{
    if (fact->kind != other->kind || fact->type != other->type)
        return false;
    ais__onnx_unite(arena, &other->shape, &fact->shape);
    fact->data = NULL;
    fact->tensor = NULL;
    if (fact->element == NULL || other->element == NULL)
        return fact->element == other->element;
    return unite_elements(arena, other, fact);
}

/* ---- If ---- */

/* The branch that is taken, when the condition is known; else NULL. */
static const char *taken(const ais__onnx_call *call)
{
    int64_t condition;
    if (call->studio || !ais__onnx_input_int(call, 0, &condition))
        return NULL;
    return condition != 0 ? "then_branch" : "else_branch";
}

static int infer_branch(ais__onnx_call *call, const char *name, ais__onnx_fact *outputs)
{
    const ais_onnx_graph *graph = ais__onnx_get_graph(call, name);
    double flops = 0;
    if (graph == NULL)
        return ais__onnx_fail(call, "it has no '%s'", name);
    if (graph->output_count != call->node->output_count)
        return ais__onnx_fail(call, "'%s' has %zu outputs and the node %zu", name,
                              graph->output_count, call->node->output_count);
    if (ais__onnx_infer_body(call, graph, NULL, 0, outputs, &flops) < 0)
        return -1;
    call->own_flops = flops > call->own_flops ? flops : call->own_flops;
    return 0;
}

static int if_else(ais__onnx_call *call)
{
    const char *only = taken(call);
    if (only != NULL)
        return infer_branch(call, only, call->outputs);
    ais__onnx_fact *other = ais_arena_alloc(call->arena, call->output_count * sizeof *other);
    if (infer_branch(call, "then_branch", call->outputs) < 0 ||
        infer_branch(call, "else_branch", other) < 0)
        return -1;
    for (size_t i = 0; i < call->output_count; i++) {
        ais__onnx_fact *out = &call->outputs[i];
        if (unite(call->arena, &other[i], out))
            continue;
        if (call->studio)
            return -1;
        *out = (ais__onnx_fact){.kind =
                                    out->kind == other[i].kind ? out->kind : AIS_ONNX_KIND_UNKNOWN};
    }
    return 0;
}

/* ---- Loop: inputs M, condition, states; outputs states, then what each iteration adds ---- */

/* How often it runs; -1: not known. */
static int64_t iterations(const ais__onnx_call *call)
{
    int64_t count;
    if (!ais__onnx_input_int(call, 0, &count) || count > MAX_ITERATIONS)
        return -1;
    return count < 0 ? 0 : count;
}

static bool always_true(const ais__onnx_call *call, const ais__onnx_fact *fact)
{
    const ais__onnx_data *data = fact->data;
    if (data == NULL && fact->tensor != NULL)
        data = ais__onnx_read_data(call->arena, fact->tensor);
    return data != NULL && data->count == 1 && data->items[0].known && data->items[0].number != 0;
}

typedef struct loop {
    const ais_onnx_graph *body;
    size_t states;
    ais__onnx_fact *in,
        *out; /* of the body: iteration, condition, states; condition, states, ... */
    double flops;
} loop;

static void prepare_loop(const ais__onnx_call *call, loop *l)
{
    static const ais_onnx_shape scalar = {.known = true};
    l->in[0] = (ais__onnx_fact){.kind = AIS_ONNX_KIND_TENSOR, .type = AIS_ONNX_INT64};
    l->in[1] = ais__onnx_has_input(call, 1) ? *call->inputs[1] : (ais__onnx_fact){.data = NULL};
    l->in[1].data = NULL;
    l->in[1].tensor = NULL;
    if (!call->studio) {
        l->in[0].shape = scalar;
        if (!ais__onnx_has_input(call, 1))
            l->in[1] = (ais__onnx_fact){.kind = AIS_ONNX_KIND_TENSOR, .type = AIS_ONNX_BOOL};
    }
    for (size_t i = 0; i < l->states; i++) {
        ais__onnx_fact *state = &l->in[i + 2];
        *state = ais__onnx_has_input(call, i + 2) ? *call->inputs[i + 2]
                                                  : (ais__onnx_fact){.data = NULL};
        /* nested loops take one pass only, so that the time stays linear: nothing is known of the shapes */
        if (call->studio || call->inference->depth > 0)
            clear_shapes(call->arena, state);
        state->data = NULL;
        state->tensor = NULL;
    }
}

/* States keep what the next iteration keeps, too. True when that is all: no other pass is needed. */
static bool settle(const ais__onnx_call *call, loop *l, bool last)
{
    bool settled = true;
    for (size_t i = 0; i < l->states; i++) {
        ais__onnx_fact before = l->in[i + 2];
        ais__onnx_fact after = before;
        if (!unite(call->arena, &l->out[i + 1], &after))
            clear_shapes(call->arena, &after);
        bool same = before.shape.known == after.shape.known;
        for (size_t k = 0; same && after.shape.known && k < after.shape.rank; k++)
            same = before.shape.dims[k].size == after.shape.dims[k].size &&
                   (before.shape.dims[k].symbol == NULL) == (after.shape.dims[k].symbol == NULL);
        if (!same && last)
            clear_shapes(call->arena, &after);
        if (!same || before.element != NULL)
            l->in[i + 2] = after;
        settled = settled && same;
    }
    return settled;
}

static int infer_loop(ais__onnx_call *call, loop *l)
{
    const bool once = call->studio || call->inference->depth > 0;
    bool settled = false;
    prepare_loop(call, l);
    for (int pass = 0; !settled && pass < MAX_PASSES; pass++) {
        l->flops = 0;
        if (ais__onnx_infer_body(call, l->body, l->in, l->states + 2, l->out, &l->flops) < 0)
            return -1;
        settled = once || settle(call, l, pass + 2 == MAX_PASSES);
    }
    return 0;
}

/* The graph, and whether its inputs and outputs are those of the node. */
static int open_loop(ais__onnx_call *call, loop *l)
{
    l->body = ais__onnx_get_graph(call, "body");
    if (l->body == NULL || call->input_count < 2) {
        ais__onnx_fail(call, "it has no 'body', or less than two inputs");
        return -1;
    }
    l->states = call->input_count - 2;
    for (size_t i = 0; i < l->states; i++)
        if (ais__onnx_take_type(call, i + 2, i) < 0)
            return -1;
    if (l->body->output_count != call->node->output_count + 1 ||
        call->node->output_count < l->states) {
        ais__onnx_fail(call, "'body' has %zu outputs and the node %zu (must be one less)",
                       l->body->output_count, call->node->output_count);
        return -1;
    }
    l->in = ais_arena_alloc(call->arena, (l->states + 2) * sizeof *l->in);
    l->out = ais_arena_alloc(call->arena, l->body->output_count * sizeof *l->out);
    return 0;
}

/* A state when the loop is over. */
static int conclude_state(ais__onnx_call *call, const loop *l, size_t i)
{
    const ais__onnx_fact *before = &l->in[i + 2], *after = &l->out[i + 1];
    if (call->studio) /* the type that was taken from the input, and that is all */
        return call->outputs[i].kind == after->kind ? 0 : -1;
    call->outputs[i] = *before;
    if (after->kind != AIS_ONNX_KIND_UNKNOWN && after->kind != before->kind) {
        call->outputs[i] = *after; /* an optional goes in, a sequence comes out */
        clear_shapes(call->arena, &call->outputs[i]);
    }
    return 0;
}

static int loop_rule(ais__onnx_call *call)
{
    loop l = {.states = 0};
    if (open_loop(call, &l) < 0 || infer_loop(call, &l) < 0)
        return -1;
    const int64_t count = iterations(call);
    const bool exact =
        count >= 0 && !call->studio && always_true(call, &l.out[0]) &&
        (!ais__onnx_has_input(call, 1) || count == 0 || always_true(call, call->inputs[1]));
    const ais_onnx_dim times = exact ? ais__onnx_dim(count) : AIS__ONNX_OPEN;
    call->own_flops = l.flops * (count >= 0 ? (double)count : 1);
    call->inference->assumed_count = call->inference->assumed_count || (count < 0 && l.flops > 0);
    for (size_t i = 0; i < call->output_count; i++) {
        const ais_onnx_kind kind = l.out[i + 1].kind;
        if (call->studio && (kind == AIS_ONNX_KIND_UNKNOWN || kind == AIS_ONNX_KIND_MAP))
            return -1;
        if (i < l.states ? conclude_state(call, &l, i) < 0
                         : ais__onnx_stack(call, &l.out[i + 1], times, 0, i) < 0)
            return -1;
    }
    return 0;
}

/* ---- SequenceMap (opset 17) ---- */

static int sequence_map(ais__onnx_call *call)
{
    const ais_onnx_graph *body = ais__onnx_get_graph(call, "body");
    double flops = 0;
    if (body == NULL || body->output_count != call->node->output_count)
        return ais__onnx_fail(call, "it has no 'body', or one with other outputs");
    ais__onnx_fact *in = ais_arena_alloc(call->arena, call->input_count * sizeof *in);
    ais__onnx_fact *out = ais_arena_alloc(call->arena, body->output_count * sizeof *out);
    for (size_t i = 0; i < call->input_count; i++) {
        const ais__onnx_fact *given = call->inputs[i];
        if (given == NULL || given->kind == AIS_ONNX_KIND_UNKNOWN ||
            (i == 0 && given->kind != AIS_ONNX_KIND_SEQUENCE))
            return -1;
        if (given->kind == AIS_ONNX_KIND_SEQUENCE && given->element != NULL)
            in[i] = *given->element;
        else if (given->kind != AIS_ONNX_KIND_SEQUENCE)
            in[i] = *given;
        in[i].data = NULL;
        in[i].tensor = NULL;
    }
    if (ais__onnx_infer_body(call, body, in, call->input_count, out, &flops) < 0)
        return -1;
    call->own_flops = flops; /* how long the sequence is, nobody knows */
    call->inference->assumed_count = call->inference->assumed_count || flops > 0;
    for (size_t i = 0; i < call->output_count; i++)
        call->outputs[i] = (ais__onnx_fact){.kind = AIS_ONNX_KIND_SEQUENCE, .element = &out[i]};
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "If", .rule = if_else, .cost = AIS__ONNX_COST_BODY},
    {.name = "Loop", .rule = loop_rule, .cost = AIS__ONNX_COST_BODY},
    {.name = "Scan", .rule = ais__onnx_rule_scan, .cost = AIS__ONNX_COST_BODY},
    {.name = "SequenceMap", .rule = sequence_map, .cost = AIS__ONNX_COST_BODY},
};
const ais__onnx_family ais__onnx_control = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
