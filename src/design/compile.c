/* Components written in C: sources in, component.so out, through a cache keyed by their content. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/process.h"
#include "design/design_priv.h"

enum { SOURCE_LIMIT = 4 * 1024 * 1024, LOG_LIMIT = 256 * 1024, COMPILE_LIMIT_S = 300 };

typedef struct compilation {
    const ais_app_source *source;
    ais_names sources; /* "<app>/src/filter/filter.c" ... */
    ais_names command; /* words of the compiler's command line */
    char *include_dir;
    const char *target; /* where the compiler writes */
} compilation;

/* Headers stand beside the program: in the tree that it was built in, or where it is installed. */
static int find_include_dir(const ais_ctx *ctx, char **out, ais_error **err)
{
    AIS_FREE char *dir = ais_path_join(ctx->program_dir, "../include");
    AIS_FREE char *header = ais_path_join(dir, "aisprint/component.h");
    if (!ais_file_exists(header)) {
        ais_error_set(err, AIS_E_MISSING, "'%s' is missing: components in C need it", header);
        return ais_error_hint(
            err, "run aisprint from the tree that it was built in, or install it whole");
    }
    *out = ais_strdup(dir);
    return 0;
}

static bool is_source(const char *name)
{
    return ais_str_ends(name, ".c") || ais_str_ends(name, ".h");
}

/* Hash what the result depends on: the command, and every source and header of the component. */
static int hash_inputs(const compilation *c, char hex[33], ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    AIS_SCOPED(ais_str) all = {.data = NULL};
    if (ais_dir_list(c->source->dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < c->command.count; i++)
        ais_str_add_bytes(&all, c->command.items[i], strlen(c->command.items[i]) + 1);
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *path = ais_path_join(c->source->dir, names.items[i]);
        AIS_FREE char *data = NULL;
        size_t length = 0;
        if (!is_source(names.items[i]))
            continue;
        if (ais_file_read(path, SOURCE_LIMIT, &data, &length, err) < 0)
            return -1;
        ais_str_add_bytes(&all, names.items[i], strlen(names.items[i]) + 1);
        ais_str_add_bytes(&all, &length, sizeof length);
        ais_str_add_bytes(&all, data, length);
    }
    const XXH128_hash_t hash = XXH3_128bits(ais_str_get(&all), all.length);
    snprintf(hex, 33, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
    return 0;
}

static int list_sources(compilation *c, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(c->source->dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *path = ais_path_join(c->source->dir, names.items[i]);
        if (ais_str_ends(names.items[i], ".c"))
            ais_names_add(&c->sources, path);
    }
    return 0;
}

/* The application's folder must not stand in the result, or it would differ from place to place. */
static void make_command(const ais_ctx *ctx, compilation *c)
{
    static const char *const flags[] = {"-std=gnu17", "-O2",   "-g0",     "-fPIC",
                                        "-shared",    "-Wall", "-Wextra", "-fno-diagnostics-color"};
    const char *compiler = ctx->get_env(ctx, "CC");
    ais_names_add(&c->command, compiler != NULL && compiler[0] != '\0' ? compiler : "cc");
    for (size_t i = 0; i < AIS_COUNT(flags); i++)
        ais_names_add(&c->command, flags[i]);
    AIS_FREE char *include = ais_format("-I%s", c->include_dir);
    AIS_FREE char *prefix = ais_format("-ffile-prefix-map=%s=.", c->source->dir);
    ais_names_add(&c->command, include);
    ais_names_add(&c->command, prefix);
    for (size_t i = 0; i < c->sources.count; i++)
        ais_names_add(&c->command, c->sources.items[i]);
    ais_names_add(&c->command, "-lm");
}

/* "file.c:3:5: error: text" */
static bool add_fault(const char *line, ais_diags *diags)
{
    static const struct {
        const char *mark;
        ais_severity severity;
    } marks[] = {{.mark = ": fatal error: ", .severity = AIS_SEVERITY_ERROR},
                 {.mark = ": error: ", .severity = AIS_SEVERITY_ERROR},
                 {.mark = ": warning: ", .severity = AIS_SEVERITY_WARNING}};
    for (size_t i = 0; i < AIS_COUNT(marks); i++) {
        const char *mark = strstr(line, marks[i].mark);
        if (mark == NULL)
            continue;
        AIS_FREE char *place = ais_strndup(line, (size_t)(mark - line));
        unsigned numbers[2] = {0, 0}; /* column, line: read from the back */
        for (size_t n = 0; n < 2; n++) {
            char *colon = strrchr(place, ':');
            char *end = NULL;
            if (colon == NULL)
                break;
            numbers[n] = (unsigned)strtoul(colon + 1, &end, 10);
            if (end == colon + 1 || *end != '\0')
                return false;
            *colon = '\0';
        }
        ais_diags_add(diags, marks[i].severity, "c-compile",
                      (ais_pos){.file = place, .line = numbers[1], .column = numbers[0]}, NULL,
                      "%s", mark + strlen(marks[i].mark));
        return true;
    }
    return false;
}

/* Turn the compiler's log into faults. What no line could be made of (the linker's words) is one fault
 * when the compilation failed. */
static void add_faults(const compilation *c, const char *log, bool failed, ais_diags *diags)
{
    const size_t before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    AIS_FREE char *text = ais_strdup(log);
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        add_fault(line, diags);
    if (failed && ais_diags_count_of(diags, AIS_SEVERITY_ERROR) == before)
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "c-compile", (ais_pos){.file = c->source->file},
                      NULL, "the compiler failed:\n%s", log);
}

