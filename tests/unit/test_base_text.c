/* Strings, paths, maps, memory. */
#include "support/unit.h"

#include <string.h>

#include "base/map.h"
#include "base/path.h"

static void test_a_string_grows_and_stays_terminated(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) s = {.data = NULL};
    assert_string_equal(ais_str_get(&s), "");
    ais_str_add(&s, "a");
    ais_str_add_char(&s, 'b');
    ais_str_add_bytes(&s, "c\0d", 3);
    ais_str_add_format(&s, "%03d%s", 7, "e");
    assert_int_equal(s.length, 9);
    assert_memory_equal(s.data, "abc\0d007e", 10);
    ais_str_cut(&s, 20);
    ais_str_cut(&s, 2);
    assert_string_equal(ais_str_get(&s), "ab");
    for (int i = 0; i < 10000; i++)
        ais_str_add(&s, "0123456789");
    assert_int_equal(s.length, 100002);
    AIS_FREE char *taken = ais_str_take(&s);
    assert_int_equal(strlen(taken), 100002);
    AIS_FREE char *nothing = ais_str_take(&s);
    assert_string_equal(nothing, "");
}

static void test_invalid_utf8_is_found_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at; /* the length: all is valid */
    } rows[] = {
        {.text = "", .at = 0},
        {.text = "plain", .at = 5},
        {.text = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", .at = 9},
        {.text = "a\x80", .at = 1},            /* continuation alone */
        {.text = "ab\xc3", .at = 2},           /* cut off */
        {.text = "\xc0\xaf", .at = 0},         /* overlong */
        {.text = "\xe0\x9f\xbf", .at = 0},     /* overlong */
        {.text = "x\xed\xa0\x80", .at = 1},    /* surrogate */
        {.text = "\xed\x9f\xbf", .at = 3},     /* the last before them */
        {.text = "\xf0\x8f\xbf\xbf", .at = 0}, /* overlong */
        {.text = "\xf4\x8f\xbf\xbf", .at = 4}, /* U+10FFFF */
        {.text = "\xf4\x90\x80\x80", .at = 0}, /* beyond */
        {.text = "\xf5\x80\x80\x80", .at = 0},
        {.text = "\xe2\x82z", .at = 0},
        {.text = "\xff\xfe", .at = 0},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        assert_int_equal(ais_utf8_find_invalid(rows[i].text, strlen(rows[i].text)), rows[i].at);
}

static const char *name_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static void test_a_long_text_is_cut_between_characters(void **state)
{
    char plain[] = "0123456789", wide[] = "ab\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", short_one[] = "01234567";
    (void)state;
    ais_str_shorten(plain, 8);
    assert_string_equal(plain, "01234...");
    ais_str_shorten(wide, 8);
    assert_string_equal(wide, "ab\xc3\xa9...");
    ais_str_shorten(short_one, 8);
    assert_string_equal(short_one, "01234567");
}

static void test_the_nearest_name_is_a_likely_typo(void **state)
{
    (void)state;
    static const char *const names[] = {"components", "dependencies", "", "name", "Ram", "y"};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {.word = "component", .nearest = "components"},
        {.word = "COMPONENTS", .nearest = "components"},
        {.word = "dependancy", .nearest = NULL},
        {.word = "dependancies", .nearest = "dependencies"},
        {.word = "nmae", .nearest = "name"}, /* swapped neighbours are one change */
        {.word = "rma", .nearest = "Ram"},
        {.word = "zzz", .nearest = NULL},
        {.word = "", .nearest = NULL},
        {.word = "x", .nearest = NULL},
        {.word = "a name that is much longer than any name that anybody could ever have mistyped",
         .nearest = NULL},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        const char *nearest = ais_str_nearest(rows[i].word, names, AIS_COUNT(names), name_at);
        assert_true(nearest == NULL
                        ? rows[i].nearest == NULL
                        : rows[i].nearest != NULL && ais_str_equal(nearest, rows[i].nearest));
    }
    assert_true(ais_str_starts("abc", "ab") && !ais_str_starts("ab", "abc"));
    assert_true(ais_str_ends("abc", "bc") && !ais_str_ends("bc", "abc"));
}

