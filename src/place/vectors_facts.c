/* What is the same for all vectors: types as bits, groups of choices, limited paths, delays at their least and most. */
#include <math.h>
#include <string.h>

#include "place/vectors.h"

static void find_machines(ais__facts *facts)
{
    const ais_system *system = facts->system;
    facts->machine_of = ais_arena_alloc(facts->arena, system->resource_count * sizeof(size_t));
    facts->resource_of = ais_arena_alloc(facts->arena, system->resource_count * sizeof(size_t));
    for (size_t r = 0; r < system->resource_count; r++) {
        facts->machine_of[r] = AIS_SYSTEM_NONE;
        if (facts->perf->is_function[r] || facts->perf->count_max[r] == 0)
            continue;
        facts->machine_of[r] = facts->machine_count;
        facts->resource_of[facts->machine_count++] = r;
    }
}

static int compare_types(const void *a, const void *b)
{
    const ais__type *one = a, *other = b;
    if (one->price < other->price || one->price > other->price)
        return one->price < other->price ? -1 : 1;
    const size_t m = one->machine + 1, n = other->machine + 1; /* nothing comes first */
    return m < n ? -1 : m > n;
}

/* The cheapest count of a type, at least one machine. Prices are convex and bend where machines run now. */
static size_t best_count(const ais_perf *perf, size_t r)
{
    const size_t most = perf->count_max[r];
    const size_t now = perf->current_count != NULL ? perf->current_count[r] : 1;
    const size_t bend = now < 1 ? 1 : now > most ? most : now;
    size_t best = 1;
    best = ais_perf_price(perf, r, bend) < ais_perf_price(perf, r, best) ? bend : best;
    return ais_perf_price(perf, r, most) < ais_perf_price(perf, r, best) ? most : best;
}

/* All types of a group of the resources first ... first + count - 1. */
static void make_group(ais__facts *facts, size_t first, size_t count)
{
    const ais_perf *perf = facts->perf;
    size_t n = 0;
    double nothing = 0;
    ais__type *types = ais_arena_alloc(facts->arena, (count + 1) * sizeof *types);
    for (size_t r = first; r < first + count; r++)
        nothing += ais_perf_price(perf, r, 0);
    types[n++] = (ais__type){.machine = AIS_SYSTEM_NONE, .price = nothing};
    for (size_t r = first; r < first + count; r++) {
        if (facts->machine_of[r] == AIS_SYSTEM_NONE)
            continue;
        const size_t best = best_count(perf, r);
        const double stopped = ais_perf_price(perf, r, 0), price = ais_perf_price(perf, r, best);
        facts->keep_all |= price < stopped;
        types[n++] = (ais__type){.machine = facts->machine_of[r],
                                 .best_count = best,
                                 .most_count = perf->count_max[r],
                                 .price = nothing - stopped + price};
    }
    qsort(types, n, sizeof *types, compare_types);
    facts->groups[facts->group_count++] =
        (ais__group){.types = types, .type_count = n, .nothing = nothing};
}

static void make_groups(ais__facts *facts)
{
    const ais_system *system = facts->system;
    facts->groups =
        ais_arena_alloc(facts->arena, (system->resource_count + 1) * sizeof(ais__group));
    for (size_t l = 0; l < system->layer_count; l++) {
        const ais_system_layer *layer = &system->layers[l];
        if (layer->kind == AIS_LAYER_FAAS)
            continue;
        if ((facts->perf->rules & AIS_RULE_ONE_TYPE) != 0) {
            make_group(facts, layer->first_resource, layer->resource_count);
            continue;
        }
        for (size_t k = 0; k < layer->resource_count; k++)
            make_group(facts, layer->first_resource + k, 1);
    }
}

double ais__facts_memory(const ais__facts *facts, size_t resource, size_t count)
{
    const double one = facts->perf->memory_bytes[resource];
    return facts->perf->rules_of->memory_of_all_machines && !facts->perf->is_function[resource]
               ? one * (double)count
               : one;
}

