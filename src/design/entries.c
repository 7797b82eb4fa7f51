/* The folder of one deployment; see entries.h. */
#include "design/entries.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TO_APP "../../../../" /* from a tool folder of a deployment to the application */

bool ais__entries_is_ours(const char *folder, const char *name)
{
    if (ais_file_is_temporary(name))
        return true;
    if (ais_str_equal(folder, "ams"))
        return ais_str_starts(name, "qos_constraints_L") && ais_str_ends(name, ".yaml");
    if (ais_str_equal(folder, "space4ai-r")) /* of the application as a whole */
        return ais_str_equal(name, "deployments_performance.yaml");
    return ais_str_equal(folder, "space4ai-d") && ais_str_equal(name, "qos_constraints.yaml");
}

int ais__tool_folders_read(const char *app_dir, ais__tool_folders *out, ais_error **err)
{
    for (size_t i = 0; i < ais__design_tool_folder_count; i++) {
        AIS_FREE char *dir = ais_path_join(app_dir, ais__design_tool_folders[i]);
        /* A fresh clone has no empty folders: one that is missing is an empty one. */
        if (ais_dir_exists(dir) && ais_dir_list(dir, &out->names[i], err) < 0)
            return -1;
    }
    return 0;
}

void ais__tool_folders_clear(ais__tool_folders *folders)
{
    for (size_t i = 0; i < AIS_COUNT(folders->names); i++)
        ais_names_clear(&folders->names[i]);
}

/* ---- making ---- */

static void add(ais__entries *e, const char *path, const char *text, size_t length, bool is_link)
{
    e->items = ais_grow(e->items, &e->capacity, e->count + 1, sizeof *e->items);
    e->items[e->count++] = (ais__entry){.path = ais_arena_strdup(e->arena, path),
                                        .text = ais_arena_strndup(e->arena, text, length),
                                        .length = length,
                                        .is_link = is_link};
}

static void add_node(ais__entries *e, const char *path, const ais_doc_node *node)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_doc_write_yaml(node, &text);
    add(e, path, ais_str_get(&text), text.length, false);
}

static void add_constraints(const ais_app *app, const ais_deployment *d,
                            const ais_constraints *constraints, ais_doc *doc, ais__entries *e)
{
    size_t count = 0;
    AIS_FREE int64_t *layers = ais__design_used_layers(d, &count);
    for (size_t i = 0; i < count; i++) {
        AIS_FREE char *path = ais_format("ams/qos_constraints_L%lld.yaml", (long long)layers[i]);
        add_node(e, path, ais__design_qos_node(app, d, constraints, layers[i], doc));
    }
    add_node(e, "space4ai-d/qos_constraints.yaml",
             ais__design_qos_node(app, d, constraints, AIS__ALL_LAYERS, doc));
}

/* As AI-SPRINT Studio names them: `<component>` in base and where alternatives stand in, whole; else
 * `<component>_<variant>`, even `<component>_base`. */
static void add_sources(const ais_app *app, const ais_deployment *d, ais__entries *e)
{
    const bool plain = d->number == 0 || (d->alternative > 0 && d->is_whole);
    for (size_t i = 0; i < d->unit_count; i++) {
        const ais_variant *variant = d->units[i].variant;
        const char *component = app->components[variant->component].name;
        AIS_FREE char *path = plain ? ais_format("src/%s", component)
                                    : ais_format("src/%s_%s", component, variant->name);
        AIS_FREE char *target = ais_format("../../../designs/%s/%s", component, variant->name);
        add(e, path, target, strlen(target), true);
    }
}

/* What runs where, and who hands to whom: with other limits it is the same deployment. */
static void make_key(const ais_deployment *d, const char *graph, ais__entries *e)
{
    AIS_SCOPED(ais_str) all = {.data = NULL};
    for (size_t i = 0; i < d->unit_count; i++)
        ais_str_add_format(&all, "%s on %lld\n", d->units[i].variant->dag_name,
                           (long long)d->units[i].layer);
    ais_str_add(&all, graph);
    ais__design_hash(ais_str_get(&all), all.length, e->key);
}

static void add_tools(const ais__tool_folders *tools, ais__entries *e)
{
    for (size_t i = 0; i < ais__design_tool_folder_count; i++) {
        const char *folder = ais__design_tool_folders[i];
        for (size_t k = 0; k < tools->names[i].count; k++) {
            const char *name = tools->names[i].items[k];
            if (name[0] == '.' || ais__entries_is_ours(folder, name))
                continue; /* .gitkeep */
            AIS_FREE char *path = ais_format("%s/%s", folder, name);
            AIS_FREE char *target = ais_format(TO_APP "%s/%s", folder, name);
            add(e, path, target, strlen(target), true);
        }
    }
}

