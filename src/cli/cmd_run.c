/* aisprint run: an application on this machine, over real items. */
#include "base/file.h"
#include "cli/commands.h"
#include "design/design.h"
#include "serve/serve.h"

typedef struct options {
    const char *app, *report;
    ais_run_options run;
} options;

#define RUN(field) offsetof(options, run.field)

static const ais_cli_option table[] = {
    {.name = "app",
     .aliases = {"application_dir"},
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, app),
     .value = "DIR",
     .required = true,
     .help = "the application directory"},
    {.name = "input",
     .letter = 'i',
     .type = AIS_CLI_STRING,
     .offset = RUN(input),
     .value = "FILE|DIR",
     .required = true,
     .help = "one item, or a folder of them"},
    {.name = "output",
     .letter = 'o',
     .type = AIS_CLI_STRING,
     .offset = RUN(output),
     .value = "DIR",
     .required = true,
     .help = "where results go: DIR/<last component>/<item>"},
    {.name = "deployment",
     .type = AIS_CLI_STRING,
     .offset = RUN(deployment),
     .value = "NAME",
     .default_text = "base",
     .help = "which of the designed deployments"},
    {.name = "parallel",
     .type = AIS_CLI_COUNT,
     .offset = RUN(parallel),
     .value = "N",
     .default_text = "1",
     .help = "processes of each component"},
    {.name = "cold",
     .type = AIS_CLI_FLAG,
     .offset = RUN(cold),
     .help = "a fresh process for each item and component, to compare"},
    {.name = "timeout",
     .type = AIS_CLI_NUMBER,
     .offset = RUN(timeout_s),
     .value = "S",
     .help = "seconds for one item in one component; 0 is no limit"},
    {.name = "require-security",
     .type = AIS_CLI_FLAG,
     .offset = RUN(require_security),
     .help = "refuse to run when a protection is asked for that is not enforced"},
    {.name = "force",
     .type = AIS_CLI_FLAG,
     .offset = RUN(replace),
     .help = "replace results of an earlier run"},
    {.name = "labels",
     .type = AIS_CLI_STRING,
     .offset = RUN(labels),
     .value = "FILE",
     .help = "CSV with the columns item,label: print how often results are right"},
    {.name = "drop-label",
     .type = AIS_CLI_STRING,
     .offset = RUN(dropped_label),
     .value = "LABEL",
     .help = "items of this label are right when they are dropped"},
    {.name = "report",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, report),
     .value = "FILE.html",
     .help = "write a report with plots"},
};

static int check(const options *o, ais_error **err)
{
    enum { MOST_WORKERS = 1024 };
    if (o->run.parallel == 0 || o->run.parallel > MOST_WORKERS)
        return ais_error_set(err, AIS_E_USAGE, "--parallel is %zu (must be 1 to %d)",
                             o->run.parallel, MOST_WORKERS);
    if (!(o->run.timeout_s >= 0.0 && o->run.timeout_s <= 1e9))
        return ais_error_set(err, AIS_E_USAGE, "--timeout is %g (must be 0 s to 1e9 s)",
                             o->run.timeout_s);
    if (o->report != NULL && ais_dir_exists(o->report))
        return ais_error_set(err, AIS_E_USAGE, "--report is the folder '%s' (must be a file)",
                             o->report);
    return 0;
}

/* `why` is what ended the run early, or went wrong after it; NULL = nothing did. */
static int print(const ais_cli *cli, const ais_run_result *result, const char *report,
                 const ais_error *why, ais_error **err)
{
    if (cli->json) {
        AIS_AUTO(ais_doc) doc = ais_doc_new();
        ais_doc_node *root = ais_run_result_to_node(result, doc);
        if (report != NULL)
            ais_doc_put(root, "report", ais_doc_new_string(doc, report));
        if (why != NULL)
            ais_doc_put(root, "error", ais_doc_new_string(doc, ais_error_get_message(why)));
        return ais_cli_print_json(cli, root, err);
    }
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_run_result_write_text(result, &text);
    if (!cli->quiet)
        ais_cli_print(cli, "%s", ais_str_get(&text));
    if (!cli->quiet && report != NULL)
        ais_cli_print(cli, "report: %s\n", report);
    return 0;
}

/* The measurements of a long run are printed also when the report cannot be written. */
static int tell(const ais_cli *cli, const options *o, const ais_run_result *result, ais_error **why,
                ais_error **err)
{
    AIS_AUTO(ais_error) unwritten = NULL;
    const int written =
        o->report != NULL ? ais_run_result_write_report(result, o->report, &unwritten) : -1;
    if (*why == NULL) {
        *why = unwritten;
        unwritten = NULL;
    }
    return print(cli, result, written == 0 ? o->report : NULL, *why, err);
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_app) app = NULL;
    AIS_AUTO(ais_run_result) result = NULL;
    AIS_AUTO(ais_error) why = NULL;
    if (check(o, err) < 0)
        return -1;
    if (ais_design_settle(o->app, err) < 0)
        return -1;
    const int loaded = ais_app_load(o->app, diags, &app);
    if (ais_cli_pass_diags(cli, diags, err) < 0 || loaded < 0)
        return -1;
    const int status = ais_serve_run(cli->ctx, app, &o->run, &result, &why);
    if (result != NULL && tell(cli, o, result, &why, err) < 0)
        return -1;
    *cli->reported = result != NULL && cli->json;
    if (status < 0 || result == NULL || why != NULL) {
        ais_error *passed = why;
        why = NULL;
        return ais_error_pass(passed, err);
    }
    if (result->record->failed == 0)
        return 0;
    ais_error_set(err, AIS_E_COMPONENT, "%zu of %zu items failed", result->record->failed,
                  result->items);
    return ais_error_hint(err, "they are kept, with the reasons, in %s/failed", result->output);
}

const ais_cli_command ais__cli_run = {
    .name = "run",
    .summary = "run an application on this machine",
    .details =
        "Runs the graph of a design (see 'aisprint design') over every item: one warm process a "
        "component, files handed from component to component by rename. Failed items are kept "
        "aside in DIR/failed with the reasons, and the exit status is 1; the rest goes on. Ctrl-C "
        "ends the run and keeps what is finished.",
    .example =
        "aisprint run --app examples/garments --input images --output out --report out/report.html",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .handles_interrupt = true,
    .run = run,
};
