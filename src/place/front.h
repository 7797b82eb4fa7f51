/* place/front - what constraints cost: Pareto fronts of cost against a response time or the load, sensitivity.
 *
 * Layer: within place; above place.h and page. Units: seconds, requests per second. Threads: no shared state. */
#ifndef AIS_PLACE_FRONT_H
#define AIS_PLACE_FRONT_H
#include "place/place.h"

typedef enum ais_front_kind { AIS_FRONT_COMPONENT, AIS_FRONT_PATH, AIS_FRONT_LOAD } ais_front_kind;
typedef struct ais_front_point {
    double x;           /* response time, or rate */
    double cost, bound; /* bound < cost where time ran out */
    ais_placement *placement;
} ais_front_point;
typedef struct ais_front {
    ais_front_kind kind;
    size_t index; /* of component or path */
    double limit; /* as the system has it; INFINITY: none; of LOAD: the system's rate */
    ais_front_point
        *points; /* ascending in x. Of times: none dominated. Of LOAD: the optimum at each rate */
    size_t count, found; /* found: before they were thinned out */
    /* What the constraint costs: the optimum's cost less the cost without this constraint. INFINITY when it
     * cannot be met together with the others; NAN when not known, and for LOAD. */
    double price;
    bool complete; /* all points there are, each proven; LOAD: each proven */
} ais_front;
typedef struct ais_fronts {
    ais_front *items;
    size_t count;
    double
        cost; /* of the optimum under all constraints; INFINITY: nothing is allowed; NAN: not known */
    bool proven; /* that it is the optimum */
    ais_arena *arena;
} ais_fronts;
void ais_fronts_free(ais_fronts *fronts);
AIS_DEFINE_AUTO(ais_fronts)
/* One front for each constrained component and each path, other constraints as they are, and one against the
 * load; at most `max_points` each (0: 50). Time limit of `place_options`: of all together.
 * Errors: those of ais_place_solve() and ais_perf_new(). */
AIS_NODISCARD int ais_fronts_find(const ais_system *system, const ais_perf_options *perf_options,
                                  const ais_place_options *place_options, size_t max_points,
                                  const ais_ctx *ctx, ais_fronts **out, ais_error **err);
ais_doc_node *ais_fronts_to_node(const ais_system *system, const ais_fronts *fronts, ais_doc *doc);
void ais_fronts_write_text(const ais_system *system, const ais_fronts *fronts, ais_str *out);
/* One drawing of one front: well-formed SVG for a file or a page. */
void ais_front_write_svg(const ais_system *system, const ais_front *front, ais_str *out);
#endif
