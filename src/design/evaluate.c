/* From answers to counts, metrics and texts; see evaluate.h. */
#include <string.h>

#include "base/map.h"
#include "design/confusion.h"
#include "design/evaluate_priv.h"

void ais_evaluation_free(ais_evaluation *evaluation)
{
    if (evaluation == NULL)
        return;
    ais_arena_free(evaluation->arena);
    free(evaluation);
}

void ais__answers_add(ais__answers *answers, ais__answer answer)
{
    answers->items =
        ais_grow(answers->items, &answers->capacity, answers->count + 1, sizeof *answers->items);
    answers->items[answers->count++] = answer;
}

/* ---- classes ---- */

static bool is_whole(const char *text)
{
    const size_t length = strlen(text);
    return length > 0 && length < 10 && strspn(text, "0123456789") == length;
}

/* Whole numbers by value and before all others. */
static int compare_classes(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    if (is_whole(x) != is_whole(y))
        return is_whole(x) ? -1 : 1;
    if (is_whole(x) && atoi(x) != atoi(y))
        return atoi(x) < atoi(y) ? -1 : 1;
    return strcmp(x, y);
}

typedef struct classes {
    ais_map *places; /* name -> &numbers[its place] */
    const char **names;
    size_t count, capacity;
    size_t *numbers;
} classes;

static void add_class(classes *c, const char *name)
{
    if (ais_map_put(c->places, name, c) != NULL)
        return;
    c->names = ais_grow(c->names, &c->capacity, c->count + 1, sizeof *c->names);
    c->names[c->count++] = name;
}

static void find_classes(const ais__answers *answers, classes *c)
{
    for (size_t i = 0; i < answers->class_count; i++)
        add_class(c, answers->classes[i]);
    for (size_t i = 0; answers->class_count == 0 && i < answers->count; i++) {
        add_class(c, answers->items[i].label);
        add_class(c, answers->items[i].given);
    }
    if (answers->class_count == 0 && c->count > 1)
        qsort(c->names, c->count, sizeof *c->names, compare_classes);
    c->numbers = ais_alloc(c->count * sizeof *c->numbers);
    for (size_t i = 0; i < c->count; i++) {
        c->numbers[i] = i;
        ais_map_put(c->places, c->names[i], &c->numbers[i]);
    }
}

static const char *name_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static size_t need_class(const classes *c, const char *name, ais_pos pos, const char *what,
                         ais_diags *diags)
{
    const size_t *place = ais_map_find(c->places, name);
    if (place != NULL)
        return *place;
    const char *near = ais_str_nearest(name, c->names, c->count, name_at);
    AIS_FREE char *hint = near != NULL ? ais_format("did you mean '%s'?", near) : NULL;
    ais_diags_add(diags, AIS_SEVERITY_ERROR, "evaluate-class", pos, hint,
                  "%s '%s' is none of the classes", what, name);
    return c->count;
}

/* ---- counting ---- */

static void score(ais_evaluation *e)
{
    const size_t n = e->class_count;
    AIS_FREE double *joint = ais_alloc(n * n * sizeof *joint);
    ais_class_scores *scores = ais_arena_alloc(e->arena, n * sizeof *scores);
    for (size_t i = 0; i < n * n; i++)
        joint[i] = (double)e->counts[i] / (double)e->items;
    ais_class_scores_of(joint, n, scores);
    e->scores = scores;
}

static int count(const ais__answers *answers, const classes *c, ais_diags *diags, ais_evaluation *e)
{
    const size_t errors = ais_diags_count_of(diags, AIS_SEVERITY_ERROR);
    size_t *counts = ais_arena_alloc(e->arena, c->count * c->count * sizeof *counts);
    for (size_t i = 0; i < answers->count; i++) {
        const ais__answer *a = &answers->items[i];
        const size_t label = need_class(c, a->label, a->label_pos, "the label", diags);
        const size_t given = need_class(c, a->given, a->given_pos, "the answer", diags);
        if (label == c->count || given == c->count)
            continue;
        counts[label * c->count + given]++;
        e->right += label == given;
    }
    e->counts = counts;
    e->items = answers->count;
    return ais_diags_count_of(diags, AIS_SEVERITY_ERROR) > errors ? -1 : 0;
}

static int count_all(const ais__answers *answers, classes *c, ais_diags *diags, ais_evaluation *e)
{
    find_classes(answers, c);
    if (c->count > AIS_CONFUSION_MAX_CLASSES) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "limit", answers->items[0].label_pos, NULL,
                      "there are %zu classes (at most %d)", c->count, AIS_CONFUSION_MAX_CLASSES);
        return -1;
    }
    const char **names = ais_arena_alloc(e->arena, c->count * sizeof *names);
    for (size_t i = 0; i < c->count; i++)
        names[i] = ais_arena_strdup(e->arena, c->names[i]);
    e->classes = names;
    e->class_count = c->count;
    if (count(answers, c, diags, e) < 0)
        return -1;
    score(e);
    return 0;
}

