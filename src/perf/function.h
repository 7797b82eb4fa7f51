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
#endif
