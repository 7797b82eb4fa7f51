/* base/progress - a bar on standard error for what takes longer than a second.
 *
 * Layer: above context. Nothing is drawn when `ctx->progress` is false, before a second has passed,
 * or more often than ten times a second. Threads: one at a time.
 *
 *     AIS_SCOPED(ais_progress) progress;
 *     ais_progress_init(&progress, ctx, "running", item_count);
 *     ... ais_progress_step(&progress, done);  */
#ifndef AIS_BASE_PROGRESS_H
#define AIS_BASE_PROGRESS_H
#include "base/context.h"

typedef struct ais_progress {
    const ais_ctx *ctx;
    const char *label; /* borrowed */
    uint64_t total;
    double started_s, drawn_s;
    bool drawn;
} ais_progress;

/* `total` 0: not known. */
void ais_progress_init(ais_progress *progress, const ais_ctx *ctx, const char *label,
                       uint64_t total);
/* `done` of the total is done now. */
void ais_progress_step(ais_progress *progress, uint64_t done);
/* Wipe the bar away. */
void ais_progress_clear(ais_progress *progress);

/* The line that is drawn, at most `width` characters: "running [####      ] 40/100 12/s 0:05 left".
 */
typedef struct ais_progress_line {
    const char *label;
    uint64_t done, total;
    double elapsed_s;
    size_t width;
} ais_progress_line;
void ais_progress_write(const ais_progress_line *line, ais_str *out);
#endif
