/* The relaxation as arrays: links, seats, fans and bundles; what a domain leaves of them. */
#include "place/relax.h"

#include <math.h>
#include <string.h>

ais__domain ais__domain_new(const ais_perf *perf, ais_arena *arena)
{
    const ais_system *system = perf->system;
    ais__domain domain = {
        .allowed = ais_arena_alloc(arena, system->option_count * sizeof(bool)),
        .low = ais_arena_alloc(arena, system->resource_count * sizeof(size_t)),
        .high = ais_arena_alloc(arena, system->resource_count * sizeof(size_t)),
        .used = ais_arena_alloc(arena, system->resource_count * sizeof(bool)),
        .open = ais_arena_alloc(arena, system->layer_count * sizeof(bool)),
        .mode = ais_arena_alloc(arena, system->component_count),
    };
    memcpy(domain.allowed, perf->usable, system->option_count * sizeof(bool));
    memcpy(domain.high, perf->count_max, system->resource_count * sizeof(size_t));
    for (size_t r = 0; r < system->resource_count; r++)
        domain.low[r] = 1;
    memset(domain.mode, AIS__MODE_ALL, system->component_count);
    for (size_t g = 0; g < AIS__GROUPS; g++)
        domain.group_high[g] = SIZE_MAX;
    return domain;
}

void ais__domain_copy(const ais_perf *perf, ais__domain *into, const ais__domain *from)
{
    const ais_system *system = perf->system;
    memcpy(into->allowed, from->allowed, system->option_count * sizeof(bool));
    memcpy(into->low, from->low, system->resource_count * sizeof(size_t));
    memcpy(into->high, from->high, system->resource_count * sizeof(size_t));
    memcpy(into->used, from->used, system->resource_count * sizeof(bool));
    memcpy(into->open, from->open, system->layer_count * sizeof(bool));
    memcpy(into->mode, from->mode, system->component_count);
    memcpy(into->group_low, from->group_low, sizeof into->group_low);
    memcpy(into->group_money, from->group_money, sizeof into->group_money);
    memcpy(into->group_high, from->group_high, sizeof into->group_high);
}

/* What an option adds by itself. A function that several partitions may run on is charged once under some
 * semantics: then none of them is sure to pay. */
static void fill_options(ais__relax *relax)
{
    const ais_perf *perf = relax->perf;
    const ais_system *system = perf->system;
    AIS_FREE size_t *users = ais_alloc(system->resource_count * sizeof *users);
    for (size_t o = 0; o < system->option_count; o++)
        users[system->options[o].resource] += perf->usable[o];
    for (size_t o = 0; o < system->option_count; o++) {
        const size_t r = system->options[o].resource;
        const bool shared =
            perf->rules_of->charge_function_once && perf->is_function[r] && users[r] > 1;
        relax->cost[o] = shared ? fmin(perf->cost[o], 0) : perf->cost[o];
        relax->drag_s[o] = perf->part_weight[system->options[o].part] * perf->time_s[o];
        relax->link_of[o] = AIS_SYSTEM_NONE;
        if (!perf->usable[o] || perf->is_function[r])
            continue;
        relax->link_of[o] = relax->link_count;
        relax->link_option[relax->link_count++] = o;
    }
}

/* The links of a resource, in the order of options: components, deployments and parts ascend. */
static void sort_links(const ais__relax *relax, size_t *first, size_t *links)
{
    const ais_system *system = relax->perf->system;
    for (size_t l = 0; l < relax->link_count; l++)
        first[system->options[relax->link_option[l]].resource + 1]++;
    for (size_t r = 0; r < system->resource_count; r++)
        first[r + 1] += first[r];
    AIS_FREE size_t *at = ais_alloc((system->resource_count + 1) * sizeof *at);
    memcpy(at, first, (system->resource_count + 1) * sizeof *at);
    for (size_t l = 0; l < relax->link_count; l++)
        links[at[system->options[relax->link_option[l]].resource]++] = l;
}

static const ais_system_part *part_of_link(const ais__relax *relax, size_t link)
{
    const ais_system *system = relax->perf->system;
    return &system->parts[system->options[relax->link_option[link]].part];
}

/* May a link share its machines? Those that may not are no bundles: relax_layer.c takes them one by one. */
static bool is_alone(const ais__relax *relax, size_t link)
{
    const ais_perf *perf = relax->perf;
    return (perf->rules & AIS_RULE_COLOCATION) != 0 && perf->alone[relax->link_option[link]];
}

