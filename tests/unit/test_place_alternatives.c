/* Which of several systems is placed, and what is proven of the others. */
#include "support/unit.h"

#include <string.h>

#include "support/place_brute.h"
#include "support/place_fixture.h"

#include "place/alternatives.h"

static const fixture_resource resources[] = {
    {"edge", "E1", AIS_LAYER_EDGE, 2, 1}, {"vms", "V1", AIS_LAYER_VM, 2, 4}, {.name = NULL}};
static const fixture_option large[] = {{"a", "s1", "h1", "V1", .demand_s = 0.5},
                                       {.component = NULL}};
static const fixture_option medium[] = {{"a", "s1", "h1", "E1", .demand_s = 0.5},
                                        {"a", "s1", "h1", "V1", .demand_s = 0.2},
                                        {.component = NULL}};
static const fixture_option small[] = {{"a", "s1", "h1", "E1", .demand_s = 0.1},
                                       {.component = NULL}};

enum { SMALL, LARGE, MEDIUM, ALTERNATIVES };

/* In no order. A rate of 1: large costs 4, medium and small 1; of 3: large 8, medium 2, small 1. */
typedef struct choice {
    ais_system *systems[ALTERNATIVES];
    ais_alternative items[ALTERNATIVES];
    ais_alternatives_result *result;
} choice;

static choice make_choice(void)
{
    choice c = {.systems = {fixture_system(resources, small, 1, INFINITY, 0),
                            fixture_system(resources, large, 1, INFINITY, 0),
                            fixture_system(resources, medium, 1, INFINITY, 0)}};
    static const char *const names[] = {"small", "large", "medium"};
    static const double performance[] = {0.7, 0.9, 0.8};
    for (size_t i = 0; i < ALTERNATIVES; i++)
        c.items[i] = (ais_alternative){
            .name = names[i], .system = c.systems[i], .performance = performance[i]};
    return c;
}

static void choice_clear(choice *c)
{
    ais_alternatives_result_free(c->result);
    for (size_t i = 0; i < ALTERNATIVES; i++)
        ais_system_free(c->systems[i]);
}

static void solve(choice *c, double rate_rps, const ais_alternatives_options *o)
{
    const ais_ctx ctx = ais_ctx_default();
    const ais_place_options place = {.method = place_brute_rival()};
    assert_int_equal(ais_alternatives_solve(c->items, ALTERNATIVES,
                                            &(ais_perf_options){.rate_rps = rate_rps}, &place, o,
                                            &ctx, &c->result, NULL),
                     0);
}

static void check_text(const choice *c, const char *expected)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_alternatives_write_text(c->items, c->result, &text);
    assert_string_equal(ais_str_get(&text), expected);
}

static void test_in_turn_the_best_that_can_be_placed_is_taken(void **state)
{
    (void)state;
    AIS_SCOPED(choice) c = make_choice();
    solve(&c, 6, &(ais_alternatives_options){0});
    assert_int_equal(c.result->chosen, MEDIUM);
    assert_true(c.result->proven);
    check_text(&c, "  small (performance 0.7): not tried\n"
                   "  large (performance 0.9): infeasible\n"
                   "* medium (performance 0.8): optimal, cost 8\n");
    assert_null(c.result->items[LARGE].placed->best);
    assert_int_equal(c.result->items[MEDIUM].placed->best->count[1], 2);
}

static void test_an_alternative_known_not_to_bear_the_load_is_not_solved(void **state)
{
    (void)state;
    AIS_SCOPED(choice) c = make_choice();
    c.items[LARGE].max_rps = c.items[MEDIUM].max_rps = 0.5;
    solve(&c, 1, &(ais_alternatives_options){0});
    assert_true(c.result->proven);
    check_text(&c, "* small (performance 0.7): optimal, cost 1\n"
                   "  large (performance 0.9): overloaded\n"
                   "  medium (performance 0.8): overloaded\n");
}

static void test_nothing_can_be_placed(void **state)
{
    (void)state;
    AIS_SCOPED(choice) c = make_choice();
    solve(&c, 30, &(ais_alternatives_options){0});
    assert_true(c.result->chosen == AIS_SYSTEM_NONE);
    assert_true(c.result->proven);
}

