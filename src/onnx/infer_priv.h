/* onnx/infer - what the rules of inference share: facts of values, the call of a rule, and its helpers.
 *
 * A rule (ops_*.c) looks at the facts of a node's inputs and states those of its outputs. Rules are rows of
 * tables by family (registry.c). Everything is made in the arena of the facts; nothing is freed singly.
 * AIS_ONNX_RULE_STUDIO (`call->studio`) makes a rule know no more than that of onnx 1.12. */
#ifndef AIS_ONNX_INFER_PRIV_H
#define AIS_ONNX_INFER_PRIV_H
#include "base/map.h"
#include "onnx/onnx.h"

enum {
    AIS__ONNX_MAX_FOLLOWED = 4096, /* elements of a value that are followed */
    AIS__ONNX_MAX_INFERRED_RANK =
        1024,                   /* of a shape that is inferred; more is taken for "not known" */
    AIS__ONNX_MAX_BODIES = 64,  /* sub-graphs within sub-graphs; the reader allows less */
    AIS__ONNX_STUDIO_OPSET = 17 /* the newest that onnx 1.12 knows */
};

/* ---- facts ---- */

/* One element of a value that is computed with: sizes, axes, scales. */
typedef struct ais__onnx_item {
    bool known;
    int64_t number;     /* of integers and booleans */
    double real;        /* of floating-point numbers */
    const char *symbol; /* of one that is not known: the symbol that it equals, or NULL */
} ais__onnx_item;

typedef struct ais__onnx_data {
    bool real; /* items are floating-point numbers */
    size_t count;
    ais__onnx_item *items; /* in row-major order */
} ais__onnx_data;

typedef struct ais__onnx_fact ais__onnx_fact;
struct ais__onnx_fact {
    ais_onnx_kind kind;
    ais_onnx_type type; /* of the elements; of a map: of its keys */
    ais_onnx_shape shape;
    const ais__onnx_fact *element; /* of a sequence, an optional, a map's values; or NULL */
    const ais__onnx_data *data;    /* elements as far as they are known, or NULL */
    const ais_onnx_tensor *tensor; /* the same, not yet read, or NULL */
};

/* ---- inference of one model ---- */

typedef struct ais__onnx_scope ais__onnx_scope;
struct ais__onnx_scope {
    const ais_onnx_graph *graph;
    ais__onnx_fact *facts; /* by value */
    const ais__onnx_scope *outer;
};

typedef struct ais__onnx_inference {
    const ais_onnx_model *model;
    const ais_onnx_facts_options *options;
    bool studio;
    ais_arena *arena;
    const struct ais__onnx_registry *registry;
    ais_map *symbols;   /* all that the model names; studio: those made up, too */
    bool assumed_count; /* a number of iterations was counted as 1 */
    size_t made_up;     /* studio: number of the next "unk__N" */
    size_t depth;
} ais__onnx_inference;

/* ---- rules ---- */

typedef struct ais__onnx_op ais__onnx_op;

typedef struct ais__onnx_call {
    ais__onnx_inference *inference;
    ais__onnx_scope *scope;
    const ais_onnx_node *node;
    size_t number; /* of the node in its graph */
    const ais__onnx_op *op;
    int64_t opset; /* of the node's domain */
    bool studio;
    ais_arena *arena;
    size_t input_count, output_count;
    ais__onnx_fact **inputs; /* NULL where one is left out */
    ais__onnx_fact *outputs; /* all unknown at first; also those that are left out */
    double own_flops;        /* set by rules whose cost the shapes alone do not tell */
    ais_error **err;
} ais__onnx_call;

/* -1 with an error: the model contradicts itself. -1 without one: nothing can be said. */
typedef int ais__onnx_rule(ais__onnx_call *call);
/* Elements of the outputs whose shapes are known by now. */
typedef void ais__onnx_data_rule(ais__onnx_call *call);

/* How FLOPs are counted: X(CONSTANT, formula, why). X and Y are the numbers of elements of the first input
 * and output, k is the operator's factor. docs/onnx.md has this table. */
