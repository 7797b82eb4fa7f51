/* perf/state_priv - a placement that is changed step by step: what is kept, and what waits to be counted again.
 *
 * Steps only mark (state.c); counting (settle.c) goes over the resources, components and paths that are marked, in
 * this order, when somebody asks. What is broken is tallied by kind, so that nobody goes over all of it.
 * Layer: within perf. Threads: a state belongs to one thread. */
#ifndef AIS_PERF_STATE_PRIV_H
#define AIS_PERF_STATE_PRIV_H
#include "perf/perf_priv.h"

enum { AIS__STATE_KINDS = 10 }; /* bits of ais_violation */

typedef struct ais__state_component {
    const ais_system_deployment *deployment; /* NULL: none */
    double time_s;                           /* of those that are timed; NAN when incomplete */
    double excess;                           /* over the local limit */
    uint32_t first_path, path_count;         /* into paths_of */
    uint32_t first_in, in_count;             /* into in_edges */
    unsigned shape_violations, time_violations;
    bool timed;     /* has a limit, is on a path, or may have a model without an answer */
    unsigned shape; /* 0: incomplete */
    bool marked, moved, reshaped;
} ais__state_component;

typedef struct ais__state_path {
    double time_s, excess;
    unsigned violations;
    bool marked;
} ais__state_path;

/* Indices that wait; each is in the list once, its owner has the mark. */
typedef struct ais__state_list {
    uint32_t *items;
    size_t count;
} ais__state_list;

struct ais_perf_state {
    const ais_perf *perf;
    ais_placement *placement;
    const ais__perf_row **chosen; /* by part; NULL: none */
    /* Parts on a resource: a list in ascending order, so that sums do not depend on the way here. Items are
     * index + 1, 0 ends. */
    uint32_t *first;        /* by resource */
    uint32_t *next;         /* by part */
    uint32_t *component_of; /* by part */
    /* by resource */
    ais__perf_use *uses;
    double *bill;
    bool *resource_marked, *billed;
    ais__state_list resources, components, paths; /* marked */
    ais__state_list bills;                        /* resources with a bill, ascending */
    uint32_t *types;                              /* by layer: types in use */
    ais__state_component *component;
    ais__state_path *path;
    uint32_t *paths_of, *in_edges;
    /* by edge */
    unsigned *edge_violations;
    bool *edge_timed;
    double *transfer_s;
    uint32_t broken[AIS__STATE_KINDS];
    unsigned violations; /* kinds with broken > 0 */
    ais_arena *arena;
};

void ais__state_mark_resource(ais_perf_state *state, size_t resource);
void ais__state_mark_component(ais_perf_state *state, size_t component);
/* Count again what is marked: resources alone, or all. */
void ais__state_settle_resources(ais_perf_state *state);
void ais__state_settle(ais_perf_state *state);
/* Of any component or path, timed or not. All must be settled. */
double ais__state_component_s(const ais_perf_state *state, size_t component);
double ais__state_path_s(const ais_perf_state *state, size_t path);
#endif
