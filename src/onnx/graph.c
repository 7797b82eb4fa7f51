/* A graph: its values by name, its nodes in order, and who reads what. */
#include "onnx/onnx_priv.h"

/* ---- names ---- */

static size_t find_here(const ais__onnx_builder *builder, const char *name)
{
    const void *at = ais_map_find(builder->names, name);
    return at != NULL ? (size_t)(uintptr_t)at - 1 : AIS_ONNX_NONE;
}

static size_t push_value(ais__onnx_builder *builder, const ais_onnx_value *value)
{
    builder->values = ais_grow(builder->values, &builder->value_capacity, builder->value_count + 1,
                               sizeof *builder->values);
    builder->values[builder->value_count++] = *value;
    builder->reader->values++;
    ais_map_put(builder->names, value->name, (void *)(uintptr_t)builder->value_count);
    return builder->value_count - 1;
}

int ais__onnx_add_value(ais__onnx_builder *builder, const ais_onnx_value *value, const char *what,
                        size_t *at, ais_error **err)
{
    if (value->name[0] == '\0')
        return ais__onnx_refuse(builder->reader, err, "an %s has no name", what);
    if (find_here(builder, value->name) != AIS_ONNX_NONE)
        return ais__onnx_refuse(builder->reader, err, "%s '%s' is made twice", what, value->name);
    if (builder->reader->values >= AIS__ONNX_MAX_NODES)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = builder->reader->source.path},
                                "the model has more than %d values", AIS__ONNX_MAX_NODES);
    *at = push_value(builder, value);
    return 0;
}

/* The node that is being read uses a value through a sub-graph, perhaps not for the first time. */
static void capture(ais__onnx_builder *builder, size_t value)
{
    builder->captures = ais_grow(builder->captures, &builder->capture_capacity,
                                 builder->capture_count + 1, sizeof *builder->captures);
    builder->captures[builder->capture_count++] = value;
}

size_t ais__onnx_resolve(ais__onnx_builder *builder, const char *name)
{
    const size_t here = find_here(builder, name);
    if (here != AIS_ONNX_NONE || builder->outer == NULL)
        return here;
    const size_t outside = ais__onnx_resolve(builder->outer, name);
    if (outside == AIS_ONNX_NONE)
        return AIS_ONNX_NONE;
    capture(builder->outer, outside);
    const ais_onnx_value value = {.name = builder->outer->values[outside].name,
                                  .producer = AIS_ONNX_NONE};
    return push_value(builder, &value);
}

/* ---- what stands in front of the nodes ---- */

static int read_input(ais__onnx_builder *builder, ais_onnx_span span, ais_error **err)
{
    ais_onnx_value value;
    size_t at = 0;
    if (ais__onnx_read_value(builder->reader, span, &value, err) < 0)
        return -1;
    value.is_input = true;
    return ais__onnx_add_value(builder, &value, "input", &at, err);
}

static int add_initializer(ais__onnx_builder *builder, const ais_onnx_tensor *tensor,
                           ais_error **err)
{
    const ais__onnx_reader *reader = builder->reader;
    size_t at = find_here(builder, tensor->name);
    if (at != AIS_ONNX_NONE && builder->values[at].is_input &&
        builder->values[at].initializer == NULL) {
        builder->values[at].initializer = ais__onnx_keep(reader, tensor, 1, sizeof *tensor);
        return 0;
    }
    const ais_onnx_value value = {.name = tensor->name,
                                  .producer = AIS_ONNX_NONE,
                                  .kind = AIS_ONNX_KIND_TENSOR,
                                  .type = tensor->type,
                                  .shape = ais__onnx_shape_of(reader, tensor)};
    if (ais__onnx_add_value(builder, &value, "initializer", &at, err) < 0)
        return -1;
    builder->values[at].initializer = ais__onnx_keep(reader, tensor, 1, sizeof *tensor);
    return 0;
}

static int read_initializer(ais__onnx_builder *builder, ais_onnx_span span, ais_error **err)
{
    ais_onnx_tensor tensor;
    return ais__onnx_read_tensor(builder->reader, span, &tensor, err) < 0
               ? -1
               : add_initializer(builder, &tensor, err);
}

