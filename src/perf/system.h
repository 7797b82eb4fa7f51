/* perf/system - a system to place, as its file says it: components with alternative deployments, candidate
 * resources in computational layers, demands, network, constraints. What a placement of it costs and how fast
 * it is: perf.h.
 *
 * Layer: above base. Reads no files: place/ makes a system from JSON, and from an application.
 * Units: seconds, bytes, requests per second, money per the system's horizon; bandwidth as in the file (its
 *        unit is a matter of semantics, see perf.h).
 * Ownership: a system owns all its arrays and texts in one arena; borrowed pointers die with it.
 * Threads: a finished system is never changed.
 * Indices: every cross reference is an index into the array that its name says. Elements of a parent follow
 * each other, so that a parent holds `first_x` and `x_count`. */
#ifndef AIS_PERF_SYSTEM_H
#define AIS_PERF_SYSTEM_H
#include "base/error.h"
#include "perf/predictor.h"

#define AIS_SYSTEM_NONE SIZE_MAX

/* Limits on what is accepted; above them: AIS_E_LIMIT. */
enum {
    AIS_SYSTEM_MAX_COMPONENTS = 10000,
    AIS_SYSTEM_MAX_RESOURCES = 100000,
    AIS_SYSTEM_MAX_LAYERS = 1000,
    AIS_SYSTEM_MAX_MACHINES = 1000000, /* of one resource */
};

typedef enum ais_layer_kind { AIS_LAYER_EDGE, AIS_LAYER_VM, AIS_LAYER_FAAS } ais_layer_kind;

/* A component of the graph. Its deployments ("s1", "s2") are alternatives: exactly one is chosen. */
typedef struct ais_system_component {
    const char *name;
    ais_pos pos;
    size_t first_deployment, deployment_count;
    size_t first_edge, edge_count; /* to its successors, in file order */
    double local_limit_s;          /* INFINITY when there is none */
    ais_pos local_pos;
} ais_system_component;

typedef struct ais_system_deployment {
    const char *name; /* "s1" */
    ais_pos pos;
    size_t component;
    size_t first_part, part_count; /* the chain, first to last */
    size_t
        first_data; /* into edge_bytes: what its last partition sends over each edge of the component */
} ais_system_deployment;

/* A partition. */
typedef struct ais_system_part {
    const char *name; /* "h1"; unique within its component */
    ais_pos pos;
    size_t component, deployment;
    double
        early_exit; /* share of its items that leave the component behind it; 0 of the last one */
    double next_bytes; /* sent to the next partition of the chain; 0 of the last one */
    size_t first_option, option_count; /* where it may run */
} ais_system_part;

typedef enum ais_model_kind {
    AIS_MODEL_QUEUE,    /* QTedge, QTcloud: M/G/1-PS with a demand */
    AIS_MODEL_FUNCTION, /* PACSLTK, PACSLTKSTATIC: warm and cold demand */
    AIS_MODEL_PREDICTOR, /* CoreBasedPredictor, LambdaBasedPredictor, AML*, MLLIBfaas: a fitted model */
} ais_model_kind;

/* A partition on a resource where it may run. */
typedef struct ais_system_option {
    size_t part, resource;
    ais_pos pos; /* of its performance model */
    double memory_bytes;
    ais_model_kind kind;
    const char *model;            /* as the file spells it */
    double demand_s, deviation_s; /* QUEUE: mean and standard deviation (0: known exactly) */
    double warm_s, cold_s; /* FUNCTION; PREDICTOR on a function: what it is charged for (warm_s) */
    double warm_deviation_s, cold_deviation_s;
    const ais_predictor *predictor; /* PREDICTOR */
    double mean_time_s;             /* meanTime of the file, NAN when not given */
} ais_system_option;

typedef struct ais_system_resource {
    const char *name, *description; /* description NULL when not given */
    ais_pos pos;
    size_t layer;
    size_t number; /* machines that there are; 1 of a function, which has no limit */
    double cost; /* of one machine for one unit of time; of a function for one second of service */
    double memory_bytes;
    size_t cores;
    double idle_s; /* FaaS: time until an idle instance is taken away */
} ais_system_resource;

typedef struct ais_system_layer {
    const char *name;
    ais_pos pos;
    ais_layer_kind kind;
    size_t first_resource, resource_count;
    double transition_cost; /* FaaS; echoed, part of no cost */
} ais_system_layer;

typedef struct ais_system_edge {
    size_t from, to;
    double probability;
} ais_system_edge;

/* A global constraint. */
typedef struct ais_system_path {
    const char *name;
    ais_pos pos;
    const size_t *components;
    const size_t *edges; /* edges[k] leads from components[k] to components[k + 1] */
    size_t component_count;
    double limit_s;
} ais_system_path;

typedef struct ais_system_domain {
    const char *name;
    ais_pos pos;
    const size_t *layers;
    size_t layer_count;
    double access_delay_s;
    double bandwidth; /* the file's number: MB/s under cpp semantics, Mb/s otherwise */
} ais_system_domain;

typedef struct ais_system {
    const char *file;
    ais_system_component *components;
    ais_system_deployment *deployments;
    ais_system_part *parts;
    ais_system_option *options;
    ais_system_resource *resources;
    ais_system_layer *layers;
    ais_system_edge *edges;
    ais_system_path *paths;
    ais_system_domain *domains;
    double *edge_bytes;
    size_t component_count, deployment_count, part_count, option_count, resource_count, layer_count,
        edge_count, path_count, domain_count, edge_bytes_count;
    size_t *order;   /* components, each behind its predecessors; ties in file order */
    double *visits;  /* by component: requests to it for one request to the application */
    double rate_rps; /* Lambda of the file; NAN when not given */
    double horizon;  /* Time: costs are multiplied with it */
    ais_arena *arena;
} ais_system;

/* An empty one, to be filled from its own arena. Ownership: the caller frees it. */
ais_system *ais_system_new(void);
void ais_system_free(ais_system *system);
AIS_DEFINE_AUTO(ais_system)

/* Fill `order` and `visits` from components and edges: entries (nobody's successors) get the whole external
 * rate, others the sum of their predecessors' times the probabilities. Returns false, and one component of a
 * cycle in `*on_cycle`, when there is one. Source: load of SPACE4AI-D, equal in both public codes. */
bool ais_system_order(ais_system *system, size_t *on_cycle);
#endif
