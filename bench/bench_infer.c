/* What running a model through infer/ costs above ONNX Runtime's own C API: bench_infer [MODEL...]
 *
 * Both run in this process, on the same library, options and input, in turn (who begins changes each
 * time), after their outputs are found equal. The peer does the least that its API allows: wrap the
 * input, run, fetch the address of each output, release. Without arguments: a tiny model made here,
 * the example's, and those of AISPRINT_TEST_DATA.
 * Row: model, ours, peer, ratio of the medians (least and greatest of the rounds), repeats.
 * Runs above half a millisecond are timed by the thread's processor time: both use one thread, and a
 * busy machine would drown the difference. The shorter ones are not: that clock costs too much. */
#include <dlfcn.h>
#include <math.h>
#include <onnxruntime_c_api.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/context.h"
#include "base/file.h"
#include "base/stats.h"
#include "infer/infer.h"
#include "support/onnx_make.h"

enum { MAX_VALUES = 512, ROUNDS = 9, MIN_RUNS = 5, MAX_RUNS = 3000 };
static const double ROUND_S = 0.25, LONG_S = 5e-4;

/* ---- the peer ---- */

typedef struct peer {
    const OrtApi *api;
    OrtEnv *env;
    OrtSession *session;
    OrtMemoryInfo *memory;
    const char *inputs[MAX_VALUES], *outputs[MAX_VALUES];
    size_t input_count, output_count;
} peer;

static void need(const OrtApi *api, OrtStatus *status)
{
    if (status == NULL)
        return;
    fprintf(stderr, "bench_infer: %s\n", api->GetErrorMessage(status));
    exit(1);
}

static void open_peer(peer *p, const char *library, const char *path, const ais_session *session)
{
    const OrtApiBase *(*get_base)(void) = NULL;
    OrtSessionOptions *options = NULL;
    void *symbol = dlsym(dlopen(library, RTLD_NOW | RTLD_LOCAL), "OrtGetApiBase");
    memcpy(&get_base, &symbol, sizeof get_base);
    const OrtApi *api = get_base()->GetApi(ORT_API_VERSION);
    *p = (peer){.api = api,
                .input_count = ais_session_count_inputs(session),
                .output_count = ais_session_count_outputs(session)};
    need(api, api->CreateEnv(ORT_LOGGING_LEVEL_FATAL, "peer", &p->env));
    need(api, api->CreateSessionOptions(&options));
    need(api, api->SetIntraOpNumThreads(options, 1));
    need(api, api->SetInterOpNumThreads(options, 1));
    need(api, api->AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"));
    need(api, api->CreateSession(p->env, path, options, &p->session));
    need(api, api->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &p->memory));
    api->ReleaseSessionOptions(options);
    for (size_t i = 0; i < p->input_count; i++)
        p->inputs[i] = ais_session_get_input(session, i)->name;
    for (size_t i = 0; i < p->output_count; i++)
        p->outputs[i] = ais_session_get_output(session, i)->name;
}

static void close_peer(peer *p)
{
    p->api->ReleaseMemoryInfo(p->memory);
    p->api->ReleaseSession(p->session);
    p->api->ReleaseEnv(p->env);
}

/* Sizes of the C types are all that is needed: models here take floats. */
static void run_peer(const peer *p, const ais_tensor *inputs, OrtValue **outputs, void **data)
{
    OrtValue *values[MAX_VALUES] = {NULL};
    const OrtApi *api = p->api;
    for (size_t i = 0; i < p->input_count; i++)
        need(api, api->CreateTensorWithDataAsOrtValue(
                      p->memory, inputs[i].data, inputs[i].bytes, inputs[i].shape, inputs[i].rank,
                      ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &values[i]));
    need(api, api->Run(p->session, NULL, p->inputs, (const OrtValue *const *)values, p->input_count,
                       p->outputs, p->output_count, outputs));
    for (size_t i = 0; i < p->output_count; i++)
        need(api, api->GetTensorMutableData(outputs[i], &data[i]));
    for (size_t i = 0; i < p->input_count; i++)
        api->ReleaseValue(values[i]);
}

static void end_peer_run(const peer *p, OrtValue **outputs)
{
    for (size_t i = 0; i < p->output_count; i++)
        p->api->ReleaseValue(outputs[i]);
}

