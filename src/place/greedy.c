/* Where a component is cheapest at the present prices; see greedy.h. */
#include "place/greedy.h"

#include <math.h>

/* Beyond this load, waiting rises along its tangent: what is too full still has a price. */
static const double steep_load = 0.98;
static const double forbidden = 1e9; /* price of what breaks a rule that is no matter of degree */
static const double crowded = 0.01;  /* a difference of prices, in prices of a type */
enum { BLINK_EVERY = 6 };

static void *zeroes(ais__greedy *g, size_t count, size_t size)
{
    return ais_arena_alloc(g->arena, count * size + 1);
}

static double typical_price(const ais_perf *perf)
{
    double sum = 0;
    size_t count = 0;
    for (size_t r = 0; r < perf->system->resource_count; r++)
        if (!perf->is_function[r] && perf->count_max[r] > 0) {
            sum += perf->price[r];
            count++;
        }
    return sum > 0 ? sum / (double)count : 1;
}

typedef struct priced {
    double price;
    size_t resource;
} priced;

static int compare_dearest(const void *a, const void *b)
{
    const priced *x = a, *y = b;
    if (x->price != y->price)
        return x->price < y->price ? 1 : -1;
    return (x->resource > y->resource) - (x->resource < y->resource);
}

static void sort_dearest(ais__greedy *g)
{
    const ais_perf *perf = g->cover.perf;
    const size_t count = perf->system->resource_count;
    AIS_FREE priced *all = ais_alloc((count + 1) * sizeof *all);
    g->dearest = zeroes(g, count, sizeof *g->dearest);
    for (size_t r = 0; r < count; r++)
        all[r] = (priced){.price = perf->price[r], .resource = r};
    qsort(all, count, sizeof *all, compare_dearest);
    for (size_t r = 0; r < count; r++)
        g->dearest[r] = all[r].resource;
}

void ais__greedy_init(ais__greedy *g, const ais_perf *perf)
{
    const ais_system *s = perf->system;
    *g = (ais__greedy){.cost = (double)INFINITY,
                       .money = typical_price(perf),
                       .last_look = UINT64_MAX,
                       .arena = ais_arena_new(),
                       .scratch = ais_perf_scratch_new(s)};
    ais__cover_init(&g->cover, perf);
    g->placement = ais_placement_new(s);
    g->best = ais_placement_new(s);
    g->kept = ais_placement_new(s);
    g->held = ais_placement_new(s);
    g->load = zeroes(g, s->resource_count, sizeof *g->load);
    g->memory_bytes = zeroes(g, s->resource_count, sizeof *g->memory_bytes);
    g->waiting = zeroes(g, s->resource_count, sizeof *g->waiting);
    g->parts_on = zeroes(g, s->resource_count, sizeof *g->parts_on);
    g->alone_on = zeroes(g, s->resource_count, sizeof *g->alone_on);
    g->first_open = zeroes(g, s->part_count, sizeof *g->first_open);
    g->open_count = zeroes(g, s->part_count, sizeof *g->open_count);
    g->open = zeroes(g, s->option_count, sizeof *g->open);
    g->time_price = zeroes(g, s->part_count, sizeof *g->time_price);
    g->placed = zeroes(g, s->component_count, sizeof *g->placed);
    g->starts_at_edge = zeroes(g, s->component_count, sizeof *g->starts_at_edge);
    g->ends_in_cloud = zeroes(g, s->component_count, sizeof *g->ends_in_cloud);
    g->local_price = zeroes(g, s->component_count, sizeof *g->local_price);
    g->component_price = zeroes(g, s->component_count, sizeof *g->component_price);
    g->path_price = zeroes(g, s->path_count, sizeof *g->path_price);
    g->choice_scratch = zeroes(g, s->part_count, sizeof *g->choice_scratch);
    g->best_scratch = zeroes(g, s->part_count, sizeof *g->best_scratch);
    sort_dearest(g);
    g->result.utilization = zeroes(g, s->resource_count, sizeof(double));
    g->result.component_s = zeroes(g, s->component_count, sizeof(double));
    g->result.path_s = zeroes(g, s->path_count, sizeof(double));
}