/* Where parts may run. Options that nothing can use are left out. */
static void list_stops(ais__facts *facts)
{
    const ais_perf *perf = facts->perf;
    const ais_system *system = facts->system;
    size_t n = 0;
    facts->stops = ais_arena_alloc(facts->arena, (system->option_count + 1) * sizeof(ais__stop));
    facts->first_stop = ais_arena_alloc(facts->arena, (system->part_count + 1) * sizeof(size_t));
    for (size_t p = 0; p < system->part_count; p++) {
        const ais_system_part *part = &system->parts[p];
        facts->first_stop[p] = n;
        for (size_t o = part->first_option; o < part->first_option + part->option_count; o++) {
            const ais_system_option *option = &system->options[o];
            const size_t r = option->resource;
            const double room = ais__facts_memory(facts, r, perf->count_max[r]);
            if (!perf->usable[o] ||
                ((perf->rules & AIS_RULE_MEMORY) != 0 && option->memory_bytes > room * (1 + 1e-9)))
                continue;
            const bool on_machines = facts->machine_of[r] != AIS_SYSTEM_NONE;
            facts->stops[n++] = (ais__stop){
                .part = p,
                .option = o,
                .resource = r,
                .machine = facts->machine_of[r],
                .load = perf->load[o],
                .memory = option->memory_bytes,
                .weight = perf->part_weight[p],
                .time_s = perf->part_weight[p] > 0 ? perf->part_weight[p] * perf->time_s[o] : 0,
                .cost = perf->cost[o],
                .cost_most = perf->cost[o],
                .is_cloud = perf->is_cloud[r],
                .alone = perf->alone[o] && (perf->rules & AIS_RULE_COLOCATION) != 0,
                .queues = on_machines && perf->response_s[o] == NULL,
                .fitted = on_machines && perf->response_s[o] != NULL};
        }
    }
    facts->first_stop[system->part_count] = n;
}

/* What a component could want of each resource. */
typedef struct wish_list {
    double *memory, *most; /* of the deployment in hand, of the worst one */
    size_t *parts;         /* of the deployment in hand that could use it */
    size_t *components;    /* that could use it */
    bool *several;         /* parts of one deployment */
} wish_list;

static void look_at_deployment(ais__facts *facts, size_t component, size_t d, wish_list *wishes)
{
    const ais_system *system = facts->system;
    const size_t first = system->deployments[d].first_part;
    const size_t end = first + system->deployments[d].part_count;
    memset(wishes->memory, 0, system->resource_count * sizeof(double));
    memset(wishes->parts, 0, system->resource_count * sizeof(size_t));
    for (size_t n = facts->first_stop[first]; n < facts->first_stop[end]; n++) {
        const ais__stop *stop = &facts->stops[n];
        wishes->memory[stop->resource] += stop->memory;
        wishes->several[stop->resource] |= ++wishes->parts[stop->resource] > 1;
        facts->any_alone |= stop->alone;
        if (stop->machine != AIS_SYSTEM_NONE)
            ais__machines_add(&facts->reach[component], stop->machine);
    }
    for (size_t r = 0; r < system->resource_count; r++)
        if (wishes->memory[r] > wishes->most[r])
            wishes->most[r] = wishes->memory[r];
}

static void look_at_component(ais__facts *facts, size_t component, wish_list *wishes,
                              double *memory)
{
    const ais_system_component *c = &facts->system->components[component];
    const size_t resources = facts->system->resource_count;
    AIS_FREE bool *used = ais_alloc(resources);
    memset(wishes->most, 0, resources * sizeof(double));
    for (size_t d = c->first_deployment; d < c->first_deployment + c->deployment_count; d++) {
        look_at_deployment(facts, component, d, wishes);
        for (size_t r = 0; r < resources; r++)
            used[r] |= wishes->parts[r] > 0;
    }
    for (size_t r = 0; r < resources; r++) {
        memory[r] += wishes->most[r];
        wishes->components[r] += used[r];
    }
}

/* The bit of a function that is charged once for several, and the least of its charges; 0 when there are too many. */
static uint64_t bit_of_shared(ais__facts *facts, size_t resource, double charge)
{
    size_t k = 0;
    while (k < facts->once_count && facts->once[k] != resource)
        k++;
    if (k == AIS__ONCE_MAX)
        return 0;
    if (k == facts->once_count)
        facts->least_charge[facts->once_count++] = INFINITY;
    facts->once[k] = resource;
    facts->least_charge[k] = fmin(facts->least_charge[k], charge);
    return (uint64_t)1 << k;
}

