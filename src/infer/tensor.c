/* Element types and shapes: sizes, names and texts. */
#include "infer/infer_priv.h"

#include <string.h>

static const struct {
    const char *code; /* as safetensors calls it */
    size_t size;
} types[AIS_TENSOR_TYPE_COUNT] = {
#define ROW(constant, text, bytes) [constant] = {.code = (text), .size = (bytes)},
    AIS_TENSOR_TYPES(ROW)
#undef ROW
};

/* As numpy calls them. */
static const char *const type_names[AIS_TENSOR_TYPE_COUNT] = {
    [AIS_FLOAT32] = "float32",   [AIS_FLOAT64] = "float64", [AIS_FLOAT16] = "float16",
    [AIS_BFLOAT16] = "bfloat16", [AIS_INT8] = "int8",       [AIS_INT16] = "int16",
    [AIS_INT32] = "int32",       [AIS_INT64] = "int64",     [AIS_UINT8] = "uint8",
    [AIS_UINT16] = "uint16",     [AIS_UINT32] = "uint32",   [AIS_UINT64] = "uint64",
    [AIS_BOOL] = "bool",
};

int64_t ais_tensor_count(size_t rank, const int64_t *shape)
{
    int64_t count = 1;
    bool empty = false;
    if (rank > AIS_TENSOR_MAX_RANK)
        return -1;
    for (size_t i = 0; i < rank; i++) {
        if (shape[i] < 0)
            return -1;
        empty = empty || shape[i] == 0;
    }
    for (size_t i = 0; i < rank && !empty; i++)
        if (__builtin_mul_overflow(count, shape[i], &count))
            return -1;
    return empty ? 0 : count;
}

size_t ais_tensor_type_size(ais_tensor_type type)
{
    return (unsigned)type < AIS_TENSOR_TYPE_COUNT ? types[type].size : 0;
}

const char *ais_tensor_type_name(ais_tensor_type type)
{
    return (unsigned)type < AIS_TENSOR_TYPE_COUNT ? type_names[type] : "unknown";
}

const char *ais__infer_type_code(ais_tensor_type type)
{
    return types[type].code;
}

ais_tensor_type ais__infer_type_of_code(const char *code)
{
    int i = 0;
    while (i < AIS_TENSOR_TYPE_COUNT && strcmp(types[i].code, code) != 0)
        i++;
    return (ais_tensor_type)i;
}

void ais__infer_write_shape(ais_str *out, size_t rank, const int64_t *shape)
{
    ais_str_add_char(out, '[');
    for (size_t i = 0; i < rank; i++)
        ais_str_add_format(out, "%s%lld", i > 0 ? "," : "", (long long)shape[i]);
    ais_str_add_char(out, ']');
}

void ais__infer_write_info(ais_str *out, const ais_tensor_info *info)
{
    if (info->any_rank) {
        ais_str_add_format(out, "any shape of %s", ais_tensor_type_name(info->type));
        return;
    }
    ais_str_add_char(out, '[');
    for (size_t i = 0; i < info->rank; i++) {
        ais_str_add(out, i > 0 ? "," : "");
        if (info->shape[i] >= 0)
            ais_str_add_format(out, "%lld", (long long)info->shape[i]);
        else
            ais_str_add(out, info->size_names[i] != NULL ? info->size_names[i] : "?");
    }
    ais_str_add_format(out, "] %s", ais_tensor_type_name(info->type));
}

/* The public ais_tensor has one `data` for what is read and what is written. What we hand out for
 * reading comes from const memory; this is the one place where that is crossed. */
void *ais__infer_unconst(const void *data)
{
    union {
        const void *in;
        void *out;
    } pointer = {.in = data};
    return pointer.out;
}
