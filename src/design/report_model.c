/* A model in the report: what crosses and what is done along its depth, where it may be cut, where it is.
 *
 * Depth is the number of nodes done when they are done in the file's order. Nodes that need no input of the
 * graph (weights and what is made of them) cross nothing and are left out. */
#include "design/report_priv.h"

#include <math.h>
#include <string.h>

#include "page/plot.h"

enum { DOTS = 2000, NAMES_SHOWN = 4 };

/* ---- along the depth ---- */

typedef struct curve {
    size_t count;       /* of points: one more than nodes */
    double *depth;      /* 0, 1, 2... */
    double *bytes;      /* that would cross there */
    double *work;       /* share of the FLOPs done by then */
    size_t *depth_of;   /* by node: its place, from 1; 0 where it is left out */
    double least, most; /* of the bytes, but for depths at which nothing crosses */
    double total_flops;
} curve;

static void curve_clear(curve *c)
{
    free(c->depth);
    free(c->bytes);
    free(c->work);
    free(c->depth_of);
}

static bool crosses(const ais_onnx_facts *facts, const ais_onnx_value *value)
{
    return value->producer != AIS_ONNX_NONE ? !facts->constant[value->producer]
                                            : value->is_input && value->initializer == NULL;
}

/* Add the bytes of a value to all depths at which it is made and still needed. */
static void add_value(const ais_onnx_graph *graph, const ais_onnx_facts *facts, size_t v, curve *c)
{
    const ais_onnx_value *value = &graph->values[v];
    if (!crosses(facts, value))
        return;
    const size_t from = value->producer != AIS_ONNX_NONE ? c->depth_of[value->producer] : 0;
    size_t to = value->is_output ? c->count : from;
    for (size_t i = 0; i < value->consumer_count; i++)
        if (c->depth_of[value->consumers[i]] > to)
            to = c->depth_of[value->consumers[i]];
    const double bytes = (double)ais_onnx_value_bytes(facts, v, NULL);
    c->bytes[from] += bytes;
    if (to < c->count)
        c->bytes[to] -= bytes;
}

static curve make_curve(const ais_onnx_model *model, const ais_onnx_facts *facts)
{
    const ais_onnx_graph *graph = model->graph;
    curve c = {.least = INFINITY, .depth_of = ais_alloc(graph->node_count * sizeof *c.depth_of)};
    for (size_t i = 0; i < graph->node_count; i++) {
        c.depth_of[i] = facts->constant[i] ? 0 : ++c.count;
        c.total_flops += facts->flops[i];
    }
    c.count++;
    c.depth = ais_alloc(c.count * sizeof *c.depth);
    c.bytes = ais_alloc(c.count * sizeof *c.bytes);
    c.work = ais_alloc(c.count * sizeof *c.work);
    for (size_t i = 0; i < graph->node_count; i++)
        if (c.depth_of[i] > 0 && c.total_flops > 0.0)
            c.work[c.depth_of[i]] = facts->flops[i] / c.total_flops;
    for (size_t v = 0; v < graph->value_count; v++)
        add_value(graph, facts, v, &c);
    for (size_t i = 0; i < c.count; i++) {
        c.depth[i] = (double)i;
        c.bytes[i] += i > 0 ? c.bytes[i - 1] : 0.0;
        c.work[i] = fmin(c.work[i] + (i > 0 ? c.work[i - 1] : 0.0), 1.0);
        c.most = fmax(c.most, c.bytes[i]);
        if (c.bytes[i] > 0.0)
            c.least = fmin(c.least, c.bytes[i]);
    }
    return c;
}

/* How many nodes are done in front of a set of values: what they need, however far back. */
static double find_depth(const ais_onnx_graph *graph, const curve *c, const size_t *values,
                         size_t count)
{
    AIS_FREE bool *seen = ais_alloc(graph->node_count * sizeof *seen);
    size_t depth = 0;
    for (size_t i = 0; i < count; i++)
        if (graph->values[values[i]].producer != AIS_ONNX_NONE)
            seen[graph->values[values[i]].producer] = true;
    for (size_t n = graph->node_count; n-- > 0;) { /* the order is topological */
        const ais_onnx_node *node = &graph->nodes[n];
        if (!seen[n])
            continue;
        depth += c->depth_of[n] > 0;
        for (size_t i = 0; i < node->input_count + node->capture_count; i++) {
            const size_t v =
                i < node->input_count ? node->inputs[i] : node->captures[i - node->input_count];
            if (v != AIS_ONNX_NONE && graph->values[v].producer != AIS_ONNX_NONE)
                seen[graph->values[v].producer] = true;
        }
    }
    return (double)depth;
}

