#include "support/onnx_says.h"

#include "support/onnx_text.h"

static void add_shape(ais_str *out, const ais_onnx_shape *shape)
{
    if (!shape->known)
        return;
    ais_str_add(out, "[");
    for (size_t i = 0; i < shape->rank; i++) {
        const ais_onnx_dim dim = shape->dims[i];
        ais_str_add(out, i > 0 ? "," : "");
        if (dim.size >= 0)
            ais_str_add_format(out, "%lld", (long long)dim.size);
        else
            ais_str_add(out, dim.symbol != NULL ? dim.symbol : "?");
    }
    ais_str_add(out, "]");
}

void onnx_said_read(const char *text, int opset, const ais_onnx_facts_options *options,
                    onnx_said *out)
{
    *out = (onnx_said){.model = NULL};
    onnx_text_model(text, opset, 8, &out->bytes);
    const ais_onnx_bytes bytes = {.data = (const uint8_t *)out->bytes.data,
                                  .length = out->bytes.length};
    if (ais_onnx_parse("m.onnx", bytes, &out->model, &out->err) == 0)
        (void)!ais_onnx_infer(out->model, options, &out->facts, &out->err);
}

void onnx_said_clear(onnx_said *said)
{
    ais_onnx_facts_free(said->facts);
    ais_onnx_model_free(said->model);
    ais_error_free(said->err);
    ais_str_clear(&said->bytes);
}

static void add_values(const onnx_said *said, ais_str *out)
{
    static const char *const kinds[] = {
        [AIS_ONNX_KIND_UNKNOWN] = "",       [AIS_ONNX_KIND_TENSOR] = "",
        [AIS_ONNX_KIND_SPARSE] = "sparse ", [AIS_ONNX_KIND_SEQUENCE] = "seq ",
        [AIS_ONNX_KIND_MAP] = "map ",       [AIS_ONNX_KIND_OPTIONAL] = "optional ",
    };
    const ais_onnx_graph *graph = said->model->graph;
    for (size_t i = 0; i < graph->output_count; i++) {
        const size_t value = graph->outputs[i];
        const ais_onnx_type type = said->facts->types[value];
        ais_str_add_format(out, "%s%s: %s%s", i > 0 ? ", " : "", graph->values[value].name,
                           kinds[said->facts->kinds[value]],
                           type != AIS_ONNX_UNDEFINED ? ais_onnx_type_name(type) : "?");
        add_shape(out, &said->facts->shapes[value]);
    }
}

char *onnx_says(const char *text, int opset, const ais_onnx_facts_options *options)
{
    AIS_SCOPED(onnx_said) said = {.model = NULL};
    ais_str out = {.data = NULL};
    onnx_said_read(text, opset, options, &said);
    if (said.err == NULL) {
        add_values(&said, &out);
    } else {
        const char *hint = ais_error_get_hint(said.err);
        ais_str_add_format(&out, "error: %s", ais_error_get_message(said.err));
        if (hint != NULL)
            ais_str_add_format(&out, " (%s)", hint);
    }
    return ais_str_take(&out);
}

double onnx_says_flops(const char *text, int opset)
{
    AIS_SCOPED(onnx_said) said = {.model = NULL};
    double flops = 0;
    onnx_said_read(text, opset, NULL, &said);
    for (size_t i = 0; said.err == NULL && i < said.model->graph->node_count; i++)
        flops += said.facts->flops[i];
    return said.err == NULL ? flops : -1;
}
