/* Pools of workers; see pool.h. */
#include "serve/pool.h"

#include <math.h>
#include <signal.h>

typedef enum slot_state {
    SLOT_OFF,      /* no process; in a cold pool: room for an item */
    SLOT_STARTING, /* not ready yet */
    SLOT_IDLE,
    SLOT_BUSY,
    SLOT_ENDING /* takes nothing any more: its end will be told */
} slot_state;

typedef struct slot {
    ais_pool *pool;
    ais_worker *worker;
    ais_worker_spec spec; /* of the pool, with the slot's log */
    slot_state state;
    void *item;
    double given_s, deadline_s; /* INFINITY = none */
    bool timed_out;
    unsigned failed_starts; /* in a row: it ended before it was ready */
} slot;

struct ais_pool {
    const ais_ctx *ctx;
    ais_loop *loop;
    const char *name;
    bool cold, stopping;
    double timeout_s;
    ais_pool_listener *listener;
    void *data;
    size_t count;
    slot *slots;
    unsigned idle_ends;   /* in a row, without an answer between them */
    size_t starts, ready; /* processes started; slots that were ready once */
    ais_error *broken;
};

static double now(const ais_pool *pool)
{
    return pool->ctx->monotonic_s(pool->ctx);
}

static void start(slot *s)
{
    ais_pool *pool = s->pool;
    s->state = SLOT_OFF;
    if (pool->broken != NULL || pool->stopping)
        return;
    s->timed_out = false;
    s->deadline_s = now(pool) + AIS_POOL_START_LIMIT_S;
    if (ais_worker_start(s->worker, &pool->broken) == 0)
        s->state = SLOT_STARTING;
    pool->starts++;
}

static void answer(slot *s, bool ok, ais_error_code code, const char *message, double function_s)
{
    ais_pool *pool = s->pool;
    void *item = s->item;
    s->item = NULL;
    if (pool->stopping || item == NULL)
        return;
    const ais_pool_reply reply = {.ok = ok,
                                  .code = code,
                                  .message = message,
                                  .given_s = s->given_s,
                                  .took_s = now(pool) - s->given_s,
                                  .function_s = function_s};
    pool->listener(pool->data, item, &reply);
}

/* "what happened; its last lines were:\n..." */
static char *with_tail(const slot *s, const char *message)
{
    AIS_FREE char *tail = ais_worker_tail(s->worker);
    return tail[0] != '\0' ? ais_format("%s; its last lines:\n%s", message, tail)
                           : ais_format("%s; it printed nothing", message);
}

static void set_broken(slot *s, const char *what, const char *message)
{
    ais_pool *pool = s->pool;
    if (pool->broken != NULL || pool->stopping)
        return;
    AIS_FREE char *text = with_tail(s, message);
    ais_error_set(&pool->broken, AIS_E_COMPONENT, "component '%s' %s: %s", pool->name, what, text);
}

static void on_ready(slot *s)
{
    s->state = SLOT_IDLE;
    s->deadline_s = INFINITY;
    s->failed_starts = 0;
    if (s->pool->ready < s->pool->count)
        s->pool->ready++;
}

static void on_answer(slot *s, const ais_worker_event *event)
{
    ais_pool *pool = s->pool;
    s->state = pool->cold ? SLOT_OFF : ais_worker_is_alive(s->worker) ? SLOT_IDLE : SLOT_ENDING;
    s->deadline_s = INFINITY;
    pool->idle_ends = 0;
    answer(s, event->kind == AIS_WORKER_DONE, AIS_E_COMPONENT, event->message, event->function_s);
}

static void on_end(slot *s, const char *how)
{
    ais_pool *pool = s->pool;
    const slot_state was = s->state;
    s->state = SLOT_OFF;
    s->deadline_s = INFINITY;
    if (was == SLOT_BUSY) {
        AIS_FREE char *late = ais_format("it took longer than %g s and was ended", pool->timeout_s);
        AIS_FREE char *text = s->timed_out ? ais_strdup(late) : with_tail(s, how);
        answer(s, false, s->timed_out ? AIS_E_TIMEOUT : AIS_E_COMPONENT, text, (double)NAN);
    } else if (was == SLOT_STARTING ? ++s->failed_starts >= AIS_POOL_START_TRIES
                                    : ++pool->idle_ends >= AIS_POOL_IDLE_ENDS) {
        set_broken(s, s->timed_out ? "is not ready in time" : "does not stay up", how);
    }
    if (!pool->cold)
        start(s);
}

static void on_event(void *data, ais_worker *worker, const ais_worker_event *event)
{
    slot *s = data;
    (void)worker;
    switch (event->kind) {
    case AIS_WORKER_READY:
        on_ready(s);
        break;
    case AIS_WORKER_DONE:
    case AIS_WORKER_FAILED:
        on_answer(s, event);
        break;
    case AIS_WORKER_UNFIT:
        s->state = SLOT_ENDING;
        set_broken(s, "cannot be loaded", event->message);
        break;
    case AIS_WORKER_ENDED:
        on_end(s, event->message);
        break;
    }
}

