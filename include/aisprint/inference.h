/* aisprint/inference.h - one call for a component: run its model on a bundle.
 *
 * A component that runs its model with ais_load_and_inference() can be cut in two by `aisprint design`:
 * what is in `input` and is no input of the model goes with the results, so code behind the call finds
 * it in `returned`, also when that code runs elsewhere.
 * Threads: may be called by many threads at a time. */
#ifndef AISPRINT_INFERENCE_H
#define AISPRINT_INFERENCE_H
#include "aisprint/bundle.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Run the model `onnx_file` on the tensors of `input` that are named like the model's inputs.
 *
 * `*returned` holds the model's outputs by name and every tensor and text of `input` that is no input
 * of the model; the inputs too when the text "keep" is true. An output takes the place of a tensor or
 * text of its name. `*result` lists the outputs in the model's order.
 *
 * `outputs`, a list of names that ends with NULL, chooses: `*result` has these outputs only, in this
 * order, and `*returned` all others. NULL means all in both.
 *
 * The model is loaded at the first call and kept (see ais_session_open()); AISPRINT_THREADS in the
 * environment says how many threads one run uses, 1 if it does not.
 *
 * Ownership: the caller frees `*returned` and `*result`, in any order; either may be NULL when it is
 * not wanted. Nothing is copied: `*returned` keeps the run alive, and `input` if that was read from a
 * file, so these may be freed before it. What was put into `input` with ais_bundle_add() is memory of
 * the caller, and must live until `*returned` is written or freed.
 * Errors: AIS_E_INPUT naming the inputs that `input` lacks, an input of the wrong type or shape, a name
 * in `outputs` that the model does not have; those of ais_session_open(). */
AIS_PUBLIC AIS_NODISCARD int ais_load_and_inference(const char *onnx_file, const ais_bundle *input,
                                                    const char *const *outputs,
                                                    ais_bundle **returned, ais_run **result,
                                                    ais_error **err);

#ifdef __cplusplus
}
#endif
#endif
