/* Courses of a component: a deployment with an option for each of its parts. Only those are kept that no other is
 * at least as good as in every respect: load and memory of every type, cost, times, and what the forward rule
 * forbids others. Times are affine in the queueing factors 1 / (1 - rho) >= 1, whatever the loads will be, so one is
 * never slower than another when its factors are not above and it is not slower where nothing queues. */
#include <math.h>
#include <string.h>

#include "place/vectors.h"

enum { SLOTS_FIRST = 256 };

uint64_t ais__machines_hash(const ais__machines *set)
{
    uint64_t hash = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < AIS_COUNT(set->words); i++) {
        hash ^= set->words[i];
        hash *= 0xBF58476D1CE4E5B9u;
        hash ^= hash >> 31;
    }
    return hash;
}

void ais__course_table_init(ais__course_table *table, const ais__facts *facts)
{
    *table =
        (ais__course_table){.facts = facts, .arena = ais_arena_new(), .slot_count = SLOTS_FIRST};
    table->slots = ais_alloc(table->slot_count * sizeof(ais__courses *));
}

void ais__course_table_clear(ais__course_table *table)
{
    ais_arena_free(table->arena);
    free(table->slots);
    *table = (ais__course_table){.facts = NULL};
}

/* A list in the making. */
typedef struct course_maker {
    const ais__facts *facts;
    ais__courses *list;
    ais_arena *arena, *scratch;
    ais__course **kept;
    size_t kept_count, kept_capacity;
    size_t dimensions;    /* loads, then memory where that is looked at */
    size_t *dimension_of; /* by bit */
    /* the deployment and chain in hand */
    size_t deployment;
    size_t options[AIS__PARTS_MAX];
} course_maker;

/* Sides that a course forbids others: predecessors beyond the edge, successors on the edge. */
static unsigned forbids(const ais__facts *facts, size_t component, unsigned side)
{
    const unsigned before = facts->has_before[component] && side != AIS__CLOUD ? 1u : 0;
    const unsigned behind = facts->has_behind[component] && side != AIS__EDGE ? 2u : 0;
    return before | behind;
}

static bool is_within(const ais__machines *a, const ais__machines *b)
{
    for (size_t i = 0; i < AIS_COUNT(a->words); i++)
        if ((a->words[i] & ~b->words[i]) != 0)
            return false;
    return true;
}

/* Do neighbours see no difference? */
static bool looks_alike(const ais__facts *facts, const ais__course *a, const ais__course *b)
{
    if (a->deployment != b->deployment)
        return false;
    const size_t count = facts->system->deployments[a->deployment].part_count;
    for (size_t k = 0; k < count; k++) {
        const size_t r = facts->system->options[a->options[k]].resource;
        const size_t s = facts->system->options[b->options[k]].resource;
        const bool matters =
            k == 0 || k + 1 == count || facts->perf->rules_of->transfer != AIS_TRANSFER_LAST;
        if (matters && r != s &&
            !(facts->private_class[r] && facts->private_class[s] &&
              facts->perf->layer[r] == facts->perf->layer[s]))
            return false;
    }
    return true;
}

static bool is_faster(const ais__facts *facts, size_t component, const ais__course *a,
                      const ais__course *b)
{
    if (!facts->linked[component])
        return a->idle_s <= b->idle_s;
    if (a->idle_s + a->transfer_most_s <= b->idle_s + b->transfer_least_s)
        return a->idle_s <= b->idle_s;
    return a->idle_s <= b->idle_s && looks_alike(facts, a, b);
}

static bool dominates(const course_maker *maker, const ais__course *a, const ais__course *b)
{
    const ais__facts *facts = maker->facts;
    const size_t component = maker->list->component;
    if (a->cost_most > b->cost || a->idle_s > b->idle_s)
        return false;
    for (size_t d = 0; d < maker->dimensions; d++)
        if (a->load[d] > b->load[d])
            return false;
    if (facts->timed[component])
        for (size_t m = 0; m < maker->list->machine_count; m++)
            if (a->factor[m] > b->factor[m])
                return false;
    if ((forbids(facts, component, a->side) & ~forbids(facts, component, b->side)) != 0)
        return false;
    if (facts->any_alone && !is_within(&a->used, &b->used))
        return false;
    return is_faster(facts, component, a, b);
}

