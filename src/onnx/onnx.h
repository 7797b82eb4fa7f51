/* onnx - model files: read a graph, know its shapes and costs, find where it may be cut, write the parts.
 *
 * Knows no applications and runs nothing. Start at graph.c (what a model is in memory), then cut.c.
 * Layer: above base and doc.
 * Units: bytes; floating-point operations (a multiply-add counts two).
 * Ownership: a model maps its file and owns everything in it; all texts and spans in the structs below are
 * borrowed from it. Facts, cuts and exits refer to a model and must be freed before it.
 * Threads: what has been read may be used by many threads at a time.
 * Source: onnx.proto3 (ONNX IR versions 3 to 11, opsets 7 to 21), https://onnx.ai/onnx/intro/. */
#ifndef AIS_ONNX_ONNX_H
#define AIS_ONNX_ONNX_H
#include "base/error.h"
#include "base/file.h"

#define AIS_ONNX_NONE SIZE_MAX /* "no such index" */

/* ---- what a model is ---- */

/* Bytes of the mapped file. */
typedef struct ais_onnx_bytes {
    const uint8_t *data;
    size_t length;
} ais_onnx_bytes;

/* TensorProto.DataType: X(CONSTANT, number, "name", bits of one element; 0 = it varies). */
#define AIS_ONNX_TYPES(X)                                                                          \
    X(AIS_ONNX_UNDEFINED, 0, "undefined", 0)                                                       \
    X(AIS_ONNX_FLOAT, 1, "float", 32)                                                              \
    X(AIS_ONNX_UINT8, 2, "uint8", 8)                                                               \
    X(AIS_ONNX_INT8, 3, "int8", 8)                                                                 \
    X(AIS_ONNX_UINT16, 4, "uint16", 16)                                                            \
    X(AIS_ONNX_INT16, 5, "int16", 16)                                                              \
    X(AIS_ONNX_INT32, 6, "int32", 32)                                                              \
    X(AIS_ONNX_INT64, 7, "int64", 64)                                                              \
    X(AIS_ONNX_STRING, 8, "string", 0)                                                             \
    X(AIS_ONNX_BOOL, 9, "bool", 8)                                                                 \
    X(AIS_ONNX_FLOAT16, 10, "float16", 16)                                                         \
    X(AIS_ONNX_DOUBLE, 11, "double", 64)                                                           \
    X(AIS_ONNX_UINT32, 12, "uint32", 32)                                                           \
    X(AIS_ONNX_UINT64, 13, "uint64", 64)                                                           \
    X(AIS_ONNX_COMPLEX64, 14, "complex64", 64)                                                     \
    X(AIS_ONNX_COMPLEX128, 15, "complex128", 128)                                                  \
    X(AIS_ONNX_BFLOAT16, 16, "bfloat16", 16)                                                       \
    X(AIS_ONNX_FLOAT8E4M3FN, 17, "float8e4m3fn", 8)                                                \
    X(AIS_ONNX_FLOAT8E4M3FNUZ, 18, "float8e4m3fnuz", 8)                                            \
    X(AIS_ONNX_FLOAT8E5M2, 19, "float8e5m2", 8)                                                    \
    X(AIS_ONNX_FLOAT8E5M2FNUZ, 20, "float8e5m2fnuz", 8)                                            \
    X(AIS_ONNX_UINT4, 21, "uint4", 4)                                                              \
    X(AIS_ONNX_INT4, 22, "int4", 4)

typedef enum ais_onnx_type {
#define AIS_ONNX_TYPE_ENUM(constant, number, name, bits) constant = number,
    AIS_ONNX_TYPES(AIS_ONNX_TYPE_ENUM)
#undef AIS_ONNX_TYPE_ENUM
        AIS_ONNX_TYPE_COUNT
} ais_onnx_type;
const char *ais_onnx_type_name(ais_onnx_type type);
unsigned ais_onnx_type_bits(ais_onnx_type type);

/* One size of a shape: known, or open with or without a name. */
typedef struct ais_onnx_dim {
    int64_t size;       /* -1: open */
    const char *symbol; /* of an open one: "N", or NULL */
} ais_onnx_dim;

typedef struct ais_onnx_shape {
    bool known; /* false: not even the rank */
    size_t rank;
    const ais_onnx_dim *dims;
} ais_onnx_shape;

