/* Reads bytes as early_exits.csv of a model with two exits: refused with a fault, or exits that it has. */
#include "onnx/exits_priv.h"
#include "support/onnx_net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_values(const ais_onnx_graph *graph, const size_t *values, size_t count)
{
    if (count == 0)
        AIS_BUG("a list without a value");
    for (size_t i = 0; i < count; i++)
        if (values[i] >= graph->value_count)
            AIS_BUG("a value that there is not");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    onnx_net net;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_onnx_exits) exits = NULL;
    onnx_net_make("x:4 -> a = Relu x; e = Softmax a; b = Relu a; c = Abs b; d = Neg b; f = Neg c; "
                  "g = Add c d; y = Relu g -> e f y",
                  &net);
    const int status =
        ais__onnx_parse_exits(net.model, net.facts, "f", (const char *)data, size, diags, &exits);
    if ((status == 0) != (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) == 0))
        AIS_BUG("refused without a fault, or not refused with one");
    for (size_t i = 0; exits != NULL && i < exits->count; i++) {
        check_values(net.model->graph, exits->exits[i].trunk, exits->exits[i].trunk_count);
        check_values(net.model->graph, exits->exits[i].outputs, exits->exits[i].output_count);
    }
    onnx_net_clear(&net);
    return 0;
}
