/* Depth first through the courses that are left: the component with the fewest, its cheapest course under the
 * multipliers first; then without that course, and so on. What all bounds let through the judge decides. */
#include <math.h>

#include "place/vectors.h"

enum {
    ROOT_STEPS = 40,
    NODE_STEPS = 5,
    LOOK_EVERY = 8,
    WORK_MAX = 200000000
}; /* nodes by courses */

ais__solver *ais__solver_new(const ais__facts *facts, ais__search *search)
{
    ais__solver *solver = ais_alloc(sizeof *solver);
    const size_t components = facts->system->component_count;
    ais_arena *arena = ais_arena_new();
    *solver = (ais__solver){.facts = facts,
                            .search = search,
                            .arena = arena,
                            .best = ais_placement_new(facts->system),
                            .scratch = ais_placement_new(facts->system),
                            .judge = ais_perf_scratch_new(facts->system)};
    const size_t dimensions = 2 * facts->group_count + 1;
    size_t hops = 0;
    for (size_t q = 0; q < facts->path_count; q++)
        if (facts->system->paths[facts->paths[q]].component_count > hops)
            hops = facts->system->paths[facts->paths[q]].component_count;
    solver->hop_s = ais_arena_alloc(arena, (hops + 1) * sizeof(double));
    solver->least = ais_arena_alloc(arena, components * sizeof(double));
    solver->allowed_s = ais_arena_alloc(arena, components * sizeof(double));
    solver->minima = ais_arena_alloc(arena, components * dimensions * sizeof(double));
    solver->sums = ais_arena_alloc(arena, dimensions * sizeof(double));
    solver->slope = ais_arena_alloc(arena, dimensions * sizeof(double));
    solver->trial = ais_arena_alloc(arena, dimensions * sizeof(double));
    solver->nodes = ais_arena_alloc(arena, (components + 2) * sizeof(ais__node));
    for (size_t depth = 0; depth < components + 2; depth++) {
        ais__node *node = &solver->nodes[depth];
        node->count = ais_arena_alloc(arena, components * sizeof(uint32_t));
        node->cap = ais_arena_alloc(arena, dimensions * sizeof(double));
        node->multipliers = ais_arena_alloc(arena, dimensions * sizeof(double));
    }
    return solver;
}

void ais__solver_free(ais__solver *solver)
{
    if (solver == NULL)
        return;
    ais_placement_free(solver->best);
    ais_placement_free(solver->scratch);
    ais_perf_scratch_free(solver->judge);
    ais_arena_free(solver->arena);
    free(solver->left);
    free(solver->fixed_s);
    free(solver->times_s);
    free(solver->reduced);
    free(solver->shared_cost);
    free(solver);
}

static void copy_node(const ais__solver *solver, ais__node *to, const ais__node *from)
{
    const size_t dimensions = solver->set->dimension_count;
    memcpy(to->count, from->count, solver->facts->system->component_count * sizeof(uint32_t));
    memcpy(to->cap, from->cap, dimensions * sizeof(double));
    memcpy(to->multipliers, from->multipliers, dimensions * sizeof(double));
    to->bound = from->bound;
}

/* All that a complete choice decides, for the judge. */
static void write_placement(const ais__solver *solver, ais_placement *placement)
{
    const ais__facts *facts = solver->facts;
    const ais_system *system = facts->system;
    const ais__set *set = solver->set;
    memset(placement->count, 0, system->resource_count * sizeof(size_t));
    for (size_t p = 0; p < system->part_count; p++)
        placement->option[p] = AIS_SYSTEM_NONE;
    for (size_t i = 0; i < system->component_count; i++) {
        const ais__course *course = set->courses[solver->left[set->first[i]]];
        const ais_system_deployment *deployment = &system->deployments[course->deployment];
        placement->deployment[i] = course->deployment;
        for (size_t k = 0; k < deployment->part_count; k++) {
            placement->option[deployment->first_part + k] = course->stops[k]->option;
            placement->count[course->stops[k]->resource] = 1;
        }
    }
    for (size_t m = 0; m < set->machine_count; m++) {
        const size_t r = facts->resource_of[set->machines[m]];
        if (placement->count[r] > 0)
            placement->count[r] = solver->counts[m];
    }
}

