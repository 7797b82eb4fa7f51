/* place/generate - systems made from a seed, of any size: for benches and tests.
 *
 * Layer: within place; above doc. Threads: no shared state. */
#ifndef AIS_PLACE_GENERATE_H
#define AIS_PLACE_GENERATE_H
#include "doc/doc.h"

/* Zeroes mean defaults: they make systems as the public generators do (demands, prices and limits of the same
 * spread). */
typedef struct ais_generate_options {
    uint64_t seed;
    size_t components, edge_layers, vm_layers, types_per_layer, functions_per_layer;
    double deployments; /* mean number of deployments of a component */
    double
        strictness; /* limits are this share of what a known placement takes above it; see generate.c */
    double rate_rps;
} ais_generate_options;
/* The system's JSON, made in `doc`. Same options, same bytes. At least one placement is allowed. */
ais_doc_node *ais_system_generate(const ais_generate_options *options, ais_doc *doc);
#endif
