/* page/plot - plots in SVG.
 *
 * Layer: above base. Units: of the axes. Threads: no shared state. */
#ifndef AIS_PAGE_PLOT_H
#define AIS_PAGE_PLOT_H
#include "page/page.h"

enum { AIS_PLOT_COLORS = 6 };

/* What ticks say: plain numbers, or with units. */
typedef enum ais_plot_unit {
    AIS_PLOT_PLAIN,
    AIS_PLOT_TIME,    /* data in seconds */
    AIS_PLOT_BYTES,   /* data in bytes */
    AIS_PLOT_PERCENT, /* data from 0 to 1 */
    AIS_PLOT_UNITS
} ais_plot_unit;

/* A plot: a frame with axes, onto which marks are drawn in data units; what lies outside is left out.
 * A logarithmic axis must begin above 0. */
typedef struct ais_plot {
    double x0, x1, y0, y1;
    bool log_x, log_y;
    ais_plot_unit x_unit, y_unit;
    const char *x_label, *y_label; /* plain text of ours */
    const char *title;             /* for those who do not see it */
} ais_plot;

void ais_plot_begin(ais_str *out, const ais_plot *plot);
void ais_plot_end(ais_str *out);
/* A bar from the axis up to `y`. `color` is 0 to 5. */
void ais_plot_add_bar(ais_str *out, const ais_plot *plot, double from, double to, double y,
                      unsigned color);
/* `size` points as dots, or as one line with the area below it shaded. */
void ais_plot_add_dots(ais_str *out, const ais_plot *plot, const double *x, const double *y,
                       size_t size, unsigned color);
void ais_plot_add_line(ais_str *out, const ais_plot *plot, const double *x, const double *y,
                       size_t size, unsigned color);
/* As add_line(), without the area: a curve beside others. */
void ais_plot_add_curve(ais_str *out, const ais_plot *plot, const double *x, const double *y,
                        size_t size, unsigned color);
/* One ringed point; `hint` is shown when the pointer rests on it (escaped here). */
void ais_plot_add_point(ais_str *out, const ais_plot *plot, double x, double y, unsigned color,
                        const char *hint);
/* A labelled line across the plot, at an x (labels in different rows do not lie on each other) or a y;
 * `limit` draws it as what must not be passed. */
void ais_plot_mark_x(ais_str *out, const ais_plot *plot, double x, const char *label, unsigned row,
                     bool limit);
void ais_plot_mark_y(ais_str *out, const ais_plot *plot, double y, const char *label, bool limit);
#endif
