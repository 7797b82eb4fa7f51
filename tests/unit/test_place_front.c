/* Fronts against the fronts of all placements there are; prices of constraints. */
#include "support/unit.h"

#include <string.h>

#include "support/perf_random.h"
#include "support/place_brute.h"
#include "support/place_fixture.h"

#include "place/front.h"
#include "place/load.h"

static const fixture_resource resources[] = {{"edge", "E1", AIS_LAYER_EDGE, 4, 1},
                                             {"vms", "V1", AIS_LAYER_VM, 4, 3},
                                             {"faas", "F1", AIS_LAYER_FAAS, 1, 0.5},
                                             {.name = NULL}};
static const fixture_option options[] = {{"a", "s1", "h1", "E1", .demand_s = 0.1},
                                         {"b", "s1", "h1", "E1", .demand_s = 0.2},
                                         {"b", "s1", "h1", "V1", .demand_s = 0.1},
                                         {"b", "s1", "h1", "F1", .demand_s = 0.2, .cold_s = 1},
                                         {.component = NULL}};

static ais_fronts *find(const ais_system *s, const ais_perf_options *o, size_t max_points)
{
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options place = {.method = place_brute_rival(), .time_limit_s = 600};
    ais_fronts *fronts = NULL;
    assert_int_equal(ais_fronts_find(s, o, &place, max_points, &ctx, &fronts, NULL), 0);
    return fronts;
}

/* ---- against all placements ---- */

typedef struct point {
    double x, cost;
} point;
typedef struct points {
    const ais_front *front;
    point *items;
    size_t count, capacity;
} points;

static void keep_point(void *state, const ais_placement *placement,
                       const ais_evaluation_result *evaluation)
{
    (void)placement;
    points *all = state;
    all->items = ais_grow(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->items[all->count++] =
        (point){all->front->kind == AIS_FRONT_PATH ? evaluation->path_s[all->front->index]
                                                   : evaluation->component_s[all->front->index],
                evaluation->cost};
}

static points all_points(const ais_system *s, ais_perf_options o, const ais_front *front)
{
    points all = {.front = front};
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_perf) perf = NULL;
    double *local = ais_arena_alloc(arena, s->component_count * sizeof *local);
    double *path = ais_arena_alloc(arena, (s->path_count + 1) * sizeof *path);
    for (size_t c = 0; c < s->component_count; c++)
        local[c] = s->components[c].local_limit_s;
    for (size_t i = 0; i < s->path_count; i++)
        path[i] = s->paths[i].limit_s;
    (front->kind == AIS_FRONT_PATH ? path : local)[front->index] = INFINITY;
    o.local_limit_s = local;
    o.path_limit_s = path;
    assert_int_equal(ais_perf_new(s, &o, &perf, NULL), 0);
    place_brute_each(perf, keep_point, &all);
    return all;
}

/* Cheapest of those with a response of at most x. */
static double cheapest(const points *all, double x)
{
    double cost = INFINITY;
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].x <= x)
            cost = fmin(cost, all->items[i].cost);
    return cost;
}

static double cost_on_front(const ais_front *front, double x)
{
    double cost = INFINITY;
    for (size_t i = 0; i < front->count && front->points[i].x <= x; i++)
        cost = front->points[i].cost;
    return cost;
}

/* At every response time that occurs the front costs what the cheapest placement does. */
static void check_front(const ais_system *s, const ais_perf_options *o, const ais_front *front,
                        double optimum)
{
    points all = all_points(s, *o, front);
    assert_true(front->complete);
    assert_int_equal(front->found, front->count);
    for (size_t i = 0; i < all.count; i++) {
        const double x = all.items[i].x, cost = cost_on_front(front, x * (1 + 3e-6));
        assert_true(cost <= cheapest(&all, x) * (1 + 2e-9));
    }
    for (size_t i = 0; i < front->count; i++) {
        const ais_front_point *at = &front->points[i];
        assert_near(cheapest(&all, at->x), at->cost, 2e-9 * at->cost);
        assert_near(at->bound, at->cost, 1e-9 * at->cost);
        assert_true(i == 0 || (at->x > at[-1].x && at->cost < at[-1].cost));
    }
    const double without = cheapest(&all, INFINITY);
    if (without == (double)INFINITY)
        assert_true(isnan(front->price));
    else if (optimum == (double)INFINITY)
        assert_true(front->price == (double)INFINITY);
    else
        assert_near(front->price, optimum - without, 1e-9 * optimum);
    free(all.items);
}

