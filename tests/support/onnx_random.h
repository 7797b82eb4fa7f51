/* Small random models with facts that are made up as well, for tests of what is exact about cuts. */
#ifndef AIS_TESTS_ONNX_RANDOM_H
#define AIS_TESTS_ONNX_RANDOM_H
#include "base/random.h"
#include "onnx/onnx.h"

typedef struct onnx_random_options {
    size_t nodes; /* at most so many that an input reaches */
    bool odd;     /* sequences, random numbers, several inputs and outputs, constants, dead ends */
    unsigned distance; /* how far back a node reads, in values; small makes long, thin graphs */
} onnx_random_options;

typedef struct onnx_random {
    ais_str bytes;
    ais_onnx_model *model;
    ais_onnx_facts facts; /* arrays of its own */
    ais_arena *arena;
} onnx_random;

void onnx_random_make(ais_random *random, const onnx_random_options *options, onnx_random *out);
void onnx_random_clear(onnx_random *made);
#endif
