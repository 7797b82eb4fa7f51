/* Lower bounds by multipliers: for u >= 0, sum over components of min (cost + u * load) - u * cap is below the cost
 * of everything that fits. Multipliers follow the slope (loads of the minimisers less caps) towards the budget.
 * Source: Held, Wolfe, Crowder, Validation of Subgradient Optimization, Mathematical Programming 6 (1974). */
#include <math.h>

#include "place/vectors.h"

/* The bound at `multipliers`; slope and reduced costs as by-products. */
static double value_at(ais__solver *solver, const ais__node *node, const double *multipliers)
{
    const ais__set *set = solver->set;
    const size_t dimensions = set->dimension_count;
    double value = 0;
    for (size_t d = 0; d < dimensions; d++) {
        value -= multipliers[d] * node->cap[d];
        solver->slope[d] = -node->cap[d];
    }
    for (size_t i = 0; i < solver->facts->system->component_count; i++) {
        const uint32_t *left = solver->left + set->first[i];
        double lowest = INFINITY;
        size_t best = left[0];
        for (size_t k = 0; k < node->count[i]; k++) {
            const double *load = set->load + left[k] * dimensions;
            double sum = solver->cost[left[k]];
            for (size_t d = 0; d < dimensions; d++)
                sum += multipliers[d] * load[d];
            solver->reduced[left[k]] = sum;
            if (sum < lowest) {
                lowest = sum;
                best = left[k];
            }
        }
        solver->least[i] = lowest;
        value += lowest;
        for (size_t d = 0; d < dimensions; d++)
            solver->slope[d] += set->load[best * dimensions + d];
    }
    return value;
}

/* No assignment of what is left costs more; so a bound above it refutes all, whatever the budget. */
static double most_cost(const ais__solver *solver, const ais__node *node)
{
    double sum = 0;
    for (size_t i = 0; i < solver->facts->system->component_count; i++) {
        const uint32_t *left = solver->left + solver->set->first[i];
        double most = -INFINITY;
        for (size_t k = 0; k < node->count[i]; k++)
            most = fmax(most, solver->cost[left[k]]);
        sum += most;
    }
    return sum;
}

static bool drop_dear(ais__solver *solver, ais__node *node, double value, double budget)
{
    for (size_t i = 0; i < solver->facts->system->component_count; i++) {
        const uint32_t *left = solver->left + solver->set->first[i];
        for (size_t k = node->count[i]; k-- > 0;)
            if (node->count[i] > 1 && value + solver->reduced[left[k]] - solver->least[i] >= budget)
                ais__node_drop(solver, node, i, k);
    }
    return true;
}

/* Functions that are charged once for several: one that some component uses for certain is charged at its least;
 * of another every component that may still use it bears an equal share. Returns the certain charges; costs of
 * courses with their shares are in solver->shared_cost. */
static double share_once(ais__solver *solver, const ais__node *node)
{
    const ais__facts *facts = solver->facts;
    const ais__set *set = solver->set;
    uint64_t certain = 0;
    double users[AIS__ONCE_MAX] = {0}, sum = 0;
    for (size_t i = 0; i < facts->system->component_count; i++) {
        const uint32_t *left = solver->left + set->first[i];
        uint64_t all = ~(uint64_t)0, any = 0;
        for (size_t k = 0; k < node->count[i]; k++) {
            all &= set->once[left[k]];
            any |= set->once[left[k]];
        }
        certain |= all;
        for (; any != 0; any &= any - 1)
            users[__builtin_ctzll(any)]++;
    }
    for (size_t i = 0; i < facts->system->component_count; i++) {
        const uint32_t *left = solver->left + set->first[i];
        for (size_t k = 0; k < node->count[i]; k++) {
            double cost = set->cost[left[k]];
            for (uint64_t bits = set->once[left[k]] & ~certain; bits != 0; bits &= bits - 1)
                cost += facts->least_charge[__builtin_ctzll(bits)] / users[__builtin_ctzll(bits)];
            solver->shared_cost[left[k]] = cost;
        }
    }
    for (; certain != 0; certain &= certain - 1)
        sum += facts->least_charge[__builtin_ctzll(certain)];
    return sum;
}

bool ais__node_bound(ais__solver *solver, ais__node *node, size_t steps)
{
    const size_t dimensions = solver->set->dimension_count;
    solver->cost = solver->set->cost;
    double once = 0;
    if (solver->facts->once_count > 0) {
        once = share_once(solver, node);
        solver->cost = solver->shared_cost;
    }
    const double most = most_cost(solver, node);
    const double scale = 1e-9 * (fabs(most) + fabs(solver->price)) + 1e-12;
    /* below it is wanted */
    const double limit = ais__below(solver->budget) - solver->price - once;
    const double refuted = most + scale > 0 ? most + scale : scale;
    const double budget = limit < refuted ? limit : refuted;
    double goal = budget + fmax(0.05 * fabs(budget), 1e3 * scale), best = -INFINITY;
    double *u = solver->trial;
    memcpy(u, node->multipliers, dimensions * sizeof *u);
    for (size_t step = 0;; step++) {
        const double value = value_at(solver, node, u);
        if (value >= budget)
            memcpy(node->multipliers, u, dimensions * sizeof *u);
        if (value >= budget)
            return false;
        if (value > best) {
            best = value;
            memcpy(node->multipliers, u, dimensions * sizeof *u);
            drop_dear(solver, node, value, budget);
        }
        double length = 0;
        for (size_t d = 0; d < dimensions; d++)
            if (u[d] > 0 || solver->slope[d] > 0)
                length += solver->slope[d] * solver->slope[d];
        if (step == steps || !(length > 1e-18))
            break;
        for (size_t d = 0; d < dimensions; d++)
            u[d] = fmax(0, u[d] + (goal - value) / length * solver->slope[d]);
    }
    node->bound = best > node->bound ? best : node->bound;
    return true;
}
