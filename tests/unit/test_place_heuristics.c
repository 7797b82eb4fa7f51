/* The heuristic methods: what they find is allowed, repeatable, and mostly the optimum of systems that are small. */
#include "support/unit.h"

#include <math.h>

#include "support/perf_random.h"
#include "support/place_fixture.h"

#include "place/search.h"

/* Little effort: these tests look for nonsense, not for optima. */
typedef struct heuristic {
    const ais__place_method *method;
    size_t iterations;
} heuristic;
static const heuristic heuristics[] = {
    {&ais__place_local_search, 4}, {&ais__place_tabu, 60},          {&ais__place_annealing, 1500},
    {&ais__place_genetic, 8},      {&ais__place_random_greedy, 30},
};

static ais_place_options quick(size_t method)
{
    return (ais_place_options){.starts = 2,
                               .iterations = heuristics[method].iterations,
                               .population = 10,
                               .threads = 1,
                               .seed = 7};
}

/* A random system, compiled; with semantics, rules, counts and a current placement at random, or plainly. */
typedef struct subject {
    ais_arena *arena;
    ais_system *system;
    ais_perf *perf;
} subject;

static void subject_clear(subject *s)
{
    ais_perf_free(s->perf);
    ais_system_free(s->system);
    ais_arena_free(s->arena);
}

static subject make_subject(ais_random *random, const perf_random_options *how, bool plain)
{
    AIS_AUTO(ais_error) err = NULL;
    subject s = {.arena = ais_arena_new(), .system = perf_random_system(random, how)};
    ais_perf_options options = {.rate_rps = 1};
    if (!plain)
        options = perf_random_perf_options(random, s.system, s.arena);
    assert_int_equal(ais_perf_new(s.system, &options, &s.perf, &err), 0);
    return s;
}

static ais_place_result *solve(const ais_perf *perf, const ais__place_method *method,
                               ais_place_options options)
{
    const ais_ctx ctx = ais_ctx_default();
    ais_place_result *result = NULL;
    AIS_AUTO(ais_error) err = NULL;
    options.method = method->name;
    assert_int_equal(ais_place_solve(perf, &options, &ctx, &result, &err), 0);
    return result;
}

/* Cost of what a method finds; INFINITY: nothing. The judge agrees. */
static double cost_of(const ais_perf *perf, const ais__place_method *method,
                      ais_place_options options)
{
    AIS_AUTO(ais_place_result) result = solve(perf, method, options);
    ais_evaluation_result judged = {.violations = 0};
    if (result->best == NULL)
        return (double)INFINITY;
    ais_perf_evaluate(perf, result->best, NULL, &judged);
    assert_int_equal(judged.violations, 0);
    assert_true(judged.cost == result->cost);
    return result->cost;
}

/* Systems of which everything is random: kinds of models, rules that are off, what runs now. */
static void test_what_is_found_is_allowed(void **state)
{
    (void)state;
    ais_random random;
    size_t found[AIS_COUNT(heuristics)] = {0};
    ais_random_init(&random, unit_seed());
    for (size_t i = 0; i < 60; i++) {
        const perf_random_options how = {.slack = 2, .fitted = i % 2 == 0, .gaps = i % 3 == 0};
        __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &how, false);
        for (size_t m = 0; m < AIS_COUNT(heuristics); m++)
            found[m] += cost_of(s.perf, heuristics[m].method, quick(m)) < (double)INFINITY;
    }
    for (size_t m = 0; m < AIS_COUNT(heuristics); m++)
        assert_true(found[m] > 10);
}

static void assert_same(const ais_system *s, const ais_place_result *a, const ais_place_result *b)
{
    assert_true(a->cost == b->cost);
    assert_int_equal(a->best == NULL, b->best == NULL);
    if (a->best == NULL)
        return;
    assert_memory_equal(a->best->deployment, b->best->deployment,
                        s->component_count * sizeof(size_t));
    assert_memory_equal(a->best->option, b->best->option, s->part_count * sizeof(size_t));
    assert_memory_equal(a->best->count, b->best->count, s->resource_count * sizeof(size_t));
}

