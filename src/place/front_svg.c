/* A front as a drawing of its own: SVG that is well-formed XML and needs no style sheet, so that it may stand in a
 * file as well as on a page. */
#include <math.h>

#include "page/page.h"
#include "place/front_priv.h"

enum { WIDTH = 560, HEIGHT = 320, LEFT = 64, RIGHT = 20, TOP = 34, BOTTOM = 48, TICKS = 6 };
static const char text_style[] = "font-family=\"sans-serif\" font-size=\"11\" fill=\"#444\"";

typedef struct axis {
    double from, to;
} axis;

typedef struct drawing {
    const ais_system *system;
    const ais_front *front;
    axis x, y;
    ais_str *out;
} drawing;

static double place_x(const drawing *d, double x)
{
    return LEFT + (x - d->x.from) / (d->x.to - d->x.from) * (WIDTH - LEFT - RIGHT);
}

static double place_y(const drawing *d, double y)
{
    return HEIGHT - BOTTOM - (y - d->y.from) / (d->y.to - d->y.from) * (HEIGHT - TOP - BOTTOM);
}

/* ---- axes ---- */

/* A little wider than the data; never below 0. */
static axis make_axis(double low, double high, double margin)
{
    const double wide = high > low ? high - low : fmax(fabs(high), 1e-9);
    return (axis){fmax(low - margin * wide, 0), high + margin * wide};
}

static void fit(drawing *d)
{
    const ais_front *front = d->front;
    double low = (double)INFINITY, high = 0;
    double left = front->kind == AIS_FRONT_LOAD ? 0 : front->points[0].x;
    double right = front->points[front->count - 1].x;
    for (size_t i = 0; i < front->count; i++) {
        low = fmin(low, front->points[i].cost);
        high = fmax(high, front->points[i].cost);
    }
    if (front->limit < 2 * right) { /* one further away would push the points together */
        left = fmin(left, front->limit);
        right = fmax(right, front->limit);
    }
    d->x = make_axis(left, right, 0.06);
    d->y = make_axis(low, high, 0.12);
}

