/* cli/onnx_options - what the commands of `aisprint onnx` have in common: --dim, --rule, a model's faults. */
#ifndef AIS_CLI_ONNX_OPTIONS_H
#define AIS_CLI_ONNX_OPTIONS_H
#include "cli/command.h"
#include "onnx/onnx.h"

/* Rows of an option table. `field` is a const char *. */
#define AIS__CLI_MODEL(options, field)                                                             \
    {                                                                                              \
        .type = AIS_CLI_STRING, .offset = offsetof(options, field), .value = "MODEL",              \
        .required = true, .help = "an ONNX file"                                                   \
    }
/* `field` of the options struct is an ais_cli_list. */
#define AIS__CLI_DIM(options, field)                                                               \
    {                                                                                              \
        .name = "dim", .type = AIS_CLI_LIST, .offset = offsetof(options, field),                   \
        .value = "NAME=N", .help = "the size of an open dimension of the model"                    \
    }
/* `field` is a const char *. */
#define AIS__CLI_RULE(options, field)                                                              \
    {                                                                                              \
        .name = "rule", .type = AIS_CLI_STRING, .offset = offsetof(options, field),                \
        .value = "RULE", .default_text = "pareto",                                                 \
        .help = "pareto, or studio: the order and the files of AI-SPRINT Studio"                   \
    }

/* "pareto" or "studio". Errors: AIS_E_USAGE. */
AIS_NODISCARD int ais__cli_onnx_rule(const char *text, ais_onnx_rule *out, ais_error **err);
/* Sizes of "NAME=N". Ownership: the array is in `arena`, names are borrowed from it.
 * Errors: AIS_E_USAGE: no number of 1 or more, a name given twice. */
AIS_NODISCARD int ais__cli_onnx_sizes(const ais_cli_list *dims, ais_arena *arena,
                                      ais_onnx_facts_options *out, ais_error **err);
/* Append "[N,3,480,640]", "?" for a size without a name; "unknown" when not even the rank is known. */
void ais__cli_onnx_add_shape(const ais_onnx_shape *shape, ais_str *out);
/* The same for JSON: numbers, names, null; null when not even the rank is known. */
ais_doc_node *ais__cli_onnx_shape_node(ais_doc *doc, const ais_onnx_shape *shape);
/* A line for each value: "  input    x  float [N,3]"; `title` (padded to `width`) stands in the first. */
void ais__cli_onnx_add_values(const ais_onnx_model *model, const ais_onnx_facts *facts,
                              const char *title, int width, const size_t *values, size_t count,
                              ais_str *out);
/* {"name", "type", "shape"} of a value, as far as known. */
ais_doc_node *ais__cli_onnx_value_node(ais_doc *doc, const ais_onnx_model *model,
                                       const ais_onnx_facts *facts, size_t value);
/* Floating-point operations: a whole number where it is one. */
ais_doc_node *ais__cli_onnx_flops_node(ais_doc *doc, double flops);
/* "1.5 MB", "640 bytes"; "1.2 GFLOP". Ownership: the caller frees it. */
char *ais__cli_onnx_bytes_text(uint64_t bytes);
char *ais__cli_onnx_flops_text(double flops);
#endif
