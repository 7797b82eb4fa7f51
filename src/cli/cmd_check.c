/* aisprint check: every fault of an application, at once. */
#include "app/app.h"
#include "cli/commands.h"
#include "design/design.h"
#include "design/performance.h"

typedef struct options {
    const char *app;
} options;

static const ais_cli_option table[] = {
    {.name = "app",
     .aliases = {"application_dir"},
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, app),
     .value = "DIR",
     .default_text = ".",
     .help = "the application directory; the current folder when not given"},
};

static void print_summary(const ais_cli *cli, const ais_app *app, size_t warnings)
{
    ais_cli_print(cli, "%s: %zu %s, %zu %s, %zu %s on %zu %s: no errors", app->name,
                  app->base_component_count,
                  ais_cli_plural(app->base_component_count, "component", "components"),
                  app->edge_count, ais_cli_plural(app->edge_count, "dependency", "dependencies"),
                  app->resource_count, ais_cli_plural(app->resource_count, "resource", "resources"),
                  app->layer_count, ais_cli_plural(app->layer_count, "layer", "layers"));
    if (warnings > 0)
        ais_cli_print(cli, ", %zu %s", warnings, ais_cli_plural(warnings, "warning", "warnings"));
    ais_cli_print(cli, "\n");
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_app) app = NULL;
    AIS_AUTO(ais_performance) performance = NULL;
    AIS_AUTO(ais_error) ignored = NULL; /* who reads the designs will tell */
    const int settled = ais_design_settle(o->app, &ignored);
    (void)settled;
    int status = ais_app_load(o->app, diags, &app);
    if (status == 0) /* the matrices are files of the application, too */
        status = ais_design_performance(app, AIS_ONNX_RULE_PARETO, diags, &performance);
    if (ais_cli_print_diags(cli, diags, err) < 0 || status < 0)
        return -1;
    if (!cli->json && !cli->quiet)
        print_summary(cli, app, ais_diags_count_of(diags, AIS_SEVERITY_WARNING));
    return 0;
}

const ais_cli_command ais__cli_check = {
    .name = "check",
    .summary = "find every fault of an application, with its position",
    .details = "Reads common_config/, the annotations of src/ and confusion matrices, changes "
               "nothing. Faults go to "
               "standard error, with --json to standard output as {\"errors\":[...],"
               "\"warnings\":[...]}. docs/check.md lists what is checked and how to mend it.",
    .example = "aisprint check --app examples/garments",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
