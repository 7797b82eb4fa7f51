/* @security against the flags of candidate_deployments.yaml: what a source asks for, the deployment
 * must ask for too. Whether anything enforces it is said by the commands that run things. */
#include <stddef.h>

#include "app/app_priv.h"

/* An argument of @security, and the flag of a container that provides it. */
typedef struct pair {
    const char *argument, *flag;
    size_t offset; /* of the flag in ais_app_container */
    bool is_flag;  /* the two mean the same; else the argument only needs the flag */
} pair;

static const pair pairs[] = {
    {.argument = "trustedExecution",
     .flag = "trustedExecution",
     .offset = offsetof(ais_app_container, trusted_execution),
     .is_flag = true},
    {.argument = "networkShield",
     .flag = "networkProtection",
     .offset = offsetof(ais_app_container, network_protection),
     .is_flag = true},
    {.argument = "filesystemShield",
     .flag = "fileSystemProtection",
     .offset = offsetof(ais_app_container, file_system_protection),
     .is_flag = true},
    {.argument = "confProc",
     .flag = "trustedExecution",
     .offset = offsetof(ais_app_container, trusted_execution)},
    {.argument = "integrityProc",
     .flag = "trustedExecution",
     .offset = offsetof(ais_app_container, trusted_execution)},
    {.argument = "confRest",
     .flag = "fileSystemProtection",
     .offset = offsetof(ais_app_container, file_system_protection)},
};

static bool has_flag(const ais_app_container *container, const pair *row)
{
    return *(const bool *)((const char *)container + row->offset);
}

/* Were both arguments of one flag asked for, the first has told it. */
static bool told_before(const ais_annotations *annotations, const pair *row)
{
    for (const pair *other = pairs; other < row; other++) {
        const ais_doc_node *node =
            ais_annotations_find_argument(annotations, AIS_ANNOTATION_SECURITY, other->argument);
        if (other->offset == row->offset && node != NULL &&
            ais_doc_get_kind(node) == AIS_DOC_BOOL && ais_doc_get_bool(node))
            return true;
    }
    return false;
}

static void check_pair(ais_app_load_state *state, const ais_annotations *annotations,
                       const ais_app_candidate *entry, const pair *row)
{
    const ais_doc_node *node =
        ais_annotations_find_argument(annotations, AIS_ANNOTATION_SECURITY, row->argument);
    if (node == NULL || ais_doc_get_kind(node) != AIS_DOC_BOOL)
        return;
    const bool asked = ais_doc_get_bool(node);
    for (size_t i = 0; i < entry->container_count; i++) {
        const ais_app_container *container = &entry->containers[i];
        const ais_doc_node *flag = ais_doc_find(container->node, row->flag);
        if (ais__app_is_reported(state, ais_doc_pos(flag != NULL ? flag : container->node)))
            continue;
        if (asked && !has_flag(container, row) && !told_before(annotations, row)) {
            ais__app_error(state, "security-mismatch", ais_doc_pos(node),
                           ais_arena_format(state->arena,
                                            "set %s: true in candidate_deployments.yaml",
                                            row->flag),
                           "%s is asked for, but %s of %s of '%s' is false", row->argument,
                           row->flag, container->key, entry->name);
            return;
        }
        if (!asked && row->is_flag && has_flag(container, row)) {
            ais__app_warn(state, "security-mismatch", ais_doc_pos(node),
                          ais_arena_format(state->arena, "the deployment's %s holds", row->flag),
                          "%s is declined, but %s of %s of '%s' is true", row->argument, row->flag,
                          container->key, entry->name);
            return;
        }
    }
}

void ais__app_check_protection(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t i = 0; i < app->component_count; i++) {
        const ais_annotations *annotations = ais_app_get_annotations(app, i);
        const size_t entry = app->components[i].candidate;
        for (size_t p = 0; annotations != NULL && entry != AIS_NONE && p < AIS_COUNT(pairs); p++)
            check_pair(state, annotations, &app->candidates[entry], &pairs[p]);
    }
}
