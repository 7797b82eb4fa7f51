/* aisprint design: make the designs and deployments of an application. */
#include "cli/commands.h"
#include "cli/design_plan.h"
#include "cli/onnx_options.h"
#include "design/design.h"

typedef struct options {
    const char *app, *rule;
    bool dry_run, diff;
    ais_design_options design;
} options;

static const ais_cli_option table[] = {
    {.name = "app",
     .aliases = {"application_dir"},
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, app),
     .value = "DIR",
     .default_text = ".",
     .help = "the application directory"},
    AIS__CLI_RULE(options, rule),
    {.name = "max-tensors",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, design.max_tensors),
     .value = "T",
     .default_text = "4",
     .help = "how many tensors one cut may cross"},
    {.name = "no-verify",
     .type = AIS_CLI_FLAG,
     .offset = offsetof(options, design.no_verify),
     .help = "do not run the segments of a model against the whole one"},
    {.name = "max-deployments",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, design.max_deployments),
     .value = "N",
     .default_text = "1000",
     .help = "write at most so many deployments (10,000 at most); all are counted"},
    {.name = "dry-run",
     .type = AIS_CLI_FLAG,
     .offset = offsetof(options, dry_run),
     .help = "print the plan and change nothing"},
    {.name = "diff",
     .type = AIS_CLI_FLAG,
     .offset = offsetof(options, diff),
     .help = "print how the files of the last design would change, and change nothing"},
    {.name = "report",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, design.report),
     .value = "FILE.html",
     .help = "write a page that shows graph, cuts and deployments"},
};

static int check(options *o, ais_error **err)
{
    if (ais__cli_onnx_rule(o->rule, &o->design.rule, err) < 0)
        return -1;
    if (o->design.max_deployments > AIS_DESIGN_MAX_DEPLOYMENTS)
        return ais_error_set(err, AIS_E_USAGE, "--max-deployments is %zu (at most %d)",
                             o->design.max_deployments, AIS_DESIGN_MAX_DEPLOYMENTS);
    o->design.dry_run = o->dry_run || o->diff;
    o->design.texts = o->diff;
    return 0;
}

static int print_json(const ais_cli *cli, const ais_app *app, const ais_design_report *report,
                      ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc);
    const uint64_t total = report->deployment_total;
    ais_doc_put(root, "application", ais_doc_new_string(doc, app->name));
    ais_doc_put(root, "designs", ais_doc_new_int(doc, (int64_t)report->designs));
    ais_doc_put(root, "deployments", ais_doc_new_int(doc, (int64_t)report->deployments));
    ais_doc_put(root, "possible_deployments",
                total <= INT64_MAX ? ais_doc_new_int(doc, (int64_t)total)
                                   : ais_doc_new_float(doc, (double)total));
    ais_doc_put(root, "compiled", ais_doc_new_int(doc, (int64_t)report->compiled));
    ais_doc_put(root, "reused", ais_doc_new_int(doc, (int64_t)report->reused));
    ais_doc_put(root, "production_reset", ais_doc_new_bool(doc, report->production_reset));
    if (report->plan != NULL)
        ais_doc_put(root, "plan", ais_doc_copy(doc, ais_doc_root(report->plan)));
    return ais_cli_print_json(cli, root, err);
}

static void print_text(const ais_cli *cli, const options *o, const ais_app *app,
                       const ais_design_report *report)
{
    AIS_FREE char *out = ais_path_join(app->dir, "aisprint");
    if (o->diff)
        ais_cli_print_diff(cli, ais_doc_root(report->plan));
    if (o->dry_run)
        ais_cli_print_plan(cli, ais_doc_root(report->plan), !o->diff);
    if (cli->quiet || (o->diff && !o->dry_run))
        return;
    ais_cli_print(cli, "%s: %zu %s, %zu %s", app->name, report->designs,
                  ais_cli_plural(report->designs, "design", "designs"), report->deployments,
                  ais_cli_plural(report->deployments, "deployment", "deployments"));
    if (report->deployment_total != report->deployments)
        ais_cli_print(cli, " (of %s%llu)",
                      report->deployment_total == UINT64_MAX ? "more than " : "",
                      (unsigned long long)report->deployment_total);
    ais_cli_print(cli, o->dry_run ? "; nothing was written\n" : ", in %s\n", out);
}

static int design(const ais_cli *cli, const options *o, ais_design_report *report, ais_error **err)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_app) app = NULL;
    if (ais_design_settle(o->app, err) < 0)
        return -1;
    int status = ais_app_load(o->app, diags, &app);
    if (status == 0)
        status = ais_design(cli->ctx, app, &o->design, diags, report, err);
    if (ais_diags_count(diags) > 0 && ais_cli_pass_diags(cli, diags, err) < 0)
        return -1;
    if (status < 0)
        return -1;
    if (report->production_reset && !o->design.dry_run)
        ais_log(cli->ctx, AIS_LOG_WARNING,
                "the production deployment had been changed since the last design and is the base "
                "deployment again: place the application anew");
    if (cli->json)
        return print_json(cli, app, report, err);
    print_text(cli, o, app, report);
    return 0;
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    options o = *(const options *)data;
    ais_design_report report = {.designs = 0};
    if (check(&o, err) < 0)
        return -1;
    const int status = design(cli, &o, &report, err);
    ais_doc_free(report.plan);
    return status;
}

const ais_cli_command ais__cli_design = {
    .name = "design",
    .summary = "make the designs and deployments of an application",
    .details =
        "Checks the application first, as 'aisprint check' does. Can be run again at any time: the "
        "same sources give the same files, and a failure leaves those of the last run whole.",
    .example = "aisprint design --app examples/garments",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .handles_interrupt = true, /* the compiler is ended with us */
    .run = run,
};
