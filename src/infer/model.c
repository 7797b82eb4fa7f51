/* A look at the bytes of an ONNX file before anybody else trusts them: is it whole, and where does
 * it keep its weights? Only lengths, tensors, and the inputs and outputs of the main graph are looked
 * at; what the graph means is the back-end's business. */
#include "infer/infer_priv.h"
#include "onnx/message.h"

typedef struct scan {
    ais__infer_model *model;
    ais_onnx_source source;
} scan;

void ais__infer_model_clear(ais__infer_model *model)
{
    ais__infer_files_clear(&model->external);
    ais_names_clear(&model->shapeless);
}

/* A name counts even where the tensor does not say that it is external: protobuf may merge a tensor
 * from two parts, and the other one may say so. */
static int scan_tensor(scan *s, ais_onnx_span in, ais_error **err)
{
    ais_onnx_external external = {.offset = 0};
    bool is_external = false;
    while (in.at < in.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&s->source, &in, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_VARINT && f.number == AIS_ONNX_TENSOR_LOCATION)
            is_external = is_external || f.value != 0;
        if (f.type == AIS_ONNX_WIRE_BYTES && f.number == AIS_ONNX_TENSOR_EXTERNAL &&
            ais_onnx_external_read(&s->source, f.bytes, &external, err) < 0)
            return -1;
    }
    return is_external || external.location.at != NULL
               ? ais__infer_external_add(s->model, &external, err)
               : 0;
}

/* An input or output of the main graph: does it say how many dimensions it has? */
static int scan_value(scan *s, ais_onnx_span in, ais_error **err)
{
    ais_onnx_span name = {.at = NULL}, type = name, tensor = name, shape = name;
    if (ais_onnx_find_bytes(&s->source, in, AIS_ONNX_VALUE_NAME, &name, err) < 0 ||
        ais_onnx_find_bytes(&s->source, in, AIS_ONNX_VALUE_TYPE, &type, err) < 0 ||
        ais_onnx_find_bytes(&s->source, type, AIS_ONNX_TYPE_TENSOR, &tensor, err) < 0 ||
        ais_onnx_find_bytes(&s->source, tensor, AIS_ONNX_TENSOR_TYPE_SHAPE, &shape, err) < 0)
        return -1;
    if (shape.at == NULL) {
        AIS_FREE char *text = ais_onnx_span_dup(name);
        ais_names_add(&s->model->shapeless, text);
    }
    return 0;
}

static int scan_graph(scan *s, ais_onnx_span in, ais_error **err)
{
    while (in.at < in.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&s->source, &in, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_BYTES &&
            (f.number == AIS_ONNX_GRAPH_INPUT || f.number == AIS_ONNX_GRAPH_OUTPUT) &&
            scan_value(s, f.bytes, err) < 0)
            return -1;
    }
    return 0;
}

static int visit(void *context, ais_onnx_message message, ais_onnx_span span, int depth,
                 ais_error **err)
{
    if (message == AIS_ONNX_MESSAGE_TENSOR)
        return scan_tensor(context, span, err);
    return message == AIS_ONNX_MESSAGE_GRAPH && depth == 1 ? scan_graph(context, span, err) : 0;
}

int ais__infer_model_scan(ais__infer_model *model, ais_error **err)
{
    scan s = {.model = model,
              .source = {.path = model->path, .data = model->data, .length = model->length}};
    const ais_onnx_visitor visitor = {.source = &s.source, .context = &s, .visit = visit};
    const ais_onnx_span all = {.at = model->data, .end = model->data + model->length};
    ais_onnx_span graph = {.at = NULL};
    if (model->length == 0)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                                "the file is empty (must be an ONNX model)");
    if (ais_onnx_walk(&visitor, AIS_ONNX_MESSAGE_MODEL, all, err) < 0 ||
        ais_onnx_find_bytes(&s.source, all, AIS_ONNX_MODEL_GRAPH, &graph, err) < 0)
        return -1;
    if (graph.at == NULL)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                                "this is no ONNX model: it holds no graph");
    return 0;
}
