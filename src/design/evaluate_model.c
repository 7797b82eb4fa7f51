/* Answers of a model that is run here, batch by batch; see evaluate.h. */
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "design/confusion.h"
#include "design/evaluate_priv.h"
#include "doc/csv.h"
#include "infer/npy.h"

static const char data_rule[] = "evaluate-data";

enum { BATCH = 32 }; /* where the model leaves the number open */

typedef struct work {
    const ais_evaluate_options *options;
    ais_diags *diags;
    ais__answers *out;
    ais_session *session;
    const ais_tensor *data; /* all items */
    size_t items, batch, output;
    size_t item_bytes;
    size_t class_count; /* that the model answers with */
    size_t *answers;    /* by item */
} work;

static int refuse(const work *w, const char *file, const char *hint, const char *format, ...)
    AIS_PRINTF(4, 5);
static int refuse(const work *w, const char *file, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    ais_diags_add(w->diags, AIS_SEVERITY_ERROR, data_rule, (ais_pos){.file = file}, hint, "%s",
                  text);
    return -1;
}

static int give(const work *w, ais_error *error)
{
    ais_diags_take_error(w->diags, ais_error_get_code(error) == AIS_E_INPUT ? data_rule : NULL,
                         error);
    return -1;
}

/* ---- the input ---- */

