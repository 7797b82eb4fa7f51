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

extern char **environ;

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

static int start(const ais_process_options *o, child *c, ais_error **err)
{
    AIS_CLOSE int out_end = -1;
    AIS_CLOSE int err_end = -1;
    int out[2], error[2];
    if (pipe2(out, O_CLOEXEC) < 0)
        return ais_error_set_errno(err, NULL, "making a pipe for '%s'", o->argv[0]);
    c->pipes[0] = out[0];
    out_end = out[1];
    if (pipe2(error, O_CLOEXEC) < 0)
        return ais_error_set_errno(err, NULL, "making a pipe for '%s'", o->argv[0]);
    c->pipes[1] = error[0];
    err_end = error[1];
    const int number = spawn(o, (const int[]){out_end, err_end}, &c->pid);
    if (number != 0) {
        c->pid = -1;
        errno = number;
        return number == ENOENT ? ais_error_set(err, AIS_E_MISSING, "there is no program '%s'", o->argv[0])
                                : ais_error_set_errno(err, NULL, "starting '%s'", o->argv[0]);
    }
    fcntl(c->pipes[0], F_SETFL, O_NONBLOCK);
    fcntl(c->pipes[1], F_SETFL, O_NONBLOCK);
    c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    return c->pidfd < 0 ? ais_error_set_errno(err, NULL, "watching '%s'", o->argv[0]) : 0;
}

/* Read what is there; false at the end of the stream. */
static bool drain(int fd, ais_str *into, size_t limit)
{
    char buffer[16384];
    for (;;) {
        const ssize_t length = read(fd, buffer, sizeof buffer);
        if (length < 0)
            return errno == EAGAIN || errno == EINTR;
        if (length == 0)
            return false;
        const size_t room = limit > into->length ? limit - into->length : 0;
        ais_str_add_bytes(into, buffer, (size_t)length < room ? (size_t)length : room);
    }
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
        struct pollfd fds[] = {{.fd = c->pidfd, .events = POLLIN},
                               {.fd = c->pipes[0], .events = POLLIN},
                               {.fd = c->pipes[1], .events = POLLIN},
                               {.fd = why == ENDED_ITSELF ? ctx->interrupt_fd : -1, .events = POLLIN}};
        const int ready = poll(fds, AIS_COUNT(fds), poll_ms(deadline_s - ctx->monotonic_s(ctx)));
        if (ready < 0 && errno != EINTR)
            AIS_BUG("poll: %s", strerror(errno));
        if (fds[1].revents != 0 && !drain(c->pipes[0], &result->out, o->output_limit)) {
            close(c->pipes[0]);
            c->pipes[0] = -1;
        }
        if (fds[2].revents != 0 && !drain(c->pipes[1], &result->err, o->output_limit)) {
            close(c->pipes[1]);
            c->pipes[1] = -1;
        }
        if (fds[0].revents != 0)
            return why;
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
        return ais_error_set(err, AIS_E_TIMEOUT, "'%s' took longer than %g s", o->argv[0], o->timeout_s);
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
