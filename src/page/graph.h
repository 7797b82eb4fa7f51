/* page/graph - drawings of directed graphs without loops in SVG: boxes in columns, edges left to right.
 *
 * Layer: above base. Threads: no shared state. */
#ifndef AIS_PAGE_GRAPH_H
#define AIS_PAGE_GRAPH_H
#include "page/page.h"

typedef struct ais_graph_box {
    const char *label; /* escaped here, as all texts */
    const char *note;  /* a smaller line below; NULL = none */
    bool chosen;       /* drawn with emphasis */
} ais_graph_box;

typedef struct ais_graph_arrow {
    size_t from, to;   /* boxes */
    const char *label; /* NULL = none */
    bool dashed;
} ais_graph_arrow;

typedef struct ais_graph_drawing {
    const char *title; /* for those who do not see it */
    const ais_graph_box *boxes;
    size_t box_count;
    const ais_graph_arrow *arrows; /* without loops */
    size_t arrow_count;
} ais_graph_drawing;

/* Column = longest way from a box that nothing leads to; within a column, boxes stand near those that lead
 * to them, so that few arrows cross. */
void ais_graph_draw(ais_str *out, const ais_graph_drawing *drawing);
#endif
