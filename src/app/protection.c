/* @security and security.yaml against the flags of candidate_deployments.yaml: what they ask for, the
 * deployment must ask for too, of each segment as well. Whether anything enforces it is said by the commands that run things. */
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
static bool told_before(const ais_app *app, size_t component, const pair *row)
{
    for (const pair *other = pairs; other < row; other++) {
        const ais_doc_node *node = ais__app_find_demand(app, component, other->argument);
        if (other->offset == row->offset && node != NULL && ais_doc_get_bool(node))
            return true;
    }
    return false;
}

static void check_pair(ais_app_load_state *state, size_t component, const ais_app_candidate *entry,
                       const pair *row)
{
    const ais_doc_node *node = ais__app_find_demand(state->app, component, row->argument);
    if (node == NULL)
        return;
    const bool asked = ais_doc_get_bool(node);
    for (size_t i = 0; i < entry->container_count; i++) {
        const ais_app_container *container = &entry->containers[i];
        const ais_doc_node *flag = ais_doc_find(container->node, row->flag);
        if (ais__app_is_reported(state, ais_doc_pos(flag != NULL ? flag : container->node)) ||
            (entry->kind == AIS_CANDIDATE_PARTITION && flag == NULL)) /* it is the component's */
            continue;
        if (asked && !has_flag(container, row) && !told_before(state->app, component, row)) {
            /* a segment may be meant to run unprotected: what it has seen so far need not be secret */
            (entry->kind == AIS_CANDIDATE_PARTITION ? ais__app_warn : ais__app_error)(
                state, "security-mismatch", ais_doc_pos(node),
                ais_arena_format(state->arena, "set %s: true in candidate_deployments.yaml",
                                 row->flag),
                "%s is asked for, but %s of %s of '%s' is false", row->argument, row->flag,
                container->key, entry->name);
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
    for (size_t i = 0; i < app->candidate_count; i++) {
        const size_t owner = ais__app_find_owner(app, app->candidates[i].name);
        for (size_t p = 0; owner != AIS_NONE && p < AIS_COUNT(pairs); p++)
            check_pair(state, owner, &app->candidates[i], &pairs[p]);
    }
}
