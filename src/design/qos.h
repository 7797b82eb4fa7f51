/* design/qos - the constraints of one deployment, and their files.
 *
 * Layer: within design; above deployment. Units: seconds. Threads: no shared state. */
#ifndef AIS_DESIGN_QOS_H
#define AIS_DESIGN_QOS_H
#include "design/deployment.h"

typedef enum ais_constraint_kind {
    AIS_CONSTRAINT_LOCAL,
    AIS_CONSTRAINT_GLOBAL
} ais_constraint_kind;

typedef struct ais_constraint {
    ais_constraint_kind kind;
    const size_t *path; /* indices of units; one for a local constraint */
    size_t path_count;
    double threshold_s;
    const ais_doc_node *threshold; /* as the source gives it; borrowed from the application */
} ais_constraint;

/* All constraints of a deployment, in the order of its units.
 * Ownership: the caller ends it with ais_constraints_clear(). */
typedef struct ais_constraints {
    ais_constraint *items;
    size_t count, capacity;
    ais_arena *arena;
} ais_constraints;
void ais__design_constraints(const ais_app *app, const ais_deployment *d, ais_constraints *out);
void ais_constraints_clear(ais_constraints *constraints);

/* Numbers of the layers that the deployment uses, ascending, each once.
 * Ownership: the caller frees the list. */
int64_t *ais__design_used_layers(const ais_deployment *d, size_t *count);

#define AIS__ALL_LAYERS INT64_MIN
/* qos_constraints_L<layer>.yaml, or of all layers merged without a throughput component; in `doc`. */
ais_doc_node *ais__design_qos_node(const ais_app *app, const ais_deployment *d,
                                   const ais_constraints *constraints, int64_t layer, ais_doc *doc);
/* The deployment's entry in multi_cluster_qos_constraints.yaml; in `doc`. */
ais_doc_node *ais__design_clusters_node(const ais_app *app, const ais_deployment *d,
                                        const ais_constraints *constraints, ais_doc *doc);
#endif
