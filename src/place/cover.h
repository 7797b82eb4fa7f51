/* place/cover - which resource types are open, and whether all components can be placed on them at all.
 *
 * A component is edge, cloud, or changes over within its chain; behind a component that ends in the cloud all
 * others are cloud (the rule "forward"). The labelling with the least cloud exists whenever any does, so one
 * pass over the graph decides.
 * Layer: within place. Threads: a cover belongs to one thread. */
#ifndef AIS_PLACE_COVER_H
#define AIS_PLACE_COVER_H
#include "perf/perf.h"

/* Of a layer of machines; of one resource where the rule "one type" is off. At most one type is open. */
typedef struct ais__slot {
    const size_t *types; /* resources that may be used */
    size_t type_count;
    size_t open; /* index of the open one; AIS_SYSTEM_NONE */
} ais__slot;

typedef struct ais__cover {
    const ais_perf *perf;
    ais__slot *slots;
    size_t slot_count;
    size_t *slot_of; /* by resource; AIS_SYSTEM_NONE of functions and of what may not be used */
    size_t *count;   /* by resource: machines, 0 = closed; functions that may be used: 1 */
    size_t *edge_options, *cloud_options;    /* by part: on open resources */
    size_t *first_of_resource, *of_resource; /* usable options by resource */
    size_t *first_before, *before;           /* predecessors by component */
    size_t *first_path, *paths;              /* paths by component */
    bool *leaves;                            /* scratch by component: it ends in the cloud */
    bool *may_leave; /* by component, after ais__cover_leave(): all behind it can be cloud */
    bool *descend;   /* scratch: it and all behind it can be cloud */
    bool forward;    /* the rule is on */
    ais_arena *arena;
} ais__cover;

void ais__cover_init(ais__cover *cover, const ais_perf *perf);
void ais__cover_clear(ais__cover *cover);
/* Open a type of a slot with all its machines, or none. */
void ais__cover_open(ais__cover *cover, size_t slot, size_t type);
/* All machines again for what is open. */
void ais__cover_reopen(ais__cover *cover);
/* Components that cannot be placed on what is open: 0 = covered. */
size_t ais__cover_missing(ais__cover *cover);
/* Fill `may_leave`. */
void ais__cover_leave(ais__cover *cover);
#endif
