/* Cuts that are combined to chains: what cut_chain.c, cut_front.c and cut_kbest.c share. */
#ifndef AIS_ONNX_CUT_CHAIN_PRIV_H
#define AIS_ONNX_CUT_CHAIN_PRIV_H
#include "onnx/cut_priv.h"

/* More cuts than this are not combined; the cheapest of each share of the work are taken then. */
enum { AIS__ONNX_MAX_CHAINED = 16384, AIS__ONNX_MAX_STEPS = AIS_ONNX_MAX_PARTS - 1 };
#define AIS__ONNX_MAX_COMPARED (UINT64_C(1) << 31)
#define AIS__ONNX_NO_WAY UINT64_MAX

typedef struct ais__onnx_combine {
    const ais__onnx_search *search;
    const ais__onnx_found **cuts; /* by work, then by what is before */
    uint32_t count;
    uint32_t steps;      /* cuts of a chain */
    uint32_t *same, *up; /* by cut: the first with its work, and the first with more */
} ais__onnx_combine;

/* Is all that is before cut `a` before `b`, too, and more? */
bool ais__onnx_is_inside(const ais__onnx_combine *c, uint32_t a, uint32_t b);

/* The smallest (bytes, work) of a range of cuts. */
typedef struct ais__onnx_minima {
    uint32_t size; /* leaves; a power of two */
    uint64_t *bytes;
    double *work;
} ais__onnx_minima;
void ais__onnx_minima_init(ais__onnx_minima *minima, uint32_t count);
void ais__onnx_minima_clear(ais__onnx_minima *minima);
/* AIS__ONNX_NO_WAY: none. */
void ais__onnx_minima_set(ais__onnx_minima *minima, uint32_t at, uint64_t bytes, double work);
void ais__onnx_minima_build(ais__onnx_minima *minima);
/* Of [begin, end) and inside of `cut` (or around it, when `behind`), the one with the fewest bytes, then with
 * the least work, that between it and the cut included (not when `behind`). UINT32_MAX: there is none. */
uint32_t ais__onnx_minima_find(const ais__onnx_minima *minima, const ais__onnx_combine *c,
                               uint32_t begin, uint32_t end, uint32_t cut, bool behind);

/* A chain as places in `cuts`. */
typedef struct ais__onnx_way {
    uint64_t bytes;
    double largest; /* work of its largest part */
    uint32_t cuts[AIS__ONNX_MAX_STEPS];
} ais__onnx_way;

typedef struct ais__onnx_ways {
    ais__onnx_way *items;
    size_t count, capacity;
} ais__onnx_ways;

double ais__onnx_largest_part(const ais__onnx_combine *c, const uint32_t *cuts);
/* The front, by bytes. */
void ais__onnx_find_front(const ais__onnx_combine *c, ais__onnx_ways *out);
/* Others than those of `front`, by bytes, until there are `want`. */
void ais__onnx_find_cheapest(const ais__onnx_combine *c, const ais__onnx_ways *front, size_t want,
                             ais__onnx_ways *out);
#endif
