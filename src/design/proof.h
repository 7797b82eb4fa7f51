/* design/proof - that a chain of segments gives what its whole model gives, remembered.
 *
 * Running a model takes longer than all the rest of design, so what was verified is noted in the
 * application's cache, under a hash of the whole model, the parts, the options and the versions.
 * Layer: within design; above infer. */
#ifndef AIS_DESIGN_PROOF_H
#define AIS_DESIGN_PROOF_H
#include "design/variant.h"
#include "design/verify.h"

/* The whole model of one component, opened and run when the first chain asks for it. */
typedef struct ais__prover ais__prover;
/* `cache` is a folder; without `remembers` it is read only. What is given must outlive the prover. */
ais__prover *ais__prover_new(const ais_ctx *ctx, const char *cache, bool remembers,
                             const ais_infer_status *library, const ais_onnx_model *whole);
void ais__prover_free(ais__prover *prover);
AIS_DEFINE_AUTO(ais__prover)

typedef enum ais__verdict {
    AIS__VERDICT_EQUAL,
    AIS__VERDICT_DIFFERENT,
    AIS__VERDICT_UNKNOWN /* the model runs with nothing that was tried, or throws dice */
} ais__verdict;

/* Verify the chain `parts`. `*why` (in `arena`) says what differs, or why it is not known.
 * Errors: AIS_E_IO, AIS_E_INTERRUPTED, AIS_E_INPUT for a part that cannot be run at all. */
AIS_NODISCARD int ais__prover_check(ais__prover *prover, const char *const *parts,
                                    size_t part_count, ais_arena *arena, ais__verdict *verdict,
                                    ais_variant_proof *proof, const char **why, ais_error **err);
#endif
