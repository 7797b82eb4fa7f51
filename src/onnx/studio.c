/* Parts as onnx 1.12's extract_model() writes them, byte for byte: AI-SPRINT Studio's own files.
 *
 * It infers shapes first, so a part declares every value whose type that finds out; all other bytes are those
 * that protobuf writes of the same messages.
 * Source: onnx/utils.py and onnx/helper.py of ONNX 1.12 (behaviour; no code is taken over). */
#include "onnx/canonical.h"
#include "onnx/part_priv.h"

typedef struct extractor {
    const ais__onnx_selection *s;
    const ais_onnx_graph *graph;
    ais_onnx_source source;
    ais__onnx_rope *out; /* of the graph */
    bool *touched;       /* by value: a node of the part reads or makes it */
    bool *declared;      /* by value: has an entry in value_info already */
    size_t node;
} extractor;

/* ---- declarations ---- */

static bool same_shape(const ais_onnx_shape *a, const ais_onnx_shape *b)
{
    if (a->known != b->known || (a->known && a->rank != b->rank))
        return false;
    for (size_t i = 0; a->known && i < a->rank; i++) {
        const ais_onnx_dim x = a->dims[i], y = b->dims[i];
        if (x.size != y.size || (x.symbol == NULL) != (y.symbol == NULL) ||
            (x.symbol != NULL && !ais_str_equal(x.symbol, y.symbol)))
            return false;
    }
    return true;
}

/* Did inference find out more than the model declares? */
static bool is_inferred(const extractor *x, size_t value)
{
    const ais_onnx_facts *facts = x->s->facts;
    const ais_onnx_value *v = &x->graph->values[value];
    return facts != NULL && facts->types[value] != AIS_ONNX_UNDEFINED &&
           facts->kinds[value] <= AIS_ONNX_KIND_TENSOR && v->kind <= AIS_ONNX_KIND_TENSOR &&
           (v->type != facts->types[value] || !same_shape(&v->shape, &facts->shapes[value]));
}

/* The declaration `info` of the file, or what inference made of it. */
static int add_declaration(const extractor *x, size_t value, ais_onnx_span info, uint32_t field,
                           ais_error **err)
{
    const ais_onnx_value *v = &x->graph->values[value];
    if (info.at == NULL || is_inferred(x, value)) {
        if (x->s->facts == NULL || x->s->facts->types[value] == AIS_ONNX_UNDEFINED)
            return ais_error_set_at(
                err, AIS_E_INPUT, (ais_pos){.file = x->source.path},
                "onnx 1.12 does not know the type of '%s', so it cannot cut there", v->name);
        ais__onnx_add_tensor_info(v->name, x->s->facts->types[value], &x->s->facts->shapes[value],
                                  field, x->out);
        return 0;
    }
    AIS_SCOPED(ais__onnx_rope) message = {.arena = x->out->arena};
    if (ais__onnx_add_canonical(&x->source, AIS__ONNX_VALUE_INFO, info, &message, err) < 0)
        return -1;
    ais__onnx_rope_add_message(x->out, field, &message);
    return 0;
}

/* The declaration of `value` in the list `number` of the file's graph; absent when there is none. */
static int find_declaration(const extractor *x, ais_onnx_span graph, uint32_t number, size_t value,
                            ais_onnx_span *out, ais_error **err)
{
    const char *wanted = x->graph->values[value].name;
    *out = (ais_onnx_span){.at = NULL};
    while (graph.at < graph.end) {
        ais_onnx_field f = {.number = 0};
        ais_onnx_span name = {.at = NULL};
        if (ais_onnx_next_field(&x->source, &graph, &f, err) < 0)
            return -1;
        if (f.number != number || f.type != AIS_ONNX_WIRE_BYTES)
            continue;
        if (ais_onnx_find_bytes(&x->source, f.bytes, AIS_ONNX_VALUE_NAME, &name, err) < 0)
            return -1;
        if (ais_onnx_span_is(name, wanted))
            *out = f.bytes;
    }
    return 0;
}

