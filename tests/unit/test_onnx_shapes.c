/* Shapes and types by family of operators: worked out by hand, contradictions with their message. */
#include "support/onnx_says.h"
#include "support/unit.h"

typedef struct shapes_case {
    int opset;
    const char *graph, *says;
} shapes_case;

static void hold(const shapes_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AIS_FREE char *says = onnx_says(cases[i].graph, cases[i].opset, NULL);
        if (!ais_str_equal(says, cases[i].says))
            fail_msg("opset %d\n%s\n  says '%s'\n  not  '%s'", cases[i].opset, cases[i].graph, says,
                     cases[i].says);
    }
}
#define HOLD(cases) hold(cases, AIS_COUNT(cases))

static void test_elementwise_broadcasts(void **state)
{
    static const shapes_case cases[] = {
        {.opset = 13, .graph = "x: float[2,3]; y = Relu(x); -> y", .says = "y: float[2,3]"},
        {.opset = 13,
         .graph = "x: float[2,1,5]; b: float[4,1]; y = Add(x, b); -> y",
         .says = "y: float[2,4,5]"},
        {.opset = 13,
         .graph = "x: float[N,5]; b: float[1,5]; y = Mul(x, b); -> y",
         .says = "y: float[N,5]"},
        {.opset = 13,
         .graph = "x: float[N,5]; b: float[M,5]; y = Mul(x, b); -> y",
         .says = "y: float[?,5]"},
        {.opset = 13,
         .graph = "x: float[N,5]; b: float[7,1]; y = Mul(x, b); -> y",
         .says = "y: float[7,5]"},
        {.opset = 13,
         .graph = "x: float[N,5]; b: int64[N,5]; y = Less(x, x); -> y",
         .says = "y: bool[N,5]"},
        {.opset = 13, .graph = "x: float; y = Relu(x); -> y", .says = "y: float"},
        {.opset = 13,
         .graph = "c: bool[3,1]; a: int32[4]; y = Where(c, a, a); -> y",
         .says = "y: int32[3,4]"},
        {.opset = 13, .graph = "x: float[2]; y = Cast(x) to=7; -> y", .says = "y: int64[2]"},
        {.opset = 15,
         .graph = "x: float[2]; t: float16[9]; y = CastLike(x, t); -> y",
         .says = "y: float16[2]"},
        {.opset = 12,
         .graph = "x: float[2]; y, m = Dropout(x); -> y, m",
         .says = "y: float[2], m: bool[2]"},
        {.opset = 13,
         .graph = "x: float[2,3]; y = Softmax(x) axis=1; -> y",
         .says = "y: float[2,3]"},
        {.opset = 20, .graph = "x: float[N]; y = Gelu(x); -> y", .says = "y: float[N]"},
        {.opset = 13,
         .graph = "x: float[2,3]; b: float[2]; y = Add@sum(x, b); -> y",
         .says = "error: node 'sum' (Add): sizes 3 and 2 do not broadcast (axis -1)"},
        {.opset = 13,
         .graph = "x: float[2,3]; b: float[2]; y = Add(x, b); -> y",
         .says = "error: the node that makes 'y' (Add): sizes 3 and 2 do not broadcast (axis -1)"},
        {.opset = 13,
         .graph = "x: float[2,3]; y = Softmax(x) axis=2; -> y",
         .says = "error: the node that makes 'y' (Softmax): axis 2 of 2 axes"},
    };
    (void)state;
    HOLD(cases);
}

