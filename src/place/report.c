/* The page of a placement; see report.h. */
#include "place/report.h"

#include <math.h>

#include "base/file.h"
#include "page/plot.h"
#include "place/report_priv.h"
#include "place/result.h"

const char *ais__place_page_component(const ais__place_page *page, size_t component)
{
    return page->names != NULL ? page->names->components[component]
                               : page->system->components[component].name;
}

size_t ais__place_page_resource(const ais__place_page *page, size_t part)
{
    const size_t option = page->placement->option[part];
    return option == AIS_SYSTEM_NONE ? AIS_SYSTEM_NONE : page->system->options[option].resource;
}

/* ---- head ---- */

/* An en dash for what is not finite. */
static void add_number_tile(ais__place_page *page, const char *name, double value, const char *unit)
{
    AIS_FREE char *text =
        isfinite(value) ? ais_format("%.6g%s", value, unit) : ais_strdup("&ndash;");
    ais_page_add_tile(page->out, "", name, text);
}

static void add_head(ais__place_page *page, const char *title)
{
    static const char *const kinds[] = {[AIS_PLACE_OPTIMAL] = "good",
                                        [AIS_PLACE_FEASIBLE] = "",
                                        [AIS_PLACE_INFEASIBLE] = "bad",
                                        [AIS_PLACE_UNKNOWN] = "bad"};
    const ais_place_result *result = page->result;
    AIS_FREE char *full = ais_format("%s: placement", title);
    ais_page_begin(page->out, full, title);
    ais_str_add_format(page->out,
                       "<p class=soft>What <b>aisprint place</b> chose, at %.6g requests per "
                       "second, by the formulas of <b>%s</b>.</p><div class=tiles>",
                       page->perf->rate_rps, page->perf->rules_of->name);
    ais_page_add_tile(page->out, kinds[result->status], "status",
                      ais_place_status_name(result->status));
    add_number_tile(page, "cost", result->cost, "");
    add_number_tile(page, "proven bound", result->bound, "");
    add_number_tile(page, "gap", round(1e4 * result->gap) / 100, "&nbsp;%");
    AIS_SCOPED(ais_str) time = {.data = NULL};
    ais_page_add_time(&time, result->time_s);
    ais_page_add_tile(page->out, "", "time", ais_str_get(&time));
    ais_str_add(page->out, "</div>");
}

static void add_sentence(ais_str *out, const char *sentence)
{
    ais_str_add(out, "<li>");
    ais_page_add_text(out, sentence);
    ais_str_add(out, "</li>");
}

static void add_conflict(ais__place_page *page, const ais_place_conflict *conflict)
{
    ais_str_add(page->out, "<h2>Why nothing is allowed</h2><p class=soft>");
    ais_page_add_text(page->out, ais__place_conflict_heading(conflict));
    ais_str_add(page->out, "</p><ul>");
    for (size_t i = 0; i < conflict->count; i++)
        add_sentence(page->out, conflict->items[i].sentence);
    if (conflict->sentence != NULL)
        add_sentence(page->out, conflict->sentence);
    ais_str_add(page->out, "</ul>");
}

/* ---- machines ---- */

/* A bar of `share` (1 = full); `mark` draws where the limit is when the bar may pass it. */
static void add_gauge(ais_str *out, double share, double mark, bool over)
{
    const double width = fmin(fmax(share, 0), 1);
    ais_str_add_format(out, "<div class=\"gauge%s\"><i style=\"width:%.1f%%\"></i>",
                       over ? " over" : "", 100 * width);
    if (mark > 0)
        ais_str_add_format(out, "<u style=\"left:%.1f%%\"></u>", 100 * mark);
    ais_str_add(out, "</div>");
}

static double cost_of(const ais__place_page *page, size_t resource, bool *used)
{
    double charge = 0;
    *used = false;
    for (size_t p = 0; p < page->system->part_count; p++)
        if (ais__place_page_resource(page, p) == resource) {
            *used = true;
            charge += page->perf->cost[page->placement->option[p]];
        }
    if (*used && !page->perf->is_function[resource])
        charge += ais_perf_price(page->perf, resource, page->placement->count[resource]);
    return charge;
}

