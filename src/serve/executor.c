/* The executor; see executor.h. */
#include "serve/executor.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "serve/executor_priv.h"

/* Items of one component, first come, first served. */
typedef struct queue {
    ais__item *first, **last;
    size_t count;
} queue;

struct ais_executor {
    const ais_ctx *ctx;
    ais_loop *loop;
    ais_space *space;
    const ais_plan *plan;
    ais_executor_options options;
    const ais_sink *sink;
    void *data;
    ais_pool **pools; /* one a node, as all below */
    queue *queues;
    char **log_paths; /* node * workers + worker */
    size_t live;      /* sessions */
    ais__item *items; /* all that live, queued or given out */
};

static double now(const ais_executor *e)
{
    return e->ctx->monotonic_s(e->ctx);
}

/* ---- sessions and items ---- */

static void free_session(ais__session *session)
{
    free(session->given_s); /* holds replied_s too */
    free(session);
}

static void end_session(ais_executor *e, ais__session *session)
{
    const ais_session_end end = {.outcome = session->failed        ? AIS_OUTCOME_FAILED
                                            : session->results > 0 ? AIS_OUTCOME_OK
                                                                   : AIS_OUTCOME_DROPPED,
                                 .admitted_s = session->admitted_s,
                                 .ended_s = now(e),
                                 .given_s = session->given_s,
                                 .replied_s = session->replied_s};
    e->sink->ended(e->data, session->tag, &end);
    e->live--;
    free_session(session);
}

static void push(ais_executor *e, ais__item *item)
{
    queue *q = &e->queues[item->node];
    item->next = NULL;
    *(q->first == NULL ? &q->first : q->last) = item;
    q->last = &item->next;
    q->count++;
}

static ais__item *pop(queue *q)
{
    ais__item *item = q->first;
    q->first = item->next;
    q->count--;
    return item;
}

/* Takes `path`, and one hold of `folder`. */
static void enqueue(ais_executor *e, ais__session *session, size_t node, char *path,
                    const char *name, ais_folder *folder)
{
    ais__item *item = ais_alloc(sizeof *item);
    *item = (ais__item){.executor = e,
                        .session = session,
                        .node = node,
                        .name = ais_strdup(name),
                        .path = path,
                        .folder = folder,
                        .queued_s = e->ctx->now_s(e->ctx)};
    item->right = e->items;
    if (e->items != NULL)
        e->items->left = item;
    e->items = item;
    session->live++;
    push(e, item);
}

static void free_item(ais__item *item)
{
    free(item->name);
    free(item->path);
    free(item);
}

static void remove_item(ais__item *item)
{
    if (item->left != NULL)
        item->left->right = item->right;
    else
        item->executor->items = item->right;
    if (item->right != NULL)
        item->right->left = item->left;
    free_item(item);
}

/* The item is done with, well or not: what is left of it goes. */
static void finish(ais__item *item)
{
    ais_executor *e = item->executor;
    ais__session *session = item->session;
    if (item->folder != NULL) { /* it may have been renamed by the component, or kept aside */
        unlinkat(ais_space_get_fd(e->space), item->path, 0);
        ais_folder_release(item->folder);
    }
    ais_folder_release(item->output);
    remove_item(item);
    if (--session->live == 0)
        end_session(e, session);
}

static char *absolute(const ais__item *item)
{
    return item->folder == NULL
               ? ais_strdup(item->path)
               : ais_path_join(ais_space_get_path(item->executor->space), item->path);
}

static void tell_failure(const ais__item *item, ais_error_code code, const char *message)
{
    ais_executor *e = item->executor;
    AIS_FREE char *path = absolute(item);
    const ais_failure failure = {.node = item->node,
                                 .name = item->name,
                                 .path = path,
                                 .ours = item->folder != NULL,
                                 .code = code,
                                 .message = message};
    item->session->failed = true;
    e->sink->failed(e->data, item->session->tag, &failure);
}

static void tell_error(const ais__item *item, const ais_error *error)
{
    tell_failure(item, ais_error_get_code(error), ais_error_get_message(error));
}

/* ---- after a reply: where the files go ---- */

