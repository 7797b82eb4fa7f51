/* serve - runs an application on this machine: one warm process a component, files handed on by
 * rename, everything timed.
 *
 * The parts, each usable without those below it: worker (one process) <- pool (those of a component)
 * <- executor (the graph) <- this file (input files, result folder, measurements).
 * Layer: above app; prints nothing. Units: seconds, items per second.
 * Threads: one call at a time. */
#ifndef AIS_SERVE_SERVE_H
#define AIS_SERVE_SERVE_H
#include "app/app.h"
#include "base/context.h"
#include "serve/record.h"
#include "serve/score.h"

enum { AIS_RUN_FAILURES_KEPT = 1000 };

typedef struct ais_run_options {
    const char *deployment;    /* "base" */
    const char *input;         /* a file, or a folder of files */
    const char *output;        /* folder; made when it is not there */
    size_t parallel;           /* processes a component; > 0 */
    bool cold;                 /* a fresh process for each item and component */
    double timeout_s;          /* per item and component; 0 = none */
    bool require_security;     /* refuse to run what asks for protections that are not enforced */
    bool replace;              /* remove results of an earlier run from `output` */
    const char *labels;        /* CSV file, or NULL */
    const char *dropped_label; /* items of this label are rightly dropped; NULL = none are */
} ais_run_options;

/* An item that failed. Texts in the result's arena. */
typedef struct ais_run_failure {
    const char *component, *item, *code, *error;
} ais_run_failure;

typedef struct ais_run_result {
    ais_plan *plan;
    ais_record *record;
    const char *output; /* absolute */
    size_t parallel;
    bool cold;
    size_t items;     /* that were to be processed; ok + failed + dropped unless it was stopped */
    double startup_s; /* until all workers were ready */
    double wall_s;    /* from then until the last item was done */
    double began_s;   /* since 1970 */
    bool interrupted;
    size_t *restarts;          /* of each component's processes */
    ais_run_failure *failures; /* the first AIS_RUN_FAILURES_KEPT */
    size_t failure_count, failure_capacity;
    ais_score *score; /* NULL without labels */
    ais_arena *arena;
} ais_run_result;

/* Run all items through the graph. Warnings (a stale design, protections that are asked for) are logged
 * before anything starts.
 * An item that fails is no error here: it is in the result, and kept in OUT/failed. With AIS_E_INTERRUPTED
 * and with errors during the run `*out` is set all the same: what was finished until then; NULL before.
 * Errors: AIS_E_INPUT (no design, wrong input), AIS_E_EXISTS (results are there), AIS_E_REFUSED
 * (require_security), AIS_E_MISSING (no Python), AIS_E_COMPONENT (one cannot be started, or no
 * longer), AIS_E_LIMIT (open files), AIS_E_IO, AIS_E_INTERRUPTED.
 * Ownership: the caller frees `*out`. */
AIS_NODISCARD int ais_serve_run(const ais_ctx *ctx, const ais_app *app,
                                const ais_run_options *options, ais_run_result **out,
                                ais_error **err);
void ais_run_result_free(ais_run_result *result);
AIS_DEFINE_AUTO(ais_run_result)

/* `{items, ok, failed, dropped, wall_s, ...}`, made in `doc`; docs/run.md lists the keys. */
ais_doc_node *ais_run_result_to_node(const ais_run_result *result, ais_doc *doc);
/* A table for people, with a final newline. */
void ais_run_result_write_text(const ais_run_result *result, ais_str *out);
/* One HTML file that needs no other, with plots; its folder is made. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_run_result_write_report(const ais_run_result *result, const char *path,
                                              ais_error **err);
#endif
