/* serve/plan - what its files share. */
#ifndef AIS_SERVE_PLAN_PRIV_H
#define AIS_SERVE_PLAN_PRIV_H
#include "serve/plan.h"

/* Collect what annotations and candidate deployments ask for the nodes of the plan. */
void ais__plan_add_protections(const ais_app *app, ais_plan *plan);
/* Fill `goes_on` of every node, once the edges are there. */
void ais__plan_find_exits(const ais_app *app, ais_plan *plan);
#endif
