/* The private folder of a run; see space.h. */
#include "serve/space.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define PREFIX ".aisprint-run-"
enum { OPEN_TRIES = 5, NAME_TRIES = 100, SPARES_MAX = 64 };

struct ais_space {
    char *path;
    int fd; /* locked for as long as the run lives */
    uint64_t next;
    ais_folder
        *spare; /* no longer held; used again, since to make one takes longer than all else */
    size_t spare_count;
};

struct ais_folder {
    ais_space *space;
    ais_folder *next_spare;
    char *name; /* its number as text */
    size_t held;
};

/* ---- the space ---- */

static int open_folder_at(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Remove what killed runs left behind. Failing to is no reason not to run. */
static void remove_leftovers(const char *out)
{
    ais_names names = {.items = NULL};
    if (ais_dir_list(out, &names, NULL) < 0)
        return;
    for (size_t i = 0; i < names.count; i++) {
        if (!ais_str_starts(names.items[i], PREFIX))
            continue;
        AIS_FREE char *path = ais_path_join(out, names.items[i]);
        AIS_CLOSE int fd = open_folder_at(AT_FDCWD, path);
        if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
            continue; /* in use */
        AIS_AUTO(ais_error) ignored = NULL;
        if (ais_tree_remove(path, &ignored) < 0)
            continue;
    }
    ais_names_clear(&names);
}

/* Make and lock the folder. 1 = another run took it for a leftover before it was locked. */
static int make(const char *path, int *out, ais_error **err)
{
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return ais_error_set_errno(err, path, "making the folder for files on their way");
    const int fd = open_folder_at(AT_FDCWD, path);
    struct stat mine, there;
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &mine) == 0 &&
        lstat(path, &there) == 0 && mine.st_ino == there.st_ino) {
        *out = fd;
        return 0;
    }
    if (fd >= 0)
        close(fd);
    return 1;
}

int ais_space_open(const char *out, ais_space **space, ais_error **err)
{
    int fd = -1, made = 1;
    AIS_FREE char *path = ais_format("%s/" PREFIX "%ld", out, (long)getpid());
    remove_leftovers(out);
    for (unsigned i = 0; i < OPEN_TRIES && made == 1; i++)
        made = make(path, &fd, err);
    if (made < 0)
        return -1;
    if (made == 1)
        return ais_error_set_errno(err, path, "locking the folder for files on their way");
    if (mkdirat(fd, "log", 0755) < 0) {
        ais_error_set_errno(err, path, "making the folder of logs");
        close(fd);
        return -1;
    }
    *space = ais_alloc(sizeof **space);
    **space = (ais_space){.path = ais_strdup(path), .fd = fd};
    return 0;
}

void ais_space_free(ais_space *space)
{
    if (space == NULL)
        return;
    while (space->spare != NULL) {
        ais_folder *folder = space->spare;
        space->spare = folder->next_spare;
        free(folder->name);
        free(folder);
    }
    AIS_AUTO(ais_error) ignored = NULL; /* the next run tries again */
    const int removed = ais_tree_remove(space->path, &ignored);
    (void)removed;
    close(space->fd);
    free(space->path);
    free(space);
}

const char *ais_space_get_path(const ais_space *space)
{
    return space->path;
}

int ais_space_get_fd(const ais_space *space)
{
    return space->fd;
}

/* ---- folders ---- */

/* Empty, and still a folder that its owner may write to? */
static bool is_as_new(const ais_folder *folder)
{
    char buffer[1024];
    struct stat status;
    AIS_CLOSE int fd = open_folder_at(folder->space->fd, folder->name);
    if (fd < 0 || fstat(fd, &status) < 0 || (status.st_mode & S_IRWXU) != S_IRWXU)
        return false;
    const ssize_t got = getdents64(fd, buffer, sizeof buffer);
    for (ssize_t at = 0; at < got;) {
        const struct dirent64 *entry = (const struct dirent64 *)(const void *)(buffer + at);
        if (!ais_str_equal(entry->d_name, ".") && !ais_str_equal(entry->d_name, ".."))
            return false;
        at += entry->d_reclen;
    }
    return got >= 0;
}

