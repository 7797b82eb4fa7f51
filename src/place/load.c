/* Intervals of load, certified: halve until each is borne as a whole, refuted as a whole, or too narrow. */
#include "place/load.h"

#include <math.h>

#include "place/load_priv.h"

static const double default_precision = 1e-6; /* of the upper end */
/* Where queues set no end: so many times the system's rate. */
static const double most_times_rate = 1000;

void ais_load_result_free(ais_load_result *result)
{
    if (result != NULL)
        ais_arena_free(result->arena);
}

/* ---- intervals ---- */

typedef struct interval_list {
    ais_load_interval *items;
    size_t count, capacity;
} interval_list;

static void add_interval(interval_list *list, const ais_load_interval *interval)
{
    list->items = ais_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = *interval;
}

/* Low rates matter in proportion: cold starts vary with the logarithm of the rate. */
static double middle_of(double from_rps, double to_rps)
{
    return to_rps > 4 * from_rps ? sqrt(from_rps * to_rps) : from_rps + (to_rps - from_rps) / 2;
}

static ais_load_result *make_result(const interval_list *list, bool complete)
{
    ais_arena *arena = ais_arena_new();
    ais_load_result *result = ais_arena_alloc(arena, sizeof *result);
    *result = (ais_load_result){.max_rps = (double)NAN, .complete = complete, .arena = arena};
    result->intervals = ais_arena_alloc(arena, (list->count + 1) * sizeof *result->intervals);
    for (size_t i = 0; i < list->count; i++) {
        const ais_load_interval *from = &list->items[i];
        ais_load_interval *last = &result->intervals[result->count];
        if (result->count > 0 && last[-1].verdict == from->verdict)
            last[-1].to_rps = from->to_rps;
        else
            result->intervals[result->count++] = *from;
        if (from->verdict == AIS_LOAD_FEASIBLE)
            result->max_rps = from->to_rps;
    }
    return result;
}

typedef struct walk {
    const ais__load_judge *judge;
    double precision_rps;
    size_t judged;
    bool stopped;
} walk;

static int judge_interval(walk *w, double from_rps, double to_rps, ais_load_interval *out,
                          ais_error **err)
{
    *out = (ais_load_interval){from_rps, to_rps, AIS_LOAD_UNDECIDED};
    w->judged++;
    return w->judge->judge(w->judge->state, from_rps, to_rps, &out->verdict, err);
}

/* The upper half first: what it takes at its lower end tells of the lower half's upper end. */
static int halve(walk *w, const ais_load_interval *at, interval_list *out, ais_error **err)
{
    const double middle = middle_of(at->from_rps, at->to_rps);
    ais_load_interval lower, upper;
    if (judge_interval(w, middle, at->to_rps, &upper, err) < 0 ||
        judge_interval(w, at->from_rps, middle, &lower, err) < 0)
        return -1;
    add_interval(out, &lower);
    add_interval(out, &upper);
    return 0;
}

static bool is_wide(const walk *w, const ais_load_interval *at)
{
    const double middle = middle_of(at->from_rps, at->to_rps);
    return at->verdict == AIS_LOAD_UNDECIDED && at->to_rps - at->from_rps > w->precision_rps &&
           middle > at->from_rps && middle < at->to_rps;
}

static bool must_stop(const walk *w)
{
    return w->judged >= AIS__LOAD_MAX_JUDGED ||
           (w->judge->stop != NULL && w->judge->stop(w->judge->state));
}

/* Halve what is undecided and wide enough; `*halved` says whether anything was. All are halved before any is halved
 * again, so that a walk that is stopped knows the whole range equally well. */
static int halve_all(walk *w, const interval_list *list, interval_list *out, bool *halved,
                     ais_error **err)
{
    *halved = false;
    for (size_t i = 0; i < list->count; i++) {
        const ais_load_interval *at = &list->items[i];
        const bool wide = is_wide(w, at);
        w->stopped |= wide && must_stop(w);
        if (!wide || w->stopped) {
            add_interval(out, at);
            continue;
        }
        *halved = true;
        if (halve(w, at, out, err) < 0)
            return -1;
    }
    return 0;
}

int ais__load_walk(const ais__load_judge *judge, double from_rps, double to_rps,
                   double precision_rps, ais_load_result **out, ais_error **err)
{
    walk w = {.judge = judge, .precision_rps = precision_rps};
    interval_list lists[2] = {{.items = NULL}, {.items = NULL}};
    size_t now = 0;
    ais_load_interval all;
    int status = judge_interval(&w, from_rps, to_rps, &all, err);
    add_interval(&lists[now], &all);
    for (bool halved = true; status == 0 && halved;) {
        lists[1 - now].count = 0;
        status = halve_all(&w, &lists[now], &lists[1 - now], &halved, err);
        now = 1 - now;
    }
    if (status == 0)
        *out = make_result(&lists[now], !w.stopped);
    free(lists[0].items);
    free(lists[1].items);
    return status;
}

int ais__load_check(const ais_load_options *options, double from_rps, double to_rps,
                    ais_error **err)
{
    if (from_rps >= 0 && to_rps > from_rps && isfinite(to_rps) && options->precision_rps >= 0)
        return 0;
    ais_error_set(err, AIS_E_INPUT, "rates from %g to %g per second are no interval", from_rps,
                  to_rps);
    return ais_error_hint(err, "the lower end must not be negative, the upper one above it");
}

