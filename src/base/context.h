/* base/context - what a run of the program is given from outside, so that a test can give something
 * else: clock, seed, log, environment, interruption.
 *
 * Layer: base. Ownership: the maker (main, or a test) owns all of it and outlives its users. */
#ifndef AIS_BASE_CONTEXT_H
#define AIS_BASE_CONTEXT_H
#include "base/error.h"

typedef enum ais_log_level {
    AIS_LOG_ERROR,
    AIS_LOG_WARNING,
    AIS_LOG_INFO,
    AIS_LOG_DEBUG
} ais_log_level;

typedef struct ais_ctx {
    /* Seconds: since 1970 (UTC), and since some fixed moment, never going back. */
    double (*now_s)(const struct ais_ctx *ctx);
    double (*monotonic_s)(const struct ais_ctx *ctx);
    /* One message without a newline; levels above `log_level` do not arrive here. */
    void (*log)(const struct ais_ctx *ctx, ais_log_level level, const char *message);
    ais_log_level log_level;
    const char *(*get_env)(const struct ais_ctx *ctx, const char *name); /* NULL when unset */
    uint64_t seed;
    /* Readable once the user wants us to stop (Ctrl-C, SIGTERM); -1 when nobody can. Poll it. */
    int interrupt_fd;
    bool progress; /* may progress bars be drawn on standard error? */
    /* Folder of the running program, to find libraries and python/ beside it. */
    const char *program_dir;
    void *user; /* for the functions above */
} ais_ctx;

/* The real thing: system clock, log to standard error, getenv, seed 0, no interruption. */
ais_ctx ais_ctx_default(void);
/* Send a message to the log when its level is wanted. */
void ais_log(const ais_ctx *ctx, ais_log_level level, const char *format, ...) AIS_PRINTF(3, 4);
#endif
