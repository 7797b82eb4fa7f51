/* place/evaluation - a placement with its times, and everything that it breaks.
 *
 * Layer: within place; above read.h. Threads: no shared state. */
#ifndef AIS_PLACE_EVALUATION_H
#define AIS_PLACE_EVALUATION_H
#include "place/read.h"
#include "place/result.h"

typedef struct ais__finding {
    ais_violation violation;
    const char *message;
} ais__finding;

typedef struct ais__evaluation {
    const ais_perf *perf;
    const ais_placement *placement;
    ais_evaluation_result result; /* with all its arrays */
    const size_t
        *option;    /* by part: the chosen one; AIS_SYSTEM_NONE where nothing (valid) is chosen */
    double *charge; /* by resource: what its parts are charged; functions */
    bool *used;     /* by resource: a chosen part sits on it */
    ais_arena *arena;
} ais__evaluation;
/* Ownership: all made in `arena`. */
ais__evaluation ais__evaluation_new(const ais_perf *perf, const ais_placement *placement,
                                    ais_arena *arena);
/* At least one of each bit of result.violations, and none else. */
const ais__finding *ais__evaluation_find(const ais__evaluation *evaluation, size_t *count);
/* "one-type", "forward"...: the names of rules in JSON. */
const char *ais__violation_name(ais_violation violation);
/* What running on a resource costs: its machines, or what its functions are charged. */
double ais__evaluation_cost(const ais__evaluation *evaluation, size_t resource);
/* Tables of machines, components and paths for people; `names` may be NULL. */
void ais__evaluation_write_tables(const ais__evaluation *evaluation, const ais_place_names *names,
                                  ais_str *out);
#endif
