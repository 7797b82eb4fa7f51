/* aisprint doctor: what is installed, what is missing, and how to mend it. One row a check. */
#include <dlfcn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "cli/commands.h"
#include "design/design.h"
#include "infer/infer.h"
#include "serve/python.h"

enum { CHECK_LIMIT_S = 60, OUTPUT_LIMIT = 4096, WORD_LIMIT = 16 };

typedef struct options {
    char none; /* there are none */
} options;

/* Returns 0 with what was found in `detail`, or -1 with what is wrong and how to mend it. */
typedef int check_function(const ais_ctx *ctx, ais_str *detail, ais_error **err);

/* ---- programs that are asked ---- */

/* Its first line of output, or an error that ends in `hint`. */
static int ask(const ais_ctx *ctx, const char *const *argv, const char *hint, ais_str *detail,
               ais_error **err)
{
    const ais_process_options how = {
        .argv = argv, .timeout_s = CHECK_LIMIT_S, .output_limit = OUTPUT_LIMIT};
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    if (ais_process_run(ctx, &how, &result, err) < 0)
        return ais_error_hint(err, "%s", hint);
    const bool good = result.exit_status == 0;
    AIS_FREE char *text = ais_strdup(ais_str_get(good ? &result.out : &result.err));
    if (good) {
        text[strcspn(text, "\n")] = '\0';
        ais_str_add(detail, text);
        return 0;
    }
    /* Of a Python traceback, the last line says what is wrong. */
    for (size_t n = strlen(text); n > 0 && text[n - 1] == '\n'; n--)
        text[n - 1] = '\0';
    const char *last = strrchr(text, '\n');
    ais_error_set(err, AIS_E_MISSING, "%s", last != NULL ? last + 1 : text);
    return ais_error_hint(err, "%s", hint);
}

/* `code` finds our package's folder in sys.argv[1]. */
static int ask_python(const ais_ctx *ctx, const char *code, const char *package, const char *hint,
                      ais_str *detail, ais_error **err)
{
    AIS_FREE char *python = NULL;
    if (ais_serve_find_python(ctx, &python, err) < 0)
        return -1;
    const char *const argv[] = {python, "-B", "-c", code, package, NULL};
    return ask(ctx, argv, hint, detail, err);
}

/* ---- the checks ---- */

static int check_program(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    (void)err;
    ais_str_add_format(detail, "%s in %s", AIS_VERSION, ctx->program_dir);
    return 0;
}

static int check_runtime(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    (void)ctx;
    ais_infer_status status;
    if (ais_infer_probe(&status, err) < 0)
        return -1;
    ais_str_add_format(detail, "%s, %s", status.version, status.path);
    return 0;
}

static int check_python(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    AIS_FREE char *python = NULL;
    if (ais_serve_find_python(ctx, &python, err) < 0)
        return -1;
    ais_str_add_format(detail, "%s, ", python);
    return ask_python(ctx, "import platform; print(platform.python_version())", NULL,
                      "apt-get install python3", detail, err);
}

static int check_numpy(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    return ask_python(
        ctx, "import numpy; print(numpy.__version__)", NULL,
        "apt-get install python3-numpy, or set AISPRINT_PYTHON to an interpreter that "
        "has numpy",
        detail, err);
}

static int check_package(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    AIS_FREE char *package = NULL;
    if (ais_serve_find_package(ctx, &package, err) < 0)
        return -1;
    return ask_python(ctx,
                      "import os, sys; sys.path.insert(0, sys.argv[1])\n"
                      "import aisprint.bundle, aisprint.onnx_inference\n"
                      "print(os.path.dirname(aisprint.__file__))",
                      package,
                      "build with this interpreter (make build), or set AISPRINT_PYTHON to the one "
                      "that it was built for",
                      detail, err);
}

static int check_worker(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    AIS_FREE char *worker = NULL;
    if (ais_serve_find_worker(ctx, &worker, err) < 0)
        return -1;
    ais_str_add(detail, worker);
    return 0;
}

/* What components in C are linked with when they are loaded. */
static int check_library(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    static const char *const places[] = {"src/libaisprint.so.0", "libaisprint.so.0",
                                         "../lib/libaisprint.so.0"};
    for (size_t i = 0; i <= AIS_COUNT(places); i++) {
        AIS_FREE char *path = i < AIS_COUNT(places) ? ais_path_join(ctx->program_dir, places[i])
                                                    : ais_strdup("libaisprint.so.0");
        void *handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
        if (handle == NULL)
            continue;
        Dl_info info;
        void *symbol = dlsym(handle, "ais_session_open");
        const bool good = symbol != NULL && dladdr(symbol, &info) != 0;
        ais_str_add(detail, good ? info.dli_fname : path);
        dlclose(handle);
        return 0;
    }
    ais_error_set(err, AIS_E_MISSING, "libaisprint.so.0 is not to be found from '%s'",
                  ctx->program_dir);
    return ais_error_hint(err, "run aisprint from the tree that it was built in, or install it "
                               "whole (and run ldconfig)");
}

