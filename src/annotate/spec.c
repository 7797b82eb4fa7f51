/* The nine annotations as tables: names, types, ranges, units, help. The rules that need two
 * arguments or the rest of the file are in rules.c. */
#include <string.h>

#include "annotate/annotate_priv.h"

static const char *const gpu_uses[] = {"dnn", "pre", "post", NULL};
static const char *const performance_metrics[] = {
    "average_f1", "average_precision", "average_recall", "average_accuracy", "accuracy", NULL};
static const char *const statistical_tests[] = {"kolmogorov-smirnov", "cramer-von-mises",
                                                "fisher-exact-test", "chi-squared", NULL};

#define TEXTS (AIS_DOC_STRING | AIS_DOC_LIST)
#define NUMBERS (AIS_DOC_NUMBER | AIS_DOC_LIST)

static const ais_annotation_argument component_name[] = {
    {.name = "name",
     .kinds = AIS_DOC_STRING,
     .required = true,
     .help = "name of the component in application_dag.yaml; letters, digits, '_', '.', '-'"},
};

static const ais_annotation_argument exec_time[] = {
    {.name = "local_time_thr",
     .kinds = AIS_DOC_NUMBER,
     .above_minimum = true,
     .unit = "s",
     .help = "longest time that this component may take for one item"},
    {.name = "global_time_thr",
     .kinds = AIS_DOC_NUMBER,
     .above_minimum = true,
     .unit = "s",
     .help = "longest time for the path prev_components + this component"},
    {.name = "prev_components",
     .kinds = AIS_DOC_LIST,
     .item_kinds = AIS_DOC_STRING,
     .help = "the components before this one on the path, in order"},
};

static const ais_annotation_argument expected_throughput[] = {
    {.name = "rate",
     .kinds = AIS_DOC_NUMBER,
     .required = true,
     .above_minimum = true,
     .unit = "1/s",
     .help = "items that arrive in a second"},
};

static const ais_annotation_argument partitionable_model[] = {
    {.name = "onnx_file",
     .kinds = AIS_DOC_STRING,
     .required = true,
     .help = "model, a file in the folder onnx/ of the component"},
    {.name = "num_partitions",
     .kinds = AIS_DOC_INT,
     .has_minimum = true,
     .minimum = 1,
     .help = "how many alternative cuts to look for; 1 when not given"},
};

static const ais_annotation_argument device_constraints[] = {
    {.name = "ram",
     .kinds = AIS_DOC_NUMBER,
     .above_minimum = true,
     .unit = "GB",
     .help = "memory that the component needs"},
    {.name = "vram",
     .kinds = AIS_DOC_NUMBER,
     .has_minimum = true,
     .unit = "GB",
     .help = "memory that it needs on a GPU; above 0: it needs a GPU"},
    {.name = "use_gpu_for",
     .kinds = AIS_DOC_LIST,
     .item_kinds = AIS_DOC_STRING,
     .choices = gpu_uses,
     .help = "the phases that use the GPU"},
};

static const ais_annotation_argument early_exits_model[] = {
    {.name = "onnx_file",
     .kinds = AIS_DOC_STRING,
     .required = true,
     .help = "model, a file in the folder onnx/ of the component"},
    {.name = "condition_function",
     .kinds = AIS_DOC_STRING,
     .required = true,
     .help = "function of the same file that says whether to leave at an exit"},
    {.name = "transition_probabilities",
     .kinds = AIS_DOC_LIST,
     .item_kinds = AIS_DOC_NUMBER,
     .required = true,
     .has_minimum = true,
     .has_maximum = true,
     .maximum = 1,
     .help = "for each exit the probability of not leaving there"},
};

static const ais_annotation_argument model_performance[] = {
    {.name = "metric",
     .kinds = AIS_DOC_STRING,
     .choices = performance_metrics,
     .help = "how alternatives are ranked"},
    {.name = "metric_thr",
     .kinds = AIS_DOC_NUMBER,
     .has_minimum = true,
     .has_maximum = true,
     .maximum = 1,
     .help = "least value of the metric that is acceptable"},
    {.name = "filtered_class",
     .kinds = AIS_DOC_STRING | AIS_DOC_INT,
     .help = "the class that the filter drops"},
};

