/* What the documents of an application look like; ais_doc_check() holds them against these tables.
 * What needs more than one value to tell is checked elsewhere in this room. */
#include <string.h>

#include "app/app_priv.h"

#define SCHEMA(name_, what_, ...)                                                                  \
    static const ais_doc_field name_##_fields[] = {__VA_ARGS__};                                   \
    static const ais_doc_schema name_ = {                                                          \
        .what = (what_), .fields = name_##_fields, .field_count = AIS_COUNT(name_##_fields)}

static const ais_doc_field a_string = {.kinds = AIS_DOC_STRING, .not_empty = true};

/* ---- application_dag.yaml ---- */

static const ais_doc_field a_dependency = {.kinds = AIS_DOC_LIST};
static const ais_doc_field a_list_of_names[] = {
    {.key = NULL, .kinds = AIS_DOC_LIST, .not_empty = true, .items = &a_string},
};
static const ais_doc_schema alternatives = {
    .what = "alternative_components", .fields = a_list_of_names, .field_count = 1};
SCHEMA(dag_system, "the application's System",
       {.key = "name", .kinds = AIS_DOC_STRING, .required = true, .not_empty = true},
       {.key = "components",
        .kinds = AIS_DOC_LIST,
        .required = true,
        .not_empty = true,
        .items = &a_string},
       {.key = "alternative_components", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &alternatives},
       {.key = "dependencies",
        .kinds = AIS_DOC_LIST | AIS_DOC_NULL,
        .required = true,
        .items = &a_dependency});
static const ais_doc_field dag_fields[] = {
    {.key = "System", .kinds = AIS_DOC_MAP, .required = true, .map = &dag_system},
};
const ais_doc_schema ais__app_dag_schema = {
    .what = "an application", .fields = dag_fields, .field_count = 1};

/* ---- candidate_deployments.yaml ---- */

static const ais_doc_field a_layer_number = {
    .kinds = AIS_DOC_INT, .has_minimum = true, .minimum = 0};
static const ais_doc_field an_image = {.kinds = AIS_DOC_STRING};
SCHEMA(container, "a container",
       {.key = "image", .kinds = AIS_DOC_NULL | AIS_DOC_STRING | AIS_DOC_LIST, .items = &an_image},
       {.key = "memorySize",
        .kinds = AIS_DOC_NUMBER,
        .has_minimum = true,
        .above_minimum = true,
        .unit = "MB"},
       {.key = "computingUnits",
        .kinds = AIS_DOC_NUMBER,
        .has_minimum = true,
        .above_minimum = true,
        .unit = "cores"},
       {.key = "trustedExecution", .kinds = AIS_DOC_BOOL},
       {.key = "networkProtection", .kinds = AIS_DOC_BOOL},
       {.key = "fileSystemProtection", .kinds = AIS_DOC_BOOL},
       {.key = "GPURequirement", .kinds = AIS_DOC_BOOL},
       {.key = "candidateExecutionResources",
        .kinds = AIS_DOC_LIST,
        .required = true,
        .not_empty = true,
        .items = &a_string});
SCHEMA(containers, "Containers",
       {.key = "container1", .kinds = AIS_DOC_MAP, .required = true, .map = &container},
       {.key = NULL, .kinds = AIS_DOC_MAP, .map = &container});
SCHEMA(candidate, "a candidate deployment",
       {.key = "name", .kinds = AIS_DOC_STRING, .required = true, .not_empty = true},
       {.key = "candidateExecutionLayers",
        .kinds = AIS_DOC_LIST,
        .required = true,
        .not_empty = true,
        .items = &a_layer_number},
       {.key = "Containers",
        .kinds = AIS_DOC_MAP,
        .required = true,
        .not_empty = true,
        .map = &containers});
SCHEMA(candidates, "Components", {.key = NULL, .kinds = AIS_DOC_MAP, .map = &candidate});
static const ais_doc_field deployments_fields[] = {
    {.key = "Components",
     .kinds = AIS_DOC_MAP,
     .required = true,
     .not_empty = true,
     .map = &candidates},
};
const ais_doc_schema ais__app_deployments_schema = {
    .what = "candidate deployments", .fields = deployments_fields, .field_count = 1};

/* ---- candidate_resources.yaml ---- */

static const char function_type[] = "NativeCloudFunction";
static const char *const layer_types[] = {"PhysicalAlreadyProvisioned", "PhysicalToBeProvisioned",
                                          "Virtual", function_type, NULL};

SCHEMA(processor, "a processor", {.key = "name", .kinds = AIS_DOC_SCALAR},
       {.key = "type", .kinds = AIS_DOC_SCALAR},
       {.key = "architecture", .kinds = AIS_DOC_STRING, .not_empty = true},
       {.key = "computingUnits",
        .kinds = AIS_DOC_NUMBER,
        .has_minimum = true,
        .above_minimum = true,
        .unit = "cores"},
       {.key = "internalMemory", .kinds = AIS_DOC_NUMBER | AIS_DOC_NULL, .has_minimum = true},
       {.key = "SGXFlag", .kinds = AIS_DOC_BOOL});
SCHEMA(processors, "processors", {.key = NULL, .kinds = AIS_DOC_MAP, .map = &processor});
SCHEMA(accelerator, "an accelerator", {.key = "name", .kinds = AIS_DOC_SCALAR},
       {.key = "type", .kinds = AIS_DOC_SCALAR}, {.key = "architecture", .kinds = AIS_DOC_SCALAR},
       {.key = "GFLOPS", .kinds = AIS_DOC_NUMBER | AIS_DOC_NULL, .has_minimum = true},
       {.key = "powerDraw", .kinds = AIS_DOC_NUMBER | AIS_DOC_NULL, .has_minimum = true},
       {.key = "memory", .kinds = AIS_DOC_NUMBER | AIS_DOC_NULL, .has_minimum = true, .unit = "MB"},
       {.key = "processors", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &processors});
SCHEMA(accelerators, "accelerators", {.key = NULL, .kinds = AIS_DOC_MAP, .map = &accelerator});

#define RESOURCE_FIELDS                                                                            \
    {.key = "name", .kinds = AIS_DOC_STRING, .required = true, .not_empty = true},                 \
        {.key = "description", .kinds = AIS_DOC_SCALAR},                                           \
        {.key = "cost", .kinds = AIS_DOC_NUMBER, .required = true, .has_minimum = true},           \
        {.key = "memorySize",                                                                      \
         .kinds = AIS_DOC_NUMBER,                                                                  \
         .required = true,                                                                         \
         .has_minimum = true,                                                                      \
         .above_minimum = true,                                                                    \
         .unit = "MB"},                                                                            \
        {.key = "storageSize",                                                                     \
         .kinds = AIS_DOC_NUMBER | AIS_DOC_STRING | AIS_DOC_NULL,                                  \
         .has_minimum = true,                                                                      \
         .unit = "GB"},                                                                            \
    {                                                                                              \
        .key = "storageType", .kinds = AIS_DOC_SCALAR                                              \
    }

static const ais_doc_field machine_fields[] = {
    RESOURCE_FIELDS,
    {.key = "totalNodes",
     .kinds = AIS_DOC_INT,
     .required = true,
     .has_minimum = true,
     .minimum = 1},
    {.key = "flavorName", .kinds = AIS_DOC_SCALAR},
    {.key = "operatingSystemDistribution", .kinds = AIS_DOC_SCALAR},
    {.key = "operatingSystemType", .kinds = AIS_DOC_SCALAR},
    {.key = "operatingSystemVersion", .kinds = AIS_DOC_SCALAR}, /* 20.04 is a number */
    {.key = "operatingSystemImageId", .kinds = AIS_DOC_SCALAR},
    {.key = "secureBoot", .kinds = AIS_DOC_BOOL},
    {.key = "measuredBoot", .kinds = AIS_DOC_BOOL},
    {.key = "onSpot", .kinds = AIS_DOC_BOOL},
    {.key = "processors",
     .kinds = AIS_DOC_MAP,
     .required = true,
     .not_empty = true,
     .map = &processors},
    {.key = "accelerators", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &accelerators},
};
static const ais_doc_schema machine = {
    .what = "a resource", .fields = machine_fields, .field_count = AIS_COUNT(machine_fields)};

static const ais_doc_field function_fields[] = {
    RESOURCE_FIELDS,
    {.key = "architecture", .kinds = AIS_DOC_STRING, .not_empty = true},
    {.key = "region", .kinds = AIS_DOC_SCALAR},
    {.key = "idleTime", .kinds = AIS_DOC_NUMBER, .has_minimum = true, .unit = "s"},
    {.key = "transitionCost", .kinds = AIS_DOC_NUMBER, .has_minimum = true},
};
static const ais_doc_schema function = {
    .what = "a function", .fields = function_fields, .field_count = AIS_COUNT(function_fields)};

const ais_doc_schema *ais__app_resource_schema(const char *layer_type)
{
    for (size_t i = 0; layer_type != NULL && layer_types[i] != NULL; i++)
        if (strcmp(layer_types[i], layer_type) == 0)
            return layer_types[i] == function_type ? &function : &machine;
    return NULL;
}

/* Resources are held against the table of their layer's type, in resources.c. */
SCHEMA(resources, "Resources", {.key = NULL, .kinds = AIS_DOC_MAP});
SCHEMA(layer, "a computational layer", {.key = "name", .kinds = AIS_DOC_SCALAR},
       {.key = "number", .kinds = AIS_DOC_INT, .required = true, .has_minimum = true},
       {.key = "type", .kinds = AIS_DOC_STRING, .required = true, .choices = layer_types},
       {.key = "Resources",
        .kinds = AIS_DOC_MAP,
        .required = true,
        .not_empty = true,
        .map = &resources});
SCHEMA(layers, "ComputationalLayers", {.key = NULL, .kinds = AIS_DOC_MAP, .map = &layer});
SCHEMA(domain, "a network domain", {.key = "name", .kinds = AIS_DOC_SCALAR},
       {.key = "AccessDelay",
        .kinds = AIS_DOC_NUMBER,
        .required = true,
        .has_minimum = true,
        .unit = "s"},
       {.key = "Bandwidth",
        .kinds = AIS_DOC_NUMBER,
        .required = true,
        .has_minimum = true,
        .above_minimum = true,
        .unit = "Mb/s"},
       {.key = "subNetworkDomains", .kinds = AIS_DOC_LIST | AIS_DOC_NULL, .items = &a_string},
       {.key = "ComputationalLayers", .kinds = AIS_DOC_MAP | AIS_DOC_NULL, .map = &layers});
SCHEMA(domains, "NetworkDomains", {.key = NULL, .kinds = AIS_DOC_MAP, .map = &domain});
SCHEMA(resources_system, "the resources' System", {.key = "name", .kinds = AIS_DOC_SCALAR},
       {.key = "NetworkDomains",
        .kinds = AIS_DOC_MAP,
        .required = true,
        .not_empty = true,
        .map = &domains});
static const ais_doc_field resources_file_fields[] = {
    {.key = "System", .kinds = AIS_DOC_MAP, .required = true, .map = &resources_system},
};
const ais_doc_schema ais__app_resources_schema = {
    .what = "candidate resources", .fields = resources_file_fields, .field_count = 1};
