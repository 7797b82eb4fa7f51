/* Which nodes and values a part has. */
#include "onnx/part_priv.h"

void ais__onnx_selection_clear(ais__onnx_selection *s)
{
    free(s->nodes);
    free(s->values);
    free(s->is_input);
}

bool ais__onnx_selects_weight(const ais__onnx_selection *s, size_t value)
{
    return s->values[value] && !s->is_input[value] &&
           s->model->graph->values[value].initializer != NULL;
}

/* Is the node to run? Not for the sake of what the part is given. */
static bool makes_wanted(const ais__onnx_selection *s, const ais_onnx_node *node)
{
    for (size_t i = 0; i < node->output_count; i++) {
        const size_t value = node->outputs[i];
        if (value != AIS_ONNX_NONE && s->values[value] && !s->is_input[value])
            return true;
    }
    return false;
}

static int refuse(const ais__onnx_selection *s, const char *need, const char *why, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = s->model->path},
                            "a part with these inputs cannot be made: it needs '%s' too%s", need,
                            why);
}

static int take(ais__onnx_selection *s, size_t at, ais_error **err)
{
    const ais_onnx_node *node = &s->model->graph->nodes[at];
    s->nodes[at] = true;
    for (size_t i = 0; i < node->output_count; i++)
        if (node->outputs[i] != AIS_ONNX_NONE && s->is_input[node->outputs[i]]) {
            size_t wanted = 0;
            while (node->outputs[wanted] == AIS_ONNX_NONE || !s->values[node->outputs[wanted]] ||
                   s->is_input[node->outputs[wanted]])
                wanted++;
            AIS_FREE char *why = ais_format(", which is made together with '%s'",
                                            s->model->graph->values[node->outputs[i]].name);
            return refuse(s, s->model->graph->values[node->outputs[wanted]].name, why, err);
        }
    for (size_t i = 0; i < node->input_count; i++)
        if (node->inputs[i] != AIS_ONNX_NONE)
            s->values[node->inputs[i]] = true;
    for (size_t i = 0; i < node->capture_count; i++)
        s->values[node->captures[i]] = true;
    return 0;
}

/* Outputs that nobody reads are the part's all the same. */
static void touch_outputs(ais__onnx_selection *s)
{
    const ais_onnx_graph *graph = s->model->graph;
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; s->nodes[n] && i < graph->nodes[n].output_count; i++)
            if (graph->nodes[n].outputs[i] != AIS_ONNX_NONE)
                s->values[graph->nodes[n].outputs[i]] = true;
}

int ais__onnx_select(ais__onnx_selection *s, ais_error **err)
{
    const ais_onnx_graph *graph = s->model->graph;
    s->nodes = ais_alloc(graph->node_count * sizeof *s->nodes);
    s->values = ais_alloc(graph->value_count * sizeof *s->values);
    s->is_input = ais_alloc(graph->value_count * sizeof *s->is_input);
    for (size_t i = 0; i < s->part->input_count; i++)
        s->is_input[s->part->inputs[i]] = true;
    for (size_t i = 0; i < s->part->output_count; i++)
        s->values[s->part->outputs[i]] = true;
    for (size_t n = graph->node_count; n > 0; n--)
        if (makes_wanted(s, &graph->nodes[n - 1]) && take(s, n - 1, err) < 0)
            return -1;
    for (size_t i = 0; i < graph->input_count; i++)
        if (s->values[graph->inputs[i]] && !s->is_input[graph->inputs[i]])
            return refuse(s, graph->values[graph->inputs[i]].name, "", err);
    touch_outputs(s);
    return 0;
}
