/* Threads take starts by number; results are offered in order. See starts.h. */
#include "place/starts.h"

#include <math.h>

enum { THREADS_MAX = 256 };

typedef struct finding {
    ais_placement *best;
    double cost;
    bool done;
} finding;

typedef struct crew {
    ais__search *search;
    ais__start_run run;
    finding *findings;
    size_t count, next, offered; /* next: to be taken; offered: all before it were */
    pthread_mutex_t lock;
} crew;

/* Offer all that are done without a gap. The lock is held. */
static void offer_done(crew *c)
{
    for (; c->offered < c->count && c->findings[c->offered].done; c->offered++) {
        finding *f = &c->findings[c->offered];
        if (f->cost < (double)INFINITY)
            ais__search_offer(c->search, f->best);
        ais_placement_free(f->best);
        f->best = NULL;
    }
}

static uint64_t seed_of(const ais__search *search, size_t number)
{
    ais_random random;
    ais_random_init(&random, search->options->seed ^ ((uint64_t)number << 32));
    return ais_random_next(&random);
}

static void *work(void *argument)
{
    crew *c = argument;
    pthread_mutex_lock(&c->lock);
    /* The first start is always made: a limit of no time still has an answer. */
    while (c->next < c->count && (c->next == 0 || !ais__search_stop(c->search))) {
        const size_t number = c->next++;
        pthread_mutex_unlock(&c->lock);
        finding f = {.best = ais_placement_new(c->search->perf->system), .done = true};
        f.cost = c->run(c->search, number, seed_of(c->search, number), f.best);
        pthread_mutex_lock(&c->lock);
        c->findings[number] = f;
        offer_done(c);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

void ais__starts_run(ais__search *search, size_t count, ais__start_run run)
{
    AIS_FREE finding *findings = ais_alloc((count + 1) * sizeof *findings);
    crew c = {.search = search, .run = run, .findings = findings, .count = count};
    pthread_mutex_init(&c.lock, NULL);
    pthread_t threads[THREADS_MAX];
    size_t started = 0;
    const size_t wanted = search->options->threads < count ? search->options->threads : count;
    while (started + 1 < wanted && started < THREADS_MAX &&
           pthread_create(&threads[started], NULL, work, &c) == 0)
        started++; /* fewer than asked for only makes it slower */
    work(&c);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    ais__search_count(search, "starts", c.next);
    pthread_mutex_destroy(&c.lock);
}

size_t ais__starts_or(size_t given, size_t otherwise)
{
    return given > 0 ? given : otherwise;
}
