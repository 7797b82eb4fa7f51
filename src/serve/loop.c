/* The event loop, on epoll; see loop.h. */
#include "serve/loop.h"

#include <errno.h>
#include <math.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { ROUND = 64 };

struct ais_loop {
    const ais_ctx *ctx;
    int fd;
    struct epoll_event events[ROUND]; /* of this round */
    int count;
};

int ais_loop_new(const ais_ctx *ctx, ais_loop **out, ais_error **err)
{
    const int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0)
        return ais_error_set_errno(err, NULL, "making an epoll descriptor");
    ais_loop *loop = ais_alloc(sizeof *loop);
    loop->ctx = ctx;
    loop->fd = fd;
    *out = loop;
    return 0;
}

void ais_loop_free(ais_loop *loop)
{
    if (loop == NULL)
        return;
    close(loop->fd);
    free(loop);
}

int ais_loop_add(ais_loop *loop, ais_watch *watch, ais_error **err)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
    if (epoll_ctl(loop->fd, EPOLL_CTL_ADD, watch->fd, &event) < 0)
        return ais_error_set_errno(err, NULL, "watching a descriptor");
    return 0;
}

void ais_loop_remove(ais_loop *loop, ais_watch *watch)
{
    if (watch->fd < 0)
        return;
    epoll_ctl(loop->fd, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->fd = -1;
    for (int i = 0; i < loop->count; i++)
        if (loop->events[i].data.ptr == watch)
            loop->events[i].data.ptr = NULL;
}

/* Milliseconds for epoll_wait, rounded up, so that the moment has passed when it returns. */
static int timeout_ms(const ais_loop *loop, double until_s)
{
    if (isinf(until_s))
        return until_s > 0 ? -1 : 0;
    const double left_ms = ceil(1e3 * (until_s - loop->ctx->monotonic_s(loop->ctx)));
    return left_ms <= 0.0 ? 0 : left_ms > 1e6 ? 1000000 : (int)left_ms;
}

int ais_loop_wait(ais_loop *loop, double until_s, ais_error **err)
{
    loop->count = epoll_wait(loop->fd, loop->events, ROUND, timeout_ms(loop, until_s));
    if (loop->count < 0 && errno == EINTR)
        loop->count = 0;
    if (loop->count < 0)
        return ais_error_set_errno(err, NULL, "waiting for events");
    for (int i = 0; i < loop->count; i++) {
        const ais_watch *watch = loop->events[i].data.ptr;
        if (watch != NULL)
            watch->ready(watch->data);
    }
    loop->count = 0;
    return 0;
}
