/* @detect_metric_drift of all components together: one Drift Detector watches all metrics. */
#include <string.h>

#include "app/app_priv.h"

static const ais_annotation_kind kind = AIS_ANNOTATION_DETECT_METRIC_DRIFT;

/* What one component asks for of one field of one metric. */
typedef struct watch {
    const ais_annotations *annotations;
    const char *metric, *field;
    size_t row, column; /* of the metric, and of the field in it */
} watch;

typedef struct watches {
    watch *items;
    size_t count, capacity;
} watches;

static void watches_clear(watches *w)
{
    free(w->items);
}

static bool is_list(const ais_doc_node *node)
{
    return node != NULL && ais_doc_get_kind(node) == AIS_DOC_LIST;
}

static bool holds_lists(const ais_doc_node *node)
{
    for (size_t i = 0; i < ais_doc_count(node); i++)
        if (is_list(ais_doc_at(node, i)))
            return true;
    return false;
}

/* The value of one field: one for all, one a metric, or one a field (annotate has checked the shape). */
static const ais_doc_node *value_of(const watch *w, const char *argument)
{
    const ais_doc_node *metric = ais_annotations_find_argument(w->annotations, kind, "metric");
    const ais_doc_node *node = ais_annotations_find_argument(w->annotations, kind, argument);
    if (!is_list(node))
        return node;
    if (!is_list(metric) && !holds_lists(node))
        return ais_doc_at(node, w->column);
    const ais_doc_node *row = ais_doc_at(node, w->row);
    return is_list(row) ? ais_doc_at(row, w->column) : row;
}

static void add(watches *all, const ais_annotations *annotations, size_t row, size_t column,
                const ais_doc_node *metric, const ais_doc_node *field)
{
    all->items = ais_grow(all->items, &all->capacity, all->count + 1, sizeof *all->items);
    all->items[all->count++] = (watch){.annotations = annotations,
                                       .metric = ais_doc_get_text(metric),
                                       .field = ais_doc_get_text(field),
                                       .row = row,
                                       .column = column};
}

static void add_component(watches *all, const ais_annotations *annotations)
{
    const ais_doc_node *metric = ais_annotations_find_argument(annotations, kind, "metric");
    const ais_doc_node *field = ais_annotations_find_argument(annotations, kind, "field");
    if (metric == NULL || field == NULL)
        return;
    const size_t metrics = is_list(metric) ? ais_doc_count(metric) : 1;
    for (size_t i = 0; i < metrics; i++) {
        const ais_doc_node *name = is_list(metric) ? ais_doc_at(metric, i) : metric;
        const bool nested = is_list(metric) || (is_list(field) && holds_lists(field));
        const ais_doc_node *row = nested && is_list(field) ? ais_doc_at(field, i) : field;
        for (size_t k = 0; is_list(row) && k < ais_doc_count(row); k++)
            add(all, annotations, i, k, name, ais_doc_at(row, k));
        if (!is_list(row))
            add(all, annotations, i, 0, name, row);
    }
}

/* Of the components' sources, in the order of their folders, as the original looks for the first. */
static void list_watches(const ais_app *app, watches *all)
{
    for (size_t i = 0; i < app->source_count; i++) {
        const ais_app_source *source = &app->sources[i];
        if (source->annotations != NULL && source->name != NULL &&
            ais_app_find_component(app, source->name) != AIS_NONE)
            add_component(all, source->annotations);
    }
}

/* ---- the node ---- */

static const char *const settings[] = {"statistical_test", "test_threshold", "monitoring_period"};
/* One for the whole file, in hours; a field that asks for another one says so itself. */
static const struct {
    const char *key;
    bool largest; /* of what is asked for; else the smallest */
} periods[] = {{.key = "detection_interval"}, {.key = "data_collection_period", .largest = true}};

/* So often that nothing is tested later than asked, and collected for so long that all have their data. */
static const ais_doc_node *pick(const watches *all, size_t period)
{
    const ais_doc_node *best = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const ais_doc_node *node = value_of(&all->items[i], periods[period].key);
        if (node == NULL || (ais_doc_get_kind(node) & AIS_DOC_NUMBER) == 0)
            continue;
        if (best == NULL ||
            (periods[period].largest ? ais_doc_get_number(node) > ais_doc_get_number(best)
                                     : ais_doc_get_number(node) < ais_doc_get_number(best)))
            best = node;
    }
    return best;
}

static bool differ(const ais_doc_node *a, const ais_doc_node *b)
{
    return a != NULL && b != NULL && ais_doc_get_number(a) != ais_doc_get_number(b);
}