static void discard(ais_folder *folder)
{
    if (unlinkat(folder->space->fd, folder->name, AT_REMOVEDIR) < 0) {
        AIS_FREE char *path = ais_path_join(folder->space->path, folder->name);
        AIS_AUTO(ais_error) ignored = NULL; /* goes with the space at the latest */
        const int removed = ais_tree_remove(path, &ignored);
        (void)removed;
    }
    free(folder->name);
    free(folder);
}

/* A spare folder under a new name, so that whoever still writes under the old one does not get into the
 * new item; NULL when there is none. What was left in one is thrown away with it. */
static ais_folder *take_spare(ais_space *space, const char *name)
{
    while (space->spare != NULL) {
        ais_folder *folder = space->spare;
        space->spare = folder->next_spare;
        space->spare_count--;
        if (is_as_new(folder) && renameat(space->fd, folder->name, space->fd, name) == 0)
            return folder;
        discard(folder);
    }
    return NULL;
}

int ais_folder_new(ais_space *space, ais_folder **out, ais_error **err)
{
    AIS_FREE char *name = ais_format("%llu", (unsigned long long)++space->next);
    ais_folder *folder = take_spare(space, name);
    if (folder == NULL) {
        if (mkdirat(space->fd, name, 0700) < 0)
            return ais_error_set_errno(err, space->path, "making a folder for an item");
        folder = ais_alloc(sizeof *folder);
    }
    free(folder->name);
    *folder = (ais_folder){.space = space, .name = name, .held = 1};
    name = NULL;
    *out = folder;
    return 0;
}

void ais_folder_hold(ais_folder *folder)
{
    folder->held++;
}

void ais_folder_release(ais_folder *folder)
{
    if (folder == NULL || --folder->held > 0)
        return;
    ais_space *space = folder->space;
    if (space->spare_count == SPARES_MAX) {
        discard(folder);
        return;
    }
    folder->next_spare = space->spare;
    space->spare = folder;
    space->spare_count++;
}

char *ais_folder_join(const ais_folder *folder, const char *name)
{
    return ais_path_join(folder->name, name);
}

/* ---- what a component wrote ---- */

void ais_folder_files_clear(ais_folder_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].name);
        free(files->items[i].path);
    }
    free(files->items);
    *files = (ais_folder_files){.items = NULL};
}

