/* Changing many folders and files at once; see journal.h. */
#include "design/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "design/design.h"

enum { RECORD_LIMIT = 64 * 1024 * 1024 };

static const char mark_name[] = ".aisprint-new.tmp";
static const char record_end[] = "end";
static const char *const kind_names[AIS__PART_KINDS] = {
    [AIS__PART_FOLDER] = "folder ", [AIS__PART_FILE] = "file ", [AIS__PART_GONE] = "gone "};

void ais__parts_add(ais__parts *parts, ais__part_kind kind, const char *path)
{
    parts->items = ais_grow(parts->items, &parts->capacity, parts->count + 1, sizeof *parts->items);
    parts->items[parts->count++] = (ais__part){.kind = kind, .path = ais_strdup(path)};
}

void ais__parts_clear(ais__parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        free(parts->items[i].path);
    free(parts->items);
    *parts = (ais__parts){.items = NULL};
}

static bool is_there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

static char *staged_path(const char *staging, const char *path)
{
    return ais_format("%s/new/%s", staging, path);
}

static bool same_file(const char *a, const char *b)
{
    AIS_FREE char *x = NULL, *y = NULL;
    size_t x_length = 0, y_length = 0;
    return ais_file_read(a, SIZE_MAX / 2, &x, &x_length, NULL) == 0 &&
           ais_file_read(b, SIZE_MAX / 2, &y, &y_length, NULL) == 0 && x_length == y_length &&
           memcmp(x, y, x_length) == 0;
}

void ais__parts_drop_equal(ais__parts *parts, const char *staging, const char *app_dir)
{
    size_t kept = 0;
    for (size_t i = 0; i < parts->count; i++) {
        ais__part part = parts->items[i];
        AIS_FREE char *staged = staged_path(staging, part.path);
        AIS_FREE char *target = ais_path_join(app_dir, part.path);
        const bool equal = part.kind == AIS__PART_GONE     ? !is_there(target)
                           : part.kind == AIS__PART_FOLDER ? ais_tree_equal(staged, target)
                                                           : same_file(staged, target);
        if (equal)
            free(part.path);
        else
            parts->items[kept++] = part;
    }
    parts->count = kept;
}

int ais__journal_lock(const char *app_dir, int *fd, ais_error **err)
{
    AIS_FREE char *out = ais_path_join(app_dir, "aisprint");
    *fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return ais_error_set_errno(err, out, "opening the folder");
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return ais_error_set_errno(err, out, "locking the folder");
    return ais_error_set(err, AIS_E_EXISTS, "another design of this application is running");
}

/* ---- putting parts in place: every step may be done twice ---- */

static int make_parent(const char *path, ais_error **err)
{
    AIS_FREE char *parent = ais_path_dir(path);
    return ais_dir_make(parent, err);
}

static int remove_mark(const char *folder, ais_error **err)
{
    AIS_FREE char *mark = ais_path_join(folder, mark_name);
    return ais_tree_remove(mark, err);
}

static int place_folder(const char *commit, const char *staged, const char *target, ais_error **err)
{
    (void)commit;
    AIS_FREE char *mark = ais_path_join(staged, mark_name);
    if (is_there(mark) &&
        (make_parent(target, err) < 0 || ais_tree_exchange(staged, target, err) < 0))
        return -1;
    return remove_mark(target, err);
}

