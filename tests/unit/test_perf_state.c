/* A state that is changed step by step equals the judge, to the bit. */
#include "support/unit.h"

#include <math.h>

#include "support/perf_random.h"

enum { SYSTEMS = 300, STEPS = 200 };

typedef struct walk {
    ais_random *random;
    const ais_system *system;
    const ais_perf *perf;
    ais_perf_state *state;
    ais_placement *placement; /* the same, changed by hand */
    ais_perf_scratch *scratch;
    size_t feasible, broken[10];
} walk;

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void assert_same(double value, double expected, const char *what, size_t i)
{
    if (!same(value, expected)) {
        print_error("%s %zu: %.17g is not %.17g\n", what, i, value, expected);
        fail();
    }
}

/* Compare all that a state tells with what the judge says. */
static void compare(walk *w, bool complete)
{
    const ais_system *system = w->system;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_evaluation_result judged = {
        .utilization = ais_arena_alloc(arena, system->resource_count * sizeof(double)),
        .component_s = ais_arena_alloc(arena, system->component_count * sizeof(double)),
        .path_s = ais_arena_alloc(arena, system->path_count * sizeof(double)),
    };
    ais_perf_evaluate(w->perf, w->placement, w->scratch, &judged);
    assert_int_equal(ais_perf_state_violations(w->state), judged.violations);
    assert_same(ais_perf_state_cost(w->state), judged.cost, "cost", 0);
    for (size_t i = 0; i < system->resource_count; i++)
        assert_same(ais_perf_state_utilization(w->state, i), judged.utilization[i], "resource", i);
    for (size_t i = 0; i < system->component_count; i++)
        assert_same(ais_perf_state_component_s(w->state, i), judged.component_s[i], "component", i);
    for (size_t i = 0; i < system->path_count; i++)
        assert_same(ais_perf_state_path_s(w->state, i), judged.path_s[i], "path", i);
    const double excess = ais_perf_state_excess(w->state);
    assert_true(isfinite(excess));
    assert_int_equal(excess > 0, judged.violations != 0);
    if (complete)
        assert_int_equal(isfinite(judged.cost),
                         (judged.violations & AIS_VIOLATION_INCOMPLETE) == 0);
    w->feasible += judged.violations == 0;
    for (size_t i = 0; i < AIS_COUNT(w->broken); i++)
        w->broken[i] += judged.violations >> i & 1;
}

static void move(walk *w)
{
    const ais_system *system = w->system;
    const size_t c = (size_t)ais_random_below(w->random, system->component_count);
    const ais_system_deployment *deployment = &system->deployments[w->placement->deployment[c]];
    const size_t p =
        deployment->first_part + (size_t)ais_random_below(w->random, deployment->part_count);
    const size_t option = system->parts[p].first_option +
                          (size_t)ais_random_below(w->random, system->parts[p].option_count);
    w->placement->option[p] = option;
    ais_perf_state_move(w->state, p, option);
}

static void choose(walk *w)
{
    const size_t c = (size_t)ais_random_below(w->random, w->system->component_count);
    perf_random_choose(w->random, w->system, w->placement, c);
    const size_t d = w->placement->deployment[c];
    ais_perf_state_choose(w->state, d, w->placement->option + w->system->deployments[d].first_part);
}

static void count(walk *w)
{
    const size_t r = (size_t)ais_random_below(w->random, w->system->resource_count);
    w->placement->count[r] =
        (size_t)ais_random_below(w->random, w->system->resources[r].number + 2);
    ais_perf_state_set_count(w->state, r, w->placement->count[r]);
}

static void set(walk *w)
{
    ais_placement_free(w->placement);
    w->placement = perf_random_placement(w->random, w->system);
    ais_perf_state_set(w->state, w->placement);
}

static void step(walk *w)
{
    static void (*const steps[])(walk *) = {move, move, move, choose, count, count};
    if (ais_random_below(w->random, 50) == 0)
        set(w);
    else
        steps[ais_random_below(w->random, AIS_COUNT(steps))](w);
}