/* A line across a plot of the depth for each chosen cut, or each exit. */
static void mark_depths(const ais_component_variants *v, const curve *c, const ais_plot *plot,
                        ais_str *out)
{
    const ais_onnx_graph *graph = v->model->graph;
    unsigned row = 0;
    for (size_t g = 1; g < v->group_count; g++) {
        const ais_onnx_chain *chain = v->groups[g].chain;
        for (size_t k = 0; chain != NULL && k + 1 < chain->part_count; k++)
            ais_plot_mark_x(out, plot,
                            find_depth(graph, c, chain->cuts[k].values, chain->cuts[k].value_count),
                            v->groups[g].name, row++ % 12, true);
    }
    for (size_t i = 0; v->exits != NULL && i < v->exits->count; i++) {
        const ais_onnx_exit *leave = &v->exits->exits[i];
        AIS_FREE char *label = ais_format("exit %zu", i + 1);
        ais_plot_mark_x(out, plot, find_depth(graph, c, leave->trunk, leave->trunk_count), label,
                        row++ % 12, true);
    }
}

static void add_depth_plots(const ais_component_variants *v, const curve *c, ais_str *out)
{
    const double end = fmax((double)(c->count - 1), 1.0);
    const ais_plot bytes = {.x1 = end,
                            .y0 = fmax(fmin(c->least, c->most) / 4.0, 0.5),
                            .y1 = fmax(c->most, 10.0) * 2.0,
                            .log_y = true,
                            .y_unit = AIS_PLOT_BYTES,
                            .x_label = "nodes done",
                            .y_label = "bytes that would cross",
                            .title = "Bytes crossing along the depth of the model"};
    const ais_plot work = {.x1 = end,
                           .y1 = 1.05,
                           .y_unit = AIS_PLOT_PERCENT,
                           .x_label = "nodes done",
                           .y_label = "FLOPs done",
                           .title = "Work done along the depth of the model"};
    ais_str_add(out, "<div class=plot><h3>Bytes along the depth</h3>");
    ais_plot_begin(out, &bytes);
    ais_plot_add_line(out, &bytes, c->depth, c->bytes, c->count, 0);
    mark_depths(v, c, &bytes, out);
    ais_plot_end(out);
    ais_str_add(out, "</div><div class=plot><h3>Work along the depth</h3>");
    ais_plot_begin(out, &work);
    ais_plot_add_line(out, &work, c->depth, c->work, c->count, 2);
    mark_depths(v, c, &work, out);
    ais_plot_end(out);
    ais_str_add(out, "</div>");
}

/* ---- all cuts ---- */

static double share_before(const ais_onnx_cut *cut)
{
    const double total = cut->flops_before + cut->flops_after;
    return total > 0.0 ? cut->flops_before / total : 0.0;
}

static void write_names(const ais_onnx_graph *graph, const size_t *values, size_t count,
                        ais_str *out)
{
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
        ais_str_add_format(out, "%s%s", i > 0 ? ", " : "", graph->values[values[i]].name);
    if (count > NAMES_SHOWN)
        ais_str_add_format(out, " and %zu more", count - NAMES_SHOWN);
}

static void add_chosen_points(const ais_component_variants *v, const ais_plot *plot, ais_str *out)
{
    for (size_t g = 1; g < v->group_count; g++) {
        const ais_onnx_chain *chain = v->groups[g].chain;
        if (chain == NULL || chain->part_count != 2)
            continue;
        AIS_SCOPED(ais_str) hint = {.data = NULL};
        ais_str_add_format(&hint, "%s: ", v->groups[g].name);
        write_names(v->model->graph, chain->cuts[0].values, chain->cuts[0].value_count, &hint);
        ais_plot_add_point(out, plot, share_before(&chain->cuts[0]),
                           fmax((double)chain->cuts[0].bytes, 1.0), 1, ais_str_get(&hint));
    }
}

/* Work in front of the cut against bytes: a good one is low and near the middle. */
static void add_cuts_plot(const ais_component_variants *v, ais_str *out)
{
    const ais_onnx_cuts *cuts = v->cuts;
    if (cuts == NULL || cuts->count == 0 || cuts->chains[0].part_count != 2)
        return;
    AIS_FREE double *x = ais_alloc(cuts->count * sizeof *x);
    AIS_FREE double *y = ais_alloc(cuts->count * sizeof *y);
    const size_t stride = cuts->count / DOTS + 1;
    size_t count = 0;
    double least = INFINITY, most = 1.0;
    for (size_t i = 0; i < cuts->count; i++) {
        const double bytes = fmax((double)cuts->chains[i].cuts[0].bytes, 1.0);
        if (i >= cuts->front_count && i % stride != 0)
            continue;
        x[count] = share_before(&cuts->chains[i].cuts[0]);
        y[count++] = bytes;
        least = fmin(least, bytes);
        most = fmax(most, bytes);
    }
    const ais_plot plot = {.x1 = 1.02,
                           .y0 = fmax(least / 2.0, 0.5),
                           .y1 = most * 2.0,
                           .log_y = true,
                           .x_unit = AIS_PLOT_PERCENT,
                           .y_unit = AIS_PLOT_BYTES,
                           .x_label = "FLOPs in front of the cut",
                           .y_label = "bytes crossing",
                           .title = "All cuts in two"};
    ais_str_add_format(out, "<div class=plot><h3>All cuts in two: %zu%s</h3>", cuts->count,
                       cuts->truncated ? ", more were not looked for" : "");
    ais_plot_begin(out, &plot);
    ais_plot_add_dots(out, &plot, x, y, count, 0);
    if (cuts->front_count > 0)
        ais_plot_add_dots(out, &plot, x, y, cuts->front_count, 5);
    add_chosen_points(v, &plot, out);
    ais_plot_end(out);
    ais_str_add(out, "<p class=soft>Each dot is a cut; the purple ones no other cut beats in both "
                     "bytes and balance; ringed: chosen.</p></div>");
}

