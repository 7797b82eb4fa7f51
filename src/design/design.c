/* design: prepares everything in a staging folder, then puts each part in its place. */
#include "design/design.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "design/design_priv.h"
#include "design/variants.h"

const char *const ais__design_tool_folders[] = {"ams",      "im",         "oscar",     "oscarp",
                                                "pycompss", "space4ai-d", "space4ai-r"};
const size_t ais__design_tool_folder_count = AIS_COUNT(ais__design_tool_folders);

typedef struct work {
    const ais_ctx *ctx;
    const ais_app *app;
    const ais_design_options *options;
    ais_constraints constraints;
    ais_variants *variants;
    char *out;     /* <app>/aisprint */
    char *staging; /* <app>/aisprint/.staging-XXXXXX */
    ais_diags *diags;
    ais_design_report *report;
} work;

static char *under(const char *dir, const char *format, ...) AIS_PRINTF(2, 3);
static char *under(const char *dir, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *tail = ais_vformat(format, arguments);
    va_end(arguments);
    return ais_path_join(dir, tail);
}

/* A file of the staging folder, which is synced when it is put in place. */
static int stage_node(const char *dir, const char *name, const ais_doc_node *node, ais_error **err)
{
    AIS_FREE char *path = ais_path_join(dir, name);
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_yaml(node, &text);
    return ais_file_create(path, ais_str_get(&text), text.length, err);
}

/* ---- the base deployment ---- */

/* What a deployment does not take over from a tool folder. */
static bool is_ours(const char *folder, const char *name)
{
    if (ais_file_is_temporary(name))
        return true;
    if (ais_str_equal(folder, "ams"))
        return ais_str_starts(name, "qos_constraints_L") && ais_str_ends(name, ".yaml");
    return ais_str_equal(folder, "space4ai-d") && ais_str_equal(name, "qos_constraints.yaml");
}

