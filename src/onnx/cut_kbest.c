/* Chains by bytes, one after the other, as many as are asked for.
 *
 * What a chain costs at least from each cut on is known beforehand, so that a search that always goes on
 * with the cheapest beginning meets chains in the order of their bytes (A* with an exact bound). Of the
 * continuations of a beginning only the best one waits; the next one takes its place when it is used. */
#include "onnx/cut_chain_priv.h"

#define NOBODY UINT32_MAX

/* A beginning of a chain. */
typedef struct head {
    uint32_t before; /* the head that it continues, or NOBODY */
    uint32_t cut;
    uint64_t bytes; /* of all cuts before it */
} head;

/* A beginning that waits, and where in the order of its step its last cut is. */
typedef struct waiting {
    uint64_t least; /* bytes of the cheapest chain that begins so */
    uint64_t number;
    uint32_t before, step, place;
} waiting;

typedef struct best {
    const ais__onnx_combine *c;
    uint64_t *least[AIS__ONNX_MAX_STEPS]; /* by cut: bytes from it on */
    uint32_t *order[AIS__ONNX_MAX_STEPS]; /* cuts, cheapest first */
    uint32_t counts[AIS__ONNX_MAX_STEPS]; /* of those from which a chain can be ended */
    head *heads;
    size_t head_count, head_capacity;
    waiting *queue;
    size_t queue_count, queue_capacity;
    uint64_t number;
} best;

static void best_clear(best *b)
{
    for (uint32_t k = 0; k < b->c->steps; k++) {
        free(b->least[k]);
        free(b->order[k]);
    }
    free(b->heads);
    free(b->queue);
}

/* ---- what a chain costs from a cut on ---- */

typedef struct priced {
    uint64_t bytes;
    uint32_t cut;
} priced;

static int by_bytes(const void *a, const void *b)
{
    const priced *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? -1 : 1;
    return (x->cut > y->cut) - (x->cut < y->cut);
}

static void sort_step(best *b, uint32_t k)
{
    AIS_FREE priced *all = ais_alloc(b->c->count * sizeof *all);
    b->order[k] = ais_alloc(b->c->count * sizeof *b->order[k]);
    for (uint32_t at = 0; at < b->c->count; at++)
        if (b->least[k][at] != AIS__ONNX_NO_WAY)
            all[b->counts[k]++] = (priced){.bytes = b->least[k][at], .cut = at};
    if (b->counts[k] > 1)
        qsort(all, b->counts[k], sizeof *all, by_bytes);
    for (uint32_t i = 0; i < b->counts[k]; i++)
        b->order[k][i] = all[i].cut;
}

static void price_steps(best *b)
{
    const ais__onnx_combine *c = b->c;
    for (uint32_t k = c->steps; k-- > 0;) {
        ais__onnx_minima rest;
        ais__onnx_minima_init(&rest, c->count);
        for (uint32_t at = 0; at < c->count && k + 1 < c->steps; at++)
            ais__onnx_minima_set(&rest, at, b->least[k + 1][at], 0.0);
        ais__onnx_minima_build(&rest);
        b->least[k] = ais_alloc(c->count * sizeof *b->least[k]);
        for (uint32_t at = 0; at < c->count; at++) {
            uint64_t bytes = 0;
            if (k + 1 < c->steps) {
                const uint32_t to =
                    ais__onnx_minima_find(&rest, c, c->same[at], c->count, at, true);
                bytes = to != UINT32_MAX ? b->least[k + 1][to] : AIS__ONNX_NO_WAY;
            }
            if (__builtin_add_overflow(bytes, c->cuts[at]->cut.bytes, &b->least[k][at]))
                b->least[k][at] = AIS__ONNX_NO_WAY;
        }
        ais__onnx_minima_clear(&rest);
        sort_step(b, k);
    }
}

/* ---- the queue: a heap ---- */

/* Of equal ones the longer beginning: so they come in the order of their cuts. */
static bool goes_first(const waiting *a, const waiting *b)
{
    if (a->least != b->least)
        return a->least < b->least;
    return a->step != b->step ? a->step > b->step : a->number < b->number;
}

