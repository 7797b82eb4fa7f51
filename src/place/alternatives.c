/* Which of several systems to place. */
#include "place/alternatives.h"

#include <math.h>

const char *ais_alternative_outcome_name(ais_alternative_outcome outcome)
{
    static const char *const names[] = {
        [AIS_ALTERNATIVE_NOT_TRIED] = "not tried",
        [AIS_ALTERNATIVE_BELOW] = "performs too little",
        [AIS_ALTERNATIVE_OVERLOADED] = "overloaded",
        [AIS_ALTERNATIVE_WORSE] = "worse",
        [AIS_ALTERNATIVE_SOLVED] = "solved",
    };
    return names[outcome];
}

void ais_alternatives_result_free(ais_alternatives_result *result)
{
    if (result == NULL)
        return;
    for (size_t i = 0; i < result->count; i++)
        ais_place_result_free(result->items[i].placed);
    ais_arena_free(result->arena);
}

/* ---- the order ---- */

typedef struct rank {
    size_t index;
    double performance;
} rank;

static int by_performance(const void *a, const void *b)
{
    const rank *x = a, *y = b;
    if (x->performance < y->performance || x->performance > y->performance)
        return x->performance < y->performance ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

static const rank *rank_all(const ais_alternative *alternatives, size_t count, ais_arena *arena)
{
    rank *ranks = ais_arena_alloc(arena, (count + 1) * sizeof *ranks);
    for (size_t i = 0; i < count; i++)
        ranks[i] = (rank){.index = i, .performance = alternatives[i].performance};
    qsort(ranks, count, sizeof *ranks, by_performance);
    return ranks;
}

/* ---- one after the other ---- */

typedef struct chooser {
    const ais_alternative *alternatives;
    const ais_perf_options *perf_options;
    const ais_place_options *place_options;
    const ais_alternatives_options *options;
    const ais_ctx *ctx;
    double end_s;
    size_t waiting; /* how many are not looked at yet, this one included */
    double best_performance, best_value;
    ais_alternatives_result *result;
} chooser;

static const ais_perf_options *options_of(const chooser *c, const ais_alternative *alternative)
{
    return alternative->perf_options != NULL ? alternative->perf_options : c->perf_options;
}

static double lost_value(const chooser *c, const ais_alternative *alternative)
{
    return c->options->joint ? c->options->weight * (c->best_performance - alternative->performance)
                             : 0;
}

/* Those that need no solving. */
static bool pass_over(const chooser *c, const ais_alternative *alternative,
                      ais_alternative_result *item)
{
    const ais_perf_options *options = options_of(c, alternative);
    const double rate_rps =
        options->rate_rps > 0 ? options->rate_rps : alternative->system->rate_rps;
    if (c->options->has_least && alternative->performance < c->options->least_performance)
        item->outcome = AIS_ALTERNATIVE_BELOW;
    else if (alternative->max_rps > 0 && rate_rps > alternative->max_rps)
        item->outcome = AIS_ALTERNATIVE_OVERLOADED;
    else if (c->options->joint && lost_value(c, alternative) >= c->best_value)
        item->outcome = AIS_ALTERNATIVE_WORSE; /* costs are not negative */
    return item->outcome != AIS_ALTERNATIVE_NOT_TRIED;
}

static int solve(const chooser *c, const ais_alternative *alternative, ais_alternative_result *item,
                 ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    ais_place_options options = *c->place_options;
    const double left_s = c->end_s - c->ctx->monotonic_s(c->ctx);
    const double below = c->best_value - lost_value(c, alternative);
    options.time_limit_s = fmax(left_s / (double)c->waiting, 0.001);
    if (c->options->joint && below < (double)INFINITY)
        options.cost_below = below;
    if (ais_perf_new(alternative->system, options_of(c, alternative), &perf, err) < 0 ||
        ais_place_solve(perf, &options, c->ctx, &item->placed, err) < 0)
        return ais_error_wrap(err, "placing '%s'", alternative->name);
    item->outcome = AIS_ALTERNATIVE_SOLVED;
    item->status = item->placed->status;
    item->cost = item->placed->cost;
    item->bound = item->placed->bound;
    item->value = item->cost + lost_value(c, alternative);
    item->time_s = item->placed->time_s;
    if (item->placed->best == NULL && options.cost_below > 0 && item->status == AIS_PLACE_UNKNOWN &&
        item->bound >= options.cost_below)
        item->outcome = AIS_ALTERNATIVE_WORSE; /* all that is cheaper was looked at */
    return 0;
}

/* Nothing that was left out or stopped early could be better. */
static bool is_proven(const chooser *c, size_t i)
{
    const ais_alternative_result *item = &c->result->items[i];
    if (item->outcome == AIS_ALTERNATIVE_NOT_TRIED)
        return false;
    if (item->outcome != AIS_ALTERNATIVE_SOLVED || item->status == AIS_PLACE_INFEASIBLE)
        return true;
    if (!c->options->joint)
        return i == c->result->chosen;
    return item->bound + lost_value(c, &c->alternatives[i]) >=
           c->best_value - fabs(c->best_value) * AIS_PERF_TOLERANCE;
}

static bool look_at(chooser *c, size_t i, ais_error **err)
{
    ais_alternative_result *item = &c->result->items[i];
    if (pass_over(c, &c->alternatives[i], item))
        return true;
    if (c->ctx->monotonic_s(c->ctx) >= c->end_s)
        return true;
    if (solve(c, &c->alternatives[i], item, err) < 0)
        return false;
    if (item->placed->best != NULL && item->value < c->best_value) {
        c->best_value = item->value;
        c->result->chosen = i;
    }
    return true;
}

static int choose(chooser *c, const rank *ranks, size_t count, ais_error **err)
{
    size_t looked = 0;
    c->best_performance = count > 0 ? ranks[0].performance : 0;
    for (; looked < count; looked++) {
        if (!c->options->joint && c->result->chosen != AIS_SYSTEM_NONE)
            break;
        c->waiting = count - looked;
        if (!look_at(c, ranks[looked].index, err))
            return -1;
    }
    c->result->proven = true;
    for (size_t k = 0; k < looked; k++)
        c->result->proven &= is_proven(c, ranks[k].index);
    return 0;
}

static int check(const ais_alternative *alternatives, size_t count,
                 const ais_alternatives_options *options, ais_error **err)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(alternatives[i].performance))
            return ais_error_set(err, AIS_E_INPUT, "the performance of '%s' is no number",
                                 alternatives[i].name);
    if (!(options->weight >= 0) || !isfinite(options->weight))
        return ais_error_set(err, AIS_E_INPUT, "the weight is %g (must be at least 0)",
                             options->weight);
    return 0;
}

