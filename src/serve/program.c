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
    const char *path = t->ctx->get_env(t->ctx, "PYTHONPATH");
    all[n++] = ais_arena_format(t->arena, "COMPONENT_NAME=%s", node->name);
    all[n++] = ais_arena_format(t->arena, "RESOURCE_ID=%s", node->resource);
    all[n++] = ais_arena_format(t->arena, "KCI=%s", cluster != NULL ? cluster : "local");
    if (t->package != NULL) {
        all[n++] = path != NULL && path[0] != '\0'
                       ? ais_arena_format(t->arena, "PYTHONPATH=%s:%s", t->package, path)
                       : ais_arena_format(t->arena, "PYTHONPATH=%s", t->package);
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
