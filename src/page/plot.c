/* Plots in SVG; see plot.h. */
#include "page/plot.h"

#include <math.h>

enum { WIDTH = 460, HEIGHT = 220, LEFT = 58, RIGHT = 14, TOP = 18, BOTTOM = 40 };

/* ---- from data to places ---- */

static double share_of(double value, double from, double to, bool log_axis)
{
    return log_axis ? log(fmax(value, from) / from) / log(to / from) : (value - from) / (to - from);
}

static double place_x(const ais_plot *p, double x)
{
    return LEFT + share_of(x, p->x0, p->x1, p->log_x) * (WIDTH - LEFT - RIGHT);
}

static double place_y(const ais_plot *p, double y)
{
    return HEIGHT - BOTTOM - share_of(y, p->y0, p->y1, p->log_y) * (HEIGHT - TOP - BOTTOM);
}

/* ---- axes ---- */

static void add_plain(ais_str *out, double value)
{
    ais_str_add_format(out, "%.6g", value);
}

static void add_percent(ais_str *out, double value)
{
    ais_str_add_format(out, "%.4g&nbsp;%%", 100.0 * value);
}

static void add_tick_label(ais_str *out, double value, ais_plot_unit unit)
{
    static void (*const adders[AIS_PLOT_UNITS])(ais_str *, double) = {
        [AIS_PLOT_PLAIN] = add_plain,
        [AIS_PLOT_TIME] = ais_page_add_time,
        [AIS_PLOT_BYTES] = ais_page_add_bytes,
        [AIS_PLOT_PERCENT] = add_percent,
    };
    (value == 0.0 ? add_plain : adders[unit])(out, value);
}

static void add_tick_x(ais_str *out, const ais_plot *p, double x)
{
    const double at = place_x(p, x);
    ais_str_add_format(out,
                       "<line class=grid x1=%.1f x2=%.1f y1=%d y2=%d />"
                       "<text class=tick x=%.1f y=%d text-anchor=middle>",
                       at, at, TOP, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 15);
    add_tick_label(out, x, p->x_unit);
    ais_str_add(out, "</text>");
}

static void add_tick_y(ais_str *out, const ais_plot *p, double y)
{
    const double at = place_y(p, y);
    ais_str_add_format(out,
                       "<line class=grid x1=%d x2=%d y1=%.1f y2=%.1f />"
                       "<text class=tick x=%d y=%.1f text-anchor=end>",
                       LEFT, WIDTH - RIGHT, at, at, LEFT - 6, at + 4);
    add_tick_label(out, y, p->y_unit);
    ais_str_add(out, "</text>");
}

/* 1, 2 or 5 times a power of ten, so that about `count` steps make the span. */
static double nice_step(double span, double count)
{
    const double raw = span / count, power = pow(10.0, floor(log10(raw)));
    const double lead = raw / power;
    return power * (lead < 1.5 ? 1.0 : lead < 3.5 ? 2.0 : lead < 7.5 ? 5.0 : 10.0);
}

static void add_ticks_linear(ais_str *out, const ais_plot *p, bool on_x)
{
    const double from = on_x ? p->x0 : p->y0, to = on_x ? p->x1 : p->y1;
    const double step = nice_step(to - from, on_x ? 6.0 : 4.0);
    const int last = (int)floor(to / step + 1e-9);
    for (int n = (int)ceil(from / step - 1e-9); n <= last; n++)
        (on_x ? add_tick_x : add_tick_y)(out, p, n * step);
}

static void add_ticks_log(ais_str *out, const ais_plot *p, bool on_x)
{
    static const double leads[] = {1.0, 2.0, 5.0};
    const double from = on_x ? p->x0 : p->y0, to = on_x ? p->x1 : p->y1;
    const double decades = log10(to / from);
    const size_t step = decades > 2.5 ? AIS_COUNT(leads) : 1; /* few labels when there are many */
    for (int e = (int)floor(log10(from)); e <= (int)ceil(log10(to)); e++)
        for (size_t i = 0; i < AIS_COUNT(leads); i += step) {
            const double at = leads[i] * pow(10.0, e);
            if (at >= from && at <= to)
                (on_x ? add_tick_x : add_tick_y)(out, p, at);
        }
}

static void add_ticks(ais_str *out, const ais_plot *p, bool on_x)
{
    if (on_x ? p->log_x : p->log_y)
        add_ticks_log(out, p, on_x);
    else
        add_ticks_linear(out, p, on_x);
}