static void check_load_front(const ais_system *s, ais_perf_options o, const ais_front *front)
{
    assert_true(isnan(front->price));
    for (size_t i = 0; i < front->count; i++) {
        AIS_AUTO(ais_perf) perf = NULL;
        o.rate_rps = front->points[i].x;
        assert_int_equal(ais_perf_new(s, &o, &perf, NULL), 0);
        assert_near(front->points[i].cost, place_brute_optimum(perf), 1e-9 * front->points[i].cost);
        assert_true(i == 0 || front->points[i].x > front->points[i - 1].x);
    }
}

static void test_fronts_are_those_of_all_placements(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t with_choice = 0, without_any = 0;
    for (int round = 0; round < 12; round++) {
        AIS_AUTO(ais_system) s = perf_random_system(&random, &(perf_random_options){.components = 2,
                                                                                    .parts = 2,
                                                                                    .machines = 2,
                                                                                    .types = 2,
                                                                                    .functions = 1,
                                                                                    .slack = 1.5});
        const ais_perf_options o = {.semantics = (ais_semantics)ais_random_below(&random, 3)};
        AIS_AUTO(ais_fronts) fronts = find(s, &o, 1000);
        AIS_AUTO(ais_perf) perf = NULL;
        assert_int_equal(ais_perf_new(s, &o, &perf, NULL), 0);
        const double optimum = place_brute_optimum(perf);
        assert_true(fronts->proven);
        assert_true(optimum == fronts->cost || fabs(optimum - fronts->cost) < 1e-9 * optimum);
        for (size_t i = 0; i < fronts->count; i++) {
            const ais_front *front = &fronts->items[i];
            if (front->kind == AIS_FRONT_LOAD) {
                check_load_front(s, o, front);
                continue;
            }
            check_front(s, &o, front, optimum);
            with_choice += front->count > 2;
            without_any += front->count == 0;
        }
    }
    print_message("%zu fronts with a choice, %zu empty\n", with_choice, without_any);
    assert_true(with_choice > 3);
}

/* ---- made ---- */

static void test_what_a_limit_costs(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 2, INFINITY, 0);
    s->components[1].local_limit_s = 0.3;
    AIS_AUTO(ais_fronts) fronts = find(s, &(ais_perf_options){0}, 0);
    assert_int_equal(fronts->count, 3);
    /* b on the function for 0.2 beside one machine of E1 for a: 0.2005 s; without the limit the same */
    assert_near(fronts->cost, 1.2, 1e-9);
    assert_near(fronts->items[0].price, 0.2, 1e-9); /* both on one E1 without it */
    assert_int_equal(fronts->items[0].kind, AIS_FRONT_COMPONENT);
    assert_int_equal(fronts->items[0].index, 1);
    assert_near(fronts->items[1].price, 0, 1e-9); /* the path has no limit */
    assert_true(fronts->items[0].complete);
}

static void test_fronts_are_thinned_out_and_say_so(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 2, 1, 0);
    const ais_perf_options o = {0};
    AIS_AUTO(ais_fronts) all = find(s, &o, 0);
    AIS_AUTO(ais_fronts) few = find(s, &o, 3);
    const ais_front *path = &all->items[0], *thin = &few->items[0];
    assert_true(path->count > 3 && path->complete);
    assert_int_equal(thin->count, 3);
    assert_int_equal(thin->found, path->count);
    assert_false(thin->complete);
    assert_near(thin->points[0].x, path->points[0].x, 0);
    assert_near(thin->points[2].x, path->points[path->count - 1].x, 0);
}

static void test_fronts_as_text_json_and_drawing(void **state)
{
    (void)state;
    AIS_AUTO(ais_system) s = fixture_system(resources, options, 2, INFINITY, 0);
    s->components[1].local_limit_s = 0.3;
    AIS_AUTO(ais_fronts) fronts = find(s, &(ais_perf_options){0}, 0);
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    AIS_SCOPED(ais_str) json = {.data = NULL};
    AIS_SCOPED(ais_str) svg = {.data = NULL};
    ais_fronts_write_text(s, fronts, &text);
    assert_non_null(strstr(ais_str_get(&text), "component b: limit of 0.3 s, costs 0.2\n"));
    assert_non_null(strstr(ais_str_get(&text), "path p1: no limit, costs 0\n"));
    const ais_doc_node *node = ais_fronts_to_node(s, fronts, doc);
    const ais_doc_node *front = ais_doc_find_path(node, "fronts[0]");
    assert_string_equal(ais_doc_get_text(ais_doc_find(front, "name")), "b");
    assert_near(ais_doc_get_number(ais_doc_find(front, "price")), 0.2, 1e-9);
    assert_int_equal(ais_doc_count(ais_doc_find(front, "points")), fronts->items[0].count);
    assert_int_equal(ais_doc_get_int(ais_doc_find_path(front, "points[0].machines.E1")),
                     (int64_t)fronts->items[0].points[0].placement->count[0]);
    ais_doc_write_json(node, 1, &json);
    assert_null(strstr(ais_str_get(&json), "nan"));
    ais_front_write_svg(s, &fronts->items[0], &svg);
    assert_true(ais_str_starts(ais_str_get(&svg), "<svg xmlns="));
    assert_true(ais_str_ends(ais_str_get(&svg), "</svg>\n"));
    assert_non_null(strstr(ais_str_get(&svg), ">limit 0.3</text>"));
    assert_non_null(strstr(ais_str_get(&svg), "of component b</title>"));
}

