/* perf/predictor - fitted performance models: response time from the number of cores, or from the throughput.
 *
 * The one interface between those who learn models (profile/) and those who ask them (perf/, place/).
 * Layer: above base and doc. Units: seconds, requests per second.
 * Threads: a predictor is never changed once made; `predict` may be called by many threads. */
#ifndef AIS_PERF_PREDICTOR_H
#define AIS_PERF_PREDICTOR_H
#include "doc/doc.h"

/* What is known when a response time is asked for. */
typedef struct ais_predictor_input {
    double cores;                  /* machines times cores of each; of a function: 1 */
    double rate_rps;               /* that arrives at the partition */
    double warm_s, cold_s, idle_s; /* of a function; 0 else */
} ais_predictor_input;

typedef struct ais_predictor {
    const char *kind; /* row of the table of kinds */
    /* Seconds; not finite or not positive where the model has no answer. */
    double (*predict)(const struct ais_predictor *predictor, const ais_predictor_input *input);
    /* What predict() says at every rate from the input's to `to_rps` lies between; INFINITY stands for no answer
     * (low: at no rate, high: at some rate). Both come together as the rates do, where the model is continuous.
     * NULL: not known. */
    void (*bounds)(const struct ais_predictor *predictor, const ais_predictor_input *input,
                   double to_rps, double *low_s, double *high_s);
    const void *state;
} ais_predictor;

/* Read the model of one option: `node` is the value of "regressor" (a map {"kind":..., ...}) or of
 * "regressor_file" (a path, relative to `dir`, of a JSON file with such a map). Pickles are never read.
 * Kinds: "linear" {"intercept", "terms": [{"coefficient", "cores": power, "log_cores": power, "rate": power,
 * "log_rate": power}...]} (the intercept plus the sum of coefficient times powers, 0 where not given; logarithms are
 * natural) and "table" {"cores": [...], "rate": [...], "response_s": [[by rate]... by cores]} (bilinear
 * between its points; outside of them there is no answer).
 * Ownership: made in `arena`. Errors: added to `diags` with their position; NULL then. */
const ais_predictor *ais_predictor_read(const ais_doc_node *node, const char *dir, ais_arena *arena,
                                        ais_diags *diags);
#endif
