/* Components written in C: sources in, component.so out, through a cache keyed by their content. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "design/design_priv.h"
#include "design/journal.h"

enum { TEXT_LIMIT = 64 * 1024 * 1024, LOG_LIMIT = 256 * 1024, COMPILE_LIMIT_S = 300 };

typedef struct compilation {
    const ais_ctx *ctx;
    const ais_app_source *source;
    bool is_segment;       /* generated, in a staged folder */
    const char *shown_dir; /* of a segment: where that folder will be */
    ais_names command;     /* words of the compiler's command line: what all components share */
    ais_names inputs;      /* further words: where the headers and the sources are */
    ais_names environment;
    bool stays; /* what is made: then it may go into the cache */
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

static int add_sources(compilation *c, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(c->source->dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *path = ais_path_join(c->source->dir, names.items[i]);
        /* The compiler would take it for an option, or for a file of options. */
        const bool looks_odd = path[0] == '-' || path[0] == '@';
        AIS_FREE char *word = ais_format("%s%s", looks_odd ? "./" : "", path);
        if (ais_str_ends(names.items[i], ".c"))
            ais_names_add(&c->inputs, word);
    }
    return 0;
}

void ais_design_find_compiler(const ais_ctx *ctx, ais_names *words)
{
    const char *chosen = ctx->get_env(ctx, "CC");
    AIS_FREE char *text = ais_strdup(chosen != NULL ? chosen : "");
    char *rest = text;
    for (char *word = strsep(&rest, " \t"); word != NULL; word = strsep(&rest, " \t"))
        if (word[0] != '\0')
            ais_names_add(words, word);
    if (words->count == 0)
        ais_names_add(words, "cc");
}

/* What the compiler says is read below, so it must speak English. */
static void make_environment(ais_names *environment)
{
    for (char **entry = environ; *entry != NULL; entry++)
        if (!ais_str_starts(*entry, "LC_ALL=") && !ais_str_starts(*entry, "LANGUAGE="))
            ais_names_add(environment, *entry);
    ais_names_add(environment, "LC_ALL=C.UTF-8");
}

static int make_command(compilation *c, ais_error **err)
{
    /* With -ftabstop, gcc counts columns as all others do. */
    static const char *const flags[] = {
        "-std=gnu17", "-O2",     "-g0",         "-fPIC",
        "-Wall",      "-Wextra", "-ftabstop=1", "-fno-diagnostics-color"};
    AIS_FREE char *include_dir = NULL;
    if (find_include_dir(c->ctx, &include_dir, err) < 0)
        return -1;
    ais_design_find_compiler(c->ctx, &c->command);
    for (size_t i = 0; i < AIS_COUNT(flags); i++)
        ais_names_add(&c->command, flags[i]);
    /* The application's folder must not stand in the result, or it would differ from place to
     * place. */
    AIS_FREE char *include = ais_format("-I%s", include_dir);
    AIS_FREE char *prefix = ais_format("-ffile-prefix-map=%s=.", c->source->dir);
    ais_names_add(&c->inputs, include);
    ais_names_add(&c->inputs, prefix);
    make_environment(&c->environment);
    return add_sources(c, err);
}

/* The items as a list that ends with NULL. */
static const char *const *end_list(ais_names *names)
{
    names->items = ais_grow(names->items, &names->capacity, names->count + 1, sizeof *names->items);
    names->items[names->count] = NULL;
    return (const char *const *)names->items;
}

static int run_compiler(compilation *c, const char *const *more, size_t output_limit,
                        ais_process_result *result, ais_error **err)
{
    AIS_SCOPED(ais_names) words = {.items = NULL};
    for (size_t i = 0; i < c->command.count; i++)
        ais_names_add(&words, c->command.items[i]);
    for (size_t i = 0; i < c->inputs.count; i++)
        ais_names_add(&words, c->inputs.items[i]);
    for (; *more != NULL; more++)
        ais_names_add(&words, *more);
    const ais_process_options options = {.argv = end_list(&words),
                                         .env = end_list(&c->environment),
                                         .timeout_s = COMPILE_LIMIT_S,
                                         .output_limit = output_limit};
    ais_error *failure = NULL;
    if (ais_process_run(c->ctx, &options, result, &failure) == 0)
        return 0;
    if (ais_error_get_code(failure) == AIS_E_MISSING)
        ais_error_hint(&failure,
                       "components in C need a C compiler: apt-get install gcc libc6-dev, "
                       "or set CC to another one");
    return ais_error_pass(failure, err);
}

