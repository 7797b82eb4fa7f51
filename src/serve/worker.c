/* Starting, asking and ending one process; see worker.h. */
#include "serve/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/spawn.h"

enum {
    TAIL_BYTES = 2048,
    TAIL_LINES = 12,
    LOG_MAX = 8 * 1024 * 1024,
    ENDING_MS = 200 /* from the end of the stream to the end of the process */
};

struct ais_worker {
    ais_loop *loop;
    const ais_worker_spec *spec;
    ais_worker_listener *listener;
    void *data;
    ais_spawned process; /* pid 0 = none */
    bool cold;
    bool loaded, asked; /* it said ready; it owes an answer */
    const char *fault;  /* how it broke the protocol; NULL = it did not */
    int log_fd;
    off_t log_from; /* where the present item's output begins */
    ais_watch socket, end;
    ais_frame in, out;
};

ais_worker *ais_worker_new(ais_loop *loop, const ais_worker_spec *spec,
                           ais_worker_listener *listener, void *data)
{
    ais_worker *worker = ais_alloc(sizeof *worker);
    worker->loop = loop;
    worker->spec = spec;
    worker->listener = listener;
    worker->data = data;
    worker->log_fd = worker->socket.fd = worker->end.fd = -1;
    return worker;
}

static void drop_socket(ais_worker *worker)
{
    const int fd = worker->socket.fd;
    ais_loop_remove(worker->loop, &worker->socket);
    if (fd >= 0)
        close(fd);
}

void ais_worker_free(ais_worker *worker)
{
    if (worker == NULL)
        return;
    if (worker->process.pid > 0) {
        ais_worker_signal(worker, SIGKILL);
        ais_loop_remove(worker->loop, &worker->end);
        ais_spawn_wait(&worker->process);
    }
    drop_socket(worker);
    if (worker->log_fd >= 0)
        close(worker->log_fd);
    ais_frame_clear(&worker->in);
    ais_frame_clear(&worker->out);
    free(worker);
}

static void tell(ais_worker *worker, ais_worker_event_kind kind, const char *message,
                 double function_s)
{
    const ais_worker_event event = {.kind = kind, .message = message, .function_s = function_s};
    worker->listener(worker->data, worker, &event);
}

/* ---- starting ---- */

static void on_process(void *data);
static void on_socket(void *data);

