/* `place` as it is asked mostly: solve, explain, write, print. */
#include "base/file.h"
#include "cli/place_options.h"
#include "place/read.h"
#include "place/report.h"
#include "place/result.h"
#include "place/robust.h"

typedef struct answer {
    const ais_cli *cli;
    const ais__cli_place_options *o;
    ais__cli_place_source *source;
    const ais_perf *perf;
    const ais_place_result *result;
    const ais_place_conflict *conflict;  /* NULL unless infeasible */
    const ais_robust_result *robust;     /* NULL without --quantile, or without a placement */
    const ais__cli_place_choice *choice; /* NULL without alternatives */
} answer;

/* ---- files ---- */

static int write_output(const answer *a, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    if (a->o->output == NULL)
        return 0;
    return ais_doc_write(ais_placement_to_node(a->perf, a->result->best, doc), a->o->output, err);
}

static int write_files(const answer *a, ais_error **err)
{
    const bool is_settled = a->result->best != NULL || a->result->status == AIS_PLACE_INFEASIBLE;
    if (a->source->app != NULL && is_settled &&
        ais_place_app_write(a->source->app, a->perf, a->result->best, err) < 0)
        return -1;
    if (write_output(a, err) < 0)
        return -1;
    const char *title = a->o->app != NULL ? a->o->app : a->o->system;
    return a->o->report == NULL ? 0
                                : ais_place_report_write(a->perf, a->result, a->conflict, title,
                                                         a->source->names, a->o->report, err);
}

/* ---- printing ---- */

static const ais_change *plan(const answer *a, ais_arena *arena, size_t *count)
{
    *count = 0;
    if (a->source->current == NULL || a->result->best == NULL)
        return NULL;
    return ais_runtime_plan(a->perf->system, a->source->current, a->result->best, arena, count);
}

static int print_json(const answer *a, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = ais_doc_new();
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    ais_doc_node *root = ais_place_result_to_node(a->perf, a->result, a->conflict, doc);
    size_t count;
    const ais_change *changes = plan(a, arena, &count);
    if (a->source->current != NULL)
        ais_doc_put(root, "plan", ais_runtime_plan_to_node(a->perf->system, changes, count, doc));
    if (a->robust != NULL)
        ais_doc_put(root, "robust", ais_robust_to_node(a->perf->system, a->robust, doc));
    if (a->source->app != NULL)
        ais_doc_put(root, "removed", ais_place_app_removed_to_node(a->source->app, doc));
    if (a->choice != NULL)
        ais_doc_put(root, "alternatives",
                    ais_alternatives_to_node(a->choice->candidates->items, a->choice->result, doc));
    return ais_cli_print_json(a->cli, root, err);
}

static void print_text(const answer *a)
{
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_SCOPED(ais_str) text = {.data = NULL};
    size_t count;
    ais_place_result_write_text(a->perf, a->result, a->conflict, a->source->names, &text);
    const ais_change *changes = plan(a, arena, &count);
    if (a->source->current != NULL && a->result->best != NULL) {
        ais_str_add(&text, "\nto get there:\n");
        ais_runtime_plan_write_text(a->perf->system, changes, count, &text);
    }
    if (a->robust != NULL) {
        ais_str_add(&text, "\ndemands are not known exactly:\n");
        ais_robust_write_text(a->perf->system, a->robust, &text);
    }
    if (a->source->app != NULL)
        ais_place_app_removed_write_text(a->source->app, &text);
    if (!a->cli->quiet)
        ais_cli_print(a->cli, "%s", ais_str_get(&text));
    if (!a->cli->quiet && a->o->output != NULL)
        ais_cli_print(a->cli, "written: %s\n", a->o->output);
    if (!a->cli->quiet && a->o->report != NULL)
        ais_cli_print(a->cli, "report: %s\n", a->o->report);
}

/* The answer's own words are out; what is left is the exit status. */
static int finish(const answer *a, ais_error **err)
{
    const ais_place_result *result = a->result;
    if (result->interrupted)
        return ais__cli_place_refuse_interrupted(a->cli, err);
    if (result->best != NULL)
        return 0;
    *a->cli->reported = true;
    if (result->status == AIS_PLACE_INFEASIBLE)
        return ais_error_set(err, AIS_E_INFEASIBLE, "no placement is allowed");
    return ais_error_set(err, AIS_E_TIMEOUT, "no placement was found");
}

static int write_and_print(const answer *a, ais_error **err)
{
    if (write_files(a, err) < 0)
        return -1;
    if (a->cli->json && print_json(a, err) < 0)
        return -1;
    if (!a->cli->json)
        print_text(a);
    return finish(a, err);
}

int ais__cli_place_tell(const ais_cli *cli, const ais__cli_place_options *o,
                        ais__cli_place_source *source, const ais_place_result *result,
                        const ais__cli_place_choice *choice, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_place_conflict) conflict = NULL;
    AIS_AUTO(ais_robust_result) robust = NULL;
    const ais_robust_options robust_options = {.seed = o->search.seed};
    if (ais_perf_new(source->system, &source->perf, &perf, err) < 0)
        return -1;
    if (result->status == AIS_PLACE_INFEASIBLE &&
        ais_place_explain(source->system, &source->perf, &o->search, cli->ctx, &conflict, err) < 0)
        return -1;
    if (o->quantile > 0 && result->best != NULL &&
        ais_robust_check(source->system, &source->perf, result->best, &robust_options, &robust,
                         err) < 0)
        return -1;
    const answer a = {.cli = cli,
                      .o = o,
                      .source = source,
                      .perf = perf,
                      .result = result,
                      .conflict = conflict,
                      .robust = robust,
                      .choice = choice};
    return write_and_print(&a, err);
}

int ais__cli_place_solve(const ais_cli *cli, const ais__cli_place_options *o,
                         ais__cli_place_source *source, ais_error **err)
{
    AIS_AUTO(ais_perf) perf = NULL;
    AIS_AUTO(ais_place_result) result = NULL;
    if (ais_perf_new(source->system, &source->perf, &perf, err) < 0 ||
        ais_place_solve(perf, &o->search, cli->ctx, &result, err) < 0)
        return -1;
    return ais__cli_place_tell(cli, o, source, result, NULL, err);
}
