/* Cuts as AI-SPRINT Studio found them, with onnx 1.12: every tensor of value_info with known sizes is a
 * candidate, fewest elements first, unless an activation made it; one is a cut when
 * onnx.utils.extract_model() can make a second part of it that the checker accepts. That function looks
 * into no sub-graph and lists no weight among the inputs, so that models of IR version 3 fail.
 * What it took by trial, minutes for a few hundred nodes, is known here beforehand. */
#include <string.h>

#include "onnx/cut_priv.h"

typedef struct candidate {
    size_t value;
    uint64_t elements;
} candidate;

typedef struct trial {
    const ais_onnx_graph *graph;
    int64_t ir_version;
    bool *nodes, *values; /* reached, touched; cleared for each candidate */
    size_t *stack;
} trial;

static void trial_clear(trial *t)
{
    free(t->nodes);
    free(t->values);
    free(t->stack);
}

/* ---- candidates ---- */

static bool is_candidate(const ais__onnx_flow *flow, size_t v)
{
    const ais_onnx_value *value = &flow->graph->values[v];
    const ais_onnx_shape *shape = &flow->facts->shapes[v];
    if (value->is_input || value->is_output || !shape->known || shape->rank == 0)
        return false;
    if (value->producer == AIS_ONNX_NONE) /* a weight, where value_info lists it */
        return value->info.length > 0;
    return flow->facts->kinds[v] <= AIS_ONNX_KIND_TENSOR &&
           strstr(flow->graph->nodes[value->producer].op_type, "elu") == NULL;
}

static uint64_t count_elements(const ais_onnx_shape *shape)
{
    uint64_t count = 1;
    for (size_t i = 0; i < shape->rank; i++)
        if (shape->dims[i].size > 0 &&
            __builtin_mul_overflow(count, (uint64_t)shape->dims[i].size, &count))
            count = UINT64_MAX;
    return count;
}

typedef struct placed {
    candidate candidate;
    const uint8_t *info; /* NULL: added by inference, behind all that the file lists */
} placed;

/* Values of one graph come in its order, which is that of inference. */
static int by_elements(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->candidate.elements != y->candidate.elements)
        return x->candidate.elements < y->candidate.elements ? -1 : 1;
    if ((x->info == NULL) != (y->info == NULL))
        return x->info != NULL ? -1 : 1;
    if (x->info != y->info)
        return x->info < y->info ? -1 : 1;
    return (x->candidate.value > y->candidate.value) - (x->candidate.value < y->candidate.value);
}

static placed *list_candidates(const ais__onnx_flow *flow, size_t *count)
{
    const ais_onnx_graph *graph = flow->graph;
    placed *list = ais_alloc(graph->value_count * sizeof *list);
    *count = 0;
    for (size_t v = 0; v < graph->value_count; v++)
        if (is_candidate(flow, v))
            list[(*count)++] = (placed){
                .candidate = {.value = v, .elements = count_elements(&flow->facts->shapes[v])},
                .info = graph->values[v].info.length > 0 ? graph->values[v].info.data : NULL};
    if (*count > 1)
        qsort(list, *count, sizeof *list, by_elements);
    return list;
}

/* ---- trial extraction ---- */

enum { TRIAL_STEPS = 4 }; /* times that a trial looks at each node and value */

static void reach(trial *t, size_t v, size_t cut, size_t *depth)
{
    if (v == AIS_ONNX_NONE)
        return;
    t->values[v] = true;
    const size_t producer = t->graph->values[v].producer;
    if (v == cut || producer == AIS_ONNX_NONE || t->nodes[producer])
        return;
    t->nodes[producer] = true;
    t->stack[(*depth)++] = producer;
}

/* Is everything there that the part behind reads, also from within sub-graphs? */
static bool is_whole(const trial *t, size_t cut)
{
    const ais_onnx_graph *graph = t->graph;
    for (size_t v = 0; v < graph->value_count; v++) {
        const ais_onnx_value *value = &graph->values[v];
        if (!t->values[v] || v == cut || value->producer != AIS_ONNX_NONE)
            continue;
        if (value->initializer == NULL || t->ir_version <= 3)
            return false;
    }
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; t->nodes[n] && i < graph->nodes[n].capture_count; i++) {
            const size_t v = graph->nodes[n].captures[i];
            const size_t producer = graph->values[v].producer;
            if (v != cut && (producer != AIS_ONNX_NONE ? !t->nodes[producer] : !t->values[v]))
                return false;
        }
    return true;
}

