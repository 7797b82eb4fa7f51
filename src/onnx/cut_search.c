/* Every set of items before a cut, each once, block by block.
 *
 * Within a block items are decided one after the other, in the order in which they miss nothing any more:
 * first before, then behind. A set is found when its last item goes before. While no more may cross than
 * allowed, the set itself is a cut; beyond that, bound.c is asked whether a cut can still come, and the one
 * that it names answers for all further decisions that agree with it. So every step leads to a cut, and a
 * search costs what it finds, however many sets there are. */
#include <string.h>

#include "onnx/cut_priv.h"

/* One decision. */
typedef struct step {
    uint32_t ready_count; /* before it */
    uint32_t answer;      /* depth whose answer holds for what comes after it; NO_ANSWER */
    bool before;          /* which way it went */
    ais__onnx_cost cost;  /* before it: to undo sums of doubles exactly */
} step;

enum { NO_ANSWER = UINT32_MAX };

typedef struct walk {
    ais__onnx_search *search;
    const ais__onnx_block *block;
    ais__onnx_side *side;
    ais__onnx_bound *bound;
    uint32_t block_at, words;
    uint32_t *ready; /* items that miss nothing, in the order of decision */
    uint32_t ready_count;
    step *steps;
    uint64_t **answers; /* by depth: a set that is a cut, made when first needed */
} walk;

static void walk_clear(walk *w)
{
    const uint32_t size = w->block->end - w->block->begin;
    for (uint32_t i = 0; w->answers != NULL && i < size; i++)
        free(w->answers[i]);
    free(w->answers);
    free(w->ready);
    free(w->steps);
    ais__onnx_bound_free(w->bound);
}

static void keep_bits(const walk *w, ais__onnx_found *found)
{
    uint64_t *bits = ais_arena_alloc(w->search->arena, w->words * sizeof *bits);
    for (uint32_t i = w->block->begin; i < w->block->end; i++)
        if (w->side->places[i] == AIS__ONNX_BEFORE)
            bits[(i - w->block->begin) / 64] |= UINT64_C(1) << ((i - w->block->begin) % 64);
    found->bits = bits;
    ais__onnx_spend(&w->search->steps_left, w->block->end - w->block->begin);
}

/* Is the set a cut? Then it is kept. */
static void keep_set(const walk *w)
{
    ais__onnx_search *search = w->search;
    const ais__onnx_side *side = w->side;
    if (side->weight > search->max_tensors || side->before_count == search->flow->item_count)
        return;
    if (search->count == search->limit) {
        search->truncated = true;
        return;
    }
    search->found =
        ais_grow(search->found, &search->capacity, search->count + 1, sizeof *search->found);
    ais__onnx_found *found = &search->found[search->count++];
    *found = (ais__onnx_found){
        .block = w->block_at, .items = side->before_count, .work = side->cost.work};
    ais__onnx_side_cut(side, search->arena, &found->cut);
    if (search->keep_bits)
        keep_bits(w, found);
}

static bool answer_has(const walk *w, uint32_t answer, uint32_t item)
{
    const uint32_t at = item - w->block->begin;
    return (w->answers[answer][at / 64] >> (at % 64) & 1) != 0;
}

/* After a decision at `depth`: can a cut still come? `before` is the answer that held before it. */
static bool may_go_on(walk *w, uint32_t depth, uint32_t before)
{
    step *s = &w->steps[depth];
    s->answer = NO_ANSWER;
    if (w->side->weight <= w->search->max_tensors)
        return true; /* the set itself */
    /* What crosses too many and is not pinned goes on to others, of which at least one crosses in the end. */
    if (w->side->pinned_weight >= w->search->max_tensors)
        return false;
    if (before != NO_ANSWER && answer_has(w, before, w->ready[depth]) == s->before) {
        s->answer = before;
        return true;
    }
    if (w->bound == NULL)
        w->bound = ais__onnx_bound_new(w->search->flow, w->block);
    if (w->answers[depth] == NULL)
        w->answers[depth] = ais_alloc(w->words * sizeof **w->answers);
    s->answer = depth;
    return ais__onnx_bound_check(w->bound, w->side, w->search->max_tensors, w->answers[depth],
                                 &w->search->steps_left);
}

static void undo(walk *w, uint32_t depth)
{
    const step *s = &w->steps[depth];
    if (s->before)
        ais__onnx_side_untake(w->side, w->ready[depth]);
    else
        ais__onnx_side_unleave(w->side, w->ready[depth]);
    w->ready_count = s->ready_count;
    w->side->cost = s->cost;
}

