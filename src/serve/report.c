/* The HTML report of a run: one file that needs no other; see serve.h. */
#include <math.h>
#include <time.h>

#include "base/file.h"
#include "serve/machine.h"
#include "serve/report_priv.h"

enum { FAILURES_SHOWN = 100 };

static double throughput(const ais_run_result *result)
{
    return result->wall_s > 0.0
               ? (double)(result->record->ok + result->record->dropped) / result->wall_s
               : 0.0;
}

/* ---- head ---- */

static void add_count_tile(ais_str *out, const char *kind, const char *name, size_t value)
{
    AIS_FREE char *text = ais_format("%zu", value);
    ais_page_add_tile(out, value > 0 ? kind : "", name, text);
}

static void count_constraints(const ais_run_result *result, size_t *met, size_t *judged)
{
    for (size_t i = 0; i < result->plan->constraint_count; i++) {
        ais_verdict verdict;
        ais_record_get_verdict(result->record, i, &verdict);
        *judged += !isnan(verdict.value);
        *met += !isnan(verdict.value) && verdict.met;
    }
}

static void add_tiles(const ais_run_result *result, ais_str *out)
{
    const ais_record *record = result->record;
    size_t met = 0, judged = 0;
    ais_figures end_to_end;
    ais_record_get_sessions(record, &end_to_end);
    count_constraints(result, &met, &judged);
    AIS_SCOPED(ais_str) wall = {.data = NULL};
    AIS_SCOPED(ais_str) median = {.data = NULL};
    ais_page_add_time(&wall, result->wall_s);
    ais_page_add_time(&median, end_to_end.p50_s);
    AIS_FREE char *rate = ais_format("%.4g/s", throughput(result));
    ais_str_add(out, "<div class=tiles>");
    add_count_tile(out, "", "items", result->items);
    add_count_tile(out, "good", "ok", record->ok);
    add_count_tile(out, "", "dropped", record->dropped);
    add_count_tile(out, "bad", "failed", record->failed);
    ais_page_add_tile(out, "", "wall time", ais_str_get(&wall));
    ais_page_add_tile(out, "", "throughput", rate);
    ais_page_add_tile(out, "", "end to end, median", ais_str_get(&median));
    if (judged > 0) {
        AIS_FREE char *text = ais_format("%zu of %zu", met, judged);
        ais_page_add_tile(out, met == judged ? "good" : "bad", "constraints met", text);
    }
    if (result->score != NULL && result->score->labelled > 0) {
        AIS_FREE char *text = ais_format("%.2f&nbsp;%%", 100.0 * (double)result->score->right /
                                                             (double)result->score->labelled);
        ais_page_add_tile(out, "", "accuracy", text);
    }
    ais_str_add(out, "</div>");
}

static void add_head(const ais_run_result *result, ais_str *out)
{
    char when[64] = "";
    struct tm utc;
    const time_t began = (time_t)result->began_s;
    if (gmtime_r(&began, &utc) != NULL)
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &utc);
    AIS_FREE char *title = ais_format("%s: run of %s", result->plan->app_name, when);
    ais_page_begin(out, title, result->plan->app_name);
    ais_str_add(out, "<p class=soft>Deployment ");
    ais_page_add_text(out, result->plan->deployment);
    ais_str_add_format(out, ", run on this machine on %s; %s, %zu process%s a component.</p>", when,
                       result->cold ? "cold (a fresh process for each item)" : "warm",
                       result->parallel, result->parallel > 1 ? "es" : "");
    if (result->interrupted)
        ais_str_add(out,
                    "<p class=bad><b>The run was interrupted.</b> This is what was finished.</p>");
}

/* ---- constraints ---- */

/* How much of the limit was used; for a throughput, how much of it was reached. The tick is the limit. */
static void add_gauge(const ais_plan_constraint *c, const ais_verdict *verdict, ais_str *out)
{
    const double share = verdict->value / c->limit;
    const double full = fmax(1.25, fmin(share, 20.0) * 1.05);
    ais_str_add_format(
        out,
        "<div class=\"gauge%s\"><i style=\"width:%.1f%%\"></i><u style=\"left:%.1f%%\"></u></div>",
        verdict->met ? "" : " over", 100.0 * fmin(share / full, 1.0), 100.0 / full);
}

