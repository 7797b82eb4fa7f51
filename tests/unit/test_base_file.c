/* Files and folders: written whole or not at all, whichever call of the system fails. */
#include "support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* ---- the system, with faults: these take the place of libc's functions in this program ---- */

static int calls_left = -1; /* before one fails; -1: none fails */
static int fault = ENOSPC;
static size_t most_at_once = SIZE_MAX; /* bytes that one write() takes */
static bool can_exchange = true;       /* can the file system exchange two folders? */

static bool fails(void)
{
    if (calls_left < 0 || calls_left-- > 0)
        return false;
    errno = fault;
    return true;
}

ssize_t write(int fd, const void *data, size_t length)
{
    if (fails())
        return -1;
    return syscall(SYS_write, fd, data, length < most_at_once ? length : most_at_once);
}

int fsync(int fd)
{
    return fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    return fails() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int mkdir(const char *path, mode_t mode)
{
    return fails() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int chmod(const char *path, mode_t mode)
{
    return fails() ? -1 : (int)syscall(SYS_fchmodat, AT_FDCWD, path, mode);
}

int fchmod(int fd, mode_t mode)
{
    return fails() ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int symlink(const char *to, const char *path)
{
    return fails() ? -1 : (int)syscall(SYS_symlinkat, to, AT_FDCWD, path);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    if (!can_exchange) {
        errno = EINVAL;
        return -1;
    }
    return fails() ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

/* ---- helpers ---- */

static char *folder; /* of the test that runs */

static int make_folder(void **state)
{
    (void)state;
    folder = unit_folder();
    calls_left = -1;
    fault = ENOSPC;
    most_at_once = SIZE_MAX;
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    calls_left = -1;
    const int removed = ais_tree_remove(folder, NULL);
    free(folder);
    return removed;
}

static char *in_folder(const char *name)
{
    return ais_path_join(folder, name);
}

static void put(const char *path, const char *text)
{
    assert_int_equal(ais_file_write(path, text, strlen(text), NULL), 0);
}

static void assert_holds(const char *path, const char *text)
{
    AIS_FREE char *data = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read(path, 1000, &data, &length, NULL), 0);
    assert_string_equal(data, text);
    assert_int_equal(length, strlen(text));
}

static void assert_names(const char *path, const char *expected)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    AIS_SCOPED(ais_str) text = {.data = NULL};
    assert_int_equal(ais_dir_list(path, &names, NULL), 0);
    for (size_t i = 0; i < names.count; i++)
        ais_str_add_format(&text, "%s ", names.items[i]);
    assert_string_equal(ais_str_get(&text), expected);
}

/* The error, with the folder's name cut out. */
static void assert_error(ais_error **err, ais_error_code code, const char *expected)
{
    assert_non_null(*err);
    assert_int_equal(ais_error_get_code(*err), code);
    AIS_FREE char *text = unit_error(err);
    AIS_SCOPED(ais_str) shown = {.data = NULL};
    const char *at = text;
    for (const char *next = strstr(at, folder); next != NULL; next = strstr(at, folder)) {
        ais_str_add_bytes(&shown, at, (size_t)(next - at));
        ais_str_add(&shown, "DIR");
        at = next + strlen(folder);
    }
    ais_str_add(&shown, at);
    assert_string_equal(ais_str_get(&shown), expected);
}

/* ---- reading ---- */

static void test_reading_refuses_what_is_no_file(void **state)
{
    (void)state;
    AIS_FREE char *pipe_path = in_folder("pipe");
    AIS_FREE char *missing = in_folder("missing");
    char *data = NULL;
    size_t length = 7;
    ais_error *err = NULL;
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(ais_file_read(missing, 10, &data, &length, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR/missing: error: cannot read: No such file or directory\n");
    assert_int_equal(ais_file_read(folder, 10, &data, &length, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR: error: this is a folder (must be a file)\n");
    assert_int_equal(ais_file_read(pipe_path, 10, &data, &length, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR/pipe: error: this is a pipe or socket (must be a file)\n");
    assert_int_equal(ais_file_read("/dev/zero", 10, &data, &length, &err), -1);
    assert_error(&err, AIS_E_IO, "/dev/zero: error: this is a device (must be a file)\n");
    assert_null(data);
    assert_int_equal(length, 7);
}

static void test_reading_refuses_a_large_file_unread(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("large");
    AIS_FREE char *data = NULL;
    size_t length = 0;
    ais_error *err = NULL;
    put(path, "12345678");
    assert_int_equal(truncate(path, (off_t)1 << 40), 0); /* sparse: reading it would take minutes */
    assert_int_equal(ais_file_read(path, 1000, &data, &length, &err), -1);
    assert_error(&err, AIS_E_LIMIT,
                 "DIR/large: error: the file is too large (must be at most 1000 bytes)\n");
    assert_int_equal(truncate(path, 8), 0);
    assert_int_equal(ais_file_read(path, 7, &data, &length, NULL), -1);
    assert_int_equal(ais_file_read(path, 8, &data, &length, NULL), 0);
    assert_string_equal(data, "12345678");
}

static void test_reading_takes_files_of_unknown_size(void **state)
{
    (void)state;
    AIS_FREE char *data = NULL;
    size_t length = 0;
    assert_int_equal(ais_file_read("/proc/self/status", 1 << 20, &data, &length, NULL), 0);
    assert_true(length > 0 && strlen(data) == length);
    ais_error *err = NULL;
    char *more = NULL;
    assert_int_equal(ais_file_read("/proc/self/status", 5, &more, &length, &err), -1);
    assert_error(&err, AIS_E_LIMIT,
                 "/proc/self/status: error: the file is too large (must be at most 5 bytes)\n");
}

/* ---- writing ---- */

static void test_writing_makes_and_replaces_a_file(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    struct stat status;
    put(path, "one");
    assert_holds(path, "one");
    put(path, "");
    assert_holds(path, "");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644 & ~umask(022));
    assert_names(folder, "file ");
}

static void test_writing_leaves_an_equal_file_untouched(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    struct stat before, after;
    put(path, "same");
    assert_int_equal(stat(path, &before), 0);
    calls_left = 0; /* nothing is written, so nothing can fail */
    put(path, "same");
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    calls_left = -1;
    put(path, "came");
    assert_holds(path, "came");
}

static void test_writing_is_whole_or_not_at_all(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    ais_error *err = NULL;
    int n = 0;
    put(path, "old");
    most_at_once = 2; /* "newer" takes three calls */
    for (;; n++) {
        calls_left = n;
        const int result = ais_file_write(path, "newer", 5, &err);
        calls_left = -1;
        assert_names(folder, "file ");
        if (result == 0)
            break;
        /* once renamed, the new content stands whole, only the folder may not be on disk yet */
        assert_holds(path, n < 5 ? "old" : "newer");
        assert_error(&err, AIS_E_IO,
                     n < 4    ? "DIR/file: error: cannot write 5 bytes: No space left on device\n"
                     : n == 4 ? "DIR/file: error: cannot write: No space left on device\n"
                              : "DIR: error: cannot write to disk: No space left on device\n");
        put(path, "old");
    }
    assert_int_equal(n, 6); /* 3 writes, fsync, rename, fsync of the folder */
    assert_holds(path, "newer");
}

static void test_writing_goes_on_after_a_signal(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    fault = EINTR;
    calls_left = 0;
    put(path, "text");
    assert_holds(path, "text");
}

static void test_writing_keeps_links_and_spares_devices(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    AIS_FREE char *link_path = in_folder("link");
    struct stat status;
    ais_error *err = NULL;
    put(path, "one");
    assert_int_equal(symlink("file", link_path), 0);
    put(link_path, "two");
    assert_holds(path, "two");
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(ais_file_write("/dev/null", "x", 1, &err), -1);
    assert_error(&err, AIS_E_IO, "/dev/null: error: this is a device (must be a file)\n");
    assert_int_equal(ais_file_write(folder, "x", 1, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR: error: this is a folder (must be a file)\n");
}

static void test_writing_into_a_missing_folder_is_an_error(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("no/file");
    ais_error *err = NULL;
    assert_int_equal(ais_file_write(path, "x", 1, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR/no/file: error: cannot write: No such file or directory\n");
}

static void test_targets_are_checked_before_they_are_written(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    AIS_FREE char *link_path = in_folder("link");
    AIS_FREE char *missing = in_folder("no/file");
    ais_error *err = NULL;
    assert_int_equal(ais_file_check_target(path, &err), 0);
    assert_false(ais_file_exists(path));
    put(path, "one");
    assert_int_equal(symlink("file", link_path), 0);
    assert_int_equal(ais_file_check_target(path, &err), 0);
    assert_int_equal(ais_file_check_target(link_path, &err), 0);
    assert_int_equal(ais_file_check_target("file", &err), 0); /* in the current folder */
    assert_holds(path, "one");
    assert_int_equal(ais_file_check_target(folder, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR: error: this is a folder (must be a file)\n");
    assert_int_equal(ais_file_check_target("/dev/null", &err), -1);
    assert_error(&err, AIS_E_IO, "/dev/null: error: this is a device (must be a file)\n");
    assert_int_equal(ais_file_check_target(missing, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR/no/file: error: cannot write: No such file or directory\n");
}

static void test_one_file_has_many_names(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    AIS_FREE char *other = in_folder("other");
    AIS_FREE char *link_path = in_folder("link");
    put(path, "one");
    put(other, "one");
    assert_int_equal(symlink("file", link_path), 0);
    assert_true(ais_file_is_same(path, path));
    assert_true(ais_file_is_same(path, link_path));
    assert_false(ais_file_is_same(path, other));
    assert_false(ais_file_is_same("/nowhere", "/nowhere"));
}

static void test_staged_files_are_new(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("file");
    ais_error *err = NULL;
    most_at_once = 2;
    assert_int_equal(ais_file_create(path, "text", 4, NULL), 0);
    assert_holds(path, "text");
    assert_int_equal(ais_file_create(path, "other", 5, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_IO);
    assert_holds(path, "text");
    ais_error_free(err);
    err = NULL;
    AIS_FREE char *full = in_folder("full");
    calls_left = 1;
    assert_int_equal(ais_file_create(full, "text", 4, &err), -1);
    assert_error(&err, AIS_E_IO,
                 "DIR/full: error: cannot write 4 bytes: No space left on device\n");
}

/* ---- folders ---- */

static void test_folders_are_made_with_their_parents(void **state)
{
    (void)state;
    AIS_FREE char *deep = in_folder("a/b//c/");
    AIS_FREE char *file = in_folder("file");
    AIS_FREE char *below = in_folder("file/x");
    ais_error *err = NULL;
    assert_int_equal(ais_dir_make(deep, NULL), 0);
    assert_int_equal(ais_dir_make(deep, NULL), 0);
    assert_true(ais_dir_exists(deep));
    put(file, "x");
    assert_int_equal(ais_dir_make(file, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR/file: error: a file stands where a folder must be\n");
    assert_int_equal(ais_dir_make(below, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR/file: error: a file stands where a folder must be\n");
    assert_int_equal(ais_dir_list(file, &(ais_names){.items = NULL}, &err), -1);
    assert_error(&err, AIS_E_IO, "DIR/file: error: cannot list the folder: Not a directory\n");
}

/* from/: file (0750), link -> file, sub/ (0500) with inner */
static void make_tree(const char *name)
{
    AIS_FREE char *top = in_folder(name);
    AIS_FREE char *file = ais_path_join(top, "file");
    AIS_FREE char *link_path = ais_path_join(top, "link");
    AIS_FREE char *sub = ais_path_join(top, "sub");
    AIS_FREE char *inner = ais_path_join(sub, "inner");
    assert_int_equal(ais_dir_make(sub, NULL), 0);
    put(file, "content");
    put(inner, "");
    assert_int_equal(symlink("file", link_path), 0);
    assert_int_equal(chmod(file, 0750), 0);
    assert_int_equal(chmod(sub, 0500), 0);
}

static void test_a_copy_has_contents_modes_and_links(void **state)
{
    (void)state;
    AIS_FREE char *from = in_folder("from");
    AIS_FREE char *to = in_folder("to");
    AIS_FREE char *file = in_folder("to/file");
    AIS_FREE char *link_path = in_folder("to/link");
    AIS_FREE char *sub = in_folder("to/sub");
    struct stat status;
    ais_error *err = NULL;
    make_tree("from");
    assert_int_equal(ais_tree_copy(from, to, NULL), 0);
    assert_names(to, "file link sub ");
    assert_names(sub, "inner ");
    assert_holds(file, "content");
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0750);
    assert_int_equal(stat(sub, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0500);
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(ais_tree_copy(from, to, &err), -1);
    assert_error(&err, AIS_E_EXISTS,
                 "DIR/to: error: this exists already; nothing was copied over it\n");
}

static void test_a_copy_is_whole_or_not_at_all(void **state)
{
    (void)state;
    AIS_FREE char *from = in_folder("from");
    AIS_FREE char *to = in_folder("to");
    ais_error *err = NULL;
    int n = 0;
    make_tree("from");
    for (;; n++) {
        calls_left = n;
        const int result = ais_tree_copy(from, to, &err);
        calls_left = -1;
        if (result == 0)
            break;
        assert_int_equal(ais_error_get_code(err), AIS_E_IO);
        assert_names(folder, "from ");
    }
    ais_error_free(err);
    assert_true(n >= 6); /* 2 mkdir, 2 fchmod, symlink, 2 chmod, and writes where copied by hand */
}

static void test_a_folder_is_not_copied_into_itself(void **state)
{
    (void)state;
    AIS_FREE char *from = in_folder("from");
    AIS_FREE char *to = in_folder("from/sub2/to");
    AIS_FREE char *sub2 = in_folder("from/sub2");
    ais_error *err = NULL;
    assert_int_equal(ais_dir_make(sub2, NULL), 0);
    assert_int_equal(ais_tree_copy(from, to, &err), -1);
    assert_error(&err, AIS_E_IO,
                 "DIR/from/sub2/to: error: a folder cannot be copied into itself\n");
    assert_names(sub2, "");
}

static void test_what_is_no_file_is_not_copied(void **state)
{
    (void)state;
    AIS_FREE char *from = in_folder("from");
    AIS_FREE char *pipe_path = in_folder("from/pipe");
    AIS_FREE char *to = in_folder("to");
    ais_error *err = NULL;
    make_tree("from");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(ais_tree_copy(from, to, &err), -1);
    assert_error(&err, AIS_E_IO,
                 "DIR/from/pipe: error: a device, pipe or socket cannot be copied\n");
    assert_names(folder, "from ");
    assert_int_equal(ais_tree_copy("/nowhere", to, &err), -1);
    assert_error(&err, AIS_E_IO, "/nowhere: error: cannot copy: No such file or directory\n");
}

static void test_a_large_file_is_copied_whole(void **state)
{
    (void)state;
    AIS_FREE char *from = in_folder("from");
    AIS_FREE char *to = in_folder("to");
    AIS_FREE char *proc = in_folder("status");
    enum { LENGTH = 3 * 1024 * 1024 + 17 };
    AIS_FREE char *data = ais_alloc(LENGTH);
    AIS_FREE char *copied = NULL;
    size_t length = 0;
    for (size_t i = 0; i < LENGTH; i++)
        data[i] = (char)(i * 31 / 7);
    assert_int_equal(ais_file_write(from, data, LENGTH, NULL), 0);
    assert_int_equal(ais_tree_copy(from, to, NULL), 0);
    assert_int_equal(ais_file_read(to, LENGTH, &copied, &length, NULL), 0);
    assert_int_equal(length, LENGTH);
    assert_memory_equal(data, copied, LENGTH);
    /* a file that tells no size is read to its end */
    assert_int_equal(ais_tree_copy("/proc/self/status", proc, NULL), 0);
    AIS_FREE char *text = NULL;
    assert_int_equal(ais_file_read(proc, 1 << 20, &text, &length, NULL), 0);
    assert_true(length > 100);
}

static void test_removing_a_missing_folder_is_fine(void **state)
{
    (void)state;
    AIS_FREE char *path = in_folder("from");
    AIS_FREE char *link_path = in_folder("out");
    AIS_FREE char *file = in_folder("kept/file");
    assert_int_equal(ais_tree_remove(path, NULL), 0);
    make_tree("from");
    make_tree("kept");
    assert_int_equal(symlink("kept", link_path), 0);
    assert_int_equal(ais_tree_remove(link_path, NULL), 0); /* the link, not what it points to */
    assert_int_equal(ais_tree_remove(path, NULL), 0);
    assert_holds(file, "content");
    assert_names(folder, "kept ");
}

/* As another user than root, who may do everything. */
static int remove_shut_folder_in(const char *path)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(chdir(path) < 0 || (geteuid() == 0 && setuid(65534) < 0) ||
              mkdir("theirs", 0700) < 0 || mkdir("theirs/shut", 0700) < 0 ||
              mkdir("theirs/shut/in", 0700) < 0 || chmod("theirs/shut", 0) < 0 ||
              chmod("theirs", 0500) < 0 || ais_tree_remove("theirs", NULL) < 0);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_removing_opens_folders_that_are_shut(void **state)
{
    (void)state;
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(remove_shut_folder_in(folder), 0);
    assert_names(folder, "");
}

static void test_a_folder_is_replaced_in_one_step(void **state)
{
    (void)state;
    AIS_FREE char *staged = in_folder("staged");
    AIS_FREE char *target = in_folder("target");
    AIS_FREE char *old = in_folder("target/old");
    make_tree("staged");
    assert_int_equal(ais_tree_replace(staged, target, NULL), 0);
    assert_names(folder, "target ");
    put(old, "x");
    make_tree("staged");
    assert_int_equal(ais_tree_replace(staged, target, NULL), 0);
    assert_names(folder, "target ");
    assert_names(target, "file link sub ");
}

static void test_a_failed_replacement_leaves_the_old_folder(void **state)
{
    (void)state;
    AIS_FREE char *staged = in_folder("staged");
    AIS_FREE char *target = in_folder("target");
    AIS_FREE char *old = in_folder("target/old");
    ais_error *err = NULL;
    assert_int_equal(ais_dir_make(target, NULL), 0);
    put(old, "x");
    make_tree("staged");
    for (int n = 0; n < 5; n++) { /* 2 files, 2 folders, the exchange */
        calls_left = n;
        assert_int_equal(ais_tree_replace(staged, target, &err), -1);
        calls_left = -1;
        assert_int_equal(ais_error_get_code(err), AIS_E_IO);
        assert_names(target, "old ");
        assert_names(staged, "file link sub ");
    }
    fault = EINVAL; /* a file system that cannot exchange: two renames do */
    calls_left = 4;
    ais_error_free(err);
    assert_int_equal(ais_tree_replace(staged, target, NULL), 0);
    assert_names(target, "file link sub ");
    assert_names(folder, "target ");
}

static ino_t inode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_ino;
}

static void test_an_equal_folder_is_left_untouched(void **state)
{
    (void)state;
    AIS_FREE char *staged = in_folder("staged");
    AIS_FREE char *target = in_folder("target");
    make_tree("target");
    const ino_t before = inode_of(target);
    make_tree("staged");
    assert_int_equal(ais_tree_replace(staged, target, NULL), 0);
    assert_int_equal(inode_of(target), before);
    assert_names(folder, "target ");
}

static void test_any_difference_replaces_the_folder(void **state)
{
    (void)state;
    AIS_FREE char *staged = in_folder("staged");
    AIS_FREE char *target = in_folder("target");
    AIS_FREE char *file = in_folder("staged/file");
    AIS_FREE char *link_path = in_folder("staged/link");
    AIS_FREE char *more = in_folder("staged/more");
    AIS_FREE char *pipe_path = in_folder("staged/pipe");
    AIS_FREE char *old_pipe = in_folder("target/pipe");
    make_tree("target");
    for (int difference = 0; difference < 6; difference++) {
        const ino_t before = inode_of(target);
        make_tree("staged");
        if (difference == 0)
            put(file, "CONTENT");
        else if (difference == 1)
            assert_int_equal(chmod(file, 0700), 0);
        else if (difference == 2)
            assert_int_equal(unlink(link_path) | symlink("sub", link_path), 0);
        else if (difference == 3)
            put(more, "");
        else if (difference == 4)
            assert_int_equal(rename(file, more), 0);
        else /* pipes are not opened to be compared: that would wait for a writer */
            assert_int_equal(mkfifo(pipe_path, 0600) | mkfifo(old_pipe, 0600), 0);
        assert_int_equal(ais_tree_replace(staged, target, NULL), 0);
        assert_int_not_equal(inode_of(target), before);
        assert_names(folder, "target ");
    }
}

static void test_a_failed_replacement_in_two_steps_is_taken_back(void **state)
{
    (void)state;
    AIS_FREE char *staged = in_folder("staged");
    AIS_FREE char *target = in_folder("target");
    AIS_FREE char *old = in_folder("target/old");
    ais_error *err = NULL;
    assert_int_equal(ais_dir_make(target, NULL), 0);
    put(old, "x");
    make_tree("staged");
    for (int n = 0; n < 2; n++) { /* both renames in turn */
        can_exchange = false;
        calls_left = 4 + n;
        fault = EIO;
        assert_int_equal(ais_tree_replace(staged, target, &err), -1);
        calls_left = -1;
        can_exchange = true;
        assert_error(&err, AIS_E_IO, "DIR/target: error: cannot replace: Input/output error\n");
        assert_names(folder, "staged target ");
        assert_names(target, "old ");
    }
}

static void test_nothing_staged_replaces_nothing(void **state)
{
    (void)state;
    AIS_FREE char *staged = in_folder("staged");
    AIS_FREE char *target = in_folder("target");
    ais_error *err = NULL;
    make_tree("target");
    assert_int_equal(ais_tree_replace(staged, target, &err), -1);
    assert_error(&err, AIS_E_IO,
                 "DIR/staged: error: cannot write to disk: No such file or directory\n");
    assert_names(target, "file link sub ");
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_reading_refuses_what_is_no_file),
        WITH_FOLDER(test_reading_refuses_a_large_file_unread),
        WITH_FOLDER(test_reading_takes_files_of_unknown_size),
        WITH_FOLDER(test_writing_makes_and_replaces_a_file),
        WITH_FOLDER(test_writing_leaves_an_equal_file_untouched),
        WITH_FOLDER(test_writing_is_whole_or_not_at_all),
        WITH_FOLDER(test_writing_goes_on_after_a_signal),
        WITH_FOLDER(test_writing_keeps_links_and_spares_devices),
        WITH_FOLDER(test_writing_into_a_missing_folder_is_an_error),
        WITH_FOLDER(test_targets_are_checked_before_they_are_written),
        WITH_FOLDER(test_one_file_has_many_names),
        WITH_FOLDER(test_staged_files_are_new),
        WITH_FOLDER(test_folders_are_made_with_their_parents),
        WITH_FOLDER(test_a_copy_has_contents_modes_and_links),
        WITH_FOLDER(test_a_copy_is_whole_or_not_at_all),
        WITH_FOLDER(test_a_folder_is_not_copied_into_itself),
        WITH_FOLDER(test_what_is_no_file_is_not_copied),
        WITH_FOLDER(test_a_large_file_is_copied_whole),
        WITH_FOLDER(test_removing_a_missing_folder_is_fine),
        WITH_FOLDER(test_removing_opens_folders_that_are_shut),
        WITH_FOLDER(test_a_folder_is_replaced_in_one_step),
        WITH_FOLDER(test_a_failed_replacement_leaves_the_old_folder),
        WITH_FOLDER(test_an_equal_folder_is_left_untouched),
        WITH_FOLDER(test_any_difference_replaces_the_folder),
        WITH_FOLDER(test_a_failed_replacement_in_two_steps_is_taken_back),
        WITH_FOLDER(test_nothing_staged_replaces_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