/* ---- ours ---- */

static ais_run *run_ours(ais_session *session, const ais_tensor *inputs)
{
    AIS_AUTO(ais_error) err = NULL;
    ais_run *run = NULL;
    if (ais_session_run(session, inputs, ais_session_count_inputs(session), &run, &err) < 0) {
        fprintf(stderr, "bench_infer: %s\n", ais_error_get_message(err));
        exit(1);
    }
    return run;
}

/* ---- measuring ---- */

/* The library merges operators where weights are constant, which ours are also when the model lists them
 * among its inputs: sums come in another order then. */
static bool is_near(const ais_tensor *t, const void *data)
{
    const float *a = t->data, *b = data;
    bool near = t->type == AIS_FLOAT32;
    for (size_t k = 0; near && k < t->bytes / sizeof *a; k++)
        near = fabsf(a[k] - b[k]) <= 1e-4F * (1.0F + fabsf(b[k]));
    return near;
}

static void check_equal(const peer *p, ais_session *session, const ais_tensor *inputs)
{
    OrtValue *outputs[MAX_VALUES] = {NULL};
    void *data[MAX_VALUES] = {NULL};
    AIS_AUTO(ais_run) run = run_ours(session, inputs);
    run_peer(p, inputs, outputs, data);
    for (size_t i = 0; i < p->output_count; i++) {
        const ais_tensor *t = ais_run_get_output(run, i);
        if (memcmp(t->data, data[i], t->bytes) != 0 && !is_near(t, data[i])) {
            fprintf(stderr, "bench_infer: output '%s' differs from the peer's\n", t->name);
            exit(1);
        }
    }
    end_peer_run(p, outputs);
}

static double read_clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double time_ours(clockid_t clock, ais_session *session, const ais_tensor *inputs)
{
    const double start_s = read_clock_s(clock);
    ais_run *run = run_ours(session, inputs);
    volatile const void *seen = ais_run_get_output(run, 0)->data;
    (void)seen;
    ais_run_free(run);
    return read_clock_s(clock) - start_s;
}

static double time_peer(clockid_t clock, const peer *p, const ais_tensor *inputs)
{
    OrtValue *outputs[MAX_VALUES] = {NULL};
    void *data[MAX_VALUES] = {NULL};
    const double start_s = read_clock_s(clock);
    run_peer(p, inputs, outputs, data);
    end_peer_run(p, outputs);
    return read_clock_s(clock) - start_s;
}

static double median(double *values, size_t count)
{
    ais_stats_sort(values, count);
    return ais_stats_quantile(values, count, 0.5);
}

static void measure(const peer *p, ais_session *session, const ais_tensor *inputs, const char *name)
{
    static const char row[] = "model %-33s %8.1f us, peer %8.1f us, ratio %.3f (%.3f-%.3f)  "
                              "goal <= 1.02  n=%zu\n";
    double ours[ROUNDS], peers[ROUNDS], ratios[ROUNDS];
    const double once_s =
        time_ours(CLOCK_MONOTONIC, session, inputs) + time_peer(CLOCK_MONOTONIC, p, inputs);
    const clockid_t clock = once_s > 2 * LONG_S ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
    const double fit = ROUND_S / once_s;
    const size_t runs = (size_t)fmin(fmax(fit, MIN_RUNS), MAX_RUNS);
    AIS_FREE double *a = ais_alloc(runs * sizeof *a);
    AIS_FREE double *b = ais_alloc(runs * sizeof *b);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < runs; i++) {
            if (i % 2 == 0)
                a[i] = time_ours(clock, session, inputs);
            b[i] = time_peer(clock, p, inputs);
            if (i % 2 != 0)
                a[i] = time_ours(clock, session, inputs);
        }
        ours[round] = median(a, runs);
        peers[round] = median(b, runs);
        ratios[round] = ours[round] / peers[round];
    }
    const double ratio = median(ratios, ROUNDS);
    printf(row, name, 1e6 * median(ours, ROUNDS), 1e6 * median(peers, ROUNDS), ratio, ratios[0],
           ratios[ROUNDS - 1], runs * ROUNDS);
    fflush(stdout);
}

/* ---- models ---- */

