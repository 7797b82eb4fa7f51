/* Copies that stand elsewhere than their sources: what their links lead to. */
#include "support/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[] = "/tmp/aisprint-links-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    return mkdtemp(folder) == NULL || chdir(folder) < 0 ||
           ais_dir_make("app/src/a/sub", NULL) < 0 || ais_dir_make("app/shared/more", NULL) < 0 ||
           ais_file_write("app/shared/model", "weights", 7, NULL) < 0 ||
           ais_file_write("app/shared/more/inner", "inner", 5, NULL) < 0 ||
           ais_file_write("app/src/a/own", "own", 3, NULL) < 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return chdir("/") < 0 || ais_tree_remove(folder, NULL) < 0;
}

static void assert_holds(const char *path, const char *expected)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(path, 100, &data, &length, NULL), 0);
    assert_string_equal(data, expected);
}

static bool is_link(const char *path)
{
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    return S_ISLNK(status.st_mode);
}

static void test_links_that_lead_out_become_what_they_lead_to(void **state)
{
    (void)state;
    assert_int_equal(symlink("../../shared/model", "app/src/a/model"), 0);
    assert_int_equal(symlink("../../../shared", "app/src/a/sub/all"), 0);
    assert_int_equal(symlink("../a/own", "app/src/a/detour"), 0);
    assert_int_equal(ais_tree_copy_whole("app/src/a", "copy", NULL), 0);
    assert_false(is_link("copy/model"));
    assert_holds("copy/model", "weights");
    assert_holds("copy/sub/all/more/inner", "inner");
    assert_false(is_link("copy/detour"));
    assert_holds("copy/detour", "own");
}

static void test_links_that_stay_inside_stay_links(void **state)
{
    (void)state;
    assert_int_equal(symlink("../own", "app/src/a/sub/own"), 0);
    assert_int_equal(symlink("sub/../own", "app/src/a/same"), 0);
    assert_int_equal(symlink(".", "app/src/a/self"), 0);
    assert_int_equal(symlink("/etc", "app/src/a/etc"), 0);
    assert_int_equal(symlink("../nowhere", "app/src/a/lost"), 0);
    assert_int_equal(symlink("loop", "app/src/a/loop"), 0);
    assert_int_equal(ais_tree_copy_whole("app/src/a", "copy", NULL), 0);
    assert_true(is_link("copy/sub/own"));
    assert_holds("copy/sub/own", "own");
    assert_holds("copy/same", "own");
    assert_true(is_link("copy/self"));
    assert_true(is_link("copy/etc"));
    assert_true(is_link("copy/lost"));
    assert_true(is_link("copy/loop"));
}

static void test_a_link_itself_is_followed(void **state)
{
    (void)state;
    assert_int_equal(symlink("../shared", "app/src/b"), 0);
    assert_int_equal(ais_tree_copy_whole("app/src/b", "copy", NULL), 0);
    assert_false(is_link("copy"));
    assert_holds("copy/model", "weights");
    assert_int_equal(symlink("a/own", "app/src/file"), 0);
    assert_int_equal(ais_tree_copy_whole("app/src/file", "file", NULL), 0);
    assert_false(is_link("file"));
    assert_holds("file", "own");
}

static void test_links_that_lead_round_are_refused(void **state)
{
    (void)state;
    ais_error *err = NULL;
    assert_int_equal(symlink("../../shared", "app/src/a/there"), 0);
    assert_int_equal(symlink("../src/a", "app/shared/back"), 0);
    assert_int_equal(ais_tree_copy_whole("app/src/a", "copy", &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    assert_string_equal(ais_error_get_message(err),
                        "links lead from folder to folder, more than 4 times");
    ais_error_free(err);
    assert_false(ais_file_exists("copy"));
}

static void test_the_copy_of_a_read_only_folder_can_be_written(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(chmod("app/src/a/sub", 0555), 0);
    assert_int_equal(ais_tree_copy_whole("app/src/a", "copy", NULL), 0);
    assert_int_equal(stat("copy/sub", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
}

static void test_a_shared_tree_has_the_same_files(void **state)
{
    (void)state;
    struct stat own, shared;
    ais_error *err = NULL;
    assert_int_equal(symlink("own", "app/src/a/alias"), 0);
    assert_int_equal(ais_tree_share("app/src/a", "copy", NULL), 0);
    assert_int_equal(stat("app/src/a/own", &own), 0);
    assert_int_equal(stat("copy/own", &shared), 0);
    assert_int_equal(own.st_ino, shared.st_ino);
    assert_true(is_link("copy/alias"));
    assert_int_equal(ais_tree_share("app/src/a", "copy", &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_EXISTS);
    ais_error_free(err);
    /* /dev/shm is another file system: there it is a copy */
    AIS_FREE char *far = ais_format("/dev/shm%s", strrchr(folder, '/'));
    if (ais_tree_share("app/src/a", far, NULL) == 0) {
        AIS_FREE char *path = ais_format("%s/own", far);
        assert_holds(path, "own");
        assert_int_equal(ais_tree_remove(far, NULL), 0);
    }
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_links_that_lead_out_become_what_they_lead_to),
        WITH_FOLDER(test_links_that_stay_inside_stay_links),
        WITH_FOLDER(test_a_link_itself_is_followed),
        WITH_FOLDER(test_links_that_lead_round_are_refused),
        WITH_FOLDER(test_the_copy_of_a_read_only_folder_can_be_written),
        WITH_FOLDER(test_a_shared_tree_has_the_same_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