static void test_same_seed_same_answer_on_any_number_of_threads(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    for (size_t i = 0; i < 10; i++) {
        const perf_random_options how = {.components = 6, .slack = 3};
        __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &how, true);
        for (size_t m = 0; m < AIS_COUNT(heuristics); m++) {
            ais_place_options two = quick(m);
            two.threads = 2;
            AIS_AUTO(ais_place_result) one = solve(s.perf, heuristics[m].method, quick(m));
            AIS_AUTO(ais_place_result) again = solve(s.perf, heuristics[m].method, quick(m));
            AIS_AUTO(ais_place_result) on_two = solve(s.perf, heuristics[m].method, two);
            assert_same(s.system, one, again);
            assert_same(s.system, one, on_two);
        }
    }
}

/* Small enough to try everything. The system is made from a seed: counts below are of these systems alone. */
enum { TINY = 40 };
static const perf_random_options tiny = {.components = 3,
                                         .deployments = 2,
                                         .parts = 2,
                                         .types = 2,
                                         .functions = 2,
                                         .machines = 2,
                                         .slack = 1.5};

static void test_never_below_the_optimum_and_mostly_at_it(void **state)
{
    (void)state;
    ais_random random;
    size_t feasible = 0, optimal[AIS_COUNT(heuristics)] = {0}, found[AIS_COUNT(heuristics)] = {0};
    ais_random_init(&random, 1);
    for (size_t i = 0; i < TINY; i++) {
        __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &tiny, true);
        const double least =
            cost_of(s.perf, &ais__place_reference, (ais_place_options){.threads = 1});
        feasible += least < (double)INFINITY;
        for (size_t m = 0; m < AIS_COUNT(heuristics); m++) {
            const double cost = cost_of(s.perf, heuristics[m].method, quick(m));
            assert_true(cost >= least * (1 - 1e-12));
            found[m] += cost < (double)INFINITY;
            optimal[m] += cost <= least * (1 + 1e-12) && least < (double)INFINITY;
        }
    }
    for (size_t m = 0; m < AIS_COUNT(heuristics); m++)
        print_message("%s: %zu of %zu found, %zu optimal\n", heuristics[m].method->name, found[m],
                      feasible, optimal[m]);
    assert_true(feasible > TINY / 3);
    assert_true(found[0] * 100 >= feasible * 98); /* local search */
    assert_true(optimal[0] * 100 >= feasible * 95);
    for (size_t m = 0; m < AIS_COUNT(heuristics); m++)
        assert_true(found[m] * 100 >= feasible * 90);
}

static void test_start_finds_what_there_is(void **state)
{
    (void)state;
    const ais_ctx ctx = ais_ctx_default();
    ais_random random;
    size_t feasible = 0, found = 0, near = 0;
    ais_random_init(&random, 2);
    for (size_t i = 0; i < TINY; i++) {
        __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &tiny, true);
        const double least =
            cost_of(s.perf, &ais__place_reference, (ais_place_options){.threads = 1});
        const ais_place_options options = {.time_limit_s = 60, .threads = 1};
        AIS_SCOPED(ais__search) search;
        ais__search_init(&search, s.perf, &options, &ctx);
        const bool says = ais__place_start(&search, 1, 2);
        assert_int_equal(says, search.has_best);
        feasible += least < (double)INFINITY;
        found += search.has_best;
        near += atomic_load(&search.cost) <= least * 1.05 && search.has_best;
    }
    print_message("start: %zu of %zu found, %zu near the optimum\n", found, feasible, near);
    assert_true(found * 100 >= feasible * 95);
    assert_true(near * 100 >= feasible * 90);
}

static ais_placement *started(const ais_perf *perf)
{
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options options = {.time_limit_s = 600, .threads = 1};
    AIS_SCOPED(ais__search) search;
    ais__search_init(&search, perf, &options, &ctx);
    return ais__place_start(&search, 1, 1) ? ais_placement_dup(perf->system, search.best) : NULL;
}

/* Above some size neighbours are not placed anew, and work ends a start: by what was done, not by the clock. */
static void test_start_is_the_same_on_large_systems(void **state)
{
    (void)state;
    ais_random random;
    size_t found = 0;
    ais_random_init(&random, 5);
    for (size_t i = 0; i < 4; i++) {
        const perf_random_options how = {.components = 50,
                                         .edge_layers = 4,
                                         .vm_layers = 4,
                                         .types = 3,
                                         .functions = 40,
                                         .machines = 20,
                                         .slack = 50};
        __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &how, true);
        AIS_AUTO(ais_placement) one = started(s.perf);
        AIS_AUTO(ais_placement) two = started(s.perf);
        assert_int_equal(one == NULL, two == NULL);
        if (one == NULL)
            continue;
        found++;
        assert_memory_equal(one->option, two->option, s.system->part_count * sizeof(size_t));
        assert_memory_equal(one->count, two->count, s.system->resource_count * sizeof(size_t));
    }
    assert_true(found >= 2);
}

