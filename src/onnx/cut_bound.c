/* How little can cross at best, once some items are before and some behind: a flow from what crosses now
 * to what must be behind, through every value at most its weight. By Ford and Fulkerson the largest flow is
 * the smallest weight; a flow above the limit proves that there is no cut. Flows are pushed one by one
 * along shortest ways, and the limit is small, so that a question costs a few walks through the block.
 *
 * Vertices: every item; for every link its entry and its exit. Arcs: from an item to the links that it
 * makes; through a link; from a link to its readers; and from an item to the makers of what it reads, for
 * where an item is before, they are too. */
#include "onnx/cut_priv.h"

enum { ENDLESS = 1 << 30 };
#define NO_ARC UINT32_MAX

typedef struct arc {
    uint32_t to, next;
    int32_t room;
} arc;

struct ais__onnx_bound {
    const ais__onnx_flow *flow;
    ais__onnx_block block;
    uint32_t item_count, link_count, vertex_count;
    uint32_t *first; /* by vertex: its arcs; an arc and its reverse are neighbours */
    arc *arcs;
    size_t arc_count, arc_capacity;
    bool *drain;               /* by vertex: what reaches it is behind */
    uint32_t *queue, *came_by; /* by vertex */
    uint32_t *seen, round;     /* by vertex: round in which it was reached */
    uint32_t *used;            /* arcs that carry flow */
    size_t used_count, used_capacity;
};

static void add_arc(ais__onnx_bound *b, uint32_t from, uint32_t to, int32_t room)
{
    b->arcs = ais_grow(b->arcs, &b->arc_capacity, b->arc_count + 2, sizeof *b->arcs);
    b->arcs[b->arc_count] = (arc){.to = to, .next = b->first[from], .room = room};
    b->first[from] = (uint32_t)b->arc_count++;
    b->arcs[b->arc_count] = (arc){.to = from, .next = b->first[to], .room = 0};
    b->first[to] = (uint32_t)b->arc_count++;
}

static uint32_t entry_of(const ais__onnx_bound *b, uint32_t link)
{
    return b->item_count + 2 * (link - b->block.first_link);
}

static void add_link(ais__onnx_bound *b, uint32_t l)
{
    const ais__onnx_link *link = &b->flow->links[l];
    const uint32_t entry = entry_of(b, l), begin = b->block.begin;
    const bool inside = link->maker != AIS__ONNX_SOURCE && link->maker >= begin;
    add_arc(b, entry, entry + 1, (int32_t)link->weight);
    if (inside)
        add_arc(b, link->maker - begin, entry, ENDLESS);
    b->drain[entry + 1] = link->leaves;
    for (uint32_t i = 0; i < link->readers.count; i++) {
        const uint32_t reader = link->readers.at[i];
        if (reader >= b->block.end) {
            b->drain[entry + 1] = true;
            break;
        }
        add_arc(b, entry + 1, reader - begin, ENDLESS);
        if (inside)
            add_arc(b, reader - begin, link->maker - begin, ENDLESS);
    }
}

ais__onnx_bound *ais__onnx_bound_new(const ais__onnx_flow *flow, const ais__onnx_block *block)
{
    ais__onnx_bound *b = ais_alloc(sizeof *b);
    b->flow = flow;
    b->block = *block;
    b->item_count = block->end - block->begin;
    b->link_count = block->end_link - block->first_link;
    b->vertex_count = b->item_count + 2 * b->link_count;
    b->first = ais_alloc(b->vertex_count * sizeof *b->first);
    b->drain = ais_alloc(b->vertex_count * sizeof *b->drain);
    b->queue = ais_alloc(b->vertex_count * sizeof *b->queue);
    b->came_by = ais_alloc(b->vertex_count * sizeof *b->came_by);
    b->seen = ais_alloc(b->vertex_count * sizeof *b->seen);
    for (uint32_t v = 0; v < b->vertex_count; v++)
        b->first[v] = NO_ARC;
    for (uint32_t l = block->first_link; l < block->end_link; l++)
        add_link(b, l);
    return b;
}

