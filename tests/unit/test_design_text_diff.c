/* Unified diffs: as diff -u shows them, and good for making the new text from the old. */
#include "support/unit.h"

#include <string.h>

#include "base/random.h"
#include "design/text_diff.h"

static void check(const char *old, const char *new, const char *expected)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    ais__text_diff(old, new, &out);
    assert_string_equal(ais_str_get(&out), expected);
}

static void test_equal_texts_give_nothing(void **state)
{
    (void)state;
    check("a\nb\n", "a\nb\n", "");
    check(NULL, "", "");
}

static void test_hunks_are_those_of_diff_u(void **state)
{
    (void)state;
    check("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
    check("a\n", "", "@@ -1 +0,0 @@\n-a\n");
    check("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nx\n6\n7\n8\n",
          "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
    check("a\nb\n", "a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n");
}

static void test_changes_far_apart_are_hunks_of_their_own(void **state)
{
    (void)state;
    check("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
          "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
          "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
    check("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
          "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
}

/* Apply hunks as patch does, sharing no code with the maker. */
static char *apply(const char *old, const char *diff)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    size_t line = 1;
    while (*diff != '\0') {
        const char *next = strchr(diff, '\n') + 1;
        size_t first = 0;
        if (sscanf(diff, "@@ -%zu", &first) == 1) {
            const char *comma = strchr(diff, ',');
            if (comma != NULL && comma < strchr(diff, '+') && comma[1] == '0' && comma[2] == ' ')
                first++; /* an empty range names the line before it */
            for (; line < first; line++) {
                const char *end = strchr(old, '\n') + 1;
                ais_str_add_bytes(&out, old, (size_t)(end - old));
                old = end;
            }
        } else {
            if (*diff != '+') {
                assert_memory_equal(old, diff + 1, (size_t)(next - diff - 1));
                old += next - diff - 1;
                line++;
            }
            if (*diff != '-')
                ais_str_add_bytes(&out, diff + 1, (size_t)(next - diff - 1));
        }
        diff = next;
    }
    ais_str_add(&out, old);
    return ais_str_take(&out);
}

static void test_applying_a_diff_gives_the_new_text(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    for (int round = 0; round < 500; round++) {
        AIS_SCOPED(ais_str) old = {.data = NULL};
        AIS_SCOPED(ais_str) new = {.data = NULL};
        AIS_SCOPED(ais_str) diff = {.data = NULL};
        const size_t lines = ais_random_below(&random, 60);
        for (size_t i = 0; i < lines; i++) {
            const unsigned word = (unsigned)ais_random_below(&random, 9);
            const uint64_t how = ais_random_below(&random, 10);
            if (how != 0)
                ais_str_add_format(&old, "line %u\n", word);
            if (how != 1)
                ais_str_add_format(&new, "line %u\n", how == 2 ? word + 1 : word);
        }
        ais__text_diff(ais_str_get(&old), ais_str_get(&new), &diff);
        AIS_FREE char *made = apply(ais_str_get(&old), ais_str_get(&diff));
        assert_string_equal(made, ais_str_get(&new));
    }
}

static void test_long_texts_are_replaced_as_a_whole(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) old = {.data = NULL};
    AIS_SCOPED(ais_str) new = {.data = NULL};
    AIS_SCOPED(ais_str) diff = {.data = NULL};
    for (int i = 0; i < 5000; i++) {
        ais_str_add_format(&old, "%d\n", i);
        ais_str_add_format(&new, "%d\n", i % 2 == 0 ? i : -i);
    }
    ais__text_diff(ais_str_get(&old), ais_str_get(&new), &diff);
    AIS_FREE char *made = apply(ais_str_get(&old), ais_str_get(&diff));
    assert_string_equal(made, ais_str_get(&new));
}

static void test_only_text_is_plain(void **state)
{
    (void)state;
    assert_true(ais__text_is_plain("a\tb\r\n\xc3\xa9", 7));
    assert_false(ais__text_is_plain("\xff", 1));
    assert_false(ais__text_is_plain("a\x1b[31m", 6));
    assert_false(ais__text_is_plain("a\0b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_texts_give_nothing),
        cmocka_unit_test(test_hunks_are_those_of_diff_u),
        cmocka_unit_test(test_changes_far_apart_are_hunks_of_their_own),
        cmocka_unit_test(test_applying_a_diff_gives_the_new_text),
        cmocka_unit_test(test_long_texts_are_replaced_as_a_whole),
        cmocka_unit_test(test_only_text_is_plain),
    };
    return cmocka_run_group_tests_name("design_text_diff", tests, NULL, NULL);
}
