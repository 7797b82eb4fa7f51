/* Operators of ai.onnx.ml: trees, linear models, encoders. */
#include <string.h>

#include "infer_priv.h"

/* How many classes the attributes name, and of which type they are. */
static int64_t classes(const ais__onnx_call *call, ais_onnx_type *type)
{
    static const struct {
        const char *name;
        ais_onnx_type type;
    } lists[] = {
        {.name = "classlabels_strings", .type = AIS_ONNX_STRING},
        {.name = "classlabels_int64s", .type = AIS_ONNX_INT64},
        {.name = "classlabels_ints", .type = AIS_ONNX_INT64},
    };
    *type = AIS_ONNX_INT64;
    for (size_t i = 0; i < AIS_COUNT(lists); i++) {
        const ais_onnx_attribute *list = ais_onnx_find_attribute(call->node, lists[i].name);
        if (list == NULL || list->count == 0)
            continue;
        *type = lists[i].type;
        return (int64_t)list->count;
    }
    return -1;
}

/* First axis of a table of features; a vector is one row. */
static ais_onnx_dim rows(const ais__onnx_call *call)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL || in->rank < 1 || in->rank > 2)
        return AIS__ONNX_OPEN;
    return in->rank == 1 ? ais__onnx_dim(1) : in->dims[0];
}

/* Labels [N] and scores [N, classes]. */
static int classifier(ais__onnx_call *call)
{
    ais_onnx_type type;
    int64_t count = classes(call, &type);
    const bool linear = call->op->argument == 1; /* the one that onnx 1.12 has the shapes of */
    ais__onnx_set_type(call, 0, type);
    if (call->studio && !linear)
        return 0;
    ais__onnx_set_type(call, 1, AIS_ONNX_FLOAT);
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in != NULL && (in->rank < 1 || in->rank > 2))
        return ais__onnx_fail(call, "the input has %zu axes (must be 1 or 2)", in->rank);
    const ais_onnx_attribute *intercepts = ais_onnx_find_attribute(call->node, "intercepts");
    if (call->studio) {
        const int64_t lines = intercepts != NULL ? (int64_t)intercepts->count : 0;
        count = lines == 1 && count == 2 ? 2 : lines;
    }
    ais__onnx_new_shape(call, 0, 1)[0] = rows(call);
    ais_onnx_dim *scores = ais__onnx_new_shape(call, 1, 2);
    if (scores != NULL) {
        scores[0] = rows(call);
        scores[1] = ais__onnx_dim(count);
    }
    return 0;
}

/* [N, targets] */
static int regressor(ais__onnx_call *call)
{
    if (call->studio) /* onnx 1.12 checks attributes only */
        return 0;
    const int64_t targets =
        ais__onnx_get_int(call, "n_targets", ais__onnx_get_int(call, "targets", 1));
    ais__onnx_set_type(call, 0, AIS_ONNX_FLOAT);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
    dims[0] = rows(call);
    dims[1] = ais__onnx_dim(targets);
    return 0;
}

/* Keys become values: the type is that of the attribute that lists them. */
static int label_encoder(ais__onnx_call *call)
{
    static const struct {
        const char *name;
        ais_onnx_type type;
    } values[] = {
        {.name = "values_strings", .type = AIS_ONNX_STRING},
        {.name = "values_int64s", .type = AIS_ONNX_INT64},
        {.name = "values_floats", .type = AIS_ONNX_FLOAT},
    };
    ais__onnx_take_shape(call, 0, 0);
    for (size_t i = 0; i < AIS_COUNT(values); i++)
        if (ais__onnx_has_attribute(call, values[i].name))
            ais__onnx_set_type(call, 0, values[i].type);
    const ais_onnx_attribute *tensor = ais_onnx_find_attribute(call->node, "values_tensor");
    if (tensor != NULL && tensor->type == AIS_ONNX_ATTRIBUTE_TENSOR && !call->studio)
        ais__onnx_set_type(call, 0, tensor->tensor->type);
    if (ais__onnx_has_attribute(call, "classes_strings")) /* version 1 */
        ais__onnx_set_type(call, 0,
                           ais__onnx_input_type(call, 0) == AIS_ONNX_STRING ? AIS_ONNX_INT64
                                                                            : AIS_ONNX_STRING);
    return 0;
}

static int category_mapper(ais__onnx_call *call)
{
    const ais_onnx_type in = ais__onnx_input_type(call, 0);
    if (in == AIS_ONNX_STRING || in == AIS_ONNX_INT64)
        ais__onnx_set_type(call, 0, in == AIS_ONNX_STRING ? AIS_ONNX_INT64 : AIS_ONNX_STRING);
    if (!call->studio)
        ais__onnx_take_shape(call, 0, 0);
    return 0;
}

static int cast_map(ais__onnx_call *call)
{
    ais__onnx_set_type(call, 0, AIS_ONNX_FLOAT);
    if (ais__onnx_is_text(call, "cast_to", "TO_FLOAT", "TO_INT64"))
        ais__onnx_set_type(call, 0, AIS_ONNX_INT64);
    if (ais__onnx_is_text(call, "cast_to", "TO_FLOAT", "TO_STRING"))
        ais__onnx_set_type(call, 0, AIS_ONNX_STRING);
    return 0;
}

