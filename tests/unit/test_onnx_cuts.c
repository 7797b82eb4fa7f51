/* Cuts of graphs that can be worked out by hand: what is found, in which order, at what price, and why
 * there is none. */
#include "support/unit.h"

#include <string.h>

#include "onnx/cut_priv.h"
#include "support/onnx_make.h"
#include "support/onnx_net.h"

/* All that is listed, "a | b, c; ..." */
static char *list_of(const onnx_net *net, const ais_onnx_cuts *cuts)
{
    ais_str text = {.data = NULL};
    for (size_t i = 0; i < cuts->count; i++)
        for (size_t k = 0; k + 1 < cuts->chains[i].part_count; k++) {
            const ais_onnx_cut *cut = &cuts->chains[i].cuts[k];
            AIS_FREE char *names = onnx_net_names(net, cut->values, cut->value_count);
            ais_str_add_format(&text, "%s%s", k > 0 ? " | " : i > 0 ? "; " : "", names);
        }
    return ais_str_take(&text);
}

static char *find(const onnx_net *net, ais_onnx_cuts_options options)
{
    AIS_AUTO(ais_onnx_cuts) cuts = NULL;
    assert_int_equal(ais_onnx_find_cuts(net->model, net->facts, &options, &cuts, NULL), 0);
    if (cuts->why != NULL)
        return ais_strdup(cuts->why);
    return list_of(net, cuts);
}

static void check(const char *text, ais_onnx_cuts_options options, const char *expected)
{
    onnx_net net;
    onnx_net_make(text, &net);
    AIS_FREE char *found = find(&net, options);
    assert_string_equal(found, expected);
    onnx_net_clear(&net);
}

