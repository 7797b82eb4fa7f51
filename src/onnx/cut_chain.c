/* Models in more than two parts: chains of cuts, each of which holds all that is before the one before it.
 * Here they are counted and put in order; cut_front.c and cut_kbest.c find them. */
#include <string.h>

#include "onnx/cut_chain_priv.h"

/* ---- the cuts that are combined ---- */

/* In this order a cut comes before all that it is inside of, or has the work of them. */
static int by_work(const void *a, const void *b)
{
    const ais__onnx_found *x = *(const ais__onnx_found *const *)a;
    const ais__onnx_found *y = *(const ais__onnx_found *const *)b;
    if (x->work != y->work)
        return x->work < y->work ? -1 : 1;
    if (x->items != y->items)
        return x->items < y->items ? -1 : 1;
    for (size_t i = 0; i < x->cut.value_count && i < y->cut.value_count; i++)
        if (x->cut.values[i] != y->cut.values[i])
            return x->cut.values[i] < y->cut.values[i] ? -1 : 1;
    return 0;
}

typedef struct ranked {
    const ais__onnx_found *found;
    uint32_t share; /* of the work that is before */
    uint32_t place; /* in its share */
} ranked;

static int by_share(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->share != y->share)
        return x->share < y->share ? -1 : 1;
    if (x->found->cut.bytes != y->found->cut.bytes)
        return x->found->cut.bytes < y->found->cut.bytes ? -1 : 1;
    return by_work(&x->found, &y->found);
}

static int by_place(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return by_work(&x->found, &y->found);
}

/* When there are too many: the cheapest of each share, then the second of each, and so on. */
static void choose_cuts(ais__onnx_combine *c)
{
    enum { SHARES = 1024 };
    const ais__onnx_search *search = c->search;
    AIS_FREE ranked *all = ais_alloc(search->count * sizeof *all);
    for (size_t i = 0; i < search->count; i++)
        all[i] = (ranked){.found = &search->found[i],
                          .share = (uint32_t)(search->found[i].work / search->flow->work * SHARES)};
    qsort(all, search->count, sizeof *all, by_share);
    for (size_t i = 1; i < search->count; i++)
        all[i].place = all[i].share == all[i - 1].share ? all[i - 1].place + 1 : 0;
    qsort(all, search->count, sizeof *all, by_place);
    for (uint32_t i = 0; i < c->count; i++)
        c->cuts[i] = all[i].found;
}

static void combine_clear(ais__onnx_combine *c)
{
    free(c->cuts);
    free(c->same);
    free(c->up);
}

/* Every two cuts of a block are compared, item by item, 64 at a time: so many cuts that this takes seconds. */
static size_t most_chained(const ais__onnx_search *search)
{
    size_t words = 1;
    for (uint32_t i = 0; i < search->block_count; i++) {
        const size_t size = search->blocks[i].end - search->blocks[i].begin;
        words = size > 64 * words ? (size + 63) / 64 : words;
    }
    size_t most = AIS__ONNX_MAX_CHAINED;
    while (most > 1 && most * most > AIS__ONNX_MAX_COMPARED / words)
        most /= 2;
    return most;
}

static void combine_init(ais__onnx_combine *c, const ais__onnx_search *search, size_t parts)
{
    const size_t most = most_chained(search);
    const bool many = search->count > most;
    const uint32_t count = (uint32_t)(many ? most : search->count);
    *c = (ais__onnx_combine){.search = search,
                             .cuts = ais_alloc(count * sizeof *c->cuts),
                             .count = count,
                             .steps = (uint32_t)parts - 1,
                             .same = ais_alloc(count * sizeof *c->same),
                             .up = ais_alloc(count * sizeof *c->up)};
    if (many)
        choose_cuts(c);
    for (uint32_t i = 0; i < count && !many; i++)
        c->cuts[i] = &search->found[i];
    if (count > 1)
        qsort(c->cuts, count, sizeof *c->cuts, by_work);
    for (uint32_t i = 1; i < count; i++)
        c->same[i] = c->cuts[i]->work == c->cuts[i - 1]->work ? c->same[i - 1] : i;
    for (uint32_t i = count; i-- > 0;)
        c->up[i] = i + 1 < count && c->cuts[i + 1]->work == c->cuts[i]->work ? c->up[i + 1] : i + 1;
}

bool ais__onnx_is_inside(const ais__onnx_combine *c, uint32_t a, uint32_t b)
{
    const ais__onnx_found *x = c->cuts[a], *y = c->cuts[b];
    if (x->block != y->block)
        return x->block < y->block;
    const ais__onnx_block *block = &c->search->blocks[x->block];
    const uint32_t words = (block->end - block->begin + 63) / 64;
    for (uint32_t i = 0; i < words; i++)
        if ((x->bits[i] & ~y->bits[i]) != 0)
            return false;
    return x->items < y->items;
}

