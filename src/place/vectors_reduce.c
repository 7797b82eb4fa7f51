/* Leave out courses that cannot be part of anything allowed: loads and memory against what all other components
 * need at least, times at the least loads against limits, the forward rule, fitted models that stay alone. Limits of
 * time bound loads in turn: a queueing factor must not exceed what the slackest course of each component bears. */
#include <math.h>

#include "place/vectors.h"

enum { PASSES_MAX = 8 };
/* Times and loads are compared with this much to spare; the judge decides in the end. */
static const double spare = 1e-9;

static double queueing(double load, double machines)
{
    const double room = 1 - load / machines + 1e-14;
    return room > 1e-13 ? 1 / room : 1e13;
}

/* Least loads by component, and of all. */
static bool add_up(ais__solver *solver, const ais__node *node)
{
    const ais__set *set = solver->set;
    const size_t dimensions = set->dimension_count;
    const size_t components = solver->facts->system->component_count;
    memset(solver->sums, 0, dimensions * sizeof(double));
    for (size_t i = 0; i < components; i++) {
        const uint32_t *left = solver->left + set->first[i];
        double *minima = solver->minima + i * dimensions;
        memcpy(minima, set->load + left[0] * dimensions, dimensions * sizeof(double));
        for (size_t k = 1; k < node->count[i]; k++) {
            const double *load = set->load + left[k] * dimensions;
            for (size_t d = 0; d < dimensions; d++)
                minima[d] = load[d] < minima[d] ? load[d] : minima[d];
        }
        for (size_t d = 0; d < dimensions; d++)
            solver->sums[d] += minima[d];
    }
    for (size_t d = 0; d < dimensions; d++)
        if (solver->sums[d] > node->cap[d] * (1 + spare))
            return false;
    return true;
}

/* Drop what does not fit beside the least of all others. */
static bool fit_loads(ais__solver *solver, ais__node *node, bool *changed)
{
    const ais__set *set = solver->set;
    const size_t dimensions = set->dimension_count;
    const size_t components = solver->facts->system->component_count;
    double *room = solver->trial;
    for (size_t i = 0; i < components; i++) {
        const double *minima = solver->minima + i * dimensions;
        const uint32_t *left = solver->left + set->first[i];
        for (size_t d = 0; d < dimensions; d++)
            room[d] = node->cap[d] * (1 + spare) - solver->sums[d] + minima[d];
        for (size_t k = node->count[i]; k-- > 0;) {
            const double *load = set->load + left[k] * dimensions;
            bool fits = true;
            for (size_t d = 0; d < dimensions; d++)
                fits &= load[d] <= room[d];
            if (fits)
                continue;
            ais__node_drop(solver, node, i, k);
            *changed = true;
        }
        if (node->count[i] == 0)
            return false;
    }
    return true;
}

/* Least times: with the least loads of the others and its own. */
static void find_times(ais__solver *solver, const ais__node *node, size_t component)
{
    const ais__set *set = solver->set;
    const size_t dimensions = set->dimension_count, machines = set->machine_count;
    const uint32_t *left = solver->left + set->first[component];
    const double *minima = solver->minima + component * dimensions;
    double least = INFINITY;
    for (size_t k = 0; k < node->count[component]; k++) {
        const size_t s = left[k];
        const double *factor = set->factor + s * machines, *load = set->load + s * dimensions;
        double time_s = solver->fixed_s[s];
        for (size_t m = 0; m < machines; m++)
            if (factor[m] > 0)
                time_s += factor[m] * queueing(solver->sums[m] - minima[m] + load[m],
                                               (double)solver->counts[m]);
        solver->times_s[s] = time_s;
        least = time_s < least ? time_s : least;
    }
    solver->least[component] = least;
    solver->allowed_s[component] = solver->facts->perf->local_limit_s[component];
}

/* Delay between two courses that are settled; 0 when one of them is of an absent component. */
static double settled_s(const ais__solver *solver, const ais_system_path *path, size_t hop)
{
    const ais__facts *facts = solver->facts;
    const ais__set *set = solver->set;
    const size_t i = path->components[hop], next = path->components[hop + 1];
    const ais__course *course = set->courses[solver->left[set->first[i]]];
    const ais__course *head = set->courses[solver->left[set->first[next]]];
    if (course->stops == NULL || head->stops == NULL)
        return 0;
    return ais__facts_transfer_s(facts, course->deployment, course->stops,
                                 path->edges[hop] - facts->system->components[i].first_edge,
                                 head->stops[0]->resource);
}

/* Least time of a component on a path with the transfer behind it, by course in solver->on_path_s: the least delay,
 * or what it is once both sides are settled. */
