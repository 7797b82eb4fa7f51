/* The drawing of a placement: a lane for each layer in use, a box for each partition, arrows as items go.
 *
 * A box's column is the longest way to it in partitions, so that every arrow leads to the right; boxes of one
 * column and lane stand below each other. */
#include "place/report_priv.h"

enum {
    BOX_WIDTH = 126,
    BOX_HEIGHT = 36,
    COLUMN = 164,
    ROW = 46,
    LABEL = 170,
    MARGIN = 12,
    NAME_MAX_BYTES = 18,
    RESOURCE_MAX_BYTES = 13,
    LAYER_MAX_BYTES = 24,
};

typedef struct box {
    size_t part, resource, lane, column, row;
} box;

typedef struct lanes {
    ais__place_page *page;
    box *boxes;
    size_t count, columns;
    size_t *box_of;    /* by part; AIS_SYSTEM_NONE */
    size_t *lane_rows; /* by layer: boxes below each other at most */
    size_t *lane_top;  /* by layer: pixels */
    size_t height;
} lanes;

static const ais_system_deployment *chosen(const lanes *l, size_t component)
{
    return &l->page->system->deployments[l->page->placement->deployment[component]];
}

static void add_box(lanes *l, size_t part, size_t column)
{
    const size_t resource = ais__place_page_resource(l->page, part);
    const size_t lane = l->page->system->resources[resource].layer;
    l->box_of[part] = l->count;
    l->boxes[l->count++] =
        (box){.part = part, .resource = resource, .lane = lane, .column = column};
    if (l->columns < column + 1)
        l->columns = column + 1;
}

static int compare_cells(const void *a, const void *b)
{
    const box *const *x = a, *const *y = b;
    if ((*x)->lane != (*y)->lane)
        return (*x)->lane < (*y)->lane ? -1 : 1;
    if ((*x)->column != (*y)->column)
        return (*x)->column < (*y)->column ? -1 : 1;
    return *x < *y ? -1 : *x > *y; /* as they were added */
}

