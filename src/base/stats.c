/* Exact quantiles and log-linear histograms; see stats.h. */
#include "base/stats.h"

#include <math.h>
#include <string.h>

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void ais_stats_sort(double *values, size_t count)
{
    if (count > 1)
        qsort(values, count, sizeof *values, compare_doubles);
}

double ais_stats_quantile(const double *sorted, size_t count, double q)
{
    if (count == 0)
        return NAN;
    if (!(q >= 0 && q <= 1))
        AIS_BUG("the %g-quantile", q);
    const double rank = q * (double)(count - 1);
    const size_t below = (size_t)rank;
    if (below + 1 >= count)
        return sorted[count - 1];
    const double share = rank - (double)below;
    /* exact at both ends, and no infinity times 0 */
    return share > 0 ? sorted[below] + share * (sorted[below + 1] - sorted[below]) : sorted[below];
}

double ais_stats_mean(const double *values, size_t count)
{
    if (count == 0)
        return NAN;
    double sum = 0, lost = 0;
    for (size_t i = 0; i < count; i++) {
        const double next = sum + values[i];
        lost += fabs(sum) >= fabs(values[i]) ? (sum - next) + values[i] : (values[i] - next) + sum;
        sum = next;
    }
    return (isfinite(lost) ? sum + lost : sum) / (double)count;
}

enum {
    CELL_BITS = 7, /* cells of one power of two: 2^7 */
    LOWEST_EXPONENT = -30,
    HIGHEST_EXPONENT = 34,
    CELLS = (HIGHEST_EXPONENT - LOWEST_EXPONENT) << CELL_BITS
};

struct ais_histogram {
    uint64_t count;
    double sum, min, max;
    uint64_t cells[CELLS];
};

ais_histogram *ais_histogram_new(void)
{
    return ais_alloc(sizeof(ais_histogram));
}

void ais_histogram_free(ais_histogram *histogram)
{
    free(histogram);
}

void ais_histogram_reset(ais_histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
}

/* The exponent and the first bits of the fraction of a positive double, read as one integer, number
 * the cells in order: that is how IEEE 754 lays the bits out. */
static size_t cell_of(double value)
{
    if (value < ldexp(1, LOWEST_EXPONENT))
        return 0;
    if (value >= ldexp(1, HIGHEST_EXPONENT))
        return CELLS - 1;
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    return (size_t)(bits >> (52 - CELL_BITS)) - ((size_t)(1023 + LOWEST_EXPONENT) << CELL_BITS);
}

static double middle_of(size_t cell)
{
    const double fraction = ((double)(cell & ((1u << CELL_BITS) - 1)) + 0.5) / (1 << CELL_BITS);
    return ldexp(1 + fraction, (int)(cell >> CELL_BITS) + LOWEST_EXPONENT);
}

void ais_histogram_add(ais_histogram *histogram, double value)
{
    if (isnan(value))
        return;
    const double kept = value > 0 ? value : 0;
    if (histogram->count == 0 || kept < histogram->min)
        histogram->min = kept;
    if (histogram->count == 0 || kept > histogram->max)
        histogram->max = kept;
    histogram->count++;
    histogram->sum += kept;
    histogram->cells[cell_of(kept)]++;
}

void ais_histogram_merge(ais_histogram *into, const ais_histogram *from)
{
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min < into->min)
        into->min = from->min;
    if (into->count == 0 || from->max > into->max)
        into->max = from->max;
    into->count += from->count;
    into->sum += from->sum;
    for (size_t i = 0; i < CELLS; i++)
        into->cells[i] += from->cells[i];
}

uint64_t ais_histogram_count(const ais_histogram *histogram)
{
    return histogram->count;
}

double ais_histogram_mean(const ais_histogram *histogram)
{
    return histogram->count > 0 ? histogram->sum / (double)histogram->count : NAN;
}

double ais_histogram_min(const ais_histogram *histogram)
{
    return histogram->count > 0 ? histogram->min : NAN;
}

double ais_histogram_max(const ais_histogram *histogram)
{
    return histogram->count > 0 ? histogram->max : NAN;
}

double ais_histogram_quantile(const ais_histogram *histogram, double q)
{
    if (histogram->count == 0)
        return NAN;
    if (!(q >= 0 && q <= 1))
        AIS_BUG("the %g-quantile", q);
    const double wanted = ceil(q * (double)histogram->count);
    uint64_t seen = 0;
    size_t cell = 0;
    while (cell < CELLS - 1 && (seen += histogram->cells[cell], (double)seen < wanted || seen == 0))
        cell++;
    return fmin(fmax(middle_of(cell), histogram->min), histogram->max);
}
