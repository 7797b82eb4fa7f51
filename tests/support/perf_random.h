/* Systems to place, made at random: small, with everything that the evaluator knows.
 *
 * Several deployments, early exits, edge, VM and FaaS layers of several types, several network domains, local and
 * global limits that bind often, memory that binds sometimes, deviations of demands, transition probabilities that
 * do not sum to 1, and if wanted fitted models and pairs of layers without a network. Names: components c1, c2...,
 * deployments s1, s2..., partitions h1, h2... (unique within a component), resources E1_1 (layer 1, type 1), VM1_1, F1.
 * Same random numbers, same system. A system need not have an allowed placement. */
#ifndef AIS_TESTS_PERF_RANDOM_H
#define AIS_TESTS_PERF_RANDOM_H
#include "base/random.h"
#include "perf/perf.h"

/* Zeroes mean defaults. */
typedef struct perf_random_options {
    size_t components;                               /* 0: 1 to 5 */
    size_t deployments;                              /* at most; 0: 3 */
    size_t parts;                                    /* of a deployment, at most; 0: 3 */
    size_t edge_layers, vm_layers, types, functions; /* 0: 1 to 2; 1 to 2; 1 to 3; 1 to 4 */
    size_t machines;                                 /* of a type, at most; 0: 3 */
    double slack;                                    /* limits are multiplied with it; 0: 1 */
    bool fitted;                                     /* some options have fitted models */
    bool gaps; /* some pairs of layers have no network domain in common */
} perf_random_options;

/* The caller frees it. Rate: 1 per second. */
ais_system *perf_random_system(ais_random *random, const perf_random_options *options);
/* One that is complete and within counts; whether it is allowed is chance. The caller frees it. */
ais_placement *perf_random_placement(ais_random *random, const ais_system *system);
/* Give a component a deployment and its parts options, at random. */
void perf_random_choose(ais_random *random, const ais_system *system, ais_placement *placement,
                        size_t component);
/* A current placement, prices of change, fewer machines, rules off, semantics: sometimes. Arrays in `arena`. */
ais_perf_options perf_random_perf_options(ais_random *random, const ais_system *system,
                                          ais_arena *arena);
#endif
