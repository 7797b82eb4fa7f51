/* Courses of a component: a deployment with an option for each of its parts. Only those are kept that no other is
 * at least as good as in every respect: load and memory of every type, cost, times, and what the forward rule
 * forbids others. Times are affine in the queueing factors 1 / (1 - rho) >= 1, whatever the loads will be, so one is
 * never slower than another when its factors are not above and it is not slower where nothing queues. */
#include <math.h>

#include "place/vectors.h"

/* A list with more than that to look at is given up: about 50 ms. */
enum { LOOKED_AT_MAX = 1000000, COMPARED_MAX = 5000000 };

/* A stop that is open in the list in the making, with the dimension of its machine. */
typedef struct open_stop {
    const ais__stop *stop;
    size_t dimension;
} open_stop;

/* A course in the making; numbers: loads and memory by dimension, then factors. */
typedef struct draft {
    double cost, cost_most, fixed_s, idle_s, transfer_least_s, transfer_most_s;
    uint64_t used, alone, once;
    size_t deployment;
    uint32_t fitted_count;
    unsigned side;
    bool special, edge, cloud;
} draft;

typedef struct maker {
    const ais__facts *facts;
    ais__courses *list;
    ais_arena *arena; /* of the table */
    size_t dimensions, stride;
    size_t *dimension_of; /* by bit; NONE: closed */
    /* the deployment in hand: open stops by part, the chain, drafts of its beginnings */
    open_stop *open[AIS__PARTS_MAX];
    size_t open_count[AIS__PARTS_MAX];
    const ais__stop *chain[AIS__PARTS_MAX];
    draft drafts[AIS__PARTS_MAX + 1];
    double *numbers; /* by beginning, `stride` each */
    /* kept so far */
    draft *kept;
    double *kept_numbers;
    const ais__stop **kept_chains; /* AIS__PARTS_MAX each */
    uint64_t looked_at, compared;
    size_t kept_count, kept_capacity, numbers_capacity, chains_capacity;
} maker;

/* What a course forbids others: bits. Predecessors beyond the edge; successors on the edge. */
static unsigned forbids(const ais__facts *facts, size_t component, unsigned side)
{
    const unsigned before = facts->has_before[component] && side != AIS__CLOUD ? 1u : 0;
    const unsigned behind = facts->has_behind[component] && side != AIS__EDGE ? 2u : 0;
    return before | behind;
}

/* Do neighbours see no difference between two courses of one deployment? */
static bool looks_alike(const ais__facts *facts, size_t deployment, const ais__stop *const *a,
                        const ais__stop *const *b)
{
    const size_t count = facts->system->deployments[deployment].part_count;
    for (size_t k = 0; k < count; k++) {
        const size_t r = a[k]->resource, s = b[k]->resource;
        const bool matters =
            k == 0 || k + 1 == count || facts->perf->rules_of->transfer != AIS_TRANSFER_LAST;
        if (matters && r != s &&
            !(facts->private_class[r] && facts->private_class[s] &&
              facts->perf->layer[r] == facts->perf->layer[s]))
            return false;
    }
    return true;
}

/* Is course a at least as good as b in every respect? */
static bool dominates(const maker *m, const draft *a, const double *x,
                      const ais__stop *const *a_chain, const draft *b, const double *y,
                      const ais__stop *const *b_chain)
{
    const ais__facts *facts = m->facts;
    const size_t component = m->list->component;
    if (a->cost_most > b->cost || a->idle_s > b->idle_s)
        return false;
    const size_t count = facts->timed[component] ? m->stride : m->dimensions;
    for (size_t d = 0; d < count; d++)
        if (x[d] > y[d])
            return false;
    if ((forbids(facts, component, a->side) & ~forbids(facts, component, b->side)) != 0)
        return false;
    if (facts->any_alone && (a->used & ~b->used) != 0)
        return false;
    return !facts->linked[component] ||
           a->idle_s + a->transfer_most_s <= b->idle_s + b->transfer_least_s ||
           (a->deployment == b->deployment && looks_alike(facts, a->deployment, a_chain, b_chain));
}