static void find_users(ais__facts *facts)
{
    const ais_system *system = facts->system;
    const size_t n = system->resource_count;
    facts->reach = ais_arena_alloc(facts->arena, system->component_count * sizeof(ais__machines));
    facts->shared = ais_arena_alloc(facts->arena, n);
    facts->private_class = ais_arena_alloc(facts->arena, n);
    facts->memory_matters = ais_arena_alloc(facts->arena, facts->machine_count + 1);
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    double *memory = ais_arena_alloc(scratch, n * sizeof *memory);
    wish_list wishes = {.memory = ais_arena_alloc(scratch, n * sizeof(double)),
                        .most = ais_arena_alloc(scratch, n * sizeof(double)),
                        .parts = ais_arena_alloc(scratch, n * sizeof(size_t)),
                        .components = ais_arena_alloc(scratch, n * sizeof(size_t)),
                        .several = ais_arena_alloc(scratch, n)};
    for (size_t i = 0; i < system->component_count; i++)
        look_at_component(facts, i, &wishes, memory);
    const ais_semantics_rules *semantics = facts->perf->rules_of;
    for (size_t r = 0; r < n; r++) {
        const bool tight =
            (facts->perf->rules & AIS_RULE_MEMORY) != 0 && memory[r] > facts->perf->memory_bytes[r];
        const bool several = wishes.components[r] > 1 || wishes.several[r];
        facts->private_class[r] = facts->perf->is_function[r] && wishes.components[r] <= 1;
        facts->shared[r] =
            facts->perf->is_function[r] && several &&
            (semantics->charge_function_once || (tight && semantics->function_memory_sum));
        if (facts->machine_of[r] != AIS_SYSTEM_NONE) {
            facts->memory_matters[facts->machine_of[r]] = tight;
            facts->any_memory |= tight;
        }
    }
    for (size_t k = 0; k < facts->first_stop[system->part_count]; k++) {
        ais__stop *stop = &facts->stops[k];
        const double charge = facts->perf->charge[stop->option];
        stop->shared = facts->shared[stop->resource];
        if (!stop->shared || !semantics->charge_function_once)
            continue;
        stop->cost -= charge;
        const uint64_t bit = bit_of_shared(facts, stop->resource, charge);
        stop->shared_bit = bit;
    }
}

static void find_paths(ais__facts *facts)
{
    const ais_system *system = facts->system;
    const size_t n = system->component_count;
    facts->timed = ais_arena_alloc(facts->arena, n);
    facts->linked = ais_arena_alloc(facts->arena, n);
    facts->has_before = ais_arena_alloc(facts->arena, n);
    facts->has_behind = ais_arena_alloc(facts->arena, n);
    facts->paths_of = ais_arena_alloc(facts->arena, n * sizeof *facts->paths_of);
    facts->paths_of_count = ais_arena_alloc(facts->arena, n * sizeof(size_t));
    facts->paths = ais_arena_alloc(facts->arena, (system->path_count + 1) * sizeof(size_t));
    for (size_t i = 0; i < n; i++)
        facts->timed[i] = isfinite(facts->perf->local_limit_s[i]);
    for (size_t e = 0; e < system->edge_count; e++) {
        facts->has_behind[system->edges[e].from] = true;
        facts->has_before[system->edges[e].to] = true;
    }
    for (size_t p = 0; p < system->path_count; p++) {
        if (!isfinite(facts->perf->path_limit_s[p]))
            continue;
        facts->paths[facts->path_count++] = p;
        for (size_t k = 0; k < system->paths[p].component_count; k++) {
            facts->timed[system->paths[p].components[k]] = true;
        }
    }
    for (size_t i = 0; i < n; i++) {
        size_t *list = ais_arena_alloc(facts->arena, (facts->path_count + 1) * sizeof *list);
        for (size_t q = 0; q < facts->path_count; q++) {
            const ais_system_path *path = &system->paths[facts->paths[q]];
            bool on = false;
            for (size_t k = 0; k < path->component_count; k++)
                on |= path->components[k] == i;
            if (on)
                list[facts->paths_of_count[i]++] = facts->paths[q];
        }
        facts->paths_of[i] = list;
    }
}

