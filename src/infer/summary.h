/* infer/summary - a tensor in a few numbers.
 *
 * Layer: above tensors. Threads: no shared state. */
#ifndef AIS_INFER_SUMMARY_H
#define AIS_INFER_SUMMARY_H
#include "infer/infer.h"

typedef struct ais_summary {
    size_t count;          /* of elements */
    size_t odd;            /* of them NaN or infinite; the numbers below leave them out */
    double min, max, mean; /* NaN when there is no element */
} ais_summary;
ais_summary ais_tensor_summarize(const ais_tensor *tensor);
/* Append "float32[1,3,480,640]". */
void ais_tensor_write_layout(const ais_tensor *tensor, ais_str *out);
#endif
