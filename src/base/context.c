/* The real clock, log and environment; see context.h. */
#include "base/context.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double read_clock(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) < 0)
        AIS_BUG("clock %d cannot be read", (int)clock);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double now_s(const ais_ctx *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

static double monotonic_s(const ais_ctx *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_MONOTONIC);
}

static void log_to_stderr(const ais_ctx *ctx, ais_log_level level, const char *message)
{
    static const char *const prefixes[] = {[AIS_LOG_ERROR] = "error: ",
                                           [AIS_LOG_WARNING] = "warning: ",
                                           [AIS_LOG_INFO] = "",
                                           [AIS_LOG_DEBUG] = "debug: "};
    (void)ctx;
    /* One call, so that lines of several threads and processes do not mix. */
    fprintf(stderr, "%s%s\n", prefixes[level], message);
}

static const char *get_env(const ais_ctx *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

ais_ctx ais_ctx_default(void)
{
    return (ais_ctx){.now_s = now_s,
                     .monotonic_s = monotonic_s,
                     .log = log_to_stderr,
                     .log_level = AIS_LOG_INFO,
                     .get_env = get_env,
                     .interrupt_fd = -1,
                     .progress = isatty(STDERR_FILENO) == 1};
}

void ais_log(const ais_ctx *ctx, ais_log_level level, const char *format, ...)
{
    if (level > ctx->log_level)
        return;
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *message = ais_vformat(format, arguments);
    va_end(arguments);
    ctx->log(ctx, level, message);
}
