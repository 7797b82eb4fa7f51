/* Starting programs; see spawn.h. */
#include "serve/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec; only calls that are safe there. errno goes to the parent. */
_Noreturn static void become(const ais_spawn_spec *spec, pid_t parent, int failure_fd)
{
    sigset_t none;
    sigemptyset(&none);
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < 32; number++)
        sigaction(number, &standard, NULL); /* KILL and STOP refuse, and need not change */
    sigprocmask(SIG_SETMASK, &none, NULL);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool good = setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                getppid() == parent && nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
                dup2(spec->output, STDOUT_FILENO) >= 0 && dup2(spec->output, STDERR_FILENO) >= 0 &&
                chdir(spec->dir) == 0;
    if (good && spec->socket == AIS_SPAWN_SOCKET_FD) /* dup2 onto itself keeps FD_CLOEXEC */
        good = fcntl(AIS_SPAWN_SOCKET_FD, F_SETFD, 0) == 0;
    else if (good && spec->socket >= 0)
        good = dup2(spec->socket, AIS_SPAWN_SOCKET_FD) >= 0;
    if (good)
        execve(spec->words[0], spec->words, spec->environment);
    const int reason = errno;
    const ssize_t ignored = write(failure_fd, &reason, sizeof reason);
    (void)ignored;
    _exit(127);
}

/* A pipe that tells why exec failed: closed by exec when it did not. The end that the child writes to
 * must not be where the socket is going to be. */
static int make_pipe(int *reading, int *writing, ais_error **err)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return ais_error_set_errno(err, NULL, "making a pipe");
    *reading = fds[0];
    *writing = fcntl(fds[1], F_DUPFD_CLOEXEC, AIS_SPAWN_SOCKET_FD + 1);
    close(fds[1]);
    if (*writing >= 0)
        return 0;
    ais_error_set_errno(err, NULL, "making a pipe");
    close(fds[0]);
    return -1;
}

/* errno of the child's failure, 0 when it became the program. */
static int read_failure(int fd)
{
    int failure = 0;
    ssize_t got = 0;
    do
        got = read(fd, &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof failure ? failure : 0;
}

int ais_spawn(const ais_spawn_spec *spec, ais_spawned *out, ais_error **err)
{
    int reading = -1, writing = -1;
    if (make_pipe(&reading, &writing, err) < 0)
        return -1;
    const pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(spec, parent, writing);
    int failure = pid < 0 ? errno : 0;
    close(writing);
    if (pid > 0)
        failure = read_failure(reading);
    close(reading);
    ais_spawned spawned = {.pid = pid, .pidfd = -1};
    if (failure == 0) {
        spawned.pidfd = pidfd_open(pid, 0);
        failure = spawned.pidfd < 0 ? errno : 0;
        if (failure != 0)
            kill(pid, SIGKILL);
    }
    if (failure == 0) {
        *out = spawned;
        return 0;
    }
    if (pid > 0)
        ais_spawn_wait(&spawned);
    errno = failure;
    return ais_error_set_errno(err, NULL, "starting '%s' in '%s'", spec->words[0], spec->dir);
}

void ais_spawn_signal(const ais_spawned *spawned, int number)
{
    if (kill(-spawned->pid, number) < 0)
        kill(spawned->pid, number);
}

int ais_spawn_wait(ais_spawned *spawned)
{
    int status = 0;
    while (waitpid(spawned->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (spawned->pidfd >= 0)
        close(spawned->pidfd);
    *spawned = (ais_spawned){.pidfd = -1};
    return status;
}

char *ais_spawn_describe(int status)
{
    if (WIFSIGNALED(status))
        return ais_format("the process was killed by signal %d (%s)", WTERMSIG(status),
                          strsignal(WTERMSIG(status)));
    return ais_format("the process ended with status %d", WEXITSTATUS(status));
}