/* Every open size is 1; values as the figures of the test data use them. */
static void make_inputs(const ais_session *session, ais_tensor *inputs)
{
    for (size_t n = 0; n < ais_session_count_inputs(session); n++) {
        const ais_tensor_info *info = ais_session_get_input(session, n);
        ais_tensor *t = &inputs[n];
        *t = (ais_tensor){.type = AIS_FLOAT32, .rank = info->rank};
        for (size_t i = 0; i < info->rank; i++)
            t->shape[i] = info->shape[i] < 0 ? 1 : info->shape[i];
        const size_t count = (size_t)ais_tensor_count(t->rank, t->shape);
        float *values = ais_alloc(count * sizeof *values);
        for (size_t i = 0; i < count; i++)
            values[i] = (float)((i * 7919 + 12345) % 1000) / 1000.0f - 0.5f;
        t->data = values;
        t->bytes = count * sizeof *values;
    }
}

static int bench(const char *path, ais_error **err)
{
    ais_infer_status status;
    AIS_SESSION session = NULL;
    ais_tensor inputs[MAX_VALUES] = {{.name = NULL}};
    peer p;
    if (ais_infer_probe(&status, err) < 0 || ais_session_open(path, NULL, &session, err) < 0)
        return -1;
    if (ais_session_count_inputs(session) > MAX_VALUES ||
        ais_session_count_outputs(session) > MAX_VALUES)
        return ais_error_set(err, AIS_E_LIMIT, "more than %d inputs or outputs", MAX_VALUES);
    make_inputs(session, inputs);
    open_peer(&p, status.path, path, session);
    check_equal(&p, session, inputs);
    measure(&p, session, inputs, ais_path_base(path));
    close_peer(&p);
    for (size_t i = 0; i < ais_session_count_inputs(session); i++)
        free(inputs[i].data);
    return 0;
}

/* y = x + x for 16 numbers: nothing but overhead. */
static int bench_tiny(ais_error **err)
{
    char folder[] = "/tmp/aisprint-bench-XXXXXX";
    AIS_SCOPED(ais_str) graph = {.data = NULL}, model = {.data = NULL};
    onnx_node(&graph, "Add", "x,x", "y");
    onnx_input(&graph, "x", ONNX_FLOAT, "1,16");
    onnx_output(&graph, "y", ONNX_FLOAT, "1,16");
    onnx_finish(&graph, 8, &model);
    if (mkdtemp(folder) == NULL)
        return ais_error_set_errno(err, folder, "cannot make a folder");
    AIS_FREE char *path = ais_path_join(folder, "one_add.onnx");
    const int result =
        ais_file_write(path, model.data, model.length, err) < 0 ? -1 : bench(path, err);
    return ais_tree_remove(folder, err) < 0 ? -1 : result;
}

/* Models that happen to be there. */
static int bench_known(const ais_ctx *ctx, ais_error **err)
{
    static const char *const examples[] = {"examples/garments/src/filter/onnx/filter.onnx",
                                           "examples/garments/src/classifier/onnx/classifier.onnx"};
    static const char *const data[] = {"filter_cnn.onnx", "classifier_tiny.onnx",
                                       "version-RFB-640.onnx"};
    const char *root = ctx->get_env(ctx, "AISPRINT_TEST_DATA");
    for (size_t i = 0; i < AIS_COUNT(examples); i++)
        if (ais_file_exists(examples[i]) && bench(examples[i], err) < 0)
            return -1;
    for (size_t i = 0; i < AIS_COUNT(data) && root != NULL; i++) {
        AIS_FREE char *path = ais_format("%s/studio/onnx/%s", root, data[i]);
        if (bench(path, err) < 0)
            return -1;
    }
    return 0;
}

int main(int count, char **paths)
{
    const ais_ctx ctx = ais_ctx_default();
    AIS_AUTO(ais_error) err = NULL;
    int status = 0;
    if (count == 1)
        status = bench_tiny(&err) < 0 ? -1 : bench_known(&ctx, &err);
    for (int i = 1; i < count && status == 0; i++)
        status = bench(paths[i], &err);
    if (status == 0)
        return 0;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_error_write(err, &text);
    fprintf(stderr, "bench_infer: %s", ais_str_get(&text));
    return 1;
}