double ais__load_precision(const ais_load_options *options, double to_rps)
{
    return options->precision_rps > 0 ? options->precision_rps : default_precision * to_rps;
}

/* Below the precision nothing is asked for, and a rate of 0 has no model. */
double ais__load_from(const ais_load_options *options, double to_rps)
{
    return options->from_rps > 0 ? options->from_rps : ais__load_precision(options, to_rps);
}

double ais__load_most(const ais_system *system, const ais_perf_options *perf_options)
{
    const double rate_rps = perf_options->rate_rps > 0 ? perf_options->rate_rps : system->rate_rps;
    return most_times_rate * (rate_rps > 0 && isfinite(rate_rps) ? rate_rps : 1);
}

/* ---- one placement ---- */

typedef struct one {
    const ais_system *system;
    ais_perf_options options;
    const ais_placement *placement;
    ais_perf_scratch *scratch;
} one;

int ais__load_violations(const ais_system *system, ais_perf_options options, ais_bound bound,
                         double from_rps, double to_rps, const ais_placement *placement,
                         ais_perf_scratch *scratch, unsigned *out, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    ais_evaluation_result result = {.violations = 0};
    options.bound = bound;
    options.rate_rps = from_rps;
    options.rate_to_rps = to_rps;
    if (ais_perf_new(system, &options, &perf, err) < 0)
        return -1;
    ais_perf_evaluate(perf, placement, scratch, &result);
    *out = result.violations;
    return 0;
}

static int judge_one(void *state, double from_rps, double to_rps, ais_load_verdict *out,
                     ais_error **err)
{
    const one *o = state;
    unsigned violations = 0;
    if (ais__load_violations(o->system, o->options, AIS_BOUND_WORST, from_rps, to_rps, o->placement,
                             o->scratch, &violations, err) < 0)
        return -1;
    if (violations == 0) {
        *out = AIS_LOAD_FEASIBLE;
        return 0;
    }
    if (ais__load_violations(o->system, o->options, AIS_BOUND_BEST, from_rps, to_rps, o->placement,
                             o->scratch, &violations, err) < 0)
        return -1;
    *out = violations != 0 ? AIS_LOAD_INFEASIBLE : AIS_LOAD_UNDECIDED;
    return 0;
}

static void fill_counts(const ais_system *system, const ais_perf_options *options,
                        ais_placement *placement)
{
    for (size_t r = 0; r < system->resource_count; r++) {
        const size_t most = options->count_max != NULL ? options->count_max[r] : SIZE_MAX;
        const size_t number = system->resources[r].number;
        if (placement->count[r] > 0 &&
            system->layers[system->resources[r].layer].kind != AIS_LAYER_FAAS)
            placement->count[r] = number < most ? number : most;
    }
}

/* Where the first queue is full: loads are proportional to the rate. */
static int find_upper_end(const one *o, double *out, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_perf_options options = o->options;
    options.bound = AIS_BOUND_NONE;
    options.rate_rps = 1;
    if (ais_perf_new(o->system, &options, &perf, err) < 0)
        return -1;
    double *rho = ais_arena_alloc(arena, (o->system->resource_count + 1) * sizeof *rho);
    ais_evaluation_result result = {.utilization = rho};
    ais_perf_evaluate(perf, o->placement, o->scratch, &result);
    double most = 0;
    for (size_t r = 0; r < o->system->resource_count; r++)
        if (isfinite(rho[r]))
            most = fmax(most, rho[r]);
    *out = most > 0 ? 1 / most : ais__load_most(o->system, &o->options);
    return 0;
}

/* The options that are not in use are not asked for: their functions need no bounds. */
static const bool *used_options(const ais_system *system, const ais_perf_options *options,
                                const ais_placement *placement, ais_arena *arena)
{
    bool *used = ais_arena_alloc(arena, (system->option_count + 1) * sizeof *used);
    for (size_t p = 0; p < system->part_count; p++) {
        const size_t option = placement->option[p];
        if (option < system->option_count)
            used[option] = options->option_allowed == NULL || options->option_allowed[option];
    }
    return used;
}

int ais_load_of_placement(const ais_system *system, const ais_perf_options *perf_options,
                          const ais_placement *placement, const ais_load_options *options,
                          ais_load_result **out, ais_error **err)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    AIS_AUTO(ais_placement) asked = ais_placement_dup(system, placement);
    one o = {.system = system, .options = *perf_options, .placement = asked, .scratch = scratch};
    double to_rps = options->to_rps;
    o.options.current = NULL; /* cost has no say */
    o.options.option_allowed = used_options(system, perf_options, placement, arena);
    if (options->full_counts)
        fill_counts(system, perf_options, asked);
    if (to_rps == 0 && find_upper_end(&o, &to_rps, err) < 0)
        return -1;
    const double from_rps = ais__load_from(options, to_rps);
    const ais__load_judge judge = {.judge = judge_one, .state = &o};
    if (ais__load_check(options, from_rps, to_rps, err) < 0)
        return -1;
    return ais__load_walk(&judge, from_rps, to_rps, ais__load_precision(options, to_rps), out, err);
}