#define AIS__ONNX_COSTS(X)                                                                         \
    X(NONE, "0", "moves or names data, or nobody knows")                                           \
    X(EACH, "k Y", "k operations an element of the result")                                        \
    X(INPUT, "k X", "k operations an element that is read")                                        \
    X(FOLD, "(inputs - 1 + k) Y", "one operation for each further input")                          \
    X(CONV, "2 Y C/g K (+ Y)", "K taps on C/g channels; a bias adds Y")                            \
    X(DECONV, "2 X M/g K (+ Y)", "each element read feeds K taps of M/g channels")                 \
    X(MATMUL, "2 Y n", "n: the inner size")                                                        \
    X(GEMM, "2 Y n (+ Y)", "as a matrix product; the third input adds Y")                          \
    X(POOL, "Y K", "the K elements of a window are combined")                                      \
    X(RECURRENT, "T B D H (2 G (I + H) + k)", "T steps, B items, D directions, G gates")           \
    X(EINSUM, "2 p (inputs - 1)", "p: product of the sizes of all letters; one input: p")          \
    X(RESIZE, "2 Y t^a", "t taps on each of a axes that change: linear 2, cubic 4; nearest: 0")    \
    X(SAMPLE, "2 Y t^a s", "as Resize, s samples an element")                                      \
    X(FOURIER, "5 n log2(n) a signal", "radix-2 Cooley-Tukey")                                     \
    X(DETERMINANT, "2/3 n^3 a matrix", "LU decomposition")                                         \
    X(WINDOW, "Y (size + k)", "`size` channels are summed")                                        \
    X(ATTENTION, "2 X W + 4 B S T H", "projections to W columns; scores, and their sum")           \
    X(BODY, "iterations times the body", "If: the costlier branch; a number not known: 1")

typedef enum ais__onnx_cost {
#define AIS__ONNX_COST_ENUM(constant, formula, why) AIS__ONNX_COST_##constant,
    AIS__ONNX_COSTS(AIS__ONNX_COST_ENUM)
#undef AIS__ONNX_COST_ENUM
} ais__onnx_cost;

/* Of an operator. */
enum {
    AIS__ONNX_NEW = 1,   /* onnx 1.12 does not know it, or has no rule for it */
    AIS__ONNX_RANDOM = 2 /* gives something else each time: never constant */
};

struct ais__onnx_op {
    const char *name;
    ais__onnx_rule *rule;
    ais__onnx_data_rule *data; /* or NULL */
    ais__onnx_cost cost;
    double factor;      /* k of the cost */
    ais_onnx_type type; /* of the result, where the operator fixes it */
    int64_t argument;   /* what the family's rule makes of it */
    unsigned flags;
};

typedef struct ais__onnx_family {
    const char *domain;
    const ais__onnx_op *ops;
    size_t count;
} ais__onnx_family;

extern const ais__onnx_family ais__onnx_elementwise, ais__onnx_convolution, ais__onnx_matrix,
    ais__onnx_layout, ais__onnx_indexing, ais__onnx_reduction, ais__onnx_normalization,
    ais__onnx_recurrent, ais__onnx_quantization, ais__onnx_control, ais__onnx_sequence,
    ais__onnx_generator, ais__onnx_image, ais__onnx_signal, ais__onnx_text, ais__onnx_ml,
    ais__onnx_microsoft, ais__onnx_training;

/* All operators by name, in `arena`. */
const struct ais__onnx_registry *ais__onnx_registry_new(ais_arena *arena);
const ais__onnx_op *ais__onnx_find_op(const struct ais__onnx_registry *registry, const char *domain,
                                      const char *name);
/* Families, for tests that visit every row; NULL at the end. */
const ais__onnx_family *ais__onnx_family_at(size_t i);

/* ---- dimensions (shape.c) ---- */

#define AIS__ONNX_OPEN ((ais_onnx_dim){.size = -1})
static inline ais_onnx_dim ais__onnx_dim(int64_t size)
{
    return (ais_onnx_dim){.size = size < 0 ? -1 : size};
}
static inline bool ais__onnx_dim_equal(ais_onnx_dim a, ais_onnx_dim b)
{
    if (a.size >= 0 || b.size >= 0)
        return a.size == b.size;
    return a.symbol != NULL && b.symbol != NULL && ais_str_equal(a.symbol, b.symbol);
}
/* Saturating; operands may be negative. */
int64_t ais__onnx_times(int64_t a, int64_t b);
int64_t ais__onnx_plus(int64_t a, int64_t b);
/* A product with an open size is open, unless the other factor is 1. */
ais_onnx_dim ais__onnx_dim_times(ais_onnx_dim a, ais_onnx_dim b);
ais_onnx_dim ais__onnx_dim_times_int(ais_onnx_dim a, int64_t b);
ais_onnx_dim ais__onnx_dim_divide(ais_onnx_dim a, int64_t b); /* b > 0 */
ais_onnx_dim ais__onnx_product(const ais_onnx_shape *shape, size_t from, size_t to);
/* Number of elements, open sizes counted as 1. */
double ais__onnx_elements(const ais_onnx_shape *shape);
/* Number of elements of a wholly known shape, or -1. */
int64_t ais__onnx_shape_count(const ais_onnx_shape *shape);

