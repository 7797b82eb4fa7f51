/* Where methods report to: the best placement so far, the bound, the curve of both, the stop watch. */
#include "place/search.h"

#include <math.h>
#include <poll.h>

enum { POINTS_MAX = 2000 };
/* A look at the descriptor is a system call; the clock alone is not. */
static const double poll_every_s = 0.001;
/* A point of the curve is worth keeping when the bound rose by this share of the gap. */
static const double visible_rise = 0.005;

void ais__search_init(ais__search *search, const ais_perf *perf, const ais_place_options *options,
                      const ais_ctx *ctx)
{
    *search = (ais__search){.perf = perf, .options = options, .ctx = ctx};
    search->start_s = ctx->monotonic_s(ctx);
    search->end_s = search->start_s + options->time_limit_s;
    atomic_init(&search->polled_s, search->start_s);
    atomic_init(&search->cost, options->cost_below > 0 ? options->cost_below : (double)INFINITY);
    atomic_init(&search->bound, (double)-INFINITY);
    atomic_init(&search->stopped, false);
    search->best = ais_placement_new(perf->system);
    pthread_mutex_init(&search->lock, NULL);
}

void ais__search_clear(ais__search *search)
{
    ais_placement_free(search->best);
    free(search->points);
    pthread_mutex_destroy(&search->lock);
    *search = (ais__search){.perf = NULL};
}

static bool is_interrupted(ais__search *search, double now_s)
{
    if (search->ctx->interrupt_fd < 0 || now_s - atomic_load(&search->polled_s) < poll_every_s)
        return false;
    atomic_store(&search->polled_s, now_s);
    struct pollfd fd = {.fd = search->ctx->interrupt_fd, .events = POLLIN};
    return poll(&fd, 1, 0) > 0;
}

bool ais__search_stop(ais__search *search)
{
    if (atomic_load(&search->stopped))
        return true;
    const double now_s = search->ctx->monotonic_s(search->ctx);
    const bool late = now_s >= search->end_s;
    if (!late && !is_interrupted(search, now_s))
        return false;
    pthread_mutex_lock(&search->lock);
    search->timed_out |= late;
    search->interrupted |= !late;
    pthread_mutex_unlock(&search->lock);
    atomic_store(&search->stopped, true);
    return true;
}

/* Half of the curve goes when it is full: a drawing needs no more. */
static void thin_points(ais__search *search)
{
    size_t kept = 0;
    for (size_t i = 0; i < search->point_count; i += 2)
        search->points[kept++] = search->points[i];
    search->point_count = kept;
}

/* The lock is held. */
static void add_point(ais__search *search)
{
    if (search->point_count == POINTS_MAX)
        thin_points(search);
    search->points = ais_grow(search->points, &search->point_capacity, search->point_count + 1,
                              sizeof *search->points);
    search->points[search->point_count++] = (ais_place_point){
        .time_s = search->ctx->monotonic_s(search->ctx) - search->start_s,
        .cost = search->has_best ? atomic_load(&search->cost) : (double)INFINITY,
        .bound = atomic_load(&search->bound),
    };
}

static unsigned judge(const ais_perf *perf, const ais_placement *placement, double *cost)
{
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(perf, placement, NULL, &result);
    *cost = result.cost;
    return result.violations;
}

static bool keep(ais__search *search, const ais_placement *placement, double cost)
{
    pthread_mutex_lock(&search->lock);
    const bool kept = cost < atomic_load(&search->cost);
    if (kept) {
        ais_placement_copy(search->perf->system, search->best, placement);
        atomic_store(&search->cost, cost);
        search->has_best = true;
        add_point(search);
    }
    pthread_mutex_unlock(&search->lock);
    if (kept && search->options->first_only)
        atomic_store(&search->stopped, true);
    return kept;
}

bool ais__search_offer(ais__search *search, const ais_placement *placement)
{
    double cost;
    const unsigned violations = judge(search->perf, placement, &cost);
    if (violations != 0)
        AIS_BUG("a method offered a placement that breaks rules (0x%x)", violations);
    return keep(search, placement, cost);
}

bool ais__search_offer_if_allowed(ais__search *search, const ais_placement *placement)
{
    double cost;
    return judge(search->perf, placement, &cost) == 0 && keep(search, placement, cost);
}

void ais__search_raise_bound(ais__search *search, double bound)
{
    if (!(bound > atomic_load(&search->bound)))
        return;
    pthread_mutex_lock(&search->lock);
    const double cost = atomic_load(&search->cost), capped = bound < cost ? bound : cost;
    if (capped > atomic_load(&search->bound)) {
        atomic_store(&search->bound, capped);
        const double last = search->point_count > 0 ? search->points[search->point_count - 1].bound
                                                    : (double)-INFINITY;
        if (!(capped - last < visible_rise * (cost - last)))
            add_point(search);
    }
    pthread_mutex_unlock(&search->lock);
}

void ais__search_complete(ais__search *search)
{
    pthread_mutex_lock(&search->lock);
    search->complete = true;
    if (atomic_load(&search->cost) < (double)INFINITY)
        atomic_store(&search->bound, atomic_load(&search->cost));
    add_point(search);
    pthread_mutex_unlock(&search->lock);
}

void ais__search_count(ais__search *search, const char *name, uint64_t n)
{
    pthread_mutex_lock(&search->lock);
    size_t i = 0;
    while (i < search->counter_count && !ais_str_equal(search->counter_names[i], name))
        i++;
    if (i == AIS_COUNT(search->counters))
        AIS_BUG("more counters than there is room for");
    if (i == search->counter_count)
        search->counter_names[search->counter_count++] = name;
    search->counters[i] += n;
    pthread_mutex_unlock(&search->lock);
}