static void test_cuts_of_hand_worked_graphs(void **state)
{
    (void)state;
    static const struct {
        const char *net;
        size_t parts, max_tensors;
        const char *expected;
    } rows[] = {
        /* the most even ones first; equal ones in the order of the graph */
        {"x:4 -> a = Relu x; b = Relu a; c = Relu b; y = Relu c -> y", 2, 0, "b; a; c"},
        {"x:4 -> a = Relu x; b = Relu a; c = Relu b; y = Relu c -> y", 3, 0, "a | b; a | c; b | c"},
        {"x:4 -> a = Relu x; b = Relu a; c = Relu b; y = Relu c -> y", 4, 0, "a | b | c"},
        {"x:4 -> a = Relu x; b = Relu a; c = Relu b; y = Relu c -> y", 5, 0,
         "the model has 3 cuts, but at most 3 one behind the other: 4 parts"},
        /* around a skip connection two cross */
        {"x:4 -> a = Relu x; b = Relu a; c = Relu b; y = Add a c -> y", 2, 1, "a"},
        {"x:4 -> a = Relu x; b = Relu a; c = Relu b; y = Add a c -> y", 2, 2, "a, b; a; a, c"},
        /* an input that is used late crosses as well; an output that is made early is carried */
        {"x:4 z:4 -> a = Relu x; y = Add a z -> y", 2, 2, "z, a"},
        {"x:4 -> e = Relu x; a = Relu x; y = Relu a -> e y", 2, 2, "x, e; x, a; x, y; e, a"},
        {"x:4 -> e = Relu x; y = Relu e -> e y", 2, 1, "e"},
        /* weights and what is made of them belong to both sides */
        {"x:4 -> k = Relu w; a = Add x k; y = Add a k -> y", 2, 1, "a"},
        /* dead ends count for nothing */
        {"x:4 -> a = Relu x; d = Relu a; y = Relu a -> y", 2, 0, "a"},
        /* each value by its own, of several that a node makes */
        {"x:4 -> a b = Split x; c = Relu a; y = Add b c -> y", 2, 2, "b, c; a, b"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        check(rows[i].net,
              (ais_onnx_cuts_options){.parts = rows[i].parts, .max_tensors = rows[i].max_tensors},
              rows[i].expected);
}

static void test_a_cut_is_priced(void **state)
{
    (void)state;
    onnx_net net;
    onnx_net_make("x:2,4 -> k = Relu w1; a = Add x k; b = Mul a w2; y = Add b k -> y", &net);
    const char *const names[] = {"b"};
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_onnx_cut cut;
    assert_int_equal(ais_onnx_cut_at(net.model, net.facts, names, 1, arena, &cut, NULL), 0);
    assert_int_equal(cut.bytes, 2 * 4 * 4);
    assert_false(cut.estimated);
    assert_int_equal(cut.weights_before, 32); /* w1 is read on both sides */
    assert_int_equal(cut.weights_after, 16);
    assert_true(cut.flops_before == 4 + 8 + 8); /* and so is Relu of it */
    assert_true(cut.flops_after == 4 + 8);
    onnx_net_clear(&net);
    onnx_net_make("x:N,4 -> a = Relu x; y = Relu a -> y", &net);
    const char *const open[] = {"a"};
    assert_int_equal(ais_onnx_cut_at(net.model, net.facts, open, 1, arena, &cut, NULL), 0);
    assert_int_equal(cut.bytes, 16);
    assert_true(cut.estimated);
    onnx_net_clear(&net);
}

static void test_the_front_comes_first_and_its_best_compromise_before_all(void **state)
{
    (void)state;
    /* four floats, then one */
    static const char text[] =
        "x:1,4 -> a = Relu x; b = MatMul a wa; c = Relu b; d = Relu c; y = Relu d -> y";
    onnx_net net;
    onnx_net_make(text, &net);
    AIS_AUTO(ais_onnx_cuts) cuts = NULL;
    assert_int_equal(ais_onnx_find_cuts(net.model, net.facts, NULL, &cuts, NULL), 0);
    assert_true(cuts->front_count >= 1 && cuts->front_count < cuts->count);
    for (size_t i = cuts->front_count + 1; i < cuts->count; i++)
        assert_true(cuts->chains[i].bytes >= cuts->chains[i - 1].bytes);
    for (size_t i = 0; i < cuts->front_count; i++)
        for (size_t k = 0; k < cuts->count; k++)
            assert_false(cuts->chains[k].bytes <= cuts->chains[i].bytes &&
                         cuts->chains[k].balance < cuts->chains[i].balance);
    onnx_net_clear(&net);
}

static void test_a_model_without_a_cut_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *net;
        size_t max_tensors;
        const char *why;
    } rows[] = {
        {"x:4 -> y = Relu x -> y", 0,
         "only one node depends on the model's input, the Relu node that makes 'y'"},
        {"x:4 -> y = Relu w -> y", 0, "no output depends on an input of the model"},
        {"x:4 -> a = Relu x; b = Relu x; y = Add a b -> y", 1,
         "2 or more tensors cross everywhere, such as 'x', 'a' (--max-tensors 2 gives 3 cuts)"},
        {"x:4 -> a = SequenceConstruct x; b = SequenceAt a wi; y = Relu b -> y", 0, "b"},
        {"x:4 -> a = SequenceConstruct x; y = ConcatFromSequence a -> y", 0,
         "every cut would send a value that is no dense tensor, such as 'a' (a sequence)"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        check(rows[i].net, (ais_onnx_cuts_options){.max_tensors = rows[i].max_tensors},
              rows[i].why);
}

/* A model that is one If, and one with an If that reads what is made before it. */
static void make_if(bool captures, onnx_net *net)
{
    AIS_SCOPED(ais_str) graph = {0}, node = {0}, then = {0}, other = {0};
    onnx_input(&graph, "x", ONNX_FLOAT, "4");
    onnx_input(&graph, "p", ONNX_BOOL, "");
    if (captures)
        onnx_node(&graph, "Relu", "x", "a");
    onnx_node(&then, "Relu", captures ? "a" : "x", "t");
    onnx_output(&then, "t", ONNX_FLOAT, "4");
    onnx_node(&other, "Neg", captures ? "a" : "x", "e");
    onnx_output(&other, "e", ONNX_FLOAT, "4");
    onnx_node_fields(&node, "If", "p", "y");
    onnx_graph_attribute(&node, "then_branch", &then);
    onnx_graph_attribute(&node, "else_branch", &other);
    pb_message(&graph, 1, &node);
    onnx_output(&graph, "y", ONNX_FLOAT, "4");
    *net = (onnx_net){.model = NULL};
    onnx_finish(&graph, 8, &net->bytes);
    const ais_onnx_bytes bytes = {.data = (const uint8_t *)net->bytes.data,
                                  .length = net->bytes.length};
    assert_int_equal(ais_onnx_parse("if.onnx", bytes, &net->model, NULL), 0);
    assert_int_equal(ais_onnx_infer(net->model, NULL, &net->facts, NULL), 0);
}

static void test_a_node_with_graphs_inside_is_never_cut_through(void **state)
{
    (void)state;
    const ais_onnx_cuts_options options = {.parts = 2};
    onnx_net net;
    make_if(false, &net);
    AIS_FREE char *why = find(&net, options);
    assert_string_equal(why,
                        "only one node depends on the model's input, the If node that makes 'y', "
                        "and what is inside of it cannot be cut through");
    onnx_net_clear(&net);
    make_if(true, &net);
    AIS_FREE char *found = find(&net, options);
    assert_string_equal(found, "p, a"); /* what is read inside is an input of the node */
    onnx_net_clear(&net);
}

static void test_options_are_held_against_their_limits(void **state)
{
    (void)state;
    static const struct {
        ais_onnx_cuts_options options;
        ais_error_code code;
        const char *message;
    } rows[] = {
        {{.parts = 9}, AIS_E_LIMIT, "9 parts are asked for (at most 8)"},
        {{.parts = 1}, AIS_E_INPUT, "one part is no cut (ask for 2 to 8)"},
        {{.max_tensors = 17}, AIS_E_LIMIT, "17 tensors a cut are asked for (at most 16)"},
        {{.rule = AIS_ONNX_RULE_STUDIO, .parts = 3},
         AIS_E_INPUT,
         "3 parts are asked for (the rule studio makes two)"},
    };
    onnx_net net;
    onnx_net_make("x:4 -> a = Relu x; y = Relu a -> y", &net);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        AIS_AUTO(ais_error) err = NULL;
        ais_onnx_cuts *cuts = NULL;
        assert_int_equal(ais_onnx_find_cuts(net.model, net.facts, &rows[i].options, &cuts, &err),
                         -1);
        assert_int_equal(ais_error_get_code(err), rows[i].code);
        assert_string_equal(ais_error_get_message(err), rows[i].message);
        assert_null(cuts);
    }
    onnx_net_clear(&net);
}

static void test_the_search_stops_at_its_limit_and_says_so(void **state)
{
    (void)state;
    onnx_net net;
    onnx_net_make("x:4 -> a = Relu x; b = Relu a; c = Relu b; y = Relu c -> y", &net);
    for (size_t parts = 2; parts <= 3; parts++)
        for (size_t limit = 1; limit <= 3; limit++) {
            const ais_onnx_cuts_options options = {.parts = parts, .limit = limit};
            AIS_AUTO(ais_onnx_cuts) cuts = NULL;
            assert_int_equal(ais_onnx_find_cuts(net.model, net.facts, &options, &cuts, NULL), 0);
            assert_true(cuts->total <= limit);
            assert_int_equal(cuts->truncated, limit < 3);
            assert_int_equal(cuts->partial, limit < 3); /* there are three cuts, too */
        }
    onnx_net_clear(&net);
}

/* Three branches side by side between 'a' and 'e', and again between 'e' and 'y'. */
static const char two_blocks[] =
    "x:4 -> a = Abs x; b = Abs a; c = Abs a; d = Abs a; b1 = Abs b; c1 = Abs c; d1 = Abs d; "
    "e = Sum b1 c1 d1; f = Abs e; g = Abs e; h = Abs e; y = Sum f g h -> y";

/* However few steps there are: no cut twice, and all of one tensor. */
static void test_a_tired_search_keeps_the_ends_of_blocks(void **state)
{
    (void)state;
    onnx_net net;
    onnx_net_make(two_blocks, &net);
    AIS_AUTO(ais__onnx_flow) flow = ais__onnx_flow_new(net.model, net.facts);
    size_t last = 0;
    bool done = false;
    for (uint64_t steps = 0; !done; steps++) {
        __attribute__((cleanup(ais__onnx_search_clear))) ais__onnx_search search;
        ais__onnx_search_init(&search, flow, 4, 1000, true);
        search.steps_left = steps;
        ais__onnx_search_run(&search);
        size_t single = 0;
        for (size_t i = 0; i < search.count; i++) {
            single += search.found[i].cut.value_count == 1;
            for (size_t k = 0; k < i; k++)
                assert_true(search.found[i].cut.value_count != search.found[k].cut.value_count ||
                            memcmp(search.found[i].cut.values, search.found[k].cut.values,
                                   search.found[i].cut.value_count * sizeof(size_t)) != 0);
        }
        assert_int_equal(single, 2);
        assert_false(search.truncated);
        assert_true(search.count >= last);
        last = search.count;
        done = !search.tired;
    }
    assert_true(last > 20);
    onnx_net_clear(&net);
}

/* 2,000 branches have a thousand million sets with four tensors, and each step is as long as they are many. */
static void test_branches_beyond_counting_take_seconds_only(void **state)
{
    (void)state;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    AIS_SCOPED(ais_str) sum = {.data = NULL};
    ais_str_add(&text, "x:4 -> a = Abs x");
    for (int i = 0; i < 2000; i++) {
        ais_str_add_format(&text, "; b%d = Abs a", i);
        ais_str_add_format(&sum, " b%d", i);
    }
    ais_str_add_format(&text, "; y = Sum%s -> y", ais_str_get(&sum));
    onnx_net net;
    onnx_net_make(ais_str_get(&text), &net);
    const ais_onnx_cuts_options options = {.parts = 2};
    AIS_AUTO(ais_onnx_cuts) cuts = NULL;
    assert_int_equal(ais_onnx_find_cuts(net.model, net.facts, &options, &cuts, NULL), 0);
    assert_true(cuts->total > 0 && cuts->total < AIS_ONNX_MAX_CUTS);
    assert_true(cuts->truncated);
    assert_true(cuts->partial);
    onnx_net_clear(&net);
}

static void test_studio_lists_by_elements_what_separates_the_model(void **state)
{
    (void)state;
    static const struct {
        const char *net;
        const char *expected;
    } rows[] = {
        /* Relu's outputs are no candidates; fewer elements first, open sizes count as 1 */
        {"x:N,4 -> a = Abs x; b = Relu a; c = MatMul b w; d = Abs c; y = Abs d -> y", "c; d; a"},
        {"x:4 -> a = Abs x; b = Abs a; c = Abs b; y = Add a c -> y", "a"},
        {"x:4 -> a = Abs x; b = Abs x; e = Abs a; y = Abs b -> e y",
         "none of the 2 tensors that the rule studio tries is on every path from the inputs to the "
         "outputs"},
        {"x:4 -> a = Relu x; y = Relu a -> y",
         "the sizes of no tensor between two nodes are known"},
    };
    for (size_t i = 0; i < AIS_COUNT(rows); i++)
        check(rows[i].net, (ais_onnx_cuts_options){.rule = AIS_ONNX_RULE_STUDIO}, rows[i].expected);
}

/* ---- cuts that the user names ---- */

static void test_a_named_cut_says_why_it_is_none(void **state)
{
    (void)state;
    static const char text[] = "x:4 -> aaa = Relu x; bbb = Relu aaa; ccc = Relu bbb; k = Relu w; "
                               "ddd = Add aaa ccc; seq = SequenceConstruct ddd; "
                               "eee = ConcatFromSequence seq; dead = Relu eee; y = Add eee k -> y";
    static const struct {
        const char *names[3];
        const char *message;
    } rows[] = {
        {{"aab"}, "error: the model has no tensor 'aab' (is 'aaa' meant?)\n"},
        {{"zzzzzz"}, "error: the model has no tensor 'zzzzzz'\n"},
        {{"w"}, "error: 'w' is a weight, which each part has for itself\n"},
        {{"k"}, "error: 'k' needs no input of the model: each part makes it for itself\n"},
        {{"dead"}, "error: 'dead' leads to no output of the model\n"},
        {{"seq"}, "error: 'seq' is no dense tensor, so it cannot be sent\n"},
        {{"aaa", "aaa"}, "error: 'aaa' is named twice\n"},
        {{"bbb"},
         "error: these tensors do not separate the model: around them leads 'x' -> 'aaa' -> 'ddd' "
         "-> "
         "'seq' -> 'eee' -> 'y' (name a tensor of that way, too)\n"},
        {{"aaa", "bbb"}, NULL},
        {{"aaa", "eee"}, "error: nothing behind the cut needs 'aaa': leave it out\n"},
        {{"x"}, "error: nothing is left before the cut\n"},
        {{"y"}, "error: nothing is left behind the cut\n"},
    };
    onnx_net net;
    onnx_net_make(text, &net);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        ais_error *err = NULL;
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        ais_onnx_cut cut = {.value_count = 0};
        size_t count = 0;
        while (count < 3 && rows[i].names[count] != NULL)
            count++;
        const int status =
            ais_onnx_cut_at(net.model, net.facts, rows[i].names, count, arena, &cut, &err);
        assert_int_equal(status, rows[i].message != NULL ? -1 : 0);
        assert_int_equal(cut.value_count, rows[i].message != NULL ? 0 : count);
        AIS_FREE char *message = unit_error(&err);
        assert_string_equal(message, rows[i].message != NULL ? rows[i].message : "");
    }
    onnx_net_clear(&net);
}