static void add_resource(ais__place_page *page, size_t r, double cost)
{
    const ais_system_resource *resource = &page->system->resources[r];
    ais_str_add(page->out, "<tr>");
    ais_page_add_cell(page->out, page->system->layers[resource->layer].name);
    ais_page_add_cell(page->out, resource->name);
    if (page->perf->is_function[r]) {
        ais_str_add(page->out, "<td>function</td><td></td>");
    } else {
        ais_page_add_number_cell(page->out, "%zu of %zu", page->placement->count[r],
                                 resource->number);
        ais_str_add_format(page->out, "<td>%.1f&nbsp;%%", 100 * page->times.utilization[r]);
        add_gauge(page->out, page->times.utilization[r], 0, page->times.utilization[r] >= 1);
        ais_str_add(page->out, "</td>");
    }
    ais_page_add_number_cell(page->out, "%.6g", cost);
    const double share = page->result->cost > 0 ? cost / page->result->cost : 0;
    ais_str_add_format(page->out, "<td>%.1f&nbsp;%%", 100 * share);
    add_gauge(page->out, share, 0, false);
    ais_str_add(page->out, "</td></tr>\n");
}

static void add_resources(ais__place_page *page)
{
    ais_str_add(page->out,
                "<h2>Resources and cost</h2><div class=wide><table><thead><tr><th>layer</th>"
                "<th>resource</th><th class=n>machines</th><th>in use</th><th class=n>cost</th>"
                "<th>share of the cost</th></tr></thead><tbody>");
    for (size_t r = 0; r < page->system->resource_count; r++) {
        bool used;
        const double cost = cost_of(page, r, &used);
        if (used)
            add_resource(page, r, cost);
    }
    ais_str_add(page->out, "</tbody></table></div>");
}

/* ---- response times ---- */

/* The bar ends at 80 % when the time is the limit, so that what is too late shows. */
static void add_against_limit(ais_str *out, double time_s, double limit_s)
{
    const double mark = 0.8;
    ais_str_add(out, "<td>");
    ais_page_add_time(out, time_s);
    ais_str_add(out, "</td><td>");
    if (isfinite(limit_s)) {
        ais_page_add_time(out, limit_s);
        add_gauge(out, mark * time_s / limit_s, mark, time_s > limit_s * (1 + AIS_PERF_TOLERANCE));
    } else {
        ais_str_add(out, "<span class=soft>none</span>");
    }
    ais_str_add(out, "</td></tr>\n");
}

static void add_component(ais__place_page *page, size_t c)
{
    const ais_system_deployment *d = &page->system->deployments[page->placement->deployment[c]];
    ais_str_add(page->out, "<tr>");
    ais_page_add_cell(page->out, ais__place_page_component(page, c));
    ais_page_add_cell(page->out, d->name);
    ais_page_add_number_cell(page->out, "%.4g/s", page->perf->part_rate_rps[d->first_part]);
    add_against_limit(page->out, page->times.component_s[c], page->perf->local_limit_s[c]);
}

static void add_path(ais__place_page *page, size_t p)
{
    const ais_system_path *path = &page->system->paths[p];
    AIS_SCOPED(ais_str) way = {.data = NULL};
    for (size_t k = 0; k < path->component_count; k++)
        ais_str_add_format(&way, "%s%s", k > 0 ? " → " : "",
                           ais__place_page_component(page, path->components[k]));
    ais_str_add(page->out, "<tr>");
    ais_page_add_cell(page->out, path->name);
    ais_page_add_cell(page->out, ais_str_get(&way));
    add_against_limit(page->out, page->times.path_s[p], page->perf->path_limit_s[p]);
}

static void add_times(ais__place_page *page)
{
    ais_str_add(page->out,
                "<h2>Response times and their limits</h2><div class=wide><table><thead><tr>"
                "<th>component</th><th>design</th><th class=n>requests</th><th>mean response time"
                "</th><th>limit</th></tr></thead><tbody>");
    for (size_t i = 0; i < page->system->component_count; i++)
        add_component(page, page->system->order[i]);
    ais_str_add(page->out, "</tbody></table></div>");
    if (page->system->path_count == 0)
        return;
    ais_str_add(page->out,
                "<h3>Paths</h3><div class=wide><table><thead><tr><th>path</th><th>components</th>"
                "<th>mean response time</th><th>limit</th></tr></thead><tbody>");
    for (size_t p = 0; p < page->system->path_count; p++)
        add_path(page, p);
    ais_str_add(page->out, "</tbody></table></div>");
}

/* ---- the search ---- */

/* Values hold until the next point: a curve of steps. */
static size_t make_steps(const ais__place_page *page, bool of_bound, double *x, double *y)
{
    const ais_place_result *result = page->result;
    size_t count = 0;
    for (size_t i = 0; i < result->point_count; i++) {
        const ais_place_point *point = &result->points[i];
        const double value = of_bound ? point->bound : point->cost;
        if (!isfinite(value))
            continue;
        const double at = fmax(point->time_s, 1e-6);
        if (count > 0) {
            x[count] = at;
            y[count] = y[count - 1];
            count++;
        }
        x[count] = at;
        y[count++] = value;
    }
    return count;
}

