/* The plots of the report: how long, when, how many. */
#include <math.h>

#include "base/stats.h"
#include "serve/report_priv.h"

enum { BINS = 36, DOTS = 1500, PERIODS = 60 };

/* Times of one component, or of whole sessions. */
typedef struct series {
    const char *name;
    double *took_s, *at_s; /* in order of time */
    size_t count;
    ais_figures figures;
    double limit_s; /* NAN = none */
    unsigned color;
} series;

static void series_clear(series *s)
{
    free(s->took_s);
    free(s->at_s);
}

static void series_reserve(series *s, size_t count)
{
    s->took_s = ais_alloc(count * sizeof *s->took_s);
    s->at_s = ais_alloc(count * sizeof *s->at_s);
    s->count = count;
}

static double find_limit(const ais_plan *plan, size_t node)
{
    for (size_t i = 0; i < plan->constraint_count; i++)
        if (plan->constraints[i].kind == AIS_PLAN_LOCAL_TIME &&
            plan->constraints[i].path[0] == node)
            return plan->constraints[i].limit;
    return NAN;
}

static series of_component(const ais_run_result *result, size_t node)
{
    const ais_component_record *c = &result->record->components[node];
    ais_component_figures figures;
    series s = {.name = result->plan->nodes[node].name,
                .limit_s = find_limit(result->plan, node),
                .color = (unsigned)(node % AIS_PLOT_COLORS)};
    series_reserve(&s, c->count);
    for (size_t i = 0; i < c->count; i++) {
        s.took_s[i] = c->samples[i].took_s;
        s.at_s[i] = (double)c->samples[i].at_s;
    }
    ais_record_get_component(result->record, node, &figures);
    s.figures = figures.time;
    return s;
}

static series of_sessions(const ais_run_result *result)
{
    const ais_record *record = result->record;
    series s = {.name = "End to end",
                .limit_s = NAN,
                .color = (unsigned)(result->plan->node_count % AIS_PLOT_COLORS)};
    series_reserve(&s, record->session_count);
    for (size_t i = 0; i < record->session_count; i++) {
        s.took_s[i] = record->sessions[i].took_s;
        s.at_s[i] = (double)record->sessions[i].at_s;
    }
    ais_record_get_sessions(record, &s.figures);
    return s;
}

/* ---- how long: a histogram over a logarithmic axis ---- */

static void add_quantiles(const series *s, const ais_plot *plot, ais_str *out)
{
    ais_plot_mark_x(out, plot, s->figures.p50_s, "p50", 0, false);
    ais_plot_mark_x(out, plot, s->figures.p95_s, "p95", 1, false);
    ais_plot_mark_x(out, plot, s->figures.p99_s, "p99", 2, false);
    ais_plot_mark_x(out, plot, s->limit_s, "limit", 3, true);
}

static void add_histogram(const series *s, ais_str *out)
{
    double counts[BINS] = {0.0}, most = 0.0, least = INFINITY;
    for (size_t i = 0; i < s->count; i++)
        least = fmin(least, s->took_s[i]);
    double low = fmax(least, 1e-7) / 1.1, high = fmax(s->figures.worst_s, 1e-7) * 1.1;
    if (high < 2.0 * low)
        high = 2.0 * low;
    const double scale = BINS / log(high / low);
    for (size_t i = 0; i < s->count; i++) {
        const double bin = floor(scale * log(fmax(s->took_s[i], low) / low));
        most = fmax(most, ++counts[(size_t)fmin(fmax(bin, 0.0), BINS - 1)]);
    }
    /* the limit is shown when it is near; the table above says where it is otherwise */
    const double shown = s->limit_s > high && s->limit_s < 20.0 * high ? 1.1 * s->limit_s : high;
    const ais_plot plot = {.x0 = low,
                           .x1 = shown,
                           .y1 = 1.15 * most,
                           .log_x = true,
                           .x_unit = AIS_PLOT_TIME,
                           .x_label = "time for one item",
                           .y_label = "items",
                           .title = "How long items took"};
    ais_plot_begin(out, &plot);
    for (size_t i = 0; i < BINS; i++)
        if (counts[i] > 0.0)
            ais_plot_add_bar(out, &plot, low * exp((double)i / scale),
                             low * exp((double)(i + 1) / scale), counts[i], s->color);
    add_quantiles(s, &plot, out);
    ais_plot_end(out);
}

/* ---- when: each item as a dot ---- */

