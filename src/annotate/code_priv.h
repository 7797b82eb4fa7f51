/* code_priv - what the files of annotate/code share: a source being split, and the edits that make one
 * segment of it. */
#ifndef AIS_ANNOTATE_CODE_PRIV_H
#define AIS_ANNOTATE_CODE_PRIV_H
#include "annotate/code.h"
#include "annotate/tree.h"

enum { AIS__CODE_DEEPEST = 1000 }; /* nesting of statements and expressions that is followed */

/* ---- edits ---- */

/* Replace the bytes [from, to) of the source. One that lies in another is not made; else edits do not
 * overlap. Insertions at one place stay in the order in which they were added. */
typedef struct ais__edit {
    size_t from, to;
    const char *text;
} ais__edit;

typedef struct ais__edits {
    ais__edit *items;
    size_t count, capacity;
} ais__edits;
void ais__edits_clear(ais__edits *edits);
/* `text` is borrowed. */
void ais__edits_add(ais__edits *edits, size_t from, size_t to, const char *text);
/* The source with all edits made, in `arena`. */
const char *ais__edits_apply(ais__edits *edits, const ais__source *source, ais_arena *arena);

/* ---- one source ---- */

typedef struct ais__code {
    const ais_code_request *request;
    const ais__source *source;
    ais__reading *reading; /* for faults */
    ais_arena *arena;
    const ais__tree *tree;
    TSNode root;
    const char *newline; /* "\n" or "\r\n", as the source has it */
    const char *shown;   /* the end of the source's path, for the first line of the segments */
} ais__code;

/* "# Segment 1 of 2 of blur/main.py, made by aisprint design." without the sign of a comment. */
const char *ais__code_heading(const ais__code *code, size_t segment);
/* Report at a node. */
void ais__code_fault(const ais__code *code, const char *rule, TSNode node, const char *hint,
                     const char *format, ...) AIS_PRINTF(5, 6);
const char *ais__code_text(const ais__code *code, TSNode node);
bool ais__code_text_is(const ais__code *code, TSNode node, const char *text);
unsigned ais__code_line(const ais__code *code, TSNode node);
/* Offsets of the line that holds `offset`: of its first byte, and of its end, which is in front of the
 * line's end. */
size_t ais__code_line_start(const ais__code *code, size_t offset);
size_t ais__code_line_end(const ais__code *code, size_t offset);
/* The blanks that a line begins with. */
const char *ais__code_indent(const ais__code *code, size_t offset);
/* Where the annotation names its condition_function. */
ais_pos ais__code_condition_pos(const ais__code *code);
bool ais__node_inside(TSNode node, TSNode outer);
bool ais__node_same(TSNode a, TSNode b);

/* Checks everything; -1 after a report. With `texts`, the segments too. */
int ais__code_python(ais__code *code, const char **texts);
int ais__code_c(ais__code *code, const char **texts);
#endif
