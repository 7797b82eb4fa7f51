/* Workers of the exact engine: threads that take the jobs of a batch one by one. */
#include <math.h>

#include "place/vectors.h"

typedef struct worker {
    struct ais__crew *crew;
    ais__solver *solver;
    pthread_t thread;
} worker;

struct ais__crew {
    worker *workers; /* the caller is the first */
    size_t worker_count, running;
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    ais__job *jobs;
    size_t job_count, next, open;     /* guarded by `lock` */
    _Atomic double costs[AIS__BATCH]; /* by job: what it found; INFINITY before that */
    uint64_t batch;
    bool ending;
};

/* `earlier` costs are those of the jobs before it. */
static void do_job(ais__solver *solver, ais__job *job, _Atomic double *costs, size_t earlier)
{
    job->used_budget = job->budget;
    for (size_t i = 0; i < earlier; i++)
        job->used_budget = fmin(job->used_budget, atomic_load(&costs[i]));
    solver->earlier = costs;
    solver->earlier_count = earlier;
    ais__solver_run(solver, job->set, job->counts, job->price, job->used_budget);
    job->found = solver->found;
    job->stopped = solver->stopped;
    job->lowered = solver->lowered;
    job->limited = solver->limited;
    job->cost = solver->found ? solver->best_cost : (double)INFINITY;
    job->node_count += solver->node_count;
    memcpy(job->multipliers, solver->nodes[0].multipliers,
           job->set->dimension_count * sizeof(double));
    if (job->found)
        ais_placement_copy(solver->facts->system, job->best, solver->best);
    atomic_store(&costs[earlier], job->cost);
}

static void do_jobs(ais__crew *crew, ais__solver *solver)
{
    pthread_mutex_lock(&crew->lock);
    while (crew->next < crew->job_count) {
        const size_t i = crew->next++;
        pthread_mutex_unlock(&crew->lock);
        do_job(solver, &crew->jobs[i], crew->costs, i);
        pthread_mutex_lock(&crew->lock);
        if (--crew->open == 0)
            pthread_cond_signal(&crew->done);
    }
    pthread_mutex_unlock(&crew->lock);
}

static void *work(void *user)
{
    worker *self = user;
    ais__crew *crew = self->crew;
    uint64_t seen = 0;
    for (;;) {
        pthread_mutex_lock(&crew->lock);
        while (crew->batch == seen && !crew->ending)
            pthread_cond_wait(&crew->wake, &crew->lock);
        seen = crew->batch;
        const bool ending = crew->ending;
        pthread_mutex_unlock(&crew->lock);
        if (ending)
            return NULL;
        do_jobs(crew, self->solver);
    }
}

ais__crew *ais__crew_new(const ais__facts *facts, ais__search *search, size_t threads)
{
    ais__crew *crew = ais_alloc(sizeof *crew);
    crew->worker_count = threads < 1 ? 1 : threads;
    crew->workers = ais_alloc(crew->worker_count * sizeof *crew->workers);
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->wake, NULL);
    pthread_cond_init(&crew->done, NULL);
    for (size_t i = 0; i < crew->worker_count; i++)
        crew->workers[i] = (worker){.crew = crew, .solver = ais__solver_new(facts, search)};
    return crew;
}

void ais__crew_free(ais__crew *crew)
{
    if (crew == NULL)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->ending = true;
    pthread_cond_broadcast(&crew->wake);
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < crew->running; i++)
        pthread_join(crew->workers[i + 1].thread, NULL);
    for (size_t i = 0; i < crew->worker_count; i++)
        ais__solver_free(crew->workers[i].solver);
    pthread_cond_destroy(&crew->wake);
    pthread_cond_destroy(&crew->done);
    pthread_mutex_destroy(&crew->lock);
    free(crew->workers);
    free(crew);
}

/* Threads start with the first batch that has work for them; without them the caller does all. */
static void start_threads(ais__crew *crew)
{
    while (crew->running + 1 < crew->worker_count) {
        worker *next = &crew->workers[crew->running + 1];
        if (pthread_create(&next->thread, NULL, work, next) != 0)
            break;
        crew->running++;
    }
}

/* As if the jobs had been done one after the other. */
static void settle(ais__crew *crew)
{
    double best = INFINITY;
    for (size_t i = 0; i < crew->job_count; i++) {
        ais__job *job = &crew->jobs[i];
        const double budget = fmin(job->budget, best);
        job->found &= job->cost < ais__below(budget);
        if (job->found && (job->lowered || job->used_budget > budget)) {
            const double cost = job->cost;
            do_job(crew->workers[0].solver, job, crew->costs, i);
            if (!job->found && job->stopped) { /* then what was found before stands */
                job->found = true;
                job->cost = cost;
            }
        }
        best = job->found ? job->cost : best;
        atomic_store(&crew->costs[i], job->found ? job->cost : (double)INFINITY);
    }
}

void ais__crew_run(ais__crew *crew, ais__job *jobs, size_t count)
{
    if (count == 0)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->jobs = jobs;
    crew->job_count = crew->open = count;
    crew->next = 0;
    for (size_t i = 0; i < count; i++) {
        atomic_store(&crew->costs[i], (double)INFINITY);
        jobs[i].node_count = 0;
    }
    crew->batch++;
    pthread_cond_broadcast(&crew->wake);
    pthread_mutex_unlock(&crew->lock);
    if (count > 1 && crew->worker_count > 1)
        start_threads(crew);
    do_jobs(crew, crew->workers[0].solver);
    pthread_mutex_lock(&crew->lock);
    while (crew->open > 0)
        pthread_cond_wait(&crew->done, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
    settle(crew);
}

ais__solver *ais__crew_solver(ais__crew *crew)
{
    return crew->workers[0].solver;
}
