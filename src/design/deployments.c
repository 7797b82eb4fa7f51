/* Counting deployments, and finding the one with a number; see deployment.h.
 *
 * Numbers are places in the list of all deployments. A block of it belongs to each choice; its length is
 * a product, so the choice is found by subtracting lengths, first among alternatives, then among
 * designs; what is left of the number is read in mixed radix as layers. */
#include <string.h>

#include "design/deployment_priv.h"
#include "design/design_priv.h"

/* A way to have a component that can run somewhere. */
typedef struct way {
    const ais_variant_group *group;
    const int64_t **layers; /* of each segment */
    size_t *layer_counts;
    uint64_t weight; /* product of the counts */
} way;

typedef struct member {
    size_t component;
    way *ways; /* sorted by the name of the group: base first */
    size_t way_count;
    uint64_t weight; /* sum over its ways */
} member;

typedef struct slot {
    size_t component; /* of the graph */
    member *members;  /* itself, then its alternatives */
    size_t member_count;
    uint64_t weight; /* sum over its members */
} slot;

struct ais_deployments {
    const ais_app *app;
    const ais_performance *performance; /* or NULL */
    slot *slots;                        /* sorted by name */
    size_t slot_count;
    size_t *varied; /* slots with alternatives, in the order of System.alternative_components */
    size_t varied_count;
    uint64_t count;
    ais_arena *arena;
};

static uint64_t multiply(uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* ---- what there is ---- */

/* The layers on which a segment may run, in the order of its entry, each once. */
static size_t list_layers(const ais_deployments *d, size_t candidate, const int64_t **out)
{
    if (candidate == AIS_NONE)
        return 0;
    const ais_app_candidate *entry = &d->app->candidates[candidate];
    int64_t *layers = ais_arena_alloc(d->arena, entry->layer_count * sizeof *layers);
    size_t count = 0;
    for (size_t i = 0; i < entry->layer_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < count; k++)
            seen |= layers[k] == entry->layers[i];
        if (!seen && ais__design_layer_fits(d->app, entry, entry->layers[i]))
            layers[count++] = entry->layers[i];
    }
    *out = layers;
    return count;
}

static void fill_way(const ais_deployments *d, const ais_variant_group *group, way *out)
{
    *out = (way){.group = group, .weight = 1};
    out->layers = ais_arena_alloc(d->arena, group->segment_count * sizeof *out->layers);
    out->layer_counts = ais_arena_alloc(d->arena, group->segment_count * sizeof *out->layer_counts);
    for (size_t i = 0; i < group->segment_count; i++) {
        out->layer_counts[i] = list_layers(d, group->segments[i].candidate, &out->layers[i]);
        out->weight = multiply(out->weight, out->layer_counts[i]);
    }
}

static int compare_ways(const void *a, const void *b)
{
    const way *x = a, *y = b;
    return strcmp(x->group->name, y->group->name);
}

static void fill_member(const ais_deployments *d, const ais_variants *variants, size_t component,
                        member *out)
{
    const ais_component_variants *all = &variants->components[component];
    *out = (member){.component = component};
    out->ways = ais_arena_alloc(d->arena, all->group_count * sizeof *out->ways);
    for (size_t i = 0; i < all->group_count; i++) {
        way *next = &out->ways[out->way_count];
        fill_way(d, &all->groups[i], next);
        if (next->weight == 0)
            continue;
        out->weight = add(out->weight, next->weight);
        out->way_count++;
    }
    qsort(out->ways, out->way_count, sizeof *out->ways, compare_ways);
}

static void fill_slot(const ais_deployments *d, const ais_variants *variants, size_t component,
                      slot *out)
{
    const ais_app *app = d->app;
    *out = (slot){.component = component};
    out->members = ais_arena_alloc(
        d->arena, (app->component_count - app->base_component_count + 1) * sizeof *out->members);
    fill_member(d, variants, component, &out->members[out->member_count++]);
    for (size_t i = app->base_component_count; i < app->component_count; i++)
        if (app->components[i].original == component)
            fill_member(d, variants, i, &out->members[out->member_count++]);
    for (size_t i = 0; i < out->member_count; i++)
        out->weight = add(out->weight, out->members[i].weight);
}

