/* A look at the bytes of an ONNX file before anybody else trusts them: is it whole, and where does
 * it keep its weights? Only lengths, tensors, and the inputs and outputs of the main graph are looked
 * at; what the graph means is the back-end's business. */
#include "infer/infer_priv.h"

#include "base/map.h"
#include "onnx/message.h"

/* In a graph: the tag of an input, and one that stands for nothing. Both are one byte. */
enum { INPUT_TAG = AIS_ONNX_GRAPH_INPUT << 3 | AIS_ONNX_WIRE_BYTES, UNKNOWN_TAG = 6 << 3 | 2 };

typedef struct listed_input {
    char *name;
    uint8_t *tag;
} listed_input;

typedef struct scan {
    ais__infer_model *model;
    ais_onnx_source source;
    ais_map *weights;     /* names of the main graph's initializers */
    listed_input *inputs; /* of the main graph */
    size_t input_count, input_capacity;
} scan;

static void scan_clear(scan *s)
{
    for (size_t i = 0; i < s->input_count; i++)
        free(s->inputs[i].name);
    free(s->inputs);
    ais_map_free(s->weights);
}

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

static int scan_initializer(scan *s, ais_onnx_span in, ais_error **err)
{
    ais_onnx_span name = {.at = NULL};
    if (ais_onnx_find_bytes(&s->source, in, AIS_ONNX_TENSOR_NAME, &name, err) < 0)
        return -1;
    AIS_FREE char *text = ais_onnx_span_dup(name);
    ais_map_put(s->weights, text, s);
    return 0;
}

static int list_input(scan *s, const ais_onnx_field *f, ais_error **err)
{
    ais_onnx_span name = {.at = NULL};
    if (ais_onnx_find_bytes(&s->source, f->bytes, AIS_ONNX_VALUE_NAME, &name, err) < 0)
        return -1;
    s->inputs = ais_grow(s->inputs, &s->input_capacity, s->input_count + 1, sizeof *s->inputs);
    s->inputs[s->input_count++] = (listed_input){
        .name = ais_onnx_span_dup(name), .tag = s->model->data + (f->whole.at - s->model->data)};
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
        if (f.type == AIS_ONNX_WIRE_BYTES && f.number == AIS_ONNX_GRAPH_INPUT &&
            list_input(s, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_BYTES && f.number == AIS_ONNX_GRAPH_INITIALIZER &&
            scan_initializer(s, f.bytes, err) < 0)
            return -1;
    }
    return 0;
}

/* Since IR version 4, a weight that is listed among the inputs may be given anew for each run, so
 * ONNX Runtime cannot compute with it beforehand: version-RFB-640 takes three times as long. Nobody
 * here gives weights, so they are taken off the list. */
static void unlist_weights(const scan *s)
{
    for (size_t i = 0; i < s->input_count; i++)
        if (*s->inputs[i].tag == INPUT_TAG && ais_map_find(s->weights, s->inputs[i].name) != NULL)
            *s->inputs[i].tag = UNKNOWN_TAG;
}

static int find_version(const scan *s, ais_onnx_span in, uint64_t *out, ais_error **err)
{
    while (in.at < in.end) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&s->source, &in, &f, err) < 0)
            return -1;
        if (f.type == AIS_ONNX_WIRE_VARINT && f.number == AIS_ONNX_MODEL_IR_VERSION)
            *out = f.value;
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
    __attribute__((cleanup(scan_clear)))
    scan s = {.model = model,
              .source = {.path = model->path, .data = model->data, .length = model->length},
              .weights = ais_map_new()};
    const ais_onnx_visitor visitor = {.source = &s.source, .context = &s, .visit = visit};
    const ais_onnx_span all = {.at = model->data, .end = model->data + model->length};
    ais_onnx_span graph = {.at = NULL};
    uint64_t version = 0;
    if (model->length == 0)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                                "the file is empty (must be an ONNX model)");
    if (ais_onnx_walk(&visitor, AIS_ONNX_MESSAGE_MODEL, all, err) < 0 ||
        ais_onnx_find_bytes(&s.source, all, AIS_ONNX_MODEL_GRAPH, &graph, err) < 0 ||
        find_version(&s, all, &version, err) < 0)
        return -1;
    if (graph.at == NULL)
        return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = model->path},
                                "this is no ONNX model: it holds no graph");
    if (version >= 4) /* earlier ones must list all weights, and mean nothing by it */
        unlist_weights(&s);
    return 0;
}
