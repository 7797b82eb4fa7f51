/* Measurements and figures; see record.h. */
#include "serve/record.h"

#include <math.h>

#include "base/stats.h"

ais_record *ais_record_new(const ais_plan *plan)
{
    ais_record *record = ais_alloc(sizeof *record);
    record->plan = plan;
    record->components = ais_alloc(plan->node_count * sizeof *record->components);
    record->paths = ais_alloc(plan->constraint_count * sizeof *record->paths);
    for (size_t i = 0; i < plan->node_count; i++)
        record->components[i].first_given_s = record->components[i].last_replied_s = NAN;
    return record;
}

void ais_record_free(ais_record *record)
{
    if (record == NULL)
        return;
    for (size_t i = 0; i < record->plan->node_count; i++)
        free(record->components[i].samples);
    free(record->components);
    free(record->paths);
    free(record->sessions);
    free(record);
}

void ais_record_add_hop(ais_record *record, const ais_hop *hop)
{
    ais_component_record *c = &record->components[hop->node];
    const double given_s = hop->given_s - record->begin_s;
    const double replied_s = given_s + hop->took_s;
    c->first_given_s = fmin(c->first_given_s, given_s); /* fmin and fmax pass over NAN */
    if (!hop->ok) {
        c->failed++;
        return;
    }
    c->last_replied_s = fmax(c->last_replied_s, replied_s);
    c->dropped += hop->dropped;
    c->samples = ais_grow(c->samples, &c->capacity, c->count + 1, sizeof *c->samples);
    c->samples[c->count++] = (ais_sample){.took_s = hop->took_s,
                                          .at_s = (float)replied_s,
                                          .function_s = (float)hop->function_s,
                                          .handling_s = (float)hop->handling_s};
}

static void add_path(ais_path_record *path, const ais_plan_constraint *constraint,
                     const ais_session_end *end)
{
    for (size_t i = 0; i < constraint->path_count; i++)
        if (isnan(end->replied_s[constraint->path[i]]))
            return; /* did not come all the way */
    const double took_s = end->replied_s[constraint->path[constraint->path_count - 1]] -
                          end->given_s[constraint->path[0]];
    path->count++;
    path->sum_s += took_s;
    path->worst_s = fmax(path->worst_s, took_s);
    path->over += took_s > constraint->limit;
}

void ais_record_add_session(ais_record *record, const ais_session_end *end)
{
    size_t *const counts[] = {[AIS_OUTCOME_OK] = &record->ok,
                              [AIS_OUTCOME_DROPPED] = &record->dropped,
                              [AIS_OUTCOME_FAILED] = &record->failed};
    ++*counts[end->outcome];
    for (size_t i = 0; i < record->plan->constraint_count; i++)
        if (record->plan->constraints[i].kind == AIS_PLAN_GLOBAL_TIME)
            add_path(&record->paths[i], &record->plan->constraints[i], end);
    if (end->outcome == AIS_OUTCOME_FAILED)
        return;
    record->sessions = ais_grow(record->sessions, &record->session_capacity,
                                record->session_count + 1, sizeof *record->sessions);
    record->sessions[record->session_count++] = (ais_session_sample){
        .took_s = end->ended_s - end->admitted_s, .at_s = (float)(end->ended_s - record->begin_s)};
}

/* Sorts `values`. */
static ais_figures make_figures(double *values, size_t count)
{
    if (count == 0)
        return (ais_figures){
            .mean_s = NAN, .p50_s = NAN, .p95_s = NAN, .p99_s = NAN, .worst_s = NAN};
    ais_stats_sort(values, count);
    return (ais_figures){.count = count,
                         .mean_s = ais_stats_mean(values, count),
                         .p50_s = ais_stats_quantile(values, count, 0.50),
                         .p95_s = ais_stats_quantile(values, count, 0.95),
                         .p99_s = ais_stats_quantile(values, count, 0.99),
                         .worst_s = values[count - 1]};
}

void ais_record_get_component(const ais_record *record, size_t node, ais_component_figures *out)
{
    const ais_component_record *c = &record->components[node];
    AIS_FREE double *values = ais_alloc(c->count * sizeof *values);
    size_t known = 0;
    for (size_t i = 0; i < c->count; i++)
        values[i] = c->samples[i].took_s;
    out->time = make_figures(values, c->count);
    for (size_t i = 0; i < c->count; i++)
        if (!isnan(c->samples[i].function_s))
            values[known++] = (double)c->samples[i].function_s;
    out->function = make_figures(values, known);
    known = 0;
    for (size_t i = 0; i < c->count; i++)
        if (!isnan(c->samples[i].function_s))
            values[known++] = c->samples[i].took_s - (double)c->samples[i].function_s +
                              (double)c->samples[i].handling_s;
    out->overhead = make_figures(values, known);
    const double busy_s = c->last_replied_s - c->first_given_s;
    out->rate_rps = busy_s > 0.0 ? (double)c->count / busy_s : (double)NAN;
}

void ais_record_get_sessions(const ais_record *record, ais_figures *out)
{
    AIS_FREE double *values = ais_alloc(record->session_count * sizeof *values);
    for (size_t i = 0; i < record->session_count; i++)
        values[i] = record->sessions[i].took_s;
    *out = make_figures(values, record->session_count);
}

static void judge_local(const ais_record *record, const ais_plan_constraint *constraint,
                        ais_verdict *out)
{
    const ais_component_record *c = &record->components[constraint->path[0]];
    double sum = 0.0;
    for (size_t i = 0; i < c->count; i++) {
        sum += c->samples[i].took_s;
        out->worst_s = fmax(out->worst_s, c->samples[i].took_s);
        out->over += c->samples[i].took_s > constraint->limit;
    }
    if (c->count > 0)
        out->value = sum / (double)c->count;
}

void ais_record_get_verdict(const ais_record *record, size_t constraint, ais_verdict *out)
{
    const ais_plan_constraint *c = &record->plan->constraints[constraint];
    const ais_path_record *path = &record->paths[constraint];
    *out = (ais_verdict){.value = NAN, .worst_s = NAN};
    switch (c->kind) {
    case AIS_PLAN_LOCAL_TIME:
        judge_local(record, c, out);
        break;
    case AIS_PLAN_GLOBAL_TIME:
        out->over = path->over;
        if (path->count > 0) {
            out->value = path->sum_s / (double)path->count;
            out->worst_s = path->worst_s;
        }
        break;
    case AIS_PLAN_THROUGHPUT: {
        ais_component_figures figures;
        ais_record_get_component(record, c->path[0], &figures);
        out->value = figures.rate_rps;
        break;
    }
    }
    out->met = c->kind == AIS_PLAN_THROUGHPUT ? out->value >= c->limit : out->value <= c->limit;
}
