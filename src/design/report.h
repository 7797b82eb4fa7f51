/* design/report - one page that shows what design made: the application's graph; for each model that may be cut
 * its curve of bytes and work along the depth, all cuts and the chosen ones; the deployments.
 *
 * Layer: within design. Draws only; report_model.c has the curves. Threads: no shared state. */
#ifndef AIS_DESIGN_REPORT_H
#define AIS_DESIGN_REPORT_H
#include "design/design.h"
#include "design/variant.h"

/* A row of the table of deployments. */
typedef struct ais_report_deployment {
    const char *name;    /* "deployment1" */
    const char *designs; /* what is not base: "classifier: partition1" */
    const char *layers;  /* "filter 1, classifier_partition1_1 2, ..." */
} ais_report_deployment;

typedef struct ais_report_input {
    const ais_app *app;
    const ais_variants *variants;
    const ais_report_deployment *deployments; /* those that were written */
    size_t deployment_count;
    size_t deployment_total; /* how many there are */
} ais_report_input;

/* Write the page atomically, and the folder for it. Errors: AIS_E_IO. */
AIS_NODISCARD int ais__design_write_report(const ais_report_input *input, const char *path,
                                           ais_error **err);
#endif
