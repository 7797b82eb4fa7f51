/* Whole files: read, write atomically, and the names in a folder; see file.h. Folders as a whole
 * are in tree.c. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_priv.h"

bool ais_file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool ais_dir_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int ais__file_refuse_kind(const char *path, mode_t mode, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_IO, (ais_pos){.file = path}, "this is %s (must be a file)",
                            S_ISDIR(mode)                      ? "a folder"
                            : S_ISCHR(mode) || S_ISBLK(mode)   ? "a device"
                            : S_ISFIFO(mode) || S_ISSOCK(mode) ? "a pipe or socket"
                                                               : "no regular file");
}

int ais__file_refuse_size(const char *path, size_t limit, ais_error **err)
{
    return ais_error_set_at(err, AIS_E_LIMIT, (ais_pos){.file = path},
                            "the file is too large (must be at most %zu bytes)", limit);
}

/* Reads to the end: the size that fstat() tells may be stale, and is 0 for files of /proc. */
static int read_all(int fd, const char *path, size_t expected, size_t limit, ais_str *out,
                    ais_error **err)
{
    for (;;) {
        const size_t left = expected > out->length ? expected - out->length : 0;
        const size_t room = left + 4096; /* so that the end is seen without growing again */
        out->data = ais_grow(out->data, &out->capacity, out->length + room + 1, 1);
        const ssize_t got = read(fd, out->data + out->length, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ais_error_set_errno(err, path, "cannot read");
        out->length += (size_t)got;
        if (out->length > limit)
            return ais__file_refuse_size(path, limit, err);
        if (got == 0)
            break;
    }
    out->data[out->length] = '\0';
    return 0;
}

int ais_file_read(const char *path, size_t limit, char **data, size_t *length, ais_error **err)
{
    /* O_NONBLOCK: to open a pipe must not wait for its writer. */
    AIS_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return ais_error_set_errno(err, path, "cannot read");
    if (!S_ISREG(status.st_mode))
        return ais__file_refuse_kind(path, status.st_mode, err);
    if ((uint64_t)status.st_size > limit)
        return ais__file_refuse_size(path, limit, err);
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (read_all(fd, path, (size_t)status.st_size, limit, &text, err) < 0)
        return -1;
    *length = text.length;
    *data = ais_str_take(&text);
    return 0;
}

int ais_file_write_all(int fd, const void *data, size_t length)
{
    const char *bytes = data;
    while (length > 0) {
        const ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

int ais__file_sync(const char *path, ais_error **err)
{
    AIS_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    /* EINVAL: the file system has nothing that could be synchronised. */
    if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
        return ais_error_set_errno(err, path, "cannot write to disk");
    return 0;
}

char *ais__file_temporary_name(const char *path)
{
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        number = (uint64_t)getpid(); /* before the kernel has entropy; O_EXCL guards the rest */
    AIS_FREE char *name = ais_format(".aisprint-%016llx.tmp", (unsigned long long)number);
    AIS_FREE char *dir = ais_path_dir(path);
    return ais_path_join(dir, name);
}

bool ais_file_is_temporary(const char *name)
{
    return ais_str_starts(name, ".aisprint-") && ais_str_ends(name, ".tmp");
}

static bool holds(const char *path, const void *data, size_t length)
{
    AIS_FREE char *before = NULL;
    size_t before_length = 0;
    return ais_file_read(path, length, &before, &before_length, NULL) == 0 &&
           before_length == length && (length == 0 || memcmp(before, data, length) == 0);
}

/* The content in a new file; `path` is its name in messages. */
static int write_new(const char *file, const void *data, size_t length, bool sync, const char *path,
                     ais_error **err)
{
    AIS_CLOSE int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return ais_error_set_errno(err, path, "cannot write");
    if (ais_file_write_all(fd, data, length) < 0 || (sync && fsync(fd) < 0)) {
        ais_error_set_errno(err, path, "cannot write %zu bytes", length);
        unlink(file);
        return -1;
    }
    return 0;
}

int ais_file_create(const char *path, const void *data, size_t length, ais_error **err)
{
    return write_new(path, data, length, false, path, err);
}

int ais_file_check_target(const char *path, ais_error **err)
{
    AIS_FREE char *linked = realpath(path, NULL);
    AIS_FREE char *dir = ais_path_dir(linked != NULL ? linked : path);
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return ais__file_refuse_kind(path, status.st_mode, err);
    return access(dir, W_OK | X_OK) < 0 ? ais_error_set_errno(err, path, "cannot write") : 0;
}

bool ais_file_is_same(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

int ais_file_write(const char *path, const void *data, size_t length, ais_error **err)
{
    /* A symbolic link stays: what it points to is replaced. */
    AIS_FREE char *linked = realpath(path, NULL);
    const char *real = linked != NULL ? linked : path;
    struct stat status;
    if (stat(real, &status) == 0) {
        /* rename() would replace a device such as /dev/null */
        if (!S_ISREG(status.st_mode))
            return ais__file_refuse_kind(path, status.st_mode, err);
        if (holds(real, data, length))
            return 0;
    }
    AIS_FREE char *temporary = ais__file_temporary_name(real);
    if (write_new(temporary, data, length, true, path, err) < 0)
        return -1;
    if (rename(temporary, real) < 0) {
        ais_error_set_errno(err, path, "cannot write");
        unlink(temporary);
        return -1;
    }
    AIS_FREE char *dir = ais_path_dir(real);
    return ais__file_sync(dir, err);
}

/* 0 when the folder is there afterwards, whoever made it. */
static int make_one(const char *path, const char *whole, ais_error **err)
{
    if (mkdir(path, 0755) == 0)
        return 0;
    if (errno == EEXIST && ais_dir_exists(path))
        return 0;
    if (errno == EEXIST)
        return ais_error_set_at(err, AIS_E_IO, (ais_pos){.file = path},
                                "a file stands where a folder must be");
    return ais_error_set_errno(err, whole, "cannot make the folder");
}

int ais_dir_make(const char *path, ais_error **err)
{
    if (mkdir(path, 0755) == 0 || (errno == EEXIST && ais_dir_exists(path)))
        return 0;
    AIS_FREE char *part = ais_strdup(path);
    for (char *slash = strchr(part + (part[0] == '/'), '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (make_one(part, path, err) < 0)
            return -1;
        *slash = '/';
    }
    return ais_str_ends(path, "/") ? 0 : make_one(path, path, err);
}

void ais_names_clear(ais_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (ais_names){.items = NULL};
}

void ais_names_add(ais_names *names, const char *name)
{
    names->items = ais_grow(names->items, &names->capacity, names->count + 1, sizeof *names->items);
    names->items[names->count++] = ais_strdup(name);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int ais_dir_list(const char *path, ais_names *out, ais_error **err)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return ais_error_set_errno(err, path, "cannot list the folder");
    AIS_SCOPED(ais_names) names = {.items = NULL};
    errno = 0;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ais_names_add(&names, entry->d_name);
        errno = 0;
    }
    const int number = errno;
    closedir(dir);
    errno = number;
    if (number != 0)
        return ais_error_set_errno(err, path, "cannot list the folder");
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, compare_names);
    ais_names_clear(out);
    *out = names;
    names = (ais_names){.items = NULL};
    return 0;
}