/* Take over what other stages have put into a tool folder of the deployment that is there. */
static int keep_results(const char *old, const char *folder, const char *staged, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (!ais_dir_exists(old))
        return 0;
    if (ais_dir_list(old, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *from = ais_path_join(old, names.items[i]);
        AIS_FREE char *to = ais_path_join(staged, names.items[i]);
        if (is_ours(folder, names.items[i]))
            continue;
        if (ais_dir_exists(from) && ais_dir_exists(to)) {
            if (keep_results(from, "", to, err) < 0)
                return -1;
        } else if (!ais_file_exists(to) && ais_tree_copy(from, to, err) < 0) {
            return -1;
        }
    }
    return 0;
}

/* The application's own tool folder holds what the last design wrote for all deployments. */
static int remove_ours(const char *staged, const char *folder, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(staged, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *path = ais_path_join(staged, names.items[i]);
        if (is_ours(folder, names.items[i]) && ais_tree_remove(path, err) < 0)
            return -1;
    }
    return 0;
}

static int stage_tool_folders(work *w, const char *base, ais_error **err)
{
    for (size_t i = 0; i < ais__design_tool_folder_count; i++) {
        const char *folder = ais__design_tool_folders[i];
        AIS_FREE char *source = ais_path_join(w->app->dir, folder);
        AIS_FREE char *old = under(w->out, "deployments/base/%s", folder);
        AIS_FREE char *staged = ais_path_join(base, folder);
        /* A fresh clone has no empty folders: one that is missing is an empty one. */
        if ((ais_dir_exists(source) ? ais_tree_copy_whole(source, staged, err)
                                    : ais_dir_make(staged, err)) < 0 ||
            remove_ours(staged, folder, err) < 0 || keep_results(old, folder, staged, err) < 0)
            return -1;
    }
    return 0;
}

static int link_sources(const work *w, const char *base, ais_error **err)
{
    AIS_FREE char *dir = ais_path_join(base, "src");
    if (ais_dir_make(dir, err) < 0)
        return -1;
    for (size_t i = 0; i < w->app->base_component_count; i++) {
        const char *name = w->app->components[i].name;
        AIS_FREE char *target = ais_format("../../../designs/%s/base", name);
        AIS_FREE char *link = ais_path_join(dir, name);
        if (symlink(target, link) < 0)
            return ais_error_set_errno(err, link, "making a symbolic link");
    }
    return 0;
}

static int write_qos_files(const work *w, const char *base, ais_error **err)
{
    size_t count = 0;
    AIS_FREE int64_t *layers = ais__design_used_layers(w->app, &w->constraints, &count);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    for (size_t i = 0; i < count; i++) {
        AIS_FREE char *name = ais_format("ams/qos_constraints_L%lld.yaml", (long long)layers[i]);
        if (stage_node(base, name, ais__design_qos_node(w->app, &w->constraints, layers[i], doc),
                       err) < 0)
            return -1;
    }
    return stage_node(base, "space4ai-d/qos_constraints.yaml",
                      ais__design_qos_node(w->app, &w->constraints, -1, doc), err);
}

static int stage_base_deployment(work *w, ais_error **err)
{
    AIS_FREE char *base = ais_path_join(w->staging, "deployments/base");
    AIS_FREE char *dag = ais_path_join(w->app->dir, "common_config/application_dag.yaml");
    AIS_FREE char *dag_copy = ais_path_join(base, "application_dag.yaml");
    w->report->deployments++;
    if (ais_dir_make(base, err) < 0 || ais_tree_copy_whole(dag, dag_copy, err) < 0 ||
        stage_tool_folders(w, base, err) < 0 || link_sources(w, base, err) < 0)
        return -1;
    return write_qos_files(w, base, err);
}

static int stage_deployments(work *w, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_FREE char *dir = ais_path_join(w->staging, "deployments");
    AIS_FREE char *optimal = ais_path_join(dir, "optimal_deployment");
    if (ais_dir_make(optimal, err) < 0 || stage_base_deployment(w, err) < 0 ||
        stage_node(dir, "multi_cluster_qos_constraints.yaml",
                   ais__design_multi_cluster_node(w->app, &w->constraints, doc), err) < 0)
        return -1;
    return stage_node(optimal, "production_deployment.yaml",
                      ais__design_production_node(w->app, doc), err);
}

/* ---- putting in place ---- */

/* Move one staged folder or file to its place below aisprint/. */
static int place(const work *w, const char *name, ais_error **err)
{
    AIS_FREE char *staged = ais_path_join(w->staging, name);
    AIS_FREE char *target = ais_path_join(w->out, name);
    AIS_FREE char *parent = ais_path_dir(target);
    if (ais_dir_make(parent, err) < 0)
        return -1;
    if (ais_dir_exists(staged))
        return ais_tree_replace(staged, target, err);
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (ais_file_read(staged, AIS_DOC_MAX_BYTES, &data, &length, err) < 0)
        return -1;
    return ais_file_write(target, data, length, err);
}

/* Was the production deployment changed since design last wrote it? */
static bool is_production_changed(const work *w)
{
    AIS_FREE char *old_path =
        ais_path_join(w->out, "deployments/optimal_deployment/production_deployment.yaml");
    AIS_FREE char *new_path =
        ais_path_join(w->staging, "deployments/optimal_deployment/production_deployment.yaml");
    AIS_FREE char *old = NULL, *new = NULL;
    size_t old_length = 0, new_length = 0;
    return ais_file_read(old_path, AIS_DOC_MAX_BYTES, &old, &old_length, NULL) == 0 &&
           ais_file_read(new_path, AIS_DOC_MAX_BYTES, &new, &new_length, NULL) == 0 &&
           (old_length != new_length || memcmp(old, new, old_length) != 0);
}

static int place_all(const work *w, ais_error **err)
{
    static const char *const names[] = {"designs/component_partitions.yaml", "deployments/base",
                                        "deployments/optimal_deployment/production_deployment.yaml",
                                        "deployments/multi_cluster_qos_constraints.yaml"};
    for (size_t i = 0; i < w->app->component_count; i++) {
        /* whole, so that segments of a cut that is made no more go with it */
        AIS_FREE char *name = ais_format("designs/%s", w->app->components[i].name);
        if (place(w, name, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        if (place(w, names[i], err) < 0)
            return -1;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_FREE char *qos = ais_path_join(w->app->dir, "space4ai-d/qos_constraints.yaml");
    AIS_FREE char *annotations = ais_path_join(w->app->dir, "common_config/annotations.yaml");
    if (ais_doc_write(ais__design_qos_node(w->app, &w->constraints, -1, doc), qos, err) < 0)
        return -1;
    return ais_doc_write(ais_app_annotations_to_node(w->app, doc), annotations, err);
}

/* What a killed run has left behind in a folder that design writes to. */
static int remove_left_in(const char *dir, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (!ais_dir_exists(dir))
        return 0;
    if (ais_dir_list(dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        AIS_FREE char *path = ais_path_join(dir, name);
        if ((ais_str_starts(name, ".staging-") || ais_file_is_temporary(name)) &&
            ais_tree_remove(path, err) < 0)
            return -1;
    }
    return 0;
}

static int remove_left(const work *w, ais_error **err)
{
    static const char *const dirs[] = {"aisprint",
                                       "aisprint/cache",
                                       "aisprint/designs",
                                       "aisprint/deployments",
                                       "aisprint/deployments/optimal_deployment",
                                       "common_config",
                                       "space4ai-d"};
    for (size_t i = 0; i < AIS_COUNT(dirs); i++) {
        AIS_FREE char *dir = ais_path_join(w->app->dir, dirs[i]);
        if (remove_left_in(dir, err) < 0)
            return -1;
    }
    return 0;
}

static int design_in(work *w, ais_error **err)
{
    const ais__variants_options options = {.rule = w->options->rule,
                                           .max_tensors = w->options->max_tensors,
                                           .verify = !w->options->no_verify};
    AIS_FREE char *space4ai_d = ais_path_join(w->app->dir, "space4ai-d");
    if (ais__design_variants(w->ctx, w->app, &options, w->staging, w->diags, w->report,
                             &w->variants, err) < 0 ||
        ais_diags_fail(w->diags, err) < 0 || stage_deployments(w, err) < 0 ||
        ais_dir_make(space4ai_d, err) < 0)
        return -1;
    w->report->production_reset = is_production_changed(w);
    return place_all(w, err);
}

/* One design of an application at a time: the lock goes with the descriptor, so a killed run leaves
 * none. The caller closes `*fd`. */
static int lock(const char *out, int *fd, ais_error **err)
{
    *fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return ais_error_set_errno(err, out, "opening the folder");
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return ais_error_set_errno(err, out, "locking the folder");
    return ais_error_set(err, AIS_E_EXISTS, "another design of this application is running");
}

int ais_design(const ais_ctx *ctx, const ais_app *app, const ais_design_options *options,
               ais_diags *diags, ais_design_report *report, ais_error **err)
{
    AIS_FREE char *out = ais_path_join(app->dir, "aisprint");
    AIS_FREE char *staging = ais_path_join(out, ".staging-XXXXXX");
    work w = {.ctx = ctx,
              .app = app,
              .options = options,
              .out = out,
              .staging = staging,
              .diags = diags,
              .report = report};
    *report = (ais_design_report){.designs = 0};
    AIS_CLOSE int lock_fd = -1;
    if (ais_dir_make(out, err) < 0 || lock(out, &lock_fd, err) < 0 || remove_left(&w, err) < 0)
        return ais_error_wrap(err, "designing application '%s'", app->name);
    if (mkdtemp(staging) == NULL)
        return ais_error_set_errno(err, out, "making a staging folder");
    ais__design_constraints(app, &w.constraints);
    int status = design_in(&w, err);
    ais__constraints_clear(&w.constraints);
    ais_variants_free(w.variants);
    AIS_AUTO(ais_error) left = NULL;
    if (ais_tree_remove(staging, &left) < 0 && status == 0) {
        status = ais_error_pass(left, err);
        left = NULL;
    }
    return status < 0 ? ais_error_wrap(err, "designing application '%s'", app->name) : 0;
}