static int open_log(ais_worker *worker, ais_error **err)
{
    if (worker->log_fd < 0)
        worker->log_fd = open(worker->spec->log_path,
                              O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (worker->log_fd < 0)
        return ais_error_set_errno(err, worker->spec->log_path, "opening the component's log");
    return 0;
}

/* What it prints from here on belongs to the next item. A log that grows without end is emptied. */
static void mark_log(ais_worker *worker)
{
    struct stat status;
    worker->log_from = fstat(worker->log_fd, &status) == 0 ? status.st_size : 0;
    if (worker->log_from > LOG_MAX && ftruncate(worker->log_fd, 0) == 0)
        worker->log_from = 0;
}

/* A new NULL-terminated list: `words` and behind them `count` more. */
static char **join_words(const char *const *words, const char *const *more, size_t count)
{
    size_t n = 0;
    while (words[n] != NULL)
        n++;
    char **all = ais_alloc((n + count + 1) * sizeof *all);
    for (size_t i = 0; i < n + count; i++)
        all[i] = ais_strdup(i < n ? words[i] : more[i - n]);
    return all;
}

static void free_words(char **words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

/* Start `words`, which are freed, and `environment` too. `socket` is -1 in a cold run. */
static int launch(ais_worker *worker, int socket, char **words, char **environment, ais_error **err)
{
    const ais_spawn_spec spec = {.words = words,
                                 .environment = environment,
                                 .dir = worker->spec->dir,
                                 .output = worker->log_fd,
                                 .socket = socket};
    worker->fault = NULL;
    const int started = ais_spawn(&spec, &worker->process, err);
    free_words(words);
    free_words(environment);
    if (started < 0)
        return ais_error_wrap(err, "starting component '%s'", worker->spec->name);
    worker->end = (ais_watch){.fd = worker->process.pidfd, .ready = on_process, .data = worker};
    return ais_loop_add(worker->loop, &worker->end, err);
}

int ais_worker_start(ais_worker *worker, ais_error **err)
{
    int pair[2];
    if (worker->process.pid > 0)
        AIS_BUG("component '%s' is started twice", worker->spec->name);
    if (open_log(worker, err) < 0)
        return -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return ais_error_set_errno(err, NULL, "making a socket pair");
    AIS_CLOSE int theirs = pair[1];
    worker->cold = worker->loaded = worker->asked = false;
    worker->in.length = 0;
    worker->socket = (ais_watch){.fd = pair[0], .ready = on_socket, .data = worker};
    mark_log(worker);
    if (ais_loop_add(worker->loop, &worker->socket, err) < 0)
        return -1;
    static const char *const no_more[] = {NULL};
    static const char *const more[] = {"AISPRINT_WORKER_FD=3"}; /* AIS_SPAWN_SOCKET_FD */
    if (launch(worker, theirs, join_words(worker->spec->warm, no_more, 0),
               join_words(worker->spec->environment, more, AIS_COUNT(more)), err) == 0)
        return 0;
    drop_socket(worker);
    return -1;
}

int ais_worker_run_cold(ais_worker *worker, const ais_worker_request *request, ais_error **err)
{
    const char *words[] = {"-i", request->input,         "-o", request->output,
                           "-y", worker->spec->onnx_file};
    if (open_log(worker, err) < 0)
        return -1;
    AIS_FREE char *folder =
        ais_strndup(request->output, (size_t)(strrchr(request->output, '/') - request->output));
    AIS_FREE char *session = ais_format("UUID=%s", request->session_id);
    AIS_FREE char *event = ais_format("EVENT=%s", request->event);
    AIS_FREE char *output = ais_format("TMP_OUTPUT_DIR=%s", folder);
    const char *const more[] = {session, event, output};
    worker->cold = true;
    mark_log(worker);
    return launch(worker, -1,
                  join_words(worker->spec->cold, words, worker->spec->onnx_file != NULL ? 6 : 4),
                  join_words(worker->spec->environment, more, AIS_COUNT(more)), err);
}

static bool build_request(ais_worker *worker, const ais_worker_request *request)
{
    ais_frame *out = &worker->out;
    if (!ais_frame_begin(out) || !ais_frame_add(out, "input", request->input) ||
        !ais_frame_add(out, "output", request->output) ||
        !ais_frame_add(out, "onnx_file", worker->spec->onnx_file) ||
        !ais_frame_add(out, "component_name", worker->spec->name) ||
        !ais_frame_add(out, "session_id", request->session_id) ||
        !ais_frame_add(out, "resource_id", worker->spec->resource) ||
        !ais_frame_add(out, "event", request->event))
        return false;
    ais_frame_end(out);
    return true;
}

int ais_worker_send(ais_worker *worker, const ais_worker_request *request, ais_error **err)
{
    if (!build_request(worker, request))
        return ais_error_set(err, AIS_E_LIMIT, "the paths of the item are too long for a message");
    mark_log(worker);
    const ais_frame *out = &worker->out;
    /* A waiting worker has read all that was sent before, so the socket's buffer is empty. */
    const ssize_t sent =
        send(worker->socket.fd, out->data, out->length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)out->length) {
        worker->asked = true;
        return 0;
    }
    if (sent >= 0)
        errno = EAGAIN;
    return ais_error_set_errno(err, NULL, "giving an item to component '%s'", worker->spec->name);
}

void ais_worker_close(ais_worker *worker)
{
    drop_socket(worker);
}

void ais_worker_signal(ais_worker *worker, int number)
{
    if (worker->process.pid > 0)
        ais_spawn_signal(&worker->process, number);
}

bool ais_worker_is_alive(const ais_worker *worker)
{
    return worker->process.pid > 0;
}

/* ---- events ---- */

static void handle_frame(ais_worker *worker)
{
    const char *error = ais_frame_find(&worker->in, "error");
    const char *seconds = ais_frame_find(&worker->in, "function_s");
    const double function_s = seconds != NULL ? strtod(seconds, NULL) : (double)NAN;
    const bool ready = ais_frame_find(&worker->in, "ready") != NULL;
    const bool ok = ais_frame_find(&worker->in, "ok") != NULL;
    if (!worker->loaded && (ready || error != NULL)) {
        worker->loaded = ready;
        tell(worker, ready ? AIS_WORKER_READY : AIS_WORKER_UNFIT, error, function_s);
    } else if (worker->asked && (ok || error != NULL)) {
        worker->asked = false;
        tell(worker, ok ? AIS_WORKER_DONE : AIS_WORKER_FAILED, error, function_s);
    } else {
        worker->fault = "it sent aisprint an answer that was not asked for, and was ended";
        ais_worker_signal(worker, SIGKILL); /* ENDED will follow */
    }
}

/* The stream can no longer be understood. */
static bool lose(ais_worker *worker)
{
    worker->fault = "something wrote into its connection to aisprint, and it was ended";
    return false;
}

/* Read what is there. False when the stream is at its end or makes no sense. */
static bool receive(ais_worker *worker)
{
    ais_frame *in = &worker->in;
    for (;;) {
        const size_t need = ais_frame_need(in->data, in->length);
        if (need == SIZE_MAX || in->length > (need > 0 ? need : SIZE_MAX))
            return lose(worker);
        if (need > 0 && in->length == need) {
            if (!ais_frame_is_valid(in))
                return lose(worker);
            handle_frame(worker);
            in->length = 0;
            return true;
        }
        const size_t want = need > 0 ? need - in->length + 1 : 1024;
        if (!ais_frame_reserve(in, want))
            return false;
        const ssize_t got = recv(worker->socket.fd, in->data + in->length, want, MSG_DONTWAIT);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0)
            return false;
        in->length += (size_t)got;
    }
}

