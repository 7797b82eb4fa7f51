/* Names and keys that carry meaning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/app_priv.h"

static void test_names_of_segments_split(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t stem;
        unsigned part;
    } rows[] = {
        {"a_partition1_2", 1, 2},
        {"component1_partitionX_10", 10, 10},
        {"a_partition12_345", 1, 345},
        {"a_partition1_1_partition2_3", 14, 3},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        size_t stem = 0;
        unsigned part = 0;
        assert_true(ais__app_split_partition(rows[i].name, &stem, &part));
        assert_int_equal(stem, rows[i].stem);
        assert_int_equal(part, rows[i].part);
    }
}

static void test_other_names_do_not_split(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "a",
        "1",
        "_1",
        "_partition1_1",
        "a_partition_1",
        "a_partition1",
        "a_partition1_",
        "a_partitionXX_1",
        "a_partitionY_1",
        "apartition1_1",
        "a_partition1_12345678",
    };
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        assert_false(ais__app_split_partition(names[i], NULL, NULL));
}

static void test_keys_of_alternatives_split(void **state)
{
    (void)state;
    size_t stem = 0;
    assert_true(ais__app_split_alternative("component12_alternative3", &stem));
    assert_int_equal(stem, 11);
    assert_false(ais__app_split_alternative("component1_alternative", &stem));
    assert_false(ais__app_split_alternative("_alternative1", &stem));
    assert_false(ais__app_split_alternative("component1", &stem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_segments_split),
        cmocka_unit_test(test_other_names_do_not_split),
        cmocka_unit_test(test_keys_of_alternatives_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
