/* place/search - what a method is given: the compiled system, a stop watch, and where incumbents and bounds go.
 *
 * Layer: within place. Threads: all functions but init and clear may be called by several threads at once. */
#ifndef AIS_PLACE_SEARCH_H
#define AIS_PLACE_SEARCH_H
#include <pthread.h>
#include <stdatomic.h>

#include "place/place.h"

typedef struct ais__search {
    const ais_perf *perf;
    const ais_place_options *options; /* defaults filled in */
    const ais_ctx *ctx;
    double start_s, end_s; /* on the monotonic clock */
    pthread_mutex_t lock;  /* guards what follows, but for the atomics */
    ais_placement *best;
    _Atomic double cost; /* of best; INFINITY, or options->cost_below, before the first */
    _Atomic double bound;
    bool has_best, complete; /* complete: the method has seen all there is to see */
    atomic_bool stopped;
    _Atomic double polled_s; /* when the descriptor of interruptions was last looked at */
    bool timed_out, interrupted;
    ais_place_point *points;
    size_t point_count, point_capacity;
    const char *counter_names[12];
    uint64_t counters[12];
    size_t counter_count;
} ais__search;

void ais__search_init(ais__search *search, const ais_perf *perf, const ais_place_options *options,
                      const ais_ctx *ctx);
void ais__search_clear(ais__search *search);
/* Is it time to stop (limit, interruption)? Looks at the clock: ask every 10 to 100 us of work. */
bool ais__search_stop(ais__search *search);
/* Offer a feasible placement; the judge (ais_perf_evaluate) is asked again, and one that it refuses is
 * AIS_BUG: a method that offers nonsense must be found out. Kept when it is cheaper than the best.
 * Returns whether it was kept. */
bool ais__search_offer(ais__search *search, const ais_placement *placement);
/* As above for a placement from outside, which may break rules: then it is not kept. */
bool ais__search_offer_if_allowed(ais__search *search, const ais_placement *placement);
/* No allowed placement is cheaper than this. Never goes down; never above the cost of the best. */
void ais__search_raise_bound(ais__search *search, double bound);
/* Everything was looked at: the best is optimal, or without one nothing is allowed. */
void ais__search_complete(ais__search *search);
/* Add to a counter of the proof. `name` is a literal. */
void ais__search_count(ais__search *search, const char *name, uint64_t n);

/* A method: one file and one row in registry.c. */
typedef struct ais__place_method {
    const char *name;
    void (*solve)(ais__search *search);
    bool proves; /* raises the bound itself */
} ais__place_method;
extern const ais__place_method ais__place_exact;     /* exact.c */
extern const ais__place_method ais__place_reference; /* reference.c: tries everything; for tests */
extern const ais__place_method ais__place_random_greedy; /* random_greedy.c */
extern const ais__place_method ais__place_local_search;
extern const ais__place_method ais__place_tabu;
extern const ais__place_method ais__place_annealing;
extern const ais__place_method ais__place_genetic;
extern const ais__place_method ais__place_branching; /* branch.c */

/* Raise the bound to that of a relaxation. Returns false when it proves that nothing is allowed. */
bool ais__place_bound_root(ais__search *search);

/* The two engines of `exact`. Vectors: all choices of one type and count per layer, in increasing price; small
 * systems. Branch: bounds from a relaxation, branching on layers; large systems. Both raise the bound as they
 * go and complete when done. */
void ais__place_vectors(ais__search *search);
/* Is nothing allowed at all? True: proven, the search is complete. False: perhaps, or a placement was offered. Needs
 * all machines of one type per layer to be looked at only, not all vectors. */
bool ais__place_refute(ais__search *search);
void ais__place_branch(ais__search *search);
/* Greedy start and repair for both, and for heuristics: a feasible placement of good cost within about
 * `budget_s`, offered to the search. Deterministic for a seed as long as it ends before its budget
 * (`rounds` of random starts and local search). Returns whether one was found. */
bool ais__place_start(ais__search *search, uint64_t seed, size_t rounds);
#endif
