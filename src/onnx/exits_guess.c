/* Early exits as they show in a graph: an output with a head of its own, whose trunk goes on to a deeper
 * output, at more work than the head and no less than a twentieth of all: two heads of one detector, say,
 * are no exits of each other.
 *
 * The last output is the deepest one. Exits follow each other when what they share with it grows; outputs
 * that share the same belong to one exit. The trunk of an exit is what crosses right behind the nodes that
 * the exit needs: nothing more is computed before it is decided whether to leave. */
#include <string.h>

#include "onnx/exits_priv.h"

typedef struct output {
    uint32_t link;
    uint32_t depth;  /* nodes on the longest way to it */
    bool *needs;     /* by item */
    uint32_t shared; /* items that it shares with the deepest one */
    double head, on; /* work of its own; work that remains for the deepest one */
    uint32_t own;    /* items of its own */
    bool is_exit;
} output;

typedef struct guess {
    const ais__onnx_flow *flow;
    output *outputs;
    size_t count, deepest;
    bool *given; /* by link: outputs of exits so far */
    ais_onnx_exits *exits;
    ais_onnx_exit *list;
} guess;

static void guess_clear(guess *g)
{
    for (size_t i = 0; i < g->count; i++)
        free(g->outputs[i].needs);
    free(g->outputs);
    free(g->given);
}

static uint32_t *measure_depths(const ais__onnx_flow *flow)
{
    uint32_t *depths = ais_alloc((flow->item_count + 1) * sizeof *depths);
    for (uint32_t i = 0; i < flow->item_count; i++) {
        for (uint32_t k = 0; k < flow->items[i].inputs.count; k++) {
            const uint32_t maker = flow->links[flow->items[i].inputs.at[k]].maker;
            if (maker != AIS__ONNX_SOURCE && depths[maker] > depths[i])
                depths[i] = depths[maker];
        }
        depths[i]++;
    }
    return depths;
}

static void list_outputs(guess *g)
{
    const ais__onnx_flow *flow = g->flow;
    AIS_FREE uint32_t *depths = measure_depths(flow);
    g->outputs = ais_alloc(flow->graph->output_count * sizeof *g->outputs);
    for (size_t i = 0; i < flow->graph->output_count; i++) {
        const uint32_t link = flow->link_of_value[flow->graph->outputs[i]];
        if (link == AIS__ONNX_SOURCE || flow->links[link].maker == AIS__ONNX_SOURCE)
            continue;
        output *o = &g->outputs[g->count++];
        *o = (output){.link = link, .depth = depths[flow->links[link].maker]};
        o->needs = ais_alloc(flow->item_count * sizeof *o->needs);
        o->needs[flow->links[link].maker] = true;
        for (uint32_t item = flow->links[link].maker + 1; item-- > 0;)
            for (uint32_t k = 0; o->needs[item] && k < flow->items[item].inputs.count; k++) {
                const uint32_t maker = flow->links[flow->items[item].inputs.at[k]].maker;
                if (maker != AIS__ONNX_SOURCE)
                    o->needs[maker] = true;
            }
        if (o->depth >= g->outputs[g->deepest].depth)
            g->deepest = g->count - 1;
    }
}

static void compare_outputs(guess *g)
{
    const output *deepest = &g->outputs[g->deepest];
    for (size_t i = 0; i < g->count; i++) {
        output *o = &g->outputs[i];
        for (uint32_t item = 0; item < g->flow->item_count; item++) {
            const double work = g->flow->items[item].work;
            o->shared += o->needs[item] && deepest->needs[item];
            o->own += o->needs[item] && !deepest->needs[item];
            o->head += o->needs[item] && !deepest->needs[item] ? work : 0.0;
            o->on += !o->needs[item] && deepest->needs[item] ? work : 0.0;
        }
        o->is_exit = o->depth < deepest->depth && o->shared > 0 && o->own > 0 && o->on > o->head &&
                     o->on >= g->flow->work / 20;
    }
}

/* ---- exits ---- */

