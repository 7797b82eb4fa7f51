/* The result of a run as a document and as a table; see serve.h. */
#include <math.h>
#include <string.h>

#include "serve/serve.h"

/* Times are measured to the nanosecond; more digits would be noise. */
static ais_doc_node *number(ais_doc *doc, double value)
{
    return isnan(value) ? ais_doc_new_null(doc) : ais_doc_new_float(doc, round(value * 1e9) / 1e9);
}

static ais_doc_node *count(ais_doc *doc, size_t value)
{
    return ais_doc_new_int(doc, (int64_t)value);
}

static void put_figures(ais_doc *doc, ais_doc_node *map, const ais_figures *f)
{
    ais_doc_put(map, "p50_s", number(doc, f->p50_s));
    ais_doc_put(map, "p95_s", number(doc, f->p95_s));
    ais_doc_put(map, "p99_s", number(doc, f->p99_s));
    ais_doc_put(map, "mean_s", number(doc, f->mean_s));
    ais_doc_put(map, "max_s", number(doc, f->worst_s));
}

static ais_doc_node *component_node(const ais_run_result *result, size_t i, ais_doc *doc)
{
    const ais_component_record *c = &result->record->components[i];
    ais_component_figures f;
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_record_get_component(result->record, i, &f);
    ais_doc_put(map, "name", ais_doc_new_string(doc, result->plan->nodes[i].name));
    ais_doc_put(map, "items", count(doc, c->count + c->failed));
    put_figures(doc, map, &f.time);
    ais_doc_put(map, "function_p50_s", number(doc, f.function.p50_s));
    ais_doc_put(map, "overhead_p50_s", number(doc, f.overhead.p50_s));
    ais_doc_put(map, "throughput_rps", number(doc, f.rate_rps));
    ais_doc_put(map, "failed", count(doc, c->failed));
    ais_doc_put(map, "dropped", count(doc, c->dropped));
    ais_doc_put(map, "restarts", count(doc, result->restarts[i]));
    return map;
}

static ais_doc_node *constraint_node(const ais_run_result *result, size_t i, ais_doc *doc)
{
    const ais_plan_constraint *c = &result->plan->constraints[i];
    ais_verdict verdict;
    ais_doc_node *map = ais_doc_new_map(doc), *path = ais_doc_new_list(doc);
    ais_record_get_verdict(result->record, i, &verdict);
    ais_doc_put(map, "name", ais_doc_new_string(doc, c->name));
    ais_doc_put(map, "kind", ais_doc_new_string(doc, ais_plan_kind_name(c->kind)));
    ais_doc_put(map, "limit", ais_doc_new_float(doc, c->limit));
    ais_doc_put(map, "value", number(doc, verdict.value));
    ais_doc_put(map, "met",
                isnan(verdict.value) ? ais_doc_new_null(doc) : ais_doc_new_bool(doc, verdict.met));
    for (size_t k = 0; k < c->path_count; k++)
        ais_doc_append(path, ais_doc_new_string(doc, result->plan->nodes[c->path[k]].name));
    ais_doc_put(map, "components", path);
    ais_doc_put(map, "worst_s", number(doc, verdict.worst_s));
    ais_doc_put(map, "over", count(doc, verdict.over));
    return map;
}

static ais_doc_node *failures_node(const ais_run_result *result, ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < result->failure_count; i++) {
        const ais_run_failure *failure = &result->failures[i];
        ais_doc_node *map = ais_doc_new_map(doc);
        ais_doc_put(map, "component", ais_doc_new_string(doc, failure->component));
        ais_doc_put(map, "item", ais_doc_new_string(doc, failure->item));
        ais_doc_put(map, "error", ais_doc_new_string(doc, failure->error));
        ais_doc_put(map, "code", ais_doc_new_string(doc, failure->code));
        ais_doc_append(list, map);
    }
    return list;
}

static ais_doc_node *security_node(const ais_run_result *result, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc), *asked = ais_doc_new_list(doc);
    for (size_t i = 0; i < result->plan->protection_count; i++) {
        const ais_plan_protection *p = &result->plan->protections[i];
        ais_doc_node *entry = ais_doc_new_map(doc);
        ais_doc_put(entry, "component", ais_doc_new_string(doc, p->component));
        ais_doc_put(entry, "protection", ais_doc_new_string(doc, p->name));
        ais_doc_put(entry, "asked_by", ais_doc_new_string(doc, p->where));
        ais_doc_append(asked, entry);
    }
    ais_doc_put(map, "asked", asked);
    ais_doc_put(map, "enforced", ais_doc_new_list(doc));
    return map;
}

