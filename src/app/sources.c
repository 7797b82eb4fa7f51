/* src/<folder>: which file of a folder is the component, and what its annotations say. */
#include <ctype.h>
#include <string.h>

#include "app/app_priv.h"
#include "base/file.h"
#include "base/path.h"

enum { SOURCE_MAX_BYTES = 4 * 1024 * 1024 };

/* Skip a comment, string or character constant of C at text[i]; returns `i` when there is none. */
static size_t skip_quiet(const char *text, size_t length, size_t i)
{
    if (text[i] == '/' && i + 1 < length && text[i + 1] == '/') {
        const char *end = memchr(text + i, '\n', length - i);
        return end != NULL ? (size_t)(end - text) : length;
    }
    if (text[i] == '/' && i + 1 < length && text[i + 1] == '*') {
        const char *end = memmem(text + i + 2, length - i - 2, "*/", 2);
        return end != NULL ? (size_t)(end - text) + 2 : length;
    }
    if (text[i] != '"' && text[i] != '\'')
        return i;
    size_t end = i + 1;
    while (end < length && text[end] != text[i] && text[end] != '\n')
        end += text[end] == '\\' ? 2 : 1;
    return end < length ? end + 1 : length;
}

/* Does text[i] begin AIS_COMPONENT_NAME( or another annotation's macro? */
static bool is_macro(const char *text, size_t length, size_t i)
{
    if (length - i < 5 || memcmp(text + i, "AIS_", 4) != 0)
        return false;
    size_t end = i + 4;
    while (end < length && (isupper((unsigned char)text[end]) || text[end] == '_'))
        end++;
    AIS_FREE char *name = ais_strndup(text + i + 4, end - i - 4);
    while (end < length && isspace((unsigned char)text[end]))
        end++;
    if (end == length || text[end] != '(')
        return false;
    for (char *c = name; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    for (int kind = 0; kind < AIS_ANNOTATION_COUNT; kind++)
        if (strcmp(name, ais_annotation_spec_of((ais_annotation_kind)kind)->name) == 0)
            return true;
    return strcmp(name, "annotation") == 0;
}

/* A cheap look at a C file, to choose which of a folder's files to parse. */
static bool carries_annotations(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        const size_t after = skip_quiet(text, length, i);
        if (after != i) {
            i = after;
            continue;
        }
        const bool begins = i == 0 || !(isalnum((unsigned char)text[i - 1]) || text[i - 1] == '_');
        if (begins && text[i] == 'A' && is_macro(text, length, i))
            return true;
        i++;
    }
    return false;
}

/* The C files of a folder that carry annotations, as paths. False when one cannot be read. A file
 * too large to be a component, such as weights as an array, is passed over; `*large` says so. */
static bool list_annotated(ais_app_load_state *state, const char *dir, const ais_names *names,
                           ais_names *out, ais_error **large)
{
    bool whole = true;
    for (size_t i = 0; i < names->count; i++) {
        if (names->items[i][0] == '.' || !ais_str_ends(names->items[i], ".c"))
            continue;
        AIS_FREE char *path = ais_path_join(dir, names->items[i]);
        AIS_FREE char *text = NULL;
        size_t length = 0;
        ais_error *err = NULL;
        if (ais_file_read(path, SOURCE_MAX_BYTES, &text, &length, &err) == 0) {
            if (carries_annotations(text, length))
                ais_names_add(out, path);
        } else if (ais_error_get_code(err) == AIS_E_LIMIT) {
            ais_error_free(*large);
            *large = err;
        } else {
            ais_diags_take_error(state->diags, NULL, err);
            whole = false;
        }
    }
    return whole;
}

