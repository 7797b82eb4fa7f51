/* place/app - an application directory as a system to place, and a placement back into its files.
 *
 * What is read: the application itself (app.h); aisprint/designs/component_partitions.yaml, the designs that there are to
 * choose from; oscarp/performance_models.json and components_data_size.yaml, what they take and send;
 * space4ai-d/qos_constraints.yaml, the limits; space4ai-d/SPACE4AI-D.yaml, which layers are which and how to
 * search. It becomes SystemFile.json with the coded names of SPACE4AI-D (component 1 = c1, its designs sorted by
 * name = h1, h2..., base = s1, partition1_* = s2...), whose nodes stand where they come from, so that what is
 * wrong with them is told where it can be mended.
 * Layer: within place; above read.h, app and design. Files: reference docs/placement.md.
 * Threads: no shared state. */
#ifndef AIS_PLACE_APP_H
#define AIS_PLACE_APP_H
#include "app/app.h"
#include "place/read.h"

typedef struct ais_place_app_options {
    const char *dir;
    double rate_rps; /* 0: the entry component's expected_throughput; without it that is an error */
    const char *
        deployment; /* restrict to one deployment of aisprint/deployments; NULL: all designs are choices */
    bool edge_only; /* no VM, no FaaS (original: --on_edge) */
} ais_place_app_options;

/* A candidate that was removed, and why: "cannot give a GPU, which container1 asks for". `resource` NULL: the
 * design `part` as a whole, of which a segment has no candidate left. */
typedef struct ais_place_removed {
    const char *part, *resource, *reason;
    ais_pos pos;
} ais_place_removed;

typedef struct ais_place_app {
    ais_app *app;
    ais_doc *document; /* SystemFile.json */
    ais_doc *input;    /* Input.json */
    ais_system *system;
    ais_place_removed *removed;
    size_t removed_count;
    const char **
        component_names; /* of the application, by component of the system (c1 -> "blurry-faces") */
    const char **part_names; /* by part: "blurry-faces_partition1_1" */
    struct ais_place_app_private *private;
    ais_arena *arena;
} ais_place_app;
void ais_place_app_free(ais_place_app *app);
AIS_DEFINE_AUTO(ais_place_app)
/* Finishes a design that was cut off first. Without SPACE4AI-D.yaml the layers' types say what they are
 * (Physical*: edge, Virtual: VM, NativeCloudFunction: FaaS); with it, layers that it does not list are left out.
 * A resource whose name stands in two layers is called "name@layer" in the system, from the second on.
 * The rate: entry components that expect different throughputs, or none, are an error whose hint is --lambda.
 * Errors: as read.h says, and rules "missing-file", "missing-design", "unknown-deployment", "no-candidate",
 * "pickle", "rate", "layer-kind", "unknown-layer" besides; warnings "missing-model", "throughput". */
AIS_NODISCARD int ais_place_app_read(const ais_place_app_options *options, ais_diags *diags,
                                     ais_place_app **out);
/* Write space4ai-d/{SystemFile,Input,Output}.json, space4ai-d/production_deployment.yaml (with Feasible) and
 * aisprint/deployments/optimal_deployment/production_deployment.yaml (as design writes it), all or nothing; the
 * same placement gives the same bytes, and equal files are left untouched. totalNodes are the machines of the
 * placement. DeploymentName is the deployment of aisprint/deployments with these designs and layers; where none
 * was written, one with these designs; without one it is left out.
 * `placement` NULL, or one that breaks rules: infeasible; then Output.json says so and production deployments
 * are left alone. `perf` must be of app->system.
 * Errors: AIS_E_IO, AIS_E_EXISTS while a design is being made. */
AIS_NODISCARD int ais_place_app_write(const ais_place_app *app, const ais_perf *perf,
                                      const ais_placement *placement, ais_error **err);

/* [{"part", "resource", "reason", "file", "line"}], made in `doc`; `resource` null for a whole design. */
ais_doc_node *ais_place_app_removed_to_node(const ais_place_app *app, ais_doc *doc);
/* A line each; nothing when nothing was removed. */
void ais_place_app_removed_write_text(const ais_place_app *app, ais_str *out);
#endif
