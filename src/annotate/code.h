/* annotate/code - from the source of one component to the sources of its segments.
 *
 * A component that runs its model with load_and_inference() is split there: the first segment runs what comes
 * before and its part of the model, the last one its part and what comes after, those in between only theirs.
 * What travels between them is a bundle (safetensors; see aisprint/bundle.h).
 * Made from the syntax tree; the source is never executed. The texts are short and meant to be read.
 * Layer: above doc; knows no application, writes no file.
 * Threads: no shared state. */
#ifndef AIS_ANNOTATE_CODE_H
#define AIS_ANNOTATE_CODE_H
#include "aisprint/segment.h"
#include "annotate/annotate.h"

/* One segment that is asked for. */
typedef struct ais_code_segment {
    const char *name;      /* "partition1_2": of its folder */
    const char *onnx_file; /* "partition1_2.onnx": in its folder onnx/ */
    /* Early exits: names of the outputs of this segment's exit head; count 0 = no exit here. */
    const char *const *exit_outputs;
    size_t exit_output_count;
} ais_code_segment;

typedef struct ais_code_request {
    const char *path; /* of the source, for messages */
    const char *text; /* its content, UTF-8 */
    ais_language language;
    const char *entry;                /* the annotated function */
    const char *onnx_file;            /* the whole model, as the annotation names it: "net.onnx" */
    const char *condition_function;   /* early exits: true = the item leaves here; else NULL */
    const ais_code_segment *segments; /* in the order of the chain, at least two */
    size_t segment_count;
} ais_code_request;

/* The text of each segment's main.py (or .c file), in the order of the request.
 * Ownership: in `arena`. `texts` has room for segment_count.
 * Errors: every reason why the source cannot be split is added to `diags` with its position (rules
 * "code-no-call", "code-calls", "code-condition", "code-forward", ...); -1 then. */
AIS_NODISCARD int ais_code_split(const ais_code_request *request, ais_arena *arena,
                                 const char **texts, ais_diags *diags);
/* The same checks without making anything: for `aisprint check`. `segments` may be NULL.
 * Errors: as above. */
AIS_NODISCARD int ais_code_check(const ais_code_request *request, ais_diags *diags);

/* What an early-exit segment appends to the name of an item that goes on to the next segment, as AI-SPRINT
 * Studio has it; later segments strip it. */
#define AIS_CODE_GOES_ON AIS_SEGMENT_GOES_ON
#endif
