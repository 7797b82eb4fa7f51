/* place/place - the cheapest placement, with a proof.
 *
 * Methods are rows of a table (registry.c): exact proves what it finds; the heuristics only find. Each gets a
 * search (search.h) to which it reports incumbents and bounds, so that whenever it is stopped there are an
 * incumbent, a lower bound and the gap between them.
 * Layer: above perf, doc, page. Units: seconds; money per horizon.
 * Threads: ais_place_solve() starts those it is allowed; no shared state. */
#ifndef AIS_PLACE_PLACE_H
#define AIS_PLACE_PLACE_H
#include "base/context.h"
#include "doc/doc.h"
#include "perf/perf.h"

typedef enum ais_place_status {
    AIS_PLACE_OPTIMAL,    /* best is proven: bound equals cost */
    AIS_PLACE_FEASIBLE,   /* there is a best, and a bound below it */
    AIS_PLACE_INFEASIBLE, /* proven: no placement is allowed */
    AIS_PLACE_UNKNOWN     /* nothing found, nothing proven */
} ais_place_status;
const char *ais_place_status_name(ais_place_status status);

/* Zeroes mean defaults. */
typedef struct ais_place_options {
    const char *method;  /* NULL: "exact" */
    double time_limit_s; /* 0: 60; see ais_place_time_limit_s() */
    size_t threads;      /* 0: 1 */
    uint64_t seed;
    size_t iterations, starts, tabu_size, population; /* of heuristics; 0: the method's own */
    double temperature, cooling, crossover, mutation; /* likewise */
    const ais_placement *first;                       /* a placement to start from; NULL: none */
    double cost_below; /* look only for placements cheaper than this; 0: any */
    bool first_only;   /* stop at the first feasible placement: is there any? */
} ais_place_options;

/* The time limit of `options`, or the default. */
double ais_place_time_limit_s(const ais_place_options *options);

/* A point of the curve of incumbent and bound over time. */
typedef struct ais_place_point {
    double time_s, cost, bound; /* cost INFINITY before the first incumbent */
} ais_place_point;

typedef struct ais_place_result {
    ais_place_status status;
    const char *method;
    ais_placement *best; /* NULL: none */
    double cost, bound;  /* INFINITY and the bound when there is no best */
    double gap;          /* (cost - bound) / cost; 0 when optimal; NAN without an incumbent */
    double time_s;
    bool interrupted, timed_out; /* why it ended before everything was seen */
    ais_place_point *points;     /* ascending in time; the last one is the result's */
    size_t point_count;
    /* What the proof rests on: counters with names ("layer vectors", "type sets refuted", "nodes"). */
    const char *counter_names[12];
    uint64_t counters[12];
    size_t counter_count;
    ais_arena *arena;
} ais_place_result;
void ais_place_result_free(ais_place_result *result);
AIS_DEFINE_AUTO(ais_place_result)

/* Errors: AIS_E_INPUT for a method that there is not. That nothing feasible exists is a result, not an error.
 * An interruption (ctx->interrupt_fd) ends the search like the time limit.
 * Ownership: the caller frees `*out`. */
AIS_NODISCARD int ais_place_solve(const ais_perf *perf, const ais_place_options *options,
                                  const ais_ctx *ctx, ais_place_result **out, ais_error **err);

/* The table of methods. */
size_t ais_place_method_count(void);
const char *ais_place_method_name(size_t i);

/* Why nothing is allowed: a set of constraints that conflict, none of which can be left out. */
typedef enum ais_place_constraint_kind {
    AIS_PLACE_RULE,     /* index: an ais_rule */
    AIS_PLACE_CURRENT,  /* what runs now restricts the choice */
    AIS_PLACE_MACHINES, /* index: a layer, whose machines are too few */
    AIS_PLACE_PATH,     /* index: a path */
    AIS_PLACE_LOCAL     /* index: a component */
} ais_place_constraint_kind;
typedef struct ais_place_constraint {
    ais_place_constraint_kind kind;
    size_t index;
    /* "path 'p1' must take at most 0.8 s; the best that any placement gives ... is 0.93 s" */
    const char *sentence;
} ais_place_constraint;
typedef struct ais_place_conflict {
    ais_place_constraint
        *items; /* none: nothing that could be given up would help, `sentence` says why */
    size_t count;
    const char *sentence; /* NULL unless there are no items */
    bool is_smallest;     /* proven within the time limit; else some may be superfluous */
    ais_arena *arena;
} ais_place_conflict;
void ais_place_conflict_free(ais_place_conflict *conflict);
AIS_DEFINE_AUTO(ais_place_conflict)
/* Of a system whose placement was proven infeasible. Solves at most until the time limit of `options`.
 * Errors: those of ais_perf_new() and ais_place_solve(). */
AIS_NODISCARD int ais_place_explain(const ais_system *system, const ais_perf_options *perf_options,
                                    const ais_place_options *options, const ais_ctx *ctx,
                                    ais_place_conflict **out, ais_error **err);
#endif