/* What a value is: only tensors may be sent from one part of a model to the next. */
typedef enum ais_onnx_kind {
    AIS_ONNX_KIND_UNKNOWN, /* nothing is declared; a tensor, until inference knows better */
    AIS_ONNX_KIND_TENSOR,
    AIS_ONNX_KIND_SPARSE,
    AIS_ONNX_KIND_SEQUENCE,
    AIS_ONNX_KIND_MAP,
    AIS_ONNX_KIND_OPTIONAL
} ais_onnx_kind;

typedef struct ais_onnx_graph ais_onnx_graph;

/* TensorProto: an initializer, or the value of an attribute. */
typedef struct ais_onnx_tensor {
    const char *name;
    ais_onnx_type type;
    size_t rank;
    const int64_t *dims;
    ais_onnx_bytes raw;   /* little-endian elements; length 0 when they are stored otherwise */
    ais_onnx_bytes span;  /* the TensorProto itself: typed fields are read from it */
    const char *location; /* external data: path relative to the model's folder; NULL = inside */
    uint64_t offset,
        bytes; /* of the external data; otherwise `bytes` is the size of the elements */
} ais_onnx_tensor;

/* AttributeProto.AttributeType */
typedef enum ais_onnx_attribute_type {
    AIS_ONNX_ATTRIBUTE_FLOAT = 1,
    AIS_ONNX_ATTRIBUTE_INT = 2,
    AIS_ONNX_ATTRIBUTE_STRING = 3,
    AIS_ONNX_ATTRIBUTE_TENSOR = 4,
    AIS_ONNX_ATTRIBUTE_GRAPH = 5,
    AIS_ONNX_ATTRIBUTE_FLOATS = 6,
    AIS_ONNX_ATTRIBUTE_INTS = 7,
    AIS_ONNX_ATTRIBUTE_STRINGS = 8,
    AIS_ONNX_ATTRIBUTE_OTHER = 99 /* kept, not looked into */
} ais_onnx_attribute_type;

typedef struct ais_onnx_attribute {
    const char *name;
    ais_onnx_attribute_type type;
    float f;
    int64_t i;
    ais_onnx_bytes s;
    const ais_onnx_tensor *tensor;
    const ais_onnx_graph *graph;
    size_t count; /* of the list */
    const float *floats;
    const int64_t *ints;
    const ais_onnx_bytes *strings;
} ais_onnx_attribute;

typedef struct ais_onnx_node {
    const char *name, *op_type; /* never NULL */
    const char *domain;         /* "" = ai.onnx */
    size_t input_count, output_count, attribute_count;
    const size_t *inputs;  /* values; AIS_ONNX_NONE where an optional one is left out */
    const size_t *outputs; /* as above */
    const ais_onnx_attribute *attributes;
    /* Values of the enclosing graph that sub-graphs of the node (If, Loop, Scan) read by name. */
    const size_t *captures;
    size_t capture_count;
    ais_onnx_bytes span; /* the NodeProto */
} ais_onnx_node;

/* Everything in a graph that has a name and can be read: inputs, initializers, outputs of nodes. */
typedef struct ais_onnx_value {
    const char *name;
    size_t producer;         /* node, or AIS_ONNX_NONE */
    const size_t *consumers; /* nodes, ascending, each once; captures count */
    size_t consumer_count;
    bool is_input;  /* listed in graph.input; older models list initializers there too */
    bool is_output; /* listed in graph.output */
    const ais_onnx_tensor *initializer; /* or NULL */
    /* As declared (input, output, value_info, initializer), before inference. */
    ais_onnx_kind kind;
    ais_onnx_type type;
    ais_onnx_shape shape;
    ais_onnx_bytes info; /* the ValueInfoProto; length 0 when there is none */
} ais_onnx_value;

struct ais_onnx_graph {
    const char *name;
    const ais_onnx_node *nodes; /* in the file's order, which is topological */
    size_t node_count;
    const ais_onnx_value
        *values; /* inputs, then initializers that are no inputs, then outputs of nodes; in a
                  * sub-graph, what it captures from `outer` stands in between (neither input nor
                  * initializer, no producer): find it there by its name */
    size_t value_count;
    const size_t *inputs; /* that a run must give: initializers among graph.input do not count */
    size_t input_count;
    const size_t *outputs;
    size_t output_count;
    const ais_onnx_graph *outer; /* of a sub-graph; else NULL */
};

