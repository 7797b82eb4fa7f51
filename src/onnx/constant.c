/* Elements of small tensors: read from the file, handed from rule to rule. What operators make of them is
 * in values*.c. */
#include <math.h>
#include <string.h>

#include "infer_priv.h"
#include "onnx/message.h"

bool ais__onnx_is_real(ais_onnx_type type)
{
    return type == AIS_ONNX_FLOAT || type == AIS_ONNX_DOUBLE || type == AIS_ONNX_FLOAT16 ||
           type == AIS_ONNX_BFLOAT16;
}

static ais__onnx_data *new_data(ais_arena *arena, bool real, size_t count)
{
    ais__onnx_data *data = ais_arena_alloc(arena, sizeof *data);
    *data = (ais__onnx_data){
        .real = real,
        .count = count,
        .items = ais_arena_alloc(arena, count * sizeof *data->items),
    };
    return data;
}

/* ---- floating-point elements, raw or in a field of their own ---- */

static double half_of(uint64_t bits)
{
    const double sign = (bits >> 15 & 1) != 0 ? -1 : 1;
    const int exponent = (int)(bits >> 10 & 31);
    const double fraction = (double)(bits & 1023);
    if (exponent == 31)
        return fraction == 0 ? sign * INFINITY : NAN;
    return exponent == 0 ? sign * ldexp(fraction, -24)
                         : sign * ldexp(1024 + fraction, exponent - 25);
}

static double real_of(ais_onnx_type type, uint64_t bits)
{
    if (type == AIS_ONNX_FLOAT16)
        return half_of(bits);
    if (type == AIS_ONNX_DOUBLE) {
        double number;
        memcpy(&number, &bits, sizeof number);
        return number;
    }
    const uint32_t word = (uint32_t)(type == AIS_ONNX_BFLOAT16 ? bits << 16 : bits);
    float number;
    memcpy(&number, &word, sizeof number);
    return (double)number;
}

static uint64_t little_endian(const uint8_t *at, size_t bytes)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < bytes; i++)
        bits |= (uint64_t)at[i] << (8 * i);
    return bits;
}

/* One field with numbers, packed or single. Returns how many it held. */
static size_t field_reals(ais_onnx_type type, ais_onnx_field *f, double *out, size_t capacity)
{
    static const ais_onnx_source source = {.path = ""};
    const size_t bytes = type == AIS_ONNX_DOUBLE ? 8 : 4;
    const bool varints = type == AIS_ONNX_FLOAT16 || type == AIS_ONNX_BFLOAT16;
    size_t count = 0;
    if (f->type != AIS_ONNX_WIRE_BYTES && capacity > 0) {
        out[0] = real_of(type, f->value);
        return 1;
    }
    while (varints && f->bytes.at < f->bytes.end && count < capacity) {
        uint64_t bits;
        if (ais_onnx_next_varint(&source, &f->bytes, &bits, NULL) < 0)
            return count;
        out[count++] = real_of(type, bits);
    }
    for (const uint8_t *at = f->bytes.at;
         !varints && count < capacity && (size_t)(f->bytes.end - at) >= bytes; at += bytes)
        out[count++] = real_of(type, little_endian(at, bytes));
    return count;
}

/* Up to `capacity` numbers; returns how many there are. */
static size_t tensor_reals(const ais_onnx_tensor *tensor, double *out, size_t capacity)
{
    static const ais_onnx_source source = {.path = ""};
    const size_t bytes = ais_onnx_type_bits(tensor->type) / 8;
    const uint32_t field = tensor->type == AIS_ONNX_DOUBLE  ? AIS_ONNX_TENSOR_DOUBLES
                           : tensor->type == AIS_ONNX_FLOAT ? AIS_ONNX_TENSOR_FLOATS
                                                            : AIS_ONNX_TENSOR_INT32S;
    size_t count = 0;
    for (; tensor->raw.length > 0 && count < capacity && (count + 1) * bytes <= tensor->raw.length;
         count++)
        out[count] = real_of(tensor->type, little_endian(tensor->raw.data + count * bytes, bytes));
    if (tensor->raw.length > 0)
        return count;
    ais_onnx_span in = {.at = tensor->span.data, .end = tensor->span.data + tensor->span.length};
    while (tensor->span.length > 0 && in.at < in.end && count < capacity) {
        ais_onnx_field f = {.number = 0};
        if (ais_onnx_next_field(&source, &in, &f, NULL) < 0)
            return count;
        if (f.number == field)
            count += field_reals(tensor->type, &f, out + count, capacity - count);
    }
    return count;
}