/* 1, 2 or 5 times a power of ten. */
static double tick_step(axis a)
{
    const double rough = (a.to - a.from) / TICKS;
    const double power = pow(10, floor(log10(rough)));
    const double lead = rough / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

static void draw_line(ais_str *out, double x1, double y1, double x2, double y2, const char *style)
{
    ais_str_add_format(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1,
                       x2, y2, style);
}

/* Where ticks stand: the multiples of a step within the axis. */
typedef struct ticks {
    double first, step;
    size_t count;
} ticks;

static ticks find_ticks(axis a)
{
    const double step = tick_step(a), first = ceil(a.from / step), last = floor(a.to / step);
    return (ticks){.first = first * step,
                   .step = step,
                   .count = last >= first ? (size_t)(last - first) + 1 : 0};
}

static const char grid[] = "stroke=\"#ddd\"";

static void draw_ticks_x(const drawing *d)
{
    const ticks t = find_ticks(d->x);
    for (size_t i = 0; i < t.count; i++) {
        const double x = t.first + (double)i * t.step;
        draw_line(d->out, place_x(d, x), TOP, place_x(d, x), HEIGHT - BOTTOM, grid);
        ais_str_add_format(d->out,
                           "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" %s>%.6g</text>\n",
                           place_x(d, x), HEIGHT - BOTTOM + 15, text_style, x);
    }
}

static void draw_ticks_y(const drawing *d)
{
    const ticks t = find_ticks(d->y);
    for (size_t i = 0; i < t.count; i++) {
        const double y = t.first + (double)i * t.step;
        draw_line(d->out, LEFT, place_y(d, y), WIDTH - RIGHT, place_y(d, y), grid);
        ais_str_add_format(d->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" %s>%.6g</text>\n",
                           LEFT - 6, place_y(d, y) + 4, text_style, y);
    }
}

static void draw_axes(const drawing *d)
{
    draw_ticks_x(d);
    draw_ticks_y(d);
    ais_str_add_format(d->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" %s>%s</text>\n",
                       (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, text_style,
                       d->front->kind == AIS_FRONT_LOAD ? "requests/s" : "response time, s");
    ais_str_add_format(d->out, "<text x=\"14\" y=\"%d\" %s>cost</text>\n", TOP - 8, text_style);
}

/* ---- marks ---- */

static void draw_limit(const drawing *d)
{
    const double limit = d->front->limit;
    if (!(limit >= d->x.from && limit <= d->x.to))
        return;
    const double x = place_x(d, limit);
    draw_line(d->out, x, TOP, x, HEIGHT - BOTTOM, "stroke=\"#b91c1c\" stroke-dasharray=\"4 3\"");
    ais_str_add_format(
        d->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" %s>%s %.6g</text>\n", x, TOP - 8,
        text_style, d->front->kind == AIS_FRONT_LOAD ? "now" : "limit", limit);
}

/* A limit between two points is met by the faster, dearer one, so that times go in steps. */
static void draw_curve(const drawing *d)
{
    const ais_front *front = d->front;
    ais_str_add(d->out,
                "<polyline fill=\"none\" stroke=\"#2563eb\" stroke-width=\"1.5\" points=\"");
    for (size_t i = 0; i < front->count; i++) {
        const double y = place_y(d, front->points[i].cost);
        ais_str_add_format(d->out, "%.1f,%.1f ", place_x(d, front->points[i].x), y);
        if (front->kind != AIS_FRONT_LOAD)
            ais_str_add_format(d->out, "%.1f,%.1f ",
                               place_x(d, i + 1 < front->count ? front->points[i + 1].x : d->x.to),
                               y);
    }
    ais_str_add(d->out, "\"/>\n");
}

static void draw_points(const drawing *d)
{
    for (size_t i = 0; i < d->front->count; i++) {
        const ais_front_point *point = &d->front->points[i];
        AIS_SCOPED(ais_str) machines = {.data = NULL};
        ais__front_write_machines(d->system, point->placement, &machines);
        ais_str_add_format(d->out,
                           "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\" stroke=\"#2563eb\">"
                           "<title>%.6g: cost %.6g,",
                           place_x(d, point->x), place_y(d, point->cost),
                           point->bound < point->cost * (1 - 1e-9) ? "#fff" : "#2563eb", point->x,
                           point->cost);
        ais_page_add_text(d->out, ais_str_get(&machines));
        ais_str_add(d->out, "</title></circle>\n");
    }
}

static void draw_title(const drawing *d)
{
    const char *name = ais__front_name(d->system, d->front);
    ais_str_add(d->out, "<title>");
    if (name == NULL) {
        ais_str_add(d->out, "Cost against the load");
    } else {
        ais_str_add_format(d->out, "Cost against the response time of %s ",
                           d->front->kind == AIS_FRONT_PATH ? "path" : "component");
        ais_page_add_text(d->out, name);
    }
    ais_str_add(d->out, "</title>\n");
}

void ais_front_write_svg(const ais_system *system, const ais_front *front, ais_str *out)
{
    drawing d = {.system = system, .front = front, .out = out};
    ais_str_add_format(out,
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                       "width=\"%d\" height=\"%d\" role=\"img\">\n",
                       WIDTH, HEIGHT, WIDTH, HEIGHT);
    draw_title(&d);
    ais_str_add(out, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    if (front->count > 0) {
        fit(&d);
        draw_axes(&d);
        draw_limit(&d);
        draw_curve(&d);
        draw_points(&d);
    } else {
        ais_str_add_format(out, "<text x=\"%d\" y=\"%d\" %s>nothing is allowed</text>\n", LEFT,
                           HEIGHT / 2, text_style);
    }
    ais_str_add(out, "</svg>\n");
}
