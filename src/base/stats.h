/* base/stats - quantiles of measurements: exact for a sample in memory, streaming for a long run.
 *
 * Layer: above memory. Units: the caller's. Threads: one writer at a time. */
#ifndef AIS_BASE_STATS_H
#define AIS_BASE_STATS_H
#include "base/memory.h"

/* Sort ascending. No value may be NaN. */
void ais_stats_sort(double *values, size_t count);
/* The q-quantile (0 <= q <= 1) of an ascending sample; NaN of an empty one.
 * Source: type 7 of Hyndman and Fan, Sample Quantiles in Statistical Packages, The American
 *         Statistician 50 (1996): linear between order statistics; what numpy and R take. */
double ais_stats_quantile(const double *sorted, size_t count, double q);
/* Arithmetic mean, summed with compensation (Neumaier); NaN of an empty sample. */
double ais_stats_mean(const double *values, size_t count);

/* A histogram that keeps counts instead of values: 64 kB for any number of them.
 *
 * Each power of two from 2^-30 to 2^34 is cut into 128 equal cells (for seconds: from a nanosecond
 * to five centuries). A quantile is the middle of its cell: at most 1/256 (0.4 %) from the true
 * one. Values below the range are counted in the lowest cell, above it in the highest; the least
 * and the greatest value, sum and count are exact. Two histograms may be merged without further
 * error. Source: the log-linear cells of HdrHistogram (Tene, 2012). */
typedef struct ais_histogram ais_histogram;
ais_histogram *ais_histogram_new(void);
void ais_histogram_free(ais_histogram *histogram);
AIS_DEFINE_AUTO(ais_histogram)
/* Count one value. Negative ones count as 0 (clocks may disagree); NaN is not counted. */
void ais_histogram_add(ais_histogram *histogram, double value);
void ais_histogram_merge(ais_histogram *into, const ais_histogram *from);
void ais_histogram_reset(ais_histogram *histogram);
uint64_t ais_histogram_count(const ais_histogram *histogram);
/* NaN when nothing was counted, as the functions below. */
double ais_histogram_mean(const ais_histogram *histogram);
double ais_histogram_min(const ais_histogram *histogram);
double ais_histogram_max(const ais_histogram *histogram);
/* About the least value that at least q * count values do not exceed (0 <= q <= 1). */
double ais_histogram_quantile(const ais_histogram *histogram, double q);
#endif