static ais_doc_node *score_node(const ais_score *score, ais_doc *doc)
{
    ais_doc_node *map = ais_doc_new_map(doc), *cells = ais_doc_new_list(doc);
    const double accuracy =
        score->labelled > 0 ? (double)score->right / (double)score->labelled : (double)NAN;
    ais_doc_put(map, "labelled", count(doc, score->labelled));
    ais_doc_put(map, "right", count(doc, score->right));
    ais_doc_put(map, "accuracy", number(doc, accuracy));
    for (size_t i = 0; i < score->count; i++) {
        ais_doc_node *cell = ais_doc_new_map(doc);
        ais_doc_put(cell, "label", ais_doc_new_string(doc, score->cells[i].label));
        ais_doc_put(cell, "given", ais_doc_new_string(doc, score->cells[i].given));
        ais_doc_put(cell, "items", count(doc, score->cells[i].count));
        ais_doc_append(cells, cell);
    }
    ais_doc_put(map, "confusion", cells);
    return map;
}

/* Finished items a second. */
static double throughput(const ais_run_result *result)
{
    const ais_record *record = result->record;
    return result->wall_s > 0.0 ? (double)(record->ok + record->dropped) / result->wall_s : 0.0;
}

ais_doc_node *ais_run_result_to_node(const ais_run_result *result, ais_doc *doc)
{
    const ais_record *record = result->record;
    ais_doc_node *root = ais_doc_new_map(doc), *components = ais_doc_new_list(doc);
    ais_doc_node *constraints = ais_doc_new_list(doc), *sessions = ais_doc_new_map(doc);
    ais_figures end_to_end;
    ais_record_get_sessions(record, &end_to_end);
    for (size_t i = 0; i < result->plan->node_count; i++)
        ais_doc_append(components, component_node(result, i, doc));
    for (size_t i = 0; i < result->plan->constraint_count; i++)
        ais_doc_append(constraints, constraint_node(result, i, doc));
    put_figures(doc, sessions, &end_to_end);
    ais_doc_put(root, "items", count(doc, result->items));
    ais_doc_put(root, "ok", count(doc, record->ok));
    ais_doc_put(root, "failed", count(doc, record->failed));
    ais_doc_put(root, "dropped", count(doc, record->dropped));
    ais_doc_put(root, "wall_s", number(doc, result->wall_s));
    ais_doc_put(root, "throughput_rps", number(doc, throughput(result)));
    ais_doc_put(root, "components", components);
    ais_doc_put(root, "constraints", constraints);
    ais_doc_put(root, "application", ais_doc_new_string(doc, result->plan->app_name));
    ais_doc_put(root, "deployment", ais_doc_new_string(doc, result->plan->deployment));
    ais_doc_put(root, "output", ais_doc_new_string(doc, result->output));
    ais_doc_put(root, "mode", ais_doc_new_string(doc, result->cold ? "cold" : "warm"));
    ais_doc_put(root, "parallel", count(doc, result->parallel));
    ais_doc_put(root, "interrupted", ais_doc_new_bool(doc, result->interrupted));
    ais_doc_put(root, "startup_s", number(doc, result->startup_s));
    ais_doc_put(root, "end_to_end", sessions);
    ais_doc_put(root, "failures", failures_node(result, doc));
    ais_doc_put(root, "security", security_node(result, doc));
    if (result->score != NULL)
        ais_doc_put(root, "labels", score_node(result->score, doc));
    return root;
}

/* ---- the table ---- */

/* "12.3 ms" in 10 columns; "-" when nothing was measured. */
static void add_time(ais_str *out, double seconds)
{
    static const struct {
        double below, scale;
        const char *unit;
    } units[] = {{.below = 1e-3, .scale = 1e6, .unit = "us"},
                 {.below = 1.0, .scale = 1e3, .unit = "ms"},
                 {.below = INFINITY, .scale = 1.0, .unit = "s "}};
    size_t i = 0;
    if (isnan(seconds)) {
        ais_str_add_format(out, "%10s", "-");
        return;
    }
    while (seconds >= units[i].below)
        i++;
    ais_str_add_format(out, "%7.*f %s", seconds * units[i].scale < 100.0 ? 2 : 0,
                       seconds * units[i].scale, units[i].unit);
}

static void add_row(ais_str *out, int width, const char *name, size_t items, const ais_figures *f)
{
    ais_str_add_format(out, "%-*s  %7zu  ", width, name, items);
    add_time(out, f->p50_s);
    ais_str_add(out, "  ");
    add_time(out, f->p95_s);
    ais_str_add(out, "  ");
    add_time(out, f->p99_s);
}

