/* place/branch - what the files of the branch and bound share: nodes, decisions, and the best-first queue.
 *
 * A node is a domain (relax.h): all decisions up to the root, and what follows from them. Nodes that wait are
 * kept as their decisions, a bound and the multipliers of their parent.
 * Layer: within place. */
#ifndef AIS_PLACE_BRANCH_H
#define AIS_PLACE_BRANCH_H
#include "place/relax.h"
#include "place/types.h"

typedef enum ais__decision_kind {
    AIS__DECIDE_NOTHING,
    AIS__DECIDE_LAYER_OPEN,
    AIS__DECIDE_LAYER_CLOSED,
    AIS__DECIDE_LAYER_AT_LEAST, /* machines of a layer's type */
    AIS__DECIDE_LAYER_AT_MOST,
    AIS__DECIDE_GROUP_AT_LEAST, /* machines of all edge layers, of all VM layers */
    AIS__DECIDE_GROUP_AT_MOST,
    AIS__DECIDE_USED, /* of a resource */
    AIS__DECIDE_UNUSED,
    AIS__DECIDE_AT_LEAST, /* machines of a resource, when it is in use */
    AIS__DECIDE_AT_MOST,
    AIS__DECIDE_DEPLOYMENT,
    AIS__DECIDE_NO_DEPLOYMENT,
    AIS__DECIDE_OPTION,
    AIS__DECIDE_NO_OPTION,
} ais__decision_kind;

typedef struct ais__decision {
    ais__decision_kind kind;
    size_t index, count;
    size_t parent; /* AIS_SYSTEM_NONE at the root */
} ais__decision;

/* Multipliers that nodes share; freed with the last of them. */
typedef struct ais__multipliers {
    size_t users;
    float *v;
} ais__multipliers;

typedef struct ais__branch_node {
    double bound;
    size_t decision; /* AIS_SYSTEM_NONE: the root */
    size_t depth;
    ais__multipliers *multipliers; /* NULL: those of the root */
} ais__branch_node;

typedef struct ais__branch {
    ais__search *search;
    const ais_perf *perf;
    ais_arena *arena;
    ais__relax *relax;
    ais__filter *filter;
    ais__domain root, domain;
    double *root_v;
    ais__decision *decisions;
    size_t decision_count, decision_capacity;
    ais__branch_node *heap; /* least bound first */
    size_t heap_count, heap_capacity;
    size_t kept_bytes; /* of multipliers */
    ais_placement *scratch;
    double highest; /* no placement costs as much */
    ais_perf_scratch *judge;
    ais__types types; /* what looks for placements */
    uint64_t nodes, pruned, guesses;
} ais__branch;

/* The queue. */
void ais__branch_push(ais__branch *branch, ais__branch_node node);
ais__branch_node ais__branch_pop(ais__branch *branch);

/* What a node's decisions leave, in branch->domain. */
void ais__branch_apply(ais__branch *branch, size_t decision);
/* Two decisions that split the domain: by what the means of the relaxation leave open, most money first. False:
 * there is nothing left to decide. */
bool ais__branch_choose(const ais__branch *branch, ais__decision *one, ais__decision *other);
/* The placement of a domain in which all is decided, or that of the relaxation's strings: offered when it is
 * allowed. Returns whether it was. */
bool ais__branch_offer(ais__branch *branch);
/* Look for a cheaper placement: near the best (`kick`), or with the types that the relaxation has open. */
void ais__branch_guess(ais__branch *branch, bool kick, size_t fills, uint64_t looks);
/* No allowed placement of a domain that was filtered has cheaper machines in all edge layers together, or in all VM
 * layers (`cloud`). INFINITY: there is none. 0: not known. */
double ais__branch_machines(ais__branch *branch, const ais__domain *domain, bool cloud,
                            size_t expansions);
/* Costs that are not worth looking at. */
double ais__branch_enough(const ais__branch *branch);
#endif
