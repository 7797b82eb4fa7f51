/* design/segment - the folder of one segment: what it shares with base, its own source, its part of the model.
 *
 * Layer: within design. */
#ifndef AIS_DESIGN_SEGMENT_H
#define AIS_DESIGN_SEGMENT_H
#include "design/partition.h"

/* What all segments of one component share. */
typedef struct ais__segments {
    const ais_ctx *ctx;
    const ais_app *app;
    size_t component;
    const ais__variants_options *options;
    const char *dir;         /* "<staging>/designs/filter", in which base/ is */
    const char *source_text; /* of the component's annotated file */
    const ais__partitions *chosen;
    ais_arena *arena;
    ais_diags *diags;
    ais_design_report *report;
} ais__segments;

/* The sources of the segments of one chain, or -1 and faults in `diags`. `texts` has room for all. */
AIS_NODISCARD int ais__segments_split(const ais__segments *s, const ais__partition *partition,
                                      const ais_variant *variants, const char **texts);
/* Make the folder of one segment. Errors: AIS_E_IO, AIS_E_INPUT for a part that cannot be written,
 * AIS_E_MISSING without a C compiler. */
AIS_NODISCARD int ais__segments_make(const ais__segments *s, const ais_onnx_part *part,
                                     const ais_variant *variant, const char *text, ais_error **err);
#endif
