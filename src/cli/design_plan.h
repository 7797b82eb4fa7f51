/* cli/design_plan - print what `design` would do, from the plan that it makes as a document. */
#ifndef AIS_CLI_DESIGN_PLAN_H
#define AIS_CLI_DESIGN_PLAN_H
#include "cli/command.h"

/* Designs with their cuts, the first deployments and (with `files`) every file that would change. */
void ais_cli_print_plan(const ais_cli *cli, const ais_doc_node *plan, bool files);
/* Every file that would change, with a unified diff of texts. */
void ais_cli_print_diff(const ais_cli *cli, const ais_doc_node *plan);
#endif
