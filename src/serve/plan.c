/* Reading a deployment; see plan.h. */
#include "serve/plan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "serve/plan_priv.h"

typedef struct reader {
    const ais_app *app;
    ais_plan *plan;
    ais_diags *diags;
    const char *dir; /* of the deployment */
} reader;

const char *ais_plan_kind_name(ais_plan_kind kind)
{
    static const char *const names[] = {[AIS_PLAN_LOCAL_TIME] = "local_time",
                                        [AIS_PLAN_GLOBAL_TIME] = "global_time",
                                        [AIS_PLAN_THROUGHPUT] = "throughput"};
    return names[kind];
}

void ais_plan_free(ais_plan *plan)
{
    if (plan == NULL)
        return;
    ais_arena_free(plan->arena);
    free(plan);
}

/* "run `aisprint design --app DIR`", behind every error that it mends. */
static int hint_design(const reader *r, ais_error **err)
{
    return ais_error_hint(err, "aisprint design --app %s makes it", r->app->dir);
}

/* The same, behind errors in what is there. */
static int hint_design_anew(const reader *r, ais_error **err)
{
    return ais_error_hint(err, "aisprint design --app %s makes it anew", r->app->dir);
}

static size_t find_node(const ais_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->node_count; i++)
        if (ais_str_equal(plan->nodes[i].name, name))
            return i;
    return AIS_NONE;
}

static int need_node(const reader *r, const ais_doc_node *name, size_t *out, ais_error **err)
{
    const char *text = ais_doc_get_text(name);
    *out = ais_doc_get_kind(name) == AIS_DOC_STRING ? find_node(r->plan, text) : AIS_NONE;
    if (*out != AIS_NONE)
        return 0;
    ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(name), "'%s' is no component of the deployment",
                     text);
    return hint_design_anew(r, err);
}

/* A document that design made: not there, or not as design makes it, means design must run again. */
static int read_document(const reader *r, const char *name, ais_doc **out, ais_error **err)
{
    AIS_FREE char *path = ais_path_join(r->dir, name);
    if (!ais_file_exists(path)) {
        ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = path}, "the design is not complete");
        return hint_design(r, err);
    }
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    if (ais_doc_read(path, diags, out) == 0)
        return 0;
    const int failed = ais_diags_fail(diags, err);
    return failed < 0 ? hint_design_anew(r, err) : -1;
}

/* ---- nodes ---- */

/* <dir>/src/<name>, or <name>_base as other deployments than base call what is not cut. */
static int find_design(const reader *r, const char *name, const char **out, ais_error **err)
{
    static const char *const endings[] = {"", "_base"};
    char absolute[PATH_MAX];
    for (size_t i = 0; i < AIS_COUNT(endings); i++) {
        AIS_FREE char *link = ais_format("%s/src/%s%s", r->dir, name, endings[i]);
        if (realpath(link, absolute) != NULL && ais_dir_exists(absolute)) {
            *out = ais_arena_strdup(r->plan->arena, absolute);
            return 0;
        }
    }
    ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = r->dir}, "component '%s' has no design",
                     name);
    return hint_design(r, err);
}

/* ".../designs/<component>/<variant>": which component and variant is this? */
static void split_design(const reader *r, const char *dir, const char **component,
                         const char **variant)
{
    AIS_FREE char *parent = ais_path_dir(dir);
    *variant = ais_arena_strdup(r->plan->arena, ais_path_base(dir));
    *component = ais_arena_strdup(r->plan->arena, ais_path_base(parent));
}

static const char *find_model(const reader *r, const ais_annotations *a, const char *dir,
                              const char *variant)
{
    static const ais_annotation_kind kinds[] = {AIS_ANNOTATION_PARTITIONABLE_MODEL,
                                                AIS_ANNOTATION_EARLY_EXITS_MODEL};
    for (size_t i = 0; i < AIS_COUNT(kinds); i++) {
        const ais_doc_node *file = ais_annotations_find_argument(a, kinds[i], "onnx_file");
        if (file == NULL || ais_doc_get_kind(file) != AIS_DOC_STRING)
            continue;
        if (ais_str_equal(variant, "base"))
            return ais_arena_format(r->plan->arena, "onnx/%s", ais_doc_get_text(file));
        const char *segment = ais_arena_format(r->plan->arena, "onnx/%s.onnx", variant);
        AIS_FREE char *path = ais_path_join(dir, segment);
        return ais_file_exists(path) ? segment : NULL;
    }
    return NULL;
}

