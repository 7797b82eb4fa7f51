/* The files of other stages that make an application a system to place; their shapes. */
#include "base/file.h"
#include "place/app_priv.h"

#define SCHEMA(schema, name, is_open, ...)                                                         \
    static const ais_doc_field schema##_fields[] = {__VA_ARGS__};                                  \
    static const ais_doc_schema schema = {.what = name,                                            \
                                          .fields = schema##_fields,                               \
                                          .field_count = AIS_COUNT(schema##_fields),               \
                                          .open = is_open}

static const ais_doc_field a_name = {.kinds = AIS_DOC_STRING, .not_empty = true};

SCHEMA(space4ai, "SPACE4AI-D.yaml", true,
       {.key = "Time", .kinds = AIS_DOC_NUMBER, .has_minimum = true, .above_minimum = true},
       {.key = "EdgeResources", .kinds = AIS_DOC_LIST | AIS_DOC_NULL, .items = &a_name},
       {.key = "CloudResources", .kinds = AIS_DOC_LIST | AIS_DOC_NULL, .items = &a_name},
       {.key = "FaaSResources", .kinds = AIS_DOC_LIST | AIS_DOC_NULL, .items = &a_name},
       {.key = "Methods", .kinds = AIS_DOC_MAP}, {.key = "Seed", .kinds = AIS_DOC_INT},
       {.key = "VerboseLevel", .kinds = AIS_DOC_INT});

SCHEMA(partitions_of, "a component's designs", true,
       {.key = "partitions",
        .kinds = AIS_DOC_LIST,
        .required = true,
        .not_empty = true,
        .items = &a_name});
SCHEMA(partitioned, "components", true, {.key = NULL, .kinds = AIS_DOC_MAP, .map = &partitions_of});
SCHEMA(partitions, "component_partitions.yaml", true,
       {.key = "components", .kinds = AIS_DOC_MAP, .required = true, .map = &partitioned});

#define THRESHOLD                                                                                  \
    {                                                                                              \
        .key = "threshold", .kinds = AIS_DOC_NUMBER, .required = true, .has_minimum = true,        \
        .above_minimum = true, .unit = "s"                                                         \
    }
SCHEMA(local, "a local constraint", true,
       {.key = "component_name", .kinds = AIS_DOC_STRING, .required = true}, THRESHOLD);
SCHEMA(locals, "local_constraints", true, {.key = NULL, .kinds = AIS_DOC_MAP, .map = &local});
SCHEMA(global, "a global constraint", true,
       {.key = "path_components", .kinds = AIS_DOC_LIST, .not_empty = true, .items = &a_name},
       {.key = "components_path", .kinds = AIS_DOC_LIST, .not_empty = true, .items = &a_name},
       THRESHOLD);
SCHEMA(globals, "global_constraints", true, {.key = NULL, .kinds = AIS_DOC_MAP, .map = &global});
SCHEMA(limits, "the constraints", true,
       {.key = "local_constraints", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &locals},
       {.key = "global_constraints", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &globals});
SCHEMA(qos, "qos_constraints.yaml", true,
       {.key = "system", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &limits},
       {.key = "System", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &limits});

SCHEMA(model, "a performance model", true, {.key = "model", .kinds = AIS_DOC_STRING});
SCHEMA(unit_models, "the models of a design", true,
       {.key = NULL, .kinds = AIS_DOC_MAP, .map = &model});
SCHEMA(component_models, "the models of a component", true,
       {.key = NULL, .kinds = AIS_DOC_MAP, .map = &unit_models});
SCHEMA(models, "performance_models.json", true,
       {.key = NULL, .kinds = AIS_DOC_MAP, .map = &component_models});

SCHEMA(sizes, "components_data_size.yaml", true,
       {.key = NULL, .kinds = AIS_DOC_NUMBER, .has_minimum = true, .unit = "MB"});

SCHEMA(unit, "a program of a deployment", true, {.key = "component", .kinds = AIS_DOC_STRING},
       {.key = "instead_of", .kinds = AIS_DOC_STRING}, {.key = "design", .kinds = AIS_DOC_STRING},
       {.key = "executionLayer", .kinds = AIS_DOC_INT | AIS_DOC_NULL},
       {.key = "share",
        .kinds = AIS_DOC_NUMBER,
        .has_minimum = true,
        .has_maximum = true,
        .maximum = 1});
SCHEMA(units, "units", true, {.key = NULL, .kinds = AIS_DOC_MAP, .map = &unit});
SCHEMA(one_deployment, "a deployment", true,
       {.key = "units", .kinds = AIS_DOC_MAP, .required = true, .map = &units});
SCHEMA(deployments, "Deployments", true,
       {.key = NULL, .kinds = AIS_DOC_MAP, .map = &one_deployment});
SCHEMA(manifest_system, "System", true,
       {.key = "Deployments", .kinds = AIS_DOC_MAP, .required = true, .map = &deployments});
SCHEMA(manifest, "deployments.yaml", true,
       {.key = "System", .kinds = AIS_DOC_MAP, .required = true, .map = &manifest_system});

SCHEMA(graph_system, "System", true,
       {.key = "dependencies", .kinds = AIS_DOC_LIST | AIS_DOC_NULL, .items = NULL});
SCHEMA(graph, "application_dag.yaml", true,
       {.key = "System", .kinds = AIS_DOC_MAP, .required = true, .map = &graph_system});

typedef struct file_row {
    const char *path;  /* below the application */
    const char *name;  /* below a deployment's folder, where one is asked for; NULL: `path` */
    const char *maker; /* what makes it, when it is missing; NULL: it may be */
    bool of_one;       /* needed only when a deployment is asked for */
    const ais_doc_schema *schema;
} file_row;

static const char by_design[] = "aisprint design makes it";
static const file_row rows[AIS__FILES] = {
    [AIS__FILE_SPACE4AI] = {.path = "space4ai-d/SPACE4AI-D.yaml", .schema = &space4ai},
    [AIS__FILE_PARTITIONS] = {.path = "aisprint/designs/component_partitions.yaml",
                              .maker = by_design,
                              .schema = &partitions},
    [AIS__FILE_QOS] = {.path = "space4ai-d/qos_constraints.yaml",
                       .name = "space4ai-d/qos_constraints.yaml",
                       .maker = by_design,
                       .schema = &qos},
    [AIS__FILE_MODELS] = {.path = "oscarp/performance_models.json",
                          .maker =
                              "it says how long each design takes on each resource; measure, or "
                              "write it: docs/placement.md",
                          .schema = &models},
    [AIS__FILE_SIZES] = {.path = "oscarp/components_data_size.yaml", .schema = &sizes},
    [AIS__FILE_MANIFEST] = {.path = "aisprint/deployments/deployments.yaml",
                            .maker = by_design,
                            .of_one = true,
                            .schema = &manifest},
    [AIS__FILE_GRAPH] = {.name = "application_dag.yaml",
                         .maker = by_design,
                         .of_one = true,
                         .schema = &graph},
};

const ais_doc_node *ais__place_root(const ais__place_reader *r, ais__place_file file)
{
    const ais_doc *doc = r->private->files[file];
    return doc != NULL ? ais_doc_root(doc) : NULL;
}

const char *ais__place_path(const ais__place_reader *r, ais__place_file file)
{
    const file_row *row = &rows[file];
    const char *deployment = r->options->deployment;
    if (deployment != NULL && row->name != NULL)
        return ais_arena_format(r->arena, "%s/aisprint/deployments/%s/%s", r->app->dir, deployment,
                                row->name);
    return row->path != NULL ? ais_arena_format(r->arena, "%s/%s", r->app->dir, row->path) : NULL;
}

const ais_doc_node *ais__place_find(const ais_doc_node *node, const char *key)
{
    const ais_doc_node *found = node != NULL ? ais_doc_find(node, key) : NULL;
    return found != NULL && ais_doc_get_kind(found) != AIS_DOC_NULL ? found : NULL;
}

static void read_file(ais__place_reader *r, ais__place_file file)
{
    const file_row *row = &rows[file];
    const char *path = ais__place_path(r, file);
    const bool needed = row->maker != NULL && (!row->of_one || r->options->deployment != NULL);
    if (path == NULL)
        return;
    if (!ais_file_exists(path)) {
        if (needed)
            ais__place_error(r, "missing-file", (ais_pos){.file = path}, row->maker,
                             "there is no such file");
        return;
    }
    ais_doc *doc = NULL;
    if (ais_doc_read(path, r->diags, &doc) < 0)
        return;
    r->private->files[file] = doc;
    /* a file of comments says nothing, which is fine where it may be missing */
    if (ais_doc_get_kind(ais_doc_root(doc)) == AIS_DOC_NULL && row->maker == NULL) {
        ais_doc_free(doc);
        r->private->files[file] = NULL;
        return;
    }
    if (ais_doc_get_kind(ais_doc_root(doc)) != AIS_DOC_MAP)
        ais__place_error(r, "wrong-type", ais_doc_pos(ais_doc_root(doc)), row->maker,
                         "the file is %s", ais_doc_kind_name(ais_doc_get_kind(ais_doc_root(doc))));
    else
        ais_doc_check(ais_doc_root(doc), row->schema, r->diags);
}

static const char *key_at(const void *map, size_t i)
{
    return ais_doc_get_text(ais_doc_key_at(map, i));
}

static void find_deployment(ais__place_reader *r)
{
    const ais_doc_node *root = ais__place_root(r, AIS__FILE_MANIFEST);
    const char *name = r->options->deployment;
    const ais_doc_node *all = root != NULL ? ais_doc_find_path(root, "System.Deployments") : NULL;
    if (all == NULL)
        return;
    const ais_doc_node *found = ais_doc_find(all, name);
    r->units = found != NULL ? ais_doc_find(found, "units") : NULL;
    if (r->units != NULL)
        return;
    const char *near = ais_str_nearest(name, all, ais_doc_count(all), key_at);
    const char *hint = near != NULL
                           ? ais_arena_format(r->arena, "did you mean '%s'?", near)
                           : ais_arena_format(r->arena, "there are %zu: %s%s", ais_doc_count(all),
                                              ais_doc_count(all) > 0 ? key_at(all, 0) : "none",
                                              ais_doc_count(all) > 1 ? ", deployment1, ..." : "");
    ais__place_error(r, "unknown-deployment", ais_doc_pos(all), hint, "there is no deployment '%s'",
                     name);
}

int ais__place_read_files(ais__place_reader *r)
{
    const size_t errors = ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR);
    if (r->options->deployment != NULL && !ais_path_is_name(r->options->deployment)) {
        ais__place_error(r, "unknown-deployment", (ais_pos){.file = r->app->dir},
                         "as aisprint/deployments/deployments.yaml lists them",
                         "'%s' is no name of a deployment", r->options->deployment);
        return -1;
    }
    /* that it is not there says more than that none of its files is */
    read_file(r, AIS__FILE_MANIFEST);
    if (r->options->deployment != NULL &&
        errors == ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR))
        find_deployment(r);
    if (errors != ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR))
        return -1;
    for (size_t i = 0; i < AIS__FILES; i++)
        if (i != AIS__FILE_MANIFEST)
            read_file(r, (ais__place_file)i);
    return errors == ais_diags_count_of(r->diags, AIS_SEVERITY_ERROR) ? 0 : -1;
}

const ais_doc_node *ais__place_find_unit(const ais__place_reader *r, const char *name)
{
    if (r->units != NULL)
        return ais_doc_find(r->units, name);
    const ais_doc_node *root = ais__place_root(r, AIS__FILE_MANIFEST);
    const ais_doc_node *all = root != NULL ? ais_doc_find_path(root, "System.Deployments") : NULL;
    for (size_t i = 0; all != NULL && i < ais_doc_count(all); i++) {
        const ais_doc_node *found =
            ais__place_find(ais__place_find(ais_doc_at(all, i), "units"), name);
        if (found != NULL)
            return found;
    }
    return NULL;
}
