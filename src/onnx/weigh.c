/* What a model weighs beyond its shapes: bytes of weights by node, constant nodes, and what had to be
 * assumed or was not understood. */
#include <string.h>

#include "infer_priv.h"
#include "onnx/weights.h"

static void add_bytes(uint64_t *sum, uint64_t bytes)
{
    if (__builtin_add_overflow(*sum, bytes, sum))
        *sum = UINT64_MAX;
}

uint64_t ais__onnx_weights_inside(const ais_onnx_node *node)
{
    const bool makes = ais_str_equal(node->op_type, "Constant");
    uint64_t sum = 0;
    for (size_t i = 0; i < node->attribute_count; i++) {
        const ais_onnx_attribute *attribute = &node->attributes[i];
        const ais_onnx_graph *graph = attribute->graph;
        if (makes && attribute->type == AIS_ONNX_ATTRIBUTE_TENSOR)
            add_bytes(&sum, attribute->tensor->bytes);
        for (size_t v = 0; graph != NULL && v < graph->value_count; v++)
            if (graph->values[v].initializer != NULL)
                add_bytes(&sum, graph->values[v].initializer->bytes);
        for (size_t n = 0; graph != NULL && n < graph->node_count; n++)
            add_bytes(&sum, ais__onnx_weights_inside(&graph->nodes[n]));
    }
    return sum;
}

/* A weight, or what a Constant node makes, counts at the first node that reads it. */
static void weigh_nodes(const ais_onnx_graph *graph, uint64_t *bytes)
{
    for (size_t i = 0; i < graph->value_count; i++) {
        const ais_onnx_value *value = &graph->values[i];
        if (value->initializer != NULL && value->consumer_count > 0)
            add_bytes(&bytes[value->consumers[0]], value->initializer->bytes);
    }
    for (size_t n = 0; n < graph->node_count; n++) {
        const ais_onnx_node *node = &graph->nodes[n];
        size_t reader = n;
        if (ais_str_equal(node->op_type, "Constant") && node->output_count > 0 &&
            node->outputs[0] != AIS_ONNX_NONE && graph->values[node->outputs[0]].consumer_count > 0)
            reader = graph->values[node->outputs[0]].consumers[0];
        add_bytes(&bytes[reader], ais__onnx_weights_inside(node));
    }
}

static bool is_constant_value(const ais_onnx_graph *graph, const bool *constant, size_t value)
{
    if (value == AIS_ONNX_NONE)
        return true;
    const ais_onnx_value *v = &graph->values[value];
    return v->initializer != NULL || (v->producer != AIS_ONNX_NONE && constant[v->producer]);
}

static void find_constants(const ais__onnx_inference *inference, const ais_onnx_graph *graph,
                           bool *constant)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        const ais_onnx_node *node = &graph->nodes[n];
        const ais__onnx_op *op =
            ais__onnx_find_op(inference->registry, node->domain, node->op_type);
        bool all = op == NULL || (op->flags & AIS__ONNX_RANDOM) == 0;
        for (size_t i = 0; all && i < node->input_count; i++)
            all = is_constant_value(graph, constant, node->inputs[i]);
        for (size_t i = 0; all && i < node->capture_count; i++)
            all = is_constant_value(graph, constant, node->captures[i]);
        constant[n] = all;
    }
}

/* ---- lists of names ---- */

typedef struct names {
    ais_arena *arena;
    const char **items;
    size_t count, capacity;
} names;

static void names_clear(names *list)
{
    free(list->items);
}

static void add_name(names *list, const char *name)
{
    list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = name;
}

static const char *const *keep_names(const names *list)
{
    const char **kept = ais_arena_alloc(list->arena, list->count * sizeof *kept);
    if (list->count > 0)
        memcpy(kept, list->items, list->count * sizeof *kept);
    return kept;
}

