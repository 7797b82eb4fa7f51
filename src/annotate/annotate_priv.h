/* annotate_priv - what the files of this room share.
 *
 * python*.c and c*.c find annotations in a tree and give them, name by name and value by value, to a
 * `reading` (reading.c), which checks them against the tables (spec.c, value.c) and at the end
 * against each other (rules.c). */
#ifndef AIS_ANNOTATE_ANNOTATE_PRIV_H
#define AIS_ANNOTATE_ANNOTATE_PRIV_H
#include "annotate/annotate.h"
#include "annotate/source.h"

#define AIS__ALL_IN_ONE "annotation"
#define AIS__NO_ARGUMENT SIZE_MAX

enum {
    AIS__MAX_SOURCE_BYTES = 4 * 1024 * 1024,
    /* libtree-sitter before 0.20.8 counts the children of a node in 16 bits and corrupts memory beyond
     * (its issue 2134); comments and what it cannot parse are all children of one node */
    AIS__MAX_TOKENS = 60000,
    AIS__MAX_DEPTH = 50,        /* of nested values */
    AIS__MAX_VALUES = 20000,    /* nodes made from one file, constants counted at each use */
    AIS__MAX_TEXT = 64 * 1024,  /* bytes of one string */
    AIS__MAX_NAME = 128,        /* characters of a component's name */
    AIS__MAX_SYNTAX_ERRORS = 5, /* reported; more only repeat the first ones */
    AIS__MAX_PARSE_MICROS = 5000000
};

struct ais_annotations {
    ais_doc *doc;
    ais_arena *arena;
    const char *file;
    const char *entry; /* NULL until known */
    ais_pos entry_pos;
    ais_doc_node *functions;
    ais_doc_node *values[AIS_ANNOTATION_COUNT]; /* NULL: absent */
};

/* One file being read. */
typedef struct ais__reading {
    const ais__source *source;
    ais_diags *diags;
    ais_annotations *out;
    ais_pos first[AIS_ANNOTATION_COUNT];   /* where it stands; line 0: absent */
    uint32_t given[AIS_ANNOTATION_COUNT];  /* bits of the arguments that were written, even badly */
    bool incomplete[AIS_ANNOTATION_COUNT]; /* something in it could not be read at all */
    bool some_unread;                      /* annotations may be hidden in what could not be read */
    size_t values;                         /* nodes made so far */
    bool too_many;                         /* values: reported */
} ais__reading;

/* Report at `pos`; `hint` may be NULL. */
void ais__fault(const ais__reading *reading, const char *rule, ais_pos pos, const char *hint,
                const char *format, ...) AIS_PRINTF(5, 6);
void ais__warn(const ais__reading *reading, const char *rule, ais_pos pos, const char *hint,
               const char *format, ...) AIS_PRINTF(5, 6);

bool ais__annotation_find_kind(const char *name, ais_annotation_kind *out);
const char *ais__annotation_nearest(const char *name); /* NULL when none is near */
size_t ais__annotation_find_argument(ais_annotation_kind kind, const char *name);

/* An annotation begins: true when it is known and new, else the fault is reported.
 * `shown` is how it is called in this language ("exec_time", "AIS_EXEC_TIME"). */
bool ais__reading_begin(ais__reading *reading, const char *name, ais_pos pos,
                        ais_annotation_kind *out);
/* An argument begins: its row number, or AIS__NO_ARGUMENT after a report. The first for a name, the
 * second for a place in the list. */
size_t ais__reading_named(ais__reading *reading, ais_annotation_kind kind, const char *name,
                          ais_pos pos);
size_t ais__reading_placed(ais__reading *reading, ais_annotation_kind kind, size_t place,
                           ais_pos pos);
/* Its value, NULL when it could not be read (and was reported). */
void ais__reading_put(ais__reading *reading, ais_annotation_kind kind, size_t argument,
                      ais_pos name_pos, ais_doc_node *value);
/* All rules that need the whole file. */
void ais__reading_finish(ais__reading *reading);

/* Check a value against its row and report; NULL when it has a wrong type, else the value to keep:
 * strings with a unit are numbers then. */
ais_doc_node *ais__value_check(ais__reading *reading, const ais_annotation_argument *argument,
                               ais_doc_node *value);
/* "20ms" as a number of `unit`s. False when it is no number with a unit of that kind. */
bool ais__unit_parse(const char *text, const char *unit, double *out);
/* "us, ms, s, min, h": what may stand behind a number for `unit`. */
void ais__unit_list(const char *unit, ais_str *out);
double ais__unit_in_si(const char *unit); /* 1 for NULL */

/* An empty result. Ownership: ais_annotations_free(). */
ais_annotations *ais__annotations_new(const char *file);
/* Is this a text that a grammar may see? False after a report: too large, not UTF-8, a NUL. */
bool ais__text_check(const ais__source *source, ais_language language, ais_diags *diags);

/* Find the entry and the annotations of a file. Everything wrong is reported. */
void ais__python_read(ais__reading *reading);
void ais__c_read(ais__reading *reading);
#endif
