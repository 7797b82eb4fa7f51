/* aisprint/inference.h - load_and_inference() for components written in C.
 *
 * A component that runs its model through this call can be cut there: `aisprint design` puts what comes
 * before it and the first part of the model into one segment, the rest of the model and what comes after
 * into another. What travels between the two is `returned`, a bundle (see bundle.h).
 * Threads: may be called by many threads at a time. */
#ifndef AISPRINT_INFERENCE_H
#define AISPRINT_INFERENCE_H
#include "aisprint/bundle.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Run the model `onnx_file` on the tensors of `input` that are named like its inputs. The model is kept
 * loaded between calls, and loaded anew when the file has changed.
 * `outputs`, a list that ends with NULL, says which of the model's outputs `*result` holds, in which
 * order; NULL: all, in the model's order.
 * `*returned` is a new bundle of all outputs by name and of every entry of `input` that is no input of the
 * model; put into `input` what later code needs. With the text "keep" of `input` being `true`, the inputs are
 * in it as well. An output takes the place of an entry of the same name. May be NULL when nobody needs it.
 * Ownership: the caller frees `*returned` (ais_bundle_free) and `*result` (ais_run_free). Tensors of
 * `*returned` lie where `input` and `*result` have them, so free it first.
 * Errors: AIS_E_INPUT naming the inputs that are missing, have another type or shape, or an output that
 * the model does not have; those of ais_session_open(). */
AIS_PUBLIC AIS_NODISCARD int ais_load_and_inference(const char *onnx_file, const ais_bundle *input,
                                                    const char *const *outputs,
                                                    ais_bundle **returned, ais_run **result,
                                                    ais_error **err);

#ifdef __cplusplus
}
#endif
#endif