static ais_doc_node *watch_node(const watches *all, const watch *w, ais_doc *doc)
{
    ais_doc_node *node = ais_doc_new_map(doc);
    for (size_t i = 0; i < AIS_COUNT(settings); i++) {
        const ais_doc_node *value = value_of(w, settings[i]);
        if (value != NULL)
            ais_doc_put(node, settings[i], ais_doc_copy(doc, value));
    }
    for (size_t i = 0; i < AIS_COUNT(periods); i++) {
        const ais_doc_node *value = value_of(w, periods[i].key);
        if (differ(value, pick(all, i)))
            ais_doc_put(node, periods[i].key, ais_doc_copy(doc, value));
    }
    const ais_doc_node *endpoint = value_of(w, "notification_endpoint");
    if (endpoint != NULL)
        ais_doc_put(node, "notification_endpoint", ais_doc_copy(doc, endpoint));
    return node;
}

static size_t find_first(const watches *all, const watch *w)
{
    size_t i = 0;
    while (!ais_str_equal(all->items[i].metric, w->metric) ||
           !ais_str_equal(all->items[i].field, w->field))
        i++;
    return i;
}

ais_doc_node *ais_app_drift_to_node(const ais_app *app, ais_doc *doc)
{
    AIS_SCOPED(watches) all = {.items = NULL};
    list_watches(app, &all);
    if (all.count == 0)
        return NULL;
    ais_doc_node *root = ais_doc_new_map(doc), *metrics = ais_doc_new_map(doc);
    AIS_AUTO(ais_map) by_name = ais_map_new();
    for (size_t i = 0; i < all.count; i++) {
        const watch *w = &all.items[i];
        ais_doc_node *fields = ais_map_find(by_name, w->metric);
        if (fields == NULL) {
            fields = ais_doc_new_map(doc);
            ais_map_put(by_name, w->metric, fields);
            ais_doc_put(metrics, w->metric, fields);
        }
        if (find_first(&all, w) == i)
            ais_doc_put(fields, w->field, watch_node(&all, w, doc));
    }
    ais_doc_put(root, "metrics", metrics);
    for (size_t i = 0; i < AIS_COUNT(periods); i++)
        if (pick(&all, i) != NULL)
            ais_doc_put(root, periods[i].key, ais_doc_copy(doc, pick(&all, i)));
    return root;
}

size_t ais_app_drift_layer(const ais_app *app)
{
    size_t best = AIS_NONE;
    for (size_t i = 0; i < app->layer_count; i++)
        if ((app->layers[i].type == NULL ||
             !ais_str_equal(app->layers[i].type, "NativeCloudFunction")) &&
            (best == AIS_NONE || app->layers[i].number > app->layers[best].number))
            best = i;
    return best;
}

/* ---- checking ---- */

static void check_same(ais_app_load_state *state, const watch *first, const watch *second)
{
    for (size_t i = 0; i < AIS_COUNT(settings); i++) {
        const ais_doc_node *a = value_of(first, settings[i]), *b = value_of(second, settings[i]);
        if (a == NULL || b == NULL || ais_doc_equal(a, b))
            continue;
        ais__app_error(state, "drift-conflict", ais_doc_pos(b),
                       "one Drift Detector watches each field of a metric in one way",
                       "%s of %s, %s is %s here and %s at %s:%u", settings[i], second->metric,
                       second->field, ais_doc_get_text(b), ais_doc_get_text(a), ais_doc_pos(a).file,
                       ais_doc_pos(a).line);
        return;
    }
}

static void check_periods(ais_app_load_state *state, const watches *all)
{
    for (size_t p = 0; p < AIS_COUNT(periods); p++) {
        const ais_doc_node *picked = pick(all, p);
        const ais_doc_node *told = NULL;
        for (size_t i = 0; i < all->count; i++) {
            const ais_doc_node *value = value_of(&all->items[i], periods[p].key);
            if (value == told || !differ(value, picked))
                continue;
            told = value;
            ais__app_warn(state, "drift-period", ais_doc_pos(value),
                          "the configuration has one for all; that of this field stands beside it",
                          "%s is %s h, but %s h is the %s of what is asked for", periods[p].key,
                          ais_doc_get_text(value), ais_doc_get_text(picked),
                          periods[p].largest ? "longest" : "shortest");
        }
    }
}

void ais__app_check_drift(ais_app_load_state *state)
{
    AIS_SCOPED(watches) all = {.items = NULL};
    if (ais_diags_count_of(state->diags, AIS_SEVERITY_ERROR) > 0)
        return; /* shapes are known to be right only when nothing was told of them */
    list_watches(state->app, &all);
    for (size_t i = 0; i < all.count; i++) {
        const size_t first = find_first(&all, &all.items[i]);
        if (first < i)
            check_same(state, &all.items[first], &all.items[i]);
    }
    check_periods(state, &all);
    if (all.count > 0 && ais_app_drift_layer(state->app) == AIS_NONE)
        ais__app_warn(state, "drift-nowhere",
                      ais_doc_pos(ais_annotations_find(all.items[0].annotations, kind)),
                      "add a layer of machines",
                      "the Drift Detector cannot run: all layers are of functions");
}
