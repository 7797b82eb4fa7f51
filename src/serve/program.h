/* serve/program - from a plan to what its workers are started with: words and environment.
 *
 * Layer: above plan and worker. Threads: no shared state. */
#ifndef AIS_SERVE_PROGRAM_H
#define AIS_SERVE_PROGRAM_H
#include "serve/plan.h"
#include "serve/worker.h"

/* One spec for each node of the plan, all of it in `arena`; the plan must outlive it. Looks for Python
 * only when a component is written in it, and for aisprint-worker likewise.
 * Errors: AIS_E_MISSING. */
AIS_NODISCARD int ais_program_prepare(const ais_ctx *ctx, const ais_plan *plan, ais_arena *arena,
                                      ais_worker_spec **out, ais_error **err);
#endif
