/* What onnx/ infers of a model in the notation of onnx_text.h, as one string to compare with. */
#ifndef AIS_TESTS_ONNX_SAYS_H
#define AIS_TESTS_ONNX_SAYS_H
#include "onnx/onnx.h"

/* "y: float[N,4], z: seq int64" for the outputs ("?" for what is not known), or "error: <message> (<hint>)".
 * Ownership: the caller frees. */
char *onnx_says(const char *text, int opset, const ais_onnx_facts_options *options);
/* FLOPs of all nodes together. */
double onnx_says_flops(const char *text, int opset);
/* The model and its facts, for what else a test wants to know; all of it dies with clear. */
typedef struct onnx_said {
    ais_str bytes;
    ais_onnx_model *model;
    ais_onnx_facts *facts;
    ais_error *err; /* or NULL */
} onnx_said;
void onnx_said_read(const char *text, int opset, const ais_onnx_facts_options *options,
                    onnx_said *out);
void onnx_said_clear(onnx_said *said);
#endif
