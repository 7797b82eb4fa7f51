/* What may change of a system that runs, and how to get there. */
#include "support/unit.h"

#include <string.h>

#include "support/perf_random.h"
#include "support/place_brute.h"
#include "support/place_fixture.h"

#include "base/random.h"

#include "place/read.h"
#include "place/runtime.h"

static const fixture_resource resources[] = {{"edge", "E1", AIS_LAYER_EDGE, 4, 1},
                                             {"edge", "E2", AIS_LAYER_EDGE, 4, 1.5},
                                             {"vms", "V1", AIS_LAYER_VM, 4, 2},
                                             {"vms", "V2", AIS_LAYER_VM, 5, 3},
                                             {"spare", "W1", AIS_LAYER_VM, 3, 2.5},
                                             {"faas", "F1", AIS_LAYER_FAAS, 1, 0.5},
                                             {.name = NULL}};
static const fixture_option options[] = {{"a", "s1", "h1", "E1", .demand_s = 0.1},
                                         {"a", "s1", "h1", "E2", .demand_s = 0.08},
                                         {"a", "s2", "h1", "E1", .demand_s = 0.04},
                                         {"a", "s2", "h2", "V1", .demand_s = 0.05},
                                         {"a", "s2", "h2", "W1", .demand_s = 0.05},
                                         {"b", "s1", "h1", "E1", .demand_s = 0.2},
                                         {"b", "s1", "h1", "V1", .demand_s = 0.1},
                                         {"b", "s1", "h1", "V2", .demand_s = 0.07},
                                         {"b", "s1", "h1", "F1", .demand_s = 0.2, .cold_s = 1},
                                         {.component = NULL}};

static ais_system *make_system(void)
{
    return fixture_system(resources, options, 1, INFINITY, 0.001);
}

static ais_placement *make_current(const ais_system *system)
{
    ais_placement *placement = ais_placement_new(system);
    fixture_put(system, placement, "a", "s1", "h1", "E1");
    fixture_put(system, placement, "b", "s1", "h1", "V1");
    placement->count[0] = 2;
    placement->count[2] = 3;
    return placement;
}

static void check_counts(const size_t *counts, size_t e1, size_t e2, size_t v1, size_t v2,
                         size_t w1)
{
    const size_t expected[] = {e1, e2, v1, v2, w1};
    for (size_t r = 0; r < AIS_COUNT(expected); r++)
        assert_int_equal(counts[r], expected[r]);
}

static void test_edge_machines_are_those_that_run_and_types_stay(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = make_system();
    AIS_AUTO(ais_placement) current = make_current(s);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_perf_options o = {.rate_rps = 2};
    const ais_runtime_options runtime = {
        .current = current, .start_cost = 1, .stop_cost = 2, .move_cost = 3};
    ais_runtime_restrict(s, &runtime, arena, &o);
    check_counts(o.count_max, 2, 0, 4, 0, 3);
    assert_int_equal(o.count_max[5], 1);
    assert_null(o.option_allowed);
    assert_ptr_equal(o.current, current);
    assert_near(o.start_cost + 10 * o.stop_cost + 100 * o.move_cost, 321, 0);
    assert_near(o.rate_rps, 2, 0); /* what else was asked for stays */
}

static void test_freed_types_may_change_and_limits_add_up(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = make_system();
    AIS_AUTO(ais_placement) current = make_current(s);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    const size_t budget[] = {4, 4, 1, 9, 0, 1};
    ais_perf_options o = {.count_max = budget};
    ais_runtime_restrict(s, &(ais_runtime_options){.current = current, .free_types = true}, arena,
                         &o);
    check_counts(o.count_max, 2, 0, 1, 5, 0);
}

static void test_scaling_leaves_every_partition_where_it_is(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = make_system();
    AIS_AUTO(ais_placement) current = make_current(s);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_perf_options o = {0};
    ais_runtime_restrict(s, &(ais_runtime_options){.current = current, .scaling_only = true}, arena,
                         &o);
    size_t allowed = 0;
    for (size_t i = 0; i < s->option_count; i++)
        allowed += o.option_allowed[i] ? 1 : 0;
    assert_int_equal(allowed, 2);
    assert_true(o.option_allowed[current->option[0]]);
}

