/* The page of a design: graph, models, deployments; see report.h. */
#include "design/report_priv.h"

#include "base/file.h"
#include "page/graph.h"

enum { DEPLOYMENTS_SHOWN = 200 };

/* ---- head ---- */

static void add_count(ais_str *out, const char *name, size_t value)
{
    AIS_FREE char *text = ais_format("%zu", value);
    ais_page_add_tile(out, "", name, text);
}

static void add_head(const ais_report_input *in, ais_str *out)
{
    size_t designs = 0, models = 0;
    for (size_t i = 0; i < in->variants->component_count; i++) {
        const ais_component_variants *c = &in->variants->components[i];
        models += c->group_count > 1;
        for (size_t g = 0; g < c->group_count; g++)
            designs += c->groups[g].segment_count;
    }
    AIS_FREE char *title = ais_format("%s: design", in->app->name);
    ais_page_begin(out, title, in->app->name);
    ais_str_add(out, "<p class=soft>What <b>aisprint design</b> made of this application.</p>"
                     "<div class=tiles>");
    add_count(out, "components", in->app->base_component_count);
    add_count(out, "alternatives", in->app->component_count - in->app->base_component_count);
    add_count(out, "designs", designs);
    add_count(out, "models in segments", models);
    add_count(out, "deployments", in->deployment_total);
    ais_str_add(out, "</div>");
}

/* ---- the graph ---- */

static const char *note_of(const ais_report_input *in, size_t component, ais_arena *arena)
{
    const ais_app *app = in->app;
    const size_t candidate = app->components[component].candidate;
    AIS_SCOPED(ais_str) note = {.data = NULL};
    if (candidate == AIS_NONE)
        return NULL;
    const ais_app_candidate *c = &app->candidates[candidate];
    for (size_t i = 0; i < c->layer_count; i++)
        ais_str_add_format(&note, "%s%lld",
                           i > 0                ? ", "
                           : c->layer_count > 1 ? "layers "
                                                : "layer ",
                           (long long)c->layers[i]);
    const size_t groups = in->variants->components[component].group_count;
    if (groups > 1)
        ais_str_add_format(&note, "; cut in %zu way%s", groups - 1, groups > 2 ? "s" : "");
    return ais_arena_strdup(arena, ais_str_get(&note));
}

static void add_graph(const ais_report_input *in, ais_str *out)
{
    const ais_app *app = in->app;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_graph_box *boxes = ais_arena_alloc(arena, app->base_component_count * sizeof *boxes);
    ais_graph_arrow *arrows = ais_arena_alloc(arena, app->edge_count * sizeof *arrows);
    for (size_t i = 0; i < app->base_component_count; i++)
        boxes[i] = (ais_graph_box){.label = app->components[i].name,
                                   .note = note_of(in, i, arena),
                                   .chosen = in->variants->components[i].group_count > 1};
    for (size_t i = 0; i < app->edge_count; i++) {
        const ais_app_edge *edge = &app->edges[i];
        AIS_SCOPED(ais_str) label = {.data = NULL};
        ais_doc_write_float(edge->probability, &label);
        arrows[i] = (ais_graph_arrow){
            .from = edge->from,
            .to = edge->to,
            .label = edge->probability < 1.0 ? ais_arena_strdup(arena, ais_str_get(&label)) : NULL};
    }
    const ais_graph_drawing drawing = {.title = "The components and who hands items to whom",
                                       .boxes = boxes,
                                       .box_count = app->base_component_count,
                                       .arrows = arrows,
                                       .arrow_count = app->edge_count};
    ais_str_add(out, "<h2>Components</h2><p class=soft>Numbers at arrows: the probability that an "
                     "item goes that way. A stronger frame: the model may run in segments.</p>");
    ais_graph_draw(out, &drawing);
}

/* ---- deployments ---- */

static void add_deployments(const ais_report_input *in, ais_str *out)
{
    ais_str_add(out, "<h2>Deployments</h2><div class=wide><table><thead><tr><th>deployment</th>"
                     "<th>instead of base</th><th>layers</th></tr></thead><tbody>");
    for (size_t i = 0; i < in->deployment_count && i < DEPLOYMENTS_SHOWN; i++) {
        ais_str_add_format(out, "<tr><td class=name>%s</td>", in->deployments[i].name);
        ais_page_add_cell(out, in->deployments[i].designs);
        ais_page_add_cell(out, in->deployments[i].layers);
        ais_str_add(out, "</tr>");
    }
    ais_str_add(out, "</tbody></table></div>");
    if (in->deployment_total > DEPLOYMENTS_SHOWN)
        ais_str_add_format(out, "<p class=soft>The first %d of %zu are listed.</p>",
                           DEPLOYMENTS_SHOWN, in->deployment_total);
}

int ais__design_write_report(const ais_report_input *input, const char *path, ais_error **err)
{
    AIS_SCOPED(ais_str) html = {.data = NULL};
    AIS_FREE char *dir = ais_path_dir(path);
    add_head(input, &html);
    add_graph(input, &html);
    for (size_t i = 0; i < input->variants->component_count; i++)
        if (input->variants->components[i].model != NULL)
            ais__report_add_model(input, i, &html);
    add_deployments(input, &html);
    ais_page_end(&html);
    if (ais_dir_make(dir, err) < 0)
        return -1;
    return ais_file_write(path, html.data, html.length, err);
}