static int run_compiler(const ais_ctx *ctx, const compilation *c, ais_diags *diags, ais_error **err)
{
    AIS_SCOPED(ais_names) words = {.items = NULL};
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    for (size_t i = 0; i < c->command.count; i++)
        ais_names_add(&words, c->command.items[i]);
    ais_names_add(&words, "-o");
    ais_names_add(&words, c->target);
    words.items = ais_grow(words.items, &words.capacity, words.count + 1, sizeof *words.items);
    words.items[words.count] = NULL;
    const ais_process_options options = {.argv = (const char *const *)words.items,
                                         .timeout_s = COMPILE_LIMIT_S,
                                         .output_limit = LOG_LIMIT};
    if (ais_process_run(ctx, &options, &result, err) < 0) {
        return ais_error_hint(err,
                              "components in C need a C compiler: apt-get install gcc libc6-dev");
    }
    const bool failed = result.exit_status != 0;
    add_faults(c, ais_str_get(&result.err), failed, diags);
    return 0;
}

static void clear(compilation *c)
{
    ais_names_clear(&c->sources);
    ais_names_clear(&c->command);
    free(c->include_dir);
}

/* Take the object from the cache, compiling it into the cache first when it is not there. A source
 * that does not compile adds faults and leaves nothing. */
static int build(const ais_ctx *ctx, compilation *c, const char *cache, const char *target,
                 ais_diags *diags, ais_design_report *report, ais_error **err)
{
    char hex[33];
    if (hash_inputs(c, hex, err) < 0)
        return -1;
    AIS_FREE char *name = ais_format("component-%s.so", hex);
    AIS_FREE char *cached = ais_path_join(cache, name);
    if (ais_file_exists(cached)) {
        report->reused++;
        return ais_tree_copy(cached, target, err);
    }
    c->target = target;
    const size_t before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    if (run_compiler(ctx, c, diags, err) < 0)
        return -1;
    if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > before)
        return 0;
    report->compiled++;
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (ais_file_read(target, SIZE_MAX / 2, &data, &length, err) < 0 ||
        ais_dir_make(cache, err) < 0)
        return -1;
    return ais_file_write(cached, data, length, err);
}

int ais__design_compile(const ais_ctx *ctx, const ais_app *app, const ais_app_source *source,
                        const char *target_dir, ais_diags *diags, ais_design_report *report,
                        ais_error **err)
{
    compilation c = {.source = source};
    AIS_FREE char *target = ais_path_join(target_dir, "component.so");
    AIS_FREE char *cache = ais_path_join(app->dir, "aisprint/cache");
    int status = find_include_dir(ctx, &c.include_dir, err);
    if (status == 0)
        status = list_sources(&c, err);
    if (status == 0) {
        make_command(ctx, &c);
        status = build(ctx, &c, cache, target, diags, report, err);
    }
    clear(&c);
    return status;
}