static void test_a_named_cut_has_all_its_tensors_between_the_same_sides(void **state)
{
    (void)state;
    static const char text[] = "x:4 -> a = Relu x; u = Relu a; v = Relu u; s = Relu u; "
                               "p q = Split s; y = Sum p q; z = Relu v -> y z";
    static const struct {
        const char *names[3];
        const char *message;
    } rows[] = {
        {{"a", "v"}, "error: 'u' is needed on both sides of the cut (name it, too)\n"},
        {{"u", "p"}, "error: 'p' is made behind the other tensors: leave it out\n"},
        {{"u", "v"}, NULL},
    };
    onnx_net net;
    onnx_net_make(text, &net);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        ais_error *err = NULL;
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        ais_onnx_cut cut;
        ais_onnx_cut_at(net.model, net.facts, rows[i].names, 2, arena, &cut, &err) == 0
            ? assert_null(rows[i].message)
            : assert_non_null(rows[i].message);
        AIS_FREE char *message = unit_error(&err);
        assert_string_equal(message, rows[i].message != NULL ? rows[i].message : "");
    }
    onnx_net_clear(&net);
}

/* Also where FLOPs do not tell which of them comes first. */
static void test_named_cuts_are_put_in_the_order_of_the_chain(void **state)
{
    (void)state;
    static const char text[] = "x:4 -> p = Identity x; q = Identity x; r = Identity p; "
                               "y = Add q r -> y";
    static const struct {
        const char *names[2][2];
        const char *result;
    } rows[] = {
        {{{"x", "r"}, {"x", "p"}}, "x, p | x, r"},
        {{{"x", "p"}, {"x", "r"}}, "x, p | x, r"},
        {{{"q", "r"}, {"x", "p"}}, "x, p | q, r"},
        {{{"x", "r"}, {"p", "q"}},
         "error: of the cuts at 'x' and at 'p' neither is behind the other\n"},
        {{{"q", "r"}, {"r", "q"}}, "error: two cuts are at 'q'\n"},
    };
    onnx_net net;
    onnx_net_make(text, &net);
    for (size_t i = 0; i < AIS_COUNT(rows); i++) {
        ais_error *err = NULL;
        AIS_AUTO(ais_arena) arena = ais_arena_new();
        ais_onnx_cut cuts[2];
        for (size_t k = 0; k < 2; k++)
            assert_int_equal(
                ais_onnx_cut_at(net.model, net.facts, rows[i].names[k], 2, arena, &cuts[k], &err),
                0);
        const int status = ais_onnx_order_cuts(net.model, net.facts, 2, arena, cuts, &err);
        AIS_FREE char *first = onnx_net_names(&net, cuts[0].values, 2);
        AIS_FREE char *second = onnx_net_names(&net, cuts[1].values, 2);
        AIS_FREE char *message = unit_error(&err);
        AIS_FREE char *order = ais_format("%s | %s", first, second);
        assert_string_equal(status == 0 ? order : message, rows[i].result);
    }
    ais_error *err = NULL;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    assert_int_equal(ais_onnx_order_cuts(net.model, net.facts, 8, arena, NULL, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    AIS_FREE char *many = unit_error(&err);
    assert_string_equal(many, "error: 8 cuts make 9 parts (at most 8)\n");
    onnx_net_clear(&net);
}

static void test_a_named_cut_has_one_to_sixteen_tensors(void **state)
{
    (void)state;
    onnx_net net;
    onnx_net_make("x:4 -> a = Relu x; y = Relu a -> y", &net);
    const char *names[17];
    for (size_t i = 0; i < AIS_COUNT(names); i++)
        names[i] = "a";
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_onnx_cut cut;
    ais_error *err = NULL;
    assert_int_equal(ais_onnx_cut_at(net.model, net.facts, names, 0, arena, &cut, &err), -1);
    AIS_FREE char *none = unit_error(&err);
    assert_string_equal(none, "error: no tensor is named to cut at\n");
    assert_int_equal(ais_onnx_cut_at(net.model, net.facts, names, 17, arena, &cut, &err), -1);
    assert_int_equal(ais_error_get_code(err), AIS_E_LIMIT);
    AIS_FREE char *many = unit_error(&err);
    assert_string_equal(many, "error: 17 tensors are named (at most 16)\n");
    onnx_net_clear(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts_of_hand_worked_graphs),
        cmocka_unit_test(test_a_cut_is_priced),
        cmocka_unit_test(test_the_front_comes_first_and_its_best_compromise_before_all),
        cmocka_unit_test(test_a_model_without_a_cut_says_why),
        cmocka_unit_test(test_a_node_with_graphs_inside_is_never_cut_through),
        cmocka_unit_test(test_options_are_held_against_their_limits),
        cmocka_unit_test(test_the_search_stops_at_its_limit_and_says_so),
        cmocka_unit_test(test_a_tired_search_keeps_the_ends_of_blocks),
        cmocka_unit_test(test_branches_beyond_counting_take_seconds_only),
        cmocka_unit_test(test_studio_lists_by_elements_what_separates_the_model),
        cmocka_unit_test(test_a_named_cut_says_why_it_is_none),
        cmocka_unit_test(test_a_named_cut_has_all_its_tensors_between_the_same_sides),
        cmocka_unit_test(test_named_cuts_are_put_in_the_order_of_the_chain),
        cmocka_unit_test(test_a_named_cut_has_one_to_sixteen_tensors),
    };
    return cmocka_run_group_tests_name("onnx_cuts", tests, NULL, NULL);
}
