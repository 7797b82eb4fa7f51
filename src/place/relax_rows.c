/* The rows of the relaxation: limits of time, and machines of a kind. */
#include <math.h>
#include <string.h>

#include "place/relax.h"

static bool is_limited(const ais__relax *relax, size_t path)
{
    const double limit_s = relax->perf->path_limit_s[path];
    return limit_s > 0 && limit_s < (double)INFINITY;
}

enum { ROW_LEAST, ROW_MOST, ROW_MONEY };

/* Rows that ask for nothing have no price. */
static size_t group_row(const ais__relax *relax, size_t group, size_t which)
{
    return relax->first_group_row + 3 * group + which;
}

/* The row of money is a share of what is asked for. */
static double money_unit(const ais__domain *domain, size_t group)
{
    return domain->group_money[group];
}

static size_t group_of(const ais_perf *perf, size_t resource)
{
    return perf->is_cloud[resource] ? AIS__GROUP_VM : AIS__GROUP_EDGE;
}

void ais__relax_group_prices(const ais__relax *relax, const ais__domain *domain, size_t resource,
                             double *least, double *most, double *share)
{
    const size_t g = group_of(relax->perf, resource);
    *least = domain->group_low[g] > 0 ? relax->v[group_row(relax, g, ROW_LEAST)] : 0;
    *most = domain->group_high[g] < SIZE_MAX ? relax->v[group_row(relax, g, ROW_MOST)] : 0;
    const double money = money_unit(domain, g);
    *share = money > 0 ? relax->v[group_row(relax, g, ROW_MONEY)] / money : 0;
}

double ais__relax_price_rows(ais__relax *relax, const ais__domain *domain)
{
    const ais_perf *perf = relax->perf;
    const ais_system *system = perf->system;
    double constant = 0;
    for (size_t c = 0; c < system->component_count; c++) {
        const size_t row = relax->row_of_component[c];
        relax->second_price[c] =
            row == AIS_SYSTEM_NONE ? 0 : relax->v[row] / perf->local_limit_s[c];
        constant -= row == AIS_SYSTEM_NONE ? 0 : relax->v[row];
        relax->passed_s[c] = 0;
    }
    for (size_t p = 0; p < system->path_count; p++) {
        if (!is_limited(relax, p))
            continue;
        const double v = relax->v[relax->first_path_row + p];
        constant -= v;
        for (size_t k = 0; k < system->paths[p].component_count && v > 0; k++)
            relax->second_price[system->paths[p].components[k]] += v / perf->path_limit_s[p];
    }
    for (size_t l = 0; l < relax->link_count; l++) {
        const size_t o = relax->link_option[l];
        const double price = relax->second_price[system->parts[system->options[o].part].component];
        relax->time_price[l] =
            price > 0 && ais__relax_is_queued(relax, o) ? price * relax->drag_s[o] : 0;
    }
    for (size_t g = 0; g < AIS__GROUPS; g++) {
        if (domain->group_low[g] > 0)
            constant += relax->v[group_row(relax, g, ROW_LEAST)] * (double)domain->group_low[g];
        if (domain->group_high[g] < SIZE_MAX)
            constant -= relax->v[group_row(relax, g, ROW_MOST)] * (double)domain->group_high[g];
        if (domain->group_money[g] > 0)
            constant += relax->v[group_row(relax, g, ROW_MONEY)];
    }
    return constant;
}

static double price_of(const ais_perf *perf, size_t resource, size_t count)
{
    return count == 0 ? 0
                      : ais_perf_price(perf, resource, count) - ais_perf_price(perf, resource, 0);
}

static void fill_groups(ais__relax *relax, const ais__domain *domain)
{
    const ais_perf *perf = relax->perf;
    double most[AIS__GROUPS] = {0}, least[AIS__GROUPS] = {0}, money[AIS__GROUPS] = {0};
    for (size_t r = 0; r < perf->system->resource_count; r++)
        if (!perf->is_function[r] && relax->chosen[r]) {
            most[group_of(perf, r)] += (double)relax->opening[r].count;
            least[group_of(perf, r)] += (double)relax->opening[r].low;
            money[group_of(perf, r)] += price_of(perf, r, relax->opening[r].count);
        }
    for (size_t g = 0; g < AIS__GROUPS; g++) {
        const size_t low = group_row(relax, g, ROW_LEAST), high = group_row(relax, g, ROW_MOST);
        const bool has_low = domain->group_low[g] > 0, has_high = domain->group_high[g] < SIZE_MAX;
        relax->y[low] = has_low ? (double)domain->group_low[g] : 0;
        relax->w[low] = has_low ? most[g] : 0;
        relax->y[high] = has_high ? least[g] : 0;
        relax->w[high] = has_high ? (double)domain->group_high[g] : 0;
        const size_t row = group_row(relax, g, ROW_MONEY);
        relax->y[row] = domain->group_money[g] > 0 ? 1 : 0;
        relax->w[row] = domain->group_money[g] > 0 ? money[g] / domain->group_money[g] : 0;
    }
}

void ais__relax_count_rows(const ais__relax *relax, const ais__domain *domain, const size_t *count,
                           float *g)
{
    const ais_perf *perf = relax->perf;
    double sum[AIS__GROUPS] = {0}, money[AIS__GROUPS] = {0};
    for (size_t r = 0; r < perf->system->resource_count; r++)
        if (!perf->is_function[r]) {
            sum[group_of(perf, r)] += (double)count[r];
            money[group_of(perf, r)] += price_of(perf, r, count[r]);
        }
    for (size_t k = 0; k < AIS__GROUPS; k++) {
        const size_t low = group_row(relax, k, ROW_LEAST), high = group_row(relax, k, ROW_MOST);
        const size_t row = group_row(relax, k, ROW_MONEY);
        const double asked = money_unit(domain, k);
        const double least = domain->group_low[k] > 0 ? (double)domain->group_low[k] - sum[k] : 0;
        const double most =
            domain->group_high[k] < SIZE_MAX ? sum[k] - (double)domain->group_high[k] : 0;
        g[low] = (float)(least * relax->unit[low]);
        g[high] = (float)(most * relax->unit[high]);
        g[row] = asked > 0 ? (float)((1 - money[k] / asked) * relax->unit[row]) : 0;
    }
}

void ais__relax_fill_rows(ais__relax *relax, const ais__domain *domain)
{
    const ais_perf *perf = relax->perf;
    const ais_system *system = perf->system;
    for (size_t c = 0; c < system->component_count; c++) {
        const size_t row = relax->row_of_component[c];
        if (row == AIS_SYSTEM_NONE)
            continue;
        relax->y[row] = relax->passed_s[c] / perf->local_limit_s[c];
        relax->w[row] = 1;
    }
    for (size_t p = 0; p < system->path_count; p++) {
        const size_t row = relax->first_path_row + p;
        double sum = 0;
        for (size_t k = 0; k < system->paths[p].component_count; k++)
            sum += relax->passed_s[system->paths[p].components[k]];
        relax->y[row] = is_limited(relax, p) ? sum / perf->path_limit_s[p] : 0;
        relax->w[row] = is_limited(relax, p) ? 1 : 0;
    }
    fill_groups(relax, domain);
}