static bool has_name(const ais_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

/* Choose the file of a source. False when it has none, which is reported. */
static bool choose_file(ais_app_load_state *state, ais_app_source *source)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    AIS_SCOPED(ais_names) annotated = {.items = NULL};
    ais_error *err = NULL;
    if (ais_dir_list(source->dir, &names, &err) < 0) {
        ais_diags_take_error(state->diags, NULL, err);
        return false;
    }
    const bool python = has_name(&names, "main.py");
    AIS_AUTO(ais_error) large = NULL;
    if (!list_annotated(state, source->dir, &names, &annotated, &large) && !python)
        return false;
    if (annotated.count > 1 || (python && annotated.count > 0)) {
        const char *first = python ? "main.py" : ais_path_base(annotated.items[0]);
        const char *second = ais_path_base(annotated.items[python ? 0 : 1]);
        ais__app_error(state, "two-sources", ais__app_file_pos(annotated.items[python ? 0 : 1]),
                       "a component is one program: annotate its entry function alone",
                       "both %s and %s of 'src/%s' are annotated components", first, second,
                       source->folder);
        return false;
    }
    if (!python && annotated.count == 0 && large != NULL) {
        ais_diags_take_error(state->diags, NULL, large);
        large = NULL;
        return false;
    }
    if (!python && annotated.count == 0) {
        ais__app_error(state, "no-source", ais__app_file_pos(source->dir),
                       "a component is a main.py, or C files of which one carries annotations",
                       "there is no annotated source in 'src/%s'", source->folder);
        return false;
    }
    AIS_FREE char *main_py = ais_path_join(source->dir, "main.py");
    source->language = python ? AIS_LANGUAGE_PYTHON : AIS_LANGUAGE_C;
    source->file = ais_arena_strdup(state->arena, python ? main_py : annotated.items[0]);
    return true;
}

static void read_source(ais_app_load_state *state, const char *src, const char *folder)
{
    ais_app *app = state->app;
    const size_t at = app->source_count++;
    ais_app_source *source = &app->sources[at];
    AIS_FREE char *dir = ais_path_join(src, folder);
    source->folder = ais_arena_strdup(state->arena, folder);
    source->dir = ais_arena_strdup(state->arena, dir);
    source->file = source->dir;
    state->source_faulty[at] = true;
    if (!choose_file(state, source))
        return;
    const int result = ais_annotate_read(source->file, source->language, state->diags,
                                         &app->private->annotations[at]);
    state->source_faulty[at] = result < 0;
    source->annotations = app->private->annotations[at];
    const ais_doc_node *name = source->annotations != NULL
                                   ? ais_annotations_find_argument(
                                         source->annotations, AIS_ANNOTATION_COMPONENT_NAME, "name")
                                   : NULL;
    if (name != NULL && ais_doc_get_kind(name) == AIS_DOC_STRING)
        source->name = ais_doc_get_string(name, NULL); /* a missing one is annotate's to report */
}

/* Is this entry of src/ a component's folder? Plain files are not. */
static bool is_component(ais_app_load_state *state, const char *src, const char *name)
{
    if (name[0] == '.' || strcmp(name, "__pycache__") == 0)
        return false;
    AIS_FREE char *path = ais_path_join(src, name);
    if (ais_dir_exists(path))
        return true;
    if (!ais_file_exists(path))
        ais__app_error(state, "io", ais__app_file_pos(path), "remove it or mend it",
                       "the symbolic link 'src/%s' leads nowhere", name);
    return false;
}

void ais__app_read_sources(ais_app_load_state *state)
{
    ais_app *app = state->app;
    AIS_FREE char *src = ais_path_join(app->dir, "src");
    AIS_SCOPED(ais_names) names = {.items = NULL};
    ais_error *err = NULL;
    if (ais_dir_list(src, &names, &err) < 0) {
        ais_diags_take_error(state->diags, NULL, err);
        return;
    }
    if (names.count > AIS_APP_MAX_SOURCES) {
        ais__app_error(state, "limit", ais__app_file_pos(src), NULL,
                       "there are %zu entries in 'src' (at most %d)", names.count,
                       AIS_APP_MAX_SOURCES);
        return;
    }
    app->sources = ais_arena_alloc(state->arena, names.count * sizeof *app->sources);
    app->private->annotations =
        ais_arena_alloc(state->arena, names.count * sizeof *app->private->annotations);
    state->source_faulty = ais_arena_alloc(state->arena, names.count * sizeof(bool));
    state->sources_known = true;
    for (size_t i = 0; i < names.count; i++)
        if (is_component(state, src, names.items[i]))
            read_source(state, src, names.items[i]);
}
