/* design/performance - how good the answers are of each choice among a component's alternatives.
 *
 * A chain of filters ends in a classifier (@model_performance); the confusion matrix of each model says
 * what the chain as a whole gets right. The formulas, with what they assume, are in
 * docs/model-performance.md; cascade.h has them in C.
 * Layer: above app, infer. Reads src/<folder>/classification_performance/ and src/class_weights.csv.
 * Units: probabilities. Threads: no shared state. */
#ifndef AIS_DESIGN_PERFORMANCE_H
#define AIS_DESIGN_PERFORMANCE_H
#include "app/app.h"
#include "onnx/onnx.h"

enum { AIS_PERFORMANCE_MAX_ALTERNATIVES = 100000 };

/* One way to choose among alternatives: the original components, or some of them replaced. */
typedef struct ais_performance_alternative {
    const char *name;     /* "original_deployment", "alternative_deployment1", ... by rank */
    size_t number;        /* in the order of enumeration; 0 = the original */
    const size_t *choice; /* by base component: itself, or the alternative in its place */
    /* By edge of the application: what is measured where a filter leads to the next model of the chain,
     * what the user wrote everywhere else. */
    const double *probabilities;
    double metric;        /* NaN where nothing is ranked */
    bool below_threshold; /* left out of the ranking that other tools read */
    /* Folders below aisprint/deployments/ with this choice: set by who enumerates deployments. */
    const char *const *folders;
    size_t folder_count;
} ais_performance_alternative;

typedef struct ais_performance {
    const ais_app *app;
    const char *metric; /* "average_f1"; NULL: nothing to rank by, alternatives are as enumerated */
    const ais_doc_node *threshold;             /* metric_thr, or NULL */
    ais_performance_alternative *alternatives; /* best first; the original is always among them */
    size_t alternative_count;
    const size_t *places; /* by number: where it is in `alternatives` */
    ais_arena *arena;
} ais_performance;

/* All choices among alternatives: for each component with alternatives, in the order of
 * System.alternative_components, itself and then its alternatives; the last one varies fastest. Ranked
 * by the metric, best first, equal ones as enumerated. Without @model_performance, or where no model of
 * the chain has a confusion matrix (a warning, rule "performance-matrix"), they are not ranked.
 * AIS_ONNX_RULE_STUDIO computes what AI-SPRINT Studio does, and leaves nothing out.
 * Ownership: the caller frees `*out`, which borrows from `app`.
 * Errors: every fault is added to `diags` (rules "performance-matrix", "performance-classes",
 * "performance-weights", "csv", "io", "limit") and -1 returned. Warnings ("performance-edge": a
 * probability in application_dag.yaml is far from the measured one) do not fail. */
AIS_NODISCARD int ais_design_performance(const ais_app *app, ais_onnx_rule rule, ais_diags *diags,
                                         ais_performance **out);
void ais_performance_free(ais_performance *performance);
AIS_DEFINE_AUTO(ais_performance)
/* The alternative with the number, as enumerated; NULL when there is none. */
ais_performance_alternative *ais_performance_find(const ais_performance *performance,
                                                  size_t number);

/* space4ai-r/deployments_performance.yaml, made in `doc`; NULL when nothing is ranked. */
ais_doc_node *ais_performance_to_node(const ais_performance *performance, ais_doc *doc);
#endif
