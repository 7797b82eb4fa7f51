/* serve/score - how often the application was right: results against known labels.
 *
 * Layer: above base; labels are read by design/labels. Threads: one. */
#ifndef AIS_SERVE_SCORE_H
#define AIS_SERVE_SCORE_H
#include "base/map.h"

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