static void add_components(const ais_run_result *result, ais_str *out)
{
    const ais_plan *plan = result->plan;
    int width = 10;
    for (size_t i = 0; i < plan->node_count; i++) {
        const int length = (int)strlen(plan->nodes[i].name);
        width = length > width ? length : width;
    }
    ais_str_add_format(out, "%-*s  %7s  %10s  %10s  %10s  %10s\n", width, "component", "items",
                       "p50", "p95", "p99", "items/s");
    for (size_t i = 0; i < plan->node_count; i++) {
        const ais_component_record *c = &result->record->components[i];
        ais_component_figures f;
        ais_record_get_component(result->record, i, &f);
        add_row(out, width, plan->nodes[i].name, c->count + c->failed, &f.time);
        if (isnan(f.rate_rps))
            ais_str_add_format(out, "  %10s\n", "-");
        else
            ais_str_add_format(out, "  %10.1f\n", f.rate_rps);
    }
    ais_figures end_to_end;
    ais_record_get_sessions(result->record, &end_to_end);
    add_row(out, width, "end to end", end_to_end.count, &end_to_end);
    ais_str_add_format(out, "  %10.1f\n", throughput(result));
}

static void add_constraints(const ais_run_result *result, ais_str *out)
{
    static const char *const units[] = {[AIS_PLAN_LOCAL_TIME] = "s",
                                        [AIS_PLAN_GLOBAL_TIME] = "s",
                                        [AIS_PLAN_THROUGHPUT] = "items/s"};
    for (size_t i = 0; i < result->plan->constraint_count; i++) {
        const ais_plan_constraint *c = &result->plan->constraints[i];
        ais_verdict verdict;
        ais_record_get_verdict(result->record, i, &verdict);
        ais_str_add_format(out, "%-8s  %s: ",
                           isnan(verdict.value) ? "no data"
                           : verdict.met        ? "met"
                                                : "BROKEN",
                           c->name);
        for (size_t k = 0; k < c->path_count; k++)
            ais_str_add_format(out, "%s%s", k > 0 ? " > " : "",
                               result->plan->nodes[c->path[k]].name);
        ais_str_add_format(
            out, c->kind == AIS_PLAN_THROUGHPUT ? ", at least %g %s" : ", mean at most %g %s",
            c->limit, units[c->kind]);
        if (!isnan(verdict.value))
            ais_str_add_format(out, ", was %.4g", verdict.value);
        if (verdict.over > 0)
            ais_str_add_format(out, " (%zu above it, worst %.4g s)", verdict.over, verdict.worst_s);
        ais_str_add_char(out, '\n');
    }
}

/* Names and messages may hold what a terminal would act on. */
static void add_printable(ais_str *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        ais_str_add_char(out, c < 0x20 || c == 0x7f ? '?' : text[i]);
    }
}

/* How much of the first line of a message is shown: whole characters. */
static size_t measure_line(const char *text)
{
    enum { MOST = 300 };
    size_t length = strcspn(text, "\n");
    if (length <= MOST)
        return length;
    length = MOST;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static void add_failures(const ais_run_result *result, ais_str *out)
{
    enum { SHOWN = 5 };
    for (size_t i = 0; i < result->failure_count && i < SHOWN; i++) {
        const ais_run_failure *f = &result->failures[i];
        ais_str_add(out, "failed    ");
        add_printable(out, f->item, strlen(f->item));
        ais_str_add_format(out, " in %s: ", f->component);
        const size_t length = measure_line(f->error);
        add_printable(out, f->error, length);
        ais_str_add(out, f->error[length] != '\0' ? " ...\n" : "\n");
    }
    if (result->failure_count > SHOWN)
        ais_str_add_format(out, "failed    ... all of them with their reasons: %s/failed\n",
                           result->output);
}

void ais_run_result_write_text(const ais_run_result *result, ais_str *out)
{
    const ais_record *record = result->record;
    ais_str_add_format(
        out, "%s: %zu item%s: %zu ok, %zu dropped, %zu failed in %.2f s (%.1f items/s)\n\n",
        result->plan->app_name, result->items, result->items == 1 ? "" : "s", record->ok,
        record->dropped, record->failed, result->wall_s, throughput(result));
    add_components(result, out);
    ais_str_add_char(out, '\n');
    add_constraints(result, out);
    if (result->score != NULL && result->score->labelled > 0)
        ais_str_add_format(out, "accuracy  %.2f %% (%zu of %zu labelled items are right)\n",
                           100.0 * (double)result->score->right / (double)result->score->labelled,
                           result->score->right, result->score->labelled);
    else if (result->score != NULL)
        ais_str_add(out, "accuracy  no data: no item has a label\n");
    add_failures(result, out);
}
