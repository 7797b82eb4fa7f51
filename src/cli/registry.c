/* The commands, in the order of --help. A new command is one file and one row here. */
#include "cli/commands.h"

const ais_cli_command *const ais_cli_commands[] = {
    &ais__cli_new,
    &ais__cli_check,
    &ais__cli_design,
    &ais__cli_place,
    &ais__cli_run,
    &ais__cli_evaluate,
    &ais__cli_evaluate_model,
    &ais__cli_onnx,
    &ais__cli_doctor,
    &ais__cli_completion,
    &ais__cli_man,
};
const size_t ais_cli_command_count = AIS_COUNT(ais_cli_commands);
