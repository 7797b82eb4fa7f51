/* serve/html - writing HTML and plots in SVG, with everything escaped that is not ours.
 *
 * Layer: above base. Threads: no shared state. */
#ifndef AIS_SERVE_HTML_H
#define AIS_SERVE_HTML_H
#include "base/str.h"

/* Text for HTML: markup escaped, control characters and what is not UTF-8 as U+FFFD. */
void ais_html_add_text(ais_str *out, const char *text);
/* "12.3 ms", "450 µs", "1.5 s"; an en dash for NAN. */
void ais_html_add_time(ais_str *out, double seconds);

/* A plot: a frame with axes, onto which marks are drawn in data units; what lies outside is left out.
 * Axes with `log_x` must begin above 0. Times are in seconds, their ticks are labelled with units. */
typedef struct ais_plot {
    double x0, x1, y0, y1;
    bool log_x, time_x, time_y;    /* time: ticks carry units of time; else plain numbers */
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
/* A labelled line across the plot, at an x (labels in different rows do not lie on each other) or a y;
 * `limit` draws it as what must not be passed. */
void ais_plot_mark_x(ais_str *out, const ais_plot *plot, double x, const char *label, unsigned row,
                     bool limit);
void ais_plot_mark_y(ais_str *out, const ais_plot *plot, double y, const char *label, bool limit);
#endif