static double least_on_path(ais__solver *solver, const ais__node *node, const ais_system_path *path,
                            size_t hop, double *on_path_s)
{
    const ais__facts *facts = solver->facts;
    const size_t i = path->components[hop];
    const uint32_t *left = solver->left + solver->set->first[i];
    const bool last = hop + 1 == path->component_count;
    if (!last && node->count[i] == 1 && node->count[path->components[hop + 1]] == 1) {
        on_path_s[0] = solver->times_s[left[0]] + settled_s(solver, path, hop);
        return on_path_s[0];
    }
    const double *leave_s = last ? NULL : solver->set->leave_s + facts->slot_of[path->edges[hop]];
    double least = INFINITY;
    for (size_t k = 0; k < node->count[i]; k++) {
        on_path_s[k] = solver->times_s[left[k]];
        if (!last)
            on_path_s[k] += leave_s[left[k] * facts->slot_count];
        least = on_path_s[k] < least ? on_path_s[k] : least;
    }
    return least;
}

/* Drop what is too slow for a path even beside the fastest of all others on it; allowed_s learns the rest. */
static bool fit_path(ais__solver *solver, ais__node *node, size_t p, bool *changed)
{
    const ais_system_path *path = &solver->facts->system->paths[p];
    double *on_path_s = solver->reduced, sum_s = 0; /* `reduced` is free now */
    for (size_t hop = 0; hop < path->component_count; hop++) {
        solver->hop_s[hop] = least_on_path(solver, node, path, hop, on_path_s);
        sum_s += solver->hop_s[hop];
        on_path_s += node->count[path->components[hop]];
    }
    const double slack_s = solver->facts->perf->path_limit_s[p] * (1 + spare) - sum_s;
    if (!(slack_s >= 0))
        return false;
    on_path_s = solver->reduced;
    for (size_t hop = 0; hop < path->component_count; hop++) {
        const size_t i = path->components[hop], count = node->count[i];
        const double most_s = solver->hop_s[hop] + slack_s;
        for (size_t k = count; count > 1 && k-- > 0;)
            if (on_path_s[k] > most_s) {
                ais__node_drop(solver, node, i, k);
                *changed = true;
            }
        on_path_s += count;
        if (most_s < solver->allowed_s[i])
            solver->allowed_s[i] = most_s;
    }
    return true;
}

/* How far a machine may be filled so that at least one course of the component stays in time. */
static void lower_caps(const ais__solver *solver, ais__node *node, size_t component)
{
    const ais__set *set = solver->set;
    const size_t dimensions = set->dimension_count, machines = set->machine_count;
    const uint32_t *left = solver->left + set->first[component];
    const double *minima = solver->minima + component * dimensions;
    const double allowed_s = solver->allowed_s[component];
    if (isinf(allowed_s))
        return;
    for (size_t m = 0; m < machines; m++) {
        const double n = (double)solver->counts[m];
        double highest = 0;
        for (size_t k = 0; k < node->count[component] && highest < n; k++) {
            const double factor = set->factor[left[k] * machines + m];
            if (!(factor > 0)) {
                highest = n;
                break;
            }
            const double load = set->load[left[k] * dimensions + m];
            const double now = queueing(solver->sums[m] - minima[m] + load, n);
            const double most = now + (allowed_s * (1 + spare) - solver->times_s[left[k]]) / factor;
            const double cap = most > 1 ? n * (1 - 1 / most) * (1 + spare) : 0;
            highest = cap > highest ? cap : highest;
        }
        node->cap[m] = highest < node->cap[m] ? highest : node->cap[m];
    }
}

static bool fit_times(ais__solver *solver, ais__node *node, bool *changed)
{
    const ais__facts *facts = solver->facts;
    const size_t components = facts->system->component_count;
    for (size_t i = 0; i < components; i++) {
        if (!facts->timed[i])
            continue;
        find_times(solver, node, i);
        const uint32_t *left = solver->left + solver->set->first[i];
        for (size_t k = node->count[i]; k-- > 0;)
            if (solver->times_s[left[k]] > solver->allowed_s[i] * (1 + spare)) {
                ais__node_drop(solver, node, i, k);
                *changed = true;
            }
        if (node->count[i] == 0)
            return false;
    }
    for (size_t q = 0; q < facts->path_count; q++)
        if (!fit_path(solver, node, facts->paths[q], changed))
            return false;
    for (size_t i = 0; i < components; i++)
        if (facts->timed[i])
            lower_caps(solver, node, i);
    return true;
}