static int by_load(const void *a, const void *b)
{
    const ais__bundle *x = a, *y = b;
    if (x->load != y->load)
        return x->load < y->load ? -1 : 1;
    if (x->fan != y->fan)
        return x->fan < y->fan ? -1 : 1;
    return x->set < y->set ? -1 : x->set > y->set;
}

static void add_bundles(ais__relax *relax, ais__seat *seat, size_t fan_index)
{
    const ais__fan *fan = &relax->fans[fan_index];
    for (uint32_t set = 1; set < (uint32_t)1 << fan->link_count; set++) {
        ais__bundle *bundle = &relax->bundles[relax->bundle_count++];
        *bundle = (ais__bundle){
            .fan = (uint32_t)fan_index, .set = set, .profit = (uint32_t)(fan->first_profit + set)};
        for (size_t k = 0; k < fan->link_count; k++)
            if ((set >> k & 1) != 0)
                bundle->load +=
                    relax->perf->load[relax->link_option[relax->fan_links[fan->first_link + k]]];
        seat->bundle_count++;
    }
}

/* How many of `links` belong to one fan: the options of one deployment, unless it is too long: then each
 * option is a fan, and a seat, of its own. */
static size_t fan_length(const ais__relax *relax, const size_t *links, size_t count)
{
    const ais_system_part *part = part_of_link(relax, links[0]);
    if (relax->perf->system->deployments[part->deployment].part_count > AIS__RELAX_CHAIN)
        return 1;
    size_t n = 1;
    while (n < count && part_of_link(relax, links[n])->deployment == part->deployment)
        n++;
    return n;
}

static bool starts_seat(const ais__relax *relax, size_t resource, const size_t *links)
{
    if (relax->seat_count == relax->first_seat[resource])
        return true;
    const ais__seat *last = &relax->seats[relax->seat_count - 1];
    const ais_system_part *part = part_of_link(relax, links[0]);
    const size_t parts = relax->perf->system->deployments[part->deployment].part_count;
    return last->component != part->component || parts > AIS__RELAX_CHAIN ||
           relax->perf->system->deployments[relax->fans[relax->fan_count - 1].deployment]
                   .part_count > AIS__RELAX_CHAIN;
}

static void fill_resource(ais__relax *relax, size_t resource, const size_t *links, size_t count)
{
    relax->first_seat[resource] = relax->seat_count;
    relax->first_lone[resource] = relax->lone_count;
    AIS_FREE size_t *shared = ais_alloc((count + 1) * sizeof *shared);
    size_t shared_count = 0;
    for (size_t i = 0; i < count; i++)
        if (is_alone(relax, links[i]))
            relax->lone_links[relax->lone_count++] = links[i];
        else
            shared[shared_count++] = links[i];
    for (size_t i = 0; i < shared_count;) {
        const size_t n = fan_length(relax, shared + i, shared_count - i);
        const ais_system_part *part = part_of_link(relax, shared[i]);
        if (starts_seat(relax, resource, shared + i))
            relax->seats[relax->seat_count++] = (ais__seat){
                .component = part->component,
                .resource = resource,
                .first_fan = relax->fan_count,
                .first_bundle = relax->bundle_count,
            };
        ais__seat *seat = &relax->seats[relax->seat_count - 1];
        ais__fan *fan = &relax->fans[relax->fan_count++];
        *fan = (ais__fan){.deployment = part->deployment,
                          .first_link =
                              fan == relax->fans ? 0 : fan[-1].first_link + fan[-1].link_count,
                          .link_count = n,
                          .first_profit = relax->profit_count};
        relax->profit_count += (size_t)1 << n;
        memcpy(relax->fan_links + fan->first_link, shared + i, n * sizeof *shared);
        seat->fan_count++;
        add_bundles(relax, seat, relax->fan_count - 1);
        i += n;
    }
    for (size_t s = relax->first_seat[resource]; s < relax->seat_count; s++)
        qsort(relax->bundles + relax->seats[s].first_bundle, relax->seats[s].bundle_count,
              sizeof *relax->bundles, by_load);
}

