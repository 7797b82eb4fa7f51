/* aisprint/segment.h - what the segments of a component written in C call.
 *
 * `aisprint design` writes these calls into the sources that it makes from a component which it cuts in
 * two or more. What travels from one segment to the next is one bundle: what ais_load_and_inference()
 * returned.
 * Threads: as the entry function of a component. */
#ifndef AISPRINT_SEGMENT_H
#define AISPRINT_SEGMENT_H
#include "aisprint/component.h"
#include "aisprint/inference.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a segment with an early exit appends to the path of an item that does not leave there. */
#define AIS_SEGMENT_GOES_ON "_NO_EARLYEXIT"

/* What the segment before wrote to `call->input`. Ownership: the caller frees `*out`.
 * Errors: those of ais_bundle_read(). */
AIS_PUBLIC AIS_NODISCARD int ais_segment_read(const ais_component_call *call, ais_bundle **out,
                                              ais_error **err);

/* Write what the next segment needs to `call->output`. The segment ends there, by its own way out of an
 * error: always returns -1, with AIS_E_GOES_ON when all is well, which whoever called the entry takes for
 * success.
 * Errors: those of ais_bundle_write(). */
AIS_PUBLIC int ais_segment_send(const ais_component_call *call, const ais_bundle *returned,
                                ais_error **err);
/* The same of an item that does not leave at this early exit: the path says so.
 * Errors: as above. */
AIS_PUBLIC int ais_segment_pass_on(const ais_component_call *call, const ais_bundle *returned,
                                   ais_error **err);

/* All of a segment between two cuts: read, run `onnx_file` (or `call->onnx_file` when it is given), write.
 * Errors: those of what it calls. */
AIS_PUBLIC AIS_NODISCARD int ais_segment_pass(const ais_component_call *call, const char *onnx_file,
                                              ais_error **err);

#ifdef __cplusplus
}
#endif
#endif
