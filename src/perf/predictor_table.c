/* Fitted models that are tables of measurements: bilinear between their points, no answer outside of them. */
#include <math.h>

#include "perf/predictor_priv.h"

typedef struct axis {
    const double *points; /* ascending */
    size_t count;
} axis;

typedef struct table {
    axis cores, rate;
    const double *response_s; /* a row of rates for each number of cores */
} table;

static const ais_doc_field a_point = {
    .kinds = AIS_DOC_NUMBER, .has_minimum = true, .above_minimum = true};
static const ais_doc_field a_time = {
    .kinds = AIS_DOC_NUMBER, .has_minimum = true, .above_minimum = true, .unit = "s"};
static const ais_doc_field a_row = {.kinds = AIS_DOC_LIST, .not_empty = true, .items = &a_time};
static const ais_doc_field fields[] = {
    {.key = "kind", .kinds = AIS_DOC_STRING, .required = true},
    {.key = "cores", .kinds = AIS_DOC_LIST, .required = true, .not_empty = true, .items = &a_point},
    {.key = "rate", .kinds = AIS_DOC_LIST, .required = true, .not_empty = true, .items = &a_point},
    {.key = "response_s",
     .kinds = AIS_DOC_LIST,
     .required = true,
     .not_empty = true,
     .items = &a_row},
};
static const ais_doc_schema schema = {
    .what = "a fitted model of kind table", .fields = fields, .field_count = AIS_COUNT(fields)};

static bool read_axis(const ais_doc_node *list, ais_arena *arena, ais_diags *diags, axis *out)
{
    const size_t count = ais_doc_count(list);
    double *points = ais_arena_alloc(arena, count * sizeof *points);
    for (size_t i = 0; i < count; i++) {
        points[i] = ais_doc_get_number(ais_doc_at(list, i));
        if (i > 0 && points[i] <= points[i - 1]) {
            ais_diags_add(diags, AIS_SEVERITY_ERROR, "out-of-range",
                          ais_doc_pos(ais_doc_at(list, i)), "points must ascend",
                          "%g follows on %g", points[i], points[i - 1]);
            return false;
        }
    }
    *out = (axis){.points = points, .count = count};
    return true;
}

static bool has_length(const ais_doc_node *list, size_t count, const char *what, const char *of,
                       ais_diags *diags)
{
    if (ais_doc_count(list) == count)
        return true;
    AIS_FREE char *hint = ais_format("must be %zu, one for each of '%s'", count, of);
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "out-of-range", ais_doc_pos(list), hint,
                  "there are %zu %s", ais_doc_count(list), what);
    return false;
}

static const void *read(const ais_doc_node *node, ais_arena *arena, ais_diags *diags)
{
    const ais_doc_node *rows = ais_doc_find(node, "response_s");
    table *model = ais_arena_alloc(arena, sizeof *model);
    if (!read_axis(ais_doc_find(node, "cores"), arena, diags, &model->cores) ||
        !read_axis(ais_doc_find(node, "rate"), arena, diags, &model->rate) ||
        !has_length(rows, model->cores.count, "rows", "cores", diags))
        return NULL;
    double *response_s =
        ais_arena_alloc(arena, model->cores.count * model->rate.count * sizeof *response_s);
    for (size_t i = 0; i < model->cores.count; i++) {
        const ais_doc_node *row = ais_doc_at(rows, i);
        if (!has_length(row, model->rate.count, "times", "rate", diags))
            return NULL;
        for (size_t k = 0; k < model->rate.count; k++)
            response_s[i * model->rate.count + k] = ais_doc_get_number(ais_doc_at(row, k));
    }
    model->response_s = response_s;
    return model;
}

/* The point at or below `x`, and how far `x` is towards the next one. False outside of the axis. */
static bool find(const axis *along, double x, size_t *at, double *towards)
{
    size_t low = 0, high = along->count - 1;
    if (!(x >= along->points[0] && x <= along->points[high]))
        return false;
    while (low + 1 < high) {
        const size_t middle = low + (high - low) / 2;
        if (along->points[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    *at = low;
    *towards =
        high > low ? (x - along->points[low]) / (along->points[high] - along->points[low]) : 0;
    return true;
}

static double along_rates(const table *model, size_t row, size_t at, double towards)
{
    const double *times_s = model->response_s + row * model->rate.count;
    return towards > 0 ? times_s[at] + towards * (times_s[at + 1] - times_s[at]) : times_s[at];
}

static double predict(const ais_predictor *predictor, const ais_predictor_input *input)
{
    const table *model = predictor->state;
    size_t row, column;
    double down, right;
    if (!find(&model->cores, input->cores, &row, &down) ||
        !find(&model->rate, input->rate_rps, &column, &right))
        return NAN;
    const double first_s = along_rates(model, row, column, right);
    return down > 0 ? first_s + down * (along_rates(model, row + 1, column, right) - first_s)
                    : first_s;
}

/* Between two points of its axis a table is straight: its ends and the points within are all that matters. */
static void bounds(const ais_predictor *predictor, const ais_predictor_input *input, double to_rps,
                   double *low_s, double *high_s)
{
    const table *model = predictor->state;
    const axis *rates = &model->rate;
    const double first_rps = rates->points[0], last_rps = rates->points[rates->count - 1];
    ais_predictor_input at = *input;
    *low_s = *high_s = INFINITY;
    if (input->rate_rps > last_rps || to_rps < first_rps)
        return;
    at.rate_rps = fmax(input->rate_rps, first_rps);
    double low = predict(predictor, &at), high = low;
    for (size_t i = 0; i < rates->count; i++) {
        if (!(rates->points[i] > input->rate_rps && rates->points[i] < to_rps))
            continue;
        at.rate_rps = rates->points[i];
        low = fmin(low, predict(predictor, &at));
        high = fmax(high, predict(predictor, &at));
    }
    at.rate_rps = fmin(to_rps, last_rps);
    low = fmin(low, predict(predictor, &at));
    high = fmax(high, predict(predictor, &at));
    if (isnan(low)) /* so many cores are in no row */
        return;
    *low_s = low * (1 - AIS__PREDICTOR_ROUNDING);
    if (input->rate_rps >= first_rps && to_rps <= last_rps)
        *high_s = high * (1 + AIS__PREDICTOR_ROUNDING);
}

const ais__predictor_kind ais__predictor_table = {
    .name = "table", .schema = &schema, .read = read, .predict = predict, .bounds = bounds};
