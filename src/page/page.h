/* page - pages in HTML that need no other file: text with everything escaped that is not ours, tables,
 * plots (plot.h) and drawings of graphs (graph.h).
 *
 * Knows nothing of what it shows; light and dark by the reader's system, no scripts. Start at page.c.
 * Layer: above base. Everything is appended to a string; whoever calls writes the file.
 * Units: seconds, bytes. Threads: no shared state. */
#ifndef AIS_PAGE_PAGE_H
#define AIS_PAGE_PAGE_H
#include "base/str.h"

/* Everything up to <body> and the heading; `title` and `heading` are escaped. */
void ais_page_begin(ais_str *out, const char *title, const char *heading);
void ais_page_end(ais_str *out);

/* Text for HTML: markup escaped, control characters and what is not UTF-8 as U+FFFD. */
void ais_page_add_text(ais_str *out, const char *text);
/* "12.3 ms", "450 µs", "1.5 s"; an en dash for NAN. */
void ais_page_add_time(ais_str *out, double seconds);
/* "512 B", "12.3 kB", "1.5 MB": powers of 1,000; an en dash for NAN. */
void ais_page_add_bytes(ais_str *out, double bytes);

/* Figures in a row at the head of a page: ais_str_add(out, "<div class=tiles>"), tiles, "</div>".
 * `kind` is "", "good" or "bad"; `name` and `value` are HTML of ours. */
void ais_page_add_tile(ais_str *out, const char *kind, const char *name, const char *value);
/* A cell of a table: text, or a number to the right. The text is escaped. */
void ais_page_add_cell(ais_str *out, const char *text);
void ais_page_add_number_cell(ais_str *out, const char *format, ...) AIS_PRINTF(2, 3);
#endif