void ais_plot_begin(ais_str *out, const ais_plot *p)
{
    ais_str_add_format(out, "<svg viewBox=\"0 0 %d %d\" role=img><title>%s</title>", WIDTH, HEIGHT,
                       p->title);
    add_ticks(out, p, true);
    add_ticks(out, p, false);
    ais_str_add_format(out,
                       "<line class=axis x1=%d x2=%d y1=%d y2=%d />"
                       "<text class=name x=%d y=%d text-anchor=middle>%s</text>"
                       "<text class=name x=%d y=%d>%s</text>",
                       LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM, HEIGHT - BOTTOM,
                       (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, p->x_label, 4, TOP - 6, p->y_label);
}

void ais_plot_end(ais_str *out)
{
    ais_str_add(out, "</svg>\n");
}

/* ---- marks ---- */

void ais_plot_add_bar(ais_str *out, const ais_plot *p, double from, double to, double y,
                      unsigned color)
{
    const double left = place_x(p, from), right = place_x(p, to), top = place_y(p, y);
    ais_str_add_format(out, "<rect class=\"bar c%u\" x=%.2f y=%.2f width=%.2f height=%.2f />",
                       color, left, top, fmax(right - left - 1.0, 0.5), HEIGHT - BOTTOM - top);
}

void ais_plot_add_dots(ais_str *out, const ais_plot *p, const double *x, const double *y,
                       size_t size, unsigned color)
{
    /* one path of round-capped strokes of no length: a tenth of the bytes of circles */
    ais_str_add_format(out, "<path class=\"dots c%u\" d=\"", color);
    for (size_t i = 0; i < size; i++)
        if (x[i] >= p->x0 && x[i] <= p->x1 && y[i] >= p->y0 && y[i] <= p->y1)
            ais_str_add_format(out, "M%.1f %.1fh0", place_x(p, x[i]), place_y(p, y[i]));
    ais_str_add(out, "\"/>");
}

static void write_path(ais_str *out, const ais_plot *p, const double *x, const double *y,
                       size_t size)
{
    for (size_t i = 0; i < size; i++)
        ais_str_add_format(out, "%c%.1f %.1f", i == 0 ? 'M' : 'L', place_x(p, x[i]),
                           place_y(p, y[i]));
}

void ais_plot_add_curve(ais_str *out, const ais_plot *p, const double *x, const double *y,
                        size_t size, unsigned color)
{
    ais_str_add_format(out, "<path class=\"line c%u\" d=\"", color);
    write_path(out, p, x, y, size);
    ais_str_add(out, "\"/>");
}

void ais_plot_add_line(ais_str *out, const ais_plot *p, const double *x, const double *y,
                       size_t size, unsigned color)
{
    if (size == 0)
        return;
    ais_str_add_format(out, "<path class=\"area c%u\" d=\"", color);
    write_path(out, p, x, y, size);
    ais_str_add_format(out, "L%.1f %dL%.1f %dZ\"/>", place_x(p, x[size - 1]), HEIGHT - BOTTOM,
                       place_x(p, x[0]), HEIGHT - BOTTOM);
    ais_plot_add_curve(out, p, x, y, size, color);
}

void ais_plot_add_point(ais_str *out, const ais_plot *p, double x, double y, unsigned color,
                        const char *hint)
{
    if (!(x >= p->x0 && x <= p->x1 && y >= p->y0 && y <= p->y1))
        return;
    ais_str_add_format(out, "<circle class=\"point c%u\" cx=%.1f cy=%.1f r=4.5><title>", color,
                       place_x(p, x), place_y(p, y));
    ais_page_add_text(out, hint);
    ais_str_add(out, "</title></circle>");
}

void ais_plot_mark_x(ais_str *out, const ais_plot *p, double x, const char *label, unsigned row,
                     bool limit)
{
    if (!(x >= p->x0 && x <= p->x1))
        return;
    const double at = place_x(p, x);
    const bool left = at > WIDTH - 70; /* the label still fits */
    ais_str_add_format(out,
                       "<line class=\"%s\" x1=%.1f x2=%.1f y1=%d y2=%d />"
                       "<text class=\"mark\" x=%.1f y=%d text-anchor=%s>%s</text>",
                       limit ? "limit" : "quantile", at, at, TOP, HEIGHT - BOTTOM,
                       at + (left ? -3.0 : 3.0), TOP + 9 + 12 * (int)row, left ? "end" : "start",
                       label);
}

void ais_plot_mark_y(ais_str *out, const ais_plot *p, double y, const char *label, bool limit)
{
    if (!(y >= p->y0 && y <= p->y1))
        return;
    const double at = place_y(p, y);
    ais_str_add_format(out,
                       "<line class=\"%s\" x1=%d x2=%d y1=%.1f y2=%.1f />"
                       "<text class=\"mark\" x=%d y=%.1f text-anchor=end>%s</text>",
                       limit ? "limit" : "quantile", LEFT, WIDTH - RIGHT, at, at, WIDTH - RIGHT - 3,
                       at - 4, label);
}
