/* Sets of types and vectors of counts in increasing price: one heap of both.
 *
 * A set is one type (or none) of each group; it stands for all its vectors, at the least price that one of them
 * could have. Its vectors enter the heap only when the walk opens it. Sets form a tree: the children of one raise a
 * group, from the one that was raised last on, to its next type. So do vectors of a set: from the counts where each
 * group is cheapest, up and down, since prices do not fall in either direction (they are convex in the count). Equal
 * prices: sets first, then the smaller one. */
#include "place/vectors.h"

enum { BYTES_MAX = 24 << 20 };

typedef struct node {
    double price;
    uint32_t
        slot; /* of its numbers: types by group, counts by group, the group that was raised last */
    bool is_set;
} node;

struct ais__heap {
    const ais__facts *facts;
    size_t group_count, stride;
    node *heap;
    size_t count, capacity;
    uint32_t *numbers;
    size_t slot_count, slot_capacity;
    uint32_t *spare;
    size_t spare_count, spare_capacity;
    uint32_t *current, *child; /* numbers of the node that came last; of one in the making */
    bool current_is_set;
};

static const uint32_t *numbers_of(const ais__heap *heap, node n)
{
    return heap->numbers + (size_t)n.slot * heap->stride;
}

static bool is_before(const ais__heap *heap, node a, node b)
{
    if (a.price < b.price || a.price > b.price)
        return a.price < b.price;
    if (a.is_set != b.is_set)
        return a.is_set;
    const uint32_t *x = numbers_of(heap, a), *y = numbers_of(heap, b);
    for (size_t k = 0; k < heap->stride; k++)
        if (x[k] != y[k])
            return x[k] < y[k];
    return false;
}

static const ais__type *type_of(const ais__heap *heap, const uint32_t *numbers, size_t g)
{
    return &heap->facts->groups[g].types[numbers[g]];
}

/* Price of a group that runs so many machines of a type. */
static double price_of(const ais__heap *heap, const uint32_t *numbers, size_t g)
{
    const ais__type *type = type_of(heap, numbers, g);
    const size_t count = numbers[heap->group_count + g];
    if (type->machine == AIS_SYSTEM_NONE || count == type->best_count)
        return type->price;
    const size_t r = heap->facts->resource_of[type->machine];
    return heap->facts->groups[g].nothing - ais_perf_price(heap->facts->perf, r, 0) +
           ais_perf_price(heap->facts->perf, r, count);
}

static void push(ais__heap *heap, const uint32_t *numbers, bool is_set)
{
    uint32_t slot;
    if (heap->spare_count > 0) {
        slot = heap->spare[--heap->spare_count];
    } else {
        slot = (uint32_t)heap->slot_count++;
        heap->numbers = ais_grow(heap->numbers, &heap->slot_capacity, heap->slot_count,
                                 heap->stride * sizeof(uint32_t));
    }
    memcpy(heap->numbers + (size_t)slot * heap->stride, numbers, heap->stride * sizeof(uint32_t));
    node n = {.slot = slot, .is_set = is_set};
    for (size_t g = 0; g < heap->group_count; g++)
        n.price += price_of(heap, numbers, g);
    heap->heap = ais_grow(heap->heap, &heap->capacity, heap->count + 1, sizeof n);
    size_t i = heap->count++;
    while (i > 0 && is_before(heap, n, heap->heap[(i - 1) / 2])) {
        heap->heap[i] = heap->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->heap[i] = n;
}

static node pop(ais__heap *heap)
{
    const node top = heap->heap[0], last = heap->heap[--heap->count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && is_before(heap, heap->heap[child + 1], heap->heap[child]))
            child++;
        if (!is_before(heap, heap->heap[child], last))
            break;
        heap->heap[i] = heap->heap[child];
        i = child;
    }
    heap->heap[i] = last;
    return top;
}

/* Counts where every group is cheapest. */
static void set_best_counts(const ais__heap *heap, uint32_t *numbers)
{
    for (size_t g = 0; g < heap->group_count; g++)
        numbers[heap->group_count + g] = (uint32_t)type_of(heap, numbers, g)->best_count;
}