static void keep(course_maker *maker, const ais__course *course)
{
    const bool compared = !course->special && course->fitted_count == 0 && !maker->facts->keep_all;
    size_t kept = 0;
    for (size_t i = 0; compared && i < maker->kept_count; i++) {
        const ais__course *other = maker->kept[i];
        if (!other->special && other->fitted_count == 0 && dominates(maker, other, course))
            return;
    }
    for (size_t i = 0; i < maker->kept_count; i++) {
        ais__course *other = maker->kept[i];
        if (!compared || other->special || !dominates(maker, course, other))
            maker->kept[kept++] = other;
    }
    maker->kept_count = kept;
    maker->kept = ais_grow(maker->kept, &maker->kept_capacity, kept + 1, sizeof(ais__course *));
    ais__course *copy = ais_arena_alloc(maker->scratch, sizeof *copy);
    const size_t parts = maker->facts->system->deployments[course->deployment].part_count;
    const size_t machines = maker->list->machine_count;
    double *numbers =
        ais_arena_alloc(maker->scratch, (maker->dimensions + machines) * sizeof *numbers);
    size_t *options = ais_arena_alloc(maker->scratch, parts * sizeof *options);
    memcpy(numbers, course->load, maker->dimensions * sizeof *numbers);
    memcpy(numbers + maker->dimensions, course->factor, machines * sizeof *numbers);
    memcpy(options, course->options, parts * sizeof *options);
    *copy = *course;
    copy->load = numbers;
    copy->factor = numbers + maker->dimensions;
    copy->options = options;
    if (course->fitted_count > 0) {
        ais__fitted *fitted =
            ais_arena_alloc(maker->scratch, course->fitted_count * sizeof *fitted);
        memcpy(fitted, course->fitted, course->fitted_count * sizeof *fitted);
        copy->fitted = fitted;
    }
    maker->kept[maker->kept_count++] = copy;
}

/* Delays to and from neighbours, at their least and most. */
static void add_transfers(const ais__facts *facts, ais__course *course, size_t component)
{
    const ais_system *system = facts->system;
    const ais_system_component *c = &system->components[component];
    const ais_system_deployment *deployment = &system->deployments[course->deployment];
    double least = INFINITY, most = 0;
    for (size_t e = 0; e < c->edge_count; e++) {
        const double *cells =
            facts->leave_most_s + (deployment->first_data + e) * system->resource_count;
        double highest = 0; /* the worst of the resources that it leaves from */
        for (size_t k = 0; k < deployment->part_count; k++)
            highest = fmax(highest, cells[system->options[course->options[k]].resource]);
        const double lowest = ais__facts_transfer_least_s(facts, course, e);
        most = fmax(most, highest);
        least = fmin(least, lowest);
    }
    const size_t head = system->options[course->options[0]].resource;
    course->transfer_most_s = most + facts->enter_most_s[component * system->resource_count + head];
    course->transfer_least_s = c->edge_count > 0 ? least : 0;
}

/* What one part adds to a course. False: not allowed there. */
static bool add_part(const course_maker *maker, ais__course *course, double *load, double *factor,
                     ais__fitted *fitted, size_t k)
{
    const ais__facts *facts = maker->facts;
    const ais_perf *perf = facts->perf;
    const size_t part = facts->system->deployments[maker->deployment].first_part + k;
    const size_t o = maker->options[k], r = facts->system->options[o].resource;
    const size_t machine = facts->machine_of[r];
    const double weight = perf->part_weight[part];
    course->cost += facts->shared[r] ? perf->cost[o] - perf->charge[o] : perf->cost[o];
    course->cost_most += perf->cost[o];
    course->special |= facts->shared[r];
    if (k > 0) {
        const size_t before = facts->system->options[maker->options[k - 1]].resource;
        const double delay_s = ais_perf_next_delay_s(perf, part - 1, before, r);
        if (isinf(delay_s))
            return false;
        course->fixed_s += weight * delay_s;
    }
    if (machine == AIS_SYSTEM_NONE || perf->response_s[o] != NULL)
        course->fixed_s += weight * perf->time_s[o];
    if (machine == AIS_SYSTEM_NONE)
        return true;
    const size_t d = maker->dimension_of[machine];
    load[d] += perf->load[o];
    if (facts->any_memory)
        load[maker->list->machine_count + d] += facts->system->options[o].memory_bytes;
    if (perf->response_s[o] != NULL)
        fitted[course->fitted_count++] =
            (ais__fitted){.option = o, .machine = machine, .weight = weight};
    else
        factor[d] += weight * perf->time_s[o];
    const bool taken = ais__machines_has(&course->used, machine);
    if ((perf->rules & AIS_RULE_COLOCATION) != 0) {
        if ((taken && perf->alone[o]) || ais__machines_has(&course->alone, machine))
            return false;
        if (perf->alone[o])
            ais__machines_add(&course->alone, machine);
    }
    ais__machines_add(&course->used, machine);
    return true;
}

