/* A chain of models against the whole one; see verify.h. difference.c compares two tensors. */
#include "design/verify.h"

#include <math.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "design/difference.h"
#include "infer/sample.h"
#include "infer/summary.h"

enum { MAX_PARTS = 64, DEFAULT_RUNS = 5 };

/* One set of inputs, and what the whole model made of it. */
typedef struct trial {
    ais_sample *sample;
    ais_run *run;
} trial;

struct ais_verifier {
    ais_session *whole;
    char *path;
    ais_verify_options options;
    trial *trials;
    size_t trial_count, refused;
    bool flat;
    /* Weights of the whole that some part takes as inputs; see find_weight(). */
    ais_onnx_model *model;
    ais_tensor *weights;
    size_t weight_count, weight_capacity;
    ais_arena *arena;
    double whole_s; /* the fastest run */
    double spent_s; /* all runs */
};

/* A chain that is being run: sessions, and for each of their inputs where it comes from. */
typedef struct chain {
    size_t count;
    const char *const *paths;
    ais_session *sessions[MAX_PARTS];
    ais_run *runs[MAX_PARTS];
} chain;

ais_verify_options ais_verify_defaults(void)
{
    return (ais_verify_options){.rtol = 1e-4, .atol = 1e-5, .runs = DEFAULT_RUNS};
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int check_interrupted(const ais_verifier *v, ais_error **err)
{
    struct pollfd wish = {.fd = v->options.ctx != NULL ? v->options.ctx->interrupt_fd : -1,
                          .events = POLLIN};
    if (poll(&wish, 1, 0) <= 0)
        return 0;
    return ais_error_set(err, AIS_E_INTERRUPTED, "interrupted while '%s' was verified", v->path);
}

/* ---- the whole ---- */

static void run_whole(ais_verifier *v, ais_sample *sample)
{
    ais_run *run = NULL;
    const double start_s = now_s();
    const int status = ais_session_run(v->whole, sample->inputs, sample->count, &run, NULL);
    const double taken_s = now_s() - start_s;
    v->spent_s += taken_s;
    if (status < 0) {
        ais_sample_free(sample);
        v->refused++;
        return;
    }
    v->whole_s = fmin(v->whole_s, taken_s);
    v->trials[v->trial_count++] = (trial){.sample = sample, .run = run};
}

/* Does no output of the whole change by more than the tolerance? */
static bool is_flat(const ais_verifier *v)
{
    for (size_t i = 0; i < ais_session_count_outputs(v->whole); i++) {
        double least = INFINITY, most = -INFINITY;
        for (size_t k = 0; k < v->trial_count; k++) {
            const ais_summary s = ais_tensor_summarize(ais_run_get_output(v->trials[k].run, i));
            least = fmin(least, s.min); /* NaN gives way to a number */
            most = fmax(most, s.max);
        }
        if (most - least > v->options.atol)
            return false;
    }
    return v->trial_count > 0;
}

/* A random set first: it tells the most, should time be short. */
static int run_all(ais_verifier *v, const ais_sampler *sampler, ais_error **err)
{
    const bool fixed = ais_session_count_inputs(v->whole) == 0; /* then all sets are the same */
    const size_t edges = fixed ? 0 : AIS_SAMPLE_EDGES;
    const size_t randoms = fixed || v->options.runs == 0 ? 1 : v->options.runs;
    v->trials = ais_alloc((edges + randoms) * sizeof *v->trials);
    run_whole(v, ais_sampler_random(sampler, 0));
    for (size_t i = 0; i < edges + randoms - 1; i++) {
        if (check_interrupted(v, err) < 0)
            return -1;
        if (v->options.limit_s > 0 && v->spent_s > v->options.limit_s)
            return 0;
        run_whole(v, i < edges ? ais_sampler_edge(sampler, i)
                               : ais_sampler_random(sampler, i - edges + 1));
    }
    return 0;
}

int ais_verifier_new(const char *whole, const ais_verify_options *options, ais_verifier **out,
                     ais_error **err)
{
    AIS_AUTO(ais_verifier) v = ais_alloc(sizeof *v);
    *v = (ais_verifier){.path = ais_strdup(whole),
                        .options = *options,
                        .arena = ais_arena_new(),
                        .whole_s = INFINITY};
    const ais_sample_options sampling = {
        .seed = options->seed, .sizes = options->sizes, .size_count = options->size_count};
    AIS_AUTO(ais_sampler) sampler = NULL;
    if (ais_session_open(whole, NULL, &v->whole, err) < 0 ||
        ais_sampler_new(v->whole, &sampling, &sampler, err) < 0)
        return -1;
    if (run_all(v, sampler, err) < 0)
        return -1;
    v->flat = ais_session_count_inputs(v->whole) > 0 && is_flat(v);
    *out = v;
    v = NULL;
    return 0;
}

void ais_verifier_free(ais_verifier *verifier)
{
    if (verifier == NULL)
        return;
    for (size_t i = 0; i < verifier->trial_count; i++) {
        ais_sample_free(verifier->trials[i].sample);
        ais_run_free(verifier->trials[i].run);
    }
    ais_session_close(verifier->whole);
    ais_onnx_model_free(verifier->model);
    ais_arena_free(verifier->arena);
    free(verifier->weights);
    free(verifier->trials);
    free(verifier->path);
    free(verifier);
}

/* ---- weights ---- */

static const struct {
    ais_onnx_type onnx;
    ais_tensor_type type;
} types[] = {
    {.onnx = AIS_ONNX_FLOAT, .type = AIS_FLOAT32},
    {.onnx = AIS_ONNX_DOUBLE, .type = AIS_FLOAT64},
    {.onnx = AIS_ONNX_FLOAT16, .type = AIS_FLOAT16},
    {.onnx = AIS_ONNX_BFLOAT16, .type = AIS_BFLOAT16},
    {.onnx = AIS_ONNX_INT8, .type = AIS_INT8},
    {.onnx = AIS_ONNX_INT16, .type = AIS_INT16},
    {.onnx = AIS_ONNX_INT32, .type = AIS_INT32},
    {.onnx = AIS_ONNX_INT64, .type = AIS_INT64},
    {.onnx = AIS_ONNX_UINT8, .type = AIS_UINT8},
    {.onnx = AIS_ONNX_UINT16, .type = AIS_UINT16},
    {.onnx = AIS_ONNX_UINT32, .type = AIS_UINT32},
    {.onnx = AIS_ONNX_UINT64, .type = AIS_UINT64},
    {.onnx = AIS_ONNX_BOOL, .type = AIS_BOOL},
};

/* A copy, as what lies in the file need not be aligned; false for weights that are no plain bytes. */
static bool copy_weight(ais_verifier *v, const ais_onnx_tensor *from, ais_tensor *out)
{
    size_t row = 0;
    while (row < AIS_COUNT(types) && types[row].onnx != from->type)
        row++;
    if (row == AIS_COUNT(types) || from->rank > AIS_TENSOR_MAX_RANK || from->raw.length == 0)
        return false;
    *out = (ais_tensor){
        .name = from->name, .type = types[row].type, .rank = from->rank, .bytes = from->raw.length};
    memcpy(out->shape, from->dims, from->rank * sizeof *out->shape);
    out->data = ais_arena_alloc(v->arena, out->bytes);
    memcpy(out->data, from->raw.data, out->bytes);
    return true;
}

/* Parts that older tools have made list weights among their inputs, without their values. */
static const ais_tensor *find_weight(ais_verifier *v, const char *name)
{
    for (size_t i = 0; i < v->weight_count; i++)
        if (strcmp(v->weights[i].name, name) == 0)
            return &v->weights[i];
    ais_tensor tensor;
    if (v->model == NULL && ais_onnx_read(v->path, &v->model, NULL) < 0)
        return NULL;
    const ais_onnx_graph *graph = v->model->graph;
    const size_t value = ais_onnx_find_value(graph, name);
    if (value == AIS_ONNX_NONE || graph->values[value].initializer == NULL ||
        !copy_weight(v, graph->values[value].initializer, &tensor))
        return NULL;
    v->weights = ais_grow(v->weights, &v->weight_capacity, v->weight_count + 1, sizeof tensor);
    v->weights[v->weight_count] = tensor;
    return &v->weights[v->weight_count++];
}

/* ---- the chain ---- */

/* The last part before `end` that gives a value, or -1. */
static int find_giver(const chain *c, size_t end, const char *name, int *output)
{
    for (size_t i = end; i-- > 0;) {
        *output = ais_session_find_output(c->sessions[i], name);
        if (*output >= 0)
            return (int)i;
    }
    return -1;
}

static int refuse_input(const ais_verifier *v, const chain *c, size_t part, const char *name,
                        ais_error **err)
{
    ais_error_set_at(
        err, AIS_E_INPUT, (ais_pos){.file = c->paths[part]},
        "'%s' is an input of this part, but neither one of '%s' nor an output of a part "
        "before it",
        name, v->path);
    for (size_t i = part; i < c->count; i++)
        if (ais_session_find_output(c->sessions[i], name) >= 0)
            return ais_error_hint(err, "give the parts in the order of the chain");
    return -1;
}

/* Has every input a source, and is every output of the whole given? */
static int check_names(ais_verifier *v, const chain *c, ais_error **err)
{
    int output = 0;
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < ais_session_count_inputs(c->sessions[i]); k++) {
            const char *name = ais_session_get_input(c->sessions[i], k)->name;
            if (find_giver(c, i, name, &output) < 0 && ais_session_find_input(v->whole, name) < 0 &&
                find_weight(v, name) == NULL)
                return refuse_input(v, c, i, name, err);
        }
    for (size_t i = 0; i < ais_session_count_outputs(v->whole); i++) {
        const char *name = ais_session_get_output(v->whole, i)->name;
        if (find_giver(c, c->count, name, &output) < 0 &&
            ais_session_find_input(v->whole, name) < 0)
            return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = v->path},
                                    "no part gives the output '%s'", name);
    }
    return 0;
}

