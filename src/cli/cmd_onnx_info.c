/* aisprint onnx info: what a model is made of. */
#include "cli/commands.h"
#include "cli/onnx_options.h"

typedef struct options {
    const char *model;
    ais_cli_list dims;
} options;

static const ais_cli_option table[] = {
    AIS__CLI_MODEL(options, model),
    AIS__CLI_DIM(options, dims),
};

/* What is printed, in either form. */
typedef struct info {
    const ais_onnx_model *model;
    const ais_onnx_facts *facts;
    ais_onnx_summary summary;
} info;

/* ---- text ---- */

static void add_operators(const info *x, ais_str *out)
{
    ais_str_add_format(out, "  %-14s%zu:", "nodes", x->summary.nodes);
    for (size_t i = 0; i < x->summary.operator_count; i++)
        ais_str_add_format(out, "%s %s %zu", i > 0 ? "," : "", x->summary.operators[i].name,
                           x->summary.operators[i].nodes);
    ais_str_add_char(out, '\n');
}

static void add_list(const char *title, const char *const *items, size_t count, ais_str *out)
{
    if (count == 0)
        return;
    ais_str_add_format(out, "  %-14s", title);
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(out, "%s%s", i > 0 ? ", " : "",
                           items[i][0] != '\0' ? items[i] : "sizes without a name");
    ais_str_add_char(out, '\n');
}

static void print_text(const ais_cli *cli, const info *x)
{
    AIS_SCOPED(ais_str) out = {.data = NULL};
    AIS_FREE char *bytes = ais__cli_onnx_bytes_text(x->summary.weight_bytes);
    AIS_FREE char *flops = ais__cli_onnx_flops_text(x->summary.flops);
    const ais_onnx_graph *graph = x->model->graph;
    ais_str_add_format(&out, "%s: IR version %lld", x->model->path,
                       (long long)x->model->ir_version);
    for (size_t i = 0; i < x->model->opset_count; i++) {
        const ais_onnx_opset *opset = &x->model->opsets[i];
        ais_str_add_format(&out, ", %s %lld", opset->domain[0] == '\0' ? "opset" : opset->domain,
                           (long long)opset->version);
    }
    if (x->model->producer[0] != '\0')
        ais_str_add_format(&out, ", made by %s", x->model->producer);
    ais_str_add_char(&out, '\n');
    ais__cli_onnx_add_values(x->model, x->facts, "inputs", 14, graph->inputs, graph->input_count,
                             &out);
    ais__cli_onnx_add_values(x->model, x->facts, "outputs", 14, graph->outputs, graph->output_count,
                             &out);
    add_operators(x, &out);
    ais_str_add_format(&out, "  %-14s%llu in %s\n", "parameters",
                       (unsigned long long)x->summary.parameters, bytes);
    ais_str_add_format(&out, "  %-14s%s a run\n", "work", flops);
    add_list("stored in", x->summary.locations, x->summary.location_count, &out);
    add_list("counted as 1", x->facts->assumed, x->facts->assumed_count, &out);
    add_list("not known", x->facts->unknown_ops, x->facts->unknown_op_count, &out);
    ais_cli_print(cli, "%s", ais_str_get(&out));
}

/* ---- JSON ---- */

static ais_doc_node *values_node(ais_doc *doc, const info *x, const size_t *values, size_t count)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < count; i++)
        ais_doc_append(list, ais__cli_onnx_value_node(doc, x->model, x->facts, values[i]));
    return list;
}

static ais_doc_node *strings_node(ais_doc *doc, const char *const *items, size_t count)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < count; i++)
        ais_doc_append(list, ais_doc_new_string(doc, items[i]));
    return list;
}

static void put_counts(ais_doc *doc, ais_doc_node *root, const info *x)
{
    ais_doc_node *opsets = ais_doc_new_map(doc), *operators = ais_doc_new_map(doc);
    for (size_t i = 0; i < x->model->opset_count; i++)
        ais_doc_put(opsets,
                    x->model->opsets[i].domain[0] == '\0' ? "ai.onnx" : x->model->opsets[i].domain,
                    ais_doc_new_int(doc, x->model->opsets[i].version));
    for (size_t i = 0; i < x->summary.operator_count; i++)
        ais_doc_put(operators, x->summary.operators[i].name,
                    ais_doc_new_int(doc, (int64_t)x->summary.operators[i].nodes));
    ais_doc_put(root, "opsets", opsets);
    ais_doc_put(root, "nodes", ais_doc_new_int(doc, (int64_t)x->summary.nodes));
    ais_doc_put(root, "operators", operators);
    ais_doc_put(root, "parameters", ais_doc_new_int(doc, (int64_t)x->summary.parameters));
    ais_doc_put(root, "weight_bytes", ais_doc_new_int(doc, (int64_t)x->summary.weight_bytes));
    ais_doc_put(root, "flops", ais__cli_onnx_flops_node(doc, x->summary.flops));
}

static int print_json(const ais_cli *cli, const info *x, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc);
    const ais_onnx_graph *graph = x->model->graph;
    ais_doc_put(root, "model", ais_doc_new_string(doc, x->model->path));
    ais_doc_put(root, "ir_version", ais_doc_new_int(doc, x->model->ir_version));
    ais_doc_put(root, "producer", ais_doc_new_string(doc, x->model->producer));
    put_counts(doc, root, x);
    ais_doc_put(root, "inputs", values_node(doc, x, graph->inputs, graph->input_count));
    ais_doc_put(root, "outputs", values_node(doc, x, graph->outputs, graph->output_count));
    ais_doc_put(root, "external_data",
                strings_node(doc, x->summary.locations, x->summary.location_count));
    ais_doc_put(root, "counted_as_1",
                strings_node(doc, x->facts->assumed, x->facts->assumed_count));
    ais_doc_put(root, "unknown_operators",
                strings_node(doc, x->facts->unknown_ops, x->facts->unknown_op_count));
    return ais_cli_print_json(cli, root, err);
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    ais_onnx_facts_options sizes = {.rule = AIS_ONNX_RULE_PARETO};
    if (ais__cli_onnx_sizes(&o->dims, arena, &sizes, err) < 0 ||
        ais_onnx_read(o->model, &model, err) < 0 || ais_onnx_infer(model, &sizes, &facts, err) < 0)
        return -1;
    info x = {.model = model, .facts = facts};
    ais_onnx_summarize(model, facts, arena, &x.summary);
    if (cli->json)
        return print_json(cli, &x, err);
    print_text(cli, &x);
    return 0;
}

const ais_cli_command ais__cli_onnx_info = {
    .name = "onnx info",
    .summary = "what a model is made of: inputs, outputs, operators, sizes, costs",
    .details =
        "FLOP are floating-point operations; a multiply-add counts two. Sizes that the model "
        "leaves "
        "open count as 1 unless --dim states them; \"not known\" lists operators whose shapes "
        "and costs could not be told.",
    .example = "aisprint onnx info examples/garments/src/classifier/onnx/classifier.onnx",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