static const char *find_resource(const ais_app *app, const ais_app_component *component)
{
    if (component->candidate == AIS_NONE)
        return "local";
    const ais_app_candidate *candidate = &app->candidates[component->candidate];
    const bool known =
        candidate->container_count > 0 && candidate->containers[0].resource_count > 0;
    return known ? candidate->containers[0].resources[0] : "local";
}

static void warn_stale(const reader *r, const ais_app_source *source, const ais_plan_node *node)
{
    AIS_FREE char *designs = ais_path_dir(node->dir);
    AIS_FREE char *base = ais_path_join(designs, "base");
    char *name = NULL;
    if (!ais_plan_is_stale(source->dir, base, &name))
        return;
    AIS_FREE char *file = ais_path_join(source->dir, name);
    free(name);
    AIS_FREE char *hint = ais_format("aisprint design --app %s takes it over", r->app->dir);
    ais_diags_add(r->diags, AIS_SEVERITY_WARNING, "stale-design", (ais_pos){.file = file}, hint,
                  "changed since the design of component '%s' was made, which is what runs",
                  node->component);
}

static int read_node(const reader *r, const ais_doc_node *entry, ais_plan_node *node,
                     ais_error **err)
{
    const char *variant = NULL;
    ais_arena *arena = r->plan->arena;
    if (ais_doc_get_kind(entry) != AIS_DOC_STRING || !ais_path_is_name(ais_doc_get_text(entry)))
        return ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(entry), "not a name of a component");
    if (find_node(r->plan, ais_doc_get_text(entry)) != AIS_NONE) {
        ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(entry), "'%s' is listed twice",
                         ais_doc_get_text(entry));
        return hint_design_anew(r, err);
    }
    node->name = ais_arena_strdup(arena, ais_doc_get_text(entry));
    if (find_design(r, node->name, &node->dir, err) < 0)
        return -1;
    split_design(r, node->dir, &node->component, &variant);
    const size_t at = ais_app_find_component(r->app, node->component);
    const ais_annotations *a = at != AIS_NONE ? ais_app_get_annotations(r->app, at) : NULL;
    if (a == NULL) {
        ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(entry),
                         "component '%s' is no longer in the application", node->component);
        return hint_design_anew(r, err);
    }
    const ais_app_source *source = &r->app->sources[r->app->components[at].source];
    node->language = source->language;
    node->entry = ais_arena_strdup(arena, ais_annotations_get_entry(a));
    node->onnx_file = find_model(r, a, node->dir, variant);
    node->resource = ais_arena_strdup(arena, find_resource(r->app, &r->app->components[at]));
    if (!ais_annotations_get_number(a, AIS_ANNOTATION_EXPECTED_THROUGHPUT, "rate", &node->rate_rps))
        node->rate_rps = 0.0;
    const char *program = node->language == AIS_LANGUAGE_C ? "component.so" : "main.py";
    AIS_FREE char *path = ais_path_join(node->dir, program);
    if (!ais_file_exists(path)) {
        ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = path}, "the design is not complete");
        return hint_design(r, err);
    }
    warn_stale(r, source, node);
    return 0;
}

static int read_nodes(const reader *r, const ais_doc_node *root, ais_error **err)
{
    const ais_doc_node *list = NULL;
    if (ais_doc_need_path(root, "System.components", AIS_DOC_LIST, &list, err) < 0)
        return -1;
    ais_plan *plan = r->plan;
    plan->nodes = ais_arena_alloc(plan->arena, ais_doc_count(list) * sizeof *plan->nodes);
    for (size_t i = 0; i < ais_doc_count(list); i++) {
        if (read_node(r, ais_doc_at(list, i), &plan->nodes[i], err) < 0)
            return -1;
        plan->node_count++;
    }
    if (plan->node_count == 0)
        return ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(list), "there are no components");
    return 0;
}

