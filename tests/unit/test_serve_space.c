/* The private folder of a run: what components write there, and what becomes of it. */
#include "support/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/space.h"

typedef struct fixture {
    char *out;
    ais_space *space;
} fixture;

static int set_up(void **state)
{
    fixture *f = ais_alloc(sizeof *f);
    f->out = unit_folder();
    assert_int_equal(ais_space_open(f->out, &f->space, NULL), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ais_space_free(f->space);
    ais_names names = {.items = NULL};
    assert_int_equal(ais_dir_list(f->out, &names, NULL), 0);
    for (size_t i = 0; i < names.count; i++)
        assert_false(ais_str_starts(names.items[i], ".aisprint-run-"));
    ais_names_clear(&names);
    assert_int_equal(ais_tree_remove(f->out, NULL), 0);
    free(f->out);
    free(f);
    return 0;
}

static void write_in(const fixture *f, const ais_folder *folder, const char *name)
{
    AIS_FREE char *inside = ais_folder_join(folder, name);
    AIS_FREE char *path = ais_path_join(ais_space_get_path(f->space), inside);
    AIS_FREE char *dir = ais_path_dir(path);
    assert_int_equal(ais_dir_make(dir, NULL), 0);
    assert_int_equal(ais_file_write(path, "x", 1, NULL), 0);
}

static void test_files_come_sorted_and_with_their_branch(void **state)
{
    const fixture *f = *state;
    static const char *const names[] = {"left", "right"};
    ais_folder *folder = NULL;
    ais_folder_files files = {.items = NULL};
    assert_int_equal(ais_folder_new(f->space, &folder, NULL), 0);
    write_in(f, folder, "b");
    write_in(f, folder, "a\n");
    write_in(f, folder, "right/c");
    assert_int_equal(ais_folder_scan(folder, names, 2, &files, NULL), 0);
    assert_int_equal(files.count, 3);
    assert_string_equal(files.items[0].name, "c");
    assert_int_equal(files.items[0].branch, 1);
    assert_string_equal(files.items[1].name, "a\n");
    assert_true(files.items[2].branch == AIS_FOLDER_ALL);
    ais_folder_files_clear(&files);
    ais_folder_release(folder);
}

static void expect_fault(const fixture *f, const char *name, mode_t kind, const char *message)
{
    static const char *const names[] = {"next"};
    ais_folder *folder = NULL;
    ais_folder_files files = {.items = NULL};
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_folder_new(f->space, &folder, NULL), 0);
    AIS_FREE char *inside = ais_folder_join(folder, name);
    const int fd = ais_space_get_fd(f->space);
    assert_int_equal(kind == S_IFLNK   ? symlinkat("/etc/passwd", fd, inside)
                     : kind == S_IFIFO ? mkfifoat(fd, inside, 0600)
                                       : mkdirat(fd, inside, 0700),
                     0);
    assert_int_equal(ais_folder_scan(folder, names, 1, &files, &err), -1);
    assert_string_equal(ais_error_get_message(err), message);
    assert_int_equal(ais_error_get_code(err), AIS_E_COMPONENT);
    ais_folder_release(folder);
}

static void test_what_is_no_item_is_refused(void **state)
{
    const fixture *f = *state;
    expect_fault(f, "x", S_IFLNK,
                 "it wrote 'x', which is a symbolic link (only regular files are items)");
    expect_fault(f, "next", S_IFLNK,
                 "it wrote 'next', which is a symbolic link (only regular files are items)");
    expect_fault(f, "x", S_IFIFO,
                 "it wrote 'x', which is a special file (only regular files are items)");
    expect_fault(f, "x", S_IFDIR,
                 "it wrote a folder 'x', which is no successor (those are 'next')");
}

static void test_a_folder_used_again_is_empty_and_has_a_new_name(void **state)
{
    const fixture *f = *state;
    ais_folder *folder = NULL;
    AIS_FREE char *before = NULL;
    ais_folder_files files = {.items = NULL};
    assert_int_equal(ais_folder_new(f->space, &folder, NULL), 0);
    before = ais_folder_join(folder, "x");
    write_in(f, folder, "x");
    write_in(f, folder, "deep/er/y");
    ais_folder_release(folder);
    for (size_t i = 0; i < 200; i++) { /* more than are kept in reserve */
        ais_folder *more[2];
        assert_int_equal(ais_folder_new(f->space, &more[0], NULL), 0);
        assert_int_equal(ais_folder_new(f->space, &more[1], NULL), 0);
        AIS_FREE char *now = ais_folder_join(more[0], "x");
        assert_string_not_equal(now, before);
        assert_int_equal(ais_folder_scan(more[i % 2], NULL, 0, &files, NULL), 0);
        assert_int_equal(files.count, 0);
        ais_folder_release(more[0]);
        ais_folder_release(more[1]);
    }
}

