/* onnx_chain MODEL...: cuts each model into two to four parts, at cuts of one tensor and of several, and at its
 * early exits where it has some, and runs the parts in a row against the whole. One line a model:
 *
 *     MODEL <tab> norun|nocut|random|equal|differs|broken <tab> chains tried <tab> exits <tab> largest difference
 *     <tab> why
 *
 * random: it differs from itself; norun: ONNX Runtime does not run it (or runs it with nothing that was tried); broken: our own code fails. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "design/verify.h"
#include "onnx/onnx.h"

enum { CUTS_TRIED = 4, PARTS_TRIED = 4, MAX_EXITS = 16 };

typedef struct outcome {
    const char *what;
    size_t tried, exits;
    double difference;
    char *why;
} outcome;

static void take(outcome *o, const char *what, ais_error *err)
{
    AIS_SCOPED(ais_str) text = {.data = NULL};
    ais_error_write(err, &text);
    ais_error_free(err);
    o->what = what;
    free(o->why);
    o->why = ais_str_take(&text);
    for (char *c = o->why; *c != '\0'; c++)
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
}

/* Write the parts, and run them in a row. */
static void try_parts(ais_verifier *verifier, const ais_onnx_model *model,
                      const ais_onnx_facts *facts, const ais_onnx_part *parts, size_t count,
                      outcome *o)
{
    ais_error *err = NULL;
    char dir[] = "/tmp/onnx-chain-XXXXXX";
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_verify_result) result = NULL;
    const char **paths = ais_arena_alloc(arena, count * sizeof *paths);
    int status = mkdtemp(dir) != NULL ? 0 : ais_error_set_errno(&err, dir, "making a folder");
    for (size_t i = 0; i < count && status == 0; i++) {
        paths[i] = ais_arena_format(arena, "%s/%zu.onnx", dir, i + 1);
        status = ais_onnx_write_part(model, facts, &parts[i], AIS_ONNX_RULE_PARETO, paths[i], &err);
    }
    o->tried++;
    if (status < 0 || ais_verifier_check(verifier, paths, count, &result, &err) < 0) {
        take(o, "broken", err);
    } else if (result->unsteady) {
        o->what = "random";
    } else {
        o->difference = fmax(o->difference, result->absolute);
        if (!result->equal) {
            o->what = "differs";
            free(o->why);
            o->why = ais_format("%s behind '%s'", result->fault,
                                model->graph->values[parts[0].outputs[0]].name);
        }
    }
    err = NULL;
    if (ais_tree_remove(dir, &err) < 0)
        ais_error_free(err);
}

static void try_chain(ais_verifier *verifier, const ais_onnx_model *model,
                      const ais_onnx_facts *facts, const ais_onnx_chain *chain, outcome *o)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_onnx_part parts[AIS_ONNX_MAX_PARTS];
    ais_onnx_chain_parts(model, chain, arena, parts);
    try_parts(verifier, model, facts, parts, chain->part_count, o);
}

static void try_exits(ais_verifier *verifier, const ais_onnx_model *model,
                      const ais_onnx_facts *facts, outcome *o)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_onnx_exits) exits = NULL;
    ais_onnx_part parts[MAX_EXITS + 1];
    ais_error *err = NULL;
    if (ais_onnx_guess_exits(model, facts, &exits, &err) < 0) {
        take(o, "broken", err);
        return;
    }
    if (exits->count == 0 || exits->count > MAX_EXITS)
        return;
    ais_onnx_exit_parts(model, exits, arena, parts);
    try_parts(verifier, model, facts, parts, exits->count + 1, o);
    o->exits = exits->count;
}

/* The first cuts of the order, and those in the middle of it: they differ most. */
static void try_cuts(ais_verifier *verifier, const ais_onnx_model *model,
                     const ais_onnx_facts *facts, size_t parts, size_t tensors, outcome *o)
{
    const ais_onnx_cuts_options options = {.parts = parts, .max_tensors = tensors, .limit = 20000};
    AIS_AUTO(ais_onnx_cuts) cuts = NULL;
    ais_error *err = NULL;
    if (ais_onnx_find_cuts(model, facts, &options, &cuts, &err) < 0) {
        take(o, "broken", err);
        return;
    }
    for (size_t i = 0; i < CUTS_TRIED && i < cuts->count && strcmp(o->what, "broken") != 0; i++) {
        const size_t at = i < 2 ? i : cuts->count * (i - 1) / (CUTS_TRIED - 1);
        if (at < cuts->count)
            try_chain(verifier, model, facts, &cuts->chains[at], o);
    }
}

static void examine(const char *path, outcome *o)
{
    ais_error *err = NULL;
    ais_verify_options options = ais_verify_defaults();
    options.limit_s = 3;
    options.runs = 3;
    AIS_AUTO(ais_verifier) verifier = NULL;
    AIS_AUTO(ais_onnx_model) model = NULL;
    AIS_AUTO(ais_onnx_facts) facts = NULL;
    if (ais_verifier_new(path, &options, &verifier, &err) < 0) {
        take(o, "norun", err);
        return;
    }
    if (ais_onnx_read(path, &model, &err) < 0 || ais_onnx_infer(model, NULL, &facts, &err) < 0) {
        take(o, "broken", err);
        return;
    }
    o->what = "equal";
    for (size_t parts = 2; parts <= PARTS_TRIED; parts++)
        for (size_t tensors = 1; tensors <= 4; tensors += 3)
            try_cuts(verifier, model, facts, parts, tensors, o);
    try_exits(verifier, model, facts, o);
    if (o->tried == 0 && strcmp(o->what, "equal") == 0)
        o->what = "nocut";
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        outcome o = {.what = "norun"};
        examine(words[i], &o);
        printf("%s\t%s\t%zu\t%zu\t%g\t%s\n", words[i], o.what, o.tried, o.exits, o.difference,
               o.why != NULL ? o.why : "");
        fflush(stdout);
        free(o.why);
    }
    return 0;
}