/* A second name for the file, in a folder of its own: its component may rename or remove it. */
static int enqueue_link(ais__item *item, size_t node, const ais_folder_file *file, ais_error **err)
{
    ais_executor *e = item->executor;
    ais_folder *folder = NULL;
    if (ais_folder_new(e->space, &folder, err) < 0)
        return -1;
    AIS_FREE char *path = ais_folder_join(folder, file->name);
    const int fd = ais_space_get_fd(e->space);
    if (linkat(fd, file->path, fd, path, 0) < 0) {
        ais_error_set_errno(err, NULL, "linking '%s' for component '%s'", file->name,
                            e->plan->nodes[node].name);
        ais_folder_release(folder);
        return ais_error_hint(err, "--output must be on a file system with hard links");
    }
    enqueue(e, item->session, node, path, file->name, folder);
    path = NULL;
    return 0;
}

static int add_result(const ais__item *item, const ais_folder_file *file, ais_error **err)
{
    ais_executor *e = item->executor;
    if (e->sink->result(e->data, item->session->tag, item->node, file->path, file->name, err) < 0)
        return -1;
    item->session->results++;
    return 0;
}

/* Does a file go to a successor? `goes_on` is its way at a segment with an early exit. */
static bool takes(const ais_plan_node *node, size_t successor, const ais_folder_file *file,
                  bool goes_on)
{
    if (file->branch != AIS_FOLDER_ALL)
        return file->branch == successor;
    return node->goes_on == AIS_NONE || (node->goes_on == successor) == goes_on;
}

static int route(ais__item *item, ais_folder_file *file, bool goes_on, ais_error **err)
{
    ais_executor *e = item->executor;
    if (goes_on &&
        ais_folder_rename(item->output, file, err) < 0) /* the next segment may read it */
        return -1;
    const ais_plan_node *node = &e->plan->nodes[item->node];
    size_t taken = AIS_NONE; /* the successor that gets the file itself; others get links */
    for (size_t i = 0; i < node->successor_count; i++) {
        if (!takes(node, i, file, goes_on))
            continue;
        if (taken != AIS_NONE && enqueue_link(item, node->successors[i], file, err) < 0)
            return -1;
        if (taken == AIS_NONE)
            taken = i;
    }
    if (taken == AIS_NONE)
        return add_result(item, file, err);
    ais_folder_hold(item->output);
    enqueue(e, item->session, node->successors[taken], ais_strdup(file->path), file->name,
            item->output);
    return 0;
}

/* An item that leaves at an exit and goes on as well would be answered twice. */
static int check_exits(const ais_folder_files *files, const bool *goes_on, ais_error **err)
{
    for (size_t i = 0; i < files->count; i++)
        for (size_t k = 0; goes_on[i] && k < files->count; k++)
            if (!goes_on[k] && files->items[k].branch == files->items[i].branch &&
                ais_str_equal(files->items[i].name, files->items[k].name))
                return ais_error_set(err, AIS_E_COMPONENT,
                                     "'%s' leaves at the exit and goes on as well",
                                     files->items[i].name);
    return 0;
}

/* Behind a segment with an early exit, files lose the ending that says that they go on. */
static int take_exits(const ais_plan_node *node, ais_folder_files *files, bool *goes_on,
                      ais_error **err)
{
    for (size_t i = 0; node->goes_on != AIS_NONE && i < files->count; i++) {
        char *name = ais_plan_take_exit(files->items[i].name, &goes_on[i]);
        free(files->items[i].name);
        files->items[i].name = name;
    }
    return check_exits(files, goes_on, err);
}

static int follow(ais__item *item, bool *dropped, ais_error **err)
{
    const ais_plan_node *node = &item->executor->plan->nodes[item->node];
    ais_folder_files files = {.items = NULL};
    if (ais_folder_scan(item->output, node->successor_names, node->successor_count, &files, err) <
        0)
        return -1;
    AIS_FREE bool *goes_on = ais_alloc(files.count * sizeof *goes_on);
    int status = take_exits(node, &files, goes_on, err);
    for (size_t i = 0; i < files.count && status == 0; i++)
        status = route(item, &files.items[i], goes_on[i], err);
    *dropped = files.count == 0;
    ais_folder_files_clear(&files);
    return status;
}

