/* What is wrong with an input that is not there: nodes stand in the wrong order, in a loop, or nobody
 * makes it. Only looked into once a model is refused. */
#include "onnx/onnx_priv.h"

/* Nodes of the graph that may be anywhere in the file, by what they make. */
typedef struct later {
    const ais__onnx_builder *builder;
    ais_map *makers; /* name -> position of the node's span + 1 */
    ais_onnx_span *spans;
    bool *seen;
    size_t count, capacity;
} later;

static void later_clear(later *l)
{
    ais_map_free(l->makers);
    free(l->spans);
    free(l->seen);
}

/* The errors of broken nodes do not count here: there is one already. */
static void list_makers(later *l)
{
    const ais_onnx_source *source = &l->builder->reader->source;
    for (ais_onnx_span in = l->builder->span; in.at < in.end;) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(source, &in, &f, NULL) < 0)
            return;
        if (f.number != AIS_ONNX_GRAPH_NODE || f.type != AIS_ONNX_WIRE_BYTES)
            continue;
        l->spans = ais_grow(l->spans, &l->capacity, l->count + 1, sizeof *l->spans);
        l->spans[l->count++] = f.bytes;
        for (ais_onnx_span node = f.bytes; node.at < node.end;) {
            ais_onnx_field part = {.number = 0};
            if (ais_onnx_next_field(source, &node, &part, NULL) < 0)
                break;
            AIS_FREE char *name = ais_onnx_span_dup(part.bytes);
            if (part.number == AIS_ONNX_NODE_OUTPUT && part.type == AIS_ONNX_WIRE_BYTES)
                ais_map_put(l->makers, name, (void *)(uintptr_t)l->count);
        }
    }
}

static size_t maker_of(const later *l, const char *name)
{
    return (size_t)(uintptr_t)ais_map_find(l->makers, name);
}

/* Does what makes `name` need, over any number of nodes, the node `target`? */
static bool leads_to(later *l, const char *name, size_t target)
{
    AIS_FREE size_t *stack = ais_alloc((l->count + 1) * sizeof *stack);
    size_t depth = 0;
    stack[depth++] = maker_of(l, name);
    while (depth > 0) {
        const size_t at = stack[--depth];
        if (at == target)
            return true;
        for (ais_onnx_span node = l->spans[at - 1]; node.at < node.end;) {
            ais_onnx_field part = {.number = 0};
            if (ais_onnx_next_field(&l->builder->reader->source, &node, &part, NULL) < 0)
                break;
            AIS_FREE char *input = ais_onnx_span_dup(part.bytes);
            const size_t maker = part.number == AIS_ONNX_NODE_INPUT ? maker_of(l, input) : 0;
            if (maker == 0 || l->seen[maker - 1])
                continue;
            l->seen[maker - 1] = true;
            stack[depth++] = maker;
        }
    }
    return false;
}

static const char *value_name_at(const void *builder, size_t i)
{
    return ((const ais__onnx_builder *)builder)->values[i].name;
}

int ais__onnx_refuse_input(const ais__onnx_builder *builder, const ais_onnx_span *outputs,
                           size_t output_count, const char *who, const char *name, ais_error **err)
{
    const ais__onnx_reader *reader = builder->reader;
    for (const ais__onnx_builder *b = builder; b != NULL; b = b->outer) {
        AIS_SCOPED(later) l = {.builder = b, .makers = ais_map_new()};
        list_makers(&l);
        if (maker_of(&l, name) == 0)
            continue;
        l.seen = ais_alloc(l.count * sizeof *l.seen);
        for (size_t i = 0; i < output_count; i++) {
            AIS_FREE char *output = ais_onnx_span_dup(outputs[i]);
            const size_t self = maker_of(&l, output);
            if (self != 0 && leads_to(&l, name, self))
                return ais__onnx_refuse(reader, err,
                                        "%s reads '%s', which needs what that node makes: a loop",
                                        who, name);
        }
        ais__onnx_refuse(reader, err, "%s reads '%s', which only a later node makes", who, name);
        return ais_error_hint(err, "nodes must stand in the order in which they run");
    }
    ais__onnx_refuse(reader, err, "%s reads '%s', which is nowhere in the model", who, name);
    const char *nearest = ais_str_nearest(name, builder, builder->value_count, value_name_at);
    return nearest != NULL ? ais_error_hint(err, "is '%s' meant?", nearest) : -1;
}