/* Symbols in the order in which they appear; names that were made up stand for none. */
static void list_assumed(const ais__onnx_inference *inference, const ais__onnx_scope *scope,
                         ais_onnx_facts *facts)
{
    __attribute__((cleanup(names_clear))) names list = {.arena = inference->arena};
    AIS_AUTO(ais_map) seen = ais_map_new();
    bool unnamed = inference->assumed_count;
    for (size_t i = 0; i < scope->graph->value_count; i++) {
        const ais__onnx_fact *fact = &scope->facts[i];
        const bool read = scope->graph->values[i].consumer_count > 0 ||
                          scope->graph->values[i].is_output ||
                          scope->graph->values[i].producer != AIS_ONNX_NONE;
        if (read && fact->kind <= AIS_ONNX_KIND_SPARSE && !fact->shape.known)
            unnamed = true;
        for (size_t k = 0; fact->shape.known && k < fact->shape.rank; k++) {
            const char *symbol = fact->shape.dims[k].symbol;
            if (fact->shape.dims[k].size >= 0)
                continue;
            if (symbol == NULL || ais_map_find(inference->symbols, symbol) == NULL)
                unnamed = true;
            else if (ais_map_put(seen, symbol, seen) == NULL)
                add_name(&list, symbol);
        }
    }
    if (unnamed)
        add_name(&list, "");
    facts->assumed = keep_names(&list);
    facts->assumed_count = list.count;
}

/* In the order in which they appear, main graph first. */
static void list_unknown(const ais__onnx_inference *inference, const ais_onnx_graph *graph,
                         size_t depth, ais_map *seen, names *list)
{
    for (size_t n = 0; n < graph->node_count; n++) {
        const ais_onnx_node *node = &graph->nodes[n];
        for (size_t i = 0; i < node->attribute_count && depth < AIS__ONNX_MAX_BODIES; i++)
            if (node->attributes[i].graph != NULL)
                list_unknown(inference, node->attributes[i].graph, depth + 1, seen, list);
        if (ais__onnx_find_op(inference->registry, node->domain, node->op_type) != NULL)
            continue;
        const char *name =
            ais_arena_format(inference->arena, "%s:%s",
                             node->domain[0] != '\0' ? node->domain : "ai.onnx", node->op_type);
        if (ais_map_put(seen, name, seen) == NULL)
            add_name(list, name);
    }
}

void ais__onnx_weigh(const ais__onnx_inference *inference, const ais__onnx_scope *scope,
                     ais_onnx_facts *facts)
{
    const ais_onnx_graph *graph = scope->graph;
    uint64_t *bytes = ais_arena_alloc(inference->arena, graph->node_count * sizeof *bytes);
    bool *constant = ais_arena_alloc(inference->arena, graph->node_count * sizeof *constant);
    weigh_nodes(graph, bytes);
    find_constants(inference, graph, constant);
    facts->weight_bytes = bytes;
    facts->constant = constant;
    list_assumed(inference, scope, facts);
    __attribute__((cleanup(names_clear))) names list = {.arena = inference->arena};
    AIS_AUTO(ais_map) seen = ais_map_new();
    list_unknown(inference, graph, 0, seen, &list);
    facts->unknown_ops = keep_names(&list);
    facts->unknown_op_count = list.count;
}

uint64_t ais_onnx_value_bytes(const ais_onnx_facts *facts, size_t value, bool *estimated)
{
    const ais_onnx_shape *shape = &facts->shapes[value];
    const unsigned known_bits = ais_onnx_type_bits(facts->types[value]);
    const bool dense = facts->kinds[value] <= AIS_ONNX_KIND_SPARSE;
    bool guessed = !shape->known || known_bits == 0 || !dense;
    const uint64_t bits = known_bits > 0 ? known_bits : 32; /* most are floats */
    uint64_t count = 1;
    for (size_t i = 0; shape->known && i < shape->rank; i++) {
        const int64_t size = shape->dims[i].size;
        guessed = guessed || size < 0;
        if (size >= 0 && __builtin_mul_overflow(count, (uint64_t)size, &count))
            count = UINT64_MAX;
    }
    if (estimated != NULL)
        *estimated = guessed;
    if (bits < 8) /* two in a byte */
        return count / 2 + count % 2;
    return __builtin_mul_overflow(count, bits / 8, &count) ? UINT64_MAX : count;
}
