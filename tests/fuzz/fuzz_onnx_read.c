/* The reader, inference, the search for cuts and the writing of parts; a part must be a model again. */
#include "onnx/part_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TRIED = 6 };

static void cut(const ais_onnx_model *model, const ais_onnx_facts *facts, const ais_onnx_part *part,
                ais_onnx_rule rule)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_onnx_model) again = NULL;
    AIS_SCOPED(ais__onnx_selection) s = {.model = model, .facts = facts, .part = part};
    AIS_SCOPED(ais__onnx_relocation) r = {.model = model, .name = "part.onnx.data"};
    AIS_SCOPED(ais__onnx_rope) rope = {.arena = arena};
    AIS_SCOPED(ais_str) bytes = {.data = NULL};
    if (ais__onnx_build_part(&s, rule, &r, &rope, &err) < 0)
        return;
    for (size_t i = 0; i < rope.count; i++)
        ais_str_add_bytes(&bytes, rope.pieces[i].at, ais_onnx_span_length(rope.pieces[i]));
    const ais_onnx_bytes whole = {.data = (const uint8_t *)bytes.data, .length = bytes.length};
    if (ais_onnx_parse("/nowhere/part.onnx", whole, &again, &err) < 0)
        AIS_BUG("the part is no model: %s", ais_error_get_message(err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    const ais_onnx_bytes bytes = {.data = data, .length = size};
    if (ais_onnx_parse("/nowhere/m.onnx", bytes, &model, &err) < 0 ||
        ais_onnx_infer(model, NULL, &facts, &err) < 0)
        return 0;
    const ais_onnx_graph *g = model->graph;
    for (size_t n = 0; n < g->node_count && n < TRIED; n++) {
        const size_t *value = g->nodes[n].outputs;
        if (g->nodes[n].output_count == 0 || *value == AIS_ONNX_NONE)
            continue;
        const ais_onnx_part before = {.inputs = g->inputs,
                                      .input_count = g->input_count,
                                      .outputs = value,
                                      .output_count = 1};
        const ais_onnx_part behind = {.inputs = value,
                                      .input_count = 1,
                                      .outputs = g->outputs,
                                      .output_count = g->output_count};
        for (int rule = AIS_ONNX_RULE_PARETO; rule <= AIS_ONNX_RULE_STUDIO; rule++) {
            cut(model, facts, &before, (ais_onnx_rule)rule);
            cut(model, facts, &behind, (ais_onnx_rule)rule);
        }
    }
    return 0;
}
