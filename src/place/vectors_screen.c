/* Refute vectors by their parts alone: under multipliers on loads each deployment costs at least what its parts cost
 * where each is cheapest by itself. That forgets what ties the parts of a deployment together, but needs no courses,
 * and most vectors that are too small are refuted by it. */
#include <math.h>

#include "place/vectors.h"

/* The cheapest place of a part among the open types and functions: its index, machine_count for a function. */
static size_t place_part(const ais__facts *facts, const ais__set *set, const double *u, size_t part,
                         double *cost)
{
    const double *costs = facts->part_cost + part * facts->machine_count;
    const double *loads = facts->part_load + part * facts->machine_count;
    double least = facts->part_free[part];
    size_t at = set->machine_count;
    for (size_t k = 0; k < set->machine_count; k++) {
        const double value = costs[set->machines[k]] + u[k] * loads[set->machines[k]];
        if (value < least) {
            least = value;
            at = k;
        }
    }
    *cost = least;
    return at;
}

/* Least cost of all components under multipliers; their loads are added to `slope`. */
static double least_under(const ais__set_table *table, const ais__set *set, const double *u,
                          double *slope)
{
    const ais__facts *facts = table->facts;
    const ais_system *system = facts->system;
    double total = 0;
    for (size_t i = 0; i < system->component_count; i++) {
        const ais_system_component *c = &system->components[i];
        const ais_system_deployment *best = NULL;
        double least = INFINITY;
        if (set->present != NULL && !set->present[i])
            continue;
        for (size_t d = c->first_deployment; d < c->first_deployment + c->deployment_count; d++) {
            const ais_system_deployment *deployment = &system->deployments[d];
            const size_t end = deployment->first_part + deployment->part_count;
            double sum = 0, cost;
            for (size_t p = deployment->first_part; p < end; p++) {
                table->screen_at[p] = (uint32_t)place_part(facts, set, u, p, &cost);
                sum += cost;
            }
            if (sum < least) {
                least = sum;
                best = deployment;
            }
        }
        if (best == NULL)
            return INFINITY;
        total += least;
        for (size_t p = best->first_part; p < best->first_part + best->part_count; p++) {
            const size_t k = table->screen_at[p];
            if (k < set->machine_count)
                slope[k] += facts->part_load[p * facts->machine_count + set->machines[k]];
        }
    }
    return total;
}

/* Multipliers to begin with: of the cut that says most about these counts. */
static void warm_up(const ais__set *set, const size_t *counts, double *u)
{
    double best = -INFINITY;
    for (size_t m = 0; m < set->machine_count; m++)
        u[m] = 0;
    for (size_t c = 0; c < set->cut_count; c++) {
        double value = set->cuts[c].least;
        for (size_t m = 0; m < set->machine_count; m++)
            value -= set->cuts[c].multipliers[m] * (double)counts[m];
        if (value <= best)
            continue;
        best = value;
        memcpy(u, set->cuts[c].multipliers, set->machine_count * sizeof *u);
    }
}

bool ais__set_screen(ais__set_table *table, ais__set *set, const size_t *counts, double price,
                     double budget, size_t steps)
{
    const size_t machines = set->machine_count;
    double *u = table->screen, *slope = u + AIS__OPEN_MAX, *best_u = slope + AIS__OPEN_MAX;
    const double most = table->facts->most_cost;
    const double scale = 1e-9 * (fabs(most) + fabs(price)) + 1e-12;
    const double limit = ais__below(budget) - price, refuted = fmax(most, 0) + scale;
    const double enough = limit < refuted ? limit : refuted;
    const double goal = enough + fmax(0.05 * fabs(enough), 1e3 * scale);
    double best = -INFINITY, best_least = 0;
    warm_up(set, counts, u);
    for (size_t step = 0; step < steps; step++) {
        memset(slope, 0, machines * sizeof *slope);
        const double least = least_under(table, set, u, slope);
        if (isinf(least)) {
            set->dead = true;
            return false;
        }
        double value = least, length = 0;
        for (size_t m = 0; m < machines; m++) {
            value -= u[m] * (double)counts[m];
            slope[m] -= (double)counts[m];
            if (u[m] > 0 || slope[m] > 0)
                length += slope[m] * slope[m];
        }
        if (value > best) {
            best = value;
            best_least = least;
            memcpy(best_u, u, machines * sizeof *u);
        }
        if (value >= enough || !(length > 1e-18))
            break;
        for (size_t m = 0; m < machines; m++)
            u[m] = fmax(0, u[m] + (goal - value) / length * slope[m]);
    }
    if (best >= enough)
        ais__set_keep_cut(table, set, best_least, best_u);
    return best < enough;
}
