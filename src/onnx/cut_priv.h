/* What the files of cuts share and nobody else may call.
 *
 * A *flow* is what cuts are about: items (nodes through which an input of the graph reaches an output), the
 * values between them, and what is fixed (weights, and nodes that need no input), which both sides of a cut
 * may have a copy of. A cut is a set of items that holds all items before its own; what crosses are the
 * values made by the set, or by nobody, that others read or that the graph gives out.
 * Each such set has other values crossing, and from the values the set follows: every item outside leads to
 * an output by a path that never enters the set.
 *
 * Path of a search: cut_flow.c makes the flow, cut_side.c keeps the set, cut_block.c finds values that
 * everything passes through, cut_search.c lists the sets between two of them and cut_bound.c tells it
 * where to stop; cut_rank.c and cut_chain.c put in order what was found. */
#ifndef AIS_ONNX_CUT_PRIV_H
#define AIS_ONNX_CUT_PRIV_H
#include "onnx/onnx.h"

/* Maker of the graph's inputs; item that there is not. */
#define AIS__ONNX_SOURCE UINT32_MAX
/* Weight of a value that may not cross: more than all that may. */
enum { AIS__ONNX_BLOCKED = 1 << 16 };

typedef struct ais__onnx_list {
    const uint32_t *at; /* ascending, each once */
    uint32_t count;
} ais__onnx_list;

typedef struct ais__onnx_item {
    size_t node;
    ais__onnx_list inputs, outputs; /* values of the flow */
    ais__onnx_list needs;           /* fixed */
    double flops;
    double work;      /* what balance is made of: FLOPs, or 1 when the model has none */
    uint64_t weights; /* bytes inside of the node */
} ais__onnx_item;

typedef struct ais__onnx_link {
    size_t value;           /* of the graph */
    uint32_t maker;         /* an item, or AIS__ONNX_SOURCE */
    ais__onnx_list readers; /* items */
    bool leaves;            /* an output of the graph */
    uint32_t weight;        /* 1, or AIS__ONNX_BLOCKED */
    uint64_t bytes;
    bool estimated;
} ais__onnx_link;

typedef struct ais__onnx_fixed {
    ais__onnx_list needs;
    uint32_t readers; /* items, fixed, and the output of the graph */
    bool leaves;
    double flops;
    uint64_t weights;
} ais__onnx_fixed;

typedef struct ais__onnx_flow {
    const ais_onnx_graph *graph;
    const ais_onnx_facts *facts;
    ais__onnx_item *items; /* in the order of the graph, so before all that read what they make */
    uint32_t item_count;
    ais__onnx_link *links; /* inputs of the graph, then by maker */
    uint32_t link_count;
    ais__onnx_fixed *fixed; /* before all that read them */
    uint32_t fixed_count;
    double work;                                  /* of all items */
    const uint32_t *item_of_node, *link_of_value; /* or AIS__ONNX_SOURCE */
    ais_arena *arena;
} ais__onnx_flow;

ais__onnx_flow *ais__onnx_flow_new(const ais_onnx_model *model, const ais_onnx_facts *facts);
void ais__onnx_flow_free(ais__onnx_flow *flow);
AIS_DEFINE_AUTO(ais__onnx_flow)
/* May values of this kind be sent from one part to the next? */
bool ais__onnx_may_cross(const ais_onnx_facts *facts, size_t value);

/* ---- the set before a cut, as it grows and shrinks ---- */

typedef enum ais__onnx_place {
    AIS__ONNX_OPEN, /* not decided */
    AIS__ONNX_BEFORE,
    AIS__ONNX_BEHIND /* and so is all that needs it */
} ais__onnx_place;

typedef struct ais__onnx_cost {
    double flops_before, flops_after;
    uint64_t weights_before, weights_after;
    double work; /* of the items before */
} ais__onnx_cost;

typedef struct ais__onnx_side {
    const ais__onnx_flow *flow;
    uint8_t *places;            /* by item: ais__onnx_place */
    uint32_t *missing;          /* by item: inputs whose maker is not before */
    uint32_t *left;             /* by link: readers that are not before; one more when it leaves */
    uint32_t *pinned;           /* by link: readers behind; one more when it leaves */
    uint32_t *crossing, *where; /* links that cross; their places in that list */
    uint32_t crossing_count;
    uint64_t weight;        /* of what crosses */
    uint64_t pinned_weight; /* of what crosses whatever is decided further */
    uint32_t before_count;
    uint32_t *readers_before, *readers_after; /* by fixed */
    uint32_t *stack;                          /* room for as many fixed as there are */
    ais__onnx_cost cost;
} ais__onnx_side;

void ais__onnx_side_init(ais__onnx_side *side, const ais__onnx_flow *flow);
void ais__onnx_side_clear(ais__onnx_side *side);
static inline void ais__onnx_side_scope_end(ais__onnx_side *side)
{
    ais__onnx_side_clear(side);
}
/* Put an item before that misses nothing. Items below `end` that then miss nothing are added to `ready`
 * (may be NULL), which has room for them. */
void ais__onnx_side_take(ais__onnx_side *side, uint32_t item, uint32_t end, uint32_t *ready,
                         uint32_t *ready_count);
/* Undo the last take(). */
void ais__onnx_side_untake(ais__onnx_side *side, uint32_t item);
/* Decide that an item that misses nothing is behind; undo the last such decision. */
void ais__onnx_side_leave(ais__onnx_side *side, uint32_t item);
void ais__onnx_side_unleave(ais__onnx_side *side, uint32_t item);
/* The cut of the set as it is, values in the order of the graph. */
void ais__onnx_side_cut(const ais__onnx_side *side, ais_arena *arena, ais_onnx_cut *out);

