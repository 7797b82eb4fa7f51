/* place/result - what came out, as JSON and as text for people.
 *
 * Layer: within place; above read.h. Threads: no shared state. */
#ifndef AIS_PLACE_RESULT_H
#define AIS_PLACE_RESULT_H
#include "place/place.h"
#include "place/read.h"

/* What an application calls what its system has coded names for. */
typedef struct ais_place_names {
    const char *const *components; /* by component */
    const char *const *parts;      /* by part */
} ais_place_names;

/* {status, cost, bound, gap, time_s, solution, proof: {method, complete, timed_out, interrupted, <counters>,
 * conflict?}}: solution is Output.json's schema; numbers that there are not are null. `conflict` may be NULL. Made
 * in `doc`. */
ais_doc_node *ais_place_result_to_node(const ais_perf *perf, const ais_place_result *result,
                                       const ais_place_conflict *conflict, ais_doc *doc);

/* A table of machines, one of components and paths, and what is proven. `names` may be NULL: the system's
 * own. */
void ais_place_result_write_text(const ais_perf *perf, const ais_place_result *result,
                                 const ais_place_conflict *conflict, const ais_place_names *names,
                                 ais_str *out);

/* What a list of the constraints of a conflict begins with. */
const char *ais__place_conflict_heading(const ais_place_conflict *conflict);
/* "0.8 ms", "1.93 s", "-" for what is not finite. */
void ais__place_add_time(ais_str *out, double seconds);
#endif
