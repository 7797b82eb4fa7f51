/* Running another program; see process.h. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static const double GRACE_S = 2; /* between SIGTERM and SIGKILL */

typedef struct child {
    pid_t pid;
    int pidfd;
    int pipes[2]; /* our ends of its standard output and error */
} child;

static int spawn(const ais_process_options *o, const int ends[2], pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    if (o->cwd != NULL)
        posix_spawn_file_actions_addchdir_np(&actions, o->cwd);
    /* posix_spawn() takes char *const[] for history's sake and changes nothing */
    char *const *env = o->env != NULL ? (char *const *)(uintptr_t)o->env : environ;
    const int number = posix_spawnp(pid, o->argv[0], &actions, &attributes,
                                    (char *const *)(uintptr_t)o->argv, env);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return number;
}

/* A pipe, our end of which does not block. Its other end is above 2, also when we were started with
 * standard streams closed: the child's are put there one after the other. */
static int make_pipe(const char *program, int *ours, int *theirs, ais_error **err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return ais_error_set_errno(err, NULL, "making a pipe for '%s'", program);
    *ours = ends[0];
    *theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(ends[1]);
    if (*theirs < 0 || fcntl(*ours, F_SETFL, O_NONBLOCK) < 0)
        return ais_error_set_errno(err, NULL, "making a pipe for '%s'", program);
    return 0;
}

static int refuse_start(const ais_process_options *o, int number, ais_error **err)
{
    errno = number;
    if (o->cwd != NULL && !ais_dir_exists(o->cwd))
        return ais_error_set_errno(err, o->cwd, "running '%s' in this folder", o->argv[0]);
    if (number == ENOENT)
        return ais_error_set(err, AIS_E_MISSING, "there is no program '%s'", o->argv[0]);
    return ais_error_set_errno(err, NULL, "starting '%s'", o->argv[0]);
}

static int start(const ais_process_options *o, child *c, ais_error **err)
{
    AIS_CLOSE int out_end = -1;
    AIS_CLOSE int err_end = -1;
    if (make_pipe(o->argv[0], &c->pipes[0], &out_end, err) < 0 ||
        make_pipe(o->argv[0], &c->pipes[1], &err_end, err) < 0)
        return -1;
    const int number = spawn(o, (const int[]){out_end, err_end}, &c->pid);
    if (number != 0) {
        c->pid = -1;
        return refuse_start(o, number, err);
    }
    c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    return c->pidfd < 0 ? ais_error_set_errno(err, NULL, "watching '%s'", o->argv[0]) : 0;
}

/* Read once: a program that writes without end must not keep us from looking at the clock. */
typedef enum read_result { READ_SOME, READ_NOTHING_NOW, READ_END } read_result;

static read_result read_some(int fd, ais_str *into, size_t limit)
{
    char buffer[16384];
    const ssize_t length = read(fd, buffer, sizeof buffer);
    if (length < 0)
        return errno == EAGAIN ? READ_NOTHING_NOW : errno == EINTR ? READ_SOME : READ_END;
    const size_t room = limit > into->length ? limit - into->length : 0;
    ais_str_add_bytes(into, buffer, (size_t)length < room ? (size_t)length : room);
    return length == 0 ? READ_END : READ_SOME;
}

/* What the program left in the pipe: no more than a pipe can hold, since something that it started
 * may write on for ever. */
static void drain(int fd, ais_str *into, size_t limit)
{
    const int reads =
        fcntl(fd, F_GETPIPE_SZ) / 4096 + 1; /* every read but the last gives a page or more */
    for (int i = 0; i < reads && read_some(fd, into, limit) == READ_SOME; i++)
        continue;
}

static int poll_ms(double left_s)
{
    if (isinf(left_s))
        return -1;
    return left_s <= 0 ? 0 : left_s > 1e6 ? 1000000000 : (int)ceil(left_s * 1000);
}

typedef enum why_ended { ENDED_ITSELF, ENDED_LATE, ENDED_INTERRUPTED } why_ended;