static void test_jointly_the_cheapest_above_a_floor_is_taken(void **state)
{
    (void)state;
    AIS_SCOPED(choice) c = make_choice();
    solve(&c, 3,
          &(ais_alternatives_options){.joint = true, .has_least = true, .least_performance = 0.75});
    assert_int_equal(c.result->chosen, MEDIUM);
    assert_true(c.result->proven);
    check_text(&c, "  small (performance 0.7): performs too little\n"
                   "  large (performance 0.9): optimal, cost 8\n"
                   "* medium (performance 0.8): optimal, cost 2\n");
}

static void check_weight(double weight, size_t chosen, double value)
{
    AIS_SCOPED(choice) c = make_choice();
    solve(&c, 3, &(ais_alternatives_options){.joint = true, .weight = weight});
    assert_int_equal(c.result->chosen, chosen);
    assert_true(c.result->proven);
    assert_near(c.result->items[chosen].value, value, 1e-9);
}

/* At 3 requests/s: large 8; medium 2 + weight / 10; small 1 + weight / 5. */
static void test_jointly_cost_is_weighed_against_performance(void **state)
{
    (void)state;
    check_weight(0, SMALL, 1);
    check_weight(9, SMALL, 2.8);
    check_weight(11, MEDIUM, 3.1);
    check_weight(59, MEDIUM, 7.9);
    check_weight(61, LARGE, 8);
    check_weight(1e6, LARGE, 8);
}

static void test_what_cannot_win_is_not_solved(void **state)
{
    (void)state;
    AIS_SCOPED(choice) c = make_choice();
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    solve(&c, 1, &(ais_alternatives_options){.joint = true, .weight = 1000});
    /* what is lost with the others alone is more than the 4 of large */
    check_text(&c, "  small (performance 0.7): worse\n"
                   "* large (performance 0.9): optimal, cost 4\n"
                   "  medium (performance 0.8): worse\n");
    const ais_doc_node *list = ais_alternatives_to_node(c.items, c.result, doc);
    assert_true(ais_doc_get_bool(ais_doc_find_path(list, "[1].chosen")));
    assert_string_equal(ais_doc_get_text(ais_doc_find_path(list, "[1].status")), "optimal");
    assert_int_equal(ais_doc_get_kind(ais_doc_find_path(list, "[0].status")), AIS_DOC_NULL);
}

static void test_faults_name_the_alternative(void **state)
{
    (void)state;
    AIS_SCOPED(choice) c = make_choice();
    const ais_ctx ctx = ais_ctx_default();
    ais_alternatives_result *result = NULL;
    ais_error *err = NULL;
    c.items[MEDIUM].performance = NAN;
    assert_int_equal(ais_alternatives_solve(c.items, ALTERNATIVES, &(ais_perf_options){0},
                                            &(ais_place_options){0}, &(ais_alternatives_options){0},
                                            &ctx, &result, &err),
                     -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "error: the performance of 'medium' is no number\n");
    c.items[MEDIUM].performance = 1;
    assert_int_equal(ais_alternatives_solve(c.items, ALTERNATIVES,
                                            &(ais_perf_options){.rate_rps = -1},
                                            &(ais_place_options){0}, &(ais_alternatives_options){0},
                                            &ctx, &result, &err),
                     -1);
    AIS_FREE char *rate = unit_error(&err);
    assert_non_null(strstr(rate, "while placing 'medium'"));
    assert_int_equal(ais_alternatives_solve(
                         c.items, ALTERNATIVES, &(ais_perf_options){0}, &(ais_place_options){0},
                         &(ais_alternatives_options){.weight = -1}, &ctx, &result, &err),
                     -1);
    AIS_FREE char *weight = unit_error(&err);
    assert_string_equal(weight, "error: the weight is -1 (must be at least 0)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_turn_the_best_that_can_be_placed_is_taken),
        cmocka_unit_test(test_an_alternative_known_not_to_bear_the_load_is_not_solved),
        cmocka_unit_test(test_nothing_can_be_placed),
        cmocka_unit_test(test_jointly_the_cheapest_above_a_floor_is_taken),
        cmocka_unit_test(test_jointly_cost_is_weighed_against_performance),
        cmocka_unit_test(test_what_cannot_win_is_not_solved),
        cmocka_unit_test(test_faults_name_the_alternative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
