/* aisprint onnx verify: does a chain of models give what the whole one gives? */
#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/onnx_options.h"
#include "design/verify.h"

typedef struct options {
    const char *whole;
    ais_cli_list parts, sizes;
    ais_verify_options verify;
    size_t seed;
} options;

static const ais_cli_option table[] = {
    {.type = AIS_CLI_STRING,
     .offset = offsetof(options, whole),
     .value = "WHOLE",
     .required = true,
     .help = "the whole model"},
    {.type = AIS_CLI_LIST,
     .offset = offsetof(options, parts),
     .value = "SEGMENT",
     .required = true,
     .help = "the models of the chain, in its order"},
    {.name = "rtol",
     .type = AIS_CLI_NUMBER,
     .offset = offsetof(options, verify.rtol),
     .value = "R",
     .default_text = "1e-4",
     .help = "how far a value may be off, relative to the whole model's"},
    {.name = "atol",
     .type = AIS_CLI_NUMBER,
     .offset = offsetof(options, verify.atol),
     .value = "A",
     .default_text = "1e-5",
     .help = "how far besides, absolute"},
    {.name = "runs",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, verify.runs),
     .value = "N",
     .default_text = "5",
     .help = "sets of random inputs, besides the edge cases"},
    {.name = "seed",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, seed),
     .value = "SEED",
     .default_text = "0",
     .help = "of the random inputs"},
    AIS__CLI_DIM(options, sizes),
};

static int print_json(const ais_cli *cli, const ais_verify_result *result, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *outputs = ais_doc_new_list(doc);
    for (size_t i = 0; i < result->output_count; i++) {
        const ais_verify_output *o = &result->outputs[i];
        ais_doc_node *entry = ais_doc_new_map(doc);
        ais_doc_put(entry, "name", ais_doc_new_string(doc, o->name));
        ais_doc_put(entry, "absolute", ais_doc_new_finite(doc, o->absolute));
        ais_doc_put(entry, "relative", ais_doc_new_finite(doc, o->relative));
        ais_doc_put(entry, "equal", ais_doc_new_bool(doc, o->fault == NULL));
        ais_doc_append(outputs, entry);
    }
    ais_doc_put(root, "equal", ais_doc_new_bool(doc, result->equal));
    ais_doc_put(root, "absolute", ais_doc_new_finite(doc, result->absolute));
    ais_doc_put(root, "relative", ais_doc_new_finite(doc, result->relative));
    ais_doc_put(root, "fault",
                result->fault != NULL ? ais_doc_new_string(doc, result->fault)
                                      : ais_doc_new_null(doc));
    ais_doc_put(root, "flat", ais_doc_new_bool(doc, result->flat));
    ais_doc_put(root, "random_operator", ais_doc_new_bool(doc, result->unsteady));
    ais_doc_put(root, "inputs", ais_doc_new_int(doc, (int64_t)result->inputs));
    ais_doc_put(root, "refused", ais_doc_new_int(doc, (int64_t)result->refused));
    ais_doc_put(root, "whole_s", ais_doc_new_finite(doc, result->whole_s));
    ais_doc_put(root, "segments_s", ais_doc_new_finite(doc, result->chain_s));
    ais_doc_put(root, "outputs", outputs);
    return ais_cli_print_json(cli, root, err);
}

static void print_text(const ais_cli *cli, const ais_verify_result *result)
{
    size_t width = 0;
    for (size_t i = 0; i < result->output_count; i++) {
        const size_t length = strlen(result->outputs[i].name);
        width = length > width && length <= 40 ? length : width;
    }
    for (size_t i = 0; i < result->output_count; i++)
        ais_cli_print(cli, "%-*s  largest difference %-10.3g relative %-10.3g %s\n", (int)width,
                      result->outputs[i].name, result->outputs[i].absolute,
                      result->outputs[i].relative,
                      result->outputs[i].fault == NULL ? "equal" : "differs");
    ais_cli_print(cli, "%zu %s of inputs: %s\n", result->inputs,
                  ais_cli_plural(result->inputs, "set", "sets"),
                  result->equal ? "the segments give what the whole model gives"
                                : "the segments give something else");
    if (result->equal && result->flat)
        ais_cli_print(cli, "but no output changes by more than the tolerance: that says little. "
                           "Try other sizes, with --dim NAME=N, or a smaller --atol\n");
}

/* How much longer do the segments take? Not where a run is too short to say. */
static void print_times(const ais_cli *cli, const ais_verify_result *result)
{
    if (result->whole_s >= 1e-3)
        ais_cli_print(cli, "fastest run: whole %.1f ms, segments %.1f ms\n", 1e3 * result->whole_s,
                      1e3 * result->chain_s);
}

static int fail(const options *o, const ais_verify_result *result, ais_error **err)
{
    if (result->unsteady) {
        ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = o->whole},
                         "the model gives something else each time it is run, so nothing can be "
                         "held against it");
        return ais_error_hint(err, "it has a random operator, or one that counts");
    }
    return ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = o->whole},
                            "the segments give something else: %s", result->fault);
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_onnx_facts_options sizes;
    AIS_AUTO(ais_verifier) verifier = NULL;
    AIS_AUTO(ais_verify_result) result = NULL;
    ais_verify_options verify = o->verify;
    if (!(verify.rtol >= 0) || !(verify.atol >= 0))
        return ais_error_set(err, AIS_E_USAGE, "a tolerance is below 0");
    if (ais__cli_onnx_sizes(&o->sizes, arena, &sizes, err) < 0)
        return -1;
    verify.seed = o->seed;
    verify.ctx = cli->ctx;
    verify.sizes = sizes.sizes;
    verify.size_count = sizes.size_count;
    if (ais_verifier_new(o->whole, &verify, &verifier, err) < 0 ||
        ais_verifier_check(verifier, o->parts.items, o->parts.count, &result, err) < 0)
        return -1;
    if (cli->json && print_json(cli, result, err) < 0)
        return -1;
    if (!cli->json && !cli->quiet)
        print_text(cli, result);
    if (!cli->json && !cli->quiet && isfinite(result->chain_s))
        print_times(cli, result);
    *cli->reported = cli->json; /* the document says it all */
    return result->equal ? 0 : fail(o, result, err);
}

const ais_cli_command ais__cli_onnx_verify = {
    .name = "onnx verify",
    .summary = "run a chain of segments against the whole model",
    .details =
        "Runs both on edge cases (zeros, ones, large and small values) and on random inputs, and "
        "compares every output: |segments - whole| <= A + R * |whole| for each element. Exit "
        "status 1 when one is further off. Segments are fed by name: inputs of the whole model, "
        "and outputs of the segments before.",
    .example = "aisprint onnx verify net.onnx partition1_1.onnx partition1_2.onnx",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .handles_interrupt = true, /* between two runs */
    .run = run,
};
