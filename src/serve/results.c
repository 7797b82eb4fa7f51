/* The folder of results; see results.h. */
#include "serve/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static const char failed_name[] = "failed", logs_name[] = "logs", reason_ending[] = ".error.txt";

struct ais_results {
    const ais_plan *plan;
    char *out;
    bool replace;
    int lock;        /* on OUT, for as long as the run lives */
    int *fds;        /* of OUT/<node>, -1 for nodes with successors */
    int *failed_fds; /* of OUT/failed/<node>, -1 until needed */
};

void ais_results_free(ais_results *results)
{
    if (results == NULL)
        return;
    for (size_t i = 0; i < results->plan->node_count; i++) {
        ais_cleanup_close(&results->fds[i]);
        ais_cleanup_close(&results->failed_fds[i]);
    }
    free(results->fds);
    ais_cleanup_close(&results->lock);
    free(results->failed_fds);
    free(results->out);
    free(results);
}

const char *ais_results_get_path(const ais_results *results)
{
    return results->out;
}

/* ---- what is in the way ---- */

static bool lies_in(const char *path, const char *folder)
{
    const size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Results must not come to lie where the application keeps its own files: --force would remove them. */
static int check_app(const ais_results *results, const char *path, ais_error **err)
{
    static const char *const parts[] = {"src", "aisprint", "common_config"};
    AIS_FREE char *app = realpath(results->plan->app_dir, NULL);
    bool within = app != NULL && lies_in(app, path);
    for (size_t i = 0; i < AIS_COUNT(parts) && app != NULL; i++) {
        AIS_FREE char *part = ais_path_join(app, parts[i]);
        within = within || lies_in(path, part);
    }
    if (!within)
        return 0;
    ais_error_set_at(err, AIS_E_USAGE, (ais_pos){.file = path},
                     "results would come to lie among the files of the application");
    return ais_error_hint(err, "give another --output");
}

static int check_folder(const ais_results *results, const char *name, const char *input,
                        ais_error **err)
{
    AIS_FREE char *path = ais_path_join(results->out, name);
    AIS_SCOPED(ais_names) names = {.items = NULL};
    if (check_app(results, path, err) < 0)
        return -1;
    if (!ais_file_exists(path))
        return 0;
    if (ais_dir_list(path, &names, err) < 0)
        return -1;
    if (names.count == 0)
        return 0;
    if (!results->replace) {
        ais_error_set_at(err, AIS_E_EXISTS, (ais_pos){.file = path},
                         "results of an earlier run are there");
        return ais_error_hint(err, "give another --output, or --force to replace them");
    }
    if (lies_in(input, path))
        return ais_error_set_at(err, AIS_E_USAGE, (ais_pos){.file = input},
                                "the input lies in the results that it would replace");
    return 0;
}

static int check_all(const ais_results *results, const char *input, ais_error **err)
{
    const ais_plan *plan = results->plan;
    for (size_t i = 0; i < plan->node_count; i++) {
        const char *name = plan->nodes[i].name;
        if (!ais_plan_gives_results(&plan->nodes[i]))
            continue;
        if (ais_str_equal(name, failed_name) || ais_str_equal(name, logs_name))
            return ais_error_set(err, AIS_E_INPUT,
                                 "a last component cannot be called '%s': the "
                                 "folder of that name is for something else",
                                 name);
        if (check_folder(results, name, input, err) < 0)
            return -1;
    }
    if (check_folder(results, failed_name, input, err) < 0)
        return -1;
    return check_folder(results, logs_name, input, err);
}

/* Two runs into one folder at a time would take each other's results for old ones. A file system that
 * knows no locks is no reason not to run. */
static int lock_folder(ais_results *results, ais_error **err)
{
    results->lock = open(results->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (results->lock < 0)
        return ais_error_set_errno(err, results->out, "opening the folder of results");
    if (flock(results->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return 0;
    ais_error_set_at(err, AIS_E_EXISTS, (ais_pos){.file = results->out},
                     "another run is writing its results there");
    return ais_error_hint(err, "give another --output, or wait for its end");
}

int ais_results_open(const char *out, const ais_plan *plan, const char *input, bool replace,
                     ais_results **results, ais_error **err)
{
    if (ais_dir_make(out, err) < 0)
        return -1;
    AIS_AUTO(ais_results) r = ais_alloc(sizeof *r);
    r->plan = plan;
    r->replace = replace;
    r->lock = -1;
    r->fds = ais_alloc(plan->node_count * sizeof *r->fds);
    r->failed_fds = ais_alloc(plan->node_count * sizeof *r->failed_fds);
    for (size_t i = 0; i < plan->node_count; i++)
        r->fds[i] = r->failed_fds[i] = -1;
    r->out = realpath(out, NULL);
    if (r->out == NULL)
        return ais_error_set_errno(err, out, "opening the folder of results");
    if (lock_folder(r, err) < 0 || check_all(r, input, err) < 0)
        return -1;
    *results = r;
    r = NULL;
    return 0;
}

/* ---- folders ---- */

static int remove_old(const ais_results *results, const char *name, ais_error **err)
{
    if (!results->replace)
        return 0; /* what is there is empty, and may be a link that the user made */
    AIS_FREE char *path = ais_path_join(results->out, name);
    return ais_tree_remove(path, err);
}

static int open_folder(const char *path, int *out, ais_error **err)
{
    if (ais_dir_make(path, err) < 0)
        return -1;
    *out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *out < 0 ? ais_error_set_errno(err, path, "opening a folder of results") : 0;
}

int ais_results_begin(ais_results *results, ais_error **err)
{
    const ais_plan *plan = results->plan;
    if (remove_old(results, failed_name, err) < 0 || remove_old(results, logs_name, err) < 0)
        return -1;
    for (size_t i = 0; i < plan->node_count; i++) {
        if (!ais_plan_gives_results(&plan->nodes[i]))
            continue;
        AIS_FREE char *path = ais_path_join(results->out, plan->nodes[i].name);
        if (remove_old(results, plan->nodes[i].name, err) < 0 ||
            open_folder(path, &results->fds[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- keeping ---- */

int ais_results_keep(ais_results *results, const ais_space *space, size_t node, const char *path,
                     const char *name, char **as, ais_error **err)
{
    return ais_space_move(space, path, results->fds[node], name, as, err);
}

/* The user's file gets a second name; on another file system a symbolic link has to do. */
static int link_users(const ais_failure *failure, int fd, ais_error **err)
{
    bool symbolic = false;
    for (size_t n = 1;;) {
        AIS_FREE char *name = ais_space_number_name(failure->name, n);
        if ((symbolic ? symlinkat(failure->path, fd, name)
                      : linkat(AT_FDCWD, failure->path, fd, name, AT_SYMLINK_FOLLOW)) == 0)
            return 0;
        if (errno == EEXIST)
            n = ais_space_find_number(fd, failure->name);
        else if (!symbolic && (errno == EXDEV || errno == EPERM || errno == EMLINK))
            symbolic = true;
        else
            return ais_error_set_errno(err, NULL, "keeping '%s'", failure->name);
    }
}

static int write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(fd, text, length);
        if (written < 0 && errno != EINTR)
            return -1;
        text += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

static int write_reason(const ais_failure *failure, int folder_fd, ais_error **err)
{
    AIS_FREE char *base = ais_space_name_with(failure->name, reason_ending);
    AIS_FREE char *text = ais_format("%s\n", failure->message);
    int fd = -1;
    for (size_t n = 1; fd < 0; n = ais_space_find_number(folder_fd, base)) {
        AIS_FREE char *name = ais_space_number_name(base, n);
        fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0 && errno != EEXIST)
            return ais_error_set_errno(err, NULL, "keeping why '%s' failed", failure->name);
    }
    const int written = write_all(fd, text, strlen(text));
    if (close(fd) < 0 || written < 0)
        return ais_error_set_errno(err, NULL, "keeping why '%s' failed", failure->name);
    return 0;
}

int ais_results_keep_failed(ais_results *results, const ais_space *space,
                            const ais_failure *failure, ais_error **err)
{
    int *fd = &results->failed_fds[failure->node];
    if (*fd < 0) {
        AIS_FREE char *path = ais_format("%s/%s/%s", results->out, failed_name,
                                         results->plan->nodes[failure->node].name);
        if (open_folder(path, fd, err) < 0)
            return -1;
    }
    const int kept = failure->ours
                         ? ais_space_move(space, failure->path, *fd, failure->name, NULL, err)
                         : link_users(failure, *fd, err);
    return write_reason(failure, *fd, kept < 0 ? NULL : err) < 0 ? -1 : kept;
}

int ais_results_keep_log(ais_results *results, const ais_space *space, const char *path,
                         ais_error **err)
{
    struct stat status;
    if (stat(path, &status) < 0 || status.st_size == 0)
        return 0;
    AIS_FREE char *folder = ais_path_join(results->out, logs_name);
    AIS_CLOSE int fd = -1;
    if (open_folder(folder, &fd, err) < 0)
        return -1;
    return ais_space_move(space, path, fd, ais_path_base(path), NULL, err);
}
