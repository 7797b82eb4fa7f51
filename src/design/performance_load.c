/* What @model_performance needs, read and held against each other; see performance_priv.h. */
#include <math.h>

#include "design/performance_priv.h"

#include "base/file.h"
#include "doc/csv.h"

static const char matrix_rule[] = "performance-matrix", classes_rule[] = "performance-classes",
                  weights_rule[] = "performance-weights";

static const ais_doc_node *find_argument(const ais_app *app, size_t component, const char *name)
{
    const ais_annotations *annotations = ais_app_get_annotations(app, component);
    return annotations == NULL
               ? NULL
               : ais_annotations_find_argument(annotations, AIS_ANNOTATION_MODEL_PERFORMANCE, name);
}

/* The next component that can stand at the place of `original`: itself, then its alternatives. Begin
 * with AIS_NONE; AIS_NONE again at the end. */
static size_t next_option(const ais_app *app, size_t original, size_t after)
{
    if (after == AIS_NONE)
        return original;
    size_t i = after == original ? app->base_component_count : after + 1;
    while (i < app->component_count && app->components[i].original != original)
        i++;
    return i < app->component_count ? i : AIS_NONE;
}

static char *folder_of(const ais_app *app, size_t component)
{
    const ais_app_source *source = &app->sources[app->components[component].source];
    return ais_path_join(source->dir, "classification_performance");
}

static bool has_folder(const ais_app *app, size_t component)
{
    AIS_FREE char *dir = folder_of(app, component);
    return ais_dir_exists(dir);
}

/* ---- matrices ---- */

static int read_model(ais__performance *p, size_t component)
{
    AIS_FREE char *dir = folder_of(p->app, component);
    if (!ais_dir_exists(dir)) {
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, matrix_rule, (ais_pos){.file = dir},
                      "measure it with 'aisprint evaluate-model'",
                      "there is no confusion matrix of '%s'", p->app->components[component].name);
        return -1;
    }
    ais__performance_model *model = &p->models[component];
    if (ais_confusion_read(dir, p->arena, p->diags, &model->confusion) < 0)
        return -1;
    model->is_read = true;
    return 0;
}

static const char *class_at(const void *confusion, size_t i)
{
    return ((const ais_confusion *)confusion)->classes[i];
}

/* The class at `node` in the component's matrix; a fault when it is not there. */
static int need_class(const ais__performance *p, size_t component, const ais_doc_node *node,
                      size_t *out)
{
    const ais_confusion *confusion = &p->models[component].confusion;
    const char *class = ais_doc_get_text(node);
    *out = ais_confusion_find(confusion, class);
    if (*out < confusion->count)
        return 0;
    const char *near = ais_str_nearest(class, confusion, confusion->count, class_at);
    AIS_FREE char *hint = near != NULL
                              ? ais_format("did you mean '%s'?", near)
                              : ais_format("its classes are in %s", confusion->classes_file);
    ais_diags_add(p->diags, AIS_SEVERITY_ERROR, classes_rule, ais_doc_pos(node), hint,
                  "the matrix of '%s' has no class '%s'", p->app->components[component].name,
                  class);
    return -1;
}

/* A filter, or an alternative to it, which must drop the same class. */
static int check_filter(ais__performance *p, size_t original, size_t component)
{
    const ais_doc_node *dropped = find_argument(p->app, original, "filtered_class");
    const ais_doc_node *own = find_argument(p->app, component, "filtered_class");
    ais__performance_model *model = &p->models[component];
    const char *name = p->app->components[component].name;
    if (model->confusion.count != 2) {
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, matrix_rule,
                      (ais_pos){.file = model->confusion.matrix_file},
                      "the class that it drops, and all others",
                      "the matrix of the filter '%s' has %zu classes (must be 2)", name,
                      model->confusion.count);
        return -1;
    }
    if (own != NULL && !ais_str_equal(ais_doc_get_text(own), ais_doc_get_text(dropped))) {
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, classes_rule, ais_doc_pos(own), NULL,
                      "'%s' drops '%s', but '%s', for which it may stand, drops '%s'", name,
                      ais_doc_get_text(own), p->app->components[original].name,
                      ais_doc_get_text(dropped));
        return -1;
    }
    if (need_class(p, component, dropped, &model->filtered) < 0)
        return -1;
    for (size_t t = 0; t < 2; t++) {
        if (ais_confusion_row_sum(&model->confusion, t) > 0.0)
            continue;
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, matrix_rule,
                      (ais_pos){.file = model->confusion.matrix_file},
                      "measure it with items of both classes",
                      "there was no item of '%s': nothing tells what the filter does with one",
                      model->confusion.classes[t]);
        return -1;
    }
    return 0;
}