static bool can_extract(trial *t, size_t cut)
{
    const ais_onnx_graph *graph = t->graph;
    size_t depth = 0;
    memset(t->nodes, 0, graph->node_count * sizeof *t->nodes);
    memset(t->values, 0, graph->value_count * sizeof *t->values);
    for (size_t i = 0; i < graph->output_count; i++)
        reach(t, graph->outputs[i], cut, &depth);
    while (depth > 0) {
        const ais_onnx_node *node = &graph->nodes[t->stack[--depth]];
        for (size_t i = 0; i < node->output_count; i++)
            if (node->outputs[i] != AIS_ONNX_NONE)
                t->values[node->outputs[i]] = true;
        for (size_t i = 0; i < node->input_count; i++)
            reach(t, node->inputs[i], cut, &depth);
    }
    return is_whole(t, cut);
}

/* Only a value that everything passes through is worth a trial. Fills `ends` (by value): the block that ends
 * with it + 1. */
static void mark_ends(const ais__onnx_flow *flow, const ais__onnx_block *blocks, uint32_t count,
                      uint32_t *ends)
{
    for (uint32_t i = 0; i < count; i++)
        if (blocks[i].closed)
            ends[flow->links[blocks[i].end_link - 1].value] = i + 1;
}

/* ---- the list ---- */

static const char *explain(const ais_onnx_model *model, const ais_onnx_cuts *cuts)
{
    if (cuts->candidates == 0)
        return "the sizes of no tensor between two nodes are known";
    if (model->ir_version <= 3)
        return ais_arena_format(cuts->arena,
                                "the model has IR version %lld, which the rule studio cannot cut",
                                (long long)model->ir_version);
    return ais_arena_format(
        cuts->arena,
        "none of the %zu tensors that the rule studio tries is on every path from "
        "the inputs to the outputs",
        cuts->candidates);
}

/* The costs of the cuts behind each block, in one walk. */
static void price(const ais__onnx_flow *flow, const ais__onnx_block *blocks, uint32_t count,
                  const uint32_t *ends, ais_arena *arena, ais_onnx_chain *by_block)
{
    __attribute__((cleanup(ais__onnx_side_clear))) ais__onnx_side side;
    ais__onnx_side_init(&side, flow);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = blocks[i].begin; k < blocks[i].end; k++)
            ais__onnx_side_take(&side, k, 0, NULL, NULL);
        if (!blocks[i].closed || ends[flow->links[blocks[i].end_link - 1].value] != i + 1)
            continue;
        ais_onnx_cut *cut = ais_arena_alloc(arena, sizeof *cut);
        ais__onnx_side_cut(&side, arena, cut);
        const double work = side.cost.work, rest = flow->work - work;
        by_block[i] = (ais_onnx_chain){.part_count = 2,
                                       .cuts = cut,
                                       .bytes = cut->bytes,
                                       .balance = (work > rest ? work : rest) / flow->work};
    }
}

void ais__onnx_studio_cuts(const ais_onnx_model *model, const ais__onnx_flow *flow,
                           const ais_onnx_cuts_options *options, ais_onnx_cuts *out)
{
    const ais_onnx_graph *graph = model->graph;
    __attribute__((cleanup(trial_clear)))
    trial t = {.graph = graph,
               .ir_version = model->ir_version,
               .nodes = ais_alloc(graph->node_count * sizeof *t.nodes),
               .values = ais_alloc(graph->value_count * sizeof *t.values),
               .stack = ais_alloc(graph->node_count * sizeof *t.stack)};
    AIS_FREE placed *list = list_candidates(flow, &out->candidates);
    AIS_FREE uint32_t *ends = ais_alloc(graph->value_count * sizeof *ends);
    ais__onnx_block *blocks = NULL;
    const uint32_t block_count = ais__onnx_find_blocks(flow, out->arena, &blocks);
    mark_ends(flow, blocks, block_count, ends);
    AIS_FREE ais_onnx_chain *by_block = ais_alloc((block_count + 1) * sizeof *by_block);
    price(flow, blocks, block_count, ends, out->arena, by_block);
    ais_onnx_chain *chains = ais_arena_alloc(out->arena, block_count * sizeof *chains);
    uint64_t steps_left = AIS__ONNX_MAX_SEARCH_STEPS;
    for (size_t i = 0; i < out->candidates; i++) {
        const size_t v = list[i].candidate.value;
        if (ends[v] == 0)
            continue;
        const bool spent = steps_left == 0;
        ais__onnx_spend(&steps_left, TRIAL_STEPS * (graph->node_count + graph->value_count));
        if (!spent && !can_extract(&t, v))
            continue;
        if (spent || out->total == options->limit) {
            out->truncated = true;
            out->candidates = i; /* the others were not tried */
            break;
        }
        if (options->list == 0 || out->count < options->list)
            chains[out->count++] = by_block[ends[v] - 1];
        out->total++;
    }
    out->chains = chains;
    if (out->total == 0)
        out->why = explain(model, out);
}