static void add_history(const series *s, double wall_s, ais_str *out)
{
    /* the slowest hundredth may be far above: the rest must not be squeezed onto the axis */
    const double top =
        s->figures.worst_s < 5.0 * s->figures.p99_s ? s->figures.worst_s : 5.0 * s->figures.p99_s;
    const ais_plot plot = {.x1 = fmax(wall_s, 1e-6),
                           .y1 = 1.1 * fmax(top, 1e-7),
                           .x_unit = AIS_PLOT_TIME,
                           .y_unit = AIS_PLOT_TIME,
                           .x_label = "since the run began",
                           .y_label = "time for one item",
                           .title = "When items took how long"};
    AIS_FREE double *x = ais_alloc(s->count * sizeof *x);
    AIS_FREE double *y = ais_alloc(s->count * sizeof *y);
    const size_t stride = s->count / DOTS + 1;
    size_t shown = 0;
    for (size_t i = 0; i < s->count; i++)
        if (i % stride == 0 || s->took_s[i] > s->figures.p99_s) {
            x[shown] = s->at_s[i];
            y[shown++] = fmin(s->took_s[i], plot.y1); /* beyond the top: at its edge */
        }
    ais_plot_begin(out, &plot);
    ais_plot_add_dots(out, &plot, x, y, shown, s->color);
    ais_plot_mark_y(out, &plot, s->limit_s, "limit", true);
    ais_plot_end(out);
}

static void add_panel(const series *s, double wall_s, ais_str *out)
{
    if (s->count == 0)
        return;
    ais_str_add(out, "<div class=plot><h3>");
    ais_page_add_text(out, s->name);
    ais_str_add(out, "</h3>");
    add_histogram(s, out);
    ais_str_add(out, "</div><div class=plot><h3>");
    ais_page_add_text(out, s->name);
    ais_str_add(out, ", over time</h3>");
    add_history(s, wall_s, out);
    ais_str_add(out, "</div>");
}

void ais__report_add_latency(const ais_run_result *result, ais_str *out)
{
    ais_str_add(out,
                "<h2>Latency</h2><p class=soft>From the moment an item is given to a component "
                "until its reply; end to end: from its admission until nothing of it is left, "
                "waiting included.</p><div class=plots>");
    for (size_t i = 0; i < result->plan->node_count; i++) {
        AIS_SCOPED(series) s = of_component(result, i);
        add_panel(&s, result->wall_s, out);
    }
    if (result->plan->node_count > 1) {
        AIS_SCOPED(series) s = of_sessions(result);
        add_panel(&s, result->wall_s, out);
    }
    ais_str_add(out, "</div>");
}

/* ---- how many ---- */

static void count_periods(const series *s, double period_s, double *rates)
{
    for (size_t i = 0; i < PERIODS; i++)
        rates[i] = 0.0;
    for (size_t i = 0; i < s->count; i++) {
        const double at = floor(s->at_s[i] / period_s);
        rates[(size_t)fmin(fmax(at, 0.0), PERIODS - 1)] += 1.0 / period_s;
    }
}

static void add_legend(const ais_run_result *result, ais_str *out)
{
    ais_str_add(out, "<p>");
    for (size_t i = 0; i < result->plan->node_count; i++) {
        ais_str_add_format(out,
                           "<svg viewBox=\"0 0 12 12\" style=\"width:12px;display:inline\"><path "
                           "class=\"line c%zu\" d=\"M0 6h12\"/></svg> ",
                           i % AIS_PLOT_COLORS);
        ais_page_add_text(out, result->plan->nodes[i].name);
        ais_str_add(out, " &nbsp; ");
    }
    ais_str_add(out, "</p>");
}

void ais__report_add_throughput(const ais_run_result *result, ais_str *out)
{
    const double period_s = fmax(result->wall_s, 1e-6) / PERIODS;
    const size_t nodes = result->plan->node_count;
    AIS_FREE double *rates = ais_alloc(nodes * PERIODS * sizeof *rates);
    double x[PERIODS], most = 0.0;
    for (size_t n = 0; n < nodes; n++) {
        AIS_SCOPED(series) s = of_component(result, n);
        count_periods(&s, period_s, &rates[n * PERIODS]);
        for (size_t i = 0; i < PERIODS; i++)
            most = fmax(most, rates[n * PERIODS + i]);
    }
    if (most <= 0.0)
        return;
    for (size_t i = 0; i < PERIODS; i++)
        x[i] = ((double)i + 0.5) * period_s;
    const ais_plot plot = {.x1 = PERIODS * period_s,
                           .y1 = 1.15 * most,
                           .x_unit = AIS_PLOT_TIME,
                           .x_label = "since the run began",
                           .y_label = "items per second",
                           .title = "Throughput over time"};
    ais_str_add(out, "<h2>Throughput</h2><div class=plots><div class=plot><h3>Finished items</h3>");
    ais_plot_begin(out, &plot);
    for (size_t n = 0; n < nodes; n++)
        ais_plot_add_line(out, &plot, x, &rates[n * PERIODS], PERIODS,
                          (unsigned)(n % AIS_PLOT_COLORS));
    ais_plot_end(out);
    add_legend(result, out);
    ais_str_add(out, "</div></div>");
}
