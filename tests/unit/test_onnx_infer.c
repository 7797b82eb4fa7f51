/* Inference as a whole: sizes that are given, what is declared, shapes that are computed with, sub-graphs,
 * what nodes cost, and the rule of AI-SPRINT Studio. */
#include "onnx/infer_priv.h"
#include "support/onnx_says.h"
#include "support/unit.h"

static void hold(const char *graph, int opset, const ais_onnx_facts_options *options,
                 const char *expected)
{
    AIS_FREE char *says = onnx_says(graph, opset, options);
    if (!ais_str_equal(says, expected))
        fail_msg("%s\n  says '%s'\n  not  '%s'", graph, says, expected);
}

/* ---- sizes and declarations ---- */

static void hold_size(const char *symbol, int64_t size, const char *expected)
{
    const ais_onnx_size sizes[] = {{.symbol = symbol, .size = size}};
    const ais_onnx_facts_options options = {.sizes = sizes, .size_count = 1};
    hold("x: float[batch,3]; w = float[3,4]; y = MatMul(x, w); -> y: float[batch,rows]", 13,
         &options, expected);
}

static void test_infer_takes_sizes_for_symbols(void **state)
{
    (void)state;
    hold_size("batch", 8, "y: float[8,4]");
    hold_size("rows", 4, "y: float[batch,4]");
    hold_size("rows", 5,
              "error: the node that makes 'y' (MatMul): axis 1 of 'y' is declared to have size 5, "
              "but has 4");
    hold_size("bach", 8, "error: no size of the model is named 'bach' (did you mean 'batch'?)");
    hold_size("height", 8,
              "error: no size of the model is named 'height' (it has 'batch', 'rows')");
    hold_size("batch", 0, "error: size 0 for 'batch' (must be 1 or more)");
    hold_size("batch", -3, "error: size -3 for 'batch' (must be 1 or more)");
    const ais_onnx_size sizes[] = {{.symbol = "N", .size = 1}};
    const ais_onnx_facts_options options = {.sizes = sizes, .size_count = 1};
    hold("x: float[2]; y = Relu(x); -> y", 13, &options,
         "error: no size of the model is named 'N' (all of its sizes are fixed)");
}

static void test_infer_errors_name_the_file_and_the_task(void **state)
{
    AIS_SCOPED(onnx_said) said = {.model = NULL};
    (void)state;
    onnx_said_read("x: float[2]; y = Softmax@s(x) axis=3; -> y", 13, NULL, &said);
    assert_int_equal(ais_error_get_code(said.err), AIS_E_INPUT);
    AIS_FREE char *text = unit_error(&said.err);
    assert_string_equal(text, "m.onnx: error: node 's' (Softmax): axis 3 of 1 axes\n"
                              "  while inferring the shapes of 'm.onnx'\n");
}

static void test_infer_merges_what_is_declared(void **state)
{
    (void)state;
    hold("x: float; y = Relu(x); -> y: float[N,3]", 13, NULL, "y: float[N,3]");
    hold("x: float[?,3]; y = Relu(x); -> y: float[N,3]", 13, NULL, "y: float[N,3]");
    hold("x: float[N,3]; y = Relu(x); -> y: float[out,?]", 13, NULL, "y: float[N,3]");
    hold("x: float[N,3]; y = NonZero(x); z = Neg(y); info y: int64[2,hits]; -> z", 13, NULL,
         "z: int64[2,hits]");
    hold("x: float[N,3]; y = com.microsoft/Mine(x); z = Relu(y); info y: float[N]; -> z", 13, NULL,
         "z: float[N]");
    hold("x: float[2,3]; y = Relu@r(x); -> y: float[2,4]", 13, NULL,
         "error: node 'r' (Relu): axis 1 of 'y' is declared to have size 4, but has 3");
    hold("x: float[2,3]; y = Relu@r(x); -> y: float[6]", 13, NULL,
         "error: node 'r' (Relu): 'y' is declared to have 1 axes, but has 2");
    hold("x: float[2,3]; y = Relu@r(x); -> y: double[2,3]", 13, NULL,
         "error: node 'r' (Relu): 'y' is declared as double, but is float");
    hold("x: float[2,3]; y = Relu@r(x); -> y: seq float[2,3]", 13, NULL,
         "error: node 'r' (Relu): 'y' is declared as a sequence, but is a tensor");
    hold("x: float[2]; w: float[2]; w = float[3]; y = Add(x, w); -> y", 13, NULL,
         "error: input 'w' is declared otherwise than its initializer is");
}