/* The chain in hand is complete. */
static void finish(course_maker *maker, double *numbers)
{
    const ais__facts *facts = maker->facts;
    const ais_system *system = facts->system;
    const size_t component = maker->list->component, machines = maker->list->machine_count;
    const size_t parts = system->deployments[maker->deployment].part_count;
    ais__fitted fitted[AIS__PARTS_MAX];
    double *load = numbers, *factor = numbers + maker->dimensions;
    memset(numbers, 0, (maker->dimensions + machines) * sizeof *numbers);
    ais__course course = {.deployment = maker->deployment,
                          .options = maker->options,
                          .load = load,
                          .factor = factor,
                          .fitted = fitted};
    bool edge = false, cloud = false;
    for (size_t k = 0; k < parts; k++) {
        if (!add_part(maker, &course, load, factor, fitted, k))
            return;
        const bool is_cloud = facts->perf->is_cloud[system->options[maker->options[k]].resource];
        edge |= !is_cloud;
        cloud |= is_cloud;
    }
    course.side = (facts->perf->rules & AIS_RULE_FORWARD) == 0 ? AIS__EDGE
                  : edge && cloud                              ? AIS__MIXED
                  : edge                                       ? AIS__EDGE
                                                               : AIS__CLOUD;
    course.idle_s = course.fixed_s;
    for (size_t m = 0; m < machines; m++)
        course.idle_s += factor[m];
    if (!facts->timed[component])
        course.idle_s = 0;
    if (facts->linked[component])
        add_transfers(facts, &course, component);
    if (course.idle_s > facts->perf->local_limit_s[component] * (1 + 1e-9) ||
        isinf(course.transfer_least_s))
        return;
    keep(maker, &course);
}

static bool is_open(const course_maker *maker, size_t option)
{
    const ais__facts *facts = maker->facts;
    const size_t r = facts->system->options[option].resource;
    if (!facts->perf->usable[option])
        return false;
    if ((facts->perf->rules & AIS_RULE_MEMORY) != 0 &&
        facts->system->options[option].memory_bytes >
            ais__facts_memory(facts, r, facts->perf->count_max[r]) * (1 + 1e-9))
        return false;
    return facts->machine_of[r] == AIS_SYSTEM_NONE ||
           ais__machines_has(&maker->list->open, facts->machine_of[r]);
}

/* All chains of the deployment in hand. Without recursion: `choice` counts like an odometer. */
static void make_chains(course_maker *maker, double *numbers)
{
    const ais__facts *facts = maker->facts;
    const ais_system_deployment *deployment = &facts->system->deployments[maker->deployment];
    const bool forward = (facts->perf->rules & AIS_RULE_FORWARD) != 0;
    size_t next[AIS__PARTS_MAX] = {0}, k = 0;
    for (;;) {
        const ais_system_part *part = &facts->system->parts[deployment->first_part + k];
        if (next[k] == part->option_count) {
            next[k] = 0;
            if (k-- == 0)
                return;
            continue;
        }
        const size_t o = part->first_option + next[k]++;
        if (!is_open(maker, o))
            continue;
        maker->options[k] = o;
        if (forward && k > 0 &&
            facts->perf->is_cloud[facts->system->options[maker->options[k - 1]].resource] &&
            !facts->perf->is_cloud[facts->system->options[o].resource])
            continue;
        if (k + 1 == deployment->part_count)
            finish(maker, numbers);
        else
            k++;
    }
}

static int compare_courses(const void *a, const void *b)
{
    const ais__course *one = *(ais__course *const *)a, *other = *(ais__course *const *)b;
    if (one->cost < other->cost || one->cost > other->cost)
        return one->cost < other->cost ? -1 : 1;
    if (one->deployment != other->deployment)
        return one->deployment < other->deployment ? -1 : 1;
    for (size_t k = 0;; k++) /* courses of one deployment differ somewhere */
        if (one->options[k] != other->options[k])
            return one->options[k] < other->options[k] ? -1 : 1;
}

