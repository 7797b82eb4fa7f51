/* Filling what is open: passes over all components, against prices that rise where rules break; see greedy.h. */
#include "place/greedy.h"

#include <math.h>

static const double first_load_price = 0.01, first_time_price = 0.01; /* of what a type costs */
static const double overload = 0.01;     /* excess of a load of 1; more of more */
static const double least_excess = 1e-6; /* of what breaks any rule */

/* Prices of time follow from those of the limits. */
static void spread_prices(ais__greedy *g)
{
    const ais_perf *perf = g->cover.perf;
    const ais_system *s = perf->system;
    for (size_t c = 0; c < s->component_count; c++) {
        double price = perf->local_limit_s[c] < (double)INFINITY
                           ? g->local_price[c] / perf->local_limit_s[c]
                           : 0;
        for (size_t i = g->cover.first_path[c]; i < g->cover.first_path[c + 1]; i++) {
            const size_t path = g->cover.paths[i];
            if (perf->path_limit_s[path] < (double)INFINITY)
                price += g->path_price[path] / perf->path_limit_s[path];
        }
        g->component_price[c] = price;
    }
    for (size_t r = 0; r < s->resource_count; r++)
        g->waiting[r] = 0;
    for (size_t p = 0; p < s->part_count; p++) {
        g->time_price[p] = g->component_price[s->parts[p].component] * perf->part_weight[p];
        const size_t o = g->placement->option[p];
        if (o != AIS_SYSTEM_NONE && perf->load[o] > 0)
            g->waiting[s->options[o].resource] += g->time_price[p] * perf->time_s[o];
    }
}

static void first_prices(ais__greedy *g)
{
    const ais_system *s = g->cover.perf->system;
    g->load_price = first_load_price * g->money;
    for (size_t c = 0; c < s->component_count; c++)
        g->local_price[c] = first_time_price * g->money;
    for (size_t p = 0; p < s->path_count; p++)
        g->path_price[p] = first_time_price * g->money;
}

/* What is over its limit becomes dearer the more it is over it. */
static double raised(double price, double value, double limit, double step)
{
    if (!(limit < (double)INFINITY) || value <= limit)
        return price;
    const double over = value / limit - 1;
    return price * 1.5 + step * (over < 1 ? over : 1);
}

static void raise_prices(ais__greedy *g)
{
    const ais_perf *perf = g->cover.perf;
    const ais_system *s = perf->system;
    if ((g->result.violations & AIS_VIOLATION_LOAD) != 0) {
        g->load_price *= 4;
        return;
    }
    for (size_t c = 0; c < s->component_count; c++)
        g->local_price[c] =
            raised(g->local_price[c], g->result.component_s[c], perf->local_limit_s[c], g->money);
    for (size_t p = 0; p < s->path_count; p++)
        g->path_price[p] =
            raised(g->path_price[p], g->result.path_s[p], perf->path_limit_s[p], g->money);
    spread_prices(g);
}

static bool pass(ais__greedy *g, bool backward)
{
    const ais_system *s = g->cover.perf->system;
    for (size_t i = 0; i < s->component_count; i++) {
        const size_t c = s->order[backward ? s->component_count - 1 - i : i];
        ais__greedy_take_up(g, c);
        if (!ais__greedy_put_down(g, c, backward))
            return false;
    }
    return true;
}

/* How far a time is over its limit. What waits endlessly counts through the load that makes it wait. */
static double over(double time_s, double limit_s)
{
    return time_s > limit_s && time_s < (double)INFINITY ? fmin(time_s / limit_s - 1, 10) : 0;
}

static double excess_of(const ais__greedy *g)
{
    const ais_perf *perf = g->cover.perf;
    const ais_system *s = perf->system;
    const ais_evaluation_result *result = &g->result;
    const unsigned counted = AIS_VIOLATION_LOAD | AIS_VIOLATION_LOCAL | AIS_VIOLATION_GLOBAL;
    double excess = least_excess + __builtin_popcount(result->violations & ~counted);
    for (size_t r = 0; r < s->resource_count && (result->violations & AIS_VIOLATION_LOAD) != 0; r++)
        excess += result->utilization[r] >= 1 ? result->utilization[r] - 1 + overload : 0;
    for (size_t c = 0; c < s->component_count; c++)
        excess += over(result->component_s[c], perf->local_limit_s[c]);
    for (size_t p = 0; p < s->path_count; p++)
        excess += over(result->path_s[p], perf->path_limit_s[p]);
    return excess;
}

void ais__greedy_judge_present(ais__greedy *g)
{
    const ais_system *s = g->cover.perf->system;
    for (size_t r = 0; r < s->resource_count; r++)
        g->placement->count[r] = g->parts_on[r] > 0 ? g->cover.count[r] : 0;
    const double cost = ais__greedy_judge(g, g->placement);
    g->looks += s->part_count; /* judging and going back cost about as much */
    g->present_cost = g->result.cost;
    g->excess = cost < (double)INFINITY ? 0 : excess_of(g);
    if (cost < g->cost) {
        ais_placement_copy(s, g->best, g->placement);
        g->cost = cost;
    }
}

void ais__greedy_load(ais__greedy *g, const ais_placement *placement)
{
    const ais_system *s = g->cover.perf->system;
    for (size_t r = 0; r < s->resource_count; r++) {
        g->parts_on[r] = g->alone_on[r] = 0;
        g->load[r] = g->memory_bytes[r] = g->waiting[r] = 0;
    }
    for (size_t c = 0; c < s->component_count; c++) {
        g->placement->deployment[c] = AIS_SYSTEM_NONE;
        g->placed[c] = false;
    }
    for (size_t p = 0; p < s->part_count; p++)
        g->placement->option[p] = AIS_SYSTEM_NONE;
    for (size_t c = 0; placement != NULL && c < s->component_count; c++) {
        const size_t deployment = placement->deployment[c];
        const ais_system_deployment *d = &s->deployments[deployment];
        g->placement->deployment[c] = deployment;
        for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
            ais__greedy_put(g, p, placement->option[p], true);
        ais__greedy_note_sides(g, c, d);
    }
}

bool ais__greedy_fill(ais__greedy *g, size_t passes, bool warm)
{
    g->cost = (double)INFINITY;
    ais__greedy_list_open(g);
    if (!warm) {
        first_prices(g);
        ais__greedy_load(g, NULL);
    }
    spread_prices(g);
    for (size_t i = 0; i < passes; i++) {
        const double before = g->cost;
        if (!pass(g, i % 2 == 1)) {
            g->excess = (double)INFINITY; /* something lies nowhere */
            break;
        }
        ais__greedy_judge_present(g);
        if (g->excess > 0)
            raise_prices(g);
        else if (!(g->cost < before))
            break;
    }
    return g->cost < (double)INFINITY;
}