static void alloc_arrays(ais__relax *relax)
{
    const ais_system *s = relax->perf->system;
    ais_arena *arena = relax->arena;
    relax->row_of_component = ais_arena_alloc(arena, s->component_count * sizeof(size_t));
    size_t rows = relax->link_count;
    for (size_t c = 0; c < s->component_count; c++)
        relax->row_of_component[c] =
            relax->perf->local_limit_s[c] > 0 && relax->perf->local_limit_s[c] < (double)INFINITY
                ? rows++
                : AIS_SYSTEM_NONE;
    relax->first_path_row = rows;
    relax->first_group_row = rows + s->path_count;
    relax->multiplier_count = relax->first_group_row + 3 * AIS__GROUPS;
    /* behind the multipliers: sums by resource and by group */
    const size_t links = relax->multiplier_count + s->resource_count + AIS__GROUPS;
    relax->center = ais_arena_alloc(arena, links * sizeof(float));
    relax->carry_unit = ais_arena_alloc(arena, s->resource_count * sizeof(double));
    relax->time_price = ais_arena_alloc(arena, links * sizeof(double));
    relax->second_price = ais_arena_alloc(arena, s->component_count * sizeof(double));
    relax->passed_s = ais_arena_alloc(arena, s->component_count * sizeof(double));
    double **const by_link[] = {&relax->v, &relax->best_v,    &relax->y,
                                &relax->w, &relax->direction, &relax->unit};
    for (size_t i = 0; i < AIS_COUNT(by_link); i++)
        *by_link[i] = ais_arena_alloc(arena, links * sizeof(double));
    for (size_t i = 0; i < AIS__RELAX_CUTS; i++) {
        relax->cuts[i].g = ais_arena_alloc(arena, links * sizeof(float));
        relax->cuts[i].string = ais_arena_alloc(arena, s->part_count * sizeof(size_t));
        relax->cuts[i].count = ais_arena_alloc(arena, s->resource_count * sizeof(size_t));
    }
    relax->patience = 1e-3;
    relax->open_mean = ais_arena_alloc(arena, s->resource_count * sizeof(double));
    relax->count_mean = ais_arena_alloc(arena, s->resource_count * sizeof(double));
    relax->opening = ais_arena_alloc(arena, s->resource_count * sizeof *relax->opening);
    relax->chosen = ais_arena_alloc(arena, s->resource_count * sizeof(bool));
    relax->string_mean = ais_arena_alloc(arena, s->option_count * sizeof(double));
    relax->edge_value = ais_arena_alloc(arena, s->part_count * sizeof(double));
    relax->cloud_value = ais_arena_alloc(arena, s->part_count * sizeof(double));
    relax->edge_option = ais_arena_alloc(arena, s->part_count * sizeof(size_t));
    relax->cloud_option = ais_arena_alloc(arena, s->part_count * sizeof(size_t));
    relax->string = ais_arena_alloc(arena, s->part_count * sizeof(size_t));
    relax->deployment_value = ais_arena_alloc(arena, s->deployment_count * sizeof(double));
    relax->component_value = ais_arena_alloc(arena, s->component_count * sizeof(double));
}