static void test_paths_are_joined_and_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *joined;
    } joins[] = {
        {.a = "a", .b = "b", .joined = "a/b"}, {.a = "a/", .b = "b", .joined = "a/b"},
        {.a = "a", .b = "/b", .joined = "/b"}, {.a = "", .b = "b", .joined = "b"},
        {.a = "/", .b = "b", .joined = "/b"},  {.a = ".", .b = "b/c", .joined = "./b/c"},
    };
    static const struct {
        const char *path, *dir, *base;
    } parts[] = {
        {.path = "a/b/c", .dir = "a/b", .base = "c"},
        {.path = "c", .dir = ".", .base = "c"},
        {.path = "/c", .dir = "/", .base = "c"},
        {.path = "a/", .dir = "a", .base = ""},
    };
    for (size_t i = 0; i < AIS_COUNT(joins); i++) {
        AIS_FREE char *joined = ais_path_join(joins[i].a, joins[i].b);
        assert_string_equal(joined, joins[i].joined);
    }
    for (size_t i = 0; i < AIS_COUNT(parts); i++) {
        AIS_FREE char *dir = ais_path_dir(parts[i].path);
        assert_string_equal(dir, parts[i].dir);
        assert_string_equal(ais_path_base(parts[i].path), parts[i].base);
    }
}

static void test_paths_do_not_lead_out(void **state)
{
    (void)state;
    static const char *const inside[] = {"a", "a/b", "..a/b..", "./a", "a//b"};
    static const char *const outside[] = {"", "/a", "..", "../a", "a/..", "a/../b", "a//.."};
    static const char *const names[] = {"a", "...", ".a"};
    static const char *const no_names[] = {"", ".", "..", "a/b", "/"};
    for (size_t i = 0; i < AIS_COUNT(inside); i++)
        assert_true(ais_path_is_inside(inside[i]));
    for (size_t i = 0; i < AIS_COUNT(outside); i++)
        assert_false(ais_path_is_inside(outside[i]));
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        assert_true(ais_path_is_name(names[i]));
    for (size_t i = 0; i < AIS_COUNT(no_names); i++)
        assert_false(ais_path_is_name(no_names[i]));
}

static void test_a_map_finds_what_was_put(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static int values[COUNT + 1]; /* their addresses are the values */
    AIS_AUTO(ais_map) map = ais_map_new();
    assert_null(ais_map_find(map, ""));
    for (size_t i = 0; i < COUNT; i++) {
        AIS_FREE char *key = ais_format("key %zu", i);
        assert_null(ais_map_put(map, key, &values[i]));
    }
    assert_int_equal(ais_map_count(map), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        AIS_FREE char *key = ais_format("key %zu", i);
        assert_ptr_equal(ais_map_find(map, key), &values[i]);
    }
    assert_ptr_equal(ais_map_put(map, "key 7", &values[COUNT]), &values[7]);
    assert_ptr_equal(ais_map_find(map, "key 7"), &values[COUNT]);
    assert_int_equal(ais_map_count(map), COUNT);
    assert_null(ais_map_find(map, "key 2000"));
}

static void test_an_arena_hands_out_zeroed_aligned_memory(void **state)
{
    (void)state;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 40000; size = size * 3 + 1) {
            unsigned char *p = ais_arena_alloc(arena, size);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(p[i], 0);
                p[i] = 0xAA;
            }
        }
        assert_true(ais_arena_used(arena) >= 40000 / 3);
        ais_arena_reset(arena);
        assert_int_equal(ais_arena_used(arena), 0);
    }
    assert_string_equal(ais_arena_format(arena, "%d-%s", 1, "x"), "1-x");
    assert_string_equal(ais_arena_strndup(arena, "abc", 2), "ab");
}

static void test_arrays_grow_by_doubling(void **state)
{
    (void)state;
    size_t capacity = 0;
    AIS_FREE int *items = NULL;
    items = ais_grow(items, &capacity, 1, sizeof *items);
    assert_int_equal(capacity, 8);
    items = ais_grow(items, &capacity, 9, sizeof *items);
    assert_int_equal(capacity, 16);
    items = ais_grow(items, &capacity, 100, sizeof *items);
    assert_int_equal(capacity, 100);
    items[99] = 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_string_grows_and_stays_terminated),
        cmocka_unit_test(test_invalid_utf8_is_found_where_it_stands),
        cmocka_unit_test(test_a_long_text_is_cut_between_characters),
        cmocka_unit_test(test_the_nearest_name_is_a_likely_typo),
        cmocka_unit_test(test_paths_are_joined_and_taken_apart),
        cmocka_unit_test(test_paths_do_not_lead_out),
        cmocka_unit_test(test_a_map_finds_what_was_put),
        cmocka_unit_test(test_an_arena_hands_out_zeroed_aligned_memory),
        cmocka_unit_test(test_arrays_grow_by_doubling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
