/* The front of (bytes, balance) of chains, point by point: of the chains whose parts all have less work than
 * the largest part of the chain found before, one with the fewest bytes, and of those with as many one whose
 * largest part is smallest; until there is none.
 *
 * Each of them is a shortest way over cuts in the order of their work, by (bytes, largest part): both only
 * grow along a way, so that the best way to a cut begins with a best one. The ends of one step lie in a
 * window of work; a tree of minima gives the best of a window that is inside of the cut. */
#include <math.h>
#include <string.h>

#include "onnx/cut_chain_priv.h"

/* ---- minima ---- */

void ais__onnx_minima_init(ais__onnx_minima *minima, uint32_t count)
{
    uint32_t size = 1;
    while (size < count)
        size *= 2;
    *minima = (ais__onnx_minima){.size = size,
                                 .bytes = ais_alloc(2 * (size_t)size * sizeof *minima->bytes),
                                 .work = ais_alloc(2 * (size_t)size * sizeof *minima->work)};
    for (uint32_t i = 0; i < 2 * size; i++)
        minima->bytes[i] = AIS__ONNX_NO_WAY;
}

void ais__onnx_minima_clear(ais__onnx_minima *minima)
{
    free(minima->bytes);
    free(minima->work);
}

void ais__onnx_minima_set(ais__onnx_minima *minima, uint32_t at, uint64_t bytes, double work)
{
    minima->bytes[minima->size + at] = bytes;
    minima->work[minima->size + at] = work;
}

static bool is_smaller(const ais__onnx_minima *m, uint32_t a, uint32_t b)
{
    return m->bytes[a] != m->bytes[b] ? m->bytes[a] < m->bytes[b] : m->work[a] < m->work[b];
}

void ais__onnx_minima_build(ais__onnx_minima *minima)
{
    for (uint32_t i = minima->size - 1; i > 0; i--) {
        const uint32_t best = is_smaller(minima, 2 * i + 1, 2 * i) ? 2 * i + 1 : 2 * i;
        minima->bytes[i] = minima->bytes[best];
        minima->work[i] = minima->work[best];
    }
}

typedef struct question {
    const ais__onnx_minima *minima;
    const ais__onnx_combine *combine;
    uint32_t begin, end, cut;
    bool behind;
    uint32_t best; /* a leaf; 0: none */
    uint64_t best_bytes;
    double best_work;
} question;

/* The least that a range of cuts up to `last` can give: the part between it and the cut counts, too. */
static double least_work(const question *q, uint32_t at, uint32_t last)
{
    const ais__onnx_combine *c = q->combine;
    const double part =
        q->behind || last >= c->count ? 0.0 : c->cuts[q->cut]->work - c->cuts[last]->work;
    return fmax(part, q->minima->work[at]);
}

/* Descends only where something smaller may be: as deep as the tree, 15 levels at most. */
static void ask(question *q, uint32_t at, uint32_t begin, uint32_t end)
{
    const uint64_t bytes = q->minima->bytes[at];
    if (begin >= q->end || end <= q->begin || bytes == AIS__ONNX_NO_WAY || bytes > q->best_bytes)
        return;
    const double work = least_work(q, at, (end < q->end ? end : q->end) - 1);
    if (bytes == q->best_bytes && work >= q->best_work)
        return;
    if (at >= q->minima->size) {
        if (q->behind ? !ais__onnx_is_inside(q->combine, q->cut, begin)
                      : !ais__onnx_is_inside(q->combine, begin, q->cut))
            return;
        q->best = at;
        q->best_bytes = bytes;
        q->best_work = work;
        return;
    }
    const uint32_t middle = begin + (end - begin) / 2;
    const bool right_first = is_smaller(q->minima, 2 * at + 1, 2 * at);
    if (!right_first)
        ask(q, 2 * at, begin, middle);
    ask(q, 2 * at + 1, middle, end);
    if (right_first)
        ask(q, 2 * at, begin, middle);
}

uint32_t ais__onnx_minima_find(const ais__onnx_minima *minima, const ais__onnx_combine *c,
                               uint32_t begin, uint32_t end, uint32_t cut, bool behind)
{
    question q = {.minima = minima,
                  .combine = c,
                  .begin = begin,
                  .end = end,
                  .cut = cut,
                  .behind = behind,
                  .best_bytes = AIS__ONNX_NO_WAY,
                  .best_work = INFINITY};
    ask(&q, 1, 0, minima->size);
    return q.best != 0 ? q.best - minima->size : UINT32_MAX;
}

