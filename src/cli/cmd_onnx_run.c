/* aisprint onnx run: one model on inputs from files, or on made-up ones. */
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/stats.h"
#include "cli/commands.h"
#include "cli/onnx_options.h"
#include "infer/npy.h"
#include "infer/sample.h"
#include "infer/summary.h"

enum { FIRST_SHOWN = 4 };

typedef struct options {
    const char *model, *output;
    ais_cli_list inputs, sizes;
    size_t seed, repeat, threads;
} options;

static const ais_cli_option table[] = {
    AIS__CLI_MODEL(options, model),
    {.name = "input",
     .letter = 'i',
     .type = AIS_CLI_LIST,
     .offset = offsetof(options, inputs),
     .value = "NAME=FILE.npy",
     .help = "an input of the model; may be given again. Those that are not given are random"},
    {.name = "random",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, seed),
     .value = "SEED",
     .default_text = "0",
     .help = "seed of the random inputs"},
    AIS__CLI_DIM(options, sizes),
    {.name = "output",
     .letter = 'o',
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, output),
     .value = "DIR",
     .help = "write each output to DIR/NAME.npy"},
    {.name = "repeat",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, repeat),
     .value = "N",
     .default_text = "1",
     .help = "run so often, for the times"},
    {.name = "threads",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, threads),
     .value = "N",
     .default_text = "1",
     .help = "threads for one run"},
};

typedef struct work {
    const options *o;
    ais_session *session;
    ais_tensor *given; /* by input; data NULL where it is made up */
    ais_npy **files;   /* by word of --input */
    ais_sample *sample;
    ais_run *run;
    double *times_s; /* ascending */
    char **written;  /* by output: its file, or NULL */
} work;

/* ---- inputs ---- */

static const char *input_name_at(const void *session, size_t i)
{
    return ais_session_get_input(session, i)->name;
}

/* The input that "NAME=FILE" is about. Names may hold "=", so the longest that fits. */
static int find_input(const work *w, const char *word, ais_error **err)
{
    int found = -1;
    size_t length = 0;
    const size_t count = ais_session_count_inputs(w->session);
    for (size_t i = 0; i < count; i++) {
        const char *name = ais_session_get_input(w->session, i)->name;
        const size_t size = strlen(name);
        if (strncmp(word, name, size) == 0 && word[size] == '=' && (found < 0 || size > length)) {
            found = (int)i;
            length = size;
        }
    }
    if (found >= 0)
        return found;
    AIS_FREE char *name = ais_strndup(word, strcspn(word, "="));
    if (strchr(word, '=') == NULL)
        return ais_error_set(err, AIS_E_USAGE, "--input '%s' (must be NAME=FILE.npy)", word);
    ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = w->o->model},
                     "the model has no input '%s'", name);
    const char *near = ais_str_nearest(name, w->session, count, input_name_at);
    if (near == NULL && count > 0)
        near = ais_session_get_input(w->session, 0)->name;
    return near != NULL ? ais_error_hint(err, "did you mean '%s'?", near) : -1;
}

static int read_inputs(work *w, ais_error **err)
{
    for (size_t i = 0; i < w->o->inputs.count; i++) {
        const char *word = w->o->inputs.items[i];
        const int input = find_input(w, word, err);
        if (input < 0)
            return -1;
        const ais_tensor_info *info = ais_session_get_input(w->session, (size_t)input);
        if (w->given[input].data != NULL)
            return ais_error_set(err, AIS_E_USAGE, "the input '%s' is given twice", info->name);
        if (ais_npy_read(word + strlen(info->name) + 1, &w->files[i], err) < 0)
            return -1;
        w->given[input] = w->files[i]->tensor;
        w->given[input].name = info->name;
    }
    return 0;
}

static bool all_given(const work *w)
{
    for (size_t i = 0; i < ais_session_count_inputs(w->session); i++)
        if (w->given[i].data == NULL)
            return false;
    return true;
}

static int make_inputs(work *w, ais_error **err)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_onnx_facts_options sizes;
    AIS_AUTO(ais_sampler) sampler = NULL;
    if (ais__cli_onnx_sizes(&w->o->sizes, arena, &sizes, err) < 0)
        return -1;
    if (all_given(w))
        return 0;
    const ais_sample_options sampling = {.seed = w->o->seed,
                                         .sizes = sizes.sizes,
                                         .size_count = sizes.size_count,
                                         .given = w->given};
    if (ais_sampler_new(w->session, &sampling, &sampler, err) < 0)
        return -1;
    w->sample = ais_sampler_random(sampler, 0);
    return 0;
}

/* ---- running ---- */

