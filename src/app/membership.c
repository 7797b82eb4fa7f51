/* Who belongs to whom: components of the graph, sources, entries of candidate_deployments.yaml.
 *
 * A misspelt name makes two gaps, a name without a component and a component without what bore the
 * name. Only the first is told: the second is claimed by it. */
#include <string.h>

#include "app/app_priv.h"

/* The nearest component that still lacks something, or AIS_NONE. */
static size_t nearest_lacking(const ais_app *app, const char *word, const bool *has)
{
    AIS_SCOPED(ais_app_names) names = {.items = NULL};
    for (size_t i = 0; i < app->component_count; i++)
        if (!has[i])
            ais__app_add_name(&names, app->components[i].name);
    const char *nearest = ais__app_nearest(word, &names);
    return nearest != NULL ? ais_app_find_component(app, nearest) : AIS_NONE;
}

static void claim(const ais_app *app, const char *word, bool *has)
{
    const size_t found = nearest_lacking(app, word, has);
    if (found != AIS_NONE)
        has[found] = true;
}

/* What lacks an owner when `homeless` of them are left: when as many components lack one, they are
 * the owners, however they are spelt. */
static void claim_rest(const ais_app *app, size_t homeless, bool *has)
{
    if (homeless == 0)
        return;
    size_t lacking = 0;
    for (size_t i = 0; i < app->component_count; i++)
        lacking += has[i] ? 0 : 1;
    for (size_t i = 0; lacking <= homeless && i < app->component_count; i++)
        has[i] = true;
}

/* The component a source belongs to, AIS_NONE when that is unknown (reported). */
static size_t find_owner(ais_app_load_state *state, const ais_app_source *source)
{
    const ais_doc_node *name =
        ais_annotations_find_argument(source->annotations, AIS_ANNOTATION_COMPONENT_NAME, "name");
    const size_t found = ais_app_find_component(state->app, source->name);
    if (found == AIS_NONE && !ais__app_is_reported(state, ais_doc_pos(name)))
        ais__app_unknown_component(state, source->name, ais_doc_pos(name), true);
    return found;
}

static void match_sources(ais_app_load_state *state, bool *has)
{
    ais_app *app = state->app;
    size_t homeless = 0;
    for (size_t i = 0; i < app->source_count; i++) {
        const ais_app_source *source = &app->sources[i];
        if (source->name == NULL)
            continue;
        const size_t owner = find_owner(state, source);
        if (owner == AIS_NONE)
            continue;
        ais_app_component *component = &app->components[owner];
        has[owner] = true;
        if (component->source == AIS_NONE) {
            component->source = i;
            continue;
        }
        const ais_doc_node *name = ais_annotations_find_argument(
            source->annotations, AIS_ANNOTATION_COMPONENT_NAME, "name");
        ais__app_error(state, "duplicate-source", ais_doc_pos(name),
                       "one folder of src/ a component",
                       "the component '%s' is in 'src/%s' already", source->name,
                       app->sources[component->source].folder);
    }
    for (size_t i = 0; i < app->source_count; i++) {
        const ais_app_source *source = &app->sources[i];
        if (source->name != NULL && ais_app_find_component(app, source->name) != AIS_NONE)
            continue;
        claim(app, source->name != NULL ? source->name : source->folder, has);
        homeless++;
    }
    claim_rest(app, homeless, has);
}

static void check_sources(ais_app_load_state *state)
{
    ais_app *app = state->app;
    bool *has = ais_alloc(app->component_count * sizeof *has);
    match_sources(state, has);
    for (size_t i = 0; state->sources_known && i < app->component_count; i++) {
        const ais_app_component *component = &app->components[i];
        if (!has[i] && ais_map_find(state->unknown, component->name) == NULL)
            ais__app_error(state, "component-without-source", component->pos,
                           "no file in src/ carries this component_name",
                           "the component '%s' has no source", component->name);
    }
    free(has);
}

/* An entry whose key has no suffix, or that of an alternative: its name is that of a component. */
static void match_component(ais_app_load_state *state, ais_app_candidate *candidate, bool *has)
{
    ais_app *app = state->app;
    const ais_pos pos = ais_doc_pos(ais_doc_find(candidate->node, "name"));
    const size_t found = ais_app_find_component(app, candidate->name);
    if (found == AIS_NONE) {
        size_t stem = 0;
        if (ais__app_split_partition(candidate->name, &stem, NULL))
            ais__app_error(state, "candidate-key", candidate->pos,
                           "such as 'component1_partitionX_1': the component's key and the suffix",
                           "the key '%s' of the segment '%s' has no '_partitionX_' suffix",
                           candidate->key, candidate->name);
        else
            ais__app_unknown_component(state, candidate->name, pos, false);
        return;
    }
    const bool alternative = found >= app->base_component_count;
    if (alternative != (candidate->kind == AIS_CANDIDATE_ALTERNATIVE))
        ais__app_error(state, "candidate-key", candidate->pos,
                       alternative ? "such as 'component1_alternative1'" : "such as 'component1'",
                       "the key '%s' is not that of %s, but '%s' is one", candidate->key,
                       alternative ? "an alternative" : "a component", candidate->name);
    has[found] = true;
    if (app->components[found].candidate == AIS_NONE)
        app->components[found].candidate = (size_t)(candidate - app->candidates);
}