/* ---- shortest ways ---- */

typedef struct ways {
    const ais__onnx_combine *c;
    ais__onnx_minima levels[AIS__ONNX_MAX_STEPS]; /* by end: bytes, largest part so far */
    uint32_t *from;                               /* by level and end */
} ways;

static void ways_init(ways *w, const ais__onnx_combine *c)
{
    if (c->steps == 0)
        AIS_BUG("a chain without a cut");
    *w = (ways){.c = c, .from = ais_alloc((size_t)c->steps * c->count * sizeof *w->from)};
    for (uint32_t k = 0; k < c->steps; k++)
        ais__onnx_minima_init(&w->levels[k], c->count);
}

static void ways_clear(ways *w)
{
    for (uint32_t k = 0; k < w->c->steps; k++)
        ais__onnx_minima_clear(&w->levels[k]);
    free(w->from);
}

static void first_level(ways *w, double limit)
{
    for (uint32_t at = 0; at < w->c->count; at++) {
        const ais__onnx_found *cut = w->c->cuts[at];
        ais__onnx_minima_set(&w->levels[0], at,
                             cut->work < limit ? cut->cut.bytes : AIS__ONNX_NO_WAY, cut->work);
    }
    ais__onnx_minima_build(&w->levels[0]);
}

static void next_level(ways *w, uint32_t k, double limit)
{
    const ais__onnx_combine *c = w->c;
    const ais__onnx_minima *before = &w->levels[k - 1];
    uint32_t begin = 0;
    for (uint32_t at = 0; at < c->count; at++) {
        while (begin < c->count && c->cuts[at]->work - c->cuts[begin]->work >= limit)
            begin++;
        const uint32_t from = ais__onnx_minima_find(before, c, begin, c->up[at], at, false);
        uint64_t bytes = AIS__ONNX_NO_WAY;
        double largest = 0.0;
        if (from != UINT32_MAX) {
            if (__builtin_add_overflow(before->bytes[before->size + from], c->cuts[at]->cut.bytes,
                                       &bytes))
                bytes = AIS__ONNX_NO_WAY;
            largest =
                fmax(before->work[before->size + from], c->cuts[at]->work - c->cuts[from]->work);
        }
        ais__onnx_minima_set(&w->levels[k], at, bytes, largest);
        w->from[(size_t)k * c->count + at] = from;
    }
    ais__onnx_minima_build(&w->levels[k]);
}

/* The way with the fewest bytes whose parts all have less work than `limit`. */
static bool find_way(ways *w, double limit, ais__onnx_way *out)
{
    const ais__onnx_combine *c = w->c;
    const ais__onnx_minima *last = &w->levels[c->steps - 1];
    uint32_t best = UINT32_MAX;
    first_level(w, limit);
    for (uint32_t k = 1; k < c->steps; k++)
        next_level(w, k, limit);
    out->bytes = AIS__ONNX_NO_WAY;
    out->largest = INFINITY;
    for (uint32_t at = 0; at < c->count; at++) {
        const double rest = c->search->flow->work - c->cuts[at]->work;
        const uint64_t bytes = last->bytes[last->size + at];
        const double largest = fmax(rest, last->work[last->size + at]);
        if (bytes == AIS__ONNX_NO_WAY || rest >= limit || bytes > out->bytes ||
            (bytes == out->bytes && largest >= out->largest))
            continue;
        best = at;
        out->bytes = bytes;
        out->largest = largest;
    }
    for (uint32_t k = c->steps; k-- > 0 && best != UINT32_MAX;) {
        out->cuts[k] = best;
        best = k > 0 ? w->from[(size_t)k * c->count + best] : best;
    }
    return out->bytes != AIS__ONNX_NO_WAY;
}

void ais__onnx_find_front(const ais__onnx_combine *c, ais__onnx_ways *out)
{
    __attribute__((cleanup(ways_clear))) ways w;
    ais__onnx_way way;
    double limit = INFINITY;
    ways_init(&w, c);
    while (find_way(&w, limit, &way)) {
        out->items = ais_grow(out->items, &out->capacity, out->count + 1, sizeof *out->items);
        out->items[out->count++] = way;
        limit = way.largest;
    }
}
