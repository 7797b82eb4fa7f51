/* What deployments.c and dag.c share. */
#ifndef AIS_DESIGN_DEPLOYMENT_PRIV_H
#define AIS_DESIGN_DEPLOYMENT_PRIV_H
#include "design/deployment.h"

/* Make units and edges from the choices; `layers`: of each segment, by base component; `probabilities`:
 * of the application's edges, NULL for their own. */
void ais__deployment_connect(const ais_app *app, const int64_t *const *layers,
                             const double *probabilities, ais_deployment *deployment);
#endif