/* ---- what was chosen ---- */

static void add_cut_row(const ais_component_variants *v, const ais_variant_group *group, size_t k,
                        ais_str *out)
{
    const ais_onnx_cut *cut = &group->chain->cuts[k];
    AIS_SCOPED(ais_str) names = {.data = NULL};
    write_names(v->model->graph, cut->values, cut->value_count, &names);
    ais_str_add(out, "<tr>");
    ais_page_add_cell(out, group->name);
    ais_page_add_cell(out, ais_str_get(&names));
    ais_str_add(out, "<td class=n>");
    ais_page_add_bytes(out, (double)cut->bytes);
    ais_str_add(out, cut->estimated ? " *</td>" : "</td>");
    ais_page_add_number_cell(out, "%.1f&nbsp;%%", 100.0 * share_before(cut));
    ais_str_add(out, "<td class=n>");
    ais_page_add_bytes(out, (double)cut->weights_before);
    ais_str_add(out, "</td><td class=n>");
    ais_page_add_bytes(out, (double)cut->weights_after);
    ais_str_add(out, "</td>");
    if (group->proof.verified)
        ais_page_add_number_cell(out, "%.2g", group->proof.absolute);
    else
        ais_str_add(out, "<td class=\"n soft\">not tried</td>");
    ais_str_add(out, "</tr>");
}

static void add_cut_table(const ais_component_variants *v, ais_str *out)
{
    bool estimated = false;
    ais_str_add(out, "<div class=wide><table><thead><tr><th>segments</th><th>cut at</th>"
                     "<th class=n>bytes crossing</th><th class=n>FLOPs in front</th>"
                     "<th class=n>weights in front</th><th class=n>weights behind</th>"
                     "<th class=n>largest difference</th></tr></thead><tbody>");
    for (size_t g = 1; g < v->group_count; g++)
        for (size_t k = 0; k + 1 < v->groups[g].segment_count; k++) {
            add_cut_row(v, &v->groups[g], k, out);
            estimated = estimated || v->groups[g].chain->cuts[k].estimated;
        }
    ais_str_add(out, "</tbody></table></div>");
    if (estimated)
        ais_str_add(out, "<p class=soft>* The model leaves a size open; it is counted as 1.</p>");
}

static void add_exit_table(const ais_component_variants *v, ais_str *out)
{
    const ais_variant_group *group = v->group_count > 1 ? &v->groups[1] : NULL;
    ais_str_add(out, "<div class=wide><table><thead><tr><th>exit</th><th>head</th><th>goes on with"
                     "</th><th class=n>items that go on</th></tr></thead><tbody>");
    for (size_t i = 0; i < v->exits->count; i++) {
        const ais_onnx_exit *leave = &v->exits->exits[i];
        AIS_SCOPED(ais_str) head = {.data = NULL};
        AIS_SCOPED(ais_str) trunk = {.data = NULL};
        write_names(v->model->graph, leave->outputs, leave->output_count, &head);
        write_names(v->model->graph, leave->trunk, leave->trunk_count, &trunk);
        ais_str_add(out, "<tr>");
        ais_page_add_cell(out, leave->name);
        ais_page_add_cell(out, ais_str_get(&head));
        ais_page_add_cell(out, ais_str_get(&trunk));
        if (group != NULL && i < group->segment_count)
            ais_page_add_number_cell(out, "%.4g&nbsp;%%", 100.0 * group->segments[i].goes_on);
        else
            ais_str_add(out, "<td></td>");
        ais_str_add(out, "</tr>");
    }
    ais_str_add(out, "</tbody></table></div>");
}

void ais__report_add_model(const ais_report_input *input, size_t component, ais_str *out)
{
    const ais_component_variants *v = &input->variants->components[component];
    AIS_SCOPED(curve) c = make_curve(v->model, v->facts);
    ais_str_add(out, "<h2>Model of ");
    ais_page_add_text(out, input->app->components[component].name);
    ais_str_add_format(out, "</h2><p class=soft>%zu nodes, %.3g&nbsp;GFLOP a run, ",
                       v->model->graph->node_count, c.total_flops / 1e9);
    ais_page_add_bytes(out, (double)v->model->bytes.length);
    ais_str_add(out, ".");
    if (v->group_count < 2 && v->cuts != NULL && v->cuts->why != NULL) {
        ais_str_add(out, " It stays whole: ");
        ais_page_add_text(out, v->cuts->why);
    }
    ais_str_add(out, "</p><div class=plots>");
    add_depth_plots(v, &c, out);
    add_cuts_plot(v, out);
    ais_str_add(out, "</div>");
    if (v->exits != NULL)
        add_exit_table(v, out);
    else if (v->group_count > 1)
        add_cut_table(v, out);
}