/* All chosen parts of resources without machines get one: else little would be complete. */
static void mend_counts(walk *w)
{
    const ais_system *system = w->system;
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_deployment *deployment = &system->deployments[w->placement->deployment[c]];
        for (size_t k = 0; k < deployment->part_count; k++) {
            const size_t r =
                system->options[w->placement->option[deployment->first_part + k]].resource;
            if (w->placement->count[r] == 0 && ais_random_below(w->random, 4) > 0) {
                w->placement->count[r] = 1;
                ais_perf_state_set_count(w->state, r, 1);
            }
        }
    }
}

static void walk_system(walk *totals, ais_random *random, const perf_random_options *how)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_system) system = perf_random_system(random, how);
    AIS_AUTO(ais_perf) perf = NULL;
    const ais_perf_options options = perf_random_perf_options(random, system, arena);
    assert_int_equal(ais_perf_new(system, &options, &perf, &err), 0);
    AIS_AUTO(ais_perf_state) state = ais_perf_state_new(perf);
    AIS_AUTO(ais_perf_scratch) scratch = ais_perf_scratch_new(system);
    walk w = *totals;
    w.random = random;
    w.system = system;
    w.perf = perf;
    w.state = state;
    w.scratch = scratch;
    w.placement = ais_placement_new(system);
    compare(&w, false); /* nothing chosen */
    set(&w);
    for (size_t i = 0; i < STEPS; i++) {
        step(&w);
        mend_counts(&w);
        if (ais_random_below(random, 3) > 0) /* else several steps at once */
            compare(&w, true);
    }
    ais_placement_free(w.placement);
    *totals = w;
}

static void walk_all(walk *totals, const perf_random_options *how)
{
    ais_random random;
    ais_random_init(&random, unit_seed());
    for (size_t i = 0; i < SYSTEMS; i++)
        walk_system(totals, &random, how);
}

static void test_equals_the_judge(void **state)
{
    (void)state;
    walk totals = {.feasible = 0};
    walk_all(&totals, &(perf_random_options){.slack = 2});
    assert_true(totals.feasible > 0);
    assert_true(totals.broken[0] > 0); /* INCOMPLETE */
    assert_true(totals.broken[1] > 0); /* FORWARD */
    assert_true(totals.broken[3] > 0); /* MEMORY */
    assert_true(totals.broken[4] > 0); /* LOAD */
    assert_true(totals.broken[5] > 0); /* LOCAL */
    assert_true(totals.broken[6] > 0); /* GLOBAL */
    assert_true(totals.broken[7] > 0); /* ONE_TYPE */
    assert_true(totals.broken[8] > 0); /* COUNT */
}

static void test_equals_with_fitted_models_and_gaps(void **state)
{
    (void)state;
    walk totals = {.feasible = 0};
    walk_all(&totals, &(perf_random_options){.slack = 2, .fitted = true, .gaps = true});
    assert_true(totals.feasible > 0);
    assert_true(totals.broken[2] > 0); /* COLOCATION */
    assert_true(totals.broken[9] > 0); /* NETWORK */
}

static void test_keeps_the_placement(void **unused)
{
    (void)unused;
    ais_random random;
    AIS_AUTO(ais_error) err = NULL;
    ais_random_init(&random, 1);
    AIS_AUTO(ais_system) system =
        perf_random_system(&random, &(perf_random_options){.components = 4});
    AIS_AUTO(ais_perf) perf = NULL;
    assert_int_equal(ais_perf_new(system, &(ais_perf_options){.rate_rps = 1}, &perf, &err), 0);
    AIS_AUTO(ais_perf_state) state = ais_perf_state_new(perf);
    AIS_AUTO(ais_placement) placement = perf_random_placement(&random, system);
    ais_perf_state_set(state, placement);
    const ais_placement *kept = ais_perf_state_get(state);
    assert_memory_equal(kept->deployment, placement->deployment,
                        system->component_count * sizeof *kept->deployment);
    for (size_t c = 0; c < system->component_count; c++) {
        const ais_system_deployment *deployment = &system->deployments[kept->deployment[c]];
        for (size_t k = 0; k < deployment->part_count; k++)
            assert_int_equal(kept->option[deployment->first_part + k],
                             placement->option[deployment->first_part + k]);
    }
    for (size_t r = 0; r < system->resource_count; r++)
        assert_int_equal(kept->count[r], placement->count[r]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_the_judge),
        cmocka_unit_test(test_equals_with_fitted_models_and_gaps),
        cmocka_unit_test(test_keeps_the_placement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
