/* @device_constraints against candidate_deployments.yaml and the resources named there. */
#include <string.h>

#include "app/app_priv.h"

static const double bytes_per_gigabyte = 1024.0 * 1024.0 * 1024.0;

/* The entry of a component, NULL when it has none. */
static const ais_app_candidate *entry_of(const ais_app *app, size_t component)
{
    const size_t at = app->components[component].candidate;
    return at != AIS_NONE ? &app->candidates[at] : NULL;
}

static double largest_container(const ais_app_candidate *entry)
{
    double largest = 0.0;
    for (size_t i = 0; i < entry->container_count; i++)
        if (entry->containers[i].memory_bytes > largest)
            largest = entry->containers[i].memory_bytes;
    return largest;
}

static double largest_resource(const ais_app *app)
{
    double largest = 0.0;
    for (size_t i = 0; i < app->resource_count; i++)
        if (app->resources[i].memory_bytes > largest)
            largest = app->resources[i].memory_bytes;
    return largest;
}

static void check_ram(ais_app_load_state *state, const ais_annotations *annotations,
                      const ais_app_candidate *entry)
{
    static const ais_annotation_kind kind = AIS_ANNOTATION_DEVICE_CONSTRAINTS;
    double ram = 0.0;
    const double given = largest_container(entry), there = largest_resource(state->app);
    if (!ais_annotations_get_number(annotations, kind, "ram", &ram) || given <= 0.0 || ram <= given)
        return;
    /* The unit is GB, and the examples of old write 1024 for one. */
    const bool megabytes = there > 0.0 && ram > there && ram / 1024.0 <= there;
    ais__app_error(state, "ram-too-large",
                   ais_doc_pos(ais_annotations_find_argument(annotations, kind, "ram")),
                   megabytes ? ais_arena_format(state->arena, "GB; was MB meant? Then write %g",
                                                ram / bytes_per_gigabyte / 1024.0)
                             : "lower it, or raise memorySize in candidate_deployments.yaml",
                   "'ram' is %g GB, but the memorySize of '%s' is %s", ram / bytes_per_gigabyte,
                   entry->name, ais__app_megabytes(state, given));
}

/* ---- GPU ---- */

static double gpu_memory_bytes(const ais_app_resource *resource)
{
    const ais_doc_node *list = ais__app_find_kind(resource->node, "accelerators", AIS_DOC_MAP);
    double largest = 0.0;
    for (size_t i = 0; list != NULL && i < ais_doc_count(list); i++) {
        const double memory = ais__app_find_number(ais_doc_at(list, i), "memory", 0.0);
        if (memory > largest)
            largest = memory;
    }
    return largest * 1024.0 * 1024.0;
}

static bool requires_gpu(const ais_app_candidate *entry)
{
    for (size_t i = 0; i < entry->container_count; i++)
        if (entry->containers[i].needs_gpu)
            return true;
    return false;
}

/* The argument that says that a GPU is needed, or NULL. */
static const ais_doc_node *find_gpu_wish(const ais_annotations *annotations, double *vram)
{
    static const ais_annotation_kind kind = AIS_ANNOTATION_DEVICE_CONSTRAINTS;
    *vram = 0.0;
    if (ais_annotations_get_number(annotations, kind, "vram", vram) && *vram > 0.0)
        return ais_annotations_find_argument(annotations, kind, "vram");
    const ais_doc_node *uses = ais_annotations_find_argument(annotations, kind, "use_gpu_for");
    return uses != NULL && ais_doc_count(uses) > 0 ? uses : NULL;
}

static void check_vram(ais_app_load_state *state, const ais_app_candidate *entry,
                       const ais_doc_node *wish, double vram)
{
    const ais_app *app = state->app;
    size_t *places = ais_alloc(app->resource_count * sizeof *places);
    size_t with_gpu = 0, large_enough = 0;
    for (size_t i = 0; i < entry->container_count; i++) {
        const size_t count =
            ais__app_list_places(app, entry, &entry->containers[i], places, app->resource_count);
        for (size_t j = 0; entry->containers[i].needs_gpu && j < count; j++) {
            const double memory = gpu_memory_bytes(&app->resources[places[j]]);
            with_gpu += memory > 0.0 ? 1 : 0;
            large_enough += memory >= vram ? 1 : 0;
        }
    }
    free(places);
    if (with_gpu == 0 || large_enough == with_gpu)
        return; /* no accelerator that says its memory: nothing to compare with */
    if (large_enough == 0)
        ais__app_error(
            state, "vram-too-large", ais_doc_pos(wish),
            "lower it, or add a resource with a larger accelerator",
            "'vram' is %g GB, which no accelerator of the candidate resources of '%s' has",
            vram / bytes_per_gigabyte, entry->name);
    else
        ais__app_warn(state, "vram-too-large", ais_doc_pos(wish),
                      "leave that resource out, or ask for less",
                      "'vram' is %g GB, which some accelerators of the candidate resources of '%s' "
                      "have not",
                      vram / bytes_per_gigabyte, entry->name);
}

static void check_gpu(ais_app_load_state *state, const ais_annotations *annotations,
                      const ais_app_candidate *entry)
{
    double vram = 0.0;
    const ais_doc_node *wish = find_gpu_wish(annotations, &vram);
    if (wish == NULL || entry->container_count == 0)
        return;
    if (requires_gpu(entry)) {
        if (vram > 0.0)
            check_vram(state, entry, wish, vram);
        return;
    }
    const ais_doc_node *asked = ais_doc_find(entry->containers[0].node, "GPURequirement");
    if (!ais__app_is_reported(state,
                              ais_doc_pos(asked != NULL ? asked : entry->containers[0].node)))
        ais__app_error(state, "gpu-not-required", ais_doc_pos(wish),
                       "set GPURequirement: true in candidate_deployments.yaml",
                       "a GPU is asked for, but GPURequirement of '%s' is false", entry->name);
}

void ais__app_check_needs(ais_app_load_state *state)
{
    const ais_app *app = state->app;
    for (size_t i = 0; i < app->component_count; i++) {
        const ais_annotations *annotations = ais_app_get_annotations(app, i);
        const ais_app_candidate *entry = entry_of(app, i);
        if (annotations == NULL || entry == NULL)
            continue;
        check_ram(state, annotations, entry);
        check_gpu(state, annotations, entry);
    }
}
