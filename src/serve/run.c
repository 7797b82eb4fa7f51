/* From a folder of items to a folder of results; see serve.h. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/progress.h"
#include "design/labels.h"
#include "serve/inputs.h"
#include "serve/program.h"
#include "serve/results.h"
#include "serve/serve.h"

/* What became of one input, for the labels. */
typedef struct fate {
    bool ended;
    ais_outcome outcome;
    char *result; /* path of its first result, or NULL */
} fate;

typedef struct run {
    const ais_ctx *ctx;
    const ais_run_options *options;
    ais_run_result *result;
    ais_inputs inputs;
    ais_loop *loop;
    ais_space *space;
    ais_results *results;
    ais_executor *executor;
    ais_watch interrupt;
    ais_labels *labels;
    fate *fates;   /* one an input; NULL without labels */
    size_t next;   /* input to admit */
    size_t unkept; /* failed items that could not be kept aside */
    ais_error *unkept_why;
} run;

void ais_run_result_free(ais_run_result *result)
{
    if (result == NULL)
        return;
    ais_record_free(result->record);
    ais_plan_free(result->plan);
    ais_score_free(result->score);
    ais_arena_free(result->arena);
    free(result->failures);
    free(result->restarts);
    free(result);
}

static void run_clear(run *r)
{
    for (size_t i = 0; r->fates != NULL && i < r->inputs.names.count; i++)
        free(r->fates[i].result);
    free(r->fates);
    if (r->loop != NULL)
        ais_loop_remove(r->loop, &r->interrupt);
    ais_executor_free(r->executor);
    ais_results_free(r->results);
    ais_space_free(r->space);
    ais_loop_free(r->loop);
    ais_labels_free(r->labels);
    ais_inputs_clear(&r->inputs);
    ais_error_free(r->unkept_why);
}

/* ---- what comes out of the executor ---- */

static int on_result(void *data, size_t tag, size_t node, const char *path, const char *name,
                     ais_error **err)
{
    run *r = data;
    char *as = NULL;
    if (ais_results_keep(r->results, r->space, node, path, name, &as, err) < 0)
        return -1;
    if (r->fates != NULL && r->fates[tag].result == NULL)
        r->fates[tag].result = ais_format("%s/%s/%s", ais_results_get_path(r->results),
                                          r->result->plan->nodes[node].name, as);
    free(as);
    return 0;
}

static void on_failed(void *data, size_t tag, const ais_failure *failure)
{
    run *r = data;
    ais_run_result *result = r->result;
    AIS_AUTO(ais_error) why = NULL;
    (void)tag;
    if (ais_results_keep_failed(r->results, r->space, failure, &why) < 0 && r->unkept++ == 0) {
        r->unkept_why = why;
        why = NULL;
    }
    if (result->failure_count == AIS_RUN_FAILURES_KEPT)
        return;
    result->failures = ais_grow(result->failures, &result->failure_capacity,
                                result->failure_count + 1, sizeof *result->failures);
    result->failures[result->failure_count++] =
        (ais_run_failure){.component = result->plan->nodes[failure->node].name,
                          .item = ais_arena_strdup(result->arena, failure->name),
                          .code = ais_error_code_name(failure->code),
                          .error = ais_arena_strdup(result->arena, failure->message)};
}

static void on_hop(void *data, size_t tag, const ais_hop *hop)
{
    run *r = data;
    (void)tag;
    ais_record_add_hop(r->result->record, hop);
}

static void on_ended(void *data, size_t tag, const ais_session_end *end)
{
    run *r = data;
    ais_record_add_session(r->result->record, end);
    if (r->fates == NULL)
        return;
    r->fates[tag].ended = true;
    r->fates[tag].outcome = end->outcome;
}

static const ais_sink sink = {
    .result = on_result, .failed = on_failed, .hop = on_hop, .ended = on_ended};

static void on_interrupt(void *data)
{
    run *r = data;
    ais_loop_remove(r->loop, &r->interrupt); /* it stays readable */
    r->result->interrupted = true;
}

/* ---- before ---- */

/* Said before anything starts, not after all is done. */
static void log_warnings(const run *r, const ais_diags *diags)
{
    for (size_t i = 0; i < ais_diags_count(diags); i++) {
        const ais_diag *diag = ais_diags_get(diags, i);
        AIS_SCOPED(ais_str) text = {.data = NULL};
        ais_pos_write(diag->pos, &text);
        ais_log(r->ctx, AIS_LOG_WARNING, "%s%s (%s)", ais_str_get(&text), diag->message,
                diag->hint);
    }
}

