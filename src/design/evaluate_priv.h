/* evaluate - what the two sources of answers and the counting share. */
#ifndef AIS_DESIGN_EVALUATE_PRIV_H
#define AIS_DESIGN_EVALUATE_PRIV_H
#include "design/evaluate.h"

/* One item: what it is, and what it was taken for. */
typedef struct ais__answer {
    const char *label, *given;
    ais_pos label_pos, given_pos;
} ais__answer;

typedef struct ais__answers {
    ais__answer *items;
    size_t count, capacity;
    const char *const *classes; /* NULL: those that occur */
    size_t class_count;
    ais_arena *arena; /* of all texts */
} ais__answers;

/* Errors: in `diags`, as of ais_evaluate(). */
AIS_NODISCARD int ais__evaluate_read_answers(const ais_evaluate_options *options, ais_diags *diags,
                                             ais__answers *out);
AIS_NODISCARD int ais__evaluate_run_model(const ais_evaluate_options *options, ais_diags *diags,
                                          ais__answers *out);
void ais__answers_add(ais__answers *answers, ais__answer answer);
#endif
