/* design/variants - make the designs of every component in a staging folder.
 *
 * Layer: within design; includes onnx (cuts, exits), annotate/code (segments of sources), infer (verifying).
 * Start at variants.c; partition.c decides what a component is cut into, segment.c writes one segment.
 * Threads: one call at a time for one application. */
#ifndef AIS_DESIGN_VARIANTS_H
#define AIS_DESIGN_VARIANTS_H
#include "base/context.h"
#include "design/design.h"
#include "design/variant.h"

typedef struct ais__variants_options {
    ais_onnx_rule rule;
    size_t max_tensors; /* that one cut may cross; 0 = 4 */
    bool verify;        /* run every chain against its whole model, where a library is */
} ais__variants_options;

/* Write below `staging`:
 *   designs/<component>/base/                      a copy of src/<folder>, component.so compiled
 *   designs/<component>/partition<N>_<K>/          one segment: own source, onnx/partition<N>_<K>.onnx, and
 *                                                  all else of base but its onnx/, as hard links
 *   designs/component_partitions.yaml
 * Faults of sources, models and early_exits.csv, cuts that do not give what the whole model gives, and
 * (as warnings) what could not be cut or verified are added to `diags` with their position; what could
 * be made is made all the same, so the caller looks at `diags`. Counts are added to `report`.
 * Errors: AIS_E_IO, AIS_E_MISSING without a C compiler. */
AIS_NODISCARD int ais__design_variants(const ais_ctx *ctx, const ais_app *app,
                                       const ais__variants_options *options, const char *staging,
                                       ais_diags *diags, ais_design_report *report,
                                       ais_variants **out, ais_error **err);
#endif