static const ais_annotation_argument detect_metric_drift[] = {
    {.name = "metric",
     .kinds = TEXTS,
     .item_kinds = AIS_DOC_STRING,
     .required = true,
     .help = "measurement to watch, or a list of them"},
    {.name = "field",
     .kinds = TEXTS,
     .item_kinds = TEXTS,
     .required = true,
     .help = "field of the measurement; lists: one entry a metric, each a field or a list"},
    {.name = "statistical_test",
     .kinds = TEXTS,
     .item_kinds = TEXTS,
     .required = true,
     .choices = statistical_tests,
     .help = "test that compares now with then; one, or lists shaped as field"},
    {.name = "test_threshold",
     .kinds = NUMBERS,
     .item_kinds = NUMBERS,
     .required = true,
     .above_minimum = true,
     .has_maximum = true,
     .maximum = 1,
     .help = "a p-value below it is a drift; one, or lists shaped as field"},
    {.name = "detection_interval",
     .kinds = AIS_DOC_NUMBER,
     .required = true,
     .above_minimum = true,
     .unit = "h",
     .help = "time between two tests"},
    {.name = "monitoring_period",
     .kinds = NUMBERS,
     .item_kinds = NUMBERS,
     .required = true,
     .above_minimum = true,
     .unit = "h",
     .help = "how much of the past one test looks at; one, or lists shaped as field"},
    {.name = "data_collection_period",
     .kinds = AIS_DOC_NUMBER,
     .required = true,
     .has_minimum = true,
     .unit = "h",
     .help = "how long data are collected after a drift"},
    {.name = "notification_endpoint",
     .kinds = AIS_DOC_STRING,
     .help = "address that is told of a drift"},
};

static const ais_annotation_argument security[] = {
    {.name = "trustedExecution", .kinds = AIS_DOC_BOOL, .help = "run in an enclave (SGX)"},
    {.name = "networkShield", .kinds = AIS_DOC_BOOL, .help = "encrypt all connections"},
    {.name = "filesystemShield", .kinds = AIS_DOC_BOOL, .help = "encrypt and sign all files"},
    {.name = "confProc", .kinds = AIS_DOC_BOOL, .help = "keep data secret while computing"},
    {.name = "integrityProc", .kinds = AIS_DOC_BOOL, .help = "notice changes while computing"},
    {.name = "confRest", .kinds = AIS_DOC_BOOL, .help = "keep stored data secret"},
};

#define SPEC(table, text)                                                                          \
    {                                                                                              \
        .name = #table, .summary = text, .arguments = table, .argument_count = AIS_COUNT(table)    \
    }

static const ais_annotation_spec specs[AIS_ANNOTATION_COUNT] = {
    [AIS_ANNOTATION_COMPONENT_NAME] = SPEC(component_name, "which component this is"),
    [AIS_ANNOTATION_EXEC_TIME] = SPEC(exec_time, "how long it may take"),
    [AIS_ANNOTATION_EXPECTED_THROUGHPUT] =
        SPEC(expected_throughput, "how many items arrive, at a component that gets them first"),
    [AIS_ANNOTATION_PARTITIONABLE_MODEL] =
        SPEC(partitionable_model, "its model may be cut into segments"),
    [AIS_ANNOTATION_DEVICE_CONSTRAINTS] = SPEC(device_constraints, "what a device must have"),
    [AIS_ANNOTATION_EARLY_EXITS_MODEL] =
        SPEC(early_exits_model, "its model can answer before its end"),
    [AIS_ANNOTATION_MODEL_PERFORMANCE] =
        SPEC(model_performance, "how good the answers must be, where there are alternatives"),
    [AIS_ANNOTATION_DETECT_METRIC_DRIFT] =
        SPEC(detect_metric_drift, "notice when the data are no longer what they were"),
    [AIS_ANNOTATION_SECURITY] = SPEC(security, "protections that it asks for"),
};

const ais_annotation_spec *ais_annotation_spec_of(ais_annotation_kind kind)
{
    if ((unsigned)kind >= AIS_ANNOTATION_COUNT)
        AIS_BUG("no annotation %d", (int)kind);
    return &specs[kind];
}

bool ais__annotation_find_kind(const char *name, ais_annotation_kind *out)
{
    for (size_t i = 0; i < AIS_ANNOTATION_COUNT; i++)
        if (ais_str_equal(specs[i].name, name)) {
            *out = (ais_annotation_kind)i;
            return true;
        }
    return false;
}

static const char *spec_name_at(const void *names, size_t i)
{
    return ((const ais_annotation_spec *)names)[i].name;
}

const char *ais__annotation_nearest(const char *name)
{
    /* the all-in-one is no row of the table, but a name that may be meant */
    if (ais_str_equal(name, "annotations"))
        return AIS__ALL_IN_ONE;
    return ais_str_nearest(name, specs, AIS_ANNOTATION_COUNT, spec_name_at);
}

size_t ais__annotation_find_argument(ais_annotation_kind kind, const char *name)
{
    const ais_annotation_spec *spec = &specs[kind];
    for (size_t i = 0; i < spec->argument_count; i++)
        if (ais_str_equal(spec->arguments[i].name, name))
            return i;
    return AIS__NO_ARGUMENT;
}
