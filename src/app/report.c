/* Faults and their hints: what the checks of this room have in common. */
#include <math.h>
#include <string.h>

#include "app/app_priv.h"

enum { NAMES_IN_A_HINT = 8 };

void ais_app_names_clear(ais_app_names *names)
{
    free(names->items);
    *names = (ais_app_names){.items = NULL};
}

void ais__app_add_name(ais_app_names *names, const char *name)
{
    names->items = ais_grow(names->items, &names->capacity, names->count + 1, sizeof *names->items);
    names->items[names->count++] = name;
}

AIS_PRINTF(6, 0)
static void report(ais_app_load_state *state, ais_severity severity, const char *rule, ais_pos pos,
                   const char *hint, const char *format, va_list arguments)
{
    AIS_FREE char *message = ais_vformat(format, arguments);
    ais_diags_add(state->diags, severity, rule, pos, hint, "%s", message);
}

void ais__app_error(ais_app_load_state *state, const char *rule, ais_pos pos, const char *hint,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(state, AIS_SEVERITY_ERROR, rule, pos, hint, format, arguments);
    va_end(arguments);
}

void ais__app_warn(ais_app_load_state *state, const char *rule, ais_pos pos, const char *hint,
                   const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(state, AIS_SEVERITY_WARNING, rule, pos, hint, format, arguments);
    va_end(arguments);
}

static const char *name_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

const char *ais__app_nearest(const char *word, const ais_app_names *names)
{
    return ais_str_nearest(word, names->items, names->count, name_at);
}

const char *ais__app_hint_names(const ais_app_load_state *state, const char *word,
                                const ais_app_names *names)
{
    /* A search per fault is quadratic; nobody reads what is beyond the limit. */
    if (names->count == 0 || ais_diags_count(state->diags) >= AIS_DIAGS_MAX)
        return NULL;
    const char *nearest = ais__app_nearest(word, names);
    if (nearest != NULL)
        return ais_arena_format(state->arena, "did you mean '%s'?", nearest);
    AIS_SCOPED(ais_str) text = {0};
    ais_str_add(&text, names->count == 1 ? "must be " : "must be one of ");
    for (size_t i = 0; i < names->count && i < NAMES_IN_A_HINT; i++)
        ais_str_add_format(&text, "%s'%s'", i > 0 ? ", " : "", names->items[i]);
    if (names->count > NAMES_IN_A_HINT)
        ais_str_add_format(&text, " or one of %zu others", names->count - NAMES_IN_A_HINT);
    return ais_arena_strdup(state->arena, ais_str_get(&text));
}

void ais__app_list_components(const ais_app *app, bool alternatives, ais_app_names *out)
{
    const size_t count = alternatives ? app->component_count : app->base_component_count;
    for (size_t i = 0; i < count; i++)
        ais__app_add_name(out, app->components[i].name);
}

void ais__app_unknown_component(ais_app_load_state *state, const char *name, ais_pos pos,
                                bool remember)
{
    if (!state->components_known || ais_map_find(state->unknown, name) != NULL)
        return;
    AIS_SCOPED(ais_app_names) names = {.items = NULL};
    ais__app_list_components(state->app, true, &names);
    ais__app_error(state, "unknown-component", pos, ais__app_hint_names(state, name, &names),
                   "there is no component '%s' in application_dag.yaml", name);
    if (remember)
        ais_map_put(state->unknown, name, state);
}

bool ais__app_is_first(ais_app_load_state *state, const char *what, const char *name)
{
    AIS_FREE char *key = ais_format("%s %s", what, name); /* no component's name has a space */
    return ais_map_put(state->unknown, key, state) == NULL;
}

bool ais__app_miss_edge(ais_app_load_state *state, size_t from, size_t to)
{
    AIS_FREE char *key = ais_format("%zu -> %zu", from, to);
    return ais__app_is_first(state, "edge", key);
}

bool ais__app_is_reported(const ais_app_load_state *state, ais_pos pos)
{
    for (size_t i = 0; pos.file != NULL && i < ais_diags_count(state->diags); i++) {
        const ais_diag *diag = ais_diags_get(state->diags, i);
        if (diag->severity == AIS_SEVERITY_ERROR && diag->pos.line == pos.line &&
            diag->pos.column == pos.column && diag->pos.file != NULL &&
            strcmp(diag->pos.file, pos.file) == 0)
            return true;
    }
    return false;
}

ais_pos ais__app_file_pos(const char *path)
{
    return (ais_pos){.file = path};
}

const char *ais__app_megabytes(const ais_app_load_state *state, double bytes)
{
    const double megabyte = 1024.0 * 1024.0;
    const bool large = bytes >= 1024.0 * megabyte && fmod(bytes, 512.0 * megabyte) == 0.0;
    return large ? ais_arena_format(state->arena, "%g GB", bytes / megabyte / 1024.0)
                 : ais_arena_format(state->arena, "%g MB", bytes / megabyte);
}

const ais_doc_node *ais__app_find_kind(const ais_doc_node *map, const char *key, ais_doc_kind kinds)
{
    const ais_doc_node *node = map != NULL ? ais_doc_find(map, key) : NULL;
    return node != NULL && (ais_doc_get_kind(node) & kinds) != 0 ? node : NULL;
}

const char *ais__app_find_string(const ais_doc_node *map, const char *key)
{
    const ais_doc_node *node = ais__app_find_kind(map, key, AIS_DOC_STRING);
    return node != NULL ? ais_doc_get_string(node, NULL) : NULL;
}

bool ais__app_find_bool(const ais_doc_node *map, const char *key)
{
    const ais_doc_node *node = ais__app_find_kind(map, key, AIS_DOC_BOOL);
    return node != NULL && ais_doc_get_bool(node);
}

double ais__app_find_number(const ais_doc_node *map, const char *key, double otherwise)
{
    const ais_doc_node *node = ais__app_find_kind(map, key, AIS_DOC_NUMBER);
    return node != NULL ? ais_doc_get_number(node) : otherwise;
}
