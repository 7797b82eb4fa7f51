/* Element types of tensors, from the table in onnx.h. */
#include "onnx/onnx.h"

typedef struct type_row {
    const char *name;
    unsigned bits;
} type_row;

static const type_row rows[AIS_ONNX_TYPE_COUNT] = {
#define ROW(constant, number, text, size) [number] = {.name = text, .bits = size},
    AIS_ONNX_TYPES(ROW)
#undef ROW
};

const char *ais_onnx_type_name(ais_onnx_type type)
{
    return (unsigned)type < AIS_ONNX_TYPE_COUNT ? rows[type].name : "unknown";
}

unsigned ais_onnx_type_bits(ais_onnx_type type)
{
    return (unsigned)type < AIS_ONNX_TYPE_COUNT ? rows[type].bits : 0;
}