static const shapes_case windows[] = {
    /* (224 + 3 + 3 - 7) / 2 + 1 = 112 */
    {.opset = 11,
     .graph = "x: float[N,3,224,224]; w = float[64,3,7,7]; y = Conv(x, w) pads=[3,3,3,3] "
              "strides=[2,2]; -> y",
     .says = "y: float[N,64,112,112]"},
    /* reach 2 * 2 + 1 = 5: 10 - 5 + 1 */
    {.opset = 11,
     .graph = "x: float[1,4,10]; w = float[8,2,3]; y = Conv(x, w) dilations=[2] group=2; -> y",
     .says = "y: float[1,8,6]"},
    {.opset = 11,
     .graph = "x: float[1,1,5,6]; w = float[1,1,3,3]; y = Conv(x, w) auto_pad='SAME_UPPER' "
              "strides=[2,2]; -> y",
     .says = "y: float[1,1,3,3]"},
    {.opset = 11,
     .graph = "x: float[1,1,5,6]; w = float[1,1,3,3]; y = Conv(x, w) auto_pad='VALID'; -> y",
     .says = "y: float[1,1,3,4]"},
    {.opset = 11,
     .graph = "x: float[1,3,H,W]; w = float[8,3,3,3]; y = Conv(x, w) pads=[1,1,1,1]; -> y",
     .says = "y: float[1,8,H,W]"},
    {.opset = 11,
     .graph = "x: float[1,3,H,W]; w = float[8,3,3,3]; y = Conv(x, w); -> y",
     .says = "y: float[1,8,?,?]"},
    {.opset = 11,
     .graph = "x: float; w = float[8,3,3,3]; y = Conv(x, w); -> y",
     .says = "y: float[?,8,?,?]"},
    /* 2 * (4 - 1) + 3 + 1 - 1 - 0 = 9 */
    {.opset = 11,
     .graph = "x: float[1,6,4]; w = float[6,2,3]; y = ConvTranspose(x, w) strides=[2] group=3 "
              "output_padding=[1] pads=[1,0]; -> y",
     .says = "y: float[1,6,9]"},
    {.opset = 11,
     .graph = "x: float[1,6,4]; w = float[6,2,3]; y = ConvTranspose(x, w) strides=[2] "
              "auto_pad='SAME_LOWER'; -> y",
     .says = "y: float[1,2,8]"},
    {.opset = 11,
     .graph = "x: float[1,6,4]; w = float[6,2,3]; y = ConvTranspose(x, w) output_shape=[11]; -> y",
     .says = "y: float[1,2,11]"},
    /* ceil((7 - 2) / 2) + 1 = 4, and its window begins at 6 < 7 */
    {.opset = 12,
     .graph =
         "x: float[1,1,7]; y, i = MaxPool(x) kernel_shape=[2] strides=[2] ceil_mode=1; -> y, i",
     .says = "y: float[1,1,4], i: int64[1,1,4]"},
    /* ceil((4 + 2 - 1) / 4) + 1 = 3, but the third would begin at 8, in the padding */
    {.opset = 12,
     .graph = "x: float[1,1,4]; y = MaxPool(x) kernel_shape=[1] pads=[0,2] strides=[4] ceil_mode=1;"
              "-> y",
     .says = "y: float[1,1,2]"},
    {.opset = 13,
     .graph = "x: float[N,8,7,7]; y = GlobalAveragePool(x); -> y",
     .says = "y: float[N,8,1,1]"},
    {.opset = 11,
     .graph = "x: float[1,1,2,2]; i: int64[1,1,2,2]; y = MaxUnpool(x, i) kernel_shape=[2,2] "
              "strides=[2,2]; -> y",
     .says = "y: float[1,1,4,4]"},
    {.opset = 11,
     .graph = "x: float[1,4,8,8]; w = float[8,3,3,3]; y = Conv@c(x, w); -> y",
     .says = "error: node 'c' (Conv): the input has 4 channels, the weights are for 3"},
    {.opset = 11,
     .graph = "x: float[1,3,2,2]; w = float[8,3,3,3]; y = Conv@c(x, w); -> y",
     .says = "error: node 'c' (Conv): a window of 3 does not fit into 2"},
    {.opset = 11,
     .graph = "x: float[1,3,8,8]; w = float[8,3,3,3]; y = Conv@c(x, w) strides=[0,1]; -> y",
     .says = "error: node 'c' (Conv): 'strides' has 0 (must be at least 1)"},
    {.opset = 11,
     .graph = "x: float[1,3,8,8]; w = float[8,3,3,3]; y = Conv@c(x, w) pads=[1,1]; -> y",
     .says = "error: node 'c' (Conv): 2 numbers in 'pads' (must be 4)"},
    {.opset = 11,
     .graph = "x: float[1,3,8,8]; y = MaxPool@p(x); -> y",
     .says = "error: node 'p' (MaxPool): 'kernel_shape' is missing"},
};

