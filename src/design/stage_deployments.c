/* Preparing aisprint/deployments/: one folder a deployment, and what is said of all of them.
 *
 * base has copies of the tool folders, and keeps whatever other stages put there. Every other deployment has
 * folders of its own with links to the application's tool files; results in it are kept as long as a
 * deployment with the same graph and layers exists, under whatever number. */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "design/entries.h"
#include "design/staging.h"

/* ---- results of other stages ---- */

static bool is_there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* A link that design made, to a tool file of the application. */
static bool leads_to_app(const char *path)
{
    char target[PATH_MAX];
    const ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    return ais_str_starts(target, "../../../../");
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
        if (ais__entries_is_ours(folder, names.items[i]) || leads_to_app(from) ||
            ais_str_equal(names.items[i], ".gitkeep"))
            continue;
        if (ais_dir_exists(from) && ais_dir_exists(to)) {
            if (!leads_to_app(to) && keep_results(from, "", to, err) < 0)
                return -1;
        } else if (!is_there(to) && ais_tree_copy(from, to, err) < 0) {
            return -1;
        }
    }
    return 0;
}

static int keep_all_results(const ais__staging *s, const char *old, const char *staged,
                            ais_error **err)
{
    for (size_t i = 0; i < ais__design_tool_folder_count; i++) {
        const char *folder = ais__design_tool_folders[i];
        AIS_FREE char *from = ais_format("%s/aisprint/deployments/%s/%s", s->app->dir, old, folder);
        AIS_FREE char *to = ais_path_join(staged, folder);
        if (keep_results(from, folder, to, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- base ---- */

/* The application's own tool folder holds what the last design wrote for all deployments. */
static int remove_ours(const char *staged, const char *folder, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(staged, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *path = ais_path_join(staged, names.items[i]);
        if (ais__entries_is_ours(folder, names.items[i]) && ais_tree_remove(path, err) < 0)
            return -1;
    }
    return 0;
}

static int copy_tool_folders(const ais__staging *s, const char *staged, ais_error **err)
{
    for (size_t i = 0; i < ais__design_tool_folder_count; i++) {
        const char *folder = ais__design_tool_folders[i];
        AIS_FREE char *source = ais_path_join(s->app->dir, folder);
        AIS_FREE char *copy = ais_path_join(staged, folder);
        /* A fresh clone has no empty folders: one that is missing is an empty one. */
        if ((ais_dir_exists(source) ? ais_tree_copy_whole(source, copy, err)
                                    : ais_dir_make(copy, err)) < 0 ||
            remove_ours(copy, folder, err) < 0)
            return -1;
    }
    return 0;
}

static int stage_base(ais__staging *s, const ais__entries *entries, const char *path,
                      ais_error **err)
{
    AIS_FREE char *staged = ais__staged(s, path);
    if (ais_dir_make(staged, err) < 0 || copy_tool_folders(s, staged, err) < 0 ||
        keep_all_results(s, "base", staged, err) < 0 ||
        ais__entries_write(entries, staged, &s->links, err) < 0)
        return -1;
    ais__parts_add(&s->parts, AIS__PART_FOLDER, path);
    return 0;
}

/* ---- all of them ---- */

static int stage_other(ais__staging *s, const ais__entries *entries, const char *name,
                       const char *path, ais_error **err)
{
    AIS_FREE char *there = ais__in_place(s, path);
    AIS_FREE char *staged = ais__staged(s, path);
    const char *old = ais__last_design_find(&s->last, entries->key);
    if (s->last.doc == NULL)
        old = name; /* of another program, or a design of old: what is there may be of use */
    const bool same = old != NULL && ais_str_equal(old, name);
    if (same && ais__entries_stand(entries, there))
        return 0;
    if (ais__entries_write(entries, staged, &s->links, err) < 0 ||
        (old != NULL && keep_all_results(s, old, staged, err) < 0))
        return -1;
    ais__parts_add(&s->parts, AIS__PART_FOLDER, path);
    return 0;
}

static void add_row(ais__staging *s, const ais_deployment *d)
{
    AIS_SCOPED(ais_str) designs = {.data = NULL};
    AIS_SCOPED(ais_str) layers = {.data = NULL};
    for (size_t i = 0; i < d->choice_count; i++) {
        const ais_deployment_choice *choice = &d->choices[i];
        const char *original = s->app->components[i].name;
        if (choice->component != i)
            ais_str_add_format(&designs, "%s%s: %s", designs.length > 0 ? ", " : "", original,
                               s->app->components[choice->component].name);
        if (choice->group->segment_count > 1)
            ais_str_add_format(&designs, "%s%s: %s", designs.length > 0 ? ", " : "",
                               s->app->components[choice->component].name, choice->group->name);
    }
    for (size_t i = 0; i < d->unit_count; i++)
        ais_str_add_format(&layers, "%s%s %lld", i > 0 ? ", " : "", d->units[i].variant->dag_name,
                           (long long)d->units[i].layer);
    s->rows[s->row_count++] =
        (ais_report_deployment){.name = ais_arena_strdup(s->arena, d->name),
                                .designs = ais_arena_strdup(s->arena, ais_str_get(&designs)),
                                .layers = ais_arena_strdup(s->arena, ais_str_get(&layers))};
}

/* The folders of each choice among alternatives, for deployments_performance.yaml. */
static void note_folder(ais__staging *s, const ais_deployment *d)
{
    if (s->performance == NULL || d->alternative >= s->performance->alternative_count)
        return;
    ais_performance_alternative *a = ais_performance_find(s->performance, (size_t)d->alternative);
    const size_t at = (size_t)d->alternative;
    if ((s->folder_counts[at] & (s->folder_counts[at] - 1)) == 0) { /* a power of two is full */
        const size_t room = s->folder_counts[at] == 0 ? 1 : 2 * s->folder_counts[at];
        const char **more = ais_arena_alloc(s->arena, room * sizeof *more);
        for (size_t i = 0; i < s->folder_counts[at]; i++)
            more[i] = s->folders[at][i];
        s->folders[at] = more;
    }
    s->folders[at][s->folder_counts[at]++] = ais_arena_strdup(s->arena, d->name);
    a->folders = s->folders[at];
    a->folder_count = s->folder_counts[at];
}

static int stage_one(ais__staging *s, uint64_t number, const ais__tool_folders *tools,
                     const ais_str *base_dag, ais_error **err)
{
    AIS_AUTO(ais_deployment) d = ais_deployments_get(s->deployments, number);
    AIS_SCOPED(ais_constraints) constraints = {.items = NULL};
    AIS_SCOPED(ais__entries) entries = {.items = NULL};
    AIS_FREE char *path = ais_format("aisprint/deployments/%s", d->name);
    ais__design_constraints(s->app, d, &constraints);
    ais__entries_init(s->app, d, &constraints, tools, base_dag, &entries);
    ais_doc_put(s->clusters, d->name, ais__design_clusters_node(s->app, d, &constraints, s->doc));
    ais__manifest_add(s, d, entries.key);
    add_row(s, d);
    note_folder(s, d);
    s->report->deployments++;
    if (number > 0)
        return stage_other(s, &entries, d->name, path, err);
    if (ais__stage_node(s, "space4ai-d/qos_constraints.yaml",
                        ais__design_qos_node(s->app, d, &constraints, AIS__ALL_LAYERS, s->doc),
                        err) < 0)
        return -1;
    return stage_base(s, &entries, path, err);
}

static int stage_folders(ais__staging *s, size_t count, ais_error **err)
{
    AIS_FREE char *dag = ais_path_join(s->app->dir, "common_config/application_dag.yaml");
    AIS_SCOPED(ais_str) text = {.data = NULL};
    AIS_SCOPED(ais__tool_folders) tools = {.names = {{.items = NULL}}};
    if (ais_file_read(dag, AIS_DOC_MAX_BYTES, &text.data, &text.length, err) < 0 ||
        ais__tool_folders_read(s->app->dir, &tools, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (stage_one(s, i, &tools, &text, err) < 0)
            return -1;
    return 0;
}

static ais_doc_node *clusters_node(const ais__staging *s)
{
    ais_doc_node *root = ais_doc_new_map(s->doc), *system = ais_doc_new_map(s->doc);
    ais_doc_put(system, "Deployments", s->clusters);
    ais_doc_put(root, "System", system);
    return root;
}

static void warn_of_limit(ais__staging *s, uint64_t total, size_t count)
{
    if (total == count)
        return;
    ais_diags_add(s->diags, AIS_SEVERITY_WARNING, "too-many-deployments",
                  (ais_pos){.file = s->app->dir}, "--max-deployments N writes more of them",
                  "there are %s%llu deployments; the first %zu %s written",
                  total == UINT64_MAX ? "more than " : "", (unsigned long long)total, count,
                  count == 1 ? "is" : "are");
}

int ais__stage_deployments(ais__staging *s, ais_error **err)
{
    const uint64_t total = ais_deployments_count(s->deployments);
    const size_t limit = s->options->max_deployments;
    const size_t count = total < limit ? (size_t)total : limit;
    if (total == 0)
        return ais_error_set(err, AIS_E_INPUT, "a component can run nowhere");
    s->report->deployment_total = total;
    s->rows = ais_arena_alloc(s->arena, count * sizeof *s->rows);
    if (s->performance != NULL) {
        const size_t alternatives = s->performance->alternative_count;
        s->folders = ais_arena_alloc(s->arena, alternatives * sizeof *s->folders);
        s->folder_counts = ais_arena_alloc(s->arena, alternatives * sizeof *s->folder_counts);
    }
    s->clusters = ais_doc_new_map(s->doc);
    s->manifest = ais_doc_new_map(s->doc);
    warn_of_limit(s, total, count);
    if (stage_folders(s, count, err) < 0 ||
        ais__stage_node(s, "aisprint/deployments/multi_cluster_qos_constraints.yaml",
                        clusters_node(s), err) < 0)
        return -1;
    return ais__stage_node(s, AIS__PRODUCTION_PATH, ais__design_production_node(s->app, s->doc),
                           err);
}
