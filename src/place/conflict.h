/* place/conflict - what looking for a conflict and telling of it share.
 *
 * Layer: within place. */
#ifndef AIS_PLACE_CONFLICT_H
#define AIS_PLACE_CONFLICT_H
#include "place/place.h"

typedef enum ais__verdict { AIS__NOTHING, AIS__SOMETHING, AIS__UNDECIDED } ais__verdict;

typedef struct ais__hunt {
    const ais_system *system;
    const ais_perf_options *given;
    const ais_place_options *options;
    const ais_ctx *ctx;
    double end_s, share; /* on the monotonic clock; share of what is left for one question */
    ais_place_constraint *atoms; /* constraints that can be given up; sentences are not filled */
    size_t atom_count;
    const double *local_limit_s, *path_limit_s;
    bool unsure, failed;
    ais_arena *arena;
    ais_error **err;
} ais__hunt;

/* Is anything allowed under the atoms that are on, and `special` with a limit (or a number of machines) of its
 * own? AIS_SYSTEM_NONE: none is special. `reached` may be NULL: what the special one came to. */
ais__verdict ais__hunt_ask(ais__hunt *hunt, const bool *on, size_t special, double own,
                           double *reached);
/* Time of the special atom in a placement; NAN for atoms without one. */
double ais__hunt_reached(const ais__hunt *hunt, const ais_perf *perf,
                         const ais_placement *placement, size_t special);
/* A sentence for each atom that is on. */
void ais__hunt_tell(ais__hunt *hunt, const bool *on, ais_place_conflict *conflict);
#endif