static bool is_link(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

static int place_file(const char *commit, const char *staged, const char *target, ais_error **err)
{
    (void)commit;
    if (!is_there(staged))
        return 0;
    if (make_parent(target, err) < 0)
        return -1;
    if (!is_link(target) && rename(staged, target) == 0)
        return 0;
    /* what a link leads to is replaced; so is what lies on another file system */
    AIS_FREE char *data = NULL;
    size_t length = 0;
    if (ais_file_read(staged, SIZE_MAX / 2, &data, &length, err) < 0 ||
        ais_file_write(target, data, length, err) < 0)
        return -1;
    return ais_tree_remove(staged, err);
}

static int place_gone(const char *commit, const char *staged, const char *target, ais_error **err)
{
    (void)staged;
    /* in one step, so that no reader finds half of it; what was moved goes with the staging folder */
    AIS_FREE char *gone = ais_path_join(commit, "gone-XXXXXX");
    if (!is_there(target))
        return 0;
    if (mkdtemp(gone) != NULL) {
        AIS_FREE char *to = ais_path_join(gone, "part");
        if (rename(target, to) == 0)
            return 0;
    }
    return ais_tree_remove(target, err);
}

static int (*const place[AIS__PART_KINDS])(const char *commit, const char *staged,
                                           const char *target, ais_error **err) = {
    [AIS__PART_FOLDER] = place_folder,
    [AIS__PART_FILE] = place_file,
    [AIS__PART_GONE] = place_gone,
};

static int place_all(const ais__parts *parts, const char *commit, const char *app_dir,
                     ais_error **err)
{
    for (size_t i = 0; i < parts->count; i++) {
        const ais__part *part = &parts->items[i];
        AIS_FREE char *staged = staged_path(commit, part->path);
        AIS_FREE char *target = ais_path_join(app_dir, part->path);
        if (place[part->kind](commit, staged, target, err) < 0)
            return -1;
    }
    return 0;
}

/* The folders in which names have changed, on disk. */
static int sync_parents(const ais__parts *parts, const char *app_dir, ais_error **err)
{
    AIS_FREE char *last = ais_strdup("");
    for (size_t i = 0; i < parts->count; i++) {
        AIS_FREE char *target = ais_path_join(app_dir, parts->items[i].path);
        char *parent = ais_path_dir(target);
        if (!ais_str_equal(parent, last) && ais_dir_exists(parent) &&
            ais_dir_sync(parent, err) < 0) {
            free(parent);
            return -1;
        }
        free(last);
        last = parent;
    }
    return 0;
}

/* The journal has done its work: one rename ends it, removing may be cut off. */
static int end(const char *commit, const char *app_dir, ais_error **err)
{
    AIS_FREE char *done = ais_format("%s/aisprint/" AIS__STAGING_PREFIX "XXXXXX", app_dir);
    if (mkdtemp(done) == NULL || rename(commit, done) < 0)
        return ais_error_set_errno(err, commit, "cannot be removed");
    return ais_tree_remove(done, err);
}

static int finish(const ais__parts *parts, const char *app_dir, ais_error **err)
{
    AIS_FREE char *commit = ais_path_join(app_dir, "aisprint/.commit");
    if (place_all(parts, commit, app_dir, err) < 0 || sync_parents(parts, app_dir, err) < 0 ||
        end(commit, app_dir, err) < 0) {
        ais_error_hint(err,
                       "the design is complete in %s and waits: mend this, and the next command "
                       "puts the rest in place",
                       commit);
        return -1;
    }
    return 0;
}

/* ---- the record ---- */

/* What design may change; a record that names anything else is none of ours. */
static bool is_ours(const char *path)
{
    static const char *const folders[] = {"aisprint/", "common_config/", "space4ai-d/",
                                          "space4ai-r/"};
    for (size_t i = 0; i < AIS_COUNT(folders); i++)
        if (ais_str_starts(path, folders[i]) && ais_path_is_inside(path))
            return true;
    return false;
}

static int refuse_record(const char *path, ais_error **err)
{
    ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = path}, "no record of a design");
    return ais_error_hint(err, "remove the folder it is in, and design again");
}

static int read_record(const char *commit, ais__parts *parts, ais_error **err)
{
    AIS_FREE char *path = ais_path_join(commit, "record"), *text = NULL;
    size_t length = 0;
    if (ais_file_read(path, RECORD_LIMIT, &text, &length, err) < 0)
        return -1;
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); rest != NULL; line = strsep(&rest, "\n")) {
        if (ais_str_equal(line, record_end))
            return 0;
        size_t kind = 0;
        while (kind < AIS__PART_KINDS && !ais_str_starts(line, kind_names[kind]))
            kind++;
        if (kind == AIS__PART_KINDS || !is_ours(line + strlen(kind_names[kind])))
            break;
        ais__parts_add(parts, (ais__part_kind)kind, line + strlen(kind_names[kind]));
    }
    return refuse_record(path, err);
}

static int write_record(const ais__parts *parts, const char *staging, ais_error **err)
{
    AIS_FREE char *path = ais_path_join(staging, "record");
    AIS_SCOPED(ais_str) text = {.data = NULL};
    for (size_t i = 0; i < parts->count; i++)
        ais_str_add_format(&text, "%s%s\n", kind_names[parts->items[i].kind], parts->items[i].path);
    ais_str_add_format(&text, "%s\n", record_end);
    return ais_file_write(path, ais_str_get(&text), text.length, err);
}

/* ---- committing ---- */

/* The nearest folder that is there. */
static char *find_parent(const char *path)
{
    char *parent = ais_path_dir(path);
    while (!is_there(parent)) {
        char *above = ais_path_dir(parent);
        free(parent);
        parent = above;
    }
    return parent;
}

