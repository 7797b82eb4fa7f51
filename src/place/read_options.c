/* Where each partition may run and how fast it is there: CompatibilityMatrix and Performance; see read_priv.h. */
#include <math.h>

#include "place/read_priv.h"

/* Every name of a model, of both public codes. */
typedef struct model {
    const char *name;
    ais_model_kind kind;
    bool machines, functions; /* where it may stand */
} model;
static const model models[] = {
    {.name = "QTedge", .kind = AIS_MODEL_QUEUE, .machines = true},
    {.name = "QTcloud", .kind = AIS_MODEL_QUEUE, .machines = true},
    {.name = "PACSLTK", .kind = AIS_MODEL_FUNCTION, .functions = true},
    {.name = "PACSLTKSTATIC", .kind = AIS_MODEL_FUNCTION, .functions = true},
    {.name = "CoreBasedPredictor", .kind = AIS_MODEL_PREDICTOR, .machines = true},
    {.name = "AMLCORE", .kind = AIS_MODEL_PREDICTOR, .machines = true},
    {.name = "LambdaBasedPredictor", .kind = AIS_MODEL_PREDICTOR, .machines = true},
    {.name = "AMLTHROUGHPUT", .kind = AIS_MODEL_PREDICTOR, .machines = true},
    {.name = "MLLIBfaas", .kind = AIS_MODEL_PREDICTOR, .functions = true},
    {.name = "AMLFAAS", .kind = AIS_MODEL_PREDICTOR, .functions = true},
};

static const char *model_name(const void *all, size_t i)
{
    return ((const model *)all)[i].name;
}

/* The models of one partition by resource; `stamp` tells whose they are. */
typedef struct tables {
    const ais_doc_node **lists;        /* by part: its candidates */
    const ais_doc_node **performances; /* by part: its models */
    const ais_doc_node **models;       /* by resource: its model for the part of the stamp */
    size_t *model_stamp, *option_stamp;
} tables;

/* The entries of a component's section by part. */
static void by_part(ais__system_reader *r, size_t component, const ais_doc_node *map,
                    const char *section, ais_doc_kind kind, const ais_doc_node **out)
{
    for (size_t i = 0; map != NULL && i < ais_doc_count(map); i++) {
        const ais_doc_node *key = ais_doc_key_at(map, i), *value = ais_doc_at(map, i);
        const size_t part = ais__names_find(&r->parts, component, ais_doc_get_text(key));
        if (part == AIS_SYSTEM_NONE && r->system->components[component].deployment_count > 0)
            ais__read_warn(r, "unknown-partition", key, "it is not used",
                           "'%s' in %s is no partition of '%s'", ais_doc_get_text(key), section,
                           r->system->components[component].name);
        else if (part < r->system->part_count && ais_doc_get_kind(value) == kind)
            out[part] = value;
    }
}

static bool need(ais__system_reader *r, const ais_doc_node *node, const char *name, const char *key,
                 double *out)
{
    *out = ais__read_number(node, key, NAN);
    if (ais_doc_find(node, key) == NULL)
        ais__read_fault(r, "missing-key", node, "must be a number, in s",
                        "'%s' of the model %s is missing", key, name);
    return !isnan(*out);
}

static const ais_predictor *read_predictor_file(ais__system_reader *r, const ais_doc_node *name)
{
    const size_t index = ais__names_put(&r->models, 0, ais_doc_get_text(name), r->predictor_count);
    if (index != AIS_SYSTEM_NONE)
        return r->predictors[index]; /* NULL: its faults are told */
    r->predictors = ais_grow(r->predictors, &r->predictor_capacity, r->predictor_count + 1,
                             sizeof(ais_predictor *));
    r->predictors[r->predictor_count] =
        ais_predictor_read(name, r->dir, r->system->arena, r->diags);
    return r->predictors[r->predictor_count++];
}

static void read_predictor(ais__system_reader *r, const ais_doc_node *node,
                           ais_system_option *option)
{
    const ais_doc_node *regressor = ais_doc_find(node, "regressor");
    if (regressor == NULL)
        regressor = ais_doc_find(node, "regressor_file");
    if (regressor == NULL)
        ais__read_fault(r, "missing-key", node,
                        "a map {\"kind\": ...} or the name of a JSON file with one",
                        "'regressor' of the model %s is missing", option->model);
    else if (ais_doc_get_kind(regressor) == AIS_DOC_MAP)
        option->predictor = ais_predictor_read(regressor, r->dir, r->system->arena, r->diags);
    else if (ais_doc_get_kind(regressor) == AIS_DOC_STRING)
        option->predictor = read_predictor_file(r, regressor);
}