/* ---- all elements ---- */

static const ais__onnx_data *read_integers(ais_arena *arena, const ais_onnx_tensor *tensor,
                                           size_t count)
{
    AIS_FREE int64_t *numbers = ais_alloc((count + 1) * sizeof *numbers);
    ais_onnx_tensor as = *tensor;
    if (as.type == AIS_ONNX_BOOL) /* 0 and 1, stored alike */
        as.type = AIS_ONNX_UINT8;
    if (ais_onnx_tensor_ints(&as, numbers, count) != (ptrdiff_t)count)
        return NULL;
    ais__onnx_data *data = new_data(arena, false, count);
    for (size_t i = 0; i < count; i++)
        data->items[i] = (ais__onnx_item){.known = true, .number = numbers[i]};
    return data;
}

static const ais__onnx_data *read_reals(ais_arena *arena, const ais_onnx_tensor *tensor,
                                        size_t count)
{
    AIS_FREE double *numbers = ais_alloc((count + 1) * sizeof *numbers);
    if (tensor_reals(tensor, numbers, count) != count)
        return NULL;
    ais__onnx_data *data = new_data(arena, true, count);
    for (size_t i = 0; i < count; i++)
        data->items[i] = (ais__onnx_item){.known = true, .real = numbers[i]};
    return data;
}

const ais__onnx_data *ais__onnx_read_data(ais_arena *arena, const ais_onnx_tensor *tensor)
{
    int64_t count = 1;
    for (size_t i = 0; i < tensor->rank; i++) {
        if (tensor->dims[i] < 0)
            return NULL;
        count = ais__onnx_times(count, tensor->dims[i]);
    }
    if (count > AIS__ONNX_MAX_FOLLOWED || tensor->location != NULL)
        return NULL;
    if (ais__onnx_is_real(tensor->type))
        return read_reals(arena, tensor, (size_t)count);
    return read_integers(arena, tensor, (size_t)count);
}

const ais__onnx_data *ais__onnx_input_data(const ais__onnx_call *call, size_t i)
{
    if (!ais__onnx_has_input(call, i))
        return NULL;
    ais__onnx_fact *fact = call->inputs[i];
    if (fact->data == NULL && fact->tensor != NULL) {
        fact->data = ais__onnx_read_data(call->arena, fact->tensor);
        fact->tensor = NULL;
    }
    if (fact->data != NULL && ais__onnx_shape_count(&fact->shape) != (int64_t)fact->data->count &&
        !call->studio)
        return NULL; /* declared otherwise: which of them is right, nobody knows */
    return fact->data;
}

const int64_t *ais__onnx_input_ints(const ais__onnx_call *call, size_t i, size_t *count)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, i);
    if (data == NULL || data->real)
        return NULL;
    int64_t *numbers = ais_arena_alloc(call->arena, (data->count + 1) * sizeof *numbers);
    for (size_t k = 0; k < data->count; k++) {
        if (!data->items[k].known)
            return NULL;
        numbers[k] = data->items[k].number;
    }
    *count = data->count;
    return numbers;
}

const int64_t *ais__onnx_list(const ais__onnx_call *call, const char *attribute, size_t input,
                              bool *given, size_t *count)
{
    *count = 0;
    const int64_t *list = ais__onnx_get_ints(call, attribute, count);
    *given = list != NULL || ais__onnx_has_input(call, input);
    return list != NULL ? list : ais__onnx_input_ints(call, input, count);
}

bool ais__onnx_input_int(const ais__onnx_call *call, size_t i, int64_t *out)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, i);
    if (data == NULL || data->real || data->count != 1 || !data->items[0].known)
        return false;
    *out = data->items[0].number;
    return true;
}

ais__onnx_item *ais__onnx_new_data(ais__onnx_call *call, size_t output)
{
    if (!ais__onnx_has_output(call, output))
        return NULL;
    ais__onnx_fact *out = &call->outputs[output];
    const int64_t count = ais__onnx_shape_count(&out->shape);
    if (count < 0 || count > AIS__ONNX_MAX_FOLLOWED)
        return NULL;
    ais__onnx_data *data = new_data(call->arena, ais__onnx_is_real(out->type), (size_t)count);
    out->data = data;
    return data->items;
}