static int run_model(work *w, const ais_cli *cli, ais_error **err)
{
    const size_t count = ais_session_count_inputs(w->session);
    const ais_tensor *inputs = w->sample != NULL ? w->sample->inputs : w->given;
    for (size_t i = 0; i < w->o->repeat; i++) {
        ais_run_free(w->run);
        w->run = NULL;
        const double start_s = cli->ctx->monotonic_s(cli->ctx);
        if (ais_session_run(w->session, inputs, count, &w->run, err) < 0)
            return -1;
        w->times_s[i] = cli->ctx->monotonic_s(cli->ctx) - start_s;
    }
    ais_stats_sort(w->times_s, w->o->repeat);
    return 0;
}

/* A name that a file can have: of "model/Output:0" it is "model_Output_0". */
static char *file_name(const work *w, size_t output)
{
    AIS_FREE char *stem = ais_strdup(ais_run_get_output(w->run, output)->name);
    for (char *c = stem; *c != '\0'; c++)
        if (strchr("/:\\ ", *c) != NULL || (unsigned char)*c < ' ' || (c == stem && *c == '.'))
            *c = '_';
    AIS_FREE char *path = ais_format("%s/%s.npy", w->o->output, stem);
    for (size_t i = 0; i < output; i++)
        if (strcmp(w->written[i], path) == 0) /* two names that differ in such signs only */
            return ais_format("%s/%s_%zu.npy", w->o->output, stem, output);
    char *taken = path;
    path = NULL;
    return taken;
}

static int write_outputs(work *w, ais_error **err)
{
    if (w->o->output == NULL)
        return 0;
    if (ais_dir_make(w->o->output, err) < 0)
        return -1;
    for (size_t i = 0; i < ais_run_count_outputs(w->run); i++) {
        w->written[i] = file_name(w, i);
        if (ais_npy_write(ais_run_get_output(w->run, i), w->written[i], err) < 0)
            return ais_error_wrap(err, "writing the output '%s'",
                                  ais_run_get_output(w->run, i)->name);
    }
    return 0;
}

/* ---- telling ---- */

static const char *source_of(const work *w, size_t input)
{
    for (size_t i = 0; i < w->o->inputs.count; i++)
        if (w->given[input].data != NULL && w->files[i] != NULL &&
            w->given[input].data == w->files[i]->tensor.data)
            return w->o->inputs.items[i] + strlen(w->given[input].name) + 1;
    return NULL;
}

static const ais_tensor *input_at(const work *w, size_t i)
{
    return w->sample != NULL ? &w->sample->inputs[i] : &w->given[i];
}

static void print_output(const ais_cli *cli, const work *w, size_t i)
{
    const ais_tensor *tensor = ais_run_get_output(w->run, i);
    const ais_summary s = ais_tensor_summarize(tensor);
    AIS_SCOPED(ais_str) line = {.data = NULL};
    ais_str_add_format(&line, "output %s  ", tensor->name);
    ais_tensor_write_layout(tensor, &line);
    if (s.count > s.odd)
        ais_str_add_format(&line, "  min %.6g  max %.6g  mean %.6g", s.min, s.max, s.mean);
    if (s.odd > 0)
        ais_str_add_format(&line, "  %zu NaN or infinite", s.odd);
    ais_str_add(&line, s.count > 0 ? "  [" : "");
    for (size_t k = 0; k < s.count && k < FIRST_SHOWN; k++)
        ais_str_add_format(&line, "%s%.6g", k > 0 ? " " : "", ais_tensor_get_number(tensor, k));
    ais_str_add(&line, s.count > FIRST_SHOWN ? " ...]" : s.count > 0 ? "]" : "");
    ais_cli_print(cli, "%s\n", ais_str_get(&line));
    if (w->written[i] != NULL)
        ais_cli_print(cli, "       written to %s\n", w->written[i]);
}

static void print_text(const ais_cli *cli, const work *w)
{
    for (size_t i = 0; i < ais_session_count_inputs(w->session); i++) {
        AIS_SCOPED(ais_str) line = {.data = NULL};
        ais_tensor_write_layout(input_at(w, i), &line);
        const char *source = source_of(w, i);
        ais_cli_print(cli, "input  %s  %s  %s\n", input_at(w, i)->name, ais_str_get(&line),
                      source != NULL ? source : "random");
    }
    for (size_t i = 0; i < ais_run_count_outputs(w->run); i++)
        print_output(cli, w, i);
    const size_t n = w->o->repeat;
    if (n == 1)
        ais_cli_print(cli, "time   %.3f ms\n", 1e3 * w->times_s[0]);
    else
        ais_cli_print(cli, "time   %.3f ms fastest, %.3f median, %.3f slowest of %zu\n",
                      1e3 * w->times_s[0], 1e3 * ais_stats_quantile(w->times_s, n, 0.5),
                      1e3 * w->times_s[n - 1], n);
}

