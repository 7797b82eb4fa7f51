/* Numbers as text: the shortest that reads back, laid out as Python's repr does. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "doc/doc_priv.h"

enum { DIGITS = 17 }; /* always enough for a double */

/* |value| as 0.d1d2d3... * 10^point; `digits` without trailing zeros. */
typedef struct decimal {
    char digits[DIGITS + 1];
    int count, point;
} decimal;

static double to_double(const decimal *d)
{
    char text[DIGITS + 16];
    snprintf(text, sizeof text, "0.%.*se%d", d->count, d->digits, d->point);
    return strtod(text, NULL);
}

/* The next decimal of as many digits. */
static void round_up(decimal *d)
{
    int i = d->count - 1;
    while (i > 0 && d->digits[i] == '9')
        d->digits[i--] = '0';
    if (d->digits[i] == '9') {
        d->digits[i] = '1';
        d->point++;
    } else {
        d->digits[i]++;
    }
}

/* The decimal of `count` digits that reads back as `value`, if there is one. */
static bool try_digits(double value, int count, decimal *out)
{
    char text[DIGITS + 16];
    snprintf(text, sizeof text, "%.*e", count - 1, value);
    const char *exponent = strchr(text, 'e');
    *out = (decimal){.point = (int)strtol(exponent + 1, NULL, 10) + 1};
    for (const char *c = text; c < exponent; c++)
        if (*c != '.')
            out->digits[out->count++] = *c;
    /* Doubles lie twice as dense below a power of two as above: the nearest decimal, being below,
     * may miss it where the next one above does not. */
    if (to_double(out) < value)
        round_up(out);
    if (to_double(out) != value)
        return false;
    while (out->count > 1 && out->digits[out->count - 1] == '0')
        out->count--;
    return true;
}

static decimal shortest(double value)
{
    decimal result = {.count = 0};
    /* Up to 15 digits always survive in a normal double, so none shorter need be tried: trailing
     * zeros fall away. Below DBL_MIN there are fewer bits, and fewer digits may do. */
    int count = value < DBL_MIN ? 1 : DBL_DIG;
    while (!try_digits(value, count, &result) && count < DIGITS)
        count++;
    return result;
}

static void add_zeros(ais_str *out, int count)
{
    for (int i = 0; i < count; i++)
        ais_str_add_char(out, '0');
}

static void write_fixed(const decimal *d, ais_str *out)
{
    const int whole = d->point < 0 ? 0 : d->point < d->count ? d->point : d->count;
    ais_str_add_bytes(out, d->digits, (size_t)whole);
    add_zeros(out, d->point > 0 ? d->point - whole : 1);
    ais_str_add_char(out, '.');
    add_zeros(out, d->point < 0 ? -d->point : 0);
    if (whole < d->count)
        ais_str_add_bytes(out, d->digits + whole, (size_t)(d->count - whole));
    else
        ais_str_add_char(out, '0');
}

static void write_exponent(const decimal *d, ais_str *out)
{
    ais_str_add_char(out, d->digits[0]);
    if (d->count > 1) {
        ais_str_add_char(out, '.');
        ais_str_add_bytes(out, d->digits + 1, (size_t)(d->count - 1));
    }
    ais_str_add_format(out, "e%+.2d", d->point - 1);
}

void ais_doc_write_float(double value, ais_str *out)
{
    if (isnan(value)) {
        ais_str_add(out, "nan");
        return;
    }
    if (signbit(value))
        ais_str_add_char(out, '-');
    if (isinf(value)) {
        ais_str_add(out, "inf");
        return;
    }
    if (value == 0.0) {
        ais_str_add(out, "0.0");
        return;
    }
    const decimal d = shortest(fabs(value));
    if (d.point > -4 && d.point <= 16) /* where repr changes over */
        write_fixed(&d, out);
    else
        write_exponent(&d, out);
}

void ais__doc_write_plain(const ais_doc_node *scalar, ais_str *out)
{
    if (scalar->kind == AIS_DOC_NULL)
        ais_str_add(out, "null");
    else if (scalar->kind == AIS_DOC_BOOL)
        ais_str_add(out, scalar->boolean ? "true" : "false");
    else if (scalar->kind == AIS_DOC_INT)
        ais_str_add_format(out, "%lld", (long long)scalar->integer);
    else
        ais_doc_write_float(scalar->number, out);
}