typedef struct ais_onnx_opset {
    const char *domain; /* "" = ai.onnx */
    int64_t version;
} ais_onnx_opset;

typedef struct ais_onnx_model {
    const char *path;
    ais_onnx_bytes bytes; /* the whole file */
    int64_t ir_version;
    const ais_onnx_opset *opsets;
    size_t opset_count;
    const char *producer;
    const ais_onnx_graph *graph;
    bool has_external_data;
    struct ais__onnx_private *private;
} ais_onnx_model;

/* Map and read a model. Nothing of the weights is copied.
 * Errors: AIS_E_INPUT with the byte or the name of the node where the file stops making sense: truncated,
 * wrongly typed, a loop, a value made twice or by nobody, external data that is missing or outside of the
 * model's folder; AIS_E_LIMIT (2 GiB, nesting, number of nodes); AIS_E_IO. */
AIS_NODISCARD int ais_onnx_read(const char *path, ais_onnx_model **out, ais_error **err);
/* As above from memory, which must outlive the model (external data is looked for beside `path`). */
AIS_NODISCARD int ais_onnx_parse(const char *path, ais_onnx_bytes bytes, ais_onnx_model **out,
                                 ais_error **err);
void ais_onnx_model_free(ais_onnx_model *model);
AIS_DEFINE_AUTO(ais_onnx_model)

size_t ais_onnx_find_value(const ais_onnx_graph *graph, const char *name); /* or AIS_ONNX_NONE */
const ais_onnx_attribute *ais_onnx_find_attribute(const ais_onnx_node *node, const char *name);
/* Version of the operator set of a domain, 0 when the model does not import it. */
int64_t ais_onnx_get_opset(const ais_onnx_model *model, const char *domain);
/* Up to `capacity` integer elements of a small tensor, however it stores them; -1 when it is not of an
 * integer type, too large, or external. Returns how many there are. */
ptrdiff_t ais_onnx_tensor_ints(const ais_onnx_tensor *tensor, int64_t *out, size_t capacity);

/* ---- shapes, types and costs ---- */

typedef enum ais_onnx_rule {
    AIS_ONNX_RULE_PARETO, /* ours */
    AIS_ONNX_RULE_STUDIO  /* what AI-SPRINT Studio did, with onnx 1.12 */
} ais_onnx_rule;

typedef struct ais_onnx_size {
    const char *symbol;
    int64_t size;
} ais_onnx_size;

typedef struct ais_onnx_facts_options {
    ais_onnx_rule
        rule; /* studio: no more is known of shapes than onnx 1.12's infer_shapes() finds out */
    const ais_onnx_size *sizes; /* --dim NAME=N */
    size_t size_count;
} ais_onnx_facts_options;

/* What is known of a model beyond its file; arrays are as long as those of the main graph. */
typedef struct ais_onnx_facts {
    const ais_onnx_kind
        *kinds; /* by value; studio: UNKNOWN where infer_shapes() adds no value_info */
    const ais_onnx_type *types;   /* by value; of sequences and optionals: of what is in them */
    const ais_onnx_shape *shapes; /* by value, likewise */
    const double *flops;          /* by node; 0 for operators that only move data */
    /* By node: initializers, and tensors of Constant nodes, that this node is the first to read; and those
     * within its sub-graphs. */
    const uint64_t *weight_bytes;
    /* By node: needs no input of the graph (weights and their kin). Random numbers are never constant. */
    const bool *constant;
    /* Symbols and unnamed open sizes for which 1 was assumed in sizes and costs; "" stands for unnamed. */
    const char *const *assumed;
    size_t assumed_count;
    /* Operators that inference has no rule for: "domain:Op". */
    const char *const *unknown_ops;
    size_t unknown_op_count;
    ais_arena *arena;
} ais_onnx_facts;

/* Infer types and shapes (constants and shapes that are computed with are followed, except by
 * AIS_ONNX_RULE_STUDIO), FLOPs and bytes. `options` may be NULL.
 * Errors: AIS_E_INPUT for sizes that contradict each other, naming the node; for a symbol in `sizes` that the
 * model does not have, or a size below 1. */
AIS_NODISCARD int ais_onnx_infer(const ais_onnx_model *model, const ais_onnx_facts_options *options,
                                 ais_onnx_facts **out, ais_error **err);