void ais__greedy_clear(ais__greedy *g)
{
    ais__cover_clear(&g->cover);
    ais_placement_free(g->placement);
    ais_placement_free(g->best);
    ais_placement_free(g->kept);
    ais_placement_free(g->held);
    ais_arena_free(g->arena);
    ais_perf_scratch_free(g->scratch);
    *g = (ais__greedy){.cost = 0};
}

double ais__greedy_judge(ais__greedy *g, const ais_placement *placement)
{
    ais_perf_evaluate(g->cover.perf, placement, g->scratch, &g->result);
    return g->result.violations == 0 ? g->result.cost : (double)INFINITY;
}

/* The options of each part on open resources. */
void ais__greedy_list_open(ais__greedy *g)
{
    const ais_perf *perf = g->cover.perf;
    const ais_system *s = perf->system;
    size_t next = 0;
    for (size_t p = 0; p < s->part_count; p++) {
        g->first_open[p] = next;
        g->open_count[p] = 0;
        next += g->cover.edge_options[p] + g->cover.cloud_options[p];
    }
    for (size_t r = 0; r < s->resource_count; r++)
        for (size_t i = g->cover.first_of_resource[r];
             g->cover.count[r] > 0 && i < g->cover.first_of_resource[r + 1]; i++) {
            const size_t o = g->cover.of_resource[i], p = s->options[o].part;
            g->open[g->first_open[p] + g->open_count[p]++] = o;
        }
    ais__cover_leave(&g->cover);
}

static double stretch(double load)
{
    const double steep = 1 / (1 - steep_load);
    return load <= steep_load ? 1 / (1 - load) : steep + steep * steep * (load - steep_load);
}

static double memory_excess(const ais__greedy *g, size_t resource, double bytes)
{
    const ais_perf *perf = g->cover.perf;
    const double machines =
        perf->rules_of->memory_of_all_machines ? (double)g->cover.count[resource] : 1;
    const double limit = perf->memory_bytes[resource] * machines;
    if ((perf->rules & AIS_RULE_MEMORY) == 0 || bytes <= limit)
        return 0;
    return limit > 0 ? bytes / limit - 1 : 1;
}

/* Of machines: price of an option's load and time, for itself and for those who are there already. */
static double machine_price(const ais__greedy *g, size_t part, size_t option, size_t r)
{
    const ais_perf *perf = g->cover.perf;
    const double n = (double)g->cover.count[r];
    double price = 0;
    if ((perf->rules & AIS_RULE_COLOCATION) != 0 && g->parts_on[r] > 0 &&
        (perf->alone[option] || g->alone_on[r] > 0))
        price += forbidden;
    if (perf->response_s[option] != NULL) {
        const double time_s = perf->response_s[option][g->cover.count[r] - 1];
        return time_s < (double)INFINITY ? price + g->time_price[part] * time_s : price + forbidden;
    }
    const double before = g->load[r] / n, after = before + perf->load[option] / n;
    const double slow = stretch(after), slower = slow - stretch(before);
    return price + g->load_price * (slower + after - before) +
           g->time_price[part] * perf->time_s[option] * slow + g->waiting[r] * slower;
}

static double option_price(const ais__greedy *g, size_t part, size_t option)
{
    const ais_perf *perf = g->cover.perf;
    const ais_system_option *o = &perf->system->options[option];
    const size_t r = o->resource;
    const bool summed = !perf->is_function[r] || perf->rules_of->function_memory_sum;
    const double excess = memory_excess(g, r, o->memory_bytes + (summed ? g->memory_bytes[r] : 0));
    double price = perf->cost[option] + (excess > 0 ? forbidden * (1 + excess) : 0);
    if (perf->is_function[r])
        price += g->time_price[part] * perf->time_s[option];
    else
        price += machine_price(g, part, option, r);
    return price;
}

