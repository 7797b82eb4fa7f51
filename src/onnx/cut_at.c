/* The cut at values that a user names, or why they make none. */
#include <string.h>

#include "onnx/cut_priv.h"

typedef struct place {
    const ais__onnx_flow *flow;
    bool *named; /* by link */
    ais__onnx_reach behind;
    ais_arena *arena;
} place;

static void place_clear(place *p)
{
    free(p->named);
    ais__onnx_reach_clear(&p->behind);
}

static const char *name_of(const ais__onnx_flow *flow, uint32_t link)
{
    return flow->graph->values[flow->links[link].value].name;
}

/* ---- names ---- */

static const char *value_name_at(const void *values, size_t i)
{
    return ((const ais_onnx_value *)values)[i].name;
}

static int refuse_unknown(const ais_onnx_graph *graph, const char *name, ais_error **err)
{
    ais_error_set(err, AIS_E_INPUT, "the model has no tensor '%s'", name);
    const char *near = ais_str_nearest(name, graph->values, graph->value_count, value_name_at);
    return near != NULL ? ais_error_hint(err, "is '%s' meant?", near) : -1;
}

/* A value that does not flow from an input to an output. */
static int refuse_idle(const ais__onnx_flow *flow, size_t v, ais_error **err)
{
    const ais_onnx_value *value = &flow->graph->values[v];
    if (value->initializer != NULL)
        return ais_error_set(err, AIS_E_INPUT, "'%s' is a weight, which each part has for itself",
                             value->name);
    if (value->producer != AIS_ONNX_NONE && flow->facts->constant[value->producer])
        return ais_error_set(err, AIS_E_INPUT,
                             "'%s' needs no input of the model: each part makes it for itself",
                             value->name);
    return ais_error_set(err, AIS_E_INPUT, "'%s' leads to no output of the model", value->name);
}

static int name_value(place *p, const char *name, ais_error **err)
{
    const ais__onnx_flow *flow = p->flow;
    const size_t v = ais_onnx_find_value(flow->graph, name);
    if (v == AIS_ONNX_NONE)
        return refuse_unknown(flow->graph, name, err);
    const uint32_t link = flow->link_of_value[v];
    if (link == AIS__ONNX_SOURCE)
        return refuse_idle(flow, v, err);
    if (flow->links[link].weight == AIS__ONNX_BLOCKED)
        return ais_error_set(err, AIS_E_INPUT, "'%s' is no dense tensor, so it cannot be sent",
                             name);
    if (p->named[link])
        return ais_error_set(err, AIS_E_INPUT, "'%s' is named twice", name);
    p->named[link] = true;
    return 0;
}

static int find_behind(place *p, ais_error **err)
{
    for (uint32_t l = 0; l < p->flow->link_count; l++) {
        if (!p->flow->links[l].leaves || ais__onnx_reach_from(&p->behind, l))
            continue;
        ais_error_set(err, AIS_E_INPUT,
                      "these tensors do not separate the model: around them leads %s",
                      ais__onnx_reach_way(&p->behind, p->arena));
        return ais_error_hint(err, "name a tensor of that way, too");
    }
    return 0;
}

/* ---- is it a cut? ---- */

static int check_named(const place *p, uint32_t l, ais_error **err)
{
    const ais__onnx_link *link = &p->flow->links[l];
    bool needed = link->leaves;
    if (link->maker != AIS__ONNX_SOURCE && p->behind.items[link->maker])
        return ais_error_set(err, AIS_E_INPUT,
                             "'%s' is made behind the other tensors: leave it out",
                             name_of(p->flow, l));
    for (uint32_t i = 0; i < link->readers.count; i++)
        needed = needed || p->behind.items[link->readers.at[i]];
    if (!needed)
        return ais_error_set(err, AIS_E_INPUT, "nothing behind the cut needs '%s': leave it out",
                             name_of(p->flow, l));
    return 0;
}

static int check_sides(const place *p, ais_error **err)
{
    const ais__onnx_flow *flow = p->flow;
    uint32_t behind = 0;
    for (uint32_t i = 0; i < flow->item_count; i++)
        behind += p->behind.items[i];
    if (behind == 0)
        return ais_error_set(err, AIS_E_INPUT, "nothing is left behind the cut");
    if (behind == flow->item_count)
        return ais_error_set(err, AIS_E_INPUT, "nothing is left before the cut");
    for (uint32_t l = 0; l < flow->link_count; l++) {
        if (p->named[l] && check_named(p, l, err) < 0)
            return -1;
        const ais__onnx_link *link = &flow->links[l];
        for (uint32_t i = 0; i < link->readers.count; i++)
            if (link->maker != AIS__ONNX_SOURCE && p->behind.items[link->maker] &&
                !p->behind.items[link->readers.at[i]]) {
                ais_error_set(err, AIS_E_INPUT, "'%s' is needed on both sides of the cut",
                              name_of(flow, l));
                return ais_error_hint(err, "name it, too");
            }
    }
    return 0;
}