/* Copy what is left into the table's own memory, in an order of its own. */
static void settle(course_maker *maker)
{
    ais__courses *list = maker->list;
    const size_t machines = list->machine_count, numbers = maker->dimensions + machines;
    qsort(maker->kept, maker->kept_count, sizeof(ais__course *), compare_courses);
    ais__course *items = ais_arena_alloc(maker->arena, maker->kept_count * sizeof *items);
    list->least_cost = INFINITY;
    for (size_t i = 0; i < maker->kept_count; i++) {
        const ais__course *course = maker->kept[i];
        const size_t parts = maker->facts->system->deployments[course->deployment].part_count;
        double *load = ais_arena_alloc(maker->arena, numbers * sizeof *load);
        size_t *options = ais_arena_alloc(maker->arena, parts * sizeof *options);
        memcpy(load, course->load, maker->dimensions * sizeof *load);
        memcpy(load + maker->dimensions, course->factor, machines * sizeof *load);
        memcpy(options, course->options, parts * sizeof *options);
        items[i] = *course;
        items[i].load = load;
        items[i].factor = load + maker->dimensions;
        items[i].options = options;
        if (course->fitted_count > 0) {
            ais__fitted *fitted =
                ais_arena_alloc(maker->arena, course->fitted_count * sizeof *fitted);
            memcpy(fitted, course->fitted, course->fitted_count * sizeof *fitted);
            items[i].fitted = fitted;
        }
        list->least_cost = fmin(list->least_cost, course->cost);
    }
    list->items = items;
    list->count = maker->kept_count;
}

static ais__courses *make_courses(ais__course_table *table, size_t component,
                                  const ais__machines *open)
{
    const ais__facts *facts = table->facts;
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    ais__courses *list = ais_arena_alloc(table->arena, sizeof *list);
    *list = (ais__courses){.component = component, .open = *open};
    size_t *dimension_of = ais_arena_alloc(scratch, (facts->machine_count + 1) * sizeof(size_t));
    size_t *machines = ais_arena_alloc(table->arena, (facts->machine_count + 1) * sizeof(size_t));
    for (size_t m = 0; m < facts->machine_count; m++) {
        if (!ais__machines_has(open, m))
            continue;
        dimension_of[m] = list->machine_count;
        machines[list->machine_count++] = m;
    }
    list->machines = machines;
    course_maker maker = {.facts = facts,
                          .list = list,
                          .arena = table->arena,
                          .scratch = scratch,
                          .dimension_of = dimension_of,
                          .dimensions = list->machine_count * (facts->any_memory ? 2 : 1)};
    double *numbers =
        ais_arena_alloc(scratch, (maker.dimensions + list->machine_count + 1) * sizeof *numbers);
    const ais_system_component *c = &facts->system->components[component];
    for (size_t d = 0; d < c->deployment_count; d++) {
        maker.deployment = c->first_deployment + d;
        make_chains(&maker, numbers);
    }
    settle(&maker);
    free(maker.kept);
    return list;
}

static void grow_table(ais__course_table *table)
{
    const size_t slot_count = table->slot_count * 2;
    ais__courses **slots = ais_alloc(slot_count * sizeof *slots);
    for (size_t i = 0; i < table->slot_count; i++)
        while (table->slots[i] != NULL) {
            ais__courses *list = table->slots[i];
            table->slots[i] = list->next;
            ais__courses **slot =
                &slots[(ais__machines_hash(&list->open) + list->component * 0x9E3779B9u) %
                       slot_count];
            list->next = *slot;
            *slot = list;
        }
    free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
}

const ais__courses *ais__course_table_get(ais__course_table *table, size_t component,
                                          const ais__machines *open)
{
    const ais__machines reached = ais__machines_common(open, &table->facts->reach[component]);
    const uint64_t hash = ais__machines_hash(&reached) + component * 0x9E3779B9u;
    for (ais__courses *list = table->slots[hash % table->slot_count]; list != NULL;
         list = list->next)
        if (list->component == component && ais__machines_equal(&list->open, &reached))
            return list;
    if (++table->count > table->slot_count)
        grow_table(table);
    ais__courses *list = make_courses(table, component, &reached);
    ais__courses **slot = &table->slots[hash % table->slot_count];
    list->next = *slot;
    *slot = list;
    return list;
}