int ais_evaluate(const ais_evaluate_options *options, ais_diags *diags, ais_evaluation **out)
{
    AIS_AUTO(ais_evaluation) e = ais_alloc(sizeof *e);
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_map) places = ais_map_new();
    ais__answers answers = {.arena = arena};
    classes c = {.places = places};
    e->arena = ais_arena_new();
    int status = 0;
    if (options->classes != NULL)
        status = ais_classes_read(options->classes, arena, diags, &answers.classes,
                                  &answers.class_count);
    if (status == 0)
        status = options->model != NULL ? ais__evaluate_run_model(options, diags, &answers)
                                        : ais__evaluate_read_answers(options, diags, &answers);
    if (status == 0 && answers.count == 0) {
        ais_diags_add(diags, AIS_SEVERITY_ERROR, "evaluate-item",
                      (ais_pos){.file = options->labels}, NULL, "there are no labelled items");
        status = -1;
    }
    if (status == 0)
        status = count_all(&answers, &c, diags, e);
    free(answers.items);
    free(c.names);
    free(c.numbers);
    if (status < 0)
        return -1;
    *out = e;
    e = NULL;
    return 0;
}

/* ---- what is told of it ---- */

int ais_evaluation_write(const ais_evaluation *evaluation, const char *dir, ais_error **err)
{
    const size_t cells = evaluation->class_count * evaluation->class_count;
    AIS_FREE double *joint = ais_alloc(cells * sizeof *joint);
    for (size_t i = 0; i < cells; i++)
        joint[i] = (double)evaluation->counts[i];
    const ais_confusion confusion = {.count = evaluation->class_count,
                                     .classes = evaluation->classes,
                                     .joint = joint,
                                     .sum = (double)evaluation->items};
    return ais_confusion_write(&confusion, dir, err);
}

static size_t count_of(const ais_evaluation *e, size_t class, bool answered)
{
    size_t sum = 0;
    for (size_t k = 0; k < e->class_count; k++)
        sum += e->counts[answered ? k * e->class_count + class : class * e->class_count + k];
    return sum;
}

static ais_doc_node *class_node(const ais_evaluation *e, size_t class, ais_doc *doc)
{
    const ais_class_scores *s = &e->scores[class];
    ais_doc_node *map = ais_doc_new_map(doc);
    ais_doc_put(map, "name", ais_doc_new_string(doc, e->classes[class]));
    ais_doc_put(map, "items", ais_doc_new_int(doc, (int64_t)count_of(e, class, false)));
    ais_doc_put(map, "answered", ais_doc_new_int(doc, (int64_t)count_of(e, class, true)));
    ais_doc_put(map, "precision", ais_doc_new_float(doc, s->precision));
    ais_doc_put(map, "recall", ais_doc_new_float(doc, s->recall));
    ais_doc_put(map, "f1", ais_doc_new_float(doc, s->f1));
    return map;
}

ais_doc_node *ais_evaluation_to_node(const ais_evaluation *evaluation, ais_doc *doc)
{
    const ais_evaluation *e = evaluation;
    ais_doc_node *root = ais_doc_new_map(doc), *metrics = ais_doc_new_map(doc);
    ais_doc_node *list = ais_doc_new_list(doc), *matrix = ais_doc_new_list(doc);
    for (size_t i = 0; i < ais_metric_count; i++)
        ais_doc_put(
            metrics, ais_metrics[i].name,
            ais_doc_new_float(doc, ais_metrics[i].compute(e->scores, e->class_count, NULL)));
    for (size_t t = 0; t < e->class_count; t++) {
        ais_doc_node *row = ais_doc_new_list(doc);
        for (size_t k = 0; k < e->class_count; k++)
            ais_doc_append(row, ais_doc_new_int(doc, (int64_t)e->counts[t * e->class_count + k]));
        ais_doc_append(matrix, row);
        ais_doc_append(list, class_node(e, t, doc));
    }
    ais_doc_put(root, "items", ais_doc_new_int(doc, (int64_t)e->items));
    ais_doc_put(root, "right", ais_doc_new_int(doc, (int64_t)e->right));
    ais_doc_put(root, "metrics", metrics);
    ais_doc_put(root, "classes", list);
    ais_doc_put(root, "confusion", matrix);
    return root;
}