static void test_convolution_counts_windows(void **state)
{
    (void)state;
    HOLD(windows);
}

static void test_matrices_multiply(void **state)
{
    static const shapes_case cases[] = {
        {.opset = 13,
         .graph = "a: float[N,2,3]; b: float[3,4]; y = MatMul(a, b); -> y",
         .says = "y: float[N,2,4]"},
        {.opset = 13,
         .graph = "a: float[5,1,2,3]; b: float[7,3,4]; y = MatMul(a, b); -> y",
         .says = "y: float[5,7,2,4]"},
        {.opset = 13,
         .graph = "a: float[3]; b: float[3,4]; y = MatMul(a, b); -> y",
         .says = "y: float[4]"},
        {.opset = 13,
         .graph = "a: float[2,3]; b: float[3]; y = MatMul(a, b); -> y",
         .says = "y: float[2]"},
        {.opset = 13,
         .graph = "a: float[3]; b: float[3]; y = MatMul(a, b); -> y",
         .says = "y: float[]"},
        {.opset = 13,
         .graph = "a: float[3,N]; b: float[4,3]; y = Gemm(a, b) transA=1 transB=1; -> y",
         .says = "y: float[N,4]"},
        {.opset = 13,
         .graph = "b: float[4,3]; a: float; y = Gemm(a, b) transB=1; -> y",
         .says = "y: float[?,4]"},
        {.opset = 12,
         .graph =
             "a: float[B,I,J]; b: float[B,J,K]; y = Einsum(a, b) equation='bij,bjk->bik'; -> y",
         .says = "y: float[B,I,K]"},
        {.opset = 12,
         .graph = "a: float[5,2,3]; b: float[3,4]; y = Einsum(a, b) equation='...j,jk'; -> y",
         .says = "y: float[5,2,4]"},
        {.opset = 12,
         .graph = "a: float[3,3]; y = Einsum(a) equation='ii->'; -> y",
         .says = "y: float[]"},
        {.opset = 11, .graph = "a: float[2,3,3]; y = Det(a); -> y", .says = "y: float[2]"},
        {.opset = 10,
         .graph = "a: uint8[2,3]; b: uint8[3,4]; y = MatMulInteger(a, b); -> y",
         .says = "y: int32[2,4]"},
        {.opset = 13,
         .graph = "a: float[2,3]; b: float[4,5]; y = MatMul@m(a, b); -> y",
         .says = "error: node 'm' (MatMul): the inner sizes are 3 and 4"},
        {.opset = 13,
         .graph = "a: float[2,3]; b: float[4,5]; y = Gemm@m(a, b); -> y",
         .says = "error: node 'm' (Gemm): the inner sizes are 3 and 4"},
        {.opset = 12,
         .graph = "a: float[2,3]; b: float[4,5]; y = Einsum@e(a, b) equation='ij,jk'; -> y",
         .says = "error: node 'e' (Einsum): size of a letter is 3 and 4"},
        {.opset = 12,
         .graph = "a: float[2,3]; y = Einsum@e(a) equation='ijk'; -> y",
         .says = "error: node 'e' (Einsum): an operand of 2 axes has 3 letters"},
    };
    (void)state;
    HOLD(cases);
}