/* What shares a column of a lane goes below each other. */
static void set_rows(lanes *l)
{
    box **sorted = ais_arena_alloc(l->page->arena, (l->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < l->count; i++)
        sorted[i] = &l->boxes[i];
    qsort(sorted, l->count, sizeof *sorted, compare_cells);
    for (size_t i = 0; i < l->count; i++) {
        const box *above = i > 0 ? sorted[i - 1] : NULL;
        box *b = sorted[i];
        if (above != NULL && above->lane == b->lane && above->column == b->column)
            b->row = above->row + 1;
        if (l->lane_rows[b->lane] < b->row + 1)
            l->lane_rows[b->lane] = b->row + 1;
    }
}

static void lay_out(lanes *l)
{
    const ais_system *s = l->page->system;
    /* by component: behind everything that leads to it */
    size_t *first = ais_arena_alloc(l->page->arena, (s->component_count + 1) * sizeof *first);
    for (size_t i = 0; i < s->component_count; i++) {
        const ais_system_component *component = &s->components[s->order[i]];
        const ais_system_deployment *d = chosen(l, s->order[i]);
        const size_t column = first[s->order[i]], behind = column + d->part_count;
        for (size_t k = 0; k < d->part_count; k++)
            add_box(l, d->first_part + k, column + k);
        for (size_t e = 0; e < component->edge_count; e++) {
            const size_t to = s->edges[component->first_edge + e].to;
            first[to] = first[to] > behind ? first[to] : behind;
        }
    }
    set_rows(l);
    for (size_t lane = 0; lane < s->layer_count; lane++) {
        l->lane_top[lane] = l->height;
        if (l->lane_rows[lane] > 0)
            l->height += l->lane_rows[lane] * ROW + MARGIN;
    }
}

static double box_x(const box *b)
{
    return (double)(LABEL + b->column * COLUMN);
}

static double box_y(const lanes *l, const box *b)
{
    const size_t above = MARGIN / 2 + (ROW - BOX_HEIGHT) / 2;
    return (double)(l->lane_top[b->lane] + above + b->row * ROW);
}

/* ---- drawing ---- */

static void add_shortened(const lanes *l, const char *text, size_t limit)
{
    char *copy = ais_arena_strdup(l->page->arena, text);
    ais_str_shorten(copy, limit);
    ais_page_add_text(l->page->out, copy);
}

static void draw_lane(const lanes *l, size_t lane, size_t width)
{
    const ais_system_layer *layer = &l->page->system->layers[lane];
    static const char *const kinds[] = {[AIS_LAYER_EDGE] = "edge",
                                        [AIS_LAYER_VM] = "virtual machines",
                                        [AIS_LAYER_FAAS] = "functions"};
    const size_t top = l->lane_top[lane];
    ais_str_add_format(l->page->out,
                       "<line class=grid x1=0 x2=%zu y1=%zu y2=%zu />"
                       "<text class=mark x=8 y=%zu>",
                       width, top, top, top + 20);
    add_shortened(l, layer->name, LAYER_MAX_BYTES);
    ais_str_add_format(l->page->out, "</text><text class=sub x=8 y=%zu>%s</text>\n", top + 34,
                       kinds[layer->kind]);
}

static void draw_box(const lanes *l, const box *b)
{
    const ais__place_page *page = l->page;
    const ais_system_part *part = &page->system->parts[b->part];
    const ais_system_resource *resource = &page->system->resources[b->resource];
    const double x = box_x(b), y = box_y(l, b);
    const bool is_late =
        page->times.component_s[part->component] > page->perf->local_limit_s[part->component];
    ais_str_add(page->out, "<g><title>");
    ais_page_add_text(page->out, ais__place_page_component(page, part->component));
    ais_str_add(page->out, " ");
    ais_page_add_text(page->out, page->system->deployments[part->deployment].name);
    ais_str_add(page->out, " ");
    ais_page_add_text(page->out, part->name);
    ais_str_add(page->out, ": ");
    ais_page_add_time(page->out, page->times.part_s[b->part]);
    ais_str_add_format(page->out,
                       "</title><rect class=\"box%s\" x=%.0f y=%.0f width=%d height=%d rx=6 />"
                       "<text x=%.0f y=%.0f text-anchor=middle>",
                       is_late ? "" : " chosen", x, y, BOX_WIDTH, BOX_HEIGHT, x + BOX_WIDTH / 2.0,
                       y + 15);
    add_shortened(l, ais__place_page_component(page, part->component), NAME_MAX_BYTES);
    ais_str_add_format(page->out, "</text><text class=sub x=%.0f y=%.0f text-anchor=middle>",
                       x + BOX_WIDTH / 2.0, y + 29);
    add_shortened(l, resource->name, RESOURCE_MAX_BYTES);
    ais_str_add(page->out, " &#183; ");
    ais_page_add_time(page->out, page->times.part_s[b->part]);
    ais_str_add(page->out, "</text></g>\n");
}

static void draw_arrow(const lanes *l, size_t from_part, size_t to_part, bool inner)
{
    const box *a = &l->boxes[l->box_of[from_part]], *b = &l->boxes[l->box_of[to_part]];
    const double x0 = box_x(a) + BOX_WIDTH, y0 = box_y(l, a) + BOX_HEIGHT / 2.0;
    const double x1 = box_x(b), y1 = box_y(l, b) + BOX_HEIGHT / 2.0, middle = (x0 + x1) / 2;
    ais_str_add_format(l->page->out,
                       "<path class=\"edge%s\" d=\"M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f\"/>"
                       "<path class=tip d=\"M%.0f %.0fl-7 -3.5v7z\"/>\n",
                       inner ? " dashed" : "", x0, y0, middle, y0, middle, y1, x1, y1, x1, y1);
}

static void draw_arrows(const lanes *l)
{
    const ais_system *s = l->page->system;
    for (size_t c = 0; c < s->component_count; c++) {
        const ais_system_deployment *d = chosen(l, c);
        for (size_t k = 0; k + 1 < d->part_count; k++)
            draw_arrow(l, d->first_part + k, d->first_part + k + 1, true);
    }
    for (size_t e = 0; e < s->edge_count; e++) {
        const ais_system_deployment *d = chosen(l, s->edges[e].from);
        draw_arrow(l, d->first_part + d->part_count - 1, chosen(l, s->edges[e].to)->first_part,
                   false);
    }
}

void ais__place_page_add_lanes(ais__place_page *page)
{
    const ais_system *s = page->system;
    lanes l = {.page = page,
               .boxes = ais_arena_alloc(page->arena, (s->part_count + 1) * sizeof *l.boxes),
               .box_of = ais_arena_alloc(page->arena, (s->part_count + 1) * sizeof *l.box_of),
               .lane_rows = ais_arena_alloc(page->arena, (s->layer_count + 1) * sizeof(size_t)),
               .lane_top = ais_arena_alloc(page->arena, (s->layer_count + 1) * sizeof(size_t))};
    lay_out(&l);
    const size_t width = LABEL + l.columns * COLUMN + MARGIN;
    ais_str_add(
        page->out,
        "<h2>Where everything runs</h2><p class=soft>A lane is a computational layer, a box a "
        "component or one partition of it, with its mean response time. Dashed arrows stay "
        "inside of a component.</p>");
    ais_str_add_format(page->out,
                       "<div class=drawing><svg width=%zu height=%zu viewBox=\"0 0 %zu %zu\" "
                       "role=img aria-label=\"The placement\">\n",
                       width, l.height, width, l.height);
    for (size_t lane = 0; lane < s->layer_count; lane++)
        if (l.lane_rows[lane] > 0)
            draw_lane(&l, lane, width);
    draw_arrows(&l);
    for (size_t i = 0; i < l.count; i++)
        draw_box(&l, &l.boxes[i]);
    ais_str_add(page->out, "</svg></div>\n");
}