static void take_leaf(ais__solver *solver, ais_placement *scratch)
{
    solver->limited = solver->set->present != NULL; /* nothing to judge: some are absent */
    if (solver->limited)
        return;
    write_placement(solver, scratch);
    ais_evaluation_result result = {.violations = 0};
    ais_perf_evaluate(solver->facts->perf, scratch, solver->judge, &result);
    if (solver->any_allowed) {
        solver->found = result.violations == 0;
        /* fitted models were taken at their best: what breaks a rule here need not with fewer machines */
        solver->limited = solver->found || solver->set->any_fitted;
        if (!solver->found)
            return;
    } else if (result.violations != 0 || !(result.cost < ais__below(solver->budget))) {
        return;
    }
    solver->found = true;
    solver->budget = solver->best_cost = result.cost;
    ais_placement_copy(solver->facts->system, solver->best, scratch);
}

/* Which component next: the one with the fewest courses; NONE when all are settled. */
static size_t pick(const ais__solver *solver, const ais__node *node)
{
    size_t best = AIS_SYSTEM_NONE;
    for (size_t i = 0; i < solver->facts->system->component_count; i++)
        if (node->count[i] > 1 && (best == AIS_SYSTEM_NONE || node->count[i] < node->count[best]))
            best = i;
    return best;
}

/* Its course with the least cost under the multipliers, in the set's order among equals. */
static size_t pick_course(const ais__solver *solver, const ais__node *node, size_t component)
{
    const ais__set *set = solver->set;
    const uint32_t *left = solver->left + set->first[component];
    size_t best = 0;
    double lowest = INFINITY;
    for (size_t k = 0; k < node->count[component]; k++) {
        double sum = solver->cost[left[k]];
        for (size_t d = 0; d < set->dimension_count; d++)
            sum += node->multipliers[d] * set->load[left[k] * set->dimension_count + d];
        if (sum < lowest || (!(sum > lowest) && left[k] < left[best])) {
            lowest = sum;
            best = k;
        }
    }
    return best;
}

static bool must_stop(ais__solver *solver)
{
    for (size_t i = 0; i < solver->earlier_count; i++) {
        const double cost = atomic_load_explicit(&solver->earlier[i], memory_order_relaxed);
        if (cost < solver->budget) {
            solver->budget = cost;
            solver->lowered = true;
        }
    }
    if (++solver->node_count % LOOK_EVERY == 0 && ais__search_stop(solver->search))
        solver->stopped = true;
    if (solver->node_count >= solver->node_limit)
        solver->limited = true;
    return solver->stopped || solver->limited;
}

/* `depth` is at most the number of components: each level settles one. */
static void search_node(ais__solver *solver, size_t depth, ais_placement *scratch)
{
    ais__node *node = &solver->nodes[depth];
    for (;;) {
        if (must_stop(solver) || !ais__node_reduce(solver, node) ||
            !ais__node_bound(solver, node, depth == 0 ? ROOT_STEPS : NODE_STEPS))
            return;
        const size_t i = pick(solver, node);
        if (i == AIS_SYSTEM_NONE) {
            take_leaf(solver, scratch);
            return;
        }
        const size_t k = pick_course(solver, node, i);
        uint32_t *left = solver->left + solver->set->first[i];
        const uint32_t course = left[k];
        left[k] = left[0];
        left[0] = course;
        ais__node *child = &solver->nodes[depth + 1];
        copy_node(solver, child, node);
        child->count[i] = 1;
        search_node(solver, depth + 1, scratch);
        if (solver->stopped || solver->limited)
            return;
        for (size_t n = 0; n < node->count[i]; n++)
            if (left[n] == course) {
                ais__node_drop(solver, node, i, n);
                break;
            }
    }
}

