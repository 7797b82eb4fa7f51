/* serve/results - the folder in which a run leaves what came out of it.
 *
 *   OUT/<last component>/<item>              results; a name that is taken becomes <item>~2, ...
 *   OUT/failed/<component>/<item>            what a component failed on, and
 *   OUT/failed/<component>/<item>.error.txt  why
 *   OUT/logs/<component>.log                 what its processes printed, if anything
 *
 * Nothing is ever overwritten. Files get there by rename, or by link when they are the user's.
 * Layer: above space, plan and executor. Threads: one. */
#ifndef AIS_SERVE_RESULTS_H
#define AIS_SERVE_RESULTS_H
#include "serve/executor.h"

typedef struct ais_results ais_results;

/* Make the folder `out`, and refuse what is in the way: AIS_E_EXISTS when it holds results of an
 * earlier run and `replace` is not set, or when another run is writing there (the folder is locked until
 * the results are freed); AIS_E_USAGE when `input` (absolute) lies in what `replace` would remove, or
 * results would lie among the application's own files. Nothing is removed yet. Errors: also AIS_E_IO,
 * AIS_E_INPUT for a component whose name is one of ours. `plan` is borrowed. Ownership: the caller frees. */
AIS_NODISCARD int ais_results_open(const char *out, const ais_plan *plan, const char *input,
                                   bool replace, ais_results **results, ais_error **err);
void ais_results_free(ais_results *results);
AIS_DEFINE_AUTO(ais_results)
/* With `replace`, remove results of an earlier run; make the folders of this one. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_results_begin(ais_results *results, ais_error **err);
/* The absolute path of OUT; borrowed. */
const char *ais_results_get_path(const ais_results *results);

/* Take one result out of the space; `*as` (may be NULL; the caller frees) receives its name there.
 * Errors: AIS_E_IO. */
AIS_NODISCARD int ais_results_keep(ais_results *results, const ais_space *space, size_t node,
                                   const char *path, const char *name, char **as, ais_error **err);
/* Keep a failed item and the reason. Errors: AIS_E_IO; what could be kept is kept. */
AIS_NODISCARD int ais_results_keep_failed(ais_results *results, const ais_space *space,
                                          const ais_failure *failure, ais_error **err);
/* Move a log that is not empty to OUT/logs. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_results_keep_log(ais_results *results, const ais_space *space,
                                       const char *path, ais_error **err);
#endif
