/* The rules that need more than one value: required arguments, arguments that belong together, and
 * what the file defines. */
#include <string.h>

#include "annotate/annotate_priv.h"

static const ais_doc_node *value_of(const ais__reading *reading, ais_annotation_kind kind,
                                    const char *argument)
{
    return ais_annotations_find_argument(reading->out, kind, argument);
}

static void check_required(ais__reading *reading)
{
    for (size_t kind = 0; kind < AIS_ANNOTATION_COUNT; kind++) {
        const ais_annotation_spec *spec = ais_annotation_spec_of((ais_annotation_kind)kind);
        if (reading->out->values[kind] == NULL || reading->incomplete[kind])
            continue;
        for (size_t i = 0; i < spec->argument_count; i++)
            if (spec->arguments[i].required && (reading->given[kind] >> i & 1) == 0)
                ais__fault(reading, "missing-argument", reading->first[kind],
                           spec->arguments[i].help, "'%s' needs '%s'", spec->name,
                           spec->arguments[i].name);
    }
}

static void check_component_name(ais__reading *reading)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (reading->first[AIS_ANNOTATION_COMPONENT_NAME].line == 0) {
        if (reading->out->entry != NULL && !reading->some_unread)
            ais__fault(reading, "missing-annotation", reading->out->entry_pos,
                       "say which component of application_dag.yaml it is",
                       "'%s' has no component_name", reading->out->entry);
        return;
    }
    const ais_doc_node *node = value_of(reading, AIS_ANNOTATION_COMPONENT_NAME, "name");
    if (node == NULL)
        return;
    const char *name = ais_doc_get_string(node, NULL);
    const size_t length = strlen(name);
    const bool starts_well = name[0] != '.' && name[0] != '-';
    if (length > 0 && (strspn(name, allowed) != length || !starts_well))
        ais__fault(reading, "bad-name", ais_doc_pos(node),
                   "it names files and images: letters, digits, '_', '.', '-', no '.' or '-' first",
                   "'name' is '%.80s'", name);
    else if (length > AIS__MAX_NAME)
        ais__fault(reading, "bad-name", ais_doc_pos(node), "at most 128 are possible",
                   "'name' has %zu characters", length);
}

static const ais_doc_node *find_text(const ais_doc_node *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (ais_str_equal(ais_doc_get_string(ais_doc_at(list, i), NULL), text))
            return ais_doc_at(list, i);
    return NULL;
}

static void check_path(ais__reading *reading, const ais_doc_node *path)
{
    const ais_doc_node *own = value_of(reading, AIS_ANNOTATION_COMPONENT_NAME, "name");
    for (size_t i = 0; i < ais_doc_count(path); i++) {
        const ais_doc_node *item = ais_doc_at(path, i);
        const char *name = ais_doc_get_string(item, NULL);
        if (own != NULL && ais_str_equal(name, ais_doc_get_string(own, NULL)))
            ais__fault(reading, "bad-path", ais_doc_pos(item), "it is added at the end by itself",
                       "'prev_components' holds the component '%.80s' itself", name);
        else if (find_text(path, i, name) != NULL)
            ais__fault(reading, "bad-path", ais_doc_pos(item), "a path has every component once",
                       "'prev_components' holds '%.80s' twice", name);
    }
}

static void check_exec_time(ais__reading *reading)
{
    const ais_annotation_kind kind = AIS_ANNOTATION_EXEC_TIME;
    const ais_doc_node *local = value_of(reading, kind, "local_time_thr");
    const ais_doc_node *global = value_of(reading, kind, "global_time_thr");
    const ais_doc_node *path = value_of(reading, kind, "prev_components");
    const size_t path_row = ais__annotation_find_argument(kind, "prev_components");
    const size_t global_row = ais__annotation_find_argument(kind, "global_time_thr");
    const bool path_given = path != NULL;
    const bool path_unread = (reading->given[kind] >> path_row & 1) != 0 &&
                             ais_doc_find(reading->out->values[kind], "prev_components") == NULL;
    const bool global_unread = (reading->given[kind] >> global_row & 1) != 0 &&
                               ais_doc_find(reading->out->values[kind], "global_time_thr") == NULL;
    if (global != NULL && !path_given && !path_unread && !reading->incomplete[kind])
        ais__fault(reading, "missing-argument", ais_doc_pos(global),
                   "list the components before this one on the path",
                   "'global_time_thr' needs 'prev_components'");
    if (path_given && global == NULL && !global_unread && !reading->incomplete[kind])
        ais__warn(reading, "unused-argument", ais_doc_pos(path), "give 'global_time_thr' too",
                  "'prev_components' says nothing without 'global_time_thr'");
    if (path_given)
        check_path(reading, path);
    if (local != NULL && global != NULL && ais_doc_get_number(local) > ais_doc_get_number(global))
        ais__fault(reading, "local-above-global", ais_doc_pos(local),
                   "the time of the whole path includes that of this component",
                   "'local_time_thr' is %g s, above 'global_time_thr' of %g s",
                   ais_doc_get_number(local), ais_doc_get_number(global));
}

static const char *function_at(const void *names, size_t i)
{
    return ais_doc_get_string(ais_doc_at(names, i), NULL);
}

static void check_condition_function(ais__reading *reading)
{
    const ais_doc_node *node =
        value_of(reading, AIS_ANNOTATION_EARLY_EXITS_MODEL, "condition_function");
    const ais_doc_node *functions = reading->out->functions;
    if (node == NULL)
        return;
    const char *name = ais_doc_get_string(node, NULL);
    const size_t count = ais_doc_count(functions);
    if (name[0] == '\0' || find_text(functions, count, name) != NULL)
        return;
    const char *nearest = ais_str_nearest(name, functions, count, function_at);
    AIS_FREE char *hint = nearest != NULL ? ais_format("did you mean '%s'?", nearest)
                                          : ais_strdup("define it at the top level of this file");
    ais__fault(reading, "unknown-function", ais_doc_pos(node), hint,
               "this file defines no function '%.80s'", name);
}