static void add_value(const ais_plan_constraint *c, double value, ais_str *out)
{
    if (c->kind != AIS_PLAN_THROUGHPUT)
        ais_page_add_time(out, value);
    else if (isnan(value))
        ais_str_add(out, "&ndash;");
    else
        ais_str_add_format(out, "%.4g/s", value);
}

static void add_constraint(const ais_run_result *result, size_t i, ais_str *out)
{
    static const char *const kinds[] = {[AIS_PLAN_LOCAL_TIME] = "mean time of",
                                        [AIS_PLAN_GLOBAL_TIME] = "mean time along",
                                        [AIS_PLAN_THROUGHPUT] = "throughput of"};
    const ais_plan_constraint *c = &result->plan->constraints[i];
    ais_verdict verdict;
    ais_record_get_verdict(result->record, i, &verdict);
    const bool known = !isnan(verdict.value);
    ais_str_add_format(out, "<tr><td class=%s><b>%s</b></td><td>",
                       !known        ? "soft"
                       : verdict.met ? "good"
                                     : "bad",
                       !known        ? "no data"
                       : verdict.met ? "met"
                                     : "broken");
    ais_page_add_text(out, c->name);
    ais_str_add_format(out, "<br><span class=soft>%s ", kinds[c->kind]);
    for (size_t k = 0; k < c->path_count; k++) {
        ais_str_add(out, k > 0 ? " &rarr; " : "");
        ais_page_add_text(out, result->plan->nodes[c->path[k]].name);
    }
    ais_str_add(out, c->kind == AIS_PLAN_THROUGHPUT ? "</span></td><td class=n>&ge; "
                                                    : "</span></td><td class=n>&le; ");
    add_value(c, c->limit, out);
    ais_str_add(out, "</td><td class=n>");
    add_value(c, verdict.value, out);
    ais_str_add(out, "</td><td>");
    if (known)
        add_gauge(c, &verdict, out);
    ais_str_add(out, "</td><td class=n>");
    ais_page_add_time(out, verdict.worst_s);
    ais_str_add_format(out, "</td><td class=n>%zu</td></tr>", verdict.over);
}

static void add_constraints(const ais_run_result *result, ais_str *out)
{
    if (result->plan->constraint_count == 0)
        return;
    ais_str_add(
        out,
        "<h2>Quality of service</h2><div class=wide><table><thead><tr><th></th><th>constraint</th>"
        "<th class=n>limit</th><th class=n>measured</th><th>of the limit</th><th class=n>worst"
        "</th><th class=n>items over</th></tr></thead><tbody>");
    for (size_t i = 0; i < result->plan->constraint_count; i++)
        add_constraint(result, i, out);
    ais_str_add(out, "</tbody></table></div>");
}

/* ---- components ---- */

static void add_time_cell(ais_str *out, double seconds)
{
    ais_str_add(out, "<td class=n>");
    ais_page_add_time(out, seconds);
    ais_str_add(out, "</td>");
}

static void add_component(const ais_run_result *result, size_t i, ais_str *out)
{
    const ais_component_record *c = &result->record->components[i];
    ais_component_figures f;
    ais_record_get_component(result->record, i, &f);
    ais_str_add(out, "<tr><td>");
    ais_page_add_text(out, result->plan->nodes[i].name);
    ais_str_add_format(out,
                       "</td><td class=n>%zu</td><td class=n>%zu</td><td class=\"n%s\">%zu</td>",
                       c->count + c->failed, c->dropped, c->failed > 0 ? " bad" : "", c->failed);
    const double times[] = {f.time.p50_s,  f.time.p95_s,     f.time.p99_s,
                            f.time.mean_s, f.function.p50_s, f.overhead.p50_s};
    for (size_t k = 0; k < AIS_COUNT(times); k++)
        add_time_cell(out, times[k]);
    if (isnan(f.rate_rps))
        ais_str_add(out, "<td class=n>&ndash;</td></tr>");
    else
        ais_str_add_format(out, "<td class=n>%.4g/s</td></tr>", f.rate_rps);
}

