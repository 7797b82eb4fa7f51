/* place/app - an application directory as a system to place, and a placement back into its files.
 *
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

/* A candidate that was removed, and why: "VM1 has 4 cores, device_constraints of 'blurry-faces' ask for 8". */
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
    ais_arena *arena;
} ais_place_app;
void ais_place_app_free(ais_place_app *app);
AIS_DEFINE_AUTO(ais_place_app)
/* Errors: as read.h says. */
AIS_NODISCARD int ais_place_app_read(const ais_place_app_options *options, ais_diags *diags,
                                     ais_place_app **out);
/* Write space4ai-d/{SystemFile,Input,Output}.json, space4ai-d/production_deployment.yaml (with Feasible) and
 * aisprint/deployments/optimal_deployment/production_deployment.yaml (as design writes it), all or nothing.
 * `placement` NULL: infeasible; then Output.json says so and production deployments are left alone. */
AIS_NODISCARD int ais_place_app_write(const ais_place_app *app, const ais_perf *perf,
                                      const ais_placement *placement, ais_error **err);
#endif
