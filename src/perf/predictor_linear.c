/* Fitted models that are sums of terms: coefficient * cores^a * ln(cores)^b * rate^c * ln(rate)^d. */
#include <math.h>

#include "perf/predictor_priv.h"

enum { FACTORS = 4 };
static const char *const factor_names[FACTORS] = {"cores", "log_cores", "rate", "log_rate"};

typedef struct term {
    double coefficient, powers[FACTORS];
} term;

typedef struct linear {
    double intercept_s;
    const term *terms;
    size_t term_count;
} linear;

static const ais_doc_field term_fields[] = {
    {.key = "coefficient", .kinds = AIS_DOC_NUMBER, .required = true},
    {.key = "cores", .kinds = AIS_DOC_NUMBER},
    {.key = "log_cores", .kinds = AIS_DOC_NUMBER},
    {.key = "rate", .kinds = AIS_DOC_NUMBER},
    {.key = "log_rate", .kinds = AIS_DOC_NUMBER},
};
static const ais_doc_schema term_schema = {
    .what = "a term", .fields = term_fields, .field_count = AIS_COUNT(term_fields)};
static const ais_doc_field a_term = {.kinds = AIS_DOC_MAP, .map = &term_schema};
static const ais_doc_field fields[] = {
    {.key = "kind", .kinds = AIS_DOC_STRING, .required = true},
    {.key = "intercept", .kinds = AIS_DOC_NUMBER, .unit = "s"},
    {.key = "terms", .kinds = AIS_DOC_LIST, .required = true, .items = &a_term},
};
static const ais_doc_schema schema = {
    .what = "a fitted model of kind linear", .fields = fields, .field_count = AIS_COUNT(fields)};

static double number(const ais_doc_node *map, const char *key)
{
    const ais_doc_node *node = ais_doc_find(map, key);
    return node != NULL ? ais_doc_get_number(node) : 0;
}

static const void *read(const ais_doc_node *node, ais_arena *arena, ais_diags *diags)
{
    const ais_doc_node *list = ais_doc_find(node, "terms");
    const size_t count = ais_doc_count(list);
    term *terms = ais_arena_alloc(arena, count * sizeof *terms);
    linear *model = ais_arena_alloc(arena, sizeof *model);
    (void)diags; /* the schema says it all */
    for (size_t i = 0; i < count; i++) {
        terms[i].coefficient = number(ais_doc_at(list, i), "coefficient");
        for (size_t k = 0; k < FACTORS; k++)
            terms[i].powers[k] = number(ais_doc_at(list, i), factor_names[k]);
    }
    *model =
        (linear){.intercept_s = number(node, "intercept"), .terms = terms, .term_count = count};
    return model;
}

static double predict(const ais_predictor *predictor, const ais_predictor_input *input)
{
    const linear *model = predictor->state;
    const double factors[FACTORS] = {input->cores, log(input->cores), input->rate_rps,
                                     log(input->rate_rps)};
    double sum_s = model->intercept_s;
    for (size_t i = 0; i < model->term_count; i++) {
        double product = model->terms[i].coefficient;
        for (size_t k = 0; k < FACTORS; k++)
            product *= pow(factors[k], model->terms[i].powers[k]);
        sum_s += product;
    }
    return sum_s;
}

typedef struct range {
    double low, high;
} range;

static const range anything = {(double)-INFINITY, (double)INFINITY};

static range between(double a, double b)
{
    return isnan(a) || isnan(b) ? anything : (range){fmin(a, b), fmax(a, b)};
}

/* x to a power over all x of a range. */
static range power_of(range x, double power)
{
    const bool passes_zero = x.low < 0 && x.high > 0;
    const bool turns = fmod(power, 2) == 0; /* x^2 comes down to 0 and goes up again */
    const range ends = between(pow(x.low, power), pow(x.high, power));
    if (power == 0 || !passes_zero)
        return ends;
    if (power < 0)
        return anything;
    return turns ? (range){0, ends.high} : ends;
}

static range product_of(range a, range b)
{
    const range first = between(a.low * b.low, a.low * b.high);
    const range second = between(a.high * b.low, a.high * b.high);
    return (range){fmin(first.low, second.low), fmax(first.high, second.high)};
}

static void bounds(const ais_predictor *predictor, const ais_predictor_input *input, double to_rps,
                   double *low_s, double *high_s)
{
    const linear *model = predictor->state;
    const range rates = {input->rate_rps, to_rps};
    const range logarithms = {log(input->rate_rps), log(to_rps)};
    range sum = {model->intercept_s, model->intercept_s};
    double largest = fabs(model->intercept_s);
    for (size_t i = 0; i < model->term_count; i++) {
        const term *t = &model->terms[i];
        const double fixed =
            t->coefficient * pow(input->cores, t->powers[0]) * pow(log(input->cores), t->powers[1]);
        const range factor =
            product_of(power_of(rates, t->powers[2]), power_of(logarithms, t->powers[3]));
        const range added = product_of((range){fixed, fixed}, factor);
        largest = fmax(largest, fmax(fabs(added.low), fabs(added.high)));
        sum = (range){sum.low + added.low, sum.high + added.high};
    }
    const double off = AIS__PREDICTOR_ROUNDING * largest * (double)(model->term_count + 1);
    *low_s = isfinite(sum.low) && isfinite(off) ? sum.low - off : anything.low;
    *high_s = isfinite(sum.high) && isfinite(off) ? sum.high + off : anything.high;
}

const ais__predictor_kind ais__predictor_linear = {
    .name = "linear", .schema = &schema, .read = read, .predict = predict, .bounds = bounds};