/* The name of the class that the filter at this place of the chain drops. */
static const char *dropped_at(const ais__performance *p, size_t place)
{
    return ais_doc_get_text(find_argument(p->app, p->chain[place], "filtered_class"));
}

static bool is_dropped(const ais__performance *p, const char *class)
{
    for (size_t k = 0; k + 1 < p->chain_count; k++)
        if (ais_str_equal(dropped_at(p, k), class))
            return true;
    return false;
}

/* Does the classifier that says to predict a filtered class do so? */
static int check_predicted(const ais__performance *p, size_t component)
{
    const ais_doc_node *own = find_argument(p->app, component, "filtered_class");
    size_t found = 0;
    if (own == NULL)
        return 0;
    if (!is_dropped(p, ais_doc_get_text(own))) {
        AIS_FREE char *hint = ais_format("a filter drops '%s'", dropped_at(p, 0));
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, classes_rule, ais_doc_pos(own), hint,
                      "no filter before '%s' drops '%s'", p->app->components[component].name,
                      ais_doc_get_text(own));
        return -1;
    }
    return need_class(p, component, own, &found);
}

/* An average over other classes says something else: a warning. */
static void compare_classes(const ais__performance *p, size_t original, size_t component)
{
    const ais_confusion *first = &p->models[original].confusion;
    const ais_confusion *second = &p->models[component].confusion;
    for (int turn = 0; turn < 2; turn++) {
        const ais_confusion *has = turn == 0 ? first : second, *lacks = turn == 0 ? second : first;
        for (size_t i = 0; i < has->count; i++) {
            if (is_dropped(p, has->classes[i]) ||
                ais_confusion_find(lacks, has->classes[i]) < lacks->count)
                continue;
            ais_diags_add(p->diags, AIS_SEVERITY_WARNING, classes_rule,
                          (ais_pos){.file = second->classes_file},
                          "averages over different classes cannot be compared",
                          "the class '%s' of '%s' is none of '%s'", has->classes[i],
                          p->app->components[turn == 0 ? original : component].name,
                          p->app->components[turn == 0 ? component : original].name);
        }
    }
}

/* Was there an item that passes filters without a fault? */
static int check_rest(const ais__performance *p, size_t component)
{
    const ais_confusion *c = &p->models[component].confusion;
    for (size_t t = 0; t < c->count; t++)
        if (!is_dropped(p, c->classes[t]) && ais_confusion_row_sum(c, t) > 0.0)
            return 0;
    ais_diags_add(p->diags, AIS_SEVERITY_ERROR, matrix_rule, (ais_pos){.file = c->matrix_file},
                  "measure it with items that filters let through",
                  "there was no item of a class that no filter drops");
    return -1;
}

static int check_classifier(ais__performance *p, size_t original, size_t component)
{
    if (check_predicted(p, component) < 0 || check_rest(p, component) < 0)
        return -1;
    if (component != original && p->models[original].is_read)
        compare_classes(p, original, component);
    return 0;
}

/* All that can stand at one place of the chain. */
static int read_place(ais__performance *p, size_t place)
{
    const size_t original = p->chain[place];
    int status = 0;
    for (size_t i = next_option(p->app, original, AIS_NONE); i != AIS_NONE;
         i = next_option(p->app, original, i)) {
        if (read_model(p, i) < 0 ||
            (place + 1 < p->chain_count ? check_filter(p, original, i)
                                        : check_classifier(p, original, i)) < 0) {
            p->models[i].is_read = false; /* no further fault follows from it */
            status = -1;
        }
    }
    return status;
}

static bool has_matrices(const ais__performance *p)
{
    for (size_t place = 0; place < p->chain_count; place++)
        for (size_t i = next_option(p->app, p->chain[place], AIS_NONE); i != AIS_NONE;
             i = next_option(p->app, p->chain[place], i))
            if (has_folder(p->app, i))
                return true;
    return false;
}

/* ---- weights ---- */

static void read_weight(ais__performance *p, const ais_csv_row *row, const size_t columns[2])
{
    const ais_csv_cell *class = &row->cells[columns[0]], *weight = &row->cells[columns[1]];
    char *end = NULL;
    double *value = ais_arena_alloc(p->arena, sizeof *value);
    *value = strtod(weight->text, &end);
    if (end == weight->text || *end != '\0' || !(*value >= 0.0) || !isfinite(*value))
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, weights_rule, weight->pos, NULL,
                      "the weight '%s' is no number from 0", weight->text);
    if (ais_map_put(p->weights, class->text, value) != NULL)
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, weights_rule, class->pos, NULL,
                      "the class '%s' has a weight already", class->text);
}