/* ---- shapes that the model computes ---- */

static void test_infer_follows_shapes(void **state)
{
    (void)state;
    /* as PyTorch writes x.view(x.size(0), -1) */
    hold("x: float[N,3,8,8]; s = Shape(x); i = int64(0); n = Gather(s, i); a = int64{0};"
         "u = Unsqueeze(n, a); r = int64{-1}; t = Concat(u, r) axis=0; y = Reshape(x, t); -> y",
         13, NULL, "y: float[N,192]");
    /* half of the height, doubled */
    hold("x: float[N,3,10,W]; s = Shape(x); b = int64{2}; e = int64{3}; h = Slice(s, b, e);"
         "two = int64{2}; q = Div(h, two); d = Mul(q, two); one = int64{1}; m = int64{-1};"
         "f = int64{0}; n = Slice(s, f, one); t = Concat(n, d, m) axis=0; y = Reshape(x, t); -> y",
         13, NULL, "y: float[N,10,?]");
    hold("x: float[N,4]; s = Shape(x); v = ConstantOfShape(s) value=<int64{3}>; -> v", 13, NULL,
         "v: int64[N,4]");
    hold("z = int64(0); d = int64(2); x: float[9]; s = Shape(x); i = int64(0); n = Gather(s, i);"
         "r = Range(z, n, d); -> r",
         13, NULL, "r: int64[5]");
    hold("x: float[N]; s = Shape(x); i = int64(0); n = Gather(s, i); z = int64(0); o = int64(1);"
         "r = Range(z, n, o); -> r",
         13, NULL, "r: int64[N]");
    /* scales as Upsample's exporter computes them */
    hold("x: float[1,2,5,7]; s = Shape(x); f = Cast(s) to=1; c = float{1,1,2,3}; p = Mul(f, c);"
         "t = Floor(p); g = Cast(t) to=7; y = Resize(x, , , g); -> y",
         13, NULL, "y: float[1,2,10,21]");
    /* Expand(x, where(size == -1, 1, size)) */
    hold("x: float[1,N]; t = int64{-1,5,1}; m = int64{-1,-1,-1}; e = Equal(t, m);"
         "o = int64{1,1,1}; w = Where(e, o, t); r = int64{1,1,0}; k = Reshape(x, r) allowzero=0;"
         "u = Expand(k, w); -> u",
         13, NULL, "error: the node that makes 'k' (Reshape): the target keeps axis 3 of 2");
    hold("x: float[N,2,3]; s = Shape(x) start=1; p = ReduceProd(s) keepdims=1; m = int64{-1};"
         "t = Concat(m, p) axis=0; y = Reshape(x, t); -> y",
         15, NULL, "y: float[N,6]");
    hold("x: float[2,3]; s = Size(x); a = int64{0}; t = Unsqueeze(s, a); y = Reshape(x, t); -> y",
         13, NULL, "y: float[6]");
    hold("x: float[N]; c = float{0, 2, 0, 3}; z = NonZero(c); t = Transpose(z) perm=[1,0]; -> t",
         13, NULL, "t: int64[2,1]");
}