static int check_protections(const run *r, ais_error **err)
{
    const ais_plan *plan = r->result->plan;
    AIS_SCOPED(ais_str) list = {.data = NULL};
    for (size_t i = 0; i < plan->protection_count; i++) {
        const ais_plan_protection *p = &plan->protections[i];
        ais_str_add_format(&list, "%s%s (%s, %s)", i > 0 ? ", " : "", p->name, p->component,
                           p->where);
    }
    if (plan->protection_count == 0)
        return 0;
    if (r->options->require_security) {
        ais_error_set(err, AIS_E_REFUSED,
                      "protections are asked for that a run on this machine does not enforce: %s",
                      ais_str_get(&list));
        return ais_error_hint(err, "without --require-security it runs unprotected");
    }
    ais_log(r->ctx, AIS_LOG_WARNING,
            "protections asked for: %s; enforced by this run: none (--require-security refuses it)",
            ais_str_get(&list));
    return 0;
}

static int read_labels(run *r, ais_error **err)
{
    if (r->options->labels == NULL)
        return 0;
    r->fates = ais_alloc(r->inputs.names.count * sizeof *r->fates);
    return ais_labels_read(r->options->labels, &r->labels, err);
}

/* Each process takes a socket, a descriptor of itself, and a log. The usual limit of 1024 is met by a long
 * chain with a few processes a component. */
static int allow_files(const run *r, ais_error **err)
{
    enum { A_PROCESS = 3, OTHERS = 64 };
    struct rlimit limit;
    const size_t nodes = r->result->plan->node_count;
    const rlim_t need = nodes * (r->options->parallel * A_PROCESS + 2) + OTHERS;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= need)
        return 0;
    const rlim_t had = limit.rlim_cur;
    limit.rlim_cur = need;
    if (need <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return 0;
    ais_error_set(err, AIS_E_LIMIT,
                  "%zu components with %zu processes each need %llu open files (the limit is %llu)",
                  nodes, r->options->parallel, (unsigned long long)need, (unsigned long long)had);
    return ais_error_hint(err, "a smaller --parallel, or a higher 'ulimit -n'");
}

static int prepare(run *r, const ais_app *app, ais_error **err)
{
    ais_run_result *result = r->result;
    const ais_run_options *o = r->options;
    ais_worker_spec *specs = NULL;
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    if (ais_plan_load(app, o->deployment, diags, &result->plan, err) < 0)
        return -1;
    log_warnings(r, diags);
    if (check_protections(r, err) < 0 || allow_files(r, err) < 0 ||
        ais_inputs_find(r->ctx, o->input, &r->inputs, err) < 0 || read_labels(r, err) < 0 ||
        ais_results_open(o->output, result->plan, r->inputs.dir, o->replace, &r->results, err) < 0)
        return -1;
    result->output = ais_arena_strdup(result->arena, ais_results_get_path(r->results));
    result->items = r->inputs.names.count;
    result->restarts = ais_alloc(result->plan->node_count * sizeof *result->restarts);
    result->record = ais_record_new(result->plan);
    if (ais_program_prepare(r->ctx, result->plan, result->arena, &specs, err) < 0 ||
        ais_loop_new(r->ctx, &r->loop, err) < 0 ||
        ais_space_open(result->output, &r->space, err) < 0)
        return -1;
    const ais_executor_options options = {
        .workers = o->parallel, .cold = o->cold, .timeout_s = o->timeout_s};
    r->executor =
        ais_executor_new(r->ctx, r->loop, r->space, result->plan, specs, &options, &sink, r);
    if (r->ctx->interrupt_fd < 0)
        return 0;
    r->interrupt = (ais_watch){.fd = r->ctx->interrupt_fd, .ready = on_interrupt, .data = r};
    return ais_loop_add(r->loop, &r->interrupt, err);
}

/* ---- during ---- */

static int start(run *r, ais_error **err)
{
    ais_run_result *result = r->result;
    const double begin_s = r->ctx->monotonic_s(r->ctx);
    if (ais_executor_start(r->executor, err) < 0)
        return -1;
    while (!ais_executor_is_ready(r->executor) && !result->interrupted)
        if (ais_executor_step(r->executor, INFINITY, err) < 0)
            return -1;
    result->startup_s = r->ctx->monotonic_s(r->ctx) - begin_s;
    result->began_s = r->ctx->now_s(r->ctx);
    result->record->begin_s = r->ctx->monotonic_s(r->ctx);
    return result->interrupted ? 0 : ais_results_begin(r->results, err);
}

