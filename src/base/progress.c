/* Progress bars; see progress.h. */
#include "base/progress.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, LEAST_BAR = 10, GREATEST_BAR = 40 };
static const double first_s = 1.0, between_s = 0.1;

void ais_progress_init(ais_progress *progress, const ais_ctx *ctx, const char *label,
                       uint64_t total)
{
    *progress = (ais_progress){.ctx = ctx, .label = label, .total = total};
    progress->started_s = ctx->monotonic_s(ctx);
}

static void write_duration(double seconds, ais_str *out)
{
    const uint64_t whole = seconds < 360000 ? (uint64_t)(seconds + 0.5) : 360000;
    if (whole >= 3600)
        ais_str_add_format(out, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, whole / 3600,
                           whole / 60 % 60, whole % 60);
    else
        ais_str_add_format(out, "%" PRIu64 ":%02" PRIu64, whole / 60, whole % 60);
}

static void write_bar(uint64_t done, uint64_t total, size_t width, ais_str *out)
{
    const double share = done < total ? (double)done / (double)total : 1;
    const size_t full = (size_t)(share * (double)width);
    ais_str_add(out, " [");
    for (size_t i = 0; i < width; i++)
        ais_str_add_char(out, i < full ? '#' : ' ');
    ais_str_add_char(out, ']');
}

void ais_progress_write(const ais_progress_line *line, ais_str *out)
{
    const size_t start = out->length;
    const double rate = line->elapsed_s > 0 ? (double)line->done / line->elapsed_s : 0;
    AIS_SCOPED(ais_str) tail = {.data = NULL};
    ais_str_add_format(&tail, " %" PRIu64, line->done);
    if (line->total > 0)
        ais_str_add_format(&tail, "/%" PRIu64, line->total);
    if (rate > 0)
        ais_str_add_format(&tail, rate < 10 ? " %.1f/s" : " %.0f/s", rate);
    if (rate > 0 && line->total > line->done) {
        ais_str_add_char(&tail, ' ');
        write_duration((double)(line->total - line->done) / rate, &tail);
        ais_str_add(&tail, " left");
    }
    ais_str_add(out, line->label);
    const size_t used = strlen(line->label) + tail.length + strlen(" []");
    if (line->total > 0 && used + LEAST_BAR <= line->width) {
        const size_t room = line->width - used;
        write_bar(line->done, line->total, room < GREATEST_BAR ? room : GREATEST_BAR, out);
    }
    ais_str_add(out, ais_str_get(&tail));
    if (out->length - start > line->width)
        ais_str_cut(out, start + line->width);
}

/* A bar that cannot be written is no reason to stop. */
static void put(const ais_str *text)
{
    const ssize_t ignored = write(STDERR_FILENO, text->data, text->length);
    (void)ignored;
}

void ais_progress_step(ais_progress *progress, uint64_t done)
{
    if (!progress->ctx->progress)
        return;
    const double now_s = progress->ctx->monotonic_s(progress->ctx);
    if (now_s - progress->started_s < first_s || now_s - progress->drawn_s < between_s)
        return;
    struct winsize size = {.ws_col = 0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        size.ws_col = DEFAULT_WIDTH;
    const ais_progress_line line = {.label = progress->label,
                                    .done = done,
                                    .total = progress->total,
                                    .elapsed_s = now_s - progress->started_s,
                                    .width = size.ws_col - 1u}; /* a full line would wrap */
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add(&text, "\r\033[K");
    ais_progress_write(&line, &text);
    put(&text);
    progress->drawn_s = now_s;
    progress->drawn = true;
}

void ais_progress_clear(ais_progress *progress)
{
    if (!progress->drawn)
        return;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_str_add(&text, "\r\033[K");
    put(&text);
    progress->drawn = false;
}