/* ---- backwards ---- */

/* What is needed for some links, up to others where it stops. */
typedef struct ais__onnx_reach {
    const ais__onnx_flow *flow;
    const bool *stops; /* by link; borrowed */
    bool *items;       /* by item: reached */
    uint32_t *reader;  /* by link: the item that needs it, or AIS__ONNX_SOURCE where it began */
    uint32_t *made;    /* by item: the link through which it was reached */
    uint32_t *stack;
    size_t depth;
    uint32_t escape; /* the input of the graph that was reached */
} ais__onnx_reach;

void ais__onnx_reach_init(ais__onnx_reach *reach, const ais__onnx_flow *flow, const bool *stops);
void ais__onnx_reach_clear(ais__onnx_reach *reach);
/* Reach from one more link. False when that leads to an input of the graph. */
bool ais__onnx_reach_from(ais__onnx_reach *reach, uint32_t link);
/* Then: the tensors of that way, "'x' -> 'a' -> 'y'"; the middle of a long one is left out. */
const char *ais__onnx_reach_way(const ais__onnx_reach *reach, ais_arena *arena);

/* ---- blocks ---- */

/* Items between one value that everything passes through and the next: [begin, end). */
typedef struct ais__onnx_block {
    uint32_t begin, end;
    uint32_t first_link, end_link; /* links that enter it or are made in it */
    bool closed;                   /* it ends with such a value, its last link */
} ais__onnx_block;

/* Divide the flow; returns how many blocks there are. An item that all others lead to is in none: it is
 * behind every cut. Ownership: `*out` is in `arena`. */
uint32_t ais__onnx_find_blocks(const ais__onnx_flow *flow, ais_arena *arena, ais__onnx_block **out);

/* ---- how long a search may take ---- */

/* Some seconds. Ordinary models need a thousandth of it; a thousand branches side by side have more sets than
 * anybody can look at, each as costly as the model is large. What is kept of a set is counted,
 * too, so that memory is limited with it. */
#define AIS__ONNX_MAX_SEARCH_STEPS UINT64_C(1000000000)
static inline void ais__onnx_spend(uint64_t *steps_left, uint64_t steps)
{
    *steps_left -= steps < *steps_left ? steps : *steps_left;
}

/* ---- can this still become a cut? ---- */

typedef struct ais__onnx_bound ais__onnx_bound;
ais__onnx_bound *ais__onnx_bound_new(const ais__onnx_flow *flow, const ais__onnx_block *block);
void ais__onnx_bound_free(ais__onnx_bound *bound);
AIS_DEFINE_AUTO(ais__onnx_bound)
/* Is there a set that holds all that is before, nothing that is behind, ends in the block, and has at
 * most `limit` of weight crossing? Then the bits of `found` (by item of the block) are one. What that cost
 * is taken off `steps_left`, down to 0. */
bool ais__onnx_bound_check(ais__onnx_bound *bound, const ais__onnx_side *side, uint32_t limit,
                           uint64_t *found, uint64_t *steps_left);

/* ---- the search ---- */

typedef struct ais__onnx_found {
    ais_onnx_cut cut;
    uint32_t block, items; /* how many are before */
    const uint64_t *bits;  /* items of the block that are before; only when asked for */
    double work;           /* of the items before */
} ais__onnx_found;

typedef struct ais__onnx_search {
    const ais__onnx_flow *flow;
    uint32_t max_tensors;
    size_t limit;
    uint64_t steps_left; /* what the search may cost: items and arcs that it looks at */
    bool keep_bits;
    ais__onnx_block *blocks;
    uint32_t block_count;
    ais__onnx_found *found;
    size_t count, capacity;
    bool truncated;   /* there are more than `limit` */
    bool tired;       /* no steps were left: of all further blocks only the ends were kept */
    ais_arena *arena; /* of values and bits */
} ais__onnx_search;

void ais__onnx_search_init(ais__onnx_search *search, const ais__onnx_flow *flow,
                           uint32_t max_tensors, size_t limit, bool keep_bits);
void ais__onnx_search_clear(ais__onnx_search *search);
void ais__onnx_search_run(ais__onnx_search *search);

/* ---- what is made of it ---- */

/* Fill chains, count, total and front_count. */
void ais__onnx_rank_pairs(const ais__onnx_search *search, size_t list, ais_onnx_cuts *out);
void ais__onnx_rank_chains(const ais__onnx_search *search, const ais_onnx_cuts_options *options,
                           ais_onnx_cuts *out);
/* Order places of a front (bytes and balance of each) by their distance from the best of both. */
typedef struct ais__onnx_point {
    uint64_t bytes;
    double balance;
    size_t at; /* whose */
} ais__onnx_point;
void ais__onnx_sort_front(ais__onnx_point *points, size_t count);
/* A copy of a cut in another arena. */
void ais__onnx_copy_cut(const ais_onnx_cut *cut, ais_arena *arena, ais_onnx_cut *out);
/* As the original: fill chains, count, total, candidates and `why`. */
void ais__onnx_studio_cuts(const ais_onnx_model *model, const ais__onnx_flow *flow,
                           const ais_onnx_cuts_options *options, ais_onnx_cuts *out);
/* Why the search found nothing, as a sentence. */
const char *ais__onnx_explain(const ais__onnx_search *search, ais_arena *arena);
/* "Conv node 'conv1'"; a node without a name is known by what it makes. */
const char *ais__onnx_name_node(const ais_onnx_graph *graph, size_t node, ais_arena *arena);
#endif