static void clear_runs(chain *c)
{
    for (size_t i = 0; i < c->count; i++) {
        ais_run_free(c->runs[i]);
        c->runs[i] = NULL;
    }
}

static void close_chain(chain *c)
{
    clear_runs(c);
    for (size_t i = 0; i < c->count; i++)
        ais_session_close(c->sessions[i]);
}

static int open_chain(ais_verifier *v, const char *const *parts, size_t count, chain *c,
                      ais_error **err)
{
    if (count == 0 || count > MAX_PARTS)
        return ais_error_set(err, AIS_E_LIMIT, "%zu parts (must be 1 to %d)", count, MAX_PARTS);
    *c = (chain){.count = count, .paths = parts};
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++)
        status = ais_session_open(parts[i], NULL, &c->sessions[i], err);
    if (status == 0)
        status = check_names(v, c, err);
    if (status < 0)
        close_chain(c);
    return status;
}

/* What has a name once the parts before `end` have run. */
static const ais_tensor *find_tensor(ais_verifier *v, const chain *c, size_t end, const trial *t,
                                     const char *name)
{
    int output = 0;
    const int giver = find_giver(c, end, name, &output);
    if (giver >= 0)
        return ais_run_get_output(c->runs[giver], (size_t)output);
    const int input = ais_session_find_input(v->whole, name);
    return input >= 0 ? &t->sample->inputs[input] : find_weight(v, name);
}