static void add_words(ais_str *key, const ais_names *words)
{
    for (size_t i = 0; i < words->count; i++)
        ais_str_add_bytes(key, words->items[i], strlen(words->items[i]) + 1);
}

/* Where the manifest is: it goes with the whole command line and the names of the component's files. */
static int manifest_path(const compilation *c, const char *cache, char **path, ais_error **err)
{
    AIS_SCOPED(ais_str) key = {.data = NULL};
    AIS_SCOPED(ais_names) names = {.items = NULL};
    char hex[AIS__DESIGN_HASH_SIZE];
    if (ais_dir_list(c->source->dir, &names, err) < 0)
        return -1;
    add_words(&key, &c->command);
    add_words(&key, &c->inputs);
    add_words(&key, &names);
    ais__design_hash(ais_str_get(&key), key.length, hex);
    AIS_FREE char *name = ais_format("inputs-%s", hex);
    *path = ais_path_join(cache, name);
    return 0;
}

/* Append the preprocessed text without its line markers, which name folders. */
static void add_code(ais_str *key, const ais_str *text)
{
    const char *end = ais_str_get(text) + text->length;
    for (const char *line = ais_str_get(text), *next; line < end; line = next) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        next = newline != NULL ? newline + 1 : end;
        if (line[0] != '#' || line[1] != ' ')
            ais_str_add_bytes(key, line, (size_t)(next - line));
    }
}

/* The name of the result in the cache: a hash of the command and of the preprocessed sources, in which
 * every header is. NULL when they cannot be preprocessed: then there is no result either. */
static int name_result(compilation *c, const char *cache, const char *manifest, char **name,
                       ais_error **err)
{
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    AIS_SCOPED(ais_str) key = {.data = NULL};
    char hex[AIS__DESIGN_HASH_SIZE];
    if (run_compiler(c, (const char *const[]){"-E", NULL}, TEXT_LIMIT, &result, err) < 0)
        return -1;
    if (result.exit_status != 0 || result.out.length >= TEXT_LIMIT)
        return 0;
    add_words(&key, &c->command);
    add_code(&key, &result.out);
    ais__design_hash(ais_str_get(&key), key.length, hex);
    AIS_FREE char *made = ais_format("component-%s.so", hex);
    if ((c->stays && ais_dir_make(cache, err) < 0) ||
        (manifest != NULL && ais__design_manifest_write(manifest, made, &result.out, err) < 0))
        return -1;
    *name = made;
    made = NULL;
    return 0;
}

static int find_cached(compilation *c, const char *cache, char **path, ais_error **err)
{
    AIS_FREE char *manifest = NULL;
    /* The folder of a segment has another name each time: only its content tells. */
    if (!c->is_segment && manifest_path(c, cache, &manifest, err) < 0)
        return -1;
    AIS_FREE char *name = manifest != NULL ? ais__design_manifest_find(manifest) : NULL;
    if (name == NULL && (c->stays || c->is_segment) &&
        name_result(c, cache, manifest, &name, err) < 0)
        return -1;
    *path = name != NULL ? ais_path_join(cache, name) : NULL;
    return 0;
}

/* A fault of a staged file is shown where the file would have been put. Ownership: the caller frees. */
static char *shown_place(const compilation *c, const char *place)
{
    return c->is_segment && ais_str_starts(place, c->source->dir)
               ? ais_format("%s%s", c->shown_dir, place + strlen(c->source->dir))
               : ais_strdup(place);
}

/* "file.c:3:5: error: text" */
static bool add_fault(const compilation *c, const char *line, ais_diags *diags)
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
            if (colon == NULL) /* "collect2: error: ...": the linker has said more before */
                return false;
            numbers[n] = (unsigned)strtoul(colon + 1, &end, 10);
            if (end == colon + 1 || *end != '\0')
                return false;
            *colon = '\0';
        }
        AIS_FREE char *shown = shown_place(c, place);
        if (c->is_segment && marks[i].severity == AIS_SEVERITY_WARNING)
            return true; /* base has the same */
        ais_diags_add(diags, marks[i].severity, "c-compile",
                      (ais_pos){.file = shown, .line = numbers[1], .column = numbers[0]}, NULL,
                      "%s", mark + strlen(marks[i].mark));
        return true;
    }
    return false;
}

/* Turn the compiler's log into faults. What no line could be made of (the linker's words) is one fault
 * when the compilation failed. */
