/* Which protections were asked for? See plan.h. None is enforced by a local run yet. */
#include "serve/plan_priv.h"

static const char *const flags[] = {"trustedExecution", "networkShield", "filesystemShield",
                                    "confProc",         "integrityProc", "confRest"};

static void add(ais_plan *plan, const char *component, const char *name, const char *where)
{
    plan->protections[plan->protection_count++] =
        (ais_plan_protection){.component = component, .name = name, .where = where};
}

static void add_annotation(ais_plan *plan, const char *component, const ais_annotations *a)
{
    for (size_t i = 0; i < AIS_COUNT(flags); i++) {
        const ais_doc_node *value =
            ais_annotations_find_argument(a, AIS_ANNOTATION_SECURITY, flags[i]);
        if (value != NULL && ais_doc_get_kind(value) == AIS_DOC_BOOL && ais_doc_get_bool(value))
            add(plan, component, flags[i], "annotation");
    }
}

static void add_candidate(ais_plan *plan, const char *component, const ais_app_candidate *candidate)
{
    bool trusted = false, network = false, files = false;
    for (size_t i = 0; i < candidate->container_count; i++) {
        trusted |= candidate->containers[i].trusted_execution;
        network |= candidate->containers[i].network_protection;
        files |= candidate->containers[i].file_system_protection;
    }
    if (trusted)
        add(plan, component, "trustedExecution", "candidate deployment");
    if (network)
        add(plan, component, "networkProtection", "candidate deployment");
    if (files)
        add(plan, component, "fileSystemProtection", "candidate deployment");
}

void ais__plan_add_protections(const ais_app *app, ais_plan *plan)
{
    enum { MOST = AIS_COUNT(flags) + 3 };
    plan->protections =
        ais_arena_alloc(plan->arena, plan->node_count * MOST * sizeof *plan->protections);
    for (size_t i = 0; i < plan->node_count; i++) {
        const ais_plan_node *node = &plan->nodes[i];
        const size_t at = ais_app_find_component(app, node->component);
        add_annotation(plan, node->name, ais_app_get_annotations(app, at));
        if (app->components[at].candidate != AIS_NONE)
            add_candidate(plan, node->name, &app->candidates[app->components[at].candidate]);
    }
}
