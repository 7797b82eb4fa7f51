/* Comparing tensors element by element; see difference.h. */
#include "design/difference.h"

#include <math.h>
#include <string.h>

#include "infer/npy.h"
#include "infer/summary.h"

/* Two units in the last place, relative to the value. */
static double grain_of(ais_tensor_type type)
{
    return type == AIS_FLOAT16 ? 0x1p-9 : type == AIS_BFLOAT16 ? 0x1p-6 : 0;
}

static bool same_layout(const ais_tensor *a, const ais_tensor *b)
{
    return a->type == b->type && a->rank == b->rank &&
           memcmp(a->shape, b->shape, a->rank * sizeof *a->shape) == 0;
}

static void add_fault(ais_difference *d, size_t i)
{
    if (d->faults++ == 0)
        d->first = i;
    d->equal = false;
}

static void compare(ais_difference *d, size_t i, double whole, double got, double rtol, double atol)
{
    if (whole == got || (isnan(whole) && isnan(got)))
        return;
    const double absolute = fabs(got - whole);
    if (!isfinite(whole) || !isfinite(got)) { /* NaN or infinite on one side only */
        d->absolute = d->relative = INFINITY;
        add_fault(d, i);
        return;
    }
    d->absolute = fmax(d->absolute, absolute);
    if (whole != 0)
        d->relative = fmax(d->relative, absolute / fabs(whole));
    if (!(absolute <= atol + rtol * fabs(whole)))
        add_fault(d, i);
}

ais_difference ais__difference_of(const ais_tensor *whole, const ais_tensor *got, double rtol,
                                  double atol)
{
    ais_difference d = {.equal = true};
    if (!same_layout(whole, got))
        return (ais_difference){
            .other_layout = true, .absolute = INFINITY, .relative = INFINITY, .faults = 1};
    if (whole->bytes == 0 || memcmp(whole->data, got->data, whole->bytes) == 0)
        return d;
    const size_t count = whole->bytes / ais_tensor_type_size(whole->type);
    const double granted = fmax(rtol, grain_of(whole->type));
    for (size_t i = 0; i < count; i++)
        compare(&d, i, ais_tensor_get_number(whole, i), ais_tensor_get_number(got, i), granted,
                atol);
    return d;
}

/* NaN without a sign, which means nothing. */
static void write_number(const ais_tensor *t, size_t i, ais_str *out)
{
    const double number = ais_tensor_get_number(t, i);
    if (isnan(number))
        ais_str_add(out, "nan");
    else
        ais_str_add_format(out, "%.9g", number);
}

static void write_place(const ais_tensor *t, size_t i, ais_str *out)
{
    int64_t place[AIS_TENSOR_MAX_RANK] = {0};
    for (size_t d = t->rank; d-- > 0;) {
        place[d] = (int64_t)(i % (size_t)t->shape[d]);
        i /= (size_t)t->shape[d];
    }
    ais_str_add_char(out, '[');
    for (size_t d = 0; d < t->rank; d++)
        ais_str_add_format(out, "%s%lld", d > 0 ? "," : "", (long long)place[d]);
    ais_str_add_char(out, ']');
}

void ais__difference_write(const ais_difference *difference, const ais_tensor *whole,
                           const ais_tensor *got, ais_str *out)
{
    if (difference->other_layout) {
        ais_str_add(out, "is ");
        ais_tensor_write_layout(got, out);
        ais_str_add(out, ", not ");
        ais_tensor_write_layout(whole, out);
        return;
    }
    const size_t count = whole->bytes / ais_tensor_type_size(whole->type);
    ais_str_add(out, "is ");
    write_number(got, difference->first, out);
    ais_str_add(out, " at ");
    write_place(whole, difference->first, out);
    ais_str_add(out, ", not ");
    write_number(whole, difference->first, out);
    ais_str_add_format(out, ": %zu of %zu %s", difference->faults, count,
                       count == 1 ? "element differs" : "elements differ");
}
