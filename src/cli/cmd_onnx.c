/* aisprint onnx: model files. A new command of the group is one file and one row here. */
#include "cli/commands.h"

static const ais_cli_command *const commands[] = {
    &ais__cli_onnx_info, &ais__cli_onnx_cuts,   &ais__cli_onnx_cut,
    &ais__cli_onnx_run,  &ais__cli_onnx_verify,
};

const ais_cli_command ais__cli_onnx = {
    .name = "onnx",
    .summary = "look into model files, cut them, run them",
    .commands = commands,
    .command_count = AIS_COUNT(commands),
};
