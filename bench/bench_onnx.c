/* How long it takes to read a model: bench_onnx FILE... prints a line a file: median, least, greatest, in
 * seconds. bench_onnx.py sets them beside the peer's. */
#include <stdio.h>
#include <stdlib.h>

#include "base/context.h"
#include "onnx/onnx.h"

enum { REPEATS = 101 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int bench(const ais_ctx *ctx, const char *path)
{
    double times_s[REPEATS];
    for (size_t i = 0; i < REPEATS; i++) {
        AIS_AUTO(ais_error) err = NULL;
        AIS_AUTO(ais_onnx_model) model = NULL;
        const double start_s = ctx->monotonic_s(ctx);
        if (ais_onnx_read(path, &model, &err) < 0) {
            fprintf(stderr, "bench: %s\n", ais_error_get_message(err));
            return 1;
        }
        times_s[i] = ctx->monotonic_s(ctx) - start_s;
    }
    qsort(times_s, REPEATS, sizeof *times_s, compare);
    printf("%.9f %.9f %.9f\n", times_s[REPEATS / 2], times_s[0], times_s[REPEATS - 1]);
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
