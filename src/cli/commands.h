/* cli/commands - the command of each cmd_*.c file. */
#ifndef AIS_CLI_COMMANDS_H
#define AIS_CLI_COMMANDS_H
#include "cli/command.h"

extern const ais_cli_command ais__cli_check, ais__cli_completion, ais__cli_design, ais__cli_doctor,
    ais__cli_evaluate, ais__cli_evaluate_model, ais__cli_man, ais__cli_new, ais__cli_onnx,
    ais__cli_place, ais__cli_run;
/* of the group onnx */
extern const ais_cli_command ais__cli_onnx_cuts, ais__cli_onnx_cut, ais__cli_onnx_info,
    ais__cli_onnx_run, ais__cli_onnx_verify;
#endif
