/* The order of cuts: the front of (bytes, balance) first, its best compromise before all, then the rest. */
#include <math.h>
#include <string.h>

#include "onnx/cut_priv.h"

void ais__onnx_copy_cut(const ais_onnx_cut *cut, ais_arena *arena, ais_onnx_cut *out)
{
    size_t *values = ais_arena_alloc(arena, cut->value_count * sizeof *values);
    memcpy(values, cut->values, cut->value_count * sizeof *values);
    *out = *cut;
    out->values = values;
}

/* ---- the front ---- */

typedef struct placed {
    ais__onnx_point point;
    double distance;
} placed;

static int by_distance(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->point.balance != y->point.balance)
        return x->point.balance < y->point.balance ? -1 : 1;
    return (x->point.bytes > y->point.bytes) - (x->point.bytes < y->point.bytes);
}

static double part_of(double x, double low, double high)
{
    return high > low ? (x - low) / (high - low) : 0.0;
}

/* Both are scaled to [0, 1] over the front; (0, 0) is the best of both, which no cut may reach. */
void ais__onnx_sort_front(ais__onnx_point *points, size_t count)
{
    AIS_FREE placed *all = ais_alloc(count * sizeof *all);
    double low_bytes = INFINITY, high_bytes = 0.0, low = INFINITY, high = 0.0;
    for (size_t i = 0; i < count; i++) {
        low_bytes = fmin(low_bytes, (double)points[i].bytes);
        high_bytes = fmax(high_bytes, (double)points[i].bytes);
        low = fmin(low, points[i].balance);
        high = fmax(high, points[i].balance);
    }
    for (size_t i = 0; i < count; i++)
        all[i] = (placed){
            .point = points[i],
            .distance = hypot(part_of((double)points[i].bytes, low_bytes, high_bytes),
                              part_of(points[i].balance, low, high)),
        };
    if (count > 1)
        qsort(all, count, sizeof *all, by_distance);
    for (size_t i = 0; i < count; i++)
        points[i] = all[i].point;
}

/* ---- cuts in two ---- */

typedef struct pair {
    const ais__onnx_found *found;
    double balance;
} pair;

/* By bytes, then balance; what follows only makes the order total: fewer tensors, then an earlier place.
 * Two cuts with the same number of items before differ in a value. */
static int by_bytes(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    const ais_onnx_cut *c = &x->found->cut, *d = &y->found->cut;
    if (c->bytes != d->bytes)
        return c->bytes < d->bytes ? -1 : 1;
    if (x->balance != y->balance)
        return x->balance < y->balance ? -1 : 1;
    if (c->value_count != d->value_count)
        return c->value_count < d->value_count ? -1 : 1;
    if (x->found->items != y->found->items)
        return x->found->items < y->found->items ? -1 : 1;
    for (size_t i = 0; i < c->value_count; i++)
        if (c->values[i] != d->values[i])
            return c->values[i] < d->values[i] ? -1 : 1;
    return 0;
}

static double balance_of(const ais__onnx_search *search, const ais__onnx_found *found)
{
    const double total = search->flow->work;
    return fmax(found->work, total - found->work) / total;
}

/* Put those of the front first, in its order; the others keep theirs. */
static size_t put_front_first(pair *pairs, size_t count)
{
    AIS_FREE ais__onnx_point *front = ais_alloc(count * sizeof *front);
    AIS_FREE pair *old = ais_alloc(count * sizeof *old);
    size_t front_count = 0, rest = 0;
    double best = INFINITY;
    memcpy(old, pairs, count * sizeof *old);
    for (size_t i = 0; i < count; i++)
        if (pairs[i].balance < best) {
            best = pairs[i].balance;
            front[front_count++] =
                (ais__onnx_point){.bytes = pairs[i].found->cut.bytes, .balance = best, .at = i};
        }
    best = INFINITY;
    for (size_t i = 0; i < count; i++)
        if (old[i].balance < best)
            best = old[i].balance;
        else
            pairs[front_count + rest++] = old[i];
    ais__onnx_sort_front(front, front_count);
    for (size_t i = 0; i < front_count; i++)
        pairs[i] = old[front[i].at];
    return front_count;
}

void ais__onnx_rank_pairs(const ais__onnx_search *search, size_t list, ais_onnx_cuts *out)
{
    AIS_FREE pair *pairs = ais_alloc(search->count * sizeof *pairs);
    for (size_t i = 0; i < search->count; i++)
        pairs[i] =
            (pair){.found = &search->found[i], .balance = balance_of(search, &search->found[i])};
    if (search->count > 1)
        qsort(pairs, search->count, sizeof *pairs, by_bytes);
    out->front_count = search->count > 0 ? put_front_first(pairs, search->count) : 0;
    out->total = search->count;
    out->count = list > 0 && list < search->count ? list : search->count;
    ais_onnx_cut *cuts = ais_arena_alloc(out->arena, out->count * sizeof *cuts);
    ais_onnx_chain *chains = ais_arena_alloc(out->arena, out->count * sizeof *chains);
    for (size_t i = 0; i < out->count; i++) {
        ais__onnx_copy_cut(&pairs[i].found->cut, out->arena, &cuts[i]);
        chains[i] = (ais_onnx_chain){
            .part_count = 2, .cuts = &cuts[i], .bytes = cuts[i].bytes, .balance = pairs[i].balance};
    }
    out->chains = chains;
}