void ais__greedy_put(ais__greedy *g, size_t part, size_t option, bool on)
{
    const ais_perf *perf = g->cover.perf;
    const size_t r = perf->system->options[option].resource, one = on ? 1 : SIZE_MAX;
    const double sign = on ? 1 : -1;
    g->parts_on[r] += one;
    g->alone_on[r] += perf->alone[option] ? one : 0;
    g->memory_bytes[r] += sign * perf->system->options[option].memory_bytes;
    g->load[r] += sign * perf->load[option];
    g->waiting[r] += perf->load[option] > 0 ? sign * g->time_price[part] * perf->time_s[option] : 0;
    if (g->parts_on[r] == 0) /* no dust of differences */
        g->load[r] = g->memory_bytes[r] = g->waiting[r] = 0;
    g->placement->option[part] = on ? option : AIS_SYSTEM_NONE;
}

void ais__greedy_take_up(ais__greedy *g, size_t component)
{
    const size_t deployment = g->placement->deployment[component];
    if (deployment == AIS_SYSTEM_NONE)
        return;
    const ais_system_deployment *d = &g->cover.perf->system->deployments[deployment];
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
        if (g->placement->option[p] != AIS_SYSTEM_NONE)
            ais__greedy_put(g, p, g->placement->option[p], false);
    g->placement->deployment[component] = AIS_SYSTEM_NONE;
    g->placed[component] = false;
}

/* The cheapest so far of a component's deployments. */
typedef struct choice {
    double price;
    const ais_system_deployment *deployment;
} choice;

/* What the neighbours in the graph leave to a component. */
typedef struct freedom {
    bool edge, leave; /* may it start at the edge, may it end in the cloud */
} freedom;

static freedom freedom_of(const ais__greedy *g, size_t component)
{
    const ais_system *s = g->cover.perf->system;
    const ais_system_component *c = &s->components[component];
    const ais__cover *cover = &g->cover;
    freedom f = {.edge = true, .leave = cover->may_leave[component]};
    if (!cover->forward)
        return f;
    for (size_t i = cover->first_before[component]; i < cover->first_before[component + 1]; i++)
        f.edge = f.edge && !(g->placed[cover->before[i]] && g->ends_in_cloud[cover->before[i]]);
    for (size_t e = c->first_edge; e < c->first_edge + c->edge_count; e++)
        f.leave = f.leave && !(g->placed[s->edges[e].to] && g->starts_at_edge[s->edges[e].to]);
    return f;
}

/* The cheapest open option of a part on one side (`cloud` 0 or 1; 2: on any); its price. */
static double cheapest(ais__greedy *g, size_t part, unsigned cloud, size_t *option)
{
    const ais_perf *perf = g->cover.perf;
    double least = (double)INFINITY;
    *option = AIS_SYSTEM_NONE;
    g->looks += g->open_count[part];
    for (size_t i = g->first_open[part]; i < g->first_open[part] + g->open_count[part]; i++) {
        const size_t o = g->open[i];
        if (g->blink != NULL && ais_random_next(g->blink) % BLINK_EVERY == 0)
            continue;
        if (cloud < 2 && perf->is_cloud[perf->system->options[o].resource] != (cloud == 1))
            continue;
        const double price = option_price(g, part, o);
        if (price < least) {
            least = price;
            *option = o;
        }
    }
    return least;
}

/* After how many of its parts a chain best changes from edge to cloud, each part at its present price (`*least`);
 * AIS_SYSTEM_NONE when it cannot be placed. */
static size_t best_change(ais__greedy *g, const ais_system_deployment *d, freedom f, double *least)
{
    size_t option, best = AIS_SYSTEM_NONE;
    double edge = 0;
    *least = (double)INFINITY;
    for (size_t change = 0; change <= d->part_count; change++) {
        if (change > 0)
            edge += cheapest(g, d->first_part + change - 1, 0, &option);
        if (!(edge < (double)INFINITY) || (change > 0 && !f.edge))
            break;
        if (change < d->part_count && !f.leave)
            continue;
        double price = edge;
        for (size_t k = change; k < d->part_count && price < *least; k++)
            price += cheapest(g, d->first_part + k, 1, &option);
        if (price < *least) {
            *least = price;
            best = change;
        }
    }
    return best;
}

