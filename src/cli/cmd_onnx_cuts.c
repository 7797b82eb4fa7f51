/* aisprint onnx cuts: where a model may be cut, and what each cut costs. */
#include <string.h>

#include "cli/commands.h"
#include "cli/onnx_options.h"

typedef struct options {
    const char *model, *rule;
    size_t parts, max_tensors, top;
    ais_cli_list dims;
} options;

static const ais_cli_option table[] = {
    AIS__CLI_MODEL(options, model),
    {.name = "parts",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, parts),
     .value = "K",
     .default_text = "2",
     .help = "how many parts the model is cut into, up to 8"},
    {.name = "max-tensors",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, max_tensors),
     .value = "T",
     .default_text = "4",
     .help = "how many tensors one cut may send, up to 16"},
    {.name = "top",
     .type = AIS_CLI_COUNT,
     .offset = offsetof(options, top),
     .value = "N",
     .default_text = "100",
     .zero = true,
     .help = "list only the first N; 0 lists all"},
    AIS__CLI_RULE(options, rule),
    AIS__CLI_DIM(options, dims),
};

/* What is printed, in either form. */
typedef struct listing {
    const options *o;
    const ais_onnx_model *model;
    const ais_onnx_facts *facts;
    const ais_onnx_cuts *cuts;
    ais_onnx_cuts_options ask;
    bool estimated;
} listing;

static bool is_estimated(const ais_onnx_cuts *cuts)
{
    for (size_t i = 0; i < cuts->count; i++)
        for (size_t k = 0; k + 1 < cuts->chains[i].part_count; k++)
            if (cuts->chains[i].cuts[k].estimated)
                return true;
    return false;
}

/* ---- JSON ---- */

static ais_doc_node *bytes_node(ais_doc *doc, uint64_t bytes)
{
    return bytes <= INT64_MAX ? ais_doc_new_int(doc, (int64_t)bytes)
                              : ais_doc_new_float(doc, (double)bytes);
}

static ais_doc_node *cut_node(ais_doc *doc, const ais_onnx_graph *graph, const ais_onnx_cut *cut)
{
    ais_doc_node *entry = ais_doc_new_map(doc), *tensors = ais_doc_new_list(doc);
    for (size_t i = 0; i < cut->value_count; i++)
        ais_doc_append(tensors, ais_doc_new_string(doc, graph->values[cut->values[i]].name));
    ais_doc_put(entry, "tensors", tensors);
    ais_doc_put(entry, "bytes", bytes_node(doc, cut->bytes));
    ais_doc_put(entry, "flops_before", ais__cli_onnx_flops_node(doc, cut->flops_before));
    ais_doc_put(entry, "flops_after", ais__cli_onnx_flops_node(doc, cut->flops_after));
    ais_doc_put(entry, "weights_before", bytes_node(doc, cut->weights_before));
    ais_doc_put(entry, "weights_after", bytes_node(doc, cut->weights_after));
    return entry;
}

static ais_doc_node *chain_node(ais_doc *doc, const ais_onnx_graph *graph,
                                const ais_onnx_chain *chain)
{
    if (chain->part_count == 2)
        return cut_node(doc, graph, &chain->cuts[0]);
    ais_doc_node *entry = ais_doc_new_map(doc), *cuts = ais_doc_new_list(doc);
    for (size_t i = 0; i + 1 < chain->part_count; i++)
        ais_doc_append(cuts, cut_node(doc, graph, &chain->cuts[i]));
    ais_doc_put(entry, "cuts", cuts);
    ais_doc_put(entry, "bytes", bytes_node(doc, chain->bytes));
    ais_doc_put(entry, "balance", ais_doc_new_float(doc, chain->balance));
    return entry;
}