/* A sequence of maps from class to probability. */
static int zip_map(ais__onnx_call *call)
{
    ais__onnx_fact *map = ais_arena_alloc(call->arena, sizeof *map);
    ais__onnx_fact *value = ais_arena_alloc(call->arena, sizeof *value);
    *value = (ais__onnx_fact){.kind = AIS_ONNX_KIND_TENSOR, .type = AIS_ONNX_FLOAT};
    *map = (ais__onnx_fact){.kind = AIS_ONNX_KIND_MAP, .element = value};
    classes(call, &map->type);
    call->outputs[0] = (ais__onnx_fact){.kind = AIS_ONNX_KIND_SEQUENCE, .element = map};
    return 0;
}

static int dict_vectorizer(ais__onnx_call *call)
{
    const ais__onnx_fact *in = ais__onnx_has_input(call, 0) ? call->inputs[0] : NULL;
    if (in == NULL || in->kind != AIS_ONNX_KIND_MAP || in->element == NULL)
        return -1;
    ais__onnx_set_type(call, 0, in->element->type);
    return 0;
}

static int feature_vectorizer(ais__onnx_call *call)
{
    size_t count;
    const int64_t *lengths = ais__onnx_get_ints(call, "inputdimensions", &count);
    int64_t total = lengths != NULL ? 0 : -1;
    for (size_t i = 0; lengths != NULL && i < count; i++)
        total = ais__onnx_plus(total, lengths[i]);
    ais__onnx_set_type(call, 0, AIS_ONNX_FLOAT);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
    dims[0] = rows(call);
    dims[1] = ais__onnx_dim(total);
    return 0;
}

/* One column a category behind the input's axes. */
static int one_hot_encoder(ais__onnx_call *call)
{
    static const char *const names[] = {"cats_int64s", "cats_strings"};
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    ais__onnx_set_type(call, 0, AIS_ONNX_FLOAT);
    ais_onnx_dim *dims = in != NULL ? ais__onnx_new_shape(call, 0, in->rank + 1) : NULL;
    if (dims == NULL)
        return 0;
    if (in->rank > 0)
        memcpy(dims, in->dims, in->rank * sizeof *dims);
    for (size_t i = 0; i < AIS_COUNT(names); i++) {
        const ais_onnx_attribute *list = ais_onnx_find_attribute(call->node, names[i]);
        if (list != NULL && list->count > 0)
            dims[in->rank] = ais__onnx_dim((int64_t)list->count);
    }
    return 0;
}

static int feature_extractor(ais__onnx_call *call)
{
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *indices = ais__onnx_input_shape(call, 1);
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    if (in == NULL || in->rank < 1)
        return 0;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank == 1 ? 2 : in->rank);
    if (dims == NULL)
        return 0;
    dims[0] = ais__onnx_dim(1);
    for (size_t i = 0; i + 1 < in->rank; i++)
        dims[i] = in->dims[i];
    if (indices != NULL)
        dims[call->outputs[0].shape.rank - 1] = ais__onnx_product(indices, 0, indices->rank);
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "LinearClassifier", .rule = classifier, .argument = 1},
    {.name = "SVMClassifier", .rule = classifier},
    {.name = "TreeEnsembleClassifier", .rule = classifier},
    {.name = "LinearRegressor", .rule = regressor},
    {.name = "SVMRegressor", .rule = regressor},
    {.name = "TreeEnsembleRegressor", .rule = regressor},
    {.name = "LabelEncoder", .rule = label_encoder},
    {.name = "CategoryMapper", .rule = category_mapper},
    {.name = "CastMap", .rule = cast_map},
    {.name = "ZipMap", .rule = zip_map},
    {.name = "DictVectorizer", .rule = dict_vectorizer},
    {.name = "FeatureVectorizer", .rule = feature_vectorizer, .flags = AIS__ONNX_NEW},
    {.name = "OneHotEncoder", .rule = one_hot_encoder, .flags = AIS__ONNX_NEW},
    {.name = "ArrayFeatureExtractor", .rule = feature_extractor, .flags = AIS__ONNX_NEW},
    {.name = "Binarizer",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .flags = AIS__ONNX_NEW},
    {.name = "Imputer",
     .rule = ais__onnx_rule_like,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 1,
     .flags = AIS__ONNX_NEW},
    {.name = "Normalizer",
     .rule = ais__onnx_rule_like_as,
     .type = AIS_ONNX_FLOAT,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 3,
     .flags = AIS__ONNX_NEW},
    {.name = "Scaler",
     .rule = ais__onnx_rule_like_as,
     .type = AIS_ONNX_FLOAT,
     .cost = AIS__ONNX_COST_EACH,
     .factor = 2,
     .flags = AIS__ONNX_NEW},
};
const ais__onnx_family ais__onnx_ml = {.domain = "ai.onnx.ml", .ops = ops, .count = AIS_COUNT(ops)};
