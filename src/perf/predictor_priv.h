/* perf/predictor_priv - kinds of fitted models: one file and one row in predictor.c each.
 *
 * Layer: within perf. Threads: no shared state. */
#ifndef AIS_PERF_PREDICTOR_PRIV_H
#define AIS_PERF_PREDICTOR_PRIV_H
#include "perf/predictor.h"

typedef struct ais__predictor_kind {
    const char *name;
    const ais_doc_schema *schema; /* held against it before it is read */
    /* State of the model from its map; NULL when faults were added. Ownership: made in `arena`. */
    const void *(*read)(const ais_doc_node *node, ais_arena *arena, ais_diags *diags);
    double (*predict)(const ais_predictor *predictor, const ais_predictor_input *input);
    void (*bounds)(const ais_predictor *predictor, const ais_predictor_input *input, double to_rps,
                   double *low_s, double *high_s);
} ais__predictor_kind;

/* Of sums and products; a predicted time within the bounds may be off by so much of its largest term. */
#define AIS__PREDICTOR_ROUNDING 1e-12

extern const ais__predictor_kind ais__predictor_linear; /* predictor_linear.c */
extern const ais__predictor_kind ais__predictor_table;  /* predictor_table.c */
#endif