static int compare_slots(const void *a, const void *b, void *app)
{
    const slot *x = a, *y = b;
    const ais_app_component *components = ((const ais_app *)app)->components;
    return strcmp(components[x->component].name, components[y->component].name);
}

static size_t find_slot(const ais_deployments *d, size_t component)
{
    for (size_t i = 0; i < d->slot_count; i++)
        if (d->slots[i].component == component)
            return i;
    return AIS_NONE;
}

/* Alternatives stand in the order in which the file lists them, so their originals do too. */
static void list_varied(ais_deployments *d)
{
    const ais_app *app = d->app;
    d->varied = ais_arena_alloc(d->arena, d->slot_count * sizeof *d->varied);
    for (size_t i = app->base_component_count; i < app->component_count; i++) {
        const size_t at = find_slot(d, app->components[i].original);
        bool seen = at == AIS_NONE;
        for (size_t k = 0; k < d->varied_count; k++)
            seen |= d->varied[k] == at;
        if (!seen)
            d->varied[d->varied_count++] = at;
    }
}

ais_deployments *ais_deployments_new(const ais_app *app, const ais_variants *variants,
                                     const ais_performance *performance)
{
    ais_deployments *d = ais_alloc(sizeof *d);
    *d = (ais_deployments){
        .app = app, .performance = performance, .arena = ais_arena_new(), .count = 1};
    d->slots = ais_arena_alloc(d->arena, app->base_component_count * sizeof *d->slots);
    for (size_t i = 0; i < app->base_component_count; i++)
        fill_slot(d, variants, i, &d->slots[d->slot_count++]);
    union {
        const ais_app *in;
        void *out;
    } passed = {.in = app}; /* qsort_r() takes no const; the comparison only reads */
    qsort_r(d->slots, d->slot_count, sizeof *d->slots, compare_slots, passed.out);
    list_varied(d);
    for (size_t i = 0; i < d->slot_count; i++)
        d->count = multiply(d->count, d->slots[i].weight);
    return d;
}

void ais_deployments_free(ais_deployments *deployments)
{
    if (deployments == NULL)
        return;
    ais_arena_free(deployments->arena);
    free(deployments);
}

uint64_t ais_deployments_count(const ais_deployments *deployments)
{
    return deployments->count;
}

/* ---- one of them ---- */

/* What has been decided while a number is read. */
typedef struct reading {
    const ais_deployments *d;
    uint64_t rest;
    uint64_t alternative;
    const member **members; /* by slot */
    const way **ways;       /* by slot */
    const int64_t **layers; /* by slot: one a segment */
} reading;

/* Which of `count` blocks `*rest` is in; the rest within it. */
static size_t find_block(uint64_t *rest, const uint64_t *lengths, size_t count)
{
    size_t i = 0;
    while (i + 1 < count && *rest >= lengths[i])
        *rest -= lengths[i++];
    return i;
}

static void choose_members(reading *r)
{
    const ais_deployments *d = r->d;
    for (size_t i = 0; i < d->slot_count; i++)
        r->members[i] = &d->slots[i].members[0];
    uint64_t decided = 1;
    for (size_t i = 0; i < d->varied_count; i++) {
        const slot *s = &d->slots[d->varied[i]];
        uint64_t others = decided;
        for (size_t k = 0; k < d->slot_count; k++) {
            bool done = false;
            for (size_t v = 0; v <= i; v++)
                done |= d->varied[v] == k;
            others = done ? others : multiply(others, d->slots[k].weight);
        }
        AIS_FREE uint64_t *lengths = ais_alloc(s->member_count * sizeof *lengths);
        for (size_t m = 0; m < s->member_count; m++)
            lengths[m] = multiply(others, s->members[m].weight);
        const size_t chosen = find_block(&r->rest, lengths, s->member_count);
        r->members[d->varied[i]] = &s->members[chosen];
        decided = multiply(decided, s->members[chosen].weight);
        r->alternative = add(multiply(r->alternative, s->member_count), chosen);
    }
}

