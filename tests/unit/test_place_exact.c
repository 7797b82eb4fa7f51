/* The exact method against one that tries everything; bounds of interrupted runs; threads. */
#include "support/unit.h"

#include <stdatomic.h>

#include <math.h>

#include "place/place.h"
#include "support/perf_random.h"

enum { SYSTEMS = 2400, INTERRUPTED = 400, THREADED = 150 };

/* A clock that is late after so many looks, by any thread. */
typedef struct false_clock {
    atomic_size_t looks;
    size_t last;
} false_clock;

static double look(const ais_ctx *ctx)
{
    false_clock *clock = ctx->user;
    return atomic_fetch_add(&clock->looks, 1) >= clock->last ? 1e9 : 0;
}

static ais_ctx context(false_clock *clock)
{
    ais_ctx ctx = ais_ctx_default();
    ctx.monotonic_s = look;
    ctx.user = clock;
    return ctx;
}

static ais_place_result *solve(const ais_perf *perf, const char *method, size_t threads,
                               size_t looks)
{
    false_clock clock = {.last = looks};
    const ais_ctx ctx = context(&clock);
    const ais_place_options options = {.method = method, .threads = threads, .time_limit_s = 1e6};
    ais_place_result *result = NULL;
    AIS_AUTO(ais_error) err = NULL;
    if (ais_place_solve(perf, &options, &ctx, &result, &err) < 0)
        fail();
    return result;
}

/* How many placements there are, about. */
static double placements(const ais_system *system)
{
    double product = 1;
    for (size_t c = 0; c < system->component_count; c++) {
        double sum = 0;
        const ais_system_component *component = &system->components[c];
        for (size_t d = 0; d < component->deployment_count; d++) {
            const ais_system_deployment *deployment =
                &system->deployments[component->first_deployment + d];
            double chains = 1;
            for (size_t k = 0; k < deployment->part_count; k++)
                chains *= (double)system->parts[deployment->first_part + k].option_count;
            sum += chains;
        }
        product *= sum;
    }
    return product;
}

typedef struct tally {
    size_t allowed, infeasible, interrupted, behind;
} tally;

/* A system at random, small enough to try everything; NULL when this one was not. */
static ais_perf *draw(ais_random *random, ais_system **system, ais_arena *arena)
{
    const double slacks[] = {0.7, 1, 1.5, 4};
    const perf_random_options options = {
        .components = 1 + (size_t)ais_random_below(random, 4),
        .deployments = 2,
        .parts = 2,
        .machines = 2 + (size_t)ais_random_below(random, 2),
        .slack = slacks[ais_random_below(random, AIS_COUNT(slacks))],
        .fitted = ais_random_below(random, 3) == 0,
        .gaps = ais_random_below(random, 6) == 0,
    };
    *system = perf_random_system(random, &options);
    const ais_perf_options perf_options = perf_random_perf_options(random, *system, arena);
    ais_perf *perf = NULL;
    AIS_AUTO(ais_error) err = NULL;
    if (placements(*system) <= 500 && ais_perf_new(*system, &perf_options, &perf, &err) < 0)
        fail();
    return perf;
}

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static void check_proven(const ais_perf *perf, const ais_place_result *reference, tally *seen)
{
    AIS_AUTO(ais_place_result) exact = solve(perf, "exact", 1, SIZE_MAX);
    assert_int_equal(exact->status, reference->status);
    seen->allowed += reference->status == AIS_PLACE_OPTIMAL;
    seen->infeasible += reference->status == AIS_PLACE_INFEASIBLE;
    if (reference->status == AIS_PLACE_INFEASIBLE)
        return;
    if (!is_near(exact->cost, reference->cost)) {
        print_error("cost %.17g, the least is %.17g\n", exact->cost, reference->cost);
        fail();
    }
    assert_true(is_near(exact->bound, exact->cost));
}

static void test_equals_trying_everything(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, 4);
    tally seen = {.allowed = 0};
    for (size_t i = 0; i < SYSTEMS;) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) system = NULL;
        AIS_AUTO(ais_perf) perf = draw(&random, &system, arena);
        if (perf == NULL)
            continue;
        AIS_AUTO(ais_place_result) reference = solve(perf, "reference", 1, SIZE_MAX);
        check_proven(perf, reference, &seen);
        i++;
    }
    assert_true(seen.allowed > SYSTEMS / 5);
    assert_true(seen.infeasible > SYSTEMS / 20);
}

static void test_bounds_hold_wherever_it_is_interrupted(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, 5);
    tally seen = {.allowed = 0};
    for (size_t i = 0; i < INTERRUPTED;) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) system = NULL;
        AIS_AUTO(ais_perf) perf = draw(&random, &system, arena);
        if (perf == NULL)
            continue;
        AIS_AUTO(ais_place_result) whole = solve(perf, "exact", 1, SIZE_MAX);
        for (size_t looks = 1; looks < 12; looks++) {
            AIS_AUTO(ais_place_result) part = solve(perf, "exact", 1, looks);
            if (whole->status == AIS_PLACE_INFEASIBLE) {
                assert_null(part->best);
                continue;
            }
            assert_true(part->status != AIS_PLACE_INFEASIBLE);
            assert_true(part->bound <= whole->cost * (1 + 1e-9) + 1e-9);
            assert_true(part->cost >= whole->cost * (1 - 1e-9) - 1e-9);
            seen.interrupted += part->timed_out;
            seen.behind += part->bound < whole->cost * (1 - 1e-6);
        }
        i++;
    }
    assert_true(seen.interrupted > INTERRUPTED);
    assert_true(seen.behind > INTERRUPTED);
}

static void assert_same_placement(const ais_system *system, const ais_place_result *a,
                                  const ais_place_result *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->best == NULL, b->best == NULL);
    if (a->best == NULL)
        return;
    assert_memory_equal(a->best->deployment, b->best->deployment,
                        system->component_count * sizeof(size_t));
    assert_memory_equal(a->best->option, b->best->option, system->part_count * sizeof(size_t));
    assert_memory_equal(a->best->count, b->best->count, system->resource_count * sizeof(size_t));
}

static void test_threads_do_not_change_the_answer(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, 6);
    const perf_random_options options = {.components = 4, .machines = 3, .slack = 1.2};
    for (size_t i = 0; i < THREADED; i++) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) system = perf_random_system(&random, &options);
        const ais_perf_options perf_options = perf_random_perf_options(&random, system, arena);
        AIS_AUTO(ais_perf) perf = NULL;
        AIS_AUTO(ais_error) err = NULL;
        assert_int_equal(ais_perf_new(system, &perf_options, &perf, &err), 0);
        AIS_AUTO(ais_place_result) one = solve(perf, "exact", 1, SIZE_MAX);
        AIS_AUTO(ais_place_result) two = solve(perf, "exact", 2, SIZE_MAX);
        assert_same_placement(system, one, two);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_trying_everything),
        cmocka_unit_test(test_bounds_hold_wherever_it_is_interrupted),
        cmocka_unit_test(test_threads_do_not_change_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
