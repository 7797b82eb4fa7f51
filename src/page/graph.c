/* Drawing a graph in columns; see graph.h.
 * Source: the first two steps of Sugiyama, Tagawa, Toda, Methods for Visual Understanding of Hierarchical
 *         System Structures, IEEE Transactions on Systems, Man, and Cybernetics 11 (1981): longest-path
 *         layers, then ordering by barycentres. */
#include "page/graph.h"

#include <math.h>

enum {
    SWEEPS = 8,
    BOX_HEIGHT = 42,
    ROW = 62,
    GAP = 74,
    MARGIN = 4,
    MIN_WIDTH = 84,
    MAX_CHARS = 26
};
static const double CHAR_WIDTH = 7.2;

typedef struct place {
    size_t column;
    double row; /* within the column; whole numbers once placed */
    double x, y;
} place;

typedef struct layout {
    const ais_graph_drawing *d;
    place *places;
    size_t columns, rows;
    double *lefts, *widths; /* of the columns */
} layout;

static void layout_clear(layout *l)
{
    free(l->places);
    free(l->lefts);
    free(l->widths);
}

/* Longest ways: as many rounds as there are boxes suffice where there is no loop. */
static void find_columns(layout *l)
{
    bool moved = true;
    for (size_t round = 0; moved && round < l->d->box_count; round++) {
        moved = false;
        for (size_t i = 0; i < l->d->arrow_count; i++) {
            const ais_graph_arrow *a = &l->d->arrows[i];
            if (l->places[a->to].column <= l->places[a->from].column) {
                l->places[a->to].column = l->places[a->from].column + 1;
                moved = true;
            }
        }
    }
    for (size_t i = 0; i < l->d->box_count; i++)
        if (l->places[i].column >= l->columns)
            l->columns = l->places[i].column + 1;
}

/* The mean row of the neighbours on one side; the box's own where there are none. */
static double barycentre(const layout *l, size_t box, bool before)
{
    double sum = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < l->d->arrow_count; i++) {
        const ais_graph_arrow *a = &l->d->arrows[i];
        if ((before ? a->to : a->from) != box)
            continue;
        sum += l->places[before ? a->from : a->to].row;
        count++;
    }
    return count > 0 ? sum / (double)count : l->places[box].row;
}

