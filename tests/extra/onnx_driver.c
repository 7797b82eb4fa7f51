/* What tests/extra/onnx_*.py talk to: cuts a model at any values, without looking for valid cuts.
 *
 *     onnx_driver part MODEL pareto|studio OUT INPUT,... OUTPUT,...
 *     onnx_driver copy MODEL OUT
 *
 * Names are separated by newlines. Prints errors on standard error, exit status 1. */
#include <stdio.h>
#include <string.h>

#include "onnx/onnx.h"

enum { MAX_VALUES = 4096 };

static size_t find_all(const ais_onnx_graph *graph, char *names, size_t *out)
{
    size_t count = 0;
    for (char *save = NULL, *name = strtok_r(names, "\n", &save); name != NULL && count < MAX_VALUES;
         name = strtok_r(NULL, "\n", &save)) {
        out[count] = ais_onnx_find_value(graph, name);
        if (out[count++] == AIS_ONNX_NONE) {
            fprintf(stderr, "there is no value '%s'\n", name);
            exit(2);
        }
    }
    return count;
}

static int write_part(const ais_onnx_model *model, char **words, ais_error **err)
{
    size_t inputs[MAX_VALUES], outputs[MAX_VALUES];
    const ais_onnx_part part = {.input_count = find_all(model->graph, words[2], inputs),
                                .output_count = find_all(model->graph, words[3], outputs),
                                .inputs = inputs,
                                .outputs = outputs};
    const ais_onnx_rule rule =
        strcmp(words[0], "studio") == 0 ? AIS_ONNX_RULE_STUDIO : AIS_ONNX_RULE_PARETO;
    const ais_onnx_facts_options options = {.rule = rule};
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    if (ais_onnx_infer(model, &options, &facts, err) < 0)
        return -1;
    return ais_onnx_write_part(model, facts, &part, rule, words[1], err);
}

int main(int count, char **words)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_onnx_model) model = NULL;
    if (count < 4 || (strcmp(words[1], "part") == 0 && count != 7))
        return 2;
    int status = ais_onnx_read(words[2], &model, &err);
    if (status == 0 && strcmp(words[1], "part") == 0)
        status = write_part(model, words + 3, &err);
    else if (status == 0)
        status = ais_onnx_write(model, words[3], &err);
    if (status < 0) {
        AIS_FREE char *text = ais_error_to_text(err);
        fprintf(stderr, "%s\n", text);
    }
    return status < 0;
}