/* Decide the item at `depth`, first before, then (`again`) behind. False when neither way is left. */
static bool decide(walk *w, uint32_t depth, bool again)
{
    const uint32_t item = w->ready[depth];
    const uint32_t answer = depth > 0 ? w->steps[depth - 1].answer : NO_ANSWER;
    step *s = &w->steps[depth];
    *s = (step){.ready_count = w->ready_count, .cost = w->side->cost};
    if (!again) {
        s->before = true;
        ais__onnx_side_take(w->side, item, w->block->end, w->ready, &w->ready_count);
        if (may_go_on(w, depth, answer)) {
            keep_set(w);
            return true;
        }
        undo(w, depth);
    }
    s->before = false;
    ais__onnx_side_leave(w->side, item);
    if (may_go_on(w, depth, answer))
        return true;
    undo(w, depth);
    return false;
}

static void search_block(walk *w)
{
    uint32_t depth = 0;
    bool again = false;
    while (!w->search->truncated) {
        if (w->search->steps_left == 0) {
            w->search->tired = true;
            break;
        }
        w->search->steps_left--;
        if (depth < w->ready_count && decide(w, depth, again)) {
            depth++;
            again = false;
            continue;
        }
        for (again = false; depth > 0 && !again; again = w->steps[depth].before)
            undo(w, --depth);
        if (!again)
            return;
    }
    /* The side goes back to where the block begins. */
    while (depth > 0)
        undo(w, --depth);
}

static void run_block(ais__onnx_search *search, ais__onnx_side *side, uint32_t at)
{
    const ais__onnx_block *block = &search->blocks[at];
    const uint32_t size = block->end - block->begin;
    __attribute__((cleanup(walk_clear))) walk w = {.search = search,
                                                   .block = block,
                                                   .side = side,
                                                   .block_at = at,
                                                   .words = (size + 63) / 64,
                                                   .ready = ais_alloc(size * sizeof *w.ready),
                                                   .steps = ais_alloc(size * sizeof *w.steps),
                                                   .answers = ais_alloc(size * sizeof *w.answers)};
    for (uint32_t i = block->begin; i < block->end; i++)
        if (side->missing[i] == 0)
            w.ready[w.ready_count++] = i;
    search_block(&w);
}

void ais__onnx_search_init(ais__onnx_search *search, const ais__onnx_flow *flow,
                           uint32_t max_tensors, size_t limit, bool keep)
{
    *search = (ais__onnx_search){.flow = flow,
                                 .max_tensors = max_tensors,
                                 .limit = limit,
                                 .steps_left = AIS__ONNX_MAX_SEARCH_STEPS,
                                 .keep_bits = keep,
                                 .arena = ais_arena_new()};
    search->block_count = ais__onnx_find_blocks(flow, search->arena, &search->blocks);
}

void ais__onnx_search_clear(ais__onnx_search *search)
{
    free(search->found);
    ais_arena_free(search->arena);
    *search = (ais__onnx_search){.flow = NULL};
}

/* Where a block ends there is a cut of one tensor: all that is looked for with one, and what is kept of the
 * blocks that a search did not get through. */
static void keep_end(ais__onnx_search *search, ais__onnx_side *side, uint32_t at)
{
    const ais__onnx_block *block = &search->blocks[at];
    const walk w = {.search = search,
                    .block = block,
                    .side = side,
                    .block_at = at,
                    .words = (block->end - block->begin + 63) / 64};
    for (size_t i = search->count; i-- > 0 && search->found[i].block == at;)
        if (search->found[i].items == side->before_count)
            return;
    keep_set(&w);
}

void ais__onnx_search_run(ais__onnx_search *search)
{
    __attribute__((cleanup(ais__onnx_side_clear))) ais__onnx_side side;
    ais__onnx_side_init(&side, search->flow);
    for (uint32_t i = 0; i < search->block_count && !search->truncated; i++) {
        if (search->max_tensors > 1 && !search->tired)
            run_block(search, &side, i);
        for (uint32_t k = search->blocks[i].begin; k < search->blocks[i].end; k++)
            ais__onnx_side_take(&side, k, 0, NULL, NULL);
        if (search->max_tensors == 1 || search->tired)
            keep_end(search, &side, i);
    }
}