/* Number the boxes of a column 0, 1, 2... by `keys`; equal keys keep their order. */
static void order_column(layout *l, size_t column, const double *keys)
{
    AIS_FREE size_t *order = ais_alloc(l->d->box_count * sizeof *order);
    size_t count = 0;
    for (size_t i = 0; i < l->d->box_count; i++) {
        if (l->places[i].column != column)
            continue;
        size_t at = count++;
        for (; at > 0 && keys[order[at - 1]] > keys[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (size_t i = 0; i < count; i++)
        l->places[order[i]].row = (double)i;
    if (count > l->rows)
        l->rows = count;
}

static void find_rows(layout *l)
{
    AIS_FREE double *keys = ais_alloc(l->d->box_count * sizeof *keys);
    for (size_t i = 0; i < l->d->box_count; i++)
        keys[i] = (double)i;
    for (size_t c = 0; c < l->columns; c++)
        order_column(l, c, keys);
    for (size_t sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t n = 0; n < l->columns; n++) {
            const bool forth = sweep % 2 == 0;
            const size_t c = forth ? n : l->columns - 1 - n;
            for (size_t i = 0; i < l->d->box_count; i++)
                keys[i] = barycentre(l, i, forth);
            order_column(l, c, keys);
        }
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0U) == 0x80U;
}

static size_t count_chars(const char *text)
{
    size_t chars = 0;
    for (; *text != '\0'; text++)
        chars += !is_continuation(*text);
    return chars;
}

static size_t shown_length(const char *text)
{
    const size_t length = text != NULL ? count_chars(text) : 0;
    return length < MAX_CHARS ? length : MAX_CHARS;
}

static void find_coordinates(layout *l)
{
    AIS_FREE size_t *counts = ais_alloc((l->columns + 1) * sizeof *counts);
    l->lefts = ais_alloc((l->columns + 1) * sizeof *l->lefts);
    l->widths = ais_alloc((l->columns + 1) * sizeof *l->widths);
    for (size_t i = 0; i < l->d->box_count; i++) {
        const ais_graph_box *box = &l->d->boxes[i];
        const size_t c = l->places[i].column;
        const double chars =
            fmax((double)shown_length(box->label), 0.85 * (double)shown_length(box->note));
        l->widths[c] = fmax(l->widths[c], fmax(MIN_WIDTH, chars * CHAR_WIDTH + 22.0));
        counts[c]++;
    }
    double left = MARGIN;
    for (size_t c = 0; c < l->columns; c++) {
        l->lefts[c] = left;
        left += l->widths[c] + GAP;
    }
    for (size_t i = 0; i < l->d->box_count; i++) {
        place *p = &l->places[i];
        const double free_rows = (double)(l->rows - counts[p->column]);
        p->x = l->lefts[p->column];
        p->y = MARGIN + (p->row + 0.5 * free_rows) * ROW;
    }
}

static void add_short(ais_str *out, const char *text)
{
    size_t bytes = 0;
    if (count_chars(text) <= MAX_CHARS) {
        ais_page_add_text(out, text);
        return;
    }
    for (size_t chars = 0; chars + 1 < MAX_CHARS; chars++)
        for (bytes++; is_continuation(text[bytes]);)
            bytes++;
    AIS_FREE char *head = ais_strndup(text, bytes);
    ais_page_add_text(out, head);
    ais_str_add(out, "&hellip;");
}

static void draw_arrow(ais_str *out, const layout *l, const ais_graph_arrow *a)
{
    const place *from = &l->places[a->from], *to = &l->places[a->to];
    const double x0 = from->x + l->widths[from->column], y0 = from->y + BOX_HEIGHT / 2.0;
    const double x1 = to->x - 6.0, y1 = to->y + BOX_HEIGHT / 2.0, bend = 0.5 * (x1 - x0);
    ais_str_add_format(out,
                       "<path class=\"edge%s\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f\"/>"
                       "<path class=tip d=\"M%.1f %.1fl-7 -3.5v7z\"/>",
                       a->dashed ? " dashed" : "", x0, y0, x0 + bend, y0, x1 - bend, y1, x1, y1,
                       x1 + 6.0, y1);
    if (a->label == NULL)
        return;
    ais_str_add_format(out, "<text class=mark x=%.1f y=%.1f text-anchor=middle>", 0.5 * (x0 + x1),
                       0.5 * (y0 + y1) - 4.0);
    ais_page_add_text(out, a->label);
    ais_str_add(out, "</text>");
}

static void draw_box(ais_str *out, const layout *l, size_t i)
{
    const ais_graph_box *box = &l->d->boxes[i];
    const place *p = &l->places[i];
    const double width = l->widths[p->column], middle = p->x + width / 2.0;
    ais_str_add(out, "<g><title>");
    ais_page_add_text(out, box->label);
    ais_str_add_format(out,
                       "</title><rect class=\"box%s\" x=%.1f y=%.1f width=%.1f height=%d rx=6 />"
                       "<text x=%.1f y=%.1f text-anchor=middle>",
                       box->chosen ? " chosen" : "", p->x, p->y, width, BOX_HEIGHT, middle,
                       p->y + (box->note != NULL ? 18.0 : 25.0));
    add_short(out, box->label);
    ais_str_add(out, "</text>");
    if (box->note != NULL) {
        ais_str_add_format(out, "<text class=sub x=%.1f y=%.1f text-anchor=middle>", middle,
                           p->y + 33.0);
        add_short(out, box->note);
        ais_str_add(out, "</text>");
    }
    ais_str_add(out, "</g>");
}

void ais_graph_draw(ais_str *out, const ais_graph_drawing *d)
{
    if (d->box_count == 0)
        return;
    AIS_SCOPED(layout) l = {.d = d, .places = ais_alloc(d->box_count * sizeof *l.places)};
    find_columns(&l);
    find_rows(&l);
    find_coordinates(&l);
    const double width = l.lefts[l.columns - 1] + l.widths[l.columns - 1] + MARGIN;
    const double height = (double)(l.rows - 1) * ROW + BOX_HEIGHT + 2 * MARGIN;
    ais_str_add_format(out,
                       "<div class=drawing><svg width=%.0f height=%.0f viewBox=\"0 0 %.0f %.0f\" "
                       "role=img><title>",
                       width, height, width, height);
    ais_page_add_text(out, d->title);
    ais_str_add(out, "</title>");
    for (size_t i = 0; i < d->arrow_count; i++)
        draw_arrow(out, &l, &d->arrows[i]);
    for (size_t i = 0; i < d->box_count; i++)
        draw_box(out, &l, i);
    ais_str_add(out, "</svg></div>\n");
}