static void on_reply(void *data, void *given, const ais_pool_reply *reply)
{
    ais_executor *e = data;
    ais__item *item = given;
    ais__session *session = item->session;
    ais_hop hop = {.node = item->node,
                   .ok = reply->ok,
                   .given_s = reply->given_s,
                   .took_s = reply->took_s,
                   .function_s = reply->function_s};
    const double replied_s = reply->given_s + reply->took_s;
    AIS_AUTO(ais_error) err = NULL;
    if (isnan(session->given_s[item->node]))
        session->given_s[item->node] = reply->given_s;
    if (!reply->ok) {
        tell_failure(item, reply->code, reply->message);
    } else if (follow(item, &hop.dropped, &err) < 0) {
        hop.ok = false;
        tell_error(item, err);
    } else {
        session->replied_s[item->node] = replied_s;
    }
    hop.handling_s = item->handling_s + now(e) - replied_s;
    e->sink->hop(e->data, session->tag, &hop);
    finish(item);
}

/* ---- giving out ---- */

/* 1 = given, 0 = no worker has room after all. */
static int give(ais__item *item, ais_error **err)
{
    ais_executor *e = item->executor;
    if (item->output == NULL && ais_folder_new(e->space, &item->output, err) < 0)
        return -1;
    AIS_FREE char *input = absolute(item);
    AIS_FREE char *inside = ais_folder_join(item->output, item->name);
    AIS_FREE char *output = ais_path_join(ais_space_get_path(e->space), inside);
    AIS_FREE char *event =
        ais__event_write(e->plan->nodes[item->node].name, item->name, item->queued_s);
    const ais_worker_request request = {
        .input = input, .output = output, .session_id = item->session->id, .event = event};
    return ais_pool_give(e->pools[item->node], &request, item, err);
}

static void dispatch(ais_executor *e, size_t node)
{
    queue *q = &e->queues[node];
    while (q->first != NULL && ais_pool_has_room(e->pools[node])) {
        const double begin_s = now(e);
        ais__item *item = q->first;
        AIS_AUTO(ais_error) err = NULL;
        const int given = give(item, &err);
        if (given == 0)
            return;
        pop(q);
        item->handling_s = now(e) - begin_s;
        if (given < 0) {
            tell_error(item, err);
            e->sink->hop(e->data, item->session->tag,
                         &(ais_hop){.node = node, .given_s = begin_s, .function_s = NAN});
            finish(item);
        }
    }
}

/* ---- life ---- */

static void make_pool(ais_executor *e, size_t node, const ais_worker_spec *spec)
{
    const size_t workers = e->options.workers;
    char **paths = &e->log_paths[node * workers];
    for (size_t i = 0; i < workers; i++) {
        AIS_FREE char *number = i > 0 ? ais_format(".%zu", i + 1) : ais_strdup("");
        paths[i] = ais_format("%s/log/%s%s.log", ais_space_get_path(e->space),
                              e->plan->nodes[node].name, number);
    }
    const ais_pool_options options = {.workers = workers,
                                      .cold = e->options.cold,
                                      .timeout_s = e->options.timeout_s,
                                      .log_paths = (const char *const *)paths};
    e->pools[node] = ais_pool_new(e->ctx, e->loop, spec, &options, on_reply, e);
}

ais_executor *ais_executor_new(const ais_ctx *ctx, ais_loop *loop, ais_space *space,
                               const ais_plan *plan, const ais_worker_spec *specs,
                               const ais_executor_options *options, const ais_sink *sink,
                               void *data)
{
    ais_executor *e = ais_alloc(sizeof *e);
    *e = (ais_executor){.ctx = ctx,
                        .loop = loop,
                        .space = space,
                        .plan = plan,
                        .options = *options,
                        .sink = sink,
                        .data = data};
    e->pools = ais_alloc(plan->node_count * sizeof *e->pools);
    e->queues = ais_alloc(plan->node_count * sizeof *e->queues);
    e->log_paths = ais_alloc(plan->node_count * options->workers * sizeof *e->log_paths);
    for (size_t i = 0; i < plan->node_count; i++)
        make_pool(e, i, &specs[i]);
    return e;
}

void ais_executor_free(ais_executor *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < e->plan->node_count; i++)
        ais_pool_free(e->pools[i]);
    for (ais__item *item = e->items, *next = NULL; item != NULL; item = next) {
        next = item->right;
        ais_folder_release(item->folder);
        ais_folder_release(item->output);
        if (--item->session->live == 0)
            free_session(item->session);
        free_item(item);
    }
    for (size_t i = 0; i < e->plan->node_count * e->options.workers; i++)
        free(e->log_paths[i]);
    free(e->log_paths);
    free(e->pools);
    free(e->queues);
    free(e);
}