static const ais__stop **kept_chain(const maker *m, size_t i)
{
    return m->kept_chains + i * AIS__PARTS_MAX;
}

static void move_kept(maker *m, size_t to, size_t from)
{
    if (to == from)
        return;
    m->kept[to] = m->kept[from];
    memcpy(m->kept_numbers + to * m->stride, m->kept_numbers + from * m->stride,
           m->stride * sizeof(double));
    memcpy(kept_chain(m, to), kept_chain(m, from), AIS__PARTS_MAX * sizeof(ais__stop *));
}

static void keep(maker *m, const draft *course, const double *numbers, size_t parts)
{
    const bool compared = !course->special && !m->facts->keep_all;
    m->compared += m->kept_count;
    for (size_t i = 0; compared && i < m->kept_count; i++) {
        const draft *other = &m->kept[i];
        if (!other->special && other->fitted_count == 0 &&
            dominates(m, other, m->kept_numbers + i * m->stride, kept_chain(m, i), course, numbers,
                      m->chain))
            return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < m->kept_count; i++) {
        const draft *other = &m->kept[i];
        if (!compared || course->fitted_count > 0 || other->special ||
            !dominates(m, course, numbers, m->chain, other, m->kept_numbers + i * m->stride,
                       kept_chain(m, i)))
            move_kept(m, kept++, i);
    }
    m->kept = ais_grow(m->kept, &m->kept_capacity, kept + 1, sizeof *m->kept);
    m->kept_numbers =
        ais_grow(m->kept_numbers, &m->numbers_capacity, (kept + 1) * m->stride + 1, sizeof(double));
    m->kept_chains = ais_grow(m->kept_chains, &m->chains_capacity, (kept + 1) * AIS__PARTS_MAX,
                              sizeof(ais__stop *));
    m->kept[kept] = *course;
    memcpy(m->kept_numbers + kept * m->stride, numbers, m->stride * sizeof(double));
    memcpy(m->kept_chains + kept * AIS__PARTS_MAX, m->chain, parts * sizeof(ais__stop *));
    m->kept_count = kept + 1;
}

/* Delays to and from neighbours, at their least and most. */
static void add_transfers(const maker *m, draft *course, size_t parts)
{
    const ais__facts *facts = m->facts;
    const ais_system *system = facts->system;
    const size_t component = m->list->component;
    const ais_system_component *c = &system->components[component];
    const size_t first = system->deployments[course->deployment].first_data;
    double least = INFINITY, most = 0;
    for (size_t e = 0; e < c->edge_count; e++) {
        const double *cells = facts->leave_most_s + (first + e) * system->resource_count;
        double highest = 0; /* the worst of the resources that it leaves from */
        for (size_t k = 0; k < parts; k++)
            highest = fmax(highest, cells[m->chain[k]->resource]);
        most = fmax(most, highest);
        least = fmin(least, ais__facts_transfer_least_s(facts, course->deployment, m->chain, e));
    }
    course->transfer_most_s =
        most + facts->enter_most_s[component * system->resource_count + m->chain[0]->resource];
    course->transfer_least_s = c->edge_count > 0 ? least : 0;
}

/* The chain in hand is complete. */
static void finish(maker *m, size_t parts)
{
    const ais__facts *facts = m->facts;
    draft course = m->drafts[parts];
    course.side = (facts->perf->rules & AIS_RULE_FORWARD) == 0 ? AIS__EDGE
                  : course.edge && course.cloud                ? AIS__MIXED
                  : course.edge                                ? AIS__EDGE
                                                               : AIS__CLOUD;
    if (!facts->timed[m->list->component])
        course.idle_s = 0;
    if (facts->linked[m->list->component])
        add_transfers(m, &course, parts);
    if (!isinf(course.transfer_least_s))
        keep(m, &course, m->numbers + parts * m->stride, parts);
}

