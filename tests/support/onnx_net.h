/* Small models for tests, a line a node, with the facts that inference finds:
 *     onnx_net_make("x:1,4 -> a = Relu x; b = Mul a a -> b", &net);
 * Inputs, nodes, outputs; each node `outputs = Op inputs`. A weight is a name that begins with "w": it gets
 * 4 floats. */
#ifndef AIS_TESTS_ONNX_NET_H
#define AIS_TESTS_ONNX_NET_H
#include "onnx/onnx.h"

typedef struct onnx_net {
    ais_str bytes;
    ais_onnx_model *model;
    ais_onnx_facts *facts;
} onnx_net;

void onnx_net_make(const char *text, onnx_net *out);
void onnx_net_clear(onnx_net *net);
/* "a, b" of values. Ownership: the caller frees. */
char *onnx_net_names(const onnx_net *net, const size_t *values, size_t count);
#endif
