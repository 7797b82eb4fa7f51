/* Finding the interpreter, our package and our worker; see python.h. */
#include "serve/python.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"

enum { CHECK_LIMIT_S = 30 };

static bool is_program(const char *path)
{
    return access(path, X_OK) == 0 && !ais_dir_exists(path);
}

/* Does it run, and (unless `any`) is numpy there? Looks for the package only: importing takes longer.
 * Otherwise what is wrong is put behind `tried`. */
static bool check_python(const ais_ctx *ctx, const char *path, bool any, ais_str *tried)
{
    const char *const argv[] = {
        path, "-c",
        any ? "pass"
            : "import importlib.util, sys; sys.exit(not importlib.util.find_spec('numpy'))",
        NULL};
    const ais_process_options options = {.argv = argv, .timeout_s = CHECK_LIMIT_S};
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    const char *fault = NULL;
    if (!is_program(path))
        fault = "is not there";
    else if (ais_process_run(ctx, &options, &result, NULL) < 0)
        fault = "cannot be run";
    else if (result.exit_status != 0)
        fault = any ? "does not run" : "has no numpy";
    if (fault != NULL)
        ais_str_add_format(tried, "%s%s %s", tried->length > 0 ? ", " : "", path, fault);
    return fault == NULL;
}

/* The first `python3` of PATH, or NULL. */
static char *search_path(const ais_ctx *ctx, const char *name)
{
    const char *path = ctx->get_env(ctx, "PATH");
    AIS_FREE char *copy = ais_strdup(path != NULL ? path : "/usr/local/bin:/usr/bin:/bin");
    char *rest = copy;
    for (char *dir = strsep(&rest, ":"); dir != NULL; dir = strsep(&rest, ":")) {
        char *file = ais_path_join(dir[0] != '\0' ? dir : ".", name);
        if (is_program(file))
            return file;
        free(file);
    }
    return NULL;
}

static int refuse(const char *tried, ais_error **err)
{
    ais_error_set(err, AIS_E_MISSING, "no Python that can run components: %s", tried);
    return ais_error_hint(err,
                          "apt-get install python3 python3-numpy, or set AISPRINT_PYTHON to an "
                          "interpreter that has numpy");
}

/* Components start in folders of their own, so a relative path would not do. */
static char *make_absolute(char *path)
{
    char here[PATH_MAX];
    if (path[0] == '/' || getcwd(here, sizeof here) == NULL)
        return path;
    char *absolute = ais_path_join(here, path);
    free(path);
    return absolute;
}

int ais_serve_find_python(const ais_ctx *ctx, char **out, ais_error **err)
{
    static const char usual[] = "/usr/bin/python3";
    AIS_SCOPED(ais_str) tried = {.data = NULL};
    const char *chosen = ctx->get_env(ctx, "AISPRINT_PYTHON");
    if (chosen != NULL && chosen[0] != '\0') {
        char *found = strchr(chosen, '/') != NULL ? ais_strdup(chosen) : search_path(ctx, chosen);
        AIS_FREE char *path = make_absolute(found != NULL ? found : ais_strdup(chosen));
        if (!check_python(ctx, path, true, &tried)) {
            ais_error_set(err, AIS_E_MISSING, "AISPRINT_PYTHON: %s", ais_str_get(&tried));
            return ais_error_hint(err, "set it to an interpreter that has numpy, or unset it");
        }
        *out = path;
        path = NULL;
        return 0;
    }
    if (check_python(ctx, usual, false, &tried)) {
        *out = ais_strdup(usual);
        return 0;
    }
    char *found = search_path(ctx, "python3");
    if (found == NULL) {
        ais_str_add(&tried, ", no python3 in PATH");
        return refuse(ais_str_get(&tried), err);
    }
    AIS_FREE char *path = make_absolute(found);
    if (ais_str_equal(path, usual) || !check_python(ctx, path, false, &tried))
        return refuse(ais_str_get(&tried), err);
    *out = path;
    path = NULL;
    return 0;
}

/* The first of `count` places, relative to the program's folder, where `marker` is found. */
static int find_beside(const ais_ctx *ctx, const char *const *places, size_t count,
                       const char *marker, const char *what, char **out, ais_error **err)
{
    char absolute[PATH_MAX];
    for (size_t i = 0; i < count; i++) {
        AIS_FREE char *dir = ais_path_join(ctx->program_dir, places[i]);
        AIS_FREE char *file = ais_path_join(dir, marker);
        if (ais_file_exists(file) && realpath(dir, absolute) != NULL) {
            *out = ais_strdup(absolute);
            return 0;
        }
    }
    ais_error_set(err, AIS_E_MISSING, "%s is not to be found from '%s'", what, ctx->program_dir);
    return ais_error_hint(err,
                          "run aisprint from the tree that it was built in, or install it whole");
}

int ais_serve_find_package(const ais_ctx *ctx, char **out, ais_error **err)
{
    static const char *const places[] = {"python", "../python", "../lib/aisprint/python"};
    return find_beside(ctx, places, AIS_COUNT(places), "aisprint/worker.py",
                       "the Python package 'aisprint'", out, err);
}

int ais_serve_find_worker(const ais_ctx *ctx, char **out, ais_error **err)
{
    static const char *const places[] = {".", "../libexec/aisprint"};
    AIS_FREE char *dir = NULL;
    if (find_beside(ctx, places, AIS_COUNT(places), "aisprint-worker",
                    "aisprint-worker, which runs components in C,", &dir, err) < 0)
        return -1;
    *out = ais_path_join(dir, "aisprint-worker");
    return 0;
}