static ais_doc_node *describe(ais_doc *doc, const ais_tensor *tensor)
{
    ais_doc_node *node = ais_doc_new_map(doc), *shape = ais_doc_new_list(doc);
    for (size_t i = 0; i < tensor->rank; i++)
        ais_doc_append(shape, ais_doc_new_int(doc, tensor->shape[i]));
    ais_doc_put(node, "name", ais_doc_new_string(doc, tensor->name));
    ais_doc_put(node, "type", ais_doc_new_string(doc, ais_tensor_type_name(tensor->type)));
    ais_doc_put(node, "shape", shape);
    return node;
}

static ais_doc_node *describe_output(ais_doc *doc, const work *w, size_t i)
{
    const ais_tensor *tensor = ais_run_get_output(w->run, i);
    const ais_summary s = ais_tensor_summarize(tensor);
    ais_doc_node *node = describe(doc, tensor), *first = ais_doc_new_list(doc);
    for (size_t k = 0; k < s.count && k < FIRST_SHOWN; k++)
        ais_doc_append(first, ais_doc_new_float(doc, ais_tensor_get_number(tensor, k)));
    ais_doc_put(node, "min", ais_doc_new_float(doc, s.min)); /* NaN is written as null */
    ais_doc_put(node, "max", ais_doc_new_float(doc, s.max));
    ais_doc_put(node, "mean", ais_doc_new_float(doc, s.mean));
    ais_doc_put(node, "odd", ais_doc_new_int(doc, (int64_t)s.odd));
    ais_doc_put(node, "first", first);
    ais_doc_put(node, "file",
                w->written[i] != NULL ? ais_doc_new_string(doc, w->written[i])
                                      : ais_doc_new_null(doc));
    return node;
}

static int print_json(const ais_cli *cli, const work *w, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *inputs = ais_doc_new_list(doc);
    ais_doc_node *outputs = ais_doc_new_list(doc), *times = ais_doc_new_list(doc);
    for (size_t i = 0; i < ais_session_count_inputs(w->session); i++) {
        ais_doc_node *node = describe(doc, input_at(w, i));
        const char *source = source_of(w, i);
        ais_doc_put(node, "file",
                    source != NULL ? ais_doc_new_string(doc, source) : ais_doc_new_null(doc));
        ais_doc_append(inputs, node);
    }
    for (size_t i = 0; i < ais_run_count_outputs(w->run); i++)
        ais_doc_append(outputs, describe_output(doc, w, i));
    for (size_t i = 0; i < w->o->repeat; i++)
        ais_doc_append(times, ais_doc_new_float(doc, w->times_s[i]));
    ais_doc_put(root, "inputs", inputs);
    ais_doc_put(root, "outputs", outputs);
    ais_doc_put(root, "times_s", times);
    return ais_cli_print_json(cli, root, err);
}

/* ---- the command ---- */

static int run_in(work *w, const ais_cli *cli, ais_error **err)
{
    const ais_session_options session = {.threads = (int)w->o->threads};
    const options *o = w->o;
    if (o->threads > INT_MAX || o->repeat > 1000000)
        return ais_error_set(err, AIS_E_USAGE, "that many runs or threads make no sense");
    w->times_s = ais_alloc(o->repeat * sizeof *w->times_s);
    w->files = ais_alloc((o->inputs.count + 1) * sizeof(ais_npy *));
    if (ais_session_open(o->model, &session, &w->session, err) < 0)
        return -1;
    w->given = ais_alloc((ais_session_count_inputs(w->session) + 1) * sizeof *w->given);
    w->written = ais_alloc((ais_session_count_outputs(w->session) + 1) * sizeof(char *));
    if (read_inputs(w, err) < 0 || make_inputs(w, err) < 0 || run_model(w, cli, err) < 0 ||
        write_outputs(w, err) < 0)
        return -1;
    if (cli->json)
        return print_json(cli, w, err);
    if (!cli->quiet)
        print_text(cli, w);
    return 0;
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    work w = {.o = data};
    const int status = run_in(&w, cli, err);
    for (size_t i = 0; w.written != NULL && i < ais_session_count_outputs(w.session); i++)
        free(w.written[i]);
    for (size_t i = 0; w.files != NULL && i < w.o->inputs.count; i++)
        ais_npy_free(w.files[i]);
    ais_run_free(w.run);
    ais_sample_free(w.sample);
    ais_session_close(w.session);
    free(w.written);
    free(w.files);
    free(w.given);
    free(w.times_s);
    return status;
}

const ais_cli_command ais__cli_onnx_run = {
    .name = "onnx run",
    .summary = "run a model once, on arrays from files or on random ones",
    .details = "Prints shape, type and a few numbers of each output, and the time of a run. Inputs "
               "that are not given are random, the same for the same seed; sizes that the model "
               "leaves open are found by trying unless --dim gives them.",
    .example = "aisprint onnx run net.onnx --input image=face.npy",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