static int run_part(ais_verifier *v, chain *c, size_t part, const trial *t, ais_error **err)
{
    ais_session *session = c->sessions[part];
    const size_t count = ais_session_count_inputs(session);
    AIS_FREE ais_tensor *inputs = ais_alloc((count + 1) * sizeof *inputs);
    for (size_t i = 0; i < count; i++)
        inputs[i] = *find_tensor(v, c, part, t, ais_session_get_input(session, i)->name);
    return ais_session_run(session, inputs, count, &c->runs[part], err);
}

/* ---- the verdict ---- */

static void add_fault(ais_verify_result *result, ais_verify_output *output, const trial *t,
                      const char *what)
{
    const char *fault = ais_arena_format(result->arena, "output '%s' %s (inputs: %s)", output->name,
                                         what, t->sample->label);
    output->fault = output->fault != NULL ? output->fault : fault;
    result->fault = result->fault != NULL ? result->fault : fault;
    result->equal = false;
}

static void compare_output(ais_verifier *v, const chain *c, const trial *t, size_t i,
                           ais_verify_result *result, ais_verify_output *output)
{
    const ais_tensor *whole = ais_run_get_output(t->run, i);
    const ais_tensor *got = find_tensor(v, c, c->count, t, output->name);
    const ais_difference difference =
        ais__difference_of(whole, got, v->options.rtol, v->options.atol);
    output->absolute = fmax(output->absolute, difference.absolute);
    output->relative = fmax(output->relative, difference.relative);
    if (difference.equal)
        return;
    AIS_SCOPED(ais_str) what = {0};
    ais__difference_write(&difference, whole, got, &what);
    add_fault(result, output, t, ais_str_get(&what));
}

