/* Values that everything passes through, from the inputs to the outputs of a graph.
 *
 * In a topological order a value is on every path exactly when no edge leads from before it to behind it:
 * such an edge would be part of a path around it, for every item is on a path from an input to an output;
 * and a path that avoids the value must step over its place somewhere. So one sweep finds them all, as a
 * dominator tree would, in linear time. */
#include "onnx/cut_priv.h"

/* The last item that reads a link; item_count for the end of the graph. */
static uint32_t last_reader(const ais__onnx_flow *flow, uint32_t l)
{
    const ais__onnx_link *link = &flow->links[l];
    return link->leaves ? flow->item_count : link->readers.at[link->readers.count - 1];
}

/* Do all items lead to the last one? */
static bool has_one_end(const ais__onnx_flow *flow)
{
    for (uint32_t item = 0; item + 1 < flow->item_count; item++) {
        const ais__onnx_list *outputs = &flow->items[item].outputs;
        bool read = false;
        for (uint32_t i = 0; i < outputs->count; i++)
            read = read || flow->links[outputs->at[i]].readers.count > 0;
        if (!read)
            return false;
    }
    return true;
}

uint32_t ais__onnx_find_blocks(const ais__onnx_flow *flow, ais_arena *arena, ais__onnx_block **out)
{
    ais__onnx_block *blocks = ais_arena_alloc(arena, (flow->item_count + 1) * sizeof *blocks);
    uint32_t count = 0, l = 0, begin = 0, first_link = 0;
    uint32_t far = 0; /* the farthest reader of what was made so far */
    const uint32_t end = flow->item_count - (flow->item_count > 0 && has_one_end(flow));
    for (; l < flow->link_count && flow->links[l].maker == AIS__ONNX_SOURCE; l++)
        far = last_reader(flow, l) > far ? last_reader(flow, l) : far;
    for (uint32_t item = 0; item < end; item++) {
        const uint32_t made = l;
        const bool alone = far <= item;
        for (; l < flow->link_count && flow->links[l].maker == item; l++)
            far = last_reader(flow, l) > far ? last_reader(flow, l) : far;
        const bool last = item + 1 == end;
        const bool closed = alone && l - made == 1 && item + 1 < flow->item_count;
        if (!last && !closed)
            continue;
        blocks[count++] = (ais__onnx_block){.begin = begin,
                                            .end = item + 1,
                                            .first_link = first_link,
                                            .end_link = l,
                                            .closed = closed};
        begin = item + 1;
        first_link = made;
    }
    *out = blocks;
    return count;
}