static int check_compiler(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    AIS_SCOPED(ais_names) words = {.items = NULL};
    ais_design_find_compiler(ctx, &words);
    const char *argv[WORD_LIMIT + 2] = {NULL};
    for (size_t i = 0; i < words.count && i < WORD_LIMIT; i++)
        argv[i] = words.items[i];
    argv[words.count < WORD_LIMIT ? words.count : WORD_LIMIT] = "--version";
    return ask(ctx, argv, "apt-get install gcc libc6-dev; needed for components in C only", detail,
               err);
}

static int check_dataset(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    const char *chosen = ctx->get_env(ctx, "GARMENTS_DATASET");
    const char *folder =
        chosen != NULL && chosen[0] != '\0' ? chosen : "/usr/share/datasets/fashion-mnist";
    AIS_FREE char *images = ais_path_join(folder, "t10k-images-idx3-ubyte.gz");
    if (!ais_file_exists(images)) {
        ais_error_set(err, AIS_E_MISSING, "%s is not there", images);
        return ais_error_hint(err, "apt-get install dataset-fashion-mnist; needed for the example "
                                   "'garments' only");
    }
    ais_str_add(detail, folder);
    return 0;
}

static int check_terminal(const ais_ctx *ctx, ais_str *detail, ais_error **err)
{
    (void)err;
    struct winsize size = {.ws_col = 0};
    const char *no_color = ctx->get_env(ctx, "NO_COLOR");
    if (!isatty(STDERR_FILENO)) {
        ais_str_add(detail, "none: no progress bars, no colours");
        return 0;
    }
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
        ais_str_add_format(detail, "%u columns, ", size.ws_col);
    ais_str_add(detail, no_color != NULL && no_color[0] != '\0' ? "no colours (NO_COLOR is set)"
                                                                : "colours");
    return 0;
}

static const struct {
    const char *name;
    bool required; /* else it is told, and the status stays 0 */
    check_function *check;
} checks[] = {
    {.name = "aisprint", .required = true, .check = check_program},
    {.name = "libaisprint", .required = true, .check = check_library},
    {.name = "ONNX Runtime", .required = true, .check = check_runtime},
    {.name = "Python", .required = true, .check = check_python},
    {.name = "numpy", .required = true, .check = check_numpy},
    {.name = "Python package", .required = true, .check = check_package},
    {.name = "C worker", .required = true, .check = check_worker},
    {.name = "C compiler", .check = check_compiler},
    {.name = "Fashion-MNIST", .check = check_dataset},
    {.name = "terminal", .check = check_terminal},
};

/* ---- the report ---- */

static void print_row(const ais_cli *cli, size_t i, const char *detail, const ais_error *fault)
{
    const char *state = fault == NULL ? "ok" : checks[i].required ? "MISSING" : "missing";
    if (cli->quiet && fault == NULL)
        return;
    ais_cli_print(cli, "%-8s %-15s %s\n", state, checks[i].name, detail);
    if (fault != NULL && ais_error_get_hint(fault) != NULL)
        ais_cli_print(cli, "%-8s %-15s mend: %s\n", "", "", ais_error_get_hint(fault));
}

static void add_row(ais_doc *doc, ais_doc_node *list, size_t i, const char *detail,
                    const ais_error *fault)
{
    ais_doc_node *row = ais_doc_new_map(doc);
    const char *hint = fault != NULL ? ais_error_get_hint(fault) : NULL;
    ais_doc_put(row, "name", ais_doc_new_string(doc, checks[i].name));
    ais_doc_put(row, "ok", ais_doc_new_bool(doc, fault == NULL));
    ais_doc_put(row, "required", ais_doc_new_bool(doc, checks[i].required));
    ais_doc_put(row, "detail", ais_doc_new_string(doc, detail));
    ais_doc_put(row, "hint", hint != NULL ? ais_doc_new_string(doc, hint) : ais_doc_new_null(doc));
    ais_doc_append(list, row);
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *list = ais_doc_new_list(doc);
    size_t missing = 0;
    (void)data;
    for (size_t i = 0; i < AIS_COUNT(checks); i++) {
        AIS_SCOPED(ais_str) detail = {.data = NULL};
        AIS_AUTO(ais_error) fault = NULL;
        const bool good = checks[i].check(cli->ctx, &detail, &fault) == 0;
        const char *text = good ? ais_str_get(&detail) : ais_error_get_message(fault);
        missing += !good && checks[i].required;
        add_row(doc, list, i, text, fault);
        if (!cli->json)
            print_row(cli, i, text, fault);
    }
    ais_doc_put(root, "checks", list);
    if (cli->json && ais_cli_print_json(cli, root, err) < 0)
        return -1;
    if (missing == 0)
        return 0;
    *cli->reported = true;
    return ais_error_set(err, AIS_E_MISSING, "%zu required %s missing", missing,
                         ais_cli_plural(missing, "thing is", "things are"));
}

const ais_cli_command ais__cli_doctor = {
    .name = "doctor",
    .summary = "what is installed, what is missing, and how to mend it",
    .details =
        "Looks at everything that aisprint uses: its library, ONNX Runtime, Python with numpy "
        "and our package, the C compiler, the example's images. The status is 1 when something "
        "that is always needed is missing. With --json: {\"checks\":[{\"name\",\"ok\","
        "\"required\",\"detail\",\"hint\"}]}.",
    .example = "aisprint doctor",
    .options_size = sizeof(options),
    .run = run,
};
