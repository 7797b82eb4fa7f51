/* design/partition - what a component's model is cut into: the cuts that are chosen, or its exits.
 *
 * Layer: within design; above app and onnx. Writes nothing. */
#ifndef AIS_DESIGN_PARTITION_H
#define AIS_DESIGN_PARTITION_H
#include "app/app.h"
#include "design/variants.h"
#include "onnx/onnx.h"

/* One chain of parts to make. */
typedef struct ais__partition {
    size_t part_count;
    const ais_onnx_part *parts;  /* of the model, in the order of the chain */
    const double *goes_on;       /* by part: see ais_variant */
    const ais_onnx_chain *chain; /* NULL for exits */
} ais__partition;

typedef struct ais__partitions {
    const char *onnx_file;     /* as the annotation names it: "net.onnx" */
    ais_pos pos;               /* of that name, for faults */
    const char *condition;     /* condition_function; NULL for cuts */
    char *model_path;          /* "<app>/src/filter/onnx/net.onnx", in the arena */
    ais_component_variants of; /* model, facts, cuts, exits: the caller frees them */
    const ais__partition *items;
    size_t count; /* 0: the component stays whole */
} ais__partitions;

/* Read the model that the component's annotation names, and choose. Without such an annotation `*out` is
 * empty. What cannot be cut, cuts that are fewer than asked for, and exits that were guessed are
 * warnings in `diags` (rules "no-cut", "few-cuts", "guessed-exits"); a model or table that makes no sense
 * is an error there, and `*out` has no items then. */
void ais__design_choose(const ais_app *app, size_t component, const ais__variants_options *options,
                        ais_arena *arena, ais_diags *diags, ais__partitions *out);
#endif