static void read_model(ais__system_reader *r, const ais_doc_node *node, ais_system_option *option)
{
    const ais_system_resource *resource = &r->system->resources[option->resource];
    const bool on_function = r->system->layers[resource->layer].kind == AIS_LAYER_FAAS;
    const ais_doc_node *name = ais__read_find(node, "model", AIS_DOC_STRING);
    size_t i = 0;
    if (name == NULL)
        return;
    while (i < AIS_COUNT(models) && !ais_str_equal(models[i].name, ais_doc_get_text(name)))
        i++;
    if (i == AIS_COUNT(models)) {
        AIS_FREE char *hint = ais__read_near(
            r->diags, ais_doc_get_text(name), models, AIS_COUNT(models), model_name,
            "QTedge, QTcloud, CoreBasedPredictor, LambdaBasedPredictor; of functions PACSLTK, "
            "MLLIBfaas");
        ais__read_fault(r, "unknown-model", name, hint, "there is no model '%s'",
                        ais_doc_get_text(name));
        return;
    }
    option->model = models[i].name;
    option->kind = models[i].kind;
    if (on_function ? !models[i].functions : !models[i].machines) {
        ais__read_fault(r, "unknown-model", name,
                        on_function ? "functions take PACSLTK, PACSLTKSTATIC, MLLIBfaas, AMLFAAS"
                                    : "machines take QTedge, QTcloud, CoreBasedPredictor, AMLCORE, "
                                      "LambdaBasedPredictor, AMLTHROUGHPUT",
                        on_function ? "the model '%s' is one of machines, but '%s' is a function"
                                    : "the model '%s' is one of functions, but '%s' is a machine",
                        option->model, resource->name);
        return;
    }
    if (option->kind == AIS_MODEL_QUEUE)
        need(r, node, option->model, "demand", &option->demand_s);
    if (on_function && need(r, node, option->model, "demandWarm", &option->warm_s))
        option->cold_s = ais__read_number(node, "demandCold", option->warm_s);
    if (option->kind == AIS_MODEL_FUNCTION)
        need(r, node, option->model, "demandCold", &option->cold_s);
    if (option->kind == AIS_MODEL_PREDICTOR)
        read_predictor(r, node, option);
    option->deviation_s = ais__read_number(node, "demandDeviation", 0.0);
    option->warm_deviation_s = ais__read_number(node, "demandWarmDeviation", 0.0);
    option->cold_deviation_s = ais__read_number(node, "demandColdDeviation", 0.0);
}

/* One candidate of a part; false when it is none, as is told then. */
static bool add_option(ais__system_reader *r, tables *t, size_t part, const ais_doc_node *candidate)
{
    ais_system *s = r->system;
    const size_t stamp = part + 1;
    const ais_doc_node *name = ais__read_find(candidate, "resource", AIS_DOC_STRING);
    if (name == NULL)
        return false;
    const size_t resource = ais__names_find(&r->resources, 0, ais_doc_get_text(name));
    if (resource == AIS_SYSTEM_NONE) {
        AIS_FREE char *hint = ais__read_near_resource(r, ais_doc_get_text(name));
        ais__read_fault(r, "unknown-resource", name, hint, "there is no resource '%s'",
                        ais_doc_get_text(name));
        return false;
    }
    if (t->option_stamp[resource] == stamp) {
        ais__read_fault(r, "duplicate-name", name, "remove one of them",
                        "'%s' is a candidate of '%s' twice", ais_doc_get_text(name),
                        s->parts[part].name);
        return false;
    }
    t->option_stamp[resource] = stamp;
    const bool has_model = t->model_stamp[resource] == stamp;
    ais_system_option *option = &s->options[s->option_count++];
    *option =
        (ais_system_option){.part = part,
                            .resource = resource,
                            .pos = ais__read_pos(r, has_model ? t->models[resource] : candidate),
                            .memory_bytes = ais__read_number(candidate, "memory", 0.0) * 1e6,
                            .mean_time_s = NAN};
    if (has_model) {
        option->mean_time_s = ais__read_number(t->models[resource], "meanTime", NAN);
        read_model(r, t->models[resource], option);
    } else if (ais__read_find(r->root, "Performance", AIS_DOC_MAP) != NULL) {
        ais__read_fault(r, "missing-model", candidate,
                        "every candidate needs its model in Performance",
                        "Performance has no model of '%s' in '%s' on '%s'", s->parts[part].name,
                        s->components[s->parts[part].component].name, ais_doc_get_text(name));
    }
    return true;
}

