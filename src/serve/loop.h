/* serve/loop - waits for descriptors and moments, in one thread, without polling.
 *
 * Layer: above base. Threads: one. Units: seconds of ctx->monotonic_s. */
#ifndef AIS_SERVE_LOOP_H
#define AIS_SERVE_LOOP_H
#include "base/context.h"

typedef struct ais_loop ais_loop;

/* Something that is readable (or at its end) calls `ready(data)`. Owned by whoever watches. */
typedef struct ais_watch {
    int fd; /* -1 = not watched */
    void (*ready)(void *data);
    void *data;
} ais_watch;

/* Errors: AIS_E_IO. Ownership: the caller frees. */
AIS_NODISCARD int ais_loop_new(const ais_ctx *ctx, ais_loop **out, ais_error **err);
void ais_loop_free(ais_loop *loop);
AIS_DEFINE_AUTO(ais_loop)
/* Watch `watch->fd`; `watch` must stay where it is until ais_loop_remove(). Errors: AIS_E_IO. */
AIS_NODISCARD int ais_loop_add(ais_loop *loop, ais_watch *watch, ais_error **err);
/* Watch no more and set its fd to -1 (the descriptor itself stays open). Safe inside any `ready`:
 * events of this round that were already fetched for it are dropped. */
void ais_loop_remove(ais_loop *loop, ais_watch *watch);
/* Wait until something is ready or the moment `until_s` is there (INFINITY: no moment; -INFINITY: do not wait), and call
 * what is ready. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_loop_wait(ais_loop *loop, double until_s, ais_error **err);
#endif
