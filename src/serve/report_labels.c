/* The confusion matrix of the report. */
#include <string.h>

#include "serve/report_priv.h"

enum { CLASSES_MAX = 40 };

/* Names in order, each once; returns how many, or CLASSES_MAX + 1 when there are too many. */
typedef struct classes {
    const char *names[CLASSES_MAX];
    size_t count;
    bool too_many;
} classes;

static void add_class(classes *c, const char *name)
{
    size_t at = 0;
    while (at < c->count && strcmp(c->names[at], name) < 0)
        at++;
    if (at < c->count && ais_str_equal(c->names[at], name))
        return;
    if (c->count == CLASSES_MAX) {
        c->too_many = true;
        return;
    }
    memmove(&c->names[at + 1], &c->names[at], (c->count - at) * sizeof *c->names);
    c->names[at] = name;
    c->count++;
}

static ais_score_cell find_cell(const ais_score *score, const char *label, const char *given)
{
    for (size_t i = 0; i < score->count; i++)
        if (ais_str_equal(score->cells[i].label, label) &&
            ais_str_equal(score->cells[i].given, given))
            return score->cells[i];
    return (ais_score_cell){.count = 0};
}

static void add_row(const ais_score *score, const char *label, const classes *given, ais_str *out)
{
    size_t total = 0;
    for (size_t i = 0; i < given->count; i++)
        total += find_cell(score, label, given->names[i]).count;
    ais_str_add(out, "<tr><th>");
    ais_page_add_text(out, label);
    ais_str_add(out, "</th>");
    for (size_t i = 0; i < given->count; i++) {
        const ais_score_cell cell = find_cell(score, label, given->names[i]);
        const size_t n = cell.count;
        const double share = total > 0 ? (double)n / (double)total : 0.0;
        if (n == 0)
            ais_str_add(out, "<td class=soft>&middot;</td>");
        else
            ais_str_add_format(
                out,
                "<td style=\"background:color-mix(in srgb,var(--%s) %.0f%%,transparent)\">%zu</td>",
                cell.right > 0 ? "good" : "c1", 10.0 + 60.0 * share, n);
    }
    ais_str_add(out, "</tr>");
}

void ais__report_add_labels(const ais_score *score, ais_str *out)
{
    classes labels = {.count = 0}, given = {.count = 0};
    for (size_t i = 0; i < score->count; i++) {
        add_class(&labels, score->cells[i].label);
        add_class(&given, score->cells[i].given);
    }
    ais_str_add_format(out, "<h2>Accuracy</h2><p>%zu of %zu labelled items are right", score->right,
                       score->labelled);
    if (score->labelled > 0)
        ais_str_add_format(out, " (%.2f&nbsp;%%)",
                           100.0 * (double)score->right / (double)score->labelled);
    ais_str_add(out, ".</p>");
    if (labels.too_many || given.too_many || score->labelled == 0) {
        if (score->labelled > 0)
            ais_str_add(out, "<p class=soft>There are too many labels for a matrix.</p>");
        return;
    }
    ais_str_add(
        out, "<div class=wide><table class=matrix><caption>Rows: the label that is right. Columns: "
             "what the application made of the item.</caption><thead><tr><th></th>");
    for (size_t i = 0; i < given.count; i++) {
        ais_str_add(out, "<th>");
        ais_page_add_text(out, given.names[i]);
        ais_str_add(out, "</th>");
    }
    ais_str_add(out, "</tr></thead><tbody>");
    for (size_t i = 0; i < labels.count; i++)
        add_row(score, labels.names[i], &given, out);
    ais_str_add(out, "</tbody></table></div>");
}