static int read_edges(const reader *r, const ais_doc_node *root, ais_error **err)
{
    const ais_doc_node *list = ais_doc_find_path(root, "System.dependencies");
    ais_plan *plan = r->plan;
    for (size_t i = 0; list != NULL && i < ais_doc_count(list); i++) {
        const ais_doc_node *edge = ais_doc_at(list, i);
        size_t from = AIS_NONE, to = AIS_NONE;
        if (ais_doc_count(edge) < 2)
            return ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(edge),
                                    "not a dependency (must be [from, to, probability])");
        if (need_node(r, ais_doc_at(edge, 0), &from, err) < 0 ||
            need_node(r, ais_doc_at(edge, 1), &to, err) < 0)
            return -1;
        ais_plan_node *node = &plan->nodes[from];
        if (node->successors == NULL) { /* at most one edge to each node */
            node->successors = ais_arena_alloc(plan->arena, plan->node_count * sizeof(size_t));
            node->successor_names = ais_arena_alloc(plan->arena, plan->node_count * sizeof(char *));
        }
        if (node->successor_count == plan->node_count)
            return ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(edge),
                                    "more than one dependency "
                                    "between the same components");
        node->successors[node->successor_count] = to;
        node->successor_names[node->successor_count++] = plan->nodes[to].name;
        plan->nodes[to].predecessor_count++;
    }
    return 0;
}

/* Items must come to an end: a loop is refused here too, since files can be edited after design. */
static int check_order(const reader *r, ais_error **err)
{
    const ais_plan *plan = r->plan;
    AIS_FREE size_t *waiting = ais_alloc(plan->node_count * sizeof *waiting);
    size_t done = 0;
    for (size_t i = 0; i < plan->node_count; i++)
        waiting[i] = plan->nodes[i].predecessor_count;
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < plan->node_count; i++) {
            if (waiting[i] != 0)
                continue;
            waiting[i] = SIZE_MAX; /* taken */
            moved = true;
            done++;
            for (size_t k = 0; k < plan->nodes[i].successor_count; k++)
                waiting[plan->nodes[i].successors[k]]--;
        }
    }
    if (done == plan->node_count)
        return 0;
    ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = r->dir}, "its graph has a loop");
    return hint_design_anew(r, err);
}

/* ---- limits ---- */

static ais_plan_constraint *add_constraint(ais_plan *plan, const char *name, ais_plan_kind kind,
                                           double limit, size_t path_count)
{
    ais_plan_constraint *c = &plan->constraints[plan->constraint_count++];
    c->name = ais_arena_strdup(plan->arena, name);
    c->kind = kind;
    c->limit = limit;
    c->path = ais_arena_alloc(plan->arena, path_count * sizeof *c->path);
    c->path_count = path_count;
    return c;
}

static int read_local(const reader *r, const char *name, const ais_doc_node *entry, ais_error **err)
{
    const ais_doc_node *component = NULL;
    double limit = 0.0;
    size_t node = AIS_NONE;
    if (ais_doc_need(entry, "component_name", AIS_DOC_STRING, &component, err) < 0 ||
        ais_doc_need_number(entry, "threshold", &limit, err) < 0 ||
        need_node(r, component, &node, err) < 0)
        return -1;
    add_constraint(r->plan, name, AIS_PLAN_LOCAL_TIME, limit, 1)->path[0] = node;
    return 0;
}

