/* aisprint design: make the designs and deployments of an application. */
#include "cli/commands.h"
#include "cli/onnx_options.h"
#include "design/design.h"

typedef struct options {
    const char *app, *rule;
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
};

static int print_json(const ais_cli *cli, const ais_app *app, const ais_design_report *report,
                      ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc);
    ais_doc_put(root, "application", ais_doc_new_string(doc, app->name));
    ais_doc_put(root, "designs", ais_doc_new_int(doc, (int64_t)report->designs));
    ais_doc_put(root, "deployments", ais_doc_new_int(doc, (int64_t)report->deployments));
    ais_doc_put(root, "compiled", ais_doc_new_int(doc, (int64_t)report->compiled));
    ais_doc_put(root, "reused", ais_doc_new_int(doc, (int64_t)report->reused));
    ais_doc_put(root, "production_reset", ais_doc_new_bool(doc, report->production_reset));
    return ais_cli_print_json(cli, root, err);
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_app) app = NULL;
    ais_design_report report = {.designs = 0};
    ais_design_options design = o->design;
    if (ais__cli_onnx_rule(o->rule, &design.rule, err) < 0)
        return -1;
    int status = ais_app_load(o->app, diags, &app);
    if (status == 0)
        status = ais_design(cli->ctx, app, &design, diags, &report, err);
    if (ais_diags_count(diags) > 0 && ais_cli_pass_diags(cli, diags, err) < 0)
        return -1;
    if (status < 0)
        return -1;
    if (report.production_reset)
        ais_log(cli->ctx, AIS_LOG_WARNING,
                "the production deployment had been changed since the last design and is the base "
                "deployment again: place the application anew");
    if (cli->json)
        return print_json(cli, app, &report, err);
    if (!cli->quiet) {
        AIS_FREE char *out = ais_path_join(app->dir, "aisprint");
        ais_cli_print(cli, "%s: %zu %s, %zu %s, in %s\n", app->name, report.designs,
                      ais_cli_plural(report.designs, "design", "designs"), report.deployments,
                      ais_cli_plural(report.deployments, "deployment", "deployments"), out);
    }
    return 0;
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