static const shapes_case layouts[] = {
    {.opset = 13,
     .graph = "x: float[2,3,4]; s = int64{0,-1}; y = Reshape(x, s); -> y",
     .says = "y: float[2,12]"},
    {.opset = 13,
     .graph = "x: float[N,3,4]; s = int64{0,-1}; y = Reshape(x, s); -> y",
     .says = "y: float[N,12]"},
    {.opset = 13,
     .graph = "x: float[N,3,4]; s = int64{-1,12}; y = Reshape(x, s); -> y",
     .says = "y: float[N,12]"},
    {.opset = 13,
     .graph = "x: float[N,3,4]; s = int64{-1,6}; y = Reshape(x, s); -> y",
     .says = "y: float[?,6]"},
    {.opset = 13,
     .graph = "x: float[2,3]; s: int64[3]; y = Reshape(x, s); -> y",
     .says = "y: float[?,?,?]"},
    {.opset = 14,
     .graph = "x: float[0,3]; s = int64{3,0}; y = Reshape(x, s) allowzero=1; -> y",
     .says = "y: float[3,0]"},
    {.opset = 13, .graph = "x: float[N,3,4,5]; y = Flatten(x); -> y", .says = "y: float[N,60]"},
    {.opset = 13,
     .graph = "x: float[2,N,4,5]; y = Flatten(x) axis=-2; -> y",
     .says = "y: float[?,20]"},
    {.opset = 13,
     .graph = "x: float[1,N,1]; a = int64{0,-1}; y = Squeeze(x, a); -> y",
     .says = "y: float[N]"},
    {.opset = 11, .graph = "x: float[1,4,1]; y = Squeeze(x); -> y", .says = "y: float[4]"},
    {.opset = 13,
     .graph = "x: float[1,N,1]; a: int64[2]; y = Squeeze(x, a); -> y",
     .says = "y: float[?]"},
    {.opset = 13,
     .graph = "x: float[N]; a = int64{0,2}; y = Unsqueeze(x, a); -> y",
     .says = "y: float[1,N,1]"},
    {.opset = 11,
     .graph = "x: float[N]; y = Unsqueeze(x) axes=[-1]; -> y",
     .says = "y: float[N,1]"},
    {.opset = 13,
     .graph = "x: float[N,3,4]; y = Transpose(x) perm=[1,2,0]; -> y",
     .says = "y: float[3,4,N]"},
    {.opset = 13, .graph = "x: float[N,3]; y = Transpose(x); -> y", .says = "y: float[3,N]"},
    {.opset = 13,
     .graph = "x: float[N,3]; b: float[N,4]; y = Concat(x, b) axis=1; -> y",
     .says = "y: float[N,7]"},
    {.opset = 13,
     .graph = "x: float[N,3]; b: float[?,4]; y = Concat(x, b) axis=0; -> y",
     .says = "error: the node that makes 'y' (Concat): size of an axis that is not joined is 3 "
             "and 4"},
    {.opset = 13,
     .graph = "x: float[6,N]; a, b = Split(x); -> a, b",
     .says = "a: float[3,N], b: float[3,N]"},
    {.opset = 13,
     .graph = "x: float[6,N]; s = int64{1,5}; a, b = Split(x, s); -> a, b",
     .says = "a: float[1,N], b: float[5,N]"},
    {.opset = 18,
     .graph = "x: float[7]; a, b, c = Split(x) num_outputs=3; -> a, b, c",
     .says = "a: float[3], b: float[3], c: float[1]"},
    {.opset = 13,
     .graph = "x: float[7]; a, b = Split(x); -> a, b",
     .says = "error: the node that makes 'a' (Split): size 7 does not split evenly into 2"},
    {.opset = 13,
     .graph = "x: float[N,3]; p = int64{0,1,0,2}; y = Pad(x, p); -> y",
     .says = "y: float[N,6]"},
    {.opset = 18,
     .graph = "x: float[4,3]; p = int64{1,2}; a = int64{1}; y = Pad(x, p, , a); -> y",
     .says = "y: float[4,6]"},
    {.opset = 13,
     .graph = "x: float[N,1]; s = int64{2,1,5}; y = Expand(x, s); -> y",
     .says = "y: float[2,N,5]"},
    {.opset = 13,
     .graph = "x: float[N,3]; r = int64{1,2}; y = Tile(x, r); -> y",
     .says = "y: float[N,6]"},
    {.opset = 13,
     .graph = "x: float[1,8,2,3]; y = DepthToSpace(x) blocksize=2; -> y",
     .says = "y: float[1,2,4,6]"},
    {.opset = 13,
     .graph = "x: float[1,2,4,6]; y = SpaceToDepth(x) blocksize=2; -> y",
     .says = "y: float[1,8,2,3]"},
    {.opset = 13,
     .graph = "x: float[2,3]; s = int64{4,-1}; y = Reshape@r(x, s); -> y",
     .says = "error: node 'r' (Reshape): 6 elements do not fill a shape of 4 times n"},
    {.opset = 13,
     .graph = "x: float[2,3]; s = int64{4,2}; y = Reshape@r(x, s); -> y",
     .says = "error: node 'r' (Reshape): 6 elements do not fill a shape of 8"},
    {.opset = 13,
     .graph = "x: float[2,3]; y = Transpose@t(x) perm=[0,0]; -> y",
     .says = "error: node 't' (Transpose): 'perm' has axis 0 twice"},
    {.opset = 13,
     .graph = "x: float[2,3]; a = int64{1}; y = Squeeze@s(x, a); -> y",
     .says = "error: node 's' (Squeeze): axis 1 has size 3 (must be 1)"},
};