static int check_trial(ais_verifier *v, chain *c, const trial *t, ais_verify_result *result,
                       ais_verify_output *outputs)
{
    const double start_s = now_s();
    for (size_t i = 0; i < c->count; i++) {
        AIS_AUTO(ais_error) failure = NULL;
        if (run_part(v, c, i, t, &failure) == 0)
            continue;
        result->equal = false;
        if (result->fault == NULL)
            result->fault = ais_arena_format(
                result->arena, "part %zu fails where the whole runs: %s (inputs: %s)", i + 1,
                ais_error_get_message(failure), t->sample->label);
        result->absolute = result->relative = INFINITY;
        return -1;
    }
    result->chain_s = fmin(result->chain_s, now_s() - start_s);
    for (size_t i = 0; i < result->output_count; i++)
        compare_output(v, c, t, i, result, &outputs[i]);
    return 0;
}

/* Does the whole give something else when it is asked again? */
static bool is_unsteady(ais_verifier *v)
{
    for (size_t k = 0; k < v->trial_count; k++) {
        const trial *t = &v->trials[k];
        AIS_AUTO(ais_run) again = NULL;
        if (ais_session_run(v->whole, t->sample->inputs, t->sample->count, &again, NULL) < 0)
            return true;
        for (size_t i = 0; i < ais_run_count_outputs(again); i++)
            if (!ais__difference_of(ais_run_get_output(t->run, i), ais_run_get_output(again, i),
                                    v->options.rtol, v->options.atol)
                     .equal)
                return true;
    }
    return false;
}

static int check_trials(ais_verifier *v, chain *c, ais_verify_result *result,
                        ais_verify_output *outputs, ais_error **err)
{
    for (size_t i = 0; i < v->trial_count; i++) {
        if (check_interrupted(v, err) < 0)
            return -1;
        const int status = check_trial(v, c, &v->trials[i], result, outputs);
        clear_runs(c);
        if (status < 0)
            break;
    }
    for (size_t i = 0; i < result->output_count; i++) {
        result->absolute = fmax(result->absolute, outputs[i].absolute);
        result->relative = fmax(result->relative, outputs[i].relative);
    }
    result->unsteady = !result->equal && is_unsteady(v);
    return 0;
}

int ais_verifier_check(ais_verifier *verifier, const char *const *parts, size_t part_count,
                       ais_verify_result **out, ais_error **err)
{
    chain c = {.count = 0};
    if (open_chain(verifier, parts, part_count, &c, err) < 0)
        return ais_error_wrap(err, "verifying the parts of '%s'", verifier->path);
    AIS_AUTO(ais_verify_result) result = ais_alloc(sizeof *result);
    const size_t count = ais_session_count_outputs(verifier->whole);
    *result = (ais_verify_result){.equal = true,
                                  .output_count = count,
                                  .inputs = verifier->trial_count,
                                  .refused = verifier->refused,
                                  .flat = verifier->flat,
                                  .whole_s = verifier->whole_s,
                                  .chain_s = INFINITY,
                                  .arena = ais_arena_new()};
    ais_verify_output *outputs = ais_arena_alloc(result->arena, (count + 1) * sizeof *outputs);
    for (size_t i = 0; i < count; i++)
        outputs[i].name =
            ais_arena_strdup(result->arena, ais_session_get_output(verifier->whole, i)->name);
    result->outputs = outputs;
    const int status = check_trials(verifier, &c, result, outputs, err);
    close_chain(&c);
    if (status < 0)
        return -1;
    *out = result;
    result = NULL;
    return 0;
}

void ais_verify_result_free(ais_verify_result *result)
{
    if (result == NULL)
        return;
    ais_arena_free(result->arena);
    free(result);
}