static char *plan_text(const ais_system *s, const ais_placement *from, const ais_placement *to)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    size_t count;
    const ais_change *changes = ais_runtime_plan(s, from, to, arena, &count);
    ais_str text = {0};
    ais_runtime_plan_write_text(s, changes, count, &text);
    return ais_str_take(&text);
}

static void test_a_plan_starts_moves_and_then_stops(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = make_system();
    AIS_AUTO(ais_placement) from = make_current(s);
    AIS_AUTO(ais_placement) to = ais_placement_new(s);
    fixture_put(s, to, "a", "s2", "h1", "E1");
    fixture_put(s, to, "a", "s2", "h2", "W1");
    fixture_put(s, to, "b", "s1", "h1", "F1");
    to->count[4] = 2;
    AIS_FREE char *text = plan_text(s, from, to);
    assert_string_equal(text, "start 2 machines of W1\n"
                              "begin h1 of a (s2) on E1\n"
                              "begin h2 of a (s2) on W1\n"
                              "end h1 of a (s1) on E1\n"
                              "move h1 of b (s1) from V1 to F1\n"
                              "stop 1 machine of E1\n"
                              "stop 3 machines of V1\n");
    AIS_FREE char *none = plan_text(s, to, to);
    assert_string_equal(none, "nothing to change\n");
}

static void test_a_plan_as_json(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = make_system();
    AIS_AUTO(ais_placement) from = make_current(s);
    AIS_AUTO(ais_placement) to = ais_placement_dup(s, from);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {0};
    fixture_put(s, to, "b", "s1", "h1", "V2");
    assert_int_equal(to->count[2], 3); /* nothing runs there any more: they stop all the same */
    size_t count;
    const ais_change *changes = ais_runtime_plan(s, from, to, arena, &count);
    ais_doc_write_json(ais_runtime_plan_to_node(s, changes, count, doc), -1, &text);
    assert_string_equal(ais_str_get(&text),
                        "[{\"change\": \"start\", \"resource\": \"V2\", \"machines\": 1}, "
                        "{\"change\": \"move\", \"component\": \"b\", \"deployment\": \"s1\", "
                        "\"partition\": \"h1\", "
                        "\"from\": \"V1\", \"to\": \"V2\"}, "
                        "{\"change\": \"stop\", \"resource\": \"V1\", \"machines\": 3}]");
}

/* Any placement, feasible or not. */
static ais_placement *random_placement(const ais_system *s, ais_random *random)
{
    ais_placement *placement = ais_placement_new(s);
    for (size_t c = 0; c < s->component_count; c++) {
        const ais_system_component *component = &s->components[c];
        const size_t d = component->first_deployment +
                         (size_t)ais_random_below(random, component->deployment_count);
        placement->deployment[c] = d;
        for (size_t k = 0; k < s->deployments[d].part_count; k++) {
            const size_t p = s->deployments[d].first_part + k;
            const size_t o = s->parts[p].first_option +
                             (size_t)ais_random_below(random, s->parts[p].option_count);
            const size_t r = s->options[o].resource;
            placement->option[p] = o;
            if (placement->count[r] == 0)
                placement->count[r] = 1 + (size_t)ais_random_below(random, s->resources[r].number);
        }
    }
    return placement;
}

/* What a plan says, done to counts and to the resource of each partition. */
typedef struct world {
    size_t count[FIXTURE_MAX], place[FIXTURE_MAX];
} world;

static world world_of(const ais_system *s, const ais_placement *placement)
{
    world w = {0};
    for (size_t r = 0; r < s->resource_count; r++)
        if (s->layers[s->resources[r].layer].kind != AIS_LAYER_FAAS)
            w.count[r] = placement->count[r];
    for (size_t p = 0; p < s->part_count; p++)
        w.place[p] = placement->option[p] == AIS_SYSTEM_NONE
                         ? AIS_SYSTEM_NONE
                         : s->options[placement->option[p]].resource;
    return w;
}

static void apply(world *w, const ais_change *change)
{
    switch (change->kind) {
    case AIS_CHANGE_START:
        w->count[change->resource] += change->count;
        break;
    case AIS_CHANGE_MOVE:
        assert_int_equal(w->place[change->part], change->from);
        w->place[change->part] = change->resource;
        break;
    case AIS_CHANGE_STOP:
        assert_true(w->count[change->resource] >= change->count);
        w->count[change->resource] -= change->count;
        break;
    }
}