static void test_infer_saturates(void **state)
{
    (void)state;
    hold("x: float[4611686018427387904,4]; y = Flatten(x) axis=0; -> y", 13, NULL,
         "y: float[1,9223372036854775807]");
    hold("x: float[9223372036854775807,2]; r = int64{2,9223372036854775807}; y = Tile(x, r); -> y",
         13, NULL, "y: float[9223372036854775807,9223372036854775807]");
    hold("x: float[9223372036854775807]; p = int64{1,1}; y = Pad(x, p); -> y", 13, NULL,
         "y: float[9223372036854775807]");
    hold("x: float[2]; s = int64{-9223372036854775807}; y = Reshape@r(x, s); -> y", 13, NULL,
         "error: node 'r' (Reshape): size -9223372036854775807 in the target");
    hold("x: float[1,1,9]; y = MaxPool@p(x) kernel_shape=[9223372036854775807] "
         "pads=[9223372036854775807,0]; -> y",
         13, NULL, "y: float[1,1,1]");
}

/* ---- sub-graphs ---- */

static void test_infer_enters_branches(void **state)
{
    (void)state;
    hold("c: bool[]; x: float[N,3]; y = If(c) then_branch={ a = Relu(x); -> a } "
         "else_branch={ b = int64{0}; d = ReduceSum(x, b); -> d }; -> y",
         13, NULL, "y: float[?,3]");
    hold("c = bool(1); x: float[N,3]; y = If(c) then_branch={ a = Relu(x); -> a } "
         "else_branch={ b = int64{0}; d = ReduceSum(x, b); -> d }; -> y",
         13, NULL, "y: float[N,3]");
    hold("c: bool[]; x: float[2,3]; w: float[4,5]; y = If@i(c) then_branch={ a = MatMul@m(x, w); "
         "-> a } else_branch={ b = Relu(x); -> b }; -> y",
         13, NULL, "error: node 'm' (MatMul): the inner sizes are 3 and 4");
    hold("c: bool[]; x: float[2]; y = If@i(c) then_branch={ a = Relu(x); -> a }; -> y", 13, NULL,
         "error: node 'i' (If): it has no 'else_branch'");
}

static void test_infer_enters_loops(void **state)
{
    (void)state;
    /* three rounds of a state that keeps its shape; each adds a row */
    hold("m = int64(3); c = bool(1); x: float[N,4]; y, rows = Loop(m, c, x) body={"
         "i: int64[]; k: bool[]; s; k2 = Identity(k); t = Relu(s); -> k2, t, t }; -> y, rows",
         13, NULL, "y: float[N,4], rows: float[?,N,4]");
    hold("m = int64(3); x: float[N,4]; y, rows = Loop(m, , x) body={"
         "i: int64[]; k: bool[]; s; k2 = Constant() value=<bool(1)>; t = Relu(s); -> k2, t, t };"
         "-> y, rows",
         13, NULL, "y: float[N,4], rows: float[3,N,4]");
    /* a state that grows keeps its rank only */
    hold("m: int64[]; c: bool[]; x: float[1,4]; y = Loop(m, c, x) body={"
         "i: int64[]; k: bool[]; s; k2 = Identity(k); t = Concat(s, s) axis=0; -> k2, t }; -> y",
         13, NULL, "y: float[?,4]");
    hold("h: float[2]; x: float[T,2]; y, all = Scan(h, x) num_scan_inputs=1 body={"
         "a: float[2]; b: float[2]; s = Add(a, b); -> s, s }; -> y, all",
         13, NULL, "y: float[2], all: float[T,2]");
    hold("h: float[2]; x: float[T,2]; y = Scan@scan(h, x) num_scan_inputs=3 body={"
         "a: float[2]; -> a }; -> y",
         13, NULL, "error: node 'scan' (Scan): 3 sequences among 2 inputs");
    hold("s: seq float[2]; x: float[2]; y = SequenceMap(s, x) body={"
         "a; b; c = Add(a, b); -> c }; -> y",
         17, NULL, "y: seq float[2]");
}

/* ---- costs ---- */

typedef struct flops_case {
    int opset;
    const char *graph;
    double flops;
} flops_case;

