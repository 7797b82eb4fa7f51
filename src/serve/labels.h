/* serve/labels - how often the application was right: results against known labels.
 *
 * Layer: above doc. Threads: one. */
#ifndef AIS_SERVE_LABELS_H
#define AIS_SERVE_LABELS_H
#include "base/map.h"
#include "doc/doc.h"

typedef struct ais_labels ais_labels;

/* Read a CSV file (RFC 4180) with the columns `item` and `label`; others are passed over.
 * Errors: AIS_E_INPUT with the line: no such columns, a row that is too short, an item twice;
 * AIS_E_IO, AIS_E_LIMIT. Ownership: the caller frees. */
AIS_NODISCARD int ais_labels_read(const char *path, ais_labels **out, ais_error **err);
void ais_labels_free(ais_labels *labels);
AIS_DEFINE_AUTO(ais_labels)
size_t ais_labels_count(const ais_labels *labels);
/* NULL when the item has none. */
const char *ais_labels_find(const ais_labels *labels, const char *item);

/* What a result file says: the key "label" of a JSON object, or the one line of a text file; NULL when
 * it says none. Ownership: the caller frees. */
char *ais_labels_read_result(const char *path);

/* How often which label was given for which; rows by label, then by what was given. */
typedef struct ais_score_cell {
    const char *label, *given;
    size_t count, right;
} ais_score_cell;

/* What stands for a label in a cell when there was none. */
#define AIS_SCORE_DROPPED "(dropped)"
#define AIS_SCORE_FAILED "(failed)"
#define AIS_SCORE_NONE "(no label)"

typedef struct ais_score {
    size_t labelled, right;
    ais_score_cell *cells; /* sorted after ais_score_close() */
    size_t count, capacity;
    ais_map *index; /* where a cell is, while they are not sorted */
    ais_arena *arena;
} ais_score;
ais_score *ais_score_new(void);
void ais_score_free(ais_score *score);
AIS_DEFINE_AUTO(ais_score)
/* One item: its label, what it was given, and whether that is right. */
void ais_score_add(ais_score *score, const char *label, const char *given, bool right);
void ais_score_close(ais_score *score);
#endif
