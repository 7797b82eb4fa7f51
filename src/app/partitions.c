/* The entries "componentN_partitionX_K": every segment of a component that may be cut needs one,
 * and no other component does. */
#include <string.h>

#include "app/app_priv.h"

enum { MAX_PARTS = 8 };

/* The entries X_partitionX_1, X_partitionX_2, ... of a component as far as they go without a gap: so
 * many segments has each of its cuts, but at least two. */
static size_t count_entries(const ais_app *app, const char *name)
{
    size_t count = 0;
    for (bool found = true; found && count < MAX_PARTS; count += found) {
        AIS_FREE char *entry = ais_format("%s_partitionX_%zu", name, count + 1);
        found = ais_app_find_candidate(app, entry) != AIS_NONE;
    }
    return count < 2 ? 2 : count;
}

/* Segments of a component: as many as there are entries for a model that may be cut, one more than its
 * exits for early exits, 0 when it stays whole. */
static size_t count_segments(const ais_app *app, size_t component)
{
    const ais_annotations *annotations = ais_app_get_annotations(app, component);
    if (ais_annotations_find(annotations, AIS_ANNOTATION_PARTITIONABLE_MODEL) != NULL)
        return count_entries(app, app->components[component].name);
    const ais_doc_node *exits = ais_annotations_find_argument(
        annotations, AIS_ANNOTATION_EARLY_EXITS_MODEL, "transition_probabilities");
    if (exits != NULL && ais_doc_get_kind(exits) == AIS_DOC_LIST)
        return ais_doc_count(exits) + 1;
    return ais_annotations_find(annotations, AIS_ANNOTATION_EARLY_EXITS_MODEL) != NULL ? 2 : 0;
}

/* The component whose segment a name is, AIS_NONE when there is none. */
static size_t owner_of(const ais_app *app, const char *name, unsigned *part)
{
    size_t stem = 0;
    if (!ais__app_split_partition(name, &stem, part))
        return AIS_NONE;
    AIS_FREE char *component = ais_strndup(name, stem);
    return ais_app_find_component(app, component);
}

static bool is_readable(const ais_app_load_state *state, size_t component)
{
    const size_t source = state->app->components[component].source;
    return ais_app_get_annotations(state->app, component) != NULL && !state->source_faulty[source];
}

static void check_entry(ais_app_load_state *state, const ais_app_candidate *candidate)
{
    const ais_app *app = state->app;
    unsigned part = 0;
    const size_t owner = owner_of(app, candidate->name, &part);
    if (owner == AIS_NONE || !is_readable(state, owner) ||
        ais__app_is_reported(state, candidate->pos))
        return;
    const size_t segments = count_segments(app, owner);
    if (segments == 0)
        ais__app_warn(state, "unused-partition", candidate->pos,
                      "annotate it with partitionable_model, or remove the entry",
                      "'%s' is never cut, so '%s' is not used", app->components[owner].name,
                      candidate->key);
    else if (part == 0 || part > segments)
        ais__app_warn(state, "unused-partition", candidate->pos,
                      ais_arena_format(state->arena, "its segments are 1 to %zu", segments),
                      "'%s' has no segment %u, so '%s' is not used", app->components[owner].name,
                      part, candidate->key);
}

static void check_component(ais_app_load_state *state, size_t component)
{
    const ais_app *app = state->app;
    const size_t entry = app->components[component].candidate;
    if (entry == AIS_NONE || !is_readable(state, component) || !state->candidates_known)
        return;
    const size_t segments = count_segments(app, component);
    const ais_app_candidate *candidate = &app->candidates[entry];
    AIS_SCOPED(ais_str) missing = {0};
    for (size_t part = 1; part <= segments; part++) {
        AIS_FREE char *name =
            ais_format("%s_partitionX_%zu", app->components[component].name, part);
        AIS_FREE char *key = ais_format("%s_partitionX_%zu", candidate->key, part);
        bool found = ais_app_find_candidate(app, name) != AIS_NONE;
        for (size_t i = 0; !found && i < app->candidate_count; i++)
            found = strcmp(app->candidates[i].key, key) == 0; /* misnamed: reported as that */
        if (!found && missing.length < 200)
            ais_str_add_format(&missing, "%s%s", missing.length > 0 ? ", " : "", key);
    }
    if (missing.length > 0)
        ais__app_warn(state, "missing-partition", candidate->pos,
                      ais_arena_format(state->arena, "add %s", ais_str_get(&missing)),
                      "'%s' may be cut, but not all of its segments may run somewhere",
                      candidate->name);
}

void ais__app_check_partitions(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t i = 0; i < app->candidate_count; i++)
        if (app->candidates[i].kind == AIS_CANDIDATE_PARTITION)
            check_entry(state, &app->candidates[i]);
    for (size_t i = 0; i < app->component_count; i++)
        check_component(state, i);
}
