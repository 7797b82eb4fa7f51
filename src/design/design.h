/* design - from an application to its designs and deployments on disk.
 *
 * Layer: above app. Runs nothing of the application; compiles components written in C.
 * Units: files carry the units of their readers: thresholds in seconds.
 * Threads: one call at a time for one application directory. */
#ifndef AIS_DESIGN_DESIGN_H
#define AIS_DESIGN_DESIGN_H
#include "app/app.h"
#include "base/context.h"
#include "base/file.h"
#include "onnx/onnx.h"

enum { AIS_DESIGN_MAX_DEPLOYMENTS = 10000 };

typedef struct ais_design_options {
    ais_onnx_rule rule;
    size_t max_tensors;     /* that one cut may cross; 0 = 4 */
    bool no_verify;         /* do not run what is cut against the whole model */
    size_t max_deployments; /* to write, at most AIS_DESIGN_MAX_DEPLOYMENTS */
    bool dry_run;           /* change nothing; the report gets a `plan` */
    bool texts;             /* with dry_run: how text files would change, as unified diffs */
    const char
        *report; /* the file of a page that shows the design; NULL: none. Also in a dry run */
} ais_design_options;

/* What one run of design did, or would do. */
typedef struct ais_design_report {
    size_t designs, deployments;
    uint64_t deployment_total; /* how many there are; UINT64_MAX: more than can be counted */
    size_t compiled, reused;   /* components written in C: built now, or taken from the cache */
    bool production_reset; /* a production deployment that a later stage had changed was replaced */
    /* Of a dry run, as docs/design.md tells: "designs", "deployments", "files". Ownership: the caller
     * frees it. */
    ais_doc *plan;
} ais_design_report;

/* Write, below the application directory:
 *   common_config/annotations.yaml
 *   common_config/drift_detector/drift_detector_config.yaml     where a component watches a metric
 *   aisprint/designs/<component>/base/              a copy of src/<folder>, component.so compiled
 *   aisprint/designs/<component>/partition<N>_<K>/  one segment of a cut model, or of one with exits
 *   aisprint/designs/component_partitions.yaml
 *   aisprint/designs/security.yaml                  where protection is asked for
 *   aisprint/deployments/<name>/{application_dag.yaml,ams/,space4ai-d/,src/} and the tool folders
 *   aisprint/deployments/deployments.yaml           what each deployment chooses
 *   aisprint/deployments/optimal_deployment/production_deployment.yaml
 *   aisprint/deployments/multi_cluster_qos_constraints.yaml
 *   space4ai-d/qos_constraints.yaml
 *   space4ai-r/deployments_performance.yaml         where alternatives are ranked
 * and remove what the last design wrote and this one does not. All of it is prepared in
 * aisprint/.staging-* and changes together (journal.h): the application is as before or as after, also
 * when the program is killed, once a program has looked with ais_design_settle(). What other stages keep
 * in the tool folders of a deployment stays. The same input gives the same bytes.
 * Faults of C sources are added to `diags` with their position (rule "c-compile"), and what
 * ais__design_variants() and ais_design_performance() find.
 * Errors: AIS_E_INPUT, AIS_E_IO, AIS_E_EXISTS while another design runs, AIS_E_MISSING without a C
 * compiler. */
AIS_NODISCARD int ais_design(const ais_ctx *ctx, const ais_app *app,
                             const ais_design_options *options, ais_diags *diags,
                             ais_design_report *report, ais_error **err);

/* Finish a design that was cut off while it was put in place, and remove what killed ones have left. Whoever
 * reads what design writes calls it first. Quick when there is nothing to do; waits for a design that is
 * just being put in place. Errors: AIS_E_IO, AIS_E_INPUT. */
AIS_NODISCARD int ais_design_settle(const char *app_dir, ais_error **err);

/* Add the words that the C compiler's command line begins with: CC, which may hold arguments, or cc. */
void ais_design_find_compiler(const ais_ctx *ctx, ais_names *words);

/* Write the layout of a new application: components in a chain, each passing items on, all checks
 * passed, ready to run. `dir` is the folder to make; its last element is the application's name.
 * Errors: AIS_E_EXISTS when the folder is there, AIS_E_USAGE for names that cannot be used. */
AIS_NODISCARD int ais_design_new(const char *dir, const char *const *components,
                                 size_t component_count, ais_language language, ais_error **err);
#endif