/* Resources on which a component may begin, as usable[resource]. */
static void find_heads(const ais__facts *facts, size_t component, bool *heads)
{
    const ais_system *system = facts->system;
    const ais_system_component *c = &system->components[component];
    memset(heads, 0, system->resource_count);
    for (size_t d = c->first_deployment; d < c->first_deployment + c->deployment_count; d++) {
        const ais_system_part *part = &system->parts[system->deployments[d].first_part];
        for (size_t o = part->first_option; o < part->first_option + part->option_count; o++)
            heads[system->options[o].resource] |= facts->perf->usable[o];
    }
}

/* What leaves a component over one edge, from every resource, to wherever the next may begin. Of edges that no
 * limited path follows only gaps count. */
static void look_at_edge(ais__facts *facts, size_t edge, bool limited, const bool *heads)
{
    const ais_system *system = facts->system;
    const size_t from = system->edges[edge].from, to = system->edges[edge].to;
    const ais_system_component *c = &system->components[from];
    const size_t resources = system->resource_count, local = edge - c->first_edge;
    for (size_t d = c->first_deployment; d < c->first_deployment + c->deployment_count; d++) {
        const size_t data = system->deployments[d].first_data + local;
        for (size_t r = 0; r < resources; r++) {
            double least = INFINITY, most = 0;
            for (size_t s = 0; s < resources; s++) {
                if (!heads[s])
                    continue;
                double delay_s = ais_perf_edge_delay_s(facts->perf, d, local, r, s);
                delay_s = limited || isinf(delay_s) ? delay_s : 0;
                least = delay_s < least ? delay_s : least;
                most = delay_s > most ? delay_s : most;
                double *enter = &facts->enter_most_s[to * resources + s];
                *enter = delay_s > *enter ? delay_s : *enter;
            }
            facts->leave_least_s[data * resources + r] = least;
            facts->leave_most_s[data * resources + r] = most;
        }
    }
}

static void find_delays(ais__facts *facts)
{
    const ais_system *system = facts->system;
    const size_t resources = system->resource_count;
    const size_t cells = (system->edge_bytes_count + 1) * resources;
    facts->leave_least_s = ais_arena_alloc(facts->arena, cells * sizeof(double));
    facts->leave_most_s = ais_arena_alloc(facts->arena, cells * sizeof(double));
    facts->enter_most_s =
        ais_arena_alloc(facts->arena, system->component_count * resources * sizeof(double));
    AIS_FREE bool *heads = ais_alloc(resources + 1);
    AIS_FREE bool *limited = ais_alloc(system->edge_count + 1);
    for (size_t q = 0; q < facts->path_count; q++) {
        const ais_system_path *path = &system->paths[facts->paths[q]];
        for (size_t k = 0; k + 1 < path->component_count; k++)
            limited[path->edges[k]] = true;
    }
    facts->slot_of = ais_arena_alloc(facts->arena, (system->edge_count + 1) * sizeof(size_t));
    for (size_t i = 0; i < system->component_count; i++) {
        const ais_system_component *c = &system->components[i];
        size_t slots = 0;
        for (size_t e = c->first_edge; e < c->first_edge + c->edge_count; e++)
            facts->slot_of[e] = limited[e] ? slots++ : AIS_SYSTEM_NONE;
        facts->slot_count = slots > facts->slot_count ? slots : facts->slot_count;
    }
    for (size_t e = 0; e < system->edge_count; e++) {
        if (!limited[e] && !facts->perf->has_gaps)
            continue;
        find_heads(facts, system->edges[e].to, heads);
        look_at_edge(facts, e, limited[e], heads);
        facts->linked[system->edges[e].from] = facts->linked[system->edges[e].to] = true;
    }
}

/* Sums for bounds over parts. */
static void fill_parts(ais__facts *facts)
{
    const ais_system *system = facts->system;
    const size_t machines = facts->machine_count, cells = system->part_count * machines + 1;
    facts->part_cost = ais_arena_alloc(facts->arena, cells * sizeof(double));
    facts->part_load = ais_arena_alloc(facts->arena, cells * sizeof(double));
    facts->part_free = ais_arena_alloc(facts->arena, (system->part_count + 1) * sizeof(double));
    for (size_t p = 0; p < system->part_count; p++) {
        facts->part_free[p] = INFINITY;
        for (size_t m = 0; m < machines; m++)
            facts->part_cost[p * machines + m] = INFINITY;
        for (size_t n = facts->first_stop[p]; n < facts->first_stop[p + 1]; n++) {
            const ais__stop *stop = &facts->stops[n];
            if (stop->machine == AIS_SYSTEM_NONE) {
                facts->part_free[p] = fmin(facts->part_free[p], stop->cost);
                continue;
            }
            facts->part_cost[p * machines + stop->machine] = stop->cost;
            facts->part_load[p * machines + stop->machine] = stop->load;
        }
    }
}