/* What is known of both goes into `target`; two different numbers are a contradiction. `what` names the
 * sizes in the message. */
int ais__onnx_merge_dim(ais__onnx_call *call, ais_onnx_dim source, ais_onnx_dim *target,
                        const char *what);
/* Multidirectional broadcasting (onnx/docs/Broadcasting.md). NULL in `shapes` = not known. */
int ais__onnx_broadcast(ais__onnx_call *call, const ais_onnx_shape *const *shapes, size_t count,
                        ais_onnx_shape *out);
/* What both have in common, as for the two branches of If. */
void ais__onnx_unite(ais_arena *arena, const ais_onnx_shape *other, ais_onnx_shape *shape);

/* ---- a call's inputs, outputs, attributes (call.c) ---- */

/* The model contradicts itself at this node. Returns -1. */
int ais__onnx_fail(ais__onnx_call *call, const char *format, ...) AIS_PRINTF(2, 3);
bool ais__onnx_has_input(const ais__onnx_call *call, size_t i);
const ais_onnx_shape *ais__onnx_input_shape(const ais__onnx_call *call, size_t i); /* or NULL */
ais_onnx_type ais__onnx_input_type(const ais__onnx_call *call, size_t i);
bool ais__onnx_has_output(const ais__onnx_call *call, size_t i);
/* Type (and kind) of an output as of an input. Studio: -1 when that is not known. */
int ais__onnx_take_type(ais__onnx_call *call, size_t input, size_t output);
void ais__onnx_take_shape(ais__onnx_call *call, size_t input, size_t output);
/* Both. */
int ais__onnx_take(ais__onnx_call *call, size_t input, size_t output);
void ais__onnx_set_type(ais__onnx_call *call, size_t output, ais_onnx_type type);
/* Room for the sizes of an output, all open. NULL when the rank is too large: not known then. */
ais_onnx_dim *ais__onnx_new_shape(ais__onnx_call *call, size_t output, size_t rank);
ais_onnx_dim *ais__onnx_new_dims(ais_arena *arena, size_t rank);
/* The rank of an input, if known, has to be this one. */
int ais__onnx_need_rank(ais__onnx_call *call, size_t input, size_t rank);
/* Axis from -rank to rank - 1 as an index. */
int ais__onnx_need_axis(ais__onnx_call *call, int64_t axis, size_t rank, size_t *out);

int64_t ais__onnx_get_int(const ais__onnx_call *call, const char *name, int64_t otherwise);
const int64_t *ais__onnx_get_ints(const ais__onnx_call *call, const char *name, size_t *count);
bool ais__onnx_has_attribute(const ais__onnx_call *call, const char *name);
/* The attribute, or `otherwise` when it is missing, is this text. */
bool ais__onnx_is_text(const ais__onnx_call *call, const char *name, const char *otherwise,
                       const char *text);

/* ---- elements (constant.c) ---- */

/* Elements of an input as far as they are known, or NULL. */
const ais__onnx_data *ais__onnx_input_data(const ais__onnx_call *call, size_t i);
/* All elements of an input, when all are known integers; else NULL. */
const int64_t *ais__onnx_input_ints(const ais__onnx_call *call, size_t i, size_t *count);
/* The same from an attribute, where older operator sets have it, else from the input. `*given` says whether
 * there is either; NULL then: it is not known. */
const int64_t *ais__onnx_list(const ais__onnx_call *call, const char *attribute, size_t input,
                              bool *given, size_t *count);
/* A single known integer. */
bool ais__onnx_input_int(const ais__onnx_call *call, size_t i, int64_t *out);
/* Room for the elements of an output with a wholly known, small shape; all unknown. Else NULL. */
ais__onnx_item *ais__onnx_new_data(ais__onnx_call *call, size_t output);
const ais__onnx_data *ais__onnx_read_data(ais_arena *arena, const ais_onnx_tensor *tensor);
bool ais__onnx_is_real(ais_onnx_type type);
static inline ais_onnx_dim ais__onnx_item_dim(ais__onnx_item item)
{
    return item.known ? ais__onnx_dim(item.number)
                      : (ais_onnx_dim){.size = -1, .symbol = item.symbol};
}
static inline ais__onnx_item ais__onnx_dim_item(ais_onnx_dim dim)
{
    return dim.size >= 0 ? (ais__onnx_item){.known = true, .number = dim.size}
                         : (ais__onnx_item){.symbol = dim.symbol};
}

