/* design: prepares everything in a staging folder, then changes the application in one go. */
#include "design/design.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "design/staging.h"
#include "design/variants.h"

const char *const ais__design_tool_folders[] = {"ams",      "im",         "oscar",     "oscarp",
                                                "pycompss", "space4ai-d", "space4ai-r"};
const size_t ais__design_tool_folder_count = AIS_COUNT(ais__design_tool_folders);

char *ais__staged(const ais__staging *s, const char *path)
{
    return ais_format("%s/new/%s", s->dir, path);
}

char *ais__in_place(const ais__staging *s, const char *path)
{
    return ais_path_join(s->app->dir, path);
}

int ais__stage_node(ais__staging *s, const char *path, const ais_doc_node *node, ais_error **err)
{
    AIS_FREE char *staged = ais__staged(s, path);
    AIS_FREE char *parent = ais_path_dir(staged);
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_yaml(node, &text);
    ais__parts_add(&s->parts, AIS__PART_FILE, path);
    if (ais_dir_make(parent, err) < 0)
        return -1;
    return ais_file_create(staged, ais_str_get(&text), text.length, err);
}

int ais__stage_optional(ais__staging *s, const char *path, const ais_doc_node *node,
                        ais_error **err)
{
    if (node == NULL)
        return 0;
    ais_names_add(&s->optional, path);
    return ais__stage_node(s, path, node, err);
}

/* Was the production deployment changed since design last wrote it, and is it now another? */
static bool is_production_changed(const ais__staging *s)
{
    char old[AIS__DESIGN_HASH_SIZE], new[AIS__DESIGN_HASH_SIZE];
    AIS_FREE char *old_path = ais__in_place(s, AIS__PRODUCTION_PATH);
    AIS_FREE char *new_path = ais__staged(s, AIS__PRODUCTION_PATH);
    return ais__design_hash_file(old_path, old) && ais__design_hash_file(new_path, new) &&
           !ais_str_equal(old, new) &&
           (s->last.production == NULL || !ais_str_equal(old, s->last.production));
}

static int stage_designs(ais__staging *s, ais_error **err)
{
    const ais__variants_options options = {.rule = s->options->rule,
                                           .max_tensors = s->options->max_tensors,
                                           .verify = !s->options->no_verify};
    AIS_FREE char *dir = ais__staged(s, "aisprint");
    if (ais__design_variants(s->ctx, s->app, &options, dir, s->diags, s->report, &s->variants,
                             err) < 0 ||
        ais_diags_fail(s->diags, err) < 0)
        return -1;
    for (size_t i = 0; i < s->app->component_count; i++) {
        /* whole, so that segments of a cut that is made no more go with it */
        AIS_FREE char *path = ais_format("aisprint/designs/%s", s->app->components[i].name);
        ais__parts_add(&s->parts, AIS__PART_FOLDER, path);
    }
    ais__parts_add(&s->parts, AIS__PART_FILE, "aisprint/designs/component_partitions.yaml");
    return 0;
}

static int stage_rest(ais__staging *s, ais_error **err)
{
    ais_doc_node *drift = ais_app_drift_to_node(s->app, s->doc);
    ais_doc_node *performance =
        s->performance != NULL ? ais_performance_to_node(s->performance, s->doc) : NULL;
    if (ais__stage_node(s, "common_config/annotations.yaml",
                        ais_app_annotations_to_node(s->app, s->doc), err) < 0 ||
        ais__stage_optional(s, AIS__DRIFT_PATH, drift, err) < 0 ||
        ais__stage_optional(s, AIS__PERFORMANCE_PATH, performance, err) < 0 ||
        ais__stage_optional(s, AIS__SECURITY_PATH, ais_app_security_to_node(s->app, s->doc), err) <
            0)
        return -1;
    ais__stage_removals(s);
    /* last: it tells what all others are */
    return ais__stage_node(s, "aisprint/deployments/deployments.yaml", ais__manifest_node(s), err);
}

/* What is told in `diags` has ended the design. */
static int fail(const ais_diags *diags, ais_error **err)
{
    const int status = ais_diags_fail(diags, err);
    return status < 0 ? status : -1;
}

