/* Folders as a whole: copy, remove, replace; see file.h.
 *
 * Paths are extended level by level, so the depth is bounded by the kernel's limit on the length of
 * a path, and no descriptor stays open on the way down. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_priv.h"

enum {
    FOLLOWED_LIMIT = 4, /* links that lead out of what links that lead out have led to */
    SYNCED_ONE_BY_ONE = 256
};

typedef struct copying {
    /* Of the copy that is being made, so that a copy into itself is seen; inode 0: not yet made. */
    dev_t device;
    ino_t inode;
    bool whole; /* relative links that lead out are followed; the copy's folders can be written */
    bool share; /* files are hard links where that is possible */
    unsigned depth; /* of what is copied below the folder that links may not leave */
    unsigned followed;
} copying;

static int copy_by_hand(int from, int to)
{
    char buffer[32 * 1024];
    for (;;) {
        const ssize_t got = read(from, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return (int)got;
        if (ais_file_write_all(to, buffer, (size_t)got) < 0)
            return -1;
    }
}

/* By reference, else inside the kernel, else by hand: each way may be refused by a file system. */
static int copy_bytes(int from, int to)
{
    if (ioctl(to, FICLONE, from) == 0)
        return 0;
    bool any = false;
    for (;;) {
        const ssize_t copied = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0);
        if (copied == 0 && any)
            return 0;
        if (copied <= 0 && !any) /* 0: an empty file, or one of /proc, which has no size */
            return copy_by_hand(from, to);
        if (copied < 0 && errno != EINTR)
            return -1;
        any = true;
    }
}

static int copy_file(const char *source, const char *target, mode_t mode, ais_error **err)
{
    AIS_CLOSE int from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (from < 0)
        return ais_error_set_errno(err, source, "cannot copy");
    AIS_CLOSE int to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0 || copy_bytes(from, to) < 0 || fchmod(to, mode & 07777) < 0)
        return ais_error_set_errno(err, target, "cannot copy '%s' to here", source);
    return 0;
}

static int copy_link(const char *source, const char *target, size_t length, ais_error **err)
{
    AIS_FREE char *to = ais_alloc(length + 2);
    const ssize_t got = readlink(source, to, length + 1);
    if (got < 0 || (size_t)got > length) {
        errno = got < 0 ? errno : EAGAIN; /* it changed under our hands */
        return ais_error_set_errno(err, source, "cannot copy the link");
    }
    if (symlink(to, target) < 0)
        return ais_error_set_errno(err, target, "cannot copy the link '%s' to here", source);
    return 0;
}

static int copy_any(const char *source, const char *target, copying *c, ais_error **err);

static int copy_dir(const char *source, const char *target, const struct stat *status, copying *c,
                    ais_error **err)
{
    if (c->inode != 0 && status->st_ino == c->inode && status->st_dev == c->device)
        return ais_error_set_at(err, AIS_E_IO, (ais_pos){.file = source},
                                "a folder cannot be copied into itself");
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(source, &names, err) < 0)
        return -1;
    struct stat made;
    if (mkdir(target, 0700) < 0 || lstat(target, &made) < 0)
        return ais_error_set_errno(err, target, "cannot make the folder");
    if (c->inode == 0) {
        c->device = made.st_dev;
        c->inode = made.st_ino;
    }
    c->depth++;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *from = ais_path_join(source, names.items[i]);
        AIS_FREE char *to = ais_path_join(target, names.items[i]);
        if (copy_any(from, to, c, err) < 0)
            return -1;
    }
    c->depth--;
    const mode_t more = c->whole ? S_IRWXU : 0;
    if (chmod(target, (status->st_mode & 07777) | more) < 0) /* last: it may forbid writing */
        return ais_error_set_errno(err, target, "cannot set the mode");
    return 0;
}

/* Would the link, `depth` folders below the one that is copied, point elsewhere from its new place? */
static bool leads_out(const char *source, unsigned depth)
{
    if (depth == 0)
        return true; /* the link is all that would be copied */
    char to[PATH_MAX];
    const ssize_t length = readlink(source, to, sizeof to - 1);
    if (length <= 0 || to[0] == '/')
        return false;
    to[length] = '\0';
    unsigned inside = depth - 1; /* folders between the link and the top */
    for (const char *part = to; *part != '\0'; part += strspn(part, "/")) {
        const size_t size = strcspn(part, "/");
        const bool up = size == 2 && part[0] == '.' && part[1] == '.';
        if (up && inside-- == 0)
            return true;
        if (!up && !(size == 1 && part[0] == '.'))
            inside++;
        part += size;
    }
    return false;
}

