/* Choices among alternatives, enumerated and ranked; see performance.h. */
#include <math.h>
#include <string.h>

#include "design/performance_priv.h"

/* A component with alternatives: itself, then these. */
typedef struct group {
    size_t original;
    size_t *options;
    size_t count;
} group;

typedef struct ranking {
    ais__performance p;
    ais_onnx_rule rule;
    ais_performance *out;
    group *groups; /* in the order of System.alternative_components */
    size_t group_count;
    struct outcome *outcomes; /* one a choice along the chain, computed when first asked for */
} ranking;

typedef struct outcome {
    bool known;
    double metric;
    const double *passes; /* by filter */
} outcome;

void ais_performance_free(ais_performance *performance)
{
    if (performance == NULL)
        return;
    ais_arena_free(performance->arena);
    free(performance);
}

ais_performance_alternative *ais_performance_find(const ais_performance *performance, size_t number)
{
    return number < performance->alternative_count
               ? &performance->alternatives[performance->places[number]]
               : NULL;
}

/* ---- enumeration ---- */

static group *find_group(ranking *r, size_t original)
{
    for (size_t i = 0; i < r->group_count; i++)
        if (r->groups[i].original == original)
            return &r->groups[i];
    group *added = &r->groups[r->group_count++];
    *added = (group){
        .original = original,
        .options = ais_arena_alloc(r->p.arena, r->p.app->component_count * sizeof *added->options),
        .count = 1};
    added->options[0] = original;
    return added;
}

static int find_groups(ranking *r, size_t *total)
{
    const ais_app *app = r->p.app;
    const size_t alternatives = app->component_count - app->base_component_count;
    r->groups = ais_arena_alloc(r->p.arena, alternatives * sizeof *r->groups);
    for (size_t i = app->base_component_count; i < app->component_count; i++) {
        group *g = find_group(r, app->components[i].original);
        g->options[g->count++] = i;
    }
    *total = 1;
    for (size_t i = 0; i < r->group_count; i++) {
        *total *= r->groups[i].count;
        if (*total <= AIS_PERFORMANCE_MAX_ALTERNATIVES)
            continue;
        ais_diags_add(r->p.diags, AIS_SEVERITY_ERROR, "limit",
                      app->components[app->base_component_count].pos, NULL,
                      "there are more than %d choices among alternatives",
                      AIS_PERFORMANCE_MAX_ALTERNATIVES);
        return -1;
    }
    return 0;
}

static void choose(const ranking *r, size_t number, size_t *choice)
{
    for (size_t i = 0; i < r->p.app->base_component_count; i++)
        choice[i] = i;
    for (size_t i = r->group_count; i-- > 0; number /= r->groups[i].count)
        choice[r->groups[i].original] = r->groups[i].options[number % r->groups[i].count];
}

/* ---- metric ---- */

/* Weights of the classes in their order, with the sum 1; NULL without a table of weights. */
static double *weights_of(const ais__performance *p, const ais_cascade_result *result,
                          ais_arena *arena)
{
    if (p->weights == NULL)
        return NULL;
    double *weights = ais_arena_alloc(arena, result->count * sizeof *weights), sum = 0.0;
    for (size_t i = 0; i < result->count; i++) {
        const double *weight = ais_map_find(p->weights, result->classes[i]);
        weights[i] = *weight;
        sum += *weight;
    }
    for (size_t i = 0; i < result->count; i++)
        weights[i] /= sum;
    return weights;
}

static void compute(const ranking *r, const size_t *choice, outcome *out)
{
    const ais__performance *p = &r->p;
    const size_t filters = p->chain_count - 1;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_cascade_filter *list = ais_arena_alloc(arena, filters * sizeof *list);
    double *passes = ais_arena_alloc(p->arena, filters * sizeof *passes);
    for (size_t k = 0; k < filters; k++) {
        const ais__performance_model *model = &p->models[choice[p->chain[k]]];
        list[k] = (ais_cascade_filter){.confusion = &model->confusion, .filtered = model->filtered};
    }
    const ais_cascade cascade = {.filters = list,
                                 .filter_count = filters,
                                 .classifier = &p->models[choice[p->chain[filters]]].confusion};
    ais_cascade_result result;
    ais_cascade_compute(&cascade, arena, &result);
    const double *weights = weights_of(p, &result, arena);
    memcpy(passes, result.passes, filters * sizeof *passes);
    *out = (outcome){.known = true, .passes = passes};
    if (r->rule == AIS_ONNX_RULE_STUDIO && filters == 1) {
        out->metric = ais_cascade_studio(&cascade, p->metric, weights);
        return;
    }
    ais_class_scores *scores = ais_arena_alloc(arena, result.count * sizeof *scores);
    ais_class_scores_of(result.joint, result.count, scores);
    out->metric = p->metric->compute(scores, result.count, weights);
}

/* The outcome of a choice: only the chain's members decide it. */
static const outcome *find_outcome(const ranking *r, const size_t *choice)
{
    size_t at = 0;
    for (size_t k = 0; k < r->p.chain_count; k++) {
        const size_t member = r->p.chain[k];
        for (size_t i = 0; i < r->group_count; i++) {
            if (r->groups[i].original != member)
                continue;
            size_t option = 0;
            while (r->groups[i].options[option] != choice[member])
                option++;
            at = at * r->groups[i].count + option;
        }
    }
    if (!r->outcomes[at].known)
        compute(r, choice, &r->outcomes[at]);
    return &r->outcomes[at];
}

static size_t find_edge(const ais_app *app, size_t from, size_t to)
{
    size_t i = 0;
    while (app->edges[i].from != from || app->edges[i].to != to)
        i++;
    return i;
}

