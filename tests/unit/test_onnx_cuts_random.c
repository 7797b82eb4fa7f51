/* Cuts of small random models against all sets of nodes there are. What is looked at here is what the
 * words say (sets of nodes, values between them), node by node, and shares no code with the search. */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "onnx/onnx.h"
#include "support/onnx_random.h"

enum { ROUNDS = 2500, MAX_NODES = 10, MAX_VALUES = 64 };

typedef struct cut {
    uint32_t before; /* bits of fed nodes, by their order */
    uint64_t values; /* bits of crossing values */
    uint64_t bytes, weights_before, weights_after;
    double flops_before, flops_after, work;
    bool estimated;
} cut;

typedef struct oracle {
    const ais_onnx_graph *graph;
    const ais_onnx_facts *facts;
    bool live[MAX_VALUES], fed[MAX_VALUES]; /* by node */
    size_t items[MAX_VALUES], item_count;   /* nodes that are live and fed */
    cut cuts[1 << MAX_NODES];
    size_t count;
} oracle;

static bool is_weight(const oracle *o, size_t v)
{
    return o->graph->values[v].initializer != NULL;
}

static bool is_source(const oracle *o, size_t v)
{
    return !is_weight(o, v) && o->graph->values[v].producer == AIS_ONNX_NONE;
}

static void mark(oracle *o)
{
    const ais_onnx_graph *g = o->graph;
    for (size_t n = g->node_count; n-- > 0;)
        for (size_t i = 0; i < g->nodes[n].output_count; i++) {
            const ais_onnx_value *value = &g->values[g->nodes[n].outputs[i]];
            o->live[n] = o->live[n] || value->is_output;
            for (size_t k = 0; k < value->consumer_count; k++)
                o->live[n] = o->live[n] || o->live[value->consumers[k]];
        }
    for (size_t n = 0; n < g->node_count; n++) {
        for (size_t i = 0; i < g->nodes[n].input_count; i++) {
            const size_t v = g->nodes[n].inputs[i];
            const size_t by = g->values[v].producer;
            o->fed[n] = o->fed[n] || is_source(o, v) || (by != AIS_ONNX_NONE && o->fed[by]);
        }
        if (o->live[n] && o->fed[n])
            o->items[o->item_count++] = n;
    }
}

/* Nodes before; those that draw numbers without an input are where their first reader is. */
static void place_nodes(const oracle *o, uint32_t set, bool *before)
{
    const ais_onnx_graph *g = o->graph;
    size_t home[MAX_VALUES];
    memset(before, 0, MAX_VALUES * sizeof *before);
    for (size_t i = 0; i < o->item_count; i++)
        before[o->items[i]] = (set >> i & 1) != 0;
    for (size_t n = g->node_count; n-- > 0;) {
        home[n] = o->live[n] && o->fed[n] ? n : o->items[o->item_count - 1];
        if (!o->live[n] || o->fed[n] || o->facts->constant[n])
            continue;
        for (size_t i = 0; i < g->nodes[n].output_count; i++) {
            const ais_onnx_value *value = &g->values[g->nodes[n].outputs[i]];
            for (size_t k = 0; k < value->consumer_count; k++)
                if (o->live[value->consumers[k]] && home[value->consumers[k]] < home[n])
                    home[n] = home[value->consumers[k]];
        }
        before[n] = before[home[n]];
    }
}

static bool counts(const oracle *o, size_t n)
{
    return o->live[n] && !o->facts->constant[n];
}

static bool is_closed(const oracle *o, const bool *before)
{
    const ais_onnx_graph *g = o->graph;
    for (size_t n = 0; n < g->node_count; n++)
        for (size_t i = 0; counts(o, n) && before[n] && i < g->nodes[n].input_count; i++) {
            const size_t by = g->values[g->nodes[n].inputs[i]].producer;
            if (by != AIS_ONNX_NONE && counts(o, by) && !before[by])
                return false;
        }
    return true;
}

static uint64_t crossing(const oracle *o, const bool *before)
{
    uint64_t values = 0;
    for (size_t v = 0; v < o->graph->value_count; v++) {
        const ais_onnx_value *value = &o->graph->values[v];
        const bool made =
            is_source(o, v) || (value->producer != AIS_ONNX_NONE && counts(o, value->producer) &&
                                before[value->producer]);
        bool read = value->is_output;
        for (size_t k = 0; k < value->consumer_count; k++)
            read = read || (counts(o, value->consumers[k]) && !before[value->consumers[k]]);
        if (made && read)
            values |= UINT64_C(1) << v;
    }
    return values;
}