/* The component that a segment or an alternative is one of, by its name; or AIS_NONE. */
static size_t find_owner_of_part(const ais_app *app, const ais_app_candidate *candidate)
{
    size_t stem = 0;
    if (!ais__app_split_partition(candidate->name, &stem, NULL)) {
        const size_t alternative = ais_app_find_component(app, candidate->name);
        return alternative != AIS_NONE ? app->components[alternative].original : AIS_NONE;
    }
    AIS_FREE char *name = ais_strndup(candidate->name, stem);
    return ais_app_find_component(app, name);
}

size_t ais__app_find_base(const ais_app *app, const ais_app_candidate *candidate)
{
    size_t stem = 0;
    if (!ais__app_split_partition(candidate->key, &stem, NULL) &&
        !ais__app_split_alternative(candidate->key, &stem))
        return AIS_NONE;
    for (size_t i = 0; i < app->candidate_count; i++)
        if (strlen(app->candidates[i].key) == stem &&
            memcmp(app->candidates[i].key, candidate->key, stem) == 0)
            return i;
    return AIS_NONE;
}

/* An entry whose key begins with the key of none. Told once for all that begin so, and not when the
 * component itself lacks its entry. */
static void check_orphan(ais_app_load_state *state, const ais_app_candidate *candidate,
                         const bool *has)
{
    const ais_app *app = state->app;
    const size_t owner = find_owner_of_part(app, candidate);
    size_t stem = 0;
    if (!ais__app_split_partition(candidate->key, &stem, NULL))
        ais__app_split_alternative(candidate->key, &stem);
    AIS_FREE char *base_key = ais_strndup(candidate->key, stem);
    if (!state->candidates_known || (owner != AIS_NONE && !has[owner]) ||
        !ais__app_is_first(state, "key", base_key))
        return;
    AIS_SCOPED(ais_app_names) names = {.items = NULL};
    for (size_t i = 0; i < app->candidate_count; i++)
        if (app->candidates[i].kind == AIS_CANDIDATE_BASE)
            ais__app_add_name(&names, app->candidates[i].key);
    ais__app_error(state, "candidate-key", candidate->pos,
                   ais__app_hint_names(state, base_key, &names),
                   "there is no entry '%s' that '%s' could be a part of", base_key, candidate->key);
}

static void check_suffix(ais_app_load_state *state, const ais_app_candidate *candidate,
                         const bool *has)
{
    const ais_app *app = state->app;
    const size_t base = ais__app_find_base(app, candidate);
    if (base == AIS_NONE) {
        check_orphan(state, candidate, has);
        return;
    }
    const ais_app_candidate *owner = &app->candidates[base];
    const size_t alternative = ais_app_find_component(app, candidate->name);
    if (candidate->kind == AIS_CANDIDATE_ALTERNATIVE) {
        if (alternative != AIS_NONE && app->components[alternative].original != AIS_NONE &&
            strcmp(app->components[app->components[alternative].original].name, owner->name) != 0)
            ais__app_error(state, "candidate-key", candidate->pos,
                           "the key begins with the key of the component that it may replace",
                           "'%s' is no alternative of '%s'", candidate->name, owner->name);
        return;
    }
    const char *suffix = strstr(candidate->key + strlen(owner->key), "_partition");
    AIS_FREE char *expected = ais_format("%s%s", owner->name, suffix);
    const bool owner_known = ais_app_find_component(app, owner->name) != AIS_NONE;
    if (owner_known && strcmp(candidate->name, expected) != 0)
        ais__app_error(state, "candidate-name", ais_doc_pos(ais_doc_find(candidate->node, "name")),
                       ais_arena_format(state->arena, "must be '%s'", expected),
                       "the entry '%s' is named '%s'", candidate->key, candidate->name);
}

static void check_candidates(ais_app_load_state *state)
{
    ais_app *app = state->app;
    bool *has = ais_alloc(app->component_count * sizeof *has);
    size_t homeless = 0;
    for (size_t i = 0; i < app->candidate_count; i++) {
        ais_app_candidate *candidate = &app->candidates[i];
        if (candidate->kind != AIS_CANDIDATE_PARTITION)
            match_component(state, candidate, has);
    }
    for (size_t i = 0; i < app->candidate_count; i++)
        if (app->candidates[i].kind != AIS_CANDIDATE_BASE)
            check_suffix(state, &app->candidates[i], has);
    for (size_t i = 0; i < app->candidate_count; i++)
        if (app->candidates[i].kind != AIS_CANDIDATE_PARTITION &&
            ais_app_find_component(app, app->candidates[i].name) == AIS_NONE) {
            claim(app, app->candidates[i].name, has);
            homeless++;
        }
    claim_rest(app, homeless, has);
    for (size_t i = 0; state->candidates_known && i < app->component_count; i++)
        if (!has[i] && ais_map_find(state->unknown, app->components[i].name) == NULL)
            ais__app_error(state, "component-without-candidate", app->components[i].pos,
                           "candidate_deployments.yaml says where each component may run",
                           "no entry of candidate_deployments.yaml is named '%s'",
                           app->components[i].name);
    free(has);
}

void ais__app_check_membership(ais_app_load_state *state)
{
    check_sources(state);
    check_candidates(state);
}