/* Until the child ends: read its output, and end its group when time is up or the user says so. */
static why_ended watch(const ais_ctx *ctx, const ais_process_options *o, child *c,
                       ais_process_result *result)
{
    double deadline_s = o->timeout_s > 0 ? ctx->monotonic_s(ctx) + o->timeout_s : INFINITY;
    why_ended why = ENDED_ITSELF;
    for (;;) {
        struct pollfd fds[] = {
            {.fd = c->pidfd, .events = POLLIN},
            {.fd = c->pipes[0], .events = POLLIN},
            {.fd = c->pipes[1], .events = POLLIN},
            {.fd = why == ENDED_ITSELF ? ctx->interrupt_fd : -1, .events = POLLIN}};
        const int ready = poll(fds, AIS_COUNT(fds), poll_ms(deadline_s - ctx->monotonic_s(ctx)));
        if (ready < 0 && errno != EINTR)
            AIS_BUG("poll: %s", strerror(errno));
        for (size_t i = 0; i < AIS_COUNT(c->pipes); i++)
            if (fds[i + 1].revents != 0 &&
                read_some(c->pipes[i], i == 0 ? &result->out : &result->err, o->output_limit) ==
                    READ_END) {
                close(c->pipes[i]);
                c->pipes[i] = -1;
            }
        if (fds[0].revents != 0) {
            if (why != ENDED_ITSELF)
                kill(-c->pid, SIGKILL); /* what it started may have ignored SIGTERM */
            return why;
        }
        const bool late = ctx->monotonic_s(ctx) >= deadline_s;
        if (why != ENDED_ITSELF && late) {
            kill(-c->pid, SIGKILL);
            deadline_s = INFINITY;
        } else if (late || fds[3].revents != 0) {
            why = late ? ENDED_LATE : ENDED_INTERRUPTED;
            kill(-c->pid, SIGTERM);
            deadline_s = ctx->monotonic_s(ctx) + GRACE_S;
        }
    }
}

static void finish(child *c)
{
    for (size_t i = 0; i < 2; i++)
        if (c->pipes[i] >= 0)
            close(c->pipes[i]);
    if (c->pid > 0 && c->pidfd < 0) {
        kill(-c->pid, SIGKILL);
        waitpid(c->pid, NULL, 0);
    }
    if (c->pidfd >= 0)
        close(c->pidfd);
}

static int run(const ais_ctx *ctx, const ais_process_options *o, child *c,
               ais_process_result *result, ais_error **err)
{
    int status = 0;
    if (start(o, c, err) < 0)
        return -1;
    const why_ended why = watch(ctx, o, c, result);
    while (waitpid(c->pid, &status, 0) < 0)
        if (errno != EINTR)
            return ais_error_set_errno(err, NULL, "waiting for '%s'", o->argv[0]);
    for (size_t i = 0; i < 2; i++)
        if (c->pipes[i] >= 0)
            drain(c->pipes[i], i == 0 ? &result->out : &result->err, o->output_limit);
    if (why == ENDED_LATE)
        return ais_error_set(err, AIS_E_TIMEOUT, "'%s' took longer than %g s", o->argv[0],
                             o->timeout_s);
    if (why == ENDED_INTERRUPTED)
        return ais_error_set(err, AIS_E_INTERRUPTED, "interrupted while '%s' ran", o->argv[0]);
    result->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return 0;
}

int ais_process_run(const ais_ctx *ctx, const ais_process_options *options,
                    ais_process_result *result, ais_error **err)
{
    child c = {.pid = -1, .pidfd = -1, .pipes = {-1, -1}};
    *result = (ais_process_result){.exit_status = -1};
    const int status = run(ctx, options, &c, result, err);
    finish(&c);
    if (status < 0)
        ais_process_result_clear(result);
    return status;
}

void ais_process_result_clear(ais_process_result *result)
{
    ais_str_clear(&result->out);
    ais_str_clear(&result->err);
    *result = (ais_process_result){.exit_status = -1};
}
