/* place/runtime - placing what runs already: what may change, what a change costs, what to do.
 *
 * Layer: within place; above place.h. Units: as perf.h. Threads: no shared state. */
#ifndef AIS_PLACE_RUNTIME_H
#define AIS_PLACE_RUNTIME_H
#include "place/place.h"

typedef struct ais_runtime_options {
    const ais_placement *current;
    bool free_types;   /* VM layers in use may change their type (default: type kept, count free) */
    bool scaling_only; /* partitions stay where they are; counts alone change */
    double start_cost, stop_cost, move_cost;
} ais_runtime_options;
/* Restrict `options` to what may change: machines of edge layers are those of `current` (their number is the
 * most, others are not there), VM layers in use keep their type unless freed, unused VM layers and functions
 * are free; under scaling_only every partition keeps its resource. Arrays are made in `arena`.
 * Source: SPACE4AI-R. */
void ais_runtime_restrict(const ais_system *system, const ais_runtime_options *runtime,
                          ais_arena *arena, ais_perf_options *options);

/* What to do to get from one placement to another, in an order that serves on: start, move, stop. */
typedef enum ais_change_kind { AIS_CHANGE_START, AIS_CHANGE_MOVE, AIS_CHANGE_STOP } ais_change_kind;
typedef struct ais_change {
    ais_change_kind kind;
    size_t resource;   /* START, STOP: machines of it; MOVE: to it, NONE when the partition ends */
    size_t count;      /* START, STOP: how many machines */
    size_t part, from; /* MOVE: which partition, from which resource; NONE when it is new there */
} ais_change;
/* Functions are no machines: they come and go with the partitions on them. The changes of a component follow
 * each other, those that end what its other deployment ran last. Ownership: made in `arena`. */
const ais_change *ais_runtime_plan(const ais_system *system, const ais_placement *from,
                                   const ais_placement *to, ais_arena *arena, size_t *count);
ais_doc_node *ais_runtime_plan_to_node(const ais_system *system, const ais_change *changes,
                                       size_t count, ais_doc *doc);
/* One line a change; "nothing to change" without one. */
void ais_runtime_plan_write_text(const ais_system *system, const ais_change *changes, size_t count,
                                 ais_str *out);
#endif
