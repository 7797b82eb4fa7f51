/* serve/executor - moves items through the graph of a plan: gives them to workers, follows what these
 * write, tells a sink what came out.
 *
 * An item that is admitted starts a session; each file that a component writes is an item for its
 * successors, in the same session. A session ends when none of its items is left. A component gets one
 * item for each file that any predecessor sends it: a join does not wait for the others.
 * Back-pressure: can_admit() says no while the first components are busy or another's queue is long,
 * so that time through the graph is not time in queues; inner queues may grow (one item can become
 * many), so no graph can block itself.
 * Layer: above pool, space and plan; knows neither where items come from nor where results go.
 * Units: seconds of ctx->monotonic_s. Threads: the one of the loop. */
#ifndef AIS_SERVE_EXECUTOR_H
#define AIS_SERVE_EXECUTOR_H
#include "serve/plan.h"
#include "serve/pool.h"
#include "serve/space.h"

typedef enum ais_outcome {
    AIS_OUTCOME_OK,      /* something came out at the end, nothing failed */
    AIS_OUTCOME_DROPPED, /* components wrote nothing more */
    AIS_OUTCOME_FAILED   /* one of its items failed */
} ais_outcome;

/* One component has worked on one item. */
typedef struct ais_hop {
    size_t node;
    bool ok, dropped;       /* dropped: it was fine, and wrote nothing */
    double given_s, took_s; /* moment of dispatch; from dispatch to reply */
    double function_s;      /* in the user's function; NAN when not known */
    double handling_s;      /* spent by us on this item: before the dispatch and after the reply */
} ais_hop;

typedef struct ais_failure {
    size_t node;
    const char *name; /* of the item */
    const char *path; /* its file, absolute; it may be gone */
    bool ours;        /* the file lies in the space and may be moved away; else it is the user's */
    ais_error_code code;
    const char *message;
} ais_failure;

typedef struct ais_session_end {
    ais_outcome outcome;
    double admitted_s, ended_s;
    /* For each node: first dispatch, last reply; NAN where it never came. */
    const double *given_s, *replied_s;
} ais_session_end;

/* What becomes of what comes out. `tag` is what was given to ais_executor_admit(). */
typedef struct ais_sink {
    /* A file (`path`, relative to the space) of a component without successors: take it away.
     * Errors: the item counts as failed. */
    int (*result)(void *data, size_t tag, size_t node, const char *path, const char *name,
                  ais_error **err);
    void (*failed)(void *data, size_t tag, const ais_failure *failure);
    void (*hop)(void *data, size_t tag, const ais_hop *hop);
    void (*ended)(void *data, size_t tag, const ais_session_end *end);
} ais_sink;

typedef struct ais_executor_options {
    size_t workers; /* processes of each component */
    bool cold;
    double timeout_s; /* per item and component; 0 = none */
} ais_executor_options;

typedef struct ais_executor ais_executor;

/* `specs` has one entry for each node (log_path is not used). All is borrowed but `options`.
 * Ownership: the caller frees, before the loop and the space. */
ais_executor *ais_executor_new(const ais_ctx *ctx, ais_loop *loop, ais_space *space,
                               const ais_plan *plan, const ais_worker_spec *specs,
                               const ais_executor_options *options, const ais_sink *sink,
                               void *data);
/* Kills all workers; sessions that still live are forgotten. */
void ais_executor_free(ais_executor *executor);
AIS_DEFINE_AUTO(ais_executor)

/* Start the workers. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_executor_start(ais_executor *executor, ais_error **err);
bool ais_executor_is_ready(const ais_executor *executor);
bool ais_executor_can_admit(const ais_executor *executor);
/* Start a session with the file `path` (absolute; never changed by us), called `name`. */
void ais_executor_admit(ais_executor *executor, const char *path, const char *name, size_t tag);
size_t ais_executor_count_live(const ais_executor *executor); /* sessions */
/* Give out what waits, wait for something to happen (until `until_s` at most), handle it.
 * Errors: as ais_pool_tick(): no more can be done, stop. */
AIS_NODISCARD int ais_executor_step(ais_executor *executor, double until_s, ais_error **err);
/* End the workers and wait for them, as ais_pools_stop(). Nothing is told to the sink any more.
 * Errors: AIS_E_IO. */
AIS_NODISCARD int ais_executor_stop(ais_executor *executor, bool orderly, ais_error **err);
size_t ais_executor_get_restarts(const ais_executor *executor, size_t node);
/* Path of the log of one worker of a node, borrowed. */
const char *ais_executor_get_log(const ais_executor *executor, size_t node, size_t worker);
#endif