static int compare_files(const void *a, const void *b)
{
    const ais_folder_file *x = a, *y = b;
    if (x->branch != y->branch)
        return x->branch < y->branch ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void add_file(ais_folder_files *files, const char *folder, const char *name, size_t branch)
{
    files->items = ais_grow(files->items, &files->capacity, files->count + 1, sizeof *files->items);
    files->items[files->count++] = (ais_folder_file){
        .name = ais_strdup(name), .path = ais_path_join(folder, name), .branch = branch};
}

static unsigned char kind_of(int fd, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return DT_UNKNOWN;
    return S_ISREG(status.st_mode) ? DT_REG : S_ISDIR(status.st_mode) ? DT_DIR : DT_LNK;
}

typedef struct scan {
    const ais_space *space;
    const char *const *names; /* of the successors */
    size_t count;
    ais_folder_files *out;
} scan;

static int refuse(const scan *s, const char *name, unsigned char kind, ais_error **err)
{
    if (kind != DT_DIR)
        return ais_error_set(err, AIS_E_COMPONENT,
                             "it wrote '%s', which is %s (only regular files are items)", name,
                             kind == DT_LNK ? "a symbolic link" : "a special file");
    AIS_SCOPED(ais_str) list = {.data = NULL};
    for (size_t i = 0; i < s->count; i++)
        ais_str_add_format(&list, "%s'%s'", i > 0 ? ", " : "", s->names[i]);
    return ais_error_set(err, AIS_E_COMPONENT,
                         "it wrote a folder '%s', which is no successor (%s%s)", name,
                         s->count > 0 ? "those are " : "it has none", ais_str_get(&list));
}

static size_t find_name(const scan *s, const char *name)
{
    size_t i = 0;
    while (i < s->count && !ais_str_equal(s->names[i], name))
        i++;
    return i;
}

static int scan_folder(const scan *s, const char *path, size_t branch, ais_error **err);

static int scan_entry(const scan *s, int fd, const char *path, size_t branch,
                      const struct dirent *entry, ais_error **err)
{
    const unsigned char kind = kind_of(fd, entry);
    if (kind == DT_REG) {
        add_file(s->out, path, entry->d_name, branch);
        return 0;
    }
    const size_t successor = find_name(s, entry->d_name);
    if (kind != DT_DIR || branch != AIS_FOLDER_ALL || successor == s->count)
        return refuse(s, entry->d_name, kind, err);
    AIS_FREE char *inner = ais_path_join(path, entry->d_name);
    return scan_folder(s, inner, successor, err);
}

static int scan_folder(const scan *s, const char *path, size_t branch, ais_error **err)
{
    const int fd = open_folder_at(s->space->fd, path);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
            ais_error_set(err, AIS_E_COMPONENT, "it removed or moved the folder of its output");
        else
            ais_error_set_errno(err, NULL, "reading what it wrote");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    int status = 0;
    const struct dirent *entry = NULL;
    while (status == 0 && (errno = 0, entry = readdir(dir)) != NULL)
        if (!ais_str_equal(entry->d_name, ".") && !ais_str_equal(entry->d_name, ".."))
            status = scan_entry(s, fd, path, branch, entry, err);
    if (status == 0 && errno != 0)
        status = ais_error_set_errno(err, NULL, "reading what it wrote");
    closedir(dir);
    return status;
}

int ais_folder_scan(const ais_folder *folder, const char *const *names, size_t count,
                    ais_folder_files *out, ais_error **err)
{
    ais_folder_files files = {.items = NULL};
    const scan s = {.space = folder->space, .names = names, .count = count, .out = &files};
    if (scan_folder(&s, folder->name, AIS_FOLDER_ALL, err) < 0) {
        ais_folder_files_clear(&files);
        return -1;
    }
    if (files.count > 1)
        qsort(files.items, files.count, sizeof *files.items, compare_files);
    *out = files;
    return 0;
}

/* ---- moving ---- */

char *ais_space_name_with(const char *name, const char *ending)
{
    const size_t length = strlen(name), most = NAME_MAX - strlen(ending);
    return ais_format("%.*s%s", (int)(length < most ? length : most), name, ending);
}

char *ais_space_number_name(const char *name, size_t n)
{
    char number[32] = "";
    if (n > 1)
        snprintf(number, sizeof number, "~%zu", n);
    return ais_space_name_with(name, number);
}

/* As rename, but never onto something. */
static int rename_new(int from_fd, const char *from, int to_fd, const char *to)
{
    if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* file systems without that flag: link refuses an existing name too */
    if (linkat(from_fd, from, to_fd, to, 0) < 0)
        return -1;
    return unlinkat(from_fd, from, 0);
}

static bool is_taken(int fd, const char *name, size_t n)
{
    struct stat status;
    AIS_FREE char *numbered = ais_space_number_name(name, n);
    return fstatat(fd, numbered, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* By doubling, then halving: a component that calls every result "result.json" would else cost as many
 * tries a result as there are results. */
size_t ais_space_find_number(int fd, const char *name)
{
    size_t taken = 0, free_one = 1;
    while (is_taken(fd, name, free_one)) {
        taken = free_one;
        free_one *= 2;
    }
    while (free_one - taken > 1) {
        const size_t middle = taken + (free_one - taken) / 2;
        *(is_taken(fd, name, middle) ? &taken : &free_one) = middle;
    }
    return free_one;
}

int ais_folder_rename(const ais_folder *folder, ais_folder_file *file, ais_error **err)
{
    AIS_FREE char *dir = ais_path_dir(file->path);
    char *path = ais_path_join(dir, file->name);
    if (renameat(folder->space->fd, file->path, folder->space->fd, path) < 0) {
        free(path);
        return ais_error_set_errno(err, NULL, "renaming '%s'", file->name);
    }
    free(file->path);
    file->path = path;
    return 0;
}

int ais_space_move(const ais_space *space, const char *path, int to_fd, const char *name, char **as,
                   ais_error **err)
{
    errno = EEXIST;
    for (unsigned i = 0; i < NAME_TRIES && errno == EEXIST; i++) {
        AIS_FREE char *target =
            ais_space_number_name(name, i == 0 ? 1 : ais_space_find_number(to_fd, name));
        if (rename_new(space->fd, path, to_fd, target) < 0)
            continue;
        if (as != NULL) {
            *as = target;
            target = NULL;
        }
        return 0;
    }
    return ais_error_set_errno(err, NULL, "keeping '%s'", name);
}
