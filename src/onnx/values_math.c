/* Elements through operators that compute: arithmetic, comparison, conversion, sums. An open element that
 * is a symbol stays one where the operation leaves it alone (N * 1, N + 0). */
#include <math.h>

#include "infer_priv.h"

/* ---- two numbers; false: nothing can be said ---- */

typedef bool integer_function(int64_t a, int64_t b, int64_t *out);
#define INTEGERS(name, expression)                                                                 \
    static bool name(int64_t a, int64_t b, int64_t *out)                                           \
    {                                                                                              \
        *out = (expression);                                                                       \
        return true;                                                                               \
    }
INTEGERS(add, ais__onnx_plus(a, b))
INTEGERS(multiply, ais__onnx_times(a, b))
INTEGERS(smaller, a < b ? a : b)
INTEGERS(larger, a > b ? a : b)
INTEGERS(equal, a == b)
INTEGERS(less, a < b)
INTEGERS(less_equal, a <= b)
INTEGERS(greater, a > b)
INTEGERS(greater_equal, a >= b)
INTEGERS(both, a != 0 && b != 0)
INTEGERS(either, a != 0 || b != 0)

static bool subtract(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_sub_overflow(a, b, out);
}

/* Towards zero, as ONNX Runtime does. */
static bool divide(int64_t a, int64_t b, int64_t *out)
{
    if (b == 0 || (a == INT64_MIN && b == -1))
        return false;
    *out = a / b;
    return true;
}

/* With the sign of the divisor (fmod=0). */
static bool modulo(int64_t a, int64_t b, int64_t *out)
{
    if (b == 0 || b == -1)
        return false;
    *out = a % b;
    if (*out != 0 && (*out < 0) != (b < 0))
        *out += b;
    return true;
}

static integer_function *const integer_functions[AIS__ONNX_OPERATION_COUNT] = {
    [AIS__ONNX_ADD] = add,         [AIS__ONNX_SUB] = subtract,
    [AIS__ONNX_MUL] = multiply,    [AIS__ONNX_DIV] = divide,
    [AIS__ONNX_MOD] = modulo,      [AIS__ONNX_MIN] = smaller,
    [AIS__ONNX_MAX] = larger,      [AIS__ONNX_EQUAL] = equal,
    [AIS__ONNX_LESS] = less,       [AIS__ONNX_LESS_EQUAL] = less_equal,
    [AIS__ONNX_GREATER] = greater, [AIS__ONNX_GREATER_EQUAL] = greater_equal,
    [AIS__ONNX_AND] = both,        [AIS__ONNX_OR] = either,
};

/* Comparisons of floating-point numbers give a boolean, the others a number. */
typedef void real_function(double a, double b, ais__onnx_item *out);
#define REALS(name, field, expression)                                                             \
    static void name(double a, double b, ais__onnx_item *out)                                      \
    {                                                                                              \
        out->field = (expression);                                                                 \
    }
REALS(add_reals, real, a + b)
REALS(subtract_reals, real, a - b)
REALS(multiply_reals, real, a *b)
REALS(divide_reals, real, a / b)
REALS(smaller_real, real, a < b ? a : b)
REALS(larger_real, real, a > b ? a : b)
REALS(power, real, pow(a, b))
REALS(equal_reals, number, a == b)
REALS(less_real, number, a < b)
REALS(less_equal_real, number, a <= b)
REALS(greater_real, number, a > b)
REALS(greater_equal_real, number, a >= b)

static real_function *const real_functions[AIS__ONNX_OPERATION_COUNT] = {
    [AIS__ONNX_ADD] = add_reals,
    [AIS__ONNX_SUB] = subtract_reals,
    [AIS__ONNX_MUL] = multiply_reals,
    [AIS__ONNX_DIV] = divide_reals,
    [AIS__ONNX_MIN] = smaller_real,
    [AIS__ONNX_MAX] = larger_real,
    [AIS__ONNX_POW] = power,
    [AIS__ONNX_EQUAL] = equal_reals,
    [AIS__ONNX_LESS] = less_real,
    [AIS__ONNX_LESS_EQUAL] = less_equal_real,
    [AIS__ONNX_GREATER] = greater_real,
    [AIS__ONNX_GREATER_EQUAL] = greater_equal_real,
};

/* N + 0, N - 0, N * 1, N / 1 are N. */
static const char *kept_symbol(ais__onnx_operation operation, ais__onnx_item a, ais__onnx_item b)
{
    const bool sum = operation == AIS__ONNX_ADD || operation == AIS__ONNX_SUB;
    const bool product = operation == AIS__ONNX_MUL || operation == AIS__ONNX_DIV;
    const bool commutes = operation == AIS__ONNX_ADD || operation == AIS__ONNX_MUL;
    const int64_t neutral = product ? 1 : 0;
    if (!sum && !product)
        return NULL;
    if (!a.known && b.known && b.number == neutral)
        return a.symbol;
    return commutes && !b.known && a.known && a.number == neutral ? b.symbol : NULL;
}