static void find_range(const double *values, size_t count, double *low, double *high)
{
    for (size_t i = 0; i < count; i++) {
        *low = fmin(*low, values[i]);
        *high = fmax(*high, values[i]);
    }
}

static void add_curve(ais__place_page *page)
{
    const size_t most = 2 * page->result->point_count + 1;
    double *x = ais_arena_alloc(page->arena, most * sizeof *x);
    double *cost = ais_arena_alloc(page->arena, most * sizeof *cost);
    double *bound_x = ais_arena_alloc(page->arena, most * sizeof *bound_x);
    double *bound = ais_arena_alloc(page->arena, most * sizeof *bound);
    const size_t costs = make_steps(page, false, x, cost);
    const size_t bounds = make_steps(page, true, bound_x, bound);
    double low = INFINITY, high = -INFINITY, from = INFINITY, to = page->result->time_s;
    find_range(cost, costs, &low, &high);
    find_range(bound, bounds, &low, &high);
    find_range(x, costs, &from, &to);
    find_range(bound_x, bounds, &from, &to);
    if (costs + bounds < 2 || !(to > from))
        return;
    const double room = high > low ? 0.06 * (high - low) : 1;
    const ais_plot plot = {.x0 = from,
                           .x1 = to,
                           .y0 = fmax(low - room, 0),
                           .y1 = high + room,
                           .log_x = true,
                           .x_unit = AIS_PLOT_TIME,
                           .x_label = "time",
                           .y_label = "cost",
                           .title = "Incumbent and bound over time"};
    ais_str_add(page->out, "<h2>The search</h2><p class=soft>Blue: the cheapest placement so far. "
                           "Orange: what no placement can be cheaper than.</p>"
                           "<div class=plots><div class=plot>");
    ais_plot_begin(page->out, &plot);
    ais_plot_add_curve(page->out, &plot, x, cost, costs, 0);
    ais_plot_add_curve(page->out, &plot, bound_x, bound, bounds, 1);
    ais_plot_end(page->out);
    ais_str_add(page->out, "</div></div>");
}

static void add_proof(ais__place_page *page)
{
    const ais_place_result *result = page->result;
    ais_str_add(page->out, "<h3>What the search looked at</h3><div class=wide><table>"
                           "<tbody><tr><td>method</td>");
    ais_page_add_cell(page->out, result->method);
    ais_str_add(page->out, "</tr>");
    for (size_t i = 0; i < result->counter_count; i++) {
        ais_str_add(page->out, "<tr>");
        ais_page_add_cell(page->out, result->counter_names[i]);
        ais_page_add_number_cell(page->out, "%llu", (unsigned long long)result->counters[i]);
        ais_str_add(page->out, "</tr>");
    }
    ais_str_add(page->out, "</tbody></table></div>");
}

static void evaluate(ais__place_page *page)
{
    const ais_system *s = page->system;
    page->times = (ais_evaluation_result){
        .utilization = ais_arena_alloc(page->arena, (s->resource_count + 1) * sizeof(double)),
        .part_s = ais_arena_alloc(page->arena, (s->part_count + 1) * sizeof(double)),
        .component_s = ais_arena_alloc(page->arena, (s->component_count + 1) * sizeof(double)),
        .path_s = ais_arena_alloc(page->arena, (s->path_count + 1) * sizeof(double)),
    };
    ais_perf_evaluate(page->perf, page->placement, NULL, &page->times);
}

int ais_place_report_write(const ais_perf *perf, const ais_place_result *result,
                           const ais_place_conflict *conflict, const char *title,
                           const ais_place_names *names, const char *path, ais_error **err)
{
    AIS_SCOPED(ais_str) html = {.data = NULL};
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_FREE char *dir = ais_path_dir(path);
    ais__place_page page = {.perf = perf,
                            .system = perf->system,
                            .result = result,
                            .placement = result->best,
                            .names = names,
                            .arena = arena,
                            .out = &html};
    add_head(&page, title);
    if (conflict != NULL)
        add_conflict(&page, conflict);
    if (page.placement != NULL) {
        evaluate(&page);
        ais__place_page_add_lanes(&page);
        add_resources(&page);
        add_times(&page);
    }
    add_curve(&page);
    add_proof(&page);
    ais_page_end(&html);
    if (ais_dir_make(dir, err) < 0)
        return -1;
    return ais_file_write(path, html.data, html.length, err);
}
