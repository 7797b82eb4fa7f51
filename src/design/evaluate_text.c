/* An evaluation for people: a table of the classes, and the matrix; see evaluate.h. */
#include <string.h>

#include "design/evaluate.h"

enum { MATRIX_MOST = 20, NAME_MOST = 40 };

/* Columns on a terminal: one a character, as far as we look. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++)
        width += (*text & 0xC0) != 0x80;
    return width;
}

static void add_padded(const char *text, int width, ais_str *out)
{
    AIS_FREE char *shown = ais_strdup(text);
    ais_str_shorten(shown, NAME_MOST);
    ais_str_add_format(out, "%s%*s", shown, width > width_of(shown) ? width - width_of(shown) : 0,
                       "");
}

static int name_width(const ais_evaluation *e)
{
    int width = (int)strlen("average");
    for (size_t i = 0; i < e->class_count; i++)
        if (width_of(e->classes[i]) > width)
            width = width_of(e->classes[i]);
    return width < NAME_MOST ? width : NAME_MOST;
}

static size_t items_of(const ais_evaluation *e, size_t class)
{
    size_t sum = 0;
    for (size_t k = 0; k < e->class_count; k++)
        sum += e->counts[class * e->class_count + k];
    return sum;
}

static void add_matrix(const ais_evaluation *e, int names, ais_str *out)
{
    AIS_FREE char *most = ais_format("%zu", e->items);
    const int width = (int)strlen(most) > 4 ? (int)strlen(most) + 1 : 5;
    if (e->class_count > MATRIX_MOST)
        return;
    ais_str_add(out, "\nrows: the label; columns: the answer, in the same order\n");
    for (size_t t = 0; t < e->class_count; t++) {
        add_padded(e->classes[t], names, out);
        for (size_t k = 0; k < e->class_count; k++)
            ais_str_add_format(out, "%*zu", width, e->counts[t * e->class_count + k]);
        ais_str_add_char(out, '\n');
    }
}

static double metric(const ais_evaluation *e, const char *name)
{
    return ais_metric_find(name)->compute(e->scores, e->class_count, NULL);
}

void ais_evaluation_write_text(const ais_evaluation *evaluation, ais_str *out)
{
    const ais_evaluation *e = evaluation;
    const int names = name_width(e);
    ais_str_add_format(out, "%zu of %zu items are right: accuracy %.4f\n\n", e->right, e->items,
                       metric(e, "accuracy"));
    add_padded("class", names, out);
    ais_str_add(out, "   items  precision  recall      f1\n");
    for (size_t i = 0; i < e->class_count; i++) {
        const ais_class_scores *s = &e->scores[i];
        add_padded(e->classes[i], names, out);
        ais_str_add_format(out, "%8zu%11.4f%8.4f%8.4f\n", items_of(e, i), s->precision, s->recall,
                           s->f1);
    }
    add_padded("average", names, out);
    ais_str_add_format(out, "%8s%11.4f%8.4f%8.4f\n", "", metric(e, "average_precision"),
                       metric(e, "average_recall"), metric(e, "average_f1"));
    add_matrix(e, names, out);
}
