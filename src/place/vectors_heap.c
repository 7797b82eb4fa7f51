/* Vectors in increasing price: sums of one choice per group, k best first.
 *
 * A vector has one parent, the one whose last raised group is one choice lower, so each enters the heap once;
 * choices of a group are sorted, so no vector is cheaper than its parent. Equal prices: the smaller vector first. */
#include <string.h>

#include "place/vectors.h"

enum { BYTES_MAX = 24 << 20 };

typedef struct vector {
    double price;
    uint32_t slot; /* of its choices, the last of which says the group that was raised last */
} vector;

struct ais__heap {
    const ais__group *groups;
    size_t group_count, stride;
    vector *heap;
    size_t count, capacity;
    uint16_t *choices;
    size_t slot_count, slot_capacity;
    uint32_t *spare;
    size_t spare_count, spare_capacity;
    uint16_t *out;
};

static const uint16_t *choices_of(const ais__heap *heap, vector v)
{
    return heap->choices + (size_t)v.slot * heap->stride;
}

static bool is_before(const ais__heap *heap, vector a, vector b)
{
    if (a.price < b.price || a.price > b.price)
        return a.price < b.price;
    const uint16_t *x = choices_of(heap, a), *y = choices_of(heap, b);
    for (size_t g = 0; g < heap->group_count; g++)
        if (x[g] != y[g])
            return x[g] < y[g];
    return false;
}

static double price_of(const ais__heap *heap, const uint16_t *choices)
{
    double price = 0;
    for (size_t g = 0; g < heap->group_count; g++)
        price += heap->groups[g].choices[choices[g]].price;
    return price;
}

static void push(ais__heap *heap, const uint16_t *choices)
{
    uint32_t slot;
    if (heap->spare_count > 0) {
        slot = heap->spare[--heap->spare_count];
    } else {
        slot = (uint32_t)heap->slot_count++;
        heap->choices = ais_grow(heap->choices, &heap->slot_capacity, heap->slot_count,
                                 heap->stride * sizeof(uint16_t));
    }
    memcpy(heap->choices + (size_t)slot * heap->stride, choices, heap->stride * sizeof(uint16_t));
    const vector v = {.price = price_of(heap, choices), .slot = slot};
    heap->heap = ais_grow(heap->heap, &heap->capacity, heap->count + 1, sizeof v);
    size_t i = heap->count++;
    while (i > 0 && is_before(heap, v, heap->heap[(i - 1) / 2])) {
        heap->heap[i] = heap->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->heap[i] = v;
}

static vector pop(ais__heap *heap)
{
    const vector top = heap->heap[0], last = heap->heap[--heap->count];
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

ais__heap *ais__heap_new(const ais__group *groups, size_t group_count)
{
    ais__heap *heap = ais_alloc(sizeof *heap);
    *heap = (ais__heap){.groups = groups, .group_count = group_count, .stride = group_count + 1};
    heap->out = ais_alloc(heap->stride * sizeof(uint16_t));
    push(heap, heap->out);
    return heap;
}

void ais__heap_free(ais__heap *heap)
{
    if (heap == NULL)
        return;
    free(heap->heap);
    free(heap->choices);
    free(heap->spare);
    free(heap->out);
    free(heap);
}

bool ais__heap_next(ais__heap *heap, const uint16_t **choices, double *price)
{
    if (heap->count == 0)
        return false;
    const vector top = pop(heap);
    memcpy(heap->out, choices_of(heap, top), heap->stride * sizeof(uint16_t));
    heap->spare =
        ais_grow(heap->spare, &heap->spare_capacity, heap->spare_count + 1, sizeof(uint32_t));
    heap->spare[heap->spare_count++] = top.slot;
    AIS_FREE uint16_t *child = ais_alloc(heap->stride * sizeof(uint16_t));
    memcpy(child, heap->out, heap->stride * sizeof(uint16_t));
    for (size_t g = heap->out[heap->group_count]; g < heap->group_count; g++) {
        if ((size_t)child[g] + 1 >= heap->groups[g].choice_count)
            continue;
        child[g]++;
        child[heap->group_count] = (uint16_t)g;
        push(heap, child);
        child[g]--;
    }
    *choices = heap->out;
    *price = top.price;
    return true;
}

bool ais__heap_is_full(const ais__heap *heap)
{
    return heap->capacity * sizeof(vector) + heap->slot_capacity * heap->stride * 2 > BYTES_MAX;
}
