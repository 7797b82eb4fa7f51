/* Multipliers that make the bound large: the volume algorithm.
 * Source: Barahona and Anbil, The volume algorithm: producing primal solutions with a subgradient method,
 *         Math. Programming 87 (2000). */
#include <math.h>
#include <string.h>

#include "place/relax.h"

double ais__relax_evaluate(ais__relax *relax, const ais__domain *domain)
{
    relax->evaluations++;
    relax->value = ais__relax_components(relax, domain) + ais__relax_layers(relax, domain);
    return relax->value;
}

/* Machines are paid by what they carry: then no resource gains by opening, nor loses when it is full. */
void ais__relax_start(ais__relax *relax, const ais__domain *domain)
{
    const ais_perf *perf = relax->perf;
    for (size_t l = 0; l < relax->link_count; l++) {
        const size_t o = relax->link_option[l], r = perf->system->options[o].resource;
        const size_t high = domain->high[r];
        const double price =
            high == 0 ? 0
                      : (ais_perf_price(perf, r, high) - ais_perf_price(perf, r, 0)) / (double)high;
        relax->best_v[l] = fmax(0, price * perf->load[o]);
    }
    relax->best_value = (double)-INFINITY;
}

static void mean(double *means, double share, size_t i, double value)
{
    means[i] = (1 - share) * means[i] + share * value;
}

/* Take the last choices into the means. */
static void blend(ais__relax *relax, double share)
{
    const ais_system *system = relax->perf->system;
    for (size_t l = 0; l < relax->link_count; l++) {
        mean(relax->y_mean, share, l, relax->y[l]);
        mean(relax->w_mean, share, l, relax->w[l]);
    }
    for (size_t r = 0; r < system->resource_count; r++) {
        mean(relax->open_mean, share, r, relax->chosen[r] ? 1 : 0);
        mean(relax->count_mean, share, r, relax->chosen[r] ? (double)relax->opening[r].count : 0);
    }
    for (size_t o = 0; o < system->option_count; o++)
        relax->string_mean[o] *= 1 - share;
    for (size_t p = 0; p < system->part_count; p++)
        if (relax->string[p] != AIS_SYSTEM_NONE)
            relax->string_mean[relax->string[p]] += share;
}

/* The violation of a link: used, and not carried. Where v is 0, what is carried beyond use is no violation. */
static double violation(const ais__relax *relax, const double *y, const double *w, size_t l)
{
    const double apart = y[l] - w[l];
    return apart < 0 && relax->best_v[l] <= 0 ? 0 : apart;
}

static double mean_norm(const ais__relax *relax)
{
    double sum = 0;
    for (size_t l = 0; l < relax->link_count; l++) {
        const double apart = violation(relax, relax->y_mean, relax->w_mean, l);
        sum += apart * apart;
    }
    return sum;
}

static void move(ais__relax *relax, double length)
{
    for (size_t l = 0; l < relax->link_count; l++)
        relax->v[l] =
            fmax(0, relax->best_v[l] + length * violation(relax, relax->y_mean, relax->w_mean, l));
}

/* The share of the new choices that makes the mean's violation smallest, within bounds. */
static double best_share(const ais__relax *relax, double most)
{
    double top = 0, bottom = 0;
    for (size_t l = 0; l < relax->link_count; l++) {
        const double old = violation(relax, relax->y_mean, relax->w_mean, l);
        const double apart = old - violation(relax, relax->y, relax->w, l);
        top += old * apart;
        bottom += apart * apart;
    }
    const double share = bottom > 0 ? top / bottom : most;
    return fmin(most, fmax(share, most / 10));
}

static double inner(const ais__relax *relax)
{
    double sum = 0;
    for (size_t l = 0; l < relax->link_count; l++)
        sum += violation(relax, relax->y, relax->w, l) *
               violation(relax, relax->y_mean, relax->w_mean, l);
    return sum;
}

static void keep_best(ais__relax *relax)
{
    relax->best_value = relax->value;
    memcpy(relax->best_v, relax->v, relax->link_count * sizeof *relax->v);
}

static void start_means(ais__relax *relax, const ais__domain *domain)
{
    memcpy(relax->v, relax->best_v, relax->link_count * sizeof *relax->v);
    ais__relax_evaluate(relax, domain);
    relax->best_value = relax->value;
    memset(relax->string_mean, 0, relax->perf->system->option_count * sizeof(double));
    blend(relax, 1);
}

void ais__relax_ascend(ais__relax *relax, ais__search *search, const ais__domain *domain,
                       size_t evaluations, double enough)
{
    const size_t patience = 20;
    start_means(relax, domain);
    double pace = 1, share_most = 0.1, last = relax->best_value;
    size_t failures = 0;
    for (size_t i = 1; i < evaluations && relax->best_value < enough; i++) {
        if (!(relax->best_value < (double)INFINITY) || ais__search_stop(search))
            return;
        const double norm = mean_norm(relax);
        const double scale = fmax(fabs(relax->best_value), 1e-9);
        if (norm < 1e-12 || pace < 1e-4)
            return;
        const double target = fmin(enough, relax->best_value + fmax(0.05 * scale, 1e-9));
        move(relax, pace * (target - relax->best_value) / norm);
        ais__relax_evaluate(relax, domain);
        const bool better = relax->value > relax->best_value;
        const double along = inner(relax);
        blend(relax, best_share(relax, share_most));
        if (better) {
            keep_best(relax);
            failures = 0;
            pace = fmin(along > 0 ? pace * 1.1 : pace, 2);
        } else if (++failures >= patience) {
            failures = 0;
            pace *= 0.66;
        }
        if (i % 100 == 0) {
            if (relax->best_value - last < 0.01 * scale)
                share_most = fmax(share_most / 2, 1e-3);
            last = relax->best_value;
        }
    }
}

size_t ais__relax_fix(ais__relax *relax, ais__domain *domain, double enough)
{
    memcpy(relax->v, relax->best_v, relax->link_count * sizeof *relax->v);
    const double value = ais__relax_evaluate(relax, domain);
    const double gap = enough - value;
    if (!(gap < (double)INFINITY) || gap <= 0)
        return 0;
    const size_t gone = ais__relax_fix_layers(relax, domain, gap);
    return gone + ais__relax_fix_options(relax, domain, gap);
}
