/* place/greedy - places all components on what is open, by prices.
 *
 * Every option has a price: money, what its load does to its machines, what its time does to the limits that it
 * is under, and to those of others on the machines. Each component takes its cheapest deployment and options;
 * passes over all components repeat that, against prices that rise where the last pass broke a rule, until a
 * pass is allowed. Then counts are lowered while that stays so.
 * Source: a Lagrangian heuristic as for generalised assignment; Fisher, The Lagrangian Relaxation Method for
 *         Solving Integer Programming Problems, Management Science 27 (1981).
 *
 * Layer: within place. Threads: a greedy belongs to one thread. */
#ifndef AIS_PLACE_GREEDY_H
#define AIS_PLACE_GREEDY_H
#include "base/random.h"
#include "place/cover.h"

typedef struct ais__greedy {
    ais__cover cover;
    ais_placement *placement; /* the present one; it may break rules */
    ais_placement *best; /* the cheapest allowed one of the last fill, counts of what is used */
    ais_placement *kept; /* the best before a trial */
    double cost;         /* of best; INFINITY: none */
    /* by resource */
    double *load, *memory_bytes, *waiting; /* waiting: sum of demands times prices of time */
    size_t *parts_on, *alone_on;
    /* by part */
    size_t *first_open, *open_count; /* into open: options on open resources, edge first */
    size_t *open;
    double *time_price; /* of a second at it */
    /* by component */
    bool *placed, *starts_at_edge, *ends_in_cloud;
    double *local_price, *component_price; /* of a second */
    double *path_price;                    /* by path */
    double money, load_price;              /* scale of prices; price of pressure */
    size_t *choice_scratch, *best_scratch;
    size_t *dearest; /* resources, falling price */
    ais_evaluation_result result;
    ais_perf_scratch *scratch;
    ais_arena *arena;
} ais__greedy;

void ais__greedy_init(ais__greedy *greedy, const ais_perf *perf);
void ais__greedy_clear(ais__greedy *greedy);
/* Place all components on what is open, at the counts of the cover, in at most `passes`; `warm`: from where they
 * are now. Fills best and cost; returns whether an allowed placement was found. */
bool ais__greedy_fill(ais__greedy *greedy, size_t passes, bool warm);
/* Take a placement as the present one; NULL: none. */
void ais__greedy_load(ais__greedy *greedy, const ais_placement *placement);
/* Lower the counts of `best` while that makes it cheaper, dearest machines first; components move for that.
 * Afterwards what is open has all its machines again. */
void ais__greedy_shrink(ais__greedy *greedy, size_t passes);
/* Cost, and INFINITY where rules are broken; fills `result`. */
double ais__greedy_judge(ais__greedy *greedy, const ais_placement *placement);
#endif