void ais__entries_init(const ais_app *app, const ais_deployment *d,
                       const ais_constraints *constraints, const ais__tool_folders *tools,
                       const ais_str *base_dag, ais__entries *out)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    *out = (ais__entries){.arena = ais_arena_new()};
    if (d->number == 0)
        add(out, "application_dag.yaml", ais_str_get(base_dag), base_dag->length, false);
    else
        add_node(out, "application_dag.yaml", ais__deployment_dag_node(app, d, doc));
    add_constraints(app, d, constraints, doc, out);
    add_sources(app, d, out);
    make_key(d, out->items[0].text, out);
    if (d->number > 0)
        add_tools(tools, out);
}

void ais__entries_clear(ais__entries *entries)
{
    free(entries->items);
    if (entries->arena != NULL)
        ais_arena_free(entries->arena);
    *entries = (ais__entries){.items = NULL};
}

/* ---- on disk ---- */

static bool stands(const ais__entry *entry, const char *path)
{
    if (entry->is_link) {
        char target[PATH_MAX];
        const ssize_t length = readlink(path, target, sizeof target);
        return length >= 0 && (size_t)length == entry->length &&
               memcmp(target, entry->text, entry->length) == 0;
    }
    struct stat status;
    AIS_FREE char *text = NULL;
    size_t length = 0;
    return lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           (size_t)status.st_size == entry->length &&
           ais_file_read(path, entry->length, &text, &length, NULL) == 0 &&
           length == entry->length && memcmp(text, entry->text, length) == 0;
}

static bool has(const ais__entries *entries, const char *folder, const char *name)
{
    const size_t length = strlen(folder);
    for (size_t i = 0; i < entries->count; i++) {
        const char *path = entries->items[i].path;
        if (ais_str_starts(path, folder) && path[length] == '/' &&
            ais_str_equal(path + length + 1, name))
            return true;
    }
    return false;
}

/* Did design make it once, and would not today? */
static bool is_stale(const ais__entries *entries, const char *dir, const char *folder,
                     const char *name)
{
    if (has(entries, folder, name))
        return false;
    if (ais__entries_is_ours(folder, name))
        return true;
    char target[PATH_MAX];
    AIS_FREE char *path = ais_format("%s/%s/%s", dir, folder, name);
    const ssize_t length = readlink(path, target, sizeof target);
    return length > (ssize_t)strlen(TO_APP) && memcmp(target, TO_APP, strlen(TO_APP)) == 0;
}

static bool has_stale(const ais__entries *entries, const char *dir, const char *folder, bool all)
{
    AIS_FREE char *path = ais_path_join(dir, folder);
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(path, &names, NULL) < 0)
        return true; /* it is missing */
    for (size_t i = 0; i < names.count; i++)
        if (all ? !has(entries, folder, names.items[i])
                : is_stale(entries, dir, folder, names.items[i]))
            return true;
    return false;
}

bool ais__entries_stand(const ais__entries *entries, const char *dir)
{
    for (size_t i = 0; i < entries->count; i++) {
        AIS_FREE char *path = ais_path_join(dir, entries->items[i].path);
        if (!stands(&entries->items[i], path))
            return false;
    }
    for (size_t i = 0; i < ais__design_tool_folder_count; i++)
        if (has_stale(entries, dir, ais__design_tool_folders[i], false))
            return false;
    return !has_stale(entries, dir, "src", true);
}

/* A symbolic link; the same inode as one with the same target that was made before, for that is several
 * times cheaper than another one, and nobody can change it. */
static int make_link(const ais__entry *entry, const char *path, ais__links *links, ais_error **err)
{
    const char *first = ais_map_find(links->by_target, entry->text);
    if (first != NULL && linkat(AT_FDCWD, first, AT_FDCWD, path, 0) == 0)
        return 0; /* else too many of them, or a file system without */
    if (symlink(entry->text, path) < 0)
        return ais_error_set_errno(err, path, "making a symbolic link");
    ais_map_put(links->by_target, entry->text, ais_arena_strdup(links->arena, path));
    return 0;
}

void ais__links_init(ais__links *links)
{
    *links = (ais__links){.by_target = ais_map_new(), .arena = ais_arena_new()};
}

void ais__links_clear(ais__links *links)
{
    ais_map_free(links->by_target);
    if (links->arena != NULL)
        ais_arena_free(links->arena);
    *links = (ais__links){.by_target = NULL};
}

int ais__entries_write(const ais__entries *entries, const char *dir, ais__links *links,
                       ais_error **err)
{
    AIS_FREE char *src = ais_path_join(dir, "src");
    if (ais_dir_make(src, err) < 0)
        return -1;
    for (size_t i = 0; i < ais__design_tool_folder_count; i++) {
        AIS_FREE char *folder = ais_path_join(dir, ais__design_tool_folders[i]);
        if (ais_dir_make(folder, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < entries->count; i++) {
        const ais__entry *entry = &entries->items[i];
        AIS_FREE char *path = ais_path_join(dir, entry->path);
        if ((entry->is_link ? make_link(entry, path, links, err)
                            : ais_file_create(path, entry->text, entry->length, err)) < 0)
            return -1;
    }
    return 0;
}
