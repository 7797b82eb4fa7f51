/* What is needed for some values, backwards up to others: see cut_priv.h. */
#include "onnx/cut_priv.h"

void ais__onnx_reach_init(ais__onnx_reach *reach, const ais__onnx_flow *flow, const bool *stops)
{
    *reach = (ais__onnx_reach){.flow = flow,
                               .stops = stops,
                               .items = ais_alloc(flow->item_count * sizeof *reach->items),
                               .reader = ais_alloc(flow->link_count * sizeof *reach->reader),
                               .made = ais_alloc(flow->item_count * sizeof *reach->made),
                               .stack = ais_alloc(flow->item_count * sizeof *reach->stack)};
}

void ais__onnx_reach_clear(ais__onnx_reach *reach)
{
    free(reach->items);
    free(reach->reader);
    free(reach->made);
    free(reach->stack);
    *reach = (ais__onnx_reach){.flow = NULL};
}

/* False at an input of the graph. */
static bool step(ais__onnx_reach *r, uint32_t link, uint32_t reader)
{
    const uint32_t maker = r->flow->links[link].maker;
    if (r->stops[link] || (maker != AIS__ONNX_SOURCE && r->items[maker]))
        return true;
    r->reader[link] = reader;
    if (maker == AIS__ONNX_SOURCE) {
        r->escape = link;
        return false;
    }
    r->items[maker] = true;
    r->made[maker] = link;
    r->stack[r->depth++] = maker;
    return true;
}

bool ais__onnx_reach_from(ais__onnx_reach *reach, uint32_t link)
{
    reach->depth = 0;
    if (!step(reach, link, AIS__ONNX_SOURCE))
        return false;
    while (reach->depth > 0) {
        const uint32_t item = reach->stack[--reach->depth];
        const ais__onnx_list *inputs = &reach->flow->items[item].inputs;
        for (uint32_t i = 0; i < inputs->count; i++)
            if (!step(reach, inputs->at[i], item))
                return false;
    }
    return true;
}

const char *ais__onnx_reach_way(const ais__onnx_reach *reach, ais_arena *arena)
{
    enum { FIRST = 4, LAST = 3 };
    AIS_SCOPED(ais_str) way = {.data = NULL};
    size_t length = 1, at = 0;
    for (uint32_t l = reach->escape; reach->reader[l] != AIS__ONNX_SOURCE; length++)
        l = reach->made[reach->reader[l]];
    for (uint32_t l = reach->escape; at < length; at++) {
        const ais__onnx_link *link = &reach->flow->links[l];
        if (at < FIRST || at + LAST >= length)
            ais_str_add_format(&way, "%s'%s'", at > 0 ? " -> " : "",
                               reach->flow->graph->values[link->value].name);
        else if (at == FIRST)
            ais_str_add(&way, " -> ...");
        if (at + 1 < length)
            l = reach->made[reach->reader[l]];
    }
    return ais_arena_strdup(arena, ais_str_get(&way));
}
