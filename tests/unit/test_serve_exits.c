/* Early exits: which names go on to the next segment, and which nodes take items from outside. */
#include "support/unit.h"

#include "serve/plan.h"

static void assert_taken(const char *name, const char *expected, bool expected_goes_on)
{
    bool goes_on = !expected_goes_on;
    AIS_FREE char *taken = ais_plan_take_exit(name, &goes_on);
    assert_string_equal(taken, expected);
    assert_int_equal(goes_on, expected_goes_on);
}

static void test_names_with_the_ending_go_on_without_it(void **state)
{
    (void)state;
    assert_taken("a.pgm_NO_EARLYEXIT", "a.pgm", true);
    assert_taken("a.pgm", "a.pgm", false);
    assert_taken("a_NO_EARLYEXIT.pgm", "a_NO_EARLYEXIT.pgm", false);
    assert_taken("a_NO_EARLYEXIT_NO_EARLYEXIT", "a_NO_EARLYEXIT", true);
    assert_taken("_NO_EARLYEXIT", "_NO_EARLYEXIT", false); /* a name must be left */
}

static void test_only_the_first_segment_takes_items_from_outside(void **state)
{
    (void)state;
    static const struct {
        const char *dir;
        bool first;
    } rows[] = {{"/a/designs/net/base", true},          {"/a/designs/net/partition1_1", true},
                {"/a/designs/net/partition12_1", true}, {"/a/designs/net/partition1_2", false},
                {"/a/designs/net/partition1_10", false}, {"/a/designs/net/partition1_2x", true}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        const ais_plan_node node = {.dir = rows[i].dir};
        assert_int_equal(ais_plan_is_first(&node), rows[i].first);
    }
}

static void test_results_come_from_the_end_and_from_exits_that_lead_nowhere(void **state)
{
    (void)state;
    static const struct {
        size_t successors, goes_on;
        bool gives;
    } rows[] = {{0, AIS_NONE, true}, {1, AIS_NONE, false}, {1, 0, true}, {2, 0, false}};
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        const ais_plan_node node = {.successor_count = rows[i].successors,
                                    .goes_on = rows[i].goes_on};
        assert_int_equal(ais_plan_gives_results(&node), rows[i].gives);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_with_the_ending_go_on_without_it),
        cmocka_unit_test(test_results_come_from_the_end_and_from_exits_that_lead_nowhere),
        cmocka_unit_test(test_only_the_first_segment_takes_items_from_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