static void price(const place *p, ais_arena *arena, ais_onnx_cut *out)
{
    __attribute__((cleanup(ais__onnx_side_clear))) ais__onnx_side side;
    ais__onnx_side_init(&side, p->flow);
    for (uint32_t i = 0; i < p->flow->item_count; i++)
        if (!p->behind.items[i])
            ais__onnx_side_take(&side, i, 0, NULL, NULL);
    ais__onnx_side_cut(&side, arena, out);
}

int ais_onnx_cut_at(const ais_onnx_model *model, const ais_onnx_facts *facts,
                    const char *const *names, size_t name_count, ais_arena *arena,
                    ais_onnx_cut *out, ais_error **err)
{
    if (name_count == 0)
        return ais_error_set(err, AIS_E_INPUT, "no tensor is named to cut at");
    if (name_count > AIS_ONNX_MAX_CUT_TENSORS)
        return ais_error_set(err, AIS_E_LIMIT, "%zu tensors are named (at most %d)", name_count,
                             AIS_ONNX_MAX_CUT_TENSORS);
    AIS_AUTO(ais__onnx_flow) flow = ais__onnx_flow_new(model, facts);
    __attribute__((cleanup(place_clear))) place p = {
        .flow = flow, .named = ais_alloc(flow->link_count * sizeof *p.named), .arena = arena};
    ais__onnx_reach_init(&p.behind, flow, p.named);
    for (size_t i = 0; i < name_count; i++)
        if (name_value(&p, names[i], err) < 0)
            return -1;
    if (find_behind(&p, err) < 0 || check_sides(&p, err) < 0)
        return -1;
    price(&p, arena, out);
    return 0;
}

/* ---- several cuts ---- */

/* What is behind a cut, by item. */
typedef struct side_behind {
    const ais_onnx_cut *cut;
    bool *items;
    uint32_t count;
} side_behind;

static void look_behind(const ais__onnx_flow *flow, const ais_onnx_cut *cut, ais_arena *arena,
                        side_behind *out)
{
    bool *items = ais_arena_alloc(arena, (flow->item_count + 1) * sizeof *items);
    __attribute__((cleanup(place_clear))) place p = {
        .flow = flow, .named = ais_alloc(flow->link_count * sizeof *p.named), .arena = arena};
    for (size_t i = 0; i < cut->value_count; i++)
        p.named[flow->link_of_value[cut->values[i]]] = true;
    ais__onnx_reach_init(&p.behind, flow, p.named);
    *out = (side_behind){.cut = cut, .items = items};
    for (uint32_t l = 0; l < flow->link_count; l++)
        if (flow->links[l].leaves && !ais__onnx_reach_from(&p.behind, l))
            AIS_BUG("a cut that does not separate the model");
    for (uint32_t i = 0; i < flow->item_count; i++) {
        items[i] = p.behind.items[i];
        out->count += items[i];
    }
}

static int more_behind(const void *a, const void *b)
{
    const side_behind *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

static int check_order(const ais__onnx_flow *flow, const side_behind *a, const side_behind *b,
                       ais_error **err)
{
    const char *x = flow->graph->values[a->cut->values[0]].name;
    const char *y = flow->graph->values[b->cut->values[0]].name;
    for (uint32_t i = 0; i < flow->item_count; i++)
        if (b->items[i] && !a->items[i])
            return ais_error_set(err, AIS_E_INPUT,
                                 "of the cuts at '%s' and at '%s' neither is behind the other", x,
                                 y);
    return a->count > b->count ? 0 : ais_error_set(err, AIS_E_INPUT, "two cuts are at '%s'", x);
}

int ais_onnx_order_cuts(const ais_onnx_model *model, const ais_onnx_facts *facts, size_t count,
                        ais_arena *arena, ais_onnx_cut *cuts, ais_error **err)
{
    AIS_AUTO(ais__onnx_flow) flow = ais__onnx_flow_new(model, facts);
    ais_onnx_cut given[AIS_ONNX_MAX_PARTS - 1];
    side_behind sides[AIS_ONNX_MAX_PARTS - 1];
    if (count >= AIS_ONNX_MAX_PARTS)
        return ais_error_set(err, AIS_E_LIMIT, "%zu cuts make %zu parts (at most %d)", count,
                             count + 1, AIS_ONNX_MAX_PARTS);
    for (size_t i = 0; i < count; i++) {
        given[i] = cuts[i];
        look_behind(flow, &given[i], arena, &sides[i]);
    }
    if (count > 1)
        qsort(sides, count, sizeof *sides, more_behind);
    for (size_t i = 1; i < count; i++)
        if (check_order(flow, &sides[i - 1], &sides[i], err) < 0)
            return -1;
    for (size_t i = 0; i < count; i++)
        cuts[i] = *sides[i].cut;
    return 0;
}
