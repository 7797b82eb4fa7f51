/* Words and environment of workers; see program.h. */
#include "serve/program.h"

#include <string.h>
#include <unistd.h>

#include "serve/python.h"

typedef struct tools {
    const ais_ctx *ctx;
    ais_arena *arena;
    const char *python, *package, *worker; /* NULL until needed */
} tools;

/* What we set ourselves, or the worker does for each item: not inherited. */
static const char *const own[] = {"AISPRINT_WORKER_FD=",
                                  "COMPONENT_NAME=",
                                  "EVENT=",
                                  "KCI=",
                                  "PYTHONPATH=",
                                  "PYTHONDONTWRITEBYTECODE=",
                                  "PYTHONUNBUFFERED=",
                                  "RESOURCE_ID=",
                                  "TMP_OUTPUT_DIR=",
                                  "UUID="};

static bool is_own(const char *entry)
{
    for (size_t i = 0; i < AIS_COUNT(own); i++)
        if (ais_str_starts(entry, own[i]))
            return true;
    return false;
}

/* PYTHONPATH with our package in front. Components start in folders of their own, so that what is relative
 * to the user's is made absolute. */
static const char *make_python_path(const tools *t, const char *path)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    AIS_FREE char *here = getcwd(NULL, 0);
    AIS_FREE char *copy = ais_strdup(path != NULL ? path : "");
    char *rest = copy;
    ais_str_add_format(&out, "PYTHONPATH=%s", t->package);
    for (const char *entry = strsep(&rest, ":"); entry != NULL; entry = strsep(&rest, ":")) {
        if (entry[0] == '/' || (entry[0] != '\0' && here == NULL))
            ais_str_add_format(&out, ":%s", entry);
        else if (entry[0] != '\0')
            ais_str_add_format(&out, ":%s/%s", here, entry);
    }
    return ais_arena_strdup(t->arena, ais_str_get(&out));
}

static const char **make_environment(const tools *t, const ais_plan_node *node)
{
    size_t count = 0, n = 0;
    while (environ[count] != NULL)
        count++;
    const char **all = ais_arena_alloc(t->arena, (count + AIS_COUNT(own) + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++)
        if (!is_own(environ[i]))
            all[n++] = environ[i];
    const char *cluster = t->ctx->get_env(t->ctx, "KCI");
    all[n++] = ais_arena_format(t->arena, "COMPONENT_NAME=%s", node->name);
    all[n++] = ais_arena_format(t->arena, "RESOURCE_ID=%s", node->resource);
    all[n++] = ais_arena_format(t->arena, "KCI=%s", cluster != NULL ? cluster : "local");
    if (t->package != NULL) {
        all[n++] = make_python_path(t, t->ctx->get_env(t->ctx, "PYTHONPATH"));
        all[n++] = "PYTHONDONTWRITEBYTECODE=1"; /* designs stay as design made them */
        all[n++] = "PYTHONUNBUFFERED=1";        /* a crash loses no line of the log */
    }
    return all;
}

static const char *const *make_words(const tools *t, const char *const *words, size_t count)
{
    const char **all = ais_arena_alloc(t->arena, (count + 1) * sizeof *all);
    memcpy(all, words, count * sizeof *all);
    return all;
}

static int find_tools(tools *t, ais_language language, ais_error **err)
{
    AIS_FREE char *python = NULL, *package = NULL, *worker = NULL;
    if (language == AIS_LANGUAGE_C && t->worker == NULL) {
        if (ais_serve_find_worker(t->ctx, &worker, err) < 0)
            return -1;
        t->worker = ais_arena_strdup(t->arena, worker);
    }
    if (language == AIS_LANGUAGE_PYTHON && t->python == NULL) {
        if (ais_serve_find_package(t->ctx, &package, err) < 0 ||
            ais_serve_find_python(t->ctx, &python, err) < 0)
            return -1;
        t->package = ais_arena_strdup(t->arena, package);
        t->python = ais_arena_strdup(t->arena, python);
    }
    return 0;
}

int ais_program_prepare(const ais_ctx *ctx, const ais_plan *plan, ais_arena *arena,
                        ais_worker_spec **out, ais_error **err)
{
    tools t = {.ctx = ctx, .arena = arena};
    ais_worker_spec *specs = ais_arena_alloc(arena, plan->node_count * sizeof *specs);
    for (size_t i = 0; i < plan->node_count; i++)
        if (find_tools(&t, plan->nodes[i].language, err) < 0)
            return ais_error_wrap(err, "preparing component '%s'", plan->nodes[i].name);
    for (size_t i = 0; i < plan->node_count; i++) {
        const ais_plan_node *node = &plan->nodes[i];
        const char *const warm_python[] = {t.python, "-m", "aisprint.worker", "main.py"};
        const char *const cold_python[] = {t.python, "main.py"};
        const char *const c[] = {t.worker, "./component.so", node->entry};
        const bool python = node->language == AIS_LANGUAGE_PYTHON;
        specs[i] =
            (ais_worker_spec){.name = node->name,
                              .dir = node->dir,
                              .warm = python ? make_words(&t, warm_python, AIS_COUNT(warm_python))
                                             : make_words(&t, c, AIS_COUNT(c)),
                              .cold = python ? make_words(&t, cold_python, AIS_COUNT(cold_python))
                                             : make_words(&t, c, AIS_COUNT(c)),
                              .environment = make_environment(&t, node),
                              .onnx_file = node->onnx_file,
                              .resource = node->resource};
    }
    *out = specs;
    return 0;
}
