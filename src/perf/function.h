/* perf/function - mean response time of a serverless function from its arrival rate.
 *
 * Layer: above base. Units: seconds, requests per second. Threads: no shared state. */
#ifndef AIS_PERF_FUNCTION_H
#define AIS_PERF_FUNCTION_H
#include "base/memory.h"

typedef struct ais_function {
    double warm_s, cold_s; /* mean service times of a warm and of a cold start */
    double idle_s;         /* until an idle instance is taken away */
} ais_function;

/* Mean over warm and cold starts: the number of warm instances is a birth-death chain, solved in closed form.
 * Instances beyond 1,000 do not occur, as in the original.
 * Source: Mahmoudi and Khazaei, Performance Modeling of Serverless Computing Platforms, IEEE Trans. Cloud
 *         Computing 10 (2022); the quantities as in pacsltk's get_sls_warm_count_dist. */
double ais_function_response_s(const ais_function *function, double rate_rps);

/* What the response time lies between at every rate from `from_rps` (0 allowed) to `to_rps`; both bounds come
 * together as the rates do. The response is not monotone: more load means fewer cold starts, until queues of
 * cold starts at short idle times make it grow again.
 * Why it holds: with cold >= warm the response of a state falls with the number m of warm instances, so that its
 * mean is lower where the chain's distribution is higher. At a higher rate births are more frequent (the
 * overflow rate * B_m grows with the rate) and deaths rarer (the m-th instance carries
 * rate * (B_{m-1} - B_m), which grows with the rate: of one additional request of lowest priority, the chance to
 * be pushed out of m - 1 instances is at least that of m; and it is taken away more rarely the more it
 * carries), thus the distribution at `from_rps` is the lowest, that at `to_rps` the highest of all (likelihood
 * ratio order of birth-death chains). B_m itself, the share of cold starts in a state, grows with the rate.
 * With cold < warm all turns round. Margin for rounding: 1e-10 of the response. */
void ais_function_response_bounds_s(const ais_function *function, double from_rps, double to_rps,
                                    double *low_s, double *high_s);
#endif