/* Do both share the same items with the deepest output, or (`within`) the first one no others? */
static bool shares(const guess *g, const output *a, const output *b, bool within)
{
    const output *deepest = &g->outputs[g->deepest];
    for (uint32_t i = 0; i < g->flow->item_count; i++) {
        const bool in_a = a->needs[i] && deepest->needs[i], in_b = b->needs[i] && deepest->needs[i];
        if (in_a != in_b && (!within || in_a))
            return false;
    }
    return true;
}

/* What crosses from the items that `before` marks to those that outputs need which are no exits so far. */
static bool find_trunk(const guess *g, const bool *before, ais_onnx_exit *exit)
{
    const ais__onnx_flow *flow = g->flow;
    AIS_FREE bool *behind = ais_alloc((flow->item_count + 1) * sizeof *behind);
    size_t *trunk = ais_arena_alloc(g->exits->arena, AIS_ONNX_MAX_CUT_TENSORS * sizeof *trunk);
    for (size_t i = 0; i < g->count; i++)
        for (uint32_t item = 0; item < flow->item_count && !g->given[g->outputs[i].link]; item++)
            behind[item] = behind[item] || (g->outputs[i].needs[item] && !before[item]);
    for (uint32_t l = 0; l < flow->link_count; l++) {
        const ais__onnx_link *link = &flow->links[l];
        bool needed = link->leaves && !g->given[l];
        if (link->maker != AIS__ONNX_SOURCE && !before[link->maker])
            continue;
        for (uint32_t i = 0; i < link->readers.count; i++)
            needed = needed || behind[link->readers.at[i]];
        if (!needed)
            continue;
        if (link->weight == AIS__ONNX_BLOCKED || exit->trunk_count == AIS_ONNX_MAX_CUT_TENSORS)
            return false;
        trunk[exit->trunk_count++] = link->value;
    }
    exit->trunk = trunk;
    return exit->trunk_count > 0;
}

/* Add the exit of `first` and of all outputs that share with it. */
static void add_exit(guess *g, const output *first, bool *before)
{
    ais_onnx_exit exit = {.name =
                              ais_arena_format(g->exits->arena, "exit%zu", g->exits->count + 1)};
    size_t *outputs = ais_arena_alloc(g->exits->arena, g->count * sizeof *outputs);
    for (size_t i = 0; i < g->count; i++) {
        output *o = &g->outputs[i];
        if (!o->is_exit || !shares(g, o, first, false))
            continue;
        outputs[exit.output_count++] = g->flow->links[o->link].value;
        g->given[o->link] = true;
        for (uint32_t item = 0; item < g->flow->item_count; item++)
            before[item] = before[item] || o->needs[item];
    }
    exit.outputs = outputs;
    if (find_trunk(g, before, &exit)) {
        g->list[g->exits->count++] = exit;
        return;
    }
    for (size_t i = 0; i < exit.output_count; i++)
        g->given[g->flow->link_of_value[outputs[i]]] = false;
}

static void list_exits(guess *g)
{
    AIS_FREE bool *before = ais_alloc((g->flow->item_count + 1) * sizeof *before);
    const output *last = NULL;
    for (;;) {
        const output *next = NULL;
        for (size_t i = 0; i < g->count; i++) {
            const output *o = &g->outputs[i];
            if (o->is_exit &&
                (last == NULL || (o->shared > last->shared && shares(g, last, o, true))) &&
                (next == NULL || o->shared < next->shared))
                next = o;
        }
        if (next == NULL)
            return;
        add_exit(g, next, before);
        last = next;
    }
}

int ais_onnx_guess_exits(const ais_onnx_model *model, const ais_onnx_facts *facts,
                         ais_onnx_exits **out, ais_error **err)
{
    (void)err; /* no graph is wrong here */
    AIS_AUTO(ais__onnx_flow) flow = ais__onnx_flow_new(model, facts);
    ais_onnx_exits *exits = ais_alloc(sizeof *exits);
    exits->arena = ais_arena_new();
    __attribute__((cleanup(guess_clear))) guess g = {
        .flow = flow, .given = ais_alloc((flow->link_count + 1) * sizeof *g.given), .exits = exits};
    list_outputs(&g);
    g.list = ais_arena_alloc(exits->arena, (g.count + 1) * sizeof *g.list);
    exits->exits = g.list;
    if (g.count > 1) {
        compare_outputs(&g);
        list_exits(&g);
    }
    *out = exits;
    return 0;
}