/* What a side needs: its own nodes, and constants and weights backwards from them. */
static void cost(const oracle *o, const bool *before, bool side, double *flops, uint64_t *weights)
{
    const ais_onnx_graph *g = o->graph;
    bool needed[MAX_VALUES] = {false}, read[MAX_VALUES] = {false};
    for (size_t i = 0; i < g->output_count; i++) {
        const size_t by = g->values[g->outputs[i]].producer;
        read[g->outputs[i]] = !side;
        if (!side && by != AIS_ONNX_NONE && o->facts->constant[by])
            needed[by] = true;
    }
    for (size_t n = g->node_count; n-- > 0;) {
        if (counts(o, n) && before[n] == side)
            needed[n] = true;
        for (size_t i = 0; i < g->nodes[n].output_count && !counts(o, n); i++)
            needed[n] = needed[n] || (read[g->nodes[n].outputs[i]] && o->live[n]);
        for (size_t i = 0; needed[n] && i < g->nodes[n].input_count; i++)
            read[g->nodes[n].inputs[i]] = true;
        *flops += needed[n] ? o->facts->flops[n] : 0.0;
    }
    for (size_t v = 0; v < g->value_count; v++)
        *weights += read[v] && is_weight(o, v) ? g->values[v].initializer->bytes : 0;
}

static void add_cut(oracle *o, uint32_t set, const bool *before, uint64_t values)
{
    cut *c = &o->cuts[o->count++];
    *c = (cut){.before = set, .values = values};
    for (size_t v = 0; v < o->graph->value_count; v++) {
        const int64_t size = o->facts->shapes[v].dims[0].size;
        if ((values >> v & 1) == 0)
            continue;
        c->bytes += 4 * (uint64_t)(size < 0 ? 1 : size);
        c->estimated = c->estimated || size < 0;
    }
    cost(o, before, true, &c->flops_before, &c->weights_before);
    cost(o, before, false, &c->flops_after, &c->weights_after);
    for (size_t n = 0; n < o->graph->node_count; n++)
        c->work += counts(o, n) && before[n] ? o->facts->flops[n] : 0.0;
}

static bool may_cross(const oracle *o, uint64_t values)
{
    for (size_t v = 0; v < o->graph->value_count; v++)
        if ((values >> v & 1) != 0 &&
            (o->facts->kinds[v] != AIS_ONNX_KIND_TENSOR || o->facts->types[v] == AIS_ONNX_STRING))
            return false;
    return true;
}

static void find_all(oracle *o, size_t max_tensors)
{
    bool before[MAX_VALUES];
    for (uint32_t set = 1; o->item_count > 0 && set + 1 < UINT32_C(1) << o->item_count; set++) {
        place_nodes(o, set, before);
        if (!is_closed(o, before))
            continue;
        const uint64_t values = crossing(o, before);
        if ((size_t)__builtin_popcountll(values) <= max_tensors && may_cross(o, values))
            add_cut(o, set, before, values);
    }
}

static double total_work(const oracle *o)
{
    double sum = 0.0;
    for (size_t n = 0; n < o->graph->node_count; n++)
        sum += counts(o, n) ? o->facts->flops[n] : 0.0;
    return sum;
}

static uint64_t bits_of(const ais_onnx_cut *c)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < c->value_count; i++) {
        assert_true(i == 0 || c->values[i] > c->values[i - 1]);
        bits |= UINT64_C(1) << c->values[i];
    }
    return bits;
}

static const cut *find_cut(const oracle *o, uint64_t values)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->cuts[i].values == values)
            return &o->cuts[i];
    fail_msg("a cut that is none");
    return NULL;
}

static const cut *compare(const oracle *o, const ais_onnx_cut *c)
{
    const cut *expected = find_cut(o, bits_of(c));
    assert_int_equal(c->bytes, expected->bytes);
    assert_int_equal(c->estimated, expected->estimated);
    assert_int_equal(c->weights_before, expected->weights_before);
    assert_int_equal(c->weights_after, expected->weights_after);
    assert_true(c->flops_before == expected->flops_before);
    assert_true(c->flops_after == expected->flops_after);
    return expected;
}

