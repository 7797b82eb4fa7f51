/* design/verify - does a chain of models give what the whole model gives?
 *
 * Both are run on edge cases (zeros, ones, large and small values) and on random inputs, and every output
 * is compared element by element: |chain - whole| <= atol + rtol * |whole|, NaN and infinities in the
 * same places, types and shapes equal. Types of 16 bits are granted two units in the last place.
 * Parts are fed by name: from the inputs of the whole, or from what a part before gave. An output of the
 * whole may come from any part (early exits).
 * Layer: within design; above infer. Threads: a verifier belongs to one thread at a time. */
#ifndef AIS_DESIGN_VERIFY_H
#define AIS_DESIGN_VERIFY_H
#include "base/context.h"
#include "infer/infer.h"
#include "onnx/onnx.h"

typedef struct ais_verify_options {
    double rtol, atol;
    size_t runs; /* with random inputs, besides the edge cases */
    double
        limit_s; /* once the whole model has run so long, no more inputs are tried; 0 = all are */
    uint64_t seed;
    const ais_onnx_size *sizes; /* of open sizes of the whole model: --dim NAME=N */
    size_t size_count;
    const ais_ctx *ctx; /* whose user may want us to stop, between two runs; NULL = nobody */
} ais_verify_options;
/* rtol 1e-4, atol 1e-5, 5 random inputs, seed 0. */
ais_verify_options ais_verify_defaults(void);

typedef struct ais_verify_output {
    const char *name;
    /* Largest differences over all inputs: |chain - whole|, and that divided by |whole| where whole is
     * not 0. Infinite where only one is finite, or shapes or types differ. */
    double absolute, relative;
    const char *fault; /* the first one, as a sentence; NULL when it is equal */
} ais_verify_output;

typedef struct ais_verify_result {
    bool equal;
    bool flat;     /* no output of the whole changes by more than atol: to be equal says little */
    bool unsteady; /* the whole model differs from itself: it has a random operator */
    double absolute, relative;        /* the largest of all outputs */
    const ais_verify_output *outputs; /* in the order of the whole model's outputs */
    size_t output_count;
    size_t inputs;           /* sets of inputs that were compared */
    size_t refused;          /* sets that the whole model refuses: they say nothing */
    const char *fault;       /* the first one of all, NULL when equal */
    double whole_s, chain_s; /* of the fastest run */
    ais_arena *arena;
} ais_verify_result;
void ais_verify_result_free(ais_verify_result *result);
AIS_DEFINE_AUTO(ais_verify_result)

typedef struct ais_verifier ais_verifier;
/* Open the whole model and run it on all inputs; its results are kept, so that many chains may be held
 * against them.
 * Errors: AIS_E_MISSING without an inference library, AIS_E_INPUT when the model cannot be run or accepts
 * nothing that was tried (the hint says what to give), AIS_E_INTERRUPTED. */
AIS_NODISCARD int ais_verifier_new(const char *whole, const ais_verify_options *options,
                                   ais_verifier **out, ais_error **err);
void ais_verifier_free(ais_verifier *verifier);
AIS_DEFINE_AUTO(ais_verifier)

/* Run the models `parts` in a row. Differences are no errors: they are in the result.
 * Errors: AIS_E_INPUT for a part that cannot be loaded, wants what no part before it gives, or when an
 * output of the whole is given by none; AIS_E_INTERRUPTED. Ownership: the caller frees `*out`. */
AIS_NODISCARD int ais_verifier_check(ais_verifier *verifier, const char *const *parts,
                                     size_t part_count, ais_verify_result **out, ais_error **err);
#endif
