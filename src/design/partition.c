/* Which cuts, or which exits: see partition.h. */
#include "design/partition.h"

#include <string.h>

#include "base/file.h"

/* Of chains of more than two parts there are very many, and only the front is looked at. */
enum { LONG_CHAINS_LISTED = 1000 };

typedef struct choosing {
    const ais_app *app;
    size_t component;
    const ais__variants_options *options;
    ais_arena *arena;
    ais_diags *diags;
    const ais_annotations *annotations;
    ais__partitions *out;
} choosing;

static const ais_doc_node *argument(const choosing *c, ais_annotation_kind kind, const char *name)
{
    return ais_annotations_find_argument(c->annotations, kind, name);
}

static const char *component_name(const choosing *c)
{
    return c->app->components[c->component].name;
}

/* ---- the model ---- */

static int read_model(choosing *c)
{
    ais_error *err = NULL;
    ais__partitions *out = c->out;
    const ais_onnx_facts_options options = {.rule = c->options->rule};
    if (ais_onnx_read(out->model_path, &out->of.model, &err) == 0 &&
        ais_onnx_infer(out->of.model, &options, &out->of.facts, &err) == 0)
        return 0;
    ais_error_wrap(&err, "reading the model of component '%s'", component_name(c));
    ais_diags_take_error(c->diags, "bad-model", err);
    return -1;
}

/* ---- cuts ---- */

/* The entries componentN_partitionX_1, _2, ... of a component, as far as they go without a gap. */
static size_t count_entries(const choosing *c)
{
    for (size_t part = 1;; part++) {
        AIS_FREE char *name = ais_format("%s_partitionX_%zu", component_name(c), part);
        if (part > AIS_ONNX_MAX_PARTS || ais_app_find_candidate(c->app, name) == AIS_NONE)
            return part - 1;
    }
}

/* A part that computes nothing is no reason to run it somewhere else. */
static bool is_useful(const ais_onnx_chain *chain)
{
    for (size_t i = 0; i + 1 < chain->part_count; i++) {
        const double before = i > 0 ? chain->cuts[i - 1].flops_before : 0;
        if (!(chain->cuts[i].flops_before > before) || !(chain->cuts[i].flops_after > 0))
            return false;
    }
    return true;
}

/* Cuts in front of and behind operators that only move data are the same to whoever places the parts. */
static bool is_alike(const ais_onnx_chain *a, const ais_onnx_chain *b)
{
    for (size_t i = 0; i + 1 < a->part_count; i++)
        if (a->cuts[i].flops_before != b->cuts[i].flops_before ||
            a->cuts[i].bytes != b->cuts[i].bytes)
            return false;
    return true;
}

static bool is_new(const ais_onnx_chain *chain, const ais_onnx_chain *const *chosen, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_alike(chain, chosen[i]))
            return false;
    return is_useful(chain);
}

/* Studio: the first ones of its order. Pareto: of the front, those that are not alike and whose parts all
 * compute something; its first one where there is none such. */
static size_t choose_chains(const choosing *c, const ais_onnx_cuts *cuts, size_t wanted,
                            const ais_onnx_chain **chosen)
{
    const bool studio = c->options->rule == AIS_ONNX_RULE_STUDIO;
    const size_t front =
        studio || cuts->count < cuts->front_count ? cuts->count : cuts->front_count;
    size_t count = 0;
    for (size_t i = 0; i < front && count < wanted; i++)
        if (studio || is_new(&cuts->chains[i], chosen, count))
            chosen[count++] = &cuts->chains[i];
    if (count == 0 && front > 0 && wanted > 0)
        chosen[count++] = &cuts->chains[0];
    return count;
}

static void warn_few(const choosing *c, const ais_doc_node *wanted, size_t count, size_t valid)
{
    const bool all = count == valid;
    ais_diags_add(c->diags, AIS_SEVERITY_WARNING, "few-cuts", ais_doc_pos(wanted),
                  all ? NULL : "aisprint onnx cuts lists all of them",
                  "'%s' has %zu %s%s, fewer than the %lld asked for", c->out->onnx_file, count,
                  count == 1 ? "cut" : "cuts",
                  all ? "" : " that no other one beats in bytes and balance",
                  (long long)ais_doc_get_int(wanted));
}