static void on_socket(void *data)
{
    ais_worker *worker = data;
    if (receive(worker))
        return;
    drop_socket(worker);
    if (worker->process.pid == 0)
        return;
    /* As a rule the process is about to end, and its status says more than our signal would. */
    struct pollfd ending = {.fd = worker->process.pidfd, .events = POLLIN};
    if (poll(&ending, 1, ENDING_MS) == 1)
        return;
    if (worker->fault == NULL)
        worker->fault = "it closed its connection to aisprint, and was ended";
    ais_worker_signal(worker, SIGKILL);
}

static void on_process(void *data)
{
    ais_worker *worker = data;
    ais_worker_signal(worker, SIGKILL); /* what it left running goes with it */
    ais_loop_remove(worker->loop, &worker->end);
    const int status = ais_spawn_wait(&worker->process);
    if (worker->socket.fd >= 0) {
        receive(worker); /* an answer that it gave before it ended */
        drop_socket(worker);
    }
    if (worker->cold && status == 0) {
        tell(worker, AIS_WORKER_DONE, NULL, (double)NAN);
        return;
    }
    AIS_FREE char *message =
        worker->fault != NULL ? ais_strdup(worker->fault) : ais_spawn_describe(status);
    tell(worker, AIS_WORKER_ENDED, message, (double)NAN);
}

char *ais_worker_tail(const ais_worker *worker)
{
    struct stat status;
    char text[TAIL_BYTES];
    if (worker->log_fd < 0 || fstat(worker->log_fd, &status) < 0)
        return ais_strdup("");
    off_t from = worker->log_from < status.st_size ? worker->log_from : status.st_size;
    if (status.st_size - from > TAIL_BYTES)
        from = status.st_size - TAIL_BYTES;
    const ssize_t got = pread(worker->log_fd, text, sizeof text, from);
    size_t length = got > 0 ? (size_t)got : 0, lines = 0;
    while (length > 0 && text[length - 1] == '\n')
        length--;
    size_t start = length;
    for (; start > 0 && lines < TAIL_LINES; start--)
        if (text[start - 1] == '\n' && ++lines == TAIL_LINES)
            break;
    return ais_strndup(text + start, length - start);
}