/* numpy makes doubles where nobody asks for floats. */
static ais_tensor *narrow(const ais_tensor *in, ais_tensor *out)
{
    const size_t count = in->bytes / sizeof(double);
    const double *from = in->data;
    float *to = ais_alloc(count * sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = (float)from[i];
    *out = *in;
    out->type = AIS_FLOAT32;
    out->data = to;
    out->bytes = count * sizeof *to;
    return out;
}

static void write_shape(const ais_tensor *t, ais_str *out)
{
    ais_str_add_char(out, '[');
    for (size_t i = 0; i < t->rank; i++)
        ais_str_add_format(out, "%s%lld", i > 0 ? "," : "", (long long)t->shape[i]);
    ais_str_add_format(out, "] %s", ais_tensor_type_name(t->type));
}

static void write_wanted(const ais_tensor_info *t, ais_str *out)
{
    ais_str_add_char(out, '[');
    for (size_t i = 0; i < t->rank; i++)
        if (t->shape[i] >= 0)
            ais_str_add_format(out, "%s%lld", i > 0 ? "," : "", (long long)t->shape[i]);
        else
            ais_str_add_format(out, "%s%s", i > 0 ? "," : "",
                               t->size_names[i] != NULL ? t->size_names[i] : "?");
    ais_str_add_format(out, "] %s", ais_tensor_type_name(t->type));
}

static int check_input(work *w)
{
    const size_t inputs = ais_session_count_inputs(w->session);
    if (inputs != 1)
        return refuse(w, w->options->model, NULL, "the model has %zu inputs (must be 1)", inputs);
    const ais_tensor_info *info = ais_session_get_input(w->session, 0);
    bool fits = w->data->type == info->type && w->data->rank >= 1 &&
                (info->any_rank || info->rank == w->data->rank);
    for (size_t i = 1; fits && !info->any_rank && i < info->rank; i++)
        fits = info->shape[i] < 0 || info->shape[i] == w->data->shape[i];
    if (!fits) {
        AIS_SCOPED(ais_str) there = {.data = NULL}, wanted = {.data = NULL};
        write_shape(w->data, &there);
        write_wanted(info, &wanted);
        return refuse(w, w->options->data,
                      "the first size is the number of items; the others are the model's",
                      "the data are %s, but the input '%s' of the model is %s", ais_str_get(&there),
                      info->name, ais_str_get(&wanted));
    }
    w->items = (size_t)w->data->shape[0];
    if (w->items == 0)
        return refuse(w, w->options->data, NULL, "there are no items");
    w->item_bytes = w->data->bytes / w->items;
    const int64_t fixed = info->any_rank || info->rank == 0 ? -1 : info->shape[0];
    w->batch = fixed > 0 ? (size_t)fixed : w->items < BATCH ? w->items : BATCH;
    return 0;
}

static const char *output_at(const void *session, size_t i)
{
    return ais_session_get_output(session, i)->name;
}

static int find_output(work *w)
{
    if (w->options->output == NULL)
        return 0;
    const int found = ais_session_find_output(w->session, w->options->output);
    if (found >= 0) {
        w->output = (size_t)found;
        return 0;
    }
    const char *near = ais_str_nearest(w->options->output, w->session,
                                       ais_session_count_outputs(w->session), output_at);
    AIS_FREE char *hint = near != NULL
                              ? ais_format("did you mean '%s'?", near)
                              : ais_format("the first one is '%s'", output_at(w->session, 0));
    return refuse(w, w->options->model, hint, "the model has no output '%s'", w->options->output);
}

/* ---- answers ---- */

/* The class of one item: the largest of its numbers, the first of equal ones. */
static int choose(work *w, const ais_tensor *scores, size_t row, size_t item)
{
    const size_t n = w->class_count;
    size_t best = 0;
    for (size_t k = 0; k < n; k++) {
        const double value = ais_tensor_get_number(scores, row * n + k);
        if (isnan(value))
            return refuse(w, w->options->model, NULL, "the model answers item %zu with NaN", item);
        if (value > ais_tensor_get_number(scores, row * n + best))
            best = k;
    }
    w->answers[item] = best;
    return 0;
}

static int read_scores(work *w, const ais_tensor *scores, size_t first, size_t count)
{
    const size_t numbers = scores->bytes / ais_tensor_type_size(scores->type);
    const size_t classes = numbers / w->batch;
    if (scores->rank == 0 || (size_t)scores->shape[0] != w->batch || classes < 2) {
        AIS_SCOPED(ais_str) shape = {.data = NULL};
        write_shape(scores, &shape);
        return refuse(w, w->options->model, "--output names another one",
                      "the output '%s' is %s for %zu items (must hold a number for each of two "
                      "classes or more, for each item)",
                      output_at(w->session, w->output), ais_str_get(&shape), w->batch);
    }
    w->class_count = classes;
    for (size_t i = 0; i < count; i++)
        if (choose(w, scores, i, first + i) < 0)
            return -1;
    return 0;
}

/* Items `first` and on; what a fixed batch lacks at the end is filled up with zeros. */
static int run_batch(work *w, size_t first, char *padded)
{
    const size_t count = w->items - first < w->batch ? w->items - first : w->batch;
    ais_tensor input = *w->data;
    ais_error *error = NULL; /* given to `diags` */
    AIS_AUTO(ais_run) run = NULL;
    input.shape[0] = (int64_t)w->batch;
    input.bytes = w->batch * w->item_bytes;
    input.data = (char *)w->data->data + first * w->item_bytes;
    if (count < w->batch) {
        memcpy(padded, input.data, count * w->item_bytes);
        input.data = padded;
    }
    if (ais_session_run(w->session, &input, 1, &run, &error) < 0)
        return give(w, error);
    return read_scores(w, ais_run_get_output(run, w->output), first, count);
}

static int run_all(work *w)
{
    AIS_FREE char *padded = ais_alloc(w->batch * w->item_bytes);
    w->answers = ais_arena_alloc(w->out->arena, w->items * sizeof *w->answers);
    for (size_t first = 0; first < w->items; first += w->batch)
        if (run_batch(w, first, padded) < 0)
            return -1;
    return 0;
}

/* ---- classes and labels ---- */

static int name_classes(work *w)
{
    if (w->out->class_count == 0) {
        if (w->class_count > AIS_CONFUSION_MAX_CLASSES)
            return refuse(w, w->options->model, "--output names another one",
                          "the model answers with %zu numbers an item (at most %d classes)",
                          w->class_count, AIS_CONFUSION_MAX_CLASSES);
        const char **names = ais_arena_alloc(w->out->arena, w->class_count * sizeof *names);
        for (size_t i = 0; i < w->class_count; i++)
            names[i] = ais_arena_format(w->out->arena, "%zu", i);
        w->out->classes = names;
        w->out->class_count = w->class_count;
    }
    if (w->out->class_count != w->class_count)
        return refuse(w, w->options->classes, NULL,
                      "there are %zu classes, but the model answers with %zu numbers",
                      w->out->class_count, w->class_count);
    return 0;
}

static void add_answer(work *w, const char *label, ais_pos pos)
{
    const size_t item = w->out->count;
    ais__answers_add(w->out, (ais__answer){.label = label,
                                           .given = w->out->classes[w->answers[item]],
                                           .label_pos = pos,
                                           .given_pos = pos});
}

static int check_count(const work *w, size_t labels)
{
    if (labels == w->items)
        return 0;
    return refuse(w, w->options->labels, NULL, "there are %zu labels for %zu items in %s", labels,
                  w->items, w->options->data);
}

/* An array of class numbers, one an item. */
static int read_label_array(work *w)
{
    AIS_AUTO(ais_npy) npy = NULL;
    ais_error *error = NULL; /* given to `diags` */
    if (ais_npy_read(w->options->labels, &npy, &error) < 0)
        return give(w, error);
    const ais_tensor *t = &npy->tensor;
    if (t->rank != 1 && !(t->rank == 2 && t->shape[1] == 1))
        return refuse(w, w->options->labels, "one class number an item",
                      "the labels have %zu dimensions (must be 1)", t->rank);
    if (check_count(w, (size_t)t->shape[0]) < 0)
        return -1;
    const size_t errors = ais_diags_count_of(w->diags, AIS_SEVERITY_ERROR);
    for (size_t i = 0; i < w->items; i++) {
        const double value = ais_npy_get(npy, i);
        if (value >= 0.0 && value < (double)w->class_count && value == floor(value))
            add_answer(w, w->out->classes[(size_t)value], (ais_pos){.file = w->options->labels});
        else
            refuse(w, w->options->labels, NULL,
                   "at byte %zu: the label of item %zu is %g (must be a class from 0 to %zu)",
                   ais_npy_byte_of(npy, i), i, value, w->class_count - 1);
    }
    return ais_diags_count_of(w->diags, AIS_SEVERITY_ERROR) > errors ? -1 : 0;
}

/* A table with the column `label`, whose rows are in the order of the items. */
static int read_label_table(work *w)
{
    static const char *const names[] = {"label"};
    AIS_AUTO(ais_csv) csv = NULL;
    size_t column = 0;
    if (ais_csv_read(w->options->labels, w->diags, &csv) < 0 ||
        ais_csv_need_columns(csv, names, 1, w->diags, &column) < 0 ||
        check_count(w, csv->row_count) < 0)
        return -1;
    for (size_t i = 0; i < csv->row_count; i++) {
        const ais_csv_cell *cell = &csv->rows[i].cells[column];
        ais_pos pos = cell->pos;
        pos.file = w->options->labels;
        add_answer(w, ais_arena_strdup(w->out->arena, cell->text), pos);
    }
    return 0;
}

static int evaluate(work *w)
{
    ais_error *error = NULL; /* given to `diags` */
    if (ais_session_open(w->options->model, NULL, &w->session, &error) < 0)
        return give(w, error);
    if (check_input(w) < 0 || find_output(w) < 0 || run_all(w) < 0 || name_classes(w) < 0)
        return -1;
    return ais_str_ends(w->options->labels, ".npy") ? read_label_array(w) : read_label_table(w);
}

int ais__evaluate_run_model(const ais_evaluate_options *options, ais_diags *diags,
                            ais__answers *out)
{
    work w = {.options = options, .diags = diags, .out = out};
    AIS_AUTO(ais_npy) npy = NULL;
    ais_tensor narrowed = {.data = NULL};
    ais_error *error = NULL; /* given to `diags` */
    if (ais_npy_read(options->data, &npy, &error) < 0)
        return give(&w, error);
    w.data = &npy->tensor;
    if (npy->tensor.type == AIS_FLOAT64)
        w.data = narrow(&npy->tensor, &narrowed);
    const int status = evaluate(&w);
    ais_session_close(w.session);
    free(narrowed.data);
    return status;
}