int ais_executor_start(ais_executor *e, ais_error **err)
{
    for (size_t i = 0; i < e->plan->node_count; i++)
        if (ais_pool_start(e->pools[i], err) < 0)
            return -1;
    return 0;
}

bool ais_executor_is_ready(const ais_executor *e)
{
    bool ready = true;
    for (size_t i = 0; i < e->plan->node_count; i++)
        ready = ready && ais_pool_is_ready(e->pools[i]);
    return ready;
}

bool ais_executor_can_admit(const ais_executor *e)
{
    bool room = false;
    for (size_t i = 0; i < e->plan->node_count; i++) {
        if (e->queues[i].count >= 2 * e->options.workers)
            return false;
        if (e->plan->nodes[i].predecessor_count == 0 && e->queues[i].count == 0)
            room = room || ais_pool_has_room(e->pools[i]);
    }
    return room;
}

/* A component may rename or remove its input, as where it is handed a download; so the user's file gets
 * a second name of ours, or from another file system a copy. Where neither can be made, the component
 * gets the file itself. */
static void enqueue_input(ais_executor *e, ais__session *session, size_t node, const char *path,
                          const char *name)
{
    ais_folder *folder = NULL;
    const int fd = ais_space_get_fd(e->space);
    if (ais_folder_new(e->space, &folder, NULL) == 0) {
        char *inside = ais_folder_join(folder, name);
        AIS_FREE char *target = ais_path_join(ais_space_get_path(e->space), inside);
        if (linkat(AT_FDCWD, path, fd, inside, AT_SYMLINK_FOLLOW) == 0 ||
            ais_tree_copy_whole(path, target, NULL) == 0) {
            enqueue(e, session, node, inside, name, folder);
            return;
        }
        free(inside);
        ais_folder_release(folder);
    }
    enqueue(e, session, node, ais_strdup(path), name, NULL);
}

void ais_executor_admit(ais_executor *e, const char *path, const char *name, size_t tag)
{
    const size_t nodes = e->plan->node_count;
    ais__session *session = ais_alloc(sizeof *session);
    *session = (ais__session){.tag = tag, .admitted_s = now(e)};
    ais__session_make_id(session->id);
    session->given_s = ais_alloc(2 * nodes * sizeof *session->given_s);
    session->replied_s = session->given_s + nodes;
    for (size_t i = 0; i < 2 * nodes; i++)
        session->given_s[i] = NAN;
    e->live++;
    for (size_t i = 0; i < nodes; i++)
        if (e->plan->nodes[i].predecessor_count == 0)
            enqueue_input(e, session, i, path, name);
    for (size_t i = 0; i < nodes; i++)
        if (e->plan->nodes[i].predecessor_count == 0)
            dispatch(e, i);
}

size_t ais_executor_count_live(const ais_executor *e)
{
    return e->live;
}

int ais_executor_step(ais_executor *e, double until_s, ais_error **err)
{
    const size_t before = e->live;
    for (size_t i = e->plan->node_count; i-- > 0;) /* the end of the graph first: it drains */
        dispatch(e, i);
    if (e->live < before)
        until_s = -INFINITY; /* sessions ended right here: the caller may have something to do */
    for (size_t i = 0; i < e->plan->node_count; i++)
        until_s = fmin(until_s, ais_pool_next_s(e->pools[i]));
    if (ais_loop_wait(e->loop, until_s, err) < 0)
        return -1;
    for (size_t i = 0; i < e->plan->node_count; i++)
        if (ais_pool_tick(e->pools[i], err) < 0)
            return -1;
    return 0;
}

int ais_executor_stop(ais_executor *e, bool orderly, ais_error **err)
{
    return ais_pools_stop(e->pools, e->plan->node_count, orderly, err);
}

size_t ais_executor_get_restarts(const ais_executor *e, size_t node)
{
    return ais_pool_get_restarts(e->pools[node]);
}

const char *ais_executor_get_log(const ais_executor *e, size_t node, size_t worker)
{
    return e->log_paths[node * e->options.workers + worker];
}
