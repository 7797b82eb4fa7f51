/* design/production - production_deployment.yaml: which resource each container runs on.
 *
 * The tree of candidate_resources.yaml cut down to what is in use, and the entries of
 * candidate_deployments.yaml with a resource in the place of the candidates.
 * Layer: within design; above app. Threads: no shared state. */
#ifndef AIS_DESIGN_PRODUCTION_H
#define AIS_DESIGN_PRODUCTION_H
#include "app/app.h"

/* One program: a whole component, or one segment. */
typedef struct ais_production_unit {
    const ais_app_candidate *candidate; /* its entry */
    int64_t layer;                      /* where it runs */
    const char *const *resources;       /* by container of the entry: a resource of that layer */
} ais_production_unit;

typedef struct ais_production {
    const ais_production_unit *units; /* one a component, or as many as it has segments */
    size_t unit_count;
    const size_t *machines; /* by resource of the application: its totalNodes; NULL: as they are */
} ais_production;

/* "Components": entries in the order of the units. `layer_last`: as SPACE4AI-D writes it. Made in `doc`. */
ais_doc_node *ais_production_components(const ais_app *app, const ais_production *production,
                                        bool layer_last, ais_doc *doc);
/* "NetworkDomains": layers and resources in use; domains without layers of their own stay. Made in `doc`. */
ais_doc_node *ais_production_domains(const ais_app *app, const ais_production *production,
                                     ais_doc *doc);
#endif