static void test_flops_by_family(void **state)
{
    static const flops_case cases[] = {
        {.opset = 13, .graph = "x: float[2,3]; y = Relu(x); -> y", .flops = 6},
        {.opset = 13, .graph = "x: float[2,3]; y = Sigmoid(x); -> y", .flops = 24},
        {.opset = 13, .graph = "x: float[2,3]; b: float[3]; y = Sum(x, b, b); -> y", .flops = 12},
        {.opset = 13, .graph = "x: float[2,3]; y = Transpose(x); -> y", .flops = 0},
        {.opset = 13, .graph = "x: float[N,3]; y = Relu(x); -> y", .flops = 3},
        {.opset = 13, .graph = "x: float[2,3]; y = ReduceMean(x) axes=[1]; -> y", .flops = 6},
        /* 2 * (4 * 6 * 6) * (3 / 1 * 9) + 144 */
        {.opset = 11,
         .graph = "x: float[1,3,8,8]; w = float[4,3,3,3]; b = float[4]; y = Conv(x, w, b); -> y",
         .flops = 7920},
        /* depthwise: 2 * (8 * 6 * 6) * 9 */
        {.opset = 11,
         .graph = "x: float[1,8,8,8]; w = float[8,1,3,3]; y = Conv(x, w) group=8; -> y",
         .flops = 5184},
        /* 2 * 6 * 4 * (2 * 3) */
        {.opset = 11,
         .graph = "x: float[1,6,4]; w = float[6,2,3]; y = ConvTranspose(x, w) group=3; -> y",
         .flops = 288},
        {.opset = 13,
         .graph = "a: float[5,2,3]; b: float[3,4]; y = MatMul(a, b); -> y",
         .flops = 240},
        /* 2 * 8 * 3 + 8 */
        {.opset = 13,
         .graph = "a: float[3,2]; b: float[3,4]; c: float[4]; y = Gemm(a, b, c) transA=1; -> y",
         .flops = 56},
        {.opset = 12,
         .graph = "x: float[1,1,6]; y = MaxPool(x) kernel_shape=[3]; -> y",
         .flops = 12},
        {.opset = 13, .graph = "x: float[1,2,6]; y = GlobalAveragePool(x); -> y", .flops = 12},
        /* 7 * 2 * 1 * 5 * (2 * 4 * (3 + 5) + 26) */
        {.opset = 14,
         .graph = "x: float[7,2,3]; w = float[1,20,3]; r = float[1,20,5]; y = LSTM(x, w, r) "
                  "hidden_size=5; -> y",
         .flops = 6300},
        {.opset = 12,
         .graph = "a: float[2,3]; b: float[3,4]; y = Einsum(a, b) equation='ij,jk->ik'; -> y",
         .flops = 48},
        /* 2 * (2 * 8 * 10) * 2^2 */
        {.opset = 13,
         .graph = "x: float[1,2,4,5]; s = float{1,1,2,2}; y = Resize(x, , s) mode='linear'; -> y",
         .flops = 1280},
        {.opset = 13,
         .graph = "x: float[1,2,4,5]; s = float{1,1,2,2}; y = Resize(x, , s); -> y",
         .flops = 0},
        /* 2 signals of 5 * 8 * 3 */
        {.opset = 17, .graph = "x: float[2,8,1]; y = DFT(x); -> y", .flops = 240},
        {.opset = 11, .graph = "x: float[2,3,3]; y = Det(x); -> y", .flops = 36},
        /* the costlier branch */
        {.opset = 13,
         .graph = "c: bool[]; x: float[6]; y = If(c) then_branch={ a = Sigmoid(x); -> a } "
                  "else_branch={ b = Relu(x); -> b }; -> y",
         .flops = 24},
        {.opset = 13,
         .graph = "m = int64(10); c: bool[]; x: float[6]; y = Loop(m, c, x) body={ i: int64[];"
                  "k: bool[]; s; k2 = Identity(k); t = Relu(s); -> k2, t }; -> y",
         .flops = 60},
    };
    (void)state;
    for (size_t i = 0; i < AIS_COUNT(cases); i++) {
        const double flops = onnx_says_flops(cases[i].graph, cases[i].opset);
        if (flops != cases[i].flops)
            fail_msg("%s: %.1f FLOPs, not %.1f", cases[i].graph, flops, cases[i].flops);
    }
}