static int read_sparse_initializer(ais__onnx_builder *builder, ais_onnx_span span, ais_error **err)
{
    ais_onnx_tensor tensor;
    return ais__onnx_read_sparse(builder->reader, span, &tensor, err) < 0
               ? -1
               : add_initializer(builder, &tensor, err);
}

/* ---- what stands behind them ---- */

static void declare(ais_onnx_value *value, const ais_onnx_value *declared)
{
    if (value->info.length > 0)
        return; /* what an input says of itself counts */
    value->info = declared->info;
    if (value->initializer != NULL)
        return; /* and so does what a weight is */
    value->kind = declared->kind;
    value->type = declared->type;
    value->shape = declared->shape;
}

/* Declarations of values that do not exist are left over from other tools, and harmless. */
static int read_value_info(ais__onnx_builder *builder, ais_onnx_span span, ais_error **err)
{
    ais_onnx_value declared;
    if (ais__onnx_read_value(builder->reader, span, &declared, err) < 0)
        return -1;
    const size_t at = find_here(builder, declared.name);
    if (at != AIS_ONNX_NONE)
        declare(&builder->values[at], &declared);
    return 0;
}

static int read_output(ais__onnx_builder *builder, ais_onnx_span span, ais_error **err)
{
    ais_onnx_value declared;
    if (ais__onnx_read_value(builder->reader, span, &declared, err) < 0)
        return -1;
    const size_t at = ais__onnx_resolve(builder, declared.name);
    if (at == AIS_ONNX_NONE)
        return ais__onnx_refuse(builder->reader, err, "output '%s' is made by no node",
                                declared.name);
    ais_onnx_value *value = &builder->values[at];
    if (value->is_output && builder->outer == NULL)
        return ais__onnx_refuse(builder->reader, err, "output '%s' is listed twice", value->name);
    value->is_output = true;
    declare(value, &declared);
    builder->outputs = ais_grow(builder->outputs, &builder->output_capacity,
                                builder->output_count + 1, sizeof *builder->outputs);
    builder->outputs[builder->output_count++] = at;
    return 0;
}

/* ---- the fields, in the order in which names come into being ---- */

typedef int (*read_function)(ais__onnx_builder *builder, ais_onnx_span span, ais_error **err);

static const struct {
    uint32_t field;
    read_function read;
} steps[] = {
    {.field = AIS_ONNX_GRAPH_INPUT, .read = read_input},
    {.field = AIS_ONNX_GRAPH_INITIALIZER, .read = read_initializer},
    {.field = AIS_ONNX_GRAPH_SPARSE_INITIALIZER, .read = read_sparse_initializer},
    {.field = AIS_ONNX_GRAPH_NODE, .read = ais__onnx_read_node},
    {.field = AIS_ONNX_GRAPH_OUTPUT, .read = read_output},
    {.field = AIS_ONNX_GRAPH_VALUE_INFO, .read = read_value_info},
};

static int read_fields(ais__onnx_builder *builder, ais_error **err)
{
    const ais_onnx_source *source = &builder->reader->source;
    for (size_t i = 0; i < AIS_COUNT(steps); i++)
        for (ais_onnx_span in = builder->span; in.at < in.end;) {
            ais_onnx_field f = {.number = 0};
            if (ais_onnx_next_field(source, &in, &f, err) < 0)
                return -1;
            if (f.number == steps[i].field && f.type == AIS_ONNX_WIRE_BYTES &&
                steps[i].read(builder, f.bytes, err) < 0)
                return -1;
        }
    return 0;
}

/* ---- who reads what ---- */

/* Calls `use` with each value that a node reads, itself or in a sub-graph. */
static void for_each_use(const ais__onnx_builder *builder,
                         void (*use)(ais_onnx_value *, size_t node))
{
    for (size_t n = 0; n < builder->node_count; n++) {
        const ais_onnx_node *node = &builder->nodes[n];
        for (size_t i = 0; i < node->input_count; i++)
            if (node->inputs[i] != AIS_ONNX_NONE)
                use(&builder->values[node->inputs[i]], n);
        for (size_t i = 0; i < node->capture_count; i++)
            use(&builder->values[node->captures[i]], n);
    }
}