static void make_room(ais__solver *solver)
{
    const size_t count = solver->set->course_count;
    if (count <= solver->course_capacity)
        return;
    solver->course_capacity = count + count / 2;
    solver->left = ais_realloc(solver->left, solver->course_capacity * sizeof(uint32_t));
    solver->fixed_s = ais_realloc(solver->fixed_s, solver->course_capacity * sizeof(double));
    solver->times_s = ais_realloc(solver->times_s, solver->course_capacity * sizeof(double));
    solver->shared_cost =
        ais_realloc(solver->shared_cost, solver->course_capacity * sizeof(double));
    solver->reduced = ais_realloc(solver->reduced, solver->course_capacity * sizeof(double));
}

/* Time of a course that no load changes, at the counts in hand; INFINITY where a model has no answer. */
static double fixed_time_s(const ais__solver *solver, size_t s)
{
    const ais_perf *perf = solver->facts->perf;
    const ais__set *set = solver->set;
    const ais__course *course = set->courses[s];
    double time_s = set->fixed_s[s];
    const size_t parts = solver->facts->system->deployments[course->deployment].part_count;
    for (size_t k = 0; k < parts && course->fitted_count > 0; k++) {
        const ais__stop *stop = course->stops[k];
        for (size_t m = 0; stop->fitted && m < set->machine_count; m++) {
            if (set->machines[m] != stop->machine)
                continue;
            const double response_s = perf->response_s[stop->option][solver->counts[m] - 1];
            if (!isfinite(response_s))
                return INFINITY;
            time_s += stop->weight * (response_s - perf->time_s[stop->option]);
        }
    }
    return time_s;
}

static bool start_root(ais__solver *solver)
{
    const ais__facts *facts = solver->facts;
    const ais__set *set = solver->set;
    ais__node *root = &solver->nodes[0];
    for (size_t i = 0; i < facts->system->component_count; i++) {
        root->count[i] = 0;
        for (size_t s = set->first[i]; s < set->first[i] + set->count[i]; s++) {
            solver->fixed_s[s] =
                set->any_fitted && !solver->any_allowed ? fixed_time_s(solver, s) : set->fixed_s[s];
            if (isfinite(solver->fixed_s[s]))
                solver->left[set->first[i] + root->count[i]++] = (uint32_t)s;
        }
        if (root->count[i] == 0)
            return false;
    }
    for (size_t d = 0; d < set->dimension_count; d++) {
        const bool is_load = d < set->machine_count;
        size_t m = d;
        for (size_t k = 0; !is_load && k < set->machine_count; k++)
            m = set->machines[k] == set->machines[d] ? k : m;
        const bool times = is_load || facts->perf->rules_of->memory_of_all_machines;
        root->cap[d] = times ? (double)solver->counts[m] : 1;
        root->cap[d] *= is_load ? 1 : 1 + AIS_PERF_TOLERANCE;
        root->multipliers[d] = 0;
    }
    root->bound = set->least_cost;
    return true;
}

static void run(ais__solver *solver, const ais__set *set, const size_t *counts, double price,
                double budget)
{
    solver->set = set;
    solver->counts = counts;
    solver->price = price;
    solver->budget = budget;
    solver->found = solver->stopped = solver->limited = solver->lowered = false;
    solver->node_count = 0;
    make_room(solver);
    if (start_root(solver))
        search_node(solver, 0, solver->scratch);
}

void ais__solver_run(ais__solver *solver, const ais__set *set, const size_t *counts, double price,
                     double budget)
{
    solver->node_limit = WORK_MAX / (set->course_count + 1) + 1;
    solver->any_allowed = false;
    run(solver, set, counts, price, budget);
}

ais__answer ais__solver_probe(ais__solver *solver, const ais__set *set, const size_t *counts,
                              double price, double budget, uint64_t node_limit)
{
    solver->node_limit = node_limit;
    solver->any_allowed = true;
    solver->earlier_count = 0;
    run(solver, set, counts, price, budget);
    if (solver->found)
        return AIS__YES;
    return solver->limited || solver->stopped ? AIS__PERHAPS : AIS__NO;
}