/* Stamp the resources that the part has models for. */
static void stamp_models(ais__system_reader *r, tables *t, size_t part)
{
    const ais_doc_node *map = t->performances[part];
    for (size_t i = 0; map != NULL && i < ais_doc_count(map); i++) {
        const ais_doc_node *key = ais_doc_key_at(map, i);
        const size_t resource = ais__names_find(&r->resources, 0, ais_doc_get_text(key));
        if (resource == AIS_SYSTEM_NONE) {
            AIS_FREE char *hint = ais__read_near_resource(r, ais_doc_get_text(key));
            ais__read_fault(r, "unknown-resource", key, hint, "there is no resource '%s'",
                            ais_doc_get_text(key));
            continue;
        }
        t->model_stamp[resource] = part + 1;
        t->models[resource] = ais_doc_at(map, i);
    }
}

/* Models must be of candidates. */
static void check_models(ais__system_reader *r, const tables *t, size_t part)
{
    const ais_doc_node *map = t->performances[part];
    for (size_t i = 0; map != NULL && i < ais_doc_count(map); i++) {
        const size_t resource = ais__names_find(&r->resources, 0, ais__read_key(map, i));
        if (resource == AIS_SYSTEM_NONE || t->option_stamp[resource] == part + 1)
            continue;
        ais__read_fault(r, "model-not-compatible", ais_doc_key_at(map, i),
                        "add it to the candidates, or remove the model",
                        "'%s' has a model on '%s', which CompatibilityMatrix does not allow",
                        r->system->parts[part].name, ais__read_key(map, i));
    }
}

static void read_part(ais__system_reader *r, tables *t, size_t part)
{
    ais_system *s = r->system;
    const ais_doc_node *list = t->lists[part];
    const ais_system_part *of = &s->parts[part];
    const char *component = s->components[of->component].name;
    s->parts[part].first_option = s->option_count;
    const bool is_first = ais__names_find(&r->parts, of->component, of->name) == part;
    bool good = list != NULL && ais_doc_count(list) > 0;
    if (list == NULL && is_first &&
        ais__read_find(r->root, "CompatibilityMatrix", AIS_DOC_MAP) != NULL)
        ais_diags_add(r->diags, AIS_SEVERITY_ERROR, "no-candidate", of->pos,
                      "list the resources where it may run in CompatibilityMatrix",
                      "'%s' of '%s' has no candidates", of->name, component);
    if (list == NULL)
        return;
    if (ais_doc_count(list) == 0)
        ais__read_fault(r, "no-candidate", list, "name the resources where it may run",
                        "'%s' of '%s' has no candidates", of->name, component);
    stamp_models(r, t, part);
    for (size_t i = 0; i < ais_doc_count(list); i++)
        good &= ais_doc_get_kind(ais_doc_at(list, i)) == AIS_DOC_MAP &&
                add_option(r, t, part, ais_doc_at(list, i));
    s->parts[part].option_count = s->option_count - s->parts[part].first_option;
    if (good)
        check_models(r, t, part);
}

void ais__read_options(ais__system_reader *r)
{
    ais_system *s = r->system;
    tables t = {
        .lists = ais_arena_alloc(r->scratch, s->part_count * sizeof *t.lists),
        .performances = ais_arena_alloc(r->scratch, s->part_count * sizeof *t.performances),
        .models = ais_arena_alloc(r->scratch, s->resource_count * sizeof *t.models),
        .model_stamp = ais_arena_alloc(r->scratch, s->resource_count * sizeof *t.model_stamp),
        .option_stamp = ais_arena_alloc(r->scratch, s->resource_count * sizeof *t.option_stamp)};
    size_t options = 0;
    for (size_t c = 0; c < s->component_count; c++) {
        by_part(r, c, r->compatibility[c], "CompatibilityMatrix", AIS_DOC_LIST, t.lists);
        by_part(r, c, r->performance[c], "Performance", AIS_DOC_MAP, t.performances);
    }
    for (size_t part = 0; part < s->part_count; part++)
        options += t.lists[part] != NULL ? ais_doc_count(t.lists[part]) : 0;
    s->options = ais_arena_alloc(s->arena, options * sizeof *s->options);
    for (size_t part = 0; part < s->part_count; part++)
        read_part(r, &t, part);
}
