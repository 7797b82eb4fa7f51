/* serve/plan - what is to run: the components of one deployment, where their designs lie, who hands
 * files to whom, and which limits hold.
 *
 * Read from what `aisprint design` made: aisprint/deployments/<deployment>/application_dag.yaml, its
 * src/ links and its space4ai-d/qos_constraints.yaml; annotations come from the application.
 * Layer: above app. Units: seconds, requests per second. Threads: may be read by many. */
#ifndef AIS_SERVE_PLAN_H
#define AIS_SERVE_PLAN_H
#include "app/app.h"

typedef struct ais_plan_node {
    const char *name;      /* in the graph of the deployment, such as "blur_partition1_1" */
    const char *component; /* of the application, such as "blur" */
    const char *dir;       /* its design, absolute */
    ais_language language;
    const char *entry;     /* name of the annotated function */
    const char *onnx_file; /* "onnx/net.onnx", relative to `dir`; NULL without a model */
    const char *resource;  /* the first candidate resource, "local" when there is none */
    double rate_rps;       /* expected_throughput; 0 = not said */
    size_t *successors;    /* indices of nodes */
    const char **successor_names;
    size_t successor_count, predecessor_count;
    /* A segment with an early exit: the successor that gets the items which do not leave there, as an
     * index into `successors`; what leaves goes to all others. AIS_NONE for all other nodes. */
    size_t goes_on;
} ais_plan_node;

typedef enum ais_plan_kind {
    AIS_PLAN_LOCAL_TIME,
    AIS_PLAN_GLOBAL_TIME,
    AIS_PLAN_THROUGHPUT
} ais_plan_kind;

typedef struct ais_plan_constraint {
    const char *name;
    ais_plan_kind kind;
    double limit;
    size_t *path; /* indices of nodes; one, but for AIS_PLAN_GLOBAL_TIME */
    size_t path_count;
} ais_plan_constraint;

/* One protection that somebody asked for. */
typedef struct ais_plan_protection {
    const char *component;
    const char *name;  /* "trustedExecution" */
    const char *where; /* "annotation" or "candidate deployment" */
} ais_plan_protection;

typedef struct ais_plan {
    const char *app_name, *app_dir, *deployment;
    ais_plan_node *nodes;
    size_t node_count; /* in the order of the deployment's file */
    ais_plan_constraint *constraints;
    size_t constraint_count;
    ais_plan_protection *protections;
    size_t protection_count;
    ais_arena *arena; /* owns all of it */
} ais_plan;

/* Warnings ("stale-design": a source changed since its design was made) are added to `diags`.
 * Errors: AIS_E_INPUT for a deployment that is not there or is no longer whole (the hint says how to
 * make it). Ownership: the caller frees `*out`; the application is not needed any more. */
AIS_NODISCARD int ais_plan_load(const ais_app *app, const char *deployment, ais_diags *diags,
                                ais_plan **out, ais_error **err);
void ais_plan_free(ais_plan *plan);
AIS_DEFINE_AUTO(ais_plan)
const char *ais_plan_kind_name(ais_plan_kind kind); /* "local_time" */
/* Does the node take items from outside its component: no segment, or the first of its chain? */
bool ais_plan_is_first(const ais_plan_node *node);
/* May what the node writes be a result of the run? A component without successors, or a segment of one at
 * whose exit items leave. */
bool ais_plan_gives_results(const ais_plan_node *node);
/* The name of an item behind a segment with an early exit, and whether it goes on to the next segment or
 * leaves. Ownership: the caller frees it. */
char *ais_plan_take_exit(const char *name, bool *goes_on);

/* Has a file of the folder `source` been added or changed since it was copied to `design`? Python's
 * caches are not looked at; `*name` (the caller frees) is the first such file, relative. Files above
 * 4 MB are compared by size and time of change only. */
bool ais_plan_is_stale(const char *source, const char *design, char **name);
#endif