/* Both components run on one dear type. Its layer has a cheaper one; there is no other layer to pass through, and
 * the two may not be in use at once. */
static void test_the_type_of_a_layer_is_swapped(void **state)
{
    (void)state;
    static const fixture_resource resources[] = {
        {"edge", "dear", AIS_LAYER_EDGE, 2, 5},
        {"edge", "cheap", AIS_LAYER_EDGE, 2, 2},
        {.name = NULL},
    };
    static const fixture_option options[] = {
        {"a", "s1", "h1", "dear", 0.1, 0, 0},
        {"a", "s1", "h1", "cheap", 0.3, 0, 0},
        {"b", "s1", "h1", "dear", 0.1, 0, 0},
        {"b", "s1", "h1", "cheap", 0.3, 0, 0},
        {.component = NULL},
    };
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_system) system = fixture_system(resources, options, 1, 10, 0.01);
    AIS_AUTO(ais_perf) perf = NULL;
    assert_int_equal(ais_perf_new(system, &(ais_perf_options){.rate_rps = 1}, &perf, &err), 0);
    AIS_AUTO(ais_placement) first = ais_placement_new(system);
    fixture_put(system, first, "a", "s1", "h1", "dear");
    fixture_put(system, first, "b", "s1", "h1", "dear");
    for (size_t m = 0; m < AIS_COUNT(heuristics); m++) {
        ais_place_options from = quick(m);
        from.first = first;
        from.starts = 1;
        assert_near(cost_of(perf, heuristics[m].method, from), 2, 1e-12);
    }
}

static void test_nothing_above_a_limit_of_cost_is_found(void **state)
{
    (void)state;
    ais_random random;
    size_t tested = 0;
    ais_random_init(&random, 3);
    for (size_t i = 0; i < 20; i++) {
        __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &tiny, true);
        const double least =
            cost_of(s.perf, &ais__place_reference, (ais_place_options){.threads = 1});
        for (size_t m = 0; least < (double)INFINITY && m < AIS_COUNT(heuristics); m++, tested++) {
            ais_place_options below = quick(m);
            below.cost_below = least;
            assert_true(cost_of(s.perf, heuristics[m].method, below) == (double)INFINITY);
        }
    }
    assert_true(tested > 0);
}

static void test_the_first_placement_ends_the_search_when_that_is_asked_for(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, 4);
    const perf_random_options how = {.components = 5, .slack = 10};
    __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &how, true);
    for (size_t m = 0; m < AIS_COUNT(heuristics); m++) {
        /* It would take hours otherwise. */
        const ais_place_options any = {
            .threads = 1, .starts = 1000000, .iterations = 20, .first_only = true};
        assert_true(cost_of(s.perf, heuristics[m].method, any) < (double)INFINITY);
    }
}

static void test_a_time_limit_ends_all(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, 4);
    const perf_random_options how = {.components = 5, .slack = 10};
    __attribute__((cleanup(subject_clear))) subject s = make_subject(&random, &how, true);
    for (size_t m = 0; m < AIS_COUNT(heuristics); m++) {
        const ais_place_options endless = {
            .threads = 2, .starts = 1000000, .iterations = 1000000, .time_limit_s = 0.02};
        AIS_AUTO(ais_place_result) result = solve(s.perf, heuristics[m].method, endless);
        assert_true(result->timed_out);
        assert_int_not_equal(result->status, AIS_PLACE_OPTIMAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_found_is_allowed),
        cmocka_unit_test(test_same_seed_same_answer_on_any_number_of_threads),
        cmocka_unit_test(test_never_below_the_optimum_and_mostly_at_it),
        cmocka_unit_test(test_start_finds_what_there_is),
        cmocka_unit_test(test_start_is_the_same_on_large_systems),
        cmocka_unit_test(test_the_type_of_a_layer_is_swapped),
        cmocka_unit_test(test_nothing_above_a_limit_of_cost_is_found),
        cmocka_unit_test(test_the_first_placement_ends_the_search_when_that_is_asked_for),
        cmocka_unit_test(test_a_time_limit_ends_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
