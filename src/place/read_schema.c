/* The shape of a system's file: kinds, ranges and keys of every value; see read_priv.h. */
#include "place/read_priv.h"

/* A number of a unit, from 0 or above it. */
#define AT_LEAST_0(name, text)                                                                     \
    .key = (name), .kinds = AIS_DOC_NUMBER, .has_minimum = true, .unit = (text)
#define ABOVE_0(name, text) AT_LEAST_0(name, text), .above_minimum = true
#define PROBABILITY(name) AT_LEAST_0(name, NULL), .has_maximum = true, .maximum = 1.0
#define WHOLE(name)                                                                                \
    .key = (name), .kinds = AIS_DOC_NUMBER, .has_minimum = true, .minimum = 1.0,                   \
    .has_maximum = true, .maximum = AIS_SYSTEM_MAX_MACHINES
#define MAP(name, schema) .key = (name), .kinds = AIS_DOC_MAP, .map = &(schema)

#define SCHEMA(name, text)                                                                         \
    static const ais_doc_schema name = {                                                           \
        .what = (text), .fields = name##_fields, .field_count = AIS_COUNT(name##_fields)}

static const ais_doc_field a_name = {.kinds = AIS_DOC_STRING, .not_empty = true};
static const ais_doc_field a_probability = {PROBABILITY(NULL)};
static const ais_doc_field a_size = {AT_LEAST_0(NULL, "MB")};

/* ---- the graph ---- */

static const ais_doc_field vertex_fields[] = {
    {.key = "next", .kinds = AIS_DOC_LIST, .required = true, .items = &a_name},
    {.key = "transition_probability",
     .kinds = AIS_DOC_LIST,
     .required = true,
     .items = &a_probability},
};
SCHEMA(vertex, "a component of the graph");
static const ais_doc_field graph_fields[] = {{MAP(NULL, vertex)}};
SCHEMA(graph, "DirectedAcyclicGraph");

/* ---- components ---- */

static const ais_doc_field part_fields[] = {
    {.key = "next", .kinds = AIS_DOC_LIST, .required = true, .items = &a_name},
    {.key = "data_size", .kinds = AIS_DOC_LIST, .items = &a_size},
    {PROBABILITY("early_exit_probability")},
};
SCHEMA(part, "a partition");
static const ais_doc_field deployment_fields[] = {{MAP(NULL, part)}};
SCHEMA(deployment, "a deployment");
static const ais_doc_field component_fields[] = {{MAP(NULL, deployment), .not_empty = true}};
SCHEMA(component, "a component");
static const ais_doc_field components_fields[] = {{MAP(NULL, component), .not_empty = true}};
SCHEMA(components, "Components");

/* ---- resources ---- */

static const ais_doc_field machine_fields[] = {
    {WHOLE("number"), .required = true},
    {AT_LEAST_0("cost", NULL), .required = true},
    {ABOVE_0("memory", "MB"), .required = true},
    {WHOLE("n_cores")},
    {.key = "description", .kinds = AIS_DOC_STRING | AIS_DOC_NULL},
};
SCHEMA(machine, "a resource");
static const ais_doc_field machine_layer_fields[] = {{MAP(NULL, machine)}};
SCHEMA(machine_layer, "a layer");
static const ais_doc_field machine_layers_fields[] = {{MAP(NULL, machine_layer)}};
SCHEMA(machine_layers, "resources");

static const ais_doc_field function_fields[] = {
    {AT_LEAST_0("cost", NULL), .required = true},
    {ABOVE_0("memory", "MB"), .required = true},
    {AT_LEAST_0("idle_time_before_kill", "s"), .required = true},
    {AT_LEAST_0("transition_cost", NULL)}, /* as outputs of the public programs have it */
    {.key = "description", .kinds = AIS_DOC_STRING | AIS_DOC_NULL},
};
SCHEMA(function, "a function");
static const ais_doc_field function_layer_fields[] = {
    {AT_LEAST_0("transition_cost", NULL)},
    {MAP(NULL, function)},
};
SCHEMA(function_layer, "a layer of functions");
static const ais_doc_field function_layers_fields[] = {
    {AT_LEAST_0("transition_cost", NULL)}, /* old files */
    {MAP(NULL, function_layer)},
};
SCHEMA(function_layers, "FaaSResources");

/* ---- where partitions may run, and how fast ---- */

static const ais_doc_field candidate_fields[] = {
    {.key = "resource", .kinds = AIS_DOC_STRING, .required = true, .not_empty = true},
    {AT_LEAST_0("memory", "MB"), .required = true},
};
SCHEMA(candidate, "a candidate");
static const ais_doc_field a_candidate = {MAP(NULL, candidate)};
static const ais_doc_field candidates_fields[] = {{.kinds = AIS_DOC_LIST, .items = &a_candidate}};
SCHEMA(candidates, "a component's candidates");
static const ais_doc_field compatibility_fields[] = {{MAP(NULL, candidates)}};
SCHEMA(compatibility, "CompatibilityMatrix");

static const ais_doc_field model_fields[] = {
    {.key = "model", .kinds = AIS_DOC_STRING, .required = true, .not_empty = true},
    {ABOVE_0("demand", "s")},
    {ABOVE_0("demandWarm", "s")},
    {ABOVE_0("demandCold", "s")},
    {AT_LEAST_0("demandDeviation", "s")},
    {AT_LEAST_0("demandWarmDeviation", "s")},
    {AT_LEAST_0("demandColdDeviation", "s")},
    {AT_LEAST_0("meanTime", "s")},
    {.key = "regressor", .kinds = AIS_DOC_MAP | AIS_DOC_STRING},
    {.key = "regressor_file", .kinds = AIS_DOC_STRING, .not_empty = true},
};
SCHEMA(model, "a performance model");
static const ais_doc_field part_models_fields[] = {{MAP(NULL, model)}};
SCHEMA(part_models, "a partition's models");
static const ais_doc_field component_models_fields[] = {{MAP(NULL, part_models)}};
SCHEMA(component_models, "a component's models");
static const ais_doc_field performance_fields[] = {{MAP(NULL, component_models)}};
SCHEMA(performance, "Performance");

/* ---- constraints and network ---- */

static const ais_doc_field local_fields[] = {{ABOVE_0("local_res_time", "s"), .required = true}};
SCHEMA(local, "a local constraint");
static const ais_doc_field locals_fields[] = {{MAP(NULL, local)}};
SCHEMA(locals, "LocalConstraints");
static const ais_doc_field global_fields[] = {
    {.key = "components",
     .kinds = AIS_DOC_LIST,
     .required = true,
     .not_empty = true,
     .items = &a_name},
    {ABOVE_0("global_res_time", "s"), .required = true},
};
SCHEMA(global, "a global constraint");
static const ais_doc_field globals_fields[] = {{MAP(NULL, global)}};
SCHEMA(globals, "GlobalConstraints");

/* The layers' key has many spellings: read_network.c sees to it. */
static const ais_doc_field domain_fields[] = {
    {AT_LEAST_0("AccessDelay", "s"), .required = true},
    {ABOVE_0("Bandwidth", NULL), .required = true},
    {.kinds = AIS_DOC_ANY},
};
SCHEMA(domain, "a network domain");
static const ais_doc_field domains_fields[] = {{MAP(NULL, domain)}};
SCHEMA(domains, "NetworkTechnology");

static const ais_doc_field whole_system_fields[] = {
    {MAP("DirectedAcyclicGraph", graph), .required = true},
    {MAP("Components", components), .required = true, .not_empty = true},
    {MAP("EdgeResources", machine_layers)},
    {MAP("CloudResources", machine_layers)},
    {MAP("FaaSResources", function_layers)},
    {MAP("CompatibilityMatrix", compatibility), .required = true},
    {MAP("Performance", performance), .required = true},
    {MAP("LocalConstraints", locals)},
    {MAP("GlobalConstraints", globals)},
    {MAP("NetworkTechnology", domains)},
    {ABOVE_0("Lambda", "requests/s")},
    {ABOVE_0("Time", NULL)},
};
SCHEMA(whole_system, "a system");

void ais__read_check_shape(const ais_doc_node *root, ais_diags *diags)
{
    ais_doc_check(root, &whole_system, diags);
}

/* ---- limits ---- */

static bool within(ais__system_reader *r, const char *section, size_t count, size_t most,
                   const char *what)
{
    if (count <= most)
        return true;
    ais__read_fault(r, "limit", ais_doc_find_key(r->root, section), NULL,
                    "there are %zu %s; at most %zu are read", count, what, most);
    return false;
}

static size_t count_of(const ais_doc_node *node)
{
    return node != NULL && (ais_doc_get_kind(node) & AIS_DOC_SCALAR) == 0 ? ais_doc_count(node) : 0;
}

bool ais__read_check_limits(ais__system_reader *r)
{
    static const char *const sections[] = {"EdgeResources", "CloudResources", "FaaSResources"};
    size_t layers = 0, resources = 0;
    if (!within(r, "Components", count_of(ais__read_find(r->root, "Components", AIS_DOC_MAP)),
                AIS_SYSTEM_MAX_COMPONENTS, "components"))
        return false;
    for (size_t i = 0; i < AIS_COUNT(sections); i++) {
        const ais_doc_node *section = ais__read_find(r->root, sections[i], AIS_DOC_MAP);
        for (size_t k = 0; k < count_of(section); k++) {
            layers += (ais_doc_get_kind(ais_doc_at(section, k)) & AIS_DOC_MAP) != 0;
            resources += count_of(ais_doc_at(section, k));
        }
        if (!within(r, sections[i], layers, AIS_SYSTEM_MAX_LAYERS, "layers") ||
            !within(r, sections[i], resources, AIS_SYSTEM_MAX_RESOURCES, "resources"))
            return false;
    }
    return true;
}