static int copy_kind(const char *source, const char *target, const struct stat *status, copying *c,
                     ais_error **err)
{
    if (S_ISDIR(status->st_mode))
        return copy_dir(source, target, status, c, err);
    if (S_ISREG(status->st_mode) && c->share && link(source, target) == 0)
        return 0;
    if (S_ISREG(status->st_mode))
        return copy_file(source, target, status->st_mode, err);
    if (S_ISLNK(status->st_mode))
        return copy_link(source, target, (size_t)status->st_size, err);
    return ais_error_set_at(err, AIS_E_IO, (ais_pos){.file = source},
                            "a device, pipe or socket cannot be copied");
}

static int copy_any(const char *source, const char *target, copying *c, ais_error **err)
{
    struct stat status, linked;
    if (lstat(source, &status) < 0)
        return ais_error_set_errno(err, source, "cannot copy");
    if (!c->whole || !S_ISLNK(status.st_mode) || stat(source, &linked) < 0 ||
        !leads_out(source, c->depth))
        return copy_kind(source, target, &status, c, err);
    if (c->followed == FOLLOWED_LIMIT)
        return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = source},
                                "links lead from folder to folder, more than %d times",
                                FOLLOWED_LIMIT);
    AIS_FREE char *real = realpath(source, NULL);
    const unsigned depth = c->depth;
    c->depth = 0;
    c->followed++;
    if (real == NULL || copy_kind(real, target, &linked, c, err) < 0)
        return real == NULL ? ais_error_set_errno(err, source, "cannot copy") : -1;
    c->depth = depth;
    c->followed--;
    return 0;
}

static int copy_tree(const char *source, const char *target, copying c, ais_error **err)
{
    struct stat status;
    if (lstat(target, &status) == 0)
        return ais_error_set_at(err, AIS_E_EXISTS, (ais_pos){.file = target},
                                "this exists already; nothing was copied over it");
    if (copy_any(source, target, &c, err) == 0)
        return 0;
    /* What is there now is our own half; the first error is the one to tell. */
    if (ais_tree_remove(target, NULL) < 0)
        ais_error_wrap(err, "copying '%s'; part of it is left behind", source);
    return -1;
}

int ais_tree_copy(const char *source, const char *target, ais_error **err)
{
    return copy_tree(source, target, (copying){.whole = false}, err);
}

int ais_tree_copy_whole(const char *source, const char *target, ais_error **err)
{
    return copy_tree(source, target, (copying){.whole = true}, err);
}

int ais_tree_share(const char *source, const char *target, ais_error **err)
{
    return copy_tree(source, target, (copying){.share = true}, err);
}

int ais_tree_remove(const char *path, ais_error **err)
{
    struct stat status;
    if (lstat(path, &status) < 0)
        return errno == ENOENT ? 0 : ais_error_set_errno(err, path, "cannot remove");
    if (!S_ISDIR(status.st_mode)) {
        if (unlink(path) < 0 && errno != ENOENT)
            return ais_error_set_errno(err, path, "cannot remove");
        return 0;
    }
    const bool shut = (status.st_mode & S_IRWXU) != S_IRWXU; /* its content could not be removed */
    if (shut && chmod(path, status.st_mode | S_IRWXU) < 0 && errno != EPERM)
        return ais_error_set_errno(err, path, "cannot remove");
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(path, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *inner = ais_path_join(path, names.items[i]);
        if (ais_tree_remove(inner, err) < 0)
            return -1;
    }
    if (rmdir(path) < 0 && errno != ENOENT)
        return ais_error_set_errno(err, path, "cannot remove the folder");
    return 0;
}

int ais_dir_sync(const char *path, ais_error **err)
{
    return ais__file_sync(path, err);
}

static int sync_file_system(const char *path, ais_error **err)
{
    AIS_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || syncfs(fd) < 0)
        return ais_error_set_errno(err, path, "cannot write to disk");
    return 0;
}