/* Inputs and outputs: those of the whole model as they were, others as values inside. */
static int add_ends(const extractor *x, ais_onnx_span graph, uint32_t field, const size_t *values,
                    size_t count, ais_error **err)
{
    for (size_t i = 0; i < count; i++) {
        ais_onnx_span info = {.at = NULL};
        if (find_declaration(x, graph, field, values[i], &info, err) < 0 ||
            (info.at == NULL &&
             find_declaration(x, graph, AIS_ONNX_GRAPH_VALUE_INFO, values[i], &info, err) < 0) ||
            add_declaration(x, values[i], info, field, err) < 0)
            return -1;
    }
    return 0;
}

/* Inference adds what is declared nowhere, node by node. */
static int add_inferred(const extractor *x, ais_error **err)
{
    for (size_t n = 0; n < x->graph->node_count; n++)
        for (size_t i = 0; i < x->graph->nodes[n].output_count; i++) {
            const size_t v = x->graph->nodes[n].outputs[i];
            if (v == AIS_ONNX_NONE || !x->touched[v] || x->declared[v] ||
                x->graph->values[v].is_output || !is_inferred(x, v))
                continue;
            if (add_declaration(x, v, (ais_onnx_span){.at = NULL}, AIS_ONNX_GRAPH_VALUE_INFO, err) <
                0)
                return -1;
        }
    return 0;
}

/* ---- the lists of the graph ---- */

/* Also what sub-graphs read from outside, which onnx 1.12 forgets: its part would be no model. */
static void touch(const extractor *x)
{
    for (size_t n = 0; n < x->graph->node_count; n++) {
        const ais_onnx_node *node = &x->graph->nodes[n];
        if (!x->s->nodes[n])
            continue;
        for (size_t i = 0; i < node->input_count; i++)
            if (node->inputs[i] != AIS_ONNX_NONE)
                x->touched[node->inputs[i]] = true;
        for (size_t i = 0; i < node->output_count; i++)
            if (node->outputs[i] != AIS_ONNX_NONE)
                x->touched[node->outputs[i]] = true;
        for (size_t i = 0; i < node->capture_count; i++)
            x->touched[node->captures[i]] = true;
    }
}

static int keep(const extractor *x, ais__onnx_schema schema, const ais_onnx_field *f,
                ais_error **err)
{
    AIS_SCOPED(ais__onnx_rope) message = {.arena = x->out->arena};
    if (ais__onnx_add_canonical(&x->source, schema, f->bytes, &message, err) < 0)
        return -1;
    if (ais__onnx_rope_is(&message, f->bytes))
        ais__onnx_rope_add(x->out, f->whole);
    else
        ais__onnx_rope_add_message(x->out, f->number, &message);
    return 0;
}

static int take_node(extractor *x, const ais_onnx_field *f, ais_error **err)
{
    return x->s->nodes[x->node++] ? keep(x, AIS__ONNX_NODE, f, err) : 0;
}

static int find_named(const extractor *x, const ais_onnx_field *f, uint32_t number, size_t *out,
                      ais_error **err)
{
    ais_onnx_span span = {.at = NULL};
    if (ais_onnx_find_bytes(&x->source, f->bytes, number, &span, err) < 0)
        return -1;
    AIS_FREE char *name = ais_onnx_span_dup(span);
    *out = ais_onnx_find_value(x->graph, name);
    return 0;
}

/* A weight that is an output itself stays, too: without it, onnx 1.12 writes what is no model. */
static int take_weight(extractor *x, const ais_onnx_field *f, ais_error **err)
{
    size_t value = 0;
    if (find_named(x, f, AIS_ONNX_TENSOR_NAME, &value, err) < 0)
        return -1;
    return value != AIS_ONNX_NONE && x->s->values[value] ? keep(x, AIS__ONNX_TENSOR, f, err) : 0;
}

static int take_declaration(extractor *x, const ais_onnx_field *f, ais_error **err)
{
    size_t value = 0;
    if (find_named(x, f, AIS_ONNX_VALUE_NAME, &value, err) < 0)
        return -1;
    if (value == AIS_ONNX_NONE || !x->touched[value] || x->declared[value])
        return 0;
    x->declared[value] = true;
    return add_declaration(x, value, f->bytes, AIS_ONNX_GRAPH_VALUE_INFO, err);
}

