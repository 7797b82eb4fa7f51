/* aisprint-worker: the process that runs a component written in C.
 *
 *   aisprint-worker COMPONENT.so ENTRY                        warm: answers frames (see frame.h)
 *   aisprint-worker COMPONENT.so ENTRY -i IN -o OUT [-y ONNX] cold: one item, status 0 or 1
 *
 * Linked with libaisprint.so, which gives the component its ais_* functions. Not for people: `aisprint
 * run` starts it. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aisprint/component.h"
#include "serve/frame.h"

typedef struct worker {
    int fd;
    pid_t owner; /* of the connection */
    ais_component_entry *entry;
    ais_frame in, out;
} worker;

static double monotonic_s(void)
{
    struct timespec now = {.tv_sec = 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The function of that name, or NULL and why not. */
static ais_component_entry *load(const char *path, const char *name, const char **why)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL) {
        *why = dlerror();
        return NULL;
    }
    /* POSIX promises that the pointer's bytes are a function's; ISO C has no cast that says so. */
    void *symbol = dlsym(library, name);
    ais_component_entry *entry = NULL;
    if (symbol == NULL)
        *why = dlerror();
    else
        memcpy(&entry, &symbol, sizeof entry);
    return entry;
}

static bool send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        const ssize_t sent = write(fd, data, length);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* False at the end of the stream: the parent is gone or wants us to end. */
static bool read_some(int fd, ais_frame *frame, size_t want)
{
    while (frame->length < want) {
        if (!ais_frame_reserve(frame, want - frame->length))
            return false;
        const ssize_t got = read(fd, frame->data + frame->length, want - frame->length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        frame->length += (size_t)got;
    }
    return true;
}

static bool receive(worker *w)
{
    w->in.length = 0;
    if (!read_some(w->fd, &w->in, AIS_FRAME_HEAD))
        return false;
    const size_t need = ais_frame_need(w->in.data, w->in.length);
    return need != SIZE_MAX && read_some(w->fd, &w->in, need) && ais_frame_is_valid(&w->in);
}

/* Messages longer than a frame are cut: the beginning says what is wrong. */
static bool reply(worker *w, const char *key, const char *value, const char *key2,
                  const char *value2)
{
    char cut[4096];
    if (strlen(value) >= sizeof cut) {
        memcpy(cut, value, sizeof cut - 1);
        cut[sizeof cut - 1] = '\0';
        value = cut;
    }
    if (!ais_frame_begin(&w->out) || !ais_frame_add(&w->out, key, value) ||
        (key2 != NULL && !ais_frame_add(&w->out, key2, value2)))
        return false;
    ais_frame_end(&w->out);
    return send_all(w->fd, w->out.data, w->out.length);
}

/* What the environment says of the item, as in a cold run. */
static void set_environment(const ais_frame *in, const char *output)
{
    static const struct {
        const char *key, *variable;
    } rows[] = {{.key = "session_id", .variable = "UUID"},
                {.key = "resource_id", .variable = "RESOURCE_ID"},
                {.key = "component_name", .variable = "COMPONENT_NAME"},
                {.key = "event", .variable = "EVENT"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *value = ais_frame_find(in, rows[i].key);
        if (value != NULL)
            setenv(rows[i].variable, value, 1);
    }
    char folder[PATH_MAX];
    const char *slash = strrchr(output, '/');
    if (slash != NULL && slash > output && (size_t)(slash - output) < sizeof folder) {
        memcpy(folder, output, (size_t)(slash - output));
        folder[slash - output] = '\0';
        setenv("TMP_OUTPUT_DIR", folder, 1);
    }
}

/* Call the component. A segment of one ends its work by a way out of its own. */
static int call_entry(const worker *w, const ais_component_call *call, ais_error **err)
{
    const int status = w->entry(call, err);
    return status != 0 && *err != NULL && ais_error_get_code(*err) == AIS_E_GOES_ON ? 0 : status;
}

static bool answer(worker *w)
{
    const ais_component_call call = {.input = ais_frame_find(&w->in, "input"),
                                     .output = ais_frame_find(&w->in, "output"),
                                     .onnx_file = ais_frame_find(&w->in, "onnx_file"),
                                     .component_name = ais_frame_find(&w->in, "component_name"),
                                     .session_id = ais_frame_find(&w->in, "session_id")};
    if (call.input == NULL || call.output == NULL)
        return reply(w, "error", "the request names no input or no output", NULL, NULL);
    set_environment(&w->in, call.output);
    ais_error *err = NULL;
    const double start_s = monotonic_s();
    const int status = call_entry(w, &call, &err);
    const double took_s = monotonic_s() - start_s;
    fflush(NULL);
    if (getpid() !=
        w->owner) /* the component forked, and its child came back: it must not answer */
        _exit(status == 0 ? 0 : 1);
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%.9f", took_s);
    const char *message =
        err != NULL ? ais_error_get_message(err) : "it returned an error without a message";
    const bool sent = status == 0 ? reply(w, "ok", "1", "function_s", seconds)
                                  : reply(w, "error", message, "function_s", seconds);
    ais_error_free(err);
    return sent;
}

static int run_warm(worker *w, const char *fd_text, const char *why)
{
    char *end = NULL;
    const long fd = strtol(fd_text, &end, 10);
    if (end == fd_text || *end != '\0' || fd < 0 || fd > INT_MAX ||
        fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0) {
        fprintf(stderr, "aisprint-worker: AISPRINT_WORKER_FD is no open descriptor: %s\n", fd_text);
        return 2;
    }
    w->fd = (int)fd;
    unsetenv("AISPRINT_WORKER_FD"); /* the component's own children have no business with it */
    if (w->entry == NULL) {
        reply(w, "error", why, NULL, NULL);
        return 1;
    }
    bool going = reply(w, "ready", "1", NULL, NULL);
    while (going)
        going = receive(w) && answer(w);
    ais_frame_clear(&w->in);
    ais_frame_clear(&w->out);
    return 0;
}

static int run_cold(const worker *w, int count, char **words, const char *why)
{
    ais_component_call call = {.component_name = getenv("COMPONENT_NAME"),
                               .session_id = getenv("UUID")};
    for (int i = 0; i + 1 < count; i += 2) {
        const char **field = strcmp(words[i], "-i") == 0   ? &call.input
                             : strcmp(words[i], "-o") == 0 ? &call.output
                             : strcmp(words[i], "-y") == 0 ? &call.onnx_file
                                                           : NULL;
        if (field != NULL)
            *field = words[i + 1];
    }
    if (call.input == NULL || call.output == NULL) {
        fputs("usage: aisprint-worker COMPONENT.so ENTRY [-i IN -o OUT [-y ONNX]]\n", stderr);
        return 2;
    }
    if (w->entry == NULL) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    ais_error *err = NULL;
    const int status = call_entry(w, &call, &err);
    if (status != 0)
        fprintf(stderr, "%s\n",
                err != NULL ? ais_error_get_message(err)
                            : "it returned an error without a message");
    ais_error_free(err);
    return status == 0 ? 0 : 1;
}

int main(int count, char **words)
{
    const char *fd_text = getenv("AISPRINT_WORKER_FD");
    if (count < 3 || (fd_text == NULL && count < 7)) {
        fputs("usage: aisprint-worker COMPONENT.so ENTRY [-i IN -o OUT [-y ONNX]]\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a crash loses no line */
    const char *why = "no reason given";
    worker w = {.fd = -1, .owner = getpid(), .entry = load(words[1], words[2], &why)};
    if (fd_text != NULL && count == 3)
        return run_warm(&w, fd_text, why);
    return run_cold(&w, count - 3, words + 3, why);
}