/* Least and most cost of the parts of a deployment; INFINITY when one of them can be nowhere. */
static void add_costs(const ais__facts *facts, size_t d, double *least, double *most)
{
    const ais_system_deployment *deployment = &facts->system->deployments[d];
    for (size_t k = 0; k < deployment->part_count; k++) {
        const size_t p = deployment->first_part + k;
        double low = INFINITY, high = -INFINITY;
        for (size_t n = facts->first_stop[p]; n < facts->first_stop[p + 1]; n++) {
            low = fmin(low, facts->stops[n].cost);
            high = fmax(high, facts->stops[n].cost_most);
        }
        *least += low;
        *most += high;
    }
}

static void find_costs(ais__facts *facts)
{
    for (size_t i = 0; i < facts->system->component_count; i++) {
        const ais_system_component *c = &facts->system->components[i];
        double least = INFINITY, most = -INFINITY;
        for (size_t d = c->first_deployment; d < c->first_deployment + c->deployment_count; d++) {
            double low = 0, high = 0;
            add_costs(facts, d, &low, &high);
            least = fmin(least, low);
            most = fmax(most, high);
        }
        facts->least_cost += least;
        facts->most_cost += fmax(most, 0);
    }
}

bool ais__facts_make(ais__facts *facts, const ais_perf *perf, ais_arena *arena)
{
    *facts = (ais__facts){.perf = perf, .system = perf->system, .arena = arena};
    find_machines(facts);
    if (facts->machine_count > AIS__MACHINES_MAX ||
        facts->system->component_count > AIS__COMPONENTS_MAX)
        return false;
    for (size_t d = 0; d < facts->system->deployment_count; d++)
        if (facts->system->deployments[d].part_count > AIS__PARTS_MAX)
            return false;
    make_groups(facts);
    if (facts->group_count > AIS__OPEN_MAX)
        return false;
    list_stops(facts);
    find_users(facts);
    find_paths(facts);
    find_delays(facts);
    fill_parts(facts);
    find_costs(facts);
    return true;
}

double ais__facts_transfer_least_s(const ais__facts *facts, size_t deployment,
                                   const ais__stop *const *stops, size_t edge)
{
    const ais_system_deployment *of = &facts->system->deployments[deployment];
    const double *least =
        facts->leave_least_s + (of->first_data + edge) * facts->system->resource_count;
    const size_t last = of->part_count - 1;
    const double end = least[stops[last]->resource];
    if (facts->perf->rules_of->transfer == AIS_TRANSFER_LAST)
        return end;
    double sum = 0, q = 1;
    for (size_t k = 0; k < last; k++) {
        const double e = facts->system->parts[of->first_part + k].early_exit;
        if (e > 0 && q > 0)
            sum += q * e * least[stops[k]->resource];
        q *= 1 - e;
    }
    return q > 0 ? sum + q * end : sum;
}

double ais__facts_transfer_s(const ais__facts *facts, size_t deployment,
                             const ais__stop *const *stops, size_t edge, size_t to_resource)
{
    const ais_system_deployment *of = &facts->system->deployments[deployment];
    const size_t last = of->part_count - 1;
    const int rule = (int)facts->perf->rules_of->transfer;
    double sum = 0, q = 1;
    for (size_t k = rule == AIS_TRANSFER_LAST ? last : 0; k <= last; k++) {
        const size_t r = stops[k]->resource;
        const double e = k == last ? 1 : facts->system->parts[of->first_part + k].early_exit;
        const bool same = r == to_resource;
        if (!same && q * e > 0)
            sum += q * e * ais_perf_edge_delay_s(facts->perf, deployment, edge, r, to_resource);
        if (!same || rule != AIS_TRANSFER_CPP)
            q *= 1 - e;
    }
    return sum;
}