static void test_layouts_keep_elements(void **state)
{
    (void)state;
    HOLD(layouts);
}

static void test_indexing_picks(void **state)
{
    static const shapes_case cases[] = {
        {.opset = 9,
         .graph = "x: float[N,10]; y = Slice(x) axes=[1] starts=[2] ends=[-1]; -> y",
         .says = "y: float[N,7]"},
        {.opset = 13,
         .graph = "x: float[N,10]; s = int64{0}; e = int64{9223372036854775807}; a = int64{0};"
                  "y = Slice(x, s, e, a); -> y",
         .says = "y: float[N,10]"},
        {.opset = 13,
         .graph = "x: float[10]; s = int64{-1}; e = int64{-11}; a = int64{0}; t = int64{-3};"
                  "y = Slice(x, s, e, a, t); -> y",
         .says = "y: float[4]"},
        {.opset = 13,
         .graph =
             "x: float[4,10]; s: int64[1]; e = int64{3}; a = int64{1}; y = Slice(x, s, e, a); -> y",
         .says = "y: float[4,?]"},
        {.opset = 13,
         .graph = "x: float[4,10]; s: int64[1]; e: int64[1]; y = Slice(x, s, e); -> y",
         .says = "y: float[?,?]"},
        {.opset = 13,
         .graph = "x: float[5,N]; i: int64[2,3]; y = Gather(x, i); -> y",
         .says = "y: float[2,3,N]"},
        {.opset = 13,
         .graph = "x: float[5,N]; i: int64[2,3]; y = Gather(x, i) axis=-1; -> y",
         .says = "y: float[5,2,3]"},
        {.opset = 13,
         .graph = "x: float[5,N]; i: int64[5,2]; y = GatherElements(x, i) axis=1; -> y",
         .says = "y: float[5,2]"},
        {.opset = 13,
         .graph = "x: float[5,6,7]; i: int64[4,2]; y = GatherND(x, i); -> y",
         .says = "y: float[4,7]"},
        {.opset = 13,
         .graph = "x: float[5,N]; k = int64{3}; y, i = TopK(x, k) axis=0; -> y, i",
         .says = "y: float[3,N], i: int64[3,N]"},
        {.opset = 9,
         .graph = "x: float[5,N]; y, i = TopK(x) k=3 axis=0; -> y, i",
         .says = "y: float[3,N], i: int64[3,N]"},
        {.opset = 11,
         .graph = "x: int64[N]; d = int64(10); v: float[2]; y = OneHot(x, d, v); -> y",
         .says = "y: float[N,10]"},
        {.opset = 13, .graph = "x: float[2,3]; y = NonZero(x); -> y", .says = "y: int64[2,?]"},
        {.opset = 11,
         .graph = "b: float[1,9,4]; s: float[1,2,9]; y = NonMaxSuppression(b, s); -> y",
         .says = "y: int64[?,3]"},
        {.opset = 11,
         .graph = "x: float[2,3]; c: bool[3]; y = Compress(x, c) axis=1; -> y",
         .says = "y: float[2,?]"},
        {.opset = 11,
         .graph = "x: float[2,3]; y, a, b, c = Unique(x); -> y, a",
         .says = "y: float[?], a: int64[?]"},
        {.opset = 11,
         .graph = "x: float[5]; k = int64{6}; y, i = TopK@t(x, k); -> y",
         .says = "error: node 't' (TopK): k is 6 of 5"},
        {.opset = 13,
         .graph = "x: float[5]; s = int64{0,1}; e = int64{2}; y = Slice@s(x, s, e); -> y",
         .says = "error: node 's' (Slice): 2 starts and 1 ends"},
    };
    (void)state;
    HOLD(cases);
}