/* What elements become (values_*.c). */
ais__onnx_data_rule ais__onnx_data_same, ais__onnx_data_shape, ais__onnx_data_size,
    ais__onnx_data_concat, ais__onnx_data_gather, ais__onnx_data_slice, ais__onnx_data_cast,
    ais__onnx_data_arithmetic, ais__onnx_data_unary, ais__onnx_data_where, ais__onnx_data_fill,
    ais__onnx_data_range, ais__onnx_data_reduce, ais__onnx_data_expand, ais__onnx_data_tile,
    ais__onnx_data_transpose, ais__onnx_data_split, ais__onnx_data_constant, ais__onnx_data_nonzero;
/* What `argument` says to ais__onnx_data_arithmetic, _unary and _reduce. */
typedef enum ais__onnx_operation {
    AIS__ONNX_NO_OPERATION,
    AIS__ONNX_ADD,
    AIS__ONNX_SUB,
    AIS__ONNX_MUL,
    AIS__ONNX_DIV,
    AIS__ONNX_MOD,
    AIS__ONNX_MIN,
    AIS__ONNX_MAX,
    AIS__ONNX_POW,
    AIS__ONNX_EQUAL,
    AIS__ONNX_LESS,
    AIS__ONNX_LESS_EQUAL,
    AIS__ONNX_GREATER,
    AIS__ONNX_GREATER_EQUAL,
    AIS__ONNX_AND,
    AIS__ONNX_OR,
    AIS__ONNX_NEG,
    AIS__ONNX_ABS,
    AIS__ONNX_NOT,
    AIS__ONNX_FLOOR,
    AIS__ONNX_CEIL,
    AIS__ONNX_ROUND,
    AIS__ONNX_SQRT,
    AIS__ONNX_SIGN,
    AIS__ONNX_RECIPROCAL,
    AIS__ONNX_OPERATION_COUNT
} ais__onnx_operation;

/* ---- rules that several families use ---- */

ais__onnx_rule ais__onnx_rule_like,  /* the result is like the first input */
    ais__onnx_rule_like_as,          /* its shape, with the row's type */
    ais__onnx_rule_broadcast,        /* all inputs broadcast; the type of the first, or the row's */
    ais__onnx_rule_conv,             /* X, W, B */
    ais__onnx_rule_pool,             /* one window for every channel */
    ais__onnx_rule_global_pool,      /* `argument` 1: channels last */
    ais__onnx_rule_matmul,           /* A, B */
    ais__onnx_rule_gemm,             /* A, B, C */
    ais__onnx_rule_normalize_layers, /* X, ..., with mean and inverse deviation */
    ais__onnx_rule_concat, ais__onnx_rule_reshape, ais__onnx_rule_scan;
/* What each of `count` iterations gives is stacked up along `axis` of an output. */
int ais__onnx_stack(ais__onnx_call *call, const ais__onnx_fact *each, ais_onnx_dim count,
                    size_t axis, size_t output);
/* The window slides over input `x` with the filters in input `filters`; result in output 0. */
int ais__onnx_infer_conv(ais__onnx_call *call, size_t x, size_t filters);
/* The product of inputs `a` and `b`; result in output 0. */
int ais__onnx_infer_matmul(ais__onnx_call *call, size_t a, size_t b, bool turn_a, bool turn_b);
/* ---- graphs (infer.c, declared.c, merge.c, flops.c, weigh.c) ---- */

/* What the model declares of a value, with symbols replaced by the sizes that were given for them. */
ais__onnx_fact ais__onnx_declared(const ais__onnx_inference *inference,
                                  const ais_onnx_value *value);
/* Output 0 is of `kind`, of elements as the attribute "type" (a TypeProto) says. */
int ais__onnx_read_type_attribute(ais__onnx_call *call, ais_onnx_kind kind);
/* Infer a sub-graph of a node with these facts of its inputs; the facts of its outputs and its FLOPs. */
int ais__onnx_infer_body(ais__onnx_call *call, const ais_onnx_graph *graph,
                         const ais__onnx_fact *inputs, size_t input_count, ais__onnx_fact *outputs,
                         double *flops);
const ais_onnx_graph *ais__onnx_get_graph(const ais__onnx_call *call, const char *name);
/* What inference found out goes into what the model declares. */
int ais__onnx_merge_fact(ais__onnx_call *call, const char *name, ais__onnx_fact *inferred,
                         ais__onnx_fact *declared);
/* Studio: give names to open sizes that have none, as onnx 1.12 does. */
void ais__onnx_name_open(ais__onnx_inference *inference, ais__onnx_fact *fact);
/* FLOPs of a node whose outputs are known by now. */
double ais__onnx_node_flops(const ais__onnx_call *call);
/* Weights, constants, assumed sizes, unknown operators. */
void ais__onnx_weigh(const ais__onnx_inference *inference, const ais__onnx_scope *scope,
                     ais_onnx_facts *facts);
#endif