static void test_moving_overwrites_nothing(void **state)
{
    const fixture *f = *state;
    ais_folder *folder = NULL;
    static const char *const expected[] = {"x", "x~2", "x~3"};
    AIS_CLOSE int out = open(f->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(ais_folder_new(f->space, &folder, NULL), 0);
    AIS_FREE char *path = ais_folder_join(folder, "x");
    for (size_t i = 0; i < AIS_COUNT(expected); i++) {
        char *as = NULL;
        write_in(f, folder, "x");
        assert_int_equal(ais_space_move(f->space, path, out, "x", &as, NULL), 0);
        assert_string_equal(as, expected[i]);
        free(as);
    }
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_space_move(f->space, path, out, "x", NULL, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    ais_folder_release(folder);
}

static void test_a_name_that_is_taken_often_gets_the_next_number(void **state)
{
    const fixture *f = *state;
    enum { TAKEN = 1000 };
    ais_folder *folder = NULL;
    AIS_CLOSE int out = open(f->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t n = 1; n <= TAKEN; n++) {
        assert_int_equal(ais_space_find_number(out, "x"), n);
        AIS_FREE char *name = ais_space_number_name("x", n);
        assert_int_equal(mkdirat(out, name, 0700), 0);
    }
    assert_int_equal(ais_folder_new(f->space, &folder, NULL), 0);
    write_in(f, folder, "x");
    AIS_FREE char *path = ais_folder_join(folder, "x");
    char *as = NULL;
    assert_int_equal(ais_space_move(f->space, path, out, "x", &as, NULL), 0);
    assert_string_equal(as, "x~1001");
    free(as);
    ais_folder_release(folder);
}

static void test_a_folder_that_a_component_closed_is_not_used_again(void **state)
{
    const fixture *f = *state;
    const int fd = ais_space_get_fd(f->space);
    struct stat status;
    ais_folder *folder = NULL;
    assert_int_equal(ais_folder_new(f->space, &folder, NULL), 0);
    AIS_FREE char *first = ais_folder_join(folder, ".");
    assert_int_equal(fchmodat(fd, first, 0500, 0), 0);
    ais_folder_release(folder);
    assert_int_equal(ais_folder_new(f->space, &folder, NULL), 0);
    AIS_FREE char *second = ais_folder_join(folder, ".");
    assert_int_equal(fstatat(fd, second, &status, 0), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    ais_folder_release(folder);
}

static void test_names_stay_within_what_a_file_may_be_called(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    AIS_FREE char *same = ais_space_number_name(name, 1);
    AIS_FREE char *numbered = ais_space_number_name(name, 12);
    assert_string_equal(same, name);
    assert_int_equal(strlen(numbered), 255);
    assert_true(ais_str_ends(numbered, "n~12"));
}

static void test_leftovers_of_the_dead_go_and_the_living_stay(void **state)
{
    const fixture *f = *state;
    AIS_FREE char *dead = ais_path_join(f->out, ".aisprint-run-1/7/deep");
    AIS_FREE char *dead_root = ais_path_join(f->out, ".aisprint-run-1");
    ais_space *second = NULL;
    assert_int_equal(ais_dir_make(dead, NULL), 0);
    AIS_AUTO(ais_error) err = NULL;
    assert_int_equal(ais_space_open(f->out, &second, &err), -1); /* our number is taken, by us */
    assert_false(ais_dir_exists(dead_root));
    assert_true(ais_dir_exists(ais_space_get_path(f->space)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files_come_sorted_and_with_their_branch, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_item_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_used_again_is_empty_and_has_a_new_name,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_moving_overwrites_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_name_that_is_taken_often_gets_the_next_number,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_that_a_component_closed_is_not_used_again,
                                        set_up, tear_down),
        cmocka_unit_test(test_names_stay_within_what_a_file_may_be_called),
        cmocka_unit_test_setup_teardown(test_leftovers_of_the_dead_go_and_the_living_stay, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
