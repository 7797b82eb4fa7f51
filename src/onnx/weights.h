/* onnx/weights - what inference and the search for cuts both count. */
#ifndef AIS_ONNX_WEIGHTS_H
#define AIS_ONNX_WEIGHTS_H
#include "onnx/onnx.h"

/* Bytes of the tensors inside of a node: what a Constant makes, and weights of sub-graphs, as deep as
 * reading allowed. */
uint64_t ais__onnx_weights_inside(const ais_onnx_node *node);
#endif