double ais__onnx_largest_part(const ais__onnx_combine *c, const uint32_t *cuts)
{
    double largest = c->cuts[cuts[0]]->work;
    for (uint32_t i = 0; i < c->steps; i++) {
        const double end = i + 1 < c->steps ? c->cuts[cuts[i + 1]]->work : c->search->flow->work;
        const double part = end - c->cuts[cuts[i]]->work;
        largest = part > largest ? part : largest;
    }
    return largest;
}

/* ---- how many ---- */

/* Chains of each length that end with each cut, until there are more than `limit` of all steps. `longest`:
 * the steps of the longest chain (of those looked at). */
static uint64_t count_chains(const ais__onnx_combine *c, uint64_t limit, uint32_t *longest)
{
    AIS_FREE uint64_t *ends = ais_alloc(c->count * (c->steps + 1) * sizeof *ends);
    uint64_t total = 0;
    *longest = 0;
    for (uint32_t at = 0; at < c->count && total <= limit; at++) {
        uint64_t *here = &ends[(size_t)at * (c->steps + 1)];
        here[1] = 1;
        for (uint32_t from = 0; from < c->up[at]; from++) {
            const uint64_t *there = &ends[(size_t)from * (c->steps + 1)];
            if (!ais__onnx_is_inside(c, from, at))
                continue;
            for (uint32_t k = 2; k <= c->steps; k++)
                if (__builtin_add_overflow(here[k], there[k - 1], &here[k]))
                    here[k] = UINT64_MAX;
        }
        if (__builtin_add_overflow(total, here[c->steps], &total))
            total = UINT64_MAX;
        for (uint32_t k = *longest + 1; k <= c->steps && here[k] > 0; k++)
            *longest = k;
    }
    return total;
}

/* ---- the list ---- */

static void add_chain(const ais__onnx_combine *c, const ais__onnx_way *way, ais_onnx_cuts *out,
                      ais_onnx_chain *chain)
{
    ais_onnx_cut *cuts = ais_arena_alloc(out->arena, c->steps * sizeof *cuts);
    for (uint32_t i = 0; i < c->steps; i++)
        ais__onnx_copy_cut(&c->cuts[way->cuts[i]]->cut, out->arena, &cuts[i]);
    *chain = (ais_onnx_chain){.part_count = c->steps + 1,
                              .cuts = cuts,
                              .bytes = way->bytes,
                              .balance = way->largest / c->search->flow->work};
}

static void list_chains(const ais__onnx_combine *c, size_t list, ais_onnx_cuts *out)
{
    ais__onnx_ways front = {.items = NULL}, rest = {.items = NULL};
    ais__onnx_find_front(c, &front);
    AIS_FREE ais__onnx_point *points = ais_alloc(front.count * sizeof *points);
    for (size_t i = 0; i < front.count; i++)
        points[i] = (ais__onnx_point){.bytes = front.items[i].bytes,
                                      .balance = front.items[i].largest / c->search->flow->work,
                                      .at = i};
    ais__onnx_sort_front(points, front.count);
    out->front_count = front.count;
    out->count = list > 0 && list < out->total ? list : out->total;
    if (out->count > front.count)
        ais__onnx_find_cheapest(c, &front, out->count - front.count, &rest);
    ais_onnx_chain *chains = ais_arena_alloc(out->arena, out->count * sizeof *chains);
    for (size_t i = 0; i < out->count; i++)
        add_chain(c, i < front.count ? &front.items[points[i].at] : &rest.items[i - front.count],
                  out, &chains[i]);
    out->chains = chains;
    free(front.items);
    free(rest.items);
}

void ais__onnx_rank_chains(const ais__onnx_search *search, const ais_onnx_cuts_options *options,
                           ais_onnx_cuts *out)
{
    if (search->count == 0)
        return;
    __attribute__((cleanup(combine_clear))) ais__onnx_combine c;
    combine_init(&c, search, options->parts);
    uint32_t longest = 0;
    const uint64_t total = count_chains(&c, options->limit, &longest);
    out->partial = search->truncated || search->tired || search->count > c.count;
    out->truncated = out->partial || total > options->limit;
    out->total = total > options->limit ? options->limit : (size_t)total;
    if (total > 0)
        list_chains(&c, options->list, out);
    else
        out->why = ais_arena_format(
            out->arena, "the model has %zu cut%s%s, but at most %u one behind the other: %u parts",
            search->count, search->count == 1 ? "" : "s",
            out->partial ? " that were looked at, and more that were not" : "", longest,
            longest + 1);
}