static void test_reductions_drop_axes(void **state)
{
    static const shapes_case cases[] = {
        {.opset = 13,
         .graph = "x: float[N,3,4]; y = ReduceMean(x) axes=[1]; -> y",
         .says = "y: float[N,1,4]"},
        {.opset = 13,
         .graph = "x: float[N,3,4]; y = ReduceMean(x) axes=[-1,1] keepdims=0; -> y",
         .says = "y: float[N]"},
        {.opset = 13,
         .graph = "x: float[N,3,4]; y = ReduceMax(x) keepdims=0; -> y",
         .says = "y: float[]"},
        {.opset = 13,
         .graph = "x: float[N,3]; a = int64{0}; y = ReduceSum(x, a); -> y",
         .says = "y: float[1,3]"},
        {.opset = 13,
         .graph = "x: float[N,3]; a: int64[1]; y = ReduceSum(x, a) keepdims=0; -> y",
         .says = "y: float[?]"},
        {.opset = 18,
         .graph = "x: float[N,3]; y = ReduceMax(x) noop_with_empty_axes=1; -> y",
         .says = "y: float[N,3]"},
        {.opset = 13,
         .graph = "x: float[N,3]; y = ArgMax(x) axis=1 keepdims=0; -> y",
         .says = "y: int64[N]"},
        {.opset = 13,
         .graph = "x: float[N,5,3]; t: int64[N,3]; y = NegativeLogLikelihoodLoss(x, t) "
                  "reduction='none'; -> y",
         .says = "y: float[N,3]"},
        {.opset = 15,
         .graph = "x: float[N,8,4]; c: float[8]; y = BatchNormalization(x, c, c, c, c); -> y",
         .says = "y: float[N,8,4]"},
        {.opset = 17,
         .graph = "x: float[N,8,4]; c: float[4]; y, m, d = LayerNormalization(x, c); -> y, m",
         .says = "y: float[N,8,4], m: float[N,8,1]"},
        {.opset = 15,
         .graph = "x: float[N,8,4]; c: float[7]; y = BatchNormalization@b(x, c, c, c, c); -> y",
         .says = "error: node 'b' (BatchNormalization): number of channels is 8 and 7"},
        {.opset = 13,
         .graph = "x: float[2,3]; y = ReduceMean@r(x) axes=[2]; -> y",
         .says = "error: node 'r' (ReduceMean): axis 2 of 2 axes"},
    };
    (void)state;
    HOLD(cases);
}

