/* place/load - how much load there may be, as intervals that are certified.
 *
 * Functions answer faster under more load (fewer cold starts), queues slower: the loads that a placement bears
 * need not be one interval.
 * Layer: within place; above place.h. Units: requests per second. Threads: no shared state. */
#ifndef AIS_PLACE_LOAD_H
#define AIS_PLACE_LOAD_H
#include "place/place.h"

typedef enum ais_load_verdict {
    AIS_LOAD_FEASIBLE,   /* certified for every rate of the interval */
    AIS_LOAD_INFEASIBLE, /* certified for every rate of the interval */
    AIS_LOAD_UNDECIDED   /* narrower than the precision asked for, or time ran out */
} ais_load_verdict;
typedef struct ais_load_interval {
    double from_rps, to_rps;
    ais_load_verdict verdict;
} ais_load_interval;
typedef struct ais_load_result {
    ais_load_interval *intervals; /* adjacent, ascending, verdicts alternate */
    size_t count;
    double max_rps; /* the largest certified feasible rate; NAN when there is none */
    bool complete;  /* no time ran out */
    ais_arena *arena;
} ais_load_result;
void ais_load_result_free(ais_load_result *result);
AIS_DEFINE_AUTO(ais_load_result)

typedef struct ais_load_options {
    double from_rps, to_rps; /* 0: found */
    double precision_rps;    /* 0: 1e-6 of the upper end */
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
 * it, a proof with the most favourable times refutes it. */
AIS_NODISCARD int ais_load_of_system(const ais_system *system, const ais_perf_options *perf_options,
                                     const ais_load_options *options,
                                     const ais_place_options *place_options, const ais_ctx *ctx,
                                     ais_load_result **out, ais_error **err);
#endif