int ais_alternatives_solve(const ais_alternative *alternatives, size_t count,
                           const ais_perf_options *perf_options,
                           const ais_place_options *place_options,
                           const ais_alternatives_options *options, const ais_ctx *ctx,
                           ais_alternatives_result **out, ais_error **err)
{
    const double start_s = ctx->monotonic_s(ctx);
    const double limit_s = ais_place_time_limit_s(place_options);
    ais_arena *arena = ais_arena_new();
    AIS_AUTO(ais_alternatives_result) result = ais_arena_alloc(arena, sizeof *result);
    *result = (ais_alternatives_result){
        .items = ais_arena_alloc(arena, (count + 1) * sizeof *result->items),
        .count = count,
        .chosen = AIS_SYSTEM_NONE,
        .arena = arena,
    };
    for (size_t i = 0; i < count; i++)
        result->items[i] = (ais_alternative_result){.status = AIS_PLACE_UNKNOWN,
                                                    .cost = (double)INFINITY,
                                                    .bound = (double)-INFINITY,
                                                    .value = (double)INFINITY};
    chooser c = {.alternatives = alternatives,
                 .perf_options = perf_options,
                 .place_options = place_options,
                 .options = options,
                 .ctx = ctx,
                 .end_s = start_s + limit_s,
                 .best_value = (double)INFINITY,
                 .result = result};
    if (check(alternatives, count, options, err) < 0 ||
        choose(&c, rank_all(alternatives, count, arena), count, err) < 0)
        return -1;
    result->time_s = ctx->monotonic_s(ctx) - start_s;
    *out = result;
    result = NULL;
    return 0;
}

/* ---- said ---- */

ais_doc_node *ais_alternatives_to_node(const ais_alternative *alternatives,
                                       const ais_alternatives_result *result, ais_doc *doc)
{
    ais_doc_node *list = ais_doc_new_list(doc);
    for (size_t i = 0; i < result->count; i++) {
        const ais_alternative_result *item = &result->items[i];
        const bool solved = item->outcome == AIS_ALTERNATIVE_SOLVED;
        ais_doc_node *node = ais_doc_new_map(doc);
        ais_doc_put(node, "name", ais_doc_new_string(doc, alternatives[i].name));
        ais_doc_put(node, "performance", ais_doc_new_float(doc, alternatives[i].performance));
        ais_doc_put(node, "chosen", ais_doc_new_bool(doc, i == result->chosen));
        ais_doc_put(node, "outcome",
                    ais_doc_new_string(doc, ais_alternative_outcome_name(item->outcome)));
        ais_doc_put(node, "status",
                    solved ? ais_doc_new_string(doc, ais_place_status_name(item->status))
                           : ais_doc_new_null(doc));
        ais_doc_put(node, "cost", ais_doc_new_finite(doc, item->cost));
        ais_doc_put(node, "bound", ais_doc_new_finite(doc, item->bound));
        ais_doc_put(node, "value", ais_doc_new_finite(doc, item->value));
        ais_doc_put(node, "time_s", ais_doc_new_float(doc, item->time_s));
        ais_doc_append(list, node);
    }
    return list;
}

void ais_alternatives_write_text(const ais_alternative *alternatives,
                                 const ais_alternatives_result *result, ais_str *out)
{
    for (size_t i = 0; i < result->count; i++) {
        const ais_alternative_result *item = &result->items[i];
        ais_str_add_format(out, "%c %s (performance %.6g): ", i == result->chosen ? '*' : ' ',
                           alternatives[i].name, alternatives[i].performance);
        ais_str_add(out, item->outcome == AIS_ALTERNATIVE_SOLVED
                             ? ais_place_status_name(item->status)
                             : ais_alternative_outcome_name(item->outcome));
        if (item->cost < (double)INFINITY)
            ais_str_add_format(out, ", cost %.6g", item->cost);
        if (item->cost < (double)INFINITY && item->value > item->cost)
            ais_str_add_format(out, ", value %.6g", item->value);
        ais_str_add_char(out, '\n');
    }
}
