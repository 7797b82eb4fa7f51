/* application_dag.yaml: the components, their alternatives and dependencies. What the graph looks
 * like as a whole is graph.c's. */
#include <string.h>

#include "app/app_priv.h"

enum { NAME_MAX_BYTES = 128 };

/* What is wrong with a component's name, which becomes the name of folders and images; NULL when
 * nothing is. As component_name() in the sources. */
static const char *name_fault(const char *name, size_t length)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (strlen(name) != length || strspn(name, allowed) != length)
        return "holds other characters than letters, digits, '_', '.' and '-'";
    if (length > NAME_MAX_BYTES)
        return "is longer than 128 bytes";
    if (name[0] == '.' || name[0] == '-')
        return "begins with '.' or '-'";
    return ais__app_split_partition(name, NULL, NULL) ? "looks like a segment of a component"
                                                      : NULL;
}

/* Append one component. False when the list then misses the one that was meant. */
static bool add_component(ais_app_load_state *state, const ais_doc_node *node, size_t original)
{
    ais_app *app = state->app;
    if (ais_doc_get_kind(node) != AIS_DOC_STRING)
        return false;
    size_t length = 0;
    const char *name = ais_doc_get_string(node, &length);
    if (length == 0)
        return false;
    const char *fault = name_fault(name, length);
    if (fault != NULL) {
        ais_map_put(state->unknown, name, state); /* told: what it lacks follows from it */
        ais__app_error(state, "bad-name", ais_doc_pos(node),
                       "it names files and images, such as 'face-detector'",
                       "the component name '%s' %s", name, fault);
    }
    if (strlen(name) != length)
        return false;
    if (ais_map_find(app->private->components, name) != NULL) {
        ais__app_error(state, "duplicate-component", ais_doc_pos(node),
                       "each component and each alternative has a name of its own",
                       "there is a component '%s' already", name);
        return false; /* another one was meant, and is missing */
    }
    ais_app_component *component = &app->components[app->component_count++];
    *component = (ais_app_component){.name = name,
                                     .pos = ais_doc_pos(node),
                                     .source = AIS_NONE,
                                     .candidate = AIS_NONE,
                                     .original = original};
    ais_map_put(app->private->components, name, component);
    return true;
}

static void read_alternatives(ais_app_load_state *state, const ais_doc_node *alternatives)
{
    ais_app *app = state->app;
    for (size_t i = 0; i < ais_doc_count(alternatives); i++) {
        const ais_doc_node *key = ais_doc_key_at(alternatives, i);
        const char *name = ais_doc_get_text(key);
        const size_t original = ais_app_find_component(app, name);
        if (original == AIS_NONE)
            ais__app_unknown_component(state, name, ais_doc_pos(key), true);
        else if (original >= app->base_component_count)
            ais__app_error(state, "bad-alternative", ais_doc_pos(key),
                           "give alternatives to the component itself",
                           "'%s' is itself an alternative", name);
        const ais_doc_node *list = ais_doc_at(alternatives, i);
        if (ais_doc_get_kind(list) != AIS_DOC_LIST) {
            state->components_known = false;
            continue;
        }
        for (size_t j = 0; j < ais_doc_count(list); j++)
            if (!add_component(state, ais_doc_at(list, j), original))
                state->components_known = false;
    }
}

static size_t count_names(const ais_doc_node *components, const ais_doc_node *alternatives)
{
    size_t count = components != NULL ? ais_doc_count(components) : 0;
    for (size_t i = 0; alternatives != NULL && i < ais_doc_count(alternatives); i++)
        count += ais_doc_count(ais_doc_at(alternatives, i));
    return count;
}

static void read_components(ais_app_load_state *state, const ais_doc_node *system)
{
    ais_app *app = state->app;
    const ais_doc_node *components = ais__app_find_kind(system, "components", AIS_DOC_LIST);
    const ais_doc_node *alternatives =
        ais__app_find_kind(system, "alternative_components", AIS_DOC_MAP);
    const size_t count = count_names(components, alternatives);
    state->components_known = components != NULL && ais_doc_count(components) > 0;
    if (count > AIS_APP_MAX_COMPONENTS) {
        ais__app_error(state, "limit", ais_doc_pos(components != NULL ? components : alternatives),
                       NULL, "there are %zu components (at most %d)", count,
                       AIS_APP_MAX_COMPONENTS);
        state->components_known = false;
        return;
    }
    app->components = ais_arena_alloc(state->arena, count * sizeof *app->components);
    for (size_t i = 0; components != NULL && i < ais_doc_count(components); i++)
        if (!add_component(state, ais_doc_at(components, i), AIS_NONE))
            state->components_known = false;
    app->base_component_count = app->component_count;
    if (alternatives != NULL)
        read_alternatives(state, alternatives);
    else if (ais__app_find_kind(system, "alternative_components", AIS_DOC_SCALAR & ~AIS_DOC_NULL))
        state->components_known = false;
}

void ais__app_read_dag(ais_app_load_state *state)
{
    ais_app *app = state->app;
    const ais_doc_node *root =
        ais__app_open(state, "application_dag.yaml", &ais__app_dag_schema, &app->private->dag);
    app->dag = app->private->dag;
    const ais_doc_node *system = ais__app_find_kind(root, "System", AIS_DOC_MAP);
    if (system == NULL)
        return;
    app->name = ais__app_find_string(system, "name");
    read_components(state, system);
    const ais_doc_node *dependencies =
        ais__app_find_kind(system, "dependencies", AIS_DOC_LIST | AIS_DOC_NULL);
    if (dependencies != NULL)
        ais__app_read_edges(state, dependencies);
}
