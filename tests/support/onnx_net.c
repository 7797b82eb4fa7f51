#include "support/onnx_net.h"

#include <string.h>

#include "base/map.h"
#include "support/onnx_make.h"

static char *take_word(char **text, const char *ends)
{
    char *word = *text + strspn(*text, " ");
    const size_t length = strcspn(word, ends);
    *text = word + length + (word[length] != '\0');
    word[length] = '\0';
    for (size_t end = length; end > 0 && word[end - 1] == ' '; end--)
        word[end - 1] = '\0';
    return word;
}

/* The text up to an arrow. */
static char *take_section(char **text)
{
    char *section = *text, *arrow = strstr(section, "->");
    if (arrow == NULL)
        AIS_BUG("a net has inputs -> nodes -> outputs");
    *arrow = '\0';
    *text = arrow + 2;
    return section;
}

static void add_weights(const char *inputs, ais_map *seen, ais_str *graph)
{
    static const float weights[4];
    AIS_FREE char *copy = ais_strdup(inputs);
    for (char *rest = copy; *rest != '\0';) {
        const char *name = take_word(&rest, " ");
        if (name[0] == 'w' && ais_map_put(seen, name, graph) == NULL)
            onnx_floats(graph, name, "4", weights, 4);
    }
}

static void add_node(char *line, ais_map *seen, ais_str *graph)
{
    char *outputs = take_word(&line, "="), *op = take_word(&line, " ");
    AIS_FREE char *inputs = ais_strdup(line);
    add_weights(inputs, seen, graph);
    for (char *c = inputs; *c != '\0'; c++)
        *c = *c == ' ' ? ',' : *c;
    for (char *c = outputs; *c != '\0'; c++)
        *c = *c == ' ' ? ',' : *c;
    onnx_node(graph, op, inputs, outputs);
}

void onnx_net_make(const char *text, onnx_net *out)
{
    AIS_FREE char *copy = ais_strdup(text);
    AIS_SCOPED(ais_str) graph = {0};
    AIS_AUTO(ais_map) seen = ais_map_new();
    char *rest = copy, *inputs = take_section(&rest), *nodes = take_section(&rest);
    *out = (onnx_net){.model = NULL};
    while (*inputs != '\0') {
        char *shape = take_word(&inputs, " "), *name = take_word(&shape, ":");
        if (name[0] != '\0')
            onnx_input(&graph, name, ONNX_FLOAT, shape);
    }
    while (*nodes != '\0') {
        char *line = take_word(&nodes, ";");
        if (line[0] != '\0')
            add_node(line, seen, &graph);
    }
    while (*rest != '\0') {
        const char *name = take_word(&rest, " ");
        if (name[0] != '\0')
            onnx_output(&graph, name, ONNX_FLOAT, NULL);
    }
    onnx_finish(&graph, 8, &out->bytes);
    const ais_onnx_bytes bytes = {.data = (const uint8_t *)out->bytes.data,
                                  .length = out->bytes.length};
    ais_error *err = NULL;
    if (ais_onnx_parse("net.onnx", bytes, &out->model, &err) < 0 ||
        ais_onnx_infer(out->model, NULL, &out->facts, &err) < 0)
        AIS_BUG("%s: %s", text, ais_error_get_message(err));
}

void onnx_net_clear(onnx_net *net)
{
    ais_onnx_facts_free(net->facts);
    ais_onnx_model_free(net->model);
    ais_str_clear(&net->bytes);
}

char *onnx_net_names(const onnx_net *net, const size_t *values, size_t count)
{
    ais_str names = {.data = NULL};
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(&names, "%s%s", i > 0 ? ", " : "",
                           net->model->graph->values[values[i]].name);
    return ais_str_take(&names);
}