/* Index of the element of an input that meets element `i` of the result in broadcasting. */
static size_t broadcast_index(const ais_onnx_shape *in, const ais_onnx_shape *out, size_t i)
{
    size_t from = 0, stride = 1;
    for (size_t axis = 0; axis < in->rank; axis++) {
        const size_t size = (size_t)in->dims[in->rank - 1 - axis].size;
        const size_t wide = (size_t)out->dims[out->rank - 1 - axis].size;
        from += size == 1 ? 0 : i % wide * stride;
        i /= wide;
        stride *= size;
    }
    return from;
}

/* Inputs 0 to count - 1 have elements and wholly known shapes that fit the result. */
static bool have_elements(ais__onnx_call *call, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const ais_onnx_shape *shape = ais__onnx_input_shape(call, i);
        if (ais__onnx_input_data(call, i) == NULL || shape == NULL ||
            ais__onnx_shape_count(shape) < 0 || shape->rank > call->outputs[0].shape.rank)
            return false;
    }
    return true;
}

static void combine(ais__onnx_operation operation, bool real, ais__onnx_item a, ais__onnx_item b,
                    ais__onnx_item *out)
{
    ais__onnx_item result = {.known = false};
    if (a.known && b.known && real && real_functions[operation] != NULL) {
        real_functions[operation](a.real, b.real, &result);
        result.known = true;
    } else if (a.known && b.known && !real && integer_functions[operation] != NULL) {
        result.known = integer_functions[operation](a.number, b.number, &result.number);
    }
    if (!a.known || !b.known)
        result.symbol = real ? NULL : kept_symbol(operation, a, b);
    *out = result;
}

void ais__onnx_data_arithmetic(ais__onnx_call *call)
{
    if (call->input_count < 1 || !have_elements(call, call->input_count))
        return;
    ais__onnx_item *items = ais__onnx_new_data(call, 0);
    if (items == NULL)
        return;
    const ais_onnx_shape *out = &call->outputs[0].shape;
    const ais__onnx_operation operation = (ais__onnx_operation)call->op->argument;
    const ais__onnx_data *first = ais__onnx_input_data(call, 0);
    for (size_t i = 0; i < call->outputs[0].data->count; i++) {
        items[i] = first->items[broadcast_index(ais__onnx_input_shape(call, 0), out, i)];
        for (size_t k = 1; k < call->input_count; k++) {
            const ais__onnx_data *other = ais__onnx_input_data(call, k);
            const size_t from = broadcast_index(ais__onnx_input_shape(call, k), out, i);
            combine(operation, first->real, items[i], other->items[from], &items[i]);
        }
    }
}

/* ---- one number: of floating-point types, of integers; NULL: not for those ---- */

static double negated(double a)
{
    return -a;
}
static double reciprocal(double a)
{
    return 1 / a;
}
static double sign_of(double a)
{
    return (a > 0) - (a < 0);
}
static int64_t negated_integer(int64_t a)
{
    return a == INT64_MIN ? INT64_MAX : -a;
}
static int64_t size_of_integer(int64_t a)
{
    return a < 0 ? negated_integer(a) : a;
}
static int64_t sign_of_integer(int64_t a)
{
    return (a > 0) - (a < 0);
}
static int64_t is_zero(int64_t a)
{
    return a == 0;
}

static const struct {
    double (*real)(double a);
    int64_t (*integer)(int64_t a);
} unary[AIS__ONNX_OPERATION_COUNT] = {
    [AIS__ONNX_NEG] = {.real = negated, .integer = negated_integer},
    [AIS__ONNX_ABS] = {.real = fabs, .integer = size_of_integer},
    [AIS__ONNX_NOT] = {.integer = is_zero},
    [AIS__ONNX_FLOOR] = {.real = floor},
    [AIS__ONNX_CEIL] = {.real = ceil},
    [AIS__ONNX_ROUND] = {.real = rint},
    [AIS__ONNX_SQRT] = {.real = sqrt},
    [AIS__ONNX_RECIPROCAL] = {.real = reciprocal},
    [AIS__ONNX_SIGN] = {.real = sign_of, .integer = sign_of_integer},
};