static void make_chains(choosing *c, const ais_onnx_chain *const *chosen, size_t count)
{
    ais__partition *items = ais_arena_alloc(c->arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const size_t parts = chosen[i]->part_count;
        ais_onnx_part *made = ais_arena_alloc(c->arena, parts * sizeof *made);
        double *goes_on = ais_arena_alloc(c->arena, parts * sizeof *goes_on);
        ais_onnx_chain_parts(c->out->of.model, chosen[i], c->arena, made);
        for (size_t k = 0; k + 1 < parts; k++)
            goes_on[k] = 1;
        items[i] = (ais__partition){
            .part_count = parts, .parts = made, .goes_on = goes_on, .chain = chosen[i]};
    }
    c->out->items = items;
    c->out->count = count;
}

static void choose_cuts(choosing *c)
{
    const ais_doc_node *number = argument(c, AIS_ANNOTATION_PARTITIONABLE_MODEL, "num_partitions");
    const size_t wanted = number != NULL ? (size_t)ais_doc_get_int(number) : 1;
    const size_t entries = count_entries(c);
    const ais_onnx_cuts_options options = {.rule = c->options->rule,
                                           .parts = entries > 2 ? entries : 2,
                                           .max_tensors = c->options->max_tensors,
                                           .list = entries > 2 ? LONG_CHAINS_LISTED : 0};
    ais_error *err = NULL;
    if (ais_onnx_find_cuts(c->out->of.model, c->out->of.facts, &options, &c->out->of.cuts, &err) <
        0) {
        ais_error_wrap(&err, "cutting the model of component '%s'", component_name(c));
        ais_diags_take_error(c->diags, "no-cut", err);
        return;
    }
    const ais_onnx_cuts *cuts = c->out->of.cuts;
    const ais_onnx_chain **chosen =
        ais_arena_alloc(c->arena, (wanted < cuts->count ? wanted : cuts->count) * sizeof *chosen);
    const size_t count = choose_chains(c, cuts, wanted, chosen);
    if (count == 0)
        ais_diags_add(c->diags, AIS_SEVERITY_WARNING, "no-cut", c->out->pos, cuts->why,
                      "'%s' cannot be cut into %zu parts, so '%s' stays whole", c->out->onnx_file,
                      options.parts, component_name(c));
    else if (count < wanted)
        warn_few(c, number, count, cuts->total);
    make_chains(c, chosen, count);
}

/* ---- exits ---- */

static void write_values(const ais_onnx_graph *graph, const size_t *values, size_t count,
                         ais_str *out)
{
    ais_str_add(out, count > 1 ? ",\"[" : ",[");
    for (size_t i = 0; i < count; i++)
        ais_str_add_format(out, "%s'%s'", i > 0 ? ", " : "", graph->values[values[i]].name);
    ais_str_add(out, count > 1 ? "]\"" : "]");
}

/* The rows that early_exits.csv would have. */
static void warn_guessed(const choosing *c, const ais_onnx_exits *exits)
{
    AIS_SCOPED(ais_str) rows = {.data = NULL};
    for (size_t i = 0; i < exits->count; i++) {
        const ais_onnx_exit *exit = &exits->exits[i];
        ais_str_add_format(&rows, "\n%s", exit->name);
        write_values(c->out->of.model->graph, exit->trunk, exit->trunk_count, &rows);
        write_values(c->out->of.model->graph, exit->outputs, exit->output_count, &rows);
    }
    ais_diags_add(c->diags, AIS_SEVERITY_WARNING, "guessed-exits", c->out->pos,
                  "put this into onnx/early_exits.csv, or what is right",
                  "there is no onnx/early_exits.csv, so the exits of '%s' are guessed:"
                  "\nexits,input_nodes,output_nodes%s",
                  c->out->onnx_file, ais_str_get(&rows));
}