/* Nodes come in order, so a node that reads a value twice does so one right after the other. */
static void add_consumer(ais_onnx_value *value, size_t node)
{
    size_t *consumers = (size_t *)(uintptr_t)value->consumers;
    if (value->consumer_count > 0 && consumers[value->consumer_count - 1] == node)
        return;
    consumers[value->consumer_count++] = node;
}

static void count_use(ais_onnx_value *value, size_t node)
{
    (void)node;
    value->consumer_count++;
}

static void link_consumers(ais__onnx_builder *builder)
{
    ais_arena *arena = builder->reader->model->arena;
    for_each_use(builder, count_use);
    for (size_t i = 0; i < builder->value_count; i++) {
        ais_onnx_value *value = &builder->values[i];
        value->consumers = ais_arena_alloc(arena, value->consumer_count * sizeof(size_t));
        value->consumer_count = 0;
    }
    for_each_use(builder, add_consumer);
}

/* ---- the whole ---- */

static void finish(ais__onnx_builder *builder)
{
    const ais__onnx_reader *reader = builder->reader;
    ais_onnx_graph *graph = &builder->out->graph;
    size_t *inputs = ais_arena_alloc(reader->model->arena, builder->value_count * sizeof *inputs);
    for (size_t i = 0; i < builder->value_count; i++)
        if (builder->values[i].is_input && builder->values[i].initializer == NULL)
            inputs[graph->input_count++] = i;
    link_consumers(builder);
    graph->inputs = inputs;
    graph->nodes =
        ais__onnx_keep(reader, builder->nodes, builder->node_count, sizeof *builder->nodes);
    graph->node_count = builder->node_count;
    graph->values =
        ais__onnx_keep(reader, builder->values, builder->value_count, sizeof *builder->values);
    graph->value_count = builder->value_count;
    graph->outputs =
        ais__onnx_keep(reader, builder->outputs, builder->output_count, sizeof *builder->outputs);
    graph->output_count = builder->output_count;
    graph->outer = builder->outer != NULL ? &builder->outer->out->graph : NULL;
}

static void builder_clear(ais__onnx_builder *builder)
{
    free(builder->values);
    free(builder->nodes);
    free(builder->outputs);
    free(builder->captures);
}

/* Its names live as long as the model, whatever becomes of the graph. */
static ais_map *new_names(struct ais__onnx_private *model)
{
    model->maps =
        ais_grow(model->maps, &model->map_capacity, model->map_count + 1, sizeof *model->maps);
    model->maps[model->map_count] = ais_map_new();
    return model->maps[model->map_count++];
}

int ais__onnx_read_graph(ais__onnx_reader *reader, ais_onnx_span span, ais__onnx_builder *outer,
                         const ais_onnx_graph **out, ais_error **err)
{
    __attribute__((cleanup(builder_clear)))
    ais__onnx_builder builder = {.reader = reader, .outer = outer, .span = span};
    ais_onnx_span name = {.at = NULL};
    if (reader->depth == AIS__ONNX_MAX_NESTING)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = reader->source.path},
                                "at byte %zu graphs are nested deeper than %d",
                                (size_t)(span.at - reader->source.data), AIS__ONNX_MAX_NESTING);
    builder.names = new_names(reader->model);
    builder.out = ais_arena_alloc(reader->model->arena, sizeof *builder.out);
    builder.out->names = builder.names;
    reader->depth++;
    if (ais_onnx_find_bytes(&reader->source, span, AIS_ONNX_GRAPH_NAME, &name, err) < 0 ||
        ais__onnx_read_text(reader, name, &builder.out->graph.name, err) < 0 ||
        read_fields(&builder, err) < 0)
        return -1;
    reader->depth--;
    finish(&builder);
    *out = &builder.out->graph;
    return 0;
}
