/* How long it takes to find cuts: bench_cuts FILE prints a row "name median least greatest" for each way to
 * look, in seconds, shapes and costs inferred beforehand. bench_cuts.py sets them beside the original's. */
#include <stdio.h>
#include <stdlib.h>

#include "base/context.h"
#include "onnx/onnx.h"

enum { REPEATS = 31 };

typedef struct look {
    const char *name;
    ais_onnx_cuts_options options;
} look;

static const look looks[] = {
    {.name = "studio", .options = {.rule = AIS_ONNX_RULE_STUDIO}},
    {.name = "one", .options = {.max_tensors = 1}},
    {.name = "four", .options = {.max_tensors = 4}},
    {.name = "chains", .options = {.max_tensors = 4, .parts = 4, .list = 100}},
};

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int bench(const ais_ctx *ctx, const look *how, const char *path, ais_error **err)
{
    double times_s[REPEATS];
    size_t total = 0;
    const ais_onnx_facts_options facts_options = {.rule = how->options.rule};
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    if (ais_onnx_read(path, &model, err) < 0 ||
        ais_onnx_infer(model, &facts_options, &facts, err) < 0)
        return -1;
    for (size_t i = 0; i < REPEATS; i++) {
        AIS_AUTO(ais_onnx_cuts) cuts = NULL;
        const double start_s = ctx->monotonic_s(ctx);
        if (ais_onnx_find_cuts(model, facts, &how->options, &cuts, err) < 0)
            return -1;
        times_s[i] = ctx->monotonic_s(ctx) - start_s;
        total = cuts->total;
    }
    qsort(times_s, REPEATS, sizeof *times_s, compare);
    printf("%s %zu %.9f %.9f %.9f\n", how->name, total, times_s[REPEATS / 2], times_s[0],
           times_s[REPEATS - 1]);
    return 0;
}

int main(int count, char **words)
{
    const ais_ctx ctx = ais_ctx_default();
    AIS_AUTO(ais_error) err = NULL;
    for (size_t i = 0; count == 2 && i < AIS_COUNT(looks); i++)
        if (bench(&ctx, &looks[i], words[1], &err) < 0) {
            fprintf(stderr, "bench: %s\n", ais_error_get_message(err));
            return 1;
        }
    return 0;
}
