/* place/robust - how likely a placement keeps its constraints when demands are not known exactly.
 *
 * Demands are normal with the system's means and deviations, cut off at 0 (drawn again until positive).
 * Two extremes are reported, since how errors hang together is not known: independent, by sampling; and all
 * alike, where each demand is at the same quantile: then the constraints hold up to the largest quantile at
 * which they hold, as solving with a quantile (perf options) promises.
 * Fitted models have no deviation: they stay as they are.
 * Layer: within place; above perf. Units: seconds. Threads: no shared state. */
#ifndef AIS_PLACE_ROBUST_H
#define AIS_PLACE_ROBUST_H
#include "doc/doc.h"
#include "perf/perf.h"

/* Zeroes mean defaults. */
typedef struct ais_robust_options {
    size_t samples;    /* 10000 */
    uint64_t seed;     /* same seed, same result */
    double confidence; /* of the intervals: 0.95 */
} ais_robust_options;

/* Of the samples, those in which something held, and the interval around the share (Wilson's score).
 * Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927). */
typedef struct ais_robust_share {
    size_t held;
    double probability, low, high;
} ais_robust_share;

typedef struct ais_robust_result {
    size_t samples;
    double confidence;
    ais_robust_share all;         /* everything that depends on demands holds at once */
    ais_robust_share *components; /* by component: its limit; those without one always hold */
    ais_robust_share *paths;      /* by path */
    ais_robust_share *resources;  /* by resource: its load stays below 1 */
    unsigned broken; /* of ais_violation: broken whatever the demands, so that nothing can hold */
    /* Errors all alike: the largest quantile of demands up to which the constraints hold, tried in steps of 1/8
     * of a deviation from 8 below the mean to 8 above and then halved (queues grow with demands, so that nothing
     * is missed; of functions all steps are looked at). It is the probability that they hold then. 0: not even
     * at the lowest; 1: at all. */
    double alike_quantile;
    bool uncertain; /* does any demand in use have a deviation? */
    ais_arena *arena;
} ais_robust_result;
void ais_robust_result_free(ais_robust_result *result);
AIS_DEFINE_AUTO(ais_robust_result)

/* The quantile and the bound of `perf_options` are not looked at. Errors: those of ais_perf_new(); AIS_E_INPUT for
 * a confidence that is not between 0 and 1. */
AIS_NODISCARD int ais_robust_check(const ais_system *system, const ais_perf_options *perf_options,
                                   const ais_placement *placement,
                                   const ais_robust_options *options, ais_robust_result **out,
                                   ais_error **err);
/* {samples, confidence, holds: {probability, low, high}, alike_quantile, components: [{name, probability, low,
 * high}], paths: [...], resources: [...]} */
ais_doc_node *ais_robust_to_node(const ais_system *system, const ais_robust_result *result,
                                 ais_doc *doc);
/* What does not always hold, a line each. */
void ais_robust_write_text(const ais_system *system, const ais_robust_result *result, ais_str *out);
#endif