void ais__onnx_data_unary(ais__onnx_call *call)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    ais__onnx_item *items = data != NULL ? ais__onnx_new_data(call, 0) : NULL;
    if (items == NULL || call->outputs[0].data->count != data->count)
        return;
    const ais__onnx_operation operation = (ais__onnx_operation)call->op->argument;
    for (size_t i = 0; i < data->count; i++) {
        const ais__onnx_item item = data->items[i];
        if (item.known && data->real && unary[operation].real != NULL)
            items[i] = (ais__onnx_item){.known = true, .real = unary[operation].real(item.real)};
        else if (item.known && !data->real && unary[operation].integer != NULL)
            items[i] =
                (ais__onnx_item){.known = true, .number = unary[operation].integer(item.number)};
    }
}

/* A float that fits: casts of others are undefined (C17 6.3.1.4). */
static bool to_integer(double real, int64_t *out)
{
    if (!(real > -9.2e18 && real < 9.2e18))
        return false;
    *out = (int64_t)real;
    return true;
}

void ais__onnx_data_cast(ais__onnx_call *call)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    ais__onnx_item *items = data != NULL ? ais__onnx_new_data(call, 0) : NULL;
    if (items == NULL || call->outputs[0].data->count != data->count)
        return;
    const bool real = call->outputs[0].data->real;
    const bool boolean = call->outputs[0].type == AIS_ONNX_BOOL;
    for (size_t i = 0; i < data->count; i++) {
        ais__onnx_item item = data->items[i];
        if (item.known && data->real && !real)
            item.known = boolean || to_integer(item.real, &item.number);
        if (item.known && boolean)
            item.number = data->real ? item.real != 0 : item.number != 0;
        if (item.known && real && !data->real)
            item.real = (double)item.number;
        if (boolean)
            item.symbol = NULL;
        items[i] = item;
    }
}

void ais__onnx_data_where(ais__onnx_call *call)
{
    if (call->input_count != 3 || !have_elements(call, 3))
        return;
    ais__onnx_item *items = ais__onnx_new_data(call, 0);
    const ais_onnx_shape *out = &call->outputs[0].shape;
    for (size_t i = 0; items != NULL && i < call->outputs[0].data->count; i++) {
        ais__onnx_item item[3];
        for (size_t k = 0; k < 3; k++) {
            const ais__onnx_data *data = ais__onnx_input_data(call, k);
            item[k] = data->items[broadcast_index(ais__onnx_input_shape(call, k), out, i)];
        }
        if (item[0].known)
            items[i] = item[0].number != 0 ? item[1] : item[2];
    }
}

void ais__onnx_data_range(ais__onnx_call *call)
{
    const ais__onnx_data *start = ais__onnx_input_data(call, 0);
    const ais__onnx_data *delta = ais__onnx_input_data(call, 2);
    if (start == NULL || delta == NULL || start->count != 1 || delta->count != 1 ||
        !start->items[0].known || !delta->items[0].known)
        return;
    ais__onnx_item *items = ais__onnx_new_data(call, 0);
    for (size_t i = 0; items != NULL && i < call->outputs[0].data->count; i++)
        items[i] = (ais__onnx_item){
            .known = true,
            .number = ais__onnx_plus(start->items[0].number,
                                     ais__onnx_times((int64_t)i, delta->items[0].number)),
            .real = start->items[0].real + (double)i * delta->items[0].real,
        };
}

/* Reductions to one element: all sizes multiplied, added, or the largest of them. */
void ais__onnx_data_reduce(ais__onnx_call *call)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    if (data == NULL || data->count == 0 || ais__onnx_shape_count(&call->outputs[0].shape) != 1)
        return;
    ais__onnx_item *items = ais__onnx_new_data(call, 0);
    items[0] = data->items[0];
    for (size_t i = 1; i < data->count; i++)
        combine((ais__onnx_operation)call->op->argument, data->real, items[0], data->items[i],
                &items[0]);
}

/* Coordinates of the elements that are not 0, one row an axis. */
void ais__onnx_data_nonzero(ais__onnx_call *call)
{
    const ais__onnx_data *data = ais__onnx_input_data(call, 0);
    const ais_onnx_shape *shape = ais__onnx_input_shape(call, 0);
    ais__onnx_item *items =
        data != NULL && shape != NULL && ais__onnx_shape_count(shape) >= 0 && shape->rank > 0
            ? ais__onnx_new_data(call, 0)
            : NULL;
    if (items == NULL)
        return;
    const size_t columns = call->outputs[0].data->count / shape->rank;
    size_t column = 0;
    for (size_t i = 0; i < data->count && column < columns; i++) {
        if (data->real ? data->items[i].real == 0 : data->items[i].number == 0)
            continue;
        size_t rest = i;
        for (size_t axis = shape->rank; axis-- > 0;) {
            const size_t size = (size_t)shape->dims[axis].size;
            items[axis * columns + column] =
                (ais__onnx_item){.known = true, .number = (int64_t)(rest % size)};
            rest /= size;
        }
        column++;
    }
}
