/* design/variant - the variants of each component: base, and the segments of its cuts or exits.
 *
 * variants.c makes them (models cut, code split, verified) in the staging folder; what comes after
 * (deployments, constraints, reports) reads only these structs.
 * Units: probabilities. Ownership: everything belongs to its ais_variants; free with ais_variants_free(). */
#ifndef AIS_DESIGN_VARIANT_H
#define AIS_DESIGN_VARIANT_H
#include "app/app.h"
#include "onnx/onnx.h"

/* One design: what runs as one program. */
typedef struct ais_variant {
    size_t component;
    const char *name;      /* "base", "partition1_2": its folder below designs/<component>/ */
    const char *dag_name;  /* in the graph of a deployment: "filter", "filter_partition1_2" */
    size_t candidate;      /* its entry in candidate_deployments.yaml, or AIS_NONE */
    const char *onnx_file; /* "onnx/partition1_2.onnx"; NULL without a model */
    /* Early exits: the probability that an item goes on to the next segment; it leaves with 1 - this.
     * 1 for segments of a cut (they always go on); 0 for the last segment. */
    double goes_on;
} ais_variant;

/* How far a chain of segments is from the whole model, over all inputs tried. */
typedef struct ais_variant_proof {
    bool verified;             /* false: not tried */
    bool remembered;           /* by the cache: the same files were verified before */
    double absolute, relative; /* largest differences */
} ais_variant_proof;

/* One way to have a component: whole, or in one chain of segments. */
typedef struct ais_variant_group {
    size_t component;
    const char *name; /* "base", "partition1" */
    bool has_exits;
    const ais_variant *segments; /* in the order of the chain; base: one */
    size_t segment_count;
    const ais_onnx_chain *chain; /* where the model is cut; NULL for base and exits */
    ais_variant_proof proof;     /* of what is not base */
} ais_variant_group;

typedef struct ais_component_variants {
    const ais_variant_group *groups; /* base first, then partition1, partition2, ... */
    size_t group_count;
    /* The whole model of a component that may be cut or has exits, and where that is; else NULL. */
    ais_onnx_model *model;
    ais_onnx_facts *facts;
    ais_onnx_cuts *cuts;   /* all of its cuts; NULL with exits */
    ais_onnx_exits *exits; /* NULL without */
} ais_component_variants;

typedef struct ais_variants {
    const ais_component_variants *components; /* as app->components, alternatives included */
    size_t component_count;
    ais_arena *arena;
} ais_variants;
void ais_variants_free(ais_variants *variants);
AIS_DEFINE_AUTO(ais_variants)
#endif