static void test_weights_count_where_they_are_first_read(void **state)
{
    AIS_SCOPED(onnx_said) said = {.model = NULL};
    (void)state;
    onnx_said_read(
        "x: float[N,3]; w = float[3]; unused = float[9]; k = Constant() value=<float{1,2,3}>;"
        "a = Add(x, w); b = Mul(a, w); c = Add(b, k); d = RandomNormal() shape=[3];"
        "e = Neg(k); -> c, d, e",
        13, NULL, &said);
    assert_null(said.err);
    static const uint64_t bytes[] = {0, 12, 0, 12, 0, 0};
    static const bool constant[] = {true, false, false, false, false, true};
    for (size_t i = 0; i < AIS_COUNT(bytes); i++) {
        assert_int_equal(said.facts->weight_bytes[i], bytes[i]);
        assert_int_equal(said.facts->constant[i], constant[i]);
    }
}

static void test_what_is_assumed_and_not_understood_is_listed(void **state)
{
    AIS_SCOPED(onnx_said) said = {.model = NULL};
    AIS_SCOPED(onnx_said) whole = {.model = NULL};
    bool estimated = false;
    (void)state;
    onnx_said_read("x: float[N,3,W]; y = com.microsoft/Mine(x); z = com.microsoft/Mine(y);"
                   "t = Nothing(x); -> z, t",
                   13, NULL, &said);
    assert_null(said.err);
    assert_int_equal(said.facts->unknown_op_count, 2);
    assert_string_equal(said.facts->unknown_ops[0], "com.microsoft:Mine");
    assert_string_equal(said.facts->unknown_ops[1], "ai.onnx:Nothing");
    assert_int_equal(said.facts->assumed_count, 3);
    assert_string_equal(said.facts->assumed[0], "N");
    assert_string_equal(said.facts->assumed[1], "W");
    assert_string_equal(said.facts->assumed[2], "");
    assert_int_equal(ais_onnx_value_bytes(said.facts, said.model->graph->inputs[0], &estimated),
                     12);
    assert_true(estimated);
    onnx_said_read("x: float16[2,3]; y = Relu(x); -> y", 13, NULL, &whole);
    assert_int_equal(whole.facts->assumed_count, 0);
    assert_int_equal(ais_onnx_value_bytes(whole.facts, whole.model->graph->outputs[0], &estimated),
                     12);
    assert_false(estimated);
}

/* ---- the rule of AI-SPRINT Studio ---- */

static void test_studio_knows_no_more_than_onnx_1_12(void **state)
{
    static const ais_onnx_facts_options studio = {.rule = AIS_ONNX_RULE_STUDIO};
    (void)state;
    /* shapes that are computed with are not followed */
    hold("x: float[2,3]; s = Shape(x); y = Reshape(x, s); -> y", 13, &studio, "y: float");
    hold("x: float[2,3]; s = int64{3,2}; y = Reshape(x, s); -> y", 13, &studio, "y: float[3,2]");
    hold("x: float[2,3]; s = Constant() value=<int64{3,2}>; y = Reshape(x, s); -> y", 13, &studio,
         "y: float[3,2]");
    /* open sizes get names */
    hold("x: float[N,M]; y = Flatten(x) axis=0; -> y", 13, &studio, "y: float[1,unk__0]");
    hold("x: float[unk__0,M]; y = Flatten(x) axis=0; -> y", 13, &studio, "y: float[1,unk__1]");
    /* what contradicts is swallowed at the node, not at declarations */
    hold("x: float[2,3]; b: float[2]; y = Add(x, b); -> y", 13, &studio, "y: ?");
    hold("x: float[2,3]; y = Relu@r(x); -> y: float[2,4]", 13, &studio,
         "error: node 'r' (Relu): axis 1 of 'y' is declared to have size 4, but has 3");
    /* newer operators are not known */
    hold("x: float[2,3]; y = Gelu(x); -> y", 20, &studio, "y: ?");
}