/* Links, then an upper bound of all other counts, then seats resource by resource. */
ais__relax *ais__relax_new(const ais_perf *perf)
{
    const ais_system *system = perf->system;
    ais_arena *arena = ais_arena_new();
    ais__relax *relax = ais_arena_alloc(arena, sizeof *relax);
    *relax = (ais__relax){.perf = perf, .arena = arena};
    relax->cost = ais_arena_alloc(arena, system->option_count * sizeof(double));
    relax->drag_s = ais_arena_alloc(arena, system->option_count * sizeof(double));
    relax->link_of = ais_arena_alloc(arena, system->option_count * sizeof(size_t));
    relax->link_option = ais_arena_alloc(arena, system->option_count * sizeof(size_t));
    fill_options(relax);
    AIS_FREE size_t *first = ais_alloc((system->resource_count + 1) * sizeof *first);
    AIS_FREE size_t *links = ais_alloc((relax->link_count + 1) * sizeof *links);
    sort_links(relax, first, links);
    size_t bundles = 0;
    for (size_t r = 0; r < system->resource_count; r++)
        for (size_t i = first[r]; i < first[r + 1];) {
            const size_t n = fan_length(relax, links + i, first[r + 1] - i);
            bundles += (size_t)1 << n;
            i += n;
        }
    const size_t most = relax->link_count + 1;
    relax->seats = ais_arena_alloc(arena, most * sizeof *relax->seats);
    relax->fans = ais_arena_alloc(arena, most * sizeof *relax->fans);
    relax->fan_links = ais_arena_alloc(arena, most * sizeof(size_t));
    relax->bundles = ais_arena_alloc(arena, (bundles + 1) * sizeof *relax->bundles);
    relax->first_seat = ais_arena_alloc(arena, (system->resource_count + 1) * sizeof(size_t));
    relax->first_lone = ais_arena_alloc(arena, (system->resource_count + 1) * sizeof(size_t));
    relax->lone_links = ais_arena_alloc(arena, most * sizeof(size_t));
    for (size_t r = 0; r < system->resource_count; r++)
        fill_resource(relax, r, links + first[r], first[r + 1] - first[r]);
    relax->first_seat[system->resource_count] = relax->seat_count;
    relax->first_lone[system->resource_count] = relax->lone_count;
    relax->profits = ais_arena_alloc(arena, (relax->profit_count + 1) * sizeof(double));
    relax->fan_useful = ais_arena_alloc(arena, most * sizeof(uint32_t));
    relax->delays = ais_arena_alloc(arena, (relax->profit_count + 1) * sizeof(double));
    relax->level = ais_arena_alloc(arena, relax->bundle_count + 1);
    relax->offers = ais_arena_alloc(arena, (relax->bundle_count + 1) * sizeof *relax->offers);
    relax->first_offer = ais_arena_alloc(arena, (relax->seat_count + 1) * sizeof(size_t));
    relax->slopes = ais_arena_alloc(arena, (relax->bundle_count + 1) * sizeof *relax->slopes);
    relax->steps = ais_arena_alloc(arena, (relax->bundle_count + 1) * sizeof *relax->steps);
    alloc_arrays(relax);
    return relax;
}

/* What a bundle may meet: the highest rho at which the component is in time, given the least of all else. */
static double cap_of(const ais__relax *relax, const ais__bundle *bundle, double slack_s,
                     const double *part_s)
{
    const ais_system *system = relax->perf->system;
    const ais__fan *fan = &relax->fans[bundle->fan];
    const ais_system_deployment *d = &system->deployments[fan->deployment];
    double room_s = slack_s, drag_s = 0;
    for (size_t p = d->first_part; p < d->first_part + d->part_count; p++)
        room_s -= part_s[p];
    for (size_t k = 0; k < fan->link_count; k++) {
        if ((bundle->set >> k & 1) == 0)
            continue;
        const size_t o = relax->link_option[relax->fan_links[fan->first_link + k]];
        room_s += part_s[system->options[o].part];
        if (system->options[o].kind == AIS_MODEL_QUEUE)
            drag_s += relax->drag_s[o];
        else
            room_s -= relax->drag_s[o];
    }
    if (!(slack_s < (double)INFINITY))
        return 1;
    return room_s > 0 ? 1 - drag_s / room_s : room_s < 0 || drag_s > 0 ? -1 : 1;
}

static bool is_allowed(const ais__relax *relax, const ais__domain *domain,
                       const ais__bundle *bundle)
{
    const ais__fan *fan = &relax->fans[bundle->fan];
    for (size_t k = 0; k < fan->link_count; k++)
        if ((bundle->set >> k & 1) != 0 &&
            !domain->allowed[relax->link_option[relax->fan_links[fan->first_link + k]]])
            return false;
    return true;
}

void ais__relax_fit(ais__relax *relax, const ais__domain *domain, const double *slack_s,
                    const double *part_s)
{
    const double rounding = 1e-9;
    for (size_t s = 0; s < relax->seat_count; s++) {
        const ais__seat *seat = &relax->seats[s];
        const double high = (double)domain->high[seat->resource];
        for (size_t b = seat->first_bundle; b < seat->first_bundle + seat->bundle_count; b++) {
            const ais__bundle *bundle = &relax->bundles[b];
            relax->level[b] = AIS__RELAX_LEVELS;
            if (high < 1 || !is_allowed(relax, domain, bundle))
                continue;
            const double cap = cap_of(relax, bundle, slack_s[seat->component], part_s) + rounding;
            if (cap <= 0 || bundle->load > cap * high)
                continue;
            unsigned char level = 0;
            while (level + 1 < AIS__RELAX_LEVELS && ais__relax_level_cap[level + 1] >= cap)
                level++;
            relax->level[b] = level;
        }
    }
}

void ais__relax_free(ais__relax *relax)
{
    if (relax != NULL)
        ais_arena_free(relax->arena);
}