/* The chain goes on with a stop as its k-th. False: that is not allowed. */
static bool extend(maker *m, size_t k, const open_stop *next)
{
    const ais__facts *facts = m->facts;
    const ais__stop *stop = next->stop;
    const draft *before = &m->drafts[k];
    draft *after = &m->drafts[k + 1];
    double delay_s = 0;
    if (before->cloud && !stop->is_cloud && (facts->perf->rules & AIS_RULE_FORWARD) != 0)
        return false;
    if (k > 0) {
        delay_s = ais_perf_next_delay_s(facts->perf, stop->part - 1, m->chain[k - 1]->resource,
                                        stop->resource);
        if (isinf(delay_s))
            return false;
        delay_s *= stop->weight;
    }
    double *numbers = m->numbers + (k + 1) * m->stride;
    memcpy(numbers, m->numbers + k * m->stride, m->stride * sizeof(double));
    *after = *before;
    m->chain[k] = stop;
    after->cost += stop->cost;
    after->cost_most += stop->cost_most;
    after->special |= stop->shared;
    after->once |= stop->shared_bit;
    after->cloud |= stop->is_cloud;
    after->edge |= !stop->is_cloud;
    after->idle_s += stop->time_s + delay_s;
    after->fixed_s += stop->queues ? delay_s : stop->time_s + delay_s;
    if (after->idle_s > m->facts->perf->local_limit_s[m->list->component] * (1 + 1e-9))
        return false;
    if (next->dimension == AIS_SYSTEM_NONE)
        return true;
    const uint64_t bit = (uint64_t)1 << next->dimension;
    if (((before->used & bit) != 0 && stop->alone) || (before->alone & bit) != 0)
        return false;
    after->used |= bit;
    after->alone |= stop->alone ? bit : 0;
    after->fitted_count += stop->fitted;
    numbers[next->dimension] += stop->load;
    if (facts->any_memory)
        numbers[m->list->machine_count + next->dimension] += stop->memory;
    if (stop->queues)
        numbers[m->dimensions + next->dimension] += stop->time_s;
    return true;
}

static bool list_open(maker *m, const ais_system_deployment *deployment, ais_arena *scratch)
{
    const ais__facts *facts = m->facts;
    for (size_t k = 0; k < deployment->part_count; k++) {
        const size_t part = deployment->first_part + k;
        const size_t count = facts->first_stop[part + 1] - facts->first_stop[part];
        m->open[k] = ais_arena_alloc(scratch, (count + 1) * sizeof(open_stop));
        m->open_count[k] = 0;
        for (size_t n = 0; n < count; n++) {
            const ais__stop *stop = &facts->stops[facts->first_stop[part] + n];
            const bool machine = stop->machine != AIS_SYSTEM_NONE;
            const size_t d = machine ? m->dimension_of[stop->machine] : AIS_SYSTEM_NONE;
            if (!machine || d != AIS_SYSTEM_NONE)
                m->open[k][m->open_count[k]++] = (open_stop){.stop = stop, .dimension = d};
        }
        if (m->open_count[k] == 0)
            return false;
    }
    return true;
}

/* All chains of a deployment. Without recursion: `next` counts like an odometer. */
static void make_chains(maker *m, size_t d, ais_arena *scratch)
{
    const ais_system_deployment *deployment = &m->facts->system->deployments[d];
    if (!list_open(m, deployment, scratch))
        return;
    size_t next[AIS__PARTS_MAX] = {0}, k = 0;
    m->drafts[0] = (draft){.deployment = d};
    memset(m->numbers, 0, m->stride * sizeof(double));
    while (m->looked_at < LOOKED_AT_MAX && m->compared < COMPARED_MAX) {
        if (next[k] == m->open_count[k]) {
            next[k] = 0;
            if (k-- == 0)
                return;
            continue;
        }
        if (!extend(m, k, &m->open[k][next[k]++]))
            continue;
        m->looked_at++;
        if (k + 1 == deployment->part_count)
            finish(m, k + 1);
        else
            k++;
    }
    m->list->incomplete = true;
}