static void add_components(const ais_run_result *result, ais_str *out)
{
    ais_str_add(
        out,
        "<h2>Components</h2><div class=wide><table><thead><tr><th>component</th><th class=n>items"
        "</th><th class=n>dropped</th><th class=n>failed</th><th class=n>p50</th><th class=n>p95"
        "</th><th class=n>p99</th><th class=n>mean</th><th class=n>own function, p50</th>"
        "<th class=n>overhead, p50</th><th class=n>throughput</th></tr></thead><tbody>");
    for (size_t i = 0; i < result->plan->node_count; i++)
        add_component(result, i, out);
    ais_str_add(out, "</tbody></table></div>");
}

/* ---- the rest ---- */

static void add_failures(const ais_run_result *result, ais_str *out)
{
    if (result->failure_count == 0)
        return;
    ais_str_add(
        out,
        "<h2>Failures</h2><div class=wide><table><caption>The items and the reasons are kept in ");
    ais_page_add_text(out, result->output);
    ais_str_add(
        out,
        "/failed</caption><thead><tr><th>item</th><th>component</th><th>reason</th></tr></thead>"
        "<tbody>");
    for (size_t i = 0; i < result->failure_count && i < FAILURES_SHOWN; i++) {
        const ais_run_failure *f = &result->failures[i];
        ais_str_add(out, "<tr><td>");
        ais_page_add_text(out, f->item);
        ais_str_add(out, "</td><td>");
        ais_page_add_text(out, f->component);
        ais_str_add(out, "</td><td><pre>");
        ais_page_add_text(out, f->error);
        ais_str_add(out, "</pre></td></tr>");
    }
    ais_str_add(out, "</tbody></table></div>");
    if (result->failure_count > FAILURES_SHOWN)
        ais_str_add_format(out, "<p class=soft>The first %d are listed.</p>", FAILURES_SHOWN);
}

static void add_protections(const ais_run_result *result, ais_str *out)
{
    if (result->plan->protection_count == 0)
        return;
    ais_str_add(
        out,
        "<h2>Security</h2><p class=bad>Protections are asked for; a run on this machine enforces "
        "none of them.</p><table><thead><tr><th>component</th><th>protection</th><th>asked for by"
        "</th></tr></thead><tbody>");
    for (size_t i = 0; i < result->plan->protection_count; i++) {
        const ais_plan_protection *p = &result->plan->protections[i];
        ais_str_add(out, "<tr><td>");
        ais_page_add_text(out, p->component);
        ais_str_add_format(out, "</td><td>%s</td><td>%s</td></tr>", p->name, p->where);
    }
    ais_str_add(out, "</tbody></table>");
}

static void add_machine(const ais_run_result *result, ais_str *out)
{
    AIS_SCOPED(ais_machine) machine;
    ais_machine_read(&machine);
    ais_str_add(out, "<h2>Machine</h2><p>");
    ais_page_add_text(out, machine.processor);
    ais_str_add_format(out, ", %ld core%s, %.1f&nbsp;GiB of memory; ", machine.cores,
                       machine.cores == 1 ? "" : "s",
                       machine.memory_bytes / (1024.0 * 1024.0 * 1024.0));
    ais_page_add_text(out, machine.system);
    ais_str_add(out, "; aisprint " AIS_VERSION ".</p><p class=soft>Workers were ready after ");
    ais_page_add_time(out, result->startup_s);
    ais_str_add(out, ", which is not part of the wall time. Results: ");
    ais_page_add_text(out, result->output);
    ais_str_add(out, "</p>");
}

int ais_run_result_write_report(const ais_run_result *result, const char *path, ais_error **err)
{
    AIS_SCOPED(ais_str) html = {.data = NULL};
    add_head(result, &html);
    add_tiles(result, &html);
    add_constraints(result, &html);
    add_components(result, &html);
    ais__report_add_latency(result, &html);
    ais__report_add_throughput(result, &html);
    if (result->score != NULL)
        ais__report_add_labels(result->score, &html);
    add_failures(result, &html);
    add_protections(result, &html);
    add_machine(result, &html);
    ais_page_end(&html);
    AIS_FREE char *dir = ais_path_dir(path);
    if (ais_dir_make(dir, err) < 0)
        return -1;
    return ais_file_write(path, html.data, html.length, err);
}
