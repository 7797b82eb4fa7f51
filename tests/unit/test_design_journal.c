/* A change of many parts: cut off after each of its steps, the next program finishes it. */
#include "support/unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "design/design.h"
#include "design/journal.h"

typedef struct scratch {
    char dir[64];
} scratch;

static char *at(const scratch *s, const char *path)
{
    return ais_path_join(s->dir, path);
}

static void put(const scratch *s, const char *path, const char *text)
{
    AIS_FREE char *whole = at(s, path);
    AIS_FREE char *parent = ais_path_dir(whole);
    ais_error *err = NULL;
    assert_int_equal(ais_dir_make(parent, &err), 0);
    assert_int_equal(ais_file_write(whole, text, strlen(text), &err), 0);
}

/* "absent" for what is not there. */
static void expect(const scratch *s, const char *path, const char *text)
{
    AIS_FREE char *whole = at(s, path);
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (ais_file_read(whole, 1000, &data, &length, NULL) < 0)
        data = ais_strdup("absent");
    assert_string_equal(data, text);
}

/* Before: old x/a, old file, y. The change: new x/b instead, a new z, a new file and config, no y. */
static scratch begin(void)
{
    scratch s = {.dir = "/tmp/aisprint-journal-XXXXXX"};
    assert_non_null(mkdtemp(s.dir));
    put(&s, "aisprint/designs/x/a", "old");
    put(&s, "aisprint/designs/file", "old");
    put(&s, "aisprint/deployments/y/c", "old");
    put(&s, "aisprint/.staging-test/new/aisprint/designs/x/b", "new");
    put(&s, "aisprint/.staging-test/new/aisprint/designs/z/d", "new");
    put(&s, "aisprint/.staging-test/new/aisprint/designs/file", "new");
    put(&s, "aisprint/.staging-test/new/common_config/made", "new");
    return s;
}

static void list_parts(ais__parts *parts)
{
    ais__parts_add(parts, AIS__PART_FOLDER, "aisprint/designs/x");
    ais__parts_add(parts, AIS__PART_FOLDER, "aisprint/designs/z");
    ais__parts_add(parts, AIS__PART_FILE, "aisprint/designs/file");
    ais__parts_add(parts, AIS__PART_FILE, "common_config/made");
    ais__parts_add(parts, AIS__PART_GONE, "aisprint/deployments/y");
}

static void expect_after(const scratch *s)
{
    expect(s, "aisprint/designs/x/a", "absent");
    expect(s, "aisprint/designs/x/b", "new");
    expect(s, "aisprint/designs/z/d", "new");
    expect(s, "aisprint/designs/file", "new");
    expect(s, "common_config/made", "new");
    expect(s, "aisprint/deployments/y/c", "absent");
    static const char *const dirs[] = {"aisprint", "aisprint/designs", "aisprint/designs/x",
                                       "aisprint/designs/z", "aisprint/deployments"};
    for (size_t i = 0; i < AIS_COUNT(dirs); i++) { /* nothing of the journal is left */
        AIS_FREE char *dir = at(s, dirs[i]);
        AIS_SCOPED(ais_names) names = {.items = NULL};
        ais_error *err = NULL;
        assert_int_equal(ais_dir_list(dir, &names, &err), 0);
        for (size_t k = 0; k < names.count; k++)
            assert_true(names.items[k][0] != '.');
    }
}

static void expect_before(const scratch *s)
{
    expect(s, "aisprint/designs/x/a", "old");
    expect(s, "aisprint/designs/x/b", "absent");
    expect(s, "aisprint/designs/z/d", "absent");
    expect(s, "aisprint/designs/file", "old");
    expect(s, "common_config/made", "absent");
    expect(s, "aisprint/deployments/y/c", "old");
}

static void end(const scratch *s)
{
    ais_error *err = NULL;
    assert_int_equal(ais_tree_remove(s->dir, &err), 0);
}

static void test_a_commit_changes_everything(void **state)
{
    (void)state;
    const scratch s = begin();
    AIS_SCOPED(ais__parts) parts = {.items = NULL};
    AIS_FREE char *staging = at(&s, "aisprint/.staging-test");
    ais_error *err = NULL;
    list_parts(&parts);
    assert_int_equal(ais__journal_commit(&parts, staging, s.dir, &err), 0);
    expect_after(&s);
    end(&s);
}

