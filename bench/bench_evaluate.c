/* How many placements a second are judged: bench_evaluate [SYSTEM.json [RATE]] prints a row "name per-second" for
 * full evaluations (cost and violations), the same with all times, and steps of a state (one partition moved or the
 * machines of a resource changed, then cost and violations). One thread, seconds of that thread; steps are drawn
 * beforehand, so that placements with broken rules are among them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "place/generate.h"
#include "place/read.h"

enum { STEPS = 4096, TRIES = 5 };
static const double TRY_S = 0.2;

typedef struct step {
    size_t part, option; /* part NONE: machines of resource `option` */
    size_t count;
} step;

typedef struct bench {
    const ais_system *system;
    const ais_perf *perf;
    ais_placement *placement;
    step steps[STEPS];
} bench;

/* Any placement, all machines. */
static void place_start(bench *b, ais_random *random)
{
    const ais_system *system = b->system;
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_deployment *d =
            &system->deployments[system->components[c].first_deployment +
                                 ais_random_below(random, system->components[c].deployment_count)];
        b->placement->deployment[c] = (size_t)(d - system->deployments);
        for (size_t k = 0; k < d->part_count; k++) {
            const ais_system_part *part = &system->parts[d->first_part + k];
            b->placement->option[d->first_part + k] =
                part->first_option + ais_random_below(random, part->option_count);
        }
    }
    for (size_t r = 0; r < system->resource_count; r++)
        b->placement->count[r] = system->resources[r].number;
}

static void draw_steps(bench *b, ais_random *random)
{
    const ais_system *system = b->system;
    for (size_t i = 0; i < STEPS; i++) {
        const size_t c = ais_random_below(random, system->component_count);
        const ais_system_deployment *d = &system->deployments[b->placement->deployment[c]];
        const size_t p = d->first_part + ais_random_below(random, d->part_count);
        b->steps[i] = (step){.part = p,
                             .option = system->parts[p].first_option +
                                       ais_random_below(random, system->parts[p].option_count)};
        if (ais_random_below(random, 8) > 0)
            continue;
        const size_t r = system->options[b->steps[i].option].resource;
        b->steps[i] = (step){.part = AIS_SYSTEM_NONE,
                             .option = r,
                             .count = 1 + ais_random_below(random, system->resources[r].number)};
    }
}

/* Seconds of this thread: others may be busy, too. */
static double thread_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The best of some tries. */
static double rate_of(bench *b, void (*round)(bench *b, void *user), void *user, size_t per_round)
{
    double best = 0;
    for (size_t i = 0; i < TRIES; i++) {
        const double start_s = thread_s();
        double now_s = start_s;
        size_t done = 0;
        while (now_s < start_s + TRY_S) {
            round(b, user);
            done += per_round;
            now_s = thread_s();
        }
        best = fmax(best, (double)done / (now_s - start_s));
    }
    return best;
}

typedef struct judge {
    ais_perf_scratch *scratch;
    ais_evaluation_result result;
    double sum;
} judge;

static void evaluate(bench *b, void *user)
{
    judge *j = user;
    for (size_t i = 0; i < STEPS; i++) {
        if (b->steps[i].part != AIS_SYSTEM_NONE)
            b->placement->option[b->steps[i].part] = b->steps[i].option;
        ais_perf_evaluate(b->perf, b->placement, j->scratch, &j->result);
        j->sum += j->result.cost + j->result.violations;
    }
}

typedef struct walker {
    ais_perf_state *state;
    double sum;
} walker;

static void walk(bench *b, void *user)
{
    walker *w = user;
    for (size_t i = 0; i < STEPS; i++) {
        const step *s = &b->steps[i];
        if (s->part != AIS_SYSTEM_NONE)
            ais_perf_state_move(w->state, s->part, s->option);
        else
            ais_perf_state_set_count(w->state, s->option, s->count);
        w->sum += ais_perf_state_violations(w->state);
        w->sum += ais_perf_state_cost(w->state);
    }
}

static void run(bench *b)
{
    const ais_system *system = b->system;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    AIS_AUTO(ais_perf_state) state = ais_perf_state_new(b->perf);
    judge plain = {.scratch = scratch};
    judge times = {
        .scratch = scratch,
        .result = {
            .utilization = ais_arena_alloc(arena, system->resource_count * sizeof(double)),
            .part_s = ais_arena_alloc(arena, system->part_count * sizeof(double)),
            .component_s = ais_arena_alloc(arena, system->component_count * sizeof(double)),
            .path_s = ais_arena_alloc(arena, system->path_count * sizeof(double)),
        }};
    walker steps = {.state = state};
    ais_perf_state_set(state, b->placement);
    printf("evaluate %.0f\n", rate_of(b, evaluate, &plain, STEPS));
    printf("evaluate-times %.0f\n", rate_of(b, evaluate, &times, STEPS));
    printf("step %.0f\n", rate_of(b, walk, &steps, STEPS));
}

/* Of a file, or one of 15 components from a seed. */
static int get_system(const char *path, ais_system **out, ais_error **err)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    const ais_generate_options options = {.seed = 1, .components = 15};
    const int status = path != NULL ? ais_system_read(path, diags, out)
                                    : ais_system_from_node(ais_system_generate(&options, doc, NULL),
                                                           ".", diags, out);
    return status < 0 ? ais_diags_fail(diags, err) : 0;
}

static int get_and_run(const char *path, double rate_rps, ais_error **err)
{
    static const uint64_t SEED = 1;
    AIS_AUTO(ais_system) system = NULL;
    AIS_AUTO(ais_perf) perf = NULL;
    ais_random random;
    ais_random_init(&random, SEED);
    if (get_system(path, &system, err) < 0 ||
        ais_perf_new(system, &(ais_perf_options){.rate_rps = rate_rps}, &perf, err) < 0)
        return -1;
    AIS_AUTO(ais_placement) placement = ais_placement_new(system);
    bench *b = ais_alloc(sizeof *b);
    *b = (bench){.system = system, .perf = perf, .placement = placement};
    place_start(b, &random);
    draw_steps(b, &random);
    printf("components %zu\n", system->component_count);
    run(b);
    free(b);
    return 0;
}

int main(int count, char **words)
{
    AIS_AUTO(ais_error) err = NULL;
    if (get_and_run(count > 1 ? words[1] : NULL, count > 2 ? strtod(words[2], NULL) : 0, &err) <
        0) {
        fprintf(stderr, "bench: %s\n", ais_error_get_message(err));
        return 1;
    }
    return 0;
}