/* Is there a weight for each class behind this classifier, and are they not all 0? */
static void check_weights_of(ais__performance *p, size_t component)
{
    const ais_confusion *c = &p->models[component].confusion;
    double sum = 0.0;
    bool missing = false;
    for (size_t i = 0; i < c->count + p->chain_count - 1; i++) {
        const char *class = i < c->count ? c->classes[i] : dropped_at(p, i - c->count);
        const double *weight = ais_map_find(p->weights, class);
        if (weight != NULL) {
            sum += *weight;
            continue;
        }
        missing = true;
        ais_diags_add(p->diags, AIS_SEVERITY_ERROR, weights_rule,
                      (ais_pos){.file = p->weights_file}, NULL, "the class '%s' has no weight",
                      class);
    }
    if (!missing && sum <= 0.0)
        ais_diags_add(
            p->diags, AIS_SEVERITY_ERROR, weights_rule, (ais_pos){.file = p->weights_file}, NULL,
            "the weights of the classes of '%s' are all 0", p->app->components[component].name);
}

static bool is_known(const ais__performance *p, const char *class)
{
    const size_t last = p->chain[p->chain_count - 1];
    if (is_dropped(p, class))
        return true;
    for (size_t i = next_option(p->app, last, AIS_NONE); i != AIS_NONE;
         i = next_option(p->app, last, i)) {
        const ais_confusion *c = &p->models[i].confusion;
        if (p->models[i].is_read && ais_confusion_find(c, class) < c->count)
            return true;
    }
    return false;
}

static void check_weights(ais__performance *p, const ais_csv *csv, size_t column)
{
    const size_t last = p->chain[p->chain_count - 1];
    for (size_t i = 0; i < csv->row_count; i++) {
        const ais_csv_cell *class = &csv->rows[i].cells[column];
        if (!is_known(p, class->text))
            ais_diags_add(p->diags, AIS_SEVERITY_ERROR, weights_rule, class->pos, NULL,
                          "there is no class '%s'", class->text);
    }
    for (size_t i = next_option(p->app, last, AIS_NONE); i != AIS_NONE;
         i = next_option(p->app, last, i))
        if (p->models[i].is_read)
            check_weights_of(p, i);
}

static int read_weights(ais__performance *p)
{
    static const char *const names[] = {"class", "weight"};
    const size_t errors = ais_diags_count_of(p->diags, AIS_SEVERITY_ERROR);
    AIS_FREE char *src = ais_path_join(p->app->dir, "src");
    AIS_FREE char *path = ais_path_join(src, "class_weights.csv");
    AIS_AUTO(ais_csv) csv = NULL;
    size_t columns[2];
    if (!ais_file_exists(path))
        return 0;
    if (ais_csv_read(path, p->diags, &csv) < 0 ||
        ais_csv_need_columns(csv, names, 2, p->diags, columns) < 0)
        return -1;
    p->weights_file = ais_arena_strdup(p->arena, path);
    p->weights = ais_map_new();
    for (size_t i = 0; i < csv->row_count; i++)
        read_weight(p, &csv->rows[i], columns);
    check_weights(p, csv, columns[0]);
    return ais_diags_count_of(p->diags, AIS_SEVERITY_ERROR) > errors ? -1 : 0;
}

int ais__performance_load(ais__performance *p)
{
    if (p->chain_count < 2)
        return 0;
    const size_t last = p->chain[p->chain_count - 1];
    const ais_doc_node *metric = find_argument(p->app, last, "metric");
    int status = 1;
    if (!has_matrices(p)) {
        ais_diags_add(p->diags, AIS_SEVERITY_WARNING, matrix_rule, ais_doc_pos(metric),
                      "measure them with 'aisprint evaluate-model'",
                      "no model of the chain has a folder classification_performance: alternatives "
                      "are not ranked");
        return 0;
    }
    p->metric = ais_metric_find(ais_doc_get_text(metric));
    if (p->metric == NULL)
        AIS_BUG("the metric '%s' is none of the table", ais_doc_get_text(metric));
    p->threshold = find_argument(p->app, last, "metric_thr");
    p->models = ais_arena_alloc(p->arena, p->app->component_count * sizeof *p->models);
    for (size_t place = 0; place < p->chain_count; place++)
        if (read_place(p, place) < 0)
            status = -1;
    if (read_weights(p) < 0)
        status = -1;
    return status;
}
