/* place/load_priv - what the loads of a placement and those of a system have in common: the walk over intervals.
 *
 * Layer: within place. Units: requests per second. Threads: no shared state. */
#ifndef AIS_PLACE_LOAD_PRIV_H
#define AIS_PLACE_LOAD_PRIV_H
#include "place/load.h"

enum {
    AIS__LOAD_MAX_JUDGED = 5000
}; /* intervals: of times that hardly change, none would be the last */

typedef struct ais__load_judge {
    /* Is a whole interval borne, refuted, or neither? Errors: those of compiling. */
    int (*judge)(void *state, double from_rps, double to_rps, ais_load_verdict *out,
                 ais_error **err);
    bool (*stop)(void *state); /* no more halving; NULL: never */
    void *state;
} ais__load_judge;

/* Halve what is undecided, down to the precision. */
AIS_NODISCARD int ais__load_walk(const ais__load_judge *judge, double from_rps, double to_rps,
                                 double precision_rps, ais_load_result **out, ais_error **err);
/* Errors: AIS_E_INPUT for an empty interval. */
AIS_NODISCARD int ais__load_check(const ais_load_options *options, double from_rps, double to_rps,
                                  ais_error **err);
double ais__load_precision(const ais_load_options *options, double to_rps);
double ais__load_from(const ais_load_options *options, double to_rps);
double ais__load_most(const ais_system *system, const ais_perf_options *perf_options);
/* What a placement breaks under a bound over an interval. Errors: those of ais_perf_new(). */
AIS_NODISCARD int ais__load_violations(const ais_system *system, ais_perf_options options,
                                       ais_bound bound, double from_rps, double to_rps,
                                       const ais_placement *placement, ais_perf_scratch *scratch,
                                       unsigned *out, ais_error **err);
#endif