static void choose_ways(reading *r)
{
    const ais_deployments *d = r->d;
    AIS_FREE uint64_t *behind = ais_alloc((d->slot_count + 1) * sizeof *behind);
    behind[d->slot_count] = 1;
    for (size_t i = d->slot_count; i-- > 0;)
        behind[i] = multiply(behind[i + 1], r->members[i]->weight);
    uint64_t decided = 1;
    for (size_t i = 0; i < d->slot_count; i++) {
        const member *m = r->members[i];
        AIS_FREE uint64_t *lengths = ais_alloc(m->way_count * sizeof *lengths);
        for (size_t w = 0; w < m->way_count; w++)
            lengths[w] = multiply(multiply(decided, m->ways[w].weight), behind[i + 1]);
        r->ways[i] = &m->ways[find_block(&r->rest, lengths, m->way_count)];
        decided = multiply(decided, r->ways[i]->weight);
    }
}

static void choose_layers(reading *r, ais_arena *arena)
{
    for (size_t i = r->d->slot_count; i-- > 0;) {
        const way *w = r->ways[i];
        int64_t *layers = ais_arena_alloc(arena, w->group->segment_count * sizeof *layers);
        for (size_t k = w->group->segment_count; k-- > 0;) {
            layers[k] = w->layers[k][r->rest % w->layer_counts[k]];
            r->rest /= w->layer_counts[k];
        }
        r->layers[i] = layers;
    }
}

/* NULL where the application's own are the ones. */
static const double *find_probabilities(const ais_deployments *d, uint64_t alternative)
{
    if (alternative == 0 || d->performance == NULL || d->performance->metric == NULL)
        return NULL;
    return ais_performance_find(d->performance, (size_t)alternative)->probabilities;
}

ais_deployment *ais_deployments_get(const ais_deployments *d, uint64_t number)
{
    if (number >= d->count)
        AIS_BUG("there is no deployment %llu", (unsigned long long)number);
    AIS_AUTO(ais_arena) scratch = ais_arena_new();
    ais_deployment *made = ais_alloc(sizeof *made);
    *made = (ais_deployment){.number = number, .arena = ais_arena_new(), .is_whole = true};
    reading r = {.d = d, .rest = number};
    r.members = ais_arena_alloc(scratch, d->slot_count * sizeof *r.members);
    r.ways = ais_arena_alloc(scratch, d->slot_count * sizeof *r.ways);
    r.layers = ais_arena_alloc(scratch, d->slot_count * sizeof *r.layers);
    choose_members(&r);
    choose_ways(&r);
    choose_layers(&r, scratch);
    made->alternative = r.alternative;
    made->name = number == 0
                     ? "base"
                     : ais_arena_format(made->arena, "deployment%llu", (unsigned long long)number);
    made->choice_count = d->slot_count;
    made->choices = ais_arena_alloc(made->arena, d->slot_count * sizeof *made->choices);
    AIS_FREE const int64_t **layers = ais_alloc(d->slot_count * sizeof *layers);
    for (size_t i = 0; i < d->slot_count; i++) {
        const size_t component = d->slots[i].component;
        made->choices[component] = (ais_deployment_choice){.component = r.members[i]->component,
                                                           .group = r.ways[i]->group};
        layers[component] = r.layers[i];
        made->is_whole &= r.ways[i]->group->segment_count == 1;
    }
    ais__deployment_connect(d->app, layers, find_probabilities(d, made->alternative), made);
    return made;
}

void ais_deployment_free(ais_deployment *deployment)
{
    if (deployment == NULL)
        return;
    ais_arena_free(deployment->arena);
    free(deployment);
}
