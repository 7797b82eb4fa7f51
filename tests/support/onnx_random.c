#include "support/onnx_random.h"

#include <stdio.h>

#include "support/onnx_make.h"

enum { MAX_SIZE = 20 };

static bool one_in(ais_random *random, unsigned chances)
{
    return ais_random_below(random, chances) == 0;
}

/* Names of values that may be read, oldest first. */
typedef struct names {
    char items[128][24];
    size_t count;
} names;

static const char *add_name(names *list, const char *prefix, size_t number)
{
    snprintf(list->items[list->count], sizeof list->items[0], "%s%u", prefix, (unsigned)number);
    return list->items[list->count++];
}

static const char *pick(ais_random *random, const names *list, unsigned distance)
{
    const size_t far = list->count < distance ? list->count : distance;
    return list->items[list->count - 1 - ais_random_below(random, far)];
}

static void add_node(ais_random *random, const onnx_random_options *o, const names *fixed,
                     names *values, size_t number, ais_str *graph)
{
    AIS_SCOPED(ais_str) inputs = {0}, outputs = {0};
    const size_t reads = 1 + ais_random_below(random, 2) + one_in(random, 4);
    for (size_t i = 0; i < reads; i++)
        ais_str_add_format(&inputs, "%s%s", i > 0 ? "," : "", pick(random, values, o->distance));
    if (fixed->count > 0 && one_in(random, 2))
        ais_str_add_format(&inputs, ",%s", pick(random, fixed, 8));
    ais_str_add(&outputs, add_name(values, "v", number));
    if (o->odd && one_in(random, 5))
        ais_str_add_format(&outputs, ",%s", add_name(values, "w", number));
    onnx_node(graph, "Op", ais_str_get(&inputs), ais_str_get(&outputs));
}

static void add_fixed(ais_random *random, names *fixed, ais_str *graph)
{
    static const float weights[8];
    const size_t count = 1 + ais_random_below(random, 3);
    for (size_t i = 0; i < count; i++) {
        const size_t size = 1 + ais_random_below(random, 8);
        AIS_FREE char *shape = ais_format("%zu", size);
        onnx_floats(graph, add_name(fixed, "k", i), shape, weights, size);
    }
    for (size_t i = 0; i < 2; i++) {
        AIS_FREE char *inputs = ais_format("%s,%s", pick(random, fixed, 8), pick(random, fixed, 8));
        onnx_node(graph, "Op", inputs, add_name(fixed, "c", i));
    }
}

static void make_graph(ais_random *random, const onnx_random_options *o, ais_str *graph)
{
    names values = {.count = 0}, fixed = {.count = 0};
    const size_t inputs = o->odd ? 1 + ais_random_below(random, 3) : 1;
    for (size_t i = 0; i < inputs; i++)
        onnx_input(graph, add_name(&values, "x", i), ONNX_FLOAT, "N");
    if (o->odd && one_in(random, 2))
        add_fixed(random, &fixed, graph);
    const size_t nodes = 1 + ais_random_below(random, o->nodes);
    for (size_t i = 0; i < nodes; i++) {
        if (o->odd && one_in(random, 12))
            onnx_node(graph, "RandomNormal", "", add_name(&values, "r", i));
        add_node(random, o, &fixed, &values, i, graph);
    }
    onnx_output(graph, values.items[values.count - 1], ONNX_FLOAT, NULL);
    for (size_t i = 0; o->odd && i + 1 < values.count; i++)
        if (one_in(random, 10))
            onnx_output(graph, values.items[i], ONNX_FLOAT, NULL);
    if (fixed.count > 0 && one_in(random, 6))
        onnx_output(graph, fixed.items[fixed.count - 1], ONNX_FLOAT, NULL);
}

static bool is_constant(const ais_onnx_graph *graph, const bool *constant, size_t n)
{
    const ais_onnx_node *node = &graph->nodes[n];
    if (ais_str_equal(node->op_type, "RandomNormal"))
        return false;
    for (size_t i = 0; i < node->input_count; i++) {
        const ais_onnx_value *value = &graph->values[node->inputs[i]];
        if (value->producer != AIS_ONNX_NONE ? !constant[value->producer]
                                             : value->initializer == NULL)
            return false;
    }
    return true;
}

static void make_facts(ais_random *random, const onnx_random_options *o, onnx_random *out)
{
    const ais_onnx_graph *graph = out->model->graph;
    ais_onnx_kind *kinds = ais_arena_alloc(out->arena, graph->value_count * sizeof *kinds);
    ais_onnx_type *types = ais_arena_alloc(out->arena, graph->value_count * sizeof *types);
    ais_onnx_shape *shapes = ais_arena_alloc(out->arena, graph->value_count * sizeof *shapes);
    double *flops = ais_arena_alloc(out->arena, graph->node_count * sizeof *flops);
    bool *constant = ais_arena_alloc(out->arena, graph->node_count * sizeof *constant);
    for (size_t v = 0; v < graph->value_count; v++) {
        ais_onnx_dim *dim = ais_arena_alloc(out->arena, sizeof *dim);
        const bool open = one_in(random, 9);
        *dim = (ais_onnx_dim){.size = open ? -1 : (int64_t)ais_random_below(random, MAX_SIZE)};
        shapes[v] = (ais_onnx_shape){.known = true, .rank = 1, .dims = dim};
        kinds[v] = o->odd && one_in(random, 15) ? AIS_ONNX_KIND_SEQUENCE : AIS_ONNX_KIND_TENSOR;
        types[v] = o->odd && one_in(random, 15) ? AIS_ONNX_STRING : AIS_ONNX_FLOAT;
    }
    for (size_t n = 0; n < graph->node_count; n++) {
        flops[n] = one_in(random, 4) ? 0.0 : (double)ais_random_below(random, 100);
        constant[n] = is_constant(graph, constant, n);
    }
    out->facts = (ais_onnx_facts){
        .kinds = kinds, .types = types, .shapes = shapes, .flops = flops, .constant = constant};
}

void onnx_random_make(ais_random *random, const onnx_random_options *options, onnx_random *out)
{
    AIS_SCOPED(ais_str) graph = {0};
    ais_error *err = NULL;
    *out = (onnx_random){.arena = ais_arena_new()};
    make_graph(random, options, &graph);
    onnx_finish(&graph, 8, &out->bytes);
    const ais_onnx_bytes bytes = {.data = (const uint8_t *)out->bytes.data,
                                  .length = out->bytes.length};
    if (ais_onnx_parse("random.onnx", bytes, &out->model, &err) < 0)
        AIS_BUG("a random model is wrong: %s", ais_error_get_message(err));
    make_facts(random, options, out);
}

void onnx_random_clear(onnx_random *made)
{
    ais_onnx_model_free(made->model);
    ais_str_clear(&made->bytes);
    ais_arena_free(made->arena);
}
