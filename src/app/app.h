/* app - the application: components, their graph, candidate deployments and resources.
 *
 * Layer: above annotate and doc. Loads, checks and describes; designs nothing, runs nothing.
 * Units: SI (seconds, bytes, bytes per second, requests per second). Files say MB, Mb/s, GB, hours:
 * they are converted here, at the door, once.
 * Ownership: the application owns everything in it; free with ais_app_free().
 * Threads: may be read by many threads. */
#ifndef AIS_APP_APP_H
#define AIS_APP_APP_H
#include "annotate/annotate.h"
#include "doc/doc.h"

#define AIS_NONE SIZE_MAX /* "no such index" */

/* src/<folder>: one program. */
typedef struct ais_app_source {
    const char *folder; /* "filter" */
    const char *dir;    /* "<app>/src/filter" */
    const char *file; /* "<app>/src/filter/main.py", or the .c file that carries the annotations */
    ais_language language;
    const ais_annotations *annotations; /* NULL when the file could not be read */
    const char *name;                   /* component_name, or NULL */
} ais_app_source;

typedef struct ais_app_component {
    const char *name;
    ais_pos pos;      /* its entry in application_dag.yaml */
    size_t source;    /* index into sources, AIS_NONE when there is none */
    size_t candidate; /* its base entry in candidates, AIS_NONE when there is none */
    size_t original;  /* for an alternative: the component it may replace; else AIS_NONE */
} ais_app_component;

typedef struct ais_app_edge {
    size_t from, to; /* indices of components */
    double probability;
    ais_pos pos;
} ais_app_edge;

typedef struct ais_app_container {
    const char *key; /* "container1" */
    ais_pos pos;
    double memory_bytes, computing_units;
    bool trusted_execution, network_protection, file_system_protection, needs_gpu;
    /* What security.yaml asks of the machine, NULL when it does not; see docs/security.md. */
    const ais_doc_node *secure_boot, *measured_boot;
    const char **resources; /* names of candidateExecutionResources */
    size_t resource_count;
    const ais_doc_node *node; /* the whole container */
} ais_app_container;

typedef enum ais_app_candidate_kind {
    AIS_CANDIDATE_BASE,
    AIS_CANDIDATE_PARTITION,   /* key componentN_partitionX_K */
    AIS_CANDIDATE_ALTERNATIVE, /* key componentN_alternativeK */
    AIS_CANDIDATE_KINDS
} ais_app_candidate_kind;

/* One entry of candidate_deployments.yaml. */
typedef struct ais_app_candidate {
    const char *key, *name;
    ais_pos pos;
    ais_app_candidate_kind kind;
    int64_t *layers; /* candidateExecutionLayers, as written, first = preferred */
    size_t layer_count;
    ais_app_container *containers;
    size_t container_count;
    const ais_doc_node *node; /* the whole entry */
} ais_app_candidate;

typedef struct ais_app_resource {
    const char *key, *name;
    ais_pos pos;
    int64_t layer; /* number of its computational layer */
    double memory_bytes, cost_per_hour, total_nodes;
    bool has_gpu, has_sgx, has_secure_boot, has_measured_boot;
    const char *architecture; /* of its last processor, or of the function; NULL when not said */
    const ais_doc_node *node;
} ais_app_resource;

typedef struct ais_app_layer {
    const char *key, *name, *type;
    int64_t number;
    ais_pos pos;
    const char *domain; /* key of its network domain */
    const ais_doc_node *node;
} ais_app_layer;

typedef struct ais_app {
    const char *dir;  /* as the caller gave it */
    const char *name; /* System.name of application_dag.yaml */
    ais_app_source *sources;
    size_t source_count; /* sorted by folder */
    ais_app_component *components;
    size_t component_count; /* first those of System.components in file order, then alternatives */
    size_t base_component_count; /* how many of them are not alternatives */
    ais_app_edge *edges;
    size_t edge_count; /* file order */
    ais_app_candidate *candidates;
    size_t candidate_count; /* file order */
    ais_app_layer *layers;
    size_t layer_count; /* file order */
    ais_app_resource *resources;
    size_t resource_count; /* file order */
    size_t *order;         /* the base components in topological order, ties in file order */
    /* The documents, for those who copy parts of them; NULL where the file could not be read. */
    const ais_doc *dag, *candidate_deployments, *candidate_resources;
    const ais_doc *security; /* NULL when the file is missing or empty */
    struct ais_app_private *private;
} ais_app;

/* Load the application directory `dir` and check all of it: every fault is added to `diags`
 * (docs/check.md lists the rules). Returns -1 when one was an error; `*out` is NULL then.
 * Ownership: the caller frees `*out`. */
AIS_NODISCARD int ais_app_load(const char *dir, ais_diags *diags, ais_app **out);
void ais_app_free(ais_app *app);
AIS_DEFINE_AUTO(ais_app)

/* AIS_NONE when there is none of that name. */
size_t ais_app_find_component(const ais_app *app, const char *name);
size_t ais_app_find_candidate(const ais_app *app, const char *name); /* by its `name` */
size_t ais_app_find_layer(const ais_app *app, int64_t number);
/* By name within a layer; any layer when `layer` is negative. */
size_t ais_app_find_resource(const ais_app *app, int64_t layer, const char *name);
/* Has the resource what the container asks for: memory, cores, GPU, SGX, secure and measured boot, an image
 * for its architecture? Of a loaded application, some candidate resource of each container fits it, not
 * always the first. */
bool ais_app_fits(const ais_app_container *container, const ais_app_resource *resource);
/* What it has not, added to `why` ("has 4 cores, container1 asks for 8"): true when there is something. */
bool ais_app_tell_misfit(const ais_app_container *container, const ais_app_resource *resource,
                         ais_str *why);
/* Annotations of a component, NULL when it has no source. */
const ais_annotations *ais_app_get_annotations(const ais_app *app, size_t component);
size_t ais_app_count_predecessors(const ais_app *app, size_t component);
size_t ais_app_count_successors(const ais_app *app, size_t component);

/* The chain of @model_performance: filters, then the classifier, each leading directly to the next.
 * `out` has room for base_component_count of them; returns how many there are, 0 or at least 2 in a
 * loaded application. */
size_t ais_app_find_performance_chain(const ais_app *app, size_t *out);

/* common_config/annotations.yaml as the original writes it: keys are "<dir>/src/<folder>/main.py",
 * sorted, with the directory as the caller gave it. Made in `doc`. */
ais_doc_node *ais_app_annotations_to_node(const ais_app *app, ais_doc *doc);
/* common_config/drift_detector/drift_detector_config.yaml: what all @detect_metric_drift ask for, made in
 * `doc`; NULL when none does. */
ais_doc_node *ais_app_drift_to_node(const ais_app *app, ais_doc *doc);
/* The layer that the Drift Detector runs on: that of the highest number which has machines; AIS_NONE when
 * there are functions only. */
size_t ais_app_drift_layer(const ais_app *app);
/* aisprint/designs/security.yaml: what sources and security.yaml ask for, and which resources have it, made
 * in `doc`; NULL when nothing is asked for. */
ais_doc_node *ais_app_security_to_node(const ais_app *app, ais_doc *doc);
#endif
