/* Branch and bound for large systems: best bound first, bounds from the relaxation (relax.h).
 *
 * Every split is complete: a domain without placements or dearer than the incumbent is dropped, one in which
 * everything is decided is judged. So the search is exact when it ends, and its bound holds at any moment. */
#include "place/branch.h"

#include <math.h>
#include <string.h>

enum {
    START_ROUNDS = 2,  /* of the local search before the relaxation */
    START_FILLS = 200, /* sets of types that a guess places, and prices that it looks at */
    START_LOOKS = 100000000,
    ROOT_GUESSES = 9, /* of it with what the relaxation says */
    GUESSED_NODES = 100,
    NODE_FILLS = 400,
    LOOKS_PER_LINK = 60, /* prices looked at in about the time of an evaluation, by link */
    ROOT_EVALUATIONS = 600,
    ROOT_ROUNDS = 3,
    NODE_EVALUATIONS = 50,
    ROOT_EXPANSIONS = 20000, /* of sets of machines */
    NODE_EXPANSIONS = 300,
    KEPT_BYTES = 512 << 20, /* of multipliers; nodes beyond start from the root's */
};
/* Relative differences of cost below this are rounding. */
static const double same_cost = 1e-9;
/* Rows that ask for less than this more than what the relaxation does anyway are not worth their price. */
static const double useful_share = 0.01;

/* More than any placement costs: a bound above it refutes without an incumbent. */
static double highest_cost(const ais_perf *perf)
{
    const ais_system *system = perf->system;
    double sum = 0;
    for (size_t r = 0; r < system->resource_count; r++)
        sum += fmax(ais_perf_price(perf, r, 0), ais_perf_price(perf, r, perf->count_max[r]));
    for (size_t p = 0; p < system->part_count; p++) {
        double most = 0;
        for (size_t k = 0; k < system->parts[p].option_count; k++)
            if (perf->usable[system->parts[p].first_option + k])
                most = fmax(most, perf->cost[system->parts[p].first_option + k]);
        sum += most;
    }
    return sum * (1 + 1e-6) + 1e-6;
}

double ais__branch_enough(const ais__branch *branch)
{
    const double cost = atomic_load(&branch->search->cost);
    return cost < branch->highest ? cost - same_cost * fabs(cost) : branch->highest;
}

static ais__multipliers *keep_multipliers(ais__branch *branch)
{
    const size_t count = branch->relax->multiplier_count, bytes = count * sizeof(float);
    if (branch->kept_bytes + bytes > KEPT_BYTES)
        return NULL;
    branch->kept_bytes += bytes;
    ais__multipliers *kept = ais_alloc(sizeof *kept);
    kept->v = ais_alloc(bytes);
    for (size_t l = 0; l < count; l++)
        kept->v[l] = (float)branch->relax->best_v[l];
    return kept;
}

static void release(ais__branch *branch, ais__multipliers *kept)
{
    if (kept == NULL || --kept->users > 0)
        return;
    branch->kept_bytes -= branch->relax->multiplier_count * sizeof(float);
    free(kept->v);
    free(kept);
}

static void load_multipliers(ais__branch *branch, const ais__multipliers *kept)
{
    for (size_t l = 0; l < branch->relax->multiplier_count; l++)
        branch->relax->best_v[l] = kept != NULL ? kept->v[l] : branch->root_v[l];
}

static void fit(ais__branch *branch, const ais__domain *domain)
{
    ais__relax_fit(branch->relax, domain, ais__filter_slack_s(branch->filter),
                   ais__filter_part_s(branch->filter));
}

/* What the relaxation pays for the machines of a group. */
static double relaxed_money(const ais__branch *branch, size_t group)
{
    const ais_perf *perf = branch->perf;
    double sum = 0;
    for (size_t r = 0; r < perf->system->resource_count; r++)
        if (!perf->is_function[r] && perf->is_cloud[r] == (group == AIS__GROUP_VM))
            sum += branch->relax->count_mean[r] *
                   (ais_perf_price(perf, r, 1) - ais_perf_price(perf, r, 0));
    return sum;
}

/* Rows for what machines cost at least by integers, where the relaxation pays less. Returns how many. */
static size_t price_machines(ais__branch *branch, ais__domain *domain, size_t expansions)
{
    size_t added = 0;
    for (size_t g = 0; g < AIS__GROUPS && expansions > 0; g++) {
        const double money = ais__branch_machines(branch, domain, g == AIS__GROUP_VM, expansions);
        if (!(money > relaxed_money(branch, g) * (1 + useful_share)) ||
            money <= domain->group_money[g])
            continue;
        domain->group_money[g] = money * (1 - same_cost);
        added++;
    }
    return added;
}

/* The bound of a domain; what is too dear goes out of it. INFINITY: nothing is left that is worth it. */
static double bound_domain(ais__branch *branch, ais__domain *domain, size_t evaluations,
                           size_t rounds, size_t expansions)
{
    ais__relax *relax = branch->relax;
    double bound = (double)-INFINITY;
    for (size_t round = 0; round < rounds; round++) {
        if (!ais__filter_run(branch->filter, domain))
            return (double)INFINITY;
        fit(branch, domain);
        ais__relax_ascend(relax, branch->search, domain,
                          round == 0 ? evaluations : evaluations / 4 + 1,
                          ais__branch_enough(branch));
        bound = fmax(bound, relax->best_value);
        if (bound >= ais__branch_enough(branch))
            return (double)INFINITY;
        if (ais__search_stop(branch->search))
            break;
        if (round == 0 && price_machines(branch, domain, expansions) > 0)
            continue;
        if (ais__relax_fix(relax, domain, ais__branch_enough(branch)) == 0)
            break;
    }
    return bound;
}

