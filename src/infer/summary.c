/* Least, greatest, mean; see summary.h. */
#include "infer/summary.h"

#include <math.h>

#include "infer/infer_priv.h"
#include "infer/npy.h"

ais_summary ais_tensor_summarize(const ais_tensor *tensor)
{
    const size_t size = ais_tensor_type_size(tensor->type);
    ais_summary s = {.count = size > 0 ? tensor->bytes / size : 0, .min = NAN, .max = NAN};
    double sum = 0, lost = 0; /* compensated, as in base/stats, without a copy of all elements */
    for (size_t i = 0; i < s.count; i++) {
        const double value = ais_tensor_get_number(tensor, i);
        if (!isfinite(value)) {
            s.odd++;
            continue;
        }
        const double next = sum + value;
        lost += fabs(sum) >= fabs(value) ? (sum - next) + value : (value - next) + sum;
        sum = next;
        s.min = fmin(s.min, value); /* NaN gives way to a number */
        s.max = fmax(s.max, value);
    }
    s.mean = s.count > s.odd ? (sum + lost) / (double)(s.count - s.odd) : NAN;
    return s;
}

void ais_tensor_write_layout(const ais_tensor *tensor, ais_str *out)
{
    ais_str_add(out, ais_tensor_type_name(tensor->type));
    ais__infer_write_shape(out, tensor->rank, tensor->shape);
}
