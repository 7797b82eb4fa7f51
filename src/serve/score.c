/* Scores; see score.h. */
#include "serve/score.h"

#include <string.h>

ais_score *ais_score_new(void)
{
    ais_score *score = ais_alloc(sizeof *score);
    score->arena = ais_arena_new();
    score->index = ais_map_new();
    return score;
}

void ais_score_free(ais_score *score)
{
    if (score == NULL)
        return;
    ais_map_free(score->index);
    ais_arena_free(score->arena);
    free(score->cells);
    free(score);
}

void ais_score_add(ais_score *score, const char *label, const char *given, bool right)
{
    score->labelled++;
    score->right += right;
    /* the length in front keeps ("a", "bc") and ("ab", "c") apart */
    AIS_FREE char *key = ais_format("%zu %s%s", strlen(label), label, given);
    size_t *cell = ais_map_find(score->index, key);
    if (cell == NULL) {
        score->cells =
            ais_grow(score->cells, &score->capacity, score->count + 1, sizeof *score->cells);
        score->cells[score->count] =
            (ais_score_cell){.label = ais_arena_strdup(score->arena, label),
                             .given = ais_arena_strdup(score->arena, given)};
        cell = ais_arena_alloc(score->arena, sizeof *cell);
        *cell = score->count++;
        ais_map_put(score->index, key, cell);
    }
    score->cells[*cell].count++;
    score->cells[*cell].right += right;
}

static int compare_cells(const void *a, const void *b)
{
    const ais_score_cell *x = a, *y = b;
    const int by_label = strcmp(x->label, y->label);
    return by_label != 0 ? by_label : strcmp(x->given, y->given);
}

void ais_score_close(ais_score *score)
{
    if (score->count > 1)
        qsort(score->cells, score->count, sizeof *score->cells, compare_cells);
}
