/* serve/pool - the workers of one component: kept ready, timed out, started again.
 *
 * A pool never loses an item in silence: each item given to it is answered once, unless the pool is
 * stopped before. What waits, waits with the caller: a pool has no queue.
 * Layer: above worker; knows no graph and no files. Units: seconds. Threads: the one of the loop. */
#ifndef AIS_SERVE_POOL_H
#define AIS_SERVE_POOL_H
#include "serve/worker.h"

enum {
    AIS_POOL_START_TRIES = 3, /* of one process to become ready: then the component is broken */
    AIS_POOL_IDLE_ENDS = 20,  /* of ready processes in a row, without any answer: likewise. More,
                                   * since whoever kills processes may take all of them at once */
    AIS_POOL_START_LIMIT_S = 300, /* from the start of a process to "ready" */
    AIS_POOL_END_LIMIT_S = 2      /* from the polite request to end to SIGKILL */
};

typedef struct ais_pool_reply {
    bool ok;
    ais_error_code code;    /* when not ok: AIS_E_COMPONENT, or AIS_E_TIMEOUT */
    const char *message;    /* when not ok; may have several lines; borrowed */
    double given_s, took_s; /* moment of dispatch; from dispatch to reply */
    double function_s;      /* in the user's function; NAN when not known */
} ais_pool_reply;

typedef struct ais_pool ais_pool;
typedef void ais_pool_listener(void *data, void *item, const ais_pool_reply *reply);

typedef struct ais_pool_options {
    size_t workers;
    bool cold;
    double timeout_s;             /* per item; 0 = none */
    const char *const *log_paths; /* one for each worker */
} ais_pool_options;

/* `spec` (its log_path is not used) and `options->log_paths` are borrowed. Starts nothing.
 * `listener` is called from the loop only. Ownership: the caller frees. */
ais_pool *ais_pool_new(const ais_ctx *ctx, ais_loop *loop, const ais_worker_spec *spec,
                       const ais_pool_options *options, ais_pool_listener *listener, void *data);
/* Kills what still runs. */
void ais_pool_free(ais_pool *pool);

/* Start all workers (cold: nothing to do). Errors: AIS_E_IO. */
AIS_NODISCARD int ais_pool_start(ais_pool *pool, ais_error **err);
/* Are all workers ready for the first time? */
bool ais_pool_is_ready(const ais_pool *pool);
/* Is there a worker without work? */
bool ais_pool_has_room(const ais_pool *pool);
/* Give an item to a worker without work: 1, and `item` comes back in the answer; 0 when there is no
 * such worker (any more), the item is still the caller's.
 * Errors: AIS_E_LIMIT and, cold, AIS_E_IO: this item cannot be given, the pool goes on. */
AIS_NODISCARD int ais_pool_give(ais_pool *pool, const ais_worker_request *request, void *item,
                                ais_error **err);
/* The next moment at which ais_pool_tick() has something to do; INFINITY = none. */
double ais_pool_next_s(const ais_pool *pool);
/* Kill what is over its time. To be called after each round of the loop.
 * Errors: AIS_E_COMPONENT when the component is broken: it cannot be loaded, or its processes end
 * again and again without an answer; AIS_E_IO when none can be started. */
AIS_NODISCARD int ais_pool_tick(ais_pool *pool, ais_error **err);

/* End all processes of `count` pools and wait for them: politely first (orderly: their socket is
 * closed; else SIGTERM), after AIS_POOL_END_LIMIT_S by SIGKILL. Items under way are not answered.
 * Errors: AIS_E_IO when the loop cannot wait. */
AIS_NODISCARD int ais_pools_stop(ais_pool *const *pools, size_t count, bool orderly,
                                 ais_error **err);
/* How many times a process was started again after the first start. */
size_t ais_pool_get_restarts(const ais_pool *pool);
#endif