void ais_onnx_facts_free(ais_onnx_facts *facts);
AIS_DEFINE_AUTO(ais_onnx_facts)
/* Bytes of a value, open sizes counted as 1 (`*estimated` is set then; may be NULL). */
uint64_t ais_onnx_value_bytes(const ais_onnx_facts *facts, size_t value, bool *estimated);

/* A model in figures, those of sub-graphs among them. */
typedef struct ais_onnx_operator {
    const char *name; /* "Conv", "com.microsoft:Gelu" */
    size_t nodes;
} ais_onnx_operator;

typedef struct ais_onnx_summary {
    size_t nodes;
    const ais_onnx_operator *operators; /* the most frequent first, then by name */
    size_t operator_count;
    uint64_t parameters;          /* elements of all initializers */
    uint64_t weight_bytes;        /* that they take */
    double flops;                 /* of one run, open sizes counted as 1 */
    const char *const *locations; /* files with external data, as the model names them */
    size_t location_count;
} ais_onnx_summary;
/* Ownership: arrays are in `arena`. */
void ais_onnx_summarize(const ais_onnx_model *model, const ais_onnx_facts *facts, ais_arena *arena,
                        ais_onnx_summary *out);

/* ---- cuts ---- */

enum { AIS_ONNX_MAX_PARTS = 8, AIS_ONNX_MAX_CUT_TENSORS = 16, AIS_ONNX_MAX_CUTS = 1000000 };

/* One place where a model may be cut in two: all that comes after needs only these values. */
typedef struct ais_onnx_cut {
    const size_t *values; /* in the order of the graph */
    size_t value_count;
    uint64_t bytes; /* crossing */
    bool estimated; /* a size was open */
    double flops_before, flops_after;
    uint64_t weights_before, weights_after; /* bytes; weights that both sides read count on both */
} ais_onnx_cut;

/* A model in `part_count` parts: part_count - 1 cuts, each behind the one before it. */
typedef struct ais_onnx_chain {
    size_t part_count;
    const ais_onnx_cut *cuts;
    uint64_t bytes; /* crossing, of all cuts */
    double balance; /* FLOPs of the largest part / of all parts: 1 / part_count is best, 1 worst */
} ais_onnx_chain;

typedef struct ais_onnx_cuts_options {
    ais_onnx_rule rule;
    size_t parts;       /* 0 = 2 */
    size_t max_tensors; /* 0 = 4; of one cut; AIS_ONNX_RULE_STUDIO: always 1 */
    size_t limit;       /* 0 = AIS_ONNX_MAX_CUTS: stop there and say so */
    size_t list;        /* 0 = all: list only so many, the first of the order */
} ais_onnx_cuts_options;

/* In the order of the rule. Pareto: chains that no other one beats in both (bytes crossing, balance of
 * FLOPs), best compromise first, then the rest by bytes. Studio: ascending number of elements, sizes
 * that are not known counted as 1, ties in the order of the graph. */
typedef struct ais_onnx_cuts {
    const ais_onnx_chain *chains;
    size_t count;       /* how many are listed */
    size_t total;       /* how many there are; at least so many when truncated */
    size_t front_count; /* Pareto: the first so many (of which `count` are listed) are the front */
    size_t candidates;  /* Studio: tensors that it would have tried */
    bool truncated;     /* enumeration ended at the limit */
    bool partial;       /* not all cuts were looked at, so the front may lack some */
    const char *why;    /* when there is none: why, as a sentence; else NULL */
    ais_arena *arena;
} ais_onnx_cuts;

/* All valid cuts. If, Loop and Scan are never cut through; a value that is no dense tensor never crosses.
 * Errors: AIS_E_INPUT, AIS_E_LIMIT for more parts or tensors than the limits. No cut is no error. */
AIS_NODISCARD int ais_onnx_find_cuts(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                     const ais_onnx_cuts_options *options, ais_onnx_cuts **out,
                                     ais_error **err);
void ais_onnx_cuts_free(ais_onnx_cuts *cuts);
AIS_DEFINE_AUTO(ais_onnx_cuts)
/* The cut at values named by the user: which they are, what crosses, what it costs.
 * Errors: AIS_E_INPUT for a name that the model does not have (the nearest is the hint), or when the
 * values do not separate the model (the message names a path around them). */
AIS_NODISCARD int ais_onnx_cut_at(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                  const char *const *names, size_t name_count, ais_arena *arena,
                                  ais_onnx_cut *out, ais_error **err);
