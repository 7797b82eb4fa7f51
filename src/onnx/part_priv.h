/* onnx/part_priv - what the writers of parts share: which nodes and values a part has. */
#ifndef AIS_ONNX_PART_PRIV_H
#define AIS_ONNX_PART_PRIV_H
#include "onnx/onnx_priv.h"
#include "onnx/relocate.h"

typedef struct ais__onnx_selection {
    const ais_onnx_model *model;
    const ais_onnx_facts *facts; /* or NULL */
    const ais_onnx_part *part;
    bool *nodes;    /* by node: is in the part */
    bool *values;   /* by value: a node of the part, its inputs or its outputs touch it */
    bool *is_input; /* by value: of the part */
} ais__onnx_selection;
void ais__onnx_selection_clear(ais__onnx_selection *s);

/* Nodes between the part's inputs and its outputs.
 * Errors: AIS_E_INPUT when the inputs do not suffice; the name says what is missing. */
AIS_NODISCARD int ais__onnx_select(ais__onnx_selection *s, ais_error **err);
/* Is the initializer `value` one of the part's? */
bool ais__onnx_selects_weight(const ais__onnx_selection *s, size_t value);

/* Append a ValueInfoProto of what is known of a value, as field `field`: what the model declares, or what
 * facts tell when that is more. Errors: AIS_E_INPUT when nothing is known of its type. */
AIS_NODISCARD int ais__onnx_add_value_info(const ais__onnx_selection *s, size_t value,
                                           uint32_t field, ais__onnx_rope *out, ais_error **err);
/* Made from kind, type and shape. */
void ais__onnx_add_tensor_info(const char *name, ais_onnx_type type, const ais_onnx_shape *shape,
                               uint32_t field, ais__onnx_rope *out);

/* Select the part's nodes and put its model together. `r` holds the name of its file of external data, and gets
 * the ranges that belong there. Errors: AIS_E_INPUT, AIS_E_LIMIT. */
AIS_NODISCARD int ais__onnx_build_part(ais__onnx_selection *s, ais_onnx_rule rule,
                                       ais__onnx_relocation *r, ais__onnx_rope *out,
                                       ais_error **err);
/* Write what was put together to a new file; large pieces of the model's file are copied from file to file.
 * Errors: AIS_E_IO. */
AIS_NODISCARD int ais__onnx_write_rope(const ais_onnx_model *model, const ais__onnx_rope *rope,
                                       const char *path, ais_error **err);
/* The part as onnx 1.12's extract_model() writes it. Errors: AIS_E_INPUT, AIS_E_LIMIT. */
AIS_NODISCARD int ais__onnx_extract_studio(const ais__onnx_selection *s, ais__onnx_rope *out,
                                           ais_error **err);
/* Append the local functions that the part calls. Errors: as above. */
AIS_NODISCARD int ais__onnx_add_functions(const ais__onnx_selection *s,
                                          const ais_onnx_source *source, ais__onnx_rope *out,
                                          ais_error **err);
#endif