static int print_json(const ais_cli *cli, const listing *l, ais_error **err)
{
    const ais_onnx_cuts *cuts = l->cuts;
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    ais_doc_node *root = ais_doc_new_map(doc), *list = ais_doc_new_list(doc);
    ais_doc_node *assumed = ais_doc_new_list(doc);
    for (size_t i = 0; i < cuts->count; i++)
        ais_doc_append(list, chain_node(doc, l->model->graph, &cuts->chains[i]));
    for (size_t i = 0; i < l->facts->assumed_count; i++)
        ais_doc_append(assumed, ais_doc_new_string(doc, l->facts->assumed[i]));
    ais_doc_put(root, "model", ais_doc_new_string(doc, l->o->model));
    ais_doc_put(root, "rule", ais_doc_new_string(doc, l->o->rule));
    ais_doc_put(root, "parts", ais_doc_new_int(doc, (int64_t)l->ask.parts));
    ais_doc_put(root, "total", ais_doc_new_int(doc, (int64_t)cuts->total));
    ais_doc_put(root, "truncated", ais_doc_new_bool(doc, cuts->truncated));
    ais_doc_put(root, "partial", ais_doc_new_bool(doc, cuts->partial));
    if (l->ask.rule == AIS_ONNX_RULE_PARETO)
        ais_doc_put(root, "front", ais_doc_new_int(doc, (int64_t)cuts->front_count));
    else
        ais_doc_put(root, "candidates", ais_doc_new_int(doc, (int64_t)cuts->candidates));
    ais_doc_put(root, "estimated", ais_doc_new_bool(doc, l->estimated));
    ais_doc_put(root, "counted_as_1", assumed);
    ais_doc_put(root, "why",
                cuts->why != NULL ? ais_doc_new_string(doc, cuts->why) : ais_doc_new_null(doc));
    ais_doc_put(root, "cuts", list);
    return ais_cli_print_json(cli, root, err);
}

/* ---- text ---- */

typedef struct row {
    char *cells[4]; /* bytes, FLOPs, weights, tensors */
} row;

static void rows_free(row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < AIS_COUNT(rows[i].cells); k++)
            free(rows[i].cells[k]);
    free(rows);
}

/* Of all FLOPs before a cut, in %. */
static double share_before(const ais_onnx_cut *cut)
{
    const double all = cut->flops_before + cut->flops_after;
    return all > 0.0 ? 100.0 * cut->flops_before / all : 0.0;
}

static row make_row(const ais_onnx_graph *graph, const ais_onnx_chain *chain)
{
    ais_str flops = {.data = NULL}, weights = {.data = NULL}, tensors = {.data = NULL};
    double before = 0.0;
    bool estimated = false;
    for (size_t k = 0; k + 1 < chain->part_count; k++) {
        const ais_onnx_cut *cut = &chain->cuts[k];
        ais_str_add_format(&flops, "%.1f | ", share_before(cut) - before);
        before = share_before(cut);
        for (size_t i = 0; i < cut->value_count; i++)
            ais_str_add_format(&tensors, "%s%s",
                               i > 0   ? ", "
                               : k > 0 ? " | "
                                       : "",
                               graph->values[cut->values[i]].name);
        estimated = estimated || cut->estimated;
    }
    ais_str_add_format(&flops, "%.1f", 100.0 - before);
    if (chain->part_count == 2) {
        AIS_FREE char *left = ais__cli_onnx_bytes_text(chain->cuts[0].weights_before);
        AIS_FREE char *right = ais__cli_onnx_bytes_text(chain->cuts[0].weights_after);
        ais_str_add_format(&weights, "%s | %s", left, right);
    }
    AIS_FREE char *bytes = ais__cli_onnx_bytes_text(chain->bytes);
    return (row){.cells = {ais_format("%s%s", estimated ? "~" : "", bytes), ais_str_take(&flops),
                           ais_str_take(&weights), ais_str_take(&tensors)}};
}

static void print_row(const ais_cli *cli, char mark, const size_t *widths, const row *r,
                      bool weights)
{
    ais_cli_print(cli, "%c %*s  %*s  ", mark, (int)widths[0], r->cells[0], (int)widths[1],
                  r->cells[1]);
    if (weights)
        ais_cli_print(cli, "%*s  ", (int)widths[2], r->cells[2]);
    ais_cli_print(cli, "%s\n", r->cells[3]);
}

static void print_table(const ais_cli *cli, const listing *l)
{
    const bool two = l->ask.parts == 2;
    const size_t count = l->cuts->count;
    const row head = {
        .cells = {"crossing", "FLOPs %", "weights", two ? "tensors" : "tensors of each cut"}};
    row *rows = ais_alloc(count * sizeof *rows);
    size_t widths[AIS_COUNT(head.cells)];
    for (size_t k = 0; k < AIS_COUNT(widths); k++)
        widths[k] = strlen(head.cells[k]);
    for (size_t i = 0; i < count; i++) {
        rows[i] = make_row(l->model->graph, &l->cuts->chains[i]);
        for (size_t k = 0; k < AIS_COUNT(widths); k++)
            widths[k] = strlen(rows[i].cells[k]) > widths[k] ? strlen(rows[i].cells[k]) : widths[k];
    }
    print_row(cli, ' ', widths, &head, two);
    for (size_t i = 0; i < count; i++)
        print_row(cli, i < l->cuts->front_count ? '*' : ' ', widths, &rows[i], two);
    rows_free(rows, count);
}