ais_pool *ais_pool_new(const ais_ctx *ctx, ais_loop *loop, const ais_worker_spec *spec,
                       const ais_pool_options *options, ais_pool_listener *listener, void *data)
{
    ais_pool *pool = ais_alloc(sizeof *pool);
    pool->ctx = ctx;
    pool->loop = loop;
    pool->name = spec->name;
    pool->cold = options->cold;
    pool->timeout_s = options->timeout_s;
    pool->listener = listener;
    pool->data = data;
    pool->count = options->workers;
    pool->slots = ais_alloc(pool->count * sizeof *pool->slots);
    for (size_t i = 0; i < pool->count; i++) {
        slot *s = &pool->slots[i];
        *s = (slot){.pool = pool, .spec = *spec, .deadline_s = INFINITY};
        s->spec.log_path = options->log_paths[i];
        s->worker = ais_worker_new(loop, &s->spec, on_event, s);
    }
    return pool;
}

void ais_pool_free(ais_pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->count; i++)
        ais_worker_free(pool->slots[i].worker);
    ais_error_free(pool->broken);
    free(pool->slots);
    free(pool);
}

int ais_pool_start(ais_pool *pool, ais_error **err)
{
    for (size_t i = 0; i < pool->count && !pool->cold; i++)
        start(&pool->slots[i]);
    return ais_pool_tick(pool, err);
}

bool ais_pool_is_ready(const ais_pool *pool)
{
    return pool->cold || pool->ready == pool->count;
}

static slot *find_room(const ais_pool *pool)
{
    const slot_state free_state = pool->cold ? SLOT_OFF : SLOT_IDLE;
    for (size_t i = 0; i < pool->count; i++)
        if (pool->slots[i].state == free_state)
            return &pool->slots[i];
    return NULL;
}

bool ais_pool_has_room(const ais_pool *pool)
{
    return find_room(pool) != NULL;
}

static int give(slot *s, const ais_worker_request *request, ais_error **err)
{
    s->given_s = now(s->pool);
    return s->pool->cold ? ais_worker_run_cold(s->worker, request, err)
                         : ais_worker_send(s->worker, request, err);
}

int ais_pool_give(ais_pool *pool, const ais_worker_request *request, void *item, ais_error **err)
{
    AIS_AUTO(ais_error) why = NULL;
    slot *s = find_room(pool);
    while (s != NULL && give(s, request, &why) < 0) {
        if (pool->cold || ais_error_get_code(why) != AIS_E_IO) {
            ais_error *passed = why;
            why = NULL;
            return ais_error_pass(passed, err);
        }
        s->state = SLOT_ENDING; /* it died while it was idle: that is not the item's fault */
        ais_worker_signal(s->worker, SIGKILL);
        s = find_room(pool);
    }
    if (s == NULL)
        return 0;
    s->item = item;
    s->state = SLOT_BUSY;
    s->timed_out = false;
    s->deadline_s = pool->timeout_s > 0.0 ? s->given_s + pool->timeout_s : (double)INFINITY;
    pool->starts += pool->cold;
    return 1;
}

double ais_pool_next_s(const ais_pool *pool)
{
    double next = INFINITY;
    for (size_t i = 0; i < pool->count; i++)
        next = fmin(next, pool->slots[i].deadline_s);
    return next;
}

int ais_pool_tick(ais_pool *pool, ais_error **err)
{
    const double next = ais_pool_next_s(pool);
    for (size_t i = 0; !isinf(next) && i < pool->count; i++) {
        slot *s = &pool->slots[i];
        if (isinf(s->deadline_s) || s->deadline_s > now(pool))
            continue;
        s->timed_out = true;
        s->deadline_s = INFINITY; /* its end follows */
        ais_worker_signal(s->worker, SIGKILL);
    }
    ais_error *broken = pool->broken;
    pool->broken = NULL;
    return broken != NULL ? ais_error_pass(broken, err) : 0;
}

static size_t count_alive(ais_pool *const *pools, size_t count)
{
    size_t alive = 0;
    for (size_t p = 0; p < count; p++)
        for (size_t i = 0; i < pools[p]->count; i++)
            alive += ais_worker_is_alive(pools[p]->slots[i].worker);
    return alive;
}

static void end_all(ais_pool *const *pools, size_t count, int number)
{
    for (size_t p = 0; p < count; p++) {
        pools[p]->stopping = true;
        for (size_t i = 0; i < pools[p]->count; i++) {
            if (number == 0)
                ais_worker_close(pools[p]->slots[i].worker);
            else
                ais_worker_signal(pools[p]->slots[i].worker, number);
        }
    }
}

int ais_pools_stop(ais_pool *const *pools, size_t count, bool orderly, ais_error **err)
{
    if (count == 0)
        return 0;
    ais_pool *first = pools[0];
    double until = now(first) + AIS_POOL_END_LIMIT_S;
    end_all(pools, count, orderly ? 0 : SIGTERM);
    while (count_alive(pools, count) > 0) {
        if (now(first) >= until) {
            end_all(pools, count, SIGKILL);
            until = INFINITY;
        }
        if (ais_loop_wait(first->loop, until, err) < 0)
            return -1;
    }
    return 0;
}

size_t ais_pool_get_restarts(const ais_pool *pool)
{
    return pool->cold || pool->starts < pool->count ? 0 : pool->starts - pool->count;
}