/* Will it be possible to move the part? A change that gets stuck half-way is one that waits. */
static int check_part(const ais__part *part, dev_t device, const char *app_dir, ais_error **err)
{
    AIS_FREE char *target = ais_path_join(app_dir, part->path);
    AIS_FREE char *parent = find_parent(target);
    struct stat status;
    if (stat(parent, &status) == 0 && !S_ISDIR(status.st_mode))
        return ais_error_set_at(err, AIS_E_IO, (ais_pos){.file = parent},
                                "a file stands where a folder must be");
    if (access(parent, W_OK | X_OK) < 0)
        return ais_error_set_errno(err, parent, "cannot change the folder");
    if (part->kind != AIS__PART_FOLDER)
        return 0;
    if (status.st_dev != device) {
        errno = EXDEV;
        return ais_error_set_errno(err, parent, "designs cannot be put here");
    }
    /* a folder that moves to another one is changed itself: its '..' */
    if (lstat(target, &status) == 0 && S_ISDIR(status.st_mode) && access(target, W_OK) < 0)
        return ais_error_set_errno(err, target, "cannot replace the folder");
    return 0;
}

static int prepare(const ais__parts *parts, const char *staging, const char *app_dir,
                   ais_error **err)
{
    struct stat status;
    if (stat(staging, &status) < 0)
        return ais_error_set_errno(err, staging, "cannot be read");
    for (size_t i = 0; i < parts->count; i++) {
        const ais__part *part = &parts->items[i];
        if (check_part(part, status.st_dev, app_dir, err) < 0)
            return -1;
        if (part->kind != AIS__PART_FOLDER)
            continue;
        AIS_FREE char *mark = ais_format("%s/new/%s/%s", staging, part->path, mark_name);
        if (ais_file_create(mark, "", 0, err) < 0)
            return -1;
    }
    return 0;
}

int ais__journal_commit(const ais__parts *parts, const char *staging, const char *app_dir,
                        ais_error **err)
{
    AIS_FREE char *commit = ais_path_join(app_dir, "aisprint/.commit");
    AIS_FREE char *out = ais_path_join(app_dir, "aisprint");
    if (parts->count == 0)
        return ais_tree_remove(staging, err);
    if (prepare(parts, staging, app_dir, err) < 0 || ais_tree_sync(staging, err) < 0 ||
        write_record(parts, staging, err) < 0)
        return -1;
    if (rename(staging, commit) < 0)
        return ais_error_set_errno(err, commit, "cannot commit the design");
    if (ais_dir_sync(out, err) < 0)
        return -1;
    return finish(parts, app_dir, err);
}

/* ---- afterwards ---- */

static int remove_left_in(const char *dir, ais_error **err)
{
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (!ais_dir_exists(dir))
        return 0;
    if (ais_dir_list(dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        AIS_FREE char *path = ais_path_join(dir, name);
        if ((ais_str_starts(name, AIS__STAGING_PREFIX) || ais_file_is_temporary(name)) &&
            ais_tree_remove(path, err) < 0)
            return -1;
    }
    return 0;
}

static int remove_left(const char *app_dir, ais_error **err)
{
    static const char *const dirs[] = {"aisprint",
                                       "aisprint/cache",
                                       "aisprint/designs",
                                       "aisprint/deployments",
                                       "aisprint/deployments/optimal_deployment",
                                       "common_config",
                                       "common_config/drift_detector",
                                       "space4ai-d",
                                       "space4ai-r"};
    for (size_t i = 0; i < AIS_COUNT(dirs); i++) {
        AIS_FREE char *dir = ais_path_join(app_dir, dirs[i]);
        if (remove_left_in(dir, err) < 0)
            return -1;
    }
    return 0;
}

int ais__journal_settle(const char *app_dir, ais_error **err)
{
    AIS_FREE char *commit = ais_path_join(app_dir, "aisprint/.commit");
    AIS_SCOPED(ais__parts) parts = {.items = NULL};
    if (is_there(commit) &&
        (read_record(commit, &parts, err) < 0 || finish(&parts, app_dir, err) < 0))
        return ais_error_wrap(err, "finishing a design that was cut off");
    return remove_left(app_dir, err);
}

static bool has_left(const char *app_dir)
{
    AIS_FREE char *out = ais_path_join(app_dir, "aisprint");
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (!ais_dir_exists(out) || ais_dir_list(out, &names, NULL) < 0)
        return false;
    for (size_t i = 0; i < names.count; i++)
        if (ais_str_starts(names.items[i], AIS__STAGING_PREFIX))
            return true;
    return false;
}

int ais_design_settle(const char *app_dir, ais_error **err)
{
    AIS_FREE char *commit = ais_path_join(app_dir, "aisprint/.commit");
    AIS_FREE char *out = ais_path_join(app_dir, "aisprint");
    const bool committed = is_there(commit);
    if (!committed && !has_left(app_dir))
        return 0;
    AIS_CLOSE int fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ais_error_set_errno(err, out, "opening the folder");
    /* A design that has committed is done in a moment; one that has not may take minutes, and the
     * application is as before until then. */
    if (flock(fd, committed ? LOCK_EX : LOCK_EX | LOCK_NB) < 0)
        return !committed && errno == EWOULDBLOCK
                   ? 0
                   : ais_error_set_errno(err, out, "locking the folder");
    return ais__journal_settle(app_dir, err);
}