ais__heap *ais__heap_new(const ais__facts *facts)
{
    ais__heap *heap = ais_alloc(sizeof *heap);
    *heap = (ais__heap){
        .facts = facts, .group_count = facts->group_count, .stride = 2 * facts->group_count + 1};
    heap->current = ais_alloc(heap->stride * sizeof(uint32_t));
    heap->child = ais_alloc(heap->stride * sizeof(uint32_t));
    set_best_counts(heap, heap->child);
    push(heap, heap->child, true);
    return heap;
}

void ais__heap_free(ais__heap *heap)
{
    if (heap == NULL)
        return;
    free(heap->heap);
    free(heap->numbers);
    free(heap->spare);
    free(heap->current);
    free(heap->child);
    free(heap);
}

bool ais__heap_next(ais__heap *heap, ais__vector *out)
{
    if (heap->count == 0)
        return false;
    const node top = pop(heap);
    memcpy(heap->current, numbers_of(heap, top), heap->stride * sizeof(uint32_t));
    heap->current_is_set = top.is_set;
    heap->spare =
        ais_grow(heap->spare, &heap->spare_capacity, heap->spare_count + 1, sizeof(uint32_t));
    heap->spare[heap->spare_count++] = top.slot;
    *out = (ais__vector){.price = top.price,
                         .is_set = top.is_set,
                         .types = heap->current,
                         .counts = heap->current + heap->group_count,
                         .last = heap->current[2 * heap->group_count]};
    return true;
}

void ais__heap_push_sets(ais__heap *heap)
{
    const size_t groups = heap->group_count;
    for (size_t g = heap->current[2 * groups]; g < groups; g++) {
        memcpy(heap->child, heap->current, heap->stride * sizeof(uint32_t));
        if (++heap->child[g] >= heap->facts->groups[g].type_count)
            continue;
        heap->child[2 * groups] = (uint32_t)g;
        set_best_counts(heap, heap->child);
        push(heap, heap->child, true);
    }
}

void ais__heap_open(ais__heap *heap)
{
    memcpy(heap->child, heap->current, heap->stride * sizeof(uint32_t));
    heap->child[2 * heap->group_count] = 0;
    push(heap, heap->child, false);
}

static void push_count(ais__heap *heap, size_t g, uint32_t count)
{
    memcpy(heap->child, heap->current, heap->stride * sizeof(uint32_t));
    heap->child[heap->group_count + g] = count;
    heap->child[2 * heap->group_count] = (uint32_t)g;
    push(heap, heap->child, false);
}

void ais__heap_push_counts(ais__heap *heap)
{
    const size_t groups = heap->group_count;
    for (size_t g = heap->current[2 * groups]; g < groups; g++) {
        const ais__type *type = type_of(heap, heap->current, g);
        const uint32_t count = heap->current[groups + g];
        if (type->machine == AIS_SYSTEM_NONE)
            continue;
        if (count >= type->best_count && count < type->most_count)
            push_count(heap, g, count + 1);
        if (count <= type->best_count && count > 1)
            push_count(heap, g, count - 1);
    }
}

void ais__heap_raise(ais__heap *heap, const size_t *least)
{
    const size_t groups = heap->group_count;
    memcpy(heap->child, heap->current, heap->stride * sizeof(uint32_t));
    for (size_t g = 0; g < groups; g++) {
        const ais__type *type = type_of(heap, heap->current, g);
        if (type->machine == AIS_SYSTEM_NONE || heap->current[groups + g] >= least[g])
            continue;
        /* all below this node have as few there, or fewer */
        if (g < heap->current[2 * groups] || heap->current[groups + g] < type->best_count)
            return;
        heap->child[groups + g] = (uint32_t)least[g];
    }
    push(heap, heap->child, false);
}

bool ais__heap_is_full(const ais__heap *heap)
{
    return heap->capacity * sizeof(node) + heap->slot_capacity * heap->stride * 4 > BYTES_MAX;
}
