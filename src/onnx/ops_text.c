/* Operators on strings. */
#include <string.h>

#include "infer_priv.h"

static int tf_idf(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_FLOAT);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    size_t count;
    const int64_t *indices = ais__onnx_get_ints(call, "ngram_indexes", &count);
    int64_t largest = -1;
    if (in == NULL)
        return 0;
    for (size_t i = 0; indices != NULL && i < count; i++) {
        if (indices[i] < 0)
            return ais__onnx_fail(call, "'ngram_indexes' has %lld", (long long)indices[i]);
        largest = indices[i] > largest ? indices[i] : largest;
    }
    if (largest < 0 || in->rank < 1 || in->rank > 2)
        return ais__onnx_fail(call, "no 'ngram_indexes', or %zu axes (must be 1 or 2)", in->rank);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (in->rank == 2)
        dims[0] = in->dims[0];
    dims[in->rank - 1] = ais__onnx_dim(ais__onnx_plus(largest, 1));
    return 0;
}

/* How many words are left after the stop words, nobody knows. */
static int normalize_strings(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_STRING);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    if (in->rank < 1 || in->rank > 2)
        return ais__onnx_fail(call, "the input has %zu axes (must be 1 or 2)", in->rank);
    if (in->rank == 2 && in->dims[0].size != 1 && call->studio)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank);
    if (in->rank == 2)
        dims[0] = in->dims[0];
    return 0;
}

/* Opset 20: the pieces of each text, and how many they are. */
static int string_split(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_STRING);
    ais__onnx_set_type(call, 1, AIS_ONNX_INT64);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais__onnx_take_shape(call, 0, 1);
    ais_onnx_dim *dims = in != NULL ? ais__onnx_new_shape(call, 0, in->rank + 1) : NULL;
    if (dims != NULL && in->rank > 0)
        memcpy(dims, in->dims, in->rank * sizeof *dims);
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "TfIdfVectorizer", .rule = tf_idf},
    {.name = "StringNormalizer", .rule = normalize_strings},
    {.name = "StringSplit", .rule = string_split, .flags = AIS__ONNX_NEW},
    {.name = "StringConcat",
     .rule = ais__onnx_rule_broadcast,
     .type = AIS_ONNX_STRING,
     .flags = AIS__ONNX_NEW},
    {.name = "RegexFullMatch",
     .rule = ais__onnx_rule_like_as,
     .type = AIS_ONNX_BOOL,
     .flags = AIS__ONNX_NEW},
};
const ais__onnx_family ais__onnx_text = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
