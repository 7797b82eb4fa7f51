/* The score: how often which label was given for which. */
#include "support/unit.h"

#include "serve/score.h"

static void test_a_score_counts_and_sorts(void **state)
{
    (void)state;
    AIS_AUTO(ais_score) score = ais_score_new();
    ais_score_add(score, "b", "a", false);
    ais_score_add(score, "a", "a", true);
    ais_score_add(score, "b", "a", false);
    ais_score_add(score, "", "ba", false); /* not the same as ("b", "a") */
    ais_score_close(score);
    assert_int_equal(score->labelled, 4);
    assert_int_equal(score->right, 1);
    assert_int_equal(score->count, 3);
    assert_string_equal(score->cells[1].label, "a");
    assert_string_equal(score->cells[2].given, "a");
    assert_int_equal(score->cells[2].count, 2);
    assert_int_equal(score->cells[1].right, 1);
    assert_int_equal(score->cells[2].right, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_score_counts_and_sorts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
