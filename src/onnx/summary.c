/* A model in figures. */
#include <stdlib.h>

#include "onnx/onnx_priv.h"

typedef struct tally {
    ais_arena *arena;
    ais_map *positions; /* operator -> position + 1 */
    ais_onnx_operator *operators;
    size_t count, capacity;
    ais_onnx_summary *out;
} tally;

static void count_operator(tally *t, const ais_onnx_node *node)
{
    AIS_FREE char *name = node->domain[0] == '\0'
                              ? ais_strdup(node->op_type)
                              : ais_format("%s:%s", node->domain, node->op_type);
    size_t at = (size_t)(uintptr_t)ais_map_find(t->positions, name);
    if (at == 0) {
        t->operators = ais_grow(t->operators, &t->capacity, t->count + 1, sizeof *t->operators);
        t->operators[t->count++] = (ais_onnx_operator){.name = ais_arena_strdup(t->arena, name)};
        at = t->count;
        ais_map_put(t->positions, name, (void *)(uintptr_t)at);
    }
    t->operators[at - 1].nodes++;
    t->out->nodes++;
}

static void count_weight(tally *t, const ais_onnx_tensor *weight)
{
    uint64_t elements = 1;
    if (weight == NULL)
        return;
    for (size_t d = 0; d < weight->rank; d++)
        elements *= (uint64_t)weight->dims[d];
    t->out->parameters += elements;
    t->out->weight_bytes += weight->bytes;
}

const ais_onnx_tensor *ais__onnx_constant_of(const ais_onnx_node *node)
{
    if (!ais_str_equal(node->op_type, "Constant"))
        return NULL;
    const ais_onnx_attribute *value = ais_onnx_find_attribute(node, "value");
    return value != NULL ? value->tensor : NULL;
}

static void count_graph(tally *t, const ais_onnx_graph *graph)
{
    for (size_t i = 0; i < graph->value_count; i++)
        count_weight(t, graph->values[i].initializer);
    for (size_t n = 0; n < graph->node_count; n++) {
        const ais_onnx_node *node = &graph->nodes[n];
        count_operator(t, node);
        count_weight(t, ais__onnx_constant_of(node));
        for (size_t a = 0; a < node->attribute_count; a++)
            if (node->attributes[a].graph != NULL)
                count_graph(t, node->attributes[a].graph);
    }
}

static int compare_operators(const void *a, const void *b)
{
    const ais_onnx_operator *x = a, *y = b;
    return x->nodes != y->nodes ? (x->nodes < y->nodes ? 1 : -1) : strcmp(x->name, y->name);
}

void ais_onnx_summarize(const ais_onnx_model *model, const ais_onnx_facts *facts, ais_arena *arena,
                        ais_onnx_summary *out)
{
    const struct ais__onnx_private *p = model->private;
    AIS_AUTO(ais_map) positions = ais_map_new();
    tally t = {.arena = arena, .positions = positions, .out = out};
    const char **locations = ais_arena_alloc(arena, p->file_count * sizeof *locations);
    *out = (ais_onnx_summary){.locations = locations, .location_count = p->file_count};
    for (size_t i = 0; i < p->file_count; i++)
        locations[i] = p->files[i].location;
    for (size_t i = 0; i < model->graph->node_count; i++)
        out->flops += facts->flops[i];
    count_graph(&t, model->graph);
    if (t.count > 0)
        qsort(t.operators, t.count, sizeof *t.operators, compare_operators);
    ais_onnx_operator *kept = ais_arena_alloc(arena, t.count * sizeof *kept);
    if (t.count > 0)
        memcpy(kept, t.operators, t.count * sizeof *kept);
    free(t.operators);
    out->operators = kept;
    out->operator_count = t.count;
}