/* Put cuts of a model into the order of a chain, each behind the one before.
 * Errors: AIS_E_INPUT when two are the same, or neither of two is behind the other; AIS_E_LIMIT for more than
 * AIS_ONNX_MAX_PARTS parts. */
AIS_NODISCARD int ais_onnx_order_cuts(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                      size_t count, ais_arena *arena, ais_onnx_cut *cuts,
                                      ais_error **err);

/* ---- early exits ---- */

typedef struct ais_onnx_exit {
    const char *name;    /* "exit1" */
    const size_t *trunk; /* values that the next part needs */
    size_t trunk_count;
    const size_t *outputs; /* values of the exit's head */
    size_t output_count;
} ais_onnx_exit;

typedef struct ais_onnx_exits {
    const ais_onnx_exit *exits; /* by depth */
    size_t count;
    ais_arena *arena;
} ais_onnx_exits;

/* Read early_exits.csv (header exits,input_nodes,output_nodes) and hold it against the model.
 * Errors: every fault is added to `diags` with its line and column (rule "early-exits"); -1 then. */
AIS_NODISCARD int ais_onnx_read_exits(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                      const char *csv_path, ais_diags *diags, ais_onnx_exits **out);
/* Guess them from the graph: outputs with a head of their own, beside which a deeper output goes on at
 * more work than the head and at least 5 % of all; the trunk is what crosses right behind what the exit
 * needs. count is 0 when there are none. Errors: none so far. */
AIS_NODISCARD int ais_onnx_guess_exits(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                       ais_onnx_exits **out, ais_error **err);
void ais_onnx_exits_free(ais_onnx_exits *exits);
AIS_DEFINE_AUTO(ais_onnx_exits)

/* ---- parts ---- */

/* A sub-graph: everything between `inputs` and `outputs`. */
typedef struct ais_onnx_part {
    const size_t *inputs, *outputs; /* values of the main graph */
    size_t input_count, output_count;
} ais_onnx_part;

/* The parts of a chain, of a model with exits: from the graph's inputs to its outputs.
 * Ownership: arrays are in `arena`; `parts` has room for part_count (exits->count + 1) of them. */
void ais_onnx_chain_parts(const ais_onnx_model *model, const ais_onnx_chain *chain,
                          ais_arena *arena, ais_onnx_part *parts);
void ais_onnx_exit_parts(const ais_onnx_model *model, const ais_onnx_exits *exits, ais_arena *arena,
                         ais_onnx_part *parts);

/* Write one part as a model of its own: nodes in the file's order, only what they need; unknown fields,
 * operator sets, IR version and local functions are kept. `facts` declare its inputs and outputs (may be
 * NULL: then the model itself must); infer them without sizes, or open sizes become fixed in the parts. External data goes to "<path's name>.data"
 * beside it. AIS_ONNX_RULE_STUDIO writes the bytes that onnx 1.12's extract_model() would.
 * The file must be new (it is staged; see ais_file_create()).
 * Errors: AIS_E_INPUT when the inputs do not suffice, AIS_E_IO. */
AIS_NODISCARD int ais_onnx_write_part(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                      const ais_onnx_part *part, ais_onnx_rule rule,
                                      const char *path, ais_error **err);
/* Write the parts of a chain as DIR/partition1_1.onnx, partition1_2.onnx ...; the folder is made. All appear
 * at once, whole, in place of those of an earlier cut; a failure leaves those, or nothing. What a writer left
 * that was killed is removed.
 * Errors: as above, naming the part; AIS_E_EXISTS while somebody else writes parts there. */
AIS_NODISCARD int ais_onnx_write_parts(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                       const ais_onnx_part *parts, size_t count, ais_onnx_rule rule,
                                       const char *dir, ais_error **err);
/* What a part costs by itself: nodes that two parts run count in both.
 * Errors: AIS_E_INPUT when the inputs do not suffice. */
AIS_NODISCARD int ais_onnx_measure_part(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                        const ais_onnx_part *part, double *flops,
                                        uint64_t *weight_bytes, ais_error **err);
/* Write the whole model unchanged: byte-identical. Files with external data that are not beside `path` yet are
 * copied there under the names that the model has for them. Errors: AIS_E_IO. */
AIS_NODISCARD int ais_onnx_write(const ais_onnx_model *model, const char *path, ais_error **err);
#endif
