/* Numeric literals of Python and exact arithmetic on them, as Python computes it; what Python would
 * compute with integers beyond 64 bits is refused. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "annotate/python_priv.h"

static const char too_large[] = "does not fit 64 bits";
static const char not_finite[] = "is no finite number";

static ais__number int_number(int64_t value)
{
    return (ais__number){.is_int = true, .i = value, .d = (double)value};
}

static const char *float_number(double value, ais__number *out)
{
    if (!isfinite(value))
        return not_finite;
    *out = (ais__number){.is_int = false, .d = value};
    return NULL;
}

/* Of a digit in any base up to 36; larger than all of them for another character. */
static unsigned digit_value(char c)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    const char *at = strchr(digits, tolower((unsigned char)c));
    return at != NULL ? (unsigned)(at - digits) : 36;
}

static const char *parse_int(const char *digits, unsigned base, ais__number *out)
{
    uint64_t value = 0;
    if (digits[0] == '\0')
        return "is no number";
    for (const char *at = digits; *at != '\0'; at++) {
        const unsigned digit = digit_value(*at);
        if (digit >= base)
            return base == 10 && (*at == 'l' || *at == 'L') ? "is a long of Python 2"
                                                            : "is no number";
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value) || value > INT64_MAX)
            return too_large;
    }
    *out = int_number((int64_t)value);
    return NULL;
}

static unsigned prefix_base(const char *text)
{
    if (text[0] != '0' || text[1] == '\0')
        return 10;
    switch (tolower((unsigned char)text[1])) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 10;
    }
}

const char *ais__number_parse(const char *text, ais__number *out)
{
    char digits[512];
    size_t length = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '_')
            continue;
        if (length + 1 == sizeof digits)
            return "has too many digits";
        digits[length++] = *at;
    }
    digits[length] = '\0';
    const unsigned base = prefix_base(digits);
    if (base != 10)
        return parse_int(digits + 2, base, out);
    if (length > 0 && tolower((unsigned char)digits[length - 1]) == 'j')
        return "is a complex number";
    if (strpbrk(digits, ".eE") != NULL) {
        char *end = NULL;
        const double value = strtod(digits, &end);
        return *end != '\0' ? "is no number" : float_number(value, out);
    }
    if (digits[0] == '0' && strspn(digits, "0") != length)
        return "begins with 0 (octal is 0o17)";
    return parse_int(digits, 10, out);
}

const char *ais__number_negate(ais__number a, ais__number *out)
{
    if (!a.is_int)
        return float_number(-a.d, out);
    *out = int_number(-a.i); /* literals stop at INT64_MAX, so does what is folded from them */
    return NULL;
}

/* Results keep away from INT64_MIN, so that negation is always possible. */
static const char *int_result(bool overflow, int64_t value, ais__number *out)
{
    if (overflow || value == INT64_MIN)
        return too_large;
    *out = int_number(value);
    return NULL;
}

static const char *add(ais__number a, ais__number b, ais__number *out)
{
    if (!a.is_int || !b.is_int)
        return float_number(a.d + b.d, out);
    int64_t value = 0;
    const bool overflow = __builtin_add_overflow(a.i, b.i, &value);
    return int_result(overflow, value, out);
}

static const char *subtract(ais__number a, ais__number b, ais__number *out)
{
    if (!a.is_int || !b.is_int)
        return float_number(a.d - b.d, out);
    int64_t value = 0;
    const bool overflow = __builtin_sub_overflow(a.i, b.i, &value);
    return int_result(overflow, value, out);
}

static const char *multiply(ais__number a, ais__number b, ais__number *out)
{
    if (!a.is_int || !b.is_int)
        return float_number(a.d * b.d, out);
    int64_t value = 0;
    const bool overflow = __builtin_mul_overflow(a.i, b.i, &value);
    return int_result(overflow, value, out);
}

static const char division_by_zero[] = "divides by zero";

static bool is_zero(ais__number a)
{
    return a.is_int ? a.i == 0 : a.d == 0.0;
}

static const char *divide(ais__number a, ais__number b, ais__number *out)
{
    const int64_t exact = (int64_t)1 << 53;
    if (is_zero(b))
        return division_by_zero;
    /* Python rounds the quotient of two integers once; so do doubles only while they are exact */
    if (a.is_int && b.is_int && (a.i > exact || a.i < -exact || b.i > exact || b.i < -exact))
        return "divides numbers too large for it";
    return float_number(a.d / b.d, out);
}

/* Python's remainder has the sign of the divisor. */
static double float_remainder(double a, double b)
{
    const double rest = fmod(a, b);
    if (rest == 0.0)
        return copysign(0.0, b);
    return (rest < 0) != (b < 0) ? rest + b : rest;
}

static const char *remainder_of(ais__number a, ais__number b, ais__number *out)
{
    if (is_zero(b))
        return division_by_zero;
    if (!a.is_int || !b.is_int)
        return float_number(float_remainder(a.d, b.d), out);
    const int64_t rest = a.i % b.i;
    *out = int_number(rest != 0 && (rest < 0) != (b.i < 0) ? rest + b.i : rest);
    return NULL;
}

/* Source: CPython, Objects/floatobject.c, _float_div_mod(): (a - a % b) / b, then to the nearest
 * whole number, since the division may round. */
static double float_floor_divide(double a, double b)
{
    double rest = fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0.0 && (b < 0) != (rest < 0))
        quotient -= 1.0;
    if (quotient == 0.0)
        return copysign(0.0, a / b);
    const double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

static const char *floor_divide(ais__number a, ais__number b, ais__number *out)
{
    if (is_zero(b))
        return division_by_zero;
    if (!a.is_int || !b.is_int)
        return float_number(float_floor_divide(a.d, b.d), out);
    const int64_t quotient = a.i / b.i;
    *out = int_number(a.i % b.i != 0 && (a.i < 0) != (b.i < 0) ? quotient - 1 : quotient);
    return NULL;
}

static const char *int_power(int64_t base, int64_t exponent, ais__number *out)
{
    int64_t value = 1;
    if (base == 0 || base == 1) {
        *out = int_number(exponent == 0 ? 1 : base);
        return NULL;
    }
    if (base == -1) {
        *out = int_number(exponent % 2 == 0 ? 1 : -1);
        return NULL;
    }
    for (; exponent > 0; exponent--) /* 63 rounds at most: |base| >= 2 */
        if (__builtin_mul_overflow(value, base, &value) || value == INT64_MIN)
            return too_large;
    *out = int_number(value);
    return NULL;
}

static const char *power(ais__number a, ais__number b, ais__number *out)
{
    if (a.is_int && b.is_int && b.i >= 0)
        return int_power(a.i, b.i, out);
    if (is_zero(a) && b.d < 0)
        return division_by_zero;
    if (a.d < 0 && b.d != floor(b.d))
        return "is a complex number";
    return float_number(pow(a.d, b.d), out);
}

static const struct {
    const char *name;
    const char *(*fold)(ais__number a, ais__number b, ais__number *out);
} operators[] = {
    {.name = "+", .fold = add},           {.name = "-", .fold = subtract},
    {.name = "*", .fold = multiply},      {.name = "/", .fold = divide},
    {.name = "//", .fold = floor_divide}, {.name = "%", .fold = remainder_of},
    {.name = "**", .fold = power},
};

const char *ais__number_fold(const char *operator_text, ais__number a, ais__number b,
                             ais__number *out)
{
    for (size_t i = 0; i < AIS_COUNT(operators); i++)
        if (ais_str_equal(operators[i].name, operator_text))
            return operators[i].fold(a, b, out);
    return "uses an operator that is not followed";
}