static void make(ais_random *random, bool odd, onnx_random *made, oracle *o)
{
    const onnx_random_options options = {
        .nodes = MAX_NODES, .odd = odd, .distance = 1 + (unsigned)ais_random_below(random, 6)};
    onnx_random_make(random, &options, made);
    memset(o, 0, sizeof *o);
    o->graph = made->model->graph;
    o->facts = &made->facts;
    assert_true(o->graph->value_count <= MAX_VALUES && o->graph->node_count <= MAX_VALUES);
    mark(o);
}

static void test_all_cuts_in_two_are_found(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    oracle *o = ais_alloc(sizeof *o);
    size_t sum = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        onnx_random made;
        make(&random, round % 2 == 0, &made, o);
        const ais_onnx_cuts_options options = {.max_tensors = 1 + ais_random_below(&random, 5)};
        find_all(o, options.max_tensors);
        AIS_AUTO(ais_onnx_cuts) cuts = NULL;
        assert_int_equal(ais_onnx_find_cuts(made.model, &made.facts, &options, &cuts, NULL), 0);
        assert_int_equal(cuts->count, o->count);
        assert_int_equal(cuts->total, o->count);
        assert_int_equal(cuts->why == NULL, o->count > 0);
        for (size_t i = 0; i < cuts->count; i++) {
            compare(o, &cuts->chains[i].cuts[0]);
            for (size_t k = 0; k < i; k++)
                assert_true(bits_of(&cuts->chains[i].cuts[0]) != bits_of(&cuts->chains[k].cuts[0]));
        }
        sum += cuts->count;
        onnx_random_clear(&made);
    }
    assert_true(sum > ROUNDS);
    free(o);
}

/* Any names make a cut exactly when they are what crosses one. */
static void test_names_make_a_cut_or_none(void **state)
{
    (void)state;
    enum { TRIES = 40 };
    ais_random random;
    ais_random_init(&random, unit_seed());
    oracle *o = ais_alloc(sizeof *o);
    size_t cuts = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        onnx_random made;
        make(&random, round % 2 == 0, &made, o);
        find_all(o, AIS_ONNX_MAX_CUT_TENSORS);
        for (size_t i = 0; i < TRIES; i++) {
            AIS_AUTO(ais_arena) arena = ais_arena_new();
            AIS_AUTO(ais_error) err = NULL;
            const char *names[3];
            uint64_t values = 0;
            const size_t count = 1 + ais_random_below(&random, AIS_COUNT(names));
            for (size_t k = 0; k < count; k++) {
                const size_t v = ais_random_below(&random, o->graph->value_count);
                names[k] = o->graph->values[v].name;
                values |= UINT64_C(1) << v;
            }
            bool is_cut = (size_t)__builtin_popcountll(values) == count, found = false;
            for (size_t k = 0; k < o->count; k++)
                found = found || o->cuts[k].values == values;
            ais_onnx_cut at;
            const int status =
                ais_onnx_cut_at(made.model, &made.facts, names, count, arena, &at, &err);
            is_cut = is_cut && found;
            assert_int_equal(status, is_cut ? 0 : -1);
            assert_int_equal(err == NULL, is_cut);
            if (is_cut)
                compare(o, &at);
            cuts += is_cut;
        }
        onnx_random_clear(&made);
    }
    assert_true(cuts > ROUNDS);
    free(o);
}

/* ---- chains ---- */

typedef struct point {
    uint64_t bytes;
    double largest;
} point;

typedef struct chains {
    const oracle *o;
    size_t steps;
    double work;
    point *items;
    size_t count, capacity;
} chains;

static void list_chains(chains *all, size_t step, const cut *before, point so_far)
{
    const oracle *o = all->o;
    if (step == all->steps) {
        so_far.largest = fmax(so_far.largest, all->work - (before != NULL ? before->work : 0.0));
        all->items = ais_grow(all->items, &all->capacity, all->count + 1, sizeof *all->items);
        all->items[all->count++] = so_far;
        return;
    }
    for (size_t i = 0; i < o->count; i++) {
        const cut *c = &o->cuts[i];
        const uint32_t inside = before != NULL ? before->before : 0;
        if ((inside & ~c->before) != 0 || inside == c->before)
            continue;
        const double part = c->work - (before != NULL ? before->work : 0.0);
        list_chains(
            all, step + 1, c,
            (point){.bytes = so_far.bytes + c->bytes, .largest = fmax(so_far.largest, part)});
    }
}

static bool is_beaten(const chains *all, point p)
{
    for (size_t i = 0; i < all->count; i++) {
        const point *q = &all->items[i];
        if (q->bytes <= p.bytes && q->largest <= p.largest &&
            (q->bytes < p.bytes || q->largest < p.largest))
            return true;
    }
    return false;
}