static void check_models(ais__reading *reading)
{
    static const ais_annotation_kind kinds[] = {AIS_ANNOTATION_PARTITIONABLE_MODEL,
                                                AIS_ANNOTATION_EARLY_EXITS_MODEL};
    for (size_t i = 0; i < AIS_COUNT(kinds); i++) {
        const ais_doc_node *file = value_of(reading, kinds[i], "onnx_file");
        const char *name = file != NULL ? ais_doc_get_string(file, NULL) : "";
        /* relative, without "..": what is copied into designs must not come from elsewhere */
        bool inside = name[0] != '/';
        for (const char *at = name; inside && at != NULL; at = strchr(at, '/')) {
            at += *at == '/';
            inside = !(at[0] == '.' && at[1] == '.' && (at[2] == '/' || at[2] == '\0'));
        }
        if (!inside)
            ais__fault(reading, "bad-name", ais_doc_pos(file),
                       "a file in the folder onnx/ of the component",
                       "'onnx_file' is '%.80s', which is elsewhere", name);
    }
    const ais_pos cut = reading->first[kinds[0]], exits = reading->first[kinds[1]];
    if (cut.line == 0 || exits.line == 0)
        return;
    const bool cut_first =
        cut.line < exits.line || (cut.line == exits.line && cut.column < exits.column);
    ais__fault(reading, "conflict", cut_first ? exits : cut, "keep one of them",
               "'partitionable_model' and 'early_exits_model' exclude each other");
}

static bool holds_lists(const ais_doc_node *node)
{
    for (size_t i = 0; i < ais_doc_count(node); i++)
        if (ais_doc_get_kind(ais_doc_at(node, i)) == AIS_DOC_LIST)
            return true;
    return false;
}

/* Fields of the metric `i`: what the other lists must match. */
static size_t count_fields(const ais_doc_node *metric, const ais_doc_node *field, size_t i)
{
    if (ais_doc_get_kind(field) != AIS_DOC_LIST)
        return 1;
    if (ais_doc_get_kind(metric) != AIS_DOC_LIST && !holds_lists(field))
        return ais_doc_count(field);
    const ais_doc_node *row = ais_doc_at(field, i);
    return ais_doc_get_kind(row) == AIS_DOC_LIST ? ais_doc_count(row) : 1;
}

static void drift_shape(ais__reading *reading, const char *name, const ais_doc_node *node,
                        size_t want, const char *of)
{
    ais__fault(reading, "wrong-shape", ais_doc_pos(node), "one for all, or one for each",
               "'%s' has %zu elements for %zu %s", name, ais_doc_count(node), want, of);
}

/* `node` is one for all, or has a row for each metric, each one for all or one for each field. */
static void check_drift_shape(ais__reading *reading, const char *name, const ais_doc_node *metric,
                              const ais_doc_node *field)
{
    const ais_doc_node *node = value_of(reading, AIS_ANNOTATION_DETECT_METRIC_DRIFT, name);
    if (node == NULL || ais_doc_get_kind(node) != AIS_DOC_LIST || ais_doc_count(node) == 0)
        return;
    const bool many = ais_doc_get_kind(metric) == AIS_DOC_LIST;
    const bool nested = holds_lists(node);
    if (!many && !nested) {
        if (ais_doc_count(node) != count_fields(metric, field, 0))
            drift_shape(reading, name, node, count_fields(metric, field, 0), "fields");
        return;
    }
    const size_t metrics = many ? ais_doc_count(metric) : 1;
    if (ais_doc_count(node) != metrics) {
        drift_shape(reading, name, node, metrics, "metrics");
        return;
    }
    for (size_t i = 0; i < metrics; i++) {
        const ais_doc_node *row = ais_doc_at(node, i);
        if (ais_doc_get_kind(row) == AIS_DOC_LIST &&
            ais_doc_count(row) != count_fields(metric, field, i))
            drift_shape(reading, name, row, count_fields(metric, field, i), "fields");
    }
}

static void check_drift(ais__reading *reading)
{
    static const char *const shaped[] = {"statistical_test", "test_threshold", "monitoring_period"};
    const ais_doc_node *metric = value_of(reading, AIS_ANNOTATION_DETECT_METRIC_DRIFT, "metric");
    const ais_doc_node *field = value_of(reading, AIS_ANNOTATION_DETECT_METRIC_DRIFT, "field");
    if (metric == NULL || field == NULL)
        return;
    const bool many = ais_doc_get_kind(metric) == AIS_DOC_LIST;
    const bool fields_listed = ais_doc_get_kind(field) == AIS_DOC_LIST;
    if (fields_listed && ais_doc_count(field) == 0)
        return; /* reported as empty */
    const bool nested = fields_listed && holds_lists(field);
    const size_t metrics = many ? ais_doc_count(metric) : 1;
    if ((many || nested) && (!fields_listed || ais_doc_count(field) != metrics)) {
        ais__fault(reading, "wrong-shape", ais_doc_pos(field),
                   "one entry a metric, each a field or a list of fields",
                   "'field' has %zu elements for %zu metrics",
                   fields_listed ? ais_doc_count(field) : 1, metrics);
        return;
    }
    for (size_t i = 0; i < AIS_COUNT(shaped); i++)
        check_drift_shape(reading, shaped[i], metric, field);
}

void ais__reading_finish(ais__reading *reading)
{
    check_required(reading);
    check_component_name(reading);
    check_exec_time(reading);
    check_models(reading);
    check_condition_function(reading);
    check_drift(reading);
}
