/* place/front_priv - what tracing fronts has in common: the time shared out, solving, points.
 *
 * Layer: within place. Units: as front.h. Threads: no shared state. */
#ifndef AIS_PLACE_FRONT_PRIV_H
#define AIS_PLACE_FRONT_PRIV_H
#include "place/front.h"

typedef struct ais__front_finder {
    const ais_system *system;
    const ais_perf_options *perf_options;
    const ais_place_options *place_options;
    const ais_ctx *ctx;
    size_t max_points;
    double end_s; /* of the front at hand, on the monotonic clock */
    ais_perf_scratch *scratch;
    ais_arena *arena; /* of the result */
    /* Points of the front at hand; bound: no later point is cheaper */
    ais_front_point *points;
    size_t count, capacity;
} ais__front_finder;

/* Solve until the end of the front at hand. Errors: those of ais_place_solve(). */
AIS_NODISCARD int ais__front_solve(const ais__front_finder *finder, const ais_perf *perf,
                                   const ais_placement *first, ais_place_result **out,
                                   ais_error **err);
/* A copy of the placement goes with the point. */
void ais__front_add(ais__front_finder *finder, double x, double cost, double bound,
                    const ais_placement *placement);
/* Move the points into the front: ascending, thinned out to the most that are wanted. */
void ais__front_take(ais__front_finder *finder, ais_front *front);
/* Cost of the optimum at rates up to the largest that is borne. Errors: as above. */
AIS_NODISCARD int ais__front_trace_load(ais__front_finder *finder, ais_front *front,
                                        ais_error **err);
/* Name of the component or path; NULL of the load. */
const char *ais__front_name(const ais_system *system, const ais_front *front);
/* " 1xDrone1 2xEN1". */
void ais__front_write_machines(const ais_system *system, const ais_placement *placement,
                               ais_str *out);
#endif
