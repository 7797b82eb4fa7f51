/* From cuts and exits to the parts between them. */
#include "onnx/onnx_priv.h"

/* Exit outputs, all together: what the last part does not make. */
static bool is_exit_output(const ais_onnx_exits *exits, size_t value)
{
    for (size_t e = 0; e < exits->count; e++)
        for (size_t i = 0; i < exits->exits[e].output_count; i++)
            if (exits->exits[e].outputs[i] == value)
                return true;
    return false;
}

void ais_onnx_chain_parts(const ais_onnx_model *model, const ais_onnx_chain *chain,
                          ais_arena *arena, ais_onnx_part *parts)
{
    const ais_onnx_graph *graph = model->graph;
    (void)arena; /* the arrays are the graph's and the cuts' own */
    for (size_t k = 0; k < chain->part_count; k++) {
        const ais_onnx_cut *before = k > 0 ? &chain->cuts[k - 1] : NULL;
        const ais_onnx_cut *behind = k + 1 < chain->part_count ? &chain->cuts[k] : NULL;
        parts[k] = (ais_onnx_part){
            .inputs = before != NULL ? before->values : graph->inputs,
            .input_count = before != NULL ? before->value_count : graph->input_count,
            .outputs = behind != NULL ? behind->values : graph->outputs,
            .output_count = behind != NULL ? behind->value_count : graph->output_count};
    }
}

/* The values of `first`, then those of `second` that are not among them. */
static size_t *join(ais_arena *arena, const size_t *first, size_t first_count, const size_t *second,
                    size_t second_count, size_t *count)
{
    size_t *all = ais_arena_alloc(arena, (first_count + second_count) * sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < first_count; i++)
        all[n++] = first[i];
    for (size_t i = 0; i < second_count; i++) {
        bool there = false;
        for (size_t at = 0; at < first_count && !there; at++)
            there = first[at] == second[i];
        if (!there)
            all[n++] = second[i];
    }
    *count = n;
    return all;
}

void ais_onnx_exit_parts(const ais_onnx_model *model, const ais_onnx_exits *exits, ais_arena *arena,
                         ais_onnx_part *parts)
{
    const ais_onnx_graph *graph = model->graph;
    parts[0] = (ais_onnx_part){.inputs = graph->inputs, .input_count = graph->input_count};
    for (size_t k = 0; k < exits->count; k++)
        parts[k + 1] = (ais_onnx_part){.inputs = exits->exits[k].trunk,
                                       .input_count = exits->exits[k].trunk_count};
    for (size_t k = 0; k < exits->count; k++) {
        const ais_onnx_exit *e = &exits->exits[k];
        parts[k].outputs = join(arena, e->trunk, e->trunk_count, e->outputs, e->output_count,
                                &parts[k].output_count);
    }
    size_t *last = ais_arena_alloc(arena, graph->output_count * sizeof *last);
    ais_onnx_part *end = &parts[exits->count];
    for (size_t i = 0; i < graph->output_count; i++)
        if (!is_exit_output(exits, graph->outputs[i]))
            last[end->output_count++] = graph->outputs[i];
    end->outputs = last;
}