/* Put the chain down part by part, so that parts on one resource see each other, take it up again, and return
 * the price. The options are left in `choice_scratch`. */
static double try_chain(ais__greedy *g, const ais_system_deployment *d, size_t change)
{
    double price = 0;
    size_t k = 0;
    for (; k < d->part_count && price < (double)INFINITY; k++) {
        const unsigned side = !g->cover.forward ? 2 : k >= change;
        price += cheapest(g, d->first_part + k, side, &g->choice_scratch[k]);
        if (price < (double)INFINITY)
            ais__greedy_put(g, d->first_part + k, g->choice_scratch[k], true);
    }
    while (k-- > 0)
        if (g->placement->option[d->first_part + k] != AIS_SYSTEM_NONE)
            ais__greedy_put(g, d->first_part + k, g->choice_scratch[k], false);
    return price;
}

void ais__greedy_note_sides(ais__greedy *g, size_t component, const ais_system_deployment *d)
{
    const ais_perf *perf = g->cover.perf;
    const size_t first = g->placement->option[d->first_part],
                 last = g->placement->option[d->first_part + d->part_count - 1];
    g->placed[component] = true;
    g->starts_at_edge[component] = !perf->is_cloud[perf->system->options[first].resource];
    g->ends_in_cloud[component] = perf->is_cloud[perf->system->options[last].resource];
}

/* Try a deployment with one change from edge to cloud; keep it when it is cheaper. Returns its price. */
static double try_deployment(ais__greedy *g, const ais_system_deployment *d, size_t change,
                             choice *best)
{
    const double price = try_chain(g, d, change);
    if (price < best->price) {
        *best = (choice){.price = price, .deployment = d};
        for (size_t k = 0; k < d->part_count; k++)
            g->best_scratch[k] = g->choice_scratch[k];
    }
    return price;
}

/* The cheapest deployment (NULL: there is no place), its options in `best_scratch`. */
static choice choose(ais__greedy *g, const ais_system_component *c, freedom f)
{
    choice best = {.price = (double)INFINITY};
    for (size_t i = c->first_deployment; i < c->first_deployment + c->deployment_count; i++) {
        const ais_system_deployment *d = &g->cover.perf->system->deployments[i];
        double least = 0;
        const size_t change = g->cover.forward ? best_change(g, d, f, &least) : 0;
        if (change == AIS_SYSTEM_NONE ||
            !(try_deployment(g, d, change, &best) > least + crowded * g->money) ||
            !g->cover.forward)
            continue;
        /* Its parts are in each other's way: other changes may be better. */
        for (size_t k = f.leave ? 0 : d->part_count; k <= d->part_count; k++)
            if (k != change && (k == 0 || f.edge))
                try_deployment(g, d, k, &best);
    }
    return best;
}

bool ais__greedy_put_down(ais__greedy *g, size_t component, bool backward)
{
    const ais_system *s = g->cover.perf->system;
    const ais_system_component *c = &s->components[component];
    freedom f = freedom_of(g, component);
    choice best = choose(g, c, f);
    if (best.deployment == NULL && !backward && g->cover.may_leave[component] && !f.leave) {
        f.leave = true; /* those behind it follow into the cloud, later in this pass */
        best = choose(g, c, f);
    }
    if (best.deployment == NULL)
        return false;
    g->placement->deployment[component] = (size_t)(best.deployment - s->deployments);
    for (size_t k = 0; k < best.deployment->part_count; k++)
        ais__greedy_put(g, best.deployment->first_part + k, g->best_scratch[k], true);
    ais__greedy_note_sides(g, component, best.deployment);
    return true;
}
