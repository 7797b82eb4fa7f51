/* design - from an application to its designs and deployments on disk.
 *
 * Layer: above app. Runs nothing of the application; compiles components written in C.
 * Does today: the base design of every component and the base deployment, with its constraints.
 * Units: files carry the units of their readers: thresholds in seconds.
 * Threads: one call at a time for one application directory. */
#ifndef AIS_DESIGN_DESIGN_H
#define AIS_DESIGN_DESIGN_H
#include "app/app.h"
#include "base/context.h"
#include "base/file.h"
#include "onnx/onnx.h"

typedef struct ais_design_options {
    ais_onnx_rule rule; /* how cuts are chosen and written */
    size_t max_tensors; /* that one cut may cross; 0 = 4 */
    bool no_verify;     /* do not run what is cut against the whole model */
} ais_design_options;

/* What one run of design did. */
typedef struct ais_design_report {
    size_t designs, deployments;
    size_t compiled, reused; /* components written in C: built now, or taken from the cache */
    bool production_reset; /* a production deployment that a later stage had changed was replaced */
} ais_design_report;

/* Write, below the application directory:
 *   common_config/annotations.yaml
 *   aisprint/designs/<component>/base/              a copy of src/<folder>, component.so compiled
 *   aisprint/designs/component_partitions.yaml
 *   aisprint/deployments/base/{application_dag.yaml,ams/,space4ai-d/,src/} and the tool folders
 *   aisprint/deployments/optimal_deployment/production_deployment.yaml
 *   aisprint/deployments/multi_cluster_qos_constraints.yaml
 *   space4ai-d/qos_constraints.yaml
 * All of it is prepared in aisprint/.staging-* first, and a failure there leaves everything as it was.
 * Then each part takes its place whole; when one cannot (a folder that may not be written), parts
 * before it are new and parts behind it old, and the next run mends it. What other stages keep in the
 * tool folders of a deployment stays. The same input gives the same bytes.
 * Faults of C sources are added to `diags` with their position (rule "c-compile").
 * Errors: AIS_E_INPUT, AIS_E_IO, AIS_E_MISSING without a C compiler. */
AIS_NODISCARD int ais_design(const ais_ctx *ctx, const ais_app *app,
                             const ais_design_options *options, ais_diags *diags,
                             ais_design_report *report, ais_error **err);

/* Add the words that the C compiler's command line begins with: CC, which may hold arguments, or cc. */
void ais_design_find_compiler(const ais_ctx *ctx, ais_names *words);

/* Write the layout of a new application: components in a chain, each passing items on, all checks
 * passed, ready to run. `dir` is the folder to make; its last element is the application's name.
 * Errors: AIS_E_EXISTS when the folder is there, AIS_E_USAGE for names that cannot be used. */
AIS_NODISCARD int ais_design_new(const char *dir, const char *const *components,
                                 size_t component_count, ais_language language, ais_error **err);
#endif
