/* aisprint onnx cut: a model in parts, as files. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/onnx_options.h"

typedef struct options {
    const char *model, *out, *rule;
    ais_cli_list at, dims;
} options;

static const ais_cli_option table[] = {
    AIS__CLI_MODEL(options, model),
    {.name = "at",
     .type = AIS_CLI_LIST,
     .offset = offsetof(options, at),
     .value = "TENSOR[,...]",
     .required = true,
     .help = "where to cut: all tensors that cross there"},
    {.name = "out",
     .type = AIS_CLI_STRING,
     .offset = offsetof(options, out),
     .value = "DIR",
     .required = true,
     .help = "the folder for partition1_1.onnx, partition1_2.onnx ..."},
    AIS__CLI_RULE(options, rule),
    AIS__CLI_DIM(options, dims),
};

/* What is cut, and what becomes of it. */
typedef struct work {
    const ais_cli *cli;
    const options *options;
    ais_arena *arena;
    const ais_onnx_model *model;
    const ais_onnx_facts *facts; /* with the sizes of --dim: what costs are told from */
    ais_onnx_cut cuts[AIS_ONNX_MAX_PARTS - 1];
    ais_onnx_chain chain;
    ais_onnx_part parts[AIS_ONNX_MAX_PARTS];
} work;

/* ---- where ---- */

/* "a,b", unless that is one name. */
static const char **split(const work *w, const char *text, size_t *count)
{
    const char **names = ais_arena_alloc(w->arena, (strlen(text) + 1) * sizeof *names);
    char *words = ais_arena_strdup(w->arena, text), *save = NULL;
    *count = 1;
    names[0] = text;
    if (ais_onnx_find_value(w->model->graph, text) != AIS_ONNX_NONE || strchr(text, ',') == NULL)
        return names;
    *count = 0;
    for (char *name = strtok_r(words, ",", &save); name != NULL; name = strtok_r(NULL, ",", &save))
        names[(*count)++] = name;
    return names;
}

static int find_cuts(work *w, ais_error **err)
{
    const ais_cli_list *at = &w->options->at;
    if (at->count >= AIS_ONNX_MAX_PARTS)
        return ais_error_set(err, AIS_E_USAGE, "%zu cuts make %zu parts (must be at most %d)",
                             at->count, at->count + 1, AIS_ONNX_MAX_PARTS);
    w->chain = (ais_onnx_chain){.part_count = at->count + 1, .cuts = w->cuts};
    for (size_t i = 0; i < at->count; i++) {
        size_t count = 0;
        const char **names = split(w, at->items[i], &count);
        if (ais_onnx_cut_at(w->model, w->facts, names, count, w->arena, &w->cuts[i], err) < 0)
            return ais_error_wrap(err, "cutting '%s' at '%s'", w->options->model, at->items[i]);
    }
    if (ais_onnx_order_cuts(w->model, w->facts, at->count, w->arena, w->cuts, err) < 0)
        return ais_error_wrap(err, "cutting '%s'", w->options->model);
    ais_onnx_chain_parts(w->model, &w->chain, w->arena, w->parts);
    return 0;
}

/* ---- what ---- */

/* Sizes stay open in the files: what --dim states is for the costs only. */
static int write_parts(const work *w, ais_error **err)
{
    ais_onnx_facts_options open = {.rule = AIS_ONNX_RULE_PARETO};
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    if (ais__cli_onnx_rule(w->options->rule, &open.rule, err) < 0 ||
        ais_onnx_infer(w->model, &open, &facts, err) < 0)
        return -1;
    return ais_onnx_write_parts(w->model, facts, w->parts, w->chain.part_count, open.rule,
                                w->options->out, err);
}

/* ---- how it is told ---- */

static char *part_path(const work *w, size_t part)
{
    AIS_FREE char *name = ais_format("partition1_%zu.onnx", part + 1);
    return ais_path_join(w->options->out, name);
}

static int print_text(const work *w, ais_error **err)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    for (size_t i = 0; i < w->chain.part_count; i++) {
        const ais_onnx_part *part = &w->parts[i];
        double flops = 0;
        uint64_t bytes = 0;
        if (ais_onnx_measure_part(w->model, w->facts, part, &flops, &bytes, err) < 0)
            return -1;
        AIS_FREE char *path = part_path(w, i);
        AIS_FREE char *bytes_text = ais__cli_onnx_bytes_text(bytes);
        AIS_FREE char *flops_text = ais__cli_onnx_flops_text(flops);
        ais_str_add_format(&out, "%s: %s, %s of weights\n", path, flops_text, bytes_text);
        ais__cli_onnx_add_values(w->model, w->facts, "inputs", 9, part->inputs, part->input_count,
                                 &out);
        ais__cli_onnx_add_values(w->model, w->facts, "outputs", 9, part->outputs,
                                 part->output_count, &out);
    }
    ais_cli_print(w->cli, "%s", ais_str_get(&out));
    return 0;
}

static ais_doc_node *values_node(ais_doc *doc, const work *w, const size_t *values, size_t count)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < count; i++)
        ais_doc_append(list, ais__cli_onnx_value_node(doc, w->model, w->facts, values[i]));
    return list;
}

static int print_json(const work *w, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < w->chain.part_count; i++) {
        const ais_onnx_part *part = &w->parts[i];
        ais_doc_node *node = ais_doc_new_map(doc);
        double flops = 0;
        uint64_t bytes = 0;
        if (ais_onnx_measure_part(w->model, w->facts, part, &flops, &bytes, err) < 0)
            return -1;
        AIS_FREE char *path = part_path(w, i);
        ais_doc_put(node, "file", ais_doc_new_string(doc, path));
        ais_doc_put(node, "inputs", values_node(doc, w, part->inputs, part->input_count));
        ais_doc_put(node, "outputs", values_node(doc, w, part->outputs, part->output_count));
        ais_doc_put(node, "flops", ais__cli_onnx_flops_node(doc, flops));
        ais_doc_put(node, "weight_bytes", ais_doc_new_int(doc, (int64_t)bytes));
        ais_doc_append(list, node);
    }
    ais_doc_put(root, "parts", list);
    return ais_cli_print_json(w->cli, root, err);
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    ais_onnx_facts_options sizes = {.rule = AIS_ONNX_RULE_PARETO};
    ais_onnx_rule rule = AIS_ONNX_RULE_PARETO;
    if (ais__cli_onnx_sizes(&o->dims, arena, &sizes, err) < 0 ||
        ais__cli_onnx_rule(o->rule, &rule, err) < 0 || ais_onnx_read(o->model, &model, err) < 0 ||
        ais_onnx_infer(model, &sizes, &facts, err) < 0)
        return -1;
    work w = {.cli = cli, .options = o, .arena = arena, .model = model, .facts = facts};
    if (find_cuts(&w, err) < 0 || write_parts(&w, err) < 0)
        return -1;
    if (cli->json)
        return print_json(&w, err);
    return cli->quiet ? 0 : print_text(&w, err);
}

const ais_cli_command ais__cli_onnx_cut = {
    .name = "onnx cut",
    .summary = "write the parts of a model, from one cut to the next",
    .details =
        "Each --at is one cut: all tensors that what comes behind it needs. 'aisprint onnx cuts' "
        "lists them. Parts keep names, versions, metadata and open sizes of the model; a part's "
        "external data stands beside it as partition1_1.onnx.data. All parts appear at once; a "
        "failure leaves nothing.",
    .example = "aisprint onnx cut model.onnx --at features --out parts",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