static void add_faults(const compilation *c, const ais_process_result *result, ais_diags *diags)
{
    const size_t before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    AIS_FREE char *text = ais_strdup(ais_str_get(&result->err));
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        add_fault(c, line, diags);
    if (result->exit_status == 0 || ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > before)
        return;
    AIS_FREE char *log = ais_strdup(ais_str_get(&result->err));
    for (size_t n = strlen(log); n > 0 && log[n - 1] == '\n'; n--)
        log[n - 1] = '\0';
    const ais_pos pos = {.file = c->source->file};
    if (log[0] != '\0')
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "c-compile", pos, NULL, "'%s' failed:\n%s",
                      c->command.items[0], log);
    else if (result->signal != 0)
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "c-compile", pos, NULL,
                      "'%s' was ended by signal %d", c->command.items[0], result->signal);
    else
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "c-compile", pos, NULL,
                      "'%s' failed with status %d and said nothing", c->command.items[0],
                      result->exit_status);
}

static void clear(compilation *c)
{
    ais_names_clear(&c->command);
    ais_names_clear(&c->inputs);
    ais_names_clear(&c->environment);
}

/* Into the cache; and with the mode that one from the cache has, for the next design is to be the same. */
static int keep(const char *target, const char *cache, const char *cached, ais_error **err)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (ais_file_read(target, SIZE_MAX / 2, &data, &length, err) < 0 ||
        ais_tree_remove(target, err) < 0 || ais_file_create(target, data, length, err) < 0)
        return -1;
    if (cached == NULL)
        return 0;
    return ais_dir_make(cache, err) < 0 ? -1 : ais_file_write(cached, data, length, err);
}

/* Take the object from the cache, compiling it into the cache first when it is not there. A source
 * that does not compile adds faults and leaves nothing. */
static int build(compilation *c, const char *cache, const char *target, ais_diags *diags,
                 ais_design_report *report, ais_error **err)
{
    AIS_FREE char *cached = NULL;
    if (make_command(c, err) < 0 || find_cached(c, cache, &cached, err) < 0)
        return -1;
    if (ais_tree_remove(target, err) < 0) /* one that came with the sources */
        return -1;
    if (cached != NULL && ais_file_exists(cached)) {
        report->reused++;
        return ais_tree_copy(cached, target, err);
    }
    AIS_SCOPED(ais_process_result) result = {.exit_status = 0};
    const char *const more[] = {"-shared", "-lm", "-o", target, NULL};
    const size_t before = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    if (run_compiler(c, more, LOG_LIMIT, &result, err) < 0)
        return -1;
    add_faults(c, &result, diags);
    if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > before)
        return 0;
    if (!ais_file_exists(target))
        return ais_error_set_at(err, AIS_E_MISSING, (ais_pos){.file = c->source->file},
                                "'%s' reported no error and made no file", c->command.items[0]);
    report->compiled++;
    return keep(target, cache, c->stays ? cached : NULL, err);
}

static int compile(compilation *c, const ais_app *app, const char *target_dir, ais_diags *diags,
                   ais_design_report *report, ais_error **err)
{
    AIS_FREE char *target = ais_path_join(target_dir, "component.so");
    AIS_FREE char *cache = ais_path_join(app->dir, "aisprint/cache");
    /* What a dry run makes lies elsewhere: it takes from the cache, and adds nothing to it. */
    c->stays = ais__design_stays(app, target_dir);
    const int status = build(c, cache, target, diags, report, err);
    clear(c);
    return status;
}

bool ais__design_stays(const ais_app *app, const char *path)
{
    AIS_FREE char *staging = ais_path_join(app->dir, "aisprint/" AIS__STAGING_PREFIX);
    return ais_str_starts(path, staging);
}

int ais__design_compile(const ais_ctx *ctx, const ais_app *app, const ais_app_source *source,
                        const char *target_dir, ais_diags *diags, ais_design_report *report,
                        ais_error **err)
{
    compilation c = {.ctx = ctx, .source = source};
    return compile(&c, app, target_dir, diags, report, err);
}

int ais__design_compile_segment(const ais_ctx *ctx, const ais_app *app,
                                const ais_app_source *source, ais_diags *diags,
                                ais_design_report *report, ais_error **err)
{
    const char *variant = strrchr(source->dir, '/');
    const char *component = memrchr(source->dir, '/', (size_t)(variant - source->dir));
    AIS_FREE char *shown = ais_format("%s/aisprint/designs%s", app->dir, component);
    compilation c = {.ctx = ctx, .source = source, .is_segment = true, .shown_dir = shown};
    return compile(&c, app, source->dir, diags, report, err);
}
