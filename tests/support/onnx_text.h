/* Small ONNX models for tests, written down as text: one statement a line.
 *     x: float[N,3,8,8]                     an input
 *     w = float[4,3,3,3]                    a weight, all zeros
 *     k = int64{2, -1}   s = float(0.5)     weights with elements: a vector, a scalar
 *     y, z = Split@cut(x, k) axis=1         a node, here with a name; "(x, , k)" leaves an input out
 *     a = com.microsoft/Gelu(x)             of another domain
 *     info a: float[?,8]                    what is declared of a value; ? is an open size
 *     -> y: float[N,4], z                   outputs
 * Attributes: 1, 0.5, 'text', [1, 2], [0.5, 1.0], <int64{1, 2}> (a tensor), { statements } (a graph). */
#ifndef AIS_TESTS_ONNX_TEXT_H
#define AIS_TESTS_ONNX_TEXT_H
#include "base/str.h"

/* Append a ModelProto. Operator sets: the default one at `opset`, com.microsoft and ai.onnx.ml at 1.
 * A text that it cannot read ends the test program. */
void onnx_text_model(const char *text, int opset, int ir_version, ais_str *model);
#endif
