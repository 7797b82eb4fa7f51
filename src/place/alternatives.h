/* place/alternatives - several systems of which one is to be placed: designs of one application that perform
 * (say, recognise) differently well.
 *
 * In turn: by decreasing performance, until one can be placed (what SPACE4AI-R does when the load has grown too
 * high for the best design). Jointly: the one with the least cost + weight * (best performance - its own).
 * Layer: within place; above place.h. Threads: no shared state. */
#ifndef AIS_PLACE_ALTERNATIVES_H
#define AIS_PLACE_ALTERNATIVES_H
#include "place/place.h"

typedef struct ais_alternative {
    const char *name; /* for messages; borrowed, as the rest */
    const ais_system *system;
    double performance; /* more is better; any unit */
    double max_rps; /* no rate above it is tried, as it is known not to be borne; 0: not known */
    /* Of this system; NULL: those that are given for all. Arrays by index are those of one system. */
    const ais_perf_options *perf_options;
} ais_alternative;

typedef struct ais_alternatives_options {
    bool joint;
    double weight;  /* of performance lost, joint alone; 0: the cheapest */
    bool has_least; /* are alternatives below `least_performance` left out? */
    double least_performance;
} ais_alternatives_options;

/* Why something was not solved, or what came out. */
typedef enum ais_alternative_outcome {
    AIS_ALTERNATIVE_NOT_TRIED,  /* a better one could be placed, or time ran out */
    AIS_ALTERNATIVE_BELOW,      /* performs less than asked for */
    AIS_ALTERNATIVE_OVERLOADED, /* the rate is above its max_rps */
    AIS_ALTERNATIVE_WORSE, /* proven, joint: neither cheap nor good enough to beat the one chosen */
    AIS_ALTERNATIVE_SOLVED /* `status` says how */
} ais_alternative_outcome;
const char *ais_alternative_outcome_name(ais_alternative_outcome outcome);

typedef struct ais_alternative_result {
    ais_alternative_outcome outcome;
    ais_place_status status;
    double cost, bound; /* INFINITY and the bound when there is no placement */
    double value; /* joint: cost + weight * performance lost; INFINITY when there is no placement */
    double time_s;
    ais_place_result *placed; /* of those that were solved */
} ais_alternative_result;

typedef struct ais_alternatives_result {
    ais_alternative_result *items; /* in the order in which they were given */
    size_t count;
    size_t chosen; /* index; AIS_SYSTEM_NONE when none can be placed */
    /* In turn: each that performs better is proven not to be placeable (how cheap the chosen one is, its own
     * status says). Joint: no other has a lower value. */
    bool proven;
    double time_s;
    ais_arena *arena;
} ais_alternatives_result;
void ais_alternatives_result_free(ais_alternatives_result *result);
AIS_DEFINE_AUTO(ais_alternatives_result)

/* Those of equal performance go in the order given. The time limit of `place_options` is for all together; in
 * turn each gets an even share of what is left. Errors: those of ais_perf_new() and ais_place_solve(), AIS_E_INPUT
 * for a weight that is negative or a performance that is not finite. */
AIS_NODISCARD int ais_alternatives_solve(const ais_alternative *alternatives, size_t count,
                                         const ais_perf_options *perf_options,
                                         const ais_place_options *place_options,
                                         const ais_alternatives_options *options,
                                         const ais_ctx *ctx, ais_alternatives_result **out,
                                         ais_error **err);
/* [{name, performance, outcome, status, cost, bound, value, time_s}], made in `doc`. */
ais_doc_node *ais_alternatives_to_node(const ais_alternative *alternatives,
                                       const ais_alternatives_result *result, ais_doc *doc);
void ais_alternatives_write_text(const ais_alternative *alternatives,
                                 const ais_alternatives_result *result, ais_str *out);
#endif
