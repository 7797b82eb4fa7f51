/* The set of items before a cut, and what it costs: see cut_priv.h. Everything is undone in the reverse
 * order, so that a search walks from set to set at the price of the items that change. */
#include <string.h>

#include "onnx/cut_priv.h"

void ais__onnx_side_init(ais__onnx_side *side, const ais__onnx_flow *flow)
{
    *side = (ais__onnx_side){
        .flow = flow,
        .places = ais_alloc(flow->item_count * sizeof *side->places),
        .missing = ais_alloc(flow->item_count * sizeof *side->missing),
        .left = ais_alloc(flow->link_count * sizeof *side->left),
        .pinned = ais_alloc(flow->link_count * sizeof *side->pinned),
        .crossing = ais_alloc(flow->link_count * sizeof *side->crossing),
        .where = ais_alloc(flow->link_count * sizeof *side->where),
        .readers_before = ais_alloc(flow->fixed_count * sizeof *side->readers_before),
        .readers_after = ais_alloc(flow->fixed_count * sizeof *side->readers_after),
        .stack = ais_alloc(flow->fixed_count * sizeof *side->stack),
    };
    for (uint32_t i = 0; i < flow->item_count; i++) {
        for (uint32_t k = 0; k < flow->items[i].inputs.count; k++)
            side->missing[i] += flow->links[flow->items[i].inputs.at[k]].maker != AIS__ONNX_SOURCE;
        side->cost.flops_after += flow->items[i].flops;
        side->cost.weights_after += flow->items[i].weights;
    }
    for (uint32_t l = 0; l < flow->link_count; l++) {
        const ais__onnx_link *link = &flow->links[l];
        side->left[l] = link->readers.count + link->leaves;
        side->pinned[l] = link->leaves;
        if (link->maker != AIS__ONNX_SOURCE)
            continue;
        side->where[l] = side->crossing_count;
        side->crossing[side->crossing_count++] = l;
        side->weight += link->weight;
        side->pinned_weight += link->leaves ? link->weight : 0;
    }
    for (uint32_t f = 0; f < flow->fixed_count; f++) {
        side->readers_after[f] = flow->fixed[f].readers;
        if (flow->fixed[f].readers == 0)
            continue;
        side->cost.flops_after += flow->fixed[f].flops;
        side->cost.weights_after += flow->fixed[f].weights;
    }
}

void ais__onnx_side_clear(ais__onnx_side *side)
{
    free(side->places);
    free(side->missing);
    free(side->left);
    free(side->pinned);
    free(side->crossing);
    free(side->where);
    free(side->readers_before);
    free(side->readers_after);
    free(side->stack);
    *side = (ais__onnx_side){.flow = NULL};
}

/* ---- what crosses ---- */

static void add_crossing(ais__onnx_side *side, uint32_t l)
{
    const uint32_t weight = side->flow->links[l].weight;
    side->where[l] = side->crossing_count;
    side->crossing[side->crossing_count++] = l;
    side->weight += weight;
    side->pinned_weight += side->pinned[l] > 0 ? weight : 0;
}

static void drop_crossing(ais__onnx_side *side, uint32_t l)
{
    const uint32_t weight = side->flow->links[l].weight;
    const uint32_t last = side->crossing[--side->crossing_count];
    side->crossing[side->where[l]] = last;
    side->where[last] = side->where[l];
    side->weight -= weight;
    side->pinned_weight -= side->pinned[l] > 0 ? weight : 0;
}

/* ---- what is fixed ----
 * The first reader on a side brings a weight, or a node with all it needs, to that side; the last one to
 * go takes it away. */

static void bring(ais__onnx_side *side, uint32_t *readers, ais__onnx_list needs, double *flops,
                  uint64_t *weights)
{
    const ais__onnx_fixed *fixed = side->flow->fixed;
    size_t depth = 0;
    for (;;) {
        for (uint32_t i = 0; i < needs.count; i++)
            if (readers[needs.at[i]]++ == 0)
                side->stack[depth++] = needs.at[i];
        if (depth == 0)
            return;
        const uint32_t f = side->stack[--depth];
        *flops += fixed[f].flops;
        *weights += fixed[f].weights;
        needs = fixed[f].needs;
    }
}

static void take_away(ais__onnx_side *side, uint32_t *readers, ais__onnx_list needs, double *flops,
                      uint64_t *weights)
{
    const ais__onnx_fixed *fixed = side->flow->fixed;
    size_t depth = 0;
    for (;;) {
        for (uint32_t i = 0; i < needs.count; i++)
            if (--readers[needs.at[i]] == 0)
                side->stack[depth++] = needs.at[i];
        if (depth == 0)
            return;
        const uint32_t f = side->stack[--depth];
        *flops -= fixed[f].flops;
        *weights -= fixed[f].weights;
        needs = fixed[f].needs;
    }
}

