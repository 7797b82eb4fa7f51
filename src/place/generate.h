/* place/generate - systems made from a seed, of any size: for benches and tests.
 *
 * Layer: within place; above doc. Threads: no shared state. */
#ifndef AIS_PLACE_GENERATE_H
#define AIS_PLACE_GENERATE_H
#include "doc/doc.h"

/* Zeroes mean defaults: they make systems as the public generators do (demands, prices and limits of the same
 * spread). Numbers of layers grow with the components when they are not given. */
typedef struct ais_generate_options {
    uint64_t seed;
    size_t components;             /* 15; at least 2 are made */
    size_t edge_layers, vm_layers; /* 2 + components / 15 of each kind */
    size_t types_per_layer;        /* 5; the first edge layer has one type, with one machine */
    size_t functions_per_part;     /* 1; of partitions that may run on functions */
    double deployments;            /* mean number of deployments of a component, 1 to 3: 2 */
    double strictness; /* a limit is what a known placement takes, times 1 + strictness / 2 to
                        * 1 + strictness * 3 / 2: 1.5 */
    double rate_rps;   /* 1.8; demands are scaled so that a layer's load needs 1 to 4 machines */
} ais_generate_options;
/* The system's JSON, made in `doc`. Same options, same bytes. At least one placement is allowed, under all
 * semantics and rules: `*known` gets its Output.json; NULL: not wanted. */
ais_doc_node *ais_system_generate(const ais_generate_options *options, ais_doc *doc,
                                  ais_doc_node **known);
#endif