/* Does every partition that runs have a machine to run on? */
static void check_served(const ais_system *s, const world *w)
{
    for (size_t p = 0; p < s->part_count; p++) {
        const size_t r = w->place[p];
        if (r != AIS_SYSTEM_NONE && s->layers[s->resources[r].layer].kind != AIS_LAYER_FAAS)
            assert_true(w->count[r] > 0);
    }
}

static void test_a_plan_applied_leads_there_and_serves_all_along(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = make_system();
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_random random;
    ais_random_init(&random, unit_seed());
    for (int round = 0; round < 500; round++) {
        AIS_AUTO(ais_placement) from = random_placement(s, &random);
        AIS_AUTO(ais_placement) to = random_placement(s, &random);
        size_t count;
        const ais_change *changes = ais_runtime_plan(s, from, to, arena, &count);
        world w = world_of(s, from);
        for (size_t i = 0; i < count; i++) {
            assert_true(i == 0 || changes[i - 1].kind <= changes[i].kind);
            apply(&w, &changes[i]);
            check_served(s, &w);
        }
        const world expected = world_of(s, to);
        assert_memory_equal(&w, &expected, sizeof w);
        ais_arena_reset(arena);
    }
}

/* ---- solving from what runs ---- */

static ais_place_result *solve(const ais_system *s, const ais_perf_options *o)
{
    AIS_AUTO(ais_perf) perf = NULL;
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options place = {.method = place_brute_rival(), .first = o->current};
    ais_place_result *result = NULL;
    assert_int_equal(ais_perf_new(s, o, &perf, NULL), 0);
    assert_int_equal(ais_place_solve(perf, &place, &ctx, &result, NULL), 0);
    return result;
}

/* b runs on two machines of V1, which cost 4; one of V2 would do, and costs 3. */
static void check_saving(double start, double stop, double move, const char *expected)
{
    AIS_AUTO(ais_system) s = make_system();
    AIS_AUTO(ais_placement) current = ais_placement_new(s);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    fixture_put(s, current, "a", "s1", "h1", "E1");
    fixture_put(s, current, "b", "s1", "h1", "V1");
    current->count[2] = 2;
    s->components[1].local_limit_s = 0.3;
    s->options[5].demand_s = 1;   /* not on the edge, */
    s->options[8].warm_s = 1;     /* nor on the function, */
    s->options[6].demand_s = 0.2; /* and on V1 with two machines alone: 0.2 / (1 - 0.3) */
    ais_perf_options o = {.rate_rps = 3};
    const ais_runtime_options runtime = {.current = current,
                                         .free_types = true,
                                         .start_cost = start,
                                         .stop_cost = stop,
                                         .move_cost = move};
    ais_runtime_restrict(s, &runtime, arena, &o);
    AIS_AUTO(ais_place_result) result = solve(s, &o);
    assert_int_equal(result->status, AIS_PLACE_OPTIMAL);
    AIS_FREE char *text = plan_text(s, current, result->best);
    assert_string_equal(text, expected);
}

static void test_a_change_that_does_not_pay_for_itself_is_not_made(void **state)
{
    (void)state;
    static const char change[] = "start 1 machine of V2\n"
                                 "move h1 of b (s1) from V1 to V2\n"
                                 "stop 2 machines of V1\n";
    check_saving(0, 0, 0, change); /* saves 1 */
    check_saving(0.4, 0.1, 0.3, change);
    check_saving(0.4, 0.2, 0.3, "nothing to change\n");
    check_saving(0, 0, 1.1, "nothing to change\n");
}