static size_t count_front(const chains *all)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        bool first = !is_beaten(all, all->items[i]);
        for (size_t k = 0; k < i && first; k++)
            first = all->items[k].bytes != all->items[i].bytes ||
                    all->items[k].largest != all->items[i].largest;
        count += first;
    }
    return count;
}

static bool same_chain(const ais_onnx_chain *a, const ais_onnx_chain *b)
{
    for (size_t i = 0; i + 1 < a->part_count; i++)
        if (bits_of(&a->cuts[i]) != bits_of(&b->cuts[i]))
            return false;
    return true;
}

/* A chain is what it says. Returns its point. */
static point check_chain(const chains *all, const ais_onnx_chain *chain)
{
    point p = {.bytes = 0};
    const cut *before = NULL;
    assert_int_equal(chain->part_count, all->steps + 1);
    for (size_t i = 0; i < all->steps; i++) {
        const cut *c = compare(all->o, &chain->cuts[i]);
        if (before != NULL)
            assert_true((before->before & ~c->before) == 0 && before->before != c->before);
        p.bytes += c->bytes;
        p.largest = fmax(p.largest, c->work - (before != NULL ? before->work : 0.0));
        before = c;
    }
    p.largest = fmax(p.largest, all->work - (before != NULL ? before->work : 0.0));
    assert_int_equal(chain->bytes, p.bytes);
    if (all->work > 0.0)
        assert_true(fabs(chain->balance - p.largest / all->work) < 1e-12);
    return p;
}

static void check_chains(const chains *all, const ais_onnx_cuts *cuts)
{
    assert_int_equal(cuts->total, all->count);
    assert_int_equal(cuts->count, all->count);
    if (all->work > 0.0)
        assert_int_equal(cuts->front_count, count_front(all));
    for (size_t i = 0; i < cuts->count; i++) {
        const point p = check_chain(all, &cuts->chains[i]);
        if (i < cuts->front_count && all->work > 0.0)
            assert_false(is_beaten(all, p));
        if (i > cuts->front_count)
            assert_true(cuts->chains[i].bytes >= cuts->chains[i - 1].bytes);
        for (size_t k = 0; k < i; k++)
            assert_false(same_chain(&cuts->chains[i], &cuts->chains[k]));
    }
}

static void check_first_ones(const onnx_random *made, ais_onnx_cuts_options options,
                             const ais_onnx_cuts *cuts)
{
    AIS_AUTO(ais_onnx_cuts) first = NULL;
    options.list = 1 + cuts->total / 3;
    assert_int_equal(ais_onnx_find_cuts(made->model, &made->facts, &options, &first, NULL), 0);
    assert_int_equal(first->total, cuts->total);
    assert_int_equal(first->front_count, cuts->front_count);
    assert_int_equal(first->count, options.list < cuts->total ? options.list : cuts->total);
    for (size_t i = 0; i < first->count; i++)
        assert_true(same_chain(&first->chains[i], &cuts->chains[i]));
}

static void test_chains_are_all_there_and_the_front_is_exact(void **state)
{
    (void)state;
    ais_random random;
    ais_random_init(&random, unit_seed());
    oracle *o = ais_alloc(sizeof *o);
    size_t sum = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        onnx_random made;
        make(&random, round % 2 == 0, &made, o);
        const ais_onnx_cuts_options options = {.parts = 2 + ais_random_below(&random, 4),
                                               .max_tensors = 1 + ais_random_below(&random, 3)};
        find_all(o, options.max_tensors);
        chains all = {.o = o, .steps = options.parts - 1, .work = total_work(o)};
        list_chains(&all, 0, NULL, (point){.bytes = 0});
        if (all.count <= 300) {
            AIS_AUTO(ais_onnx_cuts) cuts = NULL;
            assert_int_equal(ais_onnx_find_cuts(made.model, &made.facts, &options, &cuts, NULL), 0);
            check_chains(&all, cuts);
            check_first_ones(&made, options, cuts);
            assert_int_equal(cuts->why == NULL, all.count > 0);
            sum += cuts->count;
        }
        free(all.items);
        onnx_random_clear(&made);
    }
    assert_true(sum > ROUNDS);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_cuts_in_two_are_found),
        cmocka_unit_test(test_names_make_a_cut_or_none),
        cmocka_unit_test(test_chains_are_all_there_and_the_front_is_exact),
    };
    return cmocka_run_group_tests_name("onnx_cuts_random", tests, NULL, NULL);
}