static int for_each(extractor *x, ais_onnx_span graph, uint32_t number,
                    int (*take)(extractor *x, const ais_onnx_field *f, ais_error **err),
                    ais_error **err)
{
    while (graph.at < graph.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&x->source, &graph, &f, err) < 0 ||
            (f.number == number && f.type == AIS_ONNX_WIRE_BYTES && take(x, &f, err) < 0))
            return -1;
    }
    return 0;
}

static int refuse_field(extractor *x, const ais_onnx_field *f, ais_error **err)
{
    ais_error_set_at(
        err, AIS_E_INPUT, (ais_pos){.file = x->source.path}, "onnx 1.12 cannot cut a model with %s",
        f->number == AIS_ONNX_GRAPH_QUANTIZATION ? "quantization annotations" : "sparse weights");
    return ais_error_hint(err, "the rule 'pareto' can");
}

static int extract_graph(extractor *x, ais_onnx_span graph, ais_error **err)
{
    const ais_onnx_part *part = x->s->part;
    touch(x);
    if (for_each(x, graph, AIS_ONNX_GRAPH_SPARSE_INITIALIZER, refuse_field, err) < 0 ||
        for_each(x, graph, AIS_ONNX_GRAPH_QUANTIZATION, refuse_field, err) < 0 ||
        for_each(x, graph, AIS_ONNX_GRAPH_NODE, take_node, err) < 0)
        return -1;
    AIS_FREE char *name = ais_format("Extracted from {%s}", x->graph->name);
    ais__onnx_rope_add_text(x->out, AIS_ONNX_GRAPH_NAME, name);
    if (for_each(x, graph, AIS_ONNX_GRAPH_INITIALIZER, take_weight, err) < 0 ||
        add_ends(x, graph, AIS_ONNX_GRAPH_INPUT, part->inputs, part->input_count, err) < 0 ||
        add_ends(x, graph, AIS_ONNX_GRAPH_OUTPUT, part->outputs, part->output_count, err) < 0 ||
        for_each(x, graph, AIS_ONNX_GRAPH_VALUE_INFO, take_declaration, err) < 0)
        return -1;
    return add_inferred(x, err);
}

/* ---- the model ---- */

static int add_opsets(const extractor *x, ais_onnx_span model, ais__onnx_rope *out, ais_error **err)
{
    extractor top = *x;
    top.out = out;
    while (model.at < model.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&x->source, &model, &f, err) < 0 ||
            (f.number == AIS_ONNX_MODEL_OPSET && f.type == AIS_ONNX_WIRE_BYTES &&
             keep(&top, AIS__ONNX_OPSET, &f, err) < 0))
            return -1;
    }
    return 0;
}

int ais__onnx_extract_studio(const ais__onnx_selection *s, ais__onnx_rope *out, ais_error **err)
{
    const ais_onnx_model *model = s->model;
    const ais_onnx_span all = {.at = model->bytes.data,
                               .end = model->bytes.data + model->bytes.length};
    AIS_SCOPED(ais__onnx_rope) graph = {.arena = out->arena};
    AIS_FREE bool *touched = ais_alloc(model->graph->value_count * sizeof *touched);
    AIS_FREE bool *declared = ais_alloc(model->graph->value_count * sizeof *declared);
    extractor x = {
        .s = s,
        .graph = model->graph,
        .source = {.path = model->path, .data = model->bytes.data, .length = model->bytes.length},
        .out = &graph,
        .touched = touched,
        .declared = declared};
    ais_onnx_span span = {.at = NULL};
    if (model->has_external_data) {
        ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                         "parts of a model with external data are not made by the rule 'studio'");
        return ais_error_hint(err, "the rule 'pareto' can");
    }
    if (ais_onnx_find_bytes(&x.source, all, AIS_ONNX_MODEL_GRAPH, &span, err) < 0 ||
        extract_graph(&x, span, err) < 0)
        return -1;
    ais__onnx_rope_add_number(out, AIS_ONNX_MODEL_IR_VERSION, (uint64_t)model->ir_version);
    ais__onnx_rope_add_text(out, AIS_ONNX_MODEL_PRODUCER, "onnx.utils.extract_model");
    ais__onnx_rope_add_message(out, AIS_ONNX_MODEL_GRAPH, &graph);
    if (add_opsets(&x, all, out, err) < 0)
        return -1;
    return ais__onnx_add_functions(s, &x.source, out, err);
}