static void test_what_is_there_already_is_left_alone(void **state)
{
    (void)state;
    const scratch s = begin();
    AIS_SCOPED(ais__parts) parts = {.items = NULL};
    AIS_FREE char *staging = at(&s, "aisprint/.staging-test");
    AIS_FREE char *file = at(&s, "aisprint/designs/file");
    struct stat before, after;
    put(&s, "aisprint/.staging-test/new/aisprint/designs/file", "old");
    list_parts(&parts);
    ais__parts_add(&parts, AIS__PART_GONE, "aisprint/deployments/never");
    ais__parts_drop_equal(&parts, staging, s.dir);
    assert_int_equal(parts.count, 4);
    assert_int_equal(stat(file, &before), 0);
    ais_error *err = NULL;
    assert_int_equal(ais__journal_commit(&parts, staging, s.dir, &err), 0);
    assert_int_equal(stat(file, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    end(&s);
}

/* The state after a kill: the record is written, and the first `steps` of the moves below are done. */
static void cut_off(const scratch *s, int steps)
{
    static const char mark[] = ".aisprint-new.tmp";
    put(s, "aisprint/.staging-test/record",
        "folder aisprint/designs/x\nfolder aisprint/designs/z\nfile aisprint/designs/file\n"
        "file common_config/made\ngone aisprint/deployments/y\nend\n");
    AIS_FREE char *staging = at(s, "aisprint/.staging-test");
    AIS_FREE char *commit = at(s, "aisprint/.commit");
    static const char *const folders[] = {"x", "z"};
    for (size_t i = 0; i < 2; i++) {
        AIS_FREE char *path =
            ais_format("aisprint/.staging-test/new/aisprint/designs/%s/%s", folders[i], mark);
        put(s, path, "");
    }
    assert_int_equal(rename(staging, commit), 0);
    ais_error *err = NULL;
    for (size_t i = 0; i < 2; i++) {
        AIS_FREE char *new = ais_format("%s/new/aisprint/designs/%s", commit, folders[i]);
        AIS_FREE char *target = ais_format("%s/aisprint/designs/%s", s->dir, folders[i]);
        AIS_FREE char *marked = ais_path_join(target, mark);
        if (steps-- > 0)
            assert_int_equal(ais_tree_exchange(new, target, &err), 0);
        if (steps-- > 0)
            assert_int_equal(unlink(marked), 0);
    }
    static const char *const files[] = {"aisprint/designs/file", "common_config/made"};
    for (size_t i = 0; i < 2; i++) {
        AIS_FREE char *new = ais_format("%s/new/%s", commit, files[i]);
        AIS_FREE char *target = at(s, files[i]);
        AIS_FREE char *parent = ais_path_dir(target);
        if (steps-- <= 0)
            continue;
        assert_int_equal(ais_dir_make(parent, &err), 0);
        assert_int_equal(rename(new, target), 0);
    }
    AIS_FREE char *y = at(s, "aisprint/deployments/y");
    if (steps-- > 0)
        assert_int_equal(ais_tree_remove(y, &err), 0);
    /* The journal's own end: the record's folder is put aside, half of it is removed. */
    if (steps-- > 0) {
        assert_int_equal(rename(commit, staging), 0);
        AIS_FREE char *moved = ais_path_join(staging, "record");
        assert_int_equal(unlink(moved), 0);
    }
}

static void test_whatever_a_kill_leaves_is_finished(void **state)
{
    (void)state;
    for (int steps = 0; steps <= 8; steps++) {
        const scratch s = begin();
        ais_error *err = NULL;
        cut_off(&s, steps);
        assert_int_equal(ais_design_settle(s.dir, &err), 0);
        expect_after(&s);
        assert_int_equal(ais_design_settle(s.dir, &err), 0); /* and there is nothing more to do */
        expect_after(&s);
        end(&s);
    }
}

static void test_what_was_not_committed_is_removed(void **state)
{
    (void)state;
    const scratch s = begin();
    ais_error *err = NULL;
    put(&s, "common_config/.aisprint-0123456789abcdef.tmp", "half");
    assert_int_equal(ais_design_settle(s.dir, &err), 0);
    expect_before(&s);
    expect(&s, "common_config/.aisprint-0123456789abcdef.tmp", "absent");
    AIS_FREE char *staging = at(&s, "aisprint/.staging-test");
    assert_false(ais_file_exists(staging));
    end(&s);
}

static void test_a_running_design_is_not_disturbed(void **state)
{
    (void)state;
    const scratch s = begin();
    AIS_CLOSE int lock = -1;
    ais_error *err = NULL;
    assert_int_equal(ais__journal_lock(s.dir, &lock, &err), 0);
    assert_int_equal(ais_design_settle(s.dir, &err), 0);
    expect(&s, "aisprint/.staging-test/new/aisprint/designs/x/b", "new");
    AIS_CLOSE int second = -1;
    assert_int_equal(ais__journal_lock(s.dir, &second, &err), -1);
    AIS_FREE char *text = unit_error(&err);
    assert_string_equal(text, "error: another design of this application is running\n");
    end(&s);
}

static void test_a_part_that_cannot_take_its_place_stops_all(void **state)
{
    (void)state;
    const scratch s = begin();
    AIS_SCOPED(ais__parts) parts = {.items = NULL};
    AIS_FREE char *staging = at(&s, "aisprint/.staging-test");
    ais_error *err = NULL;
    put(&s, "common_config", "a file where a folder must be");
    list_parts(&parts);
    assert_int_equal(ais__journal_commit(&parts, staging, s.dir, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    AIS_FREE char *text = unit_error(&err);
    AIS_FREE char *expected =
        ais_format("%s/common_config: error: a file stands where a folder must be\n", s.dir);
    assert_string_equal(text, expected);
    expect(&s, "aisprint/designs/x/a", "old");
    expect(&s, "aisprint/deployments/y/c", "old");
    end(&s);
}

static void test_a_record_of_something_else_is_refused(void **state)
{
    (void)state;
    static const char *const records[] = {"",
                                          "folder aisprint/designs/x\n", /* no end */
                                          "gone src/precious\nend\n", /* not what design writes */
                                          "gone aisprint/../src/precious\nend\n", /* nor this */
                                          "link aisprint/designs/x\nend\n",
                                          "gone /etc/passwd\nend\n"};
    for (size_t i = 0; i < AIS_COUNT(records); i++) {
        const scratch s = begin();
        ais_error *err = NULL;
        put(&s, "src/precious", "kept");
        put(&s, "aisprint/.commit/record", records[i]);
        assert_int_equal(ais_design_settle(s.dir, &err), -1);
        assert_int_equal(ais_error_get_code(err), AIS_E_INPUT);
        AIS_FREE char *text = unit_error(&err);
        AIS_FREE char *expected = ais_format(
            "%s/aisprint/.commit/record: error: no record of a design (remove the folder "
            "it is in, and design again)\n"
            "  while finishing a design that was cut off\n",
            s.dir);
        assert_string_equal(text, expected);
        expect(&s, "src/precious", "kept");
        end(&s);
    }
}

static void test_what_a_link_leads_to_is_replaced(void **state)
{
    (void)state;
    const scratch s = begin();
    AIS_SCOPED(ais__parts) parts = {.items = NULL};
    AIS_FREE char *staging = at(&s, "aisprint/.staging-test");
    AIS_FREE char *link = at(&s, "common_config/made");
    ais_error *err = NULL;
    put(&s, "common_config/elsewhere", "old");
    assert_int_equal(symlink("elsewhere", link), 0);
    list_parts(&parts);
    assert_int_equal(ais__journal_commit(&parts, staging, s.dir, &err), 0);
    struct stat status;
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    expect(&s, "common_config/elsewhere", "new");
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_commit_changes_everything),
        cmocka_unit_test(test_what_is_there_already_is_left_alone),
        cmocka_unit_test(test_whatever_a_kill_leaves_is_finished),
        cmocka_unit_test(test_what_was_not_committed_is_removed),
        cmocka_unit_test(test_a_running_design_is_not_disturbed),
        cmocka_unit_test(test_a_part_that_cannot_take_its_place_stops_all),
        cmocka_unit_test(test_a_record_of_something_else_is_refused),
        cmocka_unit_test(test_what_a_link_leads_to_is_replaced),
    };
    return cmocka_run_group_tests_name("design_journal", tests, NULL, NULL);
}
