/* NodeProto: what a node reads and makes. Names become positions of values here, and what is wrong with
 * an input is said. */
#include "onnx/onnx_priv.h"

/* Spans of a node's fields, before names mean anything. */
typedef struct parts {
    ais_onnx_span *inputs, *outputs, *attributes;
    size_t input_count, input_capacity;
    size_t output_count, output_capacity;
    size_t attribute_count, attribute_capacity;
    ais_onnx_span name, op_type, domain;
} parts;

static void parts_clear(parts *p)
{
    free(p->inputs);
    free(p->outputs);
    free(p->attributes);
}

static void add_span(ais_onnx_span **list, size_t *count, size_t *capacity, ais_onnx_span span)
{
    *list = ais_grow(*list, capacity, *count + 1, sizeof **list);
    (*list)[(*count)++] = span;
}

static void take_field(const ais_onnx_field *f, parts *p)
{
    switch (f->number) {
    case AIS_ONNX_NODE_INPUT:
        add_span(&p->inputs, &p->input_count, &p->input_capacity, f->bytes);
        break;
    case AIS_ONNX_NODE_OUTPUT:
        add_span(&p->outputs, &p->output_count, &p->output_capacity, f->bytes);
        break;
    case AIS_ONNX_NODE_ATTRIBUTE:
        add_span(&p->attributes, &p->attribute_count, &p->attribute_capacity, f->bytes);
        break;
    case AIS_ONNX_NODE_NAME:
        p->name = f->bytes;
        break;
    case AIS_ONNX_NODE_OP_TYPE:
        p->op_type = f->bytes;
        break;
    case AIS_ONNX_NODE_DOMAIN:
        p->domain = f->bytes;
        break;
    default:
        break;
    }
}

static int read_parts(ais__onnx_reader *reader, ais_onnx_span span, parts *p, ais_error **err)
{
    while (span.at < span.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&reader->source, &span, &f, err) < 0 ||
            ais__onnx_count(reader, &reader->items, 1, AIS__ONNX_MAX_ITEMS, "parts of nodes", err) <
                0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_BYTES)
            take_field(&f, p);
    }
    return 0;
}

char *ais__onnx_describe_node(const ais_onnx_node *node, const char *first_output)
{
    if (node->name[0] != '\0')
        return ais_format("node '%s' (%s)", node->name, node->op_type);
    return ais_format("the node that makes '%s' (%s)", first_output, node->op_type);
}

/* Its name, or what else it is known by. Ownership: the caller frees it. */
static char *describe(const ais_onnx_node *node, const parts *p)
{
    AIS_FREE char *output =
        ais_onnx_span_dup(p->output_count > 0 ? p->outputs[0] : (ais_onnx_span){.at = NULL});
    return ais__onnx_describe_node(node, output);
}

/* ---- inputs ---- */

static int resolve_inputs(ais__onnx_builder *builder, const parts *p, ais_onnx_node *node,
                          ais_error **err)
{
    const ais__onnx_reader *reader = builder->reader;
    size_t *inputs = ais_arena_alloc(reader->model->arena, p->input_count * sizeof *inputs);
    for (size_t i = 0; i < p->input_count; i++) {
        inputs[i] = AIS_ONNX_NONE;
        if (ais_onnx_span_length(p->inputs[i]) == 0)
            continue; /* an optional input that is left out */
        AIS_FREE char *name = ais_onnx_span_dup(p->inputs[i]);
        inputs[i] = ais__onnx_resolve(builder, name);
        if (inputs[i] == AIS_ONNX_NONE) {
            AIS_FREE char *who = describe(node, p);
            return ais__onnx_refuse_input(builder, p->outputs, p->output_count, who, name, err);
        }
    }
    node->inputs = inputs;
    node->input_count = p->input_count;
    return 0;
}

static int compare_indices(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Each once, ascending: both branches of an If may use a value. */
static void keep_captures(ais__onnx_builder *builder, ais_onnx_node *node)
{
    size_t count = 0;
    if (builder->capture_count > 0)
        qsort(builder->captures, builder->capture_count, sizeof *builder->captures,
              compare_indices);
    for (size_t i = 0; i < builder->capture_count; i++)
        if (count == 0 || builder->captures[count - 1] != builder->captures[i])
            builder->captures[count++] = builder->captures[i];
    node->captures =
        ais__onnx_keep(builder->reader, builder->captures, count, sizeof *builder->captures);
    node->capture_count = count;
}

static int read_attributes(ais__onnx_builder *builder, const parts *p, ais_onnx_node *node,
                           ais_error **err)
{
    ais_onnx_attribute *attributes =
        ais_arena_alloc(builder->reader->model->arena, p->attribute_count * sizeof *attributes);
    builder->capture_count = 0;
    for (size_t i = 0; i < p->attribute_count; i++)
        if (ais__onnx_read_attribute(builder, p->attributes[i], &attributes[i], err) < 0) {
            AIS_FREE char *who = describe(node, p);
            return ais_error_wrap(err, "reading %s", who);
        }
    node->attributes = attributes;
    node->attribute_count = p->attribute_count;
    keep_captures(builder, node);
    return 0;
}

static int add_outputs(ais__onnx_builder *builder, const parts *p, ais_onnx_node *node,
                       ais_error **err)
{
    const ais__onnx_reader *reader = builder->reader;
    size_t *outputs = ais_arena_alloc(reader->model->arena, p->output_count * sizeof *outputs);
    for (size_t i = 0; i < p->output_count; i++) {
        outputs[i] = AIS_ONNX_NONE;
        ais_onnx_value value = {.producer = builder->node_count};
        if (ais__onnx_read_text(reader, p->outputs[i], &value.name, err) < 0)
            return -1;
        if (value.name[0] == '\0')
            continue; /* an optional output that is left out */
        if (ais__onnx_add_value(builder, &value, "value", &outputs[i], err) < 0) {
            AIS_FREE char *who = describe(node, p);
            return ais_error_wrap(err, "reading %s", who);
        }
    }
    node->outputs = outputs;
    node->output_count = p->output_count;
    return 0;
}

int ais__onnx_read_node(ais__onnx_builder *builder, ais_onnx_span span, ais_error **err)
{
    ais__onnx_reader *reader = builder->reader;
    AIS_SCOPED(parts) p = {.inputs = NULL};
    ais_onnx_node node = {.span = ais__onnx_bytes_of(span)};
    if (ais__onnx_count(reader, &reader->nodes, 1, AIS__ONNX_MAX_NODES, "nodes", err) < 0 ||
        read_parts(reader, span, &p, err) < 0 ||
        ais__onnx_read_text(reader, p.name, &node.name, err) < 0 ||
        ais__onnx_read_text(reader, p.op_type, &node.op_type, err) < 0 ||
        ais__onnx_read_text(reader, p.domain, &node.domain, err) < 0)
        return -1;
    if (ais_str_equal(node.domain, "ai.onnx"))
        node.domain = "";
    if (node.op_type[0] == '\0') {
        AIS_FREE char *who = describe(&node, &p);
        return ais__onnx_refuse(reader, err, "%s names no operator", who);
    }
    if (resolve_inputs(builder, &p, &node, err) < 0 ||
        read_attributes(builder, &p, &node, err) < 0 || add_outputs(builder, &p, &node, err) < 0)
        return -1;
    builder->nodes = ais_grow(builder->nodes, &builder->node_capacity, builder->node_count + 1,
                              sizeof *builder->nodes);
    builder->nodes[builder->node_count++] = node;
    return 0;
}