void ais__onnx_bound_free(ais__onnx_bound *bound)
{
    if (bound == NULL)
        return;
    free(bound->first);
    free(bound->arcs);
    free(bound->drain);
    free(bound->queue);
    free(bound->came_by);
    free(bound->seen);
    free(bound->used);
    free(bound);
}

/* Where the way of `vertex` ends: behind, before (a way needs not go there), or nowhere yet. */
static ais__onnx_place place_of(const ais__onnx_bound *b, const ais__onnx_side *side,
                                uint32_t vertex)
{
    if (b->drain[vertex])
        return AIS__ONNX_BEHIND;
    return vertex < b->item_count ? (ais__onnx_place)side->places[b->block.begin + vertex]
                                  : AIS__ONNX_OPEN;
}

/* Find a way from what crosses to what is behind; the vertex where it ends, or NO_ARC. */
static uint32_t find_way(ais__onnx_bound *b, const ais__onnx_side *side, uint64_t *steps_left)
{
    uint32_t head = 0, tail = 0;
    b->round++;
    for (uint32_t i = 0; i < side->crossing_count; i++) {
        const uint32_t entry = entry_of(b, side->crossing[i]);
        b->seen[entry] = b->round;
        b->came_by[entry] = NO_ARC;
        b->queue[tail++] = entry;
    }
    while (head < tail) {
        const uint32_t at = b->queue[head++];
        for (uint32_t a = b->first[at]; a != NO_ARC; a = b->arcs[a].next) {
            const uint32_t to = b->arcs[a].to;
            ais__onnx_spend(steps_left, 1);
            if (b->arcs[a].room == 0 || b->seen[to] == b->round)
                continue;
            const ais__onnx_place place = place_of(b, side, to);
            if (place == AIS__ONNX_BEFORE)
                continue;
            b->seen[to] = b->round;
            b->came_by[to] = a;
            if (place == AIS__ONNX_BEHIND)
                return to;
            b->queue[tail++] = to;
        }
    }
    return NO_ARC;
}

static void push(ais__onnx_bound *b, uint32_t end)
{
    for (uint32_t a = b->came_by[end]; a != NO_ARC; a = b->came_by[b->arcs[a ^ 1].to]) {
        b->arcs[a].room--;
        b->arcs[a ^ 1].room++;
        b->used = ais_grow(b->used, &b->used_capacity, b->used_count + 1, sizeof *b->used);
        b->used[b->used_count++] = a;
    }
}

static void drop_flow(ais__onnx_bound *b)
{
    for (; b->used_count > 0; b->used_count--) {
        const uint32_t a = b->used[b->used_count - 1];
        b->arcs[a].room++;
        b->arcs[a ^ 1].room--;
    }
}

bool ais__onnx_bound_check(ais__onnx_bound *bound, const ais__onnx_side *side, uint32_t limit,
                           uint64_t *found, uint64_t *steps_left)
{
    ais__onnx_bound *b = bound;
    uint32_t end = NO_ARC;
    if (side->pinned_weight > limit)
        return false;
    for (uint32_t flow = 0; flow <= limit && (end = find_way(b, side, steps_left)) != NO_ARC;
         flow++)
        push(b, end);
    drop_flow(b);
    if (end != NO_ARC)
        return false;
    ais__onnx_spend(steps_left, b->item_count);
    for (uint32_t i = 0; i < b->item_count; i++) {
        const bool before =
            b->seen[i] == b->round || side->places[b->block.begin + i] == AIS__ONNX_BEFORE;
        const uint64_t bit = UINT64_C(1) << (i % 64);
        found[i / 64] = before ? found[i / 64] | bit : found[i / 64] & ~bit;
    }
    return true;
}