static int read_global(const reader *r, const char *name, const ais_doc_node *entry,
                       ais_error **err)
{
    const ais_doc_node *path = NULL;
    double limit = 0.0;
    if (ais_doc_need(entry, "path_components", AIS_DOC_LIST, &path, err) < 0 ||
        ais_doc_need_number(entry, "threshold", &limit, err) < 0)
        return -1;
    if (ais_doc_count(path) == 0)
        return ais_error_set_at(err, AIS_E_INPUT, ais_doc_pos(path), "the path is empty");
    ais_plan_constraint *c =
        add_constraint(r->plan, name, AIS_PLAN_GLOBAL_TIME, limit, ais_doc_count(path));
    for (size_t i = 0; i < ais_doc_count(path); i++)
        if (need_node(r, ais_doc_at(path, i), &c->path[i], err) < 0)
            return -1;
    return 0;
}

static int read_constraints(const reader *r, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = NULL;
    if (read_document(r, "space4ai-d/qos_constraints.yaml", &doc, err) < 0)
        return -1;
    const ais_doc_node *locals = ais_doc_find_path(ais_doc_root(doc), "system.local_constraints");
    const ais_doc_node *globals = ais_doc_find_path(ais_doc_root(doc), "system.global_constraints");
    const size_t local_count = locals != NULL ? ais_doc_count(locals) : 0;
    const size_t global_count = globals != NULL ? ais_doc_count(globals) : 0;
    ais_plan *plan = r->plan;
    plan->constraints = ais_arena_alloc(
        plan->arena, (local_count + global_count + plan->node_count) * sizeof *plan->constraints);
    for (size_t i = 0; i < local_count; i++)
        if (read_local(r, ais_doc_get_text(ais_doc_key_at(locals, i)), ais_doc_at(locals, i), err) <
            0)
            return -1;
    for (size_t i = 0; i < global_count; i++)
        if (read_global(r, ais_doc_get_text(ais_doc_key_at(globals, i)), ais_doc_at(globals, i),
                        err) < 0)
            return -1;
    size_t number = 0;
    for (size_t i = 0; i < plan->node_count; i++) {
        /* every item comes through the first segment; how many reach a later one is up to exits */
        if (plan->nodes[i].rate_rps <= 0.0 || !ais_plan_is_first(&plan->nodes[i]))
            continue;
        AIS_FREE char *name = ais_format("throughput_constraint_%zu", ++number);
        add_constraint(plan, name, AIS_PLAN_THROUGHPUT, plan->nodes[i].rate_rps, 1)->path[0] = i;
    }
    return 0;
}

/* ---- all ---- */

static int read_plan(reader *r, const char *deployment, ais_error **err)
{
    AIS_AUTO(ais_doc) doc = NULL;
    if (!ais_path_is_name(deployment))
        return ais_error_set(err, AIS_E_USAGE, "'%s' cannot be the name of a deployment",
                             deployment);
    if (!ais_dir_exists(r->dir)) {
        ais_error_set_at(err, AIS_E_INPUT, (ais_pos){.file = r->dir},
                         "there is no design of deployment '%s'", deployment);
        return hint_design(r, err);
    }
    if (read_document(r, "application_dag.yaml", &doc, err) < 0 ||
        read_nodes(r, ais_doc_root(doc), err) < 0 || read_edges(r, ais_doc_root(doc), err) < 0 ||
        check_order(r, err) < 0 || read_constraints(r, err) < 0)
        return -1;
    ais__plan_find_exits(r->app, r->plan);
    ais__plan_add_protections(r->app, r->plan);
    return 0;
}

int ais_plan_load(const ais_app *app, const char *deployment, ais_diags *diags, ais_plan **out,
                  ais_error **err)
{
    AIS_AUTO(ais_plan) plan = ais_alloc(sizeof *plan);
    plan->arena = ais_arena_new();
    plan->app_name = ais_arena_strdup(plan->arena, app->name);
    plan->app_dir = ais_arena_strdup(plan->arena, app->dir);
    plan->deployment = ais_arena_strdup(plan->arena, deployment);
    AIS_FREE char *dir = ais_format("%s/aisprint/deployments/%s", app->dir, deployment);
    reader r = {.app = app, .plan = plan, .diags = diags, .dir = dir};
    if (read_plan(&r, deployment, err) < 0)
        return -1;
    *out = plan;
    plan = NULL;
    return 0;
}