static int compare_courses(const void *a, const void *b)
{
    const ais__course *one = a, *other = b;
    if (one->cost < other->cost || one->cost > other->cost)
        return one->cost < other->cost ? -1 : 1;
    if (one->deployment != other->deployment)
        return one->deployment < other->deployment ? -1 : 1;
    for (size_t k = 0;; k++) /* courses of one deployment differ somewhere */
        if (one->stops[k] != other->stops[k])
            return one->stops[k] < other->stops[k] ? -1 : 1;
}

/* Copy what is left into the table's own memory, in an order of its own. */
static void settle(maker *m)
{
    ais__courses *list = m->list;
    ais__course *items = ais_arena_alloc(m->arena, m->kept_count * sizeof *items);
    double *numbers = ais_arena_alloc(m->arena, m->kept_count * m->stride * sizeof *numbers);
    if (m->kept_count > 0)
        memcpy(numbers, m->kept_numbers, m->kept_count * m->stride * sizeof *numbers);
    list->least_cost = INFINITY;
    for (size_t i = 0; i < m->kept_count; i++) {
        const draft *kept = &m->kept[i];
        const size_t parts = m->facts->system->deployments[kept->deployment].part_count;
        const ais__stop **stops = ais_arena_alloc(m->arena, parts * sizeof *stops);
        memcpy(stops, kept_chain(m, i), parts * sizeof *stops);
        items[i] = (ais__course){.deployment = kept->deployment,
                                 .stops = stops,
                                 .cost = kept->cost,
                                 .fixed_s = kept->fixed_s,
                                 .load = numbers + i * m->stride,
                                 .factor = numbers + i * m->stride + m->dimensions,
                                 .used = kept->used,
                                 .alone = kept->alone,
                                 .once = kept->once,
                                 .fitted_count = kept->fitted_count,
                                 .side = kept->side};
        list->least_cost = fmin(list->least_cost, kept->cost);
    }
    qsort(items, m->kept_count, sizeof *items, compare_courses);
    list->items = items;
    list->count = m->kept_count;
}

static ais__courses *make_courses(ais__course_table *table, size_t component,
                                  const ais__machines *open)
{
    const ais__facts *facts = table->facts;
    ais_arena *scratch = table->scratch;
    ais_arena_reset(scratch);
    ais__courses *list = ais_arena_alloc(table->arena, sizeof *list);
    *list = (ais__courses){.component = component, .open = *open};
    size_t *machines = ais_arena_alloc(table->arena, AIS__OPEN_MAX * sizeof(size_t));
    maker *m = ais_arena_alloc(scratch, sizeof *m);
    m->dimension_of = ais_arena_alloc(scratch, (facts->machine_count + 1) * sizeof(size_t));
    for (size_t k = 0; k < facts->machine_count; k++) {
        m->dimension_of[k] = AIS_SYSTEM_NONE;
        if (!ais__machines_has(open, k))
            continue;
        m->dimension_of[k] = list->machine_count;
        machines[list->machine_count++] = k;
    }
    list->machines = machines;
    m->facts = facts;
    m->list = list;
    m->arena = table->arena;
    m->dimensions = list->machine_count * (facts->any_memory ? 2 : 1);
    m->stride = m->dimensions + list->machine_count;
    m->numbers = ais_arena_alloc(scratch, (AIS__PARTS_MAX + 1) * m->stride * sizeof(double));
    const ais_system_component *c = &facts->system->components[component];
    for (size_t d = 0; d < c->deployment_count; d++)
        make_chains(m, c->first_deployment + d, scratch);
    settle(m);
    free(m->kept);
    free(m->kept_numbers);
    free(m->kept_chains);
    return list;
}

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

enum { SLOTS_FIRST = 256 };

void ais__course_table_init(ais__course_table *table, const ais__facts *facts)
{
    *table = (ais__course_table){.facts = facts,
                                 .arena = ais_arena_new(),
                                 .scratch = ais_arena_new(),
                                 .slot_count = SLOTS_FIRST};
    table->slots = ais_alloc(table->slot_count * sizeof(ais__courses *));
}

void ais__course_table_clear(ais__course_table *table)
{
    ais_arena_free(table->arena);
    ais_arena_free(table->scratch);
    free(table->slots);
    *table = (ais__course_table){.facts = NULL};
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
