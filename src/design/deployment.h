/* design/deployment - which deployments an application has, and the graph of one.
 *
 * A deployment chooses for each component of the graph: itself or one of its alternatives, whole or in one
 * chain of segments, and a layer for each segment. Their number is a product, so that they are counted
 * without being made, and each is made from its number alone.
 * Layer: within design; above variant. Knows no files: stage.c writes them.
 * Units: probabilities. Threads: no shared state. */
#ifndef AIS_DESIGN_DEPLOYMENT_H
#define AIS_DESIGN_DEPLOYMENT_H
#include "design/performance.h"
#include "design/variant.h"

/* A program of a deployment: a whole component, or one segment. */
typedef struct ais_unit {
    const ais_variant *variant; /* its dag_name is the unit's name in all files */
    size_t slot;                /* the base component in whose place it stands */
    size_t segment;             /* in its chain, from 0 */
    bool is_last;               /* of its chain */
    int64_t layer;
    double share; /* of the component's items, how many come here: below 1 behind an exit */
} ais_unit;

typedef struct ais_unit_edge {
    size_t from, to; /* indices of units */
    double probability;
} ais_unit_edge;

/* What stands in the place of one component of the graph. */
typedef struct ais_deployment_choice {
    size_t component; /* itself, or the alternative */
    const ais_variant_group *group;
    size_t first_unit; /* its segments follow each other in `units` */
} ais_deployment_choice;

typedef struct ais_deployment {
    uint64_t number;      /* 0 = base */
    const char *name;     /* "base", "deployment1", ... */
    uint64_t alternative; /* which choice among alternatives, as enumerated; 0 = the original */
    bool is_whole;        /* nothing is in segments */
    ais_deployment_choice *choices; /* by base component */
    size_t choice_count;
    ais_unit
        *units; /* each after those it gets items from; base: as application_dag.yaml lists them */
    size_t unit_count;
    ais_unit_edge
        *edges; /* as application_dag.yaml lists them, inner ones before those that leave */
    size_t edge_count;
    ais_arena *arena;
} ais_deployment;
void ais_deployment_free(ais_deployment *deployment);
AIS_DEFINE_AUTO(ais_deployment)

/* All deployments, unmade. */
typedef struct ais_deployments ais_deployments;

/* The order is that of AI-SPRINT Studio: choices among alternatives first (components in the order of
 * System.alternative_components), then among designs, then among layers (components sorted by name);
 * what is chosen last varies fastest. Layers are the candidate layers, in their order, on which every
 * container has a resource that fits it; a chain with a segment that may run nowhere is left out.
 * Where alternatives are ranked, a dependency between them has the measured probability, to the four
 * digits that deployments_performance.yaml has; `performance` may be NULL.
 * Ownership: the caller frees it; it borrows from all three. */
ais_deployments *ais_deployments_new(const ais_app *app, const ais_variants *variants,
                                     const ais_performance *performance);
void ais_deployments_free(ais_deployments *deployments);
AIS_DEFINE_AUTO(ais_deployments)
/* How many there are; UINT64_MAX stands for more than can be counted. */
uint64_t ais_deployments_count(const ais_deployments *deployments);
/* The one with the number, which is below the count. Ownership: the caller frees it; it borrows as above. */
ais_deployment *ais_deployments_get(const ais_deployments *deployments, uint64_t number);

/* Numbers that decimal arithmetic would give: 1 - 0.9 is 0.1, not 0.09999999999999998. */
double ais_decimal_complement(double p);        /* 1 - p, to 15 places */
double ais_decimal_product(double a, double b); /* to 15 digits */

/* application_dag.yaml of a deployment, made in `doc`. */
ais_doc_node *ais__deployment_dag_node(const ais_app *app, const ais_deployment *deployment,
                                       ais_doc *doc);
#endif
