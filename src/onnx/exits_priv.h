/* What the files of early exits share. */
#ifndef AIS_ONNX_EXITS_PRIV_H
#define AIS_ONNX_EXITS_PRIV_H
#include "onnx/cut_priv.h"

/* A name in a table, and the value that it is. */
typedef struct ais__onnx_named {
    const char *name;
    ais_pos pos;
    size_t value; /* AIS_ONNX_NONE until it is found */
} ais__onnx_named;

typedef struct ais__onnx_named_list {
    ais__onnx_named *items;
    size_t count, capacity;
} ais__onnx_named_list;

/* A row of the table. */
typedef struct ais__onnx_exit_row {
    const char *name;
    ais_pos pos, trunk_pos, outputs_pos;
    ais__onnx_named_list trunk, outputs;
} ais__onnx_exit_row;

/* Hold rows, whose values are all found, against the model: faults go to `diags`; -1 when there is one. */
AIS_NODISCARD int ais__onnx_check_exits(const ais__onnx_flow *flow, const ais__onnx_exit_row *rows,
                                        size_t count, ais_diags *diags);
/* As ais_onnx_read_exits(), from memory; `name` is the file in positions. */
AIS_NODISCARD int ais__onnx_parse_exits(const ais_onnx_model *model, const ais_onnx_facts *facts,
                                        const char *name, const char *text, size_t length,
                                        ais_diags *diags, ais_onnx_exits **out);
#endif