static void test_other_families(void **state)
{
    static const shapes_case cases[] = {
        {.opset = 14,
         .graph =
             "x: float[T,B,10]; w = float[2,80,10]; r = float[2,80,20]; y, h, c = LSTM(x, w, r) "
             "hidden_size=20 direction='bidirectional'; -> y, h, c",
         .says = "y: float[T,2,B,20], h: float[2,B,20], c: float[2,B,20]"},
        {.opset = 14,
         .graph = "x: float[B,T,10]; w = float[1,60,10]; r = float[1,60,20]; y, h = GRU(x, w, r) "
                  "hidden_size=20 layout=1; -> y, h",
         .says = "y: float[B,T,1,20], h: float[B,1,20]"},
        {.opset = 13,
         .graph = "x: float[N]; s = float(0.5); z = int8(0); y = QuantizeLinear(x, s, z); -> y",
         .says = "y: int8[N]"},
        {.opset = 13,
         .graph = "x: int8[N]; s = float(0.5); z = int8(0); y = DequantizeLinear(x, s, z); -> y",
         .says = "y: float[N]"},
        {.opset = 10,
         .graph = "x: uint8[1,3,8,8]; w = uint8[4,3,3,3]; s = float(0.5); z = uint8(0);"
                  "y = QLinearConv(x, s, z, w, s, z, s, z); -> y",
         .says = "y: uint8[1,4,6,6]"},
        {.opset = 13,
         .graph = "x: float[1,2,4,5]; s = float{1,1,2,2.5}; y = Resize(x, , s); -> y",
         .says = "y: float[1,2,8,12]"},
        {.opset = 13,
         .graph = "x: float[N,2,4,5]; s = int64{1,2,7,9}; y = Resize(x, , , s); -> y",
         .says = "y: float[1,2,7,9]"},
        {.opset = 18,
         .graph = "x: float[N,2,4,5]; s = int64{7,9}; y = Resize(x, , , s) axes=[2,3]; -> y",
         .says = "y: float[N,2,7,9]"},
        {.opset = 9,
         .graph = "x: float[N,2,4,5]; s = float{1,1,2,2}; y = Upsample(x, s); -> y",
         .says = "y: float[N,2,8,10]"},
        {.opset = 16,
         .graph = "x: float[N,3,8,8]; g: float[N,5,6,2]; y = GridSample(x, g); -> y",
         .says = "y: float[N,3,5,6]"},
        {.opset = 16,
         .graph = "x: float[1,3,8,8]; r: float[R,4]; b: int64[R]; y = RoiAlign(x, r, b) "
                  "output_height=7 output_width=7; -> y",
         .says = "y: float[R,3,7,7]"},
        {.opset = 17,
         .graph = "x: float[1,100,1]; y = DFT(x) onesided=1; -> y",
         .says = "y: float[1,51,2]"},
        {.opset = 17,
         .graph = "x: float[B,128]; s = int64(8); w = float[16]; y = STFT(x, s, w); -> y",
         .says = "y: float[B,15,9,2]"},
        {.opset = 15, .graph = "y = RandomNormal() shape=[2,3]; -> y", .says = "y: float[2,3]"},
        {.opset = 12, .graph = "y = Constant() value_ints=[1,2]; -> y", .says = "y: int64[2]"},
        {.opset = 13,
         .graph = "x: string[3]; y = ai.onnx.ml/LabelEncoder(x) values_int64s=[1,2] ; -> y",
         .says = "y: int64[3]"},
        {.opset = 13,
         .graph =
             "x: float[N,4]; l, p = ai.onnx.ml/TreeEnsembleClassifier(x) "
             "classlabels_int64s=[0,1,2]; z = ai.onnx.ml/ZipMap(p) classlabels_int64s=[0,1,2]; "
             "-> l, p, z",
         .says = "l: int64[N], p: float[N,3], z: seq int64"},
        {.opset = 13,
         .graph = "x: float[N,8]; w = float[8,24]; b = float[24]; x3: float[N,S,8];"
                  "y = com.microsoft/Gelu(x); z = com.microsoft/Attention(x3, w, b) num_heads=2; "
                  "-> y, z",
         .says = "y: float[N,8], z: float[N,S,8]"},
        {.opset = 13,
         .graph = "x: float[N]; y = com.microsoft/Nobody(x); z = Relu(y); -> z",
         .says = "z: ?"},
    };
    (void)state;
    HOLD(cases);
}

static void test_sequences_and_optionals(void **state)
{
    static const shapes_case cases[] = {
        {.opset = 13,
         .graph = "a: float[2,3]; b: float[2,4]; s = SequenceConstruct(a, b); i: int64[];"
                  "y = SequenceAt(s, i); n = SequenceLength(s); -> s, y, n",
         .says = "s: seq float[2,?], y: float[2,?], n: int64[]"},
        {.opset = 13,
         .graph =
             "x: float[6,3]; s = SplitToSequence(x) keepdims=0; y = ConcatFromSequence(s) axis=0 "
             "new_axis=1; -> s, y",
         .says = "s: seq float[3], y: float[?,3]"},
        {.opset = 16,
         .graph =
             "x: float[6]; o = Optional(x); h = OptionalHasElement(o); y = OptionalGetElement(o);"
             "-> o, h, y",
         .says = "o: optional float[6], h: bool[], y: float[6]"},
        {.opset = 13,
         .graph = "a: float[2]; b: int64[2]; s = SequenceConstruct@s(a, b); -> s",
         .says = "error: node 's' (SequenceConstruct): elements of types float and int64"},
    };
    (void)state;
    HOLD(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elementwise_broadcasts),
        cmocka_unit_test(test_convolution_counts_windows),
        cmocka_unit_test(test_matrices_multiply),
        cmocka_unit_test(test_layouts_keep_elements),
        cmocka_unit_test(test_indexing_picks),
        cmocka_unit_test(test_reductions_drop_axes),
        cmocka_unit_test(test_other_families),
        cmocka_unit_test(test_sequences_and_optionals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