static unsigned sides_of(const ais__solver *solver, const ais__node *node, size_t component)
{
    const uint32_t *left = solver->left + solver->set->first[component];
    unsigned sides = 0;
    for (size_t k = 0; k < node->count[component]; k++)
        sides |= solver->set->side[left[k]];
    return sides;
}

static bool keep_sides(ais__solver *solver, ais__node *node, size_t component, unsigned sides,
                       bool *changed)
{
    const uint32_t *left = solver->left + solver->set->first[component];
    for (size_t k = node->count[component]; k-- > 0;)
        if ((solver->set->side[left[k]] & sides) == 0) {
            ais__node_drop(solver, node, component, k);
            *changed = true;
        }
    return node->count[component] > 0;
}

/* Behind a component that ends in the cloud all is cloud; before one that begins at the edge all is edge. */
static bool go_forward(ais__solver *solver, ais__node *node, bool *changed)
{
    const ais_system *system = solver->facts->system;
    for (size_t n = 0; n < system->component_count; n++) {
        const ais_system_component *c = &system->components[system->order[n]];
        if (c->edge_count == 0 || (sides_of(solver, node, system->order[n]) & AIS__EDGE) != 0)
            continue;
        for (size_t e = c->first_edge; e < c->first_edge + c->edge_count; e++)
            if (!keep_sides(solver, node, system->edges[e].to, AIS__CLOUD, changed))
                return false;
    }
    for (size_t n = system->component_count; n-- > 0;) {
        const size_t i = system->order[n];
        const ais_system_component *c = &system->components[i];
        bool edge_only = false;
        for (size_t e = c->first_edge; e < c->first_edge + c->edge_count; e++)
            edge_only |= (sides_of(solver, node, system->edges[e].to) & AIS__CLOUD) == 0;
        if (edge_only && !keep_sides(solver, node, i, AIS__EDGE, changed))
            return false;
    }
    return true;
}

/* Fitted models keep their machines for themselves. */
static bool stay_alone(ais__solver *solver, ais__node *node, bool *changed)
{
    const ais__set *set = solver->set;
    const size_t components = solver->facts->system->component_count;
    for (size_t i = 0; i < components; i++) {
        if (node->count[i] > 1)
            continue;
        const size_t s = solver->left[set->first[i]];
        for (size_t j = 0; j < components; j++) {
            const uint32_t *left = solver->left + set->first[j];
            for (size_t k = node->count[j]; j != i && k-- > 0;)
                if ((set->alone[s] & set->used[left[k]]) != 0 ||
                    (set->used[s] & set->alone[left[k]]) != 0) {
                    ais__node_drop(solver, node, j, k);
                    *changed = true;
                }
            if (node->count[j] == 0)
                return false;
        }
    }
    return true;
}

/* No network between two that are neighbours. */
static bool close_gaps(ais__solver *solver, ais__node *node, bool *changed)
{
    const ais__facts *facts = solver->facts;
    const ais_system *system = facts->system;
    const ais__set *set = solver->set;
    for (size_t e = 0; e < system->edge_count; e++) {
        const size_t from = system->edges[e].from, to = system->edges[e].to;
        if (node->count[from] > 1 && node->count[to] > 1)
            continue;
        const bool settled = node->count[from] == 1;
        const size_t loose = settled ? to : from;
        const uint32_t *left = solver->left + set->first[loose];
        for (size_t k = node->count[loose]; k-- > 0;) {
            const ais__course *a = set->courses[settled ? solver->left[set->first[from]] : left[k]];
            const ais__course *b = set->courses[settled ? left[k] : solver->left[set->first[to]]];
            if (a->stops == NULL || b->stops == NULL)
                continue;
            if (!isinf(ais__facts_transfer_s(facts, a->deployment, a->stops,
                                             e - system->components[from].first_edge,
                                             b->stops[0]->resource)))
                continue;
            ais__node_drop(solver, node, loose, k);
            *changed = true;
        }
        if (node->count[loose] == 0)
            return false;
    }
    return true;
}

bool ais__node_reduce(ais__solver *solver, ais__node *node)
{
    const ais__facts *facts = solver->facts;
    const bool forward = (facts->perf->rules & AIS_RULE_FORWARD) != 0;
    bool changed = true;
    for (size_t pass = 0; changed && pass < PASSES_MAX; pass++) {
        changed = false;
        if (!add_up(solver, node) || !fit_loads(solver, node, &changed) ||
            !fit_times(solver, node, &changed) ||
            (forward && !go_forward(solver, node, &changed)) ||
            (facts->any_alone && !stay_alone(solver, node, &changed)) ||
            (facts->perf->has_gaps && !close_gaps(solver, node, &changed)))
            return false;
    }
    return true;
}