static int process(run *r, ais_error **err)
{
    const size_t count = r->inputs.names.count;
    AIS_SCOPED(ais_progress) progress;
    ais_progress_init(&progress, r->ctx, "running", count);
    while (!r->result->interrupted) {
        while (r->next < count && ais_executor_can_admit(r->executor)) {
            const char *name = r->inputs.names.items[r->next];
            AIS_FREE char *path = ais_path_join(r->inputs.dir, name);
            ais_executor_admit(r->executor, path, name, r->next++);
        }
        if (r->next == count && ais_executor_count_live(r->executor) == 0)
            return 0;
        if (ais_executor_step(r->executor, INFINITY, err) < 0)
            return -1;
        ais_progress_step(&progress, r->next - ais_executor_count_live(r->executor));
    }
    return 0;
}

/* ---- after ---- */

static void score(run *r)
{
    ais_run_result *result = r->result;
    const char *dropped = r->options->dropped_label;
    result->score = ais_score_new();
    for (size_t i = 0; i < r->inputs.names.count; i++) {
        const fate *f = &r->fates[i];
        const char *label = ais_labels_find(r->labels, r->inputs.names.items[i]);
        if (label == NULL || !f->ended)
            continue;
        AIS_FREE char *read = f->result != NULL ? ais_labels_read_result(f->result) : NULL;
        const char *given = f->outcome == AIS_OUTCOME_FAILED    ? AIS_SCORE_FAILED
                            : f->outcome == AIS_OUTCOME_DROPPED ? AIS_SCORE_DROPPED
                            : read == NULL                      ? AIS_SCORE_NONE
                                                                : read;
        const bool right =
            f->outcome == AIS_OUTCOME_DROPPED
                ? dropped != NULL && ais_str_equal(dropped, label)
                : f->outcome == AIS_OUTCOME_OK && read != NULL && ais_str_equal(read, label);
        ais_score_add(result->score, label, given, right);
    }
    ais_score_close(result->score);
}

/* What went wrong in keeping things does not undo the run: it is said. */
static void keep_logs(const run *r)
{
    AIS_AUTO(ais_error) why = NULL;
    for (size_t i = 0; i < r->result->plan->node_count; i++)
        for (size_t k = 0; k < r->options->parallel; k++)
            if (ais_results_keep_log(r->results, r->space, ais_executor_get_log(r->executor, i, k),
                                     &why) < 0)
                ais_log(r->ctx, AIS_LOG_WARNING, "a log of component '%s' is lost: %s",
                        r->result->plan->nodes[i].name, ais_error_get_message(why));
}

static int finish(run *r, int status, bool began, ais_error **err)
{
    ais_run_result *result = r->result;
    result->record->end_s = r->ctx->monotonic_s(r->ctx);
    result->wall_s = result->record->end_s - result->record->begin_s;
    AIS_AUTO(ais_error) why = NULL;
    if (ais_executor_stop(r->executor, status == 0 && !result->interrupted, &why) < 0)
        ais_log(r->ctx, AIS_LOG_WARNING, "ending the components: %s", ais_error_get_message(why));
    for (size_t i = 0; i < result->plan->node_count; i++)
        result->restarts[i] = ais_executor_get_restarts(r->executor, i);
    if (began)
        keep_logs(r);
    if (r->unkept > 0)
        ais_log(r->ctx, AIS_LOG_WARNING, "%zu failed items could not be kept aside: %s", r->unkept,
                ais_error_get_message(r->unkept_why));
    if (r->labels != NULL && began)
        score(r);
    if (status == 0 && result->interrupted) {
        const ais_record *record = result->record;
        return ais_error_set(err, AIS_E_INTERRUPTED,
                             "interrupted: %zu of %zu items were done, their results are kept",
                             record->ok + record->failed + record->dropped, result->items);
    }
    return status;
}

int ais_serve_run(const ais_ctx *ctx, const ais_app *app, const ais_run_options *options,
                  ais_run_result **out, ais_error **err)
{
    AIS_AUTO(ais_run_result) result = ais_alloc(sizeof *result);
    AIS_SCOPED(run) r = {.ctx = ctx, .options = options, .result = result, .interrupt.fd = -1};
    *out = NULL;
    result->arena = ais_arena_new();
    result->parallel = options->parallel;
    result->cold = options->cold;
    if (prepare(&r, app, err) < 0)
        return -1;
    int status = start(&r, err);
    const bool began = status == 0 && !result->interrupted;
    if (began)
        status = process(&r, err);
    status = finish(&r, status, began, err);
    if (!began)
        return status;
    *out = result;
    result = NULL;
    return status;
}