static int find_exits(choosing *c)
{
    ais_error *err = NULL;
    const char *dir = c->app->sources[c->app->components[c->component].source].dir;
    AIS_FREE char *table = ais_path_join(dir, "onnx/early_exits.csv");
    if (ais_file_exists(table))
        return ais_onnx_read_exits(c->out->of.model, c->out->of.facts, table, c->diags,
                                   &c->out->of.exits);
    if (ais_onnx_guess_exits(c->out->of.model, c->out->of.facts, &c->out->of.exits, &err) < 0) {
        ais_error_wrap(&err, "looking for the exits of component '%s'", component_name(c));
        ais_diags_take_error(c->diags, "early-exits", err);
        return -1;
    }
    if (c->out->of.exits->count > 0)
        warn_guessed(c, c->out->of.exits);
    return 0;
}

static void choose_exits(choosing *c)
{
    const ais_doc_node *given =
        argument(c, AIS_ANNOTATION_EARLY_EXITS_MODEL, "transition_probabilities");
    if (find_exits(c) < 0)
        return;
    const ais_onnx_exits *exits = c->out->of.exits;
    const size_t count = exits->count;
    if (count == 0) {
        ais_diags_add(c->diags, AIS_SEVERITY_WARNING, "no-exit", c->out->pos,
                      "list them in onnx/early_exits.csv",
                      "'%s' has no early exits, so '%s' stays whole", c->out->onnx_file,
                      component_name(c));
        return;
    }
    if (given == NULL || ais_doc_count(given) != count) {
        ais_diags_add(c->diags, AIS_SEVERITY_ERROR, "exit-count",
                      given != NULL ? ais_doc_pos(given) : c->out->pos,
                      "one probability of going on for each exit",
                      "there are %zu transition_probabilities, but '%s' has %zu %s",
                      given != NULL ? ais_doc_count(given) : 0, c->out->onnx_file, count,
                      count == 1 ? "exit" : "exits");
        return;
    }
    ais_onnx_part *parts = ais_arena_alloc(c->arena, (count + 1) * sizeof *parts);
    double *goes_on = ais_arena_alloc(c->arena, (count + 1) * sizeof *goes_on);
    ais__partition *item = ais_arena_alloc(c->arena, sizeof *item);
    for (size_t i = 0; i < count; i++)
        goes_on[i] = ais_doc_get_number(ais_doc_at(given, i));
    ais_onnx_exit_parts(c->out->of.model, exits, c->arena, parts);
    *item = (ais__partition){.part_count = count + 1, .parts = parts, .goes_on = goes_on};
    c->out->items = item;
    c->out->count = 1;
}

/* ---- both ---- */

static bool find_model(choosing *c, ais_annotation_kind kind)
{
    const ais_doc_node *file = argument(c, kind, "onnx_file");
    if (file == NULL)
        return false;
    const char *dir = c->app->sources[c->app->components[c->component].source].dir;
    c->out->onnx_file = ais_doc_get_string(file, NULL);
    c->out->pos = ais_doc_pos(file);
    c->out->model_path = ais_arena_format(c->arena, "%s/onnx/%s", dir, c->out->onnx_file);
    return true;
}

void ais__design_choose(const ais_app *app, size_t component, const ais__variants_options *options,
                        ais_arena *arena, ais_diags *diags, ais__partitions *out)
{
    choosing c = {.app = app,
                  .component = component,
                  .options = options,
                  .arena = arena,
                  .diags = diags,
                  .annotations = ais_app_get_annotations(app, component),
                  .out = out};
    *out = (ais__partitions){.count = 0};
    if (c.annotations == NULL)
        return;
    if (find_model(&c, AIS_ANNOTATION_PARTITIONABLE_MODEL)) {
        if (read_model(&c) == 0)
            choose_cuts(&c);
    } else if (find_model(&c, AIS_ANNOTATION_EARLY_EXITS_MODEL)) {
        const ais_doc_node *condition =
            argument(&c, AIS_ANNOTATION_EARLY_EXITS_MODEL, "condition_function");
        out->condition = condition != NULL ? ais_doc_get_string(condition, NULL) : NULL;
        if (read_model(&c) == 0)
            choose_exits(&c);
    }
}