static void test_solutions_at_runtime_are_the_cheapest_of_all(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t solved = 0;
    for (int round = 0; round < 60; round++) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_system) s = perf_random_system(
            &random, &(perf_random_options){
                         .components = 2, .parts = 2, .machines = 3, .functions = 2, .slack = 2});
        AIS_AUTO(ais_placement) current = perf_random_placement(&random, s);
        AIS_AUTO(ais_perf) perf = NULL;
        const ais_runtime_options runtime = {.current = current,
                                             .free_types = round % 2 == 0,
                                             .scaling_only = round % 5 == 0,
                                             .start_cost = 2 * ais_random_uniform(&random),
                                             .stop_cost = ais_random_uniform(&random),
                                             .move_cost = ais_random_uniform(&random)};
        ais_perf_options o = {.semantics = (ais_semantics)ais_random_below(&random, 3),
                              .rate_rps = 1.5 * ais_random_uniform(&random) + 0.1};
        ais_runtime_restrict(s, &runtime, arena, &o);
        AIS_AUTO(ais_place_result) result = solve(s, &o);
        assert_int_equal(ais_perf_new(s, &o, &perf, NULL), 0);
        const double optimum = place_brute_optimum(perf);
        if (optimum == (double)INFINITY) {
            assert_int_equal(result->status, AIS_PLACE_INFEASIBLE);
            continue;
        }
        solved++;
        assert_int_equal(result->status, AIS_PLACE_OPTIMAL);
        assert_near(result->cost, optimum, 1e-9 * optimum);
        for (size_t r = 0; r < s->resource_count; r++)
            if (s->layers[s->resources[r].layer].kind == AIS_LAYER_EDGE)
                assert_true(!ais_placement_uses(s, result->best, r) ||
                            result->best->count[r] <= current->count[r]);
    }
    assert_true(solved > 10);
}

/* ---- the profile of the runtime study ---- */

static ais_system *read_example(void)
{
    const char *data = getenv("AISPRINT_TEST_DATA");
    ais_system *system = NULL;
    if (data == NULL)
        return NULL;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_FREE char *path = ais_format("%s/space4ai/RunningExample_2.json", data);
    assert_int_equal(ais_system_read(path, diags, &system), 0);
    return system;
}

static void check_machines(const ais_system *s, const ais_placement *placement)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    for (size_t r = 0; r < s->resource_count; r++)
        if (s->layers[s->resources[r].layer].kind != AIS_LAYER_FAAS &&
            ais_placement_uses(s, placement, r))
            ais_str_add_format(&text, "%sx%zu ", s->resources[r].name, placement->count[r]);
    assert_string_equal(ais_str_get(&text), "Drone1x1 EN1x2 VM3x1 ");
}

/* Optima of the study's system as the load changes, number of edge machines and VM type locked. */
static void test_the_runtime_study_is_solved_to_its_optima(void **state)
{
    (void)state;
    static const struct {
        double rate_rps, cost;
    } rows[] = {{7.0, 5.1306}, {6.0, 5.0726}, {5.0, 4.7702},
                {4.0, 4.7246}, {6.0, 5.0726}, {7.5, 5.1972}};
    AIS_AUTO(ais_system) s = read_example();
    if (s == NULL) {
        print_message("AISPRINT_TEST_DATA is not set: without the runtime study\n");
        skip();
    }
    AIS_AUTO(ais_place_result) design =
        solve(s, &(ais_perf_options){.semantics = AIS_SEMANTICS_CPP, .rate_rps = 7.5});
    AIS_AUTO(ais_placement) current = ais_placement_dup(s, design->best);
    check_machines(s, current);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        ais_perf_options o = {.semantics = AIS_SEMANTICS_CPP, .rate_rps = rows[i].rate_rps};
        ais_runtime_restrict(s, &(ais_runtime_options){.current = current}, arena, &o);
        AIS_AUTO(ais_place_result) result = solve(s, &o);
        assert_int_equal(result->status, AIS_PLACE_OPTIMAL);
        assert_near(result->cost, rows[i].cost, 5.1e-5);
        print_message("%.1f requests/s: %.4f in %.1f ms\n", rows[i].rate_rps, result->cost,
                      1e3 * result->time_s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edge_machines_are_those_that_run_and_types_stay),
        cmocka_unit_test(test_freed_types_may_change_and_limits_add_up),
        cmocka_unit_test(test_scaling_leaves_every_partition_where_it_is),
        cmocka_unit_test(test_a_plan_starts_moves_and_then_stops),
        cmocka_unit_test(test_a_plan_as_json),
        cmocka_unit_test(test_a_plan_applied_leads_there_and_serves_all_along),
        cmocka_unit_test(test_a_change_that_does_not_pay_for_itself_is_not_made),
        cmocka_unit_test(test_solutions_at_runtime_are_the_cheapest_of_all),
        cmocka_unit_test(test_the_runtime_study_is_solved_to_its_optima),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
