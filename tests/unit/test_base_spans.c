/* Files in memory, and files made of spans of memory and of other files. */
#include "support/unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static int make_folder(void **state)
{
    *state = unit_folder();
    return 0;
}

static int remove_folder(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *folder = *state;
    return ais_tree_remove(folder, &err);
}

static char *put(void **state, const char *name, const char *text)
{
    AIS_AUTO(ais_error) err = NULL;
    char *path = ais_path_join(*state, name);
    assert_int_equal(ais_file_write(path, text, strlen(text), &err), 0);
    return path;
}

static void test_map_shows_the_bytes(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = put(state, "a", "hello");
    AIS_SCOPED(ais_file_mapping) mapping = {.fd = -1};
    assert_int_equal(ais_file_map(path, 5, &mapping, &err), 0);
    assert_int_equal(mapping.length, 5);
    assert_memory_equal(mapping.data, "hello", 5);
    AIS_FREE char *nothing = put(state, "empty", "");
    AIS_SCOPED(ais_file_mapping) empty = {.fd = -1};
    assert_int_equal(ais_file_map(nothing, 5, &empty, &err), 0);
    assert_int_equal(empty.length, 0);
}

static void test_map_refuses_folders_and_sizes(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *path = put(state, "a", "hello");
    ais_file_mapping mapping = {.fd = -1};
    assert_int_equal(ais_file_map(path, 4, &mapping, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    assert_string_equal(ais_error_get_message(err),
                        "the file is too large (must be at most 4 bytes)");
    assert_int_equal(ais_file_map(*state, 4, &mapping, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    assert_string_equal(ais_error_get_message(err), "this is a folder (must be a file)");
    assert_int_equal(mapping.fd, -1);
}

static void test_file_is_made_of_spans(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *source = put(state, "source", "0123456789");
    AIS_FREE char *path = ais_path_join(*state, "made");
    AIS_SCOPED(ais_file_mapping) mapping = {.fd = -1};
    assert_int_equal(ais_file_map(source, 100, &mapping, &err), 0);
    ais_file_span spans[1000] = {{.fd = mapping.fd, .offset = 3, .length = 4},
                                 {.fd = -1, .length = 2},
                                 {.data = "ab", .length = 2},
                                 {.data = "", .length = 0}};
    for (size_t i = 4; i < 999; i++) /* more than one call takes */
        spans[i] = (ais_file_span){.data = "x", .length = 1};
    spans[999] = (ais_file_span){.fd = -1, .length = 3};
    assert_int_equal(ais_file_create_from(path, spans, 1000, &err), 0);
    AIS_FREE char *text = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(path, 2000, &text, &length, &err), 0);
    assert_int_equal(length, 4 + 2 + 2 + 995 + 3);
    assert_memory_equal(text, "3456\0\0abxx", 10);
    assert_memory_equal(text + length - 4, "x\0\0\0", 4);
}

static void test_file_of_spans_is_new_or_not_there(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *source = put(state, "source", "0123456789");
    AIS_FREE char *path = ais_path_join(*state, "made");
    AIS_SCOPED(ais_file_mapping) mapping = {.fd = -1};
    assert_int_equal(ais_file_map(source, 100, &mapping, &err), 0);
    const ais_file_span beyond = {.fd = mapping.fd, .offset = 3, .length = 40};
    assert_int_equal(ais_file_create_from(path, &beyond, 1, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    assert_string_equal(ais_error_get_message(err), "cannot write: No data available");
    assert_false(ais_file_exists(path));
    assert_int_equal(ais_file_create_from(source, &beyond, 1, &err), -1);
    assert_string_equal(ais_error_get_message(err), "cannot write: File exists");
}

static void test_staged_file_is_moved_in_one_step(void **state)
{
    AIS_AUTO(ais_error) err = NULL;
    AIS_FREE char *folder = ais_dir_stage(*state, &err);
    assert_non_null(folder);
    assert_true(ais_dir_exists(folder));
    AIS_FREE char *target = put(state, "target", "old");
    AIS_FREE char *staged = ais_path_join(folder, "new");
    assert_int_equal(ais_file_create(staged, "new", 3, &err), 0);
    assert_int_equal(ais_file_move(staged, target, &err), 0);
    AIS_FREE char *text = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(target, 100, &text, &length, &err), 0);
    assert_string_equal(text, "new");
    assert_int_equal(ais_file_move(staged, target, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    AIS_FREE char *nowhere = ais_path_join(*state, "nowhere");
    assert_null(ais_dir_stage(nowhere, &err));
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_map_shows_the_bytes),
        TEST(test_map_refuses_folders_and_sizes),
        TEST(test_file_is_made_of_spans),
        TEST(test_file_of_spans_is_new_or_not_there),
        TEST(test_staged_file_is_moved_in_one_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
