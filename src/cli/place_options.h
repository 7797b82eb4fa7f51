/* cli/place_options - the options of `place` and what they make: a system, rules, a search.
 *
 * Layer: within cli. Errors: of usage where options are wrong, else those of the rooms asked. */
#ifndef AIS_CLI_PLACE_OPTIONS_H
#define AIS_CLI_PLACE_OPTIONS_H
#include "cli/command.h"
#include "place/alternatives.h"
#include "place/app.h"
#include "place/generate.h"
#include "place/place.h"
#include "place/result.h"
#include "place/runtime.h"

typedef struct ais__cli_place_options {
    const char *system, *app, *deployment;
    bool edge_only;
    double lambda;
    const char *semantics;
    ais_cli_list without; /* names of rules */
    double quantile, edge_price_factor;
    const char *current;
    bool free_types, scaling_only;
    double start_cost, stop_cost, move_cost;
    ais_cli_list alternatives;
    double performance, weight;
    bool joint;
    ais_place_options search;
    bool max_load, front;
    double load_from, load_to, precision;
    size_t points;
    size_t generate;
    ais_generate_options generated;
    const char *output, *report, *svg;
} ais__cli_place_options;

/* What is wrong with the options as such, and with files to be written, so that no long search ends without a
 * place for its answer. Errors: AIS_E_USAGE, AIS_E_IO. */
AIS_NODISCARD int ais__cli_place_check(const ais__cli_place_options *o, ais_error **err);

/* Of it: counts that memory is taken for; options that do not go together; files that cannot be written or would
 * be lost (place_check.c). */
AIS_NODISCARD int ais__cli_place_check_counts(const ais_place_options *o, ais_error **err);
AIS_NODISCARD int ais__cli_place_check_together(const ais__cli_place_options *o, ais_error **err);
AIS_NODISCARD int ais__cli_place_check_outputs(const ais__cli_place_options *o, ais_error **err);

/* What is to be placed, from a file or an application. */
typedef struct ais__cli_place_source {
    ais_place_app *app;           /* NULL: from a file */
    ais_system *file;             /* NULL: from an application */
    const ais_system *system;     /* of one of them */
    ais_placement *current;       /* NULL: none given */
    const ais_place_names *names; /* NULL: the system's own */
    ais_place_names app_names;
    ais_perf_options perf;
    ais_arena *arena; /* of arrays in `perf` */
} ais__cli_place_source;
/* Read it, print its faults and warnings. Errors: as read.h and app.h say. */
AIS_NODISCARD int ais__cli_place_read(const ais_cli *cli, const ais__cli_place_options *o,
                                      ais__cli_place_source *out, ais_error **err);
void ais__cli_place_source_clear(ais__cli_place_source *source);

/* The system and its alternatives, in this order. */
typedef struct ais__cli_place_candidates {
    ais_alternative *items;
    ais__cli_place_source *sources;
    size_t count;
    ais_arena *arena;
} ais__cli_place_candidates;
AIS_NODISCARD int ais__cli_place_candidates_read(const ais_cli *cli,
                                                 const ais__cli_place_options *o,
                                                 ais__cli_place_candidates *out, ais_error **err);
void ais__cli_place_candidates_clear(ais__cli_place_candidates *candidates);
typedef struct ais__cli_place_choice {
    const ais__cli_place_candidates *candidates;
    const ais_alternatives_result *result;
} ais__cli_place_choice;

/* One file a way of asking. */
AIS_NODISCARD int ais__cli_place_solve(const ais_cli *cli, const ais__cli_place_options *o,
                                       ais__cli_place_source *source, ais_error **err);
AIS_NODISCARD int ais__cli_place_alternatives(const ais_cli *cli, const ais__cli_place_options *o,
                                              ais_error **err);
/* Write the files and print a result; `choice` NULL: without alternatives. */
AIS_NODISCARD int ais__cli_place_tell(const ais_cli *cli, const ais__cli_place_options *o,
                                      ais__cli_place_source *source, const ais_place_result *result,
                                      const ais__cli_place_choice *choice, ais_error **err);
AIS_NODISCARD int ais__cli_place_load(const ais_cli *cli, const ais__cli_place_options *o,
                                      ais__cli_place_source *source, ais_error **err);
AIS_NODISCARD int ais__cli_place_front(const ais_cli *cli, const ais__cli_place_options *o,
                                       ais__cli_place_source *source, ais_error **err);
AIS_NODISCARD int ais__cli_place_generate(const ais_cli *cli, const ais__cli_place_options *o,
                                          ais_error **err);
/* Print `root` as JSON, and as JSON to the file of -o when there is one. Errors: AIS_E_IO. */
AIS_NODISCARD int ais__cli_place_print(const ais_cli *cli, const ais__cli_place_options *o,
                                       const ais_doc_node *root, ais_error **err);
/* Did Ctrl-C or SIGTERM end the work? What was found is printed first. */
bool ais__cli_place_is_interrupted(const ais_cli *cli);
/* -1 with AIS_E_INTERRUPTED. */
AIS_NODISCARD int ais__cli_place_refuse_interrupted(const ais_cli *cli, ais_error **err);
#endif