/* ---- the loads of a system ---- */

static bool any_is_feasible(const ais_system *s, ais_perf_options o, double rate_rps)
{
    AIS_AUTO(ais_perf) perf = NULL;
    o.rate_rps = rate_rps;
    assert_int_equal(ais_perf_new(s, &o, &perf, NULL), 0);
    return place_brute_optimum(perf) < (double)INFINITY;
}

static void test_loads_of_a_system_are_those_of_some_placement(void **state)
{
    (void)state;
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options place = {.method = place_brute_rival(), .time_limit_s = 600};
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t feasible = 0, infeasible = 0;
    for (int round = 0; round < 12; round++) {
        AIS_AUTO(ais_system) s =
            perf_random_system(&random, &(perf_random_options){.components = 2,
                                                               .parts = 2,
                                                               .machines = 2,
                                                               .types = 2,
                                                               .functions = 1,
                                                               .slack = 0.7,
                                                               .fitted = round % 4 == 3});
        AIS_AUTO(ais_load_result) result = NULL;
        const ais_perf_options o = {.semantics = (ais_semantics)ais_random_below(&random, 3)};
        const ais_load_options asked = {.to_rps = 10, .precision_rps = 0.001};
        assert_int_equal(ais_load_of_system(s, &o, &asked, &place, &ctx, &result, NULL), 0);
        assert_true(result->complete || round % 4 == 3);
        for (size_t i = 0; i < result->count; i++) {
            const ais_load_interval *at = &result->intervals[i];
            feasible += at->verdict == AIS_LOAD_FEASIBLE;
            infeasible += at->verdict == AIS_LOAD_INFEASIBLE;
            for (int k = 0; k <= 5 && at->verdict != AIS_LOAD_UNDECIDED; k++)
                assert_int_equal(
                    any_is_feasible(s, o, at->from_rps + (at->to_rps - at->from_rps) * k / 5),
                    at->verdict == AIS_LOAD_FEASIBLE);
        }
    }
    print_message("%zu feasible intervals, %zu infeasible\n", feasible, infeasible);
    assert_true(feasible > 0 && infeasible > 0);
}

/* Is anything allowed, when a resource is taken with all of its machines? */
static void test_pooled_machines_allow_what_some_number_of_them_does(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    size_t allowed = 0, rounds = 150;
    for (size_t round = 0; round < rounds; round++) {
        AIS_AUTO(ais_system) s = perf_random_system(&random, &(perf_random_options){.components = 2,
                                                                                    .parts = 2,
                                                                                    .machines = 3,
                                                                                    .types = 2,
                                                                                    .functions = 1,
                                                                                    .slack = 0.6});
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        AIS_AUTO(ais_perf) plain = NULL;
        AIS_AUTO(ais_perf) pooled = NULL;
        ais_perf_options o = {.semantics = (ais_semantics)ais_random_below(&random, 3),
                              .rate_rps = 0.2 + 4 * ais_random_uniform(&random)};
        assert_int_equal(ais_perf_new(s, &o, &plain, NULL), 0);
        double *machines = ais_arena_alloc(arena, s->resource_count * sizeof *machines);
        for (size_t r = 0; r < s->resource_count; r++)
            machines[r] = (double)s->resources[r].number;
        o.as_one = machines;
        assert_int_equal(ais_perf_new(s, &o, &pooled, NULL), 0);
        const bool is_allowed = place_brute_optimum(plain) < (double)INFINITY;
        assert_int_equal(place_brute_optimum(pooled) < (double)INFINITY, is_allowed);
        allowed += is_allowed;
    }
    assert_true(allowed > 3 && allowed < rounds - 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fronts_are_those_of_all_placements),
        cmocka_unit_test(test_what_a_limit_costs),
        cmocka_unit_test(test_fronts_are_thinned_out_and_say_so),
        cmocka_unit_test(test_fronts_as_text_json_and_drawing),
        cmocka_unit_test(test_pooled_machines_allow_what_some_number_of_them_does),
        cmocka_unit_test(test_loads_of_a_system_are_those_of_some_placement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