static void enumerate(ranking *r, size_t total, bool ranked)
{
    const ais_app *app = r->p.app;
    ais_performance *out = r->out;
    out->alternatives = ais_arena_alloc(r->p.arena, total * sizeof *out->alternatives);
    out->alternative_count = total;
    for (size_t n = 0; n < total; n++) {
        size_t *choice = ais_arena_alloc(r->p.arena, app->base_component_count * sizeof *choice);
        double *probabilities =
            ais_arena_alloc(r->p.arena, app->edge_count * sizeof *probabilities);
        choose(r, n, choice);
        for (size_t i = 0; i < app->edge_count; i++)
            probabilities[i] = app->edges[i].probability;
        const outcome *o = ranked ? find_outcome(r, choice) : NULL;
        for (size_t k = 0; ranked && k + 1 < r->p.chain_count; k++)
            probabilities[find_edge(app, r->p.chain[k], r->p.chain[k + 1])] = o->passes[k];
        out->alternatives[n] =
            (ais_performance_alternative){.number = n,
                                          .choice = choice,
                                          .probabilities = probabilities,
                                          .metric = ranked ? o->metric : (double)NAN};
    }
}

/* ---- ranking ---- */

static int compare(const void *a, const void *b)
{
    const ais_performance_alternative *x = a, *y = b;
    if (x->metric > y->metric || x->metric < y->metric)
        return x->metric > y->metric ? -1 : 1;
    return x->number < y->number ? -1 : 1; /* equal ones, and those without a metric */
}

static void name_alternatives(ais_performance *out)
{
    size_t rank = 0;
    size_t *places = ais_arena_alloc(out->arena, out->alternative_count * sizeof *places);
    for (size_t i = 0; i < out->alternative_count; i++) {
        ais_performance_alternative *a = &out->alternatives[i];
        places[a->number] = i;
        a->name = a->number == 0
                      ? "original_deployment"
                      : ais_arena_format(out->arena, "alternative_deployment%zu", ++rank);
    }
    out->places = places;
}

/* What the user wrote beside what is measured. */
static void compare_edges(const ranking *r)
{
    enum { PERCENT = 5 }; /* further apart than this is no rounding */
    const ais_app *app = r->p.app;
    const ais_performance_alternative *original = ais_performance_find(r->out, 0);
    for (size_t k = 0; k + 1 < r->p.chain_count; k++) {
        const size_t at = find_edge(app, r->p.chain[k], r->p.chain[k + 1]);
        const ais_app_edge *edge = &app->edges[at];
        const double measured = original->probabilities[at];
        if (fabs(edge->probability - measured) <= PERCENT / 100.0)
            continue;
        ais_diags_add(
            r->p.diags, AIS_SEVERITY_WARNING, "performance-edge", edge->pos,
            "deployments_performance.yaml has what is measured",
            "the probability from '%s' to '%s' is %g, but the confusion matrices say %.4f",
            app->components[edge->from].name, app->components[edge->to].name, edge->probability,
            measured);
    }
}

/* The best that the metric can be: an average of joint probabilities has no more than 1 to share. */
static const char *threshold_hint(const ranking *r)
{
    return ais_str_equal(r->p.metric->name, "average_accuracy")
               ? "average_accuracy is at most 1 divided by the number of classes; 'accuracy' is "
                 "the "
                 "share of right answers"
               : "alternatives below it are listed apart, under below_metric_thr";
}

static void apply_threshold(const ranking *r)
{
    if (r->p.threshold == NULL || r->rule == AIS_ONNX_RULE_STUDIO)
        return;
    const double least = ais_doc_get_number(r->p.threshold);
    for (size_t i = 0; i < r->out->alternative_count; i++) {
        ais_performance_alternative *a = &r->out->alternatives[i];
        a->below_threshold = a->metric < least;
        if (a->below_threshold && a->number == 0)
            ais_diags_add(r->p.diags, AIS_SEVERITY_WARNING, "performance-threshold",
                          ais_doc_pos(r->p.threshold), threshold_hint(r),
                          "the %s of the application as it is is %.4f, below metric_thr %g",
                          r->p.metric->name, a->metric, least);
    }
}

static void rank(ranking *r)
{
    size_t outcomes = 1;
    for (size_t i = 0; i < r->group_count; i++)
        outcomes *= r->groups[i].count; /* at least as many as along the chain */
    AIS_FREE outcome *memory = ais_alloc(outcomes * sizeof *memory);
    r->outcomes = memory;
    enumerate(r, outcomes, true);
    r->outcomes = NULL;
    r->out->metric = r->p.metric->name;
    r->out->threshold = r->p.threshold;
    qsort(r->out->alternatives, r->out->alternative_count, sizeof *r->out->alternatives, compare);
}

int ais_design_performance(const ais_app *app, ais_onnx_rule rule, ais_diags *diags,
                           ais_performance **out)
{
    AIS_AUTO(ais_performance) result = ais_alloc(sizeof *result);
    AIS_FREE size_t *chain = ais_alloc((app->base_component_count + 1) * sizeof *chain);
    size_t total = 0;
    result->app = app;
    result->arena = ais_arena_new();
    ranking r = {.p = {.app = app,
                       .diags = diags,
                       .arena = result->arena,
                       .chain = chain,
                       .chain_count = ais_app_find_performance_chain(app, chain)},
                 .rule = rule,
                 .out = result};
    if (find_groups(&r, &total) < 0)
        return -1;
    const int loaded = ais__performance_load(&r.p);
    if (loaded > 0)
        rank(&r);
    else if (loaded == 0)
        enumerate(&r, total, false);
    ais_map_free(r.p.weights);
    if (loaded < 0)
        return -1;
    name_alternatives(result);
    if (loaded > 0) {
        compare_edges(&r);
        apply_threshold(&r);
    }
    *out = result;
    result = NULL;
    return 0;
}