/* ---- steps ---- */

void ais__onnx_side_take(ais__onnx_side *side, uint32_t at, uint32_t end, uint32_t *ready,
                         uint32_t *ready_count)
{
    const ais__onnx_item *item = &side->flow->items[at];
    ais__onnx_cost *cost = &side->cost;
    side->places[at] = AIS__ONNX_BEFORE;
    side->before_count++;
    for (uint32_t i = 0; i < item->outputs.count; i++) {
        const uint32_t l = item->outputs.at[i];
        const ais__onnx_list *readers = &side->flow->links[l].readers;
        add_crossing(side, l);
        for (uint32_t k = 0; k < readers->count; k++)
            if (--side->missing[readers->at[k]] == 0 && readers->at[k] < end && ready != NULL)
                ready[(*ready_count)++] = readers->at[k];
    }
    for (uint32_t i = 0; i < item->inputs.count; i++)
        if (--side->left[item->inputs.at[i]] == 0)
            drop_crossing(side, item->inputs.at[i]);
    cost->work += item->work;
    cost->flops_before += item->flops;
    cost->flops_after -= item->flops;
    cost->weights_before += item->weights;
    cost->weights_after -= item->weights;
    bring(side, side->readers_before, item->needs, &cost->flops_before, &cost->weights_before);
    take_away(side, side->readers_after, item->needs, &cost->flops_after, &cost->weights_after);
}

void ais__onnx_side_untake(ais__onnx_side *side, uint32_t at)
{
    const ais__onnx_item *item = &side->flow->items[at];
    ais__onnx_cost *cost = &side->cost;
    bring(side, side->readers_after, item->needs, &cost->flops_after, &cost->weights_after);
    take_away(side, side->readers_before, item->needs, &cost->flops_before, &cost->weights_before);
    cost->work -= item->work;
    cost->flops_before -= item->flops;
    cost->flops_after += item->flops;
    cost->weights_before -= item->weights;
    cost->weights_after += item->weights;
    for (uint32_t i = item->inputs.count; i-- > 0;)
        if (side->left[item->inputs.at[i]]++ == 0)
            add_crossing(side, item->inputs.at[i]);
    for (uint32_t i = item->outputs.count; i-- > 0;) {
        const uint32_t l = item->outputs.at[i];
        const ais__onnx_list *readers = &side->flow->links[l].readers;
        for (uint32_t k = readers->count; k-- > 0;)
            side->missing[readers->at[k]]++;
        drop_crossing(side, l);
    }
    side->before_count--;
    side->places[at] = AIS__ONNX_OPEN;
}

void ais__onnx_side_leave(ais__onnx_side *side, uint32_t at)
{
    const ais__onnx_list *inputs = &side->flow->items[at].inputs;
    side->places[at] = AIS__ONNX_BEHIND;
    for (uint32_t i = 0; i < inputs->count; i++)
        if (side->pinned[inputs->at[i]]++ == 0)
            side->pinned_weight += side->flow->links[inputs->at[i]].weight;
}

void ais__onnx_side_unleave(ais__onnx_side *side, uint32_t at)
{
    const ais__onnx_list *inputs = &side->flow->items[at].inputs;
    for (uint32_t i = 0; i < inputs->count; i++)
        if (--side->pinned[inputs->at[i]] == 0)
            side->pinned_weight -= side->flow->links[inputs->at[i]].weight;
    side->places[at] = AIS__ONNX_OPEN;
}

/* ---- the cut ---- */

static int by_number(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

void ais__onnx_side_cut(const ais__onnx_side *side, ais_arena *arena, ais_onnx_cut *out)
{
    size_t *values = ais_arena_alloc(arena, side->crossing_count * sizeof *values);
    *out = (ais_onnx_cut){.values = values,
                          .value_count = side->crossing_count,
                          .flops_before = side->cost.flops_before,
                          .flops_after = side->cost.flops_after,
                          .weights_before = side->cost.weights_before,
                          .weights_after = side->cost.weights_after};
    for (uint32_t i = 0; i < side->crossing_count; i++) {
        const ais__onnx_link *link = &side->flow->links[side->crossing[i]];
        values[i] = link->value;
        if (__builtin_add_overflow(out->bytes, link->bytes, &out->bytes))
            out->bytes = UINT64_MAX;
        out->estimated = out->estimated || link->estimated;
    }
    if (side->crossing_count > 1)
        qsort(values, side->crossing_count, sizeof *values, by_number);
}