/* ---- every rule, whatever it gets ---- */

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Values of all kinds: tensors of several ranks, constants, nothing, a sequence. */
static const char values[] =
    "a: float[2,3,4,5]; b: float[N,3]; c: float; d: int64[]; e = int64{1,-1}; f = float{1,2};"
    "g: int64[4]; h = int64(0); i: seq float[2]; j: bool[2]; k = float[4,3,3,3]; l: string[?];"
    "m: float[0,2]; n = int64{9223372036854775807,0,-9223372036854775807};";
static const char *const attributes[] = {
    "",
    "axis=-3",
    "axis=1",
    "kernel_shape=[2,2]",
    "perm=[1,0]",
    "axes=[0,-1]",
    "blocksize=2",
    "shape=[1,2]",
    "to=7",
    "num_scan_inputs=1",
    "equation='ab,bc->ac'",
    "pads=[0,1,1,9223372036854775807]",
    "hidden_size=3",
    "value_int=3",
    "split=[1,1]",
    "group=9223372036854775807",
    "output_shape=[1,2]",
    "scales=[1.0,2.0]",
    "body={ x; -> x }",
    "then_branch={ y = Relu(a); -> y } else_branch={ z = Neg(b); -> z }",
    "keepdims=0 axis=0",
};

static void test_every_rule_survives_any_node(void **state)
{
    uint64_t seed = unit_seed() * 2 + 1;
    (void)state;
    for (size_t family = 0; ais__onnx_family_at(family) != NULL; family++)
        for (size_t op = 0; op < ais__onnx_family_at(family)->count; op++)
            for (int round = 0; round < 24; round++) {
                const ais__onnx_family *f = ais__onnx_family_at(family);
                AIS_SCOPED(ais_str) text = {.data = NULL};
                ais_str_add_format(&text, "%sy, z = %s%s%s(", values, f->domain,
                                   f->domain[0] != '\0' ? "/" : "", f->ops[op].name);
                const uint64_t inputs = next(&seed) % 7;
                for (uint64_t i = 0; i < inputs; i++)
                    ais_str_add_format(&text, "%s%c", i > 0 ? "," : "",
                                       (char)('a' + next(&seed) % 14));
                ais_str_add_format(&text, ") %s\n; -> y, z",
                                   attributes[next(&seed) % AIS_COUNT(attributes)]);
                const ais_onnx_facts_options options = {
                    .rule = next(&seed) % 2 == 0 ? AIS_ONNX_RULE_PARETO : AIS_ONNX_RULE_STUDIO};
                AIS_FREE char *says =
                    onnx_says(ais_str_get(&text), 7 + (int)(next(&seed) % 15), &options);
                assert_non_null(says);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_infer_takes_sizes_for_symbols),
        cmocka_unit_test(test_infer_errors_name_the_file_and_the_task),
        cmocka_unit_test(test_infer_merges_what_is_declared),
        cmocka_unit_test(test_infer_follows_shapes),
        cmocka_unit_test(test_infer_saturates),
        cmocka_unit_test(test_infer_enters_branches),
        cmocka_unit_test(test_infer_enters_loops),
        cmocka_unit_test(test_flops_by_family),
        cmocka_unit_test(test_weights_count_where_they_are_first_read),
        cmocka_unit_test(test_what_is_assumed_and_not_understood_is_listed),
        cmocka_unit_test(test_studio_knows_no_more_than_onnx_1_12),
        cmocka_unit_test(test_every_rule_survives_any_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
