/* Loaded sessions, shared by everybody in the process.
 *
 * This file holds the only state of the library that outlives a call. aisprint/infer.h promises that
 * opening an unchanged model again gives the session that is already loaded, whoever opened it; and
 * an inference library can be started only once a process. There is no object of the caller's that
 * both could hang on, so they hang on `shared`, under one lock. Loading happens outside of it. */
#include "infer/infer_priv.h"

#include <pthread.h>

enum { IDLE_SESSIONS = 8 };
/* Of model files; what they take in memory is about as much. */
static const off_t idle_bytes_limit = (off_t)512 * 1024 * 1024;

static struct {
    pthread_mutex_t lock; /* for all below */
    const ais_infer_backend *backend;
    void *engine;
    ais_infer_status status;
    ais_session *sessions;
    uint64_t ticks;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the engine ---- */

static int start(ais_error **err)
{
    if (ais_infer_backend_count == 0) {
        ais_error_set(err, AIS_E_MISSING, "this aisprint was built without an inference library");
        return ais_error_hint(err, "run 'make setup', then 'make clean build'");
    }
    AIS_AUTO(ais_error) first = NULL;
    for (size_t i = 0; i < ais_infer_backend_count; i++) {
        AIS_AUTO(ais_error) failure = NULL;
        const ais_infer_backend *backend = ais_infer_backends[i];
        if (backend->start(&shared.engine, &shared.status, &failure) == 0) {
            shared.status.backend = backend;
            shared.backend = backend;
            return 0;
        }
        if (first == NULL) {
            first = failure;
            failure = NULL;
        }
    }
    ais_error *result = first;
    first = NULL;
    return ais_error_pass(result, err);
}

int ais__infer_cache_start(const ais_infer_backend **backend, void **engine,
                           ais_infer_status *status, ais_error **err)
{
    pthread_mutex_lock(&shared.lock);
    const int result = shared.backend != NULL ? 0 : start(err);
    if (result == 0) {
        *backend = shared.backend;
        *engine = shared.engine;
        *status = shared.status;
    }
    pthread_mutex_unlock(&shared.lock);
    return result;
}

/* ---- sessions ---- */

/* Weights in external files count as part of the model: were they changed, it is another one. */
static bool external_unchanged(const ais__infer_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        struct stat status;
        if (stat(files->items[i].path, &status) < 0)
            return false;
        const ais__infer_stamp stamp = ais__infer_stamp_of(&status);
        if (!ais__infer_stamp_equal(&stamp, &files->items[i].stamp))
            return false;
    }
    return true;
}

static ais_session *find(const ais__infer_stamp *stamp, int threads)
{
    for (ais_session *s = shared.sessions; s != NULL; s = s->next)
        if (s->threads == threads && ais__infer_stamp_equal(&s->stamp, stamp) &&
            external_unchanged(&s->external))
            return s;
    return NULL;
}

ais_session *ais__infer_cache_find(const ais__infer_stamp *stamp, int threads)
{
    pthread_mutex_lock(&shared.lock);
    ais_session *session = find(stamp, threads);
    if (session != NULL)
        ais__infer_cache_keep(session);
    pthread_mutex_unlock(&shared.lock);
    return session;
}

ais_session *ais__infer_cache_add(ais_session *session)
{
    pthread_mutex_lock(&shared.lock);
    ais_session *faster = find(&session->stamp, session->threads);
    if (faster != NULL) {
        ais__infer_cache_keep(faster);
    } else {
        session->next = shared.sessions;
        shared.sessions = session;
    }
    pthread_mutex_unlock(&shared.lock);
    if (faster == NULL)
        return session;
    ais__infer_session_end(session);
    return faster;
}

void ais__infer_cache_keep(ais_session *session)
{
    __atomic_add_fetch(&session->users, 1, __ATOMIC_RELAXED);
}

/* Take the session idle longest out of the list when too much is idle; NULL when all is well. */
static ais_session *take_surplus(void)
{
    size_t count = 0;
    off_t bytes = 0;
    ais_session **oldest = NULL;
    for (ais_session **at = &shared.sessions; *at != NULL; at = &(*at)->next) {
        ais_session *s = *at;
        if (__atomic_load_n(&s->users, __ATOMIC_RELAXED) > 0)
            continue;
        count++;
        bytes += s->stamp.bytes;
        for (size_t i = 0; i < s->external.count; i++)
            bytes += s->external.items[i].stamp.bytes;
        if (oldest == NULL || s->idle_since < (*oldest)->idle_since)
            oldest = at;
    }
    if (oldest == NULL || (count <= IDLE_SESSIONS && bytes <= idle_bytes_limit))
        return NULL;
    ais_session *surplus = *oldest;
    *oldest = surplus->next;
    return surplus;
}

static void end_surplus(void)
{
    for (;;) {
        pthread_mutex_lock(&shared.lock);
        ais_session *surplus = take_surplus();
        pthread_mutex_unlock(&shared.lock);
        if (surplus == NULL)
            return;
        ais__infer_session_end(surplus);
    }
}

void ais__infer_cache_release(ais_session *session)
{
    /* A run keeps its session, so this is on the fast path: no lock unless we may be the last. */
    size_t users = __atomic_load_n(&session->users, __ATOMIC_RELAXED);
    while (users > 1)
        if (__atomic_compare_exchange_n(&session->users, &users, users - 1, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    pthread_mutex_lock(&shared.lock);
    const bool idle = __atomic_sub_fetch(&session->users, 1, __ATOMIC_ACQ_REL) == 0;
    if (idle)
        session->idle_since = ++shared.ticks;
    pthread_mutex_unlock(&shared.lock);
    if (idle)
        end_surplus();
}
