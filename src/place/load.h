/* place/load - how much load there may be, as intervals that are certified.
 *
 * Queues answer slower under more load; functions mostly faster (fewer cold starts), but not at every rate: the
 * loads that a placement bears need not be one interval, and what holds at both ends of an interval may fail
 * within. So each interval is judged as a whole, with AIS_BOUND_WORST and AIS_BOUND_BEST of perf.h; what neither
 * decides is halved. Certified up to rounding (1e-10 of a function's response, AIS_PERF_TOLERANCE of limits).
 * Fitted models are within what they say of a range (predictor.h).
 * Layer: within place; above place.h. Units: requests per second. Threads: no shared state. */
#ifndef AIS_PLACE_LOAD_H
#define AIS_PLACE_LOAD_H
#include "place/place.h"

typedef enum ais_load_verdict {
    AIS_LOAD_FEASIBLE,   /* certified for every rate of the interval */
    AIS_LOAD_INFEASIBLE, /* certified for every rate of the interval */
    AIS_LOAD_UNDECIDED   /* pieces narrower than the precision asked for, or time ran out */
} ais_load_verdict;
typedef struct ais_load_interval {
    double from_rps, to_rps;
    ais_load_verdict verdict;
} ais_load_interval;
typedef struct ais_load_result {
    ais_load_interval *intervals; /* adjacent, ascending, verdicts alternate */
    size_t count;
    double max_rps; /* the largest certified feasible rate; NAN when there is none */
    bool complete;  /* no time ran out; nor had 5,000 intervals been judged */
    ais_arena *arena;
} ais_load_result;
void ais_load_result_free(ais_load_result *result);
AIS_DEFINE_AUTO(ais_load_result)

typedef struct ais_load_options {
    /* 0: `from` is the precision; `to` is found: where the first queue is full, or all beyond is refuted, and
     * 1,000 times the system's rate where no queue sets an end */
    double from_rps, to_rps;
    double precision_rps; /* 0: 1e-6 of the upper end */
    bool
        full_counts; /* all machines of the types in use, as the original; else the counts as they are */
} ais_load_options;
/* Of one placement. Errors: AIS_E_INPUT for an empty interval. */
AIS_NODISCARD int ais_load_of_placement(const ais_system *system,
                                        const ais_perf_options *perf_options,
                                        const ais_placement *placement,
                                        const ais_load_options *options, ais_load_result **out,
                                        ais_error **err);
/* Of the system under its best placement at each rate: one placement that bears the whole interval certifies
 * it, a proof with the most favourable times refutes it.
 * Errors: as above, and those of ais_place_solve(). */
AIS_NODISCARD int ais_load_of_system(const ais_system *system, const ais_perf_options *perf_options,
                                     const ais_load_options *options,
                                     const ais_place_options *place_options, const ais_ctx *ctx,
                                     ais_load_result **out, ais_error **err);

/* {"max_load", "complete", "intervals": [{"from", "to", "verdict"}]}; made in `doc`. */
ais_doc_node *ais_load_result_to_node(const ais_load_result *result, ais_doc *doc);
void ais_load_result_write_text(const ais_load_result *result, ais_str *out);
#endif
