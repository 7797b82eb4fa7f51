/* Loading an application: reads all of it, then checks all of it, so that one run shows every
 * fault. */
#include "app/app_priv.h"
#include "base/file.h"
#include "base/path.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

void ais_app_free(ais_app *app)
{
    if (app == NULL)
        return;
    struct ais_app_private *private = app->private;
    for (size_t i = 0; i < app->source_count; i++)
        ais_annotations_free(private->annotations[i]);
    ais_doc_free(private->dag);
    ais_doc_free(private->candidate_deployments);
    ais_doc_free(private->candidate_resources);
    ais_doc_free(private->security);
    ais_map_free(private->components);
    ais_map_free(private->candidates);
    ais_map_free(private->resources);
    ais_arena_free(private->arena); /* holds `app` and `private` too */
}

static ais_app *new_app(const char *dir)
{
    ais_arena *arena = ais_arena_new();
    ais_app *app = ais_arena_alloc(arena, sizeof *app);
    app->private = ais_arena_alloc(arena, sizeof *app->private);
    *app->private = (struct ais_app_private){.arena = arena,
                                             .components = ais_map_new(),
                                             .candidates = ais_map_new(),
                                             .resources = ais_map_new()};
    app->dir = ais_arena_strdup(arena, dir);
    return app;
}

const ais_doc_node *ais__app_open(ais_app_load_state *state, const char *file,
                                  const ais_doc_schema *schema, ais_doc **out)
{
    AIS_FREE char *config = ais_path_join(state->app->dir, "common_config");
    AIS_FREE char *path = ais_path_join(config, file);
    if (ais_doc_read(path, state->diags, out) < 0)
        return NULL;
    const ais_doc_node *root = ais_doc_root(*out);
    if (ais_doc_get_kind(root) == AIS_DOC_NULL) {
        ais__app_error(
            state, "empty", ais_doc_pos(root),
            ais_arena_format(state->arena, "must begin with '%s:'", schema->fields[0].key),
            "%s is empty", file);
        return NULL;
    }
    ais_doc_check(root, schema, state->diags);
    return root;
}

/* Nothing about it is checked but that it is a map: nobody has said what it holds yet. */
/* Without these two folders every file would be missing: one fault, not five. */
static bool has_folders(ais_app_load_state *state)
{
    static const char *const folders[] = {"common_config", "src"};
    const char *dir = state->app->dir;
    if (!ais_dir_exists(dir)) {
        ais__app_error(state, "no-application", ais__app_file_pos(dir),
                       "give the folder that holds common_config/ and src/",
                       "there is no folder '%s'", dir);
        return false;
    }
    if (access(dir, R_OK | X_OK) < 0) {
        ais__app_error(state, "io", ais__app_file_pos(dir), "change its mode, or run as its owner",
                       "the folder '%s' cannot be read: %s", dir, strerror(errno));
        return false;
    }
    AIS_FREE char *first = ais_path_join(dir, folders[0]);
    AIS_FREE char *second = ais_path_join(dir, folders[1]);
    if (ais_dir_exists(first))
        return true;
    ais__app_error(state, "no-application", ais__app_file_pos(dir),
                   ais_dir_exists(second) ? "add common_config/application_dag.yaml"
                                          : "give the folder that holds common_config/ and src/",
                   "'%s' is no application: it has no folder common_config", dir);
    return false;
}

static void read_all(ais_app_load_state *state)
{
    ais__app_read_dag(state);
    ais__app_read_resources(state);
    ais__app_read_candidates(state);
    ais__app_read_security(state);
    ais__app_read_sources(state);
}

static void check_all(ais_app_load_state *state)
{
    static void (*const checks[])(ais_app_load_state *) = {
        ais__app_check_graph,       ais__app_check_membership, ais__app_check_placement,
        ais__app_check_capacity,    ais__app_check_partitions, ais__app_check_needs,
        ais__app_check_protection,  ais__app_check_paths,      ais__app_check_models,
        ais__app_check_performance, ais__app_check_drift,      ais__app_check_security,
        ais__app_check_code,
    };
    for (size_t i = 0; i < AIS_COUNT(checks); i++)
        checks[i](state);
}

int ais_app_load(const char *dir, ais_diags *diags, ais_app **out)
{
    const size_t errors_before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    AIS_AUTO(ais_app) app = new_app(dir);
    AIS_AUTO(ais_map) unknown = ais_map_new();
    ais_app_load_state state = {
        .app = app, .diags = diags, .arena = app->private->arena, .unknown = unknown};
    *out = NULL;
    if (!has_folders(&state))
        return -1;
    read_all(&state);
    check_all(&state);
    if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > errors_before)
        return -1;
    *out = app;
    app = NULL; /* now the caller's */
    return 0;
}
