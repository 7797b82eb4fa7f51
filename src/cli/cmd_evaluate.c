/* aisprint evaluate: what a placement costs, how fast it is and what it breaks. */
#include <math.h>

#include "cli/commands.h"
#include "place/read.h"

typedef struct options {
    const char *system, *solution, *semantics;
    double lambda, quantile;
} options;

static const ais_cli_option table[] = {
    {.type = AIS_CLI_STRING,
     .offset = offsetof(options, system),
     .value = "SYSTEM.json",
     .required = true,
     .help = "the system: components, resources, performance, constraints"},
    {.type = AIS_CLI_STRING,
     .offset = offsetof(options, solution),
     .value = "SOLUTION.json",
     .required = true,
     .help = "the placement, as 'aisprint place', SPACE4AI-D and SPACE4AI-R write it"},
    {.name = "semantics",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, semantics),
     .value = "NAME",
     .default_text = "native",
     .help = "whose numbers: native, cpp, python"},
    {.name = "lambda",
     .type = AIS_CLI_NUMBER,
     .offset = offsetof(options, lambda),
     .value = "RATE",
     .most = 1e9,
     .above = true,
     .help = "requests per second (default: as the solution says, else as the system says)"},
    {.name = "quantile",
     .type = AIS_CLI_NUMBER,
     .offset = offsetof(options, quantile),
     .value = "Q",
     .least = 0.5,
     .most = 0.999999,
     .help = "times with demands at this quantile of their spread (default: their means)"},
};

static int find_semantics(const char *name, ais_semantics *out, ais_error **err)
{
    if (ais_semantics_find(name, out))
        return 0;
    ais_error_set(err, AIS_E_USAGE, "there are no semantics '%s'", name);
    return ais_error_hint(err, "native, cpp or python");
}

static int print(const ais_cli *cli, const ais_perf *perf, const ais_placement *placement,
                 ais_error **err)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (cli->json) {
        AIS_AUTO(ais_doc) doc = ais_doc_new();
        return ais_cli_print_json(cli, ais_evaluation_result_to_node(perf, placement, doc), err);
    }
    ais_evaluation_result_write_text(perf, placement, &text);
    ais_cli_print(cli, "%s", ais_str_get(&text));
    return 0;
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_system) system = NULL;
    AIS_AUTO(ais_doc) solution = NULL;
    AIS_AUTO(ais_placement) placement = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    ais_evaluation_result result = {.violations = 0};
    ais_perf_options how = {.rate_rps = o->lambda, .quantile = o->quantile};
    if (find_semantics(o->semantics, &how.semantics, err) < 0)
        return -1;
    int status = ais_system_read(o->system, diags, &system);
    if (ais_doc_read(o->solution, diags, &solution) < 0)
        status = -1;
    if (status == 0)
        status = ais_placement_from_node(ais_doc_root(solution), system, diags, &placement);
    if (ais_cli_pass_diags(cli, diags, err) < 0 || status < 0)
        return -1;
    const double solution_rps = ais_placement_find_rate(ais_doc_root(solution));
    if (how.rate_rps == 0.0 && !isnan(solution_rps))
        how.rate_rps = solution_rps;
    if (ais_perf_new(system, &how, &perf, err) < 0 || print(cli, perf, placement, err) < 0)
        return -1;
    ais_perf_evaluate(perf, placement, NULL, &result);
    if (result.violations == 0)
        return 0;
    *cli->reported = true; /* it stands in what is printed */
    return ais_error_set(err, AIS_E_INFEASIBLE, "the placement is not allowed");
}

const ais_cli_command ais__cli_evaluate = {
    .name = "evaluate",
    .summary = "what a placement costs, how fast it is and what it breaks",
    .details = "Reads a system and a placement of its partitions on resources, and prints cost, "
               "utilization, response times against their limits, and a sentence for each thing "
               "that is not allowed. Exit status 3 when there is one. --semantics chooses between "
               "the formulas of this program and those of the two public programs, which differ "
               "in delays, memory and the rates of functions; docs/placement.md tells how.",
    .example = "aisprint evaluate SystemFile.json Output.json",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
