/* performance - what loading and ranking share. */
#ifndef AIS_DESIGN_PERFORMANCE_PRIV_H
#define AIS_DESIGN_PERFORMANCE_PRIV_H
#include "base/map.h"
#include "design/cascade.h"
#include "design/performance.h"

/* A component of the chain, or an alternative to one. */
typedef struct ais__performance_model {
    bool is_read;
    ais_confusion confusion;
    size_t filtered; /* of a filter: index of the class that it drops */
} ais__performance_model;

typedef struct ais__performance {
    const ais_app *app;
    ais_diags *diags;
    ais_arena *arena; /* the result's */
    const size_t *chain;
    size_t chain_count;
    ais__performance_model *models; /* by component; those outside of the chain stay empty */
    const ais_metric *metric;
    const ais_doc_node *threshold; /* or NULL */
    ais_map *weights;              /* class -> const double *; NULL: all count the same */
    const char *weights_file;
} ais__performance;

/* Read the chain's matrices, its metric and the class weights into `p`, and check them against each
 * other. 1 when there is something to rank by, 0 when not, -1 for faults. */
int ais__performance_load(ais__performance *p);
#endif