static int stage_all(ais__staging *s, ais_error **err)
{
    ais__last_design_read(s->app->dir, &s->last);
    s->detects_drift = ais_app_drift_to_node(s->app, s->doc) != NULL;
    if (stage_designs(s, err) < 0)
        return -1;
    if (ais_design_performance(s->app, s->options->rule, s->diags, &s->performance) < 0)
        return fail(s->diags, err);
    s->deployments = ais_deployments_new(s->app, s->variants, s->performance);
    if (ais__stage_deployments(s, err) < 0 || stage_rest(s, err) < 0)
        return -1;
    s->report->production_reset = is_production_changed(s);
    ais__parts_drop_equal(&s->parts, s->dir, s->app->dir);
    return 0;
}

static int draw(const ais__staging *s, ais_error **err)
{
    const ais_report_input input = {.app = s->app,
                                    .variants = s->variants,
                                    .deployments = s->rows,
                                    .deployment_count = s->row_count,
                                    .deployment_total = (size_t)s->report->deployment_total};
    return s->options->report != NULL ? ais__design_write_report(&input, s->options->report, err)
                                      : 0;
}

static void make_plan(ais__staging *s)
{
    s->report->plan = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(s->report->plan);
    ais__plan_put(s, s->report->plan, root);
    ais_doc_put(root, "files", ais__changes_node(s, s->options->texts, s->report->plan));
    ais_doc_set_root(s->report->plan, root);
}

static int design_in(ais__staging *s, ais_error **err)
{
    if (stage_all(s, err) < 0 || draw(s, err) < 0)
        return -1;
    if (!s->options->dry_run)
        return ais__journal_commit(&s->parts, s->dir, s->app->dir, err);
    make_plan(s);
    return 0;
}

static void clear(ais__staging *s)
{
    ais_deployments_free(s->deployments);
    ais_performance_free(s->performance);
    ais_variants_free(s->variants);
    ais__last_design_clear(&s->last);
    ais__parts_clear(&s->parts);
    ais__links_clear(&s->links);
    ais_names_clear(&s->optional);
    ais_doc_free(s->doc);
    ais_arena_free(s->arena);
}

/* Nothing of a dry run is written below the application, and what it prepares must not be in the way. */
static char *name_staging(const ais_ctx *ctx, const char *out, bool dry_run)
{
    const char *temporary = ctx->get_env(ctx, "TMPDIR");
    if (!dry_run)
        return ais_path_join(out, AIS__STAGING_PREFIX "XXXXXX");
    if (temporary == NULL || temporary[0] == '\0')
        temporary = "/tmp";
    return ais_path_join(temporary, "aisprint-design-XXXXXX");
}

static int design_staged(ais__staging *s, ais_error **err)
{
    AIS_FREE char *new = ais__staged(s, "aisprint");
    int status = ais_dir_make(new, err);
    if (status == 0)
        status = design_in(s, err);
    AIS_AUTO(ais_error) left = NULL;
    if (ais_tree_remove(s->dir, &left) < 0 && status == 0) {
        status = ais_error_pass(left, err);
        left = NULL;
    }
    return status;
}

int ais_design(const ais_ctx *ctx, const ais_app *app, const ais_design_options *options,
               ais_diags *diags, ais_design_report *report, ais_error **err)
{
    AIS_FREE char *out = ais_path_join(app->dir, "aisprint");
    AIS_FREE char *dir = name_staging(ctx, out, options->dry_run);
    AIS_CLOSE int lock = -1;
    *report = (ais_design_report){.designs = 0};
    if (!options->dry_run &&
        (ais_dir_make(out, err) < 0 || ais__journal_lock(app->dir, &lock, err) < 0 ||
         ais__journal_settle(app->dir, err) < 0))
        return ais_error_wrap(err, "designing application '%s'", app->name);
    if (mkdtemp(dir) == NULL)
        return ais_error_set_errno(err, dir, "making a staging folder");
    ais__staging s = {.ctx = ctx,
                      .app = app,
                      .options = options,
                      .diags = diags,
                      .report = report,
                      .dir = dir,
                      .doc = ais_doc_new(),
                      .arena = ais_arena_new()};
    ais__links_init(&s.links);
    const int status = design_staged(&s, err);
    clear(&s);
    return status < 0 ? ais_error_wrap(err, "designing application '%s'", app->name) : 0;
}
