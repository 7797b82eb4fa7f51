/* design/staging - what the files that prepare a design share.
 *
 * A design is prepared below `<dir>/new`, each file at the path that it will have below the application
 * (journal.h moves it there); `parts` lists what is to take its place.
 * Layer: within design. Threads: one call at a time for one application. */
#ifndef AIS_DESIGN_STAGING_H
#define AIS_DESIGN_STAGING_H
#include "base/map.h"
#include "design/deployment.h"
#include "design/design_priv.h"
#include "design/entries.h"
#include "design/journal.h"
#include "design/report.h"

/* What the last design wrote of deployments, as its deployments.yaml tells. */
typedef struct ais__last_design {
    ais_doc *doc;           /* NULL: there was none, or none that can be read */
    ais_map *names;         /* the key of a deployment -> its name */
    const char *production; /* hash of the production deployment that it wrote, or NULL */
} ais__last_design;

typedef struct ais__staging {
    const ais_ctx *ctx;
    const ais_app *app;
    const ais_design_options *options;
    ais_diags *diags;
    ais_design_report *report;
    char *dir;
    ais_variants *variants;
    ais_performance *performance; /* NULL without alternatives */
    ais_deployments *deployments;
    ais__last_design last;
    ais__parts parts;
    ais__links links;
    ais_names optional;     /* paths of what is written only if the application asks for it */
    ais_doc *doc;           /* of the nodes below */
    ais_doc_node *clusters; /* multi_cluster_qos_constraints.yaml: System.Deployments */
    ais_doc_node *manifest; /* deployments.yaml: System.Deployments */
    bool detects_drift;     /* then each deployment has a Drift Detector */
    const char ***folders;  /* by choice among alternatives: names of its deployments */
    size_t *folder_counts;
    ais_report_deployment *rows; /* of the report: those that are written */
    size_t row_count;
    ais_arena *arena;
} ais__staging;

/* Files that only some applications have; see ais__stage_optional(). */
#define AIS__DRIFT_PATH "common_config/drift_detector/drift_detector_config.yaml"
#define AIS__PERFORMANCE_PATH "space4ai-r/deployments_performance.yaml"
#define AIS__SECURITY_PATH "aisprint/designs/security.yaml"
#define AIS__PRODUCTION_PATH "aisprint/deployments/optimal_deployment/production_deployment.yaml"

/* `<dir>/new/<path>`, and the path below the application. Ownership: the caller frees it. */
char *ais__staged(const ais__staging *s, const char *path);
char *ais__in_place(const ais__staging *s, const char *path);
/* Prepare a file, and list it as a part. Errors: AIS_E_IO. */
AIS_NODISCARD int ais__stage_node(ais__staging *s, const char *path, const ais_doc_node *node,
                                  ais_error **err);
/* As above, for a file that only some applications have: one of the last design goes when this one does
 * not make it. Errors: AIS_E_IO. */
AIS_NODISCARD int ais__stage_optional(ais__staging *s, const char *path, const ais_doc_node *node,
                                      ais_error **err);

/* ---- stage_deployments.c: aisprint/deployments/ ---- */
/* Errors: AIS_E_IO, AIS_E_INPUT when a component can run nowhere. */
AIS_NODISCARD int ais__stage_deployments(ais__staging *s, ais_error **err);

/* ---- last_design.c: aisprint/deployments/deployments.yaml ---- */
void ais__last_design_read(const char *app_dir, ais__last_design *out);
void ais__last_design_clear(ais__last_design *last);
/* The folder of a deployment with that key; NULL when there was none. */
const char *ais__last_design_find(const ais__last_design *last, const char *key);
/* One deployment's entry, put into `s->manifest`. */
void ais__manifest_add(ais__staging *s, const ais_deployment *d, const char *key);
/* The whole file. */
ais_doc_node *ais__manifest_node(const ais__staging *s);
/* What the last design wrote and this one does not: deployments, designs of components that are no more,
 * files that are no longer asked for. Added to the parts. */
void ais__stage_removals(ais__staging *s);

/* ---- changes.c ---- */
/* Every file that would be another, as a list of maps; with `texts`: how, as a unified diff. */
ais_doc_node *ais__changes_node(const ais__staging *s, bool texts, ais_doc *doc);

/* ---- plan_node.c ---- */
/* What the design is, for --dry-run. */
void ais__plan_put(const ais__staging *s, ais_doc *doc, ais_doc_node *into);
#endif
