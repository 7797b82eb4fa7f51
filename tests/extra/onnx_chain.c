/* onnx_chain MODEL...: cuts each model at the first cuts of the Pareto order, one for each number
 * of parts and of tensors, and runs the parts in a row against the whole. One line a model:
 *
 *     MODEL <tab> norun|nocut|random|equal|differs|broken <tab> cuts tried <tab> largest difference <tab> why
 *
 * random: it differs from itself; norun: ONNX Runtime does not run it (or runs it with nothing that was tried); broken: our own code fails. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "design/verify.h"
#include "onnx/onnx.h"

enum { CUTS_TRIED = 4, PARTS_TRIED = 3 };

typedef struct outcome {
    const char *what;
    size_t tried;
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

static int write_parts(const ais_onnx_model *model, const ais_onnx_facts *facts,
                       const ais_onnx_chain *chain, const char *const *paths, ais_error **err)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_onnx_part parts[AIS_ONNX_MAX_PARTS];
    ais_onnx_chain_parts(model, chain, arena, parts);
    for (size_t i = 0; i < chain->part_count; i++)
        if (ais_onnx_write_part(model, facts, &parts[i], AIS_ONNX_RULE_PARETO, paths[i], err) < 0)
            return -1;
    return 0;
}

static void try_chain(ais_verifier *verifier, const ais_onnx_model *model,
                      const ais_onnx_facts *facts, const ais_onnx_chain *chain, outcome *o)
{
    ais_error *err = NULL;
    char dir[] = "/tmp/onnx-chain-XXXXXX";
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_verify_result) result = NULL;
    const char *paths[AIS_ONNX_MAX_PARTS];
    if (mkdtemp(dir) == NULL)
        return;
    for (size_t i = 0; i < chain->part_count; i++)
        paths[i] = ais_arena_format(arena, "%s/%zu.onnx", dir, i + 1);
    o->tried++;
    if (write_parts(model, facts, chain, paths, &err) < 0 ||
        ais_verifier_check(verifier, paths, chain->part_count, &result, &err) < 0) {
        take(o, "broken", err);
    } else if (result->unsteady) {
        o->what = "random";
    } else {
        o->difference = fmax(o->difference, result->absolute);
        if (!result->equal) {
            o->what = "differs";
            free(o->why);
            o->why = ais_format("%s at '%s'", result->fault,
                                model->graph->values[chain->cuts[0].values[0]].name);
        }
    }
    if (ais_tree_remove(dir, &err) < 0)
        ais_error_free(err);
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
    if (o->tried == 0 && strcmp(o->what, "equal") == 0)
        o->what = "nocut";
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        outcome o = {.what = "norun"};
        examine(words[i], &o);
        printf("%s\t%s\t%zu\t%g\t%s\n", words[i], o.what, o.tried, o.difference,
               o.why != NULL ? o.why : "");
        fflush(stdout);
        free(o.why);
    }
    return 0;
}