/* Every file and folder below `path`, until `*left` of them are synced: then no more. */
static int sync_some(const char *path, size_t *left, ais_error **err)
{
    struct stat status;
    if (*left == 0)
        return 0;
    if (lstat(path, &status) < 0)
        return ais_error_set_errno(err, path, "cannot write to disk");
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return 0;
    (*left)--;
    if (S_ISREG(status.st_mode))
        return ais__file_sync(path, err);
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (ais_dir_list(path, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        AIS_FREE char *inner = ais_path_join(path, names.items[i]);
        if (sync_some(inner, left, err) < 0)
            return -1;
    }
    return ais__file_sync(path, err);
}

/* File by file, not syncfs(): that waits for what all other programs have written as well. Thousands
 * of files take longer by themselves. */
int ais_tree_sync(const char *path, ais_error **err)
{
    size_t left = SYNCED_ONE_BY_ONE;
    if (sync_some(path, &left, err) < 0)
        return -1;
    return left > 0 ? 0 : sync_file_system(path, err);
}

/* Where the file system cannot exchange: two renames, and a crash between them leaves the old
 * folder under its temporary name. */
static int replace_in_two_steps(const char *staged, const char *target, ais_error **err)
{
    AIS_FREE char *aside = ais__file_temporary_name(target);
    if (rename(target, aside) < 0)
        return ais_error_set_errno(err, target, "cannot replace");
    if (rename(staged, target) < 0) {
        ais_error_set_errno(err, target, "cannot replace");
        if (rename(aside, target) < 0)
            ais_error_wrap(err, "replacing it; its old content is now '%s'", aside);
        return -1;
    }
    return rename(aside, staged) < 0 ? ais_error_set_errno(err, aside, "cannot move") : 0;
}

int ais_tree_exchange(const char *staged, const char *target, ais_error **err)
{
    struct stat status;
    if (lstat(target, &status) < 0 && errno == ENOENT) {
        if (renameat2(AT_FDCWD, staged, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
            return 0;
        if ((errno == EINVAL || errno == ENOSYS) && rename(staged, target) == 0)
            return 0;
        return ais_error_set_errno(err, target, "cannot put the new folder here");
    }
    if (renameat2(AT_FDCWD, staged, AT_FDCWD, target, RENAME_EXCHANGE) == 0)
        return 0;
    if (errno == EINVAL || errno == ENOSYS)
        return replace_in_two_steps(staged, target, err);
    return ais_error_set_errno(err, target, "cannot replace");
}

static bool same_bytes(const char *a, const char *b, size_t size)
{
    AIS_CLOSE int x = open(a, O_RDONLY | O_CLOEXEC);
    AIS_CLOSE int y = open(b, O_RDONLY | O_CLOEXEC);
    char from_x[16 * 1024], from_y[16 * 1024];
    for (size_t at = 0; at < size;) {
        const size_t wanted = size - at < sizeof from_x ? size - at : sizeof from_x;
        if (x < 0 || y < 0 || pread(x, from_x, wanted, (off_t)at) != (ssize_t)wanted ||
            pread(y, from_y, wanted, (off_t)at) != (ssize_t)wanted ||
            memcmp(from_x, from_y, wanted) != 0)
            return false;
        at += wanted;
    }
    return true;
}

static bool same_link(const char *a, const char *b)
{
    char to_a[PATH_MAX], to_b[PATH_MAX];
    const ssize_t length = readlink(a, to_a, sizeof to_a);
    return length >= 0 && readlink(b, to_b, sizeof to_b) == length &&
           memcmp(to_a, to_b, (size_t)length) == 0;
}

bool ais_tree_equal(const char *a, const char *b)
{
    struct stat x, y;
    if (lstat(a, &x) < 0 || lstat(b, &y) < 0 || x.st_mode != y.st_mode)
        return false;
    if (S_ISLNK(x.st_mode))
        return same_link(a, b);
    if (S_ISREG(x.st_mode))
        return x.st_size == y.st_size && same_bytes(a, b, (size_t)x.st_size);
    if (!S_ISDIR(x.st_mode)) /* to open a pipe could wait for ever */
        return false;
    AIS_SCOPED(ais_names) in_a = {.items = NULL};
    AIS_SCOPED(ais_names) in_b = {.items = NULL};
    if (ais_dir_list(a, &in_a, NULL) < 0 || ais_dir_list(b, &in_b, NULL) < 0 ||
        in_a.count != in_b.count)
        return false;
    for (size_t i = 0; i < in_a.count; i++) {
        AIS_FREE char *inner_a = ais_path_join(a, in_a.items[i]);
        AIS_FREE char *inner_b = ais_path_join(b, in_b.items[i]);
        if (strcmp(in_a.items[i], in_b.items[i]) != 0 || !ais_tree_equal(inner_a, inner_b))
            return false;
    }
    return true;
}

int ais_tree_replace(const char *staged, const char *target, ais_error **err)
{
    if (ais_tree_equal(staged, target))
        return ais_tree_remove(staged, err);
    if (ais_tree_sync(staged, err) < 0 || ais_tree_exchange(staged, target, err) < 0)
        return -1;
    AIS_FREE char *dir = ais_path_dir(target);
    if (ais__file_sync(dir, err) < 0)
        return -1;
    /* The new folder stands; what cannot be removed of the old one does no harm. */
    const int left_over = ais_tree_remove(staged, NULL);
    (void)left_over;
    return 0;
}