/* The least bound of all that is not looked at yet. */
static void report_bound(ais__branch *branch, double current)
{
    double bound = branch->heap_count > 0 ? fmin(branch->heap[0].bound, current) : current;
    bound = fmin(bound, ais__branch_enough(branch));
    if (bound > (double)-INFINITY && bound < (double)INFINITY)
        ais__search_raise_bound(branch->search, bound);
}

static void split(ais__branch *branch, const ais__branch_node *node, double bound)
{
    ais__decision pair[2];
    if (!ais__branch_choose(branch, &pair[0], &pair[1]))
        return;
    ais__multipliers *kept = keep_multipliers(branch);
    if (kept != NULL)
        kept->users = 2;
    for (size_t k = 0; k < 2; k++) {
        pair[k].parent = node->decision;
        branch->decisions = ais_grow(branch->decisions, &branch->decision_capacity,
                                     branch->decision_count + 1, sizeof *branch->decisions);
        branch->decisions[branch->decision_count] = pair[k];
        ais__branch_push(branch, (ais__branch_node){.bound = bound,
                                                    .decision = branch->decision_count++,
                                                    .depth = node->depth + 1,
                                                    .multipliers = kept});
    }
}

/* A node that is popped. False: the search was stopped within it. */
static bool visit(ais__branch *branch, const ais__branch_node *node)
{
    branch->nodes++;
    ais__branch_apply(branch, node->decision);
    load_multipliers(branch, node->multipliers);
    double bound = bound_domain(branch, &branch->domain, NODE_EVALUATIONS, 2, NODE_EXPANSIONS);
    if (ais__search_stop(branch->search))
        return false;
    if (!(bound < (double)INFINITY) || !ais__filter_run(branch->filter, &branch->domain)) {
        branch->pruned++;
        return true;
    }
    bound = fmax(bound, node->bound);
    if (!ais__branch_offer(branch) && (branch->nodes <= GUESSED_NODES || branch->nodes % 8 == 0))
        ais__branch_guess(branch, branch->nodes % 4 != 1, NODE_FILLS,
                          (uint64_t)branch->relax->link_count * NODE_EVALUATIONS * LOOKS_PER_LINK);
    split(branch, node, bound);
    return true;
}

static void run(ais__branch *branch)
{
    bool stopped = false;
    while (branch->heap_count > 0 && !stopped) {
        const ais__branch_node node = ais__branch_pop(branch);
        report_bound(branch, node.bound);
        if (node.bound < ais__branch_enough(branch))
            stopped = ais__search_stop(branch->search) || !visit(branch, &node);
        release(branch, node.multipliers);
    }
    if (!stopped)
        ais__search_complete(branch->search);
}

static void start(ais__branch *branch)
{
    if (ais__types_start(&branch->types, START_ROUNDS))
        ais__search_offer(branch->search, branch->types.best);
    if (!ais__filter_run(branch->filter, &branch->root)) {
        ais__search_complete(branch->search);
        return;
    }
    ais__relax_start(branch->relax, &branch->root);
    const double bound =
        bound_domain(branch, &branch->root, ROOT_EVALUATIONS, ROOT_ROUNDS, ROOT_EXPANSIONS);
    memcpy(branch->root_v, branch->relax->best_v, branch->relax->multiplier_count * sizeof(double));
    if (ais__search_stop(branch->search)) {
        report_bound(branch, bound);
        return;
    }
    if (bound < (double)INFINITY) {
        report_bound(branch, bound);
        for (size_t i = 0; i < ROOT_GUESSES && !ais__search_stop(branch->search); i++)
            ais__branch_guess(branch, i % 3 == 2, START_FILLS, START_LOOKS);
        ais__branch_push(branch, (ais__branch_node){.bound = bound, .decision = AIS_SYSTEM_NONE});
    }
    run(branch);
}

void ais__place_branch(ais__search *search)
{
    const ais_perf *perf = search->perf;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_perf_scratch) judge = ais_perf_scratch_new(perf->system);
    AIS_AUTO(ais__relax) relax = ais__relax_new(perf);
    AIS_AUTO(ais__filter) filter = ais__filter_new(perf);
    AIS_AUTO(ais_placement) scratch = ais_placement_new(perf->system);
    ais__branch branch = {
        .search = search,
        .perf = perf,
        .arena = arena,
        .relax = relax,
        .filter = filter,
        .root = ais__domain_new(perf, arena),
        .domain = ais__domain_new(perf, arena),
        .root_v = ais_arena_alloc(arena, (relax->multiplier_count + 1) * sizeof(double)),
        .scratch = scratch,
        .highest = highest_cost(perf),
        .judge = judge,
    };
    ais__types_init(&branch.types, search, search->options->seed);
    start(&branch);
    ais__search_count(search, "nodes", branch.nodes);
    ais__search_count(search, "nodes refuted", branch.pruned);
    ais__search_count(search, "evaluations of the relaxation", relax->evaluations);
    while (branch.heap_count > 0) {
        const ais__branch_node node = ais__branch_pop(&branch);
        release(&branch, node.multipliers);
    }
    ais__types_clear(&branch.types);
    free(branch.heap);
    free(branch.decisions);
}

const ais__place_method ais__place_branching = {
    .name = "branch",
    .solve = ais__place_branch,
    .proves = true,
};