static void put(best *b, waiting w)
{
    b->queue = ais_grow(b->queue, &b->queue_capacity, b->queue_count + 1, sizeof *b->queue);
    size_t at = b->queue_count++;
    for (; at > 0 && goes_first(&w, &b->queue[(at - 1) / 2]); at = (at - 1) / 2)
        b->queue[at] = b->queue[(at - 1) / 2];
    b->queue[at] = w;
}

static waiting get(best *b)
{
    const waiting first = b->queue[0], moved = b->queue[--b->queue_count];
    size_t at = 0;
    for (size_t child = 1; child < b->queue_count; child = 2 * at + 1) {
        child += child + 1 < b->queue_count && goes_first(&b->queue[child + 1], &b->queue[child]);
        if (!goes_first(&b->queue[child], &moved))
            break;
        b->queue[at] = b->queue[child];
        at = child;
    }
    b->queue[at] = moved;
    return first;
}

/* Let the best continuation of a head wait, from `place` on. */
static void wait_for(best *b, uint32_t before, uint32_t step, uint32_t place)
{
    const head *h = before != NOBODY ? &b->heads[before] : NULL;
    while (place < b->counts[step] && h != NULL &&
           !ais__onnx_is_inside(b->c, h->cut, b->order[step][place]))
        place++;
    if (place == b->counts[step])
        return;
    const uint64_t bytes = h != NULL ? h->bytes + b->c->cuts[h->cut]->cut.bytes : 0;
    put(b, (waiting){.least = bytes + b->least[step][b->order[step][place]],
                     .number = b->number++,
                     .before = before,
                     .step = step,
                     .place = place});
}

/* ---- chains ---- */

static bool is_of(const ais__onnx_ways *front, const ais__onnx_way *way, uint32_t steps)
{
    for (size_t i = 0; i < front->count; i++) {
        bool same = front->items[i].bytes == way->bytes;
        for (uint32_t k = 0; k < steps && same; k++)
            same = front->items[i].cuts[k] == way->cuts[k];
        if (same)
            return true;
    }
    return false;
}

static void add_way(best *b, const waiting *w, uint32_t cut, const ais__onnx_ways *front,
                    ais__onnx_ways *out)
{
    ais__onnx_way way = {.bytes = w->least};
    way.cuts[w->step] = cut;
    uint32_t before = w->before;
    for (uint32_t k = w->step; k-- > 0; before = b->heads[before].before)
        way.cuts[k] = b->heads[before].cut;
    if (is_of(front, &way, b->c->steps))
        return;
    way.largest = ais__onnx_largest_part(b->c, way.cuts);
    out->items = ais_grow(out->items, &out->capacity, out->count + 1, sizeof *out->items);
    out->items[out->count++] = way;
}

void ais__onnx_find_cheapest(const ais__onnx_combine *c, const ais__onnx_ways *front, size_t want,
                             ais__onnx_ways *out)
{
    __attribute__((cleanup(best_clear))) best b = {.c = c};
    price_steps(&b);
    wait_for(&b, NOBODY, 0, 0);
    while (b.queue_count > 0 && out->count < want) {
        const waiting w = get(&b);
        const uint32_t cut = b.order[w.step][w.place];
        const head *h = w.before != NOBODY ? &b.heads[w.before] : NULL;
        const uint64_t bytes = h != NULL ? h->bytes + c->cuts[h->cut]->cut.bytes : 0;
        wait_for(&b, w.before, w.step, w.place + 1);
        if (w.step + 1 == c->steps) {
            add_way(&b, &w, cut, front, out);
            continue;
        }
        b.heads = ais_grow(b.heads, &b.head_capacity, b.head_count + 1, sizeof *b.heads);
        b.heads[b.head_count++] = (head){.before = w.before, .cut = cut, .bytes = bytes};
        wait_for(&b, (uint32_t)b.head_count - 1, w.step + 1, 0);
    }
}
