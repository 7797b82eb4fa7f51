/* How long it takes to read the annotations of one source file: bench_annotate FILE... */
#include <stdio.h>
#include <stdlib.h>

#include "annotate/annotate.h"
#include "base/context.h"
#include "base/path.h"

enum { REPEATS = 200 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int bench(const ais_ctx *ctx, const char *path)
{
    double times_ms[REPEATS];
    for (size_t i = 0; i < REPEATS; i++) {
        AIS_AUTO(ais_diags) diags = ais_diags_new();
        AIS_AUTO(ais_annotations) annotations = NULL;
        const double start_s = ctx->monotonic_s(ctx);
        if (ais_annotate_read(path, ais_str_ends(path, ".c") ? AIS_LANGUAGE_C : AIS_LANGUAGE_PYTHON,
                              diags, &annotations) < 0) {
            fprintf(stderr, "bench: %s has errors\n", path);
            return 1;
        }
        times_ms[i] = 1000 * (ctx->monotonic_s(ctx) - start_s);
    }
    qsort(times_ms, REPEATS, sizeof *times_ms, compare);
    printf("annotations of %-29s %7.3f ms (%.3f-%.3f)  goal <= 2 ms  n=%d\n", ais_path_base(path),
           times_ms[REPEATS / 2], times_ms[0], times_ms[REPEATS - 1], REPEATS);
    return 0;
}

int main(int count, char **paths)
{
    const ais_ctx ctx = ais_ctx_default();
    int status = 0;
    for (int i = 1; i < count && status == 0; i++)
        status = bench(&ctx, paths[i]);
    return status;
}
