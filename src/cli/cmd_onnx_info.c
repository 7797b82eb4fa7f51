/* aisprint onnx info: what a model is made of. */
#include <string.h>

#include "cli/commands.h"
#include "cli/onnx_options.h"

typedef struct options {
    const char *model;
    ais_cli_list dims;
} options;

static const ais_cli_option table[] = {
    {.type = AIS_CLI_STRING,
     .offset = offsetof(options, model),
     .value = "MODEL",
     .required = true,
     .help = "an ONNX file"},
    AIS__CLI_DIM(options, dims),
};

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_onnx_model) model = NULL;
    if (ais_onnx_read(o->model, &model, err) < 0)
        return -1;
    ais_cli_print(cli, "%s: %zu nodes\n", o->model, model->graph->node_count);
    return 0;
}

const ais_cli_command ais__cli_onnx_info = {
    .name = "onnx info",
    .summary = "what a model is made of: inputs, outputs, operators, sizes, costs",
    .example = "aisprint onnx info examples/garments/src/classifier/onnx/classifier.onnx",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