static void print_notes(const ais_cli *cli, const listing *l)
{
    const ais_onnx_cuts *cuts = l->cuts;
    if (cuts->front_count > 0)
        ais_cli_print(cli, "* no other cut has both fewer bytes and a smaller largest part\n");
    if (cuts->truncated)
        ais_cli_print(cli, "stopped at %zu%s\n", cuts->total,
                      cuts->partial ? ": not all cuts were looked at, there may be better ones"
                                    : "");
    if (cuts->count < cuts->total)
        ais_cli_print(cli, "%zu are shown (--top 0 shows all)\n", cuts->count);
    if (!l->estimated)
        return;
    ais_cli_print(cli, "~ with 1 for sizes that are open");
    for (size_t i = 0; i < l->facts->assumed_count; i++)
        ais_cli_print(cli, "%s%s", i == 0 ? ": " : ", ",
                      l->facts->assumed[i][0] != '\0' ? l->facts->assumed[i]
                                                      : "some without a name");
    ais_cli_print(cli, " (--dim NAME=N states one)\n");
}

static void print_text(const ais_cli *cli, const listing *l)
{
    const ais_onnx_cuts *cuts = l->cuts;
    if (cuts->total == 0) {
        ais_cli_print(cli, "%s: it cannot be cut into %zu parts: %s\n", l->o->model, l->ask.parts,
                      cuts->why);
        return;
    }
    ais_cli_print(cli, "%s: %s%zu %s into %zu parts", l->o->model,
                  cuts->truncated ? "more than " : "", cuts->total,
                  ais_cli_plural(cuts->total, "way to cut it", "ways to cut it"), l->ask.parts);
    if (l->ask.rule == AIS_ONNX_RULE_STUDIO)
        ais_cli_print(cli, ", of %zu tensors tried", cuts->candidates);
    ais_cli_print(cli, "\n");
    print_table(cli, l);
    print_notes(cli, l);
}

static int check_usage(const options *o, ais_error **err)
{
    if (o->parts < 2 || o->parts > AIS_ONNX_MAX_PARTS)
        return ais_error_set(err, AIS_E_USAGE, "--parts is %zu (must be 2 to %d)", o->parts,
                             AIS_ONNX_MAX_PARTS);
    if (o->max_tensors > AIS_ONNX_MAX_CUT_TENSORS)
        return ais_error_set(err, AIS_E_USAGE, "--max-tensors is %zu (must be at most %d)",
                             o->max_tensors, AIS_ONNX_MAX_CUT_TENSORS);
    if (o->parts > 2 && ais_str_equal(o->rule, "studio"))
        return ais_error_set(err, AIS_E_USAGE, "--parts is %zu (the rule studio makes two)",
                             o->parts);
    return 0;
}

static int run(const ais_cli *cli, const void *data, ais_error **err)
{
    const options *o = data;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    AIS_AUTO(ais_onnx_cuts) cuts = NULL;
    listing l = {.o = o, .ask = {.parts = o->parts, .max_tensors = o->max_tensors, .list = o->top}};
    ais_onnx_facts_options how = {.rule = AIS_ONNX_RULE_PARETO};
    if (check_usage(o, err) < 0 || ais__cli_onnx_rule(o->rule, &l.ask.rule, err) < 0 ||
        ais__cli_onnx_sizes(&o->dims, arena, &how, err) < 0 ||
        ais_onnx_read(o->model, &model, err) < 0)
        return -1;
    how.rule = l.ask.rule;
    if (ais_onnx_infer(model, &how, &facts, err) < 0 ||
        ais_onnx_find_cuts(model, facts, &l.ask, &cuts, err) < 0)
        return -1;
    l.model = model;
    l.facts = facts;
    l.cuts = cuts;
    l.estimated = is_estimated(cuts);
    if (cli->json)
        return print_json(cli, &l, err);
    print_text(cli, &l);
    return 0;
}

const ais_cli_command ais__cli_onnx_cuts = {
    .name = "onnx cuts",
    .summary = "where a model may be cut, and what each cut costs",
    .details =
        "Lists every cut: the tensors that cross, their bytes, and how FLOPs and weights divide. "
        "Cuts that no other one beats in both bytes and balance come first, the best compromise "
        "before all; the others follow by bytes. --rule studio lists what AI-SPRINT Studio would "
        "try, in its order: cuts with one tensor, fewest elements first. docs/onnx.md tells how "
        "cuts are found and judged.",
    .example = "aisprint onnx cuts examples/garments/src/classifier/onnx/classifier.onnx",
    .options = table,
    .option_count = AIS_COUNT(table),
    .options_size = sizeof(options),
    .run = run,
};
