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

/* How hard to try. */
typedef struct ais__effort {
    size_t passes; /* of a fill; of a fill with a machine less half of it */
    size_t
        ruins; /* tries to mend what a fill leaves broken, when its excess is less than `hopeful` */
    size_t polish;    /* tries to make a good placement cheaper */
    size_t exchanges; /* rounds of one machine more here, one less there */
    double hopeful;
    ais_random *random;
} ais__effort;

typedef struct ais__greedy {
    ais__cover cover;
    ais_placement *placement; /* the present one; it may break rules */
    ais_placement *best; /* the cheapest allowed one of the last fill, counts of what is used */
    ais_placement *kept, *held; /* the best before a trial, the present one before a ruin */
    double cost;                /* of best; INFINITY: none */
    double present_cost;        /* of the present one, whatever it breaks */
    double excess;              /* of the present one: how far it breaks rules; 0: it is allowed */
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
    /* Prices asked for: a measure of work that no clock disturbs; behind the last one no ruins, no exchanges. */
    uint64_t looks, last_look;
    /* Not NULL: options are now and then not seen, so that others get a chance. */
    ais_random *blink;
    ais_evaluation_result result;
    ais_perf_scratch *scratch;
    ais_arena *arena;
} ais__greedy;

void ais__greedy_init(ais__greedy *greedy, const ais_perf *perf);
void ais__greedy_clear(ais__greedy *greedy);
/* Place all components on what is open, at the counts of the cover, in at most `passes`; `warm`: from where they
 * are now. Fills best and cost; returns whether an allowed placement was found. */
bool ais__greedy_fill(ais__greedy *greedy, size_t passes, bool warm);
/* List what is open; fill does that itself. */
void ais__greedy_list_open(ais__greedy *greedy);
/* Take some components up at random and put them down by prices that vary, `tries` times, at the counts of the
 * cover, and keep what is not worse: first towards an allowed placement, then towards a cheaper one. Goes on from
 * the best, or without one from the present placement; `until_allowed`: ends at the first allowed one. Returns
 * whether there is one. */
bool ais__greedy_ruin(ais__greedy *greedy, ais_random *random, size_t tries, bool until_allowed);
/* Take a placement as the present one, and put down anew what lies on closed types, and a `share` of the rest at
 * random. Returns false when something finds no place. */
bool ais__greedy_move_in(ais__greedy *greedy, const ais_placement *placement, ais_random *random,
                         double share);
/* Does a component break a limit, or lie where too much lies? Times as of the placement that was judged last. */
bool ais__greedy_is_guilty(const ais__greedy *greedy, size_t component);
/* Take a placement as the present one; NULL: none. */
void ais__greedy_load(ais__greedy *greedy, const ais_placement *placement);
/* Lower the counts of `best` while that makes it cheaper, dearest machines first; components move for that.
 * Afterwards what is open has all its machines again. */
void ais__greedy_shrink(ais__greedy *greedy, const ais__effort *effort);
/* Make `best` cheaper by moving components, at its counts. Afterwards as above. */
void ais__greedy_polish(ais__greedy *greedy, const ais__effort *effort);
/* Take a component up, and put it down where it is cheapest. Returns false when there is no place; the parts of
 * one that was put down are all placed. `backward`: those behind it are not asked to follow. */
void ais__greedy_take_up(ais__greedy *greedy, size_t component);
bool ais__greedy_put_down(ais__greedy *greedy, size_t component, bool backward);
/* The steps of these: a part on an option or off it, with what it does to its resource; the sides of a component
 * that was put down. */
void ais__greedy_put(ais__greedy *greedy, size_t part, size_t option, bool on);
void ais__greedy_note_sides(ais__greedy *greedy, size_t component,
                            const ais_system_deployment *deployment);
/* Judge the present placement, keep it when it is the best. Fills `excess`. */
void ais__greedy_judge_present(ais__greedy *greedy);
/* Cost, and INFINITY where rules are broken; fills `result`. */
double ais__greedy_judge(ais__greedy *greedy, const ais_placement *placement);
#endif
